/* cli-x11: what the X server knows: keyboard layout, size of the screen, and whether it can show a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "launcher/cli/cli-keyboard.h"

/* Fills what it finds and leaves the rest; a server that does not answer leaves all. False where the server answers and
 * cannot take memory by descriptor, which the zone's compositor needs. */
bool cli_x11_read(const char *name, CliKeyboard *keyboard, unsigned *width, unsigned *height);
