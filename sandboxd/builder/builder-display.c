/* builder-display: the nested compositor, first form: weston's kiosk shell outside the zone, in a cage of its own.
 * Runs as: root (builder), then display.  Input: the user's connected Wayland descriptor, or an O_PATH descriptor of the X socket.
 * Must not: follow a path of the user's, give the zone anything but the compositor's socket.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The listening socket is ours: made here, in the zone's runtime folder, and inherited by weston (sd_listen_fds(3)), so nobody
 * waits and no name made by another process is ever opened. On an X11 host its pixman renderer gets a module of ours
 * (sandboxd/display/display-shm.c), because it shares pixels by System V memory, which an X server of another uid cannot attach. */
#include "base/base-drop.h"
#include "base/base-fd.h"
#include "base/base-filter.h"
#include "hanare-config.h"
#include "sandboxd/builder/builder-zone.h"
#include "sandboxd/filter/display-filter.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef HANARE_LIBDIR_HOST
#error "the multiarch library directory must be given"
#endif

#define SHM_MODULE HANARE_LIBEXECDIR "/sandboxd-display-shm.so"

int builder_display_listen(BuilderZone *z) {
        struct sockaddr_un at = { .sun_family = AF_UNIX };
        BASE_FD fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        BASE_FD run = base_fd_open_beneath(z->layers.scratch, "run", O_PATH | O_DIRECTORY, 0);

        if (fd < 0 || run < 0)
                return fd < 0 ? -errno : run;
        snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/wayland-0", run);
        if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 64) < 0 ||
            fchownat(run, "wayland-0", z->zone_uid, z->zone_uid, AT_SYMLINK_NOFOLLOW) < 0)
                return -errno;
        z->wayland = base_fd_steal(&fd);
        return 0;
}

static int write_new(int dirfd, const char *name, const void *bytes, size_t n) {
        BASE_FD fd = base_fd_open_beneath(dirfd, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
        int r = fd < 0 ? fd : base_fd_write_all(fd, bytes, n);
        return r < 0 ? r : fchmod(fd, 0644) < 0 ? -errno : 0;
}

/* weston.ini(5). The title is the table's, whatever the zone does; an output's name must start with the backend's letters. */
static int write_ini(const BuilderZone *z, int run) {
        char text[1024];
        const char *title = z->plan->locale == POLICY_LOCALE_JA ? z->kind->title_ja : z->kind->title_en;
        uint32_t width = z->plan->width ? z->plan->width : 1280, height = z->plan->height ? z->plan->height : 800;
        int n = snprintf(text, sizeof text,
                         "[core]\nshell=desktop-shell.so\nmodules=systemd-notify.so\nidle-time=0\nrequire-input=false\n\n"
                         "[shell]\npanel-position=none\nlocking=false\nanimation=none\nstartup-animation=none\nclose-animation=none\n"
                         "focus-animation=none\nbinding-modifier=none\nallow-zap=false\nbackground-color=0xff%06x\n\n"
                         "[keyboard]\nkeymap_layout=%s\nkeymap_variant=%s\n\n[output]\nname=%s [%s]\nmode=%ux%u\n",
                         z->kind->colour, *z->plan->layout ? z->plan->layout : "us", z->plan->variant,
                         z->plan->display == POLICY_DISPLAY_X11 ? "X" : "WL", title, width, height);
        return n < 0 || (size_t)n >= sizeof text ? -EOVERFLOW : write_new(run, "weston.ini", text, (size_t)n);
}

/* Xauthority, as of the X manual Xsecurity(7): family (0xffff = wild), address, number, name, data, each a 16-bit count and bytes. */
static int write_cookie(const BuilderZone *z, int run) {
        static const uint8_t head[] = { 0xff, 0xff, 0, 0, 0, 1, '0', 0, 18 };
        uint8_t bytes[sizeof head + 18 + 2 + 16], zero[16] = { 0 };

        if (memcmp(z->plan->cookie, zero, 16) == 0)
                return 0;
        memcpy(bytes, head, sizeof head);
        memcpy(bytes + sizeof head, "MIT-MAGIC-COOKIE-1\0\x10", 20);
        memcpy(bytes + sizeof head + 20, z->plan->cookie, 16);
        BASE_FD fd = base_fd_open_beneath(run, "Xauthority", O_WRONLY | O_CREAT | O_EXCL, 0600);
        if (fd < 0)
                return fd;
        int r = base_fd_write_all(fd, bytes, sizeof bytes);
        return r < 0 ? r : fchown(fd, z->display_uid, z->display_uid) < 0 ? -errno : 0;
}

static int mount_writable(const BuilderZone *z, int root, const char *name, int *ret_fd) {
        OverlayOption options[] = { { "size", "256m", false, 0 }, { "nr_inodes", "256", false, 0 }, { "mode", "0700", false, 0 } };
        uint32_t none = 0;
        int fd = overlay_mount_tmpfs(root, name, options, 3, MOUNT_ATTR_NOEXEC, &none);

        if (fd < 0)
                return fd;
        if (fchownat(fd, "", z->display_uid, z->display_uid, AT_EMPTY_PATH) < 0) {
                close(fd);
                return -errno;
        }
        *ret_fd = fd;
        return 0;
}

/* The X socket comes as a descriptor from the user's mount namespace, which the kernel lets nobody clone mounts from; a link to
 * the inherited descriptor is a name for it. */
static int place_x_socket(int tmp) {
        if (mkdirat(tmp, ".X11-unix", 0755) < 0 || fchmodat(tmp, ".X11-unix", 01777, 0) < 0)
                return -errno;
        return symlinkat("/proc/self/fd/4", tmp, ".X11-unix/X0") < 0 ? -errno : 0;
}

/* Inside the compositor's pid namespace: its own processes and nothing else of /proc. */
static int mount_own_proc(void) {
        BASE_FD fs = fsopen("proc", FSOPEN_CLOEXEC);
        BASE_FD proc = -1;

        if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "subset", "pid", 0) < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
                return -errno;
        proc = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
        return proc < 0 || move_mount(proc, "", AT_FDCWD, "proc", MOVE_MOUNT_F_EMPTY_PATH) < 0 ? -errno : 0;
}

static int make_root(BuilderZone *z) {
        static const PolicySubtree trees[] = {
                { "/usr/lib64", POLICY_SUBTREE_EXEC | POLICY_SUBTREE_OPTIONAL },
                { HANARE_LIBDIR_HOST, POLICY_SUBTREE_EXEC },
                { "/usr/share/X11", POLICY_SUBTREE_OPTIONAL },
                { "/usr/share/fonts", POLICY_SUBTREE_OPTIONAL },
                { "/usr/share/icons", POLICY_SUBTREE_OPTIONAL },
                { "/usr/share/libinput", POLICY_SUBTREE_OPTIONAL },
                { "/usr/share/weston", POLICY_SUBTREE_OPTIONAL },
                { "/usr/lib/locale", POLICY_SUBTREE_OPTIONAL },
                { "/usr/bin/weston", POLICY_SUBTREE_EXEC | POLICY_SUBTREE_FILE },
                { SHM_MODULE, POLICY_SUBTREE_EXEC | POLICY_SUBTREE_FILE },
        };
        BASE_FD root = -1;
        BASE_FD run = -1;
        BASE_FD tmp = -1;
        BASE_FD shm = -1;
        int r;

        if ((r = builder_root_make(z, "display", trees, sizeof trees / sizeof *trees, &root)) < 0 ||
            (r = mount_writable(z, root, "run", &run)) < 0 || (r = mount_writable(z, root, "tmp", &tmp)) < 0 ||
            (r = mount_writable(z, root, "dev/shm", &shm)) < 0 || (r = write_ini(z, run)) < 0)
                return r;
        if (z->plan->display == POLICY_DISPLAY_WAYLAND && (r = builder_root_font_cache(root, "var/cache/fontconfig")) < 0) /* for its frame's title */
                return r;
        if (z->plan->display == POLICY_DISPLAY_X11 && ((r = write_cookie(z, run)) < 0 || (r = place_x_socket(tmp)) < 0))
                return r;
        return 0;
}

static void __attribute__((noreturn)) exec_compositor(const BuilderZone *z, int alive) {
        struct pollfd parent = { .fd = alive };
        const char *envp[16], *argv[8];
        int n = 0, a = 0, fds[] = { -1, -1, -1, z->wayland, z->display_fd };
        const int n_fds = 5;

        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || chdir(BUILDER_STAGE "/display") < 0 ||
            (z->plan->display == POLICY_DISPLAY_X11 && mount_own_proc() < 0) || syscall(SYS_pivot_root, ".", ".") < 0 ||
            umount2(".", MNT_DETACH) < 0 || chdir("/run") < 0)
                _exit(101);
        fds[0] = fds[1] = fds[2] = open("/dev/null", O_RDWR | O_CLOEXEC);
        for (int i = 0; i < n_fds; i++)
                if ((fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 16)) < 0)
                        _exit(102);
        if ((alive = parent.fd = fcntl(alive, F_DUPFD_CLOEXEC, 16)) < 0)
                _exit(102);
        for (int i = 0; i < n_fds; i++)
                if (dup2(fds[i], i) < 0)
                        _exit(102);
        if (syscall(SYS_close_range, (unsigned)n_fds, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */) < 0)
                _exit(102);
        envp[n++] = "HOME=/run", envp[n++] = "XDG_RUNTIME_DIR=/run", envp[n++] = "LANG=C.UTF-8";
        envp[n++] = "LISTEN_FDS=1", envp[n++] = "LISTEN_PID=1";
        argv[a++] = "/usr/bin/weston", argv[a++] = "--config=/run/weston.ini", argv[a++] = "--socket=inner";
        if (z->plan->display == POLICY_DISPLAY_X11) {
                envp[n++] = "DISPLAY=:0", envp[n++] = "XAUTHORITY=/run/Xauthority", envp[n++] = "LD_PRELOAD=" SHM_MODULE;
                argv[a++] = "--backend=x11-backend.so";
        } else {
                envp[n++] = "WAYLAND_SOCKET=4";
                argv[a++] = "--backend=wayland-backend.so";
        }
        argv[a++] = "--use-pixman";
        argv[a] = NULL;
        envp[n] = NULL;
        base_drop_to(z->display_uid);
        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || poll(&parent, 1, 0) != 0 || /* hung up: the builder is gone */
            base_filter_install(display_filter, sizeof display_filter / sizeof *display_filter, 0) < 0)
                _exit(103);
        execve(argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)envp);
        _exit(104);
}

int builder_display_start(BuilderZone *z) {
        int pidfd = -1, r;
        struct clone_args args = {
                .flags = CLONE_PIDFD | CLONE_INTO_CGROUP | CLONE_CLEAR_SIGHAND | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
                         CLONE_NEWUTS | CLONE_NEWCGROUP,
                .pidfd = (uintptr_t)&pidfd, .exit_signal = SIGCHLD, .cgroup = (uint64_t)z->cgroup,
        };
        int alive[2];
        long pid;

        if ((r = make_root(z)) < 0)
                return r;
        if (pipe2(alive, O_CLOEXEC) < 0)
                return -errno;
        BASE_FD alive_read = alive[0];
        z->alive = alive[1];
        pid = syscall(SYS_clone3, &args, sizeof args);
        if (pid < 0)
                return -errno;
        if (pid == 0) {
                close(z->alive);
                exec_compositor(z, alive_read);
        }
        z->display.pid = (pid_t)pid;
        z->display.pidfd = pidfd;
        base_fd_done(&z->wayland);
        base_fd_done(&z->display_fd);
        return 0;
}
