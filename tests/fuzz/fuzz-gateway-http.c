/* fuzz-gateway-http: any bytes as a request and as a response.
 * Runs as: anyone (pure).  Input: what the fuzzer makes, or the files of the corpus.  Must not: use the network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "sandboxd/gateway/gateway-http.h"
#include "sandboxd/gateway/gateway-limits.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(bool holds, const char *what) {
        if (!holds) {
                fprintf(stderr, "broken: %s\n", what);
                abort();
        }
}

static void try_request(const char *bytes, size_t n) {
        char out[GATEWAY_MAX_HEAD + 1024];
        GatewayRequest q, again;
        int r = gateway_http_parse(bytes, n, &q);
        ssize_t m;

        require(r == -EAGAIN || (r >= 0 && r < GATEWAY_REFUSALS), "a result that is none");
        require(r != -EAGAIN || n < GATEWAY_MAX_HEAD, "waits for ever");
        if (r != 0)
                return;
        require(q.head_n <= n && q.head_n <= GATEWAY_MAX_HEAD && q.port != 0 && q.host[0] != '\0', "bounds");
        require(!q.connect || q.body_n == 0, "CONNECT with a body");
        if (q.connect)
                return;
        m = gateway_http_rewrite(&q, bytes, out, sizeof out);
        require(m > 0, "the rewritten head has room");
        /* what goes to the server is one head, with one Host, in the form of a server's request */
        require(memmem(out, (size_t)m, "\r\n\r\n", 4) == out + m - 4, "one head");
        require(!memmem(out, (size_t)m, "\n ", 2) && !memmem(out, (size_t)m, "\n\t", 2) && !memchr(out, '\0', (size_t)m), "no fold, no NUL");
        for (ssize_t i = 0; i < m; i++)
                require((out[i] != '\n' || (i > 0 && out[i - 1] == '\r')) && (out[i] != '\r' || (i + 1 < m && out[i + 1] == '\n')), "line ends");
        /* and it would be read as the same request: its target made absolute again, its body as long */
        char *copy = malloc((size_t)m + 300);
        char *path = memchr(out, ' ', (size_t)m);
        require(copy && path && path[1] == '/', "origin-form");
        size_t method_n = (size_t)(path - out) + 1;
        bool six = q.kind == GATEWAY_NAME_ADDRESS && q.address.family == 6;
        int k = snprintf(copy, 300 + method_n, "%.*shttp://%s%s%s:%u", (int)method_n, out, six ? "[" : "", q.host, six ? "]" : "", q.port);
        memcpy(copy + k, out + method_n, (size_t)m - method_n);
        r = gateway_http_parse(copy, (size_t)k + (size_t)m - method_n, &again);
        require(r == 0 || r == GATEWAY_REFUSAL_HEAD_SIZE, "reads the same");
        require(r != 0 || (again.body_n == q.body_n && strcmp(again.host, q.host) == 0 && again.port == q.port), "says the same");
        free(copy);
}

static void try_response(const char *bytes, size_t n) {
        char out[GATEWAY_MAX_BUFFER];
        size_t head_n = 0;
        bool final = false;
        ssize_t m = gateway_http_response(bytes, n, out, sizeof out, &head_n, &final);

        require(m == -EAGAIN || m == -EBADMSG || m == -ENOBUFS || (m > 0 && head_n > 0 && head_n <= n), "response");
        require(m <= 0 || memmem(out, (size_t)m, "\r\n\r\n", 4) == out + m - 4, "one response head");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        char *exact = malloc(n + (n == 0)); /* so that one byte too far is seen */

        require(exact != NULL, "memory");
        memcpy(exact, data, n);
        try_request(exact, n);
        try_response(exact, n);
        free(exact);
        return 0;
}
