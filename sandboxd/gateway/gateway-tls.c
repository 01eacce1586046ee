/* gateway-tls: the first message of a TLS client, read for the server's name before a byte of it is passed on.
 * Runs as: anyone (pure).  Input: bytes of a zone.  Must not: allocate, accept what servers read in two ways.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-tls.h"
#include "sandboxd/gateway/gateway-limits.h"
#include <errno.h>
#include <string.h>

enum { RECORD_HANDSHAKE = 22, CLIENT_HELLO = 1, EXT_NAME = 0, EXT_VERSIONS = 43, EXT_ECH = 0xfe0d, RECORD_MAX = 16384, EXT_MAX = 64 };

/* A cursor that never passes its end; the first step too far makes it fail for good. */
typedef struct Cursor {
        const uint8_t *at, *end;
        bool failed;
} Cursor;

static const uint8_t *take(Cursor *c, size_t n) {
        const uint8_t *p = c->at;

        if (c->failed || (size_t)(c->end - c->at) < n) {
                c->failed = true;
                c->at = c->end;
                return NULL;
        }
        c->at += n;
        return p;
}

static uint32_t number(Cursor *c, unsigned bytes) {
        const uint8_t *p = take(c, bytes);
        uint32_t v = 0;

        for (unsigned i = 0; p && i < bytes; i++)
                v = v << 8 | p[i];
        return v;
}

/* A vector with a length of so many bytes before it. */
static Cursor vector(Cursor *c, unsigned bytes, size_t min, size_t max) {
        size_t n = number(c, bytes);
        const uint8_t *p = n < min || n > max ? NULL : take(c, n);

        if (!p) {
                c->failed = true;
                return (Cursor){ .at = c->end, .end = c->end, .failed = true };
        }
        return (Cursor){ .at = p, .end = p + n };
}

static size_t left(const Cursor *c) {
        return (size_t)(c->end - c->at);
}

/* RFC 6066, 3: a list, of which exactly one host_name is taken. */
static bool read_name(Cursor ext, GatewayHello *ret) {
        Cursor list = vector(&ext, 2, 4, 65535);
        uint32_t type = number(&list, 1);
        Cursor name = vector(&list, 2, 1, POLICY_NAMES_MAX_NAME);

        if (list.failed || left(&list) > 0 || left(&ext) > 0 || type != 0 || name.failed)
                return false;
        /* the standard's name has no dot at its end; some servers strip it, others do not */
        if (name.end[-1] == '.')
                return false;
        return policy_names_canonical((const char *)name.at, left(&name), ret->name);
}

static bool is_grease(uint32_t value) { /* RFC 8701 */
        return (value & 0x0f0f) == 0x0a0a && (value >> 8) == (value & 0xff);
}

static bool read_versions(Cursor ext, GatewayHello *ret) {
        Cursor list = vector(&ext, 1, 2, 254);
        uint16_t best = 0;

        while (!list.failed && left(&list) > 0) {
                uint32_t v = number(&list, 2);
                if (!is_grease(v) && v > best && v >= 0x0301 && v <= 0x0304)
                        best = (uint16_t)v;
        }
        ret->version = best;
        return !list.failed && left(&ext) == 0 && best != 0;
}

/* RFC 9849, 5: type, HPKE suite, config id, enc, payload. */
static GatewayEch read_ech(Cursor ext) {
        uint32_t type = number(&ext, 1);

        if (type != 0)
                return GATEWAY_ECH_OTHER;
        number(&ext, 4);
        number(&ext, 1);
        vector(&ext, 2, 0, 65535);
        vector(&ext, 2, 1, 65535);
        return ext.failed || left(&ext) > 0 ? GATEWAY_ECH_OTHER : GATEWAY_ECH_OUTER;
}

static int read_extensions(Cursor all, GatewayHello *ret) {
        uint32_t seen[EXT_MAX];
        unsigned n = 0;

        while (left(&all) > 0) {
                uint32_t type = number(&all, 2);
                Cursor ext = vector(&all, 2, 0, 65535);
                if (all.failed || n == EXT_MAX)
                        return GATEWAY_REFUSAL_TLS_FORM;
                for (unsigned i = 0; i < n; i++)
                        if (seen[i] == type) /* the first or the last? Servers differ. */
                                return GATEWAY_REFUSAL_TLS_FORM;
                seen[n++] = type;
                if (type == EXT_NAME && !read_name(ext, ret))
                        return GATEWAY_REFUSAL_TLS_NAME;
                if (type == EXT_VERSIONS && !read_versions(ext, ret))
                        return GATEWAY_REFUSAL_TLS_FORM;
                if (type == EXT_ECH)
                        ret->ech = read_ech(ext);
        }
        return 0;
}

static int read_message(const uint8_t *bytes, size_t n, GatewayHello *ret) {
        Cursor c = { .at = bytes, .end = bytes + n }, all;
        GatewayHello hello = { 0 };
        int r = 0;

        hello.version = (uint16_t)number(&c, 2);
        take(&c, 32);
        vector(&c, 1, 0, 32);          /* session id */
        Cursor suites = vector(&c, 2, 2, 65534);
        vector(&c, 1, 1, 255);         /* compression */
        if (c.failed || left(&suites) % 2 != 0)
                return GATEWAY_REFUSAL_TLS_FORM;
        if (hello.version < 0x0301)
                return GATEWAY_REFUSAL_TLS_OLD;
        if (hello.version > 0x0303) /* TLS 1.3 says so in an extension; a larger number here is none of the standard's */
                return GATEWAY_REFUSAL_TLS_FORM;
        if (left(&c) > 0) {
                all = vector(&c, 2, 0, 65535);
                if (c.failed || left(&c) > 0)
                        return GATEWAY_REFUSAL_TLS_FORM;
                r = read_extensions(all, &hello);
        }
        if (r == 0)
                *ret = hello;
        return r;
}

int gateway_tls_looks_like(const uint8_t *bytes, size_t n) {
        if (n == 0)
                return -EAGAIN;
        if (bytes[0] == RECORD_HANDSHAKE)
                return n == 1 ? -EAGAIN : bytes[1] == 3;
        if (!(bytes[0] & 0x80)) /* SSL 2: a length of two bytes with the top bit, then CLIENT-HELLO and the version */
                return 0;
        return n < 4 ? -EAGAIN : bytes[2] == CLIENT_HELLO && (bytes[3] == 0 || bytes[3] == 3);
}

int gateway_tls_hello(const uint8_t *bytes, size_t n, GatewayHello *ret) {
        uint8_t message[4 + GATEWAY_MAX_HELLO];
        size_t at = 0, have = 0, want = 4;

        for (unsigned records = 0;; records++) {
                if (n - at >= 1 && bytes[at] != RECORD_HANDSHAKE)
                        return records == 0 && gateway_tls_looks_like(bytes, n) == 1 ? GATEWAY_REFUSAL_TLS_OLD : records == 0 ? GATEWAY_REFUSAL_TLS_NONE : GATEWAY_REFUSAL_TLS_FORM;
                if (n - at >= 2 && bytes[at + 1] != 3)
                        return records == 0 ? GATEWAY_REFUSAL_TLS_NONE : GATEWAY_REFUSAL_TLS_FORM;
                if (n - at < 5)
                        return -EAGAIN;
                size_t length = (size_t)bytes[at + 3] << 8 | bytes[at + 4], here;
                if (length == 0 || length > RECORD_MAX)
                        return GATEWAY_REFUSAL_TLS_FORM;
                if (records == GATEWAY_MAX_HELLO_RECORDS)
                        return GATEWAY_REFUSAL_TLS_SIZE;
                at += 5;
                here = n - at < length ? n - at : length;
                if (here > sizeof message - have)
                        return GATEWAY_REFUSAL_TLS_SIZE;
                memcpy(message + have, bytes + at, here);
                have += here;
                if (have >= 1 && message[0] != CLIENT_HELLO)
                        return GATEWAY_REFUSAL_TLS_FORM;
                if (have >= 4)
                        want = 4 + ((size_t)message[1] << 16 | (size_t)message[2] << 8 | message[3]);
                if (want > sizeof message)
                        return GATEWAY_REFUSAL_TLS_SIZE;
                /* nothing may follow the hello in its record: a server could take it for more of the same */
                if (have > want || (have == want && have >= 4 && here < length))
                        return GATEWAY_REFUSAL_TLS_FORM;
                if (have >= 4 && have == want)
                        return read_message(message + 4, want - 4, ret);
                if (here < length)
                        return -EAGAIN;
                at += length;
        }
}
