/* pull-spool: the folder where what was fetched lies.
 * Runs as: pull.  Input: its own folder.  Must not: leave half a file under a name that counts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/pull/pull-spool.h"
#include "base/base-fd.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define ACCEPTED_MAX (64u << 10)
#define NEW ".new" /* no name of ours begins with a dot */

static int folder(int dir, const char *name, bool make) {
        int r;

        if (make && mkdirat(dir, name, 0755) < 0 && errno != EEXIST)
                return -errno;
        if (make && fsync(dir) < 0)
                return -errno;
        r = base_fd_open_beneath(dir, name, O_RDONLY | O_DIRECTORY, 0);
        return r;
}

/* A file that nobody else can open: everybody may read the folders, and whoever can open a thing can lock it for ever. */
static int lock(PullSpool *s) {
        s->lock = base_fd_open_beneath(s->dir, "lock", O_RDWR | O_CREAT, 0600);
        if (s->lock < 0)
                return s->lock;
        return flock(s->lock, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
}

int pull_spool_open(PullSpool *s, const char *path, const char *channel, bool make) {
        BASE_FD top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int r;

        *s = PULL_SPOOL_NONE;
        if (top < 0)
                return -errno;
        if ((s->dir = folder(top, channel, make)) < 0)
                return s->dir;
        if (make && (r = lock(s)) < 0)
                return r;
        if ((s->trust = folder(s->dir, "trust", make)) < 0)
                return s->trust;
        return (s->bundle = folder(s->dir, "bundle", make)) < 0 ? s->bundle : 0;
}

void pull_spool_done(PullSpool *s) {
        base_fd_done(&s->dir);
        base_fd_done(&s->trust);
        base_fd_done(&s->bundle);
        base_fd_done(&s->lock);
}

int pull_spool_read(int dir, const char *name, size_t max, uint8_t **ret, size_t *ret_n) {
        BASE_FREE uint8_t *room = NULL;
        struct stat st;
        ssize_t n;

        if (dir < 0)
                return -ENOENT;
        BASE_FD fd = base_fd_open_beneath(dir, name, O_RDONLY | O_NONBLOCK, 0);
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
                return -EBADMSG;
        if ((uint64_t)st.st_size > max)
                return -EFBIG;
        if (!(room = malloc((size_t)st.st_size + 1)))
                return -ENOMEM;
        if ((n = base_fd_read_all(fd, room, (size_t)st.st_size)) < 0)
                return (int)n;
        *ret = base_steal(&room);
        *ret_n = (size_t)n;
        return 0;
}

static int write_new(int dir, const void *bytes, size_t n) {
        BASE_FD fd = base_fd_open_beneath(dir, NEW, O_WRONLY | O_CREAT | O_EXCL, 0644);
        int r;

        if (fd < 0)
                return fd;
        if ((r = base_fd_write_all(fd, bytes, n)) < 0)
                return r;
        return fchmod(fd, 0644) < 0 || fsync(fd) < 0 ? -errno : 0;
}

int pull_spool_put(int dir, const char *name, const void *bytes, size_t n) {
        (void)unlinkat(dir, NEW, 0); /* of a round that was cut off */
        int r = write_new(dir, bytes, n);

        if (r == 0 && renameat(dir, NEW, dir, name) < 0)
                r = -errno;
        if (r < 0) {
                (void)unlinkat(dir, NEW, 0);
                return r;
        }
        return fsync(dir) < 0 ? -errno : 0;
}

void pull_accepted_done(PullAccepted *a) {
        free(a->pointer);
        *a = (PullAccepted){ 0 };
}

static int decode(const uint8_t *bytes, size_t n, const char *channel, PullAccepted *a) {
        const uint8_t *fleet, *pointer;
        size_t n_fleet, n_pointer;
        PolicySigned file;
        uint8_t hash[POLICY_HASH];
        BaseReader r;

        base_reader_init(&r, bytes, n);
        fleet = base_read_bytes(&r, POLICY_FLEET_MAX, &n_fleet);
        pointer = base_read_bytes(&r, policy_signed_max(POLICY_SIGNED_POINTER), &n_pointer);
        (void)snprintf(a->from, sizeof a->from, "%s", base_read_string(&r, sizeof a->from - 1));
        if (!base_reader_end(&r) || policy_fleet_decode(fleet, n_fleet, &a->fleet) != 0 || strcmp(a->fleet.channel, channel) != 0 ||
            policy_signed_decode(pointer, n_pointer, POLICY_SIGNED_POINTER, &file) != 0)
                return -EBADMSG;
        crypto_hash_sha256(hash, file.payload, file.n_payload);
        if (memcmp(hash, a->fleet.pointer_hash, POLICY_HASH) != 0)
                return -EBADMSG;
        if (!(a->pointer = malloc(n_pointer)))
                return -ENOMEM;
        memcpy(a->pointer, pointer, n_pointer);
        a->n_pointer = n_pointer;
        return 0;
}

int pull_spool_load(const PullSpool *s, const char *channel, PullAccepted *ret) {
        BASE_FREE uint8_t *bytes = NULL;
        PullAccepted a = { 0 };
        size_t n;
        int r = pull_spool_read(s->dir, "accepted", ACCEPTED_MAX, &bytes, &n);

        if (r == 0)
                r = decode(bytes, n, channel, &a);
        if (r == 0)
                *ret = a;
        return r;
}

int pull_spool_commit(const PullSpool *s, const PullAccepted *a) {
        __attribute__((cleanup(base_writer_done))) BaseWriter w;
        BASE_FREE uint8_t *fleet = NULL;
        size_t n;
        int r = policy_fleet_encode(&a->fleet, &fleet, &n);

        if (r != 0)
                return r < 0 ? r : -EINVAL;
        base_writer_init(&w, ACCEPTED_MAX);
        base_write_bytes(&w, fleet, n);
        base_write_bytes(&w, a->pointer, a->n_pointer);
        base_write_string(&w, a->from);
        return w.failed ? -ENOMEM : pull_spool_put(s->dir, "accepted", w.bytes, w.n);
}

void pull_bundle_name(const uint8_t hash[POLICY_HASH], char ret[80]) {
        char hex[2 * POLICY_HASH + 1];

        policy_hex(hash, POLICY_HASH, hex);
        (void)snprintf(ret, 80, "%s.bundle", hex);
}

void pull_spool_sweep(const PullSpool *s, const uint8_t keep[POLICY_HASH], const uint8_t keep_too[POLICY_HASH]) {
        char one[80], two[80];
        int fd = base_fd_open_beneath(s->bundle, ".", O_RDONLY | O_DIRECTORY, 0);
        DIR *d = fd < 0 ? NULL : fdopendir(fd);

        if (!d) {
                base_fd_done(&fd);
                return;
        }
        pull_bundle_name(keep, one);
        pull_bundle_name(keep_too, two);
        for (struct dirent *e; (e = readdir(d));)
                if (e->d_name[0] != '.' && strcmp(e->d_name, one) != 0 && strcmp(e->d_name, two) != 0)
                        (void)unlinkat(s->bundle, e->d_name, 0);
        closedir(d);
}
