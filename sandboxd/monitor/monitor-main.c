/* monitor-main: sandboxd: the one privileged parent. Starts the compiler, the broker and the builders; holds the policy table.
 * Runs as: root (monitor).  Input: signals, the broker's orders, the builders' receipts.  Must not: parse text, read the bus.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-drop.h"
#include "base/base-fd.h"
#include "sandboxd/monitor/monitor.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static Monitor monitor = {
        .cgroup_zones = -1, .cgroup_broker = -1, .cgroup_v1 = { -1, -1, -1 }, .signals = -1, .table_fd = -1, .denylist_fd = -1, .broker = -1, .broker_pidfd = -1,
        .ledger = { .log = -1, .log_read = -1, .head = -1 },
};

static void __attribute__((noreturn)) fatal(const char *what, int error) {
        monitor_log("%s: %s", what, strerror(-error));
        exit(1);
}

/* The folders' owners tell the service users without a look into a text file of names. */
static uid_t service_uid(const char *dir) {
        struct stat st;

        if (lstat(dir, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid == 0 || st.st_uid >= 2000000000u)
                fatal("the folder of a service user is missing or root's: run systemd-sysusers and systemd-tmpfiles (hanare doctor)", -ENOENT);
        return st.st_uid;
}

static void make_dir(const char *path) {
        struct stat st;

        if (mkdir(path, 0700) < 0 && errno != EEXIST)
                fatal(path, -errno);
        if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid != 0)
                fatal(path, -EPERM);
}

static void take_lock(void) {
        char text[32];
        int fd = open(HANARE_RUNDIR "/sandboxd.pid", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

        if (fd < 0)
                fatal(HANARE_RUNDIR "/sandboxd.pid", -errno);
        if (flock(fd, LOCK_EX | LOCK_NB) < 0)
                fatal("another sandboxd is running", -errno);
        int n = snprintf(text, sizeof text, "%d\n", (int)getpid());
        if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n || fchmod(fd, 0644) < 0)
                fatal(HANARE_RUNDIR "/sandboxd.pid", -errno);
        /* kept open for as long as we live */
}

static void catch_signals(void) {
        sigset_t set;

        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGHUP);
        if (sigprocmask(SIG_SETMASK, &set, NULL) < 0)
                fatal("signals", -errno);
        signal(SIGPIPE, SIG_IGN);
        monitor.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        if (monitor.signals < 0)
                fatal("signals", -errno);
}

/* By hand it is started from a terminal: no process of ours may hold it for reading, and none gets root's keys. */
static void leave_terminal(void) {
        if (isatty(2)) {
                int log = open("/proc/self/fd/2", O_WRONLY | O_NOCTTY | O_CLOEXEC);
                if (log < 0 || dup2(log, 2) < 0)
                        fatal("the log", -errno);
                close(log);
        }
        for (int fd = 0; fd < 2; fd++) {
                int null = open("/dev/null", O_RDWR | O_CLOEXEC);
                if (null < 0 || dup2(null, fd) < 0)
                        fatal("/dev/null", -errno);
                close(null);
        }
        if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS)
                fatal("session keyring", -errno);
}

static void prepare(void) {
        int r;

        base_drop_common();
        leave_terminal();
        make_dir(HANARE_RUNDIR);
        make_dir(HANARE_RUNDIR "/stage");
        take_lock();
        monitor.broker_uid = service_uid(HANARE_STATEDIR "/broker");
        monitor.compile_uid = service_uid(HANARE_STATEDIR "/compile");
        catch_signals();
        monitor.substitutes = monitor_kernel_substitutes();
        if ((r = monitor_ledger_open(&monitor)) < 0)
                fatal("the receipt log in " HANARE_STATEDIR, r);
        if ((r = monitor_cgroup_open(&monitor)) < 0)
                fatal("control groups", r);
}

static void reload(void) {
        if (monitor_policy_load(&monitor) == 0) {
                monitor_log("policy loaded");
                monitor_zones_drop_spare(&monitor);
                monitor_zones_renew(&monitor);
        }
        monitor_broker_send_table(&monitor);
}

static void on_signal(void) {
        struct signalfd_siginfo info;

        while (read(monitor.signals, &info, sizeof info) == sizeof info) {
                if (info.ssi_signo == SIGHUP)
                        reload();
                else
                        exit(0); /* every child has a parent-death signal: zones end now, their records at the next start */
        }
}

static void keep_broker(void) {
        static struct timespec last;
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        if (monitor.broker_pidfd >= 0 || (monitor.broker_deaths > 0 && now.tv_sec == last.tv_sec))
                return;
        last = now;
        (void)monitor_broker_start(&monitor);
}

/* One turn: broker, signals, then every builder's process and socket. */
static void turn(void) {
        static struct pollfd p[3 + 2 * POLICY_MAX_ZONES];
        nfds_t n = 3;
        int due = monitor_zones_spare_due(&monitor), wait = -1;

        if (monitor.broker_pidfd < 0 || monitor.spare_died || monitor.verify_wanted || monitor_zones_pending(&monitor))
                wait = 300;
        if (due > 0)
                wait = due;
        p[0] = (struct pollfd){ monitor.signals, POLLIN, 0 };
        p[1] = (struct pollfd){ monitor.broker, POLLIN, 0 };
        p[2] = (struct pollfd){ monitor.broker_pidfd, POLLIN, 0 };
        for (unsigned i = 0; i < POLICY_MAX_ZONES; i++) {
                MonitorSlot *slot = &monitor.slots[i];
                bool used = slot->state != SLOT_FREE;
                p[n++] = (struct pollfd){ used ? slot->pidfd : -1, POLLIN, 0 };
                p[n++] = (struct pollfd){ slot->state == SLOT_BUSY ? slot->sock : -1, POLLIN, 0 };
        }
        if (poll(p, n, wait) < 0)
                return;
        if (p[0].revents)
                on_signal();
        if (p[1].revents)
                monitor_broker_read(&monitor);
        if (p[2].revents)
                monitor_broker_ended(&monitor);
        for (unsigned i = 0; i < POLICY_MAX_ZONES; i++) {
                if (p[3 + 2 * i + 1].revents)
                        monitor_zones_read(&monitor, &monitor.slots[i]);
                if (p[3 + 2 * i].revents)
                        monitor_zones_reap(&monitor, &monitor.slots[i]);
        }
}

int main(int argc, char **argv) {
        if (argc == 2 && strcmp(argv[1], "--version") == 0) {
                puts("sandboxd " HANARE_VERSION);
                return 0;
        }
        if (argc != 1) {
                fputs("usage: sandboxd [--version]   (started by hanare.service, or by root by hand; see sandboxd(8))\n", stderr);
                return 2;
        }
        if (geteuid() != 0) {
                fputs("sandboxd: only root can start zones: run it as root, or systemctl start hanare\n", stderr);
                return 1;
        }
        prepare();
        (void)monitor_policy_load(&monitor); /* without policy it still answers, and says why nothing starts */
        for (;;) {
                keep_broker();
                if (monitor_zones_spare_due(&monitor) == 0)
                        (void)monitor_zones_spare(&monitor);
                monitor_ledger_sync(&monitor);
                monitor_zones_retry(&monitor);
                monitor_broker_verify(&monitor);
                turn();
        }
}
