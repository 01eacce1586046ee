/* policy-json: JSON with comments: loads a text, and finds a key's place in it again.
 * Runs as: anyone (pure).  Input: the bytes of a policy file.  Must not: recurse deeper than it counted.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-json.h"
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 8

typedef struct Place {
        unsigned line, column; /* from 1; columns count characters */
} Place;

static Place place_of(const PolicyDocument *doc, size_t at) {
        Place p = { 1, 1 };

        for (size_t i = 0; i < at && i < doc->n; i++)
                if (doc->text[i] == '\n')
                        p = (Place){ p.line + 1, 1 };
                else if (((unsigned char)doc->text[i] & 0xc0) != 0x80 && doc->text[i] != '\r') /* what clean put for the rest of a character */
                        p.column++;
        return p;
}

static int problem_at(const PolicyDocument *doc, PolicyProblem *problem, size_t at, const char *what) {
        Place p = place_of(doc, at);
        return policy_problem_set(problem, "%s:%u:%u: %s", doc->file, p.line, p.column, what);
}

/* End of the string that starts at the quote. */
static size_t string_end(const PolicyDocument *doc, size_t at) {
        for (at++; at < doc->n && doc->text[at] != '"'; at++)
                if (doc->text[at] == '\\')
                        at++;
        return at < doc->n ? at + 1 : doc->n;
}

static size_t comment_end(const PolicyDocument *doc, size_t at) {
        bool line = doc->text[at + 1] == '/';

        for (size_t i = at + 2; i < doc->n; i++) {
                if (line && doc->text[i] == '\n')
                        return i;
                if (!line && doc->text[i - 1] == '*' && doc->text[i] == '/' && i > at + 2)
                        return i + 1;
        }
        return line ? doc->n : 0;
}

/* Blanks comments and counts depth, outside strings. */
static int clean(PolicyDocument *doc, PolicyProblem *problem) {
        unsigned depth = 0;

        for (size_t at = 0; at < doc->n;) {
                char c = doc->text[at];
                if (c == '"') {
                        at = string_end(doc, at);
                        continue;
                }
                if (c == '/' && at + 1 < doc->n && (doc->text[at + 1] == '/' || doc->text[at + 1] == '*')) {
                        size_t end = comment_end(doc, at);
                        if (end == 0)
                                return problem_at(doc, problem, at, "this comment does not end; expected */");
                        for (; at < end; at++)
                                if (doc->text[at] != '\n' && ((unsigned char)doc->text[at] & 0x80) == 0)
                                        doc->text[at] = ' ';
                                else if (((unsigned char)doc->text[at] & 0x80) != 0)
                                        doc->text[at] = ((unsigned char)doc->text[at] & 0xc0) == 0x80 ? '\r' : ' ';
                        continue;
                }
                if ((c == '{' || c == '[') && ++depth > MAX_DEPTH)
                        return problem_at(doc, problem, at, "nested too deeply; expected at most 8 levels");
                if ((c == '}' || c == ']') && depth > 0)
                        depth--;
                at++;
        }
        return 0;
}

static void close_text(PolicyDocument *doc) {
        free(doc->text);
        doc->text = NULL;
}

/* Positions are rarely asked for, so the text is not kept: a policy may be large. */
static int open_text(PolicyDocument *doc, PolicyProblem *problem) {
        doc->text = malloc(doc->n + 1);
        if (!doc->text)
                return -ENOMEM;
        if (doc->n > 0)
                memcpy(doc->text, doc->bytes, doc->n);
        doc->text[doc->n] = '\0';
        return clean(doc, problem);
}

int policy_json_load(PolicyDocument *doc, const char *file, const char *bytes, size_t n, PolicyProblem *problem) {
        json_error_t error = { .line = 0 };
        int r;

        *doc = (PolicyDocument){ .bytes = bytes, .n = n };
        snprintf(doc->file, sizeof doc->file, "%s", file);
        r = open_text(doc, problem);
        if (r == 0)
                doc->root = json_loadb(doc->text, n, JSON_REJECT_DUPLICATES, &error);
        close_text(doc);
        if (r < 0)
                return r;
        if (!doc->root)
                return policy_problem_set(problem, "%s:%d:%d: %s; expected JSON (with comments) in UTF-8", doc->file,
                                           error.line < 1 ? 1 : error.line, error.column < 1 ? 1 : error.column, error.text);
        if (!json_is_object(doc->root))
                return policy_json_problem(doc, problem, "", "the file is a list; expected { ... }");
        return 0;
}

void policy_json_done(PolicyDocument *doc) {
        json_decref(doc->root);
        *doc = (PolicyDocument){ 0 };
}

static size_t skip_space(const PolicyDocument *doc, size_t at) {
        while (at < doc->n && strchr(" \t\r\n", doc->text[at]))
                at++;
        return at;
}

/* From the first byte of a value to the one after it. jansson accepted the text, and its depth was counted. */
static size_t skip_value(const PolicyDocument *doc, size_t at) {
        unsigned depth = 0;

        for (at = skip_space(doc, at); at < doc->n;) {
                char c = doc->text[at];
                if (depth == 0 && strchr(",}]", c))
                        return at;
                if (c == '"') {
                        at = string_end(doc, at);
                        continue;
                }
                if (c == '{' || c == '[')
                        depth++;
                if (c == '}' || c == ']')
                        depth--;
                at++;
        }
        return at;
}

/* Where item `index` of the list at `at` starts; 0 = not found. */
static size_t find_item(const PolicyDocument *doc, size_t at, unsigned index) {
        for (at = skip_space(doc, at + 1); index > 0 && at < doc->n; index--) {
                at = skip_value(doc, at);
                if (at >= doc->n || doc->text[at] != ',')
                        return 0;
                at = skip_space(doc, at + 1);
        }
        return at;
}

/* Where the key's quote is in the object at `at`; 0 = not found. */
static size_t find_member(const PolicyDocument *doc, size_t at, const char *key, size_t length) {
        for (at = skip_space(doc, at + 1); at < doc->n && doc->text[at] == '"';) {
                size_t end = string_end(doc, at);
                if (end - at == length + 2 && memcmp(doc->text + at + 1, key, length) == 0)
                        return at;
                at = skip_value(doc, skip_space(doc, end) + 1);
                if (at >= doc->n || doc->text[at] != ',')
                        return 0;
                at = skip_space(doc, at + 1);
        }
        return 0;
}

/* The deepest place of the path that can be found. A key with a dot in its name is found as far as the dot. */
static size_t locate(const PolicyDocument *doc, const char *path, bool *ret_whole) {
        size_t at = skip_space(doc, 0), found = at;

        *ret_whole = false;
        while (*path && at < doc->n) {
                size_t n = strcspn(path, ".[");
                if (*path == '[' && doc->text[at] == '[') {
                        char *end;
                        size_t item = find_item(doc, at, (unsigned)strtoul(path + 1, &end, 10));
                        if (item == 0)
                                return found;
                        found = at = item;
                        path = end + (*end == ']');
                } else if (n > 0 && doc->text[at] == '{') {
                        size_t member = find_member(doc, at, path, n);
                        if (member == 0)
                                return found;
                        found = member;
                        at = skip_space(doc, skip_space(doc, string_end(doc, member)) + 1);
                        path += n;
                } else
                        return found;
                path += *path == '.';
        }
        *ret_whole = *path == '\0';
        return found;
}

static bool find_place(const PolicyDocument *doc, const char *path, Place *ret_place) {
        PolicyDocument open = *doc;
        PolicyProblem ignored = { 0 };
        bool whole = false;

        *ret_place = (Place){ 1, 1 };
        if (open_text(&open, &ignored) == 0)
                *ret_place = place_of(&open, locate(&open, path, &whole));
        close_text(&open);
        return whole;
}

int policy_json_problem(const PolicyDocument *doc, PolicyProblem *problem, const char *path, const char *format, ...) {
        char what[512];
        va_list ap;
        Place p;

        (void)find_place(doc, path, &p);
        va_start(ap, format);
        vsnprintf(what, sizeof what, format, ap);
        va_end(ap);
        return policy_problem_set(problem, "%s:%u:%u: %.100s%s%s", doc->file, p.line, p.column, path, path[0] ? ": " : "", what);
}

bool policy_json_place(const PolicyDocument *doc, const char *path, unsigned *ret_line, unsigned *ret_column) {
        bool whole;
        Place p;

        whole = find_place(doc, path, &p);
        *ret_line = p.line;
        *ret_column = p.column;
        return whole;
}
