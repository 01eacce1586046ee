/* compile-tree: what every kind sees below /usr, and the files and directories every kind gets.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-parts.h"

/* Libraries, loader, locale; for a kind with a display also fonts, icons, toolkits. */
void compile_tree_add(CompileParts *parts, PolicyKind *kind);
/* etc/ as a zone needs it, environment, the home's directories. */
void compile_tree_add_files(CompileParts *parts, PolicyKind *kind);
