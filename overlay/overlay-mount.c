/* overlay-mount: puts a planned overlay in place, discards it, counts what it holds.
 * Runs as: root (builder).  Input: a checked plan and kind.  Must not: parse text, follow symlinks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlay/overlay-mount.h"
#include "base/base-fd.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

static int configure(int fs, const OverlayOption *options, uint32_t n, uint32_t *substitutes) {
        for (uint32_t i = 0; i < n; i++) {
                const OverlayOption *o = &options[i];
                unsigned how = *o->value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;

                if (fsconfig(fs, how, o->key, *o->value ? o->value : NULL, 0) == 0)
                        continue;
                if (!o->optional)
                        return -errno;
                *substitutes |= o->substitute;
        }
        return 0;
}

/* Creates the file system and attaches it; the descriptor stays valid as the root of the attached mount. */
static int create_and_attach(int fs, int dirfd, const char *name, uint64_t attr) {
        BASE_FD mount = -1;

        if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
                return -errno;
        mount = fsmount(fs, FSMOUNT_CLOEXEC, (unsigned)(attr | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
        if (mount < 0)
                return -errno;
        if (move_mount(mount, "", dirfd, name, MOVE_MOUNT_F_EMPTY_PATH) < 0)
                return -errno;
        return base_fd_steal(&mount);
}

int overlay_mount_tmpfs(int dirfd, const char *name, const OverlayOption *options, uint32_t n, uint64_t attr, uint32_t *substitutes) {
        BASE_FD fs = fsopen("tmpfs", FSOPEN_CLOEXEC);
        int r;

        if (fs < 0)
                return -errno;
        r = configure(fs, options, n, substitutes);
        return r < 0 ? r : create_and_attach(fs, dirfd, name, attr);
}

static int make_dir(int dirfd, const char *name, mode_t mode, uid_t owner) {
        if (mkdirat(dirfd, name, mode) < 0 && errno != EEXIST)
                return -errno;
        if (fchmodat(dirfd, name, mode, 0) < 0 || fchownat(dirfd, name, owner, owner, AT_SYMLINK_NOFOLLOW) < 0)
                return -errno;
        return 0;
}

/* The folders of a relative path that the policy check has passed; the last part too when it is a folder itself. */
static int make_parents(int dirfd, const char *path, bool whole, uid_t owner) {
        char part[POLICY_MAX_PATH + 1];
        size_t n = strlen(path);

        if (n > POLICY_MAX_PATH)
                return -ENAMETOOLONG;
        for (size_t i = 1; i <= n; i++) {
                if (path[i] != '/' && !(whole && i == n))
                        continue;
                memcpy(part, path, i);
                part[i] = '\0';
                if (mkdirat(dirfd, part, 0755) < 0) {
                        if (errno == EEXIST)
                                continue;
                        return -errno;
                }
                if (fchmodat(dirfd, part, owner ? 0700 : 0755, 0) < 0 || fchownat(dirfd, part, owner, owner, AT_SYMLINK_NOFOLLOW) < 0)
                        return -errno;
        }
        return 0;
}

static int write_file(int lower, const PolicyFile *file, uid_t owner) {
        bool home = strncmp(file->path, "home/", 5) == 0;
        int r = make_parents(lower, file->path, false, home ? owner : 0);

        if (r < 0)
                return r;
        BASE_FD fd = base_fd_open_beneath(lower, file->path, O_WRONLY | O_CREAT | O_EXCL, 0600);
        if (fd < 0)
                return fd;
        r = base_fd_write_all(fd, file->bytes, file->n);
        if (r < 0)
                return r;
        if (fchmod(fd, home ? 0600 : 0644) < 0 || (home && fchown(fd, owner, owner) < 0))
                return -errno;
        return 0;
}

static int fill_lower(int lower, const PolicyKind *kind, uid_t owner) {
        int r;

        if ((r = make_dir(lower, "etc", 0755, 0)) < 0 || (r = make_dir(lower, "home", 0755, 0)) < 0 ||
            (r = make_dir(lower, "home/zone", 0700, owner)) < 0 || (r = make_dir(lower, "var", 0755, 0)) < 0 ||
            (r = make_dir(lower, "var/tmp", 01777, 0)) < 0 || (r = make_dir(lower, "var/cache", 0755, owner)) < 0)
                return r;
        for (uint32_t i = 0; i < kind->dirs.n; i++)
                if ((r = make_parents(lower, kind->dirs.items[i], true, owner)) < 0)
                        return r;
        for (uint32_t i = 0; i < kind->n_files; i++)
                if ((r = write_file(lower, &kind->files[i], owner)) < 0)
                        return r;
        return 0;
}

static int set_layer(int fs, const char *key, int fd) {
        char path[32];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd); /* the one form that works on 6.1, 6.12 and 6.18 */
        return fsconfig(fs, FSCONFIG_SET_STRING, key, path, 0) < 0 ? -errno : 0;
}

static int mount_merged(int stage, int lower, int scratch, const OverlayPlan *plan, uint32_t *substitutes) {
        BASE_FD fs = fsopen("overlay", FSOPEN_CLOEXEC);
        BASE_FD upper = base_fd_open_beneath(scratch, "upper", O_PATH | O_DIRECTORY, 0);
        BASE_FD work = base_fd_open_beneath(scratch, "work", O_PATH | O_DIRECTORY, 0);
        int r;

        if (fs < 0)
                return -errno;
        if (upper < 0 || work < 0)
                return upper < 0 ? upper : work;
        if ((r = set_layer(fs, "lowerdir", lower)) < 0 || (r = set_layer(fs, "upperdir", upper)) < 0 ||
            (r = set_layer(fs, "workdir", work)) < 0 || (r = configure(fs, plan->overlay, plan->n_overlay, substitutes)) < 0)
                return r;
        return create_and_attach(fs, stage, "merged", MOUNT_ATTR_NOEXEC);
}

int overlay_mount(int stage, const OverlayPlan *plan, const PolicyKind *kind, OverlayMounts *ret_mounts) {
        static const struct { const char *name; mode_t mode; bool zone; } scratch_dirs[] = {
                { "upper", 0755, false }, { "work", 0700, false }, { "tmp", 01777, false }, { "shm", 01777, false }, { "run", 0700, true },
        };
        __attribute__((cleanup(overlay_mount_done))) OverlayMounts m = OVERLAY_MOUNTS_NULL;
        int r;

        if ((r = make_dir(stage, "scratch", 0755, 0)) < 0 || (r = make_dir(stage, "lower", 0755, 0)) < 0 ||
            (r = make_dir(stage, "merged", 0755, 0)) < 0)
                return r;
        m.scratch = overlay_mount_tmpfs(stage, "scratch", plan->scratch, plan->n_scratch, MOUNT_ATTR_NOEXEC, &m.substitutes);
        if (m.scratch < 0)
                return m.scratch;
        for (size_t i = 0; i < sizeof scratch_dirs / sizeof *scratch_dirs; i++)
                if ((r = make_dir(m.scratch, scratch_dirs[i].name, scratch_dirs[i].mode, scratch_dirs[i].zone ? plan->owner : 0)) < 0)
                        return r;
        BASE_FD lower = base_fd_open_beneath(stage, "lower", O_RDONLY | O_DIRECTORY, 0);
        if (lower < 0)
                return lower;
        if ((r = fill_lower(lower, kind, plan->owner)) < 0)
                return r;
        m.merged = mount_merged(stage, lower, m.scratch, plan, &m.substitutes);
        if (m.merged < 0)
                return m.merged;
        *ret_mounts = m;
        m = (OverlayMounts)OVERLAY_MOUNTS_NULL;
        return 0;
}

void overlay_mount_done(OverlayMounts *m) {
        base_fd_done(&m->scratch);
        base_fd_done(&m->merged);
}

int overlay_account(const OverlayMounts *m, uint64_t *ret_bytes, uint64_t *ret_files, bool *ret_full) {
        struct statfs fs;

        if (fstatfs(m->scratch, &fs) < 0)
                return -errno;
        *ret_bytes = (uint64_t)(fs.f_blocks - fs.f_bfree) * (uint64_t)fs.f_bsize;
        *ret_files = (uint64_t)(fs.f_files - fs.f_ffree);
        *ret_full = fs.f_bfree < fs.f_blocks / 20 || fs.f_ffree < fs.f_files / 20;
        return 0;
}
