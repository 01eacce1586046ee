/* policy-address: which addresses may be opened.
 * Runs as: anyone (pure).  Input: an address somebody clicked.  Must not: understand a host otherwise than a browser does.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-name.h"
#include "policy/policy-plan.h"
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool port_valid(const char *port, size_t n) {
        unsigned value = 0;

        if (n == 0 || n > 5)
                return false;
        for (size_t i = 0; i < n; i++) {
                if (port[i] < '0' || port[i] > '9')
                        return false;
                value = value * 10 + (unsigned)(port[i] - '0');
        }
        return value > 0 && value <= 65535;
}

/* "[2001:db8::1]": the brackets stay, so that it can never equal a name. */
static size_t literal_length(const char *host, size_t n) {
        char inner[64];
        const char *close = memchr(host, ']', n);
        size_t length = close ? (size_t)(close - host) : 0;

        if (length < 3 || length > sizeof inner)
                return 0;
        memcpy(inner, host + 1, length - 1);
        inner[length - 1] = '\0';
        return strchr(inner, ':') && policy_numeric_valid(inner) ? length + 1 : 0;
}

static size_t name_length(const char *host, size_t n) {
        size_t at = 0, label = 0;

        for (; at < n && host[at] != ':'; at++) {
                char c = host[at];
                bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
                if (c == '.' && label > 0)
                        label = 0;
                else if (plain && label < 63)
                        label++;
                else
                        return 0;
        }
        return at;
}

int policy_address_valid(const char *address, char ret_host[254]) {
        size_t n = strnlen(address, POLICY_MAX_ADDRESS + 1), scheme, authority, host;
        const char *from;

        if (n > POLICY_MAX_ADDRESS)
                return false;
        for (size_t i = 0; i < n; i++)
                if (address[i] <= 0x20 || address[i] >= 0x7f || address[i] == '"' || address[i] == '\\')
                        return false;
        scheme = strncasecmp(address, "https://", 8) == 0 ? 8 : strncasecmp(address, "http://", 7) == 0 ? 7 : 0;
        if (scheme == 0)
                return false;
        from = address + scheme;
        authority = strcspn(from, "/?#"); /* an '@' in it is no host character, so a user part is refused below */
        host = authority > 0 && from[0] == '[' ? literal_length(from, authority) : name_length(from, authority);
        if (host == 0)
                return false;
        if (host < authority && (from[host] != ':' || !port_valid(from + host + 1, authority - host - 1)))
                return false;
        if (host > 1 && from[host - 1] == '.') /* the root's dot: the same site */
                host--;
        if (host > 253)
                return false;
        if (ret_host) {
                for (size_t i = 0; i < host; i++)
                        ret_host[i] = (char)(from[i] >= 'A' && from[i] <= 'Z' ? from[i] + ('a' - 'A') : from[i]);
                ret_host[host] = '\0';
        }
        return true;
}
