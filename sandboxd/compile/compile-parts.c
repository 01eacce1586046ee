/* compile-parts: the table under construction, and adding to its lists.
 * Runs as: compile.  Input: values that were checked.  Must not: write past a limit of policy-limits.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-parts.h"
#include "policy/policy-storage.h"
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void *compile_parts_take(CompileParts *parts, size_t n, size_t size) {
        void *room = policy_storage_take(&parts->table->storage, n, size);

        if (!room && parts->error == 0)
                parts->error = -ENOMEM;
        return room;
}

char *compile_parts_text(CompileParts *parts, const char *format, ...) {
        char *text;
        va_list ap;
        int n;

        va_start(ap, format);
        n = vsnprintf(NULL, 0, format, ap);
        va_end(ap);
        text = n < 0 ? NULL : compile_parts_take(parts, (size_t)n + 1, 1);
        if (!text)
                return NULL;
        va_start(ap, format);
        vsnprintf(text, (size_t)n + 1, format, ap);
        va_end(ap);
        return text;
}

static bool full(CompileParts *parts, uint32_t n, uint32_t max, const char *what) {
        if (parts->error < 0)
                return true;
        if (n < max)
                return false;
        parts->error = compile_problem_set(parts->problem, "a kind gets more than %u %s; expected fewer", max, what);
        return true;
}

void compile_parts_add(CompileParts *parts, PolicyStrings *list, uint32_t max, const char *what, const char *text) {
        if (full(parts, list->n, max, what))
                return;
        if (!list->items)
                list->items = compile_parts_take(parts, max, sizeof *list->items);
        char *copy = compile_parts_text(parts, "%s", text);
        if (list->items && copy)
                list->items[list->n++] = copy;
}

void compile_parts_add_program(CompileParts *parts, PolicyKind *kind, const char *name, const char *path) {
        if (full(parts, kind->n_programs, POLICY_MAX_PROGRAMS, "programs"))
                return;
        if (!kind->programs)
                kind->programs = compile_parts_take(parts, POLICY_MAX_PROGRAMS, sizeof *kind->programs);
        PolicyProgram program = { compile_parts_text(parts, "%s", name), compile_parts_text(parts, "%s", path) };
        if (kind->programs && program.name && program.path)
                kind->programs[kind->n_programs++] = program;
}

void compile_parts_add_subtree(CompileParts *parts, PolicyKind *kind, const char *path, uint32_t flags) {
        if (full(parts, kind->n_subtrees, POLICY_MAX_SUBTREES, "subtrees"))
                return;
        for (uint32_t i = 0; i < kind->n_subtrees; i++) {
                PolicySubtree *s = &kind->subtrees[i];
                if (strcmp(s->path, path) != 0)
                        continue;
                s->flags = ((s->flags | flags) & ~(uint32_t)POLICY_SUBTREE_OPTIONAL) | (s->flags & flags & POLICY_SUBTREE_OPTIONAL);
                return;
        }
        if (!kind->subtrees)
                kind->subtrees = compile_parts_take(parts, POLICY_MAX_SUBTREES, sizeof *kind->subtrees);
        char *copy = compile_parts_text(parts, "%s", path);
        if (kind->subtrees && copy)
                kind->subtrees[kind->n_subtrees++] = (PolicySubtree){ copy, flags };
}

void compile_parts_add_file(CompileParts *parts, PolicyKind *kind, const char *path, const void *bytes, size_t n) {
        if (full(parts, kind->n_files, POLICY_MAX_FILES, "files"))
                return;
        if (n > POLICY_MAX_FILE) {
                parts->error = compile_problem_set(parts->problem, "the generated file %s has %zu bytes; expected at most %u", path, n, POLICY_MAX_FILE);
                return;
        }
        if (!kind->files)
                kind->files = compile_parts_take(parts, POLICY_MAX_FILES, sizeof *kind->files);
        uint8_t *copy = compile_parts_take(parts, n, 1);
        char *name = compile_parts_text(parts, "%s", path);
        if (!kind->files || !copy || !name)
                return;
        if (n > 0)
                memcpy(copy, bytes, n);
        kind->files[kind->n_files++] = (PolicyFile){ name, copy, n };
}

void compile_parts_add_text_file(CompileParts *parts, PolicyKind *kind, const char *path, const char *text) {
        if (text)
                compile_parts_add_file(parts, kind, path, text, strlen(text));
}
