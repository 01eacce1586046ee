/* plant-memory: leaves processes, memory, queues, keys and sockets behind.
 * Runs as: zone.  Input: the plant's name.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "trace.h"
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#define PLANT(name) static void name(void)

/* A child that holds what was made; told over a pipe that it lives. */
static void hold(void (*first)(void), const char *what) {
        int ready[2];
        char c = 'r';
        if (pipe2(ready, O_CLOEXEC) < 0) {
                trace_refused(errno, "pipe");
                return;
        }
        pid_t pid = fork();
        if (pid == 0) {
                close(ready[0]);
                if (first)
                        first();
                if (write(ready[1], &c, 1) != 1)
                        _exit(1);
                close(ready[1]);
                for (;;)
                        poll(NULL, 0, -1);
        }
        close(ready[1]);
        if (pid > 0 && read(ready[0], &c, 1) == 1)
                trace_planted("%s: process %d", what, (int)pid);
        else
                trace_refused(pid < 0 ? errno : ECHILD, what);
        close(ready[0]);
}
static void leave(void) {
        setsid();
        for (int s = 1; s < 32; s++)
                signal(s, SIG_IGN);
        prctl(PR_SET_NAME, "TRACE-7f3a", 0, 0, 0);
        for (int fd = 0; fd < 3; fd++) {
                int null = open("/dev/null", O_RDWR);
                if (null >= 0)
                        dup2(null, fd);
        }
}
static void leave_twice(void) {
        pid_t pid = fork();
        if (pid == 0) {
                leave();
                poll(NULL, 0, -1);
        }
        leave();
}
static void respawn(void) { /* two that start each other again */
        leave();
        if (fork() == 0)
                for (;;) {
                        pid_t pid = fork();
                        if (pid == 0) {
                                poll(NULL, 0, 200);
                                _exit(0);
                        }
                        waitpid(pid, NULL, 0);
                }
}
PLANT(detached) { hold(leave, "detached"); }
PLANT(daemon_twice) { hold(leave_twice, "forked twice"); }
PLANT(respawner) { hold(respawn, "starts itself again"); }
PLANT(stopped) {
        hold(leave, "to be stopped");
        pid_t pid = fork();
        if (pid == 0) {
                kill(getpid(), SIGSTOP);
                poll(NULL, 0, -1);
        }
        trace_call("a stopped process", pid);
}
PLANT(zombies) {
        int n = 0;
        for (; n < 50; n++) {
                pid_t pid = fork();
                if (pid == 0)
                        _exit(0);
                if (pid < 0)
                        break;
        }
        hold(NULL, "keeper");
        trace_planted("%d zombies", n);
}
static void hold_file(void) {
        leave();
        int fd = open(TRACE_HOME "/" TRACE_MARK, O_RDWR | O_CREAT, 0600);
        if (fd < 0 || write(fd, TRACE_MARK, 10) != 10)
                _exit(1);
        if (chdir(TRACE_HOME) < 0)
                _exit(1);
}
PLANT(holds_file) { hold(hold_file, "holds a file and its directory"); }
static void touch(void) {
        leave();
        char *p = mmap(NULL, 32u << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED)
                _exit(1);
        for (size_t i = 0; i + 64 < 32u << 20; i += 64)
                memcpy(p + i, TRACE_MARK, sizeof TRACE_MARK);
        syscall(__NR_mlock, p, 1ul << 20);
}
PLANT(shared_memory) { hold(touch, "32 MiB of shared memory"); }
PLANT(locked_memory) {
        void *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        trace_call("mlock", syscall(__NR_mlock, p, 1ul << 20));
        trace_call("mlockall", syscall(__NR_mlockall, 3));
}
static void make_memfd(void) {
        leave();
        int fd = (int)syscall(__NR_memfd_create, TRACE_MARK, 8u);
        if (fd < 0)
                fd = (int)syscall(__NR_memfd_create, TRACE_MARK, 0u);
        if (fd < 0 || ftruncate(fd, 8 << 20) < 0 || write(fd, TRACE_MARK, 10) != 10)
                _exit(1);
}
PLANT(memfd) { hold(make_memfd, "memfd"); }
PLANT(sysv_shm) {
        long id = trace_call("shmget", syscall(__NR_shmget, 0x7f3ac91b, 65536ul, 01666));
        if (id >= 0)
                trace_call("shmat", syscall(__NR_shmat, id, NULL, 0));
}
PLANT(sysv_msg) { trace_call("msgget", syscall(__NR_msgget, 0x7f3ac91b, 01666)); }
PLANT(sysv_sem) { trace_call("semget", syscall(__NR_semget, 0x7f3ac91b, 3, 01666)); }
PLANT(posix_shm) { trace_file("/dev/shm/" TRACE_MARK); }
PLANT(posix_mq) {
        trace_call("mq_open", syscall(__NR_mq_open, TRACE_MARK, O_CREAT | O_RDWR, 0600, NULL));
        trace_call("/dev/mqueue", trace_write("/dev/mqueue/" TRACE_MARK));
}
/* These ring the tripwire: the zone ends, and the line before says that the call was made. */
PLANT(keyring_user) {
        trace_planted("add_key is called now");
        trace_call("add_key @u", syscall(__NR_add_key, "user", TRACE_MARK, TRACE_MARK, 10ul, -4));
}
PLANT(keyring_session) {
        trace_planted("add_key is called now");
        trace_call("add_key @s", syscall(__NR_add_key, "user", TRACE_MARK, TRACE_MARK, 10ul, -3));
}
PLANT(mount_attempt) {
        trace_planted("mount is called now");
        trace_call("mount", syscall(__NR_mount, TRACE_MARK, "/tmp", "tmpfs", 0ul, NULL));
}
static int named(const char *name, size_t n) {
        struct sockaddr_un u = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        memcpy(u.sun_path, name, n);
        if (fd < 0 || bind(fd, (struct sockaddr *)&u, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
                return -1;
        return listen(fd, 5);
}
PLANT(abstract_socket) {
        trace_call("abstract socket", named("\0" TRACE_MARK, 1 + strlen(TRACE_MARK)));
        hold(leave, "its holder");
}
PLANT(unix_socket) {
        trace_call("unix socket", named(TRACE_HOME "/" TRACE_MARK, strlen(TRACE_HOME "/" TRACE_MARK) + 1));
        trace_call("unix socket in /run/zone", named("/run/zone/" TRACE_MARK, strlen("/run/zone/" TRACE_MARK) + 1));
        hold(leave, "its holder");
}
PLANT(listening) {
        struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(TRACE_PORT), .sin_addr.s_addr = htonl(INADDR_ANY) };
        int fd = socket(AF_INET, SOCK_STREAM, 0), u = socket(AF_INET, SOCK_DGRAM, 0);
        trace_call("TCP port", fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ? -1 : listen(fd, 5));
        trace_call("UDP port", u < 0 ? -1 : bind(u, (struct sockaddr *)&a, sizeof a));
        hold(leave, "its holder");
}
PLANT(flying) { /* descriptors in a socket whose both ends are in flight too: only the kernel's collector frees them */
        int s[2], f = (int)syscall(__NR_memfd_create, TRACE_MARK, 8u);
        char c = 'x', room[CMSG_SPACE(sizeof(int) * 3)] = { 0 };
        struct iovec iov = { &c, 1 };
        struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room };
        struct cmsghdr *h = CMSG_FIRSTHDR(&m);
        if (socketpair(AF_UNIX, SOCK_DGRAM, 0, s) < 0) {
                trace_refused(errno, "socketpair");
                return;
        }
        int fds[3] = { s[0], s[1], f < 0 ? s[0] : f };
        h->cmsg_level = SOL_SOCKET;
        h->cmsg_type = SCM_RIGHTS;
        h->cmsg_len = CMSG_LEN(sizeof fds);
        memcpy(CMSG_DATA(h), fds, sizeof fds);
        trace_call("sockets in flight inside themselves", sendmsg(s[0], &m, 0));
}
static long nested(unsigned long flags, const char *what) {
        int ready[2];
        char c = 'r';
        if (pipe2(ready, O_CLOEXEC) < 0)
                return -1;
        long pid = syscall(__NR_clone, flags | CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
        if (pid == 0) {
                leave();
                int ok = named("\0" TRACE_MARK, 1 + strlen(TRACE_MARK)) == 0 || !(flags & CLONE_NEWNET);
                if (!ok || write(ready[1], &c, 1) != 1)
                        _exit(1);
                for (;;)
                        poll(NULL, 0, -1);
        }
        close(ready[1]);
        if (pid < 0)
                trace_refused(errno, what);
        else if (read(ready[0], &c, 1) == 1)
                trace_planted("%s: process %ld", what, pid);
        else
                trace_refused(ECHILD, what);
        close(ready[0]);
        return pid;
}
PLANT(nested_net) { nested(CLONE_NEWNET, "nested network namespace"); }
PLANT(nested_pid) { nested(CLONE_NEWPID, "nested pid namespace"); }
PLANT(nested_all) { nested(CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC, "nested namespaces"); }

static const TracePlant plants[] = {
        { "detached", detached }, { "daemon-twice", daemon_twice }, { "respawner", respawner }, { "stopped", stopped }, { "zombies", zombies },
        { "holds-file", holds_file }, { "shared-memory", shared_memory }, { "locked-memory", locked_memory }, { "memfd", memfd }, { "sysv-shm", sysv_shm },
        { "sysv-msg", sysv_msg }, { "sysv-sem", sysv_sem }, { "posix-shm", posix_shm }, { "posix-mq", posix_mq }, { "keyring-user", keyring_user },
        { "keyring-session", keyring_session }, { "mount-attempt", mount_attempt }, { "abstract-socket", abstract_socket }, { "unix-socket", unix_socket },
        { "listening", listening }, { "flying", flying }, { "nested-net", nested_net }, { "nested-pid", nested_pid }, { "nested-all", nested_all },
};
int main(int argc, char **argv) {
        return trace_main(plants, sizeof plants / sizeof *plants, argc, argv);
}
