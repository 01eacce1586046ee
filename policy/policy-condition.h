/* policy-condition: room in a signed file for what later versions add: ramps, rings.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-limits.h"
#include "policy/policy-lines.h"

/* "must NAME VALUE": who does not know NAME refuses the file. "option NAME VALUE": who does not know it goes on. All of the first,
 * then all of the second, each ascending by name and no name twice. No name is known yet. */
#define POLICY_CONDITION_NAME 31
#define POLICY_CONDITION_VALUE 200
typedef struct PolicyConditions {
        unsigned n, n_must; /* the first n_must are "must" */
        struct PolicyCondition {
                char name[POLICY_CONDITION_NAME + 1], value[POLICY_CONDITION_VALUE + 1];
        } items[POLICY_MAX_CONDITIONS];
} PolicyConditions;

void policy_conditions_read(PolicyLines *l, PolicyConditions *ret);
void policy_conditions_write(BaseWriter *w, const PolicyConditions *c);
/* Accepted, or MUST. */
int policy_conditions_check(const PolicyConditions *c);

/* Three numbers below 1000, "0.1.0", as one that compares. */
uint64_t policy_lines_release(PolicyLines *l);
void policy_release_text(uint64_t release, char ret[16]);
bool policy_release_parse(const char *text, uint64_t *ret);
