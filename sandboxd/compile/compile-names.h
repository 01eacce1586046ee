/* compile-names: the name rules of a kind: whom it reaches, whom never.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-json.h"
#include "sandboxd/compile/compile-parts.h"
#include <stdbool.h>

/* For the key table: a rule as people write it, in any script and case. */
bool compile_names_valid(const char *text);
#define COMPILE_NAMES_EXPECTED "a host name such as \"bank.example\" (with sub-names), \".bank.example\" (that name alone) or \"*.bank.example\" (sub-names alone), and \":993\" behind it for one port"

/* Reads network.allow, network.deny and network.strict. The kind's flags, ports and sites are there already. Sets parts->error. */
void compile_names_read(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc);
