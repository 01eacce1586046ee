/* compile-names: the name rules of a kind: whom it reaches, whom never.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-json.h"
#include "sandboxd/compile/compile-parts.h"

/* Reads network.allow, network.deny and network.strict. The kind's flags, ports and sites are there already. Sets parts->error. */
void compile_names_read(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc);
