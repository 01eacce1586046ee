/* policy-pointer: the small file of a channel.
 * Runs as: anyone (pure).  Input: foreign bytes.  Must not: accept a second form.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-pointer.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

static bool sensible(const PolicyPointer *p) {
        if (!policy_word_valid(p->channel, POLICY_MAX_CHANNEL) || p->version == 0 || p->serial == 0 || p->trust == 0)
                return false;
        if (p->not_before < p->issued || p->expires <= p->not_before || p->expires - p->issued > POLICY_POINTER_LIFE)
                return false;
        if (p->size == 0 || p->size > policy_signed_max(POLICY_SIGNED_BUNDLE) || p->n_signers == 0)
                return false;
        for (unsigned i = 1; i < p->n_signers; i++)
                if (memcmp(p->signers[i - 1], p->signers[i], POLICY_HASH) >= 0)
                        return false;
        return true;
}

static void write_all(BaseWriter *w, const PolicyPointer *p) {
        char issued[POLICY_TIME_MAX], from[POLICY_TIME_MAX], expires[POLICY_TIME_MAX], hex[2 * POLICY_HASH + 1], release[16];

        policy_time_text(p->issued, issued);
        policy_time_text(p->not_before, from);
        policy_time_text(p->expires, expires);
        policy_lines_print(w, "hanare-pointer 1\nchannel %s\nversion %" PRIu64 "\n", p->channel, p->version);
        policy_lines_print(w, "issued %s\nnot-before %s\nexpires %s\n", issued, from, expires);
        policy_hex(p->bundle, POLICY_HASH, hex);
        policy_lines_print(w, "bundle %s %" PRIu64 " %" PRIu64 "\n", hex, p->size, p->serial);
        for (unsigned i = 0; i < p->n_signers; i++) {
                policy_hex(p->signers[i], POLICY_HASH, hex);
                policy_lines_print(w, "signer %s\n", hex);
        }
        policy_release_text(p->release, release);
        policy_lines_print(w, "needs %s %" PRIu64 "\n", release, p->trust);
        policy_conditions_write(w, &p->conditions);
}

int policy_pointer_encode(const PolicyPointer *p, uint8_t **ret, size_t *ret_n) {
        BaseWriter w;

        if (!sensible(p))
                return POLICY_REFUSED_MALFORMED;
        base_writer_init(&w, POLICY_MAX_POINTER);
        write_all(&w, p);
        if (w.failed) {
                base_writer_done(&w);
                return POLICY_REFUSED_TOO_LONG;
        }
        *ret = w.bytes;
        *ret_n = w.n;
        return 0;
}

int policy_pointer_decode(const void *bytes, size_t n, PolicyPointer *ret) {
        PolicyPointer p = { 0 };
        PolicyLines l;

        policy_lines_init(&l, bytes, n);
        policy_lines_need(&l, "hanare-pointer");
        if (policy_lines_number(&l) != 1)
                return POLICY_REFUSED_MALFORMED;
        policy_lines_need(&l, "channel");
        policy_lines_word(&l, p.channel, sizeof p.channel);
        policy_lines_need(&l, "version");
        p.version = policy_lines_number(&l);
        policy_lines_need(&l, "issued");
        p.issued = policy_lines_time(&l);
        policy_lines_need(&l, "not-before");
        p.not_before = policy_lines_time(&l);
        policy_lines_need(&l, "expires");
        p.expires = policy_lines_time(&l);
        policy_lines_need(&l, "bundle");
        policy_lines_hash(&l, p.bundle);
        p.size = policy_lines_number(&l);
        p.serial = policy_lines_number(&l);
        while (policy_lines_take(&l, "signer")) {
                if (p.n_signers == POLICY_MAX_SIGNERS)
                        return POLICY_REFUSED_MALFORMED;
                policy_lines_hash(&l, p.signers[p.n_signers++]);
        }
        policy_lines_need(&l, "needs");
        p.release = policy_lines_release(&l);
        p.trust = policy_lines_number(&l);
        policy_lines_end(&l);
        policy_conditions_read(&l, &p.conditions);
        if (l.failed || l.at != n || !sensible(&p))
                return POLICY_REFUSED_MALFORMED;
        __attribute__((cleanup(base_writer_done))) BaseWriter w;
        base_writer_init(&w, POLICY_MAX_POINTER);
        write_all(&w, &p);
        if (w.failed || w.n != n || memcmp(w.bytes, bytes, n) != 0)
                return POLICY_REFUSED_CANONICAL;
        *ret = p;
        return 0;
}
