/* test-gateway-hostaddr: what the kernel says about addresses every machine has.
 * Runs as: anyone (pure).  Input: none.  Must not: send a packet.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-hostaddr.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int place(const char *text) {
        GatewayAddress a;
        int fd = gateway_hostaddr_open(), r;

        ck_assert_int_ge(fd, 0);
        ck_assert(gateway_address_parse(text, strlen(text), &a));
        r = gateway_hostaddr_place(fd, &a);
        /* the socket can be asked again and again */
        for (int i = 0; i < 100; i++)
                ck_assert_int_eq(gateway_hostaddr_place(fd, &a), r);
        close(fd);
        return r;
}

START_TEST(own_addresses) {
        ck_assert_int_eq(place("127.0.0.1"), GATEWAY_PLACE_HOST);
        ck_assert_int_eq(place("127.255.0.9"), GATEWAY_PLACE_HOST);
}
END_TEST

START_TEST(closed_socket) {
        GatewayAddress a = { .family = 4, .bytes = { 93, 184, 216, 34 } };

        ck_assert_int_lt(gateway_hostaddr_place(-1, &a), 0);
}
END_TEST

int main(void) {
        Suite *s = suite_create("gateway-hostaddr");
        TCase *t = tcase_create("all");
        SRunner *r = srunner_create(s);

        tcase_add_test(t, own_addresses);
        tcase_add_test(t, closed_socket);
        suite_add_tcase(s, t);
        srunner_run_all(r, CK_ENV);
        int failed = srunner_ntests_failed(r);
        srunner_free(r);
        return failed != 0;
}
