/* gateway-page: every reason to refuse, and the answer that says so in English and Japanese.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>
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
        GATEWAY_REFUSAL_RESERVED,     /* a name that is not the internet's */
        GATEWAY_REFUSAL_DENIED,       /* a rule of the kind */
        GATEWAY_REFUSAL_LISTED,       /* a deny list */
        GATEWAY_REFUSAL_UNLISTED,     /* not in the kind's allow list */
        GATEWAY_REFUSAL_ADDRESS,      /* an address where names decide */
        GATEWAY_REFUSAL_TARGET,       /* the name is an alias of one that is denied */
        GATEWAY_REFUSAL_SOCKS_LOGIN,
        GATEWAY_REFUSAL_SOCKS_COMMAND,
        GATEWAY_REFUSAL_TLS_NONE,     /* a strict kind, and no TLS */
        GATEWAY_REFUSAL_TLS_FORM,     /* malformed, or of a form that servers read in two ways */
        GATEWAY_REFUSAL_TLS_SIZE,
        GATEWAY_REFUSAL_TLS_OLD,
        GATEWAY_REFUSAL_TLS_NAME,     /* no server name, two, or one that is none */
        GATEWAY_REFUSAL_TLS_OTHER,    /* not the name that was asked for */
        GATEWAY_REFUSAL_TLS_ECH,
        GATEWAY_REFUSAL_TLS_TIME,
        GATEWAY_REFUSAL_POLICY,       /* a newer policy ended it */
        GATEWAY_REFUSALS,
} GatewayRefusal;

/* True where nobody forbade it: it could not be done. */
bool gateway_page_failed(GatewayRefusal refusal);
unsigned gateway_page_status(GatewayRefusal refusal);
/* The rule in a few English words, for the log. */
const char *gateway_page_rule(GatewayRefusal refusal);
/* A whole response: status line, head, HTML page. host and rule ("" where unknown) are escaped. Returns its length, at most
 * max - 1 (GATEWAY_PAGE_MAX always suffices). */
#define GATEWAY_PAGE_MAX 5120
size_t gateway_page_write(GatewayRefusal refusal, const char *host, uint16_t port, const char *rule, char *ret, size_t max);
