/* policy-signed: the envelope of every file that a fleet is sent.
 * Runs as: anyone (pure).  Input: foreign bytes.  Must not: allocate by what they say, accept a second form.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-signed.h"
#include "base/base-fd.h"
#include "policy/policy-limits.h"
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

const char *const policy_signed_names[POLICY_SIGNED_TYPES] = { "trust", "pointer", "bundle" };

#define HEAD_MAX (128 + POLICY_SIGNATURES_MAX * 256)
static const size_t payload_max[POLICY_SIGNED_TYPES] = { POLICY_MAX_TRUST, POLICY_MAX_POINTER, POLICY_MAX_BUNDLE };

size_t policy_signed_max(PolicySignedType type) {
        return payload_max[type] + HEAD_MAX;
}

PolicySignedType policy_signed_type(const void *bytes, size_t n) {
        PolicyLines l;
        char word[16];

        policy_lines_init(&l, bytes, n);
        policy_lines_need(&l, "hanare-signed");
        if (policy_lines_number(&l) != 1)
                return POLICY_SIGNED_TYPES;
        policy_lines_word(&l, word, sizeof word);
        for (unsigned i = 0; i < POLICY_SIGNED_TYPES; i++)
                if (strcmp(word, policy_signed_names[i]) == 0)
                        return (PolicySignedType)i;
        return POLICY_SIGNED_TYPES;
}

static void read_signature(PolicyLines *l, struct PolicySignature *ret) {
        char text[2 * POLICY_SIGNATURE + 1];

        policy_lines_need(l, "signature");
        policy_lines_hash(l, ret->key);
        policy_lines_rest(l, text, sizeof text);
        if (!policy_unhex(text, ret->bytes, POLICY_SIGNATURE))
                l->failed = true;
}

static int write_head(BaseWriter *w, const PolicySigned *file) {
        char key[2 * POLICY_HASH + 1], bytes[2 * POLICY_SIGNATURE + 1];

        policy_lines_print(w, "hanare-signed 1 %s %u %zu\n", policy_signed_names[file->type], file->n_signatures, file->n_payload);
        for (unsigned i = 0; i < file->n_signatures; i++) {
                policy_hex(file->signatures[i].key, POLICY_HASH, key);
                policy_hex(file->signatures[i].bytes, POLICY_SIGNATURE, bytes);
                policy_lines_print(w, "signature %s %s\n", key, bytes);
        }
        return w->failed ? -ENOMEM : 0;
}

/* The head must be what we would have written: no number with a zero before it, no second space. */
static int check_head(const PolicySigned *file, const void *bytes, size_t n) {
        __attribute__((cleanup(base_writer_done))) BaseWriter w;

        base_writer_init(&w, HEAD_MAX);
        int r = write_head(&w, file);
        if (r < 0)
                return r;
        return w.n == n && memcmp(w.bytes, bytes, n) == 0 ? 0 : POLICY_REFUSED_CANONICAL;
}

int policy_signed_decode(const void *bytes, size_t n, PolicySignedType type, PolicySigned *ret) {
        PolicySigned file = { .type = type };
        PolicyLines l;
        char word[16];
        uint64_t count, length;

        if (n > policy_signed_max(type))
                return POLICY_REFUSED_TOO_LONG;
        policy_lines_init(&l, bytes, n);
        policy_lines_need(&l, "hanare-signed");
        if (policy_lines_number(&l) != 1)
                return POLICY_REFUSED_NOT_SIGNED;
        policy_lines_word(&l, word, sizeof word);
        count = policy_lines_number(&l);
        length = policy_lines_number(&l);
        policy_lines_end(&l);
        if (l.failed)
                return POLICY_REFUSED_NOT_SIGNED;
        if (strcmp(word, policy_signed_names[type]) != 0)
                return POLICY_REFUSED_WRONG_TYPE;
        if (count > POLICY_SIGNATURES_MAX)
                return POLICY_REFUSED_SIGNATURES;
        if (length > payload_max[type])
                return POLICY_REFUSED_TOO_LONG;
        file.n_signatures = (unsigned)count;
        for (unsigned i = 0; i < file.n_signatures && !l.failed; i++) {
                read_signature(&l, &file.signatures[i]);
                if (!l.failed && i > 0 && memcmp(file.signatures[i - 1].key, file.signatures[i].key, POLICY_HASH) >= 0)
                        return POLICY_REFUSED_SIGNATURES;
        }
        if (l.failed || n - l.at < length)
                return POLICY_REFUSED_NOT_SIGNED;
        if (n - l.at > length)
                return POLICY_REFUSED_TRAILING;
        file.payload = (const uint8_t *)bytes + l.at;
        file.n_payload = (size_t)length;
        int r = check_head(&file, bytes, l.at);
        if (r == 0)
                *ret = file;
        return r;
}

int policy_signed_encode(const PolicySigned *file, uint8_t **ret, size_t *ret_n) {
        BaseWriter w;

        base_writer_init(&w, policy_signed_max(file->type));
        (void)write_head(&w, file);
        base_write_raw(&w, file->payload, file->n_payload);
        if (w.failed) {
                base_writer_done(&w);
                return -ENOMEM;
        }
        *ret = w.bytes;
        *ret_n = w.n;
        return 0;
}

/* What is signed, in one piece. */
static int message(const PolicySigned *file, uint8_t **ret, size_t *ret_n) {
        char head[64];
        int k = snprintf(head, sizeof head, "hanare-signed 1 %s %zu\n", policy_signed_names[file->type], file->n_payload);
        uint8_t *all = malloc((size_t)k + file->n_payload);

        if (!all)
                return -ENOMEM;
        memcpy(all, head, (size_t)k);
        if (file->n_payload)
                memcpy(all + k, file->payload, file->n_payload);
        *ret = all;
        *ret_n = (size_t)k + file->n_payload;
        return 0;
}

int policy_signed_check(const PolicySigned *file, unsigned i) {
        BASE_FREE uint8_t *all = NULL;
        size_t n;
        int r = message(file, &all, &n);

        if (r < 0)
                return r;
        return crypto_sign_verify_detached(file->signatures[i].bytes, all, n, file->signatures[i].key) == 0 ? 0 : POLICY_REFUSED_BAD_SIGNATURE;
}

int policy_signed_add(PolicySigned *file, const uint8_t secret[64]) {
        struct PolicySignature mine;
        BASE_FREE uint8_t *all = NULL;
        size_t n;
        unsigned at = 0;
        int r = message(file, &all, &n);

        if (r < 0)
                return r;
        if (crypto_sign_ed25519_sk_to_pk(mine.key, secret) != 0 || crypto_sign_detached(mine.bytes, NULL, all, n, secret) != 0)
                return -EINVAL;
        while (at < file->n_signatures && memcmp(file->signatures[at].key, mine.key, POLICY_HASH) < 0)
                at++;
        if (at == file->n_signatures || memcmp(file->signatures[at].key, mine.key, POLICY_HASH) != 0) {
                if (file->n_signatures == POLICY_SIGNATURES_MAX)
                        return POLICY_REFUSED_SIGNATURES;
                memmove(&file->signatures[at + 1], &file->signatures[at], (file->n_signatures - at) * sizeof mine);
                file->n_signatures++;
        }
        file->signatures[at] = mine;
        return 0;
}
