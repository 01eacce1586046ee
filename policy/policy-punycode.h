/* policy-punycode: host names of Japanese letters in their ASCII form (RFC 3492, RFC 5891).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>

/* The name in lower-case ASCII. Of letters beyond ASCII only those are taken that every browser maps to themselves: hiragana,
 * katakana and the unified ideographs; false for any other and for a name longer than 253 bytes. */
bool policy_punycode_host(const char *name, char ret_host[254]);
