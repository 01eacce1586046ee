/* pull-status: what lies in the spool, and until when it is good.
 * Runs as: pull.  Input: the spool.  Must not: call good what it has not checked again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/pull/pull-status.h"
#include "base/base-fd.h"
#include <libintl.h>
#include <stdio.h>
#include <string.h>

#define _(text) gettext(text)

typedef struct Status {
        const char *state, *signers;
        char issued[POLICY_TIME_MAX], expires[POLICY_TIME_MAX], trust_expires[POLICY_TIME_MAX], last[POLICY_TIME_MAX];
        char result[16], reason[32], file[POLICY_LINE_MAX + 1];
} Status;

/* The bundle that counts is looked at again, byte by byte. */
static const char *judge_bundle(const Pull *p) {
        BASE_FREE uint8_t *bytes = NULL;
        PolicySigned file;
        PolicyPointer pointer;
        char name[80];
        size_t n;

        if (policy_signed_decode(p->accepted.pointer, p->accepted.n_pointer, POLICY_SIGNED_POINTER, &file) != 0 ||
            policy_pointer_decode(file.payload, file.n_payload, &pointer) != 0)
                return "damaged";
        pull_bundle_name(pointer.bundle, name);
        if (pull_spool_read(p->spool.bundle, name, pointer.size, &bytes, &n) < 0)
                return "missing";
        if (policy_fleet_bundle(&p->trust, &pointer, bytes, n, true, NULL) == 0)
                return "any-change";
        return policy_fleet_bundle(&p->trust, &pointer, bytes, n, false, NULL) == 0 ? "only-tightens" : "refused";
}

static void load_last(const Pull *p, Status *s) {
        BASE_FREE uint8_t *bytes = NULL;
        PolicyLines l;
        size_t n;

        if (pull_spool_read(p->spool.dir, "last", 1024, &bytes, &n) < 0)
                return;
        policy_lines_init(&l, bytes, n);
        policy_lines_need(&l, "hanare-pull");
        (void)policy_lines_number(&l);
        policy_lines_need(&l, "time");
        int64_t t = policy_lines_time(&l);
        policy_lines_need(&l, "result");
        policy_lines_word(&l, s->result, sizeof s->result);
        policy_lines_word(&l, s->reason, sizeof s->reason);
        if (policy_lines_take(&l, "file"))
                policy_lines_rest(&l, s->file, sizeof s->file);
        if (!l.failed)
                policy_time_text(t, s->last);
        else
                *s = (Status){ .state = s->state, .signers = s->signers };
}

static void print_json(const Pull *p, const Status *s) {
        const PolicyFleet *f = &p->accepted.fleet;
        char hex[2 * POLICY_HASH + 1];

        policy_hex(f->bundle, POLICY_HASH, hex);
        printf("{\"channel\":\"%s\",\"url\":\"%s\",\"state\":\"%s\",\"version\":%llu,\"bundle\":%llu,\"sha256\":\"%s\",\"issued\":\"%s\",\"expires\":\"%s\",", f->channel,
               p->conf->url, s->state, (unsigned long long)f->pointer, (unsigned long long)f->serial, hex, s->issued, s->expires);
        printf("\"signed_for\":\"%s\",\"trust\":%llu,\"trust_expires\":\"%s\",\"last_time\":\"%s\",\"last_result\":\"%s\",\"last_reason\":\"%s\"}\n", s->signers,
               (unsigned long long)p->trust.version, s->trust_expires, s->last, s->result, s->reason);
}

static void print_words(const Pull *p, const Status *s) {
        const PolicyFleet *f = &p->accepted.fleet;

        printf(_("Channel %s of %s\n"), f->channel, p->conf->url);
        if (f->serial == 0)
                puts(_("  nothing was accepted yet"));
        else
                printf(_("  version %llu, bundle number %llu, issued %s\n"), (unsigned long long)f->pointer, (unsigned long long)f->serial, s->issued);
        if (strcmp(s->state, "fresh") == 0)
                printf(_("  good until %s\n"), s->expires);
        else if (strcmp(s->state, "stale") == 0)
                printf(_("  STALE since %s: no renewal has reached this computer\n"), s->expires);
        else if (strcmp(s->state, "broken") == 0)
                puts(_("  BROKEN: its bundle is not here or no longer signed by enough; the next round fetches it again"));
        if (strcmp(s->signers, "only-tightens") == 0)
                puts(_("  signed by enough for a change that only tightens"));
        printf(_("  trust file: version %llu, good until %s\n"), (unsigned long long)p->trust.version, s->trust_expires);
        if (s->last[0] && s->file[0])
                printf(_("  last round %s: %s (%s: %s)\n"), s->last, s->result, s->file, s->reason);
        else if (s->last[0])
                printf(_("  last round %s: %s\n"), s->last, s->result);
        else
                puts(_("  no round has ended yet"));
}

bool pull_status_print(const Pull *p, bool json) {
        const PolicyFleet *f = &p->accepted.fleet;
        Status s = { .signers = f->serial ? judge_bundle(p) : "nothing" };
        int64_t stale = policy_fleet_stale(f, p->now);

        load_last(p, &s);
        bool whole = strcmp(s.signers, "any-change") == 0 || strcmp(s.signers, "only-tightens") == 0;
        s.state = f->serial == 0 ? "none" : !whole ? "broken" : stale > 0 ? "stale" : "fresh";
        policy_time_text(f->issued, s.issued);
        policy_time_text(f->expires, s.expires);
        policy_time_text(p->trust.expires, s.trust_expires);
        if (json)
                print_json(p, &s);
        else
                print_words(p, &s);
        return strcmp(s.state, "fresh") == 0;
}
