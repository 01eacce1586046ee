/* policy-pattern-index: all patterns of a table, ready for look-ups: a hash of hosts, below each its paths in order.
 * Runs as: anyone (pure).  Input: a checked table; an address that policy_address_valid let through.
 * Must not: need more steps than the address has parts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "policy/policy-name.h"
#include "policy/policy-pattern.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define NONE UINT32_MAX

typedef struct Entry {
        const char *host;            /* the index's own copy */
        const char *path, *query;    /* of the table */
        uint32_t path_n, query_n, tokens, kind, site, parent; /* parent: the longest shorter path that this one starts with; NONE */
        uint16_t port;
        uint8_t scheme, subdomains;
} Entry;

typedef struct Group {               /* the entries of one host */
        const char *host;
        uint32_t first, n, hash;
        bool subdomains;
} Group;

struct PolicyPatternIndex {
        uint32_t n, n_groups, mask, n_slots;
        Entry *entries;
        Group *groups;
        uint32_t *slots;             /* the hash: numbers of groups, NONE = free */
        char *hosts;
};

static uint32_t hash_of(const char *host, size_t n, bool subdomains) {
        uint32_t h = 2166136261u ^ (subdomains ? 0x9e3779b9u : 0); /* FNV-1a */

        for (size_t i = 0; i < n; i++)
                h = (h ^ (unsigned char)host[i]) * 16777619u;
        return h ^ h >> 15;
}

static int compare_bytes(const char *a, size_t n, const char *b, size_t m) {
        int order = n > 0 && m > 0 ? memcmp(a, b, n < m ? n : m) : 0; /* no query is a null pointer */
        return order ? order : (n > m) - (n < m);
}

/* Host by host, path by path, and of one path the better first. */
static int compare_entries(const void *left, const void *right) {
        const Entry *a = left, *b = right;
        int order = (int)a->subdomains - (int)b->subdomains;

        if (order == 0)
                order = strcmp(a->host, b->host);
        if (order == 0)
                order = compare_bytes(a->path, a->path_n, b->path, b->path_n);
        if (order == 0)
                order = (a->tokens < b->tokens) - (a->tokens > b->tokens);
        if (order == 0)
                order = (a->scheme == 0) - (b->scheme == 0);
        if (order == 0)
                order = (a->port == 0) - (b->port == 0);
        if (order == 0)
                order = (int)a->kind - (int)b->kind;
        return order ? order : (a->site > b->site) - (a->site < b->site);
}

/* The next part of a query between '&'; false at the end. "key=" is as "key". */
static bool next_token(const char **at, const char *end, const char **ret_token, size_t *ret_n) {
        const char *amp;

        while (*at < end && **at == '&')
                ++*at;
        if (*at >= end)
                return false;
        amp = memchr(*at, '&', (size_t)(end - *at));
        *ret_token = *at;
        *ret_n = (size_t)((amp ? amp : end) - *at);
        *at = amp ? amp + 1 : end;
        if (*ret_n > 1 && (*ret_token)[*ret_n - 1] == '=' && !memchr(*ret_token, '=', *ret_n - 1))
                --*ret_n;
        return true;
}

static uint32_t count_tokens(const char *query, size_t n) {
        const char *at = query, *token;
        size_t length;
        uint32_t tokens = 0;

        while (n > 0 && next_token(&at, query + n, &token, &length))
                tokens++;
        return tokens;
}

static bool has_token(const char *query, size_t n, const char *token, size_t length) {
        bool prefix = token[length - 1] == '*';
        const char *at = query, *one;
        size_t m;

        length -= prefix;
        while (n > 0 && next_token(&at, query + n, &one, &m))
                if ((prefix ? m >= length : m == length) && memcmp(one, token, length) == 0)
                        return true;
        return false;
}

static bool query_fits(const Entry *e, const char *query, size_t n) {
        const char *at = e->query, *token;
        size_t length;

        while (e->query_n > 0 && next_token(&at, e->query + e->query_n, &token, &length))
                if (!has_token(query, n, token, length))
                        return false;
        return true;
}

static int add(PolicyPatternIndex *index, const char *text, uint32_t kind, uint32_t site, size_t *at) {
        PolicyPattern p;
        size_t n;

        if (!policy_pattern_parse(text, &p))
                return -EINVAL;
        n = strlen(p.host) + 1;
        memcpy(index->hosts + *at, p.host, n);
        index->entries[index->n++] = (Entry){ .host = index->hosts + *at, .path = p.path, .query = p.query, .path_n = (uint32_t)p.path_n, .query_n = (uint32_t)p.query_n,
                                              .tokens = count_tokens(p.query, p.query_n), .kind = kind, .site = site, .parent = NONE, .port = (uint16_t)p.port,
                                              .scheme = (uint8_t)p.scheme, .subdomains = p.subdomains };
        *at += n;
        return 0;
}

static bool same_path(const Entry *a, const Entry *b) {
        return a->subdomains == b->subdomains && strcmp(a->host, b->host) == 0 && compare_bytes(a->path, a->path_n, b->path, b->path_n) == 0;
}

static bool alike(const Entry *a, const Entry *b) {
        return same_path(a, b) && a->scheme == b->scheme && a->port == b->port && compare_bytes(a->query, a->query_n, b->query, b->query_n) == 0;
}

/* Walks one host's entries in their order, which is that of a tree of paths. Returns the first that breaks a rule, or NONE. */
static uint32_t link_paths(PolicyPatternIndex *index, uint32_t first, uint32_t n) {
        uint32_t run = first;

        for (uint32_t i = first; i < first + n; i++) {
                Entry *e = &index->entries[i];
                uint32_t up;
                if (i > first && same_path(e, &index->entries[run])) {
                        e->parent = index->entries[run].parent;
                        for (uint32_t j = run; j < i; j++)
                                if (alike(&index->entries[j], e))
                                        return i;
                        if (i - run >= POLICY_PATTERN_MAX_ALIKE)
                                return i;
                        continue;
                }
                for (up = i > first ? run : NONE; up != NONE; up = index->entries[up].parent)
                        if (index->entries[up].path_n < e->path_n && memcmp(index->entries[up].path, e->path, index->entries[up].path_n) == 0)
                                break;
                e->parent = up;
                run = i;
        }
        return NONE;
}

static uint32_t make_groups(PolicyPatternIndex *index) {
        for (uint32_t i = 0; i < index->n;) {
                const Entry *e = &index->entries[i];
                Group *g = &index->groups[index->n_groups];
                uint32_t n = 1, bad, slot;
                while (i + n < index->n && index->entries[i + n].subdomains == e->subdomains && strcmp(index->entries[i + n].host, e->host) == 0)
                        n++;
                *g = (Group){ .host = e->host, .first = i, .n = n, .hash = hash_of(e->host, strlen(e->host), e->subdomains), .subdomains = e->subdomains };
                bad = link_paths(index, i, n);
                if (bad != NONE)
                        return bad;
                for (slot = g->hash & index->mask; index->slots[slot] != NONE; slot = (slot + 1) & index->mask)
                        continue;
                index->slots[slot] = index->n_groups++;
                i += n;
        }
        return NONE;
}

static int take_room(PolicyPatternIndex *index, const PolicyTable *table, size_t *ret_n) {
        size_t n = 0, bytes = 1;

        for (uint32_t k = 0; k < table->n_kinds; k++) {
                n += table->kinds[k].sites.n;
                for (uint32_t i = 0; i < table->kinds[k].sites.n; i++)
                        bytes += strnlen(table->kinds[k].sites.items[i], 600) * 4 + 8; /* room for the host, also as xn-- */
        }
        for (index->n_slots = 16; index->n_slots < 2 * n; index->n_slots *= 2)
                continue;
        index->mask = index->n_slots - 1;
        index->entries = calloc(n + 1, sizeof *index->entries);
        index->groups = calloc(n + 1, sizeof *index->groups);
        index->slots = malloc(index->n_slots * sizeof *index->slots);
        index->hosts = malloc(bytes);
        *ret_n = n;
        if (!index->entries || !index->groups || !index->slots || !index->hosts)
                return -ENOMEM;
        memset(index->slots, 0xff, index->n_slots * sizeof *index->slots);
        return 0;
}

int policy_pattern_index_new(const PolicyTable *table, PolicyPatternIndex **ret_index, uint32_t *ret_kind, uint32_t *ret_site) {
        PolicyPatternIndex *index = calloc(1, sizeof *index);
        size_t n, at = 0;
        uint32_t bad;
        int r = index ? take_room(index, table, &n) : -ENOMEM;

        for (uint32_t k = 0; k < table->n_kinds && r == 0; k++)
                for (uint32_t i = 0; i < table->kinds[k].sites.n && r == 0; i++) {
                        r = add(index, table->kinds[k].sites.items[i], k, i, &at);
                        if (r < 0 && ret_kind)
                                *ret_kind = k, *ret_site = i;
                }
        if (r == 0) {
                qsort(index->entries, index->n, sizeof *index->entries, compare_entries);
                bad = make_groups(index);
                r = bad == NONE ? 0 : -EINVAL;
                if (r < 0 && ret_kind)
                        *ret_kind = index->entries[bad].kind, *ret_site = index->entries[bad].site;
        }
        if (r < 0)
                policy_pattern_index_free(index);
        else
                *ret_index = index;
        return r;
}

void policy_pattern_index_free(PolicyPatternIndex *index) {
        if (!index)
                return;
        free(index->entries);
        free(index->groups);
        free(index->slots);
        free(index->hosts);
        free(index);
}

/* An address taken apart, as a browser would: the default port, "/" for no path, no "." and ".." in it. */
typedef struct Target {
        char host[254], path[POLICY_MAX_ADDRESS + 2];
        const char *query;
        size_t path_n, query_n;
        uint32_t scheme, port;
} Target;

/* Length of ".", "..", "%2e" and mixtures at the start of a part; 0 = some other part. *ret_dots: 1 or 2. */
static size_t dots(const char *part, size_t n, int *ret_dots) {
        size_t at = 0;

        for (*ret_dots = 0; at < n && *ret_dots < 3; ++*ret_dots)
                if (part[at] == '.')
                        at++;
                else if (n - at >= 3 && strncasecmp(part + at, "%2e", 3) == 0)
                        at += 3;
                else
                        return 0;
        return at == n && *ret_dots > 0 && *ret_dots < 3 ? n : 0;
}

static void clean_path(Target *t, const char *path, size_t n) {
        size_t out = 0, at = 0;

        if (n == 0) {
                t->path[0] = '/';
                t->path_n = 1;
                return;
        }
        while (at < n) { /* path[at] is a slash */
                const char *part = path + at + 1;
                const char *slash = memchr(part, '/', n - at - 1);
                size_t length = slash ? (size_t)(slash - part) : n - at - 1;
                int count;
                at += length + 1;
                if (dots(part, length, &count)) {
                        while (count == 2 && out > 0 && t->path[--out] != '/')
                                continue;
                        if (at >= n)
                                t->path[out++] = '/';
                        continue;
                }
                t->path[out++] = '/';
                memcpy(t->path + out, part, length);
                out += length;
        }
        t->path_n = out;
}

static void take_apart(const char *address, Target *t) {
        const char *at = strstr(address, "://") + 3, *colon;
        size_t authority = strcspn(at, "/?#"), path, host = 0;
        unsigned char bytes[sizeof(struct in6_addr)];

        t->scheme = address[4] == ':' ? POLICY_SCHEME_HTTP : POLICY_SCHEME_HTTPS;
        t->port = t->scheme == POLICY_SCHEME_HTTP ? 80 : 443;
        while (host < authority && host < sizeof t->host - 1 && (at[0] == '[' ? host == 0 || at[host - 1] != ']' : at[host] != ':')) {
                t->host[host] = (char)(at[host] >= 'A' && at[host] <= 'Z' ? at[host] + ('a' - 'A') : at[host]);
                host++;
        }
        colon = host < authority && at[host] == ':' ? at + host + 1 : NULL;
        if (colon)
                t->port = (uint32_t)strtoul(colon, NULL, 10);
        if (host > 1 && t->host[host - 1] == '.')
                host--;
        t->host[host] = '\0';
        if (t->host[0] == '[') { /* one way to write it */
                t->host[host - 1] = '\0';
                if (inet_pton(AF_INET6, t->host + 1, bytes) == 1)
                        (void)inet_ntop(AF_INET6, bytes, t->host + 1, sizeof t->host - 2);
                strcat(t->host, "]");
        }
        at += authority;
        path = strcspn(at, "?#");
        clean_path(t, at, path);
        at += path;
        t->query = *at == '?' ? at + 1 : at;
        t->query_n = *at == '?' ? strcspn(at + 1, "#") : 0;
}

static const Group *find_group(const PolicyPatternIndex *index, const char *host, bool subdomains) {
        uint32_t hash = hash_of(host, strlen(host), subdomains);

        for (uint32_t slot = hash & index->mask; index->slots[slot] != NONE; slot = (slot + 1) & index->mask) {
                const Group *g = &index->groups[index->slots[slot]];
                if (g->hash == hash && g->subdomains == subdomains && strcmp(g->host, host) == 0)
                        return g;
        }
        return NULL;
}

/* The last entry whose path is not after the address's; NONE = all are. */
static uint32_t last_not_after(const PolicyPatternIndex *index, const Group *g, const Target *t) {
        uint32_t low = g->first, high = g->first + g->n;

        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                const Entry *e = &index->entries[middle];
                if (compare_bytes(e->path, e->path_n, t->path, t->path_n) <= 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low > g->first ? low - 1 : NONE;
}

static const Entry *best_of(const PolicyPatternIndex *index, const Group *g, const Target *t) {
        uint32_t at = last_not_after(index, g, t);
        size_t common = 0;

        if (at == NONE)
                return NULL;
        while (common < index->entries[at].path_n && common < t->path_n && index->entries[at].path[common] == t->path[common])
                common++;
        for (; at != NONE; at = index->entries[at].parent) {
                uint32_t run = at;
                if (index->entries[at].path_n > common)
                        continue;
                while (run > g->first && same_path(&index->entries[run - 1], &index->entries[at]))
                        run--;
                for (uint32_t i = run; i < g->first + g->n && (i == run || same_path(&index->entries[i], &index->entries[run])); i++) {
                        const Entry *e = &index->entries[i];
                        if ((e->scheme == 0 || e->scheme == t->scheme) && (e->port == 0 || e->port == t->port) && query_fits(e, t->query, t->query_n))
                                return e;
                }
        }
        return NULL;
}

int policy_pattern_index_find(const PolicyPatternIndex *index, const char *address, uint32_t *ret_site) {
        const Group *g;
        const Entry *e = NULL;
        Target t = { .scheme = 0 };

        take_apart(address, &t);
        g = find_group(index, t.host, false);
        if (g)
                e = best_of(index, g, &t);
        for (const char *at = t.host; !e && at; at = strchr(at, '.')) {
                at += *at == '.';
                g = *at ? find_group(index, at, true) : NULL;
                if (g)
                        e = best_of(index, g, &t);
        }
        if (!e && (g = find_group(index, "", true)))
                e = best_of(index, g, &t);
        if (!e)
                return -1;
        if (ret_site)
                *ret_site = e->site;
        return (int)e->kind;
}
