/* cli-keyboard: keyboard layout names, as far as the service takes them.
 * Runs as: anyone (pure).  Input: an X property, a settings file.  Must not: pass on a name that xkb could read as a path.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-keyboard.h"
#include <string.h>

static bool name_ok(const char *name) {
        return strlen(name) <= POLICY_MAX_LAYOUT && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_,-") == strlen(name);
}

bool cli_keyboard_set(CliKeyboard *ret, const char *layout, const char *variant) {
        if (!layout || !*layout || !name_ok(layout))
                return false;
        memset(ret, 0, sizeof(*ret));
        strcpy(ret->layout, layout);
        if (variant && name_ok(variant))
                strcpy(ret->variant, variant);
        return true;
}

bool cli_keyboard_from_property(CliKeyboard *ret, const char *bytes, size_t n) {
        const char *parts[4] = { NULL };
        size_t at = 0;
        for (int i = 0; i < 4; i++) {
                const char *end = at < n ? memchr(bytes + at, 0, n - at) : NULL;
                if (!end)
                        return false;
                parts[i] = bytes + at;
                at = (size_t) (end - bytes) + 1;
        }
        return cli_keyboard_set(ret, parts[2], parts[3]);
}

/* Copies the value of KEY=value or KEY="value" at the start of a line. */
static bool find_value(const char *text, const char *key, char *ret, size_t max) {
        size_t n = strlen(key);
        for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
                line += strspn(line, " \t");
                if (strncmp(line, key, n) != 0 || line[n] != '=')
                        continue;
                const char *value = line + n + 1;
                size_t length = *value == '"' || *value == '\'' ? strcspn(++value, "\"'\n") : strcspn(value, " \t\n#");
                if (length >= max)
                        return false;
                memcpy(ret, value, length);
                ret[length] = 0;
                return true;
        }
        return false;
}

bool cli_keyboard_from_file(CliKeyboard *ret, const char *text) {
        char layout[64] = "", variant[64] = "";
        if (!find_value(text, "XKBLAYOUT", layout, sizeof(layout)))
                return false;
        find_value(text, "XKBVARIANT", variant, sizeof(variant));
        return cli_keyboard_set(ret, layout, variant);
}
