/* compile-check: has the real compiler compile files, and prints the table. For people, not installed.
 * Runs as: anyone (pure).  Input: file names.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "compile-spawn.h"
#include "policy/policy-table.h"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static void print_strings(const char *what, const PolicyStrings *s) {
        printf("  %s:\n", what);
        for (uint32_t i = 0; i < s->n; i++)
                printf("    %s\n", s->items[i]);
}

static void print_kind(const PolicyKind *k, int with_files) {
        printf("kind %s \"%s\" \"%s\" #%06x app=%u flags=0x%x start=\"%s\"\n", k->name, k->title_en, k->title_ja, k->colour, k->app, k->flags, k->start_page);
        printf("  memory %u MiB, %u pids, cpu %u %%, scratch %u MiB / %u files, nofile %u, age %u s, ports", k->memory_mib, k->pids, k->cpu_percent,
               k->scratch_mib, k->scratch_inodes, k->nofile, k->max_age_s);
        for (uint32_t i = 0; i < k->n_ports; i++)
                printf(" %u", k->ports[i]);
        printf("\n  programs:\n");
        for (uint32_t i = 0; i < k->n_programs; i++)
                printf("    %s %s\n", k->programs[i].name, k->programs[i].path);
        print_strings("args", &k->args);
        print_strings("env", &k->env);
        printf("  subtrees:\n");
        for (uint32_t i = 0; i < k->n_subtrees; i++)
                printf("    %c%c%c%c %s\n", k->subtrees[i].flags & POLICY_SUBTREE_EXEC ? 'x' : '-', k->subtrees[i].flags & POLICY_SUBTREE_FILE ? 'f' : '-',
                       k->subtrees[i].flags & POLICY_SUBTREE_SHALLOW ? 's' : '-', k->subtrees[i].flags & POLICY_SUBTREE_OPTIONAL ? 'o' : '-', k->subtrees[i].path);
        print_strings("execs", &k->execs);
        print_strings("dirs", &k->dirs);
        print_strings("sites", &k->sites);
        printf("  files:\n");
        for (uint32_t i = 0; i < k->n_files; i++) {
                printf("    %s (%zu bytes)\n", k->files[i].path, k->files[i].n);
                if (with_files && k->files[i].n < 16384)
                        printf("%.*s\n", (int)k->files[i].n, (const char *)k->files[i].bytes);
        }
}

static int print_table(int fd, int with_files) {
        const void *bytes;
        PolicyTable *table;
        size_t n;

        if (base_fd_map_sealed(fd, POLICY_TABLE_MAX, &bytes, &n) < 0 || policy_table_decode(bytes, n, &table) < 0) {
                fprintf(stderr, "the answer is no sealed table\n");
                return 1;
        }
        printf("table of %zu bytes: auth=%u uid_base=%u zones=%u/%u starts=%u substitutes=0x%x default=%s\n", n, table->auth, table->uid_base,
               table->max_zones, table->max_zones_per_user, table->max_starts_per_minute, table->substitutes, table->default_kind);
        print_strings("resolvers", &table->resolvers);
        for (uint32_t k = 0; k < table->n_kinds; k++)
                print_kind(&table->kinds[k], with_files);
        policy_table_free(table);
        return 0;
}

static uint32_t sort_of(const char *path) {
        const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');

        if (strcmp(name, "hanare.jsonc") == 0)
                return POLICY_INPUT_SETTINGS;
        if (strcmp(name, "ca-certificates.crt") == 0)
                return POLICY_INPUT_HOST_CA;
        if (strcmp(name, "subuid") == 0 || strcmp(name, "subgid") == 0)
                return POLICY_INPUT_SUBUID;
        if (dot && (strcmp(dot, ".hosts") == 0 || strcmp(dot, ".domains") == 0 || strcmp(dot, ".adblock") == 0 || strcmp(dot, ".rpz") == 0))
                return POLICY_INPUT_DENYLIST;
        return dot && strcmp(dot, ".pem") == 0 ? POLICY_INPUT_AUTHORITY : POLICY_INPUT_KIND;
}

int main(int argc, char **argv) {
        int with_files = argc > 2 && strcmp(argv[2], "--files") == 0, table = -1, r, first = with_files ? 3 : 2;
        static CompileFile files[POLICY_INPUT_COUNT_MAX];
        PolicyMsgCompiled msg;
        size_t n = 0;

        if (argc <= first) {
                fprintf(stderr, "usage: compile-check SANDBOXD-COMPILE [--files] FILE...\n");
                return 2;
        }
        for (int i = first; i < argc && n < POLICY_INPUT_COUNT_MAX; i++)
                files[n++] = (CompileFile){ .input = sort_of(argv[i]), .path = argv[i] };
        r = compile_spawn_ask(argv[1], files, n, &msg, &table, NULL);
        if (r < 0) {
                fprintf(stderr, "no answer: %s\n", strerror(-r));
                return 1;
        }
        if (!msg.ok) {
                fprintf(stderr, "%s\n", msg.text);
                return 1;
        }
        return print_table(table, with_files);
}
