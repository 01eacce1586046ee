/* gateway-log: one line per refusal on standard error, escaped and few.
 * Runs as: gateway.  Input: host names of the zone.  Must not: wait, write foreign bytes unescaped.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-log.h"
#include "sandboxd/gateway/gateway-limits.h"
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

static GatewayBucket lines;
static uint64_t left_out;

void gateway_bucket_init(GatewayBucket *b, uint32_t burst, uint32_t rate, uint64_t now_ms) {
        *b = (GatewayBucket){ .burst = burst, .rate = rate, .tokens_ms = (uint64_t)burst * 1000, .last_ms = now_ms };
}

bool gateway_bucket_take(GatewayBucket *b, uint64_t now_ms, bool take) {
        uint64_t most = (uint64_t)b->burst * 1000;

        if (now_ms > b->last_ms) {
                uint64_t gone = now_ms - b->last_ms;
                b->tokens_ms = gone > most || b->tokens_ms + gone * b->rate > most ? most : b->tokens_ms + gone * b->rate;
                b->last_ms = now_ms;
        }
        if (b->tokens_ms < 1000)
                return false;
        if (take)
                b->tokens_ms -= 1000;
        return true;
}

void gateway_log_init(uint64_t now_ms) {
        gateway_bucket_init(&lines, GATEWAY_LOG_BURST, GATEWAY_LOG_RATE, now_ms);
}

static void escape(const char *in, char *out, size_t max) {
        size_t at = 0;

        for (; *in && at + 5 < max; in++) {
                unsigned char c = (unsigned char)*in;
                if (c > 0x20 && c < 0x7f && c != '\\' && c != '"')
                        out[at++] = (char)c;
                else
                        at += (size_t)sprintf(out + at, "\\x%02x", c);
        }
        out[at] = '\0';
}

void gateway_log_refusal(const char *rule, const char *host, uint16_t port, const char *address, uint64_t now_ms) {
        struct pollfd reader = { .fd = 2, .events = POLLOUT };
        char line[1536], name[1100], earlier[64] = "";
        int n;

        if (!gateway_bucket_take(&lines, now_ms, true) || poll(&reader, 1, 0) != 1 || !(reader.revents & POLLOUT)) {
                left_out++;
                return;
        }
        escape(host, name, sizeof name);
        if (left_out > 0)
                snprintf(earlier, sizeof earlier, " (%llu lines before this one were left out)", (unsigned long long)left_out);
        n = snprintf(line, sizeof line, "hanare-gateway: refused: %s: host=%s port=%u%s%s%s\n", rule, name[0] ? name : "-", port,
                     address[0] ? " address=" : "", address, earlier);
        if (n > 0 && write(2, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1) >= 0)
                left_out = 0;
}
