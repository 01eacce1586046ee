/* policy-schema: the table of keys as a JSON Schema, for editors.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-keys.h"

/* malloc'd text; NULL without memory. The same table gives the same bytes. */
char *policy_schema_text(PolicyKeyFile file);
