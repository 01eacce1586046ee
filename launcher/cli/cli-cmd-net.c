/* cli-cmd-net: what the user's zones reached and what was refused, and why a name is or is not reachable.
 * Runs as: user.  Input: the service's answer, a name.  Must not: show a byte of it unescaped.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-address.h"
#include "launcher/cli/cli-json.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-request.h"
#include "launcher/cli/cli-signal.h"
#include "launcher/cli/cli-text.h"
#include "policy/policy-plan.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define FOLLOW_MS 500

/* The service's sentences; what follows ": " in them is a rule of the policy. */
static const char *const sentences[] = {
        N_("the request is malformed"), N_("the request's head is too large"), N_("the request did not arrive in time"), N_("a request body needs a length"),
        N_("this is not a host name"), N_("plain http is not permitted"), N_("this port is not permitted"), N_("this address is private"),
        N_("this address belongs to this computer or its network"), N_("name not found"), N_("the name servers gave no answer"),
        N_("too many names that do not exist"), N_("the server cannot be reached"), N_("the server did not answer in time"), N_("the server's answer is malformed"),
        N_("too many connections"), N_("this name does not belong to the internet"), N_("a rule of this zone denies this name"), N_("a deny list names this site"),
        N_("this zone reaches listed names alone"), N_("this zone reaches names, not addresses"), N_("this name leads to one that is denied"),
        N_("a SOCKS login is not offered"), N_("this SOCKS command is not offered"), N_("this zone carries TLS alone"), N_("the TLS greeting is malformed"),
        N_("the TLS greeting is too large"), N_("the TLS version is too old"), N_("the TLS greeting names no server"), N_("the TLS greeting names another server"),
        N_("the TLS greeting hides its server name"), N_("the TLS greeting did not arrive in time"), N_("a newer policy ended this connection"),
        N_("the zone gave up before a server answered"), N_("a rule of this kind of zone denies this name"),
        N_("this kind of zone reaches listed names alone, and this is none"), N_("this kind of zone reaches names, not addresses"), N_("this kind of zone has no network"),
};

static char *sentence(const char *text) {
        const char *colon = strstr(text, ": ");
        size_t n = colon ? (size_t) (colon - text) : strlen(text);
        for (size_t i = 0; i < G_N_ELEMENTS(sentences); i++)
                if (strlen(sentences[i]) == n && strncmp(sentences[i], text, n) == 0) {
                        g_autofree char *rule = cli_text_escape(colon ? colon : "");
                        return g_strdup_printf("%s%s", _(sentences[i]), rule);
                }
        return cli_text_escape(text);
}

static const char *verdict_text(const char *verdict) {
        static const struct {
                const char *name, *text;
        } verdicts[] = { { "open", N_("open") }, { "ended", N_("done") }, { "refused", N_("REFUSED") }, { "failed", N_("failed") } };
        for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++)
                if (strcmp(verdicts[i].name, verdict) == 0)
                        return _(verdicts[i].text);
        return "?";
}

static void print_event(GVariant *event) {
        const char *zone = "", *verdict = "", *name = "", *rule = "";
        guint64 up = 0, down = 0;
        guint32 port = 0, left_out = 0;
        gint64 time_us = 0;
        g_variant_lookup(event, "zone", "&s", &zone);
        g_variant_lookup(event, "verdict", "&s", &verdict);
        g_variant_lookup(event, "name", "&s", &name);
        g_variant_lookup(event, "rule", "&s", &rule);
        g_variant_lookup(event, "port", "u", &port);
        g_variant_lookup(event, "left_out", "u", &left_out);
        g_variant_lookup(event, "up", "t", &up);
        g_variant_lookup(event, "down", "t", &down);
        g_variant_lookup(event, "time_us", "x", &time_us);
        g_autoptr(GDateTime) when = g_date_time_new_from_unix_local(time_us / G_USEC_PER_SEC);
        g_autofree char *clock = when ? g_date_time_format(when, "%H:%M:%S") : g_strdup("-");
        g_autofree char *zone_shown = cli_text_escape(zone), *zone_cell = cli_text_pad(zone_shown, 14);
        g_autofree char *verdict_cell = cli_text_pad(verdict_text(verdict), 8);
        g_autofree char *where = *name ? g_strdup_printf("%s:%u", name, port) : g_strdup("-");
        g_autofree char *where_shown = cli_text_escape(where);
        g_autofree char *why = *rule ? sentence(rule) : NULL;
        g_autofree char *sent = cli_text_bytes(up), *received = cli_text_bytes(down);
        if (left_out > 0)
                printf(_("... %u more connections were too many to record\n"), left_out);
        if (why)
                printf("%s  %s %s %s  (%s)\n", clock, zone_cell, verdict_cell, where_shown, why);
        else
                printf("%s  %s %s %s  \342\206\221%s \342\206\223%s\n", clock, zone_cell, verdict_cell, where_shown, sent, received);
}

static bool print_events(GVariant *events, bool json, bool follow) {
        if (json && !follow) {
                __attribute__((cleanup(cli_json_done))) CliJson out;
                cli_json_init(&out);
                cli_json_variant(&out, NULL, events);
                return cli_json_print(&out);
        }
        for (gsize i = 0; i < g_variant_n_children(events); i++) {
                g_autoptr(GVariant) event = g_variant_get_child_value(events, i);
                if (json) { /* a line each */
                        __attribute__((cleanup(cli_json_done))) CliJson out;
                        cli_json_init(&out);
                        cli_json_variant(&out, NULL, event);
                        if (!cli_json_print(&out))
                                return false;
                } else
                        print_event(event);
        }
        return !follow || fflush(stdout) == 0;
}

static CliExit show(GDBusConnection *bus, const char *zone, guint32 limit, bool json, bool follow) {
        struct pollfd stop = { .fd = follow ? cli_signal_open() : -1, .events = POLLIN };
        guint64 after = 0;
        for (bool first = true;; first = false) {
                g_autoptr(GVariant) reply = NULL, events = NULL;
                CliExit result = cli_bus_ask(bus, &(CliBusCall) { .method = "NetEvents", .parameters = g_variant_new("(stu)", zone, after, limit),
                        .reply_type = "(aa{sv}t)" }, &reply);
                if (result != CLI_OK)
                        return result;
                events = g_variant_get_child_value(reply, 0);
                g_variant_get_child(reply, 1, "t", &after);
                if (first && !follow && !json && g_variant_n_children(events) == 0)
                        puts(_("No connection of a zone of yours is on record."));
                if (!print_events(events, json, follow))
                        return CLI_FAILED;
                if (!follow)
                        return CLI_OK;
                if (poll(&stop, 1, FOLLOW_MS) != 0 && cli_signal_caught())
                        return CLI_SIGNAL + cli_signal_caught();
        }
}

/* The host of what was typed, a name or a whole address, and the port that its scheme has. */
static bool take_name(const CliCommand *command, const char *typed, char **ret_host, guint64 *ret_port) {
        const char *problem = NULL;
        g_autofree char *address = cli_address_normalise(typed, &problem);
        char host[254];
        if (!address || !policy_address_valid(address, host)) {
                cli_options_error(command, "%s", address ? _("This is not an address of a web page.") : problem);
                return false;
        }
        *ret_port = g_str_has_prefix(address, "http://") ? 80 : 443;
        *ret_host = *host == '[' ? g_strndup(host + 1, strlen(host) - 2) : g_strdup(host);
        return true;
}

static CliExit explain(const CliCommand *command, const char *typed, const char *zone, const char *port_text, bool json) {
        g_autofree char *host = NULL, *why = NULL;
        g_autoptr(GDBusConnection) bus = NULL;
        g_autoptr(GVariant) reply = NULL;
        const char *kind, *rule, *text;
        guint64 port;
        gboolean allowed;
        CliExit result;
        if (!take_name(command, typed, &host, &port))
                return CLI_USAGE;
        if (port_text && !g_ascii_string_to_unsigned(port_text, 10, 1, 65535, &port, NULL))
                return cli_options_error(command, _("%s is not a port, 1 to 65535."), port_text);
        if ((result = cli_bus_open(&bus)) != CLI_OK || (result = cli_bus_ask(bus, &(CliBusCall) { .method = "NetExplain",
                .parameters = g_variant_new("(ssu)", zone, host, (guint32) port), .reply_type = "(bsss)" }, &reply)) != CLI_OK)
                return result;
        g_variant_get(reply, "(b&s&s&s)", &allowed, &kind, &rule, &text);
        if (json) {
                __attribute__((cleanup(cli_json_done))) CliJson out;
                cli_json_init(&out);
                cli_json_begin(&out, NULL, '{');
                cli_json_bool(&out, "allowed", allowed);
                cli_json_string(&out, "kind", kind);
                cli_json_string(&out, "name", host);
                cli_json_uint(&out, "port", port);
                cli_json_string(&out, "rule", rule);
                cli_json_string(&out, "text", text);
                cli_json_end(&out, '}');
                return cli_json_print(&out) ? CLI_OK : CLI_FAILED;
        }
        g_autofree char *kind_shown = cli_text_escape(kind), *rule_shown = cli_text_escape(rule), *host_shown = cli_text_escape(host);
        if (allowed)
                printf(_("%s, port %u: a zone of the kind %s may reach it.\n"), host_shown, (unsigned) port, kind_shown);
        else
                printf(_("%s, port %u: a zone of the kind %s may NOT reach it: %s.\n"), host_shown, (unsigned) port, kind_shown, why = sentence(text));
        if (*rule)
                printf(_("The rule that decides: %s\n"), rule_shown);
        return CLI_OK;
}

int cli_cmd_net(const CliCommand *command, int argc, char **argv) {
        bool json = false, follow = false;
        const char *limit_text = NULL, *port = NULL, *zone = NULL;
        guint64 limit = 0;
        const CliOption options[] = {
                { "follow", &follow, NULL, NULL, N_("Go on until Ctrl-C") },
                { "limit", NULL, &limit_text, N_("NUMBER"), N_("Show so many, the newest (1 to 1000)") },
                { "zone", NULL, &zone, N_("KIND"), N_("explain: for this kind of zone, or this zone") },
                { "port", NULL, &port, N_("NUMBER"), N_("explain: at this port") },
                { "json", &json, NULL, NULL, N_("Write JSON") },
                { 0 },
        };
        int parsed = cli_options_parse(command, options, &argc, argv, 2, false);
        if (parsed >= 0)
                return parsed;
        bool explains = argc > 1 && strcmp(argv[1], "explain") == 0;
        if (explains && argc == 2)
                return cli_options_error(command, "%s", _("Name the host to explain."));
        if (explains ? follow || limit_text : argc > 2 || zone || port)
                return cli_options_error(command, "%s", _("These do not belong together."));
        if (limit_text && !g_ascii_string_to_unsigned(limit_text, 10, 1, 1000, &limit, NULL))
                return cli_options_error(command, _("%s is not a number from 1 to 1000."), limit_text);
        for (int i = 1; i < argc; i++)
                if (!cli_request_text_ok(command, argv[i]))
                        return CLI_USAGE;
        if (zone && !cli_request_text_ok(command, zone))
                return CLI_USAGE;
        if (explains)
                return explain(command, argv[2], zone ? zone : "", port, json);
        g_autoptr(GDBusConnection) bus = NULL;
        CliExit result = cli_bus_open(&bus);
        return result != CLI_OK ? result : show(bus, argc > 1 ? argv[1] : "", (guint32) limit, json, follow);
}
