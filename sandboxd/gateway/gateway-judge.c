/* gateway-judge: may this request be served? What any front asks, and what no front decides.
 * Runs as: anyone (pure).  Input: requests of a zone, answers of name servers.  Must not: dial, resolve, look at how the request came.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-judge.h"
#include "policy/policy-table.h"
#include <errno.h>
#include <string.h>

static GatewayRefusal refusal_of(PolicyNamesVerdict verdict) {
        switch (verdict) {
        case POLICY_NAMES_ALLOWED:
                return GATEWAY_REFUSAL_NONE;
        case POLICY_NAMES_RESERVED:
                return GATEWAY_REFUSAL_RESERVED;
        case POLICY_NAMES_DENIED:
                return GATEWAY_REFUSAL_DENIED;
        case POLICY_NAMES_LISTED:
                return GATEWAY_REFUSAL_LISTED;
        case POLICY_NAMES_UNLISTED:
                return GATEWAY_REFUSAL_UNLISTED;
        case POLICY_NAMES_PORT:
                return GATEWAY_REFUSAL_PORT;
        case POLICY_NAMES_ADDRESS:
                return GATEWAY_REFUSAL_ADDRESS;
        }
        return GATEWAY_REFUSAL_DENIED;
}

GatewayRefusal gateway_judge_request(const GatewayRules *rules, const GatewayRequest *q, const char **ret_rule) {
        *ret_rule = NULL;
        if (!q->connect && !(rules->head.flags & POLICY_KIND_HTTP))
                return GATEWAY_REFUSAL_HTTP;
        if (q->kind == GATEWAY_NAME_ADDRESS)
                return refusal_of(policy_names_judge_address(&rules->names, q->port));
        return refusal_of(policy_names_judge(&rules->names, q->host, q->port, ret_rule));
}

GatewayRefusal gateway_judge_target(const GatewayRules *rules, const char *name, uint16_t port, const char **ret_rule) {
        PolicyNamesVerdict verdict = policy_names_judge_target(&rules->names, name, port, ret_rule);

        return verdict == POLICY_NAMES_ALLOWED ? GATEWAY_REFUSAL_NONE : GATEWAY_REFUSAL_TARGET;
}

/* The name that was asked for and judged is the one the server must hear: else a shared server would serve another's pages. */
static int judge_name(const GatewayRules *rules, const GatewayRequest *q, const GatewayHello *hello, const char **ret_rule) {
        bool strict = rules->head.flags & POLICY_KIND_STRICT;

        if (strict && hello->ech != GATEWAY_ECH_NONE)
                return GATEWAY_REFUSAL_TLS_ECH;
        if (strict && hello->version < 0x0303)
                return GATEWAY_REFUSAL_TLS_OLD;
        if (!hello->name[0]) /* without a name nothing real can be encrypted behind one: what is there hides the name */
                return strict || hello->ech != GATEWAY_ECH_NONE ? GATEWAY_REFUSAL_TLS_NAME : 0;
        if (q->kind == GATEWAY_NAME_HOST)
                return strcmp(hello->name, q->host) == 0 ? 0 : GATEWAY_REFUSAL_TLS_OTHER;
        return (int)refusal_of(policy_names_judge(&rules->names, hello->name, q->port, ret_rule));
}

int gateway_judge_hello(const GatewayRules *rules, const GatewayRequest *q, const uint8_t *bytes, size_t n, bool end, GatewayHello *ret, bool *ret_tls,
                        const char **ret_rule) {
        bool strict = rules->head.flags & POLICY_KIND_STRICT;
        int r = gateway_tls_looks_like(bytes, n);

        *ret_rule = NULL;
        *ret_tls = false;
        if (!strict && (r == 0 || (r == -EAGAIN && end))) /* another protocol */
                return 0;
        if (r == 0)
                return GATEWAY_REFUSAL_TLS_NONE;
        if (r == 1)
                r = gateway_tls_hello(bytes, n, ret);
        if (r == -EAGAIN)
                return end ? GATEWAY_REFUSAL_TLS_FORM : r;
        if (r != 0)
                return r;
        *ret_tls = true;
        return judge_name(rules, q, ret, ret_rule);
}
