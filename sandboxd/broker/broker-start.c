/* broker-start: which kind, which plan, and off it goes.
 * Runs as: broker.  Input: an allowed call, the table.  Must not: put anything into a plan that the table does not know.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-start.h"
#include "policy/policy-decision.h"
#include "sandboxd/broker/broker-auth.h"
#include "sandboxd/broker/broker-error.h"
#include "sandboxd/broker/broker-life.h"
#include "sandboxd/broker/broker-monitor.h"
#include "sandboxd/broker/broker-timezone.h"
#include <string.h>

static void unknown_kind(const char *kind, GError **error) {
        g_autofree char *shown = broker_error_clean(kind, strlen(kind), 40);
        g_set_error(error, BROKER_ERROR, BROKER_ERROR_UNKNOWN_KIND, "policy has no zone kind '%s': 'hanare kinds' shows those there are", shown);
}

int broker_start_choose(const PolicyTable *table, const PolicyPatternIndex *sites, const char *kind, const char *address, GError **error) {
        PolicyDecided decided;
        char host[254] = "";

        switch (policy_decision_open(table, sites, kind, address, &decided)) {
        case POLICY_DECISION_YES:
                return decided.kind;
        case POLICY_DECISION_BAD_ADDRESS:
                g_set_error_literal(error, BROKER_ERROR, BROKER_ERROR_BAD_ADDRESS,
                                    "the address is not one a zone can open: use http:// or https://, a host, and no spaces, quotes or passwords");
                return -1;
        case POLICY_DECISION_OTHER_KIND:
                (void)policy_address_valid(address, host);
                g_set_error(error, BROKER_ERROR, BROKER_ERROR_REFUSED, "policy opens %s in '%s' only, not in '%s': leave out the kind, or ask for '%s'", host,
                            table->kinds[decided.kind].name, kind, table->kinds[decided.kind].name);
                return -1;
        default:
                unknown_kind(*kind ? kind : table->default_kind, error);
                return -1;
        }
}

static void fill_plan(PolicyPlan *plan, const PolicyTable *table, int kind, uid_t owner, const BrokerOptions *o) {
        memcpy(plan->table_hash, table->hash, sizeof plan->table_hash);
        plan->kind = (uint32_t)kind;
        plan->owner = owner;
        plan->locale = o->locale;
        plan->display = o->display;
        plan->width = o->width;
        plan->height = o->height;
        memcpy(plan->layout, o->layout, sizeof plan->layout);
        memcpy(plan->variant, o->variant, sizeof plan->variant);
        broker_timezone_read("/etc/localtime", plan->timezone);
        memcpy(plan->cookie, o->cookie, sizeof plan->cookie);
        plan->address = "";
}

/* The descriptors are what was announced, and the kind gets a display exactly when it has one. */
static bool settle_display(BrokerCall *call, const PolicyKind *kind, bool stdio, GError **error) {
        if (!broker_options_check_fds(&call->options, stdio, call->fds, call->n_fds, error))
                return false;
        if (!stdio && (kind->flags & POLICY_KIND_DISPLAY) && call->options.display == POLICY_DISPLAY_NONE) {
                g_set_error(error, BROKER_ERROR, BROKER_ERROR_NO_DISPLAY,
                            "zones of kind '%s' show a window, and no display came with the request: call from a desktop session", kind->name);
                return false;
        }
        if (!(kind->flags & POLICY_KIND_DISPLAY)) {
                call->options.display = POLICY_DISPLAY_NONE;
                memset(call->options.cookie, 0, sizeof call->options.cookie);
        }
        return true;
}

static void go(BrokerCall *call, PolicyPlan *plan, bool replaces) {
        Broker *broker = call->broker;
        const PolicyKind *kind = &broker->table->kinds[plan->kind];
        size_t n = (plan->stdio ? 3 : 0) + (plan->display != POLICY_DISPLAY_NONE);
        const char *broken = policy_plan_check(plan, broker->table);
        GError *error = NULL;

        if (broken) { /* the builder would refuse it too, after a slot was taken */
                broker_call_fail(call, g_error_new(BROKER_ERROR, BROKER_ERROR_BAD_REQUEST, "policy refuses the request: %s Change the request", broken));
                return;
        }
        if (!broker_zones_may_start(broker->zones, broker->table, plan->owner, replaces, g_get_monotonic_time(), &error)) {
                broker_call_fail(call, error);
                return;
        }
        BrokerZone *zone = broker_zones_add(broker->zones, broker, kind, plan->owner);
        zone->display = plan->display;
        zone->is_run = plan->stdio != 0;
        /* Pipes come first, then the display: what the builder expects. */
        if (!broker_monitor_start(zone, plan, call->fds, n, replaces, &error)) {
                broker_zones_remove(broker->zones, zone);
                broker_call_fail(call, error);
                return;
        }
        if (zone->is_run)
                zone->caller = g_strdup(g_dbus_method_invocation_get_sender(call->invocation));
        broker_call_close_fds(call);
        broker_life_wait(zone, call, BROKER_WANT_RUNNING);
}

void broker_start_zone(BrokerCall *call, const char *kind, const char *address) {
        const PolicyTable *table = call->broker->table;
        PolicyPlan plan = { 0 };
        GError *error = NULL;
        uid_t owner;
        int index;

        if (!broker_auth_owner(call, &owner, &error) || (index = broker_start_choose(table, call->broker->sites, kind, address, &error)) < 0 ||
            !settle_display(call, &table->kinds[index], false, &error)) {
                broker_call_fail(call, error);
                return;
        }
        fill_plan(&plan, table, index, owner, &call->options);
        plan.address = address;
        go(call, &plan, false);
}

static void show(BrokerCall *call, BrokerZone *zone, const char *address) {
        GError *error = NULL;

        broker_call_close_fds(call);
        if (zone->state == POLICY_STATE_BUILDING) {
                call->address = g_strdup(address);
                broker_life_wait(zone, call, BROKER_WANT_SHOW);
        } else if (broker_monitor_show(zone, address, &error))
                broker_call_answer(call, g_variant_new("(sb)", zone->name, FALSE));
        else
                broker_call_fail(call, error);
}

void broker_start_open(BrokerCall *call, const char *kind, const char *address) {
        const PolicyTable *table = call->broker->table;
        GError *error = NULL;
        uid_t owner;
        int index;

        if (!broker_auth_owner(call, &owner, &error) || (index = broker_start_choose(table, call->broker->sites, kind, address, &error)) < 0) {
                broker_call_fail(call, error);
                return;
        }
        const PolicyKind *chosen = &table->kinds[index];
        BrokerZone *zone = call->options.fresh || (chosen->flags & POLICY_KIND_FRESH)
                                   ? NULL
                                   : broker_zones_showing(call->broker->zones, owner, chosen->name);
        if (zone)
                show(call, zone, *address ? address : chosen->start_page);
        else
                broker_start_zone(call, chosen->name, address);
}

void broker_start_run(BrokerCall *call, const char *kind, const char *program, char **arguments) {
        const PolicyTable *table = call->broker->table;
        PolicyPlan plan = { 0 };
        GError *error = NULL;
        uid_t owner;
        PolicyDecided decided;

        if (!broker_auth_owner(call, &owner, &error)) {
                broker_call_fail(call, error);
                return;
        }
        PolicyDecision decision = policy_decision_run(table, kind, program, &decided);
        if (decision == POLICY_DECISION_UNKNOWN_KIND) {
                unknown_kind(*kind ? kind : table->default_kind, &error);
                broker_call_fail(call, error);
                return;
        }
        const PolicyKind *chosen = &table->kinds[decided.kind];
        if (decision != POLICY_DECISION_YES) {
                g_autofree char *shown = broker_error_clean(program, strlen(program), 40);
                broker_call_fail(call, g_error_new(BROKER_ERROR, BROKER_ERROR_REFUSED, "policy does not let kind '%s' run '%s': 'hanare kinds' shows what it may run",
                                                   chosen->name, shown));
                return;
        }
        if (!settle_display(call, chosen, true, &error)) {
                broker_call_fail(call, error);
                return;
        }
        fill_plan(&plan, table, decided.kind, owner, &call->options);
        plan.program = decided.program;
        plan.stdio = 1;
        plan.argv.n = g_strv_length(arguments);
        plan.argv.items = (const char **)arguments;
        go(call, &plan, false);
}

void broker_start_again(BrokerCall *call, const BrokerZone *old) {
        const PolicyTable *table = call->broker->table;
        PolicyPlan plan = { 0 };
        GError *error = NULL;
        int index = broker_start_choose(table, call->broker->sites, old->kind, "", &error);

        if (index < 0 || !settle_display(call, &table->kinds[index], false, &error)) {
                broker_call_fail(call, error);
                return;
        }
        fill_plan(&plan, table, index, old->owner, &call->options);
        go(call, &plan, true);
}
