/* trace-search: looks for the mark in every name, every content, every process, every queue of the zone.
 * Runs as: zone.  Input: the zone.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "trace.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <stddef.h>

static unsigned found, files, processes;

static void report(const char *what, const char *where) {
        char text[1200];
        int n = snprintf(text, sizeof text, "found: %s %.900s\n", what, where);

        for (int i = 0; i < n - 1; i++)
                if ((unsigned char)text[i] < ' ' || (unsigned char)text[i] > '~')
                        text[i] = '?';
        if (write(1, text, (size_t)n) != n)
                _exit(5);
        found++;
}

/* The mark in the first and every further 64 KiB, with an overlap so that no edge hides it. */
static int holds_mark(int fd) {
        static char buf[65536 + sizeof TRACE_MARK];
        size_t keep = 0;
        ssize_t n;

        for (int rounds = 0; rounds < 1024 && (n = read(fd, buf + keep, 65536)) > 0; rounds++) {
                if (memmem(buf, keep + (size_t)n, TRACE_MARK, strlen(TRACE_MARK)))
                        return 1;
                size_t have = keep + (size_t)n;
                keep = have < strlen(TRACE_MARK) ? have : strlen(TRACE_MARK);
                memmove(buf, buf + have - keep, keep);
        }
        return 0;
}

static void look_at(int dir, const char *name, const char *path) {
        struct stat st;
        char link[4096];

        files++;
        if (strstr(name, "TRACE-7f3a"))
                report("name", path);
        if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return;
        if (S_ISLNK(st.st_mode)) {
                ssize_t n = readlink(path, link, sizeof link - 1);
                if (n > 0 && memmem(link, (size_t)n, TRACE_MARK, strlen(TRACE_MARK)))
                        report("symlink", path);
        }
        if (S_ISREG(st.st_mode) && st.st_size > 0 && strncmp(path, "/usr/", 5) != 0) {
                int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
                if (fd >= 0 && holds_mark(fd))
                        report("content", path);
                if (fd >= 0)
                        close(fd);
        }
}

/* By descriptors, so that no depth and no long path hides a file. */
static void walk(int parent, const char *name, const char *path, int depth) {
        int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        DIR *d = fd < 0 || depth > 900 ? NULL : fdopendir(fd);
        struct dirent *e;

        if (!d && fd >= 0)
                close(fd);
        while (d && (e = readdir(d))) {
                char inner[4096];
                struct stat st;
                if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
                        continue;
                snprintf(inner, sizeof inner, "%s/%.255s", strlen(path) > 3800 ? "..." : path, e->d_name);
                if (strcmp(inner, "/proc") == 0)
                        continue;
                look_at(fd, e->d_name, inner);
                if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
                        walk(fd, e->d_name, inner, depth + 1);
        }
        if (d)
                closedir(d);
}

static void search_processes(void) {
        DIR *d = opendir("/proc");
        const char *const parts[] = { "cmdline", "environ", "maps", "comm", NULL };

        for (struct dirent *e; d && (e = readdir(d));) {
                int pid = atoi(e->d_name);
                char path[300];
                if (pid <= 0)
                        continue;
                processes++;
                if (pid == 1 || pid == getpid())
                        continue;
                report("process", e->d_name);
                for (int i = 0; parts[i]; i++) {
                        snprintf(path, sizeof path, "/proc/%d/%s", pid, parts[i]);
                        int fd = open(path, O_RDONLY | O_CLOEXEC);
                        if (fd >= 0 && holds_mark(fd))
                                report("process memory", path);
                        if (fd >= 0)
                                close(fd);
                }
        }
        if (d)
                closedir(d);
}

/* Lists of the kernel: beyond their heading line, each entry is a trace. mark: only lines with the mark count. */
static void search_list(const char *path, int mark) {
        char text[2048];
        FILE *in = fopen(path, "re");
        int first = 1;

        while (in && fgets(text, sizeof text, in)) {
                if (!first && (!mark || strstr(text, "TRACE-7f3a")))
                        report(path, text);
                first = 0;
        }
        if (in)
                fclose(in);
}

static void search_sockets(void) {
        struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(TRACE_PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        struct sockaddr_un u = { .sun_family = AF_UNIX };
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
                report("socket", "the planted port answers");
        if (fd >= 0)
                close(fd);
        memcpy(u.sun_path + 1, TRACE_MARK, strlen(TRACE_MARK));
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, (struct sockaddr *)&u, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(TRACE_MARK))) == 0)
                report("socket", "the planted abstract name answers");
        if (fd >= 0)
                close(fd);
}

unsigned trace_search(void) {
        char line[100];

        found = files = processes = 0;
        look_at(AT_FDCWD, "/", "/");
        walk(AT_FDCWD, "/", "", 0);
        search_processes();
        search_list("/proc/sysvipc/shm", 0);
        search_list("/proc/sysvipc/msg", 0);
        search_list("/proc/sysvipc/sem", 0);
        search_list("/proc/net/unix", 1);
        search_list("/proc/self/mountinfo", 1);
        search_list("/proc/keys", 1);
        search_sockets();
        int n = snprintf(line, sizeof line, "searched: %u files, %u processes\n", files, processes);
        if (write(1, line, (size_t)n) != n)
                _exit(5);
        return found;
}
