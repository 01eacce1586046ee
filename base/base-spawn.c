/* base-spawn: starts another program of ours, with a fixed list of descriptors and nothing else.
 * Runs as: anyone (pure).  Input: a compiled-in path.  Must not: run in a process with threads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-spawn.h"
#include "base/base-drop.h"
#include "base/base-fd.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_FDS 16
#define SPAWN_MS 5000

/* Moves the descriptors to 0, 1, 2, ...: first all above the range, so that none overwrites another. */
static int place_fds(const BaseSpawn *s, int *report) {
        int high[MAX_FDS];

        for (size_t i = 0; i < s->n_fds; i++) {
                int from = s->fds[i] >= 0 ? s->fds[i] : open("/dev/null", O_RDWR | O_CLOEXEC);
                high[i] = from < 0 ? -1 : fcntl(from, F_DUPFD_CLOEXEC, MAX_FDS + 4);
                if (high[i] < 0)
                        return -errno;
        }
        *report = fcntl(*report, F_DUPFD_CLOEXEC, MAX_FDS + 4);
        if (*report < 0)
                return -errno;
        for (size_t i = 0; i < s->n_fds; i++)
                if (dup2(high[i], (int)i) < 0)
                        return -errno;
        if (syscall(SYS_close_range, (unsigned)s->n_fds, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */) < 0)
                return -errno;
        return 0;
}

static void __attribute__((noreturn)) child(const BaseSpawn *s, int report, int alive) {
        struct pollfd parent = { .fd = alive, .events = 0 };
        sigset_t none;
        int r;

        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        if ((s->namespaces & CLONE_NEWNS) && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
                _exit(127);
        if (setsid() < 0) /* no terminal: TIOCSTI works on 6.1 */
                _exit(127);
        if (s->uid != 0) /* not the caller's keys either; without keyrings in the kernel there is nothing to leave */
                (void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
        if (s->uid != 0)
                base_drop_to(s->uid);
        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || poll(&parent, 1, 0) != 0) /* hung up: the parent is gone */
                _exit(127);
        r = place_fds(s, &report);
        if (r == 0) {
                execve(s->path, s->argv, s->envp);
                r = -errno;
        }
        (void)!write(report, &r, sizeof r);
        _exit(127);
}

int base_spawn(const BaseSpawn *s, pid_t *ret_pid, int *ret_pidfd) {
        int report[2], alive[2], pidfd = -1, error = 0;
        struct clone_args args = {
                .flags = CLONE_PIDFD | CLONE_CLEAR_SIGHAND | (s->cgroup >= 0 ? CLONE_INTO_CGROUP : 0) | s->namespaces,
                .pidfd = (uintptr_t)&pidfd,
                .exit_signal = SIGCHLD,
                .cgroup = s->cgroup >= 0 ? (uint64_t)s->cgroup : 0,
        };
        ssize_t n;
        long pid;

        if (s->n_fds > MAX_FDS)
                return -E2BIG;
        if (pipe2(report, O_CLOEXEC) < 0)
                return -errno;
        BASE_FD report_read = report[0];
        BASE_FD report_write = report[1];
        if (pipe2(alive, O_CLOEXEC) < 0)
                return -errno;
        BASE_FD alive_read = alive[0];
        BASE_FD alive_write = alive[1];
        pid = syscall(SYS_clone3, &args, sizeof args);
        if (pid < 0)
                return -errno;
        if (pid == 0) {
                close(alive_write);
                child(s, report_write, alive_read);
        }
        base_fd_done(&report_write);
        struct pollfd p = { .fd = report_read, .events = POLLIN };
        if (poll(&p, 1, SPAWN_MS) != 1) { /* stopped by another process of its new uid */
                (void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
        }
        do /* end of file: exec closed it */
                n = read(report_read, &error, sizeof error);
        while (n < 0 && errno == EINTR);
        if (p.revents == 0 || n != 0) {
                close(pidfd);
                waitpid((pid_t)pid, NULL, 0);
                return p.revents == 0 ? -ETIMEDOUT : n == sizeof error && error < 0 ? error : -ECHILD;
        }
        *ret_pid = (pid_t)pid;
        *ret_pidfd = pidfd;
        return 0;
}
