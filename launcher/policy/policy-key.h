/* policy-key: the files of a signing key.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-lines.h"
#include "policy/policy-trust.h"

/* FILE, 0600: the secret. FILE.pub: "hanare-public-key 1 KEY NAME". Both are text of one line each field:
 *   hanare-secret-key 1 / public KEY / secret SEED
 *   hanare-secret-key 1 / public KEY / passphrase OPS MEMORY SALT / sealed NONCE BOX      (argon2id, XSalsa20-Poly1305) */

/* Each says on standard error what is wrong and returns a CliExit. passphrase_file NULL: asks at the terminal where one is needed. */
int policy_key_make(const char *path, const char *name, bool passphrase, const char *passphrase_file, uint8_t ret_public[POLICY_HASH]);
int policy_key_load(const char *path, const char *passphrase_file, uint8_t ret_secret[64]);
/* A public key's file, or its 64 hex digits. */
int policy_key_public(const char *word, uint8_t ret[POLICY_HASH], char name[POLICY_KEY_NAME + 1]);
