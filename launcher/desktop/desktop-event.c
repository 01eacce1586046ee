/* desktop-event: what a ZoneChanged signal says, checked and bounded.
 * Runs as: user.  Input: a signal of the service.  Must not: pass on a byte that was not looked at.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/desktop/desktop-event.h"
#include "policy/policy-table.h"
#include <string.h>

static const struct {
        const char *reason;
        DesktopWhat what;
} reasons[] = {
        { "tripwire", DESKTOP_TRIPWIRE },    { "memory", DESKTOP_MEMORY },       { "helper-died", DESKTOP_HELPER },
        { "builder-died", DESKTOP_HELPER },  { "wall-failed", DESKTOP_WALL },    { "sandbox-lost", DESKTOP_SANDBOX },
        { "build-failed", DESKTOP_BUILD },   { "broker-gone", DESKTOP_SERVICE }, { "monitor-gone", DESKTOP_SERVICE },
};

static DesktopWhat what_of(const char *reason) {
        for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++)
                if (strcmp(reasons[i].reason, reason) == 0)
                        return reasons[i].what;
        return DESKTOP_NOTHING;
}

static bool shown_as_is(gunichar c) {
        switch (g_unichar_type(c)) {
        case G_UNICODE_CONTROL:
        case G_UNICODE_FORMAT:
        case G_UNICODE_UNASSIGNED:
        case G_UNICODE_PRIVATE_USE:
        case G_UNICODE_SURROGATE:
        case G_UNICODE_LINE_SEPARATOR:
        case G_UNICODE_PARAGRAPH_SEPARATOR:
                return false;
        default:
                return true;
        }
}

void desktop_event_clean(const char *text, char *out, size_t size) {
        static const char replacement[] = "\xef\xbf\xbd";
        size_t at = 0;

        while (*text) {
                gunichar c = g_utf8_get_char_validated(text, -1);
                bool broken = c == (gunichar)-1 || c == (gunichar)-2;
                const char *from = !broken && shown_as_is(c) ? text : replacement;
                size_t n = from == text ? (size_t)(g_utf8_next_char(text) - text) : sizeof replacement - 1;
                if (at + n >= size)
                        break;
                memcpy(out + at, from, n);
                at += n;
                text = broken ? text + 1 : g_utf8_next_char(text);
        }
        out[at] = '\0';
}

bool desktop_event_zone_valid(const char *zone, const char *kind) {
        size_t n = strlen(kind);

        if (!policy_name_valid(kind) || strncmp(zone, kind, n) != 0 || zone[n] != '-')
                return false;
        const char *number = zone + n + 1;
        size_t digits = strspn(number, "0123456789");
        return digits >= 1 && digits <= 20 && number[digits] == '\0';
}

static void read_title(GVariant *details, const char *kind, bool japanese, DesktopEvent *event) {
        const char *title = NULL;

        if (!g_variant_lookup(details, japanese ? "title_ja" : "title", "&s", &title) || !*title)
                title = kind; /* a service of another version: its kind's name will do */
        char bounded[POLICY_MAX_TITLE + 1];
        g_strlcpy(bounded, title, sizeof bounded);
        desktop_event_clean(bounded, event->title, sizeof event->title);
}

bool desktop_event_read(GVariant *arguments, uid_t uid, bool japanese, DesktopEvent *ret_event) {
        g_autoptr(GVariant) details = NULL;
        const char *zone, *state, *kind, *word;
        DesktopEvent event = { 0 };
        guint32 owner;
        gboolean run;

        if (!g_variant_is_of_type(arguments, G_VARIANT_TYPE("(ssa{sv})")))
                return false;
        g_variant_get(arguments, "(&s&s@a{sv})", &zone, &state, &details);
        if (!g_variant_lookup(details, "owner", "u", &owner) || owner != uid || !g_variant_lookup(details, "kind", "&s", &kind) ||
            !desktop_event_zone_valid(zone, kind))
                return false;
        g_strlcpy(event.zone, zone, sizeof event.zone);
        g_strlcpy(event.kind, kind, sizeof event.kind);
        event.run = g_variant_lookup(details, "run", "b", &run) && run;
        read_title(details, kind, japanese, &event);
        if (strcmp(state, "building") == 0 || strcmp(state, "running") == 0) {
                event.state = DESKTOP_ALIVE;
                if (g_variant_lookup(details, "notice", "&s", &word) && strcmp(word, "storage-full") == 0)
                        event.what = DESKTOP_STORAGE;
        } else if (strcmp(state, "killed") == 0 || strcmp(state, "gone") == 0) {
                event.state = *state == 'k' ? DESKTOP_KILLED : DESKTOP_GONE;
                if (g_variant_lookup(details, "reason", "&s", &word))
                        event.what = what_of(word);
        } else
                return false;
        *ret_event = event;
        return true;
}
