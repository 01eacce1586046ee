/* policy-name: which texts may stand in a table or a plan: sites, addresses, environment, relative paths.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* True for a host pattern: "bank.example" (with its sub-names) or ".bank.example" (that name alone), lower-case ASCII. */
bool policy_site_valid(const char *site);
/* True for a numeric IPv4 or IPv6 address as inet_pton(3) reads it. */
bool policy_numeric_valid(const char *address);
/* True for the name of a time zone: relative, parts of letters, digits, '_', '+' and '-' (tz database, theory.html), at most 63 bytes. */
bool policy_timezone_valid(const char *name);
/* True for NAME=VALUE with an upper-case name that does not steer the dynamic loader or the C library. */
bool policy_env_valid(const char *entry);
/* True for a relative path without empty, "." or ".." parts that starts with one of the two words and a slash. */
bool policy_relative_valid(const char *path, const char *below, const char *or_below);
/* True for well-formed UTF-8 without control characters, 1 to max bytes. */
bool policy_text_valid(const char *text, size_t max);
/* True for bytes without control characters (ASCII ones), at most max of them. */
bool policy_arg_valid(const char *text, size_t max);
/* True for n bytes of well-formed UTF-8 without control characters other than newline, carriage return and tab. */
bool policy_document_valid(const char *text, size_t n);
