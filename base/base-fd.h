/* base-fd: descriptors: owning locals, whole reads and writes, sealed memfds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

/* Every descriptor here is close-on-exec at birth. 0 or a negative errno, unless said otherwise. */

static inline void base_fd_done(int *fd) {
        if (*fd >= 0)
                close(*fd);
        *fd = -1;
}
static inline void base_free_done(void *p) {
        void **slot = p;
        free(*slot);
        *slot = NULL;
}
static inline int base_fd_steal(int *fd) {
        int taken = *fd;
        *fd = -1;
        return taken;
}
static inline void *base_steal(void *p) {
        void **slot = p, *taken = *slot;
        *slot = NULL;
        return taken;
}
#define BASE_FD __attribute__((cleanup(base_fd_done))) int
#define BASE_FREE __attribute__((cleanup(base_free_done)))

/* Reads up to max bytes until end of file. Returns the count; -EFBIG where the file is longer than max. */
ssize_t base_fd_read_all(int fd, void *buf, size_t max);
/* Reads exactly n bytes; -EPIPE at an early end of file. */
int base_fd_read_exact(int fd, void *buf, size_t n);
int base_fd_write_all(int fd, const void *buf, size_t n);
/* One open-write-close of a short string below dirfd, no symlink followed (openat2(2)). */
int base_fd_write_file(int dirfd, const char *path, const char *text);
/* One open-read-close; the result is NUL-terminated. Returns the count. */
ssize_t base_fd_read_file(int dirfd, const char *path, char *buf, size_t max);
/* openat2(2) with RESOLVE_BENEATH | NO_SYMLINKS | NO_MAGICLINKS; returns the descriptor. */
int base_fd_open_beneath(int dirfd, const char *path, int flags, mode_t mode);

/* A memfd that holds the bytes and can never change again: all four seals, and no execution where the
 * kernel knows MFD_NOEXEC_SEAL (6.3; memfd_create(2)). Returns the descriptor. */
int base_fd_seal(const char *name, const void *bytes, size_t n);
/* Maps a sealed memfd read-only after checking its seals and its size (1 to max bytes). -EPERM when a seal lacks. */
int base_fd_map_sealed(int fd, size_t max, const void **ret_bytes, size_t *ret_n);
