/* init-main: pid 1 of a zone: shuts itself in, tests the walls, starts the program, reaps.
 * Runs as: zone.  Input: the sealed init plan; orders of the builder.  Must not: hold a capability, outlive the builder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "base/base-filter.h"
#include "base/base-msg.h"
#include "sandboxd/filter/zone-filter.h"
#include "sandboxd/init/init-walls.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { BUILDER = 3, PLAN = 4 };

static void say(uint32_t type, uint32_t value, int error, const char *text, int fd) {
        PolicyMsgInit msg = { .type = type, .value = value, .error = error };

        snprintf(msg.text, sizeof msg.text, "%s", text);
        (void)base_msg_send(BUILDER, &msg, sizeof msg, &fd, fd >= 0 ? 1 : 0);
}

static void __attribute__((noreturn)) fail(const char *what, int error) {
        say(POLICY_INIT_FAILED, 0, error, what, -1);
        _exit(1);
}

/* kernel doc userspace-api/landlock: EXECUTE since ABI 1, scoped since ABI 6; an attribute with a zero tail is taken by older ones. */
static void restrict_execution(const PolicyInitPlan *plan) {
        struct {
                uint64_t fs, net, scoped;
        } attr = { .fs = LANDLOCK_ACCESS_FS_EXECUTE };
        int abi = base_filter_landlock_abi();

        if (abi == 0)
                fail("Landlock, which this kernel lacks", -EOPNOTSUPP);
        if (abi >= 6)
                attr.scoped = 3; /* abstract sockets, signals */
        BASE_FD ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
        if (ruleset < 0)
                fail("Landlock ruleset", -errno);
        for (uint32_t i = 0; i < plan->n_execs; i++) {
                struct landlock_path_beneath_attr rule = { .allowed_access = LANDLOCK_ACCESS_FS_EXECUTE };
                BASE_FD file = open(plan->execs[i], O_PATH | O_CLOEXEC);
                if (file < 0 && errno == ENOENT) /* a helper program that this version of the browser does not have */
                        continue;
                rule.parent_fd = file;
                if (file < 0 || syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
                        fail(plan->execs[i], -errno);
        }
        if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
                fail("Landlock", -errno);
}

static void install_filter(void) {
        int listener = base_filter_install(zone_filter, sizeof zone_filter / sizeof *zone_filter,
                                           SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
        if (listener < 0)
                fail("seccomp", listener);
        say(POLICY_INIT_LISTENER, 0, 0, "", listener);
        close(listener);
}

static void wait_for_go(void) {
        PolicyMsgInit msg;
        int fds[BASE_MSG_MAX_FDS];
        size_t n_fds = 0;

        if (base_msg_recv(BUILDER, &msg, sizeof msg, fds, &n_fds, 0) != sizeof msg || msg.type != POLICY_INIT_GO || n_fds != 0)
                _exit(1);
}

/* The program gets 0, 1, 2 and nothing else: the socket and the plan are close-on-exec by then. */
static pid_t start(const PolicyInitPlan *plan, const char *const *argv, bool quiet) {
        pid_t pid = fork();

        if (pid != 0)
                return pid;
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        if (quiet) {
                int null = open("/dev/null", O_RDWR | O_CLOEXEC);
                for (int fd = 0; fd < 3; fd++)
                        if (dup2(null, fd) < 0)
                                _exit(126);
        }
        setsid();
        if (chdir("/home/zone") < 0)
                _exit(126);
        execve(plan->program, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)plan->envp);
        dprintf(2, "hanare: cannot start %s: %s\n", plan->program, strerror(errno));
        _exit(errno == ENOENT ? 127 : 126);
}

/* Another address for the running application: started once more, a browser hands it to its first instance and ends. */
static void show(const PolicyInitPlan *plan, const char *address) {
        const char *argv[POLICY_INIT_MAX_ARGS + 2];
        uint32_t n = 0;

        for (; plan->argv[n]; n++)
                argv[n] = n == plan->address_arg && n > 0 ? address : plan->argv[n];
        if (plan->address_arg == 0)
                argv[n++] = address;
        argv[n] = NULL;
        (void)start(plan, argv, true);
}

static void reap(pid_t application) {
        for (;;) {
                int status;
                pid_t pid = waitpid(-1, &status, WNOHANG);
                if (pid <= 0)
                        return;
                if (pid == application) {
                        say(POLICY_INIT_EXIT, (uint32_t)status, 0, "", -1);
                        for (;;) /* the builder ends the zone */
                                poll(NULL, 0, -1);
                }
        }
}

static void __attribute__((noreturn)) serve(const PolicyInitPlan *plan, pid_t application, int signals) {
        struct pollfd p[] = { { BUILDER, POLLIN, 0 }, { signals, POLLIN, 0 } };

        for (;;) {
                struct signalfd_siginfo info;
                PolicyMsgInit msg;
                int fds[BASE_MSG_MAX_FDS];
                size_t n_fds = 0;

                reap(application);
                if (poll(p, 2, -1) < 0 && errno != EINTR)
                        _exit(1);
                if (p[1].revents)
                        (void)!read(signals, &info, sizeof info);
                if (p[0].revents == 0)
                        continue;
                if (base_msg_recv(BUILDER, &msg, sizeof msg, fds, &n_fds, 0) != sizeof msg)
                        _exit(1);
                msg.text[sizeof msg.text - 1] = '\0';
                if (msg.type == POLICY_INIT_SHOW && *msg.text)
                        show(plan, msg.text);
        }
}

int main(void) {
        PolicyInitPlan plan;
        const void *bytes;
        sigset_t child;
        size_t n;
        uint32_t stand;
        int r, showed = 0, signals;
        pid_t application;

        if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                _exit(1);
        umask(077);
        r = base_fd_map_sealed(PLAN, POLICY_INIT_PLAN_MAX, &bytes, &n);
        if (r < 0 || (r = policy_init_plan_decode(bytes, n, &plan)) < 0)
                fail("init plan", r);
        if (fcntl(BUILDER, F_SETFD, FD_CLOEXEC) < 0 || fcntl(PLAN, F_SETFD, FD_CLOEXEC) < 0)
                fail("descriptors", -errno);
        restrict_execution(&plan);
        install_filter();
        stand = init_walls_test(&plan, &showed);
        say(POLICY_INIT_WALLS, stand, showed, "", -1);
        wait_for_go();
        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        sigprocmask(SIG_SETMASK, &child, NULL);
        signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
        if (signals < 0)
                fail("signalfd", -errno);
        application = start(&plan, plan.argv, false);
        if (application < 0)
                fail("fork", -errno);
        if (fcntl(0, F_GETFD) >= 0) /* the pipes are the program's alone: its reader must see the end */
                for (int fd = 0; fd < 3; fd++) {
                        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
                        if (null < 0 || dup2(null, fd) < 0)
                                fail("standard descriptors", -errno);
                        close(null);
                }
        serve(&plan, application, signals);
}
