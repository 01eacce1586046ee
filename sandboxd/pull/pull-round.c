/* pull-round: one round: trust files, pointer, bundle.
 * Runs as: pull.  Input: what the server sends, and its own spool.  Must not: keep what was not checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/pull/pull-round.h"
#include "base/base-fd.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TRUST_STEPS 32 /* trust files taken in one round */

static void __attribute__((format(printf, 2, 3))) name_it(Pull *p, const char *format, ...) {
        va_list args;

        va_start(args, format);
        (void)vsnprintf(p->what, sizeof p->what, format, args);
        va_end(args);
}

/* error: a PolicyRefusal, a negative errno, or 0: it could not be fetched. */
static PullResult stop(Pull *p, int error) {
        p->refusal = error;
        return error > 0 ? PULL_REFUSED : PULL_FAILED;
}

static PullResult load_first(Pull *p) {
        BASE_FREE uint8_t *bytes = malloc(policy_signed_max(POLICY_SIGNED_TRUST));
        BASE_FD fd = open(p->conf->trust, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

        name_it(p, "%.190s", p->conf->trust);
        if (fd < 0 || !bytes)
                return stop(p, -errno);
        ssize_t n = base_fd_read_all(fd, bytes, policy_signed_max(POLICY_SIGNED_TRUST));
        int r = n < 0 ? (int)n : policy_trust_first(bytes, (size_t)n, &p->trust);
        return r == 0 ? PULL_SAME : stop(p, r);
}

PullResult pull_round_load(Pull *p) {
        PullResult result = load_first(p);
        char name[40];

        if (result != PULL_SAME)
                return result;
        for (;;) { /* a damaged one counts as absent: it is fetched anew */
                BASE_FREE uint8_t *bytes = NULL;
                size_t n;
                (void)snprintf(name, sizeof name, "%llu.trust", (unsigned long long)p->trust.version + 1);
                if (pull_spool_read(p->spool.trust, name, policy_signed_max(POLICY_SIGNED_TRUST), &bytes, &n) < 0 ||
                    policy_trust_next(&p->trust, bytes, n, &p->trust) != 0)
                        break;
        }
        name_it(p, "accepted");
        int r = pull_spool_load(&p->spool, p->conf->channel, &p->accepted);
        if (r < 0 && r != -ENOMEM) { /* none yet, or damaged: this folder is a cache; whoever puts policy into force remembers for himself */
                PolicyFleet *f = &p->accepted.fleet;
                *f = (PolicyFleet){ .issued = p->trust.issued, .expires = p->trust.issued };
                memcpy(f->channel, p->conf->channel, sizeof f->channel);
        } else if (r < 0) {
                return stop(p, r);
        }
        policy_fleet_trust(&p->accepted.fleet, &p->trust);
        return PULL_SAME;
}

/* Every trust file after ours, one by one, each kept before the next. */
static PullResult fetch_trust(Pull *p) {
        for (unsigned i = 0; i < TRUST_STEPS; i++) {
                BASE_FREE uint8_t *bytes = NULL;
                unsigned long long version = (unsigned long long)p->trust.version + 1;
                char name[40];
                size_t n;
                name_it(p, "trust/%llu.trust", version);
                PullAnswer answer = pull_fetch_get(p->fetch, p->what, policy_signed_max(POLICY_SIGNED_TRUST), NULL, &bytes, &n);
                if (answer == PULL_ABSENT)
                        return PULL_SAME;
                if (answer != PULL_GOT)
                        return stop(p, 0);
                int r = policy_trust_next(&p->trust, bytes, n, &p->trust);
                (void)snprintf(name, sizeof name, "%llu.trust", version);
                if (r == 0 && !p->dry)
                        r = pull_spool_put(p->spool.trust, name, bytes, n);
                if (r != 0)
                        return stop(p, r);
                policy_fleet_trust(&p->accepted.fleet, &p->trust);
        }
        return PULL_SAME;
}

/* Is the pointer's bundle here already, whole and signed? */
static bool have_bundle(const Pull *p, const PolicyPointer *pointer) {
        BASE_FREE uint8_t *bytes = NULL;
        char name[80];
        size_t n;

        pull_bundle_name(pointer->bundle, name);
        return pull_spool_read(p->spool.bundle, name, pointer->size, &bytes, &n) == 0 && policy_fleet_bundle(&p->trust, pointer, bytes, n, false, NULL) == 0;
}

static PullResult fetch_bundle(Pull *p, const PolicyPointer *pointer) {
        BASE_FREE uint8_t *bytes = NULL;
        char name[80], path[100];
        size_t n = 0;

        pull_bundle_name(pointer->bundle, name);
        (void)snprintf(path, sizeof path, "bundle/%s", name);
        name_it(p, "%s", path);
        PullAnswer answer = pull_fetch_get(p->fetch, path, pointer->size, NULL, &bytes, &n);
        if (answer != PULL_GOT)
                return stop(p, 0);
        /* Whether it loosens anything is for those to judge who know the policy in force; here the smaller number of signers is asked. */
        int r = policy_fleet_bundle(&p->trust, pointer, bytes, n, false, NULL);
        if (r == 0 && !p->dry)
                r = pull_spool_put(p->spool.bundle, name, bytes, n);
        return r == 0 ? PULL_SAME : stop(p, r);
}

static PullResult commit(Pull *p, const PolicyPointer *pointer, const uint8_t *bytes, size_t n, const char *etag) {
        PullAccepted next = { .fleet = p->accepted.fleet, .pointer = malloc(n), .n_pointer = n };
        bool new_content = memcmp(next.fleet.bundle, pointer->bundle, POLICY_HASH) != 0;
        int r = next.pointer ? 0 : -ENOMEM;

        name_it(p, "accepted");
        if (r == 0) {
                memcpy(next.pointer, bytes, n);
                (void)snprintf(next.from, sizeof next.from, "%s %s", p->conf->url, etag);
                policy_fleet_remember(&next.fleet, &p->trust, bytes, n, pointer);
                if (!p->dry)
                        r = pull_spool_commit(&p->spool, &next);
        }
        if (r < 0) {
                pull_accepted_done(&next);
                return stop(p, r);
        }
        if (!p->dry && new_content)
                pull_spool_sweep(&p->spool, next.fleet.bundle, p->accepted.fleet.bundle);
        pull_accepted_done(&p->accepted);
        p->accepted = next;
        return new_content ? PULL_NEW : PULL_SAME;
}

/* The mark of what is here, where it came from this very address and is complete. */
static void known_etag(const Pull *p, char etag[PULL_ETAG_MAX + 1]) {
        const PullAccepted *a = &p->accepted;
        size_t k = strlen(p->conf->url);
        PolicySigned file;
        PolicyPointer pointer;

        etag[0] = '\0';
        if (a->fleet.pointer > 0 && strncmp(a->from, p->conf->url, k) == 0 && a->from[k] == ' ' &&
            policy_signed_decode(a->pointer, a->n_pointer, POLICY_SIGNED_POINTER, &file) == 0 &&
            policy_pointer_decode(file.payload, file.n_payload, &pointer) == 0 && have_bundle(p, &pointer))
                (void)snprintf(etag, PULL_ETAG_MAX + 1, "%s", a->from + k + 1);
}

PullResult pull_round(Pull *p) {
        BASE_FREE uint8_t *bytes = NULL;
        char etag[PULL_ETAG_MAX + 1];
        PolicyPointer pointer;
        size_t n;
        PullResult result = fetch_trust(p);

        if (result != PULL_SAME)
                return result;
        known_etag(p, etag);
        name_it(p, "channel/%s.pointer", p->conf->channel);
        PullAnswer answer = pull_fetch_get(p->fetch, p->what, policy_signed_max(POLICY_SIGNED_POINTER), etag, &bytes, &n);
        if (answer == PULL_UNCHANGED) /* the same for too long is a server that keeps news from us */
                return policy_fleet_stale(&p->accepted.fleet, p->now) > 0 ? stop(p, POLICY_REFUSED_EXPIRED) : PULL_SAME;
        if (answer != PULL_GOT)
                return stop(p, 0);
        int r = policy_fleet_pointer(&p->accepted.fleet, &p->trust, bytes, n, p->now, p->release, &pointer);
        if (r != 0)
                return stop(p, r);
        if (!have_bundle(p, &pointer) && (result = fetch_bundle(p, &pointer)) != PULL_SAME)
                return result;
        return commit(p, &pointer, bytes, n, etag);
}

void pull_done(Pull *p) {
        pull_fetch_free(p->fetch);
        pull_accepted_done(&p->accepted);
        pull_spool_done(&p->spool);
}
