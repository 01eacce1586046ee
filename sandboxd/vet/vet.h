/* vet: what every detector shares: the verdict under way, bounded bytes, the entry points.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-limits.h"
#include "policy/policy-verdict.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct VetBytes {
        const uint8_t *p;
        size_t n;
} VetBytes;

typedef struct Vet {
        PolicyVerdict v;
        uint64_t work; /* bytes that detectors went over; bounds the time before RLIMIT_CPU does */
} Vet;

/* The whole look: fills in the verdict. Pure: no descriptor, no file. */
void vet_file(Vet *vet, VetBytes file);
/* One thing, the file itself (depth 0) or what was packed in it. Returns its PolicyType; findings and doubts are noted. */
uint32_t vet_look(Vet *vet, VetBytes b, unsigned depth);

static inline void vet_find(Vet *vet, uint32_t bits) {
        vet->v.findings |= bits;
}
/* The first doubt stays. */
static inline void vet_doubt(Vet *vet, PolicyDoubt doubt) {
        if (vet->v.doubt == POLICY_DOUBT_NONE)
                vet->v.doubt = doubt;
}
/* Notes work; false = too much of it, and the caller must end. */
static inline bool vet_work(Vet *vet, size_t n) {
        vet->work += n;
        if (vet->work <= 8ull * POLICY_VET_MAX_UNPACKED)
                return true;
        vet_doubt(vet, POLICY_DOUBT_WORK);
        return false;
}

static inline uint16_t vet_u16(VetBytes b, size_t at) {
        return at + 2 > b.n || at + 2 < at ? 0 : (uint16_t)(b.p[at] | b.p[at + 1] << 8);
}
static inline uint32_t vet_u32(VetBytes b, size_t at) {
        return (uint32_t)vet_u16(b, at) | (uint32_t)vet_u16(b, at + 2) << 16;
}
static inline uint16_t vet_be16(VetBytes b, size_t at) {
        return at + 2 > b.n || at + 2 < at ? 0 : (uint16_t)(b.p[at] << 8 | b.p[at + 1]);
}
static inline uint32_t vet_be32(VetBytes b, size_t at) {
        return (uint32_t)vet_be16(b, at) << 16 | vet_be16(b, at + 2);
}
static inline bool vet_has(VetBytes b, size_t at, const void *what, size_t n) {
        return at <= b.n && n <= b.n - at && memcmp(b.p + at, what, n) == 0;
}
/* The part from at, at most n bytes; empty where there is none. */
static inline VetBytes vet_part(VetBytes b, size_t at, size_t n) {
        if (at > b.n)
                at = b.n;
        return (VetBytes){ b.p + at, n < b.n - at ? n : b.n - at };
}
static inline bool vet_contains(VetBytes b, const char *text) {
        return b.n > 0 && memmem(b.p, b.n, text, strlen(text)) != NULL;
}
/* The same for ASCII in any case; b should be short. Returns where, or b.n. */
size_t vet_find_case(VetBytes b, const char *lower);

/* vet-magic: by signature, UNKNOWN where none fits. */
uint32_t vet_magic(VetBytes b);
/* Signs of a second type in something of this type. */
void vet_second(Vet *vet, VetBytes b, uint32_t type);

/* Detectors: each is called for what its signature said, and returns the type as it turned out. */
uint32_t vet_zip(Vet *vet, VetBytes b, unsigned depth);
uint32_t vet_ole(Vet *vet, VetBytes b);
uint32_t vet_pdf(Vet *vet, VetBytes b);
uint32_t vet_image(Vet *vet, VetBytes b, uint32_t type);
uint32_t vet_rtf(Vet *vet, VetBytes b);
uint32_t vet_text(Vet *vet, VetBytes b);
/* HTML and SVG: what in them acts. */
void vet_web(Vet *vet, VetBytes b);
