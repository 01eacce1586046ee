/* vet-inflate: unpacking within bounds.
 * Runs as: vet.  Input: foreign packed bytes.  Must not: take more room than the bounds say.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-inflate.h"
#include "base/base-fd.h"
#include <stdlib.h>
#include <zlib.h>

static bool grow(uint8_t **room, size_t *size, size_t max) {
        size_t want = *size < 65536 ? 65536 : *size * 2;
        uint8_t *more;

        if (want > max)
                want = max;
        if (want <= *size || !(more = realloc(*room, want)))
                return false;
        *room = more;
        *size = want;
        return true;
}

/* 1 = ended, 0 = broken, -1 = too much. */
static int run(z_stream *z, uint8_t **room, size_t *size, size_t max) {
        for (;;) {
                int r;
                if (z->total_out >= *size && !grow(room, size, max))
                        return *size >= max ? -1 : 0;
                z->next_out = *room + z->total_out;
                z->avail_out = (uInt)(*size - z->total_out);
                r = inflate(z, Z_NO_FLUSH);
                if (r == Z_STREAM_END)
                        return 1;
                if (r != Z_OK)
                        return r == Z_BUF_ERROR && z->avail_out == 0 ? -1 : 0;
                if (z->avail_in == 0 && z->avail_out > 0)
                        return 0;
        }
}

bool vet_inflate(Vet *vet, VetBytes packed, VetWrap wrap, size_t max, VetBytes *ret, size_t *ret_used) {
        z_stream z = { .next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n };
        BASE_FREE uint8_t *room = NULL;
        size_t size = 0, left = POLICY_VET_MAX_UNPACKED - vet->v.unpacked;
        bool ours = max < left;
        int r;

        if (packed.n > POLICY_VET_MAX_FILE || inflateInit2(&z, wrap == VET_RAW ? -15 : 15) != Z_OK) {
                vet_doubt(vet, POLICY_DOUBT_MEMORY);
                return false;
        }
        r = run(&z, &room, &size, (ours ? max : left) + 1);
        inflateEnd(&z);
        if (r == 1 && z.total_out > (ours ? max : left))
                r = -1;
        vet->v.unpacked += z.total_out < left ? z.total_out : left;
        if (r != 1) {
                vet_doubt(vet, r < 0 ? (ours ? POLICY_DOUBT_DISAGREE : POLICY_DOUBT_RATIO) : POLICY_DOUBT_DAMAGED);
                return false;
        }
        /* of the file as a whole: a packed thing in a packed thing multiplies */
        if (vet->v.unpacked > POLICY_VET_RATIO_FREE && vet->v.unpacked / POLICY_VET_MAX_RATIO > vet->v.size) {
                vet_doubt(vet, POLICY_DOUBT_RATIO);
                return false;
        }
        if (ret_used)
                *ret_used = z.total_in;
        *ret = (VetBytes){ base_steal(&room), z.total_out };
        return vet_work(vet, z.total_out);
}
