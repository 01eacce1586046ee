/* policy-names: which names, and at which ports, a kind of zone reaches: the rules, their form, the verdict.
 * The compiler loads them, the gateway judges by them, the broker explains them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "base/base-wire.h"
#include "policy/policy-denylist.h"
#include "policy/policy-table.h"
#include <stdbool.h>

#define POLICY_NAMES_MAX_NAME 253
#define POLICY_NAMES_MAX_RULE 264 /* bytes: "*.", a name, ":65535" */

/* One rule as text: "bank.example" (with its sub-names), ".bank.example" (that name alone), "*.bank.example" (its sub-names
 * alone); each may end in ":993", for that port alone. Canonical: lower-case ASCII, no trailing dot. */
typedef struct PolicyNamesRule {
        const char *name; /* not ended by a NUL: name_n bytes */
        size_t name_n;
        bool self, below;
        uint16_t port;    /* 0 = as the kind's ports say */
} PolicyNamesRule;

typedef enum PolicyNamesVerdict {
        POLICY_NAMES_ALLOWED = 0,
        POLICY_NAMES_RESERVED, /* a name that does not belong to the internet */
        POLICY_NAMES_DENIED,   /* by a rule of the kind */
        POLICY_NAMES_LISTED,   /* by a deny list */
        POLICY_NAMES_UNLISTED, /* the kind has an allow list, and the name is not in it */
        POLICY_NAMES_PORT,
        POLICY_NAMES_ADDRESS,  /* an address where names decide */
} PolicyNamesVerdict;

/* What a verdict depends on. The strings and the list are borrowed. */
typedef struct PolicyNames {
        uint32_t flags; /* POLICY_KIND_STRICT, POLICY_KIND_ALLOW_LIST */
        uint32_t n_ports;
        uint16_t ports[POLICY_MAX_PORTS];
        PolicyStrings allow, deny;
        PolicyDenylist denylist; /* all zero = none */
} PolicyNames;

/* True where the text is a canonical rule; sets *ret, which points into it. */
bool policy_names_rule(const char *text, PolicyNamesRule *ret);
/* A rule as people write it (upper case, a trailing dot) made canonical. False where it cannot be a rule; other scripts must be xn-- already. */
bool policy_names_rule_canonical(const char *text, char ret[POLICY_NAMES_MAX_RULE + 1]);
/* A host made canonical: lower case, one trailing dot less, labels of [a-z0-9_-], the last no number. False for all else, addresses too. */
bool policy_names_canonical(const char *text, size_t n, char ret[POLICY_NAMES_MAX_NAME + 1]);
/* Names that RFC 6761, 6762, 7686, 8375, 9476 or ICANN keep from the internet's root, and names of one label. name: canonical. */
bool policy_names_reserved(const char *name);

/* The verdict on a canonical name at a port. *ret_rule is the rule that decided, or NULL. Deny beats allow. */
PolicyNamesVerdict policy_names_judge(const PolicyNames *names, const char *name, uint16_t port, const char **ret_rule);
/* An address in place of a name. */
PolicyNamesVerdict policy_names_judge_address(const PolicyNames *names, uint16_t port);
/* What a name leads to (a CNAME target): only what denies counts, and names that are no internet names. */
PolicyNamesVerdict policy_names_judge_target(const PolicyNames *names, const char *name, uint16_t port, const char **ret_rule);
/* A verdict in a few English words. */
const char *policy_names_verdict_text(PolicyNamesVerdict verdict);

/* The rules of a kind, as a verdict needs them; borrows the kind's strings. */
void policy_names_of_kind(const PolicyKind *kind, PolicyNames *ret);
/* NULL, or an English sentence that names the broken rule. */
const char *policy_names_check(const PolicyKind *kind);
/* For the gateway's rules: both lists, one after the other. read: items has room for 2 * POLICY_MAX_NAMES; strings point into the reader's
 * bytes; every rule is checked, and the reader fails where one breaks its form. */
void policy_names_write(BaseWriter *w, const PolicyKind *kind);
void policy_names_read(BaseReader *r, const char **items, PolicyNames *ret);
