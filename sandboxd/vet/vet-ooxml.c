/* vet-ooxml: Word, Excel and PowerPoint documents since 2007: every part must be one that a rule knows (ECMA-376, ISO/IEC 29500).
 * Runs as: vet.  Input: members of a checked zip.  Must not: take a part for harmless because of its name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-fields.h"
#include "sandboxd/vet/vet-xml.h"
#include "sandboxd/vet/vet-zip.h"
#include <stdlib.h>

#define VALUE VET_FIELDS_MAX

typedef struct Word {
        const char *word;
        uint32_t find;
} Word;

/* The last word of a relationship's type. What is not here and inside the package is judged by its part. */
static const Word relations[] = {
        { "vbaProject", POLICY_FIND_MACRO }, { "wordVbaData", POLICY_FIND_MACRO }, { "xlMacrosheet", POLICY_FIND_XLM }, { "xlIntlMacrosheet", POLICY_FIND_XLM },
        { "dialogsheet", POLICY_FIND_XLM }, { "control", POLICY_FIND_ACTIVEX }, { "activeXControlBinary", POLICY_FIND_ACTIVEX },
        { "oleObject", POLICY_FIND_EMBEDDED }, { "attachedTemplate", POLICY_FIND_REMOTE }, { "externalLink", POLICY_FIND_REMOTE },
        { "externalLinkPath", POLICY_FIND_REMOTE }, { "externalLinkLong", POLICY_FIND_REMOTE }, { "aFChunk", POLICY_FIND_EMBEDDED },
        { "subDocument", POLICY_FIND_REMOTE }, { "frame", POLICY_FIND_REMOTE }, { "mailMergeSource", POLICY_FIND_REMOTE },
        { "mailMergeHeaderSource", POLICY_FIND_REMOTE }, { "recipientData", POLICY_FIND_REMOTE }, { "webextension", POLICY_FIND_SCRIPT },
        { "webextensiontaskpanes", POLICY_FIND_SCRIPT }, { "connections", POLICY_FIND_REMOTE }, { "queryTable", POLICY_FIND_REMOTE },
        { "extensibility", POLICY_FIND_MACRO }, { "userCustomization", POLICY_FIND_MACRO }, { "keyMapCustomizations", POLICY_FIND_MACRO },
        { "attachedToolbars", POLICY_FIND_MACRO }, { "volatileDependencies", POLICY_FIND_REMOTE }, { "model", POLICY_FIND_PART },
        { "legacyDiagramText", POLICY_FIND_PART },
};
/* Anywhere in a content type. */
static const Word contents[] = {
        { "vbaProject", POLICY_FIND_MACRO }, { "vbaData", POLICY_FIND_MACRO }, { "macroEnabled", POLICY_FIND_MACRO }, { "macrosheet", POLICY_FIND_XLM },
        { "dialogsheet", POLICY_FIND_XLM }, { "activeX", POLICY_FIND_ACTIVEX }, { "ms-package.obfuscated", 0 }, { "webextension", POLICY_FIND_SCRIPT },
        { "externalLink", POLICY_FIND_REMOTE }, { "queryTable", POLICY_FIND_REMOTE }, { "spreadsheetml.connections", POLICY_FIND_REMOTE },
};
/* An element's name, wherever it stands. */
static const Word elements[] = {
        { "ddeLink", POLICY_FIND_DDE }, { "oleLink", POLICY_FIND_DDE }, { "externalBook", POLICY_FIND_REMOTE }, { "oleObject", POLICY_FIND_EMBEDDED },
        { "OLEObject", POLICY_FIND_EMBEDDED }, { "oleObj", POLICY_FIND_EMBEDDED }, { "altChunk", POLICY_FIND_EMBEDDED }, { "ocx", POLICY_FIND_ACTIVEX },
        { "macrosheet", POLICY_FIND_XLM }, { "dialogsheet", POLICY_FIND_XLM }, { "customUI", POLICY_FIND_MACRO }, { "vbaSuppData", POLICY_FIND_MACRO },
        { "taskpanes", POLICY_FIND_SCRIPT }, { "webextension", POLICY_FIND_SCRIPT }, { "script", POLICY_FIND_SCRIPT }, { "queryTable", POLICY_FIND_REMOTE },
        { "connection", POLICY_FIND_REMOTE }, { "subDoc", POLICY_FIND_REMOTE }, { "attachedTemplate", POLICY_FIND_REMOTE }, { "dataSource", POLICY_FIND_REMOTE },
        { "oleItem", POLICY_FIND_DDE }, { "ddeItem", POLICY_FIND_DDE },
};

static uint32_t lookup(const Word *words, size_t n, const char *word, bool inside) {
        uint32_t find = 0;

        for (size_t i = 0; i < n; i++)
                if (inside ? strstr(word, words[i].word) != NULL : strcmp(word, words[i].word) == 0)
                        find |= words[i].find;
        return find;
}
#define LOOKUP(words, word, inside) lookup(words, sizeof words / sizeof *(words), word, inside)

static void note_type(const char *content, uint32_t *type) {
        static const struct { const char *main; uint32_t type; } mains[] = {
                { "wordprocessingml.document.main", POLICY_TYPE_DOCX }, { "wordprocessingml.template.main", POLICY_TYPE_DOCX },
                { "spreadsheetml.sheet.main", POLICY_TYPE_XLSX }, { "spreadsheetml.template.main", POLICY_TYPE_XLSX },
                { "presentationml.presentation.main", POLICY_TYPE_PPTX }, { "presentationml.slideshow.main", POLICY_TYPE_PPTX },
                { "presentationml.template.main", POLICY_TYPE_PPTX }, { "ms-word.document.macroEnabled", POLICY_TYPE_DOCX },
                { "ms-word.template.macroEnabled", POLICY_TYPE_DOCX }, { "ms-excel.sheet.macroEnabled", POLICY_TYPE_XLSX },
                { "ms-excel.template.macroEnabled", POLICY_TYPE_XLSX }, { "ms-excel.addin.macroEnabled", POLICY_TYPE_XLSX },
                { "ms-powerpoint.", POLICY_TYPE_PPTX }, { "ms-excel.sheet.binary", POLICY_TYPE_OFFICE_OTHER }, { "ms-visio", POLICY_TYPE_OFFICE_OTHER },
        };

        for (size_t i = 0; i < sizeof mains / sizeof *mains; i++)
                if (strstr(content, mains[i].main)) {
                        if (*type != POLICY_TYPE_UNKNOWN && *type != mains[i].type)
                                *type = POLICY_TYPE_OFFICE_OTHER; /* two documents in one */
                        else
                                *type = mains[i].type;
                        return;
                }
}

static void content_types(Vet *vet, VetXml *xml, uint32_t *type) {
        char name[64], value[VALUE];
        VetXmlWhat what;

        while ((what = vet_xml_next(xml)) != VET_XML_END && what != VET_XML_BAD)
                while (what == VET_XML_OPEN && vet_xml_attr(xml, name, value, sizeof value))
                        if (strcmp(name, "ContentType") == 0) {
                                vet_find(vet, LOOKUP(contents, value, true));
                                note_type(value, type);
                        }
        if (what == VET_XML_BAD)
                vet_doubt(vet, POLICY_DOUBT_DAMAGED);
}

static void relation(Vet *vet, const char *type, const char *target, bool external) {
        const char *last = strrchr(type, '/');
        uint32_t find = LOOKUP(relations, last ? last + 1 : type, false);

        if (strlen(type) >= VALUE - 1 || strlen(target) >= VALUE - 1)
                vet_find(vet, POLICY_FIND_PART);
        if (external)
                find |= vet_fields_address(target, last && strcmp(last, "/hyperlink") == 0);
        vet_find(vet, find);
}

static void relationships(Vet *vet, VetXml *xml) {
        char name[64], value[VALUE], type[VALUE], target[VALUE];
        VetXmlWhat what;

        while ((what = vet_xml_next(xml)) != VET_XML_END && what != VET_XML_BAD) {
                bool external = false;
                if (what != VET_XML_OPEN || strcmp(xml->name, "Relationship") != 0)
                        continue;
                type[0] = target[0] = '\0';
                while (vet_xml_attr(xml, name, value, sizeof value))
                        if (strcmp(name, "Type") == 0 || strcmp(name, "Target") == 0) {
                                char *to = name[1] == 'y' ? type : target;
                                if (*to) /* one of another name space, perhaps; readers would differ */
                                        vet_doubt(vet, POLICY_DOUBT_DISAGREE);
                                memcpy(to, value, strlen(value) + 1);
                        }
                        else if (strcmp(name, "TargetMode") == 0 && strcmp(value, "Internal") != 0)
                                external = true;
                relation(vet, type, target, external);
        }
        if (what == VET_XML_BAD)
                vet_doubt(vet, POLICY_DOUBT_DAMAGED);
}

/* Attributes that act, whatever element they are on. */
static void attribute(Vet *vet, const char *element, const char *name, const char *value) {
        if (strcmp(name, "action") == 0 && strncmp(value, "ppaction:", 9) == 0) {
                if (strstr(value, "macro"))
                        vet_find(vet, POLICY_FIND_MACRO);
                else if (strstr(value, "program") || strstr(value, "ole"))
                        vet_find(vet, POLICY_FIND_LAUNCH);
        } else if (strcmp(name, "instr") == 0)
                vet_find(vet, vet_fields_word(value));
        else if ((strcmp(name, "macro") == 0 || strcmp(name, "fmlaMacro") == 0) && value[0])
                vet_find(vet, POLICY_FIND_MACRO);
        else if (strcmp(element, "definedName") == 0 && strcmp(name, "name") == 0) {
                if (vet_find_case((VetBytes){ (const uint8_t *)value, strlen(value) }, "auto_open") < strlen(value) ||
                    vet_find_case((VetBytes){ (const uint8_t *)value, strlen(value) }, "auto_close") < strlen(value))
                        vet_find(vet, POLICY_FIND_XLM);
        } else if ((strcmp(name, "src") == 0 || strcmp(name, "href") == 0) && (strchr(value, ':') || value[0] == '\\' || value[0] == '/'))
                vet_find(vet, vet_fields_address(value, strcmp(name, "href") == 0));
        else if (name[0] == 'o' && name[1] == 'n' && name[2] >= 'a' && name[2] <= 'z' && strchr(value, '('))
                vet_find(vet, POLICY_FIND_SCRIPT); /* VML is a web page's language */
}

typedef struct Texts {
        char field[VET_FIELDS_MAX], formula[VET_FIELDS_MAX];
        bool in_field, in_formula;
} Texts;

/* A text that filled its room was cut: what it ends with was not seen. */
static bool cut(const char *text) {
        return strlen(text) >= VET_FIELDS_MAX - 1;
}

static void field_done(Vet *vet, Texts *t) {
        if (t->field[0])
                vet_find(vet, vet_fields_word(t->field) | (cut(t->field) ? POLICY_FIND_PART : 0));
        t->field[0] = '\0';
}

static void opened(Vet *vet, VetXml *xml, Texts *t) {
        char name[64], value[VALUE];

        vet_find(vet, LOOKUP(elements, xml->name, false));
        t->in_field = !xml->closes && (strcmp(xml->name, "instrText") == 0 || strcmp(xml->name, "delInstrText") == 0);
        t->in_formula = !xml->closes && (strcmp(xml->name, "f") == 0 || strcmp(xml->name, "definedName") == 0 || strncmp(xml->name, "formula", 7) == 0);
        t->formula[0] = '\0';
        while (vet_xml_attr(xml, name, value, sizeof value)) {
                if (cut(value) && (strcmp(name, "instr") == 0 || strcmp(name, "src") == 0 || strcmp(name, "href") == 0 || strcmp(name, "action") == 0))
                        vet_find(vet, POLICY_FIND_PART);
                attribute(vet, xml->name, name, value);
                if (strcmp(xml->name, "fldChar") == 0 && strcmp(name, "fldCharType") == 0) /* a field inside a field is judged by itself, too */
                        field_done(vet, t);
        }
}

/* Any part in XML. */
static void markup(Vet *vet, VetXml *xml) {
        static Texts t; /* one thread, and no part within a part */
        VetXmlWhat what;

        t = (Texts){ 0 };
        while ((what = vet_xml_next(xml)) != VET_XML_END && what != VET_XML_BAD) {
                if (what == VET_XML_OPEN)
                        opened(vet, xml, &t);
                else if (what == VET_XML_TEXT && t.in_field)
                        vet_xml_append(t.field, sizeof t.field, xml->text);
                else if (what == VET_XML_TEXT && t.in_formula)
                        vet_xml_append(t.formula, sizeof t.formula, xml->text);
                else if (what == VET_XML_CLOSE) {
                        if (t.in_formula && t.formula[0])
                                vet_find(vet, vet_fields_formula(t.formula) | (cut(t.formula) ? POLICY_FIND_PART : 0));
                        t.in_field = t.in_formula = false;
                }
        }
        field_done(vet, &t);
        if (what == VET_XML_BAD)
                vet_doubt(vet, POLICY_DOUBT_DAMAGED);
}

/* A part that is not XML: a picture, a chart's own table, what a printer was told; else nobody knows it. */
static void binary(Vet *vet, VetBytes name, VetBytes b, unsigned depth) {
        uint32_t magic = vet_magic(b), type = POLICY_TYPE_UNKNOWN;

        if (magic == POLICY_TYPE_EMF || magic == POLICY_TYPE_WMF)
                return; /* drawings that the office program draws; nothing in them starts anything */
        if (magic == POLICY_TYPE_UNKNOWN && vet_find_case(name, "printersettings/") < name.n)
                return;
        if ((magic == POLICY_TYPE_UNKNOWN || magic == POLICY_TYPE_FONT) && vet_find_case(name, "/fonts/") < name.n)
                return; /* the document's own letters, veiled with its key (ECMA-376 part 4, 2.8.1) */
        if (vet_has(b, 0, "II\xbc", 3) && vet_find_case(name, "media/") < name.n)
                return; /* JPEG XR, what a picture was before an effect (ITU T.832) */
        if (magic != POLICY_TYPE_UNKNOWN)
                type = vet_look(vet, b, depth + 1);
        if (policy_type_class(type) == POLICY_CLASS_IMAGE)
                return;
        if (type == POLICY_TYPE_XLSX || type == POLICY_TYPE_DOCX || type == POLICY_TYPE_PPTX)
                return; /* what a chart was drawn from; looked into like any document */
        if (vet_find_case(name, "vbaproject") < name.n)
                vet_find(vet, POLICY_FIND_MACRO);
        else if (vet_find_case(name, "activex") < name.n)
                vet_find(vet, POLICY_FIND_ACTIVEX);
        else if (vet_find_case(name, "embeddings/") < name.n)
                vet_find(vet, POLICY_FIND_EMBEDDED);
        vet_find(vet, POLICY_FIND_PART);
}

static bool is_markup(VetBytes b) {
        size_t at = vet_has(b, 0, "\xef\xbb\xbf", 3) ? 3 : 0;

        while (at < b.n && (b.p[at] == ' ' || b.p[at] == '\t' || b.p[at] == '\r' || b.p[at] == '\n'))
                at++;
        return at < b.n && b.p[at] == '<';
}

static void part(Vet *vet, VetBytes name, VetBytes b, unsigned depth, uint32_t *type) {
        VetXml xml;

        if (b.n == 0)
                return;
        if (!is_markup(b)) {
                binary(vet, name, b, depth);
                return;
        }
        if (!vet_xml_begin(&xml, b)) {
                vet_doubt(vet, POLICY_DOUBT_UNSUPPORTED);
                return;
        }
        if (vet_name_is(name, "[Content_Types].xml"))
                content_types(vet, &xml, type);
        else if (vet_name_ends(name, ".rels"))
                relationships(vet, &xml);
        else
                markup(vet, &xml);
}

uint32_t vet_ooxml(Vet *vet, const VetZip *zip, unsigned depth) {
        uint32_t type = POLICY_TYPE_UNKNOWN;

        if (depth == 0)
                vet->v.pages = 0;
        for (uint32_t i = 0; i < zip->n && vet->v.doubt == POLICY_DOUBT_NONE; i++) {
                const VetZipEntry *e = &zip->entries[i];
                VetBytes bytes = { NULL, 0 };
                if (e->flags & 1) {
                        vet_find(vet, POLICY_FIND_ENCRYPTED);
                        continue;
                }
                if (vet_name_ends(e->name, "/") && e->size == 0)
                        continue;
                if (memchr(e->name.p, '\\', e->name.n) || vet_name_begins(e->name, "/") || vet_contains(e->name, ".."))
                        vet_find(vet, POLICY_FIND_NAME);
                if (!vet_zip_read(vet, zip, e, &bytes))
                        break;
                part(vet, e->name, bytes, depth, &type);
                free((void *)(uintptr_t)bytes.p);
        }
        return type == POLICY_TYPE_UNKNOWN ? POLICY_TYPE_OFFICE_OTHER : type;
}
