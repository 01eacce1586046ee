/* control-terminal: the zone's filter does not look at ioctl.
 * Runs as: zone.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"

CONTROL("terminal");

#define CONTROL_CALLS SYS_ioctl
#include "control-calls.h"
