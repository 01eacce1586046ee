/* compile-json: one kind, or the settings, as the layers made it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-set.h"
#include "sandboxd/compile/compile-problem.h"

typedef struct CompileDocument {
        const PolicySetItem *item;
        json_t *root; /* the merged object */
} CompileDocument;

/* "file:line:column: path: sentence", in the most specific file that has the path; path is "" or like "limits.pids" or "run[2]".
 * Always -EINVAL. */
#define compile_json_problem(doc, problem, ...) policy_set_problem((doc)->item, problem, __VA_ARGS__)
