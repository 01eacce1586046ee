/* base-msg: one bounded message with descriptors over a SOCK_SEQPACKET pair.
 * Runs as: anyone (pure).  Input: messages of a peer.  Must not: keep a descriptor of a message it refuses.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-msg.h"
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int base_msg_pair(int ret_fds[2]) {
        return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_fds) < 0 ? -errno : 0;
}

int base_msg_send(int sock, const void *bytes, size_t n, const int *fds, size_t n_fds) {
        union {
                struct cmsghdr head;
                char room[CMSG_SPACE(sizeof(int) * BASE_MSG_MAX_FDS)];
        } control = { 0 };
        struct iovec iov = { (void *)(uintptr_t)bytes, n };
        struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
        ssize_t r;

        if (n_fds > BASE_MSG_MAX_FDS)
                return -E2BIG;
        if (n_fds > 0) {
                msg.msg_control = &control;
                msg.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
                control.head.cmsg_level = SOL_SOCKET;
                control.head.cmsg_type = SCM_RIGHTS;
                control.head.cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
                memcpy(CMSG_DATA(&control.head), fds, sizeof(int) * n_fds);
        }
        do
                r = sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
        while (r < 0 && errno == EINTR);
        if (r < 0)
                return -errno;
        return (size_t)r == n ? 0 : -EIO;
}

ssize_t base_msg_recv(int sock, void *bytes, size_t max, int *fds, size_t *ret_n_fds, int flags) {
        union {
                struct cmsghdr head;
                char room[CMSG_SPACE(sizeof(int) * BASE_MSG_MAX_FDS)];
        } control;
        struct iovec iov = { bytes, max };
        struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = fds ? &control : NULL, .msg_controllen = fds ? sizeof control : 0 };
        size_t got = 0;
        ssize_t r;

        do
                r = recvmsg(sock, &msg, flags | MSG_CMSG_CLOEXEC);
        while (r < 0 && errno == EINTR);
        if (r < 0)
                return -errno;
        for (struct cmsghdr *c = fds ? CMSG_FIRSTHDR(&msg) : NULL; c; c = CMSG_NXTHDR(&msg, c)) {
                if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
                        continue;
                size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
                if (n > BASE_MSG_MAX_FDS - got)
                        n = BASE_MSG_MAX_FDS - got;
                memcpy(fds + got, CMSG_DATA(c), n * sizeof(int));
                got += n;
        }
        if (r == 0 || (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
                for (size_t i = 0; i < got; i++)
                        close(fds[i]);
                if (fds)
                        *ret_n_fds = 0;
                return r == 0 ? 0 : -EMSGSIZE;
        }
        if (fds)
                *ret_n_fds = got;
        return r;
}
