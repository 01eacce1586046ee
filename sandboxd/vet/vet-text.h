/* vet-text: which encoding a text has.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/vet/vet.h"

/* NONE where it is no text in any encoding known. */
PolicyCharset vet_charset(VetBytes b);
/* UTF-16 into ASCII with '?' for the rest, in a new buffer, for those who look for words. NULL without memory. */
uint8_t *vet_charset_narrow(VetBytes b, PolicyCharset charset, size_t *ret_n);
