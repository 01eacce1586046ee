/* broker-methods: the interface's methods, each after broker-auth allowed it.
 * Runs as: broker.  Input: arguments of the right types, nothing more.  Must not: act for another user than broker-auth says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-init.h"
#include "sandboxd/broker/broker-methods.h"
#include "hanare-config.h"
#include "sandboxd/broker/broker-auth.h"
#include "sandboxd/broker/broker-error.h"
#include "sandboxd/broker/broker-events.h"
#include "sandboxd/broker/broker-life.h"
#include "sandboxd/broker/broker-monitor.h"
#include "sandboxd/broker/broker-receipts.h"
#include "sandboxd/broker/broker-start.h"
#include "sandboxd/broker/broker-words.h"
#include <string.h>

static void add(GVariantBuilder *list, const char *key, GVariant *value) {
        g_variant_builder_add(list, "{sv}", key, value);
}

/* Reads options and descriptors into the call. handles must be 0, 1, 2, ...: each descriptor once, in the order they came. */
static bool take_request(BrokerCall *call, GVariant *options, GVariant *handles, GError **error) {
        size_t n;
        const int32_t *order = g_variant_get_fixed_array(handles, &n, sizeof(int32_t));

        for (size_t i = 0; i < n && n == call->n_fds; i++)
                if (order[i] != (int32_t)i)
                        n = SIZE_MAX;
        if (n != call->n_fds) {
                g_set_error_literal(error, BROKER_ERROR, BROKER_ERROR_BAD_REQUEST, "the argument descriptors must name each descriptor sent once, in their order");
                return false;
        }
        return broker_options_parse(&call->options, options, error);
}

static void handle_open_or_start(BrokerCall *call, GVariant *arguments, void (*start)(BrokerCall *call, const char *kind, const char *address)) {
        g_autoptr(GVariant) options = NULL, handles = NULL;
        const char *kind, *address;
        GError *error = NULL;

        g_variant_get(arguments, "(&s&s@a{sv}@ah)", &kind, &address, &options, &handles);
        if (take_request(call, options, handles, &error))
                start(call, kind, address);
        else
                broker_call_fail(call, error);
}

static void handle_open(BrokerCall *call, GVariant *arguments) {
        handle_open_or_start(call, arguments, broker_start_open);
}

static void handle_start(BrokerCall *call, GVariant *arguments) {
        handle_open_or_start(call, arguments, broker_start_zone);
}

static void handle_run(BrokerCall *call, GVariant *arguments) {
        g_autoptr(GVariant) options = NULL, handles = NULL, list = NULL;
        g_auto(GStrv) strings = NULL;
        const char *kind, *program;
        GError *error = NULL;

        g_variant_get(arguments, "(&s&s@aay@a{sv}@ah)", &kind, &program, &list, &options, &handles);
        if (take_request(call, options, handles, &error) && broker_options_arguments(list, &strings, &error))
                broker_start_run(call, kind, program, strings);
        else
                broker_call_fail(call, error);
}

static void handle_restart(BrokerCall *call, GVariant *arguments) {
        g_autoptr(GVariant) options = NULL, handles = NULL;
        const char *name;
        BrokerZone *zone = NULL;
        GError *error = NULL;

        g_variant_get(arguments, "(&s@a{sv}@ah)", &name, &options, &handles);
        if (take_request(call, options, handles, &error))
                zone = broker_zones_find(call->broker->zones, call->uid, name, false, &error);
        if (zone && call->options.has_owner && call->options.owner != zone->owner)
                g_set_error_literal(&error, BROKER_ERROR, BROKER_ERROR_BAD_REQUEST, "a restart keeps the zone's owner: leave out the option \"owner\"");
        else if (zone && zone->is_run)
                g_set_error(&error, BROKER_ERROR, BROKER_ERROR_REFUSED, "zone %s was made for one program: stop it and use 'hanare run' again", zone->name);
        else if (zone && zone->restarting)
                g_set_error(&error, BROKER_ERROR, BROKER_ERROR_REFUSED, "zone %s is being restarted already: wait for the new one", zone->name);
        else if (zone && (zone->kind_flags & POLICY_KIND_DISPLAY) && call->options.display == POLICY_DISPLAY_NONE)
                g_set_error(&error, BROKER_ERROR, BROKER_ERROR_NO_DISPLAY, "zone %s shows a window, and no display came with the request: call from a desktop session",
                            zone->name);
        else if (zone)
                broker_options_check_fds(&call->options, false, call->fds, call->n_fds, &error);
        if (!zone || error) {
                broker_call_fail(call, error);
                return;
        }
        broker_life_wait(zone, call, BROKER_WANT_AGAIN);
        zone->restarting = true;
        if (strcmp(zone->name, name) == 0)
                broker_life_stop(zone, POLICY_REASON_RESTART);
        else
                broker_life_stop_kind(call->broker, zone->owner, zone->kind, POLICY_REASON_RESTART);
}

static void handle_stop(BrokerCall *call, GVariant *arguments) {
        const char *name;
        gboolean receipt;
        GError *error = NULL;

        g_variant_get(arguments, "(&sb)", &name, &receipt);
        BrokerZone *zone = broker_zones_find(call->broker->zones, call->uid, name, receipt, &error);
        if (!zone)
                broker_call_fail(call, error);
        else if (zone->state == POLICY_STATE_GONE)
                broker_call_answer(call, NULL);
        else {
                broker_life_wait(zone, call, receipt ? BROKER_WANT_RECEIPT : BROKER_WANT_KILLED);
                broker_life_stop(zone, POLICY_REASON_STOP);
        }
}

static void handle_cancel(BrokerCall *call, GVariant *arguments) {
        (void)arguments;
        broker_life_cancel(call->client);
        broker_call_answer(call, NULL);
}

static void handle_wait(BrokerCall *call, GVariant *arguments) {
        const char *name;
        GError *error = NULL;

        g_variant_get(arguments, "(&s)", &name);
        BrokerZone *zone = broker_zones_find(call->broker->zones, call->uid, name, true, &error);
        if (!zone)
                broker_call_fail(call, error);
        else if (broker_zone_alive(zone))
                broker_life_wait(zone, call, BROKER_WANT_END);
        else {
                g_autofree char *sentence = broker_words_sentence(zone->reason, zone->detail, zone->status, zone->text);
                broker_call_answer(call, g_variant_new("(suus)", broker_words_reason(zone->reason), zone->status, zone->detail, sentence));
        }
}

/* The names of the walls that the zone's self-test saw standing. */
static GVariant *walls_of(guint32 bits) {
        GVariantBuilder names;

        g_variant_builder_init(&names, G_VARIANT_TYPE_STRING_ARRAY);
        for (int wall = 0; wall < POLICY_WALLS; wall++)
                if (bits & (1u << wall))
                        g_variant_builder_add(&names, "s", policy_wall_names[wall]);
        return g_variant_builder_end(&names);
}

static void handle_list(BrokerCall *call, GVariant *arguments) {
        GVariantBuilder list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));

        (void)arguments;
        for (const GList *l = broker_zones_list(call->broker->zones); l; l = l->next) {
                const BrokerZone *zone = l->data;
                if (zone->number == 0 || zone->state == POLICY_STATE_GONE || (call->uid != 0 && zone->owner != call->uid))
                        continue;
                g_variant_builder_open(&list, G_VARIANT_TYPE("a{sv}"));
                add(&list, "zone", g_variant_new_string(zone->name));
                add(&list, "kind", g_variant_new_string(zone->kind));
                add(&list, "title", g_variant_new_string(zone->title_en));
                add(&list, "title_ja", g_variant_new_string(zone->title_ja));
                add(&list, "owner", g_variant_new_uint32(zone->owner));
                add(&list, "state", g_variant_new_string(broker_words_state(zone->state)));
                add(&list, "started", g_variant_new_int64(zone->started_s));
                add(&list, "walls", walls_of(zone->walls));
                add(&list, "substitutes", broker_words_substitutes(zone->substitutes));
                add(&list, "display", g_variant_new_string(broker_words_display(zone->display)));
                g_variant_builder_close(&list);
        }
        broker_call_answer(call, g_variant_new("(aa{sv})", &list));
}

static GVariant *programs(const PolicyKind *kind) {
        GVariantBuilder list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("as"));

        for (uint32_t i = 1; (kind->flags & POLICY_KIND_RUN) && i < kind->n_programs; i++)
                g_variant_builder_add(&list, "s", kind->programs[i].name);
        return g_variant_builder_end(&list);
}

static void handle_kinds(BrokerCall *call, GVariant *arguments) {
        static const char *const apps[] = { "program", "chromium", "firefox" };
        const PolicyTable *table = call->broker->table;
        GVariantBuilder list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));

        (void)arguments;
        for (uint32_t i = 0; i < table->n_kinds; i++) {
                const PolicyKind *kind = &table->kinds[i];
                g_variant_builder_open(&list, G_VARIANT_TYPE("a{sv}"));
                add(&list, "kind", g_variant_new_string(kind->name));
                add(&list, "title_en", g_variant_new_string(kind->title_en));
                add(&list, "title_ja", g_variant_new_string(kind->title_ja));
                add(&list, "colour", g_variant_new_uint32(kind->colour));
                add(&list, "app", g_variant_new_string(kind->app < G_N_ELEMENTS(apps) ? apps[kind->app] : "unknown"));
                add(&list, "run", programs(kind));
                add(&list, "start_page", g_variant_new_string(kind->start_page));
                g_variant_builder_close(&list);
        }
        broker_call_answer(call, g_variant_new("(aa{sv})", &list));
}

static void handle_status(BrokerCall *call, GVariant *arguments) {
        const Broker *broker = call->broker;
        const PolicyTable *table = broker->table;
        bool root = call->uid == 0;
        GVariantBuilder status = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{sv}"));
        g_autofree char *problem = broker_error_clean(broker->table_info.text, sizeof broker->table_info.text, 300);
        g_autofree char *hash = broker_receipts_hex(table->hash, sizeof table->hash);

        (void)arguments;
        add(&status, "version", g_variant_new_string(HANARE_VERSION));
        add(&status, "auth", g_variant_new_string(table->auth == POLICY_AUTH_OWNER ? "owner" : "polkit"));
        add(&status, "table", g_variant_new_string(hash));
        add(&status, "substitutes", broker_words_substitutes(broker->table_info.substitutes));
        add(&status, "problem", g_variant_new_string(problem));
        add(&status, "problems", g_variant_new_uint32(broker->table_info.problems));
        add(&status, "zones", g_variant_new_uint32(broker_zones_count(broker->zones, root, call->uid)));
        add(&status, "max_zones", g_variant_new_uint32(root ? table->max_zones : table->max_zones_per_user));
        broker_call_answer(call, g_variant_new("(a{sv})", &status));
}

static void handle_receipts(BrokerCall *call, GVariant *arguments) {
        const char *name;
        uint32_t limit;
        GError *error = NULL;

        g_variant_get(arguments, "(&su)", &name, &limit);
        GVariant *list = broker_receipts_read(call->broker->receipts, call->uid, name, limit, &error);
        if (list)
                broker_call_answer(call, g_variant_new("(@aa{sv})", list));
        else
                broker_call_fail(call, error);
}

static void handle_verify(BrokerCall *call, GVariant *arguments) {
        (void)arguments;
        broker_monitor_verify(call->broker, call);
}

static void handle_net_events(BrokerCall *call, GVariant *arguments) {
        uint64_t after, last = 0;
        const char *name;
        uint32_t limit;
        GError *error = NULL;

        g_variant_get(arguments, "(&stu)", &name, &after, &limit);
        GVariant *list = broker_events_read(call->broker, call->uid, name, after, limit, &last, &error);
        if (list)
                broker_call_answer(call, g_variant_new("(@aa{sv}t)", list, last));
        else
                broker_call_fail(call, error);
}

static void handle_net_explain(BrokerCall *call, GVariant *arguments) {
        const char *zone, *name;
        uint32_t port;
        GError *error = NULL;

        g_variant_get(arguments, "(&s&su)", &zone, &name, &port);
        GVariant *verdict = broker_events_explain(call->broker, call->uid, zone, name, port, &error);
        if (verdict)
                broker_call_answer(call, verdict);
        else
                broker_call_fail(call, error);
}

static const struct {
        const char *method;
        void (*handle)(BrokerCall *call, GVariant *arguments);
} handlers[] = {
        { "Open", handle_open }, { "Start", handle_start }, { "Run", handle_run },       { "Restart", handle_restart },   { "Cancel", handle_cancel }, { "Stop", handle_stop },     { "Wait", handle_wait },
        { "List", handle_list }, { "Kinds", handle_kinds }, { "Status", handle_status }, { "Receipts", handle_receipts }, { "Verify", handle_verify },
        { "NetEvents", handle_net_events }, { "NetExplain", handle_net_explain },
};

bool broker_methods_known(const char *method) {
        for (size_t i = 0; i < G_N_ELEMENTS(handlers); i++)
                if (strcmp(handlers[i].method, method) == 0)
                        return true;
        return false;
}

void broker_methods_run(BrokerCall *call) {
        GVariant *arguments = g_dbus_method_invocation_get_parameters(call->invocation);

        for (size_t i = 0; i < G_N_ELEMENTS(handlers); i++)
                if (strcmp(handlers[i].method, call->rule->method) == 0) {
                        handlers[i].handle(call, arguments);
                        return;
                }
        broker_call_fail(call, g_error_new_literal(BROKER_ERROR, BROKER_ERROR_NOT_ALLOWED, "no rule allows this method: it is refused"));
}
