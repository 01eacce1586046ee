/* desktop-show: notices on the user's screen, through the session's notification service (Desktop Notifications Specification 1.2).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "launcher/desktop/desktop-notice.h"

#define DESKTOP_SHOW_WAITING 8 /* notices kept while there is no notification service; the newest ones */

typedef struct DesktopShow DesktopShow;

/* act: a notice's button was pressed. */
DesktopShow *desktop_show_new(GDBusConnection *session, void (*act)(const char *verb, const char *argument, void *data), void *data);
void desktop_show_free(DesktopShow *show);
/* Shows it, now or when there is a service, or counts it where there are too many. Takes the notice. */
void desktop_show_notice(DesktopShow *show, DesktopNotice *notice);
