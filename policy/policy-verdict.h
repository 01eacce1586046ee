/* policy-verdict: the one record that comes back from looking into a foreign file: numbers, no text.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdint.h>

#define POLICY_VERDICT_MAGIC 0x31564e48u /* "HNV1" */

typedef enum PolicyClass { /* what a rule speaks of */
        POLICY_CLASS_UNKNOWN = 0, POLICY_CLASS_IMAGE, POLICY_CLASS_TEXT, POLICY_CLASS_PDF, POLICY_CLASS_OFFICE, POLICY_CLASS_WEB, POLICY_CLASS_MAIL,
        POLICY_CLASS_ARCHIVE, POLICY_CLASS_PROGRAM, POLICY_CLASS_SCRIPT, POLICY_CLASS_SHORTCUT, POLICY_CLASS_DISK, POLICY_CLASS_OTHER,
        POLICY_CLASSES
} PolicyClass;

typedef enum PolicyType { /* what the content is, whatever the name says; the table in policy-verdict.c has the same order */
        POLICY_TYPE_UNKNOWN = 0, POLICY_TYPE_EMPTY,
        POLICY_TYPE_PNG, POLICY_TYPE_JPEG, POLICY_TYPE_GIF, POLICY_TYPE_WEBP, POLICY_TYPE_BMP, POLICY_TYPE_TIFF,
        POLICY_TYPE_EMF, POLICY_TYPE_WMF, POLICY_TYPE_ICO,
        POLICY_TYPE_TEXT,
        POLICY_TYPE_PDF,
        POLICY_TYPE_DOCX, POLICY_TYPE_XLSX, POLICY_TYPE_PPTX, POLICY_TYPE_ODT, POLICY_TYPE_ODS, POLICY_TYPE_ODP, POLICY_TYPE_ODG,
        POLICY_TYPE_DOC, POLICY_TYPE_XLS, POLICY_TYPE_PPT, POLICY_TYPE_RTF,
        POLICY_TYPE_OFFICE_OTHER, /* xlsb, visio, flat XML documents and what else belongs to an office suite */
        POLICY_TYPE_OFFICE_LOCKED,
        POLICY_TYPE_HTML, POLICY_TYPE_SVG, POLICY_TYPE_XML, POLICY_TYPE_MHTML,
        POLICY_TYPE_EML, POLICY_TYPE_MSG,
        POLICY_TYPE_ZIP, POLICY_TYPE_TAR, POLICY_TYPE_GZIP, POLICY_TYPE_BZIP2, POLICY_TYPE_XZ, POLICY_TYPE_ZSTD, POLICY_TYPE_7Z,
        POLICY_TYPE_RAR, POLICY_TYPE_CAB, POLICY_TYPE_LHA, POLICY_TYPE_AR, POLICY_TYPE_ARJ, POLICY_TYPE_ACE,
        POLICY_TYPE_PE, POLICY_TYPE_ELF, POLICY_TYPE_MACHO, POLICY_TYPE_JAVA, POLICY_TYPE_MSI, POLICY_TYPE_WASM, POLICY_TYPE_DEX,
        POLICY_TYPE_SCRIPT, POLICY_TYPE_HTA, POLICY_TYPE_WSF,
        POLICY_TYPE_LNK, POLICY_TYPE_URL, POLICY_TYPE_DESKTOP, POLICY_TYPE_IQY, POLICY_TYPE_SLK, POLICY_TYPE_DIAG, POLICY_TYPE_SETTINGS, POLICY_TYPE_REG,
        POLICY_TYPE_JNLP,
        POLICY_TYPE_ISO, POLICY_TYPE_UDF, POLICY_TYPE_VHD, POLICY_TYPE_VHDX, POLICY_TYPE_DMG, POLICY_TYPE_QCOW, POLICY_TYPE_VMDK, POLICY_TYPE_DISK,
        POLICY_TYPE_CHM, POLICY_TYPE_HLP, POLICY_TYPE_ONENOTE, POLICY_TYPE_OLE, POLICY_TYPE_MEDIA, POLICY_TYPE_FONT, POLICY_TYPE_DATABASE,
        POLICY_TYPE_POSTSCRIPT, POLICY_TYPE_SWF,
        POLICY_TYPES
} PolicyType;

enum { /* PolicyVerdict.findings */
        POLICY_FIND_MACRO = 1u << 0,        /* VBA, Basic, scripts of an office document */
        POLICY_FIND_XLM = 1u << 1,          /* macro sheets */
        POLICY_FIND_DDE = 1u << 2,          /* fields and cells that start programs */
        POLICY_FIND_REMOTE = 1u << 3,       /* loads something from elsewhere when opened: templates, pictures, links */
        POLICY_FIND_EMBEDDED = 1u << 4,     /* an embedded object, package or attachment */
        POLICY_FIND_ACTIVEX = 1u << 5,
        POLICY_FIND_SCRIPT = 1u << 6,       /* of a web page, a drawing or a PDF */
        POLICY_FIND_LAUNCH = 1u << 7,       /* PDF: starts a program or opens another file */
        POLICY_FIND_OPEN_ACTION = 1u << 8,  /* PDF: acts by itself */
        POLICY_FIND_XFA = 1u << 9,          /* PDF: a form with a language of its own */
        POLICY_FIND_MULTIMEDIA = 1u << 10,  /* PDF: players and what they play */
        POLICY_FIND_ENCRYPTED = 1u << 11,
        POLICY_FIND_POLYGLOT = 1u << 12,    /* is a second type at the same time */
        POLICY_FIND_TRAILING = 1u << 13,    /* something follows the end */
        POLICY_FIND_FORMULA = 1u << 14,     /* text: a cell that a spreadsheet would calculate */
        POLICY_FIND_PROGRAM = 1u << 15,     /* a program, a script or a shortcut inside */
        POLICY_FIND_ARCHIVE = 1u << 16,     /* an archive inside */
        POLICY_FIND_NAME = 1u << 17,        /* a member whose name deceives: direction marks, control characters, a path outside, two endings */
        POLICY_FIND_MISMATCH = 1u << 18,    /* a member whose name says something else than its content */
        POLICY_FIND_PART = 1u << 19,        /* a part that no rule knows */
        POLICY_FIND_HIDDEN = 1u << 20,      /* objects where readers may or may not look */
        POLICY_FIND_CONTROL = 1u << 21,     /* text: control characters, direction marks */
        POLICY_FINDINGS_ALL = (1u << 22) - 1,
};
#define POLICY_FINDINGS 22

typedef enum PolicyDoubt { /* why the content could not be judged at all */
        POLICY_DOUBT_NONE = 0,
        POLICY_DOUBT_DAMAGED,     /* not built as its type is built */
        POLICY_DOUBT_DISAGREE,    /* two places that must say the same do not */
        POLICY_DOUBT_OVERLAP,     /* members lie over one another, or between them is something */
        POLICY_DOUBT_RATIO,       /* unpacks to far more than it is */
        POLICY_DOUBT_ENTRIES,
        POLICY_DOUBT_DEPTH,
        POLICY_DOUBT_SIZE,
        POLICY_DOUBT_WORK,        /* would take too long */
        POLICY_DOUBT_UNSUPPORTED, /* a form of its type that is not looked into */
        POLICY_DOUBT_MEMORY,
        POLICY_DOUBTS
} PolicyDoubt;

typedef enum PolicyCharset {
        POLICY_CHARSET_NONE = 0, POLICY_CHARSET_ASCII, POLICY_CHARSET_UTF8, POLICY_CHARSET_UTF16LE, POLICY_CHARSET_UTF16BE, POLICY_CHARSET_SHIFT_JIS,
        POLICY_CHARSET_EUC_JP, POLICY_CHARSET_ISO2022JP,
        POLICY_CHARSETS
} PolicyCharset;

typedef struct PolicyVerdict {
        uint32_t magic, version;      /* POLICY_VERDICT_MAGIC, 1 */
        uint32_t type;                /* PolicyType of the whole file */
        uint32_t worst;               /* PolicyType of the most dangerous thing seen in it; UNKNOWN = nothing */
        uint32_t findings;            /* POLICY_FIND_* of it and of all inside it */
        uint32_t doubt;               /* PolicyDoubt; anything but NONE is a refusal, the rest may be incomplete then */
        uint32_t charset;             /* PolicyCharset, of text */
        uint32_t entries, depth;      /* members seen, levels of packing */
        uint32_t width, height;       /* of a picture; 0 = none */
        uint32_t pages;               /* of a PDF; 0 = unknown */
        uint64_t size;                /* bytes of the file */
        uint64_t unpacked;            /* bytes that came out of it */
} PolicyVerdict;
_Static_assert(sizeof(PolicyVerdict) == 64, "the verdict is one record of 64 bytes");

/* What came back is believed only in its bounds: 0, or -EBADMSG. size: of the file that was handed over. */
int policy_verdict_check(const PolicyVerdict *verdict, uint64_t size);

/* Short names for machines ("docx"), never NULL. */
const char *policy_type_name(uint32_t type);
PolicyClass policy_type_class(uint32_t type);
const char *policy_class_name(uint32_t class);
const char *policy_finding_name(unsigned bit);
const char *policy_doubt_name(uint32_t doubt);
/* True where ext (lower case, without the dot; "" = none) is one that this type may have. */
int policy_type_fits(uint32_t type, const char *ext);
