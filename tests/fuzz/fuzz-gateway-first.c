/* fuzz-gateway-first: any bytes as a TLS greeting, as SOCKS5, and as an answer of a name server.
 * Runs as: anyone (pure).  Input: what the fuzzer makes, or the files of the corpus.  Must not: use the network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "sandboxd/gateway/gateway-dns.h"
#include "sandboxd/gateway/gateway-limits.h"
#include "sandboxd/gateway/gateway-socks.h"
#include "sandboxd/gateway/gateway-tls.h"
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

static void name_is_canonical(const char *name) {
        char again[POLICY_NAMES_MAX_NAME + 1];

        require(policy_names_canonical(name, strlen(name), again) && strcmp(name, again) == 0, "a name that is not canonical");
}

static void try_hello(const uint8_t *bytes, size_t n) {
        GatewayHello h = { 0 };
        int looks = gateway_tls_looks_like(bytes, n), r = gateway_tls_hello(bytes, n, &h);

        require(looks == 0 || looks == 1 || looks == -EAGAIN, "a look that is none");
        require(r == -EAGAIN || (r >= 0 && r < GATEWAY_REFUSALS), "a result that is none");
        require(r != -EAGAIN || n < 4 + GATEWAY_MAX_HELLO + 5 * GATEWAY_MAX_HELLO_RECORDS + 5, "waits for ever");
        if (r != 0)
                return;
        require(looks == 1 && h.version >= 0x0301 && h.version <= 0x0304, "version");
        if (h.name[0])
                name_is_canonical(h.name);
        /* more bytes change nothing: a server that reads on sees what was judged */
        uint8_t *more = malloc(n + 64);
        GatewayHello again = { 0 };
        require(more != NULL, "memory");
        memcpy(more, bytes, n);
        memset(more + n, 0x16, 64);
        require(gateway_tls_hello(more, n + 64, &again) == 0 && strcmp(h.name, again.name) == 0 && h.ech == again.ech, "depends on what follows");
        free(more);
}

static void try_socks(const uint8_t *bytes, size_t n) {
        int r = gateway_socks_greeting(bytes, n);
        GatewayRequest q;

        require(r == -EAGAIN || r == -EACCES || r == -EBADMSG || (r >= 3 && (size_t)r <= n), "greeting");
        require(r != -EAGAIN || n < 257, "the greeting waits for ever");
        r = gateway_socks_request(bytes, n, &q);
        require(r == -EAGAIN || (r >= 0 && r < GATEWAY_REFUSALS), "request");
        require(r != -EAGAIN || n < 262, "the request waits for ever");
        if (r != 0)
                return;
        require(q.connect && q.head_n <= n && q.port != 0 && q.host[0], "bounds");
        if (q.kind == GATEWAY_NAME_HOST)
                name_is_canonical(q.host);
}

static bool see(const char *name, void *data) {
        unsigned *seen = data;

        name_is_canonical(name);
        require(++*seen <= 512, "more names than records");
        return *seen % 7 != 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        uint8_t *exact = malloc(n + (n == 0)); /* so that one byte too far is seen */
        unsigned seen = 0;

        require(exact != NULL, "memory");
        memcpy(exact, data, n);
        try_hello(exact, n);
        try_socks(exact, n);
        int r = gateway_dns_targets(exact, n, see, &seen);
        require(r == 0 || r == 1 || r == -EBADMSG, "dns");
        free(exact);
        return 0;
}
