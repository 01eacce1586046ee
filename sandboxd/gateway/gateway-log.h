/* gateway-log: one line per refusal on standard error, escaped and few.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* So many at once, then so many per second. */
typedef struct GatewayBucket {
        uint32_t burst, rate;
        uint64_t tokens_ms, last_ms; /* a token is 1000 / rate of them */
} GatewayBucket;
void gateway_bucket_init(GatewayBucket *bucket, uint32_t burst, uint32_t rate, uint64_t now_ms);
/* False where none is left; takes one otherwise (take), or only looks. */
bool gateway_bucket_take(GatewayBucket *bucket, uint64_t now_ms, bool take);

void gateway_log_init(uint64_t now_ms);
/* port 0 and host "" are left out; never waits for a reader of the log. */
void gateway_log_refusal(const char *rule, const char *host, uint16_t port, const char *address, uint64_t now_ms);
