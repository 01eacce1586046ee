/* policy-schema: the table of keys as a JSON Schema (draft 2020-12), for editors.
 * Runs as: anyone (pure).  Input: the table.  Must not: permit a key that the check refuses.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-schema.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_words(json_t *schema, const PolicyKey *key) {
        json_t *words = json_array();

        for (const char *const *w = key->words; w && *w; w++)
                json_array_append_new(words, json_string(*w));
        if (key->words)
                json_object_set(schema, "enum", words);
        json_decref(words);
}

static json_t *object_of(PolicyKeyFile file, const char *prefix);

static json_t *text_of(const PolicyKey *key) {
        json_t *schema = json_pack("{s:s}", "type", "string");

        add_words(schema, key);
        if (key->type == POLICY_KEY_STRING)
                json_object_set_new(schema, "maxLength", json_integer(key->max));
        return schema;
}

static json_t *list_of(const PolicyKey *key, json_t *items) {
        json_t *schema = json_pack("{s:s, s:o}", "type", "array", "items", items);

        json_object_set_new(schema, "maxItems", json_integer(key->max));
        if (!key->repeats && key->type != POLICY_KEY_OBJECTS)
                json_object_set_new(schema, "uniqueItems", json_true());
        return schema;
}

static json_t *schema_of(const PolicyKey *key) {
        char prefix[128];

        switch (key->type) {
        case POLICY_KEY_STRING:
        case POLICY_KEY_WORD:
                return text_of(key);
        case POLICY_KEY_CHOICE:
                snprintf(prefix, sizeof prefix, "%s.", key->path);
                return json_pack("{s:[o, o]}", "oneOf", text_of(key), object_of(key->file, prefix));
        case POLICY_KEY_NUMBER:
                return json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum", (json_int_t)key->min, "maximum", (json_int_t)key->max);
        case POLICY_KEY_BOOL:
                return json_pack("{s:s}", "type", "boolean");
        case POLICY_KEY_STRINGS:
        case POLICY_KEY_WORDS:
                return list_of(key, text_of(key));
        case POLICY_KEY_NUMBERS:
                return list_of(key, json_pack("{s:s, s:I, s:i}", "type", "integer", "minimum", (json_int_t)key->min, "maximum", 65535));
        case POLICY_KEY_OBJECT:
                snprintf(prefix, sizeof prefix, "%s.", key->path);
                return object_of(key->file, prefix);
        case POLICY_KEY_OBJECTS:
                snprintf(prefix, sizeof prefix, "%s[].", key->path);
                return list_of(key, object_of(key->file, prefix));
        case POLICY_KEY_FREE:
                return json_pack("{s:s}", "type", "object");
        }
        return NULL;
}

static json_t *object_of(PolicyKeyFile file, const char *prefix) {
        json_t *properties = json_object();
        size_t n = strlen(prefix);

        for (const PolicyKey *key = policy_keys; key->path; key++) {
                json_t *schema;
                if (key->file != file || strncmp(key->path, prefix, n) != 0 || strchr(key->path + n, '.'))
                        continue;
                schema = schema_of(key);
                json_object_set_new(schema, "description", json_pack("s+++", key->en, " / ", key->ja, ""));
                json_object_set_new(properties, key->path + n, schema);
        }
        return json_pack("{s:s, s:o, s:b}", "type", "object", "properties", properties, "additionalProperties", 0);
}

char *policy_schema_text(PolicyKeyFile file) {
        static const char *const titles[] = { "A kind of zone of Hanare (hanare-kinds(5))", "Settings of Hanare (hanare.jsonc(5))", "Tests of a policy (hanare-policy(1))" };
        json_t *schema = object_of(file, "");
        char *text;

        json_object_set_new(schema, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
        json_object_set_new(schema, "title", json_string(titles[file]));
        text = schema ? json_dumps(schema, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;
        json_decref(schema);
        return text;
}
