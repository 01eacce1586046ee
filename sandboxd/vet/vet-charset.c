/* vet-charset: which encoding a text has, strictly: one wrong byte and it has not.
 * Runs as: vet.  Input: foreign bytes.  Must not: guess where two would fit and neither is whole.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-text.h"
#include <stdlib.h>

/* Control characters that a text has: tab, line feed, line tabulation, form feed, carriage return, substitute (the end, in DOS). */
static bool allowed(uint8_t c) {
        return c >= ' ' ? c != 0x7f : (c >= 9 && c <= 13) || c == 0x1a;
}

static bool is_ascii(VetBytes b) {
        for (size_t i = 0; i < b.n; i++)
                if (b.p[i] >= 0x80 || !allowed(b.p[i]))
                        return false;
        return true;
}

static bool is_utf8(VetBytes b) { /* RFC 3629 */
        for (size_t i = 0; i < b.n;) {
                uint8_t c = b.p[i];
                size_t n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
                if (n == 0 || n > b.n - i || (n == 1 && !allowed(c)))
                        return false;
                for (size_t k = 1; k < n; k++)
                        if ((b.p[i + k] & 0xc0) != 0x80)
                                return false;
                if ((c == 0xe0 && b.p[i + 1] < 0xa0) || (c == 0xed && b.p[i + 1] >= 0xa0) || (c == 0xf0 && b.p[i + 1] < 0x90) || (c == 0xf4 && b.p[i + 1] >= 0x90))
                        return false;
                i += n;
        }
        return true;
}

/* JIS X 0208 with the rows that Windows adds. kanji counts what is not half-width katakana: a text of those alone is none. */
static bool is_shift_jis(VetBytes b) {
        size_t kanji = 0, half = 0;

        for (size_t i = 0; i < b.n; i++) {
                uint8_t c = b.p[i];
                if (c < 0x80) {
                        if (!allowed(c))
                                return false;
                } else if (c >= 0xa1 && c <= 0xdf)
                        half++;
                else if ((c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc)) {
                        uint8_t d = i + 1 < b.n ? b.p[i + 1] : 0;
                        if (d < 0x40 || d == 0x7f || d > 0xfc)
                                return false;
                        kanji++;
                        i++;
                } else
                        return false;
        }
        return kanji > 0 || half > 0;
}

static bool is_euc_jp(VetBytes b) {
        size_t pairs = 0;

        for (size_t i = 0; i < b.n; i++) {
                uint8_t c = b.p[i];
                if (c < 0x80) {
                        if (!allowed(c))
                                return false;
                        continue;
                }
                size_t n = c == 0x8f ? 3 : 2;
                if ((c != 0x8e && c != 0x8f && (c < 0xa1 || c == 0xff)) || i + n > b.n)
                        return false;
                for (size_t k = 1; k < n; k++)
                        if (b.p[i + k] < 0xa1 || b.p[i + k] == 0xff)
                                return false;
                i += n - 1;
                pairs++;
        }
        return pairs > 0;
}

/* RFC 1468: escape sequences between sets, seven bits. */
static bool is_iso2022jp(VetBytes b) {
        static const char *const sets[] = { "\033(B", "\033(J", "\033(I", "\033$@", "\033$B", "\033$(D" };
        size_t switches = 0;

        for (size_t i = 0; i < b.n; i++) {
                bool known = false;
                if (b.p[i] >= 0x80 || (b.p[i] != 27 && !allowed(b.p[i])))
                        return false;
                if (b.p[i] != 27)
                        continue;
                for (size_t k = 0; k < sizeof sets / sizeof *sets && !known; k++)
                        known = vet_has(b, i, sets[k], strlen(sets[k]));
                if (!known)
                        return false;
                switches++;
        }
        return switches > 0;
}

static bool is_utf16(VetBytes b, bool big) {
        if (b.n % 2 != 0 || b.n < 4)
                return false;
        for (size_t i = 2; i + 1 < b.n; i += 2) {
                uint16_t c = big ? vet_be16(b, i) : vet_u16(b, i);
                if (c < 0x80 && !allowed((uint8_t)c))
                        return false;
                if (c >= 0xdc00 && c < 0xe000)
                        return false;
                if (c >= 0xd800 && c < 0xdc00) {
                        uint16_t low = big ? vet_be16(b, i + 2) : vet_u16(b, i + 2);
                        if (low < 0xdc00 || low >= 0xe000)
                                return false;
                        i += 2;
                }
        }
        return true;
}

PolicyCharset vet_charset(VetBytes b) {
        if (vet_has(b, 0, "\xff\xfe", 2))
                return is_utf16(b, false) ? POLICY_CHARSET_UTF16LE : POLICY_CHARSET_NONE;
        if (vet_has(b, 0, "\xfe\xff", 2))
                return is_utf16(b, true) ? POLICY_CHARSET_UTF16BE : POLICY_CHARSET_NONE;
        if (is_ascii(b))
                return POLICY_CHARSET_ASCII;
        if (is_utf8(b))
                return POLICY_CHARSET_UTF8;
        if (is_iso2022jp(b))
                return POLICY_CHARSET_ISO2022JP;
        if (is_euc_jp(b)) /* before Shift-JIS: what is whole in EUC is there often whole as rows of katakana */
                return POLICY_CHARSET_EUC_JP;
        return is_shift_jis(b) ? POLICY_CHARSET_SHIFT_JIS : POLICY_CHARSET_NONE;
}

uint8_t *vet_charset_narrow(VetBytes b, PolicyCharset charset, size_t *ret_n) {
        uint8_t *out = malloc(b.n / 2 + 1);
        size_t n = 0;

        for (size_t i = 2; out && i + 1 < b.n; i += 2) {
                uint16_t c = charset == POLICY_CHARSET_UTF16BE ? vet_be16(b, i) : vet_u16(b, i);
                out[n++] = c < 0x80 ? (uint8_t)c : '?';
        }
        *ret_n = n;
        return out;
}
