/* cli-request: what start, open, restart and run have in common: options and descriptors of a request.
 * Runs as: user.  Input: the command line, the display.  Must not: send a key that data/org.hanare.Sandbox1.xml does not name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-request.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-signal.h"
#include "launcher/cli/cli-text.h"
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#define UNDO_TIMEOUT_MS 5000

void cli_request_init(CliRequest *request) {
        *request = (CliRequest) { 0 };
        cli_display_init(&request->display);
}

void cli_request_done(CliRequest *request) {
        cli_display_done(&request->display);
}

int cli_request_check(CliRequest *request, const CliCommand *command) {
        if (!request->for_user)
                return -1;
        const struct passwd *user = getpwnam(request->for_user);
        if (!user)
                return cli_options_error(command, _("There is no user %s."), request->for_user);
        request->owner = user->pw_uid;
        return -1;
}

static void add(GVariantBuilder *builder, const char *key, GVariant *value) {
        g_variant_builder_add(builder, "{sv}", key, value);
}

GVariant *cli_request_options(const CliRequest *request) {
        const CliDisplay *display = &request->display;
        GVariantBuilder builder;
        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        add(&builder, "locale", g_variant_new_string(cli_text_locale()));
        add(&builder, "display", g_variant_new_string(display->type));
        if (display->keyboard.layout[0])
                add(&builder, "layout", g_variant_new_string(display->keyboard.layout));
        if (display->keyboard.variant[0])
                add(&builder, "variant", g_variant_new_string(display->keyboard.variant));
        if (display->has_cookie)
                add(&builder, "cookie", g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, display->cookie, 16, 1));
        if (display->width && display->height) {
                add(&builder, "width", g_variant_new_uint32(display->width));
                add(&builder, "height", g_variant_new_uint32(display->height));
        }
        if (request->for_user)
                add(&builder, "owner", g_variant_new_uint32(request->owner));
        if (request->fresh)
                add(&builder, "fresh", g_variant_new_boolean(TRUE));
        return g_variant_builder_end(&builder);
}

GVariant *cli_request_handles(size_t n) {
        GVariantBuilder builder;
        g_variant_builder_init(&builder, G_VARIANT_TYPE("ah"));
        for (size_t i = 0; i < n; i++)
                g_variant_builder_add(&builder, "h", (gint32) i);
        return g_variant_builder_end(&builder);
}

CliExit cli_request_report(const CliRequest *request, const GError *error) {
        if (!error && request->cancelled)
                return cli_bus_cancelled(request->cancelled);
        if (!cli_bus_error_is(error, "NoDisplay") || !request->display.problem)
                return cli_bus_report(error);
        fprintf(stderr, "hanare: %s %s %s\n", _("This zone needs a display."), request->display.problem, _("Run hanare inside your desktop session."));
        return CLI_NO_DISPLAY;
}

CliExit cli_request_started(GDBusConnection *bus, const CliRequest *request, const char *zone) {
        if (!cli_signal_caught())
                return CLI_OK;
        g_autoptr(GVariant) reply = g_dbus_connection_call_sync(bus, CLI_BUS_NAME, CLI_BUS_PATH, CLI_BUS_NAME, "Stop", g_variant_new("(sb)", zone, FALSE),
                NULL, G_DBUS_CALL_FLAGS_NONE, UNDO_TIMEOUT_MS, NULL, NULL);
        return reply ? cli_bus_cancelled(request->cancelled) : CLI_OK; /* the zone that could not be ended is shown as running */
}

bool cli_request_text_ok(const CliCommand *command, const char *text) {
        if (g_utf8_validate(text, -1, NULL))
                return true;
        cli_options_error(command, _("%s is not valid UTF-8."), text);
        return false;
}

CliExit cli_request_zone(GDBusConnection *bus, const CliCommand *command, const char *argument, char **ret_zone) {
        g_autoptr(GVariant) reply = NULL;
        if (argument) {
                if (!cli_request_text_ok(command, argument))
                        return CLI_USAGE;
                *ret_zone = g_strdup(argument);
                return CLI_OK;
        }
        CliExit result = cli_bus_ask(bus, &(CliBusCall) { .method = "List", .reply_type = "(aa{sv})" }, &reply);
        if (result != CLI_OK)
                return result;
        g_autoptr(GVariant) zones = g_variant_get_child_value(reply, 0);
        if (g_variant_n_children(zones) == 0) {
                fprintf(stderr, "hanare: %s\n", _("No zone of yours is running."));
                return CLI_UNKNOWN;
        }
        if (g_variant_n_children(zones) > 1)
                return cli_options_error(command, _("More than one zone is running; name one of those that 'hanare list' shows."));
        g_autoptr(GVariant) zone = g_variant_get_child_value(zones, 0);
        const char *name;
        if (!g_variant_lookup(zone, "zone", "&s", &name)) {
                fprintf(stderr, "hanare: %s\n", _("The service sent an answer that cannot be understood."));
                return CLI_FAILED;
        }
        *ret_zone = g_strdup(name);
        return CLI_OK;
}
