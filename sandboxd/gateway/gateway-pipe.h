/* gateway-pipe: the bytes of one direction that one side has sent and the other has not taken yet.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Holds memory only while it holds bytes. */
typedef struct GatewayPipe {
        char *bytes;
        size_t at, n, size;
} GatewayPipe;

void gateway_pipe_done(GatewayPipe *pipe);
bool gateway_pipe_room(const GatewayPipe *pipe);
/* Reads once, at most max bytes. Returns the count, 0 at end of file, -EAGAIN, -ENOBUFS (full), or what recv(2) said. */
int gateway_pipe_fill(GatewayPipe *pipe, int fd, uint64_t max);
/* Writes once. Returns the count, -EAGAIN, or what send(2) said; 0 when there is nothing to write. */
int gateway_pipe_drain(GatewayPipe *pipe, int fd);
/* Forgets the first n bytes. */
void gateway_pipe_skip(GatewayPipe *pipe, size_t n);
/* Puts head in front of what is left after skipping the first skip bytes, and keeps at most keep bytes of that. 0, -ENOMEM. */
int gateway_pipe_replace(GatewayPipe *pipe, size_t skip, const char *head, size_t head_n, uint64_t keep);
