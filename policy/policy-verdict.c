/* policy-verdict: names and bounds of what comes back from looking into a foreign file.
 * Runs as: anyone (pure).  Input: one record of a process that may be taken over.  Must not: act.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-verdict.h"
#include "policy/policy-limits.h"
#include <errno.h>
#include <string.h>

static const struct {
        const char *name;
        PolicyClass class;
        const char *exts; /* space before and after each; "" = none is ever right */
} types[POLICY_TYPES] = {
        [POLICY_TYPE_UNKNOWN] = { "unknown", POLICY_CLASS_UNKNOWN, "" },
        [POLICY_TYPE_EMPTY] = { "empty", POLICY_CLASS_UNKNOWN, "" },
        [POLICY_TYPE_PNG] = { "png", POLICY_CLASS_IMAGE, " png " },
        [POLICY_TYPE_JPEG] = { "jpeg", POLICY_CLASS_IMAGE, " jpg jpeg jpe jfif " },
        [POLICY_TYPE_GIF] = { "gif", POLICY_CLASS_IMAGE, " gif " },
        [POLICY_TYPE_WEBP] = { "webp", POLICY_CLASS_IMAGE, " webp " },
        [POLICY_TYPE_BMP] = { "bmp", POLICY_CLASS_IMAGE, " bmp dib " },
        [POLICY_TYPE_TIFF] = { "tiff", POLICY_CLASS_IMAGE, " tif tiff " },
        [POLICY_TYPE_EMF] = { "emf", POLICY_CLASS_OTHER, " emf " },
        [POLICY_TYPE_WMF] = { "wmf", POLICY_CLASS_OTHER, " wmf " },
        [POLICY_TYPE_ICO] = { "ico", POLICY_CLASS_OTHER, " ico " },
        [POLICY_TYPE_TEXT] = { "text", POLICY_CLASS_TEXT, " txt text csv tsv json md log tex bib asc " },
        [POLICY_TYPE_PDF] = { "pdf", POLICY_CLASS_PDF, " pdf " },
        [POLICY_TYPE_DOCX] = { "docx", POLICY_CLASS_OFFICE, " docx dotx " },
        [POLICY_TYPE_XLSX] = { "xlsx", POLICY_CLASS_OFFICE, " xlsx xltx " },
        [POLICY_TYPE_PPTX] = { "pptx", POLICY_CLASS_OFFICE, " pptx potx ppsx " },
        [POLICY_TYPE_ODT] = { "odt", POLICY_CLASS_OFFICE, " odt ott " },
        [POLICY_TYPE_ODS] = { "ods", POLICY_CLASS_OFFICE, " ods ots " },
        [POLICY_TYPE_ODP] = { "odp", POLICY_CLASS_OFFICE, " odp otp " },
        [POLICY_TYPE_ODG] = { "odg", POLICY_CLASS_OFFICE, " odg otg " },
        [POLICY_TYPE_DOC] = { "doc", POLICY_CLASS_OFFICE, " doc dot " },
        [POLICY_TYPE_XLS] = { "xls", POLICY_CLASS_OFFICE, " xls xlt " },
        [POLICY_TYPE_PPT] = { "ppt", POLICY_CLASS_OFFICE, " ppt pps pot " },
        [POLICY_TYPE_RTF] = { "rtf", POLICY_CLASS_OFFICE, " rtf " },
        [POLICY_TYPE_OFFICE_OTHER] = { "office-other", POLICY_CLASS_OTHER, " xlsb vsdx fodt fods fodp odf odb mdb pub mpp vsd xml " },
        [POLICY_TYPE_OFFICE_LOCKED] = { "office-locked", POLICY_CLASS_OTHER, " docx xlsx pptx doc xls ppt " },
        [POLICY_TYPE_HTML] = { "html", POLICY_CLASS_WEB, " html htm xhtml " },
        [POLICY_TYPE_SVG] = { "svg", POLICY_CLASS_WEB, " svg " },
        [POLICY_TYPE_XML] = { "xml", POLICY_CLASS_WEB, " xml " },
        [POLICY_TYPE_MHTML] = { "mhtml", POLICY_CLASS_WEB, " mht mhtml " },
        [POLICY_TYPE_EML] = { "eml", POLICY_CLASS_MAIL, " eml " },
        [POLICY_TYPE_MSG] = { "msg", POLICY_CLASS_MAIL, " msg " },
        [POLICY_TYPE_ZIP] = { "zip", POLICY_CLASS_ARCHIVE, " zip " },
        [POLICY_TYPE_TAR] = { "tar", POLICY_CLASS_ARCHIVE, " tar " },
        [POLICY_TYPE_GZIP] = { "gzip", POLICY_CLASS_ARCHIVE, " gz tgz " },
        [POLICY_TYPE_BZIP2] = { "bzip2", POLICY_CLASS_ARCHIVE, " bz2 tbz " },
        [POLICY_TYPE_XZ] = { "xz", POLICY_CLASS_ARCHIVE, " xz txz " },
        [POLICY_TYPE_ZSTD] = { "zstd", POLICY_CLASS_ARCHIVE, " zst " },
        [POLICY_TYPE_7Z] = { "7z", POLICY_CLASS_ARCHIVE, " 7z " },
        [POLICY_TYPE_RAR] = { "rar", POLICY_CLASS_ARCHIVE, " rar " },
        [POLICY_TYPE_CAB] = { "cab", POLICY_CLASS_ARCHIVE, " cab " },
        [POLICY_TYPE_LHA] = { "lha", POLICY_CLASS_ARCHIVE, " lzh lha " },
        [POLICY_TYPE_AR] = { "ar", POLICY_CLASS_ARCHIVE, " a deb " },
        [POLICY_TYPE_ARJ] = { "arj", POLICY_CLASS_ARCHIVE, " arj " },
        [POLICY_TYPE_ACE] = { "ace", POLICY_CLASS_ARCHIVE, " ace " },
        [POLICY_TYPE_PE] = { "windows-program", POLICY_CLASS_PROGRAM, "" },
        [POLICY_TYPE_ELF] = { "linux-program", POLICY_CLASS_PROGRAM, "" },
        [POLICY_TYPE_MACHO] = { "mac-program", POLICY_CLASS_PROGRAM, "" },
        [POLICY_TYPE_JAVA] = { "java-program", POLICY_CLASS_PROGRAM, "" },
        [POLICY_TYPE_MSI] = { "windows-installer", POLICY_CLASS_PROGRAM, "" },
        [POLICY_TYPE_WASM] = { "wasm", POLICY_CLASS_PROGRAM, "" },
        [POLICY_TYPE_DEX] = { "android-program", POLICY_CLASS_PROGRAM, "" },
        [POLICY_TYPE_SCRIPT] = { "script", POLICY_CLASS_SCRIPT, "" },
        [POLICY_TYPE_HTA] = { "hta", POLICY_CLASS_SCRIPT, "" },
        [POLICY_TYPE_WSF] = { "wsf", POLICY_CLASS_SCRIPT, "" },
        [POLICY_TYPE_LNK] = { "windows-shortcut", POLICY_CLASS_SHORTCUT, "" },
        [POLICY_TYPE_URL] = { "internet-shortcut", POLICY_CLASS_SHORTCUT, "" },
        [POLICY_TYPE_DESKTOP] = { "desktop-entry", POLICY_CLASS_SHORTCUT, "" },
        [POLICY_TYPE_IQY] = { "web-query", POLICY_CLASS_SHORTCUT, "" },
        [POLICY_TYPE_SLK] = { "sylk", POLICY_CLASS_SHORTCUT, "" },
        [POLICY_TYPE_DIAG] = { "diagnostics", POLICY_CLASS_SHORTCUT, "" },
        [POLICY_TYPE_SETTINGS] = { "settings-content", POLICY_CLASS_SHORTCUT, "" },
        [POLICY_TYPE_REG] = { "registry", POLICY_CLASS_SHORTCUT, "" },
        [POLICY_TYPE_JNLP] = { "jnlp", POLICY_CLASS_SHORTCUT, "" },
        [POLICY_TYPE_ISO] = { "iso", POLICY_CLASS_DISK, "" },
        [POLICY_TYPE_UDF] = { "udf", POLICY_CLASS_DISK, "" },
        [POLICY_TYPE_VHD] = { "vhd", POLICY_CLASS_DISK, "" },
        [POLICY_TYPE_VHDX] = { "vhdx", POLICY_CLASS_DISK, "" },
        [POLICY_TYPE_DMG] = { "dmg", POLICY_CLASS_DISK, "" },
        [POLICY_TYPE_QCOW] = { "qcow", POLICY_CLASS_DISK, "" },
        [POLICY_TYPE_VMDK] = { "vmdk", POLICY_CLASS_DISK, "" },
        [POLICY_TYPE_DISK] = { "disk", POLICY_CLASS_DISK, "" },
        [POLICY_TYPE_CHM] = { "chm", POLICY_CLASS_SCRIPT, "" },
        [POLICY_TYPE_HLP] = { "hlp", POLICY_CLASS_SCRIPT, "" },
        [POLICY_TYPE_ONENOTE] = { "onenote", POLICY_CLASS_OTHER, "" },
        [POLICY_TYPE_OLE] = { "compound-file", POLICY_CLASS_OTHER, "" },
        [POLICY_TYPE_MEDIA] = { "media", POLICY_CLASS_OTHER, "" },
        [POLICY_TYPE_FONT] = { "font", POLICY_CLASS_OTHER, "" },
        [POLICY_TYPE_DATABASE] = { "database", POLICY_CLASS_OTHER, "" },
        [POLICY_TYPE_POSTSCRIPT] = { "postscript", POLICY_CLASS_OTHER, "" },
        [POLICY_TYPE_SWF] = { "flash", POLICY_CLASS_PROGRAM, "" },
};
static const char *const class_names[POLICY_CLASSES] = { "unknown", "image", "text", "pdf", "office", "web", "mail", "archive", "program", "script",
                                                         "shortcut", "disk", "other" };
static const char *const finding_names[POLICY_FINDINGS] = {
        "macro", "macro-sheet", "dde", "remote", "embedded", "activex", "script", "launch", "open-action", "xfa", "multimedia", "encrypted", "polyglot",
        "trailing", "formula", "program", "archive", "name", "mismatch", "part", "hidden", "control",
};
static const char *const doubt_names[POLICY_DOUBTS] = { "none", "damaged", "disagree", "overlap", "ratio", "entries", "depth", "size", "work",
                                                        "unsupported", "memory" };

const char *policy_type_name(uint32_t type) {
        return types[type < POLICY_TYPES ? type : POLICY_TYPE_UNKNOWN].name;
}

PolicyClass policy_type_class(uint32_t type) {
        return type < POLICY_TYPES ? types[type].class : POLICY_CLASS_UNKNOWN;
}

const char *policy_class_name(uint32_t class) {
        return class_names[class < POLICY_CLASSES ? class : POLICY_CLASS_UNKNOWN];
}

const char *policy_finding_name(unsigned bit) {
        return bit < POLICY_FINDINGS ? finding_names[bit] : "unknown";
}

const char *policy_doubt_name(uint32_t doubt) {
        return doubt < POLICY_DOUBTS ? doubt_names[doubt] : "unknown";
}

int policy_type_fits(uint32_t type, const char *ext) {
        char word[20];
        size_t n = strlen(ext);

        if (type >= POLICY_TYPES || n + 3 > sizeof word || strchr(ext, ' '))
                return 0;
        if (n == 0) /* a file without an ending is nothing but text */
                return type == POLICY_TYPE_TEXT;
        word[0] = ' ';
        memcpy(word + 1, ext, n);
        memcpy(word + 1 + n, " ", 2);
        return strstr(types[type].exts, word) != NULL;
}

int policy_verdict_check(const PolicyVerdict *v, uint64_t size) {
        if (v->magic != POLICY_VERDICT_MAGIC || v->version != 1 || v->type >= POLICY_TYPES || v->worst >= POLICY_TYPES || v->doubt >= POLICY_DOUBTS ||
            v->charset >= POLICY_CHARSETS || (v->findings & ~(uint32_t)POLICY_FINDINGS_ALL) != 0 || v->size != size)
                return -EBADMSG;
        if (v->entries > POLICY_VET_MAX_ENTRIES || v->depth > POLICY_VET_MAX_DEPTH + 1 || v->unpacked > POLICY_VET_MAX_UNPACKED)
                return -EBADMSG;
        return (v->type == POLICY_TYPE_EMPTY) == (size == 0) ? 0 : -EBADMSG;
}
