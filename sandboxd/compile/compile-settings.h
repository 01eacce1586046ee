/* compile-settings: /etc/hanare/hanare.jsonc into the table's settings.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-keys.h"
#include "sandboxd/compile/compile-parts.h"

void compile_settings_read(CompileParts *parts, const PolicySetItem *item);
/* /etc/subuid or /etc/subgid: refuses where a range touches the zones' ids. */
void compile_settings_check_subuid(CompileParts *parts, const CompileInput *input);
