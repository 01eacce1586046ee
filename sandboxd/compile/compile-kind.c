/* compile-kind: one file of kinds.d into one kind of the table.
 * Runs as: compile.  Input: the file's bytes.  Must not: fall back to a default where the file says something wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-kind.h"
#include "sandboxd/compile/compile-authority.h"
#include "sandboxd/compile/compile-browser.h"
#include "sandboxd/compile/compile-names.h"
#include "sandboxd/compile/compile-tree.h"
#include "policy/policy-name.h"
#include "policy/policy-plan.h"
#include <stdlib.h>
#include <string.h>

static const char *const application_words[] = { "browser", "chromium", "firefox", NULL };
static const char *const mode_words[] = { "proxy", "none", NULL };

static bool name_valid(const char *text) {
        return policy_name_valid(text);
}
static bool title_valid(const char *text) {
        return policy_text_valid(text, POLICY_MAX_TITLE);
}
static bool colour_valid(const char *text) {
        return strlen(text) == 7 && text[0] == '#' && strspn(text + 1, "0123456789abcdefABCDEF") == 6;
}
static bool page_valid(const char *text) {
        return text[0] == '\0' || policy_address_valid(text, NULL);
}
static bool arg_valid(const char *text) {
        return text[0] && policy_arg_valid(text, POLICY_MAX_ARG);
}
static bool program_valid(const char *text) {
        const char *slash = strrchr(text, '/');
        return policy_usr_path_valid(text) && strncmp(text, "/usr/local/", 11) != 0 && strncmp(text, "/usr/src/", 9) != 0 && policy_name_valid(slash + 1);
}
static bool subtree_valid(const char *text) {
        static const char *const never[] = { "/usr/bin", "/usr/sbin", "/usr/games", "/usr/local", "/usr/src" };
        for (size_t i = 0; i < sizeof never / sizeof *never; i++)
                if (strncmp(text, never[i], strlen(never[i])) == 0 && strchr("/", text[strlen(never[i])]))
                        return false;
        return policy_usr_path_valid(text) && strchr(text + 5, '/');
}

#define OBJECT(key, what) { .path = key, .type = COMPILE_KEY_OBJECT, .expected = "an object", .about = what }
#define NUMBER(key, low, high, usual, range, what) \
        { .path = key, .type = COMPILE_KEY_NUMBER, .min = low, .max = high, .fallback = usual, .expected = range, .about = what }
#define BOOL(key, usual, what) { .path = key, .type = COMPILE_KEY_BOOL, .fallback = usual, .expected = "true or false", .about = what }
#define STRING(key, need, most, check, form, what) \
        { .path = key, .type = COMPILE_KEY_STRING, .required = need, .max = most, .valid = check, .expected = form, .about = what }
#define STRINGS(key, most, check, form, what) \
        { .path = key, .type = COMPILE_KEY_STRINGS, .max = most, .valid = check, .expected = form, .about = what }

const CompileKey compile_kind_keys[] = {
        STRING("name", true, POLICY_MAX_NAME, name_valid, "the file's name without .jsonc: a-z, then a-z, 0-9 or '-', at most 31", "the kind's name in commands"),
        { .path = "title", .type = COMPILE_KEY_OBJECT, .required = true, .expected = "{ \"en\": ..., \"ja\": ... }", .about = "the kind's name for people" },
        STRING("title.en", true, POLICY_MAX_TITLE, title_valid, "1 to 96 bytes without control characters", "in English"),
        STRING("title.ja", true, POLICY_MAX_TITLE, title_valid, "1 to 96 bytes without control characters", "in Japanese"),
        STRING("colour", true, 7, colour_valid, "\"#rrggbb\"", "of the window's frame and the browser"),
        { .path = "application", .type = COMPILE_KEY_CHOICE, .required = true, .words = application_words,
          .expected = "\"browser\", \"chromium\", \"firefox\" or { \"program\": \"/usr/bin/...\" }", .about = "what runs in the zone" },
        STRING("application.program", true, POLICY_MAX_PATH, program_valid, "a program below /usr (not /usr/local) whose name is a-z, 0-9 and '-'", "one program instead of a browser"),
        { .path = "arguments", .type = COMPILE_KEY_STRINGS, .repeats = true, .max = 32, .valid = arg_valid, .expected = "a text without control characters",
          .about = "further arguments of the application" },
        STRING("start_page", false, POLICY_MAX_ADDRESS, page_valid, "an http or https address", "what opens where no address is given"),
        STRINGS("run", POLICY_MAX_PROGRAMS - 1, program_valid, "a program below /usr (not /usr/local) whose name is a-z, 0-9 and '-'", "what hanare run may start"),
        STRINGS("subtrees", 16, subtree_valid, "a directory two levels below /usr, not in bin, sbin, games, local or src", "further directories to show, never executable"),
        STRINGS("sites", POLICY_MAX_SITES, policy_site_valid, "a host name such as \"bank.example\" (with sub-names) or \".bank.example\" (that name alone)",
                "whose addresses open in this kind"),
        BOOL("fresh", "false", "every open gets a new zone"),
        OBJECT("network", "the way out"),
        { .path = "network.mode", .type = COMPILE_KEY_WORD, .fallback = "proxy", .words = mode_words, .expected = "\"proxy\" or \"none\"", .about = "whether there is a gateway" },
        BOOL("network.http", "false", "the gateway also carries plain http"),
        { .path = "network.ports", .type = COMPILE_KEY_NUMBERS, .min = 1, .max = POLICY_MAX_PORTS, .fallback = "443, and 80 with http", .expected = "1 to 65535",
          .about = "the TCP ports that the gateway dials" },
        STRINGS("network.allow", POLICY_MAX_NAMES - POLICY_MAX_SITES, compile_names_valid, COMPILE_NAMES_EXPECTED,
                "the only names that the kind reaches, besides its sites; an empty list: its sites alone"),
        STRINGS("network.deny", POLICY_MAX_NAMES, compile_names_valid, COMPILE_NAMES_EXPECTED, "names that the kind never reaches"),
        BOOL("network.strict", "false", "TLS to port 443 alone, and the server name in it must be the name asked for"),
        OBJECT("limits", "what a zone may use"),
        NUMBER("limits.memory_mib", 16, 1 << 20, "3072", "16 to 1048576", "memory with the scratch space, in MiB"),
        NUMBER("limits.pids", 4, 32768, "800", "4 to 32768", "processes and threads"),
        NUMBER("limits.cpu_percent", 5, 25600, "400", "5 to 25600", "share of the processors; 100 = one of them"),
        NUMBER("limits.scratch_mib", 1, 1 << 20, "1024", "1 to 1048576", "what it may write, in MiB"),
        NUMBER("limits.scratch_inodes", 64, 16 << 20, "65536", "64 to 16777216", "files it may make"),
        NUMBER("limits.nofile", 64, 1 << 20, "8192", "64 to 1048576", "open files of a process"),
        NUMBER("limits.max_age_minutes", 0, 44640, "0", "0 (no limit) to 44640", "when a zone is ended"),
        BOOL("display", "true for browsers", "whether there is a window"),
        STRINGS("env", 12, policy_env_valid, "NAME=VALUE, and nothing that steers the loader", "further environment"),
        OBJECT("policies", "further policies of the browsers"),
        { .path = "policies.chromium", .type = COMPILE_KEY_FREE, .expected = "an object", .about = "of Chromium, by its names" },
        { .path = "policies.firefox", .type = COMPILE_KEY_FREE, .expected = "an object", .about = "of Firefox, by its names" },
        { 0 },
};

static void read_numbers(PolicyKind *kind, const CompileDocument *doc) {
        const CompileKey *keys = compile_kind_keys;

        kind->colour = (uint32_t)strtoul(compile_keys_string(doc, keys, "colour") + 1, NULL, 16);
        kind->memory_mib = compile_keys_number(doc, keys, "limits.memory_mib");
        kind->pids = compile_keys_number(doc, keys, "limits.pids");
        kind->cpu_percent = compile_keys_number(doc, keys, "limits.cpu_percent");
        kind->scratch_mib = compile_keys_number(doc, keys, "limits.scratch_mib");
        kind->scratch_inodes = compile_keys_number(doc, keys, "limits.scratch_inodes");
        kind->nofile = compile_keys_number(doc, keys, "limits.nofile");
        kind->max_age_s = 60 * compile_keys_number(doc, keys, "limits.max_age_minutes");
}

static void read_network(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc) {
        const json_t *ports = compile_keys_get(doc, "network.ports");
        bool http = compile_keys_bool(doc, compile_kind_keys, "network.http");

        if (compile_keys_word(doc, compile_kind_keys, "network.mode") == 1) {
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
        const char *program = compile_keys_string(doc, compile_kind_keys, "application.program");
        uint32_t word = compile_keys_word(doc, compile_kind_keys, "application");

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
        const CompileKey *keys = compile_kind_keys;
        size_t stem = strlen(doc->file) > 6 ? strlen(doc->file) - 6 : 0;
        const json_t *one;
        size_t i;

        kind->name = compile_parts_text(parts, "%s", compile_keys_string(doc, keys, "name"));
        if (kind->name && (strlen(kind->name) != stem || strncmp(doc->file, kind->name, stem) != 0 || strcmp(doc->file + stem, ".jsonc") != 0))
                parts->error = compile_json_problem(doc, parts->problem, "name", "\"%s\" is not the file's name; expected the file %s.jsonc", kind->name, kind->name);
        kind->title_en = compile_parts_text(parts, "%s", compile_keys_string(doc, keys, "title.en"));
        kind->title_ja = compile_parts_text(parts, "%s", compile_keys_string(doc, keys, "title.ja"));
        kind->start_page = compile_parts_text(parts, "%s", compile_keys_string(doc, keys, "start_page"));
        if (compile_keys_bool(doc, keys, "fresh"))
                kind->flags |= POLICY_KIND_FRESH;
        read_numbers(kind, doc);
        read_network(parts, kind, doc);
        add_strings(parts, doc, "sites", &kind->sites, POLICY_MAX_SITES);
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

void compile_kind_read(CompileParts *parts, PolicyKind *kind, const CompileInput *input) {
        CompileDocument doc = { 0 };
        int r = compile_json_load(&doc, input->name, input->bytes, input->n, parts->problem);

        if (r == 0)
                r = compile_keys_check(&doc, compile_kind_keys, parts->problem);
        if (r == 0)
                read_document(parts, kind, &doc);
        else
                parts->error = r;
        compile_json_done(&doc);
}
