/* vet-magic: types by their signatures, and signs of a second type.
 * Runs as: vet.  Input: foreign bytes.  Must not: judge a file harmless; only a detector does.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet.h"

typedef struct Sign {
        uint32_t type, at, n;
        const char *bytes;
} Sign;
#define SIGN(type, at, bytes) { POLICY_TYPE_##type, at, sizeof bytes - 1, bytes }

/* Sources: the formats' own specifications, and the list of signatures of file(1) for those without one. Longest first where two overlap. */
static const Sign signs[] = {
        SIGN(PNG, 0, "\x89PNG\r\n\x1a\n"), SIGN(JPEG, 0, "\xff\xd8\xff"), SIGN(GIF, 0, "GIF87a"), SIGN(GIF, 0, "GIF89a"),
        SIGN(TIFF, 0, "II*\0"), SIGN(TIFF, 0, "MM\0*"), SIGN(EMF, 40, " EMF"), SIGN(WMF, 0, "\xd7\xcd\xc6\x9a"), SIGN(WMF, 0, "\x01\0\x09\0\0\x03"),
        SIGN(ICO, 0, "\0\0\x01\0"), SIGN(ICO, 0, "\0\0\x02\0"),
        SIGN(PDF, 0, "%PDF-"), SIGN(RTF, 0, "{\\rt"),
        SIGN(OLE, 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        SIGN(ZIP, 0, "PK\x03\x04"), SIGN(ZIP, 0, "PK\x05\x06"), SIGN(ZIP, 0, "PK\x07\x08"),
        SIGN(GZIP, 0, "\x1f\x8b"), SIGN(GZIP, 0, "\x1f\x9d"), SIGN(BZIP2, 4, "1AY&SY"), SIGN(XZ, 0, "\xfd""7zXZ\0"), SIGN(XZ, 0, "LZIP"),
        SIGN(XZ, 0, "\x5d\0\0\x80\0"), SIGN(ZSTD, 0, "\x28\xb5\x2f\xfd"), SIGN(7Z, 0, "7z\xbc\xaf\x27\x1c"), SIGN(RAR, 0, "Rar!\x1a\x07"),
        SIGN(RAR, 0, "RE~^"), SIGN(CAB, 0, "MSCF"), SIGN(CAB, 0, "ISc("), SIGN(AR, 0, "!<arch>\n"), SIGN(ARJ, 0, "\x60\xea"), SIGN(ACE, 7, "**ACE**"),
        SIGN(LHA, 2, "-lh"), SIGN(LHA, 2, "-lz"), SIGN(TAR, 257, "ustar"), SIGN(AR, 0, "xar!"), SIGN(AR, 0, "\xed\xab\xee\xdb"), SIGN(AR, 0, "070701"),
        SIGN(AR, 0, "070707"), SIGN(AR, 0, "\xc7\x71"),
        SIGN(PE, 0, "MZ"), SIGN(PE, 0, "ZM"), SIGN(ELF, 0, "\x7f""ELF"), SIGN(MACHO, 0, "\xfe\xed\xfa\xce"), SIGN(MACHO, 0, "\xfe\xed\xfa\xcf"),
        SIGN(MACHO, 0, "\xce\xfa\xed\xfe"), SIGN(MACHO, 0, "\xcf\xfa\xed\xfe"), SIGN(JAVA, 0, "\xca\xfe\xba\xbe"), SIGN(JAVA, 0, "\xca\xfe\xd0\x0d"),
        SIGN(JAVA, 0, "\xac\xed\0\x05"), SIGN(WASM, 0, "\0asm"), SIGN(DEX, 0, "dex\n"), SIGN(SWF, 0, "FWS"), SIGN(SWF, 0, "CWS"), SIGN(SWF, 0, "ZWS"),
        SIGN(SCRIPT, 0, "#!/"),
        SIGN(LNK, 0, "\x4c\0\0\0\x01\x14\x02\0"), SIGN(CHM, 0, "ITSF"), SIGN(HLP, 0, "\x3f\x5f\x03\0"), SIGN(HLP, 0, "LN\x02\0"),
        SIGN(ONENOTE, 0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"),
        SIGN(ONENOTE, 0, "\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f"), SIGN(ONENOTE, 0, "\x3f\xdd\x9a\x10\x1b\x91\xf5\x49"),
        SIGN(VHD, 0, "conectix"), SIGN(VHDX, 0, "vhdxfile"), SIGN(QCOW, 0, "QFI\xfb"), SIGN(VMDK, 0, "KDMV"), SIGN(VMDK, 0, "# Disk DescriptorFile"),
        SIGN(DISK, 64, "\x7f\x10\xda\xbe"), SIGN(DISK, 0, "hsqs"), SIGN(DISK, 0, "LUKS\xba\xbe"), SIGN(DISK, 0, "WIMBAG"), SIGN(DISK, 0, "MSWIM\0\0\0"),
        SIGN(DISK, 3, "NTFS    "), SIGN(DISK, 54, "FAT1"), SIGN(DISK, 82, "FAT32"), SIGN(DISK, 3, "EXFAT   "),
        SIGN(DATABASE, 0, "SQLite format 3\0"), SIGN(DATABASE, 4, "Standard Jet DB"), SIGN(DATABASE, 4, "Standard ACE DB"), SIGN(DATABASE, 0, "!BDN"),
        SIGN(POSTSCRIPT, 0, "%!"), SIGN(POSTSCRIPT, 0, "\xc5\xd0\xd3\xc6"), SIGN(POSTSCRIPT, 0, "\x04%!"),
        SIGN(FONT, 0, "\0\x01\0\0\0"), SIGN(FONT, 0, "OTTO"), SIGN(FONT, 0, "ttcf"), SIGN(FONT, 0, "wOFF"), SIGN(FONT, 0, "wOF2"),
        SIGN(MEDIA, 0, "OggS"), SIGN(MEDIA, 0, "fLaC"), SIGN(MEDIA, 0, "ID3"), SIGN(MEDIA, 4, "ftyp"), SIGN(MEDIA, 0, "\x1a\x45\xdf\xa3"),
        SIGN(MEDIA, 0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"), SIGN(MEDIA, 0, "MThd"), SIGN(MEDIA, 0, "FLV\x01"), SIGN(MEDIA, 0, "\0\0\x01\xba"),
        SIGN(OFFICE_OTHER, 0, "\x09\x08\x10\0\0\x06\x05\0"), SIGN(OFFICE_OTHER, 0, "\x09\x04\x06\0"), SIGN(OFFICE_OTHER, 0, "\x09\x02\x06\0"),
        SIGN(OFFICE_OTHER, 0, "\xdb\xa5-\0"), SIGN(OFFICE_OTHER, 0, "\x31\xbe\0\0"), SIGN(OFFICE_OTHER, 0, "VCLMTF"), SIGN(MSG, 0, "\x78\x9f\x3e\x22"),
        SIGN(VHD, 0, "cxsparse"),
};

/* Volume descriptors of ISO 9660 and UDF begin at sector 16 (ECMA-119, ECMA-167), of 2048 bytes; raw copies have 2352. */
static uint32_t volume(VetBytes b) {
        static const size_t raw[] = { 32768 + 1, 16 * 2352 + 16 + 1, 16 * 2352 + 24 + 1, 16 * 2336 + 8 + 1 };
        uint32_t type = POLICY_TYPE_UNKNOWN;

        for (size_t i = 0; i < 16; i++) {
                if (vet_has(b, 32769 + i * 2048, "NSR0", 4))
                        return POLICY_TYPE_UDF;
                if (vet_has(b, 32769 + i * 2048, "CD001", 5) || vet_has(b, 32769 + i * 2048, "BEA01", 5))
                        type = POLICY_TYPE_ISO;
        }
        for (size_t i = 0; i < sizeof raw / sizeof *raw; i++)
                if (vet_has(b, raw[i], "CD001", 5))
                        type = POLICY_TYPE_ISO;
        return type;
}

/* What some systems mount by what stands at its end. */
static uint32_t footer(VetBytes b) {
        if (b.n >= 512 && vet_has(b, b.n - 512, "conectix", 8))
                return POLICY_TYPE_VHD;
        if (b.n >= 511 && vet_has(b, b.n - 511, "conectix", 8))
                return POLICY_TYPE_VHD;
        if (b.n >= 512 && vet_has(b, b.n - 512, "koly\0\0\0\x04", 8))
                return POLICY_TYPE_DMG;
        return POLICY_TYPE_UNKNOWN;
}

static uint32_t riff(VetBytes b) {
        return vet_has(b, 8, "WEBP", 4) ? POLICY_TYPE_WEBP : vet_has(b, 8, "ACON", 4) ? POLICY_TYPE_ICO : POLICY_TYPE_MEDIA;
}

/* A short signature of letters also begins many a text; what it stands for has other bytes soon after. */
static bool only_letters(VetBytes b, const Sign *sign) {
        if (sign->n > 6 || sign->type == POLICY_TYPE_RTF || sign->type == POLICY_TYPE_POSTSCRIPT || sign->type == POLICY_TYPE_GIF || sign->type == POLICY_TYPE_PDF)
                return false;
        for (uint32_t i = 0; i < sign->n; i++)
                if ((uint8_t)sign->bytes[i] < ' ' || (uint8_t)sign->bytes[i] > '~')
                        return false;
        for (size_t i = 0; i < b.n && i < 128; i++)
                if (b.p[i] < 9 || (b.p[i] > 13 && b.p[i] < ' ' && b.p[i] != 27))
                        return false;
        return true;
}

uint32_t vet_magic(VetBytes b) {
        uint32_t type;

        if (vet_has(b, 0, "\xca\xfe\xba\xbe", 4)) /* a Java class has a version of at least 45 where a fat program counts its parts */
                return vet_be32(b, 4) < 45 ? POLICY_TYPE_MACHO : POLICY_TYPE_JAVA;
        if (vet_has(b, 0, "RIFF", 4))
                return riff(b);
        /* "BM" alone begins many a text: only with the size of its own header (Windows GDI) */
        if (vet_has(b, 0, "BM", 2) && b.n >= 26 && (vet_u32(b, 14) == 12 || (vet_u32(b, 14) >= 16 && vet_u32(b, 14) <= 124)) && vet_u32(b, 10) < b.n)
                return POLICY_TYPE_BMP;
        for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
                if (vet_has(b, signs[i].at, signs[i].bytes, signs[i].n) && !only_letters(b, &signs[i]))
                        return signs[i].type;
        if ((type = footer(b)) != POLICY_TYPE_UNKNOWN)
                return type;
        if ((type = volume(b)) != POLICY_TYPE_UNKNOWN)
                return type;
        if (b.n >= 512 && vet_has(b, 510, "\x55\xaa", 2) && (b.p[0] == 0xeb || b.p[0] == 0xe9 || b.p[0] == 0x33 || b.p[0] == 0xfa))
                return POLICY_TYPE_DISK;
        return POLICY_TYPE_UNKNOWN;
}

/* An end of central directory that fits the file's length: an unpacker that looks from behind would take it (APPNOTE 4.3.16). */
static bool zip_at_end(VetBytes b) {
        size_t low = b.n > 65557 ? b.n - 65557 : 0;

        for (size_t i = b.n < 22 ? 0 : b.n - 21; i > low; i--)
                if (vet_has(b, i - 1, "PK\x05\x06", 4) && (uint64_t)vet_u32(b, i - 1 + 12) <= i - 1)
                        return true;
        return false;
}

void vet_second(Vet *vet, VetBytes b, uint32_t type) {
        PolicyClass class = policy_type_class(type);
        bool zip = type == POLICY_TYPE_ZIP || (class == POLICY_CLASS_OFFICE && vet_has(b, 0, "PK", 2)) || type == POLICY_TYPE_JAVA || type == POLICY_TYPE_OFFICE_OTHER;

        if (class != POLICY_CLASS_IMAGE && class != POLICY_CLASS_TEXT && class != POLICY_CLASS_PDF && class != POLICY_CLASS_OFFICE && class != POLICY_CLASS_WEB)
                return; /* refused whatever else it may be */
        if (!zip && zip_at_end(b))
                vet_find(vet, POLICY_FIND_POLYGLOT);
        if (type != POLICY_TYPE_PDF && vet_contains(vet_part(b, 0, 1024), "%PDF-"))
                vet_find(vet, POLICY_FIND_POLYGLOT);
        if (volume(b) != POLICY_TYPE_UNKNOWN || footer(b) != POLICY_TYPE_UNKNOWN || (class != POLICY_CLASS_TEXT && vet_has(b, 257, "ustar", 5)))
                vet_find(vet, POLICY_FIND_POLYGLOT);
        if (class != POLICY_CLASS_TEXT && !zip && vet_work(vet, 2 * b.n) &&
            (memmem(b.p, b.n, "Rar!\x1a\x07", 6) || memmem(b.p, b.n, "7z\xbc\xaf\x27\x1c", 6)))
                vet_find(vet, POLICY_FIND_POLYGLOT);
        /* a host for scripts takes the first tag in any rubbish */
        if (class == POLICY_CLASS_IMAGE && vet_work(vet, 3 * b.n) &&
            (vet_contains(b, "<script") || vet_contains(b, "<SCRIPT") || vet_contains(b, "<hta:") || vet_contains(b, "<HTA:") || vet_contains(b, "<?php")))
                vet_find(vet, POLICY_FIND_POLYGLOT);
}
