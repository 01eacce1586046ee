/* gateway-http: the requests a zone may send: CONNECT and absolute-form, strictly read, written anew.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/gateway/gateway-address.h"
#include "sandboxd/gateway/gateway-page.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct GatewayRequest {
        bool connect;
        GatewayNameKind kind;            /* HOST or ADDRESS */
        char host[GATEWAY_NAME_MAX + 1]; /* canonical */
        GatewayAddress address;          /* of kind ADDRESS */
        uint16_t port;
        unsigned minor;                  /* HTTP/1.minor */
        uint64_t body_n;                 /* bytes that follow the head and belong to the request */
        size_t head_n;                   /* bytes of the head, with its empty line */
        size_t method_n, path_at, path_n, fields_at; /* places in the head */
} GatewayRequest;

/* Reads one head (RFC 9110, 9112; stricter where they leave a choice). Returns 0, -EAGAIN when bytes are missing, or a GatewayRefusal.
 * host and port of ret are also set on refusals that come after them, else "". */
int gateway_http_parse(const char *bytes, size_t n, GatewayRequest *ret);
/* Writes the head that goes to the server of a plain request: origin-form, Host from the authority, no hop-by-hop field, Connection: close.
 * Returns its length, or -ENOBUFS. 128 bytes plus twice a name more than head_n always suffice. */
ssize_t gateway_http_rewrite(const GatewayRequest *request, const char *bytes, char *out, size_t max);
/* The same for the head of a response. Returns the length written, -EAGAIN when bytes are missing, -EBADMSG, -ENOBUFS.
 * *ret_head_n: bytes read; *ret_final: false for 1xx, after which another head follows. */
ssize_t gateway_http_response(const char *bytes, size_t n, char *out, size_t max, size_t *ret_head_n, bool *ret_final);
