/* policy-import: may this file come home, and what is said about it. Decides, never acts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-filename.h"
#include "policy/policy-verdict.h"

typedef enum PolicyImportOutcome {
        POLICY_IMPORT_REFUSED = 0, /* whatever is not set is a refusal */
        POLICY_IMPORT_WAITING,     /* somebody must say yes */
        POLICY_IMPORT_AS_IS,
} PolicyImportOutcome;

typedef enum PolicyImportRule { /* the rule that decided; the table in policy-import.c has the same order, and is asked from the top */
        POLICY_RULE_NO_VERDICT = 0, /* the look did not end, or came back with something else than a verdict */
        POLICY_RULE_EMPTY, POLICY_RULE_SIZE, POLICY_RULE_PROGRAM, POLICY_RULE_SCRIPT, POLICY_RULE_SHORTCUT, POLICY_RULE_DISK, POLICY_RULE_ENDING,
        POLICY_RULE_POLYGLOT, POLICY_RULE_HIDDEN, POLICY_RULE_ENCRYPTED, POLICY_RULE_MACRO, POLICY_RULE_PROGRAM_INSIDE, POLICY_RULE_ACTIVE,
        POLICY_RULE_REMOTE, POLICY_RULE_EMBEDDED, POLICY_RULE_LIMIT, POLICY_RULE_DAMAGED, POLICY_RULE_MEMBER, POLICY_RULE_ARCHIVE, POLICY_RULE_WEB,
        POLICY_RULE_MAIL, POLICY_RULE_OTHER, POLICY_RULE_UNKNOWN, POLICY_RULE_MISMATCH, POLICY_RULE_FORMULA, POLICY_RULE_CONTROL,
        POLICY_RULE_HOLD, POLICY_RULE_IMAGE, POLICY_RULE_TEXT, POLICY_RULE_PDF, POLICY_RULE_OFFICE,
        POLICY_RULES
} PolicyImportRule;

typedef struct PolicyImportDecision {
        uint32_t outcome; /* PolicyImportOutcome */
        uint32_t rule;    /* PolicyImportRule */
        PolicyFilename name;
} PolicyImportDecision;

/* verdict NULL: the look did not end well. size: bytes of the copy that was looked into. */
void policy_import_decide(const void *name, size_t n_name, uint64_t size, const PolicyVerdict *verdict, PolicyImportDecision *ret_decision);
/* A short name for machines ("macro"), one English sentence on why, one on what can be done. Never NULL. */
const char *policy_import_rule_name(uint32_t rule);
const char *policy_import_rule_why(uint32_t rule);
const char *policy_import_rule_help(uint32_t rule);
const char *policy_import_outcome_name(uint32_t outcome);
