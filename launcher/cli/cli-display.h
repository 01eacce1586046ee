/* cli-display: finds the display the user sits at, and opens it for the zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "launcher/cli/cli-keyboard.h"
#include <stdint.h>

typedef struct CliDisplay {
        const char *type;       /* "none", "wayland", "x11": option "display" of the bus interface */
        int fd;                 /* a connected socket, an O_PATH descriptor, or -1 */
        bool has_cookie;
        uint8_t cookie[16];
        CliKeyboard keyboard;
        unsigned width, height; /* of the zone's window; 0 = unknown */
        char *problem;          /* why there is none, in the user's language; NULL otherwise */
} CliDisplay;

void cli_display_init(CliDisplay *display); /* type "none" */
void cli_display_done(CliDisplay *display);
/* Wayland first, else X11 of this machine, from the environment. Never fails: type "none" with a problem. */
void cli_display_find(CliDisplay *display);
/* ":N", ":N.S", "unix:N[.S]". False for displays of other machines and everything else. */
bool cli_display_parse_x11(const char *name, unsigned *ret_number, unsigned *ret_screen);
/* 90 %, within what the service takes (320 to 7680); 0 stays 0. */
unsigned cli_display_window(unsigned pixels);
