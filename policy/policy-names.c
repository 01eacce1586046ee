/* policy-names: which names, and at which ports, a kind of zone reaches: the rules, their form, the verdict.
 * Runs as: anyone (pure).  Input: names that a zone, a name server or a file wrote.  Must not: resolve anything, match by anything but labels.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-names.h"
#include "policy/policy-name.h"
#include <string.h>

static bool digits(const char *text, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (text[i] < '0' || text[i] > '9')
                        return false;
        return n > 0;
}

/* ":port" at the end; the name's length without it. */
static bool split_port(const char *text, size_t *ret_n, uint16_t *ret_port) {
        const char *colon = strchr(text, ':');
        unsigned long port = 0;

        *ret_n = colon ? (size_t)(colon - text) : strlen(text);
        *ret_port = 0;
        if (!colon)
                return true;
        if (!digits(colon + 1, strlen(colon + 1)) || strlen(colon + 1) > 5 || colon[1] == '0')
                return false;
        for (const char *p = colon + 1; *p; p++)
                port = port * 10 + (unsigned long)(*p - '0');
        *ret_port = (uint16_t)port;
        return port <= 65535;
}

/* The parts of a rule, its form unchecked. */
static bool split(const char *text, PolicyNamesRule *ret) {
        *ret = (PolicyNamesRule){ .self = true, .below = true };
        if (text[0] == '.') {
                ret->below = false;
                text++;
        } else if (text[0] == '*' && text[1] == '.') {
                ret->self = false;
                text += 2;
        }
        ret->name = text;
        return split_port(text, &ret->name_n, &ret->port);
}

bool policy_names_rule(const char *text, PolicyNamesRule *ret) {
        char name[POLICY_NAMES_MAX_NAME + 1];
        PolicyNamesRule rule;

        if (strnlen(text, POLICY_NAMES_MAX_RULE + 1) > POLICY_NAMES_MAX_RULE || !split(text, &rule) || rule.name_n == 0 ||
            rule.name_n > POLICY_NAMES_MAX_NAME || rule.name[0] == '.')
                return false;
        memcpy(name, rule.name, rule.name_n);
        name[rule.name_n] = '\0';
        if (!policy_site_valid(name))
                return false;
        *ret = rule;
        return true;
}

bool policy_names_rule_canonical(const char *text, char ret[POLICY_NAMES_MAX_RULE + 1]) {
        size_t n = strnlen(text, POLICY_NAMES_MAX_RULE + 2), name_n = strcspn(text, ":");
        char out[POLICY_NAMES_MAX_RULE + 1] = "";
        PolicyNamesRule rule;

        if (n > POLICY_NAMES_MAX_RULE)
                return false;
        for (size_t i = 0; i <= n; i++)
                out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
        if (name_n > 1 && out[name_n - 1] == '.') /* the root's dot */
                memmove(out + name_n - 1, out + name_n, n - name_n + 1);
        if (!policy_names_rule(out, &rule))
                return false;
        memcpy(ret, out, strlen(out) + 1);
        return true;
}

bool policy_names_canonical(const char *text, size_t n, char ret[POLICY_NAMES_MAX_NAME + 1]) {
        char out[POLICY_NAMES_MAX_NAME + 1];
        const char *last;

        if (n > 0 && text[n - 1] == '.')
                n--;
        if (n == 0 || n > POLICY_NAMES_MAX_NAME || text[0] == '.')
                return false;
        for (size_t i = 0; i < n; i++)
                out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
        out[n] = '\0';
        if (strlen(out) != n)
                return false;
        /* unlike a rule, a name in use may have a label that starts or ends with '-': it exists, and rules must see it */
        for (size_t i = 0, label = 0; i <= n; i++) {
                char c = out[i];
                bool in_label = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
                if (!in_label && ((c != '.' && c != '\0') || label == 0))
                        return false;
                label = in_label ? label + 1 : 0;
                if (label > 63)
                        return false;
        }
        last = strrchr(out, '.') ? strrchr(out, '.') + 1 : out;
        if (digits(last, strlen(last)) || (last[0] == '0' && last[1] == 'x' && last[2 + strspn(last + 2, "0123456789abcdef")] == '\0'))
                return false; /* what resolvers take for a number (URL standard, "ends in a number") */
        memcpy(ret, out, n + 1);
        return true;
}

/* tail is the whole name, or stands behind a dot of it. */
static bool ends_with(const char *name, size_t name_n, const char *tail, size_t tail_n) {
        return name_n >= tail_n && memcmp(name + name_n - tail_n, tail, tail_n) == 0 && (name_n == tail_n || name[name_n - tail_n - 1] == '.');
}

bool policy_names_reserved(const char *name) {
        static const char *const roots[] = { "localhost", "local", "internal", "home.arpa", "in-addr.arpa", "ip6.arpa", "onion", "alt", "invalid", "test", "localdomain",
                                             "lan", "home", "corp", "intranet", "private" };
        size_t n = strlen(name);

        if (!strchr(name, '.'))
                return true;
        for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
                if (ends_with(name, n, roots[i], strlen(roots[i])))
                        return true;
        return false;
}

/* text: a checked rule. */
static bool matches(const char *text, const char *name, size_t name_n, uint16_t port, uint16_t *ret_port) {
        PolicyNamesRule rule;

        if (!split(text, &rule) || !ends_with(name, name_n, rule.name, rule.name_n))
                return false;
        if (name_n == rule.name_n ? !rule.self : !rule.below)
                return false;
        *ret_port = rule.port;
        return rule.port == 0 || rule.port == port;
}

static bool port_listed(const PolicyNames *names, uint16_t port) {
        for (uint32_t i = 0; i < names->n_ports; i++)
                if (names->ports[i] == port)
                        return true;
        return false;
}

PolicyNamesVerdict policy_names_judge_target(const PolicyNames *names, const char *name, uint16_t port, const char **ret_rule) {
        size_t n = strlen(name);
        uint16_t rule_port;

        *ret_rule = NULL;
        if (policy_names_reserved(name))
                return POLICY_NAMES_RESERVED;
        for (uint32_t i = 0; i < names->deny.n; i++)
                if (matches(names->deny.items[i], name, n, port, &rule_port)) {
                        *ret_rule = names->deny.items[i];
                        return POLICY_NAMES_DENIED;
                }
        *ret_rule = policy_denylist_find(&names->denylist, name, n);
        return *ret_rule ? POLICY_NAMES_LISTED : POLICY_NAMES_ALLOWED;
}

PolicyNamesVerdict policy_names_judge(const PolicyNames *names, const char *name, uint16_t port, const char **ret_rule) {
        PolicyNamesVerdict verdict = policy_names_judge_target(names, name, port, ret_rule);
        size_t n = strlen(name);
        bool listed = port_listed(names, port), named = false;
        uint16_t rule_port;

        if (verdict != POLICY_NAMES_ALLOWED)
                return verdict;
        if ((names->flags & POLICY_KIND_STRICT) && port != 443)
                return POLICY_NAMES_PORT;
        for (uint32_t i = 0; i < names->allow.n; i++) {
                if (!matches(names->allow.items[i], name, n, port, &rule_port))
                        continue;
                named = true;
                if (listed || rule_port == port) { /* a rule's own port is permitted for its names alone */
                        *ret_rule = names->allow.items[i];
                        return POLICY_NAMES_ALLOWED;
                }
        }
        if (names->flags & POLICY_KIND_ALLOW_LIST)
                return named ? POLICY_NAMES_PORT : POLICY_NAMES_UNLISTED;
        return listed ? POLICY_NAMES_ALLOWED : POLICY_NAMES_PORT;
}

PolicyNamesVerdict policy_names_judge_address(const PolicyNames *names, uint16_t port) {
        if (names->flags & (POLICY_KIND_STRICT | POLICY_KIND_ALLOW_LIST))
                return POLICY_NAMES_ADDRESS;
        return port_listed(names, port) ? POLICY_NAMES_ALLOWED : POLICY_NAMES_PORT;
}

const char *policy_names_verdict_text(PolicyNamesVerdict verdict) {
        static const char *const texts[] = {
                [POLICY_NAMES_ALLOWED] = "allowed",
                [POLICY_NAMES_RESERVED] = "this name does not belong to the internet",
                [POLICY_NAMES_DENIED] = "a rule of this kind of zone denies this name",
                [POLICY_NAMES_LISTED] = "a deny list names this site",
                [POLICY_NAMES_UNLISTED] = "this kind of zone reaches listed names alone, and this is none",
                [POLICY_NAMES_PORT] = "this port is not permitted",
                [POLICY_NAMES_ADDRESS] = "this kind of zone reaches names, not addresses",
        };

        return (unsigned)verdict < sizeof texts / sizeof *texts ? texts[verdict] : "refused";
}

void policy_names_of_kind(const PolicyKind *kind, PolicyNames *ret) {
        *ret = (PolicyNames){ .flags = kind->flags, .n_ports = kind->n_ports, .allow = kind->allow, .deny = kind->deny };
        memcpy(ret->ports, kind->ports, sizeof ret->ports);
}

static bool rules_valid(const PolicyStrings *rules, bool strict) {
        PolicyNamesRule rule;

        for (uint32_t i = 0; i < rules->n; i++)
                if (!policy_names_rule(rules->items[i], &rule) || (strict && rule.port != 0 && rule.port != 443))
                        return false;
        return true;
}

const char *policy_names_check(const PolicyKind *kind) {
        bool strict = kind->flags & POLICY_KIND_STRICT;

        if (!rules_valid(&kind->allow, strict) || !rules_valid(&kind->deny, false))
                return "A name rule must be a lower-case host name, with \".\" (that name alone) or \"*.\" (sub-names alone) before it and a port behind it where needed.";
        if ((kind->flags & (POLICY_KIND_STRICT | POLICY_KIND_ALLOW_LIST)) && !(kind->flags & POLICY_KIND_NETWORK))
                return "A kind without a network cannot have name rules.";
        if ((kind->allow.n > 0 || kind->deny.n > 0) && !(kind->flags & POLICY_KIND_NETWORK))
                return "A kind without a network cannot have name rules.";
        if (strict && ((kind->flags & POLICY_KIND_HTTP) || kind->n_ports != 1 || kind->ports[0] != 443))
                return "A strict kind carries TLS at port 443 and nothing else.";
        return NULL;
}

static void write_list(BaseWriter *w, const PolicyStrings *s) {
        base_write_u32(w, s->n);
        for (uint32_t i = 0; i < s->n; i++)
                base_write_string(w, s->items[i]);
}

void policy_names_write(BaseWriter *w, const PolicyKind *kind) {
        write_list(w, &kind->allow);
        write_list(w, &kind->deny);
}

static void read_list(BaseReader *r, const char **items, PolicyStrings *ret) {
        PolicyNamesRule rule;

        ret->items = items;
        ret->n = base_read_u32_max(r, POLICY_MAX_NAMES);
        for (uint32_t i = 0; i < ret->n; i++) {
                items[i] = base_read_string(r, POLICY_NAMES_MAX_RULE);
                if (!policy_names_rule(items[i], &rule))
                        r->failed = true;
        }
}

void policy_names_read(BaseReader *r, const char **items, PolicyNames *ret) {
        read_list(r, items, &ret->allow);
        read_list(r, items + POLICY_MAX_NAMES, &ret->deny);
}
