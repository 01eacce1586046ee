/* base-fd: descriptors: owning locals, whole reads and writes, sealed memfds.
 * Runs as: anyone (pure).  Input: descriptors of the caller.  Must not: follow a symlink.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x0020
#endif
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

ssize_t base_fd_read_all(int fd, void *buf, size_t max) {
        size_t at = 0;
        char more;

        while (at < max) {
                ssize_t r = read(fd, (char *)buf + at, max - at);
                if (r < 0 && errno == EINTR)
                        continue;
                if (r < 0)
                        return -errno;
                if (r == 0)
                        return (ssize_t)at;
                at += (size_t)r;
        }
        for (;;) {
                ssize_t r = read(fd, &more, 1);
                if (r < 0 && errno == EINTR)
                        continue;
                if (r < 0)
                        return -errno;
                return r == 0 ? (ssize_t)at : -EFBIG;
        }
}

int base_fd_read_exact(int fd, void *buf, size_t n) {
        for (size_t at = 0; at < n;) {
                ssize_t r = read(fd, (char *)buf + at, n - at);
                if (r < 0 && errno == EINTR)
                        continue;
                if (r < 0)
                        return -errno;
                if (r == 0)
                        return -EPIPE;
                at += (size_t)r;
        }
        return 0;
}

int base_fd_write_all(int fd, const void *buf, size_t n) {
        for (size_t at = 0; at < n;) {
                ssize_t r = write(fd, (const char *)buf + at, n - at);
                if (r < 0 && errno == EINTR)
                        continue;
                if (r < 0)
                        return -errno;
                at += (size_t)r;
        }
        return 0;
}

int base_fd_open_beneath(int dirfd, const char *path, int flags, mode_t mode) {
        struct open_how how = {
                .flags = (uint64_t)(flags | O_CLOEXEC),
                .mode = flags & (O_CREAT | __O_TMPFILE) ? mode : 0,
                .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
        };
        int fd = (int)syscall(SYS_openat2, dirfd, path, &how, sizeof how);
        return fd < 0 ? -errno : fd;
}

int base_fd_write_file(int dirfd, const char *path, const char *text) {
        BASE_FD fd = base_fd_open_beneath(dirfd, path, O_WRONLY, 0);
        size_t n = strlen(text);
        ssize_t r;

        if (fd < 0)
                return fd;
        do /* kernel files take a value in one write or not at all */
                r = write(fd, text, n);
        while (r < 0 && errno == EINTR);
        return r < 0 ? -errno : (size_t)r == n ? 0 : -EIO;
}

ssize_t base_fd_read_file(int dirfd, const char *path, char *buf, size_t max) {
        BASE_FD fd = base_fd_open_beneath(dirfd, path, O_RDONLY, 0);
        ssize_t r;

        if (fd < 0)
                return fd;
        r = base_fd_read_all(fd, buf, max - 1);
        if (r >= 0)
                buf[r] = '\0';
        return r;
}

int base_fd_seal(const char *name, const void *bytes, size_t n) {
        BASE_FD fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
        int r;

        if (fd < 0 && errno == EINVAL) /* before 6.3 */
                fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (fd < 0)
                return -errno;
        r = base_fd_write_all(fd, bytes, n);
        if (r < 0)
                return r;
        if (lseek(fd, 0, SEEK_SET) < 0 || fcntl(fd, F_ADD_SEALS, SEALS) < 0)
                return -errno;
        return base_fd_steal(&fd);
}

int base_fd_map_sealed(int fd, size_t max, const void **ret_bytes, size_t *ret_n) {
        int seals = fcntl(fd, F_GET_SEALS);
        struct stat st;
        void *map;

        if (seals < 0)
                return -errno;
        if ((seals & SEALS) != SEALS)
                return -EPERM;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (st.st_size <= 0 || (uint64_t)st.st_size > max)
                return -EFBIG;
        map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map == MAP_FAILED)
                return -errno;
        *ret_bytes = map;
        *ret_n = (size_t)st.st_size;
        return 0;
}
