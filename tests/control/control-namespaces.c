/* control-namespaces: the zone's filter does not look at unshare and clone.
 * Runs as: zone.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"

CONTROL("namespaces");

#define CONTROL_CALLS SYS_unshare, SYS_clone
#include "control-calls.h"
