/* compile-kind: one file of kinds.d into one kind of the table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-keys.h"
#include "sandboxd/compile/compile-parts.h"

extern const CompileKey compile_kind_keys[];

/* Fills kind; parts->error says whether it worked. */
void compile_kind_read(CompileParts *parts, PolicyKind *kind, const CompileInput *input);
