/* test-gateway-address: spellings of addresses and names, and what each is taken for.
 * Runs as: anyone (pure).  Input: none.  Must not: use the network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-address.h"
#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Row {
        const char *text;
        bool public;
} Row;

static const Row addresses[] = {
        /* IPv4: both edges of each range */
        { "0.0.0.0", false }, { "0.255.255.255", false }, { "1.0.0.0", true }, { "1.1.1.1", true },
        { "9.255.255.255", true }, { "10.0.0.0", false }, { "10.255.255.255", false }, { "11.0.0.0", true },
        { "100.63.255.255", true }, { "100.64.0.0", false }, { "100.100.100.200", false }, { "100.127.255.255", false }, { "100.128.0.0", true },
        { "126.255.255.255", true }, { "127.0.0.0", false }, { "127.0.0.1", false }, { "127.255.255.255", false }, { "128.0.0.0", true },
        { "168.63.129.15", true }, { "168.63.129.16", false }, { "168.63.129.17", true },
        { "169.253.255.255", true }, { "169.254.0.0", false }, { "169.254.169.254", false }, { "169.254.255.255", false }, { "169.255.0.0", true },
        { "172.15.255.255", true }, { "172.16.0.0", false }, { "172.31.255.255", false }, { "172.32.0.0", true },
        { "191.255.255.255", true }, { "192.0.0.0", false }, { "192.0.0.192", false }, { "192.0.0.255", false }, { "192.0.1.0", true },
        { "192.0.2.1", false }, { "192.0.3.0", true }, { "192.31.196.1", false }, { "192.52.193.1", false }, { "192.88.99.1", false },
        { "192.88.98.255", true }, { "192.88.100.0", true }, { "192.167.255.255", true }, { "192.168.0.0", false }, { "192.168.255.255", false },
        { "192.169.0.0", true }, { "192.175.48.1", false }, { "198.17.255.255", true }, { "198.18.0.0", false }, { "198.19.255.255", false },
        { "198.20.0.0", true }, { "198.51.99.255", true }, { "198.51.100.1", false }, { "198.51.101.0", true }, { "203.0.112.255", true },
        { "203.0.113.255", false }, { "203.0.114.0", true }, { "223.255.255.255", true }, { "224.0.0.0", false }, { "224.0.0.251", false },
        { "239.255.255.255", false }, { "240.0.0.0", false }, { "255.255.255.255", false }, { "93.184.216.34", true },
        /* IPv6 */
        { "::", false }, { "::1", false }, { "0:0:0:0:0:0:0:1", false }, { "::2", false }, { "::127.0.0.1", false }, { "::8.8.8.8", false },
        { "::ffff:127.0.0.1", false }, { "::ffff:8.8.8.8", false }, { "::ffff:0808:0808", false }, { "::ffff:0:8.8.8.8", false },
        { "64:ff9b::8.8.8.8", false }, { "64:ff9b::7f00:1", false }, { "64:ff9b:1::1", false }, { "64:ff9b:1:ffff::8.8.8.8", false },
        { "100::1", false }, { "1fff:ffff::1", false }, { "2000::1", true }, { "2001::1", false }, { "2001:0:53aa:64c::1", false },
        { "2001:2::1", false }, { "2001:10::1", false }, { "2001:20::1", false }, { "2001:1ff:ffff::1", false }, { "2001:200::1", true },
        { "2001:db7:ffff::1", true }, { "2001:db8::1", false }, { "2001:db8:ffff::1", false }, { "2001:db9::1", true },
        { "2001:4860:4860::8888", true }, { "2002::1", false }, { "2002:7f00:1::1", false }, { "2002:c0a8:101::1", false }, { "2003::1", true },
        { "2606:2800:220:1::34", true }, { "2620:4f:7fff::1", true }, { "2620:4f:8000::1", false }, { "2a00:1450::1", true },
        { "3ffe::1", false }, { "3fff::1", false }, { "3fff:fff:ffff::1", false }, { "3fff:1000::1", true }, { "4000::1", false }, { "5f00::1", false },
        { "8000::1", false }, { "fbff::1", false }, { "fc00::1", false }, { "fd00::1", false }, { "fd00:ec2::254", false }, { "fdff:ffff::1", false },
        { "fe80::1", false }, { "febf::1", false }, { "fec0::1", false }, { "feff::1", false }, { "ff00::1", false }, { "ff02::1", false }, { "FF05::1", false },
};

START_TEST(ranges) {
        const Row *row = &addresses[_i];
        GatewayAddress a;

        ck_assert_msg(gateway_address_parse(row->text, strlen(row->text), &a), "%s does not parse", row->text);
        ck_assert_msg(gateway_address_public(&a) == row->public, "%s is taken for %s", row->text, row->public ? "private" : "public");
}
END_TEST

static const char *const no_address[] = { "", "1", "1.2", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.04", "256.1.1.1", "1.2.3.256", "0x7f.0.0.1", "0x7f000001",
        "2130706433", "0177.0.0.1", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4\n", "+1.2.3.4", "1..3.4", ":::", "1:2:3", "fe80::1%lo", "fe80::1%1", "::1%25lo", "12345::", "::g",
        "1.2.3.4:80", "[::1]", "::ffff:127.1", "::ffff:0x7f.0.0.1", "\xef\xbc\x91.2.3.4", "0000:0000:0000:0000:0000:0000:0000:0000:0001" };

START_TEST(no_addresses) {
        GatewayAddress a;

        ck_assert_msg(!gateway_address_parse(no_address[_i], strlen(no_address[_i]), &a), "%s parses", no_address[_i]);
}
END_TEST

START_TEST(other_families) {
        GatewayAddress a = { .family = 0, .bytes = { 8, 8, 8, 8 } };

        ck_assert(!gateway_address_public(&a));
        a.family = 5;
        ck_assert(!gateway_address_public(&a));
}
END_TEST

typedef struct Name {
        const char *text;
        GatewayNameKind kind;
        const char *canonical;
} Name;

static const Name names[] = {
        { "bank.example", GATEWAY_NAME_HOST, "bank.example" }, { "BANK.Example", GATEWAY_NAME_HOST, "bank.example" },
        { "bank.example.", GATEWAY_NAME_HOST, "bank.example" }, { "bank.example..", GATEWAY_NAME_BAD, NULL }, { ".bank.example", GATEWAY_NAME_BAD, NULL },
        { "bank..example", GATEWAY_NAME_BAD, NULL }, { ".", GATEWAY_NAME_BAD, NULL }, { "", GATEWAY_NAME_BAD, NULL }, { "a", GATEWAY_NAME_HOST, "a" },
        { "_dmarc.example", GATEWAY_NAME_HOST, "_dmarc.example" }, { "xn--wgv71a119e.jp", GATEWAY_NAME_HOST, "xn--wgv71a119e.jp" },
        { "\xe6\x97\xa5\xe6\x9c\xac.jp", GATEWAY_NAME_BAD, NULL }, { "a b.example", GATEWAY_NAME_BAD, NULL }, { "a\nb.example", GATEWAY_NAME_BAD, NULL },
        { "a%00.example", GATEWAY_NAME_BAD, NULL }, { "a/b", GATEWAY_NAME_BAD, NULL }, { "a@b", GATEWAY_NAME_BAD, NULL }, { "*.example", GATEWAY_NAME_BAD, NULL },
        { "127.0.0.1", GATEWAY_NAME_ADDRESS, "127.0.0.1" }, { "8.8.8.8", GATEWAY_NAME_ADDRESS, "8.8.8.8" }, { "8.8.8.8.", GATEWAY_NAME_ADDRESS, "8.8.8.8" },
        { "127.1", GATEWAY_NAME_BAD, NULL }, { "127.0.1", GATEWAY_NAME_BAD, NULL }, { "0", GATEWAY_NAME_BAD, NULL }, { "2130706433", GATEWAY_NAME_BAD, NULL },
        { "0x7f000001", GATEWAY_NAME_BAD, NULL }, { "0X7F000001", GATEWAY_NAME_BAD, NULL }, { "0x7f.1", GATEWAY_NAME_BAD, NULL }, { "0177.0.0.1", GATEWAY_NAME_BAD, NULL },
        { "017700000001", GATEWAY_NAME_BAD, NULL }, { "127.0.0.01", GATEWAY_NAME_BAD, NULL }, { "127.0.0.0x1", GATEWAY_NAME_BAD, NULL }, { "1.2.3.4.5", GATEWAY_NAME_BAD, NULL },
        { "example.1", GATEWAY_NAME_BAD, NULL }, { "example.0x", GATEWAY_NAME_BAD, NULL }, { "example.0xg", GATEWAY_NAME_HOST, "example.0xg" },
        { "1.example", GATEWAY_NAME_HOST, "1.example" }, { "127.0.0.1.nip.example", GATEWAY_NAME_HOST, "127.0.0.1.nip.example" },
        { "256.256.256.256", GATEWAY_NAME_BAD, NULL }, { "127.0.0.1..", GATEWAY_NAME_BAD, NULL },
        { "[::1]", GATEWAY_NAME_ADDRESS, "::1" }, { "[0:0::1]", GATEWAY_NAME_ADDRESS, "::1" }, { "[2606:2800:220:1::34]", GATEWAY_NAME_ADDRESS, "2606:2800:220:1::34" },
        { "[127.0.0.1]", GATEWAY_NAME_BAD, NULL }, { "[fe80::1%25eth0]", GATEWAY_NAME_BAD, NULL }, { "[]", GATEWAY_NAME_BAD, NULL }, { "::1", GATEWAY_NAME_BAD, NULL },
        { "[::1", GATEWAY_NAME_BAD, NULL }, { "[v1.x]", GATEWAY_NAME_BAD, NULL }, { "localhost", GATEWAY_NAME_HOST, "localhost" },
        { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b", GATEWAY_NAME_HOST, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b" },
        { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b", GATEWAY_NAME_BAD, NULL },
};

START_TEST(canonical_names) {
        const Name *row = &names[_i];
        char got[GATEWAY_NAME_MAX + 1] = "";
        GatewayAddress a;
        GatewayNameKind kind = gateway_name_canonical(row->text, strlen(row->text), got, &a);

        ck_assert_msg(kind == row->kind, "%s is of kind %d", row->text, kind);
        if (row->canonical)
                ck_assert_str_eq(got, row->canonical);
}
END_TEST

START_TEST(long_names) {
        char text[300], got[GATEWAY_NAME_MAX + 1];
        GatewayAddress a;

        for (size_t i = 0; i < sizeof text; i++)
                text[i] = i % 50 == 49 ? '.' : 'a';
        ck_assert_int_eq(gateway_name_canonical(text, 253, got, &a), GATEWAY_NAME_HOST);
        ck_assert_uint_eq(strlen(got), 253);
        ck_assert_int_eq(gateway_name_canonical(text, 254, got, &a), GATEWAY_NAME_BAD);
        ck_assert_int_eq(gateway_name_canonical("a\0b", 3, got, &a), GATEWAY_NAME_BAD);
}
END_TEST

/* Whatever inet_aton(3) takes and is not canonical must be bad: tried over many spellings of many numbers. */
START_TEST(inet_aton_spellings) {
        char text[64], got[GATEWAY_NAME_MAX + 1];
        unsigned seen = 0;
        struct in_addr in;
        GatewayAddress a;

        srand(7);
        for (int i = 0; i < 20000; i++) {
                int parts = 1 + rand() % 4;
                size_t n = 0;
                for (int p = 0; p < parts; p++) {
                        int form = rand() % 4;
                        unsigned v = (unsigned)rand() % 300;
                        n += (size_t)snprintf(text + n, sizeof text - n, "%s", p ? "." : "");
                        if (form == 0)
                                n += (size_t)snprintf(text + n, sizeof text - n, "%u", v);
                        else if (form == 1)
                                n += (size_t)snprintf(text + n, sizeof text - n, "0%o", v);
                        else
                                n += (size_t)snprintf(text + n, sizeof text - n, form == 2 ? "0x%x" : "0X%X", v);
                }
                if (!inet_aton(text, &in))
                        continue;
                seen++;
                GatewayNameKind kind = gateway_name_canonical(text, strlen(text), got, &a);
                ck_assert_msg(kind == GATEWAY_NAME_BAD || (kind == GATEWAY_NAME_ADDRESS && strcmp(inet_ntoa(in), text) == 0), "%s passes", text);
        }
        ck_assert_uint_gt(seen, 1000);
}
END_TEST

int main(void) {
        Suite *s = suite_create("gateway-address");
        TCase *t = tcase_create("all");
        SRunner *r = srunner_create(s);

        tcase_add_loop_test(t, ranges, 0, sizeof addresses / sizeof *addresses);
        tcase_add_loop_test(t, no_addresses, 0, sizeof no_address / sizeof *no_address);
        tcase_add_test(t, other_families);
        tcase_add_loop_test(t, canonical_names, 0, sizeof names / sizeof *names);
        tcase_add_test(t, long_names);
        tcase_add_test(t, inet_aton_spellings);
        suite_add_tcase(s, t);
        srunner_run_all(r, CK_ENV);
        int failed = srunner_ntests_failed(r);
        srunner_free(r);
        return failed != 0;
}
