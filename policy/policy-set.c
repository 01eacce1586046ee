/* policy-set: all policy files of a machine: loaded, checked, merged layer by layer.
 * Runs as: anyone (pure).  Input: bytes of policy files.  Must not: give a set when one file of it is wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-set.h"
#include "policy/policy-table.h"
#include "policy/policy-storage.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *keep(PolicySetItem *item, const char *text) {
        size_t n = strlen(text) + 1;
        char *copy = policy_storage_take(&item->storage, n, 1);
        return copy ? memcpy(copy, text, n) : NULL;
}

/* The pairs of a free object. */
static int read_members(PolicySetItem *item, json_t *object, PolicyValue *ret_value) {
        const char **items = policy_storage_take(&item->storage, 2 * json_object_size(object), sizeof *items), *name;
        uint32_t n = 0;
        json_t *value;

        if (!items)
                return -ENOMEM;
        json_object_foreach(object, name, value) {
                char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
                items[n] = name; /* lives as long as the document */
                items[n + 1] = text ? keep(item, text) : NULL;
                free(text);
                if (!items[n + 1])
                        return -ENOMEM;
                n += 2;
        }
        *ret_value = (PolicyValue){ .n = n, .items = items };
        return 0;
}

static int read_list(PolicySetItem *item, const PolicyKey *key, json_t *list, PolicyValue *ret_value) {
        const char **items = policy_storage_take(&item->storage, json_array_size(list), sizeof *items);
        char number[24];

        if (!items)
                return -ENOMEM;
        for (size_t i = 0; i < json_array_size(list); i++) {
                const json_t *one = json_array_get(list, i);
                if (key->type != POLICY_KEY_NUMBERS) {
                        items[i] = json_string_value(one);
                        continue;
                }
                snprintf(number, sizeof number, "%lld", (long long)json_integer_value(one));
                items[i] = keep(item, number);
                if (!items[i])
                        return -ENOMEM;
        }
        *ret_value = (PolicyValue){ .n = (uint32_t)json_array_size(list), .items = items };
        return 0;
}

static int read_value(PolicySetItem *item, const PolicyKey *key, json_t *json, PolicyValue *ret_value) {
        const char **text;

        if (key->type == POLICY_KEY_FREE)
                return read_members(item, json, ret_value);
        if (json_is_array(json))
                return read_list(item, key, json, ret_value);
        if (json_is_integer(json) || json_is_boolean(json)) {
                *ret_value = (PolicyValue){ .number = json_is_integer(json) ? json_integer_value(json) : json_is_true(json) };
                return 0;
        }
        text = policy_storage_take(&item->storage, 1, sizeof *text);
        if (!text)
                return -ENOMEM;
        text[0] = json_is_object(json) ? json_string_value(json_object_get(json, "program")) : json_string_value(json);
        *ret_value = (PolicyValue){ .n = 1, .items = text };
        return 0;
}

static bool listed(json_t *root, const char *list, const char *path) {
        const json_t *one;
        size_t i;

        json_array_foreach(json_object_get(root, list), i, one)
                if (strcmp(json_string_value(one), path) == 0)
                        return true;
        return false;
}

static PolicyLevel level_of(json_t *root, const PolicyKey *key, PolicyLayer layer) {
        if (listed(root, "mandatory", key->path))
                return POLICY_MANDATORY;
        if (layer == POLICY_LAYER_VENDOR || layer == POLICY_LAYER_USER || listed(root, "recommended", key->path))
                return POLICY_RECOMMENDED;
        return key->level;
}

static size_t count_keys(PolicyKeyFile file) {
        size_t n = 0;

        for (const PolicyKey *key = policy_keys; key->path; key++)
                n += key->file == file && policy_keys_has_value(key);
        return n;
}

/* Entries stand key by key, and those of one key in the order of the documents. */
static int read_entries(PolicySetItem *item, PolicyProblem *problem) {
        item->entries = policy_storage_take(&item->storage, count_keys(item->file) * item->n_documents, sizeof *item->entries);
        if (!item->entries)
                return -ENOMEM;
        for (const PolicyKey *key = policy_keys; key->path; key++) {
                if (key->file != item->file || !policy_keys_has_value(key))
                        continue;
                for (size_t d = 0; d < item->n_documents; d++) {
                        json_t *json = policy_check_get(item->documents[d].root, key->path);
                        PolicyEntry *e = &item->entries[item->n_entries];
                        if (!json)
                                continue;
                        if (!(key->layers & POLICY_LAYER_BIT(item->layers[d])))
                                return policy_json_problem(&item->documents[d], problem, key->path, "a file of the %s layer cannot set this; expected it in another layer",
                                                           policy_layer_names[item->layers[d]]);
                        *e = (PolicyEntry){ .key = key, .layer = item->layers[d], .level = level_of(item->documents[d].root, key, item->layers[d]), .document = (uint32_t)d };
                        if (read_value(item, key, json, &e->value) < 0)
                                return -ENOMEM;
                        item->n_entries++;
                }
        }
        return 0;
}

static int refuse(const PolicySetItem *item, const PolicyMerged *m, PolicyProblem *problem) {
        const char *file;
        unsigned line, column;

        policy_set_place(item, m->bound, &file, &line, &column);
        return policy_json_problem(&item->documents[m->refused->document], problem, m->key->path,
                                   "this would loosen what %s:%u:%u of the %s layer made mandatory; expected the same or something tighter", file, line, column,
                                   policy_layer_names[m->bound->layer]);
}

static int merge(PolicySetItem *item, PolicyProblem *problem) {
        size_t at = 0;

        item->merged = policy_storage_take(&item->storage, count_keys(item->file), sizeof *item->merged);
        if (!item->merged)
                return -ENOMEM;
        for (const PolicyKey *key = policy_keys; key->path; key++) {
                PolicyMerged *m = &item->merged[item->n_merged];
                size_t n = 0;
                if (key->file != item->file || !policy_keys_has_value(key))
                        continue;
                while (at + n < item->n_entries && item->entries[at + n].key == key)
                        n++;
                if (policy_merge_key(key, item->entries + at, n, &item->storage, m) < 0)
                        return -ENOMEM;
                if (m->refused)
                        return refuse(item, m, problem);
                at += n;
                item->n_merged++;
        }
        return 0;
}

static json_t *write_value(const PolicyMerged *m) {
        const PolicyValue *v = &m->value;
        json_t *json;

        switch (m->key->type) {
        case POLICY_KEY_NUMBER:
                return json_integer(v->number);
        case POLICY_KEY_BOOL:
                return json_boolean(v->number != 0);
        case POLICY_KEY_FREE:
                json = json_object();
                for (uint32_t i = 0; i + 1 < v->n; i += 2)
                        if (json_object_set_new(json, v->items[i], json_loads(v->items[i + 1], JSON_DECODE_ANY, NULL)) < 0) {
                                json_decref(json);
                                return NULL;
                        }
                return json;
        case POLICY_KEY_STRINGS:
        case POLICY_KEY_WORDS:
        case POLICY_KEY_NUMBERS:
                json = json_array();
                for (uint32_t i = 0; i < v->n; i++)
                        if (json_array_append_new(json, m->key->type == POLICY_KEY_NUMBERS ? json_integer(strtoll(v->items[i], NULL, 10)) : json_string(v->items[i])) < 0) {
                                json_decref(json);
                                return NULL;
                        }
                return json;
        default:
                if (m->key->type == POLICY_KEY_CHOICE && v->items[0][0] == '/')
                        return json_pack("{s:s}", "program", v->items[0]);
                return json_string(v->items[0]);
        }
}

/* Most values are just what one file says: then they are that file's own. */
static json_t *take_value(const PolicySetItem *item, const PolicyMerged *m) {
        if (m->value.items == m->from->value.items)
                return json_incref(policy_check_get(item->documents[m->from->document].root, m->key->path));
        return write_value(m);
}

/* The merged values as one object, as if one file had said them all. Paths have at most one dot. */
static int write_root(PolicySetItem *item) {
        item->root = json_object();
        for (size_t i = 0; i < item->n_merged; i++) {
                const PolicyMerged *m = &item->merged[i];
                const char *dot = strchr(m->key->path, '.');
                char parent[64];
                json_t *at = item->root;
                if (!m->set)
                        continue;
                if (dot) {
                        snprintf(parent, sizeof parent, "%.*s", (int)(dot - m->key->path), m->key->path);
                        at = json_object_get(item->root, parent);
                        if (!at) {
                                json_object_set_new(item->root, parent, json_object());
                                at = json_object_get(item->root, parent);
                        }
                }
                if (json_object_set_new(at, dot ? dot + 1 : m->key->path, take_value(item, m)) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static const char empty[] = "{}";

/* "web" of ".../web.jsonc"; false where that is no name of a kind. */
static bool kind_of(const char *file, char ret_name[POLICY_MAX_NAME + 1]) {
        const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
        size_t n = strlen(name), end = strlen(".jsonc");

        if (n <= end || n - end > POLICY_MAX_NAME || strcmp(name + n - end, ".jsonc") != 0)
                return false;
        memcpy(ret_name, name, n - end);
        ret_name[n - end] = '\0';
        return policy_name_valid(ret_name);
}

/* All inputs of one name, from the first on. */
static int load_documents(PolicySetItem *item, const PolicySetInput *inputs, size_t n, PolicyProblem *problem) {
        const PolicySetInput none = { .file = item->file, .layer = POLICY_LAYER_SITE, .name = "hanare.jsonc", .bytes = empty, .n = 2 };

        item->documents = policy_storage_take(&item->storage, n + 1, sizeof *item->documents);
        item->layers = policy_storage_take(&item->storage, n + 1, sizeof *item->layers);
        if (!item->documents || !item->layers)
                return -ENOMEM;
        for (size_t i = 0; i <= n; i++) {
                const PolicySetInput *in = i < n ? &inputs[i] : &none;
                char name[POLICY_MAX_NAME + 1];
                int r;
                if (in->file != item->file || (i == n && item->n_documents > 0))
                        continue;
                if (item->file == POLICY_KEYS_KIND && (!kind_of(in->name, name) || strcmp(name, item->name) != 0))
                        continue;
                item->layers[item->n_documents] = in->layer;
                r = policy_json_load(&item->documents[item->n_documents++], in->name, in->bytes, in->n, problem);
                if (r == 0)
                        r = policy_check_document(&item->documents[item->n_documents - 1], in->file, problem);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int check_name(const PolicySetItem *item, PolicyProblem *problem) {
        const char *name = json_string_value(json_object_get(item->root, "name"));

        if (!name || strcmp(name, item->name) == 0)
                return 0;
        return policy_set_problem(item, problem, "name", "\"%s\" is not the file's name; expected the file %s.jsonc", name, name);
}

static int load_item(PolicySetItem *item, const PolicySetInput *inputs, size_t n, PolicyProblem *problem) {
        int r = load_documents(item, inputs, n, problem);

        if (r == 0)
                r = read_entries(item, problem);
        if (r == 0)
                r = merge(item, problem);
        if (r == 0)
                r = write_root(item);
        if (r == 0 && item->file == POLICY_KEYS_KIND)
                r = check_name(item, problem);
        return r == 0 ? policy_check_required(&item->documents[item->n_documents - 1], item->root, item->file, problem) : r;
}

int policy_set_load(const PolicySetInput *inputs, size_t n, PolicySet *ret_set, PolicyProblem *problem) {
        PolicySet set = { .items = calloc(n + 1, sizeof *set.items), .n = 1 };
        int r;

        if (!set.items)
                return -ENOMEM;
        set.items[0].file = POLICY_KEYS_SETTINGS;
        r = load_item(&set.items[0], inputs, n, problem);
        for (size_t i = 0; i < n && r == 0; i++) {
                PolicySetItem *item = &set.items[set.n];
                if (inputs[i].file != POLICY_KEYS_KIND)
                        continue;
                if (!kind_of(inputs[i].name, item->name)) {
                        r = policy_problem_set(problem, "%.120s: this file's name is not a kind's; expected a-z, then a-z, 0-9 or '-', at most 31, and .jsonc", inputs[i].name);
                        break;
                }
                if (policy_set_find(&set, POLICY_KEYS_KIND, item->name) >= 0)
                        continue;
                item->file = POLICY_KEYS_KIND;
                set.n++;
                r = load_item(item, inputs, n, problem);
        }
        if (r < 0)
                policy_set_done(&set);
        else
                *ret_set = set;
        return r;
}

void policy_set_done(PolicySet *set) {
        for (size_t i = 0; i < set->n; i++) {
                PolicySetItem *item = &set->items[i];
                for (size_t d = 0; d < item->n_documents; d++)
                        policy_json_done(&item->documents[d]);
                json_decref(item->root);
                policy_storage_free(item->storage);
        }
        free(set->items);
        *set = (PolicySet){ 0 };
}

int policy_set_find(const PolicySet *set, PolicyKeyFile file, const char *name) {
        for (size_t i = 0; i < set->n; i++)
                if (set->items[i].file == file && (file == POLICY_KEYS_SETTINGS || strcmp(set->items[i].name, name) == 0))
                        return (int)i;
        return -1;
}

const PolicyMerged *policy_set_value(const PolicySetItem *item, const char *path) {
        for (size_t i = 0; i < item->n_merged; i++)
                if (strcmp(item->merged[i].key->path, path) == 0)
                        return &item->merged[i];
        return NULL;
}

/* Defaults that are no plain text of the table. */
static bool special(const PolicySetItem *item, const PolicyKey *key, PolicyValue *ret_value) {
        static const char *const ports[] = { "443", "80" };
        static const char *const substitutes[] = { "memfd-noexec", "noswap", "landlock-scope" }; /* what Debian's own kernels need */

        if (strcmp(key->path, "network.ports") == 0) {
                const PolicyValue mode = policy_set_effective(item, policy_set_value(item, "network.mode"));
                const PolicyValue http = policy_set_effective(item, policy_set_value(item, "network.http"));
                *ret_value = (PolicyValue){ .n = !mode.items || strcmp(mode.items[0], "none") == 0 ? 0 : http.number ? 2 : 1, .items = ports };
        } else if (strcmp(key->path, "display") == 0) {
                const PolicyMerged *application = policy_set_value(item, "application");
                *ret_value = (PolicyValue){ .number = application->set && application->value.items[0][0] != '/' };
        } else if (strcmp(key->path, "permit_substitutes") == 0)
                *ret_value = (PolicyValue){ .n = 3, .items = substitutes };
        else
                return false;
        return true;
}

PolicyValue policy_set_effective(const PolicySetItem *item, const PolicyMerged *merged) {
        const PolicyKey *key = merged->key;
        PolicyValue value = { 0 };

        if (merged->set)
                return merged->value;
        if (!key->fallback || special(item, key, &value))
                return value;
        if (key->type == POLICY_KEY_NUMBER)
                value.number = strtoll(key->fallback, NULL, 10);
        else if (key->type == POLICY_KEY_BOOL)
                value.number = strcmp(key->fallback, "true") == 0;
        else
                value = (PolicyValue){ .n = 1, .items = &key->fallback };
        return value;
}

void policy_set_place(const PolicySetItem *item, const PolicyEntry *entry, const char **ret_file, unsigned *ret_line, unsigned *ret_column) {
        const PolicyDocument *doc = &item->documents[entry->document];

        *ret_file = doc->file;
        policy_json_place(doc, entry->key->path, ret_line, ret_column);
}

int policy_set_problem(const PolicySetItem *item, PolicyProblem *problem, const char *path, const char *format, ...) {
        size_t d = item->n_documents - 1;
        unsigned line, column;
        char what[400];
        va_list ap;

        while (d > 0 && !policy_json_place(&item->documents[d], path, &line, &column))
                d--;
        if (d == 0 && !policy_json_place(&item->documents[0], path, &line, &column))
                d = item->n_documents - 1;
        va_start(ap, format);
        vsnprintf(what, sizeof what, format, ap);
        va_end(ap);
        return policy_json_problem(&item->documents[d], problem, path, "%s", what);
}
