/* policy-denylist: names that lists of the site deny, a million of them in one mapped file that every gateway shares.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POLICY_DENYLIST_MAX_LISTS 16
#define POLICY_DENYLIST_MAX_NAMES (4u << 20)
#define POLICY_DENYLIST_MAX_BYTES (64u << 20) /* of the file */
#define POLICY_DENYLIST_TITLE 32

enum { /* what an entry denies */
        POLICY_DENYLIST_SELF = 0x80,  /* the name */
        POLICY_DENYLIST_BELOW = 0x40, /* its sub-names */
};

/* The file: this head, then n_slots hashes, then n_slots bytes (flags and list). A hash is 64 bits of SipHash-2-4 under a random key, so
 * that nobody can choose a name that meets another's; by chance one harmless name in some ten million million does, and is then denied. */
typedef struct PolicyDenylistHead {
        char magic[8]; /* "HNRDENY1" */
        uint64_t key[2];
        uint32_t n_slots, n_names;
        uint32_t n_lists, probes; /* probes: no entry lies farther from its place */
        char lists[POLICY_DENYLIST_MAX_LISTS][POLICY_DENYLIST_TITLE];
} PolicyDenylistHead;

typedef struct PolicyDenylist {
        const PolicyDenylistHead *head; /* NULL = no list */
        const uint64_t *slots;
        const uint8_t *tags;
} PolicyDenylist;

/* Checks the head and the size; borrows bytes (8-byte aligned, as a mapping is). 0 or -EBADMSG. */
int policy_denylist_open(const void *bytes, size_t n, PolicyDenylist *ret);
/* The title of the list that denies the canonical name or one of its parents, or NULL. */
const char *policy_denylist_find(const PolicyDenylist *list, const char *name, size_t n);

/* Making one. */
typedef struct PolicyDenylistMaker {
        PolicyDenylistHead head;
        uint64_t *slots;
        uint8_t *tags;
        uint32_t n_slots; /* a power of two */
} PolicyDenylistMaker;
/* key: 16 random bytes. 0 or -ENOMEM. */
int policy_denylist_maker_init(PolicyDenylistMaker *maker, const uint64_t key[2]);
void policy_denylist_maker_done(PolicyDenylistMaker *maker);
/* Another list; what is added from now on is its. 0, -E2BIG (too many lists), -EINVAL (the title is too long). */
int policy_denylist_maker_list(PolicyDenylistMaker *maker, const char *title);
/* name: canonical. flags: POLICY_DENYLIST_. 0, -E2BIG, -ENOMEM. */
int policy_denylist_maker_add(PolicyDenylistMaker *maker, const char *name, size_t n, uint8_t flags);
/* The file's bytes, malloc'd. 0 or -ENOMEM. */
int policy_denylist_maker_finish(PolicyDenylistMaker *maker, uint8_t **ret_bytes, size_t *ret_n);
