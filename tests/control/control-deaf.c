/* control-deaf: a builder that expects no ring of the tripwire.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "policy/policy-init.h"

CONTROL("deaf");

extern const int __wrap_policy_tripwire[];
const int __wrap_policy_tripwire[] = { -1 };
