/* broker-call: a method call between its arrival and its one answer.
 * Runs as: broker.  Input: a checked invocation.  Must not: keep descriptors longer than the call.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-clients.h"
#include "sandboxd/broker/broker-error.h"
#include "sandboxd/broker/broker-zones.h"
#include <unistd.h>

BrokerCall *broker_call_new(Broker *broker, GDBusMethodInvocation *invocation, BrokerClient *client, const BrokerRule *rule) {
        BrokerCall *call = g_new0(BrokerCall, 1);

        call->broker = broker;
        call->invocation = invocation;
        call->client = client;
        call->rule = rule;
        call->uid = (uid_t)-1;
        broker_client_add(client, call);
        return call;
}

void broker_call_close_fds(BrokerCall *call) {
        for (size_t i = 0; i < call->n_fds; i++)
                close(call->fds[i]);
        call->n_fds = 0;
}

static void call_free(BrokerCall *call) {
        broker_call_close_fds(call);
        if (call->zone)
                g_ptr_array_remove(call->zone->waits, call);
        if (call->want == BROKER_WANT_VERIFY) {
                /* The monitor's answer still comes: its place in the queue stays, empty. */
                GList *place = g_queue_find(&call->broker->verifies, call);
                if (place)
                        place->data = NULL;
        }
        broker_client_remove(call->broker->clients, call->client, call);
        g_free(call->address);
        g_free(call);
}

void broker_call_answer(BrokerCall *call, GVariant *value) {
        g_dbus_method_invocation_return_value(call->invocation, value);
        call_free(call);
}

void broker_call_fail(BrokerCall *call, GError *error) {
        g_dbus_method_invocation_take_error(call->invocation, error);
        call_free(call);
}

void broker_call_drop(BrokerCall *call) {
        /* Nobody reads it; the invocation must be answered to be freed. */
        broker_call_fail(call, g_error_new_literal(BROKER_ERROR, BROKER_ERROR_REFUSED, "the caller left the bus"));
}
