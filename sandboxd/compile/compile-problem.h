/* compile-problem: the compiler's name for the one sentence that says why a policy was refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-problem.h"

typedef PolicyProblem CompileProblem;
#define compile_problem_set policy_problem_set
