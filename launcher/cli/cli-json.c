/* cli-json: writes JSON for scripts.
 * Runs as: user.  Input: values of the bus and of our own.  Must not: write what is not JSON, whatever the input.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-json.h"
#include "launcher/cli/cli-text.h"
#include <stdio.h>
#include <string.h>

void cli_json_init(CliJson *json) {
        *json = (CliJson) { .text = g_string_new(NULL) };
}

void cli_json_done(CliJson *json) {
        if (json->text)
                g_string_free(json->text, TRUE);
        *json = (CliJson) { 0 };
}

static void append_char(GString *out, gunichar c) {
        if (c == '"' || c == '\\')
                g_string_append_printf(out, "\\%c", (char) c);
        else if (!cli_text_unsafe(c))
                g_string_append_unichar(out, c);
        else if (c < 0x10000)
                g_string_append_printf(out, "\\u%04x", c);
        else
                g_string_append_printf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + ((c - 0x10000) & 0x3ff));
}

static void append_string(GString *out, const char *value) {
        g_string_append_c(out, '"');
        size_t n = strlen(value);
        for (size_t at = 0; at < n;) {
                gunichar c = g_utf8_get_char_validated(value + at, n - at);
                bool bad = c == (gunichar) -1 || c == (gunichar) -2;
                append_char(out, bad ? 0xfffd : c);
                at += bad ? 1 : (size_t) (g_utf8_next_char(value + at) - (value + at));
        }
        g_string_append_c(out, '"');
}

static GString *value_starts(CliJson *json, const char *name) {
        if (json->comma)
                g_string_append_c(json->text, ',');
        if (name) {
                append_string(json->text, name);
                g_string_append_c(json->text, ':');
        }
        json->comma = true;
        return json->text;
}

void cli_json_begin(CliJson *json, const char *name, char open) {
        g_string_append_c(value_starts(json, name), open);
        json->comma = false;
}

void cli_json_end(CliJson *json, char close) {
        g_string_append_c(json->text, close);
        json->comma = true;
}

void cli_json_string(CliJson *json, const char *name, const char *value) {
        GString *out = value_starts(json, name);
        if (value)
                append_string(out, value);
        else
                g_string_append(out, "null");
}

void cli_json_int(CliJson *json, const char *name, gint64 value) {
        g_string_append_printf(value_starts(json, name), "%" G_GINT64_FORMAT, value);
}

void cli_json_uint(CliJson *json, const char *name, guint64 value) {
        g_string_append_printf(value_starts(json, name), "%" G_GUINT64_FORMAT, value);
}

void cli_json_bool(CliJson *json, const char *name, bool value) {
        g_string_append(value_starts(json, name), value ? "true" : "false");
}

static void write_bytes(CliJson *json, const char *name, GVariant *value) {
        gsize n = 0;
        const guint8 *bytes = g_variant_get_fixed_array(value, &n, 1);
        GString *out = value_starts(json, name);
        g_string_append_c(out, '"');
        for (gsize i = 0; i < n; i++)
                g_string_append_printf(out, "%02x", bytes[i]);
        g_string_append_c(out, '"');
}

static void write_container(CliJson *json, const char *name, GVariant *value) {
        bool dict = g_variant_is_of_type(value, G_VARIANT_TYPE("a{s*}"));
        cli_json_begin(json, name, dict ? '{' : '[');
        for (gsize i = 0, n = g_variant_n_children(value); i < n; i++) {
                g_autoptr(GVariant) child = g_variant_get_child_value(value, i);
                if (dict) {
                        g_autoptr(GVariant) key = g_variant_get_child_value(child, 0);
                        g_autoptr(GVariant) item = g_variant_get_child_value(child, 1);
                        cli_json_variant(json, g_variant_get_string(key, NULL), item);
                } else {
                        cli_json_variant(json, NULL, child);
                }
        }
        cli_json_end(json, dict ? '}' : ']');
}

void cli_json_variant(CliJson *json, const char *name, GVariant *value) {
        switch (g_variant_classify(value)) {
        case G_VARIANT_CLASS_BOOLEAN:
                return cli_json_bool(json, name, g_variant_get_boolean(value));
        case G_VARIANT_CLASS_BYTE:
                return cli_json_uint(json, name, g_variant_get_byte(value));
        case G_VARIANT_CLASS_INT16:
                return cli_json_int(json, name, g_variant_get_int16(value));
        case G_VARIANT_CLASS_UINT16:
                return cli_json_uint(json, name, g_variant_get_uint16(value));
        case G_VARIANT_CLASS_INT32:
                return cli_json_int(json, name, g_variant_get_int32(value));
        case G_VARIANT_CLASS_UINT32:
                return cli_json_uint(json, name, g_variant_get_uint32(value));
        case G_VARIANT_CLASS_INT64:
                return cli_json_int(json, name, g_variant_get_int64(value));
        case G_VARIANT_CLASS_UINT64:
                return cli_json_uint(json, name, g_variant_get_uint64(value));
        case G_VARIANT_CLASS_STRING:
        case G_VARIANT_CLASS_OBJECT_PATH:
        case G_VARIANT_CLASS_SIGNATURE:
                return cli_json_string(json, name, g_variant_get_string(value, NULL));
        case G_VARIANT_CLASS_VARIANT: {
                g_autoptr(GVariant) inner = g_variant_get_variant(value);
                return cli_json_variant(json, name, inner);
        }
        case G_VARIANT_CLASS_ARRAY:
        case G_VARIANT_CLASS_TUPLE:
                if (g_variant_is_of_type(value, G_VARIANT_TYPE_BYTESTRING))
                        return write_bytes(json, name, value);
                return write_container(json, name, value);
        default: /* doubles, handles, maybes: nothing of ours sends one */
                return cli_json_string(json, name, NULL);
        }
}

bool cli_json_print(CliJson *json) {
        g_string_append_c(json->text, '\n');
        return fwrite(json->text->str, 1, json->text->len, stdout) == json->text->len && fflush(stdout) == 0;
}
