/* compile-names: the name rules of a kind: whom it reaches, whom never.
 * Runs as: compile.  Input: checked strings of a policy file.  Must not: open a file (the public suffix list is the library's own), guess.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-names.h"
#include "policy/policy-name.h"
#include "policy/policy-names.h"
#include "policy/policy-pattern.h"
#include "sandboxd/compile/compile-keys.h"
#include <idn2.h>
#include <libpsl.h>
#include <stdio.h>
#include <string.h>

/* Any script and case to the form of the wire: prefix and port stay, the name between them becomes A-labels (IDNA 2008, UTS 46). */
static bool canonical(const char *text, char ret[POLICY_NAMES_MAX_RULE + 1]) {
        const char *name = text[0] == '.' ? text + 1 : strncmp(text, "*.", 2) == 0 ? text + 2 : text;
        size_t prefix_n = (size_t)(name - text), name_n = strcspn(name, ":");
        char copy[POLICY_NAMES_MAX_RULE * 4 + 1], whole[POLICY_NAMES_MAX_RULE + 1];
        char *ascii = NULL;
        bool plain = true;
        int n;

        for (const char *p = text; *p; p++)
                plain = plain && (unsigned char)*p < 0x80;
        if (plain)
                return policy_names_rule_canonical(text, ret);
        if (name_n == 0 || name_n >= sizeof copy)
                return false;
        memcpy(copy, name, name_n);
        copy[name_n] = '\0';
        if (idn2_to_ascii_8z(copy, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
                return false;
        n = snprintf(whole, sizeof whole, "%.*s%s%s", (int)prefix_n, text, ascii, name + name_n);
        idn2_free(ascii);
        return n > 0 && (size_t)n < sizeof whole && policy_names_rule_canonical(whole, ret);
}

/* What must not be allowed: everybody's names at once, and names that are not the internet's. */
static void check_allowed(CompileParts *parts, const CompileDocument *doc, const char *where, const char *text) {
        char name[POLICY_NAMES_MAX_NAME + 1];
        PolicyNamesRule rule;

        if (parts->error != 0 || !policy_names_rule(text, &rule))
                return;
        memcpy(name, rule.name, rule.name_n);
        name[rule.name_n] = '\0';
        if (rule.below && psl_is_public_suffix2(psl_builtin(), name, PSL_TYPE_ANY))
                parts->error = compile_json_problem(doc, parts->problem, where, "\"%s\" is a public suffix: strangers register names below it; expected the name of one site", name);
        else if (policy_names_reserved(name))
                parts->error = compile_json_problem(doc, parts->problem, where, "\"%s\" is reserved and does not belong to the internet: no zone reaches it; expected a public name", name);
}

static void add_list(CompileParts *parts, const CompileDocument *doc, const char *path, bool allowed, PolicyStrings *list) {
        const json_t *one;
        size_t i;

        json_array_foreach(compile_keys_get(doc, path), i, one) {
                char rule[POLICY_NAMES_MAX_RULE + 1];
                const char *where = compile_parts_text(parts, "%s[%zu]", path, i);
                if (!where)
                        return;
                if (!canonical(json_string_value(one), rule)) {
                        parts->error = compile_json_problem(doc, parts->problem, where, "\"%.80s\" is not valid here; expected %s", json_string_value(one),
                                                            policy_keys_find(POLICY_KEYS_KIND, path)->expected);
                        return;
                }
                if (allowed)
                        check_allowed(parts, doc, where, rule);
                compile_parts_add(parts, list, POLICY_MAX_NAMES, path, rule);
        }
}

static bool listed(const PolicyStrings *list, const char *text) {
        for (uint32_t i = 0; i < list->n; i++)
                if (strcmp(list->items[i], text) == 0)
                        return true;
        return false;
}

/* What a kind opens it also reaches: the hosts of its patterns, at their ports. */
static void add_sites(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc) {
        for (uint32_t i = 0; i < kind->sites.n && parts->error == 0; i++) {
                const char *where = compile_parts_text(parts, "sites[%u]", i);
                char rule[POLICY_NAMES_MAX_RULE + 1], port[16] = "";
                PolicyPattern p;
                if (!where || !policy_pattern_parse(kind->sites.items[i], &p))
                        return;
                if (!p.host[0] || p.host[0] == '[' || policy_numeric_valid(p.host)) {
                        parts->error = compile_json_problem(doc, parts->problem, where, "\"%.80s\" names no host that an allow list can hold; expected a host name, or no network.allow",
                                                            kind->sites.items[i]);
                        return;
                }
                if (p.port)
                        snprintf(port, sizeof port, ":%u", p.port);
                snprintf(rule, sizeof rule, "%s%.253s%s", p.subdomains ? "" : ".", p.host, port);
                if (listed(&kind->allow, rule))
                        continue;
                check_allowed(parts, doc, where, rule);
                compile_parts_add(parts, &kind->allow, POLICY_MAX_NAMES, "names in network.allow and sites", rule);
        }
}

static void check_strict(CompileParts *parts, const PolicyKind *kind, const CompileDocument *doc) {
        PolicyNamesRule rule;

        if (kind->flags & POLICY_KIND_HTTP)
                parts->error = compile_json_problem(doc, parts->problem, "network.http", "a strict kind carries TLS alone; expected false");
        else if (kind->n_ports != 1 || kind->ports[0] != 443)
                parts->error = compile_json_problem(doc, parts->problem, "network.ports", "a strict kind reaches port 443 alone; expected [443]");
        for (uint32_t i = 0; i < kind->allow.n && parts->error == 0; i++)
                if (policy_names_rule(kind->allow.items[i], &rule) && rule.port != 0 && rule.port != 443)
                        parts->error = compile_json_problem(doc, parts->problem, "network.allow", "\"%s\": a strict kind reaches port 443 alone; expected no port", kind->allow.items[i]);
}

void compile_names_read(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc) {
        const json_t *allow = compile_keys_get(doc, "network.allow"), *deny = compile_keys_get(doc, "network.deny");
        bool strict = json_is_true(compile_keys_get(doc, "network.strict"));

        if (parts->error != 0)
                return;
        if (!(kind->flags & POLICY_KIND_NETWORK)) {
                if (allow || deny || strict)
                        parts->error = compile_json_problem(doc, parts->problem, allow ? "network.allow" : deny ? "network.deny" : "network.strict",
                                                            "a kind without a network cannot have this; expected \"mode\": \"proxy\"");
                return;
        }
        add_list(parts, doc, "network.deny", false, &kind->deny);
        if (allow) { /* present, if empty: the kind reaches its sites and what stands here, and nothing else */
                kind->flags |= POLICY_KIND_ALLOW_LIST;
                add_sites(parts, kind, doc);
                add_list(parts, doc, "network.allow", true, &kind->allow);
        }
        if (strict)
                kind->flags |= POLICY_KIND_STRICT;
        if (strict && parts->error == 0)
                check_strict(parts, kind, doc);
}
