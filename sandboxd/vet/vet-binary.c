/* vet-binary: what the main streams of Word, Excel and PowerPoint 97 to 2003 say (MS-DOC, MS-XLS, MS-PPT).
 * Runs as: vet.  Input: foreign bytes.  Must not: trust a length.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-fields.h"
#include "sandboxd/vet/vet-ole.h"
#include <stdlib.h>

/* A field begins with 0x13 (MS-DOC 2.8.25); its instruction follows in one or two bytes a character. */
static void word_fields(Vet *vet, VetBytes b) {
        for (size_t i = 0; i + 1 < b.n; i++) {
                char narrow[80], wide[80];
                size_t n = 0, w = 0;
                if (b.p[i] != 0x13)
                        continue;
                for (size_t k = i + 1; k < b.n && n < sizeof narrow - 1 && b.p[k] >= ' '; k++)
                        narrow[n++] = (char)b.p[k];
                for (size_t k = i + 2; i + 1 < b.n && b.p[i + 1] == 0 && k + 1 < b.n && w < sizeof wide - 1 && b.p[k] >= ' ' && b.p[k + 1] == 0; k += 2)
                        wide[w++] = (char)b.p[k];
                narrow[n] = wide[w] = '\0';
                if (n >= 2)
                        vet_find(vet, vet_fields_word(narrow));
                if (w >= 2)
                        vet_find(vet, vet_fields_word(wide));
        }
}

void vet_word(Vet *vet, VetBytes document, VetBytes table) {
        uint16_t flags = vet_u16(document, 10);

        if (vet_u16(document, 0) != 0xa5ec || document.n < 68) {
                vet_doubt(vet, POLICY_DOUBT_DAMAGED);
                return;
        }
        if (flags & 0x8100) /* fEncrypted, fObfuscated */
                vet_find(vet, POLICY_FIND_ENCRYPTED);
        if (table.n == 0)
                vet_doubt(vet, POLICY_DOUBT_DAMAGED);
        if (!vet_work(vet, document.n + table.n))
                return;
        word_fields(vet, document);
        /* the template's address stands in the table stream (SttbfAssoc) */
        if (table.n > 0 && (memmem(table.p, table.n, "h\0t\0t\0p\0", 8) || memmem(table.p, table.n, "\\\0\\\0", 4)))
                vet_find(vet, POLICY_FIND_REMOTE);
}

static void excel_record(Vet *vet, uint16_t type, VetBytes r) {
        switch (type) {
        case 0x2f: /* FilePass */
                vet_find(vet, POLICY_FIND_ENCRYPTED);
                break;
        case 0x85: /* BoundSheet8: dt 1 = macro sheet, 6 = VBA module */
                if (r.n >= 6 && r.p[5] == 1)
                        vet_find(vet, POLICY_FIND_XLM);
                else if (r.n >= 6 && r.p[5] != 0 && r.p[5] != 2)
                        vet_find(vet, r.p[5] == 6 ? POLICY_FIND_MACRO : POLICY_FIND_PART);
                break;
        case 0x809: /* BOF: 0x40 = macro sheet */
                if (vet_u16(r, 2) == 0x40)
                        vet_find(vet, POLICY_FIND_XLM);
                break;
        case 0x18: /* Lbl: a built-in name, 1 = Auto_Open, 2 = Auto_Close */
                if (r.n >= 16 && (r.p[0] & 0x20) && (vet_part(r, 15, 1).p[0] == 1 || vet_part(r, 15, 1).p[0] == 2))
                        vet_find(vet, POLICY_FIND_XLM);
                if (r.n >= 2 && (r.p[0] & 0x0e)) /* fFunc, fOB, fProc: a macro's name */
                        vet_find(vet, POLICY_FIND_XLM);
                break;
        case 0x1ae: /* SupBook: itself, add-in functions, or somebody else's */
                if (vet_u16(r, 2) != 0x0401 && vet_u16(r, 2) != 0x3a01)
                        vet_find(vet, memchr(r.p, 3, r.n) ? POLICY_FIND_DDE : POLICY_FIND_REMOTE);
                break;
        case 0x876: case 0x1ad: case 0xdc: case 0x803: case 0x804: /* DConn, Qsi, DbOrParamQry, DBQueryExt, ExtString */
                vet_find(vet, POLICY_FIND_REMOTE);
                break;
        case 0xd3: /* ObProj: there is a VBA project */
                vet_find(vet, POLICY_FIND_MACRO);
                break;
        default:
                break;
        }
}

void vet_excel(Vet *vet, VetBytes b) {
        size_t at = 0;
        bool ended = false;

        if (vet_u16(b, 0) != 0x809) {
                vet_doubt(vet, POLICY_DOUBT_DAMAGED);
                return;
        }
        while (at + 4 <= b.n) {
                uint16_t type = vet_u16(b, at), n = vet_u16(b, at + 2);
                VetBytes r = vet_part(b, at + 4, n);
                if (type == 0 && n == 0 && ended) /* padding behind the last sheet */
                        break;
                if (r.n < n || n > 8224) {
                        vet_doubt(vet, POLICY_DOUBT_DAMAGED);
                        return;
                }
                excel_record(vet, type, r);
                ended = type == 0x0a;
                if (vet->v.findings & POLICY_FIND_ENCRYPTED)
                        return; /* the rest is not what it seems */
                at += 4u + n;
        }
        if (!ended)
                vet_doubt(vet, POLICY_DOUBT_DAMAGED);
}

static void slide_record(Vet *vet, uint16_t type, VetBytes r) {
        switch (type) {
        case 0x03ff: case 0x0400: /* VBAInfo, VBAInfoAtom: fHasMacros */
                if (type == 0x0400 && vet_u32(r, 4) != 0)
                        vet_find(vet, POLICY_FIND_MACRO);
                break;
        case 0x0fcc: case 0x0fcd: case 0x1011: /* ExOleEmbed and what it holds */
                vet_find(vet, POLICY_FIND_EMBEDDED);
                break;
        case 0x0fce: case 0x0fd1: case 0x1005: case 0x1006: case 0x1007: case 0x100e: case 0x100f: /* links to objects, films, sounds */
                vet_find(vet, POLICY_FIND_REMOTE);
                break;
        case 0x0fee: case 0x0ffb: /* ExControl */
                vet_find(vet, POLICY_FIND_ACTIVEX);
                break;
        case 0x0ff3: /* InteractiveInfoAtom: action 1 = macro, 2 = program, 5 = object's verb */
                if (r.n >= 9 && r.p[8] == 1)
                        vet_find(vet, POLICY_FIND_MACRO);
                else if (r.n >= 9 && (r.p[8] == 2 || r.p[8] == 5))
                        vet_find(vet, POLICY_FIND_LAUNCH);
                break;
        case 0x2f14: /* CryptSession10Container */
                vet_find(vet, POLICY_FIND_ENCRYPTED);
                break;
        default:
                break;
        }
}

/* Containers (version 15) are entered simply by not skipping their content. */
void vet_powerpoint(Vet *vet, VetBytes b) {
        size_t at = 0, count = 0;

        if (b.n < 8) {
                vet_doubt(vet, POLICY_DOUBT_DAMAGED);
                return;
        }
        for (; at + 8 <= b.n; count++) {
                uint16_t head = vet_u16(b, at), type = vet_u16(b, at + 2);
                uint32_t n = vet_u32(b, at + 4);
                VetBytes r = vet_part(b, at + 8, n);
                if (head == 0 && type == 0 && n == 0 && count > 0) /* padding behind the last record */
                        break;
                if (r.n < n) {
                        if (!(vet->v.findings & POLICY_FIND_ENCRYPTED))
                                vet_doubt(vet, POLICY_DOUBT_DAMAGED);
                        return;
                }
                slide_record(vet, type, r);
                at += 8 + ((head & 15) == 15 ? 0 : (size_t)n);
        }
}
