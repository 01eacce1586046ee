/* cli-progress: says that something takes long, where somebody looks.
 * Runs as: user.  Input: a text of ours.  Must not: write to a file or a pipe.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-progress.h"
#include <glib.h>
#include <stdio.h>
#include <unistd.h>

static gboolean draw(gpointer data) {
        static const char frames[] = "|/-\\";
        CliProgress *progress = data;
        double seconds = (g_get_monotonic_time() - progress->began) / 1e6;
        if (seconds >= 1.0)
                fprintf(stderr, "\r%c %s %.1f s\033[K", frames[progress->frame++ % 4], progress->text, seconds);
        return G_SOURCE_CONTINUE;
}

void cli_progress_init(CliProgress *progress, const char *text) {
        *progress = (CliProgress) { .text = text };
        if (!text || !isatty(STDERR_FILENO))
                return;
        progress->began = g_get_monotonic_time();
        progress->source = g_timeout_add(100, draw, progress);
}

void cli_progress_done(CliProgress *progress) {
        if (progress->source)
                g_source_remove(progress->source);
        if (progress->frame)
                fputs("\r\033[K", stderr);
        *progress = (CliProgress) { 0 };
}
