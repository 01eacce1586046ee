/* compile-settings: /etc/hanare/hanare.jsonc into the table's settings.
 * Runs as: compile.  Input: the file's bytes.  Must not: fall back to a default where the file says something wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-settings.h"
#include "policy/policy-name.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void read_lists(CompileParts *parts, const CompileDocument *doc) {
        const PolicyKey *key = policy_keys_find(POLICY_KEYS_SETTINGS, "permit_substitutes");
        const json_t *one;
        size_t i;

        json_array_foreach(compile_keys_get(doc, "resolvers"), i, one)
                compile_parts_add(parts, &parts->table->resolvers, POLICY_MAX_RESOLVERS, "resolvers", json_string_value(one));
        if (!compile_keys_get(doc, "permit_substitutes")) /* what Debian's own kernels need */
                parts->table->substitutes = POLICY_SUBSTITUTE_MEMFD_NOEXEC | POLICY_SUBSTITUTE_NOSWAP | POLICY_SUBSTITUTE_LANDLOCK_SCOPE;
        json_array_foreach(compile_keys_get(doc, "permit_substitutes"), i, one)
                for (uint32_t bit = 0; key->words[bit]; bit++) /* the table has them in the order of the bits */
                        if (strcmp(key->words[bit], json_string_value(one)) == 0)
                                parts->table->substitutes |= 1u << bit;
}

static void read_document(CompileParts *parts, const CompileDocument *doc) {
        PolicyTable *table = parts->table;

        table->auth = compile_keys_word(doc, "authorisation");
        parts->browser = compile_keys_word(doc, "browser") == 0 ? POLICY_APP_CHROMIUM : POLICY_APP_FIREFOX;
        table->default_kind = compile_parts_text(parts, "%s", compile_keys_string(doc, "default_kind"));
        table->uid_base = compile_keys_number(doc, "uid_base");
        table->max_zones = compile_keys_number(doc, "limits.zones");
        table->max_zones_per_user = compile_keys_number(doc, "limits.zones_per_user");
        table->max_starts_per_minute = compile_keys_number(doc, "limits.starts_per_minute");
        if (table->max_zones_per_user > table->max_zones) {
                if (compile_keys_get(doc, "limits.zones_per_user"))
                        parts->error = compile_json_problem(doc, parts->problem, "limits.zones_per_user", "%u is out of range; expected 1 to limits.zones (%u)",
                                                            table->max_zones_per_user, table->max_zones);
                table->max_zones_per_user = table->max_zones;
        }
        read_lists(parts, doc);
}

void compile_settings_read(CompileParts *parts, const PolicySetItem *item) {
        const CompileDocument doc = { item, item->root };

        read_document(parts, &doc);
}

/* Reads "name:start:count" up to the end of the line; false where the line is something else. */
static bool read_range(const char *line, size_t n, uint64_t *ret_start, uint64_t *ret_count) {
        uint64_t *numbers[] = { ret_start, ret_count };
        const char *end = line + n, *at = memchr(line, ':', n);

        for (size_t i = 0; i < 2; i++) {
                uint64_t value = 0;
                const char *from;
                if (!at)
                        return false;
                for (from = ++at; at < end && *at >= '0' && *at <= '9' && value <= UINT32_MAX; at++)
                        value = value * 10 + (uint64_t)(*at - '0');
                if (at == from || (i == 0 ? at >= end || *at != ':' : at != end))
                        return false;
                *numbers[i] = value;
        }
        return true;
}

void compile_settings_check_subuid(CompileParts *parts, const CompileInput *input) {
        uint64_t first = parts->table->uid_base, last = first + 8 * POLICY_MAX_ZONES - 1, start, count;
        unsigned number = 1;

        for (size_t at = 0; at < input->n && parts->error == 0; number++) {
                const char *line = input->bytes + at, *newline = memchr(line, '\n', input->n - at);
                size_t n = newline ? (size_t)(newline - line) : input->n - at;
                at += n + 1;
                if (n == 0 || line[0] == '#')
                        continue;
                if (!read_range(line, n, &start, &count))
                        parts->error = compile_problem_set(parts->problem, "%s:%u:1: this line is not understood; expected name:first:count", input->name, number);
                else if (count > 0 && start <= last && start + count - 1 >= first)
                        parts->error = compile_problem_set(parts->problem, "%s:%u:1: this range touches the zones' ids %llu to %llu; "
                                                           "expected another range here, or another uid_base in hanare.jsonc",
                                                           input->name, number, (unsigned long long)first, (unsigned long long)last);
        }
}
