/* fuzz-fleet-seed: writes one good file of each kind, from which fuzzing starts.
 * Runs as: anyone (pure), at build time only.  Input: seven file names.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fleet-sample.h"
#include <fcntl.h>

static void put(const char *path, char kind, const void *bytes, size_t n) {
        BASE_FD fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

        if (fd < 0 || base_fd_write_all(fd, &kind, 1) < 0 || base_fd_write_all(fd, bytes, n) < 0)
                abort();
}

int main(int argc, char **argv) {
        PolicyTrust t = sample_trust();
        PolicyBundle b = sample_bundle();
        PolicySigned file;

        if (argc != 8 || sodium_init() < 0)
                return 2;
        memset(t.revoked[t.n_revoked++], 5, 32);
        SampleFile trust = sample_trust_file(&t, SAMPLE_BIT(ROOT_A)), bundle = sample_bundle_file(&b, SAMPLE_BIT(POLICY_A));
        PolicyPointer p = sample_pointer(&bundle);
        p.conditions.n = p.conditions.n_must = 1;
        strcpy(p.conditions.items[0].name, "ramp");
        strcpy(p.conditions.items[0].value, "1 5 25 100");
        SampleFile pointer = sample_pointer_file(&p, SAMPLE_BIT(POINTER));
        PolicyFleet f = { .channel = "stable", .trust = 1, .issued = SAMPLE_NOW, .expires = SAMPLE_NOW };
        policy_fleet_remember(&f, &t, pointer.bytes, pointer.n, &p);
        uint8_t *state;
        size_t n;
        if (policy_fleet_encode(&f, &state, &n) != 0)
                return 1;
        put(argv[1], 'T', trust.bytes, trust.n);
        put(argv[2], 'P', pointer.bytes, pointer.n);
        put(argv[3], 'B', bundle.bytes, bundle.n);
        put(argv[4], 'f', state, n);
        if (policy_signed_decode(trust.bytes, trust.n, POLICY_SIGNED_TRUST, &file) != 0)
                return 1;
        put(argv[5], 't', file.payload, file.n_payload);
        if (policy_signed_decode(pointer.bytes, pointer.n, POLICY_SIGNED_POINTER, &file) != 0)
                return 1;
        put(argv[6], 'p', file.payload, file.n_payload);
        if (policy_signed_decode(bundle.bytes, bundle.n, POLICY_SIGNED_BUNDLE, &file) != 0)
                return 1;
        put(argv[7], 'b', file.payload, file.n_payload);
        free(trust.bytes);
        free(bundle.bytes);
        free(pointer.bytes);
        free(state);
        return 0;
}
