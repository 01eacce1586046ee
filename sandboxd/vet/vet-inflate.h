/* vet-inflate: unpacking within bounds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/vet/vet.h"

typedef enum VetWrap { VET_RAW, VET_ZLIB } VetWrap;
/* At most max bytes into a new buffer (free() it), which also counts against the bound of the whole look. Data must end where its packing
 * says; *ret_used (may be NULL) is how much was taken. False after noting a doubt. */
bool vet_inflate(Vet *vet, VetBytes packed, VetWrap wrap, size_t max, VetBytes *ret_bytes, size_t *ret_used);
