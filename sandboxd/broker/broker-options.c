/* broker-options: what a caller may say about a start, strictly.
 * Runs as: broker.  Input: dictionaries and descriptors of callers.  Must not: read a caller's descriptor, or stat one in a way that
 * waits for its file system.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-options.h"
#include "sandboxd/broker/broker-error.h"
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define BAD(...) (g_set_error(error, BROKER_ERROR, BROKER_ERROR_BAD_REQUEST, __VA_ARGS__), false)

static bool xkb_name(const char *key, GVariant *value, char room[POLICY_MAX_LAYOUT + 1], GError **error) {
        size_t n;
        const char *name = g_variant_get_string(value, &n);

        if (n > POLICY_MAX_LAYOUT || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_,-") != n)
                return BAD("option '%s' is not an xkb name: use at most %d of a-z 0-9 _ , -, such as \"jp\"", key, POLICY_MAX_LAYOUT);
        memcpy(room, name, n + 1);
        return true;
}

static bool take_locale(BrokerOptions *o, const char *key, GVariant *value, GError **error) {
        const char *name = g_variant_get_string(value, NULL);

        if (strcmp(name, "en") != 0 && strcmp(name, "ja") != 0)
                return BAD("option '%s' must be \"en\" or \"ja\"", key);
        o->locale = name[0] == 'j' ? POLICY_LOCALE_JA : POLICY_LOCALE_EN;
        return true;
}

static bool take_layout(BrokerOptions *o, const char *key, GVariant *value, GError **error) {
        return xkb_name(key, value, o->layout, error);
}

static bool take_variant(BrokerOptions *o, const char *key, GVariant *value, GError **error) {
        return xkb_name(key, value, o->variant, error);
}

static bool take_display(BrokerOptions *o, const char *key, GVariant *value, GError **error) {
        const char *name = g_variant_get_string(value, NULL);

        if (strcmp(name, "none") == 0)
                o->display = POLICY_DISPLAY_NONE;
        else if (strcmp(name, "wayland") == 0)
                o->display = POLICY_DISPLAY_WAYLAND;
        else if (strcmp(name, "x11") == 0)
                o->display = POLICY_DISPLAY_X11;
        else
                return BAD("option '%s' must be \"none\", \"wayland\" or \"x11\"", key);
        return true;
}

static bool take_cookie(BrokerOptions *o, const char *key, GVariant *value, GError **error) {
        size_t n;
        const uint8_t *bytes = g_variant_get_fixed_array(value, &n, 1);

        if (n != sizeof o->cookie)
                return BAD("option '%s' must have 16 bytes, not %zu", key, n);
        memcpy(o->cookie, bytes, n);
        return true;
}

static bool take_size(BrokerOptions *o, const char *key, GVariant *value, GError **error) {
        uint32_t size = g_variant_get_uint32(value);

        if (size != 0 && (size < 320 || size > 7680))
                return BAD("option '%s' is %u: use 320 to 7680, or leave it out", key, size);
        *(key[0] == 'w' ? &o->width : &o->height) = size;
        return true;
}

static bool take_owner(BrokerOptions *o, const char *key, GVariant *value, GError **error) {
        (void)key, (void)error;
        o->owner = g_variant_get_uint32(value);
        o->has_owner = true;
        return true;
}

static bool take_fresh(BrokerOptions *o, const char *key, GVariant *value, GError **error) {
        (void)key, (void)error;
        o->fresh = g_variant_get_boolean(value);
        return true;
}

static const struct {
        const char *key, *type;
        bool (*take)(BrokerOptions *o, const char *key, GVariant *value, GError **error);
} known[] = {
        { "locale", "s", take_locale },   { "layout", "s", take_layout }, { "variant", "s", take_variant }, { "display", "s", take_display },
        { "cookie", "ay", take_cookie },  { "width", "u", take_size },    { "height", "u", take_size },     { "owner", "u", take_owner },
        { "fresh", "b", take_fresh },
};

static bool take(BrokerOptions *options, uint32_t *seen, const char *key, GVariant *value, GError **error) {
        for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
                if (strcmp(key, known[i].key) != 0)
                        continue;
                if (*seen & (1u << i))
                        return BAD("option '%s' is there twice", key);
                *seen |= 1u << i;
                if (!g_variant_is_of_type(value, G_VARIANT_TYPE(known[i].type)))
                        return BAD("option '%s' has type '%.16s', not '%s'", key, g_variant_get_type_string(value), known[i].type);
                return known[i].take(options, key, value, error);
        }
        g_autofree char *shown = broker_error_clean(key, strlen(key), 40);
        return BAD("option '%s' is not known: use locale, layout, variant, display, cookie, width, height, owner, fresh", shown);
}

bool broker_options_parse(BrokerOptions *options, GVariant *dictionary, GError **error) {
        BrokerOptions parsed = { 0 };
        uint32_t seen = 0;
        size_t n = g_variant_n_children(dictionary);

        if (n > G_N_ELEMENTS(known))
                return BAD("%zu options are too many: there are %zu", n, G_N_ELEMENTS(known));
        for (size_t i = 0; i < n; i++) {
                g_autoptr(GVariant) entry = g_variant_get_child_value(dictionary, i);
                g_autoptr(GVariant) key = g_variant_get_child_value(entry, 0);
                g_autoptr(GVariant) boxed = g_variant_get_child_value(entry, 1);
                g_autoptr(GVariant) value = g_variant_get_variant(boxed);
                if (!take(&parsed, &seen, g_variant_get_string(key, NULL), value, error))
                        return false;
        }
        *options = parsed;
        return true;
}

static bool is_pipe(int fd, bool writes) {
        int flags = fcntl(fd, F_GETFL);

        /* Only pipes have a pipe size, and asking for it does not reach a file system that may be the caller's. */
        return flags >= 0 && fcntl(fd, F_GETPIPE_SZ) > 0 && (flags & O_ACCMODE) == (writes ? O_WRONLY : O_RDONLY);
}

static bool is_connected(int fd) {
        int domain = 0, type = 0;
        socklen_t n = sizeof(int);
        struct sockaddr_storage peer;
        socklen_t peer_n = sizeof peer;

        return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 && domain == AF_UNIX &&
               getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0 && type == SOCK_STREAM &&
               getpeername(fd, (struct sockaddr *)&peer, &peer_n) == 0;
}

static bool is_socket_path(int fd) {
        int flags = fcntl(fd, F_GETFL);
        struct statx st;

        return flags >= 0 && (flags & O_PATH) &&
               statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE, &st) == 0 && S_ISSOCK(st.stx_mode);
}

bool broker_options_check_fds(const BrokerOptions *options, bool stdio, const int *fds, size_t n, GError **error) {
        size_t at = stdio ? 3 : 0, want = at + (options->display != POLICY_DISPLAY_NONE);

        if (n != want)
                return BAD("%zu descriptors came, %zu were expected: %s%s", n, want, stdio ? "three pipes" : "none",
                           options->display != POLICY_DISPLAY_NONE ? " and the display's" : "");
        for (size_t i = 0; i < at; i++)
                if (!is_pipe(fds[i], i > 0))
                        return BAD("descriptor %zu is not the %s end of a pipe", i, i > 0 ? "writing" : "reading");
        if (options->display == POLICY_DISPLAY_WAYLAND && !is_connected(fds[at]))
                return BAD("the display's descriptor is not a connected Unix socket");
        if (options->display == POLICY_DISPLAY_X11 && !is_socket_path(fds[at]))
                return BAD("the display's descriptor is not an X socket opened with O_PATH");
        return true;
}

bool broker_options_arguments(GVariant *arguments, char ***ret, GError **error) {
        size_t n = g_variant_n_children(arguments), total = 0;

        if (n > POLICY_MAX_ARGS)
                return BAD("%zu arguments are too many: at most %d", n, POLICY_MAX_ARGS);
        g_auto(GStrv) items = g_new0(char *, n + 1);
        for (size_t i = 0; i < n; i++) {
                g_autoptr(GVariant) item = g_variant_get_child_value(arguments, i);
                size_t length;
                const char *bytes = g_variant_get_fixed_array(item, &length, 1);
                if (length == 0 || bytes[length - 1] != '\0' || memchr(bytes, '\0', length - 1))
                        return BAD("argument %zu is not one NUL-terminated string", i + 1);
                if (length - 1 > POLICY_MAX_ARG)
                        return BAD("argument %zu has %zu bytes: at most %d", i + 1, length - 1, POLICY_MAX_ARG);
                total += length;
                items[i] = g_strndup(bytes, length);
        }
        if (total > POLICY_MAX_RUN_BYTES)
                return BAD("the arguments have %zu bytes: at most %u", total, POLICY_MAX_RUN_BYTES);
        *ret = g_steal_pointer(&items);
        return true;
}
