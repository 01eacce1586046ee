/* vet-image: pictures, block by block up to their end, which must be the end of the file.
 * Runs as: vet.  Input: foreign bytes.  Must not: decode a pixel.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet.h"
#include <zlib.h>

static void damaged(Vet *vet) {
        vet_doubt(vet, POLICY_DOUBT_DAMAGED);
}

static void note_size(Vet *vet, uint32_t width, uint32_t height) {
        if (width == 0 || height == 0) {
                damaged(vet);
                return;
        }
        if (width > POLICY_VET_MAX_SIDE || height > POLICY_VET_MAX_SIDE || (uint64_t)width * height > POLICY_VET_MAX_PIXELS)
                vet_doubt(vet, POLICY_DOUBT_RATIO);
        if (vet->v.width == 0) {
                vet->v.width = width;
                vet->v.height = height;
        }
}

/* What may follow an end: nothing, or a little padding. */
static void note_end(Vet *vet, VetBytes b, size_t at) {
        size_t i = at;

        while (i < b.n && (b.p[i] == 0 || b.p[i] == '\n' || b.p[i] == '\r'))
                i++;
        if (at > b.n)
                damaged(vet);
        else if (i < b.n || i - at > 65536)
                vet_find(vet, POLICY_FIND_TRAILING);
}

static void png(Vet *vet, VetBytes b) { /* W3C PNG, third edition */
        size_t at = 8;

        for (unsigned count = 0; at + 12 <= b.n; count++) {
                uint32_t n = vet_be32(b, at);
                VetBytes kind = vet_part(b, at + 4, 4), data = vet_part(b, at + 8, n);
                if (n > INT32_MAX || at + 12 + n > b.n || vet_be32(b, at + 8 + n) != crc32_z(0, kind.p, (size_t)n + 4)) {
                        damaged(vet);
                        return;
                }
                if (count == 0 && (!vet_has(kind, 0, "IHDR", 4) || n != 13)) {
                        damaged(vet);
                        return;
                }
                if (count == 0)
                        note_size(vet, vet_be32(data, 0), vet_be32(data, 4));
                else if (!(kind.p[0] & 0x20) && !vet_has(kind, 0, "PLTE", 4) && !vet_has(kind, 0, "IDAT", 4) && !vet_has(kind, 0, "IEND", 4))
                        vet_find(vet, POLICY_FIND_PART); /* a chunk without which the picture cannot be shown, and that no specification has */
                at += 12 + (size_t)n;
                if (vet_has(kind, 0, "IEND", 4)) {
                        note_end(vet, b, at);
                        return;
                }
        }
        damaged(vet);
}

/* One JPEG from its first marker; returns where it ends, 0 where it does not (ITU T.81 annex B). */
static size_t jpeg_one(Vet *vet, VetBytes b, size_t at, bool first) {
        bool size_seen = false;

        for (at += 2; at + 4 <= b.n;) {
                uint8_t marker;
                if (b.p[at] != 0xff)
                        return 0;
                while (at + 1 < b.n && b.p[at + 1] == 0xff)
                        at++;
                if (at + 4 > b.n)
                        break;
                marker = b.p[at + 1];
                if (marker == 0xd9)
                        return size_seen ? at + 2 : 0;
                if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
                        at += 2;
                        continue;
                }
                uint16_t n = vet_be16(b, at + 2);
                if (n < 2 || at + 2 + n > b.n || marker == 0 || marker == 0xd8)
                        return 0;
                if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
                        if (first)
                                note_size(vet, vet_be16(b, at + 7), vet_be16(b, at + 5));
                        size_seen = true;
                }
                at += 2u + n;
                if (marker != 0xda)
                        continue;
                while (at + 1 < b.n) { /* entropy-coded data: up to a marker that is neither a stuffed byte nor a restart */
                        const uint8_t *ff = memchr(b.p + at, 0xff, b.n - 1 - at);
                        if (!ff)
                                return 0;
                        at = (size_t)(ff - b.p);
                        if (b.p[at + 1] != 0 && (b.p[at + 1] < 0xd0 || b.p[at + 1] > 0xd7) && b.p[at + 1] != 0xff)
                                break;
                        at += b.p[at + 1] == 0xff ? 1 : 2;
                }
        }
        if (at + 2 == b.n && vet_has(b, at, "\xff\xd9", 2) && size_seen)
                return b.n;
        return 0;
}

static void jpeg(Vet *vet, VetBytes b) {
        size_t at = 0;

        for (unsigned count = 0; count < 16; count++) { /* cameras append a preview, and a second picture (CIPA DC-007) */
                at = jpeg_one(vet, b, at, count == 0);
                if (at == 0) {
                        damaged(vet);
                        return;
                }
                size_t next = at;
                while (next < b.n && next - at < 65536 && b.p[next] == 0)
                        next++;
                if (!vet_has(b, next, "\xff\xd8\xff", 3))
                        break;
                at = next;
        }
        note_end(vet, b, at);
}

static size_t gif_blocks(VetBytes b, size_t at) {
        while (at < b.n && b.p[at] != 0)
                at += 1u + b.p[at];
        return at + 1;
}

static void gif(Vet *vet, VetBytes b) { /* GIF89a, W3C copy */
        size_t at = 13;

        note_size(vet, vet_u16(b, 6), vet_u16(b, 8));
        if (b.n < 14) {
                damaged(vet);
                return;
        }
        if (b.p[10] & 0x80)
                at += 3u << ((b.p[10] & 7) + 1);
        for (unsigned frames = 0; at < b.n;) {
                if (b.p[at] == 0x3b) {
                        if (frames == 0)
                                damaged(vet);
                        note_end(vet, b, at + 1);
                        return;
                }
                if (b.p[at] == 0x21)
                        at = gif_blocks(b, at + 2);
                else if (b.p[at] == 0x2c && at + 10 < b.n) {
                        size_t table = b.p[at + 9] & 0x80 ? 3u << ((b.p[at + 9] & 7) + 1) : 0;
                        at = gif_blocks(b, at + 10 + table + 1);
                        frames++;
                } else
                        break;
        }
        damaged(vet);
}

static void webp(Vet *vet, VetBytes b) { /* RFC 9649 */
        size_t at = 12, end = (size_t)vet_u32(b, 4) + 8;
        bool seen = false;

        if (end > b.n || end < 20) {
                damaged(vet);
                return;
        }
        while (at + 8 <= end) {
                uint32_t n = vet_u32(b, at + 4);
                VetBytes d = vet_part(b, at + 8, n);
                if (d.n < n || at + 8 + (size_t)n > end) {
                        damaged(vet);
                        return;
                }
                if (vet_has(b, at, "VP8X", 4) && n >= 10)
                        note_size(vet, (vet_u32(d, 4) & 0xffffff) + 1, (uint32_t)(d.p[7] | d.p[8] << 8 | d.p[9] << 16) + 1);
                else if (vet_has(b, at, "VP8L", 4) && n >= 5)
                        note_size(vet, (vet_u32(d, 1) & 0x3fff) + 1, (vet_u32(d, 1) >> 14 & 0x3fff) + 1);
                else if (vet_has(b, at, "VP8 ", 4) && n >= 10)
                        note_size(vet, vet_u16(d, 6) & 0x3fff, vet_u16(d, 8) & 0x3fff);
                seen = seen || vet_has(b, at, "VP8L", 4) || vet_has(b, at, "VP8 ", 4) || vet_has(b, at, "ANMF", 4);
                at += 8 + (size_t)n + (n & 1);
        }
        if (!seen || (at != end && at != end + 1))
                damaged(vet);
        note_end(vet, b, end);
}

static void bmp(Vet *vet, VetBytes b) { /* BITMAPFILEHEADER and the header behind it */
        bool old = vet_u32(b, 14) == 12;
        uint32_t width = old ? vet_u16(b, 18) : vet_u32(b, 18), height = old ? vet_u16(b, 20) : vet_u32(b, 22);
        uint32_t bits = old ? vet_u16(b, 24) : vet_u16(b, 28), size = vet_u32(b, 2), packing = old ? 0 : vet_u32(b, 30);

        if ((int32_t)height < 0 && height != (uint32_t)INT32_MIN)
                height = (uint32_t)-(int32_t)height;
        note_size(vet, width, height);
        if (size != 0 && size > b.n)
                damaged(vet);
        else if (packing == 0 || packing == 3) { /* the pixels' size is known */
                uint64_t need = (((uint64_t)width * bits + 31) / 32 * 4) * height + vet_u32(b, 10);
                if (need > b.n)
                        damaged(vet);
                else if (b.n - need > 65536 && vet_u32(b, 14) < 124)
                        vet_find(vet, POLICY_FIND_TRAILING);
        }
        if (size != 0)
                note_end(vet, b, size < b.n ? size : b.n);
}

/* Directories of TIFF 6.0: a chain, each with entries of 12 bytes; none may point outside. */
static void tiff(Vet *vet, VetBytes b) {
        bool big = b.p[0] == 'M';
        size_t at = big ? vet_be32(b, 4) : vet_u32(b, 4);
        unsigned count = 0;

        while (at != 0) {
                unsigned n = big ? vet_be16(b, at) : vet_u16(b, at);
                uint32_t width = 0, height = 0;
                if (at + 2 + 12u * n + 4 > b.n || n == 0 || count++ > 1000) {
                        damaged(vet);
                        return;
                }
                for (unsigned i = 0; i < n; i++) {
                        size_t e = at + 2 + 12u * i;
                        uint16_t tag = big ? vet_be16(b, e) : vet_u16(b, e), kind = big ? vet_be16(b, e + 2) : vet_u16(b, e + 2);
                        uint32_t value = kind == 3 ? (big ? vet_be16(b, e + 8) : vet_u16(b, e + 8)) : (big ? vet_be32(b, e + 8) : vet_u32(b, e + 8));
                        width = tag == 256 ? value : width;
                        height = tag == 257 ? value : height;
                }
                note_size(vet, width, height);
                at = big ? vet_be32(b, at + 2 + 12u * n) : vet_u32(b, at + 2 + 12u * n);
        }
        if (count == 0)
                damaged(vet);
}

uint32_t vet_image(Vet *vet, VetBytes b, uint32_t type) {
        switch (type) {
        case POLICY_TYPE_PNG: png(vet, b); break;
        case POLICY_TYPE_JPEG: jpeg(vet, b); break;
        case POLICY_TYPE_GIF: gif(vet, b); break;
        case POLICY_TYPE_WEBP: webp(vet, b); break;
        case POLICY_TYPE_BMP: bmp(vet, b); break;
        case POLICY_TYPE_TIFF: tiff(vet, b); break;
        default: vet_doubt(vet, POLICY_DOUBT_UNSUPPORTED); break;
        }
        return type;
}
