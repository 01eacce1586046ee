/* vet-ole: the streams of a compound file (MS-CFB).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/vet/vet.h"

#define VET_OLE_MAX_ENTRIES 4096

typedef struct VetOleEntry {
        char name[32 * 3 + 1]; /* UTF-8; what is not a character is '?' */
        uint8_t type;          /* 1 storage, 2 stream, 5 root */
        uint32_t start, child, left, right;
        uint64_t size;
        bool root_level;       /* directly below the root */
} VetOleEntry;
typedef struct VetOle {
        VetBytes bytes;
        uint32_t sector_shift, n_sectors;
        uint32_t *fat, *mini_fat;
        uint32_t n_fat, n_mini_fat;
        VetBytes mini;         /* the mini stream, malloc'd */
        VetOleEntry *entries;
        uint32_t n;
        uint8_t clsid[16];     /* of the root */
} VetOle;

/* False after noting a doubt. */
bool vet_ole_open(Vet *vet, VetBytes b, VetOle *ret_ole);
void vet_ole_done(VetOle *ole);
/* A stream's bytes in a new buffer; false after noting a doubt. */
bool vet_ole_read(Vet *vet, const VetOle *ole, const VetOleEntry *entry, VetBytes *ret_bytes);

/* What the streams of the three old formats say of themselves. */
void vet_word(Vet *vet, VetBytes document, VetBytes table);
void vet_excel(Vet *vet, VetBytes workbook);
void vet_powerpoint(Vet *vet, VetBytes document);
