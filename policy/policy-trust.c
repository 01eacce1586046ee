/* policy-trust: whose signatures count.
 * Runs as: anyone (pure).  Input: foreign bytes, and the trust file in use.  Must not: count a key twice, or one that was revoked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-trust.h"
#include "base/base-fd.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

const char *const policy_role_names[POLICY_ROLES] = { "root", "policy", "pointer" };

static void read_keys(PolicyLines *l, PolicyTrust *ret) {
        char role[16];

        while (policy_lines_take(l, "key")) {
                struct PolicyTrustKey *k = &ret->keys[ret->n_keys];
                if (ret->n_keys == POLICY_MAX_KEYS) {
                        l->failed = true;
                        return;
                }
                policy_lines_word(l, role, sizeof role);
                for (k->role = 0; k->role < POLICY_ROLES && strcmp(role, policy_role_names[k->role]) != 0;)
                        k->role++;
                if (k->role == POLICY_ROLES)
                        l->failed = true;
                policy_lines_hash(l, k->key);
                policy_lines_rest(l, k->name, sizeof k->name);
                if (l->failed)
                        return;
                ret->n_keys++;
        }
        while (policy_lines_take(l, "revoked")) {
                if (ret->n_revoked == POLICY_MAX_REVOKED) {
                        l->failed = true;
                        return;
                }
                policy_lines_hash(l, ret->revoked[ret->n_revoked++]);
                policy_lines_end(l);
        }
}

static int key_order(const void *a, const void *b) {
        const struct PolicyTrustKey *x = a, *y = b;
        return x->role != y->role ? (x->role < y->role ? -1 : 1) : memcmp(x->key, y->key, POLICY_HASH);
}

static int revoked_order(const void *a, const void *b) {
        return memcmp(a, b, POLICY_HASH);
}

/* No key twice in a role, none that is revoked, and each role can be satisfied. */
static int check_sense(const PolicyTrust *t) {
        unsigned count[POLICY_ROLES] = { 0 };

        if (t->version == 0 || t->expires <= t->issued)
                return POLICY_REFUSED_MALFORMED;
        for (unsigned i = 0; i < t->n_keys; i++) {
                count[t->keys[i].role]++;
                if ((i > 0 && key_order(&t->keys[i - 1], &t->keys[i]) >= 0) || policy_trust_revoked(t, t->keys[i].key))
                        return POLICY_REFUSED_MALFORMED;
        }
        for (unsigned i = 1; i < t->n_revoked; i++)
                if (memcmp(t->revoked[i - 1], t->revoked[i], POLICY_HASH) >= 0)
                        return POLICY_REFUSED_MALFORMED;
        for (unsigned r = 0; r < POLICY_ROLES; r++)
                if (t->roles[r].tighten == 0 || t->roles[r].tighten > t->roles[r].loosen || t->roles[r].loosen > count[r] ||
                    t->roles[r].loosen > POLICY_SIGNATURES_MAX)
                        return POLICY_REFUSED_THRESHOLD;
        return t->roles[POLICY_ROLE_POINTER].tighten == t->roles[POLICY_ROLE_POINTER].loosen ? 0 : POLICY_REFUSED_THRESHOLD;
}

static void write_all(BaseWriter *w, const PolicyTrust *t) {
        char issued[POLICY_TIME_MAX], expires[POLICY_TIME_MAX], hex[2 * POLICY_HASH + 1];

        policy_time_text(t->issued, issued);
        policy_time_text(t->expires, expires);
        policy_lines_print(w, "hanare-trust 1\nversion %" PRIu64 "\nissued %s\nexpires %s\n", t->version, issued, expires);
        for (unsigned r = 0; r < POLICY_ROLES; r++)
                policy_lines_print(w, "role %s %u %u\n", policy_role_names[r], t->roles[r].loosen, t->roles[r].tighten);
        for (unsigned i = 0; i < t->n_keys; i++) {
                policy_hex(t->keys[i].key, POLICY_HASH, hex);
                policy_lines_print(w, "key %s %s %s\n", policy_role_names[t->keys[i].role], hex, t->keys[i].name);
        }
        for (unsigned i = 0; i < t->n_revoked; i++) {
                policy_hex(t->revoked[i], POLICY_HASH, hex);
                policy_lines_print(w, "revoked %s\n", hex);
        }
        policy_conditions_write(w, &t->conditions);
}

static int check_canonical(const PolicyTrust *t, const void *bytes, size_t n) {
        __attribute__((cleanup(base_writer_done))) BaseWriter w;

        base_writer_init(&w, POLICY_MAX_TRUST);
        write_all(&w, t);
        return !w.failed && w.n == n && memcmp(w.bytes, bytes, n) == 0 ? 0 : POLICY_REFUSED_CANONICAL;
}

int policy_trust_decode(const void *bytes, size_t n, PolicyTrust *ret) {
        BASE_FREE PolicyTrust *t = calloc(1, sizeof *t);
        PolicyLines l;
        char role[16];
        int r;

        if (!t)
                return -ENOMEM;
        policy_lines_init(&l, bytes, n);
        policy_lines_need(&l, "hanare-trust");
        l.failed |= policy_lines_number(&l) != 1;
        policy_lines_need(&l, "version");
        t->version = policy_lines_number(&l);
        policy_lines_need(&l, "issued");
        t->issued = policy_lines_time(&l);
        policy_lines_need(&l, "expires");
        t->expires = policy_lines_time(&l);
        for (unsigned i = 0; i < POLICY_ROLES; i++) {
                policy_lines_need(&l, "role");
                policy_lines_word(&l, role, sizeof role);
                uint64_t loosen = policy_lines_number(&l), tighten = policy_lines_number(&l);
                policy_lines_end(&l);
                if (l.failed || strcmp(role, policy_role_names[i]) != 0 || loosen > POLICY_SIGNATURES_MAX || tighten > POLICY_SIGNATURES_MAX)
                        return POLICY_REFUSED_MALFORMED;
                t->roles[i].loosen = (unsigned)loosen;
                t->roles[i].tighten = (unsigned)tighten;
        }
        read_keys(&l, t);
        policy_conditions_read(&l, &t->conditions);
        if (l.failed || l.at != n)
                return POLICY_REFUSED_MALFORMED;
        if ((r = check_sense(t)) != 0 || (r = check_canonical(t, bytes, n)) != 0 || (r = policy_conditions_check(&t->conditions)) != 0)
                return r;
        *ret = *t;
        return 0;
}

int policy_trust_encode(PolicyTrust *t, uint8_t **ret, size_t *ret_n) {
        BaseWriter w;
        int r;

        qsort(t->keys, t->n_keys, sizeof *t->keys, key_order);
        qsort(t->revoked, t->n_revoked, sizeof *t->revoked, revoked_order);
        if ((r = check_sense(t)) != 0)
                return r;
        base_writer_init(&w, POLICY_MAX_TRUST);
        write_all(&w, t);
        if (w.failed) {
                base_writer_done(&w);
                return POLICY_REFUSED_TOO_LONG;
        }
        *ret = w.bytes;
        *ret_n = w.n;
        return 0;
}

bool policy_trust_has(const PolicyTrust *t, PolicyRole role, const uint8_t key[POLICY_HASH]) {
        for (unsigned i = 0; i < t->n_keys; i++)
                if (t->keys[i].role == role && memcmp(t->keys[i].key, key, POLICY_HASH) == 0)
                        return true;
        return false;
}

bool policy_trust_revoked(const PolicyTrust *t, const uint8_t key[POLICY_HASH]) {
        for (unsigned i = 0; i < t->n_revoked; i++)
                if (memcmp(t->revoked[i], key, POLICY_HASH) == 0)
                        return true;
        return false;
}

int policy_trust_check(const PolicyTrust *t, const PolicySigned *file, PolicyRole role, bool loosens) {
        unsigned good = 0;
        bool revoked = false;

        for (unsigned i = 0; i < file->n_signatures; i++) {
                if (policy_trust_revoked(t, file->signatures[i].key)) {
                        revoked = true;
                } else if (policy_trust_has(t, role, file->signatures[i].key)) {
                        int r = policy_signed_check(file, i);
                        if (r != 0)
                                return r;
                        good++;
                }
        }
        if (good >= (loosens ? t->roles[role].loosen : t->roles[role].tighten))
                return 0;
        return revoked ? POLICY_REFUSED_REVOKED : POLICY_REFUSED_TOO_FEW;
}

bool policy_trust_tightens(const PolicyTrust *old, const PolicyTrust *new) {
        if (new->expires > old->expires)
                return false;
        for (unsigned i = 0; i < new->n_keys; i++)
                if (!policy_trust_has(old, new->keys[i].role, new->keys[i].key))
                        return false;
        for (unsigned i = 0; i < old->n_revoked; i++)
                if (!policy_trust_revoked(new, old->revoked[i]))
                        return false;
        for (unsigned r = 0; r < POLICY_ROLES; r++)
                if (new->roles[r].loosen < old->roles[r].loosen || new->roles[r].tighten < old->roles[r].tighten)
                        return false;
        return true;
}

int policy_trust_first(const void *bytes, size_t n, PolicyTrust *ret) {
        BASE_FREE PolicyTrust *t = calloc(1, sizeof *t);
        PolicySigned file;
        int r;

        if (!t)
                return -ENOMEM;
        if ((r = policy_signed_decode(bytes, n, POLICY_SIGNED_TRUST, &file)) != 0 || (r = policy_trust_decode(file.payload, file.n_payload, t)) != 0 ||
            (r = policy_trust_check(t, &file, POLICY_ROLE_ROOT, true)) != 0)
                return r;
        *ret = *t;
        return 0;
}

int policy_trust_next(const PolicyTrust *old, const void *bytes, size_t n, PolicyTrust *ret) {
        BASE_FREE PolicyTrust *t = calloc(1, sizeof *t);
        PolicySigned file;
        int r;

        if (!t)
                return -ENOMEM;
        if ((r = policy_signed_decode(bytes, n, POLICY_SIGNED_TRUST, &file)) != 0 || (r = policy_trust_decode(file.payload, file.n_payload, t)) != 0)
                return r;
        if (t->version != old->version + 1 || t->issued < old->issued)
                return POLICY_REFUSED_TRUST_ORDER;
        bool loosens = !policy_trust_tightens(old, t);
        if ((r = policy_trust_check(old, &file, POLICY_ROLE_ROOT, loosens)) != 0 || (r = policy_trust_check(t, &file, POLICY_ROLE_ROOT, loosens)) != 0)
                return r;
        *ret = *t;
        return 0;
}
