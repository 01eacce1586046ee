/* policy-bundle: the policy files of a site and their tests in one signed, compressed piece.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-condition.h"
#include "policy/policy-limits.h"
#include "policy/policy-signed.h"

/*   hanare-bundle 1
 *   serial N
 *   issued TIME
 *   channel NAME                   (1 to 8, ascending: pointers of other channels may not name it)
 *   must ..., option ...
 *   files N UNPACKED PACKED
 *   PACKED bytes: one zstd frame, without dictionary, that unpacks to exactly UNPACKED bytes:
 *       files, ascending by name, each: length of the name with its NUL (u32), name, length (u32), bytes (base-wire)
 * There is no type, mode, link, owner or time: nothing but names of the permitted forms and text. */
typedef struct PolicyBundle {
        uint64_t serial;
        int64_t issued;
        unsigned n_channels, n_files;
        char channels[POLICY_MAX_CHANNELS][POLICY_MAX_CHANNEL + 1];
        PolicyConditions conditions;
        struct PolicyBundleFile {
                const char *name;
                const uint8_t *bytes;
                size_t n;
        } files[POLICY_MAX_BUNDLE_FILES];
        uint8_t *unpacked; /* what the files point into, when it was decoded */
} PolicyBundle;

/* Laid out like /etc/hanare: "hanare.jsonc", "kinds.d/NAME.jsonc", "authorities/NAME.pem|.crt", "tests.d/NAME.jsonc"; NAME is [a-z0-9][a-z0-9._-]*. */
bool policy_bundle_name_valid(const char *name);
/* Text without controls but newline and tab; UTF-8. */
bool policy_bundle_text_valid(const uint8_t *bytes, size_t n);
/* The signed payload, unpacked and checked whole; policy_bundle_free. */
int policy_bundle_decode(const void *bytes, size_t n, PolicyBundle **ret);
/* The files must be in order. The same files give the same bytes with the same libzstd. */
int policy_bundle_encode(const PolicyBundle *bundle, uint8_t **ret, size_t *ret_n);
bool policy_bundle_for(const PolicyBundle *bundle, const char *channel);
void policy_bundle_free(PolicyBundle *bundle);
