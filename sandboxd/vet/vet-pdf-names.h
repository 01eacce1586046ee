/* vet-pdf-names: the names of a PDF that act, and the walk over tokens.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/vet/vet.h"

typedef enum VetPdfWhat { VET_PDF_END = 0, VET_PDF_NAME, VET_PDF_NUMBER, VET_PDF_WORD, VET_PDF_OPEN, VET_PDF_CLOSE, VET_PDF_ARRAY, VET_PDF_OTHER } VetPdfWhat;
typedef struct VetPdfToken {
        VetPdfWhat what;
        size_t at, end;
        char text[40];       /* of a name, its #xx resolved, or of a word; longer ones are cut */
        uint64_t number;
} VetPdfToken;

/* The token at or after at. Strings are walked over byte by byte like anything else: what is in them is taken for names, too, because readers
 * do not agree on where a broken string ends. */
VetPdfToken vet_pdf_token(VetBytes b, size_t at);
/* Findings of a name, 0 for the many that do nothing. */
uint32_t vet_pdf_name(const char *name);
