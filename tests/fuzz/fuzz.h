/* fuzz: what every fuzz target offers and may require.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
#define fuzz_require(condition) ((condition) ? (void)0 : abort())
