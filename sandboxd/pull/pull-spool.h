/* pull-spool: the folder where what was fetched lies until the privileged side looks at it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/pull/pull-fetch.h"
#include "policy/policy-fleet.h"

/* SPOOL/CHANNEL/trust/N.trust, bundle/SHA256.bundle: never change once they are there. accepted: one file, replaced in one step, is all that says
 * which of them count: what is remembered, the pointer's exact bytes, and "URL ETAG" of where it came from. last: how the last round ended. */
typedef struct PullSpool {
        int dir, trust, bundle; /* descriptors; -1 where there is no such folder yet */
        int lock;
} PullSpool;
#define PULL_SPOOL_NONE ((PullSpool){ -1, -1, -1, -1 })

typedef struct PullAccepted {
        PolicyFleet fleet;
        uint8_t *pointer;
        size_t n_pointer;
        char from[PULL_VALUE_MAX + PULL_ETAG_MAX + 2]; /* "URL ETAG" */
} PullAccepted;

/* make: the folders are made, and the spool is locked against another round. 0 or a negative errno. */
int pull_spool_open(PullSpool *s, const char *path, const char *channel, bool make);
void pull_spool_done(PullSpool *s);
int pull_spool_read(int dir, const char *name, size_t max, uint8_t **ret, size_t *ret_n);
/* The new bytes or the old ones, on the disk when it returns 0. */
int pull_spool_put(int dir, const char *name, const void *bytes, size_t n);
/* -ENOENT: none yet; -EBADMSG: damaged. */
int pull_spool_load(const PullSpool *s, const char *channel, PullAccepted *ret);
int pull_spool_commit(const PullSpool *s, const PullAccepted *a);
void pull_accepted_done(PullAccepted *a);
/* Removes every bundle but these two. */
void pull_spool_sweep(const PullSpool *s, const uint8_t keep[POLICY_HASH], const uint8_t keep_too[POLICY_HASH]);
void pull_bundle_name(const uint8_t hash[POLICY_HASH], char ret[80]);
