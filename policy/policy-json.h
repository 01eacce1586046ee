/* policy-json: JSON with comments: loads a text, and finds a key's place in it again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-problem.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct PolicyDocument {
        char file[256];
        const char *bytes; /* the caller's: they must outlive this */
        size_t n;
        char *text;        /* with comments blanked, while it is looked at: positions are the file's */
        json_t *root; /* an object */
} PolicyDocument;

/* 0, -EINVAL (problem says why), -ENOMEM. UTF-8, no duplicate keys, at most 8 levels. */
int policy_json_load(PolicyDocument *doc, const char *file, const char *bytes, size_t n, PolicyProblem *problem);
void policy_json_done(PolicyDocument *doc);
/* "file:line:column: path: sentence"; path is "" or like "limits.pids" or "run[2]". Always -EINVAL. */
int policy_json_problem(const PolicyDocument *doc, PolicyProblem *problem, const char *path, const char *format, ...)
        __attribute__((format(printf, 4, 5)));
/* The deepest place of the path that is there, from 1; false where that is not the whole path. */
bool policy_json_place(const PolicyDocument *doc, const char *path, unsigned *ret_line, unsigned *ret_column);
