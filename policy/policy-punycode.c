/* policy-punycode: host names of Japanese letters in their ASCII form.
 * Runs as: anyone (pure).  Input: a host name of a policy file.  Must not: encode a letter that a browser would first change.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-punycode.h"
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MAX_LABEL 63

/* Letters that UTS 46 leaves as they are and that no normalisation changes. */
static bool plain_letter(uint32_t c) {
        return (c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fa) || c == 0x30fc || c == 0x3005 || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x4e00 && c <= 0x9ffc);
}

static int32_t next_letter(const unsigned char **at) {
        const unsigned char *s = *at;
        uint32_t c = s[0];

        if (c < 0x80) {
                *at += 1;
                return (int32_t)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
        }
        if ((s[0] & 0xf0) != 0xe0 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80)
                return -1;
        *at += 3;
        c = (c & 0x0f) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
        return plain_letter(c) ? (int32_t)c : -1;
}

/* RFC 3492, section 6.1. */
static uint32_t adapt(uint32_t delta, uint32_t points, bool first) {
        uint32_t k = 0;

        delta = first ? delta / 700 : delta / 2;
        for (delta += delta / points; delta > 455; k += 36)
                delta /= 35;
        return k + 36 * delta / (delta + 38);
}

static char digit(uint32_t d) {
        return (char)(d < 26 ? 'a' + d : '0' + (d - 26));
}

typedef struct Out {
        char *text;
        size_t n;
        bool full;
} Out;

static void put(Out *out, char c) {
        if (out->n >= MAX_LABEL)
                out->full = true;
        else
                out->text[out->n++] = c;
}

static void put_number(Out *out, uint32_t q, uint32_t bias) {
        for (uint32_t k = 36;; k += 36) {
                uint32_t t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
                if (q < t)
                        break;
                put(out, digit(t + (q - t) % (36 - t)));
                q = (q - t) / (36 - t);
        }
        put(out, digit(q));
}

/* RFC 3492, section 6.3; at most 63 letters, so no number can overflow: 0x9ffc * 64 is far below 2^32. */
static bool encode(const uint32_t *letters, size_t n, Out *out) {
        uint32_t code = 128, delta = 0, bias = 72;
        size_t basic = 0, done;

        for (const char *s = "xn--"; *s; s++)
                put(out, *s);
        for (size_t i = 0; i < n; i++)
                if (letters[i] < 0x80) {
                        put(out, (char)letters[i]);
                        basic++;
                }
        done = basic;
        if (basic > 0)
                put(out, '-');
        while (done < n && !out->full) {
                uint32_t least = UINT32_MAX;
                for (size_t i = 0; i < n; i++)
                        if (letters[i] >= code && letters[i] < least)
                                least = letters[i];
                delta += (least - code) * (uint32_t)(done + 1);
                code = least;
                for (size_t i = 0; i < n; i++) {
                        delta += letters[i] < code;
                        if (letters[i] != code)
                                continue;
                        put_number(out, delta, bias);
                        bias = adapt(delta, (uint32_t)done + 1, done == basic);
                        delta = 0;
                        done++;
                }
                delta++;
                code++;
        }
        return !out->full;
}

/* One label; 0 = not taken. */
static size_t label(const unsigned char **at, char *text) {
        uint32_t letters[MAX_LABEL];
        Out out = { .text = text };
        bool ascii = true;
        size_t n = 0;

        while (**at && **at != '.') {
                int32_t c = next_letter(at);
                if (c < 0 || n == MAX_LABEL)
                        return 0;
                ascii = ascii && c < 0x80;
                letters[n++] = (uint32_t)c;
        }
        if (!ascii)
                return letters[0] != '-' && letters[n - 1] != '-' && encode(letters, n, &out) ? out.n : 0;
        for (size_t i = 0; i < n; i++)
                text[i] = (char)letters[i];
        return n;
}

bool policy_punycode_host(const char *name, char ret_host[254]) {
        const unsigned char *at = (const unsigned char *)name;
        char text[MAX_LABEL + 1];
        size_t n = 0;

        for (;;) {
                size_t length = label(&at, text);
                if (length == 0 || n + length > 253)
                        return false;
                memcpy(ret_host + n, text, length);
                n += length;
                if (*at == '\0') {
                        ret_host[n] = '\0';
                        return true;
                }
                if (n == 253)
                        return false;
                ret_host[n++] = '.';
                at++;
        }
}
