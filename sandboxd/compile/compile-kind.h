/* compile-kind: one merged kind of policy into one kind of the table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-keys.h"
#include "sandboxd/compile/compile-parts.h"

/* Fills kind; parts->error says whether it worked. */
void compile_kind_read(CompileParts *parts, PolicyKind *kind, const PolicySetItem *item);
