/* compile-json: JSON with comments: loads a text, and finds a key's place in it again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-problem.h"
#include <jansson.h>
#include <stddef.h>

typedef struct CompileDocument {
        char file[120];
        char *text;   /* comments blanked, so positions are the file's */
        size_t n;
        json_t *root; /* an object */
} CompileDocument;

/* 0, -EINVAL (problem says why), -ENOMEM. UTF-8, no duplicate keys, at most 8 levels. */
int compile_json_load(CompileDocument *doc, const char *file, const char *bytes, size_t n, CompileProblem *problem);
void compile_json_done(CompileDocument *doc);
/* "file:line:column: path: sentence"; path is "" or like "limits.pids" or "run[2]". Always -EINVAL. */
int compile_json_problem(const CompileDocument *doc, CompileProblem *problem, const char *path, const char *format, ...)
        __attribute__((format(printf, 4, 5)));
