/* control-sockets: the zone's filter does not look at socket.
 * Runs as: zone.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"

CONTROL("sockets");

#define CONTROL_CALLS SYS_socket
#include "control-calls.h"
