/* vet-zip: the members of a zip, after its two directories were found to agree.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/vet/vet.h"

typedef struct VetZipEntry {
        VetBytes name;             /* as it stands there */
        uint16_t flags, method;
        uint32_t crc, packed, size, local;
        uint32_t data;             /* where its packed bytes begin */
        uint64_t hash;             /* of the name in lower case */
} VetZipEntry;
typedef struct VetZip {
        VetBytes bytes;
        VetZipEntry *entries;      /* in the order of their bytes */
        uint32_t n;
} VetZip;

/* False after noting a doubt. */
bool vet_zip_open(Vet *vet, VetBytes b, VetZip *ret_zip);
void vet_zip_done(VetZip *zip);
/* One member, unpacked into a new buffer, its checksum compared. False after noting a doubt. */
bool vet_zip_read(Vet *vet, const VetZip *zip, const VetZipEntry *entry, VetBytes *ret_bytes);
/* NULL where there is none of that name (exactly so, ASCII). */
const VetZipEntry *vet_zip_find(const VetZip *zip, const char *name);

/* What a zip of a certain kind turns out to be. */
uint32_t vet_ooxml(Vet *vet, const VetZip *zip, unsigned depth);
uint32_t vet_odf(Vet *vet, const VetZip *zip, unsigned depth);
static inline bool vet_name_is(VetBytes name, const char *text) {
        return name.n == strlen(text) && memcmp(name.p, text, name.n) == 0;
}
static inline bool vet_name_begins(VetBytes name, const char *text) {
        return vet_has(name, 0, text, strlen(text));
}
static inline bool vet_name_ends(VetBytes name, const char *text) {
        return name.n >= strlen(text) && vet_has(name, name.n - strlen(text), text, strlen(text));
}
