/* vet-compound: which document a compound file is, by the names in it, and what else is there: every name must be known.
 * Runs as: vet.  Input: foreign bytes.  Must not: take an unknown storage for a harmless one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-ole.h"
#include <stdlib.h>

typedef struct Known {
        const char *name; /* a final '*' stands for anything */
        uint32_t type, find;
} Known;

/* MS-DOC, MS-XLS, MS-PPT, MS-OVBA, MS-OLEDS, MS-OFFCRYPTO, MS-OXMSG. */
static const Known known[] = {
        { "WordDocument", POLICY_TYPE_DOC, 0 }, { "Workbook", POLICY_TYPE_XLS, 0 }, { "Book", POLICY_TYPE_XLS, 0 }, { "PowerPoint Document", POLICY_TYPE_PPT, 0 },
        { "EncryptedPackage", POLICY_TYPE_OFFICE_LOCKED, POLICY_FIND_ENCRYPTED }, { "EncryptionInfo", 0, POLICY_FIND_ENCRYPTED },
        { "\006DataSpaces", 0, POLICY_FIND_ENCRYPTED }, { "\011DRMContent", 0, POLICY_FIND_ENCRYPTED }, { "EncryptedSummary", 0, POLICY_FIND_ENCRYPTED },
        { "VBA", 0, POLICY_FIND_MACRO }, { "Macros", 0, POLICY_FIND_MACRO }, { "_VBA_PROJECT*", 0, POLICY_FIND_MACRO }, { "PROJECT", 0, POLICY_FIND_MACRO },
        { "PROJECTwm", 0, POLICY_FIND_MACRO }, { "PROJECTlk", 0, POLICY_FIND_MACRO }, { "VBA_Project*", 0, POLICY_FIND_MACRO },
        { "ObjectPool", 0, 0 }, { "\001Ole10*", 0, POLICY_FIND_EMBEDDED | POLICY_FIND_PROGRAM }, { "Package", 0, POLICY_FIND_EMBEDDED },
        { "\003ObjInfo", 0, POLICY_FIND_EMBEDDED }, { "\003OCX*", 0, POLICY_FIND_ACTIVEX }, { "Ctls", 0, POLICY_FIND_ACTIVEX },
        { "\003LinkInfo", 0, POLICY_FIND_REMOTE }, { "MBD*", 0, POLICY_FIND_EMBEDDED }, { "LNK*", 0, POLICY_FIND_REMOTE }, { "Equation Native", 0, POLICY_FIND_EMBEDDED },
        { "__properties_version1.0", POLICY_TYPE_MSG, 0 }, { "__nameid_version1.0", POLICY_TYPE_MSG, 0 },
        { "VisioDocument", POLICY_TYPE_OFFICE_OTHER, 0 }, { "Quill", POLICY_TYPE_OFFICE_OTHER, 0 }, { "Props9", POLICY_TYPE_OFFICE_OTHER, 0 },
        /* harmless ones */
        { "0Table", 0, 0 }, { "1Table", 0, 0 }, { "Data", 0, 0 }, { "\001CompObj", 0, 0 }, { "\001Ole", 0, 0 }, { "\005SummaryInformation", 0, 0 },
        { "\005DocumentSummaryInformation", 0, 0 }, { "Current User", 0, 0 }, { "Pictures", 0, 0 }, { "User Names", 0, 0 }, { "Revision Log", 0, 0 },
        { "MsoDataStore", 0, 0 }, { "Item", 0, 0 }, { "Properties", 0, 0 },
};

static bool fits(const char *pattern, const char *name) {
        size_t n = strlen(pattern);
        return n > 0 && pattern[n - 1] == '*' ? strncmp(pattern, name, n - 1) == 0 : strcmp(pattern, name) == 0;
}

/* Windows Installer writes its tables under names squeezed into U+3800 to U+4840. */
static bool installer_name(const char *name) {
        const uint8_t *p = (const uint8_t *)name;
        return (p[0] == 0xe3 && p[1] >= 0xa0) || (p[0] == 0xe4 && p[1] <= 0xa1);
}

static bool installer(const VetOle *ole) {
        static const uint8_t clsids[][4] = { { 0x84, 0x10, 0x0c, 0 }, { 0x86, 0x10, 0x0c, 0 }, { 0x82, 0x10, 0x0c, 0 } };

        for (size_t i = 0; i < 3; i++)
                if (memcmp(ole->clsid, clsids[i], 4) == 0)
                        return true;
        for (uint32_t i = 1; i < ole->n; i++)
                if (ole->entries[i].type == 2 && installer_name(ole->entries[i].name))
                        return true;
        return false;
}

/* The one document type that the names of the root's level speak for; two are a polyglot. */
static uint32_t judge_names(Vet *vet, const VetOle *ole) {
        uint32_t type = POLICY_TYPE_UNKNOWN;
        bool datastore = false;

        for (uint32_t i = 1; i < ole->n; i++)
                datastore = datastore || strcmp(ole->entries[i].name, "MsoDataStore") == 0;
        for (uint32_t i = 1; i < ole->n; i++) {
                const VetOleEntry *e = &ole->entries[i];
                bool named = false;
                if (e->type != 1 && e->type != 2)
                        continue;
                for (size_t k = 0; k < sizeof known / sizeof *known && !named; k++) {
                        if (!fits(known[k].name, e->name))
                                continue;
                        named = true;
                        vet_find(vet, known[k].find);
                        if (known[k].type == 0)
                                continue;
                        if (!e->root_level)
                                vet_find(vet, POLICY_FIND_EMBEDDED); /* a document's stream where no document is */
                        else if (type != POLICY_TYPE_UNKNOWN && type != known[k].type)
                                vet_find(vet, POLICY_FIND_POLYGLOT);
                        else
                                type = known[k].type;
                }
                if (!named && !(datastore && e->type == 1)) /* a data store's folders have made-up names; what is in them has not */
                        vet_find(vet, POLICY_FIND_PART);
        }
        return type;
}

static void read_named(Vet *vet, const VetOle *ole, const char *name, VetBytes *ret) {
        *ret = (VetBytes){ NULL, 0 };
        for (uint32_t i = 1; i < ole->n; i++)
                if (ole->entries[i].root_level && ole->entries[i].type == 2 && strcmp(ole->entries[i].name, name) == 0) {
                        (void)vet_ole_read(vet, ole, &ole->entries[i], ret);
                        return;
                }
}

static void look_inside(Vet *vet, const VetOle *ole, uint32_t type) {
        VetBytes main, second;

        read_named(vet, ole, type == POLICY_TYPE_DOC ? "WordDocument" : type == POLICY_TYPE_PPT ? "PowerPoint Document" : "Workbook", &main);
        if (type == POLICY_TYPE_XLS && main.n == 0) {
                free((void *)(uintptr_t)main.p);
                read_named(vet, ole, "Book", &main);
        }
        if (type == POLICY_TYPE_DOC) {
                read_named(vet, ole, vet_u16(main, 10) & 0x0200 ? "1Table" : "0Table", &second);
                vet_word(vet, main, second);
        } else if (type == POLICY_TYPE_PPT) {
                read_named(vet, ole, "Current User", &second);
                if (vet_u32(second, 12) == 0xf3d1c4df) /* MS-PPT 2.3.2: headerToken of an encrypted document */
                        vet_find(vet, POLICY_FIND_ENCRYPTED);
                vet_powerpoint(vet, main);
        } else {
                vet_excel(vet, main);
                read_named(vet, ole, "Book", &second); /* for Excel 5, beside the one for later ones */
                if (second.n > 0)
                        vet_excel(vet, second);
        }
        free((void *)(uintptr_t)main.p);
        free((void *)(uintptr_t)second.p);
}

uint32_t vet_ole(Vet *vet, VetBytes b) {
        uint32_t type, part;
        VetOle ole;

        if (!vet_ole_open(vet, b, &ole))
                return POLICY_TYPE_OLE;
        part = vet->v.findings & POLICY_FIND_PART;
        type = judge_names(vet, &ole);
        if (type == POLICY_TYPE_OFFICE_LOCKED || type == POLICY_TYPE_MSG || installer(&ole))
                vet->v.findings = (vet->v.findings & ~(uint32_t)POLICY_FIND_PART) | part; /* refused as what it is, not for a name in it */
        if (type != POLICY_TYPE_MSG && type != POLICY_TYPE_OFFICE_LOCKED && installer(&ole))
                type = POLICY_TYPE_MSI;
        if (type == POLICY_TYPE_DOC || type == POLICY_TYPE_XLS || type == POLICY_TYPE_PPT)
                look_inside(vet, &ole, type);
        vet_ole_done(&ole);
        return type == POLICY_TYPE_UNKNOWN ? POLICY_TYPE_OLE : type;
}
