/* cli-keyboard: keyboard layout names, as far as the service takes them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-limits.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct CliKeyboard {
        char layout[POLICY_MAX_LAYOUT + 1], variant[POLICY_MAX_LAYOUT + 1]; /* "" = unknown */
} CliKeyboard;

/* Takes the names when they are [a-z0-9_,-]* and short enough; else leaves *ret alone and says false. */
bool cli_keyboard_set(CliKeyboard *ret, const char *layout, const char *variant);
/* From the X property _XKB_RULES_NAMES: rules, model, layout, variant, options, each ended by a NUL. */
bool cli_keyboard_from_property(CliKeyboard *ret, const char *bytes, size_t n);
/* From a file like /etc/default/keyboard: XKBLAYOUT="jp". */
bool cli_keyboard_from_file(CliKeyboard *ret, const char *text);
