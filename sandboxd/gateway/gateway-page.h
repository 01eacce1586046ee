/* gateway-page: every reason to refuse, and the answer that says so in English and Japanese.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef enum GatewayRefusal {
        GATEWAY_REFUSAL_NONE = 0,
        GATEWAY_REFUSAL_REQUEST,      /* not a request of the form we take */
        GATEWAY_REFUSAL_HEAD_SIZE,
        GATEWAY_REFUSAL_HEAD_TIME,
        GATEWAY_REFUSAL_LENGTH,       /* a body without Content-Length */
        GATEWAY_REFUSAL_NAME,         /* the name is not one */
        GATEWAY_REFUSAL_HTTP,         /* plain http is off */
        GATEWAY_REFUSAL_PORT,
        GATEWAY_REFUSAL_PRIVATE,
        GATEWAY_REFUSAL_HOST,         /* this computer, or a neighbour on its network */
        GATEWAY_REFUSAL_NOT_FOUND,
        GATEWAY_REFUSAL_LOOKUP_TIME,
        GATEWAY_REFUSAL_FAILING,      /* too many names that do not exist */
        GATEWAY_REFUSAL_UNREACHABLE,
        GATEWAY_REFUSAL_DIAL_TIME,
        GATEWAY_REFUSAL_RESPONSE,     /* the server's answer is not http */
        GATEWAY_REFUSAL_BUSY,
        GATEWAY_REFUSALS,
} GatewayRefusal;

unsigned gateway_page_status(GatewayRefusal refusal);
/* The rule in a few English words, for the log. */
const char *gateway_page_rule(GatewayRefusal refusal);
/* A whole response: status line, head, HTML page. host ("" where unknown) is escaped. Returns its length, at most
 * max - 1 (GATEWAY_PAGE_MAX always suffices). */
#define GATEWAY_PAGE_MAX 4096
size_t gateway_page_write(GatewayRefusal refusal, const char *host, uint16_t port, char *ret, size_t max);
