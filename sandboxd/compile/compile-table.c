/* compile-table: all inputs into the bytes of one table.
 * Runs as: compile.  Input: the bytes of all policy files.  Must not: return a part of a table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-table.h"
#include "base/base-fd.h"
#include "policy/policy-pattern.h"
#include "sandboxd/compile/compile-authority.h"
#include "sandboxd/compile/compile-kind.h"
#include "sandboxd/compile/compile-settings.h"
#include <errno.h>
#include <string.h>

static const CompileInput *only(CompileParts *parts, const CompileInput *inputs, size_t n, uint32_t which) {
        const CompileInput *found = NULL;

        for (size_t i = 0; i < n; i++)
                if (inputs[i].input == which) {
                        if (found)
                                parts->error = compile_problem_set(parts->problem, "%s: this file was handed over twice; expected one of its sort", inputs[i].name);
                        found = &inputs[i];
                }
        return found;
}

static void read_kinds(CompileParts *parts, const PolicySet *set) {
        PolicyTable *table = parts->table;

        table->kinds = compile_parts_take(parts, POLICY_MAX_KINDS, sizeof *table->kinds);
        for (size_t i = 1; i < set->n && parts->error == 0; i++) {
                if (table->n_kinds == POLICY_MAX_KINDS)
                        parts->error = compile_problem_set(parts->problem, "%s.jsonc: there are too many kinds; expected at most %d", set->items[i].name, POLICY_MAX_KINDS);
                else
                        compile_kind_read(parts, &table->kinds[table->n_kinds++], &set->items[i]);
        }
        if (parts->error == 0 && table->n_kinds == 0)
                parts->error = compile_problem_set(parts->problem, "there is no kind; expected at least one file in kinds.d");
        if (parts->error == 0 && policy_table_find_kind(table, table->default_kind) < 0)
                parts->error = policy_set_problem(&set->items[0], parts->problem, "default_kind", "there is no kind \"%s\"; expected the name of a file in kinds.d",
                                                  table->default_kind);
}

/* The kind that has the same pattern; the patterns stand in one form. */
static const PolicyKind *other_owner(const PolicyTable *table, const PolicyKind *kind, const char *site) {
        for (uint32_t k = 0; k < table->n_kinds; k++)
                for (uint32_t i = 0; &table->kinds[k] != kind && i < table->kinds[k].sites.n; i++)
                        if (strcmp(table->kinds[k].sites.items[i], site) == 0)
                                return &table->kinds[k];
        return NULL;
}

/* As the broker will do it. */
static void check_sites(CompileParts *parts, const PolicySet *set) {
        PolicyPatternIndex *index = NULL;
        uint32_t kind = 0, site = 0;
        const PolicyKind *wrong, *other;
        const PolicySetItem *item;
        int r = policy_pattern_index_new(parts->table, &index, &kind, &site);

        policy_pattern_index_free(index);
        if (r != -EINVAL) {
                parts->error = r;
                return;
        }
        wrong = &parts->table->kinds[kind];
        item = &set->items[kind + 1];
        other = other_owner(parts->table, wrong, wrong->sites.items[site]);
        if (other)
                parts->error = policy_set_problem(item, parts->problem, "sites", "\"%s\" belongs to the kind \"%s\" already; expected it in one kind", wrong->sites.items[site], other->name);
        else
                parts->error = policy_set_problem(item, parts->problem, "sites", "\"%s\" is listed twice, or one of more than %d with this host and path; expected fewer",
                                                  wrong->sites.items[site], POLICY_PATTERN_MAX_ALIKE);
}

static void load_set(CompileParts *parts, const CompileInput *inputs, size_t n, PolicySet *set) {
        BASE_FREE PolicySetInput *files = calloc(n + 1, sizeof *files);
        size_t n_files = 0;

        for (size_t i = 0; files && i < n; i++)
                if (inputs[i].input == POLICY_INPUT_KIND || inputs[i].input == POLICY_INPUT_SETTINGS)
                        files[n_files++] = (PolicySetInput){ .file = inputs[i].input == POLICY_INPUT_KIND ? POLICY_KEYS_KIND : POLICY_KEYS_SETTINGS,
                                                             .layer = inputs[i].site || inputs[i].input == POLICY_INPUT_SETTINGS ? POLICY_LAYER_SITE : POLICY_LAYER_VENDOR,
                                                             .name = inputs[i].name, .bytes = inputs[i].bytes, .n = inputs[i].n };
        parts->error = files ? policy_set_load(files, n_files, set, parts->problem) : -ENOMEM;
}

static void read_all(CompileParts *parts, const CompileInput *inputs, size_t n, PolicySet *set) {
        (void)only(parts, inputs, n, POLICY_INPUT_SETTINGS);
        parts->host_ca = only(parts, inputs, n, POLICY_INPUT_HOST_CA);
        if (parts->error == 0)
                load_set(parts, inputs, n, set);
        if (parts->error == 0)
                compile_settings_read(parts, &set->items[0]);
        for (size_t i = 0; i < n && parts->error == 0; i++)
                if (inputs[i].input == POLICY_INPUT_SUBUID)
                        compile_settings_check_subuid(parts, &inputs[i]);
                else if (inputs[i].input == POLICY_INPUT_AUTHORITY)
                        compile_authority_read(parts, &inputs[i]);
        if (parts->error == 0)
                read_kinds(parts, set);
        if (parts->error == 0)
                check_sites(parts, set);
}

int compile_table_make(const CompileInput *inputs, size_t n, uint32_t denylist, uint8_t **ret_bytes, size_t *ret_n, CompileProblem *problem) {
        CompileParts parts = { .problem = problem, .browser = POLICY_APP_CHROMIUM };
        PolicySet set = { 0 };
        const char *broken;

        *problem = (CompileProblem){ 0 };
        parts.table = calloc(1, sizeof *parts.table);
        if (!parts.table)
                return -ENOMEM;
        parts.table->denylist = denylist;
        read_all(&parts, inputs, n, &set);
        if (parts.error == 0 && (broken = policy_table_check(parts.table)))
                parts.error = compile_problem_set(problem, "%s", broken);
        if (parts.error == 0)
                parts.error = policy_table_encode(parts.table, ret_bytes, ret_n);
        if (parts.error == -E2BIG)
                parts.error = compile_problem_set(problem, "the policy is larger than %u bytes in all; expected fewer kinds or certificates", POLICY_TABLE_MAX);
        policy_table_free(parts.table);
        policy_set_done(&set);
        return parts.error;
}
