/* compile-keys: tables that describe every key once, and the check and the reading that they drive.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-json.h"
#include <stdbool.h>
#include <stdint.h>

typedef enum CompileKeyType {
        COMPILE_KEY_STRING,
        COMPILE_KEY_WORD,     /* one of words */
        COMPILE_KEY_CHOICE,   /* one of words, or an object with keys of its own */
        COMPILE_KEY_NUMBER,
        COMPILE_KEY_BOOL,
        COMPILE_KEY_STRINGS,
        COMPILE_KEY_WORDS,
        COMPILE_KEY_NUMBERS,
        COMPILE_KEY_OBJECT,   /* its keys stand in the same table, with its path and a dot before them */
        COMPILE_KEY_FREE,     /* an object that is handed on as it is */
} CompileKeyType;

typedef struct CompileKey {
        const char *path;
        CompileKeyType type;
        bool required, repeats;        /* repeats: entries of a list may be equal */
        int64_t min, max;              /* of a number; max is also the most items of a list, or the most bytes of a string */
        const char *fallback;          /* what stands where the key is absent; NULL = nothing */
        const char *const *words;      /* ends with NULL */
        bool (*valid)(const char *);   /* of a string, or of each string of a list */
        const char *expected, *about;
} CompileKey; /* a table of them ends with path NULL */

/* The whole document against the table. 0 or -EINVAL. */
int compile_keys_check(const CompileDocument *doc, const CompileKey *keys, CompileProblem *problem);

/* After compile_keys_check only. The value, NULL where the file does not have it. */
json_t *compile_keys_get(const CompileDocument *doc, const char *path);
uint32_t compile_keys_number(const CompileDocument *doc, const CompileKey *keys, const char *path);
bool compile_keys_bool(const CompileDocument *doc, const CompileKey *keys, const char *path);
/* The string, or the fallback, or "". */
const char *compile_keys_string(const CompileDocument *doc, const CompileKey *keys, const char *path);
/* The index of the word in the key's words. */
uint32_t compile_keys_word(const CompileDocument *doc, const CompileKey *keys, const char *path);
