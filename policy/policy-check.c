/* policy-check: one policy file against the table of keys.
 * Runs as: anyone (pure).  Input: a loaded document.  Must not: accept a key that the table does not have.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-check.h"
#include "base/base-fd.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_ROOM 128

typedef struct Check {
        const PolicyDocument *doc;
        PolicyKeyFile file;
        PolicyProblem *problem;
} Check;

static int wrong(const Check *c, const char *path, const PolicyKey *key, const char *what) {
        return policy_json_problem(c->doc, c->problem, path, "%s; expected %s", what, key->expected);
}

static int check_word(const Check *c, const PolicyKey *key, const char *path, const char *word) {
        const char *near;

        for (const char *const *w = key->words; *w; w++)
                if (strcmp(*w, word) == 0)
                        return 0;
        near = policy_problem_nearest(word, key->words);
        if (near)
                return policy_json_problem(c->doc, c->problem, path, "\"%.40s\" is not known here; expected %s; did you mean \"%s\"?", word, key->expected, near);
        return policy_json_problem(c->doc, c->problem, path, "\"%.40s\" is not known here; expected %s", word, key->expected);
}

static int check_string(const Check *c, const PolicyKey *key, const char *path, const json_t *value) {
        const char *text = json_string_value(value);

        if (!text)
                return wrong(c, path, key, "this is not a text");
        if (key->words)
                return check_word(c, key, path, text);
        if (key->type == POLICY_KEY_STRING && json_string_length(value) > (size_t)key->max)
                return wrong(c, path, key, "this text is too long");
        if (key->valid && !key->valid(text))
                return policy_json_problem(c->doc, c->problem, path, "\"%.80s\" is not valid here; expected %s", text, key->expected);
        return 0;
}

static int check_number(const Check *c, const PolicyKey *key, const char *path, const json_t *value, int64_t min, int64_t max) {
        if (!json_is_integer(value))
                return wrong(c, path, key, "this is not a whole number");
        if (json_integer_value(value) < min || json_integer_value(value) > max)
                return policy_json_problem(c->doc, c->problem, path, "%lld is out of range; expected %s", (long long)json_integer_value(value), key->expected);
        return 0;
}

typedef struct Item {
        const json_t *value;
        size_t index;
} Item;

static int compare_values(const json_t *a, const json_t *b) {
        if (json_is_string(a))
                return strcmp(json_string_value(a), json_string_value(b));
        return (json_integer_value(a) > json_integer_value(b)) - (json_integer_value(a) < json_integer_value(b));
}

static int compare_items(const void *left, const void *right) {
        const Item *a = left, *b = right;
        int order = compare_values(a->value, b->value);
        return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* Lists can be long: sorted first. The entries are all texts, or all numbers. */
static int check_repeats(const Check *c, const PolicyKey *key, const char *path, const json_t *list) {
        size_t n = json_array_size(list);
        BASE_FREE Item *items = calloc(n + 1, sizeof *items);
        char item[PATH_ROOM + 24];

        if (!items)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                items[i] = (Item){ json_array_get(list, i), i };
        qsort(items, n, sizeof *items, compare_items);
        for (size_t i = 1; i < n; i++)
                if (compare_values(items[i - 1].value, items[i].value) == 0) {
                        snprintf(item, sizeof item, "%s[%zu]", path, items[i].index);
                        return wrong(c, item, key, "this entry is listed twice");
                }
        return 0;
}

static int check_object(const Check *c, const char *path, json_t *object);

static int check_list(const Check *c, const PolicyKey *key, const char *path, json_t *value) {
        char item[PATH_ROOM + 24];
        json_t *one;
        size_t i;

        if (!json_is_array(value))
                return wrong(c, path, key, "this is not a list");
        if (json_array_size(value) > (size_t)key->max)
                return policy_json_problem(c->doc, c->problem, path, "%zu entries are too many; expected at most %lld", json_array_size(value), (long long)key->max);
        json_array_foreach(value, i, one) {
                int r;
                snprintf(item, sizeof item, "%s[%zu]", path, i);
                if (key->type == POLICY_KEY_OBJECTS)
                        r = json_is_object(one) ? check_object(c, item, one) : wrong(c, item, key, "this is not an object");
                else
                        r = key->type == POLICY_KEY_NUMBERS ? check_number(c, key, item, one, key->min, UINT16_MAX) : check_string(c, key, item, one);
                if (r < 0)
                        return r;
        }
        return key->repeats || key->type == POLICY_KEY_OBJECTS ? 0 : check_repeats(c, key, path, value);
}

static int check_value(const Check *c, const PolicyKey *key, const char *path, json_t *value) {
        switch (key->type) {
        case POLICY_KEY_STRING:
        case POLICY_KEY_WORD:
                return check_string(c, key, path, value);
        case POLICY_KEY_CHOICE:
                return json_is_object(value) ? check_object(c, path, value) : check_string(c, key, path, value);
        case POLICY_KEY_NUMBER:
                return check_number(c, key, path, value, key->min, key->max);
        case POLICY_KEY_BOOL:
                return json_is_boolean(value) ? 0 : wrong(c, path, key, "this is not true or false");
        case POLICY_KEY_STRINGS:
        case POLICY_KEY_WORDS:
        case POLICY_KEY_NUMBERS:
        case POLICY_KEY_OBJECTS:
                return check_list(c, key, path, value);
        case POLICY_KEY_OBJECT:
                return json_is_object(value) ? check_object(c, path, value) : wrong(c, path, key, "this is not an object");
        case POLICY_KEY_FREE:
                return json_is_object(value) ? 0 : wrong(c, path, key, "this is not an object");
        }
        return -EINVAL;
}

static int unknown(const Check *c, const char *path) {
        const char *near = policy_keys_nearest(c->file, path);

        if (near)
                return policy_json_problem(c->doc, c->problem, path, "this key is unknown; did you mean \"%s\"?", near);
        return policy_json_problem(c->doc, c->problem, path, "this key is unknown; expected a key of hanare-kinds(5) or hanare.jsonc(5)");
}

static int check_object(const Check *c, const char *path, json_t *object) {
        char inner[PATH_ROOM];
        const char *name;
        json_t *value;

        json_object_foreach(object, name, value) {
                const PolicyKey *key;
                int r;
                if (snprintf(inner, sizeof inner, "%s%s%s", path, path[0] ? "." : "", name) >= (int)sizeof inner || strpbrk(name, ".[]"))
                        return policy_json_problem(c->doc, c->problem, path, "the key \"%.40s\" is unknown", name);
                key = policy_keys_find(c->file, inner);
                r = key ? check_value(c, key, inner, value) : unknown(c, inner);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* One level, the other, not both, and only of keys that this file has. */
static int check_levels(const Check *c) {
        static const char *const lists[] = { "mandatory", "recommended" };
        char item[PATH_ROOM];
        const json_t *one;
        size_t i;

        for (size_t l = 0; l < 2; l++)
                json_array_foreach(json_object_get(c->doc->root, lists[l]), i, one) {
                        snprintf(item, sizeof item, "%s[%zu]", lists[l], i);
                        if (!policy_check_get(c->doc->root, json_string_value(one)))
                                return policy_json_problem(c->doc, c->problem, item, "this file has no value for \"%.60s\"; expected a key that it sets", json_string_value(one));
                        for (size_t j = 0; l == 1 && j < json_array_size(json_object_get(c->doc->root, lists[0])); j++)
                                if (json_equal(json_array_get(json_object_get(c->doc->root, lists[0]), j), one))
                                        return policy_json_problem(c->doc, c->problem, item, "this key is mandatory above; expected it in one list");
                }
        return 0;
}

/* choices: only the keys of an object that stands for a word; else all. */
static int check_required(const PolicyDocument *doc, json_t *root, PolicyKeyFile file, bool choices, PolicyProblem *problem) {
        char parent[PATH_ROOM];

        for (const PolicyKey *key = policy_keys; key->path; key++) {
                const char *dot = strrchr(key->path, '.');
                size_t n = dot ? (size_t)(dot - key->path) : 0;
                const PolicyKey *own;
                const json_t *object;
                if (!key->required || key->file != file)
                        continue;
                memcpy(parent, key->path, n);
                parent[n] = '\0';
                own = n > 0 ? policy_keys_find(file, parent) : NULL;
                if (choices && (!own || own->type != POLICY_KEY_CHOICE))
                        continue;
                object = policy_check_get(root, parent);
                if (json_is_object(object) && !json_object_get(object, dot ? dot + 1 : key->path))
                        return policy_json_problem(doc, problem, parent, "the key \"%s\" is missing; expected %s", key->path, key->expected);
        }
        return 0;
}

int policy_check_required(const PolicyDocument *doc, json_t *root, PolicyKeyFile file, PolicyProblem *problem) {
        return check_required(doc, root, file, false, problem);
}

int policy_check_document(const PolicyDocument *doc, PolicyKeyFile file, PolicyProblem *problem) {
        Check c = { doc, file, problem };
        int r = check_object(&c, "", doc->root);

        if (r == 0)
                r = check_required(doc, doc->root, file, true, problem);
        return r < 0 || file != POLICY_KEYS_KIND ? r : check_levels(&c);
}

json_t *policy_check_get(json_t *root, const char *path) {
        json_t *at = root;
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
