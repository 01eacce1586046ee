/* gateway-tell: one record per connection to the broker, few enough for it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-message.h"
#include "sandboxd/gateway/gateway-conn.h"

void gateway_tell_init(uint64_t now_ms);
/* What the connection is now. why: the sentence for a refusal, "" for none; rule: the rule that decided, or NULL. Never waits: what the
 * broker does not read, or what is too much, is counted, and the next record says how many. */
void gateway_tell(GatewayConn *conn, PolicyNetVerdict verdict, const char *why, const char *rule);
