/* policy-tree: the policy files of a machine, or of a folder laid out like /etc/hanare: read, loaded, compiled.
 * Runs as: user.  Input: files that the user may read.  Must not: judge a policy by other code than the service's.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/policy/policy-tree.h"
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "base/base-spawn.h"
#include "hanare-config.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-text.h"
#include "launcher/policy/policy-cmd.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#ifndef POLICY_COMPILER
#define POLICY_COMPILER HANARE_LIBEXECDIR "/sandboxd-compile"
#endif
#define COMPILE_MS 10000

void policy_tree_say(const char *sentence) {
        g_autofree char *shown = cli_text_escape(sentence);
        fprintf(stderr, "hanare policy: %s\n", shown);
}

static int cannot_read(const char *path, int error) {
        g_autofree char *sentence = g_strdup_printf("%s: %s", path, error == -EFBIG ? _("the file is too long") : strerror(-error));

        policy_tree_say(sentence);
        return CLI_FAILED;
}

int policy_tree_read_file(const char *path, char **ret_bytes, size_t *ret_n) {
        BASE_FD fd = open(path, O_RDONLY | O_CLOEXEC);
        BASE_FREE char *room = malloc(POLICY_INPUT_MAX + 1);
        ssize_t n = fd < 0 ? -errno : !room ? -ENOMEM : base_fd_read_all(fd, room, POLICY_INPUT_MAX);

        if (n < 0)
                return cannot_read(path, (int)n);
        *ret_bytes = malloc((size_t)n + 1);
        if (!*ret_bytes)
                return cannot_read(path, -ENOMEM);
        memcpy(*ret_bytes, room, (size_t)n);
        (*ret_bytes)[n] = '\0';
        *ret_n = (size_t)n;
        return CLI_OK;
}

static int add_file(PolicyTree *tree, PolicyInput input, PolicyLayer layer, const char *path) {
        PolicyTreeFile *file = &tree->files[tree->n];
        int r;

        if (tree->n == POLICY_INPUT_COUNT_MAX) {
                policy_tree_say(_("There are too many policy files; expected at most 256."));
                return CLI_POLICY;
        }
        r = policy_tree_read_file(path, &file->bytes, &file->n);
        if (r != CLI_OK)
                return r;
        file->input = input;
        file->layer = layer;
        file->path = g_strdup(path);
        tree->n++;
        return CLI_OK;
}

static int listed(const struct dirent *e) {
        const char *dot = strrchr(e->d_name, '.');
        return e->d_name[0] != '.' && dot && (strcmp(dot, ".jsonc") == 0 || strcmp(dot, ".pem") == 0 || strcmp(dot, ".crt") == 0);
}

/* The files of one folder, by name; a folder that is not there has none. */
static int add_folder(PolicyTree *tree, PolicyInput input, PolicyLayer layer, const char *parent, const char *name) {
        g_autofree char *dir = g_strdup_printf("%s/%s", parent, name);
        struct dirent **names;
        int n = scandir(dir, &names, listed, alphasort), r = CLI_OK;

        if (n < 0)
                return errno == ENOENT ? CLI_OK : cannot_read(dir, -errno);
        for (int i = 0; i < n; i++) {
                g_autofree char *path = g_strdup_printf("%s/%s", dir, names[i]->d_name);
                if (input == POLICY_INPUT_END && tree->n_tests < POLICY_INPUT_COUNT_MAX)
                        tree->tests[tree->n_tests++] = g_strdup(path);
                else if (r == CLI_OK && (input == POLICY_INPUT_AUTHORITY) == !g_str_has_suffix(path, ".jsonc"))
                        r = add_file(tree, input, layer, path);
                free(names[i]);
        }
        free(names);
        return r;
}

static int add_site(PolicyTree *tree, const char *dir) {
        g_autofree char *settings = g_strdup_printf("%s/hanare.jsonc", dir), *groups = g_strdup_printf("%s/groups.d", dir);
        int r = CLI_OK;

        if (access(groups, F_OK) == 0) {
                g_autofree char *sentence = g_strdup_printf(_("%s: policy of groups is not available in this version; expected no such folder"), groups);
                policy_tree_say(sentence);
                return CLI_POLICY;
        }
        if (access(settings, F_OK) == 0)
                r = add_file(tree, POLICY_INPUT_SETTINGS, POLICY_LAYER_SITE, settings);
        if (r == CLI_OK)
                r = add_folder(tree, POLICY_INPUT_KIND, POLICY_LAYER_SITE, dir, "kinds.d");
        if (r == CLI_OK)
                r = add_folder(tree, POLICY_INPUT_AUTHORITY, POLICY_LAYER_SITE, dir, "authorities");
        return r == CLI_OK ? add_folder(tree, POLICY_INPUT_END, POLICY_LAYER_SITE, dir, "tests.d") : r;
}

int policy_tree_read(PolicyTree *tree, const char *vendor, const char *const *what, size_t n) {
        int r = add_folder(tree, POLICY_INPUT_KIND, POLICY_LAYER_VENDOR, vendor ? vendor : HANARE_DATADIR, "kinds.d");

        for (size_t i = 0; i < n && r == CLI_OK; i++) {
                const char *slash = strrchr(what[i], '/'), *name = slash ? slash + 1 : what[i];
                struct stat st;
                if (stat(what[i], &st) < 0)
                        r = cannot_read(what[i], -errno);
                else if (S_ISDIR(st.st_mode))
                        r = add_site(tree, what[i]);
                else if (strcmp(name, "hanare.jsonc") == 0)
                        r = add_file(tree, POLICY_INPUT_SETTINGS, POLICY_LAYER_SITE, what[i]);
                else
                        r = add_file(tree, g_str_has_suffix(name, ".jsonc") ? POLICY_INPUT_KIND : POLICY_INPUT_AUTHORITY, POLICY_LAYER_SITE, what[i]);
        }
        return r;
}

int policy_tree_load(PolicyTree *tree) {
        PolicySetInput inputs[POLICY_INPUT_COUNT_MAX];
        PolicyProblem problem = { 0 };
        size_t n = 0;
        int r;

        for (size_t i = 0; i < tree->n; i++)
                if (tree->files[i].input != POLICY_INPUT_AUTHORITY)
                        inputs[n++] = (PolicySetInput){ tree->files[i].input == POLICY_INPUT_SETTINGS ? POLICY_KEYS_SETTINGS : POLICY_KEYS_KIND, tree->files[i].layer,
                                                        tree->files[i].path, tree->files[i].bytes, tree->files[i].n };
        r = policy_set_load(inputs, n, &tree->set, &problem);
        if (r < 0)
                policy_tree_say(r == -EINVAL ? problem.text : strerror(-r));
        return r < 0 ? CLI_POLICY : CLI_OK;
}

static int send_patiently(int sock, const PolicyMsgInput *msg, int fd) {
        for (;;) {
                struct pollfd p = { .fd = sock, .events = POLLOUT };
                int r = base_msg_send(sock, msg, sizeof *msg, &fd, fd >= 0);
                if (r != -EAGAIN)
                        return r;
                if (poll(&p, 1, COMPILE_MS) != 1)
                        return -ETIMEDOUT;
        }
}

static int send_file(int sock, const PolicyTreeFile *file) {
        const char *slash = strrchr(file->path, '/'), *name = slash ? slash + 1 : file->path;
        PolicyMsgInput msg = { .input = file->input, .site = file->layer != POLICY_LAYER_VENDOR };
        BASE_FD fd = base_fd_seal("hanare-policy", file->bytes, file->n);

        snprintf(msg.name, sizeof msg.name, "%s", name);
        return fd < 0 ? fd : send_patiently(sock, &msg, fd);
}

/* Asks as the monitor does. */
static int ask(const PolicyTree *tree, PolicyMsgCompiled *ret_msg, int *ret_fd) {
        char *argv[] = { (char *)"sandboxd-compile", NULL }, *envp[] = { NULL };
        PolicyMsgInput end = { .input = POLICY_INPUT_END };
        int pair[2], fds[BASE_MSG_MAX_FDS], pidfd = -1, r = base_msg_pair(pair);
        size_t n_fds = 0;
        ssize_t got;
        pid_t pid;

        if (r < 0)
                return r;
        BASE_FD ours = pair[0];
        BASE_FD theirs = pair[1];
        int child_fds[] = { -1, -1, 2, theirs };
        BaseSpawn spawn = { .path = POLICY_COMPILER, .argv = argv, .envp = envp, .fds = child_fds, .n_fds = 4, .cgroup = -1 };
        r = base_spawn(&spawn, &pid, &pidfd);
        if (r < 0)
                return r;
        base_fd_done(&theirs);
        for (size_t i = 0; i < tree->n && r == 0; i++)
                r = send_file(ours, &tree->files[i]);
        if (r == 0)
                r = send_patiently(ours, &end, -1);
        got = r == 0 ? base_msg_recv(ours, ret_msg, sizeof *ret_msg, fds, &n_fds, 0) : r;
        close(pidfd);
        base_fd_done(&ours); /* so that it ends, whatever went wrong */
        waitpid(pid, NULL, 0);
        if (got != sizeof *ret_msg || n_fds != (ret_msg->ok ? 1 : 0))
                return got < 0 ? (int)got : -ECHILD;
        *ret_fd = n_fds ? fds[0] : -1;
        return 0;
}

static int take_table(PolicyTree *tree, int table_fd) {
        BASE_FD fd = table_fd;
        int r = base_fd_map_sealed(fd, POLICY_TABLE_MAX, &tree->table_bytes, &tree->table_n);

        if (r == 0)
                r = policy_table_decode(tree->table_bytes, tree->table_n, &tree->table);
        return r == 0 ? policy_pattern_index_new(tree->table, &tree->index, NULL, NULL) : r;
}

int policy_tree_compile(PolicyTree *tree) {
        PolicyMsgCompiled msg = { 0 };
        int fd = -1, r = policy_tree_load(tree);

        if (r != CLI_OK)
                return r;
        r = ask(tree, &msg, &fd);
        if (r == 0 && !msg.ok) {
                msg.text[sizeof msg.text - 1] = '\0';
                policy_tree_say(msg.text);
                return CLI_POLICY;
        }
        if (r == 0)
                r = take_table(tree, fd);
        if (r < 0) {
                g_autofree char *sentence = g_strdup_printf(_("%s gives no answer (%s): is Hanare installed whole?"), POLICY_COMPILER, strerror(-r));
                policy_tree_say(sentence);
                return CLI_FAILED;
        }
        return CLI_OK;
}

void policy_tree_done(PolicyTree *tree) {
        for (size_t i = 0; i < tree->n; i++) {
                g_free(tree->files[i].path);
                free(tree->files[i].bytes);
        }
        for (size_t i = 0; i < tree->n_tests; i++)
                g_free(tree->tests[i]);
        policy_pattern_index_free(tree->index);
        policy_table_free(tree->table);
        if (tree->table_bytes)
                munmap((void *)(uintptr_t)tree->table_bytes, tree->table_n);
        policy_set_done(&tree->set);
        g_free(tree);
}
