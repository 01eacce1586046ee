/* policy-problem: the one sentence that says why a policy was refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-message.h"

typedef struct PolicyProblem {
        char text[sizeof((PolicyMsgCompiled *)0)->text];
} PolicyProblem;

/* Formats the sentence once (the first problem stays), as valid UTF-8 without control characters. Always -EINVAL. */
int policy_problem_set(PolicyProblem *problem, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The word nearest to what was written, or NULL where none is near. words ends with NULL. */
const char *policy_problem_nearest(const char *written, const char *const *words);
