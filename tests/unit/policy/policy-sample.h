/* policy-sample: a small valid table and plan that tests then break.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-plan.h"

static const char *sample_args[] = { "--new", "%u" };
static const char *sample_env[] = { "HOME=/home/zone", "LANG=C.UTF-8" };
static const char *sample_execs[] = { "/usr/lib/browser/helper" };
static const char *sample_dirs[] = { "home/zone/Downloads", "var/tmp" };
static const char *sample_sites[] = { "bank.example", ".exact.example" };
static const char *sample_resolvers[] = { "192.0.2.53", "2001:db8::53" };
static PolicyProgram sample_programs[] = { { "browser", "/usr/lib/browser/browser" }, { "true", "/usr/bin/true" } };
static PolicySubtree sample_subtrees[] = { { "/usr/lib/browser", POLICY_SUBTREE_EXEC }, { "/usr/bin/true", POLICY_SUBTREE_EXEC | POLICY_SUBTREE_FILE } };
static PolicyFile sample_files[] = { { "etc/passwd", (const uint8_t *)"zone:x\n", 7 }, { "home/zone/empty", NULL, 0 } };

static const PolicyKind sample_kind = {
        .name = "web", .title_en = "Internet", .title_ja = "インターネット", .colour = 0xe07000, .app = POLICY_APP_CHROMIUM,
        .flags = POLICY_KIND_RUN | POLICY_KIND_NETWORK | POLICY_KIND_DISPLAY | POLICY_KIND_HTTP, .start_page = "",
        .n_programs = 2, .programs = sample_programs, .args = { 2, sample_args }, .env = { 2, sample_env },
        .n_subtrees = 2, .subtrees = sample_subtrees, .execs = { 1, sample_execs }, .n_files = 2, .files = sample_files,
        .dirs = { 2, sample_dirs }, .sites = { 2, sample_sites }, .memory_mib = 2048, .pids = 400, .cpu_percent = 200,
        .scratch_mib = 1024, .scratch_inodes = 65536, .nofile = 4096, .max_age_s = 3600, .n_ports = 2, .ports = { 443, 80 },
};

/* kinds: room for two. */
static inline PolicyTable sample_table(PolicyKind kinds[2]) {
        kinds[0] = sample_kind;
        kinds[1] = sample_kind;
        kinds[1].name = "local";
        kinds[1].flags = 0;
        kinds[1].n_programs = 1;
        kinds[1].n_ports = 0;
        kinds[1].sites.n = 0;
        return (PolicyTable){ .auth = POLICY_AUTH_OWNER, .uid_base = 2000300000, .max_zones = 100, .max_zones_per_user = 10,
                              .max_starts_per_minute = 30, .substitutes = POLICY_SUBSTITUTE_NOSWAP, .resolvers = { 2, sample_resolvers },
                              .default_kind = "web", .n_kinds = 2, .kinds = kinds };
}
static inline PolicyPlan sample_plan(void) {
        return (PolicyPlan){ .kind = 0, .program = 0, .owner = 1000, .locale = POLICY_LOCALE_JA, .display = POLICY_DISPLAY_WAYLAND,
                             .layout = "jp", .variant = "kana", .timezone = "Asia/Tokyo", .address = "https://bank.example/" };
}
