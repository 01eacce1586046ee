/* control-claim: a self-test that tests nothing and says that every wall stands.
 * Runs as: zone.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "policy/policy-init.h"
#include <sys/syscall.h>
#include <unistd.h>

CONTROL("claim");

uint32_t __wrap_init_walls_test(const PolicyInitPlan *plan, int *ret_showed);

/* The builder counts the rings itself: a self-test that lies must make them. */
uint32_t __wrap_init_walls_test(const PolicyInitPlan *plan, int *ret_showed) {
        (void)plan;
        for (int i = 0; policy_tripwire[i] >= 0; i++)
                (void)syscall(policy_tripwire[i], -1, 0, 0, 0, 0, 0);
        *ret_showed = 0;
        return (1u << POLICY_WALLS) - 1;
}
