/* gateway-socks: SOCKS5 as a zone may speak it: CONNECT, by name or by address, without a password.
 * Runs as: anyone (pure).  Input: bytes of a zone.  Must not: accept a name that http would not.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-socks.h"
#include <errno.h>
#include <string.h>

enum { NO_AUTHENTICATION = 0, CONNECT = 1, BY_FOUR = 1, BY_NAME = 3, BY_SIX = 4 };

int gateway_socks_greeting(const uint8_t *bytes, size_t n) {
        if (n >= 1 && bytes[0] != GATEWAY_SOCKS_VERSION)
                return -EBADMSG;
        if (n < 2)
                return -EAGAIN;
        if (bytes[1] == 0)
                return -EACCES;
        if (n < 2 + (size_t)bytes[1])
                return -EAGAIN;
        return memchr(bytes + 2, NO_AUTHENTICATION, bytes[1]) ? 2 + bytes[1] : -EACCES;
}

static int read_target(const uint8_t *bytes, size_t n, GatewayRequest *ret) {
        ret->kind = GATEWAY_NAME_ADDRESS;
        ret->address.family = bytes[3] == BY_FOUR ? 4 : 6;
        if (bytes[3] == BY_NAME)
                ret->kind = gateway_name_canonical((const char *)bytes + 5, n, ret->host, &ret->address);
        else {
                memcpy(ret->address.bytes, bytes + 4, n);
                gateway_address_format(&ret->address, ret->host);
        }
        /* "[::1]" is a form of addresses in URLs; here an address has a type of its own */
        if (bytes[3] == BY_NAME && bytes[5] == '[')
                ret->kind = GATEWAY_NAME_BAD;
        return ret->kind == GATEWAY_NAME_BAD ? GATEWAY_REFUSAL_NAME : 0;
}

int gateway_socks_request(const uint8_t *bytes, size_t n, GatewayRequest *ret) {
        size_t at = 4, target_n;
        int r;

        memset(ret, 0, sizeof *ret);
        ret->connect = true;
        if ((n >= 1 && bytes[0] != GATEWAY_SOCKS_VERSION) || (n >= 3 && bytes[2] != 0))
                return GATEWAY_REFUSAL_REQUEST;
        if (n >= 2 && bytes[1] != CONNECT)
                return GATEWAY_REFUSAL_SOCKS_COMMAND;
        if (n >= 4 && bytes[3] != BY_FOUR && bytes[3] != BY_NAME && bytes[3] != BY_SIX)
                return GATEWAY_REFUSAL_REQUEST;
        if (n < 5)
                return -EAGAIN;
        target_n = bytes[3] == BY_FOUR ? 4 : bytes[3] == BY_SIX ? 16 : bytes[4];
        at += bytes[3] == BY_NAME;
        if (target_n == 0)
                return GATEWAY_REFUSAL_NAME;
        if (n < at + target_n + 2)
                return -EAGAIN;
        ret->head_n = at + target_n + 2;
        ret->port = (uint16_t)(bytes[ret->head_n - 2] << 8 | bytes[ret->head_n - 1]);
        r = read_target(bytes, target_n, ret);
        return r != 0 ? r : ret->port == 0 ? GATEWAY_REFUSAL_REQUEST : 0;
}

size_t gateway_socks_reply(GatewayRefusal refusal, char ret[GATEWAY_SOCKS_REPLY]) {
        uint8_t code = 2; /* not allowed by the rules */

        switch (refusal) {
        case GATEWAY_REFUSAL_NONE:
                code = 0;
                break;
        case GATEWAY_REFUSAL_REQUEST:
        case GATEWAY_REFUSAL_HEAD_TIME:
        case GATEWAY_REFUSAL_BUSY:
        case GATEWAY_REFUSAL_FAILING:
        case GATEWAY_REFUSAL_RESPONSE:
                code = 1; /* general failure */
                break;
        case GATEWAY_REFUSAL_NOT_FOUND:
        case GATEWAY_REFUSAL_LOOKUP_TIME:
        case GATEWAY_REFUSAL_DIAL_TIME:
                code = 4; /* host unreachable */
                break;
        case GATEWAY_REFUSAL_UNREACHABLE:
                code = 5; /* refused */
                break;
        case GATEWAY_REFUSAL_SOCKS_COMMAND:
                code = 7;
                break;
        default:
                break;
        }
        memset(ret, 0, GATEWAY_SOCKS_REPLY);
        ret[0] = GATEWAY_SOCKS_VERSION;
        ret[1] = (char)code;
        ret[3] = BY_FOUR; /* where we are bound is nobody's business */
        return GATEWAY_SOCKS_REPLY;
}
