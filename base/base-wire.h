/* base-wire: bounded little-endian encoding and decoding of plain records.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A writer grows up to its limit; a reader never reads past its end. The first failure sticks: check once at the end. */
typedef struct BaseWriter {
        uint8_t *bytes;
        size_t n, size, max;
        bool failed;
} BaseWriter;
typedef struct BaseReader {
        const uint8_t *bytes;
        size_t n, at;
        bool failed;
} BaseReader;

void base_writer_init(BaseWriter *w, size_t max);
void base_writer_done(BaseWriter *w);
void base_write_u32(BaseWriter *w, uint32_t v);
void base_write_u64(BaseWriter *w, uint64_t v);
void base_write_bytes(BaseWriter *w, const void *p, size_t n); /* length first (u32), then the bytes */
void base_write_raw(BaseWriter *w, const void *p, size_t n);
void base_write_string(BaseWriter *w, const char *s);          /* as bytes, with its NUL, so a reader can point into the buffer */

void base_reader_init(BaseReader *r, const void *bytes, size_t n);
uint32_t base_read_u32(BaseReader *r);                   /* 0 after a failure */
uint32_t base_read_u32_max(BaseReader *r, uint32_t max); /* fails where the value is larger */
uint64_t base_read_u64(BaseReader *r);
const uint8_t *base_read_bytes(BaseReader *r, size_t max, size_t *ret_n); /* points into the buffer */
void base_read_raw(BaseReader *r, void *p, size_t n);
/* NUL-terminated, no NUL inside, at most max bytes without the NUL; points into the buffer; "" after a failure. */
const char *base_read_string(BaseReader *r, size_t max);
/* True when nothing failed and every byte was read. */
bool base_reader_end(const BaseReader *r);
