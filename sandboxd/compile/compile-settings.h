/* compile-settings: /etc/hanare/hanare.jsonc into the table's settings.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-keys.h"
#include "sandboxd/compile/compile-parts.h"

extern const CompileKey compile_settings_keys[];

/* bytes NULL = the file is absent: the defaults. */
void compile_settings_read(CompileParts *parts, const CompileInput *input);
/* /etc/subuid or /etc/subgid: refuses where a range touches the zones' ids. */
void compile_settings_check_subuid(CompileParts *parts, const CompileInput *input);
