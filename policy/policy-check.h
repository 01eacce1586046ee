/* policy-check: one policy file against the table of keys.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-json.h"
#include "policy/policy-keys.h"

/* Unknown keys, wrong sorts, ranges. A file that others lie below may leave keys out. 0, -ENOMEM, or -EINVAL with the first
 * problem: place, key, what was expected, the nearest known key. */
int policy_check_document(const PolicyDocument *doc, PolicyKeyFile file, PolicyProblem *problem);
/* Keys that must be there, once their object is; after all layers are merged into root. */
int policy_check_required(const PolicyDocument *doc, json_t *root, PolicyKeyFile file, PolicyProblem *problem);

/* The value at a path such as "limits.pids"; NULL where the object does not have it. */
json_t *policy_check_get(json_t *root, const char *path);
