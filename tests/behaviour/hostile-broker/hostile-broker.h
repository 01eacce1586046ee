/* hostile-broker: one attempt and what it needs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "base/base-fd.h"
#include "policy/policy-message.h"
#include "policy/policy-plan.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

typedef struct Hostile {
        int monitor;
        PolicyTable *table;
        int kind;     /* a kind whose program 1 may be run */
        uint32_t tag; /* of this attempt */
} Hostile;
typedef struct HostileAttempt {
        const char *name;
        void (*run)(Hostile *h, const char *name);
} HostileAttempt;

const HostileAttempt *hostile_attempts(unsigned *ret_n);
/* Waits for the answer to tag (and on control for the builder's) and prints the line. good: this one must go through. */
void hostile_judge(const char *name, uint32_t tag, int control, int good);
