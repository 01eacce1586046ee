/* hostile-broker: one attempt and what it needs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "policy/policy-message.h"
#include "policy/policy-plan.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct Hostile {
        int monitor;
        PolicyTable *table;
        int kind;     /* a kind whose program 1 may be run */
        uint32_t tag; /* of this attempt */
        /* what is said to the builder once it is there: the type of the message, how many descriptors it claims, and these */
        uint32_t say, claim;
        int fds[BASE_MSG_MAX_FDS];
        size_t n_fds;
} Hostile;
typedef struct HostileAttempt {
        const char *name;
        void (*run)(Hostile *h, const char *name);
} HostileAttempt;

const HostileAttempt *hostile_attempts(unsigned *ret_n);
/* Waits for the answer to the tag (and, when a builder is there, tells it what h->say says, and waits for it) and prints the line.
 * good: this one must go through. */
void hostile_judge(const Hostile *h, const char *name, int good);
