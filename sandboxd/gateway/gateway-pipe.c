/* gateway-pipe: the bytes of one direction that one side has sent and the other has not taken yet.
 * Runs as: gateway.  Input: foreign bytes.  Must not: look at them, hold more than GATEWAY_MAX_BUFFER and one head.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-pipe.h"
#include "sandboxd/gateway/gateway-limits.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

void gateway_pipe_done(GatewayPipe *p) {
        free(p->bytes);
        *p = (GatewayPipe){ 0 };
}

bool gateway_pipe_room(const GatewayPipe *p) {
        return p->n < GATEWAY_MAX_BUFFER && (!p->bytes || p->n < p->size);
}

int gateway_pipe_fill(GatewayPipe *p, int fd, uint64_t max) {
        ssize_t n;

        if (!p->bytes) {
                p->bytes = malloc(GATEWAY_MAX_BUFFER);
                if (!p->bytes)
                        return -ENOMEM;
                *p = (GatewayPipe){ .bytes = p->bytes, .size = GATEWAY_MAX_BUFFER };
        }
        if (p->at > 0) {
                memmove(p->bytes, p->bytes + p->at, p->n);
                p->at = 0;
        }
        if (p->n == p->size)
                return -ENOBUFS;
        n = recv(fd, p->bytes + p->n, max < p->size - p->n ? (size_t)max : p->size - p->n, MSG_DONTWAIT);
        if (n > 0)
                p->n += (size_t)n;
        else {
                int error = errno;
                gateway_pipe_skip(p, 0);
                return n < 0 ? -error : 0;
        }
        return (int)n;
}

int gateway_pipe_drain(GatewayPipe *p, int fd) {
        ssize_t n;

        if (p->n == 0)
                return 0;
        n = send(fd, p->bytes + p->at, p->n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0)
                return -errno;
        gateway_pipe_skip(p, (size_t)n);
        return (int)n;
}

void gateway_pipe_skip(GatewayPipe *p, size_t n) {
        p->at += n;
        p->n -= n;
        if (p->n == 0)
                gateway_pipe_done(p);
}

int gateway_pipe_replace(GatewayPipe *p, size_t skip, const char *head, size_t head_n, uint64_t keep) {
        size_t rest = p->n - skip < keep ? p->n - skip : (size_t)keep;
        char *bytes = malloc(head_n + rest + 1);

        if (!bytes)
                return -ENOMEM;
        memcpy(bytes, head, head_n);
        if (rest > 0)
                memcpy(bytes + head_n, p->bytes + p->at + skip, rest);
        free(p->bytes);
        *p = (GatewayPipe){ .bytes = bytes, .n = head_n + rest, .size = head_n + rest };
        return 0;
}
