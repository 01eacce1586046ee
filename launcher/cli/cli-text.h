/* cli-text: foreign bytes made safe to show, and columns that fit Japanese.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <glib.h>
#include <stdbool.h>

/* Appends bytes to out with every control character, bidirectional or invisible character and every byte that is not UTF-8
 * written as \xNN, \uNNNN or \UNNNNNNNN. lines: newline and tab stay. A character cut off at the end is left for the next
 * call unless final. Returns the number of bytes used. */
size_t cli_text_escape_into(GString *out, const char *bytes, size_t n, bool lines, bool final);
/* The same for one whole string; the caller frees. */
char *cli_text_escape(const char *text);
/* True for a character that must not reach a terminal as it is. */
bool cli_text_unsafe(gunichar c);

/* Terminal cells that the text takes: wide characters take two. */
size_t cli_text_width(const char *text);
/* The text, filled up with spaces to so many cells. */
char *cli_text_pad(const char *text, size_t cells);

/* "ja" where the user's messages are Japanese, else "en". */
const char *cli_text_locale(void);
/* "45 s", "3 min", "2 h 5 min", "4 d 1 h". */
char *cli_text_duration(gint64 seconds);
/* "812 B", "3.4 MiB". */
char *cli_text_bytes(guint64 n);
