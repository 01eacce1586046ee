/* policy-filename: what a foreign file's name is, what it pretends, and what it may be called at home.
 * Runs as: anyone (pure).  Input: bytes that a zone or an archive calls a name.  Must not: let a byte through that it did not judge.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-filename.h"
#include <stdbool.h>
#include <string.h>

#define ROOM (POLICY_IMPORT_MAX_NAME - 10) /* " (9999)" must fit behind it */

/* Endings that some desktop runs, mounts, installs or follows. */
static const char *const acting[] = {
        "exe", "com", "scr", "pif", "dll", "cpl", "sys", "drv", "ocx", "msi", "msp", "mst", "msix", "appx", "bat", "cmd", "ps1", "psm1", "psd1", "ps1xml",
        "js", "jse", "vbs", "vbe", "vb", "wsf", "wsh", "wsc", "sct", "hta", "hlp", "chm", "lnk", "url", "website", "scf", "library-ms", "search-ms",
        "searchconnector-ms", "settingcontent-ms", "appref-ms", "application", "gadget", "inf", "reg", "iqy", "oqy", "rqy", "dqy", "slk", "xll", "xlam",
        "ppam", "wll", "docm", "dotm", "xlsm", "xltm", "pptm", "potm", "ppsm", "sldm", "xlsb", "jar", "jnlp", "class", "war", "iso", "img", "udf", "vhd", "vhdx",
        "vmdk", "qcow2", "dmg", "pkg", "app", "mpkg", "command", "workflow", "scpt", "applescript", "deb", "rpm", "run", "bin", "appimage", "flatpakref", "snap",
        "desktop", "sh", "bash", "csh", "zsh", "ksh", "fish", "py", "pyc", "pyw", "pl", "rb", "php", "lua", "tcl", "so", "elf", "o", "ko", "apk", "one",
        "onepkg", "diagcab", "diagpkg", "diagcfg", "msc", "mht", "mhtml", "swf", "ade", "adp", "mde", "accde", "theme", "themepack", "rdp", "ica", "vsto", "xbap",
        "vcxproj", "csproj", "sln", "wasm", "xpi", "crx",
};
static const char *const devices[] = { "con", "prn", "aux", "nul", "conin$", "conout$" };

int policy_filename_acts(const char *ext) {
        for (size_t i = 0; i < sizeof acting / sizeof *acting; i++)
                if (strcmp(acting[i], ext) == 0)
                        return 1;
        return 0;
}

/* One code point of well-formed UTF-8 (RFC 3629); returns its length, 0 where it is none. */
static size_t decode(const uint8_t *p, size_t n, uint32_t *ret) {
        size_t len = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;
        uint32_t c;

        if (len == 0 || len > n)
                return 0;
        c = len == 1 ? p[0] : p[0] & (0x7fu >> len);
        for (size_t i = 1; i < len; i++) {
                if ((p[i] & 0xc0) != 0x80)
                        return 0;
                c = c << 6 | (p[i] & 0x3f);
        }
        if ((len == 3 && c < 0x800) || (len == 4 && (c < 0x10000 || c > 0x10ffff)) || (c >= 0xd800 && c < 0xe000))
                return 0;
        *ret = c;
        return len;
}

static bool within(uint32_t c, const uint32_t (*ranges)[2], size_t n) {
        for (size_t i = 0; i < n; i++)
                if (c >= ranges[i][0] && c <= ranges[i][1])
                        return true;
        return false;
}

/* What a character does to a name: a flag, or 0. Unicode 15 general categories Cc, Cf, Co, Cn of the planes that matter, Zl, Zp. */
static uint32_t judge(uint32_t c) {
        static const uint32_t unseen[][2] = {
                { 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
                { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x2800, 0x2800 }, { 0x3164, 0x3164 }, { 0xe000, 0xf8ff }, { 0xfe00, 0xfe0e }, { 0xfeff, 0xfeff },
                { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0x10ffff },
        };
        static const uint32_t separators[][2] = { { '/', '/' }, { '\\', '\\' }, { 0x2044, 0x2044 }, { 0x2215, 0x2216 }, { 0x29f5, 0x29f9 },
                                                  { 0xff0f, 0xff0f }, { 0xff3c, 0xff3c }, { 0x2024, 0x2026 }, { 0xff0e, 0xff0e }, { 0xfe52, 0xfe52 } };

        if (c < 0x20 || (c >= 0x7f && c < 0xa0))
                return POLICY_FILENAME_CONTROL;
        if (within(c, unseen, sizeof unseen / sizeof *unseen))
                return POLICY_FILENAME_BIDI;
        if (within(c, separators, sizeof separators / sizeof *separators))
                return POLICY_FILENAME_PATH;
        return c < 0x80 && strchr("<>:\"|?*", (int)c) ? POLICY_FILENAME_CHARACTER : 0;
}

/* Replaces what may not stay; keeps room for the ending of a name that is too long. Returns the length. */
static size_t replace(const uint8_t *p, size_t n, uint8_t *out, size_t max, uint32_t *flags) {
        size_t at = 0, len, spaces = 0;

        for (size_t i = 0; i < n; i += len) {
                uint32_t c = 0, flag;
                len = decode(p + i, n - i, &c);
                flag = len == 0 ? POLICY_FILENAME_BYTES : judge(c);
                *flags |= flag;
                if (len == 0)
                        len = 1;
                spaces = c == ' ' || c == 0xa0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200a) ? spaces + 1 : 0;
                if (spaces > 3) {
                        *flags |= POLICY_FILENAME_PADDED;
                        continue;
                }
                if (at + len > max) {
                        *flags |= POLICY_FILENAME_LONG;
                        break;
                }
                if (flag)
                        out[at++] = '_';
                else {
                        memcpy(out + at, p + i, len);
                        at += len;
                }
        }
        return at;
}

static void copy_lower(char *to, size_t size, const uint8_t *from, size_t n) {
        bool good = n > 0 && n < size;

        for (size_t i = 0; good && i < n; i++) {
                char c = (char)(from[i] >= 'A' && from[i] <= 'Z' ? from[i] + 32 : from[i]);
                good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '$';
                to[i] = c;
        }
        to[good ? n : 0] = '\0';
        if (!good && n > 0)
                memcpy(to, "?", 2);
}

/* "invoice.pdf.exe", and the other way round: an ending that acts, behind or before one more. */
static void judge_endings(PolicyFilename *name, size_t n) {
        const uint8_t *p = (const uint8_t *)name->clean;
        char before[16];
        size_t dot = n, first, last;

        while (dot > 0 && p[dot - 1] != '.')
                dot--;
        if (dot <= 1)
                return;
        copy_lower(name->ext, sizeof name->ext, p + dot, n - dot);
        if (policy_filename_acts(name->ext))
                name->flags |= POLICY_FILENAME_ACTS;
        for (first = dot - 1; first > 0 && p[first - 1] != '.';)
                first--;
        if (first <= 1)
                return;
        for (last = dot - 1; last > first && p[last - 1] == ' ';)
                last--;
        copy_lower(before, sizeof before, p + first, last - first);
        if (policy_filename_acts(before) || ((name->flags & POLICY_FILENAME_ACTS) && before[0] && before[0] != '?'))
                name->flags |= POLICY_FILENAME_DOUBLE;
}

static void judge_device(PolicyFilename *name) {
        char stem[16];
        size_t n = strcspn(name->clean, ".");

        copy_lower(stem, sizeof stem, (const uint8_t *)name->clean, n);
        for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
                if (strcmp(stem, devices[i]) == 0)
                        name->flags |= POLICY_FILENAME_DEVICE;
        if (n == 4 && (strncmp(stem, "com", 3) == 0 || strncmp(stem, "lpt", 3) == 0) && stem[3] >= '0' && stem[3] <= '9')
                name->flags |= POLICY_FILENAME_DEVICE;
}

/* The ending, as far as one can be seen in the raw bytes, so that cutting a long name does not lose it. */
static size_t ending_of(const uint8_t *p, size_t n) {
        for (size_t i = n; i > 0 && n - i < 12; i--)
                if (p[i - 1] == '.')
                        return n - i + 1;
        return 0;
}

void policy_filename_read(const void *bytes, size_t n, PolicyFilename *ret) {
        const uint8_t *p = bytes;
        uint8_t room[ROOM + 1];
        size_t at = 0, k, tail;

        memset(ret, 0, sizeof *ret);
        while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '.')) /* what other systems drop */
                n--;
        tail = n > ROOM - 2 ? ending_of(p, n) : 0;
        at = replace(p, n - tail, room, ROOM - 2 - tail, &ret->flags);
        at += replace(p + n - tail, tail, room + at, ROOM - 2 - at, &ret->flags);
        for (k = 0; k < at && (room[k] == ' ' || room[k] == '.' || room[k] == '-' || room[k] == '~');)
                k++;
        while (at > k && (room[at - 1] == ' ' || room[at - 1] == '.'))
                at--;
        if (k > 0)
                ret->flags |= POLICY_FILENAME_HIDDEN;
        if (at == k) {
                ret->flags |= POLICY_FILENAME_EMPTY;
                memcpy(ret->clean, "file", 5);
                return;
        }
        memcpy(ret->clean, room + k, at - k);
        ret->clean[at - k] = '\0';
        judge_device(ret);
        if (ret->flags & POLICY_FILENAME_DEVICE) {
                memmove(ret->clean + 1, ret->clean, at - k + 1);
                ret->clean[0] = '_';
                k--; /* one byte longer */
        }
        judge_endings(ret, at - k);
}
