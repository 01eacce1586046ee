/* vet-zip: a zip whose two directories agree and whose members fill it without gap or overlap (APPNOTE 6.3.10).
 * Runs as: vet.  Input: foreign bytes.  Must not: unpack before the whole plan was checked; repair anything.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-zip.h"
#include "base/base-fd.h"
#include "policy/policy-filename.h"
#include "sandboxd/vet/vet-inflate.h"
#include <stdlib.h>
#include <zlib.h>

enum { LOCAL = 30, CENTRAL = 46, END = 22, FLAG_ENCRYPTED = 1, FLAG_LATER = 8, FLAG_STRONG = 64, FLAG_UTF8 = 2048 };

/* The one place where the end can be: its comment reaches exactly to the end of the file. Two such places are one too many. */
static bool find_end(Vet *vet, VetBytes b, size_t *ret_at) {
        size_t low = b.n > END + 65535 ? b.n - END - 65535 : 0, found = 0, at = 0;

        for (size_t i = low; b.n >= END && i <= b.n - END; i++)
                if (vet_has(b, i, "PK\x05\x06", 4) && i + END + vet_u16(b, i + 20) == b.n) {
                        found++;
                        at = i;
                }
        if (found == 1) {
                *ret_at = at;
                return true;
        }
        vet_doubt(vet, found == 0 ? POLICY_DOUBT_DAMAGED : POLICY_DOUBT_DISAGREE);
        if (found == 0 && memmem(b.p, b.n, "PK\x05\x06", 4))
                vet_find(vet, POLICY_FIND_TRAILING);
        return false;
}

static uint64_t hash_name(VetBytes name) {
        uint64_t hash = 14695981039346656037ull; /* FNV-1a */

        for (size_t i = 0; i < name.n; i++)
                hash = (hash ^ (name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] + 32u : name.p[i])) * 1099511628211ull;
        return hash;
}

/* A second name for the member (Info-ZIP, 0x7075): some unpackers take that one. */
static bool second_name(VetBytes extra) {
        for (size_t at = 0; at + 4 <= extra.n; at += 4u + vet_u16(extra, at + 2))
                if (vet_u16(extra, at) == 0x7075)
                        return true;
        return false;
}

static bool read_central(Vet *vet, VetZip *zip, size_t at, size_t end, uint32_t n) {
        VetBytes b = zip->bytes;

        for (uint32_t i = 0; i < n; i++) {
                VetZipEntry *e = &zip->entries[i];
                size_t name_n = vet_u16(b, at + 28), next = at + CENTRAL + name_n + vet_u16(b, at + 30) + vet_u16(b, at + 32);
                if (!vet_has(b, at, "PK\x01\x02", 4) || next > end || name_n == 0) {
                        vet_doubt(vet, POLICY_DOUBT_DAMAGED);
                        return false;
                }
                *e = (VetZipEntry){ .name = vet_part(b, at + CENTRAL, name_n), .flags = vet_u16(b, at + 8), .method = vet_u16(b, at + 10), .crc = vet_u32(b, at + 16),
                                    .packed = vet_u32(b, at + 20), .size = vet_u32(b, at + 24), .local = vet_u32(b, at + 42) };
                e->hash = hash_name(e->name);
                if (second_name(vet_part(b, at + CENTRAL + name_n, vet_u16(b, at + 30))))
                        vet_doubt(vet, POLICY_DOUBT_DISAGREE);
                if (vet_u16(b, at + 34) != 0 || e->packed == UINT32_MAX || e->size == UINT32_MAX || e->local == UINT32_MAX) {
                        vet_doubt(vet, POLICY_DOUBT_UNSUPPORTED); /* several disks, zip64 */
                        return false;
                }
                at = next;
        }
        if (at != end)
                vet_doubt(vet, POLICY_DOUBT_DISAGREE);
        return at == end;
}

static int by_place(const void *a, const void *b) {
        const VetZipEntry *x = a, *y = b;
        return x->local < y->local ? -1 : x->local > y->local;
}
static int by_hash(const void *a, const void *b) {
        const uint64_t *x = a, *y = b;
        return *x < *y ? -1 : *x > *y;
}

/* How long what follows the data is: sizes that were not known before (APPNOTE 4.3.9), with or without its signature. */
static bool check_later(VetBytes b, const VetZipEntry *e, uint64_t at, uint64_t next) {
        size_t skip = vet_has(b, at, "PK\x07\x08", 4) ? 4 : 0;

        if (next - at == skip + 12)
                return vet_u32(b, at + skip) == e->crc && vet_u32(b, at + skip + 4) == e->packed && vet_u32(b, at + skip + 8) == e->size;
        return next - at == skip + 20 && vet_u32(b, at + skip) == e->crc && vet_u32(b, at + skip + 4) == e->packed && vet_u32(b, at + skip + 12) == e->size &&
               vet_u32(b, at + skip + 8) == 0 && vet_u32(b, at + skip + 16) == 0;
}

/* Sizes in a member's own head: as they are, not known yet (later), or in 64 bits though they would fit in 32 (4.5.3). */
static bool check_sizes(VetBytes b, const VetZipEntry *e, VetBytes extra, bool later) {
        size_t head = e->local;
        uint32_t packed = vet_u32(b, head + 18), size = vet_u32(b, head + 22);

        if (packed == UINT32_MAX && size == UINT32_MAX) {
                size_t at = 0;
                while (at + 4 <= extra.n && vet_u16(extra, at) != 1)
                        at += 4u + vet_u16(extra, at + 2);
                if (at + 20 > extra.n || vet_u16(extra, at + 2) != 16 || vet_u32(extra, at + 8) != 0 || vet_u32(extra, at + 16) != 0)
                        return false;
                size = vet_u32(extra, at + 4);
                packed = vet_u32(extra, at + 12);
        }
        return (packed == e->packed && size == e->size) || (later && packed == 0 && size == 0);
}

/* The member's own head must say what the directory says, and end where the next one begins. */
static PolicyDoubt check_local(VetBytes b, VetZipEntry *e, uint64_t next) {
        size_t at = e->local, name_n = vet_u16(b, at + 26);
        uint64_t data = (uint64_t)at + LOCAL + name_n + vet_u16(b, at + 28), end = data + e->packed;
        VetBytes extra = vet_part(b, at + LOCAL + name_n, vet_u16(b, at + 28));
        bool later = e->flags & FLAG_LATER, same;

        if (!vet_has(b, at, "PK\x03\x04", 4))
                return POLICY_DOUBT_DAMAGED;
        if (end > next || data > b.n)
                return POLICY_DOUBT_OVERLAP;
        if (second_name(extra))
                return POLICY_DOUBT_DISAGREE;
        same = check_sizes(b, e, extra, later) && (vet_u32(b, at + 14) == e->crc || (later && vet_u32(b, at + 14) == 0));
        if (!same || vet_u16(b, at + 6) != e->flags || vet_u16(b, at + 8) != e->method || name_n != e->name.n || !vet_has(b, at + LOCAL, e->name.p, name_n))
                return POLICY_DOUBT_DISAGREE;
        if (later ? end == next || !check_later(b, e, end, next) : end != next)
                return end == next && later ? POLICY_DOUBT_DISAGREE : POLICY_DOUBT_OVERLAP;
        e->data = (uint32_t)data;
        return POLICY_DOUBT_NONE;
}

static bool check_members(Vet *vet, VetZip *zip, size_t central) {
        uint64_t total = 0, packed = 0;
        PolicyDoubt doubt = zip->n == 0 ? POLICY_DOUBT_DAMAGED : POLICY_DOUBT_NONE;

        qsort(zip->entries, zip->n, sizeof *zip->entries, by_place);
        if (zip->n > 0 && zip->entries[0].local != 0)
                doubt = POLICY_DOUBT_OVERLAP; /* something stands before the first */
        for (uint32_t i = 0; i < zip->n && doubt == POLICY_DOUBT_NONE; i++) {
                VetZipEntry *e = &zip->entries[i];
                doubt = check_local(zip->bytes, e, i + 1 < zip->n ? zip->entries[i + 1].local : central);
                total += e->size;
                packed += e->packed;
                if (e->flags & (FLAG_ENCRYPTED | FLAG_STRONG))
                        vet_find(vet, POLICY_FIND_ENCRYPTED);
                else if (doubt == POLICY_DOUBT_NONE && e->method != 0 && e->method != 8)
                        doubt = POLICY_DOUBT_UNSUPPORTED;
                else if (doubt == POLICY_DOUBT_NONE && (e->method == 0 ? e->size != e->packed : e->size > POLICY_VET_MAX_MEMBER))
                        doubt = e->method == 0 ? POLICY_DOUBT_DISAGREE : POLICY_DOUBT_RATIO;
        }
        if (doubt == POLICY_DOUBT_NONE && (total > POLICY_VET_MAX_UNPACKED || (total > POLICY_VET_RATIO_FREE && total / POLICY_VET_MAX_RATIO > packed)))
                doubt = POLICY_DOUBT_RATIO;
        vet_doubt(vet, doubt);
        return doubt == POLICY_DOUBT_NONE;
}

/* Two members of one name, or of names that differ in case alone, would be taken for one another. */
static bool check_names(Vet *vet, const VetZip *zip) {
        BASE_FREE uint64_t *hashes = malloc((zip->n + 1) * sizeof *hashes);
        bool good = hashes != NULL;

        for (uint32_t i = 0; hashes && i < zip->n; i++)
                hashes[i] = zip->entries[i].hash;
        if (hashes)
                qsort(hashes, zip->n, sizeof *hashes, by_hash);
        for (uint32_t i = 1; hashes && i < zip->n; i++)
                good = good && hashes[i - 1] != hashes[i];
        if (!good)
                vet_doubt(vet, hashes ? POLICY_DOUBT_DISAGREE : POLICY_DOUBT_MEMORY);
        return good;
}

bool vet_zip_open(Vet *vet, VetBytes b, VetZip *ret) {
        VetZip zip = { .bytes = b };
        size_t end, at, size;
        uint32_t n;

        if (!find_end(vet, b, &end))
                return false;
        n = vet_u16(b, end + 10);
        size = vet_u32(b, end + 12);
        at = vet_u32(b, end + 16);
        if (n == 0xffff || vet_u16(b, end + 4) != 0 || vet_u16(b, end + 6) != 0 || vet_u16(b, end + 8) != n || at == UINT32_MAX) {
                vet_doubt(vet, POLICY_DOUBT_UNSUPPORTED);
                return false;
        }
        if (at > end || size != end - at) {
                vet_doubt(vet, POLICY_DOUBT_OVERLAP);
                return false;
        }
        vet->v.entries += n;
        if (vet->v.entries > POLICY_VET_MAX_ENTRIES) {
                vet->v.entries = POLICY_VET_MAX_ENTRIES;
                vet_doubt(vet, POLICY_DOUBT_ENTRIES);
                return false;
        }
        zip.entries = calloc(n + 1, sizeof *zip.entries);
        zip.n = n;
        if (zip.entries && read_central(vet, &zip, at, end, n) && vet->v.doubt == POLICY_DOUBT_NONE && check_members(vet, &zip, at) && check_names(vet, &zip)) {
                *ret = zip;
                return true;
        }
        if (!zip.entries)
                vet_doubt(vet, POLICY_DOUBT_MEMORY);
        vet_zip_done(&zip);
        return false;
}

void vet_zip_done(VetZip *zip) {
        free(zip->entries);
        zip->entries = NULL;
}

bool vet_zip_read(Vet *vet, const VetZip *zip, const VetZipEntry *e, VetBytes *ret) {
        VetBytes packed = vet_part(zip->bytes, e->data, e->packed), bytes = { NULL, 0 };
        size_t used = e->packed;

        if (e->method == 8 && !vet_inflate(vet, packed, VET_RAW, e->size, &bytes, &used))
                return false;
        if (e->method == 0) {
                uint8_t *copy = e->size <= POLICY_VET_MAX_UNPACKED - vet->v.unpacked ? malloc(e->size + 1) : NULL;
                if (!copy) {
                        vet_doubt(vet, POLICY_DOUBT_RATIO);
                        return false;
                }
                memcpy(copy, packed.p, e->size);
                vet->v.unpacked += e->size;
                bytes = (VetBytes){ copy, e->size };
        }
        if (bytes.n != e->size || used != e->packed || crc32_z(0, bytes.p, bytes.n) != e->crc) {
                free((void *)(uintptr_t)bytes.p);
                vet_doubt(vet, POLICY_DOUBT_DISAGREE);
                return false;
        }
        *ret = bytes;
        return true;
}

const VetZipEntry *vet_zip_find(const VetZip *zip, const char *name) {
        for (uint32_t i = 0; i < zip->n; i++)
                if (vet_name_is(zip->entries[i].name, name))
                        return &zip->entries[i];
        return NULL;
}

/* Shift-JIS as Windows writes it: two bytes for most, one for half-width katakana. */
static bool looks_shift_jis(VetBytes b) {
        for (size_t i = 0; i < b.n; i++) {
                uint8_t c = b.p[i];
                if (c < 0x80 || (c >= 0xa1 && c <= 0xdf))
                        continue;
                if (!((c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc)) || i + 1 >= b.n || b.p[i + 1] < 0x40 || b.p[i + 1] == 0x7f || b.p[i + 1] > 0xfc)
                        return false;
                i++;
        }
        return true;
}

/* The last part of a member's path as a file name; a path that leads outside is told apart. */
static void judge_name(Vet *vet, const VetZipEntry *e, PolicyFilename *ret) {
        const uint32_t deceit = POLICY_FILENAME_CONTROL | POLICY_FILENAME_BIDI | POLICY_FILENAME_PATH | POLICY_FILENAME_DOUBLE | POLICY_FILENAME_PADDED;
        VetBytes name = e->name;
        size_t slash = name.n;
        bool japanese;

        for (size_t i = 0, from = 0; i <= name.n; i++)
                if (i == name.n || name.p[i] == '/') {
                        if ((i - from == 2 && name.p[from] == '.' && name.p[from + 1] == '.') || (i == 0 && name.n > 0))
                                vet_find(vet, POLICY_FIND_NAME);
                        from = i + 1;
                }
        if (name.n > 0 && name.p[name.n - 1] == '/')
                name.n--;
        while (slash > 0 && (slash > name.n || name.p[slash - 1] != '/'))
                slash--;
        name = vet_part(name, slash, name.n - slash);
        policy_filename_read(name.p, name.n, ret);
        japanese = (ret->flags & POLICY_FILENAME_BYTES) && !(e->flags & FLAG_UTF8) && looks_shift_jis(name);
        if (!japanese && (ret->flags & (deceit | POLICY_FILENAME_BYTES)))
                vet_find(vet, POLICY_FIND_NAME);
        if (ret->flags & POLICY_FILENAME_ACTS)
                vet_find(vet, POLICY_FIND_PROGRAM);
}

static void look_members(Vet *vet, const VetZip *zip, unsigned depth) {
        for (uint32_t i = 0; i < zip->n && vet->v.doubt == POLICY_DOUBT_NONE; i++) {
                const VetZipEntry *e = &zip->entries[i];
                VetBytes bytes = { NULL, 0 };
                PolicyFilename name;
                uint32_t type;
                judge_name(vet, e, &name);
                if ((e->flags & (FLAG_ENCRYPTED | FLAG_STRONG)) || vet_name_ends(e->name, "/") || !vet_zip_read(vet, zip, e, &bytes))
                        continue;
                type = vet_look(vet, bytes, depth + 1);
                if (policy_type_class(type) == POLICY_CLASS_ARCHIVE)
                        vet_find(vet, POLICY_FIND_ARCHIVE);
                if (name.ext[0] && type != POLICY_TYPE_UNKNOWN && type != POLICY_TYPE_EMPTY && !policy_type_fits(type, name.ext))
                        vet_find(vet, POLICY_FIND_MISMATCH);
                free((void *)(uintptr_t)bytes.p);
        }
}

uint32_t vet_zip(Vet *vet, VetBytes b, unsigned depth) {
        uint32_t type = POLICY_TYPE_ZIP;
        bool ooxml, odf;
        VetZip zip;

        if (!vet_zip_open(vet, b, &zip))
                return type;
        ooxml = vet_zip_find(&zip, "[Content_Types].xml") != NULL;
        odf = vet_name_is(zip.entries[0].name, "mimetype");
        if (ooxml && odf)
                vet_find(vet, POLICY_FIND_POLYGLOT);
        if (vet_zip_find(&zip, "META-INF/MANIFEST.MF") || vet_zip_find(&zip, "AndroidManifest.xml") || vet_zip_find(&zip, "classes.dex"))
                type = POLICY_TYPE_JAVA;
        else if (ooxml)
                type = vet_ooxml(vet, &zip, depth);
        else if (odf)
                type = vet_odf(vet, &zip, depth);
        else
                look_members(vet, &zip, depth);
        vet_zip_done(&zip);
        return type;
}
