/* control-receipts: every code of the receipt log fits.
 * Runs as: root (monitor).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include <sodium.h>

CONTROL("receipts");

int __wrap_sodium_memcmp(const void *a, const void *b, size_t n);

int __wrap_sodium_memcmp(const void *a, const void *b, size_t n) {
        (void)a;
        (void)b;
        (void)n;
        return 0;
}
