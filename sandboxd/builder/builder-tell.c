/* builder-tell: what the builder says of its zone to the broker.
 * Runs as: root (builder).  Input: the zone.  Must not: wait for the broker.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-msg.h"
#include "sandboxd/builder/builder-zone.h"
#include <stdio.h>

const char *const builder_step_names[STEPS] = {
        "table", "control group", "staging", "layers", "root", "clone", "proc", "network", "gateway", "plan", "display", "program", "pivot",
        "ids", "pid 1", "walls", "start",
};

void builder_tell(BuilderZone *z, uint32_t state) {
        PolicyMsgState msg = { .type = POLICY_MSG_STATE, .state = state, .reason = z->reason, .detail = z->detail, .error = z->error,
                               .exit_status = z->exit_status, .substitutes = z->substitutes, .walls = z->walls };

        snprintf(msg.text, sizeof msg.text, "%s", z->text);
        if (z->broker >= 0)
                (void)base_msg_send(z->broker, &msg, sizeof msg, NULL, 0);
}
