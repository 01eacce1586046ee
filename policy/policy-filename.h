/* policy-filename: what a foreign file's name is, what it pretends, and what it may be called at home.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-limits.h"
#include <stddef.h>
#include <stdint.h>

enum { /* PolicyFilename.flags */
        POLICY_FILENAME_BYTES = 1u << 0,     /* not UTF-8 */
        POLICY_FILENAME_CONTROL = 1u << 1,   /* control characters */
        POLICY_FILENAME_BIDI = 1u << 2,      /* direction marks and characters one cannot see */
        POLICY_FILENAME_PATH = 1u << 3,      /* separators, "..", or a look-alike of one */
        POLICY_FILENAME_LONG = 1u << 4,      /* was cut */
        POLICY_FILENAME_DOUBLE = 1u << 5,    /* two endings, one of them of something that acts: "invoice.pdf.exe" */
        POLICY_FILENAME_PADDED = 1u << 6,    /* many spaces, to push the ending out of sight */
        POLICY_FILENAME_ACTS = 1u << 7,      /* the ending is one of a program, script, shortcut or disk image */
        POLICY_FILENAME_DEVICE = 1u << 8,    /* a device name of Windows: CON, NUL, ... */
        POLICY_FILENAME_HIDDEN = 1u << 9,    /* began with a dot, or with what a command would take for an option */
        POLICY_FILENAME_EMPTY = 1u << 10,
        POLICY_FILENAME_CHARACTER = 1u << 11, /* another character that some file system or shell has a meaning for */
        POLICY_FILENAME_ALL = (1u << 12) - 1,
};
typedef struct PolicyFilename {
        uint32_t flags;
        char clean[POLICY_IMPORT_MAX_NAME + 1]; /* never empty, valid UTF-8, one path component; Japanese as it was */
        char ext[16];                           /* lower case, of the clean name, without the dot; "" = none, "?" = none that could be one */
} PolicyFilename;

/* Takes any bytes (n of them, NUL included in what is foreign). */
void policy_filename_read(const void *bytes, size_t n, PolicyFilename *ret_name);
/* True for an ending (lower case) of something that acts when it is opened. */
int policy_filename_acts(const char *ext);
