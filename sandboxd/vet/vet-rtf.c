/* vet-rtf: control words of a rich text (RTF 1.9.1), told apart from what tries not to look like one.
 * Runs as: vet.  Input: foreign bytes.  Must not: read on where a reader could read something else.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-fields.h"
#include "sandboxd/vet/vet.h"
#include <ctype.h>

#define DEPTH_MAX 512

static const struct { const char *word; uint32_t find; } words[] = {
        { "object", POLICY_FIND_EMBEDDED }, { "objdata", POLICY_FIND_EMBEDDED }, { "objemb", POLICY_FIND_EMBEDDED }, { "objupdate", POLICY_FIND_EMBEDDED },
        { "objautlink", POLICY_FIND_REMOTE }, { "objlink", POLICY_FIND_REMOTE }, { "objsub", POLICY_FIND_REMOTE }, { "objpub", POLICY_FIND_REMOTE },
        { "objicemb", POLICY_FIND_EMBEDDED }, { "objhtml", POLICY_FIND_EMBEDDED }, { "objocx", POLICY_FIND_ACTIVEX }, { "objclass", POLICY_FIND_EMBEDDED },
        { "template", POLICY_FIND_REMOTE }, { "subdocument", POLICY_FIND_REMOTE }, { "datastore", POLICY_FIND_PART }, { "mailmerge", POLICY_FIND_REMOTE },
        { "mmdatasource", POLICY_FIND_REMOTE }, { "bin", POLICY_FIND_HIDDEN }, { "linkself", POLICY_FIND_REMOTE }, { "passwordhash", 0 },
        { "macpict", POLICY_FIND_PART }, { "private", POLICY_FIND_PART }, { "wptab", 0 },
};

typedef struct Reader {
        VetBytes b;
        size_t at;
        unsigned depth, field_depth; /* field_depth: of the group that holds an instruction; 0 = none */
        char field[VET_FIELDS_MAX];
        size_t field_n;
} Reader;

static void end_field(Vet *vet, Reader *r) {
        r->field[r->field_n] = '\0';
        vet_find(vet, vet_fields_word(r->field) | (r->field_n >= sizeof r->field - 1 ? POLICY_FIND_PART : 0));
        r->field_n = 0;
        r->field_depth = 0;
}

static void put(Reader *r, uint8_t c) {
        if (r->field_depth > 0 && r->field_n < sizeof r->field - 1)
                r->field[r->field_n++] = (char)c;
}

/* At the letter after a backslash: takes the word, its number and one space. */
static void control(Vet *vet, Reader *r) {
        char word[40];
        size_t n = 0;
        unsigned long value = 0;

        while (r->at < r->b.n && isalpha(r->b.p[r->at])) {
                if (n < sizeof word - 1)
                        word[n++] = (char)r->b.p[r->at];
                r->at++;
        }
        word[n] = '\0';
        if (n > 32) /* readers cut at different lengths */
                vet_find(vet, POLICY_FIND_HIDDEN);
        if (r->at < r->b.n && r->b.p[r->at] == '-')
                r->at++;
        for (int digits = 0; r->at < r->b.n && isdigit(r->b.p[r->at]) && digits < 12; digits++)
                value = value * 10 + (r->b.p[r->at++] - '0');
        if (r->at < r->b.n && r->b.p[r->at] == ' ')
                r->at++;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                if (strcmp(word, words[i].word) == 0)
                        vet_find(vet, words[i].find);
        if (strcmp(word, "fldinst") == 0) {
                r->field_depth = r->depth;
                r->field_n = 0;
        } else if (strcmp(word, "u") == 0 && value < 128) /* a letter by its number */
                put(r, (uint8_t)value);
}

static int hex(uint8_t c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void backslash(Vet *vet, Reader *r) {
        uint8_t c = r->at < r->b.n ? r->b.p[r->at] : 0;

        if (isalpha(c)) {
                control(vet, r);
                return;
        }
        if (c == '\'' && r->at + 2 < r->b.n) {
                int high = hex(r->b.p[r->at + 1]), low = hex(r->b.p[r->at + 2]);
                if (high < 0 || low < 0)
                        vet_find(vet, POLICY_FIND_HIDDEN);
                else
                        put(r, (uint8_t)(high << 4 | low));
                r->at += 3;
                return;
        }
        r->at++; /* \* \~ \\ \{ and so on */
}

static void group(Vet *vet, Reader *r, uint8_t c) {
        if (c == '{') {
                r->depth++;
                return;
        }
        if (r->field_depth > 0 && r->depth <= r->field_depth)
                end_field(vet, r);
        r->depth--;
}

uint32_t vet_rtf(Vet *vet, VetBytes b) {
        Reader r = { .b = b };
        bool ended = false;

        /* Word also opens "{\rt" and "{\rtf" with any number; what does not begin as the format says wants to be overlooked */
        if (vet_contains(b, "pibName")) /* a shape's picture from elsewhere */
                vet_find(vet, POLICY_FIND_REMOTE);
        if (!vet_has(b, 0, "{\\rtf1", 6) || memchr(b.p, 0, b.n))
                vet_find(vet, POLICY_FIND_HIDDEN);
        while (r.at < b.n && !ended) {
                uint8_t c = b.p[r.at++];
                if (c == '\\')
                        backslash(vet, &r);
                else if (c == '{' || c == '}') {
                        group(vet, &r, c);
                        ended = r.depth == 0;
                } else if (c != '\r' && c != '\n')
                        put(&r, c);
                if (r.depth > DEPTH_MAX) {
                        vet_doubt(vet, POLICY_DOUBT_DEPTH);
                        return POLICY_TYPE_RTF;
                }
        }
        while (r.at < b.n && (isspace(b.p[r.at]) || b.p[r.at] == 0))
                r.at++;
        if (!ended)
                vet_doubt(vet, POLICY_DOUBT_DAMAGED);
        else if (r.at < b.n)
                vet_find(vet, POLICY_FIND_TRAILING);
        return POLICY_TYPE_RTF;
}
