/* policy-plan: what the broker asks for: references into the policy table and a few bounded values, nothing else.
 * No path, no filter, no mount, no uid of ours. SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-table.h"

#define POLICY_PLAN_VERSION 1

typedef enum PolicyDisplay { POLICY_DISPLAY_NONE = 0, POLICY_DISPLAY_WAYLAND = 1, POLICY_DISPLAY_X11 = 2 } PolicyDisplay;
typedef enum PolicyLocale { POLICY_LOCALE_EN = 0, POLICY_LOCALE_JA = 1 } PolicyLocale;

typedef struct PolicyPlan {
        uint8_t table_hash[32];  /* of the table that the indices mean; another table refuses the plan */
        uint32_t kind;           /* index */
        uint32_t program;        /* index into the kind's programs; 0 = the application */
        uint32_t owner;          /* uid of the user: 1000 to 60513, or 65536 up to 2^31 and below the zones' own uids; never root or a system uid */
        uint32_t locale;         /* PolicyLocale */
        uint32_t display;        /* PolicyDisplay; one descriptor follows when it is not NONE */
        uint32_t stdio;          /* 1 = three pipes follow */
        uint32_t width, height;  /* of the zone's window; 0 = default, else 320 to 7680 */
        char layout[POLICY_MAX_LAYOUT + 1], variant[POLICY_MAX_LAYOUT + 1]; /* xkb names: [a-z0-9_,-]* */
        char timezone[POLICY_MAX_TIMEZONE + 1]; /* the host's, such as "Asia/Tokyo"; "" = UTC */
        uint8_t cookie[16];      /* MIT-MAGIC-COOKIE-1 for X11, all zero = none */
        const char *address;     /* "" = the kind's start page */
        PolicyStrings argv;      /* arguments after the program's name; only for kinds with POLICY_KIND_RUN and program > 0 */
        void *storage;
} PolicyPlan;

/* 0, -EINVAL, -ENOMEM. Does not need the table: bounds only. */
int policy_plan_encode(const PolicyPlan *plan, uint8_t **ret_bytes, size_t *ret_n);
/* Strings point into bytes. 0, -EBADMSG, -ENOMEM. */
int policy_plan_decode(const uint8_t *bytes, size_t n, PolicyPlan **ret_plan);
void policy_plan_free(PolicyPlan *plan);
/* What the builder asks before it does anything. NULL, or a static English sentence that names the rule the plan breaks. */
const char *policy_plan_check(const PolicyPlan *plan, const PolicyTable *table);

/* True for http:// or https:// addresses of printable ASCII without space, double quote, backslash, user part or control
 * bytes, with a host, at most POLICY_MAX_ADDRESS bytes. ret_host (may be NULL) gets the host in lower case, without the
 * root's dot, at most 253 bytes; an IPv6 address keeps its brackets. */
int policy_address_valid(const char *address, char ret_host[254]);
