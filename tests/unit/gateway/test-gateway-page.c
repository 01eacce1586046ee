/* test-gateway-page: every refusal has a page in two languages, and none carries foreign bytes.
 * Runs as: anyone (pure).  Input: none.  Must not: use the network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-page.h"
#include "sandboxd/gateway/gateway-log.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(each_refusal) {
        char page[GATEWAY_PAGE_MAX], *body, *length;
        char host[254];
        size_t n;

        memset(host, '<', sizeof host - 1);
        host[sizeof host - 1] = '\0';
        n = gateway_page_write((GatewayRefusal)_i, host, 65535, host, page, sizeof page);
        ck_assert_uint_lt(n, sizeof page - 1); /* whole, not cut */
        ck_assert_uint_eq(strlen(page), n);
        body = strstr(page, "\r\n\r\n");
        ck_assert_ptr_nonnull(body);
        length = strstr(page, "Content-Length: ");
        ck_assert_ptr_nonnull(length);
        ck_assert_uint_eq(strtoul(length + 16, NULL, 10), strlen(body + 4));
        ck_assert_ptr_null(strstr(page, "<<"));
        ck_assert_ptr_nonnull(strstr(page, "lang=\"ja\""));
        ck_assert_ptr_nonnull(strstr(page, gateway_page_rule((GatewayRefusal)_i)));
        ck_assert_uint_ge(gateway_page_status((GatewayRefusal)_i), 400);
        ck_assert_ptr_nonnull(strstr(page, "\xe3\x82")); /* some kana */
}
END_TEST

START_TEST(buckets) {
        GatewayBucket b;
        unsigned taken = 0;

        gateway_bucket_init(&b, 3, 2, 1000);
        while (gateway_bucket_take(&b, 1000, true))
                taken++;
        ck_assert_uint_eq(taken, 3);
        ck_assert(!gateway_bucket_take(&b, 1400, true));
        ck_assert(gateway_bucket_take(&b, 1500, true));
        ck_assert(!gateway_bucket_take(&b, 1500, true));
        ck_assert(gateway_bucket_take(&b, 1000000, false));
        for (taken = 0; gateway_bucket_take(&b, UINT64_MAX / 2, true);)
                taken++;
        ck_assert_uint_eq(taken, 3);
        ck_assert(!gateway_bucket_take(&b, 5, true)); /* a clock that runs back gives nothing */
}
END_TEST

int main(void) {
        Suite *s = suite_create("gateway-page");
        TCase *t = tcase_create("all");
        SRunner *r = srunner_create(s);

        tcase_add_loop_test(t, each_refusal, 1, GATEWAY_REFUSALS);
        tcase_add_test(t, buckets);
        suite_add_tcase(s, t);
        srunner_run_all(r, CK_ENV);
        int failed = srunner_ntests_failed(r);
        srunner_free(r);
        return failed != 0;
}
