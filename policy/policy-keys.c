/* policy-keys: finds keys in the table.
 * Runs as: anyone (pure).  Input: paths, also misspelt ones.  Must not: know a key that the table does not have.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-keys.h"
#include "policy/policy-problem.h"
#include <string.h>

#define MAX_KEYS 64

const char *const policy_layer_names[POLICY_LAYERS] = { "vendor", "site", "group", "user" };

/* Where the pattern "tests[].open" and the path "tests[12].open" are alike. */
static bool same_path(const char *pattern, const char *path) {
        for (; *pattern; pattern++, path++) {
                if (*pattern != *path)
                        return false;
                if (*pattern == '[')
                        while (path[1] >= '0' && path[1] <= '9')
                                path++;
        }
        return *path == '\0';
}

const PolicyKey *policy_keys_find(PolicyKeyFile file, const char *path) {
        for (const PolicyKey *key = policy_keys; key->path; key++)
                if (key->file == file && same_path(key->path, path))
                        return key;
        return NULL;
}

static size_t parent_length(const char *path) {
        const char *dot = strrchr(path, '.');
        return dot ? (size_t)(dot - path) + 1 : 0;
}

const char *policy_keys_nearest(PolicyKeyFile file, const char *path) {
        const char *names[MAX_KEYS + 1];
        size_t n = 0, prefix = parent_length(path);
        char parent[128] = "";

        if (prefix >= sizeof parent)
                return NULL;
        memcpy(parent, path, prefix);
        parent[prefix] = '\0';
        for (const PolicyKey *key = policy_keys; key->path && n < MAX_KEYS; key++) {
                size_t own = parent_length(key->path);
                char place[128] = "";
                if (key->file != file || own >= sizeof place)
                        continue;
                memcpy(place, key->path, own);
                place[own] = '\0';
                if (same_path(place, parent))
                        names[n++] = key->path + own;
        }
        names[n] = NULL;
        return policy_problem_nearest(path + prefix, names);
}

/* The program of an application belongs to the application's one value. */
static bool part_of_choice(const PolicyKey *key) {
        size_t n = parent_length(key->path);

        for (const PolicyKey *other = policy_keys; n > 0 && other->path; other++)
                if (other->file == key->file && other->type == POLICY_KEY_CHOICE && strlen(other->path) == n - 1 && strncmp(other->path, key->path, n - 1) == 0)
                        return true;
        return false;
}

bool policy_keys_has_value(const PolicyKey *key) {
        return key->type != POLICY_KEY_OBJECT && key->type != POLICY_KEY_OBJECTS && key->rule != POLICY_RULE_META && !strchr(key->path, '[') && !part_of_choice(key);
}
