/* vet-pdf-names: the names of a PDF that act, and the walk over tokens (ISO 32000-2, 7.2 and 12.6).
 * Runs as: vet.  Input: foreign bytes.  Must not: skip a place where some reader could find a name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-pdf-names.h"

static bool is_space(uint8_t c) {
        return c == 0 || c == 9 || c == 10 || c == 12 || c == 13 || c == ' ';
}

static bool is_delimiter(uint8_t c) {
        return c == '(' || c == ')' || c == '<' || c == '>' || c == '[' || c == ']' || c == '{' || c == '}' || c == '/' || c == '%';
}

static int hex(uint8_t c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Regular characters from at on; in a name #xx is one character. */
static size_t take_text(VetBytes b, size_t at, bool name, char text[40]) {
        size_t n = 0;

        while (at < b.n && !is_space(b.p[at]) && !is_delimiter(b.p[at])) {
                uint8_t c = b.p[at];
                int high = name && c == '#' && at + 2 < b.n ? hex(b.p[at + 1]) : -1, low = high >= 0 ? hex(b.p[at + 2]) : -1;
                if (low >= 0) {
                        c = (uint8_t)(high << 4 | low);
                        at += 2;
                }
                if (n < 39)
                        text[n++] = (char)c;
                at++;
        }
        text[n] = '\0';
        return at;
}

VetPdfToken vet_pdf_token(VetBytes b, size_t at) {
        VetPdfToken t = { .what = VET_PDF_END };

        while (at < b.n && is_space(b.p[at]))
                at++;
        t.at = t.end = at;
        if (at >= b.n)
                return t;
        t.what = VET_PDF_OTHER;
        if (b.p[at] == '/') {
                t.what = VET_PDF_NAME;
                t.end = take_text(b, at + 1, true, t.text);
        } else if (b.p[at] == '<' || b.p[at] == '>') {
                bool twice = at + 1 < b.n && b.p[at + 1] == b.p[at];
                t.what = !twice ? VET_PDF_OTHER : b.p[at] == '<' ? VET_PDF_OPEN : VET_PDF_CLOSE;
                t.end = at + 1 + twice;
        } else if (is_delimiter(b.p[at])) {
                t.what = b.p[at] == '[' ? VET_PDF_ARRAY : VET_PDF_OTHER;
                t.end = at + 1;
        } else {
                t.end = take_text(b, at, false, t.text);
                t.what = VET_PDF_NUMBER;
                for (const char *p = t.text; *p; p++)
                        if (*p < '0' || *p > '9' || t.number > 1ull << 50)
                                t.what = VET_PDF_WORD;
                        else
                                t.number = t.number * 10 + (uint64_t)(*p - '0');
        }
        return t;
}

uint32_t vet_pdf_name(const char *name) {
        static const struct { const char *name; uint32_t find; } names[] = {
                { "JavaScript", POLICY_FIND_SCRIPT }, { "JS", POLICY_FIND_SCRIPT }, { "AA", POLICY_FIND_OPEN_ACTION }, { "Launch", POLICY_FIND_LAUNCH },
                { "EmbeddedFile", POLICY_FIND_EMBEDDED }, { "EmbeddedFiles", POLICY_FIND_EMBEDDED }, { "FileAttachment", POLICY_FIND_EMBEDDED },
                { "Collection", POLICY_FIND_EMBEDDED }, { "AF", POLICY_FIND_EMBEDDED }, { "XFA", POLICY_FIND_XFA }, { "Encrypt", POLICY_FIND_ENCRYPTED },
                { "RichMedia", POLICY_FIND_MULTIMEDIA }, { "RichMediaContent", POLICY_FIND_MULTIMEDIA }, { "RichMediaExecute", POLICY_FIND_MULTIMEDIA },
                { "Movie", POLICY_FIND_MULTIMEDIA }, { "Rendition", POLICY_FIND_MULTIMEDIA },
                { "Sound", POLICY_FIND_MULTIMEDIA }, { "3D", POLICY_FIND_MULTIMEDIA }, { "U3D", POLICY_FIND_MULTIMEDIA }, { "PRC", POLICY_FIND_MULTIMEDIA },
                { "Flash", POLICY_FIND_MULTIMEDIA }, { "GoToR", POLICY_FIND_LAUNCH }, { "GoToE", POLICY_FIND_LAUNCH }, { "GoTo3DView", POLICY_FIND_MULTIMEDIA },
                { "SubmitForm", POLICY_FIND_REMOTE }, { "ImportData", POLICY_FIND_REMOTE },
        };

        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
                if (strcmp(names[i].name, name) == 0)
                        return names[i].find;
        return 0;
}
