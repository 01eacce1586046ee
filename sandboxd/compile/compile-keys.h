/* compile-keys: reads the merged values by their paths.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-json.h"

/* The value; NULL where no layer has it. */
json_t *compile_keys_get(const CompileDocument *doc, const char *path);
/* These three know the default of the table of keys. */
uint32_t compile_keys_number(const CompileDocument *doc, const char *path);
bool compile_keys_bool(const CompileDocument *doc, const char *path);
const char *compile_keys_string(const CompileDocument *doc, const char *path);
/* The index of the word in the key's words. */
uint32_t compile_keys_word(const CompileDocument *doc, const char *path);
