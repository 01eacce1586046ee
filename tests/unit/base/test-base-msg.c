/* test-base-msg: messages arrive whole with their descriptors, or not at all.
 * Runs as: anyone (pure).  Input: none.  Must not: leak a descriptor.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "base/base-msg.h"
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

static int pair[2];

static void setup(void) {
        ck_assert_int_eq(base_msg_pair(pair), 0);
}
static void teardown(void) {
        close(pair[0]);
        close(pair[1]);
}

static int count_fds(void) {
        DIR *d = opendir("/proc/self/fd");
        int n = 0;

        while (readdir(d))
                n++;
        closedir(d);
        return n;
}

START_TEST(test_round_trip) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC), fds[BASE_MSG_MAX_FDS], send[2] = { null, null };
        size_t n_fds = 9;
        char room[16];

        ck_assert_int_eq(base_msg_send(pair[0], "hello", 5, send, 2), 0);
        ck_assert_int_eq(base_msg_send(pair[0], "x", 1, NULL, 0), 0);
        ck_assert_int_eq(base_msg_recv(pair[1], room, sizeof room, fds, &n_fds, 0), 5);
        ck_assert_uint_eq(n_fds, 2);
        ck_assert_int_eq(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
        close(fds[0]);
        close(fds[1]);
        ck_assert_int_eq(base_msg_recv(pair[1], room, sizeof room, fds, &n_fds, 0), 1); /* boundaries are kept */
        ck_assert_uint_eq(n_fds, 0);
        ck_assert_int_eq(base_msg_recv(pair[1], room, sizeof room, fds, &n_fds, MSG_DONTWAIT), -EAGAIN);
        base_fd_done(&pair[0]);
        ck_assert_int_eq(base_msg_recv(pair[1], room, sizeof room, fds, &n_fds, 0), 0);
        ck_assert_int_lt(base_msg_send(pair[1], "x", 1, NULL, 0), 0); /* and no SIGPIPE */
        close(null);
}
END_TEST

START_TEST(test_cut) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC), fds[BASE_MSG_MAX_FDS], many[BASE_MSG_MAX_FDS + 1], before;
        size_t n_fds = 0;
        char room[4];

        for (int i = 0; i <= BASE_MSG_MAX_FDS; i++)
                many[i] = null;
        ck_assert_int_eq(base_msg_send(pair[0], "x", 1, many, BASE_MSG_MAX_FDS + 1), -E2BIG);
        before = count_fds();
        ck_assert_int_eq(base_msg_send(pair[0], "hello", 5, many, 3), 0);
        ck_assert_int_eq(base_msg_recv(pair[1], room, sizeof room, fds, &n_fds, 0), -EMSGSIZE);
        ck_assert_int_eq(count_fds(), before); /* the three were closed */
        /* a peer that sends more descriptors than ours ever does */
        union {
                struct cmsghdr head;
                char space[CMSG_SPACE(sizeof(int) * (BASE_MSG_MAX_FDS + 1))];
        } control = { 0 };
        struct iovec iov = { room, 1 };
        struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.space };
        control.head.cmsg_level = SOL_SOCKET;
        control.head.cmsg_type = SCM_RIGHTS;
        control.head.cmsg_len = CMSG_LEN(sizeof many);
        memcpy(CMSG_DATA(&control.head), many, sizeof many);
        ck_assert_int_eq(sendmsg(pair[0], &msg, 0), 1);
        ck_assert_int_eq(base_msg_recv(pair[1], room, sizeof room, fds, &n_fds, 0), -EMSGSIZE);
        ck_assert_int_eq(count_fds(), before);
        close(null);
}
END_TEST

START_TEST(test_full) {
        int r = 0, sent = 0;

        for (; r == 0 && sent < 100000; sent++)
                r = base_msg_send(pair[0], "x", 1, NULL, 0);
        ck_assert_int_eq(r, -EAGAIN); /* never waits for a peer that does not read */
}
END_TEST

int main(void) {
        Suite *suite = suite_create("base-msg");
        TCase *all = tcase_create("all");
        int failed;

        tcase_add_checked_fixture(all, setup, teardown);
        tcase_add_test(all, test_round_trip);
        tcase_add_test(all, test_cut);
        tcase_add_test(all, test_full);
        suite_add_tcase(suite, all);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
