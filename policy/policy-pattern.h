/* policy-pattern: which addresses a kind opens: [scheme://][.]host[:port][/path][?query], read and matched as Chromium's enterprise
 * URL filters (chromeenterprise.google/policies/url-patterns). SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-table.h"
#include <stdbool.h>

#define POLICY_PATTERN_MAX (POLICY_MAX_SITE - 300) /* bytes of one pattern: its canonical form can be longer */
#define POLICY_PATTERN_MAX_TOKENS 32   /* parts of one query */
#define POLICY_PATTERN_MAX_ALIKE 64    /* patterns with the same host and path */

enum { POLICY_SCHEME_ANY = 0, POLICY_SCHEME_HTTP = 1, POLICY_SCHEME_HTTPS = 2 };

typedef struct PolicyPattern {
        uint32_t scheme, port;         /* port 0 = any */
        bool subdomains;               /* the names below the host too */
        char host[254];                /* lower-case ASCII; "" = every host; an IPv6 address has brackets */
        const char *path, *query;      /* point into the text; not NUL-terminated: path_n, query_n; path_n 0 = every path */
        size_t path_n, query_n;
} PolicyPattern;

/* False where the text is no pattern. Host names of Japanese letters become their xn-- form; those of other scripts must be written in it. */
bool policy_pattern_parse(const char *text, PolicyPattern *ret_pattern);
bool policy_pattern_valid(const char *text);
/* The one way to write a pattern: scheme and host in lower-case ASCII. False where the text is no pattern. */
bool policy_pattern_canonical(const char *text, char ret_text[POLICY_MAX_SITE + 1]);

/* All patterns of a table, ready for look-ups. */
typedef struct PolicyPatternIndex PolicyPatternIndex;
/* 0; -ENOMEM; -EINVAL where a pattern is none, stands in two kinds, or more than POLICY_PATTERN_MAX_ALIKE are alike: then *ret_kind and
 * *ret_site (may be NULL) say which. The table's strings must outlive the index. */
int policy_pattern_index_new(const PolicyTable *table, PolicyPatternIndex **ret_index, uint32_t *ret_kind, uint32_t *ret_site);
void policy_pattern_index_free(PolicyPatternIndex *index);
/* The kind whose pattern fits the address best, or -1. The address must have passed policy_address_valid. Best is: a host without
 * its sub-names, then the longer host, the longer path, more parts of the query; and where Chromium goes by the order of its list: one
 * with a scheme, one with a port, then the order of the kinds. *ret_site (may be NULL): the pattern's number in that kind. */
int policy_pattern_index_find(const PolicyPatternIndex *index, const char *address, uint32_t *ret_site);
