/* desktop-act: what a notice's button does: the user's own command, with the user's own rights.
 * Runs as: user.  Input: a verb of ours, a checked name.  Must not: use a shell.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/desktop/desktop-act.h"
#include "hanare-config.h"
#include "launcher/desktop/desktop-event.h"
#include <string.h>

#define LINE_SIZE 1024

typedef struct Act {
        void (*failed)(const char *line, void *data);
        void *data;
} Act;

static void report(const Act *act, const char *text) {
        char line[LINE_SIZE];
        g_autofree char *first = g_strndup(text, strcspn(text, "\n"));

        desktop_event_clean(g_str_has_prefix(first, "hanare: ") ? first + strlen("hanare: ") : first, line, sizeof line);
        act->failed(line, act->data);
}

static void on_end(GObject *source, GAsyncResult *result, void *data) {
        GSubprocess *process = G_SUBPROCESS(source);
        g_autoptr(GBytes) errors = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree Act *act = data;

        if (!g_subprocess_communicate_finish(process, result, NULL, &errors, &error))
                report(act, error->message);
        else if (!g_subprocess_get_if_exited(process) || g_subprocess_get_exit_status(process) != 0) {
                gsize n;
                const char *bytes = g_bytes_get_data(errors, &n);
                g_autofree char *text = g_strndup(bytes ? bytes : "", n);
                report(act, text);
        }
        g_object_unref(process);
}

void desktop_act_run(const char *verb, const char *argument, void (*failed)(const char *line, void *data), void *data) {
        g_autoptr(GError) error = NULL;
        Act *act = g_new0(Act, 1);
        GSubprocess *process;

        act->failed = failed;
        act->data = data;
        process = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, HANARE_BINDIR "/hanare", verb, argument, NULL);
        if (process)
                g_subprocess_communicate_async(process, NULL, NULL, on_end, act);
        else {
                report(act, error->message);
                g_free(act);
        }
}
