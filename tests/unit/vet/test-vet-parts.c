/* test-vet-parts: the small parts of the detectors: unpacking within bounds, XML, fields and formulas, encodings, tokens of a PDF.
 * Runs as: anyone (pure).  Input: none.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-fields.h"
#include "sandboxd/vet/vet-inflate.h"
#include "sandboxd/vet/vet-pdf-names.h"
#include "sandboxd/vet/vet-text.h"
#include "sandboxd/vet/vet-xml.h"
#include <check.h>
#include <stdlib.h>
#include <zlib.h>

static VetBytes text_of(const char *text) {
        return (VetBytes){ (const uint8_t *)text, strlen(text) };
}

static VetBytes pack(size_t n) {
        static uint8_t packed[1 << 20];
        uint8_t *zeros = calloc(n, 1);
        uLongf size = sizeof packed;

        ck_assert_int_eq(compress2(packed, &size, zeros, n, 9), Z_OK);
        free(zeros);
        return (VetBytes){ packed, size };
}

START_TEST(unpacking_keeps_its_bounds) {
        VetBytes out = { NULL, 0 };
        Vet vet = { 0 };
        size_t used;

        ck_assert(vet_inflate(&vet, pack(1000000), VET_ZLIB, 1000000, &out, &used));
        ck_assert_uint_eq(out.n, 1000000);
        free((void *)(uintptr_t)out.p);
        ck_assert(!vet_inflate(&vet, pack(1000000), VET_ZLIB, 999999, &out, &used)); /* more than the directory says */
        ck_assert_uint_eq(vet.v.doubt, POLICY_DOUBT_DISAGREE);
        vet = (Vet){ .v.unpacked = POLICY_VET_MAX_UNPACKED - 1000 };
        ck_assert(!vet_inflate(&vet, pack(1000000), VET_ZLIB, 1000000, &out, &used)); /* more than the whole look may */
        ck_assert_uint_eq(vet.v.doubt, POLICY_DOUBT_RATIO);
        vet = (Vet){ 0 };
        ck_assert(!vet_inflate(&vet, vet_part(pack(1000000), 0, 100), VET_ZLIB, 1000000, &out, &used)); /* cut */
        ck_assert_uint_eq(vet.v.doubt, POLICY_DOUBT_DAMAGED);
}
END_TEST

START_TEST(xml_is_walked) {
        VetXml x;
        char name[64], value[32], text[32] = "";

        ck_assert(vet_xml_begin(&x, text_of("<?xml version='1.0' encoding='UTF-8'?><!-- <no/> --><a:b c:d='1&#65;&lt;' e=\"a>b\">t&amp;<![CDATA[<x>]]></a:b>")));
        ck_assert_int_eq(vet_xml_next(&x), VET_XML_OPEN);
        ck_assert_str_eq(x.name, "b");
        ck_assert(vet_xml_attr(&x, name, value, sizeof value));
        ck_assert_str_eq(name, "d");
        ck_assert_str_eq(value, "1A<");
        ck_assert(vet_xml_attr(&x, name, value, sizeof value));
        ck_assert_str_eq(value, "a>b");
        ck_assert(!vet_xml_attr(&x, name, value, sizeof value));
        ck_assert_int_eq(vet_xml_next(&x), VET_XML_TEXT);
        vet_xml_append(text, sizeof text, x.text);
        ck_assert_int_eq(vet_xml_next(&x), VET_XML_TEXT);
        vet_xml_append(text, sizeof text, x.text);
        ck_assert_str_eq(text, "t&<x>");
        ck_assert_int_eq(vet_xml_next(&x), VET_XML_CLOSE);
        ck_assert_int_eq(vet_xml_next(&x), VET_XML_END);
}
END_TEST

START_TEST(xml_is_refused) {
        static const char *const bad[] = { "<!DOCTYPE a><a/>", "<a", "<a b='", "<!ENTITY x 'y'>", "<a <b>", "<!-- open", "<>" };
        VetXml x;
        VetXmlWhat what = VET_XML_END;

        ck_assert(vet_xml_begin(&x, text_of(bad[_i])));
        while ((what = vet_xml_next(&x)) != VET_XML_END && what != VET_XML_BAD)
                continue;
        ck_assert_int_eq(what, VET_XML_BAD);
        ck_assert(!vet_xml_begin(&x, text_of("<?xml version='1.0' encoding='UTF-7'?><a/>")));
        ck_assert(!vet_xml_begin(&x, (VetBytes){ (const uint8_t *)"<\0a\0", 4 }));
}
END_TEST

START_TEST(fields_and_formulas) {
        ck_assert_uint_eq(vet_fields_word(" DDEAUTO c:\\\\cmd"), POLICY_FIND_DDE);
        ck_assert_uint_eq(vet_fields_word("\"D\"DE x"), POLICY_FIND_DDE);
        ck_assert_uint_eq(vet_fields_word("QUOTE 68 68 69"), POLICY_FIND_DDE);
        ck_assert_uint_eq(vet_fields_word("QUOTE \"a text\""), 0);
        ck_assert_uint_eq(vet_fields_word("INCLUDEPICTURE x"), POLICY_FIND_REMOTE);
        ck_assert_uint_eq(vet_fields_word("PAGE"), 0);
        ck_assert_uint_eq(vet_fields_word("TOC \\o \"1-3\" \\h"), 0);
        ck_assert_uint_eq(vet_fields_word("MERGEFIELD 氏名"), 0);
        ck_assert_uint_eq(vet_fields_formula("cmd|'/c calc'!A0"), POLICY_FIND_DDE);
        ck_assert_uint_eq(vet_fields_formula("IF(A1=\"a|b!c\",1,2)"), 0);
        ck_assert_uint_eq(vet_fields_formula("webservice(A1)"), POLICY_FIND_REMOTE);
        ck_assert_uint_eq(vet_fields_formula("MYCALL(1)"), 0);
        ck_assert_uint_eq(vet_fields_formula("CALL(1)"), POLICY_FIND_XLM);
        ck_assert_uint_eq(vet_fields_address("https://a/", true), 0);
        ck_assert_uint_eq(vet_fields_address("https://a/", false), POLICY_FIND_REMOTE);
        ck_assert_uint_eq(vet_fields_address("HTTPS://a/", true), 0);
        ck_assert_uint_eq(vet_fields_address("\\\\evil\\a", true), POLICY_FIND_REMOTE);
        ck_assert_uint_eq(vet_fields_address("ms-msdt:x", true), POLICY_FIND_REMOTE);
        ck_assert_uint_eq(vet_fields_address("other.docx", true), 0);
        ck_assert_uint_eq(vet_fields_address("other.exe", true), POLICY_FIND_LAUNCH);
        ck_assert_uint_eq(vet_fields_address("#bookmark", true), 0);
}
END_TEST

START_TEST(encodings) {
        ck_assert_int_eq(vet_charset(text_of("plain\r\n")), POLICY_CHARSET_ASCII);
        ck_assert_int_eq(vet_charset(text_of("日本語")), POLICY_CHARSET_UTF8);
        ck_assert_int_eq(vet_charset(text_of("\x93\xfa\x96\x7b\x8c\xea")), POLICY_CHARSET_SHIFT_JIS);
        ck_assert_int_eq(vet_charset(text_of("\xc6\xfc\xcb\xdc\xb8\xec")), POLICY_CHARSET_EUC_JP);
        ck_assert_int_eq(vet_charset(text_of("\033$BF|K\\\033(B")), POLICY_CHARSET_ISO2022JP);
        ck_assert_int_eq(vet_charset((VetBytes){ (const uint8_t *)"\xff\xfe\x42\x30", 4 }), POLICY_CHARSET_UTF16LE);
        ck_assert_int_eq(vet_charset((VetBytes){ (const uint8_t *)"\xff\xfe\x00\xd8", 4 }), POLICY_CHARSET_NONE); /* half a pair */
        ck_assert_int_eq(vet_charset(text_of("a\x1b[2J")), POLICY_CHARSET_NONE);
        ck_assert_int_eq(vet_charset((VetBytes){ (const uint8_t *)"a\0b", 3 }), POLICY_CHARSET_NONE);
        ck_assert_int_eq(vet_charset(text_of("\xc0\xaf")), POLICY_CHARSET_EUC_JP); /* whole there; no UTF-8 */
        ck_assert_int_eq(vet_charset(text_of("\xed\xa0\x80")), POLICY_CHARSET_NONE);  /* a surrogate */
}
END_TEST

START_TEST(pdf_tokens) {
        VetBytes b = text_of("/J#61vaScript<</A 12 obj");
        VetPdfToken t = vet_pdf_token(b, 0);

        ck_assert_int_eq(t.what, VET_PDF_NAME);
        ck_assert_str_eq(t.text, "JavaScript");
        ck_assert_uint_eq(vet_pdf_name(t.text), POLICY_FIND_SCRIPT);
        t = vet_pdf_token(b, t.end);
        ck_assert_int_eq(t.what, VET_PDF_OPEN);
        t = vet_pdf_token(b, vet_pdf_token(b, t.end).end);
        ck_assert_int_eq(t.what, VET_PDF_NUMBER);
        ck_assert_uint_eq(t.number, 12);
        t = vet_pdf_token(b, t.end);
        ck_assert_int_eq(t.what, VET_PDF_WORD);
        ck_assert_int_eq(vet_pdf_token(b, t.end).what, VET_PDF_END);
        ck_assert_uint_eq(vet_pdf_name("Font"), 0);
}
END_TEST

int main(void) {
        Suite *s = suite_create("vet-parts");
        TCase *t = tcase_create("parts");
        SRunner *r = srunner_create(s);

        suite_add_tcase(s, t);
        tcase_add_test(t, unpacking_keeps_its_bounds);
        tcase_add_test(t, xml_is_walked);
        tcase_add_loop_test(t, xml_is_refused, 0, 7);
        tcase_add_test(t, fields_and_formulas);
        tcase_add_test(t, encodings);
        tcase_add_test(t, pdf_tokens);
        srunner_run_all(r, CK_NORMAL);
        int failed = srunner_ntests_failed(r);
        srunner_free(r);
        return failed != 0;
}
