/* desktop-notice: an event in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "launcher/desktop/desktop-event.h"

typedef struct DesktopNotice {
        const char *summary;    /* ours alone, translated: some notification services read markup even there */
        char *body;             /* plain text; g_free */
        bool urgent;            /* stays until it is closed */
        const char *label;      /* of the button, or NULL */
        const char *verb;       /* the button runs "hanare VERB ARGUMENT" */
        char argument[DESKTOP_ZONE_SIZE];
} DesktopNotice;

/* The notice of an event that is not NOTHING. number: how many zones (SERVICE) or notices (MORE); line: why (ACT), cleaned. */
DesktopNotice *desktop_notice_new(const DesktopEvent *event, unsigned number, const char *line);
void desktop_notice_free(DesktopNotice *notice);
static inline void desktop_notice_freep(DesktopNotice **notice) {
        desktop_notice_free(*notice);
}
#define DESKTOP_NOTICE_FREE __attribute__((cleanup(desktop_notice_freep)))
/* The body for a notification service that says it reads markup, or one that does not; safe if it is wrong about that. */
char *desktop_notice_body(const DesktopNotice *notice, bool markup);
