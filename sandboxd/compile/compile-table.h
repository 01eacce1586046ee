/* compile-table: all inputs into the bytes of one table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-parts.h"

/* 0 and *ret_bytes malloc'd; -EINVAL and problem says why; -ENOMEM. Kind files of one name are layers of one kind, the most specific last. */
int compile_table_make(const CompileInput *inputs, size_t n, uint32_t denylist, uint8_t **ret_bytes, size_t *ret_n, CompileProblem *problem);
