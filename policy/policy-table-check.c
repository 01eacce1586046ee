/* policy-table-check: every rule a table must keep, whoever made it.
 * Runs as: anyone (pure).  Input: a decoded or freshly compiled table.  Must not: repair anything.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-name.h"
#include "policy/policy-names.h"
#include "policy/policy-plan.h"
#include <string.h>

#define UID_FLOOR 2000200000u /* above what directories and container tools hand out */
#define UID_LAST (UINT32_MAX - 2) /* 2^32-1 means "no id", 2^32-2 is nobody on some systems */

static bool strings_there(const PolicyStrings *s, uint32_t max) {
        if (s->n > max || (s->n > 0 && !s->items))
                return false;
        for (uint32_t i = 0; i < s->n; i++)
                if (!s->items[i])
                        return false;
        return true;
}

static bool within(uint32_t value, uint32_t low, uint32_t high) {
        return value >= low && value <= high;
}

static bool below(const char *path, const char *dir) {
        size_t n = strlen(dir);
        return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static const char *check_identity(const PolicyKind *kind) {
        if (!kind->name || !policy_name_valid(kind->name))
                return "A kind's name must be a-z, then a-z, 0-9 or '-', at most 31 bytes.";
        if (!kind->title_en || !kind->title_ja || !policy_text_valid(kind->title_en, POLICY_MAX_TITLE) || !policy_text_valid(kind->title_ja, POLICY_MAX_TITLE))
                return "A kind needs a title in English and in Japanese: UTF-8 without control characters, at most 96 bytes.";
        if (kind->colour > 0xffffff)
                return "A kind's colour must be 24 bits.";
        if (kind->app > POLICY_APP_FIREFOX)
                return "A kind's application is unknown.";
        if (kind->flags & ~(uint32_t)POLICY_KIND_FLAGS_ALL)
                return "A kind has a flag that this version does not know.";
        if (!kind->start_page || (kind->start_page[0] && !policy_address_valid(kind->start_page, NULL)))
                return "A kind's start page must be an http or https address.";
        return NULL;
}

static const char *check_programs(const PolicyKind *kind) {
        if (kind->n_programs < 1 || kind->n_programs > POLICY_MAX_PROGRAMS || !kind->programs)
                return "A kind needs 1 to 64 programs, the application first.";
        for (uint32_t i = 0; i < kind->n_programs; i++) {
                const PolicyProgram *p = &kind->programs[i];
                if (!p->name || !policy_name_valid(p->name))
                        return "A program's name must be a-z, then a-z, 0-9 or '-', at most 31 bytes.";
                if (!p->path || !policy_usr_path_valid(p->path) || below(p->path, "/usr/local") || below(p->path, "/usr/src"))
                        return "A program must be a plain path below /usr, and not in /usr/local or /usr/src.";
                for (uint32_t j = 0; j < i; j++)
                        if (strcmp(kind->programs[j].name, p->name) == 0)
                                return "Two programs of a kind have the same name.";
        }
        if (kind->n_programs > 1 && !(kind->flags & POLICY_KIND_RUN))
                return "A kind that lists programs to run must permit running.";
        return NULL;
}

static const char *check_call(const PolicyKind *kind) {
        if (!strings_there(&kind->args, POLICY_MAX_ARGS) || !strings_there(&kind->env, POLICY_MAX_ENV))
                return "A kind has too many arguments or environment entries.";
        for (uint32_t i = 0; i < kind->args.n; i++)
                if (!policy_arg_valid(kind->args.items[i], POLICY_MAX_ARG))
                        return "An argument is too long or has a control character.";
        for (uint32_t i = 0; i < kind->env.n; i++) {
                const char *entry = kind->env.items[i];
                size_t n = strcspn(entry, "=");
                if (!policy_env_valid(entry))
                        return "An environment entry must be NAME=VALUE and must not steer the loader or the C library.";
                for (uint32_t j = 0; j < i; j++)
                        if (strncmp(kind->env.items[j], entry, n + 1) == 0)
                                return "An environment name is given twice.";
        }
        return NULL;
}

static const char *check_subtree(const PolicySubtree *s) {
        static const char *const never[] = { "/usr/bin", "/usr/sbin", "/usr/games" };

        if (!s->path || !policy_usr_path_valid(s->path) || below(s->path, "/usr/local") || below(s->path, "/usr/src"))
                return "A subtree must be a plain path below /usr, and not in /usr/local or /usr/src.";
        if (s->flags & ~(uint32_t)POLICY_SUBTREE_FLAGS_ALL)
                return "A subtree has a flag that this version does not know.";
        if ((s->flags & POLICY_SUBTREE_FILE) && (s->flags & POLICY_SUBTREE_SHALLOW))
                return "A subtree cannot be a file and shallow.";
        if (s->flags & POLICY_SUBTREE_FILE)
                return NULL;
        for (size_t i = 0; i < sizeof never / sizeof *never; i++)
                if (below(s->path, never[i]))
                        return "A directory of programs (bin, sbin, games) cannot be a subtree; name one program as a file.";
        if (!strchr(s->path + 5, '/') && !(s->flags & POLICY_SUBTREE_SHALLOW))
                return "A directory directly below /usr can only be a shallow subtree.";
        return NULL;
}

static const char *check_tree(const PolicyKind *kind) {
        if (kind->n_subtrees > POLICY_MAX_SUBTREES || (kind->n_subtrees > 0 && !kind->subtrees) || !strings_there(&kind->execs, POLICY_MAX_EXECS))
                return "A kind has too many subtrees or executables.";
        for (uint32_t i = 0; i < kind->n_subtrees; i++) {
                const char *broken = check_subtree(&kind->subtrees[i]);
                if (broken)
                        return broken;
                for (uint32_t j = 0; j < i; j++)
                        if (strcmp(kind->subtrees[j].path, kind->subtrees[i].path) == 0)
                                return "A subtree is listed twice.";
        }
        for (uint32_t i = 0; i < kind->execs.n; i++)
                if (!policy_usr_path_valid(kind->execs.items[i]) || below(kind->execs.items[i], "/usr/local"))
                        return "An executable must be a plain path below /usr, and not in /usr/local.";
        return NULL;
}

static const char *check_files(const PolicyKind *kind) {
        if (kind->n_files > POLICY_MAX_FILES || (kind->n_files > 0 && !kind->files) || !strings_there(&kind->dirs, POLICY_MAX_DIRS))
                return "A kind has too many files or directories.";
        for (uint32_t i = 0; i < kind->n_files; i++) {
                const PolicyFile *f = &kind->files[i];
                if (!f->path || !policy_relative_valid(f->path, "etc", "home"))
                        return "A generated file must be a plain relative path below etc/ or home/.";
                if (f->n > POLICY_MAX_FILE || (f->n > 0 && !f->bytes))
                        return "A generated file is larger than 512 KiB.";
                for (uint32_t j = 0; j < i; j++)
                        if (below(f->path, kind->files[j].path) || below(kind->files[j].path, f->path))
                                return "A generated file is listed twice, or lies below another file.";
                for (uint32_t j = 0; j < kind->dirs.n; j++)
                        if (below(kind->dirs.items[j], f->path))
                                return "A directory has the name of a generated file, or lies below it.";
        }
        for (uint32_t i = 0; i < kind->dirs.n; i++)
                if (!policy_relative_valid(kind->dirs.items[i], "home", "var"))
                        return "A directory must be a plain relative path below home/ or var/.";
        return NULL;
}

static const char *check_network(const PolicyKind *kind) {
        bool network = kind->flags & POLICY_KIND_NETWORK;

        if (!strings_there(&kind->sites, POLICY_MAX_SITES))
                return "A kind has too many sites.";
        for (uint32_t i = 0; i < kind->sites.n; i++)
                if (!kind->sites.items[i][0] || !policy_arg_valid(kind->sites.items[i], POLICY_MAX_SITE))
                        return "A site must be a text without control characters.";
        if (kind->n_ports > POLICY_MAX_PORTS || network != (kind->n_ports > 0))
                return "A kind with a network needs 1 to 16 ports, and one without has none.";
        for (uint32_t i = 0; i < kind->n_ports; i++)
                if (kind->ports[i] == 0)
                        return "Port 0 cannot be dialled.";
        if ((kind->flags & POLICY_KIND_HTTP) && !network)
                return "A kind without a network cannot carry plain http.";
        if (!strings_there(&kind->allow, POLICY_MAX_NAMES) || !strings_there(&kind->deny, POLICY_MAX_NAMES))
                return "A kind has too many name rules.";
        return policy_names_check(kind);
}

static const char *check_limits(const PolicyKind *kind) {
        if (!within(kind->memory_mib, 16, 1u << 20))
                return "A kind's memory must be 16 MiB to 1 TiB.";
        if (!within(kind->pids, 4, 32768))
                return "A kind's processes must be 4 to 32768.";
        if (!within(kind->cpu_percent, 5, 25600))
                return "A kind's share of the processors must be 5 to 25600 per cent.";
        if (!within(kind->scratch_mib, 1, 1u << 20))
                return "A kind's scratch space must be 1 MiB to 1 TiB.";
        if (!within(kind->scratch_inodes, 64, 16u << 20))
                return "A kind's scratch files must be 64 to 16777216.";
        if (!within(kind->nofile, 64, 1u << 20))
                return "A kind's open files must be 64 to 1048576.";
        if (kind->max_age_s != 0 && !within(kind->max_age_s, 60, 31u * 86400))
                return "A kind's age must be a minute to 31 days, or 0 for no limit.";
        return NULL;
}

static const char *check_kind(const PolicyKind *kind) {
        static const char *(*const checks[])(const PolicyKind *) = { check_identity, check_programs, check_call, check_tree,
                                                                     check_files, check_network, check_limits };

        for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
                const char *broken = checks[i](kind);
                if (broken)
                        return broken;
        }
        return NULL;
}

static const char *check_settings(const PolicyTable *table) {
        if (table->auth > POLICY_AUTH_OWNER)
                return "The authorisation mode is unknown.";
        if (table->uid_base <= UID_FLOOR || table->uid_base > UID_LAST - 8 * POLICY_MAX_ZONES)
                return "The zones' first uid must be above 2000200000, with room for all zones below 2^32 - 2.";
        if (!within(table->max_zones, 1, POLICY_MAX_ZONES) || !within(table->max_zones_per_user, 1, table->max_zones))
                return "The number of zones must be 1 to 240, and of one user's zones not more than that.";
        if (!within(table->max_starts_per_minute, 1, 600))
                return "The starts of a minute must be 1 to 600.";
        if (table->substitutes & ~(uint32_t)POLICY_SUBSTITUTES_ALL)
                return "A permitted substitute is unknown.";
        if (!strings_there(&table->resolvers, POLICY_MAX_RESOLVERS))
                return "There can be at most 4 resolvers.";
        for (uint32_t i = 0; i < table->resolvers.n; i++)
                if (strlen(table->resolvers.items[i]) > 63 || !policy_numeric_valid(table->resolvers.items[i]))
                        return "A resolver must be a numeric address.";
        return NULL;
}

const char *policy_table_check(const PolicyTable *table) {
        const char *broken = check_settings(table);

        if (broken)
                return broken;
        if (table->n_kinds < 1 || table->n_kinds > POLICY_MAX_KINDS || !table->kinds)
                return "There must be 1 to 32 kinds.";
        for (uint32_t k = 0; k < table->n_kinds; k++) {
                broken = check_kind(&table->kinds[k]);
                if (broken)
                        return broken;
                for (uint32_t j = 0; j < k; j++) {
                        if (strcmp(table->kinds[j].name, table->kinds[k].name) == 0)
                                return "Two kinds have the same name.";
                }
        }
        if (!table->default_kind || policy_table_find_kind(table, table->default_kind) < 0)
                return "The default kind does not exist.";
        return NULL;
}
