/* fuzz-vet: any bytes looked into; what comes back is within the bounds of a verdict, and is the same the second time.
 * Runs as: anyone (pure).  Input: fuzzed bytes.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One source, a target for each detector: VET_FUZZ is its name. A zip's members are told to the office detectors directly, because no mutation
 * gets past a checksum. */
#include "fuzz.h"
#include "policy/policy-import.h"
#include "sandboxd/vet/vet-fields.h"
#include "sandboxd/vet/vet-inflate.h"
#include "sandboxd/vet/vet-xml.h"
#include "sandboxd/vet/vet-ole.h"
#include "sandboxd/vet/vet-zip.h"
#include <zlib.h>

static void check_name(const uint8_t *bytes, size_t n) {
        PolicyFilename name, again;

        policy_filename_read(bytes, n, &name);
        fuzz_require(name.clean[0] && strlen(name.clean) <= POLICY_IMPORT_MAX_NAME - 9 && !strchr(name.clean, '/') && strcmp(name.clean, "..") != 0);
        fuzz_require((name.flags & ~(uint32_t)POLICY_FILENAME_ALL) == 0);
        policy_filename_read(name.clean, strlen(name.clean), &again);
        fuzz_require(!(again.flags & (POLICY_FILENAME_BYTES | POLICY_FILENAME_CONTROL | POLICY_FILENAME_BIDI | POLICY_FILENAME_PATH | POLICY_FILENAME_CHARACTER)));
}

static void check_markup(const uint8_t *bytes, size_t n) {
        char name[64], value[128], text[64] = "";
        VetXmlWhat what;
        VetXml xml;
        size_t steps = 0;

        if (!vet_xml_begin(&xml, (VetBytes){ bytes, n }))
                return;
        while ((what = vet_xml_next(&xml)) != VET_XML_END && what != VET_XML_BAD) {
                fuzz_require(steps++ <= n);
                if (what == VET_XML_TEXT)
                        vet_xml_append(text, sizeof text, xml.text);
                for (size_t attrs = 0; what == VET_XML_OPEN && vet_xml_attr(&xml, name, value, sizeof value); attrs++)
                        fuzz_require(attrs <= n);
        }
        (void)vet_fields_word(text);
        (void)vet_fields_formula(text);
        (void)vet_fields_address(text, true);
}

/* The input, cut into four, as the parts of a document. */
static void office(Vet *vet, VetBytes b) {
        static const char *const names[2][4] = { { "[Content_Types].xml", "_rels/.rels", "word/document.xml", "xl/embeddings/a.bin" },
                                                 { "mimetype", "META-INF/manifest.xml", "content.xml", "Pictures/a.svg" } };
        VetZipEntry entries[4];
        VetZip zip = { .bytes = b, .entries = entries, .n = 4 };
        size_t each = b.n / 4;

        for (int k = 0; k < 2; k++) {
                for (uint32_t i = 0; i < 4; i++) {
                        VetBytes part = vet_part(b, i * each, each);
                        entries[i] = (VetZipEntry){ .name = { (const uint8_t *)names[k][i], strlen(names[k][i]) }, .crc = (uint32_t)crc32_z(0, part.p, part.n),
                                                    .packed = (uint32_t)each, .size = (uint32_t)each, .data = (uint32_t)(i * each) };
                }
                (void)(k == 0 ? vet_ooxml(vet, &zip, 0) : vet_odf(vet, &zip, 0));
        }
}

/* One detector alone, past its signature. */
static void one_detector(Vet *vet, VetBytes b) {
        static const uint32_t images[] = { POLICY_TYPE_PNG, POLICY_TYPE_JPEG, POLICY_TYPE_GIF, POLICY_TYPE_WEBP, POLICY_TYPE_BMP, POLICY_TYPE_TIFF };

        if (strcmp(VET_FUZZ, "zip") == 0)
                (void)vet_zip(vet, b, 0);
        else if (strcmp(VET_FUZZ, "office") == 0)
                office(vet, b);
        else if (strcmp(VET_FUZZ, "ole") == 0) {
                (void)vet_ole(vet, b);
                vet_word(vet, b, b);
                vet_excel(vet, b);
                vet_powerpoint(vet, b);
        } else if (strcmp(VET_FUZZ, "pdf") == 0)
                (void)vet_pdf(vet, b);
        else if (strcmp(VET_FUZZ, "rtf") == 0)
                (void)vet_rtf(vet, b);
        else if (strcmp(VET_FUZZ, "text") == 0) {
                (void)vet_text(vet, b);
                check_name(b.p, b.n);
                check_markup(b.p, b.n);
        } else
                for (size_t i = 0; i < sizeof images / sizeof *images && b.n >= 12; i++)
                        (void)vet_image(vet, b, images[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        static Vet vet;
        PolicyImportDecision d;

        vet = (Vet){ 0 };
        if (n > 0)
                one_detector(&vet, (VetBytes){ bytes, n });
        fuzz_require(vet.v.doubt < POLICY_DOUBTS && (vet.v.findings & ~(uint32_t)POLICY_FINDINGS_ALL) == 0);
        vet_file(&vet, (VetBytes){ bytes, n });
        fuzz_require(policy_verdict_check(&vet.v, n) == 0);
        policy_import_decide("x.pdf", 5, n, &vet.v, &d);
        if (d.outcome != POLICY_IMPORT_REFUSED) /* under this name nothing but a PDF without a doubt */
                fuzz_require(vet.v.type == POLICY_TYPE_PDF && vet.v.doubt == POLICY_DOUBT_NONE && vet.v.findings == 0);
        return 0;
}
