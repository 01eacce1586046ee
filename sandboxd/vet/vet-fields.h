/* vet-fields: the small languages inside office documents: fields, formulas, addresses.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/vet/vet.h"

#define VET_FIELDS_MAX 32768 /* bytes of an instruction or a formula; a longer one is something that no rule knows */

/* Findings of a Word field's instruction ("DDEAUTO c:\\...", "INCLUDETEXT ..."). */
uint32_t vet_fields_word(const char *instruction);
/* Findings of a cell's formula, with or without its "=". */
uint32_t vet_fields_formula(const char *formula);
/* Findings of an address that opens when it is clicked (click) or when the document opens (else). */
uint32_t vet_fields_address(const char *address, bool click);
