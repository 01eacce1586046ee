/* test-gateway-http: requests as browsers send them, and as smugglers do.
 * Runs as: anyone (pure).  Input: none.  Must not: use the network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-http.h"
#include "sandboxd/gateway/gateway-limits.h"
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OK 0
#define BAD GATEWAY_REFUSAL_REQUEST
#define NAME GATEWAY_REFUSAL_NAME
#define LENGTH GATEWAY_REFUSAL_LENGTH
#define MORE (-EAGAIN)
#define H "Host: x\r\n"
#define GET "GET http://a.example/ HTTP/1.1\r\n" H
#define POST "POST http://a.example/ HTTP/1.1\r\n" H

typedef struct Row {
        const char *text;
        int result;
        const char *host;
        unsigned port;
} Row;

static const Row rows[] = {
        /* CONNECT */
        { "CONNECT a.example:443 HTTP/1.1\r\n" H "\r\n", OK, "a.example", 443 },
        { "CONNECT A.Example.:443 HTTP/1.1\r\n" H "\r\n", OK, "a.example", 443 },
        { "CONNECT a.example:443 HTTP/1.0\r\n\r\n", OK, "a.example", 443 },
        { "CONNECT a.example:443 HTTP/1.1\r\n" H "User-Agent: \xe6\x97\xa5\r\nProxy-Connection: keep-alive\r\n\r\n\x16\x03\x01", OK, "a.example", 443 },
        { "CONNECT 8.8.8.8:443 HTTP/1.1\r\n" H "\r\n", OK, "8.8.8.8", 443 },
        { "CONNECT [2606::34]:443 HTTP/1.1\r\n" H "\r\n", OK, "2606::34", 443 },
        { "CONNECT a.example:443 HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n", OK, "a.example", 443 },
        { "CONNECT a.example HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example: HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:0 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:0443 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:65536 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:+443 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:4294967739 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:18446744073709552059 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:443:80 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:443/ HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT u@a.example:443 HTTP/1.1\r\n" H "\r\n", NAME, NULL, 443 },
        { "CONNECT http://a.example:443 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT 127.1:443 HTTP/1.1\r\n" H "\r\n", NAME, NULL, 443 },
        { "CONNECT 0x7f000001:443 HTTP/1.1\r\n" H "\r\n", NAME, NULL, 443 },
        { "CONNECT 2130706433:443 HTTP/1.1\r\n" H "\r\n", NAME, NULL, 443 },
        { "CONNECT ::1:443 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT [::1:443 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT [::1]x:443 HTTP/1.1\r\n" H "\r\n", NAME, NULL, 443 },
        { "CONNECT [fe80::1%25lo]:443 HTTP/1.1\r\n" H "\r\n", NAME, NULL, 443 },
        { "CONNECT :443 HTTP/1.1\r\n" H "\r\n", NAME, NULL, 443 },
        { "CONNECT a.example:443 HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhello", BAD, NULL, 0 },
        { "CONNECT a.example:443 HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n", BAD, NULL, 0 },
        { "CONNECT  a.example:443 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:443  HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:443 HTTP/1.1 \r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT\ta.example:443 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:443\r\n\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:443 HTTP/1.2\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:443 HTTP/2.0\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.example:443 http/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "connect a.example:443 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "CONNECT a.ex\xc3\xa4mple:443 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        /* the absolute form */
        { GET "\r\n", OK, "a.example", 80 },
        { "GET http://a.example HTTP/1.1\r\n" H "\r\n", OK, "a.example", 80 },
        { "GET HTTP://A.example:8080/x?y=z HTTP/1.1\r\n" H "\r\n", OK, "a.example", 8080 },
        { "GET http://a.example?q HTTP/1.1\r\n" H "\r\n", OK, "a.example", 80 },
        { "GET http://[2606::34]:8080/ HTTP/1.1\r\n" H "\r\n", OK, "2606::34", 8080 },
        { "GET http://[2606::34]/ HTTP/1.1\r\n" H "\r\n", OK, "2606::34", 80 },
        { "GET http://a.example/@b.example/\\..%00|{} HTTP/1.1\r\n" H "\r\n", OK, "a.example", 80 },
        { "GET http://a.example/ HTTP/1.0\r\n\r\n", OK, "a.example", 80 },
        { "M-SEARCH http://a.example/ HTTP/1.1\r\n" H "\r\n", OK, "a.example", 80 },
        { POST "Content-Length: 5\r\n\r\nhello", OK, "a.example", 80 },
        { POST "content-length:5\r\n\r\n", OK, "a.example", 80 },
        { "GET / HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET * HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET a.example:80 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET https://a.example/ HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET ftp://a.example/ HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET http:/a.example/ HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET http:///x HTTP/1.1\r\n" H "\r\n", NAME, NULL, 80 },
        { "GET http://u:p@a.example/ HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET http://u@a.example/ HTTP/1.1\r\n" H "\r\n", NAME, NULL, 80 },
        { "GET http://a.example\\@b.example/ HTTP/1.1\r\n" H "\r\n", NAME, NULL, 80 },
        { "GET http://a.example#b HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET http://a.example/#b HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET http://a.example:/ HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET http://a.example:80x/ HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET http://127.1/ HTTP/1.1\r\n" H "\r\n", NAME, NULL, 80 },
        { "GET http://a.example/ x HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET http://a.example/\x7f HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET http://a.example/\t HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET http://a.example/\xe6\x97\xa5 HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "G(T http://a.example/ HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "AAAAAAAAAAAAAAAAAAAAAAAAAAAAA http://a.example/ HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        /* framing and line ends */
        { "GET http://a.example/ HTTP/1.1\n" H "\r\n", BAD, NULL, 0 },
        { GET "\n", BAD, NULL, 0 },
        { GET "A: b\nC: d\r\n\r\n", BAD, NULL, 0 },
        { GET "A: b\rC: d\r\n\r\n", BAD, NULL, 0 },
        { "GET http://a.example/\rx HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { GET "A: b\r\r\n\r\n", BAD, NULL, 0 },
        { GET "A: b\r\n c\r\n\r\n", BAD, NULL, 0 },
        { GET "A: b\r\n\tc\r\n\r\n", BAD, NULL, 0 },
        { "GET http://a.example/ HTTP/1.1\r\n A: b\r\n" H "\r\n", BAD, NULL, 0 },
        { GET "A : b\r\n\r\n", BAD, NULL, 0 },
        { GET "A\t: b\r\n\r\n", BAD, NULL, 0 },
        { GET ": b\r\n\r\n", BAD, NULL, 0 },
        { GET "A b\r\n\r\n", BAD, NULL, 0 },
        { GET "A\x01: b\r\n\r\n", BAD, NULL, 0 },
        { GET "A: \x01\r\n\r\n", BAD, NULL, 0 },
        { GET "A: \x7f\r\n\r\n", BAD, NULL, 0 },
        { GET "A\xc3\xa4: b\r\n\r\n", BAD, NULL, 0 },
        { "\r\nGET http://a.example/ HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { " GET http://a.example/ HTTP/1.1\r\n" H "\r\n", BAD, NULL, 0 },
        { "GET http://a.example/ HTTP/1.1\r\n\r\n", BAD, NULL, 0 },
        { "GET http://a.example/ HTTP/1.1\r\n" H H "\r\n", BAD, NULL, 0 },
        { "GET http://a.example/ HTTP/1.1\r\nhost: x\r\nHOST: y\r\n\r\n", BAD, NULL, 0 },
        /* lengths */
        { POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", BAD, NULL, 0 },
        { POST "Content-Length: 5\r\nContent-length: 6\r\n\r\nhello", BAD, NULL, 0 },
        { POST "Content-Length: 5, 5\r\n\r\nhello", BAD, NULL, 0 },
        { POST "Content-Length: +5\r\n\r\nhello", BAD, NULL, 0 },
        { POST "Content-Length: -1\r\n\r\n", BAD, NULL, 0 },
        { POST "Content-Length: 0x5\r\n\r\nhello", BAD, NULL, 0 },
        { POST "Content-Length: 05\r\n\r\nhello", BAD, NULL, 0 },
        { POST "Content-Length: 5 5\r\n\r\nhello", BAD, NULL, 0 },
        { POST "Content-Length:\r\n\r\n", BAD, NULL, 0 },
        { POST "Content-Length: 18446744073709551616\r\n\r\n", BAD, NULL, 0 },
        { POST "Content-Length: 99999999999999999999999999\r\n\r\n", BAD, NULL, 0 },
        { POST "Content-Length : 5\r\n\r\nhello", BAD, NULL, 0 },
        { POST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", LENGTH, "a.example", 80 },
        { POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", BAD, NULL, 0 },
        { POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", BAD, NULL, 0 },
        { POST "Content-Length: 5\r\ntransfer-encoding: identity\r\n\r\nhello", BAD, NULL, 0 },
        { POST "Content-Length: 5\r\nTransfer-Encoding:\x0b" "chunked\r\n\r\n", BAD, NULL, 0 },
        { POST "Content-Length: 5\r\nTransfer-Encoding : chunked\r\n\r\n", BAD, NULL, 0 },
        { POST "Transfer-Encoding: xchunked\r\n\r\n", LENGTH, "a.example", 80 },
        { "POST http://a.example/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", BAD, NULL, 0 },
        /* Connection */
        { GET "Connection: keep-alive, X-Foo\r\nX-Foo: 1\r\n\r\n", OK, "a.example", 80 },
        { GET "Connection: content-length\r\n\r\n", BAD, NULL, 0 },
        { GET "Connection: close, Host\r\n\r\n", BAD, NULL, 0 },
        { GET "Connection: transfer-encoding\r\n\r\n", BAD, NULL, 0 },
        { GET "Connection: \"close\"\r\n\r\n", BAD, NULL, 0 },
        { GET "Connection: close x\r\n\r\n", BAD, NULL, 0 },
        { GET "Connection:\r\n\r\n", OK, "a.example", 80 },
        /* not whole yet */
        { "G", MORE, NULL, 0 },
        { "GET http://a.example/ HTTP/1.1\r\n", MORE, NULL, 0 },
        { GET "\r", MORE, NULL, 0 },
        { "\x16\x03\x01\x02", BAD, NULL, 0 },
        { "\x05\x01", BAD, NULL, 0 },
        { "SSH-2.0-x\n", BAD, NULL, 0 },
};

START_TEST(requests) {
        const Row *row = &rows[_i];
        size_t n = strlen(row->text);
        GatewayRequest q;
        int r = gateway_http_parse(row->text, n, &q);

        ck_assert_msg(r == row->result, "row %d: %d instead of %d: %s", _i, r, row->result, row->text);
        if (row->host)
                ck_assert_str_eq(q.host, row->host);
        if (row->port)
                ck_assert_uint_eq(q.port, row->port);
        /* a shorter piece never passes, so what passes does not depend on how the bytes arrive */
        for (size_t i = 0; r == OK && i < q.head_n; i++) {
                GatewayRequest part;
                ck_assert_int_eq(gateway_http_parse(row->text, i, &part), MORE);
        }
}
END_TEST

START_TEST(nul_bytes) {
        static const char text[] = GET "A: b\0c\r\n\r\n", target[] = "GET http://a.example/\0 HTTP/1.1\r\n" H "\r\n", name[] = "CONNECT a\0b:443 HTTP/1.1\r\n" H "\r\n";
        GatewayRequest q;

        ck_assert_int_eq(gateway_http_parse(text, sizeof text - 1, &q), BAD);
        ck_assert_int_eq(gateway_http_parse(target, sizeof target - 1, &q), BAD);
        ck_assert_int_eq(gateway_http_parse(name, sizeof name - 1, &q), BAD);
}
END_TEST

START_TEST(sizes) {
        static char text[40000];
        GatewayRequest q;
        size_t n;

        n = (size_t)sprintf(text, GET "A: ");
        memset(text + n, 'a', GATEWAY_MAX_HEAD - n - 4);
        memcpy(text + GATEWAY_MAX_HEAD - 4, "\r\n\r\n", 4);
        ck_assert_int_eq(gateway_http_parse(text, GATEWAY_MAX_HEAD, &q), OK);
        memset(text + n, 'a', sizeof text - n);
        ck_assert_int_eq(gateway_http_parse(text, GATEWAY_MAX_HEAD, &q), GATEWAY_REFUSAL_HEAD_SIZE);
        memcpy(text + GATEWAY_MAX_HEAD - 3, "\r\n\r\n", 4); /* ends one byte late */
        ck_assert_int_eq(gateway_http_parse(text, GATEWAY_MAX_HEAD + 1, &q), GATEWAY_REFUSAL_HEAD_SIZE);
        n = (size_t)sprintf(text, GET);
        for (int i = 0; i < GATEWAY_MAX_HEADERS; i++)
                n += (size_t)sprintf(text + n, "A: b\r\n");
        n += (size_t)sprintf(text + n, "\r\n");
        ck_assert_int_eq(gateway_http_parse(text, n, &q), GATEWAY_REFUSAL_HEAD_SIZE);
}
END_TEST

typedef struct Pair {
        const char *in, *out;
} Pair;

static const Pair rewrites[] = {
        { "GET http://a.example/x?y HTTP/1.1\r\nHost: evil.example\r\nAccept: */*\r\n\r\n",
          "GET /x?y HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\nConnection: close\r\n\r\n" },
        { "GET http://A.EXAMPLE.:8080?q HTTP/1.0\r\n\r\n", "GET /?q HTTP/1.0\r\nHost: a.example:8080\r\nConnection: close\r\n\r\n" },
        { "GET http://[2606:0::34] HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: [2606::34]\r\nConnection: close\r\n\r\n" },
        { "POST http://a.example/ HTTP/1.1\r\nHOST:x\r\nContent-Length:5\r\nConnection: X-A , keep-alive\r\nX-A: 1\r\nx-a: 2\r\nX-B:  3 \r\nKeep-Alive: 1\r\n"
          "Proxy-Connection: x\r\nProxy-Authorization: x\r\nTE: x\r\nTrailer: x\r\nUpgrade: x\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nX-B: 3\r\nConnection: close\r\n\r\n" },
};

START_TEST(rewritten) {
        const Pair *p = &rewrites[_i];
        GatewayRequest q;
        char out[2048];

        ck_assert_int_eq(gateway_http_parse(p->in, strlen(p->in), &q), OK);
        ssize_t n = gateway_http_rewrite(&q, p->in, out, sizeof out);
        ck_assert_int_gt(n, 0);
        out[n] = '\0';
        ck_assert_str_eq(out, p->out);
        for (size_t max = 0; max < (size_t)n; max++)
                ck_assert_int_eq(gateway_http_rewrite(&q, p->in, out, max), -ENOBUFS);
}
END_TEST

START_TEST(response_heads) {
        static const Pair good[] = {
                { "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: 5\r\nA: b\r\n\r\nbody", "HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\n" },
                { "HTTP/1.0 404 \r\n\r\n", "HTTP/1.0 404 \r\nConnection: close\r\n\r\n" },
                { "HTTP/1.1 204\r\n\r\n", "HTTP/1.1 204\r\nConnection: close\r\n\r\n" },
                { "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n" },
        };
        static const char *const bad[] = { "SSH-2.0", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nA b\r\n\r\n", "HTTP/1.1 600 x\r\n\r\n", "HTTP/1.1  200\r\n\r\n",
                "HTTP/1.1 101 x\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1\r\n\r\n" };
        size_t head_n;
        char out[512];
        bool final;

        for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
                ssize_t n = gateway_http_response(good[i].in, strlen(good[i].in), out, sizeof out, &head_n, &final);
                ck_assert_int_gt(n, 0);
                out[n] = '\0';
                ck_assert_str_eq(out, good[i].out);
                ck_assert(final == (strstr(good[i].in, " 100 ") == NULL));
                for (size_t part = 0; part < head_n; part++)
                        ck_assert_int_eq(gateway_http_response(good[i].in, part, out, sizeof out, &head_n, &final), -EAGAIN);
        }
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(gateway_http_response(bad[i], strlen(bad[i]), out, sizeof out, &head_n, &final) == -EBADMSG, "%s", bad[i]);
}
END_TEST

int main(void) {
        Suite *s = suite_create("gateway-http");
        TCase *t = tcase_create("all");
        SRunner *r = srunner_create(s);

        tcase_add_loop_test(t, requests, 0, sizeof rows / sizeof *rows);
        tcase_add_test(t, nul_bytes);
        tcase_add_test(t, sizes);
        tcase_add_loop_test(t, rewritten, 0, sizeof rewrites / sizeof *rewrites);
        tcase_add_test(t, response_heads);
        suite_add_tcase(s, t);
        srunner_run_all(r, CK_ENV);
        int failed = srunner_ntests_failed(r);
        srunner_free(r);
        return failed != 0;
}
