/* builder-root: the tree a zone (or its compositor) sees: subtrees of /usr, devices, the writable places.
 * Runs as: root (builder).  Input: the kind's subtrees.  Must not: parse text, follow symlinks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "sandboxd/builder/builder-zone.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define ATTR_CLOSED (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

int builder_stage_make(BuilderZone *z) {
        uint32_t none = 0;

        /* what the host unmounts goes away here too (a spare would hold every USB stick); nothing of ours goes out */
        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
                return -errno;
        z->stage = overlay_mount_tmpfs(AT_FDCWD, BUILDER_STAGE, NULL, 0, MOUNT_ATTR_NOEXEC, &none);
        return z->stage < 0 ? z->stage : 0;
}

int builder_root_bind(int dirfd, const char *from, int root, const char *to, uint64_t attr) {
        struct mount_attr set = { .attr_set = attr };
        BASE_FD tree = open_tree(dirfd, from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW | (*from ? 0u : AT_EMPTY_PATH));
        BASE_FD target = -1;

        if (tree < 0)
                return -errno;
        if (mount_setattr(tree, "", AT_EMPTY_PATH, &set, sizeof set) < 0)
                return -errno;
        target = base_fd_open_beneath(root, to, O_PATH, 0);
        if (target < 0)
                return target;
        return move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0 ? -errno : 0;
}

/* The mount point for a path below root, with its parents. The first part (usr) is a folder of ours. */
static int make_target(int root, const char *path, bool file) {
        char part[POLICY_MAX_PATH + 1];
        size_t n = strlen(path);

        if (n > POLICY_MAX_PATH)
                return -ENAMETOOLONG;
        for (size_t i = 1; i <= n; i++) {
                if (path[i] != '/' && i != n)
                        continue;
                memcpy(part, path, i);
                part[i] = '\0';
                if (i == n && file) {
                        BASE_FD fd = base_fd_open_beneath(root, part, O_WRONLY | O_CREAT, 0444);
                        return fd == -EROFS ? 0 : fd < 0 ? fd : 0;
                }
                if (mkdirat(root, part, 0755) == 0) {
                        if (fchmodat(root, part, 0755, 0) < 0) /* whatever the umask */
                                return -errno;
                } else if (errno != EEXIST && errno != EROFS) /* EROFS: below a subtree that is already bound */
                        return -errno;
        }
        return 0;
}

static bool listed(const PolicySubtree *subtrees, uint32_t n, const char *path) {
        for (uint32_t i = 0; i < n; i++)
                if (strcmp(subtrees[i].path, path) == 0)
                        return true;
        return false;
}

/* A library directory keeps its own files; its folders, where distributions put helper programs, disappear under an empty one
 * unless the kind lists them: the loader would run any program on an executable mount. */
static int hide_folders(int root, int empty, const PolicySubtree *tree, const PolicySubtree *subtrees, uint32_t n) {
        BASE_FD dir = open(tree->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        char buf[8192], path[POLICY_MAX_PATH + 300];

        if (dir < 0)
                return -errno;
        for (;;) {
                ssize_t got = getdents64(dir, buf, sizeof buf);
                if (got < 0)
                        return -errno;
                if (got == 0)
                        return 0;
                for (ssize_t at = 0; at < got;) {
                        const struct dirent64 *e = (const struct dirent64 *)(const void *)(buf + at);
                        at += e->d_reclen;
                        struct stat st;
                        bool folder = e->d_type == DT_DIR || (e->d_type == DT_UNKNOWN && fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode));
                        if (!folder || strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
                                continue;
                        snprintf(path, sizeof path, "%s/%s", tree->path, e->d_name);
                        if (listed(subtrees, n, path))
                                continue;
                        int r = builder_root_bind(empty, "", root, path + 1, ATTR_CLOSED | MOUNT_ATTR_RDONLY);
                        if (r < 0)
                                return r;
                }
        }
}

static int bind_subtree(int root, int empty, const PolicySubtree *tree, const PolicySubtree *subtrees, uint32_t n) {
        uint64_t attr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (tree->flags & POLICY_SUBTREE_EXEC ? 0 : MOUNT_ATTR_NOEXEC);
        BASE_FD from = -1;
        BASE_FD slash = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        struct stat st;
        int r;

        if (slash < 0)
                return -errno;
        from = base_fd_open_beneath(slash, tree->path + 1, O_PATH, 0);
        if (from < 0)
                return from == -ENOENT && (tree->flags & POLICY_SUBTREE_OPTIONAL) ? 0 : from;
        if (fstat(from, &st) < 0)
                return -errno;
        if (st.st_uid != 0 || (st.st_mode & 022) || S_ISREG(st.st_mode) != !!(tree->flags & POLICY_SUBTREE_FILE))
                return -EPERM;
        if ((r = make_target(root, tree->path + 1, S_ISREG(st.st_mode))) < 0)
                return r;
        r = builder_root_bind(from, "", root, tree->path + 1, attr);
        if (r == 0 && (tree->flags & POLICY_SUBTREE_SHALLOW))
                r = hide_folders(root, empty, tree, subtrees, n);
        return r;
}

static int bind_devices(int root) {
        static const struct { const char *name; unsigned minor; } devices[] = { { "null", 3 }, { "zero", 5 }, { "full", 7 }, { "random", 8 }, { "urandom", 9 } };
        BASE_FD dev = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
        char to[32];
        struct stat st;
        int r;

        if (dev < 0)
                return -errno;
        for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
                BASE_FD from = base_fd_open_beneath(dev, devices[i].name, O_PATH, 0);
                if (from < 0)
                        return from;
                if (fstat(from, &st) < 0)
                        return -errno;
                if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, devices[i].minor)) /* not what its name says */
                        return -ENXIO;
                snprintf(to, sizeof to, "dev/%s", devices[i].name);
                if ((r = make_target(root, to, true)) < 0 || (r = builder_root_bind(from, "", root, to, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)) < 0)
                        return r;
        }
        if (symlinkat("/proc/self/fd", root, "dev/fd") < 0)
                return -errno;
        return 0;
}

int builder_root_make(BuilderZone *z, const char *name, const PolicySubtree *subtrees, uint32_t n, int *ret_root) {
        static const OverlayOption options[] = { { "size", "1m", false, 0 }, { "nr_inodes", "4096", false, 0 }, { "mode", "0755", false, 0 } };
        static const char *const dirs[] = { "usr", "dev", "proc", "tmp", "run", "dev/shm", "dev/empty" };
        static const char *const links[][2] = { { "usr/lib", "lib" }, { "usr/lib64", "lib64" }, { "usr/lib32", "lib32" } };
        uint32_t none = 0;
        BASE_FD root = -1;
        BASE_FD empty = -1;
        int r;

        if (mkdirat(z->stage, name, 0755) < 0)
                return -errno;
        root = overlay_mount_tmpfs(z->stage, name, options, 3, 0, &none);
        if (root < 0)
                return root;
        for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
                if (mkdirat(root, dirs[i], 0755) < 0 || fchmodat(root, dirs[i], 0755, 0) < 0)
                        return -errno;
        for (size_t i = 0; i < sizeof links / sizeof *links; i++)
                if (symlinkat(links[i][0], root, links[i][1]) < 0)
                        return -errno;
        empty = base_fd_open_beneath(root, "dev/empty", O_PATH | O_DIRECTORY, 0);
        if (empty < 0)
                return empty;
        for (uint32_t i = 0; i < n; i++)
                if ((r = bind_subtree(root, empty, &subtrees[i], subtrees, n)) < 0) {
                        snprintf(z->text, sizeof z->text, "cannot bind %s", subtrees[i].path);
                        return r;
                }
        if ((r = bind_devices(root)) < 0)
                return r;
        *ret_root = base_fd_steal(&root);
        return 0;
}

/* The host's own font cache, read-only: without it every browser, and weston for the title of its frame, reads all fonts at every
 * start (0.2 s of a processor each). The folder is the host's package system's; where it is not root's alone, or not there, they
 * do that, and the zone makes a cache of its own. */
int builder_root_font_cache(int root, const char *to) {
        BASE_FD slash = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        BASE_FD from = -1;
        struct stat st;

        if (slash < 0)
                return -errno;
        from = base_fd_open_beneath(slash, BUILDER_FONT_CACHE, O_PATH | O_DIRECTORY, 0);
        if (from < 0 || fstat(from, &st) < 0 || st.st_uid != 0 || (st.st_mode & 022))
                return 0;
        int r = make_target(root, to, false);
        return r < 0 ? r : builder_root_bind(from, "", root, to, ATTR_CLOSED | MOUNT_ATTR_RDONLY);
}

int builder_root_build(BuilderZone *z) {
        static const struct { const char *from, *to; bool merged; } places[] = {
                { "home", "home", true }, { "etc", "etc", true }, { "var", "var", true }, { "tmp", "tmp", false }, { "run", "run/zone", false }, { "shm", "dev/shm", false },
        };
        int r;

        if ((r = builder_root_make(z, "root", z->kind->subtrees, z->kind->n_subtrees, &z->root)) < 0)
                return r;
        static const char *const dirs[] = { "home", "etc", "var", "run/zone" };
        for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
                if (mkdirat(z->root, dirs[i], 0755) < 0 || fchmodat(z->root, dirs[i], 0755, 0) < 0)
                        return -errno;
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
                int from = places[i].merged ? z->layers.merged : z->layers.scratch;
                if ((r = builder_root_bind(from, places[i].from, z->root, places[i].to, ATTR_CLOSED | MOUNT_ATTR_NOSYMFOLLOW * (i == 3))) < 0)
                        return r;
        }
        return z->kind->app == POLICY_APP_PROGRAM ? 0 : builder_root_font_cache(z->root, "run/fontconfig");
}

const char *builder_root_further(const BuilderZone *z) {
        const char *path = z->kind->programs[z->plan->program].path;

        if (z->plan->program == 0 && z->kind->app != POLICY_APP_PROGRAM)
                return "";
        return listed(z->kind->subtrees, z->kind->n_subtrees, path) ? "" : path;
}

int builder_root_program(int root, const char *path) {
        PolicySubtree own = { path, POLICY_SUBTREE_EXEC | POLICY_SUBTREE_FILE };
        return bind_subtree(root, -1, &own, NULL, 0);
}
