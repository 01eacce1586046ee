/* broker-error: the errors callers see, and their names on the bus.
 * Runs as: broker.  Input: texts of callers and of our processes.  Must not: repeat a foreign byte unchecked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-error.h"
#include <stdbool.h>
#include <string.h>

static const GDBusErrorEntry entries[] = {
        { BROKER_ERROR_UNKNOWN_ZONE, "org.hanare.Error.UnknownZone" },
        { BROKER_ERROR_UNKNOWN_KIND, "org.hanare.Error.UnknownKind" },
        { BROKER_ERROR_BAD_ADDRESS, "org.hanare.Error.BadAddress" },
        { BROKER_ERROR_NO_DISPLAY, "org.hanare.Error.NoDisplay" },
        { BROKER_ERROR_NOT_ALLOWED, "org.hanare.Error.NotAllowed" },
        { BROKER_ERROR_LIMIT_REACHED, "org.hanare.Error.LimitReached" },
        { BROKER_ERROR_REFUSED, "org.hanare.Error.Refused" },
        { BROKER_ERROR_START_FAILED, "org.hanare.Error.StartFailed" },
        { BROKER_ERROR_BAD_REQUEST, "org.hanare.Error.BadRequest" },
};
G_STATIC_ASSERT(G_N_ELEMENTS(entries) == BROKER_ERRORS);

GQuark broker_error_quark(void) {
        static gsize quark = 0;

        g_dbus_error_register_error_domain("hanare-broker-error", &quark, entries, G_N_ELEMENTS(entries));
        return (GQuark)quark;
}

char *broker_error_clean(const char *text, size_t n, size_t max) {
        g_autofree char *bounded = g_strndup(text, strnlen(text, n));
        g_autofree char *valid = g_utf8_make_valid(bounded, -1);
        GString *line = g_string_new(NULL);

        for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
                gunichar c = g_utf8_get_char(p);
                GUnicodeType type = g_unichar_type(c);
                bool plain = type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT && type != G_UNICODE_LINE_SEPARATOR &&
                             type != G_UNICODE_PARAGRAPH_SEPARATOR;
                if (line->len + 6 > max) {
                        g_string_append(line, "…");
                        break;
                }
                g_string_append_unichar(line, plain ? c : 0xfffd);
        }
        return g_string_free(line, FALSE);
}
