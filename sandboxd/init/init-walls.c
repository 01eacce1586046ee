/* init-walls: the self-test: every wall is touched from inside before the application runs.
 * Runs as: zone.  Input: none but the kernel's answers.  Must not: leave a trace in the zone.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A test returns 0 when the wall stands, else what it saw. Raw system calls: the C library must not stand between. */
#include "base/base-fd.h"
#include "sandboxd/init/init-walls.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

/* The call must fail with this errno. */
static int must_fail(long r, int with) {
        if (r >= 0)
                return 1;
        return errno == with ? 0 : -errno;
}

static int wall_ids(void) {
        uid_t r, e, s;
        gid_t a, b, c;

        if (getresuid(&r, &e, &s) < 0 || getresgid(&a, &b, &c) < 0)
                return -errno;
        if (r != 1000 || e != 1000 || s != 1000 || a != 1000 || b != 1000 || c != 1000)
                return (int)r + 1;
        return must_fail(syscall(SYS_setresuid, 0, 0, 0), EPERM);
}

static int wall_capabilities(void) {
        struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct now[2], none[2] = { 0 };

        if (syscall(SYS_capget, &head, now) < 0)
                return -errno;
        if (memcmp(now, none, sizeof none) != 0)
                return 1;
        for (int cap = 0; cap < 64; cap++)
                if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1 || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) == 1)
                        return cap + 2;
        return 0;
}

static int wall_no_new_privs(void) {
        return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 1;
}

static int wall_seccomp(void) {
        int r = prctl(PR_GET_SECCOMP, 0, 0, 0, 0);
        if (r != 2)
                return r < 0 ? -errno : 1;
        if ((r = must_fail(syscall(SYS_clone3, NULL, 0), ENOSYS)) != 0)
                return r;
        return must_fail(syscall(SYS_splice, -1, NULL, -1, NULL, 0, 0), EPERM);
}

/* The builder answers EPERM and counts: a call that is not on the tripwire would show another errno, or not be counted. */
static int wall_tripwire(void) {
        for (int i = 0; policy_tripwire[i] >= 0; i++) {
                int r = must_fail(syscall(policy_tripwire[i], -1, 0, 0, 0, 0, 0), EPERM);
                if (r != 0)
                        return policy_tripwire[i];
        }
        return 0;
}

static int wall_namespaces(void) {
        static const unsigned long kinds[] = { CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWCGROUP };

        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
                int r = must_fail(syscall(SYS_unshare, kinds[i]), EPERM);
                if (r == 0)
                        r = must_fail(syscall(SYS_clone, kinds[i] | SIGCHLD, NULL, NULL, NULL, NULL), EPERM);
                if (r == 0) /* with a user namespace the kernel itself would ask for no capability: this EPERM is the filter's */
                        r = must_fail(syscall(SYS_unshare, CLONE_NEWUSER | kinds[i]), EPERM);
                if (r != 0)
                        return r;
        }
        if (getpid() != 1)
                return getpid();
        return must_fail(syscall(SYS_unshare, CLONE_NEWTIME), EPERM);
}

static int wall_namespace_limits(void) {
        char text[32];
        BASE_FD fd = open("/proc/sys/user/max_mnt_namespaces", O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);

        /* seen from the zone's own user namespace, where the limit was written */
        return n < 0 ? -errno : n == 2 && memcmp(text, "0\n", 2) == 0 ? 0 : 1;
}

static int wall_sockets(void) {
        static const struct { int family, type, protocol; } denied[] = {
                { AF_ALG, SOCK_SEQPACKET, 0 }, { AF_VSOCK, SOCK_STREAM, 0 }, { AF_PACKET, SOCK_RAW, 0 }, { AF_KEY, SOCK_RAW, 2 },
                { AF_INET, SOCK_RAW, IPPROTO_ICMP }, { AF_INET, SOCK_DGRAM, IPPROTO_ICMP }, { AF_INET, SOCK_STREAM, 262 /* MPTCP */ },
                { AF_NETLINK, SOCK_RAW, 12 /* NETFILTER */ }, { AF_NETLINK, SOCK_RAW, 6 /* XFRM */ }, { AF_NETLINK, SOCK_RAW, 16 /* GENERIC */ },
        };
        for (size_t i = 0; i < sizeof denied / sizeof *denied; i++) {
                int pair[2], r = must_fail(syscall(SYS_socket, denied[i].family, denied[i].type, denied[i].protocol), EPERM);
                if (r == 0) /* socketpair(2) makes sockets of the family before it asks whether the family has pairs */
                        r = must_fail(syscall(SYS_socketpair, denied[i].family, denied[i].type, denied[i].protocol, pair), EPERM);
                if (r != 0)
                        return r;
        }
        return 0;
}

static int wall_terminal(void) {
        char c = 'x';
        int r = must_fail(syscall(SYS_ioctl, 0, 0x5412ul /* TIOCSTI */, &c), EPERM);
        if (r == 0)
                r = must_fail(syscall(SYS_ioctl, 0, 0x100005412ul, &c), EPERM); /* high bits: CVE-2019-10063 */
        if (r == 0)
                r = must_fail(syscall(SYS_ioctl, 0, 0x541cul /* TIOCLINUX */, &c), EPERM);
        return r == 0 ? must_fail(open("/dev/tty", O_RDWR | O_CLOEXEC), ENOENT) : r;
}

static char *const no_args[] = { (char *)"x", NULL };

/* Landlock refuses the execve(2) as well, but not the mapping: that one is the mount's alone. */
static int exec_from(const char *path) {
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0700), r;
        void *p;

        if (fd < 0)
                return -errno;
        p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
        r = p == MAP_FAILED && (errno == EPERM || errno == EACCES) ? 0 : 1; /* EACCES: AppArmor's, asked before the mount */
        if (p != MAP_FAILED)
                munmap(p, 4096);
        close(fd);
        if (r != 0) {
                unlink(path);
                return r;
        }
        r = must_fail(execve(path, no_args, no_args + 1), EACCES);
        unlink(path);
        return r;
}

static int wall_noexec(void) {
        static const char *const places[] = { "/home/zone/.hanare-wall", "/tmp/.hanare-wall", "/run/zone/.hanare-wall", "/dev/shm/.hanare-wall", "/var/tmp/.hanare-wall" };
        int r = 0;

        for (size_t i = 0; r == 0 && i < sizeof places / sizeof *places; i++)
                r = exec_from(places[i]);
        return r;
}

/* In a child: where the wall is down, the program takes its place. */
static int exec_refused(const char *path) {
        int status;
        pid_t pid = fork();

        if (pid < 0)
                return -errno;
        if (pid == 0) {
                for (int fd = 0; fd < 3; fd++)
                        close(fd);
                execve(path, no_args, no_args + 1);
                _exit(errno);
        }
        if (waitpid(pid, &status, 0) != pid)
                return -errno;
        return WIFEXITED(status) && WEXITSTATUS(status) == EACCES ? 0 : 1;
}

/* Every /usr library directory is an executable mount; what stands there and is not listed is held by Landlock alone. */
static int wall_landlock(const PolicyInitPlan *plan) {
        static const char *const libraries[] = { "/lib/x86_64-linux-gnu/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6" };

        for (size_t i = 0; i < 2; i++) {
                struct stat st;
                if (stat(libraries[i], &st) < 0 || !(st.st_mode & 0111))
                        continue;
                for (uint32_t k = 0; k < plan->n_execs; k++)
                        if (strstr(plan->execs[k], "libc.so.6"))
                                return 0;
                return exec_refused(libraries[i]);
        }
        return 0; /* no library is visible: the program is static, nothing but it can be executed */
}

static int wall_memfd(void) {
        char path[32];
        BASE_FD fd = (int)syscall(SYS_memfd_create, "wall", 0x10 /* MFD_EXEC, 6.3 */);

        if (fd < 0 && errno == EACCES) /* vm.memfd_noexec=2: a memfd that could be executed is not even made */
                return 0;
        if (fd < 0 && errno == EINVAL)
                fd = (int)syscall(SYS_memfd_create, "wall", 0);
        if (fd < 0)
                return -errno;
        if (fchmod(fd, 0700) < 0)
                return -errno;
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        return must_fail(execve(path, no_args, no_args + 1), EACCES);
}

static int wall_map_exec(void) {
        BASE_FD fd = open("/tmp/.hanare-wall", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        void *p;

        if (fd < 0)
                return -errno;
        unlink("/tmp/.hanare-wall");
        p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED) /* EPERM of a noexec mount (mmap(2)), EACCES of AppArmor before it */
                return errno == EPERM || errno == EACCES ? 0 : -errno;
        munmap(p, 4096);
        return 1;
}

static int wall_root(void) {
        char cwd[16];

        if (!getcwd(cwd, sizeof cwd) || strcmp(cwd, "/") != 0)
                return 1;
        int r = must_fail(mkdir("/hanare-wall", 0700), EROFS);
        if (r != 0)
                return r;
        r = must_fail(open("/usr/hanare-wall", O_CREAT | O_WRONLY | O_CLOEXEC, 0600), EROFS);
        return r != 0 ? r : must_fail(open("/etc/passwd", O_WRONLY | O_CLOEXEC), EACCES);
}

static int wall_proc(void) {
        static const char *const shut[] = { "/proc/kcore", "/proc/kallsyms", "/proc/keys", "/proc/timer_list", "/proc/sysrq-trigger" };
        char c;

        for (size_t i = 0; i < sizeof shut / sizeof *shut; i++) {
                BASE_FD fd = open(shut[i], O_RDONLY | O_CLOEXEC);
                if (fd < 0 && errno != ENOENT && errno != EACCES && errno != EPERM)
                        return -errno;
                if (fd >= 0 && read(fd, &c, 1) > 0)
                        return (int)i + 1;
        }
        return must_fail(open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC), EACCES) == 0 ||
               must_fail(open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC), EROFS) == 0 ? 0 : -errno;
}

static int wall_host_files(void) {
        static const char *const absent[] = { "/sys/kernel", "/etc/shadow", "/bin", "/sbin", "/usr/bin/sh", "/usr/sbin", "/usr/local", "/root",
                                              "/run/dbus", "/run/systemd", "/tmp/.X11-unix", "/dev/mem", "/dev/kmsg", "/dev/dri", "/.old", "/boot" };
        struct stat st;

        for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
                int r = must_fail(syscall(SYS_newfstatat, AT_FDCWD, absent[i], &st, AT_SYMLINK_NOFOLLOW), ENOENT);
                if (r != 0)
                        return r < 0 ? r : (int)i + 1;
        }
        return 0;
}

/* A datagram socket sends nothing to connect: where the wall is down, the answer comes at once and no one is reached. */
static int dial(const char *address, int port, int type) {
        struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
        BASE_FD fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

        if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1)
                return -errno;
        return connect(fd, (struct sockaddr *)&to, sizeof to) < 0 ? -errno : 0;
}

static int wall_network(void) {
        static const char *const out[] = { "192.0.2.1", "10.0.0.1", "169.254.169.254", "8.8.8.8" };

        for (size_t i = 0; i < sizeof out / sizeof *out; i++) {
                int r = dial(out[i], 80, SOCK_DGRAM);
                if (r != -ENETUNREACH)
                        return r == 0 ? 1 : r;
        }
        return dial("127.0.0.1", 80, SOCK_STREAM) == -ECONNREFUSED ? 0 : 1; /* a loopback of its own: the host's web server is not there */
}

static int wall_gateway(const PolicyInitPlan *plan) {
        int r = dial("127.0.0.1", 3128, SOCK_STREAM), want = plan->flags & POLICY_INIT_NETWORK ? 0 : -ECONNREFUSED;
        return r == want ? 0 : r == 0 ? 1 : r;
}

static int wall_descriptors(void) {
        for (int fd = 5; fd < 256; fd++)
                if (fcntl(fd, F_GETFD) >= 0)
                        return fd;
        return 0;
}

static int wall_core(void) {
        struct rlimit core;
        if (syscall(SYS_prlimit64, 0, RLIMIT_CORE, NULL, &core) < 0)
                return -errno;
        return core.rlim_cur <= 1 && core.rlim_max <= 1 ? 0 : 1;
}

/* Law 9: without user namespaces of its own Chromium dies and Firefox silently goes on without a sandbox. */
static int wall_nested(const PolicyInitPlan *plan) {
        int status;
        long pid;

        if (!(plan->flags & POLICY_INIT_NESTED))
                return 0;
        pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | SIGCHLD, NULL, NULL, NULL, NULL);
        if (pid < 0)
                return -errno;
        if (pid == 0)
                _exit(0);
        return waitpid((pid_t)pid, &status, 0) == pid && status == 0 ? 0 : 1;
}

static int test_wall(PolicyWall wall, const PolicyInitPlan *plan) {
        switch (wall) {
        case POLICY_WALL_IDS: return wall_ids();
        case POLICY_WALL_CAPABILITIES: return wall_capabilities();
        case POLICY_WALL_NO_NEW_PRIVS: return wall_no_new_privs();
        case POLICY_WALL_SECCOMP: return wall_seccomp();
        case POLICY_WALL_TRIPWIRE: return wall_tripwire();
        case POLICY_WALL_NAMESPACES: return wall_namespaces();
        case POLICY_WALL_NAMESPACE_LIMITS: return wall_namespace_limits();
        case POLICY_WALL_SOCKETS: return wall_sockets();
        case POLICY_WALL_TERMINAL: return wall_terminal();
        case POLICY_WALL_NOEXEC: return wall_noexec();
        case POLICY_WALL_LANDLOCK: return wall_landlock(plan);
        case POLICY_WALL_MEMFD: return wall_memfd();
        case POLICY_WALL_MAP_EXEC: return wall_map_exec();
        case POLICY_WALL_ROOT: return wall_root();
        case POLICY_WALL_PROC: return wall_proc();
        case POLICY_WALL_HOST_FILES: return wall_host_files();
        case POLICY_WALL_NETWORK: return wall_network();
        case POLICY_WALL_GATEWAY: return wall_gateway(plan);
        case POLICY_WALL_DESCRIPTORS: return wall_descriptors();
        case POLICY_WALL_CORE: return wall_core();
        case POLICY_WALL_NESTED: return wall_nested(plan);
        case POLICY_WALLS: break;
        }
        return 1;
}

uint32_t init_walls_test(const PolicyInitPlan *plan, int *ret_showed) {
        uint32_t stand = 0;
        int showed = 0;

        for (int w = 0; w < POLICY_WALLS; w++) {
                int r = test_wall((PolicyWall)w, plan);
                if (r == 0)
                        stand |= 1u << w;
                else if (showed == 0)
                        showed = r;
        }
        *ret_showed = showed;
        return stand;
}
