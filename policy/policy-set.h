/* policy-set: all policy files of a machine: loaded, checked, merged layer by layer, each value with the place it came from.
 * Pure: works on bytes. SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-check.h"
#include "policy/policy-limits.h"
#include "policy/policy-merge.h"

typedef struct PolicySetInput {
        PolicyKeyFile file;
        PolicyLayer layer;
        const char *name;      /* of the file, for messages */
        const char *bytes;
        size_t n;
} PolicySetInput;

typedef struct PolicySetItem { /* one kind, or the settings */
        char name[POLICY_MAX_NAME + 1]; /* the file's name without .jsonc */
        PolicyKeyFile file;
        PolicyDocument *documents;      /* the layers' files, the most specific last */
        PolicyLayer *layers;            /* of each document */
        size_t n_documents;
        PolicyEntry *entries;
        size_t n_entries;
        PolicyMerged *merged;           /* every key of the file's sort that can have a value, in the table's order */
        size_t n_merged;
        json_t *root;                   /* the merged object */
        void *storage;
} PolicySetItem;

typedef struct PolicySet {
        PolicySetItem *items;           /* the settings first, then the kinds in the order of their first file */
        size_t n;
} PolicySet;

/* Inputs in the order of their layers. 0, -ENOMEM, or -EINVAL with the first problem (also where a layer would loosen what a
 * more authoritative one made mandatory). Settings that no input has are there with every default. */
int policy_set_load(const PolicySetInput *inputs, size_t n, PolicySet *ret_set, PolicyProblem *problem);
void policy_set_done(PolicySet *set);
/* The item's number, or -1. name is ignored for settings. */
int policy_set_find(const PolicySet *set, PolicyKeyFile file, const char *name);
const PolicyMerged *policy_set_value(const PolicySetItem *item, const char *path);
/* The value in force: the merged one, or the default. Its items live as long as the set. */
PolicyValue policy_set_effective(const PolicySetItem *item, const PolicyMerged *merged);
/* Where an entry stands. */
void policy_set_place(const PolicySetItem *item, const PolicyEntry *entry, const char **ret_file, unsigned *ret_line, unsigned *ret_column);
/* A problem at a path of the merged object: in the most specific file that has the path. Always -EINVAL. */
int policy_set_problem(const PolicySetItem *item, PolicyProblem *problem, const char *path, const char *format, ...)
        __attribute__((format(printf, 4, 5)));
