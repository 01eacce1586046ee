/* compile-browser: what both browsers share: merging of policies, arguments.
 * Runs as: compile.  Input: a checked kind file.  Must not: let a site's policy open a way past the gateway.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-browser.h"
#include "sandboxd/compile/compile-keys.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool listed(const char *const *words, const char *word) {
        for (; *words; words++)
                if (strcmp(*words, word) == 0)
                        return true;
        return false;
}

void compile_browser_merge(CompileParts *parts, const CompileDocument *doc, const char *path, json_t *ours, const char *const *forced) {
        json_t *site = compile_keys_get(doc, path), *value;
        const char *name;

        json_object_foreach(site, name, value) {
                if (listed(forced, name)) {
                        const char *full = compile_parts_text(parts, "%s.%s", path, name);
                        parts->error = compile_json_problem(doc, parts->problem, full ? full : path, "this policy is set by Hanare in every zone; expected another one");
                        return;
                }
                if (json_object_set(ours, name, value) < 0) {
                        parts->error = -ENOMEM;
                        return;
                }
        }
}

void compile_browser_add_json(CompileParts *parts, PolicyKind *kind, const char *path, json_t *object) {
        char *text = object ? json_dumps(object, JSON_INDENT(1) | JSON_SORT_KEYS) : NULL;

        if (text)
                compile_parts_add_text_file(parts, kind, path, text);
        else if (parts->error == 0)
                parts->error = -ENOMEM;
        free(text);
        json_decref(object);
}

void compile_browser_add_arguments(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc, const char *const *never) {
        const json_t *one;
        size_t i;

        json_array_foreach(compile_keys_get(doc, "arguments"), i, one) {
                const char *text = json_string_value(one);
                for (const char *const *n = never; *n; n++)
                        if (strncmp(text, *n, strlen(*n)) == 0) {
                                const char *path = compile_parts_text(parts, "arguments[%zu]", i);
                                parts->error = compile_json_problem(doc, parts->problem, path ? path : "arguments",
                                                                    "\"%.60s\" would weaken the browser or belongs to Hanare; expected another argument", text);
                                return;
                        }
                compile_parts_add(parts, &kind->args, POLICY_MAX_ARGS, "arguments", text);
        }
}
