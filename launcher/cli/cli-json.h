/* cli-json: writes JSON for scripts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct CliJson {
        GString *text;
        bool comma; /* the next value needs one before it */
} CliJson;

void cli_json_init(CliJson *json);
void cli_json_done(CliJson *json);
/* name: the key inside an object, NULL inside an array or at the top. open/close: one of "{}" and "[]". */
void cli_json_begin(CliJson *json, const char *name, char open);
void cli_json_end(CliJson *json, char close);
/* Bytes that are not UTF-8 become U+FFFD; what a terminal must not see is written as \uNNNN. NULL writes null. */
void cli_json_string(CliJson *json, const char *name, const char *value);
void cli_json_int(CliJson *json, const char *name, gint64 value);
void cli_json_uint(CliJson *json, const char *name, guint64 value);
void cli_json_bool(CliJson *json, const char *name, bool value);
/* Any value of the bus: dictionaries become objects, byte arrays hex. */
void cli_json_variant(CliJson *json, const char *name, GVariant *value);
/* Writes it all and a newline to standard output. False when that failed (a full disk, a closed pipe). */
bool cli_json_print(CliJson *json);
