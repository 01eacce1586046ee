/* policy-pattern: reads and writes patterns of addresses.
 * Runs as: anyone (pure).  Input: patterns of policy files.  Must not: guess: what a browser could read otherwise is no pattern.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-pattern.h"
#include "policy/policy-name.h"
#include "policy/policy-punycode.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Printable ASCII that has no meaning of its own here; letters beyond ASCII can only stand in a host. */
static bool bytes_valid(const char *text) {
        size_t n = strnlen(text, POLICY_PATTERN_MAX + 1), host = strcspn(text, "/?");
        const char *scheme = strstr(text, "://");

        if (n == 0 || n > POLICY_PATTERN_MAX)
                return false;
        if (scheme && (size_t)(scheme - text) < host)
                host = (size_t)(scheme - text) + 3 + strcspn(scheme + 3, "/?");
        for (size_t i = 0; i < n; i++)
                if ((unsigned char)text[i] <= 0x20 || text[i] == 0x7f || strchr("#@\"\\", text[i]) || ((unsigned char)text[i] >= 0x80 && i >= host))
                        return false;
        return true;
}

/* "https://", "https:*" or nothing; false for a scheme that no zone opens. */
static bool take_scheme(const char **at, uint32_t *ret_scheme) {
        static const char *const schemes[] = { "http", "https" };
        const char *sep = strstr(*at, "://");
        size_t n = strcspn(*at, ":");

        *ret_scheme = POLICY_SCHEME_ANY;
        if (sep != *at + n && strcmp(*at + n, ":*") != 0)
                return true;
        for (uint32_t i = 0; i < 2; i++)
                if (strlen(schemes[i]) == n && strncasecmp(*at, schemes[i], n) == 0) {
                        *ret_scheme = i + 1;
                        *at += sep == *at + n ? n + 3 : n + 1;
                        return true;
                }
        return false;
}

static bool read_literal(const char *host, size_t n, PolicyPattern *p) {
        unsigned char bytes[sizeof(struct in6_addr)];
        char inner[64], shown[INET6_ADDRSTRLEN];

        if (n < 4 || n - 2 >= sizeof inner || host[n - 1] != ']')
                return false;
        memcpy(inner, host + 1, n - 2);
        inner[n - 2] = '\0';
        if (inet_pton(AF_INET6, inner, bytes) != 1 || !inet_ntop(AF_INET6, bytes, shown, sizeof shown))
                return false;
        snprintf(p->host, sizeof p->host, "[%s]", shown);
        return true;
}

static bool read_host(const char *host, size_t n, PolicyPattern *p) {
        char room[POLICY_PATTERN_MAX + 1];

        if (n == 1 && host[0] == '*') {
                p->subdomains = true;
                return true;
        }
        p->subdomains = n == 0 || host[0] != '.';
        if (!p->subdomains) {
                host++;
                n--;
        }
        if (n > 0 && host[0] == '[') {
                p->subdomains = false;
                return read_literal(host, n, p);
        }
        memcpy(room, host, n);
        room[n] = '\0';
        if (!policy_punycode_host(room, p->host))
                return false;
        if (policy_numeric_valid(p->host)) { /* an address has no sub-names */
                p->subdomains = false;
                return true;
        }
        return p->host[0] != '.' && policy_site_valid(p->host);
}

static bool read_port(const char *text, size_t n, PolicyPattern *p) {
        if (n == 0 || n > 5)
                return false;
        for (size_t i = 0; i < n; i++) {
                if (text[i] < '0' || text[i] > '9')
                        return false;
                p->port = p->port * 10 + (uint32_t)(text[i] - '0');
        }
        return p->port > 0 && p->port <= 65535;
}

bool policy_pattern_parse(const char *text, PolicyPattern *ret_pattern) {
        PolicyPattern p = { 0 };
        const char *at = text;
        size_t authority, host, tokens = 1;

        if (!bytes_valid(text) || !take_scheme(&at, &p.scheme))
                return false;
        authority = strcspn(at, "/?");
        host = at[0] == '[' ? strcspn(at, "]") + 1 : strcspn(at, ":");
        host = host > authority ? authority : host;
        if (!read_host(at, host, &p))
                return false;
        if (host < authority && (at[host] != ':' || !read_port(at + host + 1, authority - host - 1, &p)))
                return false;
        p.path = at + authority;
        p.path_n = strcspn(p.path, "?");
        if (p.path[p.path_n] == '?') {
                p.query = p.path + p.path_n + 1;
                p.query_n = strlen(p.query);
        }
        for (size_t i = 0; i < p.query_n; i++)
                tokens += p.query[i] == '&';
        if (tokens > POLICY_PATTERN_MAX_TOKENS)
                return false;
        *ret_pattern = p;
        return true;
}

bool policy_pattern_valid(const char *text) {
        PolicyPattern p;
        return policy_pattern_parse(text, &p);
}

bool policy_pattern_canonical(const char *text, char ret_text[POLICY_MAX_SITE + 1]) {
        static const char *const schemes[] = { "", "http://", "https://" };
        char port[16] = "";
        PolicyPattern p;
        bool literal;

        if (!policy_pattern_parse(text, &p))
                return false;
        if (p.port)
                snprintf(port, sizeof port, ":%u", p.port);
        literal = p.host[0] == '[' || policy_numeric_valid(p.host);
        snprintf(ret_text, POLICY_MAX_SITE + 1, "%s%s%s%s%.*s%s%.*s", schemes[p.scheme], p.subdomains || literal ? "" : ".", p.host[0] ? p.host : "*", port,
                 (int)p.path_n, p.path, p.query_n ? "?" : "", (int)p.query_n, p.query_n ? p.query : "");
        return true;
}
