/* pull-fetch: one GET, bounded in size and time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/pull/pull-conf.h"
#include <stdint.h>

#define PULL_ETAG_MAX 200
typedef enum PullAnswer { PULL_GOT, PULL_UNCHANGED, PULL_ABSENT, PULL_NOT } PullAnswer;

typedef struct PullFetch PullFetch;
/* NULL where libcurl does not start. One connection for a whole round. */
PullFetch *pull_fetch_new(const PullConf *conf);
void pull_fetch_free(PullFetch *f);
/* URL of the configuration, '/' and path. etag: in, what was had before ("" = nothing); out, the new one; NULL: neither.
 * PULL_GOT: the caller frees. PULL_NOT: pull_fetch_why. More than max bytes, a redirect, anything but 200, 304 and 404 is PULL_NOT. */
PullAnswer pull_fetch_get(PullFetch *f, const char *path, size_t max, char etag[PULL_ETAG_MAX + 1], uint8_t **ret, size_t *ret_n);
const char *pull_fetch_why(const PullFetch *f);
