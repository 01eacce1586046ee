/* try-bombs: takes all there is: processes, threads, memory, disk, inodes, descriptors.
 * Runs as: zone.  Input: the act's name.  Must not: be run outside a zone: every act is bounded, but not kind.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "try.h"
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define ACT(name) static void name(char **args __attribute__((unused)))
#define HARD_END 100000 /* no act goes further than this, wall or not */

ACT(bomb_fork) {
        int n = 0, hold[2];
        char c;
        if (pipe2(hold, O_CLOEXEC) < 0) {
                try_broken("pipe: %s", strerror(errno));
                return;
        }
        for (; n < 20000; n++) {
                pid_t pid = fork();
                if (pid == 0) {
                        close(hold[1]);
                        _exit((int)read(hold[0], &c, 1));
                }
                if (pid < 0)
                        break;
        }
        int error = errno;
        close(hold[1]);
        if (n == 20000)
                try_escaped("20000 processes");
        else {
                char what[40];
                snprintf(what, sizeof what, "fork after %d", n);
                try_refused(error, what);
        }
}
ACT(bomb_thread) { /* by clone itself: what a thread library would ask for */
        int n = 0;
        for (; n < 20000; n++) {
                void *stack = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                if (stack == MAP_FAILED)
                        break;
                pid_t pid = (pid_t)syscall(__NR_clone, 17 /* SIGCHLD */ | 0x400 /* CLONE_FILES */, 0, NULL, NULL, 0);
                if (pid == 0) {
                        poll(NULL, 0, 20000);
                        _exit(0);
                }
                if (pid < 0)
                        break;
        }
        if (n == 20000)
                try_escaped("20000 tasks");
        else
                try_refused(errno, "clone");
}
ACT(bomb_memory) { /* touched pages up to 64 GiB; the zone's limit kills it */
        for (int i = 0; i < 4096; i++) {
                char *p = mmap(NULL, 16u << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                if (p == MAP_FAILED) {
                        try_refused(errno, "mmap");
                        return;
                }
                for (size_t k = 0; k < 16u << 20; k += 4096)
                        p[k] = 1;
        }
        try_escaped("64 GiB of memory");
}
ACT(bomb_memfd) {
        int fd = (int)syscall(__NR_memfd_create, "evil", 8u);
        if (fd < 0)
                fd = (int)syscall(__NR_memfd_create, "evil", 0u);
        if (fd < 0) {
                try_refused(errno, "memfd_create");
                return;
        }
        for (long i = 0; i < 64; i++) {
                if (ftruncate(fd, (i + 1) << 30) < 0) {
                        try_refused(errno, "ftruncate");
                        return;
                }
                char *p = mmap(NULL, 1u << 30, PROT_READ | PROT_WRITE, MAP_SHARED, fd, i << 30);
                if (p == MAP_FAILED) {
                        try_refused(errno, "mmap");
                        return;
                }
                for (size_t k = 0; k < 1u << 30; k += 4096)
                        p[k] = 1;
                munmap(p, 1u << 30);
        }
        try_escaped("64 GiB of shared memory");
}
static void fill(const char *dir) {
        static char block[1 << 20];
        char path[200];
        snprintf(path, sizeof path, "%s/fill", dir);
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), n = 0;
        if (fd < 0) {
                try_broken("%s: %s", path, strerror(errno));
                return;
        }
        memset(block, 'x', sizeof block);
        while (n < 65536 && write(fd, block, sizeof block) > 0)
                n++;
        if (n == 65536)
                try_escaped("64 GiB below %s", dir);
        else
                try_refused(errno, path);
        close(fd);
        unlink(path);
}
ACT(bomb_disk_home) { fill("/home/zone"); }
ACT(bomb_disk_tmp) { fill("/tmp"); }
ACT(bomb_disk_shm) { fill("/dev/shm"); }
ACT(bomb_disk_run) { fill("/run/zone"); }
static void inodes(const char *dir) {
        char path[200];
        long n = 0;
        int fd = -1;
        for (; n < 10 * HARD_END; n++) {
                snprintf(path, sizeof path, "%s/i%ld", dir, n);
                fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
                if (fd < 0)
                        break;
                close(fd);
        }
        if (n == 10 * HARD_END)
                try_escaped("a million files below %s", dir);
        else
                try_refused(errno, dir);
}
ACT(bomb_inodes_home) { inodes("/home/zone"); }
ACT(bomb_inodes_tmp) { inodes("/tmp"); }
ACT(bomb_inodes_shm) { inodes("/dev/shm"); }
ACT(bomb_descriptors) {
        int n = 0;
        while (n < HARD_END * 10 && eventfd(0, EFD_CLOEXEC) >= 0)
                n++;
        if (n == HARD_END * 10)
                try_escaped("a million descriptors");
        else
                try_refused(errno, "eventfd");
}
ACT(bomb_flying) { /* descriptors in flight: sent, never received */
        int s[2], n = 0;
        char c = 'x', room[CMSG_SPACE(sizeof(int) * 100)];
        struct iovec iov = { &c, 1 };
        for (; n < 5000; n++) {
                if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, s) < 0)
                        break;
                struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room };
                struct cmsghdr *h = CMSG_FIRSTHDR(&m);
                h->cmsg_level = SOL_SOCKET;
                h->cmsg_type = SCM_RIGHTS;
                h->cmsg_len = CMSG_LEN(sizeof(int) * 100);
                for (int i = 0; i < 100; i++)
                        memcpy(CMSG_DATA(h) + sizeof(int) * (size_t)i, &s[0], sizeof(int));
                if (sendmsg(s[1], &m, 0) < 0)
                        break;
                close(s[1]);
                close(s[0]);
        }
        if (n == 5000)
                try_escaped("500000 descriptors in flight");
        else
                try_refused(errno, "SCM_RIGHTS");
}
ACT(bomb_sparse) { /* a file larger than all disks: its size must not count as space, and must not stop the wipe */
        int fd = open("/home/zone/sparse", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0 || ftruncate(fd, 1l << 50) < 0) {
                try_refused(errno, "ftruncate");
                return;
        }
        try_call("fallocate of a petabyte", fallocate(fd, 0, 0, 1l << 50));
}

static const TryAct acts[] = {
        { "bomb-fork", bomb_fork, 0 }, { "bomb-thread", bomb_thread, 0 }, { "bomb-memory", bomb_memory, 0 }, { "bomb-memfd", bomb_memfd, 0 },
        { "bomb-disk-home", bomb_disk_home, 0 }, { "bomb-disk-tmp", bomb_disk_tmp, 0 }, { "bomb-disk-shm", bomb_disk_shm, 0 }, { "bomb-disk-run", bomb_disk_run, 0 },
        { "bomb-inodes-home", bomb_inodes_home, 0 }, { "bomb-inodes-tmp", bomb_inodes_tmp, 0 }, { "bomb-inodes-shm", bomb_inodes_shm, 0 },
        { "bomb-descriptors", bomb_descriptors, 0 }, { "bomb-flying", bomb_flying, 0 }, { "bomb-sparse", bomb_sparse, 0 },
};
TRY_MAIN(acts)
