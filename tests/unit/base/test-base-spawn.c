/* test-base-spawn: a child gets the listed descriptors and nothing else, dies with its parent, and has dropped what it should;
 * a process that has shut itself in opens nothing and calls nothing more.
 * Runs as: anyone (pure).  Input: the built spawn-child.  Must not: leave a process.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-drop.h"
#include "base/base-fd.h"
#include "base/base-filter.h"
#include "base/base-spawn.h"
#include "sandboxd/filter/compile-filter.h"
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static char program[32]; /* a copy that another uid can reach */

static void copy_program(void) {
        strcpy(program, "/tmp/hanare-test-spawn-XXXXXX");
        BASE_FD from = open(SPAWN_CHILD, O_RDONLY | O_CLOEXEC);
        BASE_FD to = mkostemp(program, O_CLOEXEC);
        char room[65536];
        ssize_t n;

        while ((n = read(from, room, sizeof room)) > 0)
                ck_assert_int_eq(base_fd_write_all(to, room, (size_t)n), 0);
        ck_assert_int_eq(fchmod(to, 0755), 0);
}
static void remove_program(void) {
        unlink(program);
}

static void ask(uid_t uid, unsigned long namespaces, char answer[256]) {
        char *argv[] = { program, NULL }, entry[] = "A=b", *envp[] = { entry, NULL };
        int out[2], stray = open("/dev/null", O_RDWR), pidfd = -1, status; /* stray: not close-on-exec, and must not arrive */
        ssize_t n;
        pid_t pid;

        ck_assert_int_ge(stray, 0);
        ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
        int fds[] = { -1, -1, 2, out[1] };
        BaseSpawn spawn = { .path = program, .argv = argv, .envp = envp, .fds = fds, .n_fds = 4, .cgroup = -1, .uid = uid, .namespaces = namespaces };
        ck_assert_int_eq(base_spawn(&spawn, &pid, &pidfd), 0);
        close(out[1]);
        n = read(out[0], answer, 255);
        ck_assert_int_gt(n, 0);
        answer[n] = '\0';
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        close(out[0]);
        close(pidfd);
        close(stray);
}

START_TEST(test_plain) {
        char answer[256], expected[256];

        ask(0, 0, answer);
        ck_assert_ptr_nonnull(strstr(answer, "fds=4 env=b pdeathsig=9"));
        snprintf(expected, sizeof expected, "uid=%d", (int)getuid());
        ck_assert_ptr_nonnull(strstr(answer, expected));
}
END_TEST

START_TEST(test_root) {
        char answer[256];

        ask(65533, CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS, answer);
        ck_assert_str_eq(answer, "fds=4 env=b pdeathsig=9 uid=65533 gid=65533 pid=1 nnp=1");
}
END_TEST

START_TEST(test_missing) {
        char path[] = "/nonexistent", *argv[] = { path, NULL }, *envp[] = { NULL };
        int pidfd = -1;
        pid_t pid = 0;
        BaseSpawn spawn = { .path = "/nonexistent", .argv = argv, .envp = envp, .cgroup = -1 };

        ck_assert_int_eq(base_spawn(&spawn, &pid, &pidfd), -ENOENT);
        ck_assert_int_eq(pidfd, -1);
        ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left to reap */
}
END_TEST

/* The parent is killed; its child must be gone within a second. */
START_TEST(test_dies_with_parent) {
        int tell[2], pidfd, status;
        pid_t parent, child = 0;

        ck_assert_int_eq(pipe2(tell, O_CLOEXEC), 0);
        ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
        parent = fork();
        if (parent == 0) {
                char word[] = "wait", *argv[] = { program, word, NULL }, *envp[] = { NULL };
                int fds[] = { -1, -1, 2 };
                BaseSpawn spawn = { .path = program, .argv = argv, .envp = envp, .fds = fds, .n_fds = 3, .cgroup = -1 };
                if (base_spawn(&spawn, &child, &pidfd) == 0 && write(tell[1], &child, sizeof child) > 0)
                        for (;;)
                                pause();
                _exit(1);
        }
        ck_assert_int_eq(base_fd_read_exact(tell[0], &child, sizeof child), 0);
        pidfd = (int)syscall(SYS_pidfd_open, child, 0);
        struct pollfd gone = { .fd = pidfd, .events = POLLIN };
        ck_assert_int_eq(poll(&gone, 1, 100), 0); /* alive before */
        kill(parent, SIGKILL);
        ck_assert_int_eq(poll(&gone, 1, 1000), 1);
        waitpid(parent, &status, 0);
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

/* Runs act in a fork and returns the wait status. */
static int in_child(void (*act)(void)) {
        int status;
        pid_t pid = fork();

        if (pid == 0) {
                act();
                _exit(0);
        }
        waitpid(pid, &status, 0);
        return status;
}

static void open_after_landlock(void) {
        char byte;
        int before = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

        base_drop_common();
        base_drop_all();
        if (base_filter_no_files() != 0)
                _exit(2);
        if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES)
                _exit(3);
        if (open("/tmp/hanare-test-none", O_CREAT | O_WRONLY, 0600) >= 0)
                _exit(4);
        _exit(read(before, &byte, 1) == 1 ? 0 : 5); /* what was open stays open */
}
static void call_after_filter(void) {
        base_drop_all();
        if (base_filter_install(compile_filter, sizeof compile_filter / sizeof *compile_filter, 0) != 0)
                _exit(2);
        (void)!write(-1, "", 0); /* on the list */
        syscall(SYS_getppid);    /* not on it */
        _exit(0);
}
static void exec_memory_after_filter(void) {
        base_drop_all();
        if (base_filter_install(compile_filter, sizeof compile_filter / sizeof *compile_filter, 0) != 0)
                _exit(2);
        syscall(SYS_mmap, NULL, 4096, 5 /* READ | EXEC */, 0x22 /* PRIVATE | ANONYMOUS */, -1, 0);
        _exit(0);
}
static void allowed_after_filter(void) {
        base_drop_all();
        if (base_filter_install(compile_filter, sizeof compile_filter / sizeof *compile_filter, 0) != 0)
                _exit(2);
        (void)!write(-1, "", 0);
        syscall(SYS_exit_group, 0);
}
static void regain(void) {
        base_drop_to(65533);
        if (getuid() != 65533 || setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0 || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
                _exit(3);
        if (prctl(PR_CAPBSET_READ, 0, 0, 0, 0) != 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
                _exit(4);
}
static void drop_to_root(void) {
        base_drop_to(0);
}

START_TEST(test_shut_in) {
        int status = in_child(open_after_landlock);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%x", status);
        status = in_child(allowed_after_filter);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%x", status);
        status = in_child(call_after_filter);
        ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "%x", status);
        status = in_child(exec_memory_after_filter);
        ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "%x", status);
}
END_TEST

START_TEST(test_drop) {
        int status = in_child(regain);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%x", status);
        status = in_child(drop_to_root);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 127, "%x", status);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("base-spawn");
        TCase *all = tcase_create("all"), *root = tcase_create("root");
        int failed;

        tcase_add_unchecked_fixture(all, copy_program, remove_program);
        tcase_add_test(all, test_plain);
        tcase_add_test(all, test_missing);
        tcase_add_test(all, test_dies_with_parent);
        tcase_add_test(all, test_shut_in);
        suite_add_tcase(suite, all);
        if (geteuid() == 0) {
                tcase_add_unchecked_fixture(root, copy_program, remove_program);
                tcase_add_test(root, test_root);
                tcase_add_test(root, test_drop);
                suite_add_tcase(suite, root);
        } else
                fprintf(stderr, "not root: the change of ids was not tested\n");
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        if (geteuid() != 0 && getenv("TESTS_MUST_RUN"))
                return 1;
        return failed != 0;
}
