/* compile-spawn: asks the real compiler as the monitor does. For tests.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-message.h"
#include <stddef.h>

typedef struct CompileFile {
        uint32_t input;
        const char *path;  /* opened here ... */
        const char *bytes; /* ... or, where path is NULL, these bytes under this name */
        const char *name;
} CompileFile;

/* Runs the program; *ret_table is the sealed table's descriptor, or -1, *ret_denylist (where not NULL) the deny list's. 0 or a negative errno (-ECHILD: it died without an answer). */
int compile_spawn_ask(const char *program, const CompileFile *files, size_t n, PolicyMsgCompiled *ret_msg, int *ret_table, int *ret_denylist);
