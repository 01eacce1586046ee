/* control-network: the zone shares the network of the machine.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "base/base-fd.h"
#include <linux/sched.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include "sandboxd/builder/builder-zone.h"
#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>

CONTROL("network");

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

int __real_base_fd_write_file(int dirfd, const char *path, const char *text);
int __wrap_base_fd_write_file(int dirfd, const char *path, const char *text);

int __wrap_builder_net_setup(bool network, int *ret_listener);

/* The zone's own clone is the one that asks for a network namespace: the helpers' never does. */
long __wrap_syscall(long number, ...) {
        long a[6];
        va_list list;

        va_start(list, number);
        for (int i = 0; i < 6; i++)
                a[i] = va_arg(list, long);
        va_end(list);
        if (number == SYS_clone3 && (((struct clone_args *)a[0])->flags & CLONE_NEWNET))
                ((struct clone_args *)a[0])->flags &= ~(unsigned long long)CLONE_NEWNET;
        return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* Nothing of the machine's own network may be changed: only the gateway's socket is made. */
int __wrap_base_fd_write_file(int dirfd, const char *path, const char *text) {
        return strncmp(path, "net/", 4) == 0 ? 0 : __real_base_fd_write_file(dirfd, path, text);
}

int __wrap_builder_net_setup(bool network, int *ret_listener) {
        struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(3128), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        int one = 1, fd;

        if (!network)
                return 0;
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 16) < 0)
                return -errno;
        *ret_listener = fd;
        return 0;
}
