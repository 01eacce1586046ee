/* find-traces: the search, alone: run in a new zone after a plant.
 * Runs as: zone.  Input: the zone.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "trace.h"

int main(void) {
        return trace_search() > 0 ? 3 : 0;
}
