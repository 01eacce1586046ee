/* base-filter: a process shuts itself in: a system-call filter made at build time, no files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <linux/filter.h>
#include <stddef.h>

/* Installs a filter (seccomp(2)); no_new_privs must be set. flags: SECCOMP_FILTER_FLAG_*. Returns the listener or 0; negative errno. */
int base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags);
/* Landlock without a single rule: no file can be opened any more, whatever the kernel's ABI handles. 0 or a negative errno. */
int base_filter_no_files(void);
/* The kernel's Landlock ABI, 0 = none (not built in, or not in the list of security modules at boot). */
int base_filter_landlock_abi(void);
