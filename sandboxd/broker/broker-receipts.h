/* broker-receipts: the receipt log as its owners may see it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-message.h"
#include <gio/gio.h>
#include <stdbool.h>

#define BROKER_RECEIPTS_MAX 1000
#define BROKER_RECEIPTS_SCAN 100000 /* records looked at for one call */

/* aa{sv}, newest first, floating; uid 0 sees all. zone: "" = all, a zone's name, or a kind. limit 0 = the most there may be. */
GVariant *broker_receipts_read(int fd, uid_t uid, const char *zone, uint32_t limit, GError **error);
/* One record's fields, floating. */
GVariant *broker_receipts_convert(const PolicyReceipt *receipt);
char *broker_receipts_hex(const uint8_t *bytes, size_t n);
