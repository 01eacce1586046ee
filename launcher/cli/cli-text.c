/* cli-text: foreign bytes made safe to show, and columns that fit Japanese.
 * Runs as: user.  Input: bytes from a zone, a file or the bus.  Must not: drop a byte without showing that it was there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-text.h"
#include "launcher/cli/cli-cmd.h"
#include <stdlib.h>
#include <string.h>

typedef struct Range {
        gunichar first, last;
} Range;

/* Control, bidirectional, zero-width and invisible characters. Variation selectors stay: Japanese names need them. */
static const Range unsafe[] = {
        { 0x0, 0x1f },       { 0x7f, 0x9f },     { 0xad, 0xad },     { 0x34f, 0x34f },   { 0x61c, 0x61c },
        { 0x115f, 0x1160 },  { 0x17b4, 0x17b5 }, { 0x180b, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
        { 0x2060, 0x206f },  { 0x3164, 0x3164 }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb },
        { 0xfffe, 0xffff },  { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe00ff }, { 0xe01f0, 0xe0fff },
};

bool cli_text_unsafe(gunichar c) {
        for (size_t i = 0; i < G_N_ELEMENTS(unsafe); i++)
                if (c >= unsafe[i].first && c <= unsafe[i].last)
                        return true;
        return false;
}

static void append_escaped(GString *out, gunichar c) {
        if (c < 0x80)
                g_string_append_printf(out, "\\x%02x", c);
        else if (c < 0x10000)
                g_string_append_printf(out, "\\u%04x", c);
        else
                g_string_append_printf(out, "\\U%08x", c);
}

size_t cli_text_escape_into(GString *out, const char *bytes, size_t n, bool lines, bool final) {
        size_t at = 0;
        while (at < n) {
                unsigned char byte = bytes[at];
                if (byte >= 0x20 && byte < 0x7f) { /* the common case, without a decoder */
                        size_t from = at;
                        while (at < n && bytes[at] >= 0x20 && bytes[at] < 0x7f)
                                at++;
                        g_string_append_len(out, bytes + from, at - from);
                        continue;
                }
                gunichar c = byte ? g_utf8_get_char_validated(bytes + at, n - at) : 0;
                if (c == (gunichar) -2 && !final)
                        break;
                if (c == (gunichar) -1 || c == (gunichar) -2) {
                        g_string_append_printf(out, "\\x%02x", byte);
                        at++;
                        continue;
                }
                size_t length = c ? (size_t) (g_utf8_next_char(bytes + at) - (bytes + at)) : 1;
                if (cli_text_unsafe(c) && !(lines && (c == '\n' || c == '\t')))
                        append_escaped(out, c);
                else
                        g_string_append_len(out, bytes + at, length);
                at += length;
        }
        return at;
}

char *cli_text_escape(const char *text) {
        GString *out = g_string_new(NULL);
        cli_text_escape_into(out, text, strlen(text), false, true);
        return g_string_free(out, FALSE);
}

size_t cli_text_width(const char *text) {
        size_t cells = 0;
        for (const char *p = text; *p; p = g_utf8_next_char(p)) {
                gunichar c = g_utf8_get_char(p);
                cells += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
        }
        return cells;
}

char *cli_text_pad(const char *text, size_t cells) {
        size_t width = cli_text_width(text);
        return g_strdup_printf("%s%*s", text, width < cells ? (int) (cells - width) : 0, "");
}

const char *cli_text_locale(void) {
        static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                const char *value = getenv(names[i]);
                if (value && *value)
                        return strncmp(value, "ja", 2) == 0 && (!value[2] || strchr("_.@", value[2])) ? "ja" : "en";
        }
        return "en";
}

char *cli_text_duration(gint64 seconds) {
        gint64 s = MAX(seconds, 0);
        if (s < 60)
                return g_strdup_printf(_("%d s"), (int) s);
        if (s < 3600)
                return g_strdup_printf(_("%d min"), (int) (s / 60));
        if (s < 86400)
                return g_strdup_printf(_("%d h %d min"), (int) (s / 3600), (int) (s % 3600 / 60));
        return g_strdup_printf(_("%d d %d h"), (int) MIN(s / 86400, G_MAXINT), (int) (s % 86400 / 3600));
}

char *cli_text_bytes(guint64 n) {
        static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
        if (n < 1024)
                return g_strdup_printf("%d B", (int) n);
        double value = n / 1024.0;
        size_t unit = 0;
        for (; value >= 1024 && unit + 1 < G_N_ELEMENTS(units); unit++)
                value /= 1024;
        return g_strdup_printf("%.1f %s", value, units[unit]);
}
