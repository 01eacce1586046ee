/* broker-auth: the one place that says who may.
 * Runs as: broker.  Input: a caller's bus name, the bus's word on its uid, polkit's answer.  Must not: allow on an error.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-auth.h"
#include "sandboxd/broker/broker-clients.h"
#include "sandboxd/broker/broker-error.h"
#include <string.h>

#define ACTION "org.hanare.Sandbox1."
#define BUS_TIMEOUT_MS 5000
#define POLKIT_TIMEOUT_MS 10000
#define POLKIT_DIALOG_TIMEOUT_MS 120000
#define SYSTEM_UID_MAX 999u
#define SERVICE_UID_MIN 60514u  /* after the last home uid of systemd-homed: dynamic users, nobody and its neighbours (systemd: UIDS-GIDS) */
#define SERVICE_UID_MAX 65535u

/* Root may call everything, in both modes. In owner mode a user may call what has an action, for its own zones. */
static const BrokerRule rules[] = {
        { "Open", ACTION "start", true },      { "Start", ACTION "start", true },   { "Run", ACTION "start", true },
        { "Restart", ACTION "start", true },   { "Stop", ACTION "stop", false },    { "Wait", ACTION "view", false },
        { "List", ACTION "view", false },      { "Kinds", ACTION "view", false },   { "Status", ACTION "view", false },
        { "Receipts", ACTION "view", false },  { "Verify", NULL, false },
        { "Cancel", ACTION "view", false },    { "NetEvents", ACTION "view", false }, { "NetExplain", ACTION "view", false },
};

typedef struct Question { /* outlives a caller that leaves: then call->client is NULL */
        BrokerCall *call;
        void (*allowed)(BrokerCall *call);
} Question;

#define DENY(...) (g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_ALLOWED, __VA_ARGS__), false)

const BrokerRule *broker_auth_rule(const char *method) {
        for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
                if (strcmp(rules[i].method, method) == 0)
                        return &rules[i];
        return NULL;
}

bool broker_auth_uid(uid_t uid, bool as_owner, uint32_t uid_base, GError **error) {
        const char *who = as_owner ? "zone owner" : "caller";

        if (uid == 0 && !as_owner)
                return true;
        if (uid == 0)
                return DENY("root owns no zone: name the user with the option \"owner\"");
        if (uid <= SYSTEM_UID_MAX || (uid >= SERVICE_UID_MIN && uid <= SERVICE_UID_MAX))
                return DENY("uid %u belongs to the system and cannot be a %s: use a person's account", (unsigned)uid, who);
        if (uid >= uid_base || uid >= UINT32_C(0x80000000))
                return DENY("uid %u is kept for zones and cannot be a %s: use a person's account", (unsigned)uid, who);
        return true;
}

bool broker_auth_owner(const BrokerCall *call, uid_t *ret_owner, GError **error) {
        uid_t owner = call->options.has_owner ? call->options.owner : call->uid;

        if (call->uid != 0 && owner != call->uid)
                return DENY("only root may act for another user: leave out the option \"owner\"");
        if (!broker_auth_uid(owner, true, call->broker->table->uid_base, error))
                return false;
        *ret_owner = owner;
        return true;
}

/* The caller may have left while we asked. Denied then, as after any error. */
static void finish(Question *question, bool yes, GError *error) {
        BrokerCall *call = question->call;
        void (*allowed)(BrokerCall *call) = question->allowed;

        g_free(question);
        call->asking = false;
        if (!call->client) {
                g_clear_error(&error);
                broker_call_drop(call);
        } else if (yes)
                allowed(call);
        else
                broker_call_fail(call, error);
}

static void on_polkit(GObject *source, GAsyncResult *result, void *data) {
        g_autoptr(GError) problem = NULL;
        g_autoptr(GVariant) answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &problem);
        Question *question = data;
        gboolean yes = FALSE, challenge = FALSE;
        GError *error = NULL;

        if (!answer)
                g_set_error(&error, BROKER_ERROR, BROKER_ERROR_NOT_ALLOWED,
                            "polkit did not answer, and without its word nothing is allowed: ask your administrator to look at polkit (%s)",
                            g_dbus_error_is_remote_error(problem) ? "it refused the question" : "it is not reachable");
        else {
                g_variant_get(answer, "((bba{ss}))", &yes, &challenge, NULL);
                if (!yes)
                        g_set_error(&error, BROKER_ERROR, BROKER_ERROR_NOT_ALLOWED, "polkit does not allow %s for you: %s",
                                    question->call->rule->action,
                                    challenge ? "it wants a password, so call from your desktop session" : "ask your administrator");
        }
        if (problem && !question->call->broker->polkit_down) /* once, or callers could fill the log */
                g_printerr("broker: polkit: %s\n", problem->message);
        question->call->broker->polkit_down = problem != NULL;
        finish(question, yes, error);
}

static void ask_polkit(Question *question) {
        BrokerCall *call = question->call;
        GDBusMessage *message = g_dbus_method_invocation_get_message(call->invocation);
        bool dialog = g_dbus_message_get_flags(message) & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION;
        g_autofree char *cancel = g_strdup_printf("hanare-%p", (void *)call);
        GVariantBuilder subject = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{sv}"));

        g_variant_builder_add(&subject, "{sv}", "name", g_variant_new_string(call->client->name));
        g_dbus_connection_call(call->broker->bus, "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
                               "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization",
                               g_variant_new("((sa{sv})sa{ss}us)", "system-bus-name", &subject, call->rule->action, NULL, dialog ? 1u : 0u,
                                             dialog ? cancel : ""),
                               G_VARIANT_TYPE("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE, dialog ? POLKIT_DIALOG_TIMEOUT_MS : POLKIT_TIMEOUT_MS,
                               NULL, on_polkit, question);
}

void broker_auth_cancel(BrokerCall *call) {
        g_autofree char *cancel = g_strdup_printf("hanare-%p", (void *)call);

        g_dbus_connection_call(call->broker->bus, "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
                               "org.freedesktop.PolicyKit1.Authority", "CancelCheckAuthorization", g_variant_new("(s)", cancel), NULL,
                               G_DBUS_CALL_FLAGS_NO_AUTO_START, POLKIT_TIMEOUT_MS, NULL, NULL, NULL);
}

/* uid is known and no limit broken: is it a person, and may it call this? */
static void judge(Question *question) {
        BrokerCall *call = question->call;
        GError *error = NULL;

        call->uid = call->client->uid;
        if (!broker_auth_uid(call->uid, false, call->broker->table->uid_base, &error))
                finish(question, false, error);
        else if (call->uid == 0)
                finish(question, true, NULL);
        else if (!call->rule->action)
                finish(question, false,
                       g_error_new(BROKER_ERROR, BROKER_ERROR_NOT_ALLOWED, "%s is for root alone: call it with sudo", call->rule->method));
        else if (call->broker->table->auth == POLICY_AUTH_OWNER)
                finish(question, true, NULL);
        else
                ask_polkit(question);
}

static void on_uid(GObject *source, GAsyncResult *result, void *data) {
        g_autoptr(GVariant) answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
        Question *question = data;
        BrokerCall *call = question->call;
        GError *error = NULL;
        uint32_t uid;

        if (!answer || !call->client) {
                finish(question, false, g_error_new_literal(BROKER_ERROR, BROKER_ERROR_NOT_ALLOWED, "the bus does not say who calls: call again"));
                return;
        }
        g_variant_get(answer, "(u)", &uid);
        if (!broker_clients_know(call->broker->clients, call->client, uid, &error))
                finish(question, false, error);
        else
                judge(question);
}

void broker_auth_begin(BrokerCall *call, void (*allowed)(BrokerCall *call)) {
        Question *question = g_new0(Question, 1);
        GError *error = NULL;

        question->call = call;
        question->allowed = allowed;
        call->asking = true;
        if (call->client->known) {
                if (broker_clients_know(call->broker->clients, call->client, call->client->uid, &error))
                        judge(question);
                else
                        finish(question, false, error);
                return;
        }
        g_dbus_connection_call(call->broker->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixUser",
                               g_variant_new("(s)", call->client->name), G_VARIANT_TYPE("(u)"), G_DBUS_CALL_FLAGS_NONE, BUS_TIMEOUT_MS, NULL,
                               on_uid, question);
}
