/* cli-display: finds the display the user sits at, and opens it for the zone.
 * Runs as: user.  Input: the environment, the Xauthority file, the X server.  Must not: use a display of another machine.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-display.h"
#include "base/base-fd.h"
#include "launcher/cli/cli-cmd.h"
#include "launcher/cli/cli-text.h"
#include "launcher/cli/cli-x11.h"
#include "launcher/cli/cli-xauth.h"
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

void cli_display_init(CliDisplay *display) {
        *display = (CliDisplay) { .type = "none", .fd = -1 };
}

void cli_display_done(CliDisplay *display) {
        base_fd_done(&display->fd);
        g_free(display->problem);
        cli_display_init(display);
}

unsigned cli_display_window(unsigned pixels) {
        return pixels ? CLAMP(pixels / 10 * 9, 320, 7680) : 0;
}

static bool take_number(const char **at, unsigned max, unsigned *ret) {
        unsigned value = 0;
        if (!g_ascii_isdigit(**at))
                return false;
        for (; g_ascii_isdigit(**at); (*at)++) {
                value = value * 10 + (unsigned) (**at - '0');
                if (value > max)
                        return false;
        }
        *ret = value;
        return true;
}

bool cli_display_parse_x11(const char *name, unsigned *ret_number, unsigned *ret_screen) {
        unsigned number, screen = 0;
        if (strncmp(name, "unix:", 5) == 0)
                name += 4;
        if (*name++ != ':' || !take_number(&name, 65535, &number))
                return false;
        if (*name == '.' && (name++, !take_number(&name, 255, &screen)))
                return false;
        if (*name)
                return false;
        *ret_number = number;
        *ret_screen = screen;
        return true;
}

static void __attribute__((format(printf, 2, 3))) set_problem(CliDisplay *display, const char *format, ...) {
        va_list args;
        va_start(args, format);
        g_autofree char *raw = g_strdup_vprintf(format, args);
        va_end(args);
        g_free(display->problem);
        display->problem = cli_text_escape(raw);
}

static bool find_wayland(CliDisplay *display) {
        const char *name = getenv("WAYLAND_DISPLAY"), *dir = getenv("XDG_RUNTIME_DIR");
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        if (!name || !*name || (*name != '/' && (!dir || *dir != '/')))
                return false;
        int n = *name == '/' ? g_snprintf(address.sun_path, sizeof(address.sun_path), "%s", name)
                             : g_snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s", dir, name);
        BASE_FD fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int error = fd < 0 ? errno : n >= (int) sizeof(address.sun_path) ? ENAMETOOLONG : 0;
        if (!error && connect(fd, (struct sockaddr *) &address, sizeof(address)) < 0)
                error = errno;
        if (error) {
                set_problem(display, _("The Wayland display %s cannot be reached: %s."), name, g_strerror(error));
                return false;
        }
        display->type = "wayland";
        display->fd = base_fd_steal(&fd);
        return true;
}

static void read_cookie(CliDisplay *display, unsigned number) {
        const char *file = getenv("XAUTHORITY"), *home = getenv("HOME");
        g_autofree char *path = file && *file ? g_strdup(file) : g_strconcat(home ? home : "", "/.Xauthority", NULL);
        char host[256] = "";
        BASE_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        BASE_FREE uint8_t *bytes = fd < 0 ? NULL : malloc(CLI_XAUTH_MAX);
        ssize_t n = bytes ? base_fd_read_all(fd, bytes, CLI_XAUTH_MAX) : -1;
        if (n <= 0 || gethostname(host, sizeof(host) - 1) < 0)
                return;
        display->has_cookie = cli_xauth_find(bytes, (size_t) n, host, number, display->cookie);
}

static bool find_x11(CliDisplay *display) {
        const char *name = getenv("DISPLAY");
        unsigned number, screen;
        if (!name || !*name)
                return false;
        if (!cli_display_parse_x11(name, &number, &screen)) {
                set_problem(display, _("DISPLAY=%s is not a display of this machine; zones are shown on local displays only."), name);
                return false;
        }
        g_autofree char *path = g_strdup_printf("/tmp/.X11-unix/X%u", number);
        BASE_FD fd = open(path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0) {
                set_problem(display, _("The X display %s cannot be reached: %s."), name, g_strerror(errno));
                return false;
        }
        if (!cli_x11_read(name, &display->keyboard, &display->width, &display->height)) {
                set_problem(display, _("The X server of %s has no MIT-SHM 1.2, by which a zone's window shares its picture; use an Xorg, Xvnc or Wayland session."), name);
                return false;
        }
        display->type = "x11";
        display->fd = base_fd_steal(&fd);
        read_cookie(display, number);
        display->width = cli_display_window(display->width);
        display->height = cli_display_window(display->height);
        return true;
}

static void find_keyboard(CliKeyboard *keyboard) {
        char text[8192];
        if (cli_keyboard_set(keyboard, getenv("XKB_DEFAULT_LAYOUT"), getenv("XKB_DEFAULT_VARIANT")))
                return;
        BASE_FD fd = open("/etc/default/keyboard", O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        ssize_t n = fd < 0 ? -1 : base_fd_read_all(fd, text, sizeof(text) - 1);
        if (n >= 0) {
                text[n] = 0;
                if (cli_keyboard_from_file(keyboard, text))
                        return;
        }
        if (strcmp(cli_text_locale(), "ja") == 0)
                cli_keyboard_set(keyboard, "jp", NULL);
}

void cli_display_find(CliDisplay *display) {
        if (!find_wayland(display) && !find_x11(display)) {
                if (!display->problem)
                        display->problem = g_strdup(_("Neither WAYLAND_DISPLAY nor DISPLAY is set."));
                return;
        }
        g_clear_pointer(&display->problem, g_free);
        if (!display->keyboard.layout[0])
                find_keyboard(&display->keyboard);
}
