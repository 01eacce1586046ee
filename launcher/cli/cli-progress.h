/* cli-progress: says that something takes long, where somebody looks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

typedef struct CliProgress {
        const char *text; /* NULL = silent */
        long long began;  /* monotonic microseconds */
        unsigned source, frame;
} CliProgress;

/* Draws "text 1.2 s" on standard error after one second, when that is a terminal. The main context must run. */
void cli_progress_init(CliProgress *progress, const char *text);
/* Removes what it drew. */
void cli_progress_done(CliProgress *progress);
