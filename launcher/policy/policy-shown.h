/* policy-shown: signed files in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-fleet.h"
#include <stdint.h>

/* Reads and takes apart a signed file of any type; each returns a CliExit and has said what is wrong. *ret points into the bytes. */
int policy_shown_load(const char *path, uint8_t **ret_bytes, size_t *ret_n, PolicySigned *ret);
/* The first trust file of a chain, and those that follow it. */
int policy_shown_trust(const char *path, PolicyTrust *ret);
/* What it says, and by whom it is signed; trust may be NULL. Refuses what is not well formed. */
int policy_shown_print(const char *path, const PolicySigned *file, const PolicyTrust *trust);
