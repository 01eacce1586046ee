/* display-shm: lets the compositor share pixels with an X server of another user, by descriptor instead of System V memory.
 * Runs as: display.  Input: the calls of weston's X11 backend.  Must not: be loaded into anything else, make memory that has a name.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weston's pixman renderer on X11 knows System V shared memory alone: a segment that only its own uid may attach, in an IPC
 * namespace that is not the X server's. Drawing by GL in software works without, and costs 0.15 s of a processor at every start
 * (LLVM) and three times as much for every frame. So these five functions take the place of the C library's and libxcb-shm's
 * (LD_PRELOAD): memory is a memfd, its number is the segment's, and the X server gets the descriptor (MIT-SHM 1.2, AttachFd; X
 * servers have it since 2013). */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>

#define ATTACH_FD 6 /* of MIT-SHM: shmproto.h */
#define MAX_MAPPED 16

static struct {
        void *at;
        size_t n;
} mapped[MAX_MAPPED];

static xcb_extension_t mit_shm = { "MIT-SHM", 0 };

xcb_void_cookie_t xcb_shm_attach_checked(xcb_connection_t *c, uint32_t segment, uint32_t id, uint8_t read_only);

int shmget(key_t key, size_t size, int flags) {
        int fd;

        (void)flags;
        if (key != IPC_PRIVATE) { /* a name that others could know */
                errno = EINVAL;
                return -1;
        }
        fd = memfd_create("pixels", MFD_CLOEXEC);
        if (fd >= 0 && ftruncate(fd, (off_t)size) < 0) {
                close(fd);
                return -1;
        }
        return fd;
}

void *shmat(int id, const void *address, int flags) {
        struct stat st;

        if (address || flags || fstat(id, &st) < 0 || st.st_size <= 0) {
                errno = EINVAL;
                return MAP_FAILED; /* (void *)-1, as shmat(2) wants it */
        }
        for (size_t i = 0; i < MAX_MAPPED; i++) {
                if (mapped[i].at)
                        continue;
                void *at = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, id, 0);
                if (at != MAP_FAILED) {
                        mapped[i].at = at;
                        mapped[i].n = (size_t)st.st_size;
                }
                return at;
        }
        errno = ENOMEM;
        return MAP_FAILED;
}

int shmdt(const void *address) {
        for (size_t i = 0; i < MAX_MAPPED; i++)
                if (address && mapped[i].at == address) {
                        munmap(mapped[i].at, mapped[i].n);
                        mapped[i].at = NULL;
                        return 0;
                }
        errno = EINVAL;
        return -1;
}

/* Weston removes a segment as soon as the X server has it. */
int shmctl(int id, int command, struct shmid_ds *buf) {
        (void)buf;
        if (command == IPC_RMID)
                return close(id);
        errno = EINVAL;
        return -1;
}

xcb_void_cookie_t xcb_shm_attach_checked(xcb_connection_t *c, uint32_t segment, uint32_t id, uint8_t read_only) {
        static const xcb_protocol_request_t request = { .count = 2, .ext = &mit_shm, .opcode = ATTACH_FD, .isvoid = 1 };
        struct {
                uint8_t opcodes[2];
                uint16_t length;
                uint32_t segment;
                uint8_t read_only, pad[3];
        } body = { .segment = segment, .read_only = read_only };
        struct iovec parts[4] = { { 0 } }; /* the first two are libxcb's */
        int fd = dup((int)id);             /* libxcb closes it; a bad one makes the request fail */

        parts[2].iov_base = &body;
        parts[2].iov_len = sizeof body;
        return (xcb_void_cookie_t){ xcb_send_request_with_fds(c, XCB_REQUEST_CHECKED, parts + 2, &request, 1, &fd) };
}
