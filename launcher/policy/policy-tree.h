/* policy-tree: the policy files of a machine, or of a folder laid out like /etc/hanare: read, loaded, compiled.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-message.h"
#include "policy/policy-pattern.h"
#include "policy/policy-set.h"

typedef struct PolicyTreeFile {
        PolicyInput input;
        PolicyLayer layer;
        char *path;
        char *bytes;
        size_t n;
} PolicyTreeFile;

typedef struct PolicyTree {
        PolicyTreeFile files[POLICY_INPUT_COUNT_MAX];
        size_t n;
        char *tests[POLICY_INPUT_COUNT_MAX]; /* paths of tests.d/NAME.jsonc */
        size_t n_tests;
        PolicySet set;
        PolicyTable *table;              /* the compiler's own answer */
        const void *table_bytes;
        size_t table_n;
        PolicyPatternIndex *index;
} PolicyTree;

/* Each returns a CliExit and has said what is wrong. vendor NULL: the folder of the package. what: folders and files of the site. */
int policy_tree_read(PolicyTree *tree, const char *vendor, const char *const *what, size_t n);
/* The set alone. */
int policy_tree_load(PolicyTree *tree);
/* Also the table, by sandboxd-compile: the program that the service uses. */
int policy_tree_compile(PolicyTree *tree);
void policy_tree_done(PolicyTree *tree);
/* One file, at most POLICY_INPUT_MAX bytes, with a NUL after them; the caller frees. A CliExit. */
int policy_tree_read_file(const char *path, char **ret_bytes, size_t *ret_n);
/* "hanare policy: " and the sentence on standard error. */
void policy_tree_say(const char *sentence);
