/* builder-look: looks at the first renderer from outside: does the browser's own sandbox stand? (law 9)
 * Runs as: root (builder).  Input: kernel files of the zone's processes: cgroup.procs, and cmdline, status, ns of each.
 * Must not: trust a word of a command line further than "this says it is a renderer".
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chromium's page of its own sandbox can be spoofed by environment variables, /proc cannot. A renderer that has just been
 * forked is still shutting itself in (a second where the machine has nothing else to do, many where it has): one is judged only
 * when it has been seen open for GRACE_SECONDS. */
#include "base/base-fd.h"
#include "sandboxd/builder/builder-zone.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define MAX_PROCS 65536
#define GRACE_SECONDS 15

static bool is_renderer(int proc, uint32_t app) {
        char text[4096];
        BASE_FD fd = base_fd_open_beneath(proc, "cmdline", O_RDONLY, 0);
        ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
        const char *mark = app == POLICY_APP_CHROMIUM ? "--type=renderer" : "-isForBrowser";

        return n > 0 && memmem(text, (size_t)n, mark, strlen(mark)) != NULL;
}

static uint64_t namespace_of(int proc, const char *name) {
        struct stat st;
        return fstatat(proc, name, &st, 0) == 0 ? st.st_ino : 0;
}

static unsigned long long status_number(int proc, const char *key, int base) {
        char text[4096], find[32];
        const char *at;

        if (base_fd_read_file(proc, "status", text, sizeof text) < 0)
                return 0;
        snprintf(find, sizeof find, "\n%s:", key);
        at = strstr(text, find);
        return at ? strtoull(at + strlen(find), NULL, base) : 0;
}

static bool is_shut_in(const BuilderZone *z, int proc) {
        uint64_t user = namespace_of(proc, "ns/user");
        bool apart = user != 0 && user != z->ns_inodes[0];

        apart = apart && namespace_of(proc, "ns/net") != z->ns_inodes[3];
        if (z->kind->app == POLICY_APP_CHROMIUM) /* Firefox's tabs share the pid namespace and have their own ipc */
                apart = apart && namespace_of(proc, "ns/pid") != z->ns_inodes[2];
        else
                apart = apart && namespace_of(proc, "ns/ipc") != z->ns_inodes[4];
        return apart && status_number(proc, "Seccomp_filters", 10) >= 2 && status_number(proc, "CapEff", 16) == 0;
}

/* True once this process was seen open for as long as a renderer may take. */
static bool is_overdue(unsigned long pid) {
        static unsigned long seen_before;
        static time_t since;
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        if (seen_before == pid)
                return now.tv_sec - since >= GRACE_SECONDS;
        seen_before = pid;
        since = now.tv_sec;
        return false;
}

bool builder_look(BuilderZone *z) {
        static char text[MAX_PROCS];
        ssize_t n;

        if (z->plan->program != 0 || z->kind->app == POLICY_APP_PROGRAM) {
                z->renderer_seen = true;
                return true;
        }
        n = base_fd_read_file(z->cgroup, "cgroup.procs", text, sizeof text);
        if (n <= 0)
                return true;
        for (char *at = text; *at;) {
                char path[32];
                unsigned long pid = strtoul(at, &at, 10);
                while (*at == '\n')
                        at++;
                snprintf(path, sizeof path, "/proc/%lu", pid);
                BASE_FD proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
                if (proc < 0 || !is_renderer(proc, z->kind->app))
                        continue;
                if (is_shut_in(z, proc)) {
                        z->renderer_seen = true;
                        return true;
                }
                return !is_overdue(pid);
        }
        return true;
}
