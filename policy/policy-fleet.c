/* policy-fleet: whether a desktop follows the next pointer and bundle.
 * Runs as: anyone (pure).  Input: foreign bytes, and what was remembered.  Must not: go back, believe a clock alone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-fleet.h"
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

static bool is_zero(const uint8_t hash[POLICY_HASH]) {
        return sodium_is_zero(hash, POLICY_HASH) == 1;
}

static bool sensible(const PolicyFleet *f) {
        if (!policy_word_valid(f->channel, POLICY_MAX_CHANNEL) || f->trust == 0 || (f->serial == 0) != is_zero(f->bundle))
                return false;
        if ((f->n_by == 0) != (f->pointer == 0))
                return false;
        for (unsigned i = 1; i < f->n_by; i++)
                if (memcmp(f->by[i - 1], f->by[i], POLICY_HASH) >= 0)
                        return false;
        return true;
}

static void write_all(BaseWriter *w, const PolicyFleet *f) {
        char issued[POLICY_TIME_MAX], expires[POLICY_TIME_MAX], hex[2 * POLICY_HASH + 1];

        policy_time_text(f->issued, issued);
        policy_time_text(f->expires, expires);
        policy_hex(f->pointer_hash, POLICY_HASH, hex);
        policy_lines_print(w, "hanare-fleet 1\nchannel %s\ntrust %" PRIu64 "\npointer %" PRIu64 " %s %s %s\n", f->channel, f->trust, f->pointer, hex, issued, expires);
        for (unsigned i = 0; i < f->n_by; i++) {
                policy_hex(f->by[i], POLICY_HASH, hex);
                policy_lines_print(w, "by %s\n", hex);
        }
        policy_hex(f->bundle, POLICY_HASH, hex);
        policy_lines_print(w, "bundle %" PRIu64 " %s\n", f->serial, hex);
}

int policy_fleet_encode(const PolicyFleet *f, uint8_t **ret, size_t *ret_n) {
        BaseWriter w;

        if (!sensible(f))
                return POLICY_REFUSED_MALFORMED;
        base_writer_init(&w, POLICY_FLEET_MAX);
        write_all(&w, f);
        if (w.failed) {
                base_writer_done(&w);
                return -ENOMEM;
        }
        *ret = w.bytes;
        *ret_n = w.n;
        return 0;
}

int policy_fleet_decode(const void *bytes, size_t n, PolicyFleet *ret) {
        PolicyFleet f = { 0 };
        PolicyLines l;

        policy_lines_init(&l, bytes, n);
        policy_lines_need(&l, "hanare-fleet");
        if (policy_lines_number(&l) != 1)
                return POLICY_REFUSED_MALFORMED;
        policy_lines_need(&l, "channel");
        policy_lines_word(&l, f.channel, sizeof f.channel);
        policy_lines_need(&l, "trust");
        f.trust = policy_lines_number(&l);
        policy_lines_need(&l, "pointer");
        f.pointer = policy_lines_number(&l);
        policy_lines_hash(&l, f.pointer_hash);
        f.issued = policy_lines_time(&l);
        f.expires = policy_lines_time(&l);
        while (policy_lines_take(&l, "by")) {
                if (f.n_by == POLICY_SIGNATURES_MAX)
                        return POLICY_REFUSED_MALFORMED;
                policy_lines_hash(&l, f.by[f.n_by++]);
        }
        policy_lines_need(&l, "bundle");
        f.serial = policy_lines_number(&l);
        policy_lines_hash(&l, f.bundle);
        if (l.failed || l.at != n || !sensible(&f))
                return POLICY_REFUSED_MALFORMED;
        __attribute__((cleanup(base_writer_done))) BaseWriter w;
        base_writer_init(&w, POLICY_FLEET_MAX);
        write_all(&w, &f);
        if (w.failed || w.n != n || memcmp(w.bytes, bytes, n) != 0)
                return POLICY_REFUSED_CANONICAL;
        *ret = f;
        return 0;
}

void policy_fleet_trust(PolicyFleet *f, const PolicyTrust *trust) {
        unsigned still = 0;

        for (unsigned i = 0; i < f->n_by; i++)
                still += policy_trust_has(trust, POLICY_ROLE_POINTER, f->by[i]);
        if (f->pointer > 0 && still < trust->roles[POLICY_ROLE_POINTER].loosen) {
                f->pointer = 0;
                f->n_by = 0;
                memset(f->pointer_hash, 0, sizeof f->pointer_hash);
        }
        f->trust = trust->version;
}

/* Of numbers and times; the signatures are good. */
static int follow(const PolicyFleet *f, const PolicyTrust *trust, const PolicyPointer *p, const uint8_t hash[POLICY_HASH], int64_t now, uint64_t release) {
        int64_t earliest = f->issued > trust->issued ? f->issued : trust->issued;

        if (strcmp(p->channel, f->channel) != 0)
                return POLICY_REFUSED_CHANNEL;
        if (p->version < f->pointer)
                return POLICY_REFUSED_OLDER;
        if (p->version == f->pointer && memcmp(hash, f->pointer_hash, POLICY_HASH) != 0)
                return POLICY_REFUSED_TWO_FACES;
        if (p->serial < f->serial)
                return POLICY_REFUSED_SERIAL;
        if (p->serial == f->serial && memcmp(p->bundle, f->bundle, POLICY_HASH) != 0)
                return POLICY_REFUSED_TWO_FACES;
        if (p->issued > now + POLICY_CLOCK_SKEW) /* by this clock alone: or each pointer could push "earliest" on by a day */
                return POLICY_REFUSED_FUTURE;
        if (now < earliest)
                now = earliest; /* this clock was set back: it is at least as late as what was signed and believed */
        if (p->not_before > now)
                return POLICY_REFUSED_NOT_YET;
        if (p->expires <= now)
                return POLICY_REFUSED_EXPIRED;
        if (trust->expires <= now)
                return POLICY_REFUSED_TRUST_EXPIRED;
        if (p->trust > trust->version)
                return POLICY_REFUSED_TRUST_OLD;
        if (p->release > release)
                return POLICY_REFUSED_PRODUCT;
        for (unsigned i = 0; i < p->n_signers; i++)
                if (policy_trust_revoked(trust, p->signers[i]))
                        return POLICY_REFUSED_REVOKED;
        return policy_conditions_check(&p->conditions);
}

int policy_fleet_pointer(const PolicyFleet *f, const PolicyTrust *trust, const void *bytes, size_t n, int64_t now, uint64_t release, PolicyPointer *ret) {
        uint8_t hash[POLICY_HASH];
        PolicySigned file;
        PolicyPointer p;
        int r;

        if ((r = policy_signed_decode(bytes, n, POLICY_SIGNED_POINTER, &file)) != 0 || (r = policy_trust_check(trust, &file, POLICY_ROLE_POINTER, true)) != 0 ||
            (r = policy_pointer_decode(file.payload, file.n_payload, &p)) != 0)
                return r;
        crypto_hash_sha256(hash, file.payload, file.n_payload);
        if ((r = follow(f, trust, &p, hash, now, release)) != 0)
                return r;
        *ret = p;
        return 0;
}

static int named_signed(const PolicyTrust *trust, const PolicyPointer *p, const PolicySigned *file) {
        for (unsigned i = 0; i < p->n_signers; i++) {
                bool found = false;
                for (unsigned k = 0; k < file->n_signatures; k++)
                        found |= memcmp(file->signatures[k].key, p->signers[i], POLICY_HASH) == 0;
                if (!found || !policy_trust_has(trust, POLICY_ROLE_POLICY, p->signers[i]))
                        return POLICY_REFUSED_SIGNER;
        }
        return 0;
}

int policy_fleet_bundle(const PolicyTrust *trust, const PolicyPointer *p, const void *bytes, size_t n, bool loosens, PolicyBundle **ret) {
        PolicyBundle *b = NULL;
        uint8_t hash[POLICY_HASH];
        PolicySigned file;
        int r;

        crypto_hash_sha256(hash, bytes, n); /* nothing of it is looked at before it is known to be the one */
        if (n != p->size || memcmp(hash, p->bundle, POLICY_HASH) != 0)
                return POLICY_REFUSED_SWAPPED;
        if ((r = policy_signed_decode(bytes, n, POLICY_SIGNED_BUNDLE, &file)) != 0 || (r = policy_trust_check(trust, &file, POLICY_ROLE_POLICY, loosens)) != 0 ||
            (r = named_signed(trust, p, &file)) != 0 || (r = policy_bundle_decode(file.payload, file.n_payload, &b)) != 0)
                return r;
        if (b->serial != p->serial)
                r = POLICY_REFUSED_SWAPPED;
        else if (!policy_bundle_for(b, p->channel))
                r = POLICY_REFUSED_CHANNEL;
        if (r != 0 || !ret) {
                policy_bundle_free(b);
                return r;
        }
        *ret = b;
        return 0;
}

void policy_fleet_remember(PolicyFleet *f, const PolicyTrust *trust, const void *pointer_bytes, size_t n, const PolicyPointer *p) {
        PolicySigned file;

        if (policy_signed_decode(pointer_bytes, n, POLICY_SIGNED_POINTER, &file) != 0)
                return;
        crypto_hash_sha256(f->pointer_hash, file.payload, file.n_payload);
        f->n_by = 0;
        for (unsigned i = 0; i < file.n_signatures; i++)
                if (policy_trust_has(trust, POLICY_ROLE_POINTER, file.signatures[i].key))
                        memcpy(f->by[f->n_by++], file.signatures[i].key, POLICY_HASH);
        f->pointer = p->version;
        f->serial = p->serial;
        f->issued = f->issued > p->issued ? f->issued : p->issued;
        f->expires = p->expires;
        memcpy(f->bundle, p->bundle, POLICY_HASH);
}

int64_t policy_fleet_stale(const PolicyFleet *f, int64_t now) {
        if (f->serial == 0)
                return -1;
        if (now < f->issued)
                now = f->issued;
        return now <= f->expires ? 0 : now - f->expires;
}
