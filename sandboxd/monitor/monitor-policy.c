/* monitor-policy: opens the policy files, has them compiled by a process without rights, keeps the sealed result.
 * Runs as: root (monitor).  Input: names of files in root-owned directories; the compiler's one answer.
 * Must not: read a byte of a policy file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "base/base-spawn.h"
#include "sandboxd/monitor/monitor.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define COMPILE_MS 10000

static int problem(Monitor *m, const char *file, const char *what) {
        snprintf(m->problem, sizeof m->problem, "%.150s: %.90s", file, what);
        return -EPERM;
}

/* Root's own file, writable by nobody else, no link; or -ENOENT. */
static int open_trusted(Monitor *m, int dirfd, const char *dir, const char *name) {
        BASE_FD fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        char path[400];
        struct stat st;

        snprintf(path, sizeof path, "%s%s%s", dir, *dir ? "/" : "", name);
        if (fd < 0)
                return errno == ENOENT ? -ENOENT : problem(m, path, errno == ELOOP ? "is a symbolic link; a file of root's is needed" : strerror(errno));
        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
                return problem(m, path, "is not a regular file");
        if (st.st_uid != 0 || (st.st_mode & 022))
                return problem(m, path, "is not root's alone: chown root and chmod go-w it");
        return base_fd_steal(&fd);
}

/* The pair's queue is short: waits for the compiler to read. */
static int send_patiently(int sock, const PolicyMsgInput *msg, int fd) {
        for (;;) {
                struct pollfd p = { .fd = sock, .events = POLLOUT };
                int r = base_msg_send(sock, msg, sizeof *msg, &fd, fd >= 0 ? 1 : 0);
                if (r != -EAGAIN)
                        return r;
                if (poll(&p, 1, COMPILE_MS) != 1)
                        return -ETIMEDOUT;
        }
}

static int send_file(Monitor *m, int sock, PolicyInput input, bool site, int dirfd, const char *dir, const char *name) {
        PolicyMsgInput msg = { .input = input, .site = site };
        BASE_FD fd = open_trusted(m, dirfd, dir, name);

        if (fd < 0)
                return fd == -ENOENT ? 0 : fd;
        snprintf(msg.name, sizeof msg.name, "%s%s%s", dir, *dir ? "/" : "", name);
        return send_patiently(sock, &msg, fd);
}

static int has_suffix(const char *name, const char *suffix) {
        size_t n = strlen(name), k = strlen(suffix);
        return name[0] != '.' && n > k && n < 120 && strcmp(name + n - k, suffix) == 0;
}

static int is_jsonc(const struct dirent *e) {
        return has_suffix(e->d_name, ".jsonc");
}

static int is_list(const struct dirent *e) {
        return has_suffix(e->d_name, ""); /* the compiler knows the formats, and says so where it does not */
}

static int is_pem(const struct dirent *e) {
        return has_suffix(e->d_name, ".pem") || has_suffix(e->d_name, ".crt");
}

static int send_dir(Monitor *m, int sock, PolicyInput input, bool site, const char *dir, int (*filter)(const struct dirent *)) {
        struct dirent **names;
        struct stat st;
        BASE_FD fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int n, r = 0;

        if (fd < 0)
                return errno == ENOENT ? 0 : problem(m, dir, strerror(errno));
        if (fstat(fd, &st) < 0 || st.st_uid != 0 || (st.st_mode & 022))
                return problem(m, dir, "is not root's alone: chown root and chmod go-w it");
        n = scandirat(fd, ".", &names, filter, alphasort);
        if (n < 0)
                return problem(m, dir, strerror(errno));
        for (int i = 0; i < n; i++) {
                if (r == 0)
                        r = send_file(m, sock, input, site, fd, dir, names[i]->d_name);
                free(names[i]);
        }
        free(names);
        return r;
}

static int send_inputs(Monitor *m, int sock) {
        PolicyMsgInput end = { .input = POLICY_INPUT_END };
        int r;

        if (access(HANARE_SYSCONFDIR "/groups.d", F_OK) == 0) /* refused, not ignored */
                return problem(m, HANARE_SYSCONFDIR "/groups.d", "policy of groups is not available in this version; expected no such folder");
        if ((r = send_file(m, sock, POLICY_INPUT_SETTINGS, true, AT_FDCWD, "", HANARE_SYSCONFDIR "/hanare.jsonc")) < 0 ||
            (r = send_dir(m, sock, POLICY_INPUT_KIND, false, HANARE_DATADIR "/kinds.d", is_jsonc)) < 0 ||
            (r = send_dir(m, sock, POLICY_INPUT_KIND, true, HANARE_SYSCONFDIR "/kinds.d", is_jsonc)) < 0 ||
            (r = send_dir(m, sock, POLICY_INPUT_AUTHORITY, true, HANARE_SYSCONFDIR "/authorities", is_pem)) < 0 ||
            (r = send_dir(m, sock, POLICY_INPUT_DENYLIST, true, HANARE_SYSCONFDIR "/denylists.d", is_list)) < 0 ||
            (r = send_file(m, sock, POLICY_INPUT_HOST_CA, true, AT_FDCWD, "", "/etc/ssl/certs/ca-certificates.crt")) < 0 ||
            (r = send_file(m, sock, POLICY_INPUT_SUBUID, true, AT_FDCWD, "", "/etc/subuid")) < 0 ||
            (r = send_file(m, sock, POLICY_INPUT_SUBUID, true, AT_FDCWD, "", "/etc/subgid")) < 0)
                return r;
        return send_patiently(sock, &end, -1);
}

static int take_answer(Monitor *m, int sock, int *ret_table, int *ret_denylist) {
        struct pollfd p = { .fd = sock, .events = POLLIN };
        PolicyMsgCompiled msg;
        int fds[BASE_MSG_MAX_FDS];
        size_t n_fds = 0;

        if (poll(&p, 1, COMPILE_MS) != 1)
                return problem(m, "policy", "the compiler does not answer");
        if (base_msg_recv(sock, &msg, sizeof msg, fds, &n_fds, MSG_DONTWAIT) != sizeof msg || n_fds > 2)
                return problem(m, "policy", "the compiler ended without an answer");
        msg.text[sizeof msg.text - 1] = '\0';
        if (!msg.ok || n_fds == 0) {
                while (n_fds > 0)
                        close(fds[--n_fds]);
                snprintf(m->problem, sizeof m->problem, "%.255s", msg.text);
                return -EINVAL;
        }
        *ret_table = fds[0];
        *ret_denylist = n_fds == 2 ? fds[1] : -1;
        return 0;
}

static int put_in_force(Monitor *m, int table_fd, int denylist_fd) {
        BASE_FD fd = table_fd;
        BASE_FD denylist = denylist_fd;
        PolicyTable *table = NULL;
        const void *bytes;
        size_t n;
        int r = base_fd_map_sealed(fd, POLICY_TABLE_MAX, &bytes, &n);

        if (r < 0 || (r = policy_table_decode(bytes, n, &table)) < 0)
                return problem(m, "policy", "the compiler's table is not sealed or not well formed");
        crypto_hash_sha256(table->hash, bytes, n);
        base_fd_done(&m->table_fd);
        policy_table_free(m->table); /* its mapping stays: a page or two for each reload of policy */
        m->table = table;
        m->next_kind = policy_table_find_kind(table, table->default_kind);
        m->table_fd = base_fd_steal(&fd);
        base_fd_done(&m->denylist_fd);
        m->denylist_fd = base_fd_steal(&denylist); /* who reads it checks it: the gateways and the broker, without rights */
        m->problem[0] = '\0';
        return 0;
}

int monitor_policy_load(Monitor *m) {
        static char *const argv[] = { (char *)"sandboxd-compile", NULL }, *const envp[] = { NULL };
        int pair[2], r = base_msg_pair(pair), pidfd = -1, table = -1, denylist = -1;
        pid_t pid = 0;

        if (r < 0)
                return r;
        BASE_FD ours = pair[0];
        BASE_FD theirs = pair[1];
        int fds[] = { -1, -1, 2, theirs };
        BaseSpawn spawn = { .path = HANARE_LIBEXECDIR "/sandboxd-compile", .argv = argv, .envp = envp, .fds = fds, .n_fds = 4, .cgroup = -1,
                            .uid = m->compile_uid, .namespaces = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNS };
        r = base_spawn(&spawn, &pid, &pidfd);
        if (r < 0)
                return problem(m, spawn.path, strerror(-r));
        base_fd_done(&theirs);
        r = send_inputs(m, ours);
        if (r == -ETIMEDOUT || r == -EPIPE)
                r = problem(m, "policy", "the compiler does not read");
        if (r == 0)
                r = take_answer(m, ours, &table, &denylist);
        (void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
        (void)waitpid(pid, NULL, 0);
        close(pidfd);
        if (r == 0)
                r = put_in_force(m, table, denylist);
        if (r < 0)
                monitor_log("policy: %s", m->problem);
        return r;
}
