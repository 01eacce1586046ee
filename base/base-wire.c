/* base-wire: bounded little-endian encoding and decoding of plain records.
 * Runs as: anyone (pure).  Input: foreign bytes.  Must not: read past the end, trust a length.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-wire.h"
#include <stdlib.h>
#include <string.h>

void base_writer_init(BaseWriter *w, size_t max) {
        *w = (BaseWriter){ .max = max };
}

void base_writer_done(BaseWriter *w) {
        free(w->bytes);
        *w = (BaseWriter){ 0 };
}

void base_write_raw(BaseWriter *w, const void *p, size_t n) {
        if (w->failed || n > w->max - w->n) {
                w->failed = true;
                return;
        }
        if (n > w->size - w->n) {
                size_t size = w->size ? w->size : 256;
                while (size < w->n + n)
                        size *= 2;
                uint8_t *bytes = realloc(w->bytes, size);
                if (!bytes) {
                        w->failed = true;
                        return;
                }
                w->bytes = bytes;
                w->size = size;
        }
        if (n > 0)
                memcpy(w->bytes + w->n, p, n);
        w->n += n;
}

void base_write_u32(BaseWriter *w, uint32_t v) {
        uint8_t b[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };
        base_write_raw(w, b, sizeof b);
}

void base_write_u64(BaseWriter *w, uint64_t v) {
        base_write_u32(w, (uint32_t)v);
        base_write_u32(w, (uint32_t)(v >> 32));
}

void base_write_bytes(BaseWriter *w, const void *p, size_t n) {
        if (n > UINT32_MAX) {
                w->failed = true;
                return;
        }
        base_write_u32(w, (uint32_t)n);
        base_write_raw(w, p, n);
}

void base_write_string(BaseWriter *w, const char *s) {
        base_write_bytes(w, s, strlen(s) + 1);
}

void base_reader_init(BaseReader *r, const void *bytes, size_t n) {
        *r = (BaseReader){ .bytes = bytes, .n = n };
}

static const uint8_t *take(BaseReader *r, size_t n) {
        const uint8_t *p;

        if (r->failed || n > r->n - r->at) {
                r->failed = true;
                return NULL;
        }
        p = r->bytes + r->at;
        r->at += n;
        return p;
}

uint32_t base_read_u32(BaseReader *r) {
        const uint8_t *p = take(r, 4);
        return p ? (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24 : 0;
}

uint32_t base_read_u32_max(BaseReader *r, uint32_t max) {
        uint32_t v = base_read_u32(r);
        if (v > max) {
                r->failed = true;
                return 0;
        }
        return v;
}

uint64_t base_read_u64(BaseReader *r) {
        uint64_t low = base_read_u32(r);
        return low | (uint64_t)base_read_u32(r) << 32;
}

const uint8_t *base_read_bytes(BaseReader *r, size_t max, size_t *ret_n) {
        size_t n = base_read_u32(r);
        const uint8_t *p;

        if (n > max)
                r->failed = true;
        p = take(r, n);
        *ret_n = p ? n : 0;
        return p;
}

void base_read_raw(BaseReader *r, void *p, size_t n) {
        const uint8_t *from = take(r, n);
        if (from)
                memcpy(p, from, n);
        else
                memset(p, 0, n);
}

const char *base_read_string(BaseReader *r, size_t max) {
        size_t n;
        const uint8_t *p = base_read_bytes(r, max + 1, &n);

        if (!p || n == 0 || p[n - 1] != 0 || memchr(p, 0, n - 1)) {
                r->failed = true;
                return "";
        }
        return (const char *)p;
}

bool base_reader_end(const BaseReader *r) {
        return !r->failed && r->at == r->n;
}
