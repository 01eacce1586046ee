/* vet-ole: the streams of a compound file, by its own allocation tables (MS-CFB).
 * Runs as: vet.  Input: foreign bytes.  Must not: follow a chain for longer than the file has sectors.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-ole.h"
#include "base/base-fd.h"
#include <stdlib.h>

enum { LAST_REGULAR = 0xfffffffa, MINI_CUTOFF = 4096, MINI_SHIFT = 6, DIFAT_HEAD = 109 };

static VetBytes sector(const VetOle *ole, uint32_t i) {
        if (i >= ole->n_sectors)
                return (VetBytes){ ole->bytes.p, 0 };
        return vet_part(ole->bytes, ((size_t)i + 1) << ole->sector_shift, (size_t)1 << ole->sector_shift);
}

static bool broken(Vet *vet) {
        vet_doubt(vet, POLICY_DOUBT_DAMAGED);
        return false;
}

/* The sectors that hold the FAT: 109 in the head, more in a chain of their own. */
static bool load_fat(Vet *vet, VetOle *ole) {
        uint32_t per = (1u << ole->sector_shift) / 4, want = vet_u32(ole->bytes, 44), next = vet_u32(ole->bytes, 68), at = 0, steps = 0;
        VetBytes difat = vet_part(ole->bytes, 76, DIFAT_HEAD * 4);
        uint32_t in_table = DIFAT_HEAD;

        if (want == 0 || want > ole->n_sectors)
                return broken(vet);
        ole->fat = malloc((size_t)want * per * 4);
        if (!ole->fat) {
                vet_doubt(vet, POLICY_DOUBT_MEMORY);
                return false;
        }
        while (ole->n_fat < want * per) {
                if (at == in_table) {
                        difat = sector(ole, next);
                        if (difat.n < per * 4u || steps++ > ole->n_sectors)
                                return broken(vet);
                        next = vet_u32(difat, (per - 1) * 4);
                        in_table = per - 1;
                        at = 0;
                }
                VetBytes s = sector(ole, vet_u32(difat, 4 * at++));
                if (s.n < per * 4u)
                        return broken(vet);
                for (uint32_t k = 0; k < per; k++)
                        ole->fat[ole->n_fat++] = vet_u32(s, 4 * k);
        }
        return true;
}

/* A chain of sectors in one new buffer; size 0 = as long as the chain is. The last sector of the file may be cut short. */
static bool chain(Vet *vet, const VetOle *ole, uint32_t start, uint64_t size, VetBytes *ret) {
        size_t unit = (size_t)1 << ole->sector_shift, n = 0, count = 0;
        uint8_t *room;

        for (uint32_t i = start; i <= LAST_REGULAR && count <= ole->n_sectors; count++) {
                if (i >= ole->n_fat || i >= ole->n_sectors)
                        return broken(vet);
                i = ole->fat[i];
        }
        if (count > ole->n_sectors || (size > 0 && (count * unit < size || count * unit - size >= unit + MINI_CUTOFF)))
                return broken(vet);
        if (!vet_work(vet, count * unit))
                return false;
        room = calloc(count * unit + 1, 1);
        if (!room) {
                vet_doubt(vet, POLICY_DOUBT_MEMORY);
                return false;
        }
        for (uint32_t i = start; i <= LAST_REGULAR && n < count; i = ole->fat[i], n++) {
                VetBytes s = sector(ole, i);
                memcpy(room + n * unit, s.p, s.n);
        }
        *ret = (VetBytes){ room, size > 0 ? (size_t)size : count * unit };
        return true;
}

static bool mini_chain(Vet *vet, const VetOle *ole, uint32_t start, uint64_t size, VetBytes *ret) {
        size_t unit = (size_t)1 << MINI_SHIFT, want = (size_t)(size + unit - 1) / unit, n = 0;
        uint8_t *room = calloc(want * unit + 1, 1); /* size is below the cut-off */

        for (uint32_t i = start; room && n < want; n++) {
                VetBytes s = vet_part(ole->mini, (size_t)i << MINI_SHIFT, unit);
                if (i > LAST_REGULAR || i >= ole->n_mini_fat || s.n == 0)
                        break;
                memcpy(room + n * unit, s.p, s.n);
                i = ole->mini_fat[i];
        }
        if (!room || n < want) {
                free(room);
                return broken(vet);
        }
        *ret = (VetBytes){ room, (size_t)size };
        return true;
}

static void take_name(VetBytes d, VetOleEntry *e) {
        uint32_t n = vet_u16(d, 64) / 2;
        size_t at = 0;

        for (uint32_t i = 0; i + 1 < n && i < 31; i++) {
                uint16_t c = vet_u16(d, 2 * i);
                if (c < 0x80)
                        e->name[at++] = (char)(c ? c : '?');
                else if (c < 0x800) {
                        e->name[at++] = (char)(0xc0 | c >> 6);
                        e->name[at++] = (char)(0x80 | (c & 0x3f));
                } else if (c >= 0xd800 && c < 0xe000)
                        e->name[at++] = '?';
                else {
                        e->name[at++] = (char)(0xe0 | c >> 12);
                        e->name[at++] = (char)(0x80 | (c >> 6 & 0x3f));
                        e->name[at++] = (char)(0x80 | (c & 0x3f));
                }
        }
        e->name[at] = '\0';
}

/* Who lies directly below the root: the tree of siblings that hangs from its child. */
static void mark_root_level(VetOle *ole) {
        uint32_t stack[64], n = 0, steps = 0;

        if (ole->n > 0)
                stack[n++] = ole->entries[0].child;
        while (n > 0 && steps++ < 2 * VET_OLE_MAX_ENTRIES) {
                uint32_t i = stack[--n];
                if (i >= ole->n || ole->entries[i].root_level)
                        continue;
                ole->entries[i].root_level = true;
                if (n + 2 <= 64) {
                        stack[n++] = ole->entries[i].left;
                        stack[n++] = ole->entries[i].right;
                }
        }
}

static bool load_entries(Vet *vet, VetOle *ole) {
        VetBytes dir;
        uint32_t n;

        if (!chain(vet, ole, vet_u32(ole->bytes, 48), 0, &dir))
                return false;
        n = (uint32_t)(dir.n / 128);
        if (n > VET_OLE_MAX_ENTRIES)
                vet_doubt(vet, POLICY_DOUBT_ENTRIES);
        ole->entries = n > 0 && n <= VET_OLE_MAX_ENTRIES ? calloc(n, sizeof *ole->entries) : NULL;
        for (uint32_t i = 0; ole->entries && i < n; i++) {
                VetBytes d = vet_part(dir, (size_t)i * 128, 128);
                VetOleEntry *e = &ole->entries[i];
                take_name(d, e);
                e->type = d.p[66];
                e->left = vet_u32(d, 68);
                e->right = vet_u32(d, 72);
                e->child = vet_u32(d, 76);
                e->start = vet_u32(d, 116);
                e->size = vet_u32(d, 120); /* version 3 leaves rubbish above 32 bits; more than that is more than we take */
                if (i == 0)
                        memcpy(ole->clsid, d.p + 80, 16);
        }
        free((void *)(uintptr_t)dir.p);
        ole->n = n;
        if (!ole->entries || ole->entries[0].type != 5)
                return broken(vet);
        mark_root_level(ole);
        return true;
}

static bool load_mini(Vet *vet, VetOle *ole) {
        VetBytes table;

        if (ole->entries[0].size == 0)
                return true;
        if (!chain(vet, ole, ole->entries[0].start, ole->entries[0].size, &ole->mini))
                return false;
        if (!chain(vet, ole, vet_u32(ole->bytes, 60), 0, &table))
                return false;
        ole->n_mini_fat = (uint32_t)(table.n / 4);
        ole->mini_fat = malloc(table.n + 4);
        for (uint32_t i = 0; ole->mini_fat && i < ole->n_mini_fat; i++)
                ole->mini_fat[i] = vet_u32(table, 4 * (size_t)i);
        free((void *)(uintptr_t)table.p);
        if (!ole->mini_fat)
                vet_doubt(vet, POLICY_DOUBT_MEMORY);
        return ole->mini_fat != NULL;
}

bool vet_ole_open(Vet *vet, VetBytes b, VetOle *ret) {
        VetOle ole = { .bytes = b, .sector_shift = vet_u16(b, 30) };

        if ((ole.sector_shift != 9 && ole.sector_shift != 12) || vet_u16(b, 32) != MINI_SHIFT || vet_u32(b, 56) != MINI_CUTOFF || vet_u16(b, 28) != 0xfffe ||
            b.n <= (size_t)1 << ole.sector_shift)
                return broken(vet);
        ole.n_sectors = (uint32_t)((b.n + ((size_t)1 << ole.sector_shift) - 1) >> ole.sector_shift) - 1;
        if (load_fat(vet, &ole) && load_entries(vet, &ole) && load_mini(vet, &ole)) {
                *ret = ole;
                return true;
        }
        vet_ole_done(&ole);
        return false;
}

void vet_ole_done(VetOle *ole) {
        free(ole->fat);
        free(ole->mini_fat);
        free((void *)(uintptr_t)ole->mini.p);
        free(ole->entries);
        *ole = (VetOle){ 0 };
}

bool vet_ole_read(Vet *vet, const VetOle *ole, const VetOleEntry *e, VetBytes *ret) {
        if (e->type != 2 || e->size == 0) {
                *ret = (VetBytes){ calloc(1, 1), 0 };
                return ret->p != NULL;
        }
        return e->size < MINI_CUTOFF ? mini_chain(vet, ole, e->start, e->size, ret) : chain(vet, ole, e->start, e->size, ret);
}
