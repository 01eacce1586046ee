/* vet-look: one thing at a time: its type by content, then the detector of that type.
 * Runs as: vet.  Input: foreign bytes.  Must not: believe a name, go deeper than the limit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet.h"

size_t vet_find_case(VetBytes b, const char *lower) {
        size_t n = strlen(lower);

        for (size_t i = 0; n <= b.n && i <= b.n - n; i++) {
                size_t k = 0;
                while (k < n && (b.p[i + k] >= 'A' && b.p[i + k] <= 'Z' ? b.p[i + k] + 32 : b.p[i + k]) == (uint8_t)lower[k])
                        k++;
                if (k == n)
                        return i;
        }
        return b.n;
}

/* How bad it is to have one of these inside something; the worst is remembered. */
static int rank(uint32_t type) {
        switch (policy_type_class(type)) {
        case POLICY_CLASS_PROGRAM: return 6;
        case POLICY_CLASS_SCRIPT: return 5;
        case POLICY_CLASS_SHORTCUT: return 4;
        case POLICY_CLASS_DISK: return 3;
        case POLICY_CLASS_UNKNOWN: return 0;
        default: return 1;
        }
}

uint32_t vet_look(Vet *vet, VetBytes b, unsigned depth) {
        uint32_t type;

        if (depth > vet->v.depth)
                vet->v.depth = depth;
        if (depth > POLICY_VET_MAX_DEPTH) {
                vet_doubt(vet, POLICY_DOUBT_DEPTH);
                return POLICY_TYPE_UNKNOWN;
        }
        if (b.n == 0)
                return POLICY_TYPE_EMPTY;
        if (!vet_work(vet, b.n))
                return POLICY_TYPE_UNKNOWN;
        type = vet_magic(b);
        if (type == POLICY_TYPE_ZIP)
                type = vet_zip(vet, b, depth);
        else if (type == POLICY_TYPE_OLE)
                type = vet_ole(vet, b);
        else if (type == POLICY_TYPE_PDF)
                type = vet_pdf(vet, b);
        else if (type == POLICY_TYPE_RTF)
                type = vet_rtf(vet, b);
        else if (policy_type_class(type) == POLICY_CLASS_IMAGE)
                type = vet_image(vet, b, type);
        else if (type == POLICY_TYPE_UNKNOWN)
                type = vet_text(vet, b);
        vet_second(vet, b, type);
        if (rank(type) > rank(vet->v.worst))
                vet->v.worst = type;
        if (depth > 0 && rank(type) >= 3)
                vet_find(vet, POLICY_FIND_PROGRAM);
        return type;
}

void vet_file(Vet *vet, VetBytes file) {
        uint32_t type;

        *vet = (Vet){ .v = { .magic = POLICY_VERDICT_MAGIC, .version = 1, .size = file.n } };
        if (file.n > POLICY_VET_MAX_FILE) {
                vet_doubt(vet, POLICY_DOUBT_SIZE);
                return;
        }
        type = vet_look(vet, file, 0);
        vet->v.type = type;
}
