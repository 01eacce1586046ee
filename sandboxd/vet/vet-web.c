/* vet-web: what acts in a web page or a drawing.
 * Runs as: vet.  Input: foreign bytes.  Must not: call a page harmless; no rule lets one home.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet.h"

void vet_web(Vet *vet, VetBytes b) {
        static const struct { const char *word; uint32_t find; } words[] = {
                { "<script", POLICY_FIND_SCRIPT }, { "javascript:", POLICY_FIND_SCRIPT }, { "vbscript:", POLICY_FIND_SCRIPT }, { "<iframe", POLICY_FIND_REMOTE },
                { "<object", POLICY_FIND_EMBEDDED }, { "<embed", POLICY_FIND_EMBEDDED }, { "<applet", POLICY_FIND_ACTIVEX }, { "<foreignobject", POLICY_FIND_EMBEDDED },
                { "http-equiv=\"refresh", POLICY_FIND_REMOTE }, { "<form", POLICY_FIND_REMOTE }, { "src=\"http", POLICY_FIND_REMOTE },
                { "href=\"data:", POLICY_FIND_EMBEDDED }, { "<!entity", POLICY_FIND_EMBEDDED },
        };

        if (b.n > 8u << 20)
                vet_doubt(vet, POLICY_DOUBT_WORK);
        if (b.n > 8u << 20 || !vet_work(vet, 16 * b.n))
                return;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                if (vet_find_case(b, words[i].word) < b.n)
                        vet_find(vet, words[i].find);
        for (size_t i = 0; i + 4 < b.n; i++) /* an attribute that begins with on: a handler */
                if ((b.p[i] == ' ' || b.p[i] == '\n' || b.p[i] == '\t' || b.p[i] == '"' || b.p[i] == '/') && (b.p[i + 1] | 32) == 'o' && (b.p[i + 2] | 32) == 'n') {
                        size_t k = i + 3;
                        while (k < b.n && k < i + 24 && (b.p[k] | 32) >= 'a' && (b.p[k] | 32) <= 'z')
                                k++;
                        if (k > i + 3 && k < b.n && b.p[k] == '=')
                                vet_find(vet, POLICY_FIND_SCRIPT);
                }
}
