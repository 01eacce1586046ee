/* cut: preloaded by a test into the puller: ends it, or fills its disk, at the n-th step that changes a file. Never installed.
 * Runs as: anyone (pure).  Input: CUT_AT, CUT_HOW, CUT_COUNT.  Must not: change anything before that step.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* CUT_HOW: "kill": the process dies there. "power": what was written without fsync is lost too. "lost": and so is a rename without fsync of
 * its folder. "full": this step and all later writes find the disk full. */
static long steps;
static char unsynced[16][PATH_MAX];
static int rename_dir = -1;
static char rename_from[64], rename_to[128];

static const char *how(void) {
        const char *word = getenv("CUT_HOW");
        return word ? word : "";
}

static int is(const char *word) {
        return strcmp(how(), word) == 0;
}

static int real_renameat(int a, const char *from, int b, const char *to) {
        int (*next)(int, const char *, int, const char *) = dlsym(RTLD_NEXT, "renameat");
        return next(a, from, b, to);
}

static void die(void) {
        if (is("power") || is("lost"))
                for (size_t i = 0; i < sizeof unsynced / sizeof *unsynced; i++)
                        if (unsynced[i][0] && truncate(unsynced[i], 0) < 0)
                                unsynced[i][0] = '\0';
        if (is("lost") && rename_dir >= 0) {
                (void)real_renameat(rename_dir, rename_to, rename_dir, rename_from);
                (void)real_renameat(rename_dir, ".cut", rename_dir, rename_to);
        }
        (void)kill(getpid(), SIGKILL);
        _exit(137);
}

/* True when this step is the one, and the disk is full. */
static int step(void) {
        const char *at = getenv("CUT_AT"), *count = getenv("CUT_COUNT");
        long n = at ? atol(at) : 0;

        steps++;
        if (count) {
                FILE *f = fopen(count, "w");
                if (f) {
                        fprintf(f, "%ld\n", steps);
                        fclose(f);
                }
        }
        if (n > 0 && steps == n && !is("full"))
                die();
        return n > 0 && steps >= n && is("full");
}

static int path_of(int fd, char path[PATH_MAX]) {
        char link[64];
        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t n = readlink(link, path, PATH_MAX - 1);
        path[n > 0 ? n : 0] = '\0';
        return n > 0;
}

static void note(int fd, int synced) {
        char path[PATH_MAX];
        size_t free_slot = sizeof unsynced / sizeof *unsynced;

        if (!path_of(fd, path))
                return;
        for (size_t i = 0; i < sizeof unsynced / sizeof *unsynced; i++) {
                if (strcmp(unsynced[i], path) == 0) {
                        if (synced)
                                unsynced[i][0] = '\0';
                        return;
                }
                if (!unsynced[i][0])
                        free_slot = i;
        }
        if (!synced && free_slot < sizeof unsynced / sizeof *unsynced)
                memcpy(unsynced[free_slot], path, PATH_MAX);
}

ssize_t write(int fd, const void *bytes, size_t n) {
        ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
        struct stat st;

        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
                return next(fd, bytes, n);
        note(fd, 0);
        if (getenv("CUT_AT") && steps + 1 == atol(getenv("CUT_AT")) && n > 1)
                (void)next(fd, bytes, n / 2); /* torn in the middle */
        if (step()) {
                errno = ENOSPC;
                return -1;
        }
        return next(fd, bytes, n);
}

int fsync(int fd) {
        int (*next)(int) = dlsym(RTLD_NEXT, "fsync");
        struct stat st;

        if (step()) {
                errno = ENOSPC;
                return -1;
        }
        int r = next(fd);
        if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
                (void)unlinkat(fd, ".cut", 0);
                rename_dir = -1;
        } else {
                note(fd, 1);
        }
        return r;
}

int renameat(int a, const char *from, int b, const char *to) {
        if (step()) {
                errno = ENOSPC;
                return -1;
        }
        if (is("lost")) {
                (void)unlinkat(b, ".cut", 0);
                if (linkat(b, to, b, ".cut", 0) < 0 && errno != ENOENT)
                        abort();
                rename_dir = b;
                (void)snprintf(rename_from, sizeof rename_from, "%s", from);
                (void)snprintf(rename_to, sizeof rename_to, "%s", to);
        }
        int r = real_renameat(a, from, b, to);
        for (size_t i = 0; i < sizeof unsynced / sizeof *unsynced; i++) { /* bytes that were not synced go with the name */
                size_t k = strlen(unsynced[i]), f = strlen(from);
                if (k > f && strcmp(unsynced[i] + k - f, from) == 0 && k - f + strlen(to) < PATH_MAX)
                        strcpy(unsynced[i] + k - f, to);
        }
        return r;
}
