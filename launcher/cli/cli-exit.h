/* cli-exit: what hanare's exit status says (hanare(1)).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

typedef enum CliExit {
        CLI_OK = 0,
        CLI_FAILED = 1,
        CLI_USAGE = 2,         /* wrong option, argument or address */
        CLI_NOT_PERMITTED = 3,
        CLI_UNKNOWN = 4,       /* no such zone or kind */
        CLI_NO_SERVICE = 5,    /* the daemon, or the bus, is not there */
        CLI_LIMIT = 6,
        CLI_NO_DISPLAY = 7,
        CLI_WALL = 8,          /* start refused or failed, or the zone was ended by a wall */
        CLI_POLICY = 9,        /* a policy, or a signed file of one, was refused */
        CLI_SIGNAL = 128,      /* + number */
} CliExit;
