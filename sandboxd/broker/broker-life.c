/* broker-life: what a zone's events mean for those who wait for it and those who watch it.
 * Runs as: broker.  Input: messages of the monitor and of builders.  Must not: answer a call twice.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-life.h"
#include "sandboxd/broker/broker-auth.h"
#include "sandboxd/broker/broker-bus.h"
#include "sandboxd/broker/broker-clients.h"
#include "sandboxd/broker/broker-error.h"
#include "sandboxd/broker/broker-monitor.h"
#include "sandboxd/broker/broker-start.h"
#include "sandboxd/broker/broker-words.h"
#include <string.h>

void broker_life_wait(BrokerZone *zone, BrokerCall *call, BrokerWant want) {
        call->want = want;
        call->zone = zone;
        g_ptr_array_add(zone->waits, call);
}

/* Takes the first call that waits for this off the zone, or returns NULL. */
static BrokerCall *take(BrokerZone *zone, BrokerWant want) {
        for (unsigned i = 0; i < zone->waits->len; i++) {
                BrokerCall *call = zone->waits->pdata[i];
                if (call->want != want)
                        continue;
                g_ptr_array_remove_index(zone->waits, i);
                call->zone = NULL;
                call->want = BROKER_WANT_NOTHING;
                return call;
        }
        return NULL;
}

static void answer_started(BrokerZone *zone, BrokerCall *call, bool started) {
        if (strcmp(call->rule->method, "Open") == 0)
                broker_call_answer(call, g_variant_new("(sb)", zone->name, started));
        else
                broker_call_answer(call, g_variant_new("(s)", zone->name));
}

/* Both words are needed: the monitor's (its number) and the builder's (it runs). They come over two sockets, in any order. */
static void maybe_running(BrokerZone *zone) {
        BrokerCall *call;

        if (zone->state != POLICY_STATE_BUILDING || !zone->told || zone->number == 0)
                return;
        zone->state = POLICY_STATE_RUNNING;
        g_clear_handle_id(&zone->timer, g_source_remove);
        broker_bus_changed(zone);
        while ((call = take(zone, BROKER_WANT_RUNNING)))
                answer_started(zone, call, true);
        while ((call = take(zone, BROKER_WANT_SHOW))) {
                GError *error = NULL;
                if (broker_monitor_show(zone, call->address, &error))
                        answer_started(zone, call, false);
                else
                        broker_call_fail(call, error);
        }
}

static GError *start_error(const BrokerZone *zone) {
        g_autofree char *sentence = broker_words_sentence(zone->reason, zone->detail, zone->status, zone->text);
        BrokerError code = zone->reason == POLICY_REASON_LIMIT     ? BROKER_ERROR_LIMIT_REACHED
                           : zone->reason == POLICY_REASON_REFUSED ? BROKER_ERROR_REFUSED
                                                                   : BROKER_ERROR_START_FAILED;

        return g_error_new(BROKER_ERROR, code, "the zone did not start: %s 'hanare doctor' looks for the cause", sentence);
}

static void killed(BrokerZone *zone) {
        g_autofree char *sentence = broker_words_sentence(zone->reason, zone->detail, zone->status, zone->text);
        BrokerCall *call;

        if (!broker_zone_alive(zone))
                return;
        zone->state = POLICY_STATE_KILLED;
        g_clear_handle_id(&zone->timer, g_source_remove);
        if (zone->number != 0)
                broker_bus_changed(zone);
        while ((call = take(zone, BROKER_WANT_RUNNING)) || (call = take(zone, BROKER_WANT_SHOW)))
                broker_call_fail(call, start_error(zone));
        while ((call = take(zone, BROKER_WANT_KILLED)))
                broker_call_answer(call, NULL);
        while ((call = take(zone, BROKER_WANT_END)))
                broker_call_answer(call, g_variant_new("(suus)", broker_words_reason(zone->reason), zone->status, zone->detail, sentence));
        while ((call = take(zone, BROKER_WANT_AGAIN)))
                broker_start_again(call, zone);
}

void broker_life_started(BrokerZone *zone, const PolicyMsgStarted *message) {
        if (message->zone == 0) {
                zone->reason = message->reason == POLICY_REASON_NONE ? POLICY_REASON_REFUSED : message->reason;
                zone->detail = message->error < 0 ? (uint32_t)-message->error : 0;
                g_free(zone->text);
                zone->text = broker_error_clean(message->text, sizeof message->text, sizeof message->text + 8);
                killed(zone);
                broker_zones_remove(zone->broker->zones, zone); /* it never had a number: nobody can name it */
                return;
        }
        if (broker_zones_by_number(zone->broker->zones, message->zone)) {
                g_printerr("broker: the monitor used zone number %" G_GUINT64_FORMAT " twice\n", message->zone);
                return;
        }
        broker_zones_name(zone, message->zone);
        if (broker_zone_alive(zone)) {
                broker_bus_changed(zone);
                maybe_running(zone);
        }
}

void broker_life_state(BrokerZone *zone, const PolicyMsgState *message) {
        if (!broker_zone_alive(zone))
                return;
        zone->walls = message->walls;
        zone->substitutes = message->substitutes;
        if (message->state == POLICY_STATE_RUNNING) {
                zone->told = true;
                if (zone->state == POLICY_STATE_RUNNING && message->text[0]) {
                        zone->text = broker_error_clean(message->text, sizeof message->text, sizeof message->text + 8);
                        zone->notice = message->detail;
                        broker_bus_changed(zone);
                        zone->notice = POLICY_NOTICE_NONE;
                        g_clear_pointer(&zone->text, g_free);
                } else
                        maybe_running(zone);
        } else if (message->state == POLICY_STATE_KILLED || message->state == POLICY_STATE_GONE) {
                zone->reason = message->reason;
                zone->detail = message->detail;
                zone->status = message->exit_status;
                g_free(zone->text);
                zone->text = broker_error_clean(message->text, sizeof message->text, sizeof message->text + 8);
                killed(zone);
        }
}

void broker_life_closed(BrokerZone *zone) {
        if (!broker_zone_alive(zone))
                return;
        if (zone->number == 0) { /* the monitor's word says whether this was a refusal */
                zone->stopping = true;
                return;
        }
        zone->reason = POLICY_REASON_BUILDER_DIED;
        killed(zone);
}

void broker_life_ended(BrokerZone *zone, uint64_t receipt) {
        BrokerCall *call;

        if (zone->state == POLICY_STATE_GONE)
                return;
        if (broker_zone_alive(zone)) {
                zone->reason = POLICY_REASON_BUILDER_DIED;
                killed(zone);
        }
        zone->receipt = receipt;
        zone->state = POLICY_STATE_GONE;
        broker_bus_changed(zone);
        while ((call = take(zone, BROKER_WANT_RECEIPT)))
                broker_call_answer(call, NULL);
        broker_zones_prune(zone->broker->zones);
}

void broker_life_stop(BrokerZone *zone, PolicyReason reason) {
        if (!broker_zone_alive(zone) || zone->stopping)
                return;
        zone->stopping = true;
        broker_monitor_stop(zone, reason);
}

static void stop_where(Broker *broker, const char *caller, uid_t uid, PolicyReason reason) {
        for (const GList *l = broker_zones_list(broker->zones), *next; l; l = next) {
                BrokerZone *zone = l->data;
                next = l->next;
                if (caller ? g_strcmp0(zone->caller, caller) == 0 : zone->owner == uid)
                        broker_life_stop(zone, reason);
        }
}

void broker_life_stop_kind(Broker *broker, uid_t owner, const char *kind, PolicyReason reason) {
        for (const GList *l = broker_zones_list(broker->zones), *next; l; l = next) {
                BrokerZone *zone = l->data;
                next = l->next;
                if (zone->owner == owner && !zone->is_run && strcmp(zone->kind, kind) == 0)
                        broker_life_stop(zone, reason);
        }
}

/* A start that nobody waits for any more leaves no zone behind. Takes the error. */
static void cancel(BrokerCall *call, GError *error) {
        BrokerZone *started = call->want == BROKER_WANT_RUNNING ? call->zone : NULL;

        broker_call_fail(call, error);
        if (started && started->state == POLICY_STATE_BUILDING && started->waits->len == 0)
                broker_life_stop(started, POLICY_REASON_CALLER_GONE);
}

void broker_life_cancel(BrokerClient *client) {
        g_autoptr(GPtrArray) calls = g_ptr_array_copy(client->calls, NULL, NULL);

        for (unsigned i = 0; i < calls->len; i++) {
                BrokerCall *call = calls->pdata[i];
                if (call->want == BROKER_WANT_RUNNING || call->want == BROKER_WANT_SHOW || call->want == BROKER_WANT_AGAIN)
                        cancel(call, g_error_new_literal(BROKER_ERROR, BROKER_ERROR_REFUSED, "the caller cancelled it: ask again"));
        }
}

void broker_life_caller_gone(Broker *broker, const char *name) {
        BrokerClient *client = broker_clients_find(broker->clients, name);

        stop_where(broker, name, 0, POLICY_REASON_CALLER_GONE);
        if (!client)
                return;
        g_autoptr(GPtrArray) calls = g_ptr_array_copy(client->calls, NULL, NULL);
        broker_clients_forget(broker->clients, client);
        for (unsigned i = 0; i < calls->len; i++) {
                BrokerCall *call = calls->pdata[i];
                call->client = NULL;
                if (call->asking)
                        broker_auth_cancel(call); /* the answer, or its time limit, ends the call */
                else
                        cancel(call, g_error_new_literal(BROKER_ERROR, BROKER_ERROR_REFUSED, "the caller left the bus"));
        }
}

void broker_life_logout(Broker *broker, uid_t uid) {
        for (const GList *l = broker_zones_list(broker->zones); l; l = l->next) {
                BrokerZone *zone = l->data;
                BrokerCall *call;
                while (zone->owner == uid && (call = take(zone, BROKER_WANT_AGAIN)))
                        broker_call_fail(call, g_error_new_literal(BROKER_ERROR, BROKER_ERROR_REFUSED, "the user logged out: log in again first"));
        }
        stop_where(broker, NULL, uid, POLICY_REASON_LOGOUT);
}
