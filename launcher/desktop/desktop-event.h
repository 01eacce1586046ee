/* desktop-event: what a ZoneChanged signal says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-limits.h"
#include <gio/gio.h>
#include <stdbool.h>
#include <sys/types.h>

#define DESKTOP_ZONE_SIZE (POLICY_MAX_NAME + 24) /* "KIND-NUMBER" and its NUL */

typedef enum DesktopWhat { /* what the user is to be told; the order is that of desktop-notice.c's table */
        DESKTOP_NOTHING = 0,  /* asked for, or expected: closed, stopped, restarted, age, logout */
        DESKTOP_TRIPWIRE,
        DESKTOP_MEMORY,
        DESKTOP_HELPER,
        DESKTOP_WALL,
        DESKTOP_SANDBOX,
        DESKTOP_BUILD,
        DESKTOP_STORAGE,      /* the zone lives on */
        DESKTOP_SERVICE,      /* of no zone: the service went away, and all zones with it */
        DESKTOP_MORE,         /* of no zone: so many could not be shown */
        DESKTOP_ACT,          /* of no zone: a button's command failed */
        DESKTOP_WHATS,
} DesktopWhat;

typedef enum DesktopState { DESKTOP_ALIVE, DESKTOP_KILLED, DESKTOP_GONE } DesktopState;

typedef struct DesktopEvent {
        char zone[DESKTOP_ZONE_SIZE], kind[POLICY_MAX_NAME + 1];
        char title[4 * POLICY_MAX_TITLE + 1]; /* of the kind, in the user's language; made safe to show, not yet escaped for markup */
        DesktopState state;
        DesktopWhat what;
        bool run;             /* made for one program: it cannot be started again from here */
} DesktopEvent;

/* Reads the signal's arguments. False where they are not of a zone of uid, or not what data/org.hanare.Sandbox1.xml says. */
bool desktop_event_read(GVariant *arguments, uid_t uid, bool japanese, DesktopEvent *ret_event);
/* True for "KIND-NUMBER" of that kind. */
bool desktop_event_zone_valid(const char *zone, const char *kind);
/* Copies UTF-8 with every control, format (bidirectional, zero-width), unassigned and broken character as U+FFFD, whole characters only. */
void desktop_event_clean(const char *text, char *out, size_t size);
