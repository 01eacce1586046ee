/* pull-round: one round: trust files, pointer, bundle, each checked before it is kept.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/pull/pull-spool.h"

typedef enum PullResult { PULL_SAME = 0, PULL_NEW, PULL_REFUSED, PULL_FAILED } PullResult;

typedef struct Pull {
        const PullConf *conf;
        PullSpool spool;
        bool dry;              /* fetch and check all, write nothing */
        int64_t now;
        uint64_t release;
        PullFetch *fetch;
        PolicyTrust trust;
        PullAccepted accepted; /* what counts; fleet.serial = 0: nothing yet */
        char what[200];        /* which file, when it was refused or failed */
        int refusal;           /* PolicyRefusal or negative errno; 0: pull_fetch_why says it */
} Pull;

/* The trust file in use: the configured first one, then those of the spool that follow it; and what was accepted. */
PullResult pull_round_load(Pull *p);
/* The round. What was accepted before stays, and stays whole, unless it returns PULL_NEW. */
PullResult pull_round(Pull *p);
void pull_done(Pull *p);
