/* vet-odf: OpenDocument texts, tables, slides and drawings: every member must be one that a rule knows (ISO/IEC 26300).
 * Runs as: vet.  Input: members of a checked zip.  Must not: take a member for harmless because of its name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-fields.h"
#include "sandboxd/vet/vet-xml.h"
#include "sandboxd/vet/vet-zip.h"
#include <stdlib.h>
#include <strings.h>

#define VALUE VET_FIELDS_MAX

static uint32_t type_of(VetBytes mimetype) {
        static const struct { const char *name; uint32_t type; } names[] = {
                { "text", POLICY_TYPE_ODT }, { "spreadsheet", POLICY_TYPE_ODS }, { "presentation", POLICY_TYPE_ODP }, { "graphics", POLICY_TYPE_ODG },
                { "text-template", POLICY_TYPE_ODT }, { "spreadsheet-template", POLICY_TYPE_ODS }, { "presentation-template", POLICY_TYPE_ODP },
                { "graphics-template", POLICY_TYPE_ODG },
        };
        static const char prefix[] = "application/vnd.oasis.opendocument.";

        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
                if (vet_name_begins(mimetype, prefix) && vet_name_is(vet_part(mimetype, sizeof prefix - 1, SIZE_MAX), names[i].name))
                        return names[i].type;
        return POLICY_TYPE_OFFICE_OTHER;
}

static const struct { const char *name; uint32_t find; } elements[] = {
        { "dde-connection-decl", POLICY_FIND_DDE },
        { "dde-connection", POLICY_FIND_DDE }, { "dde-source", POLICY_FIND_DDE }, { "dde-link", POLICY_FIND_DDE }, { "object-ole", POLICY_FIND_EMBEDDED },
        { "plugin", POLICY_FIND_ACTIVEX }, { "applet", POLICY_FIND_ACTIVEX }, { "floating-frame", POLICY_FIND_REMOTE },
        { "encryption-data", POLICY_FIND_ENCRYPTED }, { "section-source", POLICY_FIND_REMOTE }, { "table-source", POLICY_FIND_REMOTE },
        { "cell-range-source", POLICY_FIND_REMOTE }, { "database-display", POLICY_FIND_REMOTE }, { "connection-resource", POLICY_FIND_REMOTE },
        { "library", POLICY_FIND_MACRO }, { "library-embedded", POLICY_FIND_MACRO }, { "library-linked", POLICY_FIND_MACRO }, { "module", POLICY_FIND_MACRO },
};

/* A reference into the package itself: no scheme, no way up. */
static bool inside(const char *href) {
        return href[0] != '/' && strncmp(href, "../", 3) != 0 && !strstr(href, "/../") && strcspn(href, ":") >= strcspn(href, "/");
}

static void attribute(Vet *vet, const char *element, const char *name, const char *value) {
        if (strcmp(name, "href") == 0) {
                if (strcmp(element, "event-listener") == 0 && value[0] && value[0] != '#') /* slides have listeners that only turn the page */
                        vet_find(vet, POLICY_FIND_MACRO);
                else if (strcmp(element, "template") == 0) { /* which one it was begun from: said, and on this machine looked at */
                        if (strncmp(value, "\\\\", 2) == 0 || strncmp(value, "//", 2) == 0 || (strstr(value, ":/") && strncmp(value, "file:///", 8) != 0))
                                vet_find(vet, POLICY_FIND_REMOTE);
                } else if (strcmp(element, "a") == 0)
                        vet_find(vet, vet_fields_address(value, true));
                else if (value[0] && value[0] != '#' && !inside(value))
                        vet_find(vet, POLICY_FIND_REMOTE);
        } else if (strcmp(name, "formula") == 0)
                vet_find(vet, vet_fields_formula(value));
        else if (strcmp(name, "macro-name") == 0)
                vet_find(vet, POLICY_FIND_MACRO);
        else if (strcmp(name, "verb") == 0 && strcmp(value, "execute") == 0)
                vet_find(vet, POLICY_FIND_LAUNCH);
        else if (strncasecmp(value, "vnd.sun.star.script", 19) == 0 || strncasecmp(value, "macro:", 6) == 0)
                vet_find(vet, POLICY_FIND_MACRO);
}

static void markup(Vet *vet, VetBytes b) {
        char name[64], value[VALUE];
        VetXmlWhat what = VET_XML_BAD;
        VetXml xml;

        if (!vet_xml_begin(&xml, b)) {
                vet_doubt(vet, POLICY_DOUBT_UNSUPPORTED);
                return;
        }
        while ((what = vet_xml_next(&xml)) != VET_XML_END && what != VET_XML_BAD) {
                if (what != VET_XML_OPEN)
                        continue;
                for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
                        if (strcmp(xml.name, elements[i].name) == 0)
                                vet_find(vet, elements[i].find);
                while (vet_xml_attr(&xml, name, value, sizeof value)) {
                        if (strlen(value) >= VALUE - 1 && (strcmp(name, "formula") == 0 || strcmp(name, "href") == 0))
                                vet_find(vet, POLICY_FIND_PART); /* it was cut */
                        attribute(vet, xml.name, name, value);
                }
        }
        if (what == VET_XML_BAD)
                vet_doubt(vet, POLICY_DOUBT_DAMAGED);
}

static void member(Vet *vet, VetBytes name, VetBytes b, unsigned depth) {
        uint32_t magic, type;

        if (b.n == 0 || vet_name_is(name, "mimetype"))
                return;
        if (vet_name_begins(name, "Basic/") || vet_name_begins(name, "Scripts/") || vet_name_begins(name, "Dialogs/") || vet_find_case(name, "/basic/") < name.n) {
                vet_find(vet, POLICY_FIND_MACRO);
                return;
        }
        magic = vet_magic(b);
        if (magic == POLICY_TYPE_UNKNOWN && (b.p[0] == '<' || vet_has(b, 0, "\xef\xbb\xbf<", 4))) {
                markup(vet, b);
                if (vet_name_ends(name, ".svg"))
                        vet_web(vet, b);
                return;
        }
        if (magic == POLICY_TYPE_EMF || magic == POLICY_TYPE_WMF || vet_has(b, 0, "VCLMTF", 6))
                return; /* drawings that the office program draws */
        if (magic == POLICY_TYPE_UNKNOWN && vet_name_ends(name, "layout-cache") && b.n < 65536)
                return; /* where lines were broken last time */
        if (magic == POLICY_TYPE_FONT && vet_name_begins(name, "Fonts/"))
                return;
        type = vet_look(vet, b, depth + 1);
        if (policy_type_class(type) == POLICY_CLASS_IMAGE)
                return;
        vet_find(vet, magic == POLICY_TYPE_OLE || vet_name_begins(name, "Object") ? POLICY_FIND_EMBEDDED | POLICY_FIND_PART : POLICY_FIND_PART);
}

/* First: it says whether the others are encrypted. */
static void manifest(Vet *vet, const VetZip *zip) {
        const VetZipEntry *e = vet_zip_find(zip, "META-INF/manifest.xml");
        VetBytes bytes = { NULL, 0 };

        if (!e || (e->flags & 1) || !vet_zip_read(vet, zip, e, &bytes))
                return;
        if (vet_contains(bytes, "encryption-data"))
                vet_find(vet, POLICY_FIND_ENCRYPTED);
        free((void *)(uintptr_t)bytes.p);
}

uint32_t vet_odf(Vet *vet, const VetZip *zip, unsigned depth) {
        VetBytes bytes = { NULL, 0 };
        uint32_t type = POLICY_TYPE_OFFICE_OTHER;

        if (zip->entries[0].method == 0)
                type = type_of(vet_part(zip->bytes, zip->entries[0].data, zip->entries[0].size));
        if (!vet_zip_find(zip, "content.xml"))
                type = POLICY_TYPE_OFFICE_OTHER;
        manifest(vet, zip);
        for (uint32_t i = 0; i < zip->n && vet->v.doubt == POLICY_DOUBT_NONE; i++) {
                const VetZipEntry *e = &zip->entries[i];
                if (vet_name_ends(e->name, "/") && e->size == 0)
                        continue;
                if (memchr(e->name.p, '\\', e->name.n) || vet_name_begins(e->name, "/") || vet_contains(e->name, "../"))
                        vet_find(vet, POLICY_FIND_NAME);
                if (e->flags & 1)
                        vet_find(vet, POLICY_FIND_ENCRYPTED);
                else if (vet_zip_read(vet, zip, e, &bytes)) {
                        /* what is encrypted looks like nothing: said once, not taken for an unknown part */
                        if (!(vet->v.findings & POLICY_FIND_ENCRYPTED))
                                member(vet, e->name, bytes, depth);
                        free((void *)(uintptr_t)bytes.p);
                }
        }
        return type;
}
