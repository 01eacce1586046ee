/* test-gateway-tls: hellos of every shape: whole, cut, split, with two names, none, a hidden one; and how kinds judge them.
 * Runs as: anyone (pure).  Input: none.  Must not: use the network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-judge.h"
#include "sandboxd/gateway/gateway-limits.h"
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct Bytes {
        uint8_t at[70000];
        size_t n;
} Bytes;

static void put(Bytes *b, const void *p, size_t n) {
        memcpy(b->at + b->n, p, n);
        b->n += n;
}
static void put_number(Bytes *b, size_t v, unsigned bytes) {
        while (bytes-- > 0)
                b->at[b->n++] = (uint8_t)(v >> (8 * bytes));
}

static void extension(Bytes *all, unsigned type, const void *p, size_t n) {
        put_number(all, type, 2);
        put_number(all, n, 2);
        put(all, p, n);
}

static void server_name(Bytes *all, const char *name, size_t n, unsigned type, unsigned times) {
        Bytes e = { .n = 0 };

        put_number(&e, (n + 3) * times, 2);
        for (unsigned i = 0; i < times; i++) {
                put_number(&e, type, 1);
                put_number(&e, n, 2);
                put(&e, name, n);
        }
        extension(all, 0, e.at, e.n);
}

static void versions(Bytes *all, unsigned best) {
        uint8_t list[] = { 4, 0x1a, 0x1a, (uint8_t)(best >> 8), (uint8_t)best };
        extension(all, 43, list, sizeof list);
}

static void ech(Bytes *all, unsigned type) {
        static const uint8_t outer[] = { 0, 0, 1, 0, 1, 9, 0, 2, 7, 7, 0, 3, 1, 2, 3 };
        uint8_t copy[sizeof outer];

        memcpy(copy, outer, sizeof outer);
        copy[0] = (uint8_t)type;
        extension(all, 0xfe0d, copy, type == 1 ? 1 : sizeof copy);
}

/* The handshake message with these extensions. */
static Bytes message(const Bytes *extensions, unsigned version) {
        static const uint8_t random[32] = { 5 };
        Bytes body = { .n = 0 }, b = { .n = 0 };

        put_number(&body, version, 2);
        put(&body, random, 32);
        put_number(&body, 32, 1);
        put(&body, random, 32);
        put_number(&body, 4, 2);
        put_number(&body, 0x8a8a1301, 4);
        put_number(&body, 1, 1);
        put_number(&body, 0, 1);
        put_number(&body, extensions->n, 2);
        put(&body, extensions->at, extensions->n);
        put_number(&b, 1, 1);
        put_number(&b, body.n, 3);
        put(&b, body.at, body.n);
        return b;
}

/* In records of at most so many bytes. */
static Bytes records(const Bytes *m, size_t size) {
        Bytes b = { .n = 0 };

        for (size_t at = 0; at < m->n; at += size) {
                size_t n = m->n - at < size ? m->n - at : size;
                put_number(&b, 0x160301, 3);
                put_number(&b, n, 2);
                put(&b, m->at + at, n);
        }
        return b;
}

static Bytes hello(const char *name) {
        Bytes e = { .n = 0 }, m;

        extension(&e, 0x0a0a, "", 0);
        if (name)
                server_name(&e, name, strlen(name), 0, 1);
        versions(&e, 0x0304);
        m = message(&e, 0x0303);
        return records(&m, 16384);
}

static int parse(const Bytes *b, GatewayHello *ret) {
        uint8_t *exact = malloc(b->n + 1);
        int r;

        memcpy(exact, b->at, b->n);
        r = gateway_tls_hello(exact, b->n, ret);
        free(exact);
        return r;
}

START_TEST(test_whole_and_cut) {
        Bytes e = { .n = 0 }, m, b;
        GatewayHello h = { 0 };

        server_name(&e, "Bank.EXAMPLE", 12, 0, 1);
        versions(&e, 0x0304);
        m = message(&e, 0x0303);
        for (size_t size = 1; size <= m.n; size = size < 8 ? size + 1 : size * 2) {
                b = records(&m, size);
                bool few = (m.n + size - 1) / size <= GATEWAY_MAX_HELLO_RECORDS;
                ck_assert_int_eq(parse(&b, &h), few ? 0 : GATEWAY_REFUSAL_TLS_SIZE);
                if (few) {
                        ck_assert_str_eq(h.name, "bank.example");
                        ck_assert_uint_eq(h.version, 0x0304);
                        ck_assert_int_eq(h.ech, GATEWAY_ECH_NONE);
                }
                size_t whole = b.n;
                for (b.n = 0; b.n < whole && few; b.n++) /* every beginning waits */
                        ck_assert_msg(parse(&b, &h) == -EAGAIN, "%zu of %zu in records of %zu", b.n, whole, size);
        }
        b = hello("bank.example");
        put(&b, "\x14\x03\x03\0\1\1\x17\x03\x03", 9); /* what follows in records of its own (early data) is not looked at */
        ck_assert_int_eq(parse(&b, &h), 0);
}
END_TEST

START_TEST(test_names) {
        static const struct {
                const char *name;
                size_t n;
                unsigned type, times;
        } bad[] = { { "bank.example\0.evil.example", 26, 0, 1 }, { "evil.example\nbank.example", 25, 0, 1 }, { "bank.example.", 13, 0, 1 }, { "bank..example", 13, 0, 1 }, { "", 0, 0, 1 },
                    { "192.0.2.1", 9, 0, 1 }, { "127.1", 5, 0, 1 }, { "bank.example", 12, 1, 1 }, { "bank.example", 12, 0, 2 }, { "\xe9\x8a\x80.jp", 6, 0, 1 }, { "*.bank.example", 14, 0, 1 },
                    { "bank.example ", 13, 0, 1 }, { "bank.example:443", 16, 0, 1 }, { "[::1]", 5, 0, 1 } };
        GatewayHello h;

        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                Bytes e = { .n = 0 }, m, b;
                server_name(&e, bad[i].name, bad[i].n, bad[i].type, bad[i].times);
                m = message(&e, 0x0303);
                b = records(&m, 16384);
                ck_assert_msg(parse(&b, &h) == GATEWAY_REFUSAL_TLS_NAME, "%s %zu", bad[i].name, i);
        }
        Bytes e = { .n = 0 }, m, b;
        server_name(&e, "good.example", 12, 0, 1);
        server_name(&e, "evil.example", 12, 0, 1); /* the extension twice */
        m = message(&e, 0x0303);
        b = records(&m, 16384);
        ck_assert_int_eq(parse(&b, &h), GATEWAY_REFUSAL_TLS_FORM);
}
END_TEST

START_TEST(test_forms) {
        Bytes b = hello("bank.example"), e = { .n = 0 }, m;
        GatewayHello h;
        size_t whole = b.n;

        b.at[b.n++] = 0; /* one byte more in the record than the message has */
        b.at[4]++;
        ck_assert_int_eq(parse(&b, &h), GATEWAY_REFUSAL_TLS_FORM);
        b = hello("bank.example"), b.at[5] = 2; /* a server's hello */
        ck_assert_int_eq(parse(&b, &h), GATEWAY_REFUSAL_TLS_FORM);
        b = hello("bank.example"), b.at[0] = 23; /* not a handshake */
        ck_assert_int_eq(parse(&b, &h), GATEWAY_REFUSAL_TLS_NONE);
        b = hello("bank.example"), b.at[3] = b.at[4] = 0; /* an empty record */
        ck_assert_int_eq(parse(&b, &h), GATEWAY_REFUSAL_TLS_FORM);
        b = hello("bank.example"), b.at[6] = 1; /* a message of 64 KiB and more */
        ck_assert_int_eq(parse(&b, &h), GATEWAY_REFUSAL_TLS_SIZE);
        b = hello("bank.example"), b.at[9] = 3, b.at[10] = 0; /* SSL 3 */
        ck_assert_int_eq(parse(&b, &h), GATEWAY_REFUSAL_TLS_OLD);
        b = hello("bank.example"), b.at[9] = 3, b.at[10] = 4; /* 1.3 in the wrong place */
        ck_assert_int_eq(parse(&b, &h), GATEWAY_REFUSAL_TLS_FORM);
        b = hello("bank.example"), b.at[whole - 1] = 0xff, b.at[8]--; /* lengths that do not meet */
        b.at[4]--;
        b.n--;
        ck_assert_int_eq(parse(&b, &h), GATEWAY_REFUSAL_TLS_FORM);
        b.n = 0;
        put(&b, "\x80\x2e\x01\x03\x01", 5); /* SSL 2's hello */
        ck_assert_int_eq(parse(&b, &h), GATEWAY_REFUSAL_TLS_OLD);
        for (unsigned i = 0; i < 65; i++)
                extension(&e, 0x1000 + i, "x", 1);
        m = message(&e, 0x0303);
        b = records(&m, 16384);
        ck_assert_int_eq(parse(&b, &h), GATEWAY_REFUSAL_TLS_FORM);
        e.n = 0;
        static uint8_t big[20000];
        extension(&e, 21, big, sizeof big); /* padding over the limit */
        m = message(&e, 0x0303);
        b = records(&m, 16384);
        ck_assert_int_eq(parse(&b, &h), GATEWAY_REFUSAL_TLS_SIZE);
}
END_TEST

START_TEST(test_ech) {
        static const GatewayEch want[] = { GATEWAY_ECH_OUTER, GATEWAY_ECH_OTHER, GATEWAY_ECH_OTHER };
        GatewayHello h;

        for (unsigned type = 0; type < 3; type++) {
                Bytes e = { .n = 0 }, m, b;
                server_name(&e, "bank.example", 12, 0, 1);
                ech(&e, type);
                m = message(&e, 0x0303);
                b = records(&m, 16384);
                ck_assert_int_eq(parse(&b, &h), 0);
                ck_assert_int_eq(h.ech, want[type]);
        }
}
END_TEST

START_TEST(test_judge) {
        static GatewayRules strict, open;
        static const char *deny[] = { "evil.example" };
        GatewayRequest asked = { .connect = true, .kind = GATEWAY_NAME_HOST, .host = "bank.example", .port = 443 },
                       by_address = { .connect = true, .kind = GATEWAY_NAME_ADDRESS, .host = "192.0.2.1", .port = 443 };
        Bytes same = hello("bank.example"), other = hello("www.example"), evil = hello("evil.example"), none = hello(NULL), e = { .n = 0 }, m, hidden, old;
        const char *rule;
        GatewayHello h;
        bool tls;
#define JUDGE(rules, q, b, end) gateway_judge_hello(&rules, &q, (b).at, (b).n, end, &h, &tls, &rule)

        strict.head.flags = strict.names.flags = POLICY_KIND_STRICT | POLICY_KIND_ALLOW_LIST;
        open.names = (PolicyNames){ .n_ports = 1, .ports = { 443 }, .deny = { 1, deny } };
        server_name(&e, "bank.example", 12, 0, 1);
        ech(&e, 0);
        m = message(&e, 0x0303);
        hidden = records(&m, 16384);
        e.n = 0;
        server_name(&e, "bank.example", 12, 0, 1);
        m = message(&e, 0x0302); /* TLS 1.1 */
        old = records(&m, 16384);
        ck_assert_int_eq(JUDGE(strict, asked, same, false), 0);
        ck_assert(tls);
        ck_assert_int_eq(JUDGE(strict, asked, other, false), GATEWAY_REFUSAL_TLS_OTHER);
        ck_assert_int_eq(JUDGE(strict, asked, none, false), GATEWAY_REFUSAL_TLS_NAME);
        ck_assert_int_eq(JUDGE(strict, asked, hidden, false), GATEWAY_REFUSAL_TLS_ECH);
        ck_assert_int_eq(JUDGE(strict, asked, old, false), GATEWAY_REFUSAL_TLS_OLD);
        ck_assert_int_eq(JUDGE(open, asked, same, false), 0);
        ck_assert_int_eq(JUDGE(open, asked, other, false), GATEWAY_REFUSAL_TLS_OTHER);
        ck_assert_int_eq(JUDGE(open, asked, none, false), 0);
        ck_assert_int_eq(JUDGE(open, asked, hidden, false), 0);
        ck_assert_int_eq(JUDGE(open, asked, old, false), 0);
        ck_assert_int_eq(JUDGE(open, by_address, other, false), 0);
        ck_assert_int_eq(JUDGE(open, by_address, evil, false), GATEWAY_REFUSAL_DENIED);
        e.n = 0;
        put(&e, "SSH-2.0-x\r\n", 11);
        ck_assert_int_eq(JUDGE(open, asked, e, false), 0);
        ck_assert(!tls);
        ck_assert_int_eq(JUDGE(strict, asked, e, false), GATEWAY_REFUSAL_TLS_NONE);
        same.n = 1;
        ck_assert_int_eq(JUDGE(open, asked, same, false), -EAGAIN);
        ck_assert_int_eq(JUDGE(open, asked, same, true), 0);
        ck_assert_int_eq(JUDGE(strict, asked, same, true), GATEWAY_REFUSAL_TLS_FORM);
        same.n = 40;
        ck_assert_int_eq(JUDGE(open, asked, same, false), -EAGAIN);
        ck_assert_int_eq(JUDGE(open, asked, same, true), GATEWAY_REFUSAL_TLS_FORM);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("gateway-tls");
        TCase *all = tcase_create("all");
        SRunner *runner = srunner_create(suite);
        int failed;

        tcase_add_test(all, test_whole_and_cut);
        tcase_add_test(all, test_names);
        tcase_add_test(all, test_forms);
        tcase_add_test(all, test_ech);
        tcase_add_test(all, test_judge);
        suite_add_tcase(suite, all);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
