/* try: the few lines that every forbidden act shares: says that it ran, and what became of it.
 * Output, one line each, read by run-zone-tests.py:
 *     try: NAME: ran                         the act was reached
 *     try: NAME: calls NUMBER                the next system call must ring the tripwire
 *     try: NAME: refused errno=1 (EPERM) WHAT
 *     try: NAME: refused http=403 WHAT
 *     try: NAME: contained WHAT              it went through, and reached nothing
 *     try: NAME: ESCAPED WHAT
 *     try: NAME: broken WHAT                 the act could not be tried; never a pass
 * The acts run under the zone's own filter, so this uses only calls that a zone has (no pause, raise, vfork, dup3).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct TryAct {
        const char *name;
        void (*run)(char **args); /* args: NULL-terminated, never fewer than needed */
        int needs;                /* number of arguments */
} TryAct;

static const char *try_name = "?";
static int try_escapes, try_broke, try_reports;

static inline __attribute__((format(printf, 2, 3))) void try_line(const char *word, const char *format, ...) {
        char text[700], line[900];
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
        for (char *p = text; *p; p++)
                if ((unsigned char)*p < ' ' || (unsigned char)*p == 127)
                        *p = '?';
        int n = snprintf(line, sizeof line, "try: %s: %s%s%s\n", try_name, word, *text ? " " : "", text);
        if (write(1, line, (size_t)n) != n)
                _exit(5);
        try_reports++;
}
#define try_escaped(...) (try_escapes++, try_line("ESCAPED", __VA_ARGS__))
#define try_contained(...) try_line("contained", __VA_ARGS__)
#define try_broken(...) (try_broke++, try_line("broken", __VA_ARGS__))

static inline void try_refused(int error, const char *what) {
        const char *name = strerrorname_np(error);
        try_line("refused", "errno=%d (%s) %s", error, name ? name : "?", what);
}
/* r as of a system call. Returns 1 when the call went through. */
static inline int try_call(const char *what, long r) {
        int error = errno;
        if (r >= 0)
                try_escaped("%s returned %ld", what, r);
        else
                try_refused(error, what);
        return r >= 0;
}
#define TRY_WIRE(call) try_line("calls", "%d", (int)__NR_##call)
/* Declares the tripwire's number, then does the call with up to six arguments. */
#define TRY_RING(call, ...) (TRY_WIRE(call), (void)try_call(#call, syscall(__NR_##call, __VA_ARGS__)))

/* Opens; reading one byte counts as an escape, an empty file (a mask) does not. */
static inline void try_open_read(const char *path) {
        char byte[4];
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

        if (fd < 0) {
                try_refused(errno, path);
                return;
        }
        ssize_t n = read(fd, byte, sizeof byte);
        if (n > 0)
                try_escaped("read %s", path);
        else if (n == 0)
                try_contained("%s is empty", path);
        else
                try_refused(errno, path);
        close(fd);
}
static inline void try_open_write(const char *path) {
        int fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

        if (fd < 0) {
                try_refused(errno, path);
                return;
        }
        struct stat st;
        if (fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3)) /* masked: what is written there goes nowhere */
                try_contained("%s is /dev/null", path);
        else
                try_escaped("%s opens for writing", path);
        close(fd);
}
/* Waits for a child; its exit status, 128 + signal, or -1. */
static inline int try_wait(pid_t pid) {
        int status;
        if (waitpid(pid, &status, 0) != pid)
                return -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
/* Copies this program to a path, executable; returns 0, or -1 after a line. */
static inline int try_copy_self(const char *path) {
        char buf[65536];
        int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), out;
        ssize_t n = 0;

        if (in < 0) {
                try_broken("cannot read /proc/self/exe: %s", strerror(errno));
                return -1;
        }
        out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
        if (out < 0) {
                try_broken("cannot write %s: %s", path, strerror(errno));
                close(in);
                return -1;
        }
        while ((n = read(in, buf, sizeof buf)) > 0)
                if (write(out, buf, (size_t)n) != n) {
                        n = -1;
                        break;
                }
        close(in);
        close(out);
        if (n < 0)
                try_broken("cannot copy to %s: %s", path, strerror(errno));
        return n < 0 ? -1 : 0;
}

/* Exit status: 0 refused or contained, 2 usage, 3 escaped, 4 broken. */
static inline int try_main(const TryAct *acts, size_t n, int argc, char **argv) {
        if (argc == 2 && strcmp(argv[1], "--list") == 0) {
                for (size_t i = 0; i < n; i++)
                        printf("%s\n", acts[i].name);
                return 0;
        }
        if (argc == 2 && strcmp(argv[1], "--went-through") == 0) { /* what a forbidden exec starts */
                printf("went-through\n");
                return 77;
        }
        for (size_t i = 0; argc >= 2 && i < n; i++) {
                if (strcmp(acts[i].name, argv[1]) != 0)
                        continue;
                if (argc - 2 < acts[i].needs) {
                        fprintf(stderr, "%s: %s needs %d arguments\n", argv[0], argv[1], acts[i].needs);
                        return 2;
                }
                try_name = acts[i].name;
                try_line("ran", "%s", "");
                try_reports = 0;
                acts[i].run(argv + 2);
                if (try_reports == 0)
                        try_broken("the act said nothing");
                return try_escapes ? 3 : try_broke ? 4 : 0;
        }
        fprintf(stderr, "usage: %s ACT [ARGUMENT...]; --list names the acts\n", argc ? argv[0] : "try");
        return 2;
}
#define TRY_MAIN(acts)                                                          \
        int main(int argc, char **argv) {                                       \
                return try_main(acts, sizeof acts / sizeof *acts, argc, argv);  \
        }
