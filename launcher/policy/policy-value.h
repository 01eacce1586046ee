/* policy-value: values of policy in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "launcher/cli/cli-json.h"
#include "policy/policy-merge.h"

/* One line, safe to show; long lists are cut. The caller frees. */
char *policy_value_text(const PolicyKey *key, const PolicyValue *value);
void policy_value_json(CliJson *json, const char *name, const PolicyKey *key, const PolicyValue *value);
