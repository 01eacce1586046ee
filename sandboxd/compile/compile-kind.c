/* compile-kind: one file of kinds.d into one kind of the table.
 * Runs as: compile.  Input: merged and checked values.  Must not: fall back to a default where the file says something wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-kind.h"
#include "sandboxd/compile/compile-authority.h"
#include "sandboxd/compile/compile-browser.h"
#include "sandboxd/compile/compile-names.h"
#include "sandboxd/compile/compile-tree.h"
#include "policy/policy-pattern.h"
#include <stdlib.h>
#include <string.h>

static void read_numbers(PolicyKind *kind, const CompileDocument *doc) {
        kind->colour = (uint32_t)strtoul(compile_keys_string(doc, "colour") + 1, NULL, 16);
        kind->memory_mib = compile_keys_number(doc, "limits.memory_mib");
        kind->pids = compile_keys_number(doc, "limits.pids");
        kind->cpu_percent = compile_keys_number(doc, "limits.cpu_percent");
        kind->scratch_mib = compile_keys_number(doc, "limits.scratch_mib");
        kind->scratch_inodes = compile_keys_number(doc, "limits.scratch_inodes");
        kind->nofile = compile_keys_number(doc, "limits.nofile");
        kind->max_age_s = 60 * compile_keys_number(doc, "limits.max_age_minutes");
}

static void read_network(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc) {
        const json_t *ports = compile_keys_get(doc, "network.ports");
        bool http = compile_keys_bool(doc, "network.http");

        if (compile_keys_word(doc, "network.mode") == 1) {
                if (http || ports)
                        parts->error = compile_json_problem(doc, parts->problem, http ? "network.http" : "network.ports",
                                                            "a kind without a network cannot have this; expected \"mode\": \"proxy\", or neither http nor ports");
                return;
        }
        kind->flags |= POLICY_KIND_NETWORK | (http ? POLICY_KIND_HTTP : 0);
        if (!ports) {
                kind->ports[kind->n_ports++] = 443;
                if (http)
                        kind->ports[kind->n_ports++] = 80;
        }
        if (ports && json_array_size(ports) == 0)
                parts->error = compile_json_problem(doc, parts->problem, "network.ports", "a network without a port reaches nothing; expected \"mode\": \"none\", or a port");
        for (size_t i = 0; i < json_array_size(ports); i++)
                kind->ports[kind->n_ports++] = (uint16_t)json_integer_value(json_array_get(ports, i));
}

static void add_strings(CompileParts *parts, const CompileDocument *doc, const char *path, PolicyStrings *list, uint32_t max) {
        const json_t *one;
        size_t i;

        json_array_foreach(compile_keys_get(doc, path), i, one)
                compile_parts_add(parts, list, max, path, json_string_value(one));
}

/* In the one form of each, so that the same pattern is found however it was written. */
static void add_sites(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc) {
        json_t *list = compile_keys_get(doc, "sites");
        char text[POLICY_MAX_SITE + 1];
        const json_t *one;
        size_t i;

        kind->sites.items = compile_parts_take(parts, json_array_size(list), sizeof *kind->sites.items);
        json_array_foreach(list, i, one)
                if (kind->sites.items && policy_pattern_canonical(json_string_value(one), text))
                        kind->sites.items[kind->sites.n++] = compile_parts_text(parts, "%s", text);
}

/* A program outside the executable directories is bound by itself. */
static void bind_program(CompileParts *parts, PolicyKind *kind, const char *path) {
        for (uint32_t i = 0; i < kind->n_subtrees; i++) {
                const PolicySubtree *s = &kind->subtrees[i];
                size_t n = strlen(s->path);
                if (strncmp(path, s->path, n) == 0 && path[n] == '/' && (s->flags & POLICY_SUBTREE_EXEC) && (!(s->flags & POLICY_SUBTREE_SHALLOW) || !strchr(path + n + 1, '/')))
                        return;
        }
        compile_parts_add_subtree(parts, kind, path, POLICY_SUBTREE_FILE | POLICY_SUBTREE_EXEC);
}

static void read_programs(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc) {
        const json_t *one;
        size_t i;

        json_array_foreach(compile_keys_get(doc, "run"), i, one) {
                const char *path = json_string_value(one), *name = strrchr(path, '/') + 1;
                for (uint32_t j = 0; j < kind->n_programs; j++)
                        if (strcmp(kind->programs[j].name, name) == 0) {
                                const char *where = compile_parts_text(parts, "run[%zu]", i);
                                parts->error = compile_json_problem(doc, parts->problem, where ? where : "run",
                                                                    "the kind has a program \"%s\" already; expected another name", name);
                                return;
                        }
                kind->flags |= POLICY_KIND_RUN;
                compile_parts_add_program(parts, kind, name, path);
                bind_program(parts, kind, path);
        }
}

static void read_application(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc) {
        static const char *const nothing[] = { NULL };
        const json_t *display = compile_keys_get(doc, "display");
        const char *program = compile_keys_string(doc, "application.program");
        uint32_t word = compile_keys_word(doc, "application");

        kind->app = program[0] ? POLICY_APP_PROGRAM : word == 0 ? parts->browser : word == 1 ? POLICY_APP_CHROMIUM : POLICY_APP_FIREFOX;
        if (display ? json_is_true(display) : kind->app != POLICY_APP_PROGRAM)
                kind->flags |= POLICY_KIND_DISPLAY;
        else if (kind->app != POLICY_APP_PROGRAM)
                parts->error = compile_json_problem(doc, parts->problem, "display", "a browser needs a window; expected true");
        compile_tree_add(parts, kind);
        compile_tree_add_files(parts, kind);
        if (kind->app == POLICY_APP_CHROMIUM)
                compile_chromium_add(parts, kind, doc);
        else if (kind->app == POLICY_APP_FIREFOX)
                compile_firefox_add(parts, kind, doc);
        else {
                compile_parts_add_program(parts, kind, strrchr(program, '/') + 1, program);
                compile_browser_add_arguments(parts, kind, doc, nothing);
                bind_program(parts, kind, program);
        }
}

static void check_env(CompileParts *parts, const PolicyKind *kind, const CompileDocument *doc) {
        const json_t *one;
        size_t i;

        json_array_foreach(compile_keys_get(doc, "env"), i, one) {
                const char *text = json_string_value(one);
                for (uint32_t j = 0; j < kind->env.n; j++)
                        if (strncmp(kind->env.items[j], text, strcspn(text, "=") + 1) == 0) {
                                const char *where = compile_parts_text(parts, "env[%zu]", i);
                                parts->error = compile_json_problem(doc, parts->problem, where ? where : "env", "this variable is set by Hanare; expected another one");
                                return;
                        }
        }
}

static void read_document(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc) {
        const json_t *one;
        size_t i;

        kind->name = compile_parts_text(parts, "%s", compile_keys_string(doc, "name"));
        kind->title_en = compile_parts_text(parts, "%s", compile_keys_string(doc, "title.en"));
        kind->title_ja = compile_parts_text(parts, "%s", compile_keys_string(doc, "title.ja"));
        kind->start_page = compile_parts_text(parts, "%s", compile_keys_string(doc, "start_page"));
        if (compile_keys_bool(doc, "fresh"))
                kind->flags |= POLICY_KIND_FRESH;
        read_numbers(kind, doc);
        read_network(parts, kind, doc);
        add_sites(parts, kind, doc);
        if (parts->error == 0)
                compile_names_read(parts, kind, doc);
        if (parts->error == 0)
                read_application(parts, kind, doc);
        if (parts->error == 0)
                check_env(parts, kind, doc);
        add_strings(parts, doc, "env", &kind->env, POLICY_MAX_ENV);
        json_array_foreach(compile_keys_get(doc, "subtrees"), i, one)
                compile_parts_add_subtree(parts, kind, json_string_value(one), 0);
        if (parts->error == 0)
                read_programs(parts, kind, doc);
        if (parts->error == 0)
                compile_authority_files(parts, kind);
}

void compile_kind_read(CompileParts *parts, PolicyKind *kind, const PolicySetItem *item) {
        const CompileDocument doc = { item, item->root };

        read_document(parts, kind, &doc);
}
