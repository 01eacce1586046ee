/* builder-clone: makes the zone's first process and gives it its ids.
 * Runs as: root (builder).  Input: a built root.  Must not: join a namespace of a running zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "sandboxd/builder/builder-zone.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int receive(BuilderZone *z, PolicyMsgInit *msg, uint32_t type, int *ret_fd) {
        int fds[BASE_MSG_MAX_FDS];
        size_t n_fds = 0;
        ssize_t n = base_msg_recv(z->init_socket, msg, sizeof *msg, fds, &n_fds, 0);

        if (n < 0)
                return (int)n;
        for (size_t i = 0; i < n_fds; i++)
                if (i == 0 && ret_fd)
                        *ret_fd = fds[0];
                else
                        close(fds[i]);
        if (n == sizeof *msg && msg->type == POLICY_INIT_FAILED) {
                z->step = msg->value < STEPS ? (BuilderStep)msg->value : STEP_CLONE;
                return msg->error < 0 ? msg->error : -EPROTO;
        }
        return n == sizeof *msg && msg->type == type ? 0 : -EPROTO;
}

static int write_maps(const BuilderZone *z) {
        char path[64], map[64];
        int r;

        snprintf(map, sizeof map, "1000 %u 1", (unsigned)z->zone_uid); /* one id, and not 0 */
        snprintf(path, sizeof path, "/proc/%d", (int)z->init_pid);
        BASE_FD proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (proc < 0)
                return -errno;
        if ((r = base_fd_write_file(proc, "gid_map", map)) < 0)
                return r;
        return base_fd_write_file(proc, "uid_map", map);
}

/* The user namespace, index 0, is made last. */
static int note_namespaces(BuilderZone *z, int first, int last) {
        static const char *const names[] = { "user", "mnt", "pid_for_children", "net", "ipc", "uts", "cgroup" };
        char path[64];
        struct stat st;

        for (int i = first; i <= last; i++) {
                snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)z->init_pid, names[i]);
                z->ns_fds[i] = open(path, O_RDONLY | O_CLOEXEC);
                if (z->ns_fds[i] < 0 || fstat(z->ns_fds[i], &st) < 0)
                        return -errno;
                z->ns_inodes[i] = st.st_ino;
        }
        return 0;
}

static int clone_process(BuilderZone *z) {
        int pair[2], r = base_msg_pair(pair), pidfd = -1;
        struct clone_args args = {
                .flags = CLONE_PIDFD | CLONE_INTO_CGROUP | CLONE_CLEAR_SIGHAND | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
                         CLONE_NEWUTS | CLONE_NEWCGROUP,
                .pidfd = (uintptr_t)&pidfd,
                .exit_signal = SIGCHLD,
                .cgroup = (uint64_t)z->cgroup,
        };
        long pid;

        if (r < 0)
                return r;
        pid = syscall(SYS_clone3, &args, sizeof args);
        if (pid < 0) {
                r = -errno;
                close(pair[0]);
                close(pair[1]);
                return r;
        }
        if (pid == 0) {
                close(pair[0]);
                builder_inside(z, pair[1]);
        }
        close(pair[1]);
        z->init_socket = pair[0];
        z->init_pid = (pid_t)pid;
        z->init_pidfd = pidfd;
        return 0;
}

int builder_clone_zone(BuilderZone *z) {
        PolicyMsgInit msg;
        int r;

        z->step = STEP_CLONE;
        if ((r = clone_process(z)) < 0)
                return r;
        z->step = STEP_NETWORK;
        if ((r = receive(z, &msg, POLICY_INIT_LISTENER, &z->listener)) < 0)
                return r;
        z->memfd_noexec = msg.value != 0;
        if ((z->kind->flags & POLICY_KIND_NETWORK) && z->listener < 0)
                return -EPROTO;
        return note_namespaces(z, 1, 6);
}

int builder_clone_enter(BuilderZone *z, int init_exe, int init_plan) {
        PolicyMsgInit msg, order = { .type = POLICY_INIT_ENTER }, go = { .type = POLICY_INIT_GO };
        const int fds[] = { init_exe, init_plan, z->stdio[0], z->stdio[1], z->stdio[2] };
        int r;

        z->step = STEP_PROGRAM;
        snprintf(order.text, sizeof order.text, "%s", builder_root_further(z));
        if ((r = base_msg_send(z->init_socket, &order, sizeof order, fds, z->plan->stdio ? 5 : 2)) < 0)
                return r;
        z->step = STEP_IDS;
        if ((r = receive(z, &msg, POLICY_INIT_STARTED, NULL)) < 0 || (r = write_maps(z)) < 0 || (r = note_namespaces(z, 0, 0)) < 0)
                return r;
        return base_msg_send(z->init_socket, &go, sizeof go, NULL, 0);
}
