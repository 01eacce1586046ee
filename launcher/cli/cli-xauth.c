/* cli-xauth: finds the cookie of a local X display in an Xauthority file.
 * Runs as: anyone (pure).  Input: the user's Xauthority file.  Must not: read past its end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-xauth.h"
#include <stdio.h>
#include <string.h>

#define FAMILY_LOCAL 256   /* X11/Xauth.h */
#define FAMILY_WILD 65535

typedef struct Field {
        const uint8_t *bytes;
        size_t n;
} Field;

/* Big-endian length, then the bytes (xauth(1), Xauth(7)). */
static bool take_field(const uint8_t **at, const uint8_t *end, Field *ret) {
        if (end - *at < 2)
                return false;
        size_t n = (size_t) (*at)[0] << 8 | (*at)[1];
        if ((size_t) (end - *at) - 2 < n)
                return false;
        *ret = (Field) { *at + 2, n };
        *at += 2 + n;
        return true;
}

static bool field_is(Field field, const char *text) {
        return field.n == strlen(text) && memcmp(field.bytes, text, field.n) == 0;
}

bool cli_xauth_find(const uint8_t *bytes, size_t n, const char *host, unsigned number, uint8_t ret_cookie[16]) {
        const uint8_t *at = bytes, *end = bytes + n;
        char digits[16];
        snprintf(digits, sizeof(digits), "%u", number);
        while (end - at >= 2) {
                unsigned family = (unsigned) at[0] << 8 | at[1];
                Field address, display, name, data;
                at += 2;
                if (!take_field(&at, end, &address) || !take_field(&at, end, &display) || !take_field(&at, end, &name) ||
                    !take_field(&at, end, &data))
                        return false;
                bool ours = family == FAMILY_WILD || (family == FAMILY_LOCAL && field_is(address, host));
                if (!ours || (display.n && !field_is(display, digits)))
                        continue;
                if (!field_is(name, "MIT-MAGIC-COOKIE-1") || data.n != 16)
                        continue;
                memcpy(ret_cookie, data.bytes, 16);
                return true;
        }
        return false;
}
