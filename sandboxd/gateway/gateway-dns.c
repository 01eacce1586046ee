/* gateway-dns: the names that an answer of a name server leads through.
 * Runs as: anyone (pure).  Input: a packet as the resolver's library hands it out.  Must not: follow a pointer forwards, or for ever.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-dns.h"
#include "policy/policy-names.h"
#include <errno.h>
#include <string.h>

enum { HEAD = 12, TYPE_CNAME = 5, TYPE_DNAME = 39, RECORDS_MAX = 512 };

static unsigned two(const uint8_t *p) {
        return (unsigned)p[0] << 8 | p[1];
}

/* Reads a name at `at`; returns where the next thing stands, 0 where it is malformed. text (or NULL) gets it with dots. */
static size_t read_name(const uint8_t *packet, size_t n, size_t at, char *text, size_t *ret_n) {
        size_t after = 0, out = 0, low = at;

        for (;;) {
                if (at >= n)
                        return 0;
                unsigned length = packet[at];
                if ((length & 0xc0) == 0xc0) {
                        if (at + 2 > n)
                                return 0;
                        size_t to = two(packet + at) & 0x3fff;
                        if (after == 0)
                                after = at + 2;
                        if (to >= low || to < HEAD) /* only ever further back */
                                return 0;
                        low = at = to;
                        continue;
                }
                if (length > 63 || at + 1 + length > n || out + length + 1 > POLICY_NAMES_MAX_NAME + 1)
                        return 0;
                if (length == 0)
                        break;
                if (text)
                        memcpy(text + out, packet + at + 1, length);
                /* a dot inside a label is none: it must not look like one */
                if (memchr(packet + at + 1, '.', length))
                        return 0;
                out += length;
                if (text)
                        text[out] = '.';
                out++;
                at += 1 + length;
        }
        if (ret_n)
                *ret_n = out;
        return after ? after : at + 1;
}

int gateway_dns_targets(const uint8_t *packet, size_t n, bool (*each)(const char *name, void *data), void *data) {
        char text[POLICY_NAMES_MAX_NAME + 2], name[POLICY_NAMES_MAX_NAME + 1];
        size_t at = HEAD;
        unsigned questions, answers;

        if (n < HEAD)
                return -EBADMSG;
        questions = two(packet + 4);
        answers = two(packet + 6);
        if (questions > 1 || answers > RECORDS_MAX)
                return -EBADMSG;
        if (questions == 1) {
                at = read_name(packet, n, at, NULL, NULL);
                if (at == 0 || at + 4 > n)
                        return -EBADMSG;
                at += 4;
        }
        for (unsigned i = 0; i < answers; i++) {
                size_t name_n = 0;
                at = read_name(packet, n, at, NULL, NULL);
                if (at == 0 || at + 10 > n || at + 10 + two(packet + at + 8) > n)
                        return -EBADMSG;
                unsigned type = two(packet + at), length = two(packet + at + 8);
                at += 10;
                if (type == TYPE_CNAME || type == TYPE_DNAME) {
                        if (read_name(packet, n, at, text, &name_n) != at + length || !policy_names_canonical(text, name_n, name))
                                return -EBADMSG;
                        if (!each(name, data))
                                return 1;
                }
                at += length;
        }
        return 0;
}
