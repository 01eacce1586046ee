/* gateway-dns: the names that an answer of a name server leads through.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calls each for every target of a CNAME or DNAME record of the answer section (RFC 1035), canonical; it returns false to stop. 0, 1 where it
 * was stopped, -EBADMSG where the packet is malformed or a target is no host name. */
int gateway_dns_targets(const uint8_t *packet, size_t n, bool (*each)(const char *name, void *data), void *data);
