/* gateway-address: which addresses are the public internet, and which names are names.
 * Runs as: anyone (pure).  Input: bytes of a zone and of name servers.  Must not: resolve anything.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-address.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

typedef struct Prefix {
        uint8_t bytes[16];
        uint8_t n;
} Prefix;

/* IANA IPv4 special-purpose registry, and cloud services that live on public-looking addresses. */
static const Prefix refused4[] = {
        { { 0 }, 8 },
        { { 10 }, 8 },
        { { 100, 64 }, 10 },          /* carrier NAT; also 100.100.100.200, metadata */
        { { 127 }, 8 },
        { { 168, 63, 129, 16 }, 32 }, /* a cloud's host agent */
        { { 169, 254 }, 16 },         /* link-local; also 169.254.169.254, metadata */
        { { 172, 16 }, 12 },
        { { 192, 0, 0 }, 24 },
        { { 192, 0, 2 }, 24 },
        { { 192, 31, 196 }, 24 },
        { { 192, 52, 193 }, 24 },
        { { 192, 88, 99 }, 24 },      /* 6to4 relays */
        { { 192, 168 }, 16 },
        { { 192, 175, 48 }, 24 },
        { { 198, 18 }, 15 },
        { { 198, 51, 100 }, 24 },
        { { 203, 0, 113 }, 24 },
        { { 224 }, 3 },               /* multicast, reserved, broadcast */
};
/* Only 2000::/3 is assigned as global unicast (RFC 4291), so everything else is refused without a line: ::, ::1, ::ffff:0:0/96, ::/96,
 * 64:ff9b::/96, 64:ff9b:1::/48, 100::/64, 5f00::/16, fc00::/7 (and fd00:ec2::254), fe80::/10, fec0::/10, ff00::/8. Of it: */
static const Prefix refused6[] = {
        { { 0x20, 0x01, 0x00 }, 23 },                         /* Teredo, benchmarking, ORCHID, anycast of protocols */
        { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },                   /* documentation */
        { { 0x20, 0x02 }, 16 },                               /* 6to4 */
        { { 0x26, 0x20, 0x00, 0x4f, 0x80, 0x00 }, 48 },       /* AS112 */
        { { 0x3f, 0xfe }, 16 },                               /* the old 6bone */
        { { 0x3f, 0xff, 0x00 }, 20 },                         /* documentation */
};

static bool inside(const uint8_t *bytes, const Prefix *prefix) {
        unsigned whole = prefix->n / 8, rest = prefix->n % 8;
        uint8_t mask = (uint8_t)(0xff00u >> rest);

        return memcmp(bytes, prefix->bytes, whole) == 0 && (rest == 0 || ((bytes[whole] ^ prefix->bytes[whole]) & mask) == 0);
}

bool gateway_address_public(const GatewayAddress *a) {
        const Prefix *table = a->family == 4 ? refused4 : refused6;
        size_t n = a->family == 4 ? sizeof refused4 / sizeof *refused4 : sizeof refused6 / sizeof *refused6;

        if (a->family != 4 && (a->family != 6 || (a->bytes[0] & 0xe0) != 0x20))
                return false;
        for (size_t i = 0; i < n; i++)
                if (inside(a->bytes, &table[i]))
                        return false;
        return true;
}

bool gateway_address_parse(const char *text, size_t n, GatewayAddress *ret) {
        GatewayAddress a = { 0 };
        char copy[GATEWAY_ADDRESS_TEXT];

        if (n == 0 || n >= sizeof copy || memchr(text, '\0', n))
                return false;
        memcpy(copy, text, n);
        copy[n] = '\0';
        /* glibc's inet_pton takes neither missing parts, nor hexadecimal, nor leading zeros */
        if (inet_pton(AF_INET, copy, a.bytes) == 1)
                a.family = 4;
        else if (inet_pton(AF_INET6, copy, a.bytes) == 1)
                a.family = 6;
        else
                return false;
        *ret = a;
        return true;
}

void gateway_address_format(const GatewayAddress *a, char ret[GATEWAY_ADDRESS_TEXT]) {
        if (!inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, ret, GATEWAY_ADDRESS_TEXT))
                strcpy(ret, "?");
}

socklen_t gateway_address_sockaddr(const GatewayAddress *a, uint16_t port, struct sockaddr_storage *ret) {
        memset(ret, 0, sizeof *ret);
        if (a->family == 4) {
                struct sockaddr_in *in = (struct sockaddr_in *)ret;
                in->sin_family = AF_INET;
                in->sin_port = htons(port);
                memcpy(&in->sin_addr, a->bytes, 4);
                return sizeof *in;
        }
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(port);
        memcpy(&in6->sin6_addr, a->bytes, 16);
        return sizeof *in6;
}

bool gateway_address_equal(const GatewayAddress *a, const GatewayAddress *b) {
        return a->family == b->family && memcmp(a->bytes, b->bytes, a->family == 4 ? 4 : 16) == 0;
}

/* The last label says whether a resolver would take the name for a number (URL standard, "ends in a number"). */
static bool ends_in_number(const char *name) {
        const char *dot = strrchr(name, '.'), *last = dot ? dot + 1 : name;

        if (last[strspn(last, "0123456789")] == '\0')
                return true;
        return last[0] == '0' && last[1] == 'x' && last[2 + strspn(last + 2, "0123456789abcdef")] == '\0';
}

GatewayNameKind gateway_name_canonical(const char *text, size_t n, char ret[GATEWAY_NAME_MAX + 1], GatewayAddress *ret_address) {
        char name[GATEWAY_NAME_MAX + 1];
        struct in_addr number;
        size_t label = 0;

        if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
                if (!gateway_address_parse(text + 1, n - 2, ret_address) || ret_address->family != 6)
                        return GATEWAY_NAME_BAD;
                gateway_address_format(ret_address, ret);
                return GATEWAY_NAME_ADDRESS;
        }
        if (n > 0 && text[n - 1] == '.')
                n--;
        if (n == 0 || n > GATEWAY_NAME_MAX)
                return GATEWAY_NAME_BAD;
        for (size_t i = 0; i < n; i++) {
                char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
                if (c == '.') {
                        if (label == 0)
                                return GATEWAY_NAME_BAD;
                        label = 0;
                } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
                        if (++label > 63)
                                return GATEWAY_NAME_BAD;
                } else
                        return GATEWAY_NAME_BAD;
                name[i] = c;
        }
        name[n] = '\0';
        if (label == 0)
                return GATEWAY_NAME_BAD;
        if (ends_in_number(name) || inet_aton(name, &number) != 0) {
                if (!gateway_address_parse(name, n, ret_address) || ret_address->family != 4)
                        return GATEWAY_NAME_BAD;
                memcpy(ret, name, n + 1);
                return GATEWAY_NAME_ADDRESS;
        }
        memcpy(ret, name, n + 1);
        return GATEWAY_NAME_HOST;
}
