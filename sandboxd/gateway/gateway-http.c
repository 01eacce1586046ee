/* gateway-http: the requests a zone may send: CONNECT and absolute-form, strictly read, written anew.
 * Runs as: anyone (pure).  Input: bytes of a zone, and of servers.  Must not: guess what a malformed head means.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-http.h"
#include "sandboxd/gateway/gateway-limits.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

typedef struct Field {
        const char *name, *value;
        size_t name_n, value_n;
} Field;

static bool is_token(char c) { /* tchar, RFC 9110 5.6.2 */
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_blank(char c) {
        return c == ' ' || c == '\t';
}

static bool same(const char *text, size_t n, const char *word) {
        return n == strlen(word) && strncasecmp(text, word, n) == 0;
}

/* Reads the line at *at as a field and moves behind it: no fold, no space before the colon, no control byte. The caller
 * knows that the head ends in CRLF CRLF. */
static bool next_field(const char *bytes, size_t end, size_t *at, Field *ret) {
        const char *p = bytes + *at, *stop = memchr(p, '\r', end - *at), *colon;

        if (!stop || stop + 1 >= bytes + end || stop[1] != '\n')
                return false;
        for (colon = p; colon < stop && is_token(*colon); colon++)
                ;
        if (colon == p || colon == stop || *colon != ':')
                return false;
        *ret = (Field){ .name = p, .name_n = (size_t)(colon - p), .value = colon + 1, .value_n = (size_t)(stop - colon - 1) };
        for (; ret->value_n > 0 && is_blank(*ret->value); ret->value_n--)
                ret->value++;
        while (ret->value_n > 0 && is_blank(ret->value[ret->value_n - 1]))
                ret->value_n--;
        for (size_t i = 0; i < ret->value_n; i++)
                if (((unsigned char)ret->value[i] < 0x20 && ret->value[i] != '\t') || ret->value[i] == 0x7f)
                        return false;
        *at = (size_t)(stop - bytes) + 2;
        return true;
}

static bool parse_number(const char *text, size_t n, uint64_t max, uint64_t *ret) {
        uint64_t v = 0;

        if (n == 0 || n > 18 || (n > 1 && text[0] == '0'))
                return false;
        for (size_t i = 0; i < n; i++) {
                if (text[i] < '0' || text[i] > '9')
                        return false;
                v = v * 10 + (uint64_t)(text[i] - '0');
        }
        *ret = v;
        return v <= max;
}

/* host, host:port or [address]:port; port 0 = required. */
static int parse_authority(const char *text, size_t n, uint16_t port, GatewayRequest *ret) {
        const char *close = n > 0 && text[0] == '[' ? memchr(text, ']', n) : NULL;
        const char *from = close ? close : text, *colon = memchr(from, ':', n - (size_t)(from - text));
        size_t host_n = colon ? (size_t)(colon - text) : n;
        uint64_t number = port;

        if (colon && !parse_number(colon + 1, n - host_n - 1, 65535, &number))
                return GATEWAY_REFUSAL_REQUEST;
        if (number == 0)
                return GATEWAY_REFUSAL_REQUEST;
        ret->port = (uint16_t)number;
        ret->kind = gateway_name_canonical(text, host_n, ret->host, &ret->address);
        return ret->kind == GATEWAY_NAME_BAD ? GATEWAY_REFUSAL_NAME : 0;
}

static int parse_target(const char *bytes, size_t at, size_t n, GatewayRequest *ret) {
        const char *text = bytes + at, *p;
        size_t authority_n;

        for (size_t i = 0; i < n; i++)
                if (text[i] < 0x21 || text[i] > 0x7e || text[i] == '#')
                        return GATEWAY_REFUSAL_REQUEST;
        if (ret->connect)
                return parse_authority(text, n, 0, ret);
        if (n < 8 || strncasecmp(text, "http://", 7) != 0)
                return GATEWAY_REFUSAL_REQUEST;
        for (p = text + 7; p < text + n && *p != '/' && *p != '?'; p++)
                ;
        authority_n = (size_t)(p - text) - 7;
        ret->path_at = (size_t)(p - bytes);
        ret->path_n = n - authority_n - 7;
        return parse_authority(text + 7, authority_n, 80, ret);
}

static int parse_line(const char *bytes, size_t line_n, GatewayRequest *ret) {
        const char *space = memchr(bytes, ' ', line_n), *second;
        size_t target_at, target_n;

        if (!space || space == bytes || space - bytes > 24)
                return GATEWAY_REFUSAL_REQUEST;
        ret->method_n = (size_t)(space - bytes);
        for (size_t i = 0; i < ret->method_n; i++)
                if ((bytes[i] < 'A' || bytes[i] > 'Z') && bytes[i] != '-')
                        return GATEWAY_REFUSAL_REQUEST;
        ret->connect = ret->method_n == 7 && memcmp(bytes, "CONNECT", 7) == 0;
        target_at = ret->method_n + 1;
        second = memchr(bytes + target_at, ' ', line_n - target_at);
        if (!second)
                return GATEWAY_REFUSAL_REQUEST;
        target_n = (size_t)(second - bytes) - target_at;
        if (line_n - target_at - target_n - 1 != 8 || memcmp(second + 1, "HTTP/1.", 7) != 0 || (second[8] != '0' && second[8] != '1'))
                return GATEWAY_REFUSAL_REQUEST;
        ret->minor = (unsigned)(second[8] - '0');
        return parse_target(bytes, target_at, target_n, ret);
}

/* The next word of a comma list. */
static bool next_word(const char **at, const char *end, const char **ret, size_t *ret_n) {
        while (*at < end && (is_blank(**at) || **at == ','))
                (*at)++;
        *ret = *at;
        while (*at < end && is_token(**at))
                (*at)++;
        *ret_n = (size_t)(*at - *ret);
        return *ret_n > 0;
}

/* Connection may name fields to drop; where it names one that frames or routes the message, or is no list, that is a trick. */
static bool connection_valid(const Field *f) {
        static const char *const never[] = { "host", "content-length", "transfer-encoding", "content-type", "connection" };
        const char *at = f->value, *end = f->value + f->value_n, *word;
        size_t n;

        while (next_word(&at, end, &word, &n)) {
                for (size_t i = 0; i < sizeof never / sizeof *never; i++)
                        if (same(word, n, never[i]))
                                return false;
                while (at < end && is_blank(*at))
                        at++;
                if (at < end && *at != ',')
                        return false;
        }
        return at == end;
}

static int parse_fields(const char *bytes, GatewayRequest *ret) {
        size_t at = ret->fields_at, end = ret->head_n - 2;
        unsigned n = 0, hosts = 0, lengths = 0;
        bool coded = false;
        Field f;

        while (at < end) {
                if (++n > GATEWAY_MAX_HEADERS)
                        return GATEWAY_REFUSAL_HEAD_SIZE;
                if (!next_field(bytes, end, &at, &f))
                        return GATEWAY_REFUSAL_REQUEST;
                if (same(f.name, f.name_n, "host"))
                        hosts++;
                else if (same(f.name, f.name_n, "content-length")) {
                        if (++lengths > 1 || !parse_number(f.value, f.value_n, UINT64_MAX >> 8, &ret->body_n))
                                return GATEWAY_REFUSAL_REQUEST;
                } else if (same(f.name, f.name_n, "transfer-encoding"))
                        coded = true;
                else if (same(f.name, f.name_n, "connection") && !connection_valid(&f))
                        return GATEWAY_REFUSAL_REQUEST;
        }
        if (hosts > 1 || (hosts == 0 && ret->minor == 1) || (coded && (lengths > 0 || ret->connect || ret->minor == 0)))
                return GATEWAY_REFUSAL_REQUEST;
        if (ret->connect && ret->body_n > 0)
                return GATEWAY_REFUSAL_REQUEST;
        return coded ? GATEWAY_REFUSAL_LENGTH : 0;
}

int gateway_http_parse(const char *bytes, size_t n, GatewayRequest *ret) {
        const char *end, *line;
        int r;

        memset(ret, 0, sizeof *ret);
        /* what can never become a request is refused at once, not when its time is up */
        if (n > 0 && (bytes[0] < 'A' || bytes[0] > 'Z'))
                return GATEWAY_REFUSAL_REQUEST;
        end = memmem(bytes, n < GATEWAY_MAX_HEAD ? n : GATEWAY_MAX_HEAD, "\r\n\r\n", 4);
        if (!end) {
                for (const char *lf = bytes; (lf = memchr(lf, '\n', n - (size_t)(lf - bytes))) != NULL; lf++)
                        if (lf == bytes || lf[-1] != '\r')
                                return GATEWAY_REFUSAL_REQUEST;
                return n >= GATEWAY_MAX_HEAD ? GATEWAY_REFUSAL_HEAD_SIZE : -EAGAIN;
        }
        ret->head_n = (size_t)(end - bytes) + 4;
        line = memmem(bytes, ret->head_n, "\r\n", 2);
        ret->fields_at = (size_t)(line - bytes) + 2;
        if (memchr(bytes, '\n', ret->fields_at) != line + 1 || memchr(bytes, '\r', ret->fields_at) != line)
                return GATEWAY_REFUSAL_REQUEST;
        r = parse_line(bytes, (size_t)(line - bytes), ret);
        return r != 0 ? r : parse_fields(bytes, ret);
}

static bool hop_by_hop(const Field *f) {
        static const char *const names[] = { "connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate",
                "proxy-authentication-info", "te", "trailer", "upgrade", "http2-settings" };

        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
                if (same(f->name, f->name_n, names[i]))
                        return true;
        return false;
}

/* True where a Connection field of the head names this one. */
static bool connection_names(const char *bytes, size_t at, size_t end, const Field *field) {
        const char *p, *word;
        size_t n;
        Field f;

        while (at < end && next_field(bytes, end, &at, &f)) {
                if (!same(f.name, f.name_n, "connection"))
                        continue;
                for (p = f.value; next_word(&p, f.value + f.value_n, &word, &n);)
                        if (n == field->name_n && strncasecmp(word, field->name, n) == 0)
                                return true;
        }
        return false;
}

static bool put(char *out, size_t max, size_t *at, const char *bytes, size_t n) {
        if (n > max - *at)
                return false;
        memcpy(out + *at, bytes, n);
        *at += n;
        return true;
}

static bool put_text(char *out, size_t max, size_t *at, const char *text) {
        return put(out, max, at, text, strlen(text));
}

static bool put_field(char *out, size_t max, size_t *at, const Field *f) {
        return put(out, max, at, f->name, f->name_n) && put_text(out, max, at, ": ") && put(out, max, at, f->value, f->value_n) &&
                put_text(out, max, at, "\r\n");
}

ssize_t gateway_http_rewrite(const GatewayRequest *q, const char *bytes, char *out, size_t max) {
        bool six = q->kind == GATEWAY_NAME_ADDRESS && q->address.family == 6, slash = q->path_n == 0 || bytes[q->path_at] != '/';
        size_t n = 0, at = q->fields_at, end = q->head_n - 2;
        char host[GATEWAY_NAME_MAX + 64];
        Field f;

        snprintf(host, sizeof host, " HTTP/1.%u\r\nHost: %s%s%s", q->minor, six ? "[" : "", q->host, six ? "]" : "");
        if (q->port != 80)
                snprintf(host + strlen(host), sizeof host - strlen(host), ":%u", q->port);
        if (!put(out, max, &n, bytes, q->method_n) || !put_text(out, max, &n, slash ? " /" : " ") ||
            !put(out, max, &n, bytes + q->path_at, q->path_n) || !put_text(out, max, &n, host) || !put_text(out, max, &n, "\r\n"))
                return -ENOBUFS;
        while (at < end && next_field(bytes, end, &at, &f)) {
                if (same(f.name, f.name_n, "host") || hop_by_hop(&f) || connection_names(bytes, q->fields_at, end, &f))
                        continue;
                if (!put_field(out, max, &n, &f))
                        return -ENOBUFS;
        }
        return put_text(out, max, &n, "Connection: close\r\n\r\n") ? (ssize_t)n : -ENOBUFS;
}

ssize_t gateway_http_response(const char *bytes, size_t n, char *out, size_t max, size_t *ret_head_n, bool *ret_final) {
        const char *end = memmem(bytes, n, "\r\n\r\n", 4), *line;
        size_t head_n, at, written = 0;
        Field f;

        if (n >= 1 && memcmp(bytes, "HTTP/1.1", n < 8 ? n : 7) != 0) /* not http at all: say so at once */
                return -EBADMSG;
        if (!end)
                return n >= GATEWAY_MAX_REPLY_HEAD ? -EBADMSG : -EAGAIN;
        head_n = (size_t)(end - bytes) + 4;
        line = memmem(bytes, head_n, "\r\n", 2);
        /* "HTTP/1.x NNN": what follows is for people */
        if (line - bytes < 12 || bytes[8] != ' ' || bytes[9] < '1' || bytes[9] > '5' || memchr(bytes, '\n', (size_t)(line - bytes)))
                return -EBADMSG;
        if (memcmp(bytes + 9, "101", 3) == 0) /* nobody asked for an upgrade */
                return -EBADMSG;
        at = (size_t)(line - bytes) + 2;
        if (!put(out, max, &written, bytes, at))
                return -ENOBUFS;
        while (at < head_n - 2) {
                if (!next_field(bytes, head_n - 2, &at, &f))
                        return -EBADMSG;
                if (!hop_by_hop(&f) && !put_field(out, max, &written, &f))
                        return -ENOBUFS;
        }
        *ret_final = bytes[9] != '1';
        if (!put_text(out, max, &written, *ret_final ? "Connection: close\r\n\r\n" : "\r\n"))
                return -ENOBUFS;
        *ret_head_n = head_n;
        return (ssize_t)written;
}
