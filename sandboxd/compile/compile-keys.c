/* compile-keys: tables that describe every key once, and the check and the reading that they drive.
 * Runs as: compile.  Input: a loaded document.  Must not: accept a key that no table names.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-keys.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_KEYS 64
#define PATH_ROOM 128

typedef struct Check {
        const CompileDocument *doc;
        const CompileKey *keys;
        CompileProblem *problem;
} Check;

static const CompileKey *find(const CompileKey *keys, const char *path) {
        for (; keys->path; keys++)
                if (strcmp(keys->path, path) == 0)
                        return keys;
        return NULL;
}

static int wrong(const Check *c, const char *path, const CompileKey *key, const char *what) {
        return compile_json_problem(c->doc, c->problem, path, "%s; expected %s", what, key->expected);
}

/* Names of the keys that may stand beside path, for "did you mean". */
static const char *nearest_key(const CompileKey *keys, const char *path) {
        const char *dot = strrchr(path, '.'), *names[MAX_KEYS + 1];
        size_t n = 0, prefix = dot ? (size_t)(dot - path) + 1 : 0;

        for (; keys->path && n < MAX_KEYS; keys++)
                if (strncmp(keys->path, path, prefix) == 0 && !strchr(keys->path + prefix, '.'))
                        names[n++] = keys->path + prefix;
        names[n] = NULL;
        return compile_problem_nearest(path + prefix, names);
}

static int check_word(const Check *c, const CompileKey *key, const char *path, const char *word) {
        const char *near;

        for (const char *const *w = key->words; *w; w++)
                if (strcmp(*w, word) == 0)
                        return 0;
        near = compile_problem_nearest(word, key->words);
        if (near)
                return compile_json_problem(c->doc, c->problem, path, "\"%.40s\" is not known here; expected %s; did you mean \"%s\"?", word, key->expected, near);
        return compile_json_problem(c->doc, c->problem, path, "\"%.40s\" is not known here; expected %s", word, key->expected);
}

static int check_string(const Check *c, const CompileKey *key, const char *path, const json_t *value) {
        const char *text = json_string_value(value);

        if (!text)
                return wrong(c, path, key, "this is not a text");
        if (key->words)
                return check_word(c, key, path, text);
        if (key->type == COMPILE_KEY_STRING && json_string_length(value) > (size_t)key->max)
                return wrong(c, path, key, "this text is too long");
        if (key->valid && !key->valid(text))
                return compile_json_problem(c->doc, c->problem, path, "\"%.80s\" is not valid here; expected %s", text, key->expected);
        return 0;
}

static int check_number(const Check *c, const CompileKey *key, const char *path, const json_t *value, int64_t min, int64_t max) {
        if (!json_is_integer(value))
                return wrong(c, path, key, "this is not a whole number");
        if (json_integer_value(value) < min || json_integer_value(value) > max)
                return compile_json_problem(c->doc, c->problem, path, "%lld is out of range; expected %s", (long long)json_integer_value(value), key->expected);
        return 0;
}

static int check_list(const Check *c, const CompileKey *key, const char *path, const json_t *value) {
        char item[PATH_ROOM + 24];

        if (!json_is_array(value))
                return wrong(c, path, key, "this is not a list");
        if (json_array_size(value) > (size_t)key->max)
                return compile_json_problem(c->doc, c->problem, path, "%zu entries are too many; expected at most %lld", json_array_size(value), (long long)key->max);
        for (size_t i = 0; i < json_array_size(value); i++) {
                const json_t *one = json_array_get(value, i);
                int r;
                snprintf(item, sizeof item, "%s[%zu]", path, i);
                r = key->type == COMPILE_KEY_NUMBERS ? check_number(c, key, item, one, key->min, UINT16_MAX) : check_string(c, key, item, one);
                if (r < 0)
                        return r;
                for (size_t j = 0; j < i; j++)
                        if (json_equal(json_array_get(value, j), one) && !key->repeats)
                                return wrong(c, item, key, "this entry is listed twice");
        }
        return 0;
}

static int check_object(const Check *c, const char *path, json_t *object);

static int check_value(const Check *c, const CompileKey *key, const char *path, json_t *value) {
        switch (key->type) {
        case COMPILE_KEY_STRING:
        case COMPILE_KEY_WORD:
                return check_string(c, key, path, value);
        case COMPILE_KEY_CHOICE:
                return json_is_object(value) ? check_object(c, path, value) : check_string(c, key, path, value);
        case COMPILE_KEY_NUMBER:
                return check_number(c, key, path, value, key->min, key->max);
        case COMPILE_KEY_BOOL:
                return json_is_boolean(value) ? 0 : wrong(c, path, key, "this is not true or false");
        case COMPILE_KEY_STRINGS:
        case COMPILE_KEY_WORDS:
        case COMPILE_KEY_NUMBERS:
                return check_list(c, key, path, value);
        case COMPILE_KEY_OBJECT:
                return json_is_object(value) ? check_object(c, path, value) : wrong(c, path, key, "this is not an object");
        case COMPILE_KEY_FREE:
                return json_is_object(value) ? 0 : wrong(c, path, key, "this is not an object");
        }
        return -EINVAL;
}

static int unknown(const Check *c, const char *path) {
        const char *near = nearest_key(c->keys, path);

        if (near)
                return compile_json_problem(c->doc, c->problem, path, "this key is unknown; did you mean \"%s\"?", near);
        return compile_json_problem(c->doc, c->problem, path, "this key is unknown; expected a key of hanare-kinds(5) or hanare.jsonc(5)");
}

/* Keys that must be there, once their object is. */
static int check_required(const Check *c, const char *path, const json_t *object) {
        size_t prefix = path[0] ? strlen(path) + 1 : 0;

        for (const CompileKey *key = c->keys; key->path; key++) {
                if (!key->required || strncmp(key->path, path, prefix ? prefix - 1 : 0) != 0 || (prefix && key->path[prefix - 1] != '.') ||
                    strchr(key->path + prefix, '.'))
                        continue;
                if (!json_object_get(object, key->path + prefix))
                        return compile_json_problem(c->doc, c->problem, path, "the key \"%s\" is missing; expected %s", key->path, key->expected);
        }
        return 0;
}

static int check_object(const Check *c, const char *path, json_t *object) {
        char inner[PATH_ROOM];
        const char *name;
        json_t *value;

        json_object_foreach(object, name, value) {
                const CompileKey *key;
                int r;
                if (snprintf(inner, sizeof inner, "%s%s%s", path, path[0] ? "." : "", name) >= (int)sizeof inner || strchr(name, '.') || strchr(name, '['))
                        return compile_json_problem(c->doc, c->problem, path, "the key \"%.40s\" is unknown", name);
                key = find(c->keys, inner);
                r = key ? check_value(c, key, inner, value) : unknown(c, inner);
                if (r < 0)
                        return r;
        }
        return check_required(c, path, object);
}

int compile_keys_check(const CompileDocument *doc, const CompileKey *keys, CompileProblem *problem) {
        Check c = { doc, keys, problem };
        return check_object(&c, "", doc->root);
}

json_t *compile_keys_get(const CompileDocument *doc, const char *path) {
        json_t *at = doc->root;
        char name[PATH_ROOM];

        while (at && *path) {
                size_t n = strcspn(path, ".");
                if (n >= sizeof name)
                        return NULL;
                memcpy(name, path, n);
                name[n] = '\0';
                at = json_object_get(at, name); /* NULL where at is no object */
                path += n + (path[n] == '.');
        }
        return at;
}

uint32_t compile_keys_number(const CompileDocument *doc, const CompileKey *keys, const char *path) {
        const json_t *value = compile_keys_get(doc, path);
        const CompileKey *key = find(keys, path);

        return value ? (uint32_t)json_integer_value(value) : key && key->fallback ? (uint32_t)strtoul(key->fallback, NULL, 10) : 0;
}

bool compile_keys_bool(const CompileDocument *doc, const CompileKey *keys, const char *path) {
        const json_t *value = compile_keys_get(doc, path);
        const CompileKey *key = find(keys, path);

        return value ? json_is_true(value) : key && key->fallback && strcmp(key->fallback, "true") == 0;
}

const char *compile_keys_string(const CompileDocument *doc, const CompileKey *keys, const char *path) {
        const json_t *value = compile_keys_get(doc, path);
        const CompileKey *key = find(keys, path);

        if (value && json_is_string(value))
                return json_string_value(value);
        return key && key->fallback ? key->fallback : "";
}

uint32_t compile_keys_word(const CompileDocument *doc, const CompileKey *keys, const char *path) {
        const char *word = compile_keys_string(doc, keys, path);
        const CompileKey *key = find(keys, path);

        for (uint32_t i = 0; key && key->words[i]; i++)
                if (strcmp(key->words[i], word) == 0)
                        return i;
        return 0;
}
