/* broker-auth: the one place that says who may.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/broker/broker.h"
#include <stdbool.h>

struct BrokerRule {
        const char *method;
        const char *action;     /* what polkit is asked in polkit mode; NULL = root only */
        bool descriptors;       /* takes some */
};

/* NULL where the table does not know the method: then it is refused. */
const BrokerRule *broker_auth_rule(const char *method);
/* May this uid be a caller, or a zone's owner, at all? Names the rule where not. */
bool broker_auth_uid(uid_t uid, bool as_owner, uint32_t uid_base, GError **error);
/* For whom the call acts: the option "owner" is root's alone. */
bool broker_auth_owner(const BrokerCall *call, uid_t *ret_owner, GError **error);
/* Finds out who calls, asks polkit where the table's mode wants it, then runs allowed or fails the call. */
void broker_auth_begin(BrokerCall *call, void (*allowed)(BrokerCall *call));
/* The caller left: a dialog that polkit shows for it is taken back. */
void broker_auth_cancel(BrokerCall *call);
