/* gateway-resolve: names to addresses, without a file and without waiting.
 * Runs as: gateway.  Input: names of the zone, answers of name servers.  Must not: open a file, judge an address.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-resolve.h"
#include "base/base-fd.h"
#include "sandboxd/gateway/gateway-dns.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unbound.h>

#define TYPE_A 1
#define TYPE_AAAA 28

struct GatewayResolver {
        struct ub_ctx *ctx;
        unsigned n_running;
};

static const char *const options[][2] = {
        { "module-config:", "iterator" },      /* no validation in this form: the forwarder's word counts, and TLS names the server */
        { "directory:", "" },
        { "use-syslog:", "no" },
        { "do-not-query-localhost:", "no" },   /* a stub resolver of the host may listen there */
        { "edns-buffer-size:", "1232" },
        { "msg-cache-size:", "1m" },
        { "rrset-cache-size:", "2m" },
        { "key-cache-size:", "64k" },
        { "neg-cache-size:", "64k" },
        { "infra-cache-numhosts:", "100" },
        { "cache-max-ttl:", "3600" },
        { "cache-max-negative-ttl:", "60" },
        { "infra-host-ttl:", "30" },           /* a laptop's network comes and goes: a name server that was away is soon asked again */
        { "infra-keep-probing:", "yes" },
        { "outgoing-range:", "256" },
        { "num-queries-per-thread:", "2048" }, /* of different names; a question above it fails */
        { "outgoing-num-tcp:", "16" },
        { "qname-minimisation:", "no" },       /* all goes to one forwarder */
        { "minimal-responses:", "yes" },
        { "unwanted-reply-threshold:", "100000" },
};

static int add_forwarder(struct ub_ctx *ctx, const char *text, size_t n, unsigned *count) {
        char copy[64];

        if (n == 0 || n >= sizeof copy)
                return -EINVAL;
        snprintf(copy, sizeof copy, "%.*s", (int)n, text);
        if (ub_ctx_set_fwd(ctx, copy) != 0)
                return -EINVAL;
        (*count)++;
        return 0;
}

/* "nameserver ADDRESS" lines of resolv.conf(5); anything else is not ours. */
static void add_from_conf(struct ub_ctx *ctx, const char *text, unsigned *count) {
        while (*text && *count < 3) {
                size_t line_n = strcspn(text, "\n"), word_n, blank;
                if (line_n > 11 && strncmp(text, "nameserver", 10) == 0 && (blank = strspn(text + 10, " \t")) > 0) {
                        const char *word = text + 10 + blank;
                        word_n = strcspn(word, " \t\r\n#;");
                        if (word + word_n <= text + line_n)
                                (void)add_forwarder(ctx, word, word_n, count); /* one that is not an address is passed over, as in libc */
                }
                text += line_n;
                text += *text == '\n';
        }
}

static void ignore_answer(void *user, int error, struct ub_result *result) {
        (void)user;
        (void)error;
        ub_resolve_free(result);
}

static int start(struct ub_ctx *ctx) {
        int id, r;

        r = ub_ctx_async(ctx, 1);
        /* answered from the library's own zones, so no packet leaves; it makes the thread, which then has all it will ever open */
        if (r == 0)
                r = ub_resolve_async(ctx, "localhost.", TYPE_A, 1, NULL, ignore_answer, &id);
        return r != 0 ? r : ub_wait(ctx);
}

int gateway_resolver_new(const PolicyGatewayRules *rules, const char *resolv_conf, GatewayResolver **ret) {
        GatewayResolver *resolver = calloc(1, sizeof *resolver);
        unsigned n = 0;
        int r = 0;

        if (!resolver || !(resolver->ctx = ub_ctx_create()))
                goto fail_memory;
        for (size_t i = 0; r == 0 && i < sizeof options / sizeof *options; i++)
                r = ub_ctx_set_option(resolver->ctx, options[i][0], options[i][1]);
        for (uint32_t i = 0; r == 0 && i < rules->n_resolvers; i++)
                if (add_forwarder(resolver->ctx, rules->resolvers[i], strnlen(rules->resolvers[i], sizeof rules->resolvers[i]), &n) < 0)
                        r = UB_SYNTAX;
        if (r == 0 && rules->n_resolvers == 0)
                add_from_conf(resolver->ctx, resolv_conf, &n);
        if (r == 0 && n > 0)
                r = start(resolver->ctx);
        if (r == 0 && n > 0) {
                *ret = resolver;
                return 0;
        }
        if (r != 0)
                fprintf(stderr, "hanare-gateway: resolver: %s\n", ub_strerror(r));
        ub_ctx_delete(resolver->ctx);
        free(resolver);
        return r != 0 ? -EIO : -ENOENT;
fail_memory:
        free(resolver);
        return -ENOMEM;
}

int gateway_resolver_fd(const GatewayResolver *resolver) {
        return ub_fd(resolver->ctx);
}

void gateway_resolver_process(GatewayResolver *resolver) {
        (void)ub_process(resolver->ctx);
}

static void keep(GatewayLookup *lookup, const struct ub_result *result) {
        bool six = result->qtype == TYPE_AAAA;
        unsigned *n = six ? &lookup->n6 : &lookup->n4;
        GatewayAddress *list = six ? lookup->addresses6 : lookup->addresses4;

        for (int i = 0; result->data[i] && *n < GATEWAY_MAX_ADDRESSES; i++) {
                if (result->len[i] != (six ? 16 : 4))
                        continue;
                list[*n].family = six ? 6 : 4;
                memcpy(list[*n].bytes, result->data[i], six ? 16 : 4);
                (*n)++;
        }
}

static bool judge_target(const char *name, void *data) {
        GatewayLookup *lookup = data;

        lookup->target_refused = lookup->target(lookup, name);
        return lookup->target_refused == 0;
}

/* False where a name of the chain is refused, or the packet cannot be read. */
static bool chain_permitted(GatewayLookup *lookup, const struct ub_result *result) {
        int r;

        if (lookup->target_refused != 0)
                return false;
        r = result->answer_packet && result->answer_len > 0 ? gateway_dns_targets(result->answer_packet, (size_t)result->answer_len, judge_target, lookup) : -EBADMSG;
        if (r < 0)
                lookup->failed = true;
        return r == 0;
}

static void take_answer(GatewayLookup *lookup, unsigned which, int error, struct ub_result *result) {
        lookup->ids[which] = 0;
        lookup->running--;
        lookup->resolver->n_running--;
        if (error != 0 || !result || (result->rcode != 0 && result->rcode != 3))
                lookup->failed = true;
        else if (chain_permitted(lookup, result) && result->havedata)
                keep(lookup, result);
        ub_resolve_free(result);
        lookup->done(lookup);
}

static void take_answer4(void *user, int error, struct ub_result *result) {
        take_answer(user, 0, error, result);
}

static void take_answer6(void *user, int error, struct ub_result *result) {
        take_answer(user, 1, error, result);
}

int gateway_lookup_start(GatewayResolver *resolver, GatewayLookup *lookup, const char *name) {
        static const int types[2] = { TYPE_A, TYPE_AAAA };
        static const ub_callback_type takers[2] = { take_answer4, take_answer6 };
        char absolute[GATEWAY_NAME_MAX + 2];

        if (resolver->n_running + 2 > GATEWAY_MAX_LOOKUPS * 2)
                return -EBUSY;
        snprintf(absolute, sizeof absolute, "%s.", name);
        lookup->resolver = resolver;
        for (unsigned i = 0; i < 2; i++) {
                if (ub_resolve_async(resolver->ctx, absolute, types[i], 1, lookup, takers[i], &lookup->ids[i]) != 0) {
                        lookup->ids[i] = 0;
                        gateway_lookup_cancel(lookup);
                        return -EIO;
                }
                lookup->running++;
                resolver->n_running++;
        }
        return 0;
}

void gateway_lookup_cancel(GatewayLookup *lookup) {
        for (unsigned i = 0; i < 2; i++)
                if (lookup->ids[i] != 0) {
                        (void)ub_cancel(lookup->resolver->ctx, lookup->ids[i]);
                        lookup->ids[i] = 0;
                        lookup->running--;
                        lookup->resolver->n_running--;
                }
}
