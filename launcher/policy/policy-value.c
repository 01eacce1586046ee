/* policy-value: values of policy in words.
 * Runs as: user.  Input: checked values.  Must not: show a byte of a file unescaped.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/policy/policy-value.h"
#include "launcher/cli/cli-text.h"
#include <string.h>

#define MOST_ITEMS 12

static bool is_list(const PolicyKey *key) {
        return key->type == POLICY_KEY_STRINGS || key->type == POLICY_KEY_WORDS || key->type == POLICY_KEY_NUMBERS;
}

char *policy_value_text(const PolicyKey *key, const PolicyValue *value) {
        GString *out = g_string_new(NULL);
        uint32_t step = key->type == POLICY_KEY_FREE ? 2 : 1;

        if (key->type == POLICY_KEY_NUMBER)
                g_string_printf(out, "%" G_GINT64_FORMAT, (gint64)value->number);
        else if (key->type == POLICY_KEY_BOOL)
                g_string_assign(out, value->number ? "true" : "false");
        for (uint32_t i = 0; i + step <= value->n && i < MOST_ITEMS * step; i += step) {
                g_string_append_printf(out, "%s%s", i ? ", " : "", value->items[i]);
                if (step == 2)
                        g_string_append_printf(out, ": %s", value->items[i + 1]);
        }
        if (value->n > MOST_ITEMS * step)
                g_string_append_printf(out, ", ... (%u)", value->n / step);
        if (out->len == 0)
                g_string_assign(out, "-");
        g_autofree char *raw = g_string_free(out, FALSE);
        return cli_text_escape(raw);
}

void policy_value_json(CliJson *json, const char *name, const PolicyKey *key, const PolicyValue *value) {
        if (key->type == POLICY_KEY_NUMBER)
                cli_json_int(json, name, value->number);
        else if (key->type == POLICY_KEY_BOOL)
                cli_json_bool(json, name, value->number != 0);
        else if (key->type == POLICY_KEY_FREE) {
                cli_json_begin(json, name, '{');
                for (uint32_t i = 0; i + 1 < value->n; i += 2)
                        cli_json_string(json, value->items[i], value->items[i + 1]);
                cli_json_end(json, '}');
        } else if (is_list(key)) {
                cli_json_begin(json, name, '[');
                for (uint32_t i = 0; i < value->n; i++)
                        if (key->type == POLICY_KEY_NUMBERS)
                                cli_json_int(json, NULL, g_ascii_strtoll(value->items[i], NULL, 10));
                        else
                                cli_json_string(json, NULL, value->items[i]);
                cli_json_end(json, ']');
        } else
                cli_json_string(json, name, value->n ? value->items[0] : "");
}
