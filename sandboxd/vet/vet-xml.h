/* vet-xml: XML from front to back, one tag or text at a time; only what office documents may use of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/vet/vet.h"

typedef enum VetXmlWhat { VET_XML_END = 0, VET_XML_OPEN, VET_XML_CLOSE, VET_XML_TEXT, VET_XML_BAD } VetXmlWhat;
typedef struct VetXml {
        VetBytes bytes;
        size_t at;
        char name[64];             /* of the tag, without its prefix; longer ones are cut */
        VetBytes text;             /* as it stands there */
        size_t attrs, attrs_end;   /* the tag's attributes */
        bool closes;               /* <name/> */
} VetXml;

/* False where the encoding is not UTF-8, or a NUL byte is in it. */
bool vet_xml_begin(VetXml *xml, VetBytes bytes);
/* BAD for a document type, an entity of its own, or a tag that does not end: such a document is refused. */
VetXmlWhat vet_xml_next(VetXml *xml);
/* The next attribute of an open tag, without its prefix, its references resolved (cut to size). False at the end. */
bool vet_xml_attr(VetXml *xml, char name[64], char *value, size_t size);
/* Text with its references resolved, appended to what is there; cut to size. */
void vet_xml_append(char *to, size_t size, VetBytes text);
