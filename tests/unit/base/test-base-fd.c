/* test-base-fd: whole reads and writes, no symlink, sealed memfds that cannot change.
 * Runs as: anyone (pure).  Input: a directory of its own.  Must not: leave files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static char dir[64];
static int dirfd_;

static void setup(void) {
        strcpy(dir, "/tmp/hanare-test-fd-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(dir));
        dirfd_ = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        ck_assert_int_ge(dirfd_, 0);
        close(openat(dirfd_, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        ck_assert_int_eq(symlinkat("file", dirfd_, "link"), 0);
        ck_assert_int_eq(symlinkat(".", dirfd_, "here"), 0);
}
static void teardown(void) {
        unlinkat(dirfd_, "file", 0);
        unlinkat(dirfd_, "link", 0);
        unlinkat(dirfd_, "here", 0);
        close(dirfd_);
        rmdir(dir);
}

START_TEST(test_files) {
        char room[8];

        ck_assert_int_eq(base_fd_write_file(dirfd_, "file", "1234567"), 0);
        ck_assert_int_eq(base_fd_read_file(dirfd_, "file", room, sizeof room), 7);
        ck_assert_str_eq(room, "1234567");
        ck_assert_int_eq(base_fd_read_file(dirfd_, "file", room, 7), -EFBIG); /* no room for the NUL */
        ck_assert_int_eq(base_fd_write_file(dirfd_, "link", "x"), -ELOOP);
        ck_assert_int_eq(base_fd_open_beneath(dirfd_, "here/file", O_RDONLY, 0), -ELOOP);
        ck_assert_int_eq(base_fd_open_beneath(dirfd_, "../x", O_RDONLY, 0), -EXDEV);
        ck_assert_int_eq(base_fd_open_beneath(dirfd_, "/etc/passwd", O_RDONLY, 0), -EXDEV);
        ck_assert_int_eq(base_fd_open_beneath(dirfd_, "none", O_RDONLY, 0), -ENOENT);
        BASE_FD fd = base_fd_open_beneath(dirfd_, "file", O_RDONLY, 0);
        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
        ck_assert_int_eq(base_fd_read_exact(fd, room, 7), 0);
        ck_assert_int_eq(base_fd_read_exact(fd, room, 1), -EPIPE);
}
END_TEST

START_TEST(test_sealed) {
        const void *bytes = NULL;
        size_t n = 0;
        BASE_FD fd = base_fd_seal("test", "hello", 5);
        BASE_FD soft = memfd_create("soft", MFD_CLOEXEC | MFD_ALLOW_SEALING);

        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
        ck_assert_int_eq(base_fd_map_sealed(fd, 5, &bytes, &n), 0);
        ck_assert_uint_eq(n, 5);
        ck_assert_mem_eq(bytes, "hello", 5);
        ck_assert_int_eq(write(fd, "x", 1), -1);
        ck_assert_int_eq(ftruncate(fd, 9), -1);
        ck_assert_ptr_eq(mmap(NULL, 5, PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
        ck_assert_int_eq(base_fd_map_sealed(fd, 4, &bytes, &n), -EFBIG);
        ck_assert_int_eq(write(soft, "hello", 5), 5);
        ck_assert_int_eq(base_fd_map_sealed(soft, 5, &bytes, &n), -EPERM);
        ck_assert_int_eq(fcntl(soft, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE), 0); /* all but SEAL */
        ck_assert_int_eq(base_fd_map_sealed(soft, 5, &bytes, &n), -EPERM);
        BASE_FD empty = base_fd_seal("empty", "", 0);
        ck_assert_int_eq(base_fd_map_sealed(empty, 5, &bytes, &n), -EFBIG);
        BASE_FD file = openat(dirfd_, "file", O_RDONLY | O_CLOEXEC);
        ck_assert_int_lt(base_fd_map_sealed(file, 5, &bytes, &n), 0); /* no memfd at all */
}
END_TEST

START_TEST(test_steal) {
        int fd = 7;
        ck_assert_int_eq(base_fd_steal(&fd), 7);
        ck_assert_int_eq(fd, -1);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("base-fd");
        TCase *all = tcase_create("all");
        int failed;

        tcase_add_checked_fixture(all, setup, teardown);
        tcase_add_test(all, test_files);
        tcase_add_test(all, test_sealed);
        tcase_add_test(all, test_steal);
        suite_add_tcase(suite, all);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
