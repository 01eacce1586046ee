/* compile-keys: reads the merged values by their paths.
 * Runs as: compile.  Input: a checked and merged document.  Must not: read a key that the table of keys does not have.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-keys.h"
#include <stdlib.h>
#include <string.h>

json_t *compile_keys_get(const CompileDocument *doc, const char *path) {
        return policy_check_get(doc->root, path);
}

static const char *fallback(const CompileDocument *doc, const char *path) {
        const PolicyKey *key = policy_keys_find(doc->item->file, path);
        return key && key->fallback ? key->fallback : "";
}

uint32_t compile_keys_number(const CompileDocument *doc, const char *path) {
        const json_t *value = compile_keys_get(doc, path);
        return value ? (uint32_t)json_integer_value(value) : (uint32_t)strtoul(fallback(doc, path), NULL, 10);
}

bool compile_keys_bool(const CompileDocument *doc, const char *path) {
        const json_t *value = compile_keys_get(doc, path);
        return value ? json_is_true(value) : strcmp(fallback(doc, path), "true") == 0;
}

const char *compile_keys_string(const CompileDocument *doc, const char *path) {
        const json_t *value = compile_keys_get(doc, path);
        return value && json_is_string(value) ? json_string_value(value) : fallback(doc, path);
}

uint32_t compile_keys_word(const CompileDocument *doc, const char *path) {
        const PolicyKey *key = policy_keys_find(doc->item->file, path);
        const char *word = compile_keys_string(doc, path);

        for (uint32_t i = 0; key && key->words[i]; i++)
                if (strcmp(key->words[i], word) == 0)
                        return i;
        return 0;
}
