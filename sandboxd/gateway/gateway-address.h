/* gateway-address: which addresses are the public internet, and which names are names.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

typedef struct GatewayAddress {
        uint8_t family; /* 4 or 6 */
        uint8_t bytes[16];
} GatewayAddress;

#define GATEWAY_NAME_MAX 253
#define GATEWAY_ADDRESS_TEXT 46

/* True where the address may belong to a server of the public internet. All else is refused: the private, special and
 * documentation ranges of the IANA registries, cloud metadata services, and every IPv6 form that carries an IPv4 address. */
bool gateway_address_public(const GatewayAddress *address);
/* Exactly four decimal parts without leading zeros, or the forms of RFC 4291 without a zone. */
bool gateway_address_parse(const char *text, size_t n, GatewayAddress *ret);
void gateway_address_format(const GatewayAddress *address, char ret[GATEWAY_ADDRESS_TEXT]);
socklen_t gateway_address_sockaddr(const GatewayAddress *address, uint16_t port, struct sockaddr_storage *ret);
bool gateway_address_equal(const GatewayAddress *a, const GatewayAddress *b);

typedef enum GatewayNameKind { GATEWAY_NAME_BAD = 0, GATEWAY_NAME_HOST, GATEWAY_NAME_ADDRESS } GatewayNameKind;
/* Makes a host of a request canonical: one trailing dot stripped, lower case, labels of [a-z0-9_-]. What resolvers take for a number
 * (127.1, 0x7f.1, 2130706433: inet_aton(3)) is bad unless it is a canonical dotted quad; then, and for "[...]", ret_address is set. */
GatewayNameKind gateway_name_canonical(const char *text, size_t n, char ret[GATEWAY_NAME_MAX + 1], GatewayAddress *ret_address);
