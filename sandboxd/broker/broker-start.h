/* broker-start: which kind, which plan, and off it goes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/broker/broker-zones.h"

/* The kind's index for what was asked ("" = by site, then the default), or -1. */
int broker_start_choose(const PolicyTable *table, const PolicyPatternIndex *sites, const char *kind, const char *address, GError **error);
/* Each lets the call wait until the zone runs, or fails it. The call's options and descriptors are already taken. */
void broker_start_zone(BrokerCall *call, const char *kind, const char *address);
void broker_start_open(BrokerCall *call, const char *kind, const char *address);
void broker_start_run(BrokerCall *call, const char *kind, const char *program, char **arguments);
/* The zone that call waited for is dead: the same kind again, clean. */
void broker_start_again(BrokerCall *call, const BrokerZone *old);
