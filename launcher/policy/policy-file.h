/* policy-file: whole files: read within a bound, replaced in one step.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Paths are the caller's own words. 0 or a negative errno; the caller frees; one NUL follows the bytes. -EFBIG: longer than max. */
int policy_file_read(const char *path, size_t max, uint8_t **ret, size_t *ret_n);
/* The new bytes or the old ones, whatever happens: a temporary file beside it, fsync, rename, fsync of the folder. */
int policy_file_replace(const char *path, const void *bytes, size_t n, mode_t mode);
/* A new file; -EEXIST. */
int policy_file_create(const char *path, const void *bytes, size_t n, mode_t mode);
/* "hanare policy: PATH: why", and the CliExit for it. error: a PolicyRefusal or a negative errno. */
int policy_file_refuse(const char *path, int error);
