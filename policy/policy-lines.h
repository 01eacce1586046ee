/* policy-lines: signed text: lines of "word value value", read strictly and written in one form only.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "base/base-wire.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POLICY_LINE_MAX 250       /* bytes of a line without its newline */
#define POLICY_HASH 32            /* SHA-256, and an Ed25519 public key */
#define POLICY_NUMBER_MAX 1000000000000ull /* of any number in such a file */

/* The first failure sticks, as in base-wire. A reader takes lines in the order that their format has; what it accepts in more than one
 * form (leading zeros, a day too many) does not matter: every decoder encodes again and compares. */
typedef struct PolicyLines {
        const char *bytes;
        size_t n, at;
        bool failed;
        char line[POLICY_LINE_MAX + 1]; /* the line taken last ... */
        const char *field;              /* ... and its next field */
} PolicyLines;

void policy_lines_init(PolicyLines *l, const void *bytes, size_t n);
/* Takes the next line if this is its first word. Lines are visible UTF-8. False at another word: nothing is taken, nothing fails. */
bool policy_lines_take(PolicyLines *l, const char *word);
/* The same; another word is a failure. */
void policy_lines_need(PolicyLines *l, const char *word);
/* The next field of the line. One that is not there or has another form is a failure, and 0 or "". */
uint64_t policy_lines_number(PolicyLines *l);
int64_t policy_lines_time(PolicyLines *l);                       /* 2026-11-22T16:50:00Z */
void policy_lines_hash(PolicyLines *l, uint8_t ret[POLICY_HASH]);
void policy_lines_word(PolicyLines *l, char *ret, size_t size);  /* [a-z0-9][a-z0-9._-]*, shorter than size */
void policy_lines_rest(PolicyLines *l, char *ret, size_t size);  /* what is left of the line: at least one byte */
/* A failure unless the line has no field left. */
void policy_lines_end(PolicyLines *l);

bool policy_word_valid(const char *word, size_t max);
void policy_hex(const uint8_t *bytes, size_t n, char *ret /* [2 n + 1] */);
bool policy_unhex(const char *hex, uint8_t *ret, size_t n);      /* exactly 2 n lower-case digits */
#define POLICY_TIME_MAX 24
bool policy_time_parse(const char *text, int64_t *ret);
void policy_time_text(int64_t t, char ret[POLICY_TIME_MAX]);
/* printf into a writer; the first failure sticks. */
void policy_lines_print(BaseWriter *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
