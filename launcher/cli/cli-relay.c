/* cli-relay: carries bytes between our standard descriptors and a zone's three pipes.
 * Runs as: user.  Input: bytes of a hostile zone.  Must not: hand the zone a descriptor of the user, or let it write control
 * sequences to a terminal.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-relay.h"
#include "base/base-fd.h"
#include "launcher/cli/cli-signal.h"
#include "launcher/cli/cli-text.h"
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (64u << 10)

typedef struct Stream {
        int in, out;       /* -1 = closed */
        bool from_zone, terminal;
        gpointer in_tag, out_tag;
        char *buffer;      /* CHUNK bytes read */
        size_t kept;       /* bytes of a cut-off character at its start */
        GString *escaped;
        const char *left;  /* what is still to write */
        size_t n_left;
} Stream;

typedef struct RelaySource {
        GSource source;
        CliRelay *relay;
} RelaySource;

struct CliRelay {
        Stream streams[3];
        int zone_ends[3];
        GSource *source;
};

static void close_stream(CliRelay *relay, Stream *stream) {
        if (stream->in_tag)
                g_source_remove_unix_fd(relay->source, stream->in_tag);
        if (stream->out_tag)
                g_source_remove_unix_fd(relay->source, stream->out_tag);
        stream->in_tag = stream->out_tag = NULL;
        /* Only the pipe's end is ours; closing it tells the zone. */
        base_fd_done(stream->from_zone ? &stream->in : &stream->out);
        stream->in = stream->out = -1;
        stream->n_left = 0;
}

/* Makes n bytes behind the kept ones ready to write; final: a cut-off character is written too. */
static void take(Stream *stream, size_t n, bool final) {
        stream->left = stream->buffer;
        stream->n_left = stream->kept + n;
        stream->kept = 0;
        if (!stream->terminal)
                return;
        g_string_truncate(stream->escaped, 0);
        size_t used = cli_text_escape_into(stream->escaped, stream->buffer, stream->n_left, true, final);
        stream->kept = stream->n_left - used;
        memmove(stream->buffer, stream->buffer + used, stream->kept);
        stream->left = stream->escaped->str;
        stream->n_left = stream->escaped->len;
}

/* One read. 1 = bytes are waiting, 0 = nothing now, -1 = end. */
static int fill(Stream *stream) {
        ssize_t n = read(stream->in, stream->buffer + stream->kept, CHUNK - stream->kept);
        if (n < 0)
                return errno == EAGAIN || errno == EINTR ? 0 : -1;
        take(stream, (size_t) n, n == 0);
        return stream->n_left ? 1 : n ? 0 : -1;
}

/* One write. Our own standard descriptors block, so no more than a pipe certainly takes once it is writable (pipe(7)). */
static bool flush(Stream *stream) {
        size_t n = stream->from_zone ? MIN(stream->n_left, PIPE_BUF) : stream->n_left;
        ssize_t written = write(stream->out, stream->left, n);
        if (written < 0)
                return errno == EAGAIN || errno == EINTR;
        stream->left += written;
        stream->n_left -= (size_t) written;
        return true;
}

static void watch(CliRelay *relay, Stream *stream) {
        if (stream->in < 0)
                return;
        /* A hang-up cannot be masked: while bytes wait, the reading end is not watched at all, or we would spin. */
        if (stream->n_left && stream->in_tag) {
                g_source_remove_unix_fd(relay->source, stream->in_tag);
                stream->in_tag = NULL;
        } else if (!stream->n_left && !stream->in_tag) {
                stream->in_tag = g_source_add_unix_fd(relay->source, stream->in, G_IO_IN);
        }
        /* Towards the zone the writing end reports G_IO_ERR by itself when the zone closed its standard input. */
        g_source_modify_unix_fd(relay->source, stream->out_tag, stream->n_left ? G_IO_OUT : 0);
}

static void step(CliRelay *relay, Stream *stream) {
        if (stream->in < 0)
                return;
        GIOCondition in = stream->in_tag ? g_source_query_unix_fd(relay->source, stream->in_tag) : 0;
        GIOCondition out = g_source_query_unix_fd(relay->source, stream->out_tag);
        bool alive = !(out & (G_IO_ERR | G_IO_HUP | G_IO_NVAL)) && !(in & G_IO_NVAL);
        if (alive && stream->n_left && (out & G_IO_OUT))
                alive = flush(stream);
        else if (alive && !stream->n_left && in)
                alive = fill(stream) >= 0;
        if (alive)
                watch(relay, stream);
        else
                close_stream(relay, stream);
}

static gboolean on_dispatch(GSource *source, GSourceFunc callback, gpointer data) {
        (void) callback, (void) data;
        CliRelay *relay = ((RelaySource *) source)->relay;
        for (int i = 0; i < 3; i++)
                step(relay, &relay->streams[i]);
        return G_SOURCE_CONTINUE;
}

static GSourceFuncs relay_funcs = { .dispatch = on_dispatch };

int cli_relay_new(CliRelay **ret_relay, int zone_ends[3]) {
        CliRelay *relay = g_new0(CliRelay, 1);
        for (int i = 0; i < 3; i++) {
                relay->zone_ends[i] = -1;
                relay->streams[i] = (Stream) { .in = -1, .out = -1, .from_zone = i > 0 };
        }
        for (int i = 0; i < 3; i++) {
                Stream *stream = &relay->streams[i];
                int ends[2];
                if (pipe2(ends, O_CLOEXEC) < 0) {
                        int error = -errno;
                        cli_relay_free(relay);
                        return error;
                }
                int ours = ends[i ? 0 : 1];
                relay->zone_ends[i] = zone_ends[i] = ends[i ? 1 : 0];
                stream->in = i ? ours : STDIN_FILENO;
                stream->out = i ? i : ours;
                fcntl(ours, F_SETFL, (i ? O_RDONLY : O_WRONLY) | O_NONBLOCK);
                stream->terminal = i && isatty(i);
                stream->buffer = g_malloc(CHUNK);
                stream->escaped = stream->terminal ? g_string_sized_new(CHUNK) : NULL;
        }
        *ret_relay = relay;
        return 0;
}

static void close_zone_ends(CliRelay *relay) {
        for (int i = 0; i < 3; i++)
                base_fd_done(&relay->zone_ends[i]);
}

void cli_relay_start(CliRelay *relay) {
        close_zone_ends(relay);
        relay->source = g_source_new(&relay_funcs, sizeof(RelaySource));
        ((RelaySource *) relay->source)->relay = relay;
        for (int i = 0; i < 3; i++) {
                Stream *stream = &relay->streams[i];
                stream->in_tag = g_source_add_unix_fd(relay->source, stream->in, G_IO_IN);
                stream->out_tag = g_source_add_unix_fd(relay->source, stream->out, 0);
        }
        g_source_attach(relay->source, NULL);
}

/* What is in the pipe now is all there will be: every writer is dead. */
static bool finished(Stream *stream) {
        if (stream->in < 0)
                return true;
        if (stream->n_left || fill(stream) > 0)
                return false;
        if (stream->kept)
                take(stream, 0, true);
        return !stream->n_left;
}

bool cli_relay_drain(CliRelay *relay) {
        close_stream(relay, &relay->streams[0]);
        for (;;) {
                bool done = true;
                for (int i = 1; i < 3; i++)
                        if (!finished(&relay->streams[i])) {
                                watch(relay, &relay->streams[i]);
                                done = false;
                        }
                if (done || cli_signal_caught())
                        return done;
                g_main_context_iteration(NULL, TRUE);
        }
}

void cli_relay_free(CliRelay *relay) {
        if (!relay)
                return;
        for (int i = 0; i < 3; i++) {
                if (relay->source || relay->streams[i].in >= 0)
                        close_stream(relay, &relay->streams[i]);
                g_free(relay->streams[i].buffer);
                if (relay->streams[i].escaped)
                        g_string_free(relay->streams[i].escaped, TRUE);
        }
        close_zone_ends(relay);
        if (relay->source) {
                g_source_destroy(relay->source);
                g_source_unref(relay->source);
        }
        g_free(relay);
}
