/* policy-keys: every key of every policy file, described once. The check, the schema, the man pages, the reference page, the merge of
 * layers and `hanare policy diff` all work from this table. SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum PolicyKeyFile { /* which files a key stands in */
        POLICY_KEYS_KIND,        /* kinds.d */
        POLICY_KEYS_SETTINGS,    /* hanare.jsonc */
        POLICY_KEYS_TESTS,       /* what `hanare policy test` reads */
} PolicyKeyFile;

typedef enum PolicyKeyType {
        POLICY_KEY_STRING,
        POLICY_KEY_WORD,         /* one of words */
        POLICY_KEY_CHOICE,       /* one of words, or an object with one key of its own; merged as one value */
        POLICY_KEY_NUMBER,
        POLICY_KEY_BOOL,
        POLICY_KEY_STRINGS,
        POLICY_KEY_WORDS,
        POLICY_KEY_NUMBERS,
        POLICY_KEY_OBJECT,       /* its keys stand in the same table, with its path and a dot before them */
        POLICY_KEY_OBJECTS,      /* a list of them; their keys have its path and "[]." before them */
        POLICY_KEY_FREE,         /* an object that is handed on as it is */
} PolicyKeyType;

typedef enum PolicyLayer { /* from the most authoritative to the most specific */
        POLICY_LAYER_VENDOR,     /* /usr/share/hanare */
        POLICY_LAYER_SITE,       /* /etc/hanare */
        POLICY_LAYER_GROUP,      /* /etc/hanare/groups.d/GROUP */
        POLICY_LAYER_USER,
        POLICY_LAYERS,
} PolicyLayer;
extern const char *const policy_layer_names[POLICY_LAYERS];
#define POLICY_LAYER_BIT(layer) (1u << (layer))

typedef enum PolicyLevel { POLICY_MANDATORY, POLICY_RECOMMENDED } PolicyLevel;

typedef enum PolicyRule { /* how a more specific layer's value meets the one before */
        POLICY_RULE_REPLACE,
        POLICY_RULE_UNION,       /* lists add up */
        POLICY_RULE_MEMBERS,     /* objects, member by member */
        POLICY_RULE_META,        /* about the file itself: not merged */
} PolicyRule;

typedef enum PolicyDirection { /* which change of a value loosens */
        POLICY_DIRECTION_ANY,       /* every change counts as looser: nobody can say */
        POLICY_DIRECTION_NONE,      /* looks: neither looser nor tighter */
        POLICY_DIRECTION_MORE,      /* a bigger number is looser */
        POLICY_DIRECTION_MORE_OR_0, /* the same, and 0 means no limit */
        POLICY_DIRECTION_TRUE,      /* true is looser */
        POLICY_DIRECTION_FALSE,
        POLICY_DIRECTION_SUPERSET,  /* an entry more is looser; "*" is every entry */
        POLICY_DIRECTION_SUBSET,    /* an entry less is looser */
        POLICY_DIRECTION_EARLIER,   /* the words stand from the loosest to the tightest */
} PolicyDirection;

typedef enum PolicyApplies { POLICY_APPLIES_NEXT_START, POLICY_APPLIES_AT_ONCE } PolicyApplies; /* no key ends a running zone yet */

typedef struct PolicyKey {
        PolicyKeyFile file;
        const char *path;              /* as in "limits.pids"; one table, the keys of an object after it */
        PolicyKeyType type;
        bool required, repeats;        /* required: once all layers are merged; repeats: entries of a list may be equal */
        int64_t min, max;              /* of a number; max is also the most items of a list, or the most bytes of a string */
        const char *fallback;          /* what stands where no layer has the key; NULL = nothing */
        const char *const *words;      /* ends with NULL */
        bool (*valid)(const char *);   /* of a string, or of each string of a list */
        const char *expected;          /* completes "expected ..." */
        uint32_t layers;               /* bits of the layers that may set it */
        PolicyLevel level;             /* of a value that site or group sets and its file says nothing about */
        PolicyRule rule;
        PolicyDirection direction;
        PolicyApplies applies;
        const char *since;
        const char *en, *ja;           /* for people: whole sentences */
} PolicyKey;

extern const PolicyKey policy_keys[]; /* ends with path NULL */

/* The key at a path, in which [N] stands for any entry of a list; NULL = unknown. */
const PolicyKey *policy_keys_find(PolicyKeyFile file, const char *path);
/* The last part of the known path nearest to this one, among those that may stand beside it; NULL = none is near. */
const char *policy_keys_nearest(PolicyKeyFile file, const char *path);
/* True for a key that has a value of its own (is no object that holds keys). */
bool policy_keys_has_value(const PolicyKey *key);
