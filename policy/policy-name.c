/* policy-name: which texts may stand in a table or a plan.
 * Runs as: anyone (pure).  Input: foreign NUL-terminated text.  Must not: accept what it does not know.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-name.h"
#include "policy/policy-table.h"
#include <arpa/inet.h>
#include <string.h>

static bool lower(char c) {
        return c >= 'a' && c <= 'z';
}
static bool digit(char c) {
        return c >= '0' && c <= '9';
}

int policy_name_valid(const char *name) {
        size_t n = strnlen(name, POLICY_MAX_NAME + 1);

        if (n == 0 || n > POLICY_MAX_NAME || !lower(name[0]))
                return false;
        for (size_t i = 1; i < n; i++)
                if (!lower(name[i]) && !digit(name[i]) && name[i] != '-')
                        return false;
        return true;
}

/* Parts between slashes: none empty, none "." or "..", only visible ASCII. */
static bool parts_valid(const char *path) {
        for (;;) {
                size_t n = strcspn(path, "/");
                if (n == 0 || (n == 1 && path[0] == '.') || (n == 2 && path[0] == '.' && path[1] == '.'))
                        return false;
                for (size_t i = 0; i < n; i++)
                        if (path[i] <= 0x20 || path[i] > 0x7e)
                                return false;
                if (path[n] == '\0')
                        return true;
                path += n + 1;
        }
}

int policy_usr_path_valid(const char *path) {
        return strnlen(path, POLICY_MAX_PATH + 1) <= POLICY_MAX_PATH && strncmp(path, "/usr/", 5) == 0 && parts_valid(path + 1);
}

bool policy_relative_valid(const char *path, const char *below, const char *or_below) {
        size_t n = strcspn(path, "/");

        if (strnlen(path, POLICY_MAX_PATH + 1) > POLICY_MAX_PATH || path[n] != '/' || !parts_valid(path))
                return false;
        return (strlen(below) == n && memcmp(path, below, n) == 0) || (strlen(or_below) == n && memcmp(path, or_below, n) == 0);
}

/* Labels of 1 to 63 letters, digits, '-' and '_', at most 253 bytes; the last label is not a number, so no name
 * can be an address (RFC 1123, section 2.1). */
bool policy_site_valid(const char *site) {
        const char *label = site[0] == '.' ? site + 1 : site;

        if (strnlen(label, 254) > 253)
                return false;
        for (;;) {
                size_t n = strcspn(label, "."), letters = 0;
                if (n == 0 || n > 63 || label[0] == '-' || label[n - 1] == '-')
                        return false;
                for (size_t i = 0; i < n; i++) {
                        if (!lower(label[i]) && !digit(label[i]) && label[i] != '-' && label[i] != '_')
                                return false;
                        letters += !digit(label[i]);
                }
                if (label[n] == '\0')
                        return letters > 0;
                label += n + 1;
        }
}

bool policy_numeric_valid(const char *address) {
        unsigned char room[sizeof(struct in6_addr)];

        return inet_pton(AF_INET, address, room) == 1 || inet_pton(AF_INET6, address, room) == 1;
}

bool policy_timezone_valid(const char *name) {
        static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
        size_t n = strnlen(name, POLICY_MAX_TIMEZONE + 1);

        return n <= POLICY_MAX_TIMEZONE && strspn(name, good) == n && parts_valid(name);
}

bool policy_env_valid(const char *entry) {
        static const char *const never[] = { "GCONV_PATH", "GLIBC_TUNABLES", "LOCPATH", "NLSPATH", "GTK_MODULES", "GTK_PATH", "GIO_EXTRA_MODULES" };
        size_t n = strcspn(entry, "=");

        if (n == 0 || entry[n] != '=' || n > 64 || digit(entry[0]) || !policy_arg_valid(entry, POLICY_MAX_ARG))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!(entry[i] >= 'A' && entry[i] <= 'Z') && !digit(entry[i]) && entry[i] != '_')
                        return false;
        if (strncmp(entry, "LD_", 3) == 0 || strncmp(entry, "MALLOC_", 7) == 0)
                return false;
        for (size_t i = 0; i < sizeof never / sizeof *never; i++)
                if (strlen(never[i]) == n && memcmp(entry, never[i], n) == 0)
                        return false;
        return true;
}

/* Length of the well-formed UTF-8 sequence at s, 0 where there is none (RFC 3629: shortest form, no surrogates). */
static size_t utf8_length(const unsigned char *s) {
        uint32_t code;
        size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] <= 0xdf ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4 : 0;

        if (n < 2)
                return n;
        code = s[0] & (0x7fu >> n);
        for (size_t i = 1; i < n; i++) {
                if ((s[i] & 0xc0) != 0x80)
                        return 0;
                code = code << 6 | (s[i] & 0x3fu);
        }
        if ((n == 3 && (code < 0x800 || (code >= 0xd800 && code <= 0xdfff))) || (n == 4 && (code < 0x10000 || code > 0x10ffff)))
                return 0;
        /* C1 controls, and what reorders or hides text (law 12): bidi controls, line separators */
        if ((code >= 0x80 && code < 0xa0) || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x2028 || code == 0x2029)
                return 0;
        return n;
}

bool policy_text_valid(const char *text, size_t max) {
        const unsigned char *s = (const unsigned char *)text;
        size_t n = strnlen(text, max + 1);

        if (n == 0 || n > max)
                return false;
        while (*s) {
                size_t step = *s < 0x20 || *s == 0x7f ? 0 : utf8_length(s);
                if (step == 0)
                        return false;
                s += step;
        }
        return true;
}

bool policy_document_valid(const char *text, size_t n) {
        const unsigned char *s = (const unsigned char *)text;

        for (size_t at = 0; at < n;) {
                unsigned char last[5] = { 0 }; /* a sequence cut off by the end meets a NUL */
                size_t left = n - at, step;
                memcpy(last, s + at, left < 4 ? left : 4);
                step = last[0] < 0x20 ? (last[0] == '\n' || last[0] == '\t' || last[0] == '\r') : last[0] == 0x7f ? 0 : utf8_length(last);
                if (step == 0)
                        return false;
                at += step;
        }
        return true;
}

bool policy_arg_valid(const char *text, size_t max) {
        size_t n = strnlen(text, max + 1);

        if (n > max)
                return false;
        for (size_t i = 0; i < n; i++)
                if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
                        return false;
        return true;
}
