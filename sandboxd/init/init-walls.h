/* init-walls: the self-test: every wall is touched from inside before the application runs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-init.h"

/* Bits of the walls that stand (1 << PolicyWall). *ret_showed: what the first fallen wall showed (negative errno, or a positive value). */
uint32_t init_walls_test(const PolicyInitPlan *plan, int *ret_showed);
