/* bench-policy: how long a big policy takes to load, and an address to find its kind. Prints one figure a line: name and value; a name comes once a round.
 * Runs as: anyone (pure).  Input: none.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-pattern.h"
#include "policy/policy-set.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 15
#define LOOKUPS 200000

static double now_us(void) {
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* A kind with n patterns, as IT would write it. */
static char *make_kind(size_t n, size_t *ret_n) {
        size_t room = n * 64 + 1000, at;
        char *text = malloc(room);

        at = (size_t)snprintf(text, room, "// 注釈\n{\"name\":\"web\",\"title\":{\"en\":\"W\",\"ja\":\"ウ\"},\"colour\":\"#000000\",\"application\":\"browser\",\"sites\":[\n");
        for (size_t i = 0; i < n; i++)
                at += (size_t)snprintf(text + at, room - at, "  \"site-%zu.%s.example\"%s\n", i * 7919 % 100003, i % 3 ? "co.jp" : "or", i + 1 < n ? "," : "");
        at += (size_t)snprintf(text + at, room - at, "]}\n");
        *ret_n = at;
        return text;
}

static void bench_load(const char *name, size_t patterns) {
        size_t n;
        char *text = make_kind(patterns, &n);
        const PolicySetInput in = { POLICY_KEYS_KIND, POLICY_LAYER_SITE, "web.jsonc", text, n };

        for (size_t i = 0; i < ROUNDS; i++) {
                PolicyProblem problem = { 0 };
                PolicySet set;
                size_t before = mallinfo2().uordblks;
                double began = now_us();
                if (policy_set_load(&in, 1, &set, &problem) < 0) {
                        fprintf(stderr, "%s\n", problem.text);
                        exit(1);
                }
                printf("%s_ms %.3f\n", name, (now_us() - began) / 1e3);
                printf("%s_memory %.3f\n", name, (double)(mallinfo2().uordblks - before) / (double)n);
                policy_set_done(&set);
        }
        printf("%s_bytes %zu\n", name, n);
        free(text);
}

static void bench_lookup(size_t n) {
        const char **items = calloc(n, sizeof *items);
        PolicyKind kind = { .name = "web", .sites = { (uint32_t)n, items } };
        PolicyTable table = { .n_kinds = 1, .kinds = &kind };
        PolicyPatternIndex *index = NULL;
        double began, all;
        long found = 0;

        for (size_t i = 0; i < n; i++) {
                char text[80];
                snprintf(text, sizeof text, i % 10 ? "site-%zu.%s.example" : "site-%zu.%s.example/path/%zu", i, i % 3 ? "co.jp" : "or", i);
                items[i] = strdup(text);
        }
        began = now_us();
        if (policy_pattern_index_new(&table, &index, NULL, NULL) < 0)
                exit(1);
        printf("index_ms %.3f\n", (now_us() - began) / 1e3);
        for (size_t r = 0; r < ROUNDS; r++) {
                began = now_us();
                for (size_t i = 0; i < LOOKUPS; i++) {
                        char address[120];
                        size_t k = (i * 7919 + r) % (2 * n); /* every other one is not there */
                        snprintf(address, sizeof address, "https://www.site-%zu.%s.example/path/%zu?a=b", k, k % 3 ? "co.jp" : "or", k);
                        found += policy_pattern_index_find(index, address, NULL);
                }
                all = now_us() - began;
                began = now_us(); /* the making of the addresses does not count */
                for (size_t i = 0; i < LOOKUPS; i++) {
                        char address[120];
                        size_t k = (i * 7919 + r) % (2 * n);
                        found += snprintf(address, sizeof address, "https://www.site-%zu.%s.example/path/%zu?a=b", k, k % 3 ? "co.jp" : "or", k) < 0;
                }
                printf("lookup_us %.4f\n", (all - (now_us() - began)) / LOOKUPS);
        }
        if (found == 0)
                exit(1);
}

int main(void) {
        bench_load("rules", 5000);
        bench_load("kb127", 4390);
        bench_lookup(100000);
        return 0;
}
