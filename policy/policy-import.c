/* policy-import: may this file come home, and what is said about it.
 * Runs as: anyone (pure).  Input: a name, and a verdict of a process that may be taken over.  Must not: act; let a case through that no rule names.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules are asked from the top; the first that fits decides. Only the last four deliver, and each names what it delivers. */
#include "policy/policy-import.h"
#include <stdbool.h>
#include <string.h>

typedef struct Case {
        const PolicyVerdict *v;
        const PolicyFilename *name;
        PolicyClass class, worst;
        uint64_t size;
} Case;

typedef struct Rule {
        const char *name, *why, *help;
        bool (*fits)(const Case *c);
        PolicyImportOutcome outcome;
} Rule;

static bool found(const Case *c, uint32_t bits) {
        return (c->v->findings & bits) != 0;
}
static bool is_sheet(const Case *c) {
        return strcmp(c->name->ext, "csv") == 0 || strcmp(c->name->ext, "tsv") == 0;
}
static bool no_verdict(const Case *c) {
        return !c->v;
}
static bool empty(const Case *c) {
        return c->v->type == POLICY_TYPE_EMPTY;
}
static bool too_large(const Case *c) {
        return c->size > POLICY_VET_MAX_FILE || c->v->doubt == POLICY_DOUBT_SIZE;
}
static bool program(const Case *c) {
        return c->class == POLICY_CLASS_PROGRAM;
}
static bool script(const Case *c) {
        return c->class == POLICY_CLASS_SCRIPT;
}
static bool shortcut(const Case *c) {
        return c->class == POLICY_CLASS_SHORTCUT;
}
static bool disk(const Case *c) {
        return c->class == POLICY_CLASS_DISK;
}
static bool ending(const Case *c) {
        return (c->name->flags & (POLICY_FILENAME_ACTS | POLICY_FILENAME_DOUBLE)) != 0;
}
static bool polyglot(const Case *c) {
        return found(c, POLICY_FIND_POLYGLOT | POLICY_FIND_TRAILING);
}
static bool hidden(const Case *c) {
        return found(c, POLICY_FIND_HIDDEN);
}
static bool encrypted(const Case *c) {
        return found(c, POLICY_FIND_ENCRYPTED) || c->v->type == POLICY_TYPE_OFFICE_LOCKED;
}
static bool macro(const Case *c) {
        return found(c, POLICY_FIND_MACRO | POLICY_FIND_XLM);
}
static bool program_inside(const Case *c) {
        return found(c, POLICY_FIND_PROGRAM) || c->worst == POLICY_CLASS_PROGRAM || c->worst == POLICY_CLASS_SCRIPT || c->worst == POLICY_CLASS_SHORTCUT ||
               c->worst == POLICY_CLASS_DISK;
}
static bool active(const Case *c) {
        return found(c, POLICY_FIND_DDE | POLICY_FIND_ACTIVEX | POLICY_FIND_SCRIPT | POLICY_FIND_LAUNCH | POLICY_FIND_OPEN_ACTION | POLICY_FIND_XFA |
                                POLICY_FIND_MULTIMEDIA);
}
static bool remote(const Case *c) {
        return found(c, POLICY_FIND_REMOTE);
}
static bool embedded(const Case *c) {
        return found(c, POLICY_FIND_EMBEDDED);
}
static bool limit(const Case *c) {
        return c->v->doubt == POLICY_DOUBT_RATIO || c->v->doubt == POLICY_DOUBT_ENTRIES || c->v->doubt == POLICY_DOUBT_DEPTH || c->v->doubt == POLICY_DOUBT_WORK ||
               c->v->doubt == POLICY_DOUBT_MEMORY;
}
static bool damaged(const Case *c) {
        return c->v->doubt != POLICY_DOUBT_NONE;
}
static bool member(const Case *c) {
        return found(c, POLICY_FIND_NAME | POLICY_FIND_MISMATCH | POLICY_FIND_PART | POLICY_FIND_ARCHIVE);
}
static bool archive(const Case *c) {
        return c->class == POLICY_CLASS_ARCHIVE;
}
static bool web(const Case *c) {
        return c->class == POLICY_CLASS_WEB;
}
static bool mail(const Case *c) {
        return c->class == POLICY_CLASS_MAIL;
}
static bool other(const Case *c) {
        return c->class == POLICY_CLASS_OTHER;
}
static bool unknown(const Case *c) {
        return c->class == POLICY_CLASS_UNKNOWN;
}
static bool mismatch(const Case *c) {
        return !policy_type_fits(c->v->type, c->name->ext);
}
static bool formula(const Case *c) {
        return found(c, POLICY_FIND_FORMULA) && is_sheet(c);
}
static bool control(const Case *c) {
        return found(c, POLICY_FIND_CONTROL);
}
static bool hold(const Case *c) {
        return c->size > POLICY_IMPORT_HOLD;
}
/* A deliverer takes no finding at all, except the one that only means something in a table of values. */
static bool harmless(const Case *c, PolicyClass class) {
        return c->class == class && (c->v->findings & ~(uint32_t)POLICY_FIND_FORMULA) == 0 && c->v->doubt == POLICY_DOUBT_NONE;
}
static bool image(const Case *c) {
        return harmless(c, POLICY_CLASS_IMAGE);
}
static bool text(const Case *c) {
        return harmless(c, POLICY_CLASS_TEXT);
}
static bool pdf(const Case *c) {
        return harmless(c, POLICY_CLASS_PDF);
}
static bool office(const Case *c) {
        return harmless(c, POLICY_CLASS_OFFICE);
}

#define IN_ZONE "Open it in the zone, where it can do no harm."
#define ASK "Ask the sender for the same content as a PDF, a picture, or an Office document without such parts."
static const Rule rules[POLICY_RULES] = {
        [POLICY_RULE_NO_VERDICT] = { "no-verdict", "The file could not be examined to the end.", "Try once more; if it happens again, tell your administrator.", no_verdict, 0 },
        [POLICY_RULE_EMPTY] = { "empty", "The file is empty.", "Download it again.", empty, 0 },
        [POLICY_RULE_SIZE] = { "size", "The file is larger than what can be examined.", IN_ZONE, too_large, 0 },
        [POLICY_RULE_PROGRAM] = { "program", "The file is a program.", "Programs come from your administrator, not from a download.", program, 0 },
        [POLICY_RULE_SCRIPT] = { "script", "The file is a script, or help that can run one.", "Programs come from your administrator, not from a download.", script, 0 },
        [POLICY_RULE_SHORTCUT] = { "shortcut", "The file is a shortcut or a setting that makes something else run.", IN_ZONE, shortcut, 0 },
        [POLICY_RULE_DISK] = { "disk", "The file is a disk image.", IN_ZONE, disk, 0 },
        [POLICY_RULE_ENDING] = { "ending", "The name has an ending that makes the file act when it is opened.", "Ask the sender for a document under an ordinary name.", ending, 0 },
        [POLICY_RULE_POLYGLOT] = { "polyglot", "The file is two things at once, or something follows its end.", ASK, polyglot, 0 },
        [POLICY_RULE_HIDDEN] = { "hidden", "The file has objects that some readers see and others do not.", ASK, hidden, 0 },
        [POLICY_RULE_ENCRYPTED] = { "encrypted", "The file is encrypted, so its content cannot be examined.", "Open it in the zone with its password, or ask the sender for it without one.", encrypted, 0 },
        [POLICY_RULE_MACRO] = { "macro", "The document carries macros.", ASK, macro, 0 },
        [POLICY_RULE_PROGRAM_INSIDE] = { "program-inside", "There is a program, a script or a shortcut inside the file.", ASK, program_inside, 0 },
        [POLICY_RULE_ACTIVE] = { "active", "The document can act by itself when it is opened.", ASK, active, 0 },
        [POLICY_RULE_REMOTE] = { "remote", "The document loads something from elsewhere when it is opened.", ASK, remote, 0 },
        [POLICY_RULE_EMBEDDED] = { "embedded", "There is another file inside the document.", ASK, embedded, 0 },
        [POLICY_RULE_LIMIT] = { "limit", "The file unpacks to more than may be examined.", "Ask the sender for fewer or smaller files.", limit, 0 },
        [POLICY_RULE_DAMAGED] = { "damaged", "The file is damaged, or not built as its type is built.", "Download it again; if it stays so, " "ask the sender for another form of it.", damaged, 0 },
        [POLICY_RULE_MEMBER] = { "member", "There is something inside the file that no rule knows.", ASK, member, 0 },
        [POLICY_RULE_ARCHIVE] = { "archive", "Archives are not brought home.", "Unpack it in the zone, and import what you need of it.", archive, 0 },
        [POLICY_RULE_WEB] = { "web", "Web pages and their drawings are not brought home.", "Print it to a PDF in the zone, and import that.", web, 0 },
        [POLICY_RULE_MAIL] = { "mail", "Saved mails are not brought home.", "Save what is attached in the zone, and import that.", mail, 0 },
        [POLICY_RULE_OTHER] = { "type", "No rule lets files of this type home.", IN_ZONE, other, 0 },
        [POLICY_RULE_UNKNOWN] = { "unknown", "The type of the file is not known.", IN_ZONE, unknown, 0 },
        [POLICY_RULE_MISMATCH] = { "mismatch", "The name says another type than the content is.", "Ask the sender which of the two it is, and for the file under a name that fits.", mismatch, 0 },
        [POLICY_RULE_FORMULA] = { "formula", "A cell of the table begins like a formula.", "Ask the sender for a spreadsheet, or for the values alone.", formula, 0 },
        [POLICY_RULE_CONTROL] = { "control", "The text has characters that hide or turn round what it says.", ASK, control, 0 },
        [POLICY_RULE_HOLD] = { "hold", "The file is large; somebody must say yes to it.", "Ask your administrator.", hold, POLICY_IMPORT_WAITING },
        [POLICY_RULE_IMAGE] = { "image", "A picture without anything else in it.", "", image, POLICY_IMPORT_AS_IS },
        [POLICY_RULE_TEXT] = { "text", "Plain text.", "", text, POLICY_IMPORT_AS_IS },
        [POLICY_RULE_PDF] = { "pdf", "A PDF without anything that acts.", "", pdf, POLICY_IMPORT_AS_IS },
        [POLICY_RULE_OFFICE] = { "office", "An Office document without anything that acts.", "", office, POLICY_IMPORT_AS_IS },
};

void policy_import_decide(const void *name, size_t n_name, uint64_t size, const PolicyVerdict *verdict, PolicyImportDecision *ret) {
        Case c = { .v = verdict, .name = &ret->name, .size = size };

        policy_filename_read(name, n_name, &ret->name);
        if (verdict && policy_verdict_check(verdict, size) < 0)
                c.v = NULL;
        if (c.v) {
                c.class = policy_type_class(c.v->type);
                c.worst = policy_type_class(c.v->worst);
        }
        ret->outcome = POLICY_IMPORT_REFUSED;
        ret->rule = POLICY_RULE_UNKNOWN;
        for (uint32_t i = 0; i < POLICY_RULES; i++)
                if (rules[i].fits(&c)) {
                        ret->outcome = rules[i].outcome;
                        ret->rule = i;
                        return;
                }
}

const char *policy_import_rule_name(uint32_t rule) {
        return rules[rule < POLICY_RULES ? rule : POLICY_RULE_NO_VERDICT].name;
}

const char *policy_import_rule_why(uint32_t rule) {
        return rules[rule < POLICY_RULES ? rule : POLICY_RULE_NO_VERDICT].why;
}

const char *policy_import_rule_help(uint32_t rule) {
        return rules[rule < POLICY_RULES ? rule : POLICY_RULE_NO_VERDICT].help;
}

const char *policy_import_outcome_name(uint32_t outcome) {
        return outcome == POLICY_IMPORT_AS_IS ? "as-is" : outcome == POLICY_IMPORT_WAITING ? "waiting" : "refused";
}
