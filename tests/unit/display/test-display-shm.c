/* test-display-shm: memory that behaves as the compositor expects of System V's, and has no name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <unistd.h>

#define SIZE (1u << 16)

START_TEST(test_share) {
        int id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0700);
        char path[64], target[64] = "";

        ck_assert_int_ge(id, 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", id);
        ck_assert_int_gt(readlink(path, target, sizeof target - 1), 0);
        ck_assert_ptr_nonnull(strstr(target, "memfd:")); /* the C library's own would be a number of another kind */
        ck_assert_int_eq(fcntl(id, F_GETFD), FD_CLOEXEC);
        char *a = shmat(id, NULL, 0), *b = shmat(id, NULL, 0);
        ck_assert_ptr_ne(a, (void *)-1);
        ck_assert_ptr_ne(b, (void *)-1);
        a[SIZE - 1] = 'x';
        ck_assert_int_eq(b[SIZE - 1], 'x');
        ck_assert_int_eq(shmctl(id, IPC_RMID, NULL), 0); /* the mappings stay */
        ck_assert_int_eq(fcntl(id, F_GETFD), -1);
        ck_assert_int_eq(a[SIZE - 1], 'x');
        ck_assert_int_eq(shmdt(a), 0);
        ck_assert_int_eq(b[SIZE - 1], 'x');
        ck_assert_int_eq(shmdt(b), 0);
        ck_assert_int_eq(shmdt(b), -1);
}
END_TEST

START_TEST(test_refuse) {
        struct shmid_ds about;
        int id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0700);

        ck_assert_int_eq(shmget(1234, SIZE, IPC_CREAT | 0600), -1);
        ck_assert_int_eq(errno, EINVAL);
        ck_assert_ptr_eq(shmat(-1, NULL, 0), (void *)-1);
        ck_assert_ptr_eq(shmat(id, NULL, SHM_RDONLY), (void *)-1);
        ck_assert_int_eq(shmctl(id, IPC_STAT, &about), -1);
        ck_assert_int_eq(shmdt(&about), -1);
        ck_assert_int_eq(shmdt(NULL), -1);
        ck_assert_int_eq(shmctl(id, IPC_RMID, NULL), 0);
}
END_TEST

START_TEST(test_full) {
        int id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0700), n = 0;
        void *all[64];

        while (n < 64 && (all[n] = shmat(id, NULL, 0)) != (void *)-1)
                n++;
        ck_assert_int_gt(n, 3);
        ck_assert_int_lt(n, 64);
        ck_assert_int_eq(shmdt(all[0]), 0);
        all[0] = shmat(id, NULL, 0); /* room again */
        ck_assert_ptr_ne(all[0], (void *)-1);
        for (int i = 0; i < n; i++)
                ck_assert_int_eq(shmdt(all[i]), 0);
        ck_assert_int_eq(shmctl(id, IPC_RMID, NULL), 0);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("display-shm");
        TCase *tcase = tcase_create("display-shm");
        SRunner *runner = srunner_create(suite);
        int failed;

        tcase_add_test(tcase, test_share);
        tcase_add_test(tcase, test_refuse);
        tcase_add_test(tcase, test_full);
        suite_add_tcase(suite, tcase);
        srunner_run_all(runner, CK_ENV);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
