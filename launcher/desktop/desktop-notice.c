/* desktop-notice: an event in words: what happened, where, what it means, what to do.
 * Runs as: anyone (pure).  Input: a checked event.  Must not: let a title be read as markup.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/desktop/desktop-notice.h"
#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text

static const struct {
        const char *summary, *body;
        bool urgent;
        const char *label, *verb; /* "start" once the zone is gone: "restart" would end another one of its kind */
} words[DESKTOP_WHATS] = {
        [DESKTOP_TRIPWIRE] = { N_("Zone ended: an attack was stopped"),
                N_("A program in it tried something that only attacks do. Everything in the zone was destroyed; your own files were out of its reach. "
                   "Do not open the same page or file again. If you had just entered a password there, tell your administrator."),
                true, N_("Start a clean zone"), "start" },
        [DESKTOP_MEMORY] = { N_("Zone ended: its memory was used up"),
                N_("The browser or program in it needed more memory than the zone may have. Everything in the zone was destroyed. Start it again, and keep fewer pages open."),
                false, N_("Start a clean zone"), "start" },
        [DESKTOP_HELPER] = { N_("Zone ended: a part of Hanare failed"),
                N_("A process that guards or shows the zone died, so the zone was ended and everything in it was destroyed. "
                   "Start it again; if this happens more than once, tell your administrator."),
                false, N_("Start a clean zone"), "start" },
        [DESKTOP_WALL] = { N_("Zone not started: a wall did not hold"),
                N_("One of the walls around the zone did not pass its test, so no browser was opened. Do not use another browser instead. "
                   "Tell your administrator; 'hanare doctor' shows the cause."),
                true, NULL, NULL },
        [DESKTOP_SANDBOX] = { N_("Zone ended: the browser was unprotected"),
                N_("The browser ran without its own sandbox, so the zone was ended and everything in it was destroyed. Tell your administrator; 'hanare doctor' shows the cause."),
                true, NULL, NULL },
        [DESKTOP_BUILD] = { N_("Zone not started"),
                N_("The zone could not be built, so no browser was opened. Try again; if it fails again, tell your administrator. 'hanare doctor' shows the cause."),
                false, N_("Try again"), "start" },
        [DESKTOP_STORAGE] = { N_("The zone's storage is full"),
                N_("The zone goes on, but nothing more can be saved or downloaded in it. Delete downloads in it, or throw everything in it away and start clean."),
                false, N_("Throw away and start clean"), "restart" },
        [DESKTOP_SERVICE] = { N_("Zones ended: the Hanare service stopped"),
                N_("Every zone of yours was ended and everything in it was destroyed. You can start one again when the service is back; if that takes long, tell your administrator."),
                false, NULL, NULL },
        [DESKTOP_MORE] = { N_("More happened in your zones"), NULL, false, NULL, NULL },
        [DESKTOP_ACT] = { N_("This did not work"), NULL, false, NULL, NULL },
};

static char *body_of(const DesktopEvent *event, unsigned number, const char *line) {
        if (event->what == DESKTOP_MORE)
                return g_strdup_printf(ngettext("%u more notice was not shown. 'hanare receipt' shows what became of your zones.",
                                                "%u more notices were not shown. 'hanare receipt' shows what became of your zones.", number), number);
        if (event->what == DESKTOP_ACT)
                return g_strdup(line);
        if (event->what == DESKTOP_SERVICE)
                return g_strdup(_(words[event->what].body));
        /* The zone first: who sees only the beginning sees which one. */
        return g_strdup_printf("%s (%s)\n%s", event->title, event->zone, _(words[event->what].body));
}

DesktopNotice *desktop_notice_new(const DesktopEvent *event, unsigned number, const char *line) {
        DesktopNotice *notice = g_new0(DesktopNotice, 1);

        notice->summary = _(words[event->what].summary);
        notice->body = body_of(event, number, line);
        notice->urgent = words[event->what].urgent;
        if (words[event->what].verb && !event->run) {
                notice->label = _(words[event->what].label);
                notice->verb = words[event->what].verb;
                g_strlcpy(notice->argument, event->what == DESKTOP_STORAGE ? event->zone : event->kind, sizeof notice->argument);
        }
        return notice;
}

void desktop_notice_free(DesktopNotice *notice) {
        if (!notice)
                return;
        g_free(notice->body);
        g_free(notice);
}

char *desktop_notice_body(const DesktopNotice *notice, bool markup) {
        if (markup)
                return g_markup_escape_text(notice->body, -1);
        /* Some services that do not say they read markup read it all the same (dunst 1.9 with "markup = no"): no such character reaches them. */
        GString *plain = g_string_new(notice->body);
        g_string_replace(plain, "<", "＜", 0);
        g_string_replace(plain, ">", "＞", 0);
        g_string_replace(plain, "&", "＆", 0);
        return g_string_free(plain, FALSE);
}
