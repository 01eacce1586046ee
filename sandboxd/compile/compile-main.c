/* compile-main: reads policy files through descriptors, answers with one sealed table.
 * Runs as: compile.  Input: PolicyMsgInput on descriptor 3.  Must not: open a file, parse before it has shut itself in.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-drop.h"
#include "base/base-fd.h"
#include "base/base-filter.h"
#include "base/base-msg.h"
#include "sandboxd/compile/compile-denylist.h"
#include "sandboxd/compile/compile-table.h"
#include "policy/policy-name.h"
#include "sandboxd/filter/compile-filter.h"
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define SOCKET 3
#define ALL_INPUTS_MAX (64u << 20) /* bytes of all inputs */

static void __attribute__((noreturn)) give_up(const char *what, int error) {
        dprintf(2, "sandboxd-compile: %s: %s\n", what, strerror(-error));
        _exit(1);
}

static void shut_in(void) {
        size_t seed;
        int r;

        if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
                give_up("random numbers", -errno);
        json_object_seed(seed | 1); /* or jansson would open /dev/urandom later */
        base_drop_common();
        base_drop_all();
        r = base_filter_no_files();
        if (r < 0)
                give_up("Landlock", r);
        r = base_filter_install(compile_filter, sizeof compile_filter / sizeof *compile_filter, 0);
        if (r < 0)
                give_up("system-call filter", r);
}

/* The descriptor's bytes into one allocation of their size. */
static int read_bytes(int fd, CompileInput *input, size_t max) {
        BASE_FREE char *room = malloc(POLICY_INPUT_MAX);
        ssize_t n;

        if (!room)
                return -ENOMEM;
        n = base_fd_read_all(fd, room, max < POLICY_INPUT_MAX ? max : POLICY_INPUT_MAX);
        if (n < 0)
                return (int)n;
        input->bytes = malloc((size_t)n + 1);
        if (!input->bytes)
                return -ENOMEM;
        memcpy(input->bytes, room, (size_t)n);
        input->bytes[n] = '\0';
        input->n = (size_t)n;
        return 0;
}

/* Not held: read line by line into the maker, which is made with the first list. */
static int take_denylist(PolicyDenylistMaker *maker, const char *name, int fd, CompileProblem *problem) {
        CompileDenylist list;
        uint64_t key[2];
        int r = 0;

        if (!maker->slots && getrandom(key, sizeof key, 0) != (ssize_t)sizeof key)
                return -EIO;
        if (!maker->slots)
                r = policy_denylist_maker_init(maker, key);
        if (r == 0)
                r = compile_denylist_begin(&list, maker, name, problem);
        return r < 0 ? r : compile_denylist_read(&list, fd);
}

/* 1 = one more input, 2 = one that is dealt with, 0 = END, negative = the peer broke the rules or a file could not be read (problem says which). */
static int receive(CompileInput *input, size_t max, PolicyDenylistMaker *maker, CompileProblem *problem) {
        int fds[BASE_MSG_MAX_FDS], r;
        PolicyMsgInput msg;
        size_t n_fds = 0;
        ssize_t n = base_msg_recv(SOCKET, &msg, sizeof msg, fds, &n_fds, 0);

        if (n < 0)
                return (int)n;
        if (n != sizeof msg || msg.input >= POLICY_INPUTS || n_fds != (msg.input != POLICY_INPUT_END))
                return -EBADMSG;
        if (msg.input == POLICY_INPUT_END)
                return 0;
        BASE_FD fd = fds[0];
        if (memchr(msg.name, '\0', sizeof msg.name) == NULL || !policy_text_valid(msg.name, sizeof msg.name - 1))
                return compile_problem_set(problem, "a policy file has a name that cannot be shown; expected letters, digits, '-' and '.'");
        if (msg.input == POLICY_INPUT_DENYLIST) {
                r = problem->text[0] ? 0 : take_denylist(maker, msg.name, fd, problem);
                return r < 0 ? r : 2;
        }
        *input = (CompileInput){ .input = msg.input, .site = msg.site };
        memcpy(input->name, msg.name, sizeof input->name);
        r = read_bytes(fd, input, max);
        if (r == -EFBIG)
                return compile_problem_set(problem, "%s: this file is too long; expected at most %u bytes, and %u of all files", msg.name, POLICY_INPUT_MAX, ALL_INPUTS_MAX);
        if (r < 0)
                return compile_problem_set(problem, "%s: this file cannot be read: %s", msg.name, strerror(-r));
        return 1;
}

/* Takes every message up to END, also after a problem, so that the peer never waits for us to read. */
static int receive_all(CompileInput *inputs, size_t *ret_n, PolicyDenylistMaker *maker, CompileProblem *problem) {
        size_t bytes = 0;

        for (;;) {
                CompileInput extra = { 0 }, *slot = *ret_n < POLICY_INPUT_COUNT_MAX ? &inputs[*ret_n] : &extra;
                int r = receive(slot, ALL_INPUTS_MAX - bytes, maker, problem);
                if (r == 0)
                        return 0;
                if (r < 0 && r != -EINVAL)
                        return r;
                if (r < 0 || r == 2)
                        continue;
                if (slot == &extra) {
                        free(extra.bytes);
                        compile_problem_set(problem, "there are too many policy files; expected at most %d", POLICY_INPUT_COUNT_MAX);
                        continue;
                }
                bytes += slot->n;
                ++*ret_n;
        }
}

static int seal_denylist(PolicyDenylistMaker *maker) {
        BASE_FREE uint8_t *bytes = NULL;
        size_t n;
        int r = policy_denylist_maker_finish(maker, &bytes, &n);

        return r < 0 ? r : base_fd_seal("hanare-denylist", bytes, n);
}

static void answer(const uint8_t *bytes, size_t n, PolicyDenylistMaker *maker, const CompileProblem *problem) {
        PolicyMsgCompiled msg = { .ok = bytes != NULL };
        BASE_FD table = -1;
        BASE_FD denylist = -1;
        int r;

        memcpy(msg.text, problem->text, sizeof msg.text);
        if (bytes) {
                table = base_fd_seal("hanare-table", bytes, n);
                if (table < 0)
                        give_up("sealing the table", table);
        }
        if (bytes && maker->slots) {
                denylist = seal_denylist(maker);
                if (denylist < 0)
                        give_up("sealing the deny list", denylist);
        }
        r = base_msg_send(SOCKET, &msg, sizeof msg, (int[]){ table, denylist }, denylist >= 0 ? 2 : bytes != NULL);
        if (r < 0)
                give_up("answering", r);
}

int main(void) {
        static CompileInput inputs[POLICY_INPUT_COUNT_MAX];
        PolicyDenylistMaker maker = { 0 };
        CompileProblem problem = { 0 };
        uint8_t *bytes = NULL;
        size_t n_inputs = 0, n = 0;
        int r;

        shut_in();
        r = receive_all(inputs, &n_inputs, &maker, &problem);
        if (r < 0)
                give_up("receiving", r);
        if (!problem.text[0]) {
                r = compile_table_make(inputs, n_inputs, maker.head.n_names, &bytes, &n, &problem);
                if (r < 0 && r != -EINVAL)
                        give_up("compiling", r);
        }
        answer(bytes, n, &maker, &problem);
        return 0;
}
