/* compile-browser: what a kind needs for its browser: program, arguments, policies, profile.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-json.h"
#include "sandboxd/compile/compile-parts.h"

#define COMPILE_HOME "/home/zone"
#define COMPILE_PROXY "127.0.0.1:3128" /* where the zone's gateway listens */
#define COMPILE_DOWNLOADS COMPILE_HOME "/Downloads"

void compile_chromium_add(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc);
void compile_firefox_add(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc);

/* Puts the site's own policies (the object `path`) over ours; a forced key there is a problem. forced ends with NULL. */
void compile_browser_merge(CompileParts *parts, const CompileDocument *doc, const char *path, json_t *ours, const char *const *forced);
/* Adds the object as a file, in one fixed order of keys; takes the reference. */
void compile_browser_add_json(CompileParts *parts, PolicyKind *kind, const char *path, json_t *object);
/* Adds the kind's own arguments; one that starts with an entry of never is a problem. never ends with NULL. */
void compile_browser_add_arguments(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc, const char *const *never);
