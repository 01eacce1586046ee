/* desktop-zones: which zones live, and what was told of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "launcher/desktop/desktop-event.h"

typedef struct DesktopZones DesktopZones;

DesktopZones *desktop_zones_new(void);
void desktop_zones_free(DesktopZones *zones);
/* Remembers the event; true where it is news that the user is to be told: the end of a zone once, its full storage once. */
bool desktop_zones_tell(DesktopZones *zones, const DesktopEvent *event);
/* Takes the service's own list of zones ("aa{sv}" of List) in place of what was remembered. */
void desktop_zones_sync(DesktopZones *zones, GVariant *list, uid_t uid);
/* The service went away: forgets all; returns how many zones ended with it that nobody was told of. */
unsigned desktop_zones_lost(DesktopZones *zones);
