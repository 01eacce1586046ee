/* desktop-watch: the service on the system bus, for as long as the session lasts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "launcher/desktop/desktop-event.h"

typedef struct DesktopWatch DesktopWatch;

/* tell: there is something to be told; number: how many zones ended with the service, else 0. */
DesktopWatch *desktop_watch_new(GDBusConnection *system, bool japanese, void (*tell)(const DesktopEvent *event, unsigned number, void *data), void *data);
void desktop_watch_free(DesktopWatch *watch);
