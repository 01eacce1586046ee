/* compile-parts: the table under construction, and adding to its lists.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-problem.h"
#include "policy/policy-table.h"

#define COMPILE_MAX_AUTHORITIES 32

typedef struct CompileInput {
        uint32_t input, site; /* PolicyInput; as in PolicyMsgInput */
        char name[120];
        char *bytes;
        size_t n;
} CompileInput;

typedef struct CompileParts {
        PolicyTable *table;
        CompileProblem *problem;
        int error;                     /* the first failure sticks: -EINVAL with problem set, or -ENOMEM */
        uint32_t browser;              /* PolicyApp that "browser" means */
        const CompileInput *host_ca;   /* NULL = none */
        const char *authorities[COMPILE_MAX_AUTHORITIES]; /* base64 of DER, without line breaks */
        uint32_t n_authorities;
} CompileParts;

/* All of these keep what they make in the table's storage, and set parts->error. */
char *compile_parts_text(CompileParts *parts, const char *format, ...) __attribute__((format(printf, 2, 3)));
void *compile_parts_take(CompileParts *parts, size_t n, size_t size);
/* Adds a copy. Lists grow to max; one more is a problem that names `what`. */
void compile_parts_add(CompileParts *parts, PolicyStrings *list, uint32_t max, const char *what, const char *text);
void compile_parts_add_program(CompileParts *parts, PolicyKind *kind, const char *name, const char *path);
/* A path that is there already keeps its place and gains the flags, but OPTIONAL only when both have it. */
void compile_parts_add_subtree(CompileParts *parts, PolicyKind *kind, const char *path, uint32_t flags);
void compile_parts_add_file(CompileParts *parts, PolicyKind *kind, const char *path, const void *bytes, size_t n);
void compile_parts_add_text_file(CompileParts *parts, PolicyKind *kind, const char *path, const char *text);
