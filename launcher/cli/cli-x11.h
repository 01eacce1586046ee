/* cli-x11: what the X server knows: keyboard layout, size of the screen.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "launcher/cli/cli-keyboard.h"

/* Fills what it finds and leaves the rest; a server that does not answer leaves all. */
void cli_x11_read(const char *name, CliKeyboard *keyboard, unsigned *width, unsigned *height);
