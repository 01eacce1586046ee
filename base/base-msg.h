/* base-msg: one bounded message with descriptors over a SOCK_SEQPACKET pair.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stddef.h>
#include <sys/types.h>

#define BASE_MSG_MAX_FDS 8

/* A close-on-exec SOCK_SEQPACKET pair. */
int base_msg_pair(int ret_fds[2]);
/* Sends one message; descriptors are borrowed. -EAGAIN when the peer does not read (flags MSG_DONTWAIT | MSG_NOSIGNAL). */
int base_msg_send(int sock, const void *bytes, size_t n, const int *fds, size_t n_fds);
/* Receives one message. fds NULL: the peer may not send any, and a message that has one is -EMSGSIZE (the kernel lets it go
 * without closing it here, which can block). Returns its length, 0 at end of file; -EMSGSIZE when it or its descriptors were cut (all are
 * closed then). Descriptors are close-on-exec and belong to the caller; *ret_n_fds of them in fds. flags: 0 or MSG_DONTWAIT. */
ssize_t base_msg_recv(int sock, void *bytes, size_t max, int *fds /* [BASE_MSG_MAX_FDS] */, size_t *ret_n_fds, int flags);
