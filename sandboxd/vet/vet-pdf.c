/* vet-pdf: every object of a PDF wherever it stands, and what among their names acts (ISO 32000-2).
 * Runs as: vet.  Input: foreign bytes.  Must not: follow the cross-reference table; readers do not agree on which one counts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-inflate.h"
#include "sandboxd/vet/vet-pdf-names.h"
#include <stdlib.h>

#define OBJECTS (1u << 20)
enum { PLAIN = 1, OTHER = 2 }; /* what an object of that number is, as far as an action at opening goes */
enum { MAX_OPENINGS = 16 };

typedef struct Pdf {
        Vet *vet;
        uint8_t *objects;            /* PLAIN, OTHER or both, by number */
        uint32_t openings[MAX_OPENINGS], n_openings;
        uint32_t pages;
        bool eof, startxref;
} Pdf;
typedef struct Dict { /* of the object under way, nested ones counted in */
        bool first, objstm, crypt, parms, filter, flate, other_filter, next, jump, action, acts;
        uint32_t number;
        bool numbered, array, dict;  /* what it begins with */
        bool any;
} Dict;

static bool is_filter(const char *name) {
        static const char *const filters[] = { "ASCIIHexDecode", "AHx", "ASCII85Decode", "A85", "LZWDecode", "LZW", "RunLengthDecode", "RL", "CCITTFaxDecode",
                                               "JBIG2Decode", "DCTDecode", "JPXDecode", "Crypt", "CCF", "DCT", "BrotliDecode" };
        for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
                if (strcmp(filters[i], name) == 0)
                        return true;
        return false;
}

static void note_object(Pdf *pdf, const Dict *d) {
        /* at opening: a place in this document, written as an array, or as a jump to one with nothing after it */
        bool plain = d->array ? !d->acts : d->dict && d->jump && !d->acts && !d->next;

        if (d->numbered && d->any && d->number < OBJECTS)
                pdf->objects[d->number] |= plain ? PLAIN : OTHER;
}

/* /OpenAction with what follows it: an array is a place; a reference is judged at the end; a dictionary must be a jump. */
static void opening(Pdf *pdf, VetBytes b, size_t at) {
        VetPdfToken t = vet_pdf_token(b, at), g, r;

        if (t.what == VET_PDF_ARRAY)
                return;
        g = vet_pdf_token(b, t.end);
        r = vet_pdf_token(b, g.end);
        if (t.what == VET_PDF_NUMBER && g.what == VET_PDF_NUMBER && r.what == VET_PDF_WORD && strcmp(r.text, "R") == 0 && t.number < OBJECTS &&
            pdf->n_openings < MAX_OPENINGS) {
                pdf->openings[pdf->n_openings++] = (uint32_t)t.number;
                return;
        }
        if (t.what == VET_PDF_OPEN) {
                bool jump = false;
                for (int i = 0; i < 24 && g.what != VET_PDF_CLOSE && g.what != VET_PDF_OPEN && g.what != VET_PDF_END; i++) {
                        if (g.what == VET_PDF_NAME && strcmp(g.text, "Next") == 0)
                                break;
                        jump = jump || (g.what == VET_PDF_NAME && strcmp(g.text, "GoTo") == 0);
                        g = vet_pdf_token(b, g.end);
                }
                if (jump && g.what == VET_PDF_CLOSE)
                        return;
        }
        vet_find(pdf->vet, POLICY_FIND_OPEN_ACTION);
}

static void note_name(Pdf *pdf, VetBytes b, const VetPdfToken *t, Dict *d) {
        uint32_t find = vet_pdf_name(t->text);

        vet_find(pdf->vet, find);
        d->acts = d->acts || find != 0 || strcmp(t->text, "URI") == 0 || strcmp(t->text, "Named") == 0;
        d->first = d->first || strcmp(t->text, "First") == 0;
        d->objstm = d->objstm || strcmp(t->text, "ObjStm") == 0;
        d->parms = d->parms || strcmp(t->text, "DecodeParms") == 0 || strcmp(t->text, "DP") == 0 || strcmp(t->text, "Predictor") == 0;
        d->filter = d->filter || strcmp(t->text, "Filter") == 0 || strcmp(t->text, "F") == 0;
        d->flate = d->flate || strcmp(t->text, "FlateDecode") == 0 || strcmp(t->text, "Fl") == 0;
        d->other_filter = d->other_filter || is_filter(t->text);
        d->next = d->next || strcmp(t->text, "Next") == 0;
        d->jump = d->jump || strcmp(t->text, "GoTo") == 0;
        if (strcmp(t->text, "OpenAction") == 0)
                opening(pdf, b, t->end);
        if (strcmp(t->text, "Page") == 0)
                pdf->pages++;
}

/* Objects inside a stream (7.5.7): numbers and places first, then the objects one after another. */
static void packed_objects(Pdf *pdf, VetBytes b) {
        uint32_t numbers[512] = { 0 };
        size_t places[512] = { 0 }, n = 0, at = 0;
        VetPdfToken t;
        Dict d = { 0 };

        for (t = vet_pdf_token(b, 0); t.what == VET_PDF_NUMBER; t = vet_pdf_token(b, t.end)) {
                VetPdfToken place = vet_pdf_token(b, t.end);
                if (place.what != VET_PDF_NUMBER)
                        break;
                if (n < 512) {
                        numbers[n] = t.number < OBJECTS ? (uint32_t)t.number : OBJECTS;
                        places[n++] = (size_t)place.number;
                }
                t = place;
        }
        /* the first object may be a number itself, and then the head ends sooner than it seems: places are told from the last token that is sure */
        for (size_t first = t.at, i = 0; t.what != VET_PDF_END; t = vet_pdf_token(b, at)) {
                at = t.end;
                while (i < n && t.at >= first + places[i]) {
                        note_object(pdf, &d);
                        d = (Dict){ .number = numbers[i++], .numbered = true };
                }
                if (!d.any) {
                        d.any = true;
                        d.array = t.what == VET_PDF_ARRAY;
                        d.dict = t.what == VET_PDF_OPEN;
                }
                if (t.what == VET_PDF_NAME)
                        note_name(pdf, b, &t, &d);
        }
        note_object(pdf, &d);
}

/* A stream's bytes: objects are looked for in those that hold some; in the others there must be none. Returns where it ends. */
static size_t stream(Pdf *pdf, VetBytes b, size_t at, const Dict *d) {
        const uint8_t *end;
        VetBytes body, out;

        if (at < b.n && b.p[at] == '\r')
                at++;
        if (at < b.n && b.p[at] == '\n')
                at++;
        end = at < b.n ? memmem(b.p + at, b.n - at, "endstream", 9) : NULL;
        if (!end) {
                vet_doubt(pdf->vet, POLICY_DOUBT_DAMAGED);
                return b.n;
        }
        body = vet_part(b, at, (size_t)(end - b.p) - at);
        if (d->first || d->objstm) {
                if (d->other_filter || d->parms || (d->filter && !d->flate)) {
                        vet_find(pdf->vet, POLICY_FIND_HIDDEN); /* objects packed in a way that no producer packs them */
                } else if (!d->flate) {
                        packed_objects(pdf, body);
                } else if (vet_inflate(pdf->vet, body, VET_ZLIB, POLICY_VET_MAX_MEMBER, &out, NULL)) {
                        packed_objects(pdf, out);
                        free((void *)(uintptr_t)out.p);
                }
        }
        return (size_t)(end - b.p) + 9;
}

/* What a stream holds is none of ours, but where one begins and ends is a matter of opinion: "(>>stream" in a string, "obj" where a reader is
 * sent by a table. So no name that acts may be in there either; those of two letters are left out, because packed bytes spell them by chance, and
 * none of those acts without a longer one. */
static void hidden_things(Vet *vet, VetBytes b) {
        for (size_t i = 0; i < b.n; i++) {
                const uint8_t *p = memchr(b.p + i, '/', b.n - i);
                if (!p)
                        break;
                i = (size_t)(p - b.p);
                VetPdfToken t = vet_pdf_token(b, i);
                if (strlen(t.text) > 2 && vet_pdf_name(t.text) != 0)
                        vet_find(vet, POLICY_FIND_HIDDEN | vet_pdf_name(t.text));
        }
        for (size_t i = 1; i + 3 <= b.n; i++) {
                const uint8_t *p = memmem(b.p + i, b.n - i, "obj", 3);
                if (!p)
                        break;
                i = (size_t)(p - b.p);
                VetPdfToken t = vet_pdf_token(b, i);
                uint8_t before = b.p[i - 1];
                if (strcmp(t.text, "obj") == 0 && (before <= ' ' || (before >= '0' && before <= '9')))
                        vet_find(vet, POLICY_FIND_HIDDEN);
        }
}

/* "0obj": some readers take the number and the word apart. */
static bool glued(const char *text) {
        size_t digits = strspn(text, "0123456789");
        return digits > 0 && strncmp(text + digits, "obj", 3) == 0;
}

/* Everything outside streams, token by token. */
static void walk(Pdf *pdf, VetBytes b) {
        VetPdfToken t, before = { 0 }, older = { 0 };
        Dict d = { 0 };

        for (size_t at = 0; pdf->vet->v.doubt == POLICY_DOUBT_NONE; older = before, before = t) {
                t = vet_pdf_token(b, at);
                if (t.what == VET_PDF_END)
                        return;
                at = t.end;
                if (t.what == VET_PDF_NAME)
                        note_name(pdf, b, &t, &d);
                if (t.what == VET_PDF_WORD && strcmp(t.text, "obj") == 0 && before.what == VET_PDF_NUMBER && older.what == VET_PDF_NUMBER) {
                        VetPdfToken begin = vet_pdf_token(b, at);
                        note_object(pdf, &d);
                        d = (Dict){ .number = older.number < OBJECTS ? (uint32_t)older.number : OBJECTS, .numbered = true, .any = true,
                                    .array = begin.what == VET_PDF_ARRAY, .dict = begin.what == VET_PDF_OPEN };
                } else if (t.what == VET_PDF_WORD && strcmp(t.text, "endobj") == 0) {
                        note_object(pdf, &d);
                        d = (Dict){ 0 };
                } else if (t.what == VET_PDF_WORD && strcmp(t.text, "stream") == 0 && at < b.n && (b.p[at] == '\r' || b.p[at] == '\n')) {
                        size_t end = stream(pdf, b, at, &d);
                        hidden_things(pdf->vet, vet_part(b, at, end - at));
                        at = end;
                } else if (t.what == VET_PDF_WORD && strcmp(t.text, "startxref") == 0)
                        pdf->startxref = true;
                else if (t.what == VET_PDF_WORD && glued(t.text))
                        vet_find(pdf->vet, POLICY_FIND_HIDDEN);
        }
}

/* The last %%EOF stands at the end; blanks may follow. */
static void check_end(Pdf *pdf, VetBytes b) {
        size_t n = b.n, low;

        while (n > 0 && (b.p[n - 1] == 0 || b.p[n - 1] == '\n' || b.p[n - 1] == '\r' || b.p[n - 1] == ' ' || b.p[n - 1] == '\t'))
                n--;
        low = n > 5 ? n - 5 : 0;
        if (vet_has(b, low, "%%EOF", 5))
                return;
        if (memmem(b.p, n, "%%EOF", 5))
                vet_find(pdf->vet, POLICY_FIND_TRAILING);
        else
                vet_doubt(pdf->vet, POLICY_DOUBT_DAMAGED);
}

uint32_t vet_pdf(Vet *vet, VetBytes b) {
        Pdf pdf = { .vet = vet, .objects = calloc(OBJECTS + 1, 1) };

        if (!pdf.objects || !vet_work(vet, 6 * b.n)) {
                free(pdf.objects);
                vet_doubt(vet, POLICY_DOUBT_MEMORY);
                return POLICY_TYPE_PDF;
        }
        check_end(&pdf, b);
        walk(&pdf, b);
        if (!pdf.startxref)
                vet_doubt(vet, POLICY_DOUBT_DAMAGED);
        for (uint32_t i = 0; i < pdf.n_openings; i++)
                if (pdf.objects[pdf.openings[i]] != PLAIN)
                        vet_find(vet, POLICY_FIND_OPEN_ACTION);
        if (pdf.pages > POLICY_VET_MAX_PAGES)
                vet_doubt(vet, POLICY_DOUBT_ENTRIES);
        vet->v.pages = pdf.pages < POLICY_VET_MAX_PAGES ? pdf.pages : POLICY_VET_MAX_PAGES;
        free(pdf.objects);
        return POLICY_TYPE_PDF;
}
