/* vet-text: text, and what in the shape of text makes something run.
 * Runs as: vet.  Input: foreign bytes.  Must not: call something text that a program would obey under an ordinary name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-text.h"
#include <stdlib.h>

#define HEAD 4096

/* How a text begins (after blanks, in any case) that is not read but obeyed. */
static const struct { const char *begin; uint32_t type; } begins[] = {
        { "#!", POLICY_TYPE_SCRIPT }, { "<?php", POLICY_TYPE_SCRIPT }, { "@echo off", POLICY_TYPE_SCRIPT }, { "::batch", POLICY_TYPE_SCRIPT },
        { "[internetshortcut", POLICY_TYPE_URL }, { "[desktop entry]", POLICY_TYPE_DESKTOP }, { "[shell]\r\ncommand", POLICY_TYPE_DESKTOP },
        { "windows registry editor", POLICY_TYPE_REG }, { "regedit4", POLICY_TYPE_REG }, { "web\r\n1\r\n", POLICY_TYPE_IQY }, { "web\n1\n", POLICY_TYPE_IQY },
        { "xlodbc", POLICY_TYPE_IQY }, { "id;p", POLICY_TYPE_SLK }, { "[autorun]", POLICY_TYPE_SCRIPT }, { "[version]\r\nsignature", POLICY_TYPE_SCRIPT },
        { "on error resume next", POLICY_TYPE_SCRIPT }, { "# disk descriptorfile", POLICY_TYPE_VMDK }, { "full address:s:", POLICY_TYPE_URL },
        { "screen mode id:i:", POLICY_TYPE_URL }, { "mime-version:", POLICY_TYPE_EML },
};
/* Anywhere in its first bytes. */
static const struct { const char *word; uint32_t type; } words[] = {
        { "<hta:application", POLICY_TYPE_HTA }, { "<job", 0 }, { "<package>", 0 }, { "wscript.shell", POLICY_TYPE_SCRIPT }, { "wscript.createobject", POLICY_TYPE_SCRIPT },
        { "new activexobject(", POLICY_TYPE_SCRIPT }, { "createobject(\"", POLICY_TYPE_SCRIPT }, { "scripting.filesystemobject", POLICY_TYPE_SCRIPT },
        { "shell.application", POLICY_TYPE_SCRIPT }, { "invoke-expression", POLICY_TYPE_SCRIPT }, { "downloadstring(", POLICY_TYPE_SCRIPT },
        { "frombase64string(", POLICY_TYPE_SCRIPT }, { "powershell -", POLICY_TYPE_SCRIPT }, { "powershell.exe", POLICY_TYPE_SCRIPT }, { "#@~^", POLICY_TYPE_SCRIPT },
        { "<scriptlet", POLICY_TYPE_WSF }, { "<pcsettings", POLICY_TYPE_SETTINGS }, { "searchablecontent xmlns", POLICY_TYPE_SETTINGS },
        { "[internetshortcut]", POLICY_TYPE_URL }, { "<diagnosticpackage", POLICY_TYPE_DIAG }, { "<dcmpackage", POLICY_TYPE_DIAG }, { "<jnlp", POLICY_TYPE_JNLP },
        { "ms-msdt:", POLICY_TYPE_DIAG },
};

static VetBytes after_blanks(VetBytes b) {
        size_t at = vet_has(b, 0, "\xef\xbb\xbf", 3) ? 3 : 0;

        while (at < b.n && (b.p[at] == ' ' || b.p[at] == '\t' || b.p[at] == '\r' || b.p[at] == '\n'))
                at++;
        return vet_part(b, at, SIZE_MAX);
}

static bool begins_with(VetBytes b, const char *lower) {
        size_t n = strlen(lower);
        return b.n >= n && vet_find_case(vet_part(b, 0, n), lower) == 0;
}

/* A tag among the first: which kind of markup this is. */
static uint32_t markup(VetBytes head) {
        static const struct { const char *tag; uint32_t type; } tags[] = {
                { "<svg", POLICY_TYPE_SVG }, { "<!doctype svg", POLICY_TYPE_SVG }, { "<!doctype html", POLICY_TYPE_HTML }, { "<html", POLICY_TYPE_HTML },
                { "<script", POLICY_TYPE_HTML }, { "<body", POLICY_TYPE_HTML }, { "<head", POLICY_TYPE_HTML }, { "<iframe", POLICY_TYPE_HTML },
                { "<meta ", POLICY_TYPE_HTML }, { "<table", POLICY_TYPE_HTML }, { "<office:document", POLICY_TYPE_OFFICE_OTHER },
                { "<?mso-application", POLICY_TYPE_OFFICE_OTHER }, { "<pkg:package", POLICY_TYPE_OFFICE_OTHER }, { "<job", POLICY_TYPE_WSF },
                { "<package", POLICY_TYPE_WSF }, { "<component", POLICY_TYPE_WSF }, { "<assembly", POLICY_TYPE_SETTINGS },
                { "<librarydescription", POLICY_TYPE_URL }, { "<persistedquery", POLICY_TYPE_URL }, { "<?wsf", POLICY_TYPE_WSF }, { "<?xml", POLICY_TYPE_XML },
        };
        size_t nearest = head.n;
        uint32_t type = POLICY_TYPE_UNKNOWN;

        for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
                size_t at = vet_find_case(head, tags[i].tag);
                if (at >= head.n || (tags[i].type == POLICY_TYPE_XML && type != POLICY_TYPE_UNKNOWN))
                        continue;
                if (at < nearest || type == POLICY_TYPE_XML) {
                        nearest = at;
                        type = tags[i].type;
                }
        }
        return type;
}

/* A saved mail: header fields from the first line on, one of them of a mail (RFC 5322). */
static uint32_t mail(VetBytes b) {
        static const char *const fields[] = { "received:", "from:", "return-path:", "message-id:", "mime-version:", "delivered-to:", "date:", "subject:", "to:", "x-" };
        unsigned seen = 0, lines = 0;
        bool mime = false;
        VetBytes head = vet_part(b, 0, 16384);

        for (size_t at = 0; at < head.n && lines < 60; lines++) {
                const uint8_t *end = memchr(head.p + at, '\n', head.n - at);
                VetBytes line = vet_part(head, at, end ? (size_t)(end - head.p) - at : SIZE_MAX);
                at += line.n + 1;
                if (line.n <= 1)
                        break;
                if (line.p[0] == ' ' || line.p[0] == '\t')
                        continue;
                if (!memchr(line.p, ':', line.n))
                        return POLICY_TYPE_UNKNOWN;
                for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
                        seen += begins_with(line, fields[i]);
                mime = mime || (begins_with(line, "content-type:") && vet_find_case(line, "multipart/related") < line.n);
        }
        return seen < 3 ? (mime ? POLICY_TYPE_MHTML : POLICY_TYPE_UNKNOWN) : mime ? POLICY_TYPE_MHTML : POLICY_TYPE_EML;
}

/* In a table of values: a cell that a spreadsheet would calculate, or that starts a program. */
static void cells(Vet *vet, VetBytes b) {
        bool begin = true;
        unsigned lines = 0;

        for (size_t i = 0; i < b.n; i++) {
                uint8_t c = b.p[i], next = i + 1 < b.n ? b.p[i + 1] : 0;
                if (begin && (vet_has(b, i, "\xef\xbc\x9d", 3) || vet_has(b, i, "\x81\x81", 2))) /* a full-width one */
                        vet_find(vet, POLICY_FIND_FORMULA);
                if (begin && (c == '=' || c == '@' || ((c == '+' || c == '-') && ((next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z') || next == '(')))) {
                        const uint8_t *line = memchr(b.p + i, '\n', b.n - i);
                        VetBytes rest = vet_part(b, i, line ? (size_t)(line - b.p) - i : SIZE_MAX);
                        vet_find(vet, POLICY_FIND_FORMULA);
                        if (lines++ < 10000 && memchr(rest.p, '|', rest.n) && memchr(rest.p, '!', rest.n))
                                vet_find(vet, POLICY_FIND_DDE);
                }
                begin = c == '\n' || c == '\r' || c == ',' || c == ';' || c == '\t' || (begin && (c == '"' || c == ' ' || c == '\''));
        }
}

/* Direction marks turn round what a reader sees; in UTF-8 U+202A to 202E and U+2066 to 2069. */
static bool turns(VetBytes b) {
        for (size_t i = 0; i + 2 < b.n; i++) {
                const uint8_t *e2 = memchr(b.p + i, 0xe2, b.n - 2 - i);
                if (!e2)
                        return false;
                i = (size_t)(e2 - b.p);
                if ((b.p[i + 1] == 0x80 && b.p[i + 2] >= 0xaa && b.p[i + 2] <= 0xae) || (b.p[i + 1] == 0x81 && b.p[i + 2] >= 0xa6 && b.p[i + 2] <= 0xa9))
                        return true;
        }
        return false;
}

static uint32_t judge(Vet *vet, VetBytes b, bool narrow) {
        VetBytes text = after_blanks(b), head = vet_part(text, 0, HEAD);
        uint32_t type;

        for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
                if (begins_with(text, begins[i].begin))
                        return begins[i].type;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                if (words[i].type && vet_find_case(head, words[i].word) < head.n)
                        return words[i].type;
        if (head.n > 0 && head.p[0] == '<' && (type = markup(head)) != POLICY_TYPE_UNKNOWN) {
                vet_web(vet, text);
                return type;
        }
        if ((type = mail(text)) != POLICY_TYPE_UNKNOWN)
                return type;
        if (vet_find_case(head, "<html") < head.n || vet_find_case(head, "<script") < head.n || vet_find_case(head, "<!doctype html") < head.n) {
                vet_web(vet, text);
                return POLICY_TYPE_HTML;
        }
        if (vet_work(vet, 2 * b.n)) {
                cells(vet, text);
                if (!narrow && turns(b))
                        vet_find(vet, POLICY_FIND_CONTROL);
        }
        return POLICY_TYPE_TEXT;
}

uint32_t vet_text(Vet *vet, VetBytes b) {
        PolicyCharset charset = vet_charset(b);
        uint32_t type;
        uint8_t *narrow;
        size_t n;

        if (!vet_work(vet, 4 * b.n))
                return POLICY_TYPE_UNKNOWN;
        if (charset == POLICY_CHARSET_NONE)
                return POLICY_TYPE_UNKNOWN;
        if (vet->v.depth == 0)
                vet->v.charset = charset;
        if (charset != POLICY_CHARSET_UTF16LE && charset != POLICY_CHARSET_UTF16BE)
                return judge(vet, b, false);
        narrow = vet_charset_narrow(b, charset, &n);
        if (!narrow) {
                vet_doubt(vet, POLICY_DOUBT_MEMORY);
                return POLICY_TYPE_UNKNOWN;
        }
        type = n > 0 ? judge(vet, (VetBytes){ narrow, n }, true) : POLICY_TYPE_UNKNOWN;
        free(narrow);
        return type;
}
