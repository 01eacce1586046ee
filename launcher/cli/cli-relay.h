/* cli-relay: carries bytes between our standard descriptors and a zone's three pipes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>

typedef struct CliRelay CliRelay;

/* Makes the pipes. zone_ends: what to hand over as 0, 1, 2; they belong to the relay. 0 or a negative errno. */
int cli_relay_new(CliRelay **ret_relay, int zone_ends[3]);
void cli_relay_free(CliRelay *relay);
static inline void cli_relay_done(CliRelay **relay) {
        cli_relay_free(*relay);
}
/* Closes the zone's ends here and starts to carry, in the main context. */
void cli_relay_start(CliRelay *relay);
/* After the zone has ended: carries what is still in the pipes, then stops. False when a signal came first. */
bool cli_relay_drain(CliRelay *relay);
