/* vet-xml: XML from front to back, one tag or text at a time; only what office documents may use of it.
 * Runs as: vet.  Input: foreign bytes.  Must not: resolve an entity that the document defines.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-xml.h"
#include <stdlib.h>

static bool is_space(uint8_t c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool vet_xml_begin(VetXml *xml, VetBytes b) {
        VetBytes head;
        size_t at;

        *xml = (VetXml){ .bytes = b, .at = vet_has(b, 0, "\xef\xbb\xbf", 3) ? 3 : 0 };
        if (b.n == 0 || memchr(b.p, 0, b.n))
                return false;
        head = vet_part(b, xml->at, 200);
        if (!vet_has(head, 0, "<?xml", 5))
                return true;
        at = vet_find_case(head, "?>");
        head.n = at;
        at = vet_find_case(head, "encoding");
        if (at == head.n)
                return true;
        head = vet_part(head, at, 20);
        return vet_find_case(head, "utf-8") < head.n || vet_find_case(head, "us-ascii") < head.n;
}

static size_t find(VetBytes b, size_t at, const char *text) {
        const uint8_t *p = at < b.n ? memmem(b.p + at, b.n - at, text, strlen(text)) : NULL;
        return p ? (size_t)(p - b.p) : SIZE_MAX;
}

/* <?...?>, <!--...-->, <![CDATA[...]]>: where it ends, SIZE_MAX where it does not; text gets what a CDATA holds. */
static size_t skip(VetXml *xml, VetBytes *text) {
        VetBytes b = xml->bytes;
        size_t end;

        *text = (VetBytes){ b.p, 0 };
        if (vet_has(b, xml->at, "<?", 2))
                return (end = find(b, xml->at, "?>")) == SIZE_MAX ? end : end + 2;
        if (vet_has(b, xml->at, "<!--", 4))
                return (end = find(b, xml->at + 4, "-->")) == SIZE_MAX ? end : end + 3;
        if (vet_has(b, xml->at, "<![CDATA[", 9)) {
                end = find(b, xml->at + 9, "]]>");
                if (end == SIZE_MAX)
                        return end;
                *text = vet_part(b, xml->at + 9, end - xml->at - 9);
                return end + 3;
        }
        return SIZE_MAX;
}

/* Where the tag's > is: one inside quotes is none. */
static size_t tag_end(VetBytes b, size_t at) {
        uint8_t quote = 0;

        for (; at < b.n; at++) {
                uint8_t c = b.p[at];
                if (quote)
                        quote = c == quote ? 0 : quote;
                else if (c == '"' || c == '\'')
                        quote = c;
                else if (c == '>')
                        return at;
                else if (c == '<')
                        return SIZE_MAX;
        }
        return SIZE_MAX;
}

static size_t take_name(VetBytes b, size_t at, size_t end, char name[64]) {
        size_t n = 0;

        for (; at < end && !is_space(b.p[at]) && b.p[at] != '/' && b.p[at] != '='; at++) {
                if (b.p[at] == ':')
                        n = 0;
                else if (n < 63)
                        name[n++] = (char)b.p[at];
        }
        name[n] = '\0';
        return at;
}

VetXmlWhat vet_xml_next(VetXml *xml) {
        VetBytes b = xml->bytes;

        while (xml->at < b.n) {
                size_t at = xml->at, end;
                if (b.p[at] != '<') {
                        const uint8_t *next = memchr(b.p + at, '<', b.n - at);
                        xml->at = next ? (size_t)(next - b.p) : b.n;
                        xml->text = vet_part(b, at, xml->at - at);
                        return VET_XML_TEXT;
                }
                if (at + 1 < b.n && (b.p[at + 1] == '?' || b.p[at + 1] == '!')) {
                        end = skip(xml, &xml->text);
                        if (end == SIZE_MAX)
                                return VET_XML_BAD;
                        xml->at = end;
                        if (xml->text.n > 0)
                                return VET_XML_TEXT;
                        continue;
                }
                end = tag_end(b, at + 1);
                if (end == SIZE_MAX || end == at + 1)
                        return VET_XML_BAD;
                xml->at = end + 1;
                xml->closes = b.p[end - 1] == '/';
                bool close = b.p[at + 1] == '/';
                xml->attrs = take_name(b, at + 1 + close, end, xml->name);
                xml->attrs_end = end;
                return close ? VET_XML_CLOSE : VET_XML_OPEN;
        }
        return VET_XML_END;
}

static void put(char *to, size_t size, size_t *n, uint32_t c) {
        uint8_t utf8[4];
        size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

        utf8[0] = (uint8_t)(len == 1 ? c : len == 2 ? 0xc0 | c >> 6 : len == 3 ? 0xe0 | c >> 12 : 0xf0 | (c >> 18 & 7));
        for (size_t i = 1; i < len; i++)
                utf8[i] = (uint8_t)(0x80 | (c >> (6 * (len - 1 - i)) & 0x3f));
        for (size_t i = 0; i < len && *n + 1 < size; i++)
                to[(*n)++] = (char)utf8[i];
}

static uint32_t reference(VetBytes b, size_t *at) {
        static const struct { const char *name; char c; } known[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' } };
        char number[12];
        size_t n = 0;

        for (size_t i = 0; i < 5; i++)
                if (vet_has(b, *at, known[i].name, strlen(known[i].name))) {
                        *at += strlen(known[i].name);
                        return (uint32_t)known[i].c;
                }
        if (!vet_has(b, *at, "&#", 2)) {
                ++*at;
                return '&';
        }
        for (*at += 2; *at < b.n && b.p[*at] != ';' && n < sizeof number - 1; ++*at)
                number[n++] = (char)b.p[*at];
        number[n] = '\0';
        if (*at < b.n)
                ++*at;
        return (uint32_t)(number[0] == 'x' ? strtoul(number + 1, NULL, 16) : strtoul(number, NULL, 10)) & 0x1fffff;
}

void vet_xml_append(char *to, size_t size, VetBytes text) {
        size_t n = strlen(to);

        for (size_t at = 0; at < text.n && n + 1 < size;) {
                if (text.p[at] == '&') {
                        uint32_t c = reference(text, &at);
                        put(to, size, &n, c ? c : '?');
                } else
                        to[n++] = (char)text.p[at++];
        }
        to[n] = '\0';
}

bool vet_xml_attr(VetXml *xml, char name[64], char *value, size_t size) {
        VetBytes b = xml->bytes;
        size_t at = xml->attrs, begin;

        while (at < xml->attrs_end && (is_space(b.p[at]) || b.p[at] == '/'))
                at++;
        if (at >= xml->attrs_end)
                return false;
        at = take_name(b, at, xml->attrs_end, name);
        while (at < xml->attrs_end && (is_space(b.p[at]) || b.p[at] == '='))
                at++;
        value[0] = '\0';
        if (at < xml->attrs_end && (b.p[at] == '"' || b.p[at] == '\'')) {
                uint8_t quote = b.p[at];
                for (begin = ++at; at < xml->attrs_end && b.p[at] != quote;)
                        at++;
                vet_xml_append(value, size, vet_part(b, begin, at - begin));
                at++;
        }
        xml->attrs = at < xml->attrs_end ? at : xml->attrs_end;
        return name[0] != '\0' || xml->attrs < xml->attrs_end;
}
