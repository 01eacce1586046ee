/* builder-inside: what the clone does as real root inside the zone's namespaces, up to exec of pid 1.
 * Runs as: root (builder), then zone.  Input: what its parent decided.  Must not: return, keep a descriptor, run anything of the zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-drop.h"
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "sandboxd/builder/builder-zone.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <linux/securebits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void __attribute__((noreturn)) fail(int sock, BuilderStep step, int error) {
        PolicyMsgInit msg = { .type = POLICY_INIT_FAILED, .value = step, .error = error };
        (void)base_msg_send(sock, &msg, sizeof msg, NULL, 0);
        _exit(127);
}

static void must(int sock, BuilderStep step, int r) {
        if (r < 0)
                fail(sock, step, r);
}

static void must_errno(int sock, BuilderStep step, long r) {
        if (r < 0)
                fail(sock, step, -errno);
}

static void wait_for_parent(int sock) {
        PolicyMsgInit msg;
        int fds[BASE_MSG_MAX_FDS];
        size_t n_fds;

        if (base_msg_recv(sock, &msg, sizeof msg, fds, &n_fds, 0) != sizeof msg || msg.type != POLICY_INIT_GO)
                _exit(127);
}

static int pivot(int root) {
        struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };

        if (fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
                return -errno;
        return mount_setattr(AT_FDCWD, "/", 0, &read_only, sizeof read_only) < 0 ? -errno : 0;
}

/* Written with the new user namespace's own power (user_namespaces(7)): kills the overlay and mount class of escapes even for
 * a program that got past the filter. The kinds that browsers nest keep room for their children. */
static int limit_namespaces(int sys) {
        static const char *const limits[][2] = {
                { "user/max_mnt_namespaces", "0" }, { "user/max_uts_namespaces", "0" }, { "user/max_cgroup_namespaces", "0" },
                { "user/max_time_namespaces", "0" }, { "user/max_user_namespaces", "64" }, { "user/max_pid_namespaces", "64" },
                { "user/max_net_namespaces", "64" }, { "user/max_ipc_namespaces", "64" },
        };
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
                int r = base_fd_write_file(sys, limits[i][0], limits[i][1]);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int drop_bounding(void) {
        for (int cap = 0; cap <= cap_max_bits() - 1; cap++)
                if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
                        return -errno;
        return 0;
}

static int drop_capabilities(void) {
        cap_t none = cap_init();
        int r = !none || cap_set_proc(none) < 0 ? -errno : 0;

        cap_free(none);
        return r;
}

static int limit_resources(uint32_t nofile) {
        struct rlimit core = { 1, 1 }, files = { nofile, nofile }, locked = { 8u << 20, 8u << 20 }, queue = { 0, 0 };

        if (setrlimit(RLIMIT_CORE, &core) < 0 || setrlimit(RLIMIT_NOFILE, &files) < 0 || setrlimit(RLIMIT_MEMLOCK, &locked) < 0 ||
            setrlimit(RLIMIT_MSGQUEUE, &queue) < 0)
                return -errno;
        return 0;
}

/* The profile takes effect at the exec of init. Without AppArmor the file is not there. */
static void confine(int sock, bool expected) {
        int fd = open("/proc/thread-self/attr/apparmor/exec", O_WRONLY | O_CLOEXEC);

        if (fd < 0)
                must(sock, STEP_PROC, expected ? -ENOENT : 0);
        else if (write(fd, "exec hanare-zone", 16) != 16)
                must(sock, STEP_PROC, expected ? -errno : 0);
        base_fd_done(&fd);
}

static void enter_ids(int sock, uint32_t nofile, int sys) {
        PolicyMsgInit ready = { .type = POLICY_INIT_STARTED };

        must_errno(sock, STEP_IDS, setgroups(0, NULL));
        must(sock, STEP_IDS, limit_resources(nofile));
        must_errno(sock, STEP_IDS, unshare(CLONE_NEWUSER));
        must(sock, STEP_IDS, base_msg_send(sock, &ready, sizeof ready, NULL, 0));
        wait_for_parent(sock); /* it writes the id maps */
        must(sock, STEP_IDS, limit_namespaces(sys));
        must_errno(sock, STEP_IDS, prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                                         SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
                                         SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED, 0, 0, 0));
        must(sock, STEP_IDS, drop_bounding());
        must_errno(sock, STEP_IDS, setresgid(1000, 1000, 1000));
        must_errno(sock, STEP_IDS, setresuid(1000, 1000, 1000));
        must(sock, STEP_IDS, drop_capabilities());
        must_errno(sock, STEP_IDS, prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
        must_errno(sock, STEP_IDS, prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)); /* after the last change of ids, which clears it */
        struct pollfd parent = { .fd = sock };
        if (poll(&parent, 1, 0) != 0 && (parent.revents & (POLLHUP | POLLERR))) /* its other end is gone: so is the builder */
                _exit(127);
}

static void exec_init(int sock, const int *stdio, int init_exe, int init_plan) {
        static char *const argv[] = { (char *)"sandboxd-init", NULL }, *const envp[] = { NULL };
        int null = open("/dev/null", O_RDWR), high[6];
        const int from[6] = { stdio ? stdio[0] : null, stdio ? stdio[1] : null, stdio ? stdio[2] : null, sock, init_plan, init_exe };

        must_errno(sock, STEP_INIT, null);
        for (int i = 0; i < 6; i++)
                must_errno(sock, STEP_INIT, high[i] = fcntl(from[i], F_DUPFD_CLOEXEC, 32));
        for (int i = 0; i < 5; i++)
                must_errno(high[3], STEP_INIT, dup2(high[i], i));
        must_errno(3, STEP_INIT, dup3(high[5], 5, O_CLOEXEC));
        base_close_from(6);
        execveat(5, "", argv, envp, AT_EMPTY_PATH);
        fail(3, STEP_INIT, -errno);
}

/* The zone has one IPv4 loopback to talk to. A link-local address that arrives late is a change of network to a browser, which
 * drops its first page for it. */
static int silence_ipv6(int sys) {
        int r = base_fd_write_file(sys, "net/ipv6/conf/all/disable_ipv6", "1");
        return r == -ENOENT ? 0 : r; /* no IPv6 in this kernel */
}

/* Here a spare waits until somebody wants its zone. */
static size_t take_order(int sock, PolicyMsgInit *ret_order, int fds[BASE_MSG_MAX_FDS]) {
        size_t n_fds = 0;
        ssize_t n = base_msg_recv(sock, ret_order, sizeof *ret_order, fds, &n_fds, 0);

        if (n == 0)
                _exit(0); /* nobody does */
        if (n != sizeof *ret_order || ret_order->type != POLICY_INIT_ENTER || (n_fds != 2 && n_fds != 5))
                fail(sock, STEP_PROGRAM, -EPROTO);
        return n_fds;
}

void builder_inside(const BuilderZone *z, int sock) {
        PolicyMsgInit net = { .type = POLICY_INIT_LISTENER }, order;
        bool memfd_noexec = false, network = z->kind->flags & POLICY_KIND_NETWORK;
        int listener = -1, sys = -1, root, fds[BASE_MSG_MAX_FDS];
        sigset_t none;

        sigemptyset(&none);
        must_errno(sock, STEP_CLONE, sigprocmask(SIG_SETMASK, &none, NULL));
        must_errno(sock, STEP_CLONE, prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0));
        must_errno(sock, STEP_CLONE, setsid());
        must_errno(sock, STEP_CLONE, sethostname("hanare", 6));
        must_errno(sock, STEP_CLONE, syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
        root = open(BUILDER_STAGE "/root", O_PATH | O_DIRECTORY | O_CLOEXEC); /* this namespace's copy: the parent's mount is not ours to change */
        must_errno(sock, STEP_ROOT, root);
        must(sock, STEP_PROC, builder_proc_mount(root, &memfd_noexec, &sys));
        must(sock, STEP_NETWORK, silence_ipv6(sys));
        must(sock, STEP_NETWORK, builder_net_setup(network, &listener));
        net.value = memfd_noexec;
        must(sock, STEP_NETWORK, base_msg_send(sock, &net, sizeof net, &listener, network ? 1 : 0));
        base_fd_done(&listener);
        size_t n_fds = take_order(sock, &order, fds);
        if (*order.text)
                must(sock, STEP_PROGRAM, builder_root_program(root, order.text));
        must(sock, STEP_PIVOT, pivot(root));
        confine(sock, z->apparmor);
        enter_ids(sock, z->kind->nofile, sys);
        exec_init(sock, n_fds == 5 ? fds + 2 : NULL, fds[0], fds[1]);
        _exit(127);
}
