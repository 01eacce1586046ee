/* cli-doctor-probe: what this machine has of what zones need.
 * Runs as: user.  Input: /proc, /sys, /etc below a directory descriptor.  Must not: change anything, or need root.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-doctor-probe.h"
#include "base/base-fd.h"
#include "policy/policy-limits.h"
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define UID_FIRST 2000300000u /* uid_base of hanare.jsonc as installed */
#define UID_LAST (UID_FIRST + 8 * POLICY_MAX_ZONES - 1)

/* The file's text in a static buffer, "" where it cannot be read. /proc names go through symlinks, so they are followed. */
static const char *text_of(const CliProbe *probe, const char *path) {
        static char text[256u << 10];
        BASE_FD fd = openat(probe->root, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        size_t at = 0;
        while (fd >= 0 && at < sizeof(text) - 1) {
                ssize_t n = read(fd, text + at, sizeof(text) - 1 - at);
                if (n <= 0)
                        break;
                at += (size_t) n;
        }
        text[at] = 0;
        return text;
}

static bool exists(const CliProbe *probe, const char *path) {
        struct stat st;
        return fstatat(probe->root, path, &st, 0) == 0;
}

static bool has_word(const char *text, const char *word) {
        size_t n = strlen(word);
        for (const char *at = text; (at = strstr(at, word)); at += n) {
                bool starts = at == text || strchr(" \t\n,", at[-1]);
                if (starts && strchr(" \t\n,", at[n])) /* the strchr also matches the end */
                        return true;
        }
        return false;
}

static bool kernel_at_least(const CliProbe *probe, unsigned major, unsigned minor) {
        unsigned have_major = 0, have_minor = 0;
        if (sscanf(text_of(probe, "proc/sys/kernel/osrelease"), "%u.%u", &have_major, &have_minor) != 2)
                return false;
        return have_major > major || (have_major == major && have_minor >= minor);
}

static void note(CliProbe *probe, const char *text) {
        snprintf(probe->detail, sizeof(probe->detail), "%.*s", (int) strcspn(text, "\n"), text);
}

int cli_probe_landlock_abi(void) {
        long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
        return abi < 0 ? 0 : (int) abi;
}

CliProbeState cli_probe_kernel(CliProbe *probe, const char *argument) {
        (void) argument;
        note(probe, text_of(probe, "proc/sys/kernel/osrelease"));
        return kernel_at_least(probe, 6, 1) ? CLI_PROBE_PRESENT : CLI_PROBE_MISSING;
}

/* Debian's own switch; other kernels do not have it. */
CliProbeState cli_probe_userns_switch(CliProbe *probe, const char *argument) {
        (void) argument;
        return text_of(probe, "proc/sys/kernel/unprivileged_userns_clone")[0] == '0' ? CLI_PROBE_MISSING : CLI_PROBE_PRESENT;
}

CliProbeState cli_probe_userns_count(CliProbe *probe, const char *argument) {
        (void) argument;
        long count = strtol(text_of(probe, "proc/sys/user/max_user_namespaces"), NULL, 10);
        note(probe, text_of(probe, "proc/sys/user/max_user_namespaces"));
        return count > 0 ? CLI_PROBE_PRESENT : CLI_PROBE_MISSING;
}

CliProbeState cli_probe_overlay(CliProbe *probe, const char *argument) {
        static const char *const endings[] = { "", ".xz", ".zst", ".gz" };
        char release[65], path[256];
        (void) argument;
        if (has_word(text_of(probe, "proc/filesystems"), "overlay"))
                return CLI_PROBE_PRESENT;
        snprintf(release, sizeof(release), "%s", text_of(probe, "proc/sys/kernel/osrelease"));
        release[strcspn(release, "\n")] = 0;
        for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) { /* loaded on demand */
                snprintf(path, sizeof(path), "usr/lib/modules/%s/kernel/fs/overlayfs/overlay.ko%s", release, endings[i]);
                if (exists(probe, path))
                        return CLI_PROBE_PRESENT;
        }
        return CLI_PROBE_MISSING;
}

CliProbeState cli_probe_seccomp(CliProbe *probe, const char *argument) {
        (void) argument;
        return has_word(text_of(probe, "proc/sys/kernel/seccomp/actions_avail"), "user_notif") ? CLI_PROBE_PRESENT : CLI_PROBE_MISSING;
}

CliProbeState cli_probe_landlock(CliProbe *probe, const char *argument) {
        (void) argument;
        snprintf(probe->detail, sizeof(probe->detail), "ABI %d", probe->landlock_abi);
        return probe->landlock_abi >= 6 ? CLI_PROBE_PRESENT : probe->landlock_abi >= 2 ? CLI_PROBE_SUBSTITUTED : CLI_PROBE_MISSING;
}

static bool apparmor_on(const CliProbe *probe) {
        return text_of(probe, "sys/module/apparmor/parameters/enabled")[0] == 'Y';
}

CliProbeState cli_probe_memfd(CliProbe *probe, const char *argument) {
        (void) argument;
        if (exists(probe, "proc/sys/vm/memfd_noexec"))
                return CLI_PROBE_PRESENT;
        return apparmor_on(probe) ? CLI_PROBE_SUBSTITUTED : CLI_PROBE_MISSING;
}

/* Only root could try the mount, so this goes by the version that brought it. */
CliProbeState cli_probe_noswap(CliProbe *probe, const char *argument) {
        (void) argument;
        return kernel_at_least(probe, 6, 4) ? CLI_PROBE_PRESENT : CLI_PROBE_SUBSTITUTED;
}

/* The mount point of the unified hierarchy, relative to the root. False where there is none. */
static bool cgroup2_path(const CliProbe *probe, char ret[128]) {
        for (const char *line = text_of(probe, "proc/self/mounts"); line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
                char where[128], type[32];
                if (sscanf(line, "%*s /%127s %31s", where, type) == 2 && strcmp(type, "cgroup2") == 0) {
                        memcpy(ret, where, sizeof(where));
                        return true;
                }
        }
        return false;
}

CliProbeState cli_probe_cgroup2(CliProbe *probe, const char *argument) {
        char where[128];
        (void) argument;
        if (!cgroup2_path(probe, where))
                return CLI_PROBE_MISSING;
        snprintf(probe->detail, sizeof(probe->detail), "/%s", where);
        return CLI_PROBE_PRESENT;
}

static bool on_v1(const CliProbe *probe, const char *controller) {
        for (const char *line = text_of(probe, "proc/self/mounts"); line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
                char type[32], options[256];
                if (sscanf(line, "%*s %*s %31s %255s", type, options) == 2 && strcmp(type, "cgroup") == 0 && has_word(options, controller))
                        return true;
        }
        return false;
}

CliProbeState cli_probe_controller(CliProbe *probe, const char *argument) {
        char where[128], path[160];
        if (cgroup2_path(probe, where)) {
                snprintf(path, sizeof(path), "%s/cgroup.controllers", where);
                if (has_word(text_of(probe, path), argument))
                        return CLI_PROBE_PRESENT;
        }
        return on_v1(probe, argument) ? CLI_PROBE_SUBSTITUTED : CLI_PROBE_MISSING;
}

CliProbeState cli_probe_cgroup_kill(CliProbe *probe, const char *argument) {
        char where[128];
        (void) argument;
        return cgroup2_path(probe, where) && kernel_at_least(probe, 5, 14) ? CLI_PROBE_PRESENT : CLI_PROBE_MISSING;
}

CliProbeState cli_probe_apparmor(CliProbe *probe, const char *argument) {
        (void) argument;
        return apparmor_on(probe) ? CLI_PROBE_PRESENT : CLI_PROBE_SUBSTITUTED;
}

/* The list of loaded profiles is root's; for others the installed file has to do. */
CliProbeState cli_probe_profile(CliProbe *probe, const char *argument) {
        char path[160];
        if (!apparmor_on(probe))
                return CLI_PROBE_SUBSTITUTED;
        const char *loaded = text_of(probe, "sys/kernel/security/apparmor/profiles");
        snprintf(path, sizeof(path), "%s (enforce)", argument);
        if (*loaded)
                return has_word(loaded, path) ? CLI_PROBE_PRESENT : CLI_PROBE_MISSING;
        snprintf(path, sizeof(path), "etc/apparmor.d/%s", argument);
        return exists(probe, path) ? CLI_PROBE_PRESENT : CLI_PROBE_MISSING;
}

CliProbeState cli_probe_any(CliProbe *probe, const char *argument) {
        char path[256];
        for (const char *at = argument; *at; at += strspn(at, " ")) {
                size_t n = strcspn(at, " ");
                snprintf(path, sizeof(path), "%.*s", (int) n, at);
                if (exists(probe, path)) {
                        snprintf(probe->detail, sizeof(probe->detail), "/%.150s", path);
                        return CLI_PROBE_PRESENT;
                }
                at += n;
        }
        return CLI_PROBE_MISSING;
}

CliProbeState cli_probe_core(CliProbe *probe, const char *argument) {
        (void) argument;
        return text_of(probe, "proc/sys/kernel/core_pattern")[0] == '|' ? CLI_PROBE_SUBSTITUTED : CLI_PROBE_PRESENT;
}

CliProbeState cli_probe_swap(CliProbe *probe, const char *argument) {
        (void) argument;
        const char *second = strchr(text_of(probe, "proc/swaps"), '\n');
        if (!second || !second[1] || cli_probe_noswap(probe, NULL) == CLI_PROBE_PRESENT)
                return CLI_PROBE_PRESENT;
        return cli_probe_controller(probe, "memory") == CLI_PROBE_PRESENT ? CLI_PROBE_SUBSTITUTED : CLI_PROBE_MISSING;
}

/* The number after the n-th colon of a line; false where there is none. */
static bool field_of(const char *line, int n, unsigned long long *ret) {
        char *end;
        for (; n > 0; n--) {
                line += strcspn(line, ":\n");
                if (*line++ != ':')
                        return false;
        }
        *ret = strtoull(line, &end, 10);
        return end != line && *line >= '0' && *line <= '9';
}

/* passwd(5) has the number in field 2 (from 0); subuid(5) has the first in field 1 and the count in field 2. */
static bool ours_touched(CliProbe *probe, const char *path, bool ranges) {
        for (const char *line = text_of(probe, path); line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
                unsigned long long first, count = 1;
                if (!field_of(line, ranges ? 1 : 2, &first) || (ranges && !field_of(line, 2, &count)))
                        continue;
                if (first > UID_LAST || count == 0 || (first < UID_FIRST && count <= UID_FIRST - first))
                        continue;
                snprintf(probe->detail, sizeof(probe->detail), "/%s: %.*s", path, (int) strcspn(line, ":\n"), line);
                return true;
        }
        return false;
}

CliProbeState cli_probe_uids(CliProbe *probe, const char *argument) {
        (void) argument;
        return ours_touched(probe, "etc/passwd", false) || ours_touched(probe, "etc/subuid", true) || ours_touched(probe, "etc/subgid", true)
                ? CLI_PROBE_MISSING : CLI_PROBE_PRESENT;
}
