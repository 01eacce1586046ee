/* cli-x11: what the X server knows: keyboard layout, size of the screen, and whether it can show a zone.
 * Runs as: user.  Input: the X server.  Must not: make windows, or keep the connection.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-x11.h"
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>

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

/* MIT-SHM 1.2 or newer (X servers since 2013; not NX and its like), which alone has AttachFd. */
static bool takes_descriptors(xcb_connection_t *connection) {
        static const char name[] = "MIT-SHM";
        struct __attribute__((packed)) {
                uint8_t type, pixmaps;
                uint16_t sequence;
                uint32_t length;
                uint16_t major, minor;
                uint8_t rest[20];
        } *version;
        uint8_t body[4] = { 0 }; /* its request 0: QueryVersion */
        struct iovec parts[3] = { { 0 }, { 0 }, { body, sizeof(body) } }; /* the first two are libxcb's */
        __attribute__((cleanup(reply_done))) xcb_query_extension_reply_t *extension =
                xcb_query_extension_reply(connection, xcb_query_extension(connection, sizeof(name) - 1, name), NULL);
        if (!extension || !extension->present)
                return false;
        xcb_protocol_request_t request = { .count = 1, .ext = NULL, .opcode = extension->major_opcode, .isvoid = 0 };
        unsigned sequence = xcb_send_request(connection, XCB_REQUEST_CHECKED, parts + 2, &request);
        __attribute__((cleanup(reply_done))) void *reply = xcb_wait_for_reply(connection, sequence, NULL);
        version = reply;
        return version && (version->major > 1 || (version->major == 1 && version->minor >= 2));
}

bool cli_x11_read(const char *name, CliKeyboard *keyboard, unsigned *width, unsigned *height) {
        static const char property[] = "_XKB_RULES_NAMES";
        int number = 0;
        __attribute__((cleanup(connection_done))) xcb_connection_t *connection = xcb_connect(name, &number);
        if (xcb_connection_has_error(connection))
                return true;
        if (!takes_descriptors(connection))
                return false;
        xcb_screen_t *screen = find_screen(connection, number);
        if (!screen)
                return true;
        *width = screen->width_in_pixels;
        *height = screen->height_in_pixels;
        __attribute__((cleanup(reply_done))) xcb_intern_atom_reply_t *atom =
                xcb_intern_atom_reply(connection, xcb_intern_atom(connection, 1, sizeof(property) - 1, property), NULL);
        if (!atom || atom->atom == XCB_NONE)
                return true;
        __attribute__((cleanup(reply_done))) xcb_get_property_reply_t *value = xcb_get_property_reply(connection,
                xcb_get_property(connection, 0, screen->root, atom->atom, XCB_ATOM_STRING, 0, 256), NULL);
        if (value && value->format == 8)
                cli_keyboard_from_property(keyboard, xcb_get_property_value(value), (size_t) xcb_get_property_value_length(value));
        return true;
}
