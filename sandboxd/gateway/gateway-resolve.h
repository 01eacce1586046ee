/* gateway-resolve: names to addresses, without a file and without waiting.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-message.h"
#include "sandboxd/gateway/gateway-address.h"
#include "sandboxd/gateway/gateway-limits.h"

typedef struct GatewayResolver GatewayResolver;
typedef struct GatewayLookup GatewayLookup;
struct GatewayLookup {
        void (*done)(GatewayLookup *lookup); /* called once per address family, from gateway_resolver_process */
        int (*target)(GatewayLookup *lookup, const char *name); /* judges each name that an answer leads through: 0, or a reason to refuse */
        int target_refused;                  /* the first such reason; the answer's addresses are not kept then */
        GatewayResolver *resolver;
        int ids[2];                          /* of the library; 0 = not running */
        unsigned running;
        bool failed;                         /* at least one family: no answer (timeout, SERVFAIL) */
        unsigned n4, n6;
        GatewayAddress addresses4[GATEWAY_MAX_ADDRESSES], addresses6[GATEWAY_MAX_ADDRESSES];
};

/* Takes the name servers from the rules, or from the text of resolv.conf, and starts the resolver's thread: after this nothing opens
 * a file or starts a thread any more. 0; -ENOENT where no name server is named; -EIO for what the library says (printed). */
int gateway_resolver_new(const PolicyGatewayRules *rules, const char *resolv_conf, GatewayResolver **ret);
int gateway_resolver_fd(const GatewayResolver *resolver);
void gateway_resolver_process(GatewayResolver *resolver);
/* lookup must stay where it is until running is 0 or it is cancelled. 0, -EBUSY (GATEWAY_MAX_LOOKUPS), -EIO. */
int gateway_lookup_start(GatewayResolver *resolver, GatewayLookup *lookup, const char *name);
void gateway_lookup_cancel(GatewayLookup *lookup);
