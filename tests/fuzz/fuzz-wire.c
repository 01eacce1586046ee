/* fuzz-wire: any bytes through every reading function: nothing is read past the end, a failure sticks.
 * Runs as: anyone (pure).  Input: fuzzed bytes.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-wire.h"
#include "fuzz.h"
#include <string.h>

static void step(BaseReader *r, uint8_t what) {
        uint8_t raw[16];
        size_t n;
        const char *s;

        switch (what % 6) {
        case 0:
                base_read_u32(r);
                break;
        case 1:
                base_read_u64(r);
                break;
        case 2:
                fuzz_require(base_read_u32_max(r, what) <= what);
                break;
        case 3:
                base_read_bytes(r, (size_t)what * 4, &n);
                fuzz_require(n <= (size_t)what * 4);
                break;
        case 4:
                base_read_raw(r, raw, what % sizeof raw);
                break;
        default:
                s = base_read_string(r, what);
                fuzz_require(strlen(s) <= what);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        BaseReader r;
        bool failed = false;

        if (n < 8)
                return 0;
        base_reader_init(&r, bytes + 8, n - 8);
        for (size_t i = 0; i < 64; i++) {
                step(&r, bytes[i % 8]);
                fuzz_require(r.at <= r.n && (!failed || r.failed));
                failed = r.failed;
        }
        fuzz_require(!base_reader_end(&r) || (!r.failed && r.at == r.n));
        return 0;
}
