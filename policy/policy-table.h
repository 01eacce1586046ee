/* policy-table: the binary form of all policy in force: encode, decode, check.
 * Made once per change by the compiler, sealed, held by the monitor; what privileged code obeys.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-limits.h"
#include <stddef.h>
#include <stdint.h>

#define POLICY_TABLE_VERSION 2

typedef enum PolicyAuth { POLICY_AUTH_POLKIT = 0, POLICY_AUTH_OWNER = 1 } PolicyAuth;
typedef enum PolicyApp { POLICY_APP_PROGRAM = 0, POLICY_APP_CHROMIUM = 1, POLICY_APP_FIREFOX = 2 } PolicyApp;

enum { /* PolicyKind.flags */
        POLICY_KIND_RUN = 1u << 0,     /* `hanare run` may start the kind's programs */
        POLICY_KIND_FRESH = 1u << 1,   /* every open gets a new zone */
        POLICY_KIND_NETWORK = 1u << 2, /* has a gateway; without it the zone has a loopback and nothing behind it */
        POLICY_KIND_DISPLAY = 1u << 3, /* has a nested compositor */
        POLICY_KIND_HTTP = 1u << 4,    /* the gateway also carries plain http */
        POLICY_KIND_STRICT = 1u << 5,  /* names alone, port 443 alone, TLS alone, its server name the one asked for and in the clear */
        POLICY_KIND_ALLOW_LIST = 1u << 6, /* what `allow` does not name is refused */
        POLICY_KIND_FLAGS_ALL = (1u << 7) - 1,
};
enum { /* PolicySubtree.flags */
        POLICY_SUBTREE_EXEC = 1u << 0, /* an executable mount; all others are noexec */
        POLICY_SUBTREE_FILE = 1u << 1, /* one file, not a directory */
        POLICY_SUBTREE_SHALLOW = 1u << 2, /* subdirectories are hidden unless listed themselves (library directories) */
        POLICY_SUBTREE_OPTIONAL = 1u << 3, /* left out where the host does not have it */
        POLICY_SUBTREE_FLAGS_ALL = (1u << 4) - 1,
};
enum { /* PolicyTable.substitutes and receipts: what an older kernel lacks, and what stands in for it */
        POLICY_SUBSTITUTE_MEMFD_NOEXEC = 1u << 0,   /* no vm.memfd_noexec: AppArmor profile */
        POLICY_SUBSTITUTE_NOSWAP = 1u << 1,         /* no tmpfs noswap: memory.swap.max=0 */
        POLICY_SUBSTITUTE_LANDLOCK_SCOPE = 1u << 2, /* Landlock before ABI 6: the zone's own net and pid namespaces */
        POLICY_SUBSTITUTE_CGROUP_V1 = 1u << 3,      /* memory, pids, cpu on cgroup v1 */
        POLICY_SUBSTITUTE_APPARMOR = 1u << 4,       /* no AppArmor on this machine: the other walls stand alone */
        POLICY_SUBSTITUTE_MEMFD_NONE = 1u << 5,     /* neither memfd_noexec nor AppArmor: nothing stops a memfd */
        POLICY_SUBSTITUTES_ALL = (1u << 6) - 1,
};

typedef struct PolicyStrings {
        uint32_t n;
        const char **items;
} PolicyStrings;
typedef struct PolicyProgram {
        const char *name; /* what `hanare run` names */
        const char *path; /* absolute, below /usr, no symlink in it */
} PolicyProgram;
typedef struct PolicySubtree {
        const char *path; /* absolute, below /usr */
        uint32_t flags;
} PolicySubtree;
typedef struct PolicyFile {
        const char *path; /* relative, below etc/ or home/ */
        const uint8_t *bytes;
        size_t n;
} PolicyFile;

typedef struct PolicyKind {
        const char *name, *title_en, *title_ja;
        uint32_t colour; /* 0xRRGGBB */
        uint32_t app;    /* PolicyApp */
        uint32_t flags;
        const char *start_page;     /* "" = none */
        uint32_t n_programs;        /* programs[0] is the application */
        PolicyProgram *programs;
        PolicyStrings args;         /* of the application; an argument that is exactly "%u" becomes the address, and is left out without one */
        PolicyStrings env;          /* NAME=VALUE */
        uint32_t n_subtrees;
        PolicySubtree *subtrees;
        PolicyStrings execs;        /* Landlock: what may be executed besides the program itself; absolute, below /usr */
        uint32_t n_files;
        PolicyFile *files;          /* generated; root-owned below etc/, the zone's below home/ */
        PolicyStrings dirs;         /* relative, below home/ or var/; the zone's */
        PolicyStrings sites;        /* patterns of addresses (policy-pattern.h), which only the broker reads */
        PolicyStrings allow, deny;  /* name rules of the gateway (policy-names.h); allow holds the sites too where it is in force */
        uint32_t memory_mib, pids, cpu_percent, scratch_mib, scratch_inodes, nofile, max_age_s;
        uint32_t n_ports;           /* the gateway dials these TCP ports only */
        uint16_t ports[POLICY_MAX_PORTS];
} PolicyKind;

typedef struct PolicyTable {
        uint32_t auth;                 /* PolicyAuth */
        uint32_t uid_base;             /* zone slot n uses uid_base + 8 n ... + 7 */
        uint32_t max_zones, max_zones_per_user, max_starts_per_minute;
        uint32_t substitutes;          /* permitted ones */
        PolicyStrings resolvers;       /* numeric addresses; empty = the host's resolv.conf */
        const char *default_kind;
        uint32_t denylist;             /* names in the deny list that belongs to this table; 0 = there is none */
        uint32_t n_kinds;
        PolicyKind *kinds;
        uint8_t hash[32];              /* SHA-256 of the encoded bytes; filled by who holds the bytes, not part of them */
        void *storage;                 /* owned arrays */
} PolicyTable;

/* Encodes after checking; *ret_bytes is malloc'd. 0, -EINVAL (the table breaks a rule of policy_table_check),
 * -E2BIG (longer than POLICY_TABLE_MAX), -ENOMEM. The same file in several kinds is held once. */
int policy_table_encode(const PolicyTable *table, uint8_t **ret_bytes, size_t *ret_n);
/* Decodes and checks. Strings point into bytes, which must outlive the table. 0, -EBADMSG, -ENOMEM. */
int policy_table_decode(const uint8_t *bytes, size_t n, PolicyTable **ret_table);
void policy_table_free(PolicyTable *table);
/* Every rule a table must keep, whoever made it. NULL, or a static English sentence that names the broken rule. */
const char *policy_table_check(const PolicyTable *table);
/* The kind's index, or -1. */
int policy_table_find_kind(const PolicyTable *table, const char *name);
/* True for [a-z][a-z0-9-]*, at most POLICY_MAX_NAME bytes. */
int policy_name_valid(const char *name);
/* True for an absolute path below /usr without empty, "." or ".." parts, at most POLICY_MAX_PATH bytes. */
int policy_usr_path_valid(const char *path);
