/* test-gateway-socks: greetings and requests of SOCKS5, whole and cut, good and bad; and the names in answers of name servers.
 * Runs as: anyone (pure).  Input: none.  Must not: use the network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-dns.h"
#include "sandboxd/gateway/gateway-socks.h"
#include <check.h>
#include <errno.h>
#include <string.h>

#define B(text) (const uint8_t *)(text), sizeof(text) - 1

START_TEST(test_greeting) {
        ck_assert_int_eq(gateway_socks_greeting(B("\5\1\0")), 3);
        ck_assert_int_eq(gateway_socks_greeting(B("\5\3\1\2\0\5\1")), 5);
        ck_assert_int_eq(gateway_socks_greeting(B("\5\1\2")), -EACCES); /* a password */
        ck_assert_int_eq(gateway_socks_greeting(B("\5\0")), -EACCES);
        ck_assert_int_eq(gateway_socks_greeting(B("\5\2\1")), -EAGAIN);
        ck_assert_int_eq(gateway_socks_greeting(B("\5")), -EAGAIN);
        ck_assert_int_eq(gateway_socks_greeting(B("\4\1\0\x50")), -EBADMSG); /* SOCKS4 */
}
END_TEST

START_TEST(test_request) {
        static const struct {
                const uint8_t *bytes;
                size_t n;
                int result;
                const char *host;
                unsigned port;
        } cases[] = {
                { B("\5\1\0\3\14bank.example\1\xbb"), 0, "bank.example", 443 },
                { B("\5\1\0\3\15Bank.EXAMPLE.\1\xbb"), 0, "bank.example", 443 },
                { B("\5\1\0\1\x5d\xb8\xd8\x22\0\x50"), 0, "93.184.216.34", 80 },
                { B("\5\1\0\4\x26\6\x28\0\2\x20\0\1\0\0\0\0\0\0\0\x34\1\xbb"), 0, "2606:2800:220:1::34", 443 },
                { B("\5\1\0\3\x0d" "93.184.216.34\1\xbb"), 0, "93.184.216.34", 443 },
                { B("\5\1\0\3\5" "127.1\1\xbb"), GATEWAY_REFUSAL_NAME, "", 443 },
                { B("\5\1\0\3\5[::1]\1\xbb"), GATEWAY_REFUSAL_NAME, NULL, 443 },
                { B("\5\1\0\3\0\1\xbb"), GATEWAY_REFUSAL_NAME, "", 0 },
                { B("\5\1\0\3\14bank\0example\1\xbb"), GATEWAY_REFUSAL_NAME, "", 443 },
                { B("\5\1\0\3\14bank\nexample\1\xbb"), GATEWAY_REFUSAL_NAME, "", 443 },
                { B("\5\1\0\3\14bank.example\0\0"), GATEWAY_REFUSAL_REQUEST, "bank.example", 0 },
                { B("\5\2\0\1\1\2\3\4\0\x50"), GATEWAY_REFUSAL_SOCKS_COMMAND, "", 0 }, /* BIND */
                { B("\5\3\0\1\1\2\3\4\0\x50"), GATEWAY_REFUSAL_SOCKS_COMMAND, "", 0 }, /* UDP ASSOCIATE */
                { B("\5\1\1\1\1\2\3\4\0\x50"), GATEWAY_REFUSAL_REQUEST, "", 0 },
                { B("\5\1\0\2\1\2\3\4\0\x50"), GATEWAY_REFUSAL_REQUEST, "", 0 },
                { B("\4\1\0\1\1\2\3\4\0\x50"), GATEWAY_REFUSAL_REQUEST, "", 0 },
        };

        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                GatewayRequest q;
                ck_assert_msg(gateway_socks_request(cases[i].bytes, cases[i].n, &q) == cases[i].result, "%zu", i);
                ck_assert_uint_eq(q.port, cases[i].port);
                if (cases[i].host)
                        ck_assert_str_eq(q.host, cases[i].host);
                ck_assert(q.connect);
                if (cases[i].result != 0)
                        continue;
                ck_assert_uint_eq(q.head_n, cases[i].n);
                for (size_t n = 0; n < cases[i].n; n++)
                        ck_assert_int_eq(gateway_socks_request(cases[i].bytes, n, &q), -EAGAIN);
        }
}
END_TEST

START_TEST(test_reply) {
        char reply[GATEWAY_SOCKS_REPLY];

        for (int i = 0; i < GATEWAY_REFUSALS; i++) {
                ck_assert_uint_eq(gateway_socks_reply((GatewayRefusal)i, reply), 10);
                ck_assert_int_eq(reply[0], 5);
                ck_assert_int_eq(reply[1] == 0, i == GATEWAY_REFUSAL_NONE);
                ck_assert(reply[1] >= 0 && reply[1] <= 8);
        }
}
END_TEST

static unsigned n_seen;
static char seen[8][256];

static bool see(const char *name, void *data) {
        (void)data;
        strcpy(seen[n_seen++], name);
        return strcmp(name, "stop.example") != 0;
}

#define DNS_HEAD(answers) "\0\1\x81\x80\0\1\0" answers "\0\0\0\0\1a\7example\0\0\1\0\1" /* the question's name stands at 12, "example" at 14 */

START_TEST(test_targets) {
        static const struct {
                const uint8_t *bytes;
                size_t n;
                int result;
                unsigned names;
        } cases[] = {
                { B(DNS_HEAD("\1") "\xc0\x0c\0\1\0\1\0\0\0\1\0\4\1\2\3\4"), 0, 0 },
                { B(DNS_HEAD("\2") "\xc0\x0c\0\5\0\1\0\0\0\1\0\4\1B\xc0\x0e\1b\xc0\x0e\0\1\0\1\0\0\0\1\0\4\1\2\3\4"), 0, 1 },
                { B(DNS_HEAD("\2") "\xc0\x0c\0\5\0\1\0\0\0\1\0\4\1b\xc0\x0e\xc0\x0c\0\x27\0\1\0\0\0\1\0\4\1c\xc0\x0e"), 0, 2 },
                { B(DNS_HEAD("\1") "\xc0\x0c\0\5\0\1\0\0\0\1\0\7\4stop\xc0\x0e"), 1, 1 },
                { B(DNS_HEAD("\1") "\xc0\x0c\0\5\0\1\0\0\0\1\0\4\1 \xc0\x0e"), -EBADMSG, 0 },  /* a blank */
                { B(DNS_HEAD("\1") "\xc0\x0c\0\5\0\1\0\0\0\1\0\5\2.b\xc0\x0e"), -EBADMSG, 0 }, /* a dot in a label */
                { B(DNS_HEAD("\1") "\xc0\x0c\0\5\0\1\0\0\0\1\0\2\xc0\x25"), -EBADMSG, 0 },     /* a pointer to itself */
                { B(DNS_HEAD("\1") "\xc0\x0c\0\5\0\1\0\0\0\1\0\5\1b\xc0\x0e"), -EBADMSG, 0 },  /* longer than it is */
                { B(DNS_HEAD("\1") "\xc0\x0c\0\5\0\1\0\0\0\1\0\3\1b\xc0\x0e"), -EBADMSG, 0 },
                { B(DNS_HEAD("\2") "\xc0\x0c\0\1\0\1\0\0\0\1\0\4\1\2\3\4"), -EBADMSG, 0 },
                { B("\0\1\x81\x80\0\0\0"), -EBADMSG, 0 },
        };

        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                n_seen = 0;
                ck_assert_msg(gateway_dns_targets(cases[i].bytes, cases[i].n, see, NULL) == cases[i].result, "%zu", i);
                ck_assert_msg(n_seen == cases[i].names, "%zu: %u names", i, n_seen);
        }
        n_seen = 0;
        ck_assert_int_eq(gateway_dns_targets(cases[1].bytes, cases[1].n, see, NULL), 0);
        ck_assert_str_eq(seen[0], "b.example");
}
END_TEST

int main(void) {
        Suite *suite = suite_create("gateway-socks");
        TCase *all = tcase_create("all");
        SRunner *runner = srunner_create(suite);
        int failed;

        tcase_add_test(all, test_greeting);
        tcase_add_test(all, test_request);
        tcase_add_test(all, test_reply);
        tcase_add_test(all, test_targets);
        suite_add_tcase(suite, all);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
