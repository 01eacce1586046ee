/* compile-table: all inputs into the bytes of one table.
 * Runs as: compile.  Input: the bytes of all policy files.  Must not: return a part of a table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-table.h"
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

static bool replaced(const CompileInput *inputs, size_t n, size_t at) {
        for (size_t i = at + 1; i < n; i++)
                if (inputs[i].input == POLICY_INPUT_KIND && strcmp(inputs[i].name, inputs[at].name) == 0)
                        return true;
        return false;
}

static void read_kinds(CompileParts *parts, const CompileInput *inputs, size_t n) {
        PolicyTable *table = parts->table;

        table->kinds = compile_parts_take(parts, POLICY_MAX_KINDS, sizeof *table->kinds);
        for (size_t i = 0; i < n && parts->error == 0; i++) {
                if (inputs[i].input != POLICY_INPUT_KIND || replaced(inputs, n, i))
                        continue;
                if (table->n_kinds == POLICY_MAX_KINDS)
                        parts->error = compile_problem_set(parts->problem, "%s: there are too many kinds; expected at most %d", inputs[i].name, POLICY_MAX_KINDS);
                else
                        compile_kind_read(parts, &table->kinds[table->n_kinds++], &inputs[i]);
        }
        if (parts->error == 0 && table->n_kinds == 0)
                parts->error = compile_problem_set(parts->problem, "there is no kind; expected at least one file in kinds.d");
        if (parts->error == 0 && policy_table_find_kind(table, table->default_kind) < 0)
                parts->error = compile_problem_set(parts->problem, "hanare.jsonc:1:1: default_kind: there is no kind \"%s\"; expected the name of a file in kinds.d",
                                                   table->default_kind);
}

/* Names both kinds, which the table's own check cannot. */
static void check_sites(CompileParts *parts) {
        const PolicyTable *table = parts->table;

        for (uint32_t k = 1; k < table->n_kinds && parts->error == 0; k++)
                for (uint32_t j = 0; j < k; j++)
                        for (uint32_t a = 0; a < table->kinds[k].sites.n; a++)
                                for (uint32_t b = 0; b < table->kinds[j].sites.n; b++)
                                        if (strcmp(table->kinds[k].sites.items[a], table->kinds[j].sites.items[b]) == 0)
                                                parts->error = compile_problem_set(parts->problem, "%s.jsonc:1:1: sites: \"%s\" belongs to the kind \"%s\" already; expected it in one kind",
                                                                                   table->kinds[k].name, table->kinds[k].sites.items[a], table->kinds[j].name);
}

static void read_all(CompileParts *parts, const CompileInput *inputs, size_t n) {
        const CompileInput *settings = only(parts, inputs, n, POLICY_INPUT_SETTINGS);

        parts->host_ca = only(parts, inputs, n, POLICY_INPUT_HOST_CA);
        if (parts->error == 0)
                compile_settings_read(parts, settings);
        for (size_t i = 0; i < n && parts->error == 0; i++)
                if (inputs[i].input == POLICY_INPUT_SUBUID)
                        compile_settings_check_subuid(parts, &inputs[i]);
                else if (inputs[i].input == POLICY_INPUT_AUTHORITY)
                        compile_authority_read(parts, &inputs[i]);
        if (parts->error == 0)
                read_kinds(parts, inputs, n);
        if (parts->error == 0)
                check_sites(parts);
}

int compile_table_make(const CompileInput *inputs, size_t n, uint32_t denylist, uint8_t **ret_bytes, size_t *ret_n, CompileProblem *problem) {
        CompileParts parts = { .problem = problem, .browser = POLICY_APP_CHROMIUM };
        const char *broken;

        *problem = (CompileProblem){ 0 };
        parts.table = calloc(1, sizeof *parts.table);
        if (!parts.table)
                return -ENOMEM;
        parts.table->denylist = denylist;
        read_all(&parts, inputs, n);
        if (parts.error == 0 && (broken = policy_table_check(parts.table)))
                parts.error = compile_problem_set(problem, "%s", broken);
        if (parts.error == 0)
                parts.error = policy_table_encode(parts.table, ret_bytes, ret_n);
        if (parts.error == -E2BIG)
                parts.error = compile_problem_set(problem, "the policy is larger than %u bytes in all; expected fewer kinds or certificates", POLICY_TABLE_MAX);
        policy_table_free(parts.table);
        return parts.error;
}
