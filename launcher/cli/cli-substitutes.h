/* cli-substitutes: what stands in for something that this kernel lacks, in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <gio/gio.h>

/* value: an array of names, or the bits of a receipt. Prints one line each, indented; "none" for an empty one. */
void cli_substitutes_print(GVariant *value);
