/* cli-x11: what the X server knows: keyboard layout, size of the screen.
 * Runs as: user.  Input: the X server.  Must not: make windows, or keep the connection.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-x11.h"
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

static void connection_done(xcb_connection_t **connection) {
        xcb_disconnect(*connection);
}

static void reply_done(void *p) {
        free(*(void **) p);
}

static xcb_screen_t *find_screen(xcb_connection_t *connection, int number) {
        xcb_screen_iterator_t screens = xcb_setup_roots_iterator(xcb_get_setup(connection));
        for (; screens.rem && number > 0; number--)
                xcb_screen_next(&screens);
        return screens.rem ? screens.data : NULL;
}

void cli_x11_read(const char *name, CliKeyboard *keyboard, unsigned *width, unsigned *height) {
        static const char property[] = "_XKB_RULES_NAMES";
        int number = 0;
        __attribute__((cleanup(connection_done))) xcb_connection_t *connection = xcb_connect(name, &number);
        if (xcb_connection_has_error(connection))
                return;
        xcb_screen_t *screen = find_screen(connection, number);
        if (!screen)
                return;
        *width = screen->width_in_pixels;
        *height = screen->height_in_pixels;
        __attribute__((cleanup(reply_done))) xcb_intern_atom_reply_t *atom =
                xcb_intern_atom_reply(connection, xcb_intern_atom(connection, 1, sizeof(property) - 1, property), NULL);
        if (!atom || atom->atom == XCB_NONE)
                return;
        __attribute__((cleanup(reply_done))) xcb_get_property_reply_t *value = xcb_get_property_reply(connection,
                xcb_get_property(connection, 0, screen->root, atom->atom, XCB_ATOM_STRING, 0, 256), NULL);
        if (value && value->format == 8)
                cli_keyboard_from_property(keyboard, xcb_get_property_value(value), (size_t) xcb_get_property_value_length(value));
}
