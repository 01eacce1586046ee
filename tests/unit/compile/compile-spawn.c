/* compile-spawn: asks the real compiler as the monitor does. For tests.
 * Runs as: anyone (pure).  Input: files of the test.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile-spawn.h"
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "base/base-spawn.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>

static int send_input(int sock, const CompileFile *file) {
        const char *slash = file->path ? strrchr(file->path, '/') : NULL, *name = file->name ? file->name : slash ? slash + 1 : file->path;
        PolicyMsgInput msg = { .input = file->input };
        BASE_FD fd = file->path ? open(file->path, O_RDONLY | O_CLOEXEC) : base_fd_seal("input", file->bytes, strlen(file->bytes));

        if (fd < 0)
                return file->path ? -errno : fd;
        strncpy(msg.name, name, sizeof msg.name - 1);
        for (;;) { /* the queue of a pair is short */
                int r = base_msg_send(sock, &msg, sizeof msg, &fd, 1);
                if (r != -EAGAIN)
                        return r;
                usleep(1000);
        }
}

int compile_spawn_ask(const char *program, const CompileFile *files, size_t n, PolicyMsgCompiled *ret_msg, int *ret_table, int *ret_denylist) {
        char *argv[] = { (char *)(uintptr_t)program, NULL }, *envp[] = { NULL };
        PolicyMsgInput end = { .input = POLICY_INPUT_END };
        int pair[2], fds[BASE_MSG_MAX_FDS], pidfd = -1, r = base_msg_pair(pair);
        size_t n_fds = 0;
        pid_t pid;

        if (r < 0)
                return r;
        BASE_FD ours = pair[0];
        BASE_FD theirs = pair[1];
        int spawn_fds[] = { -1, -1, 2, theirs };
        BaseSpawn spawn = { .path = program, .argv = argv, .envp = envp, .fds = spawn_fds, .n_fds = 4, .cgroup = -1 };
        if (geteuid() == 0) { /* as the monitor does it */
                spawn.uid = 65533;
                spawn.namespaces = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWNS;
        }
        r = base_spawn(&spawn, &pid, &pidfd);
        if (r < 0)
                return r;
        base_fd_done(&theirs);
        for (size_t i = 0; i < n && r == 0; i++)
                r = send_input(ours, &files[i]);
        while (r == 0 && (r = base_msg_send(ours, &end, sizeof end, NULL, 0)) == -EAGAIN)
                usleep(1000), r = 0;
        ssize_t got = base_msg_recv(ours, ret_msg, sizeof *ret_msg, fds, &n_fds, 0);
        close(pidfd);
        waitpid(pid, NULL, 0);
        if (got != sizeof *ret_msg || (ret_msg->ok ? n_fds < 1 || n_fds > 2 : n_fds > 0))
                return r < 0 ? r : -ECHILD;
        *ret_table = n_fds ? fds[0] : -1;
        if (ret_denylist)
                *ret_denylist = n_fds > 1 ? fds[1] : -1;
        else if (n_fds > 1)
                close(fds[1]);
        return 0;
}
