/* cli-address: what the user typed, as an address that a zone can open.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The address in ASCII (host in punycode, the rest percent-encoded, "https://" in front where there was no scheme), for the
 * caller to free; or NULL with *ret_problem, a sentence in the user's language that lives as long as the program. */
char *cli_address_normalise(const char *typed, const char **ret_problem);
