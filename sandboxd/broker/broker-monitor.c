/* broker-monitor: the messages to and from the monitor and the builders.
 * Runs as: broker.  Input: fixed records of root processes, length-checked.  Must not: wait for a peer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-monitor.h"
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "sandboxd/broker/broker-bus.h"
#include "sandboxd/broker/broker-error.h"
#include "sandboxd/broker/broker-events.h"
#include "sandboxd/broker/broker-life.h"
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define MESSAGES_PER_WAKE 16
#define BUILD_TIMEOUT_S 90 /* the builder has limits of its own; this one is for a builder that is stuck */
#define MAX_VERIFIES 8

typedef union Message {
        uint32_t type;
        PolicyMsgTable table;
        PolicyMsgStarted started;
        PolicyMsgEnded ended;
        PolicyMsgVerify verify;
        PolicyMsgState state;
        PolicyMsgEvents events;
        uint8_t room[1024];
} Message;

static void end(Broker *broker, const char *why) {
        g_printerr("broker: %s\n", why);
        broker->exit_status = 1;
        g_main_loop_quit(broker->loop);
}

/* Only to explain by; the gateways have their own eyes on it. */
static int take_denylist(Broker *broker, const PolicyTable *table, int fd) {
        PolicyDenylist list = { 0 };
        const void *bytes = NULL;
        size_t n = 0;
        int r = table->denylist == 0 ? 0 : base_fd_map_sealed(fd, POLICY_DENYLIST_MAX_BYTES, &bytes, &n);

        if (r == 0 && bytes)
                r = policy_denylist_open(bytes, n, &list);
        if (r < 0) {
                if (bytes)
                        munmap((void *)(uintptr_t)bytes, n);
                return r;
        }
        if (broker->denylist.head)
                munmap((void *)(uintptr_t)broker->denylist.head, sizeof *broker->denylist.head + (size_t)broker->denylist.head->n_slots * 9);
        broker->denylist = list;
        return 0;
}

static void take_table(Broker *broker, const PolicyMsgTable *message, const int *fds, size_t n_fds) {
        PolicyTable *table = NULL;
        PolicyPatternIndex *sites = NULL;
        const void *bytes = NULL;
        size_t n = 0;

        if (n_fds > 0) {
                int r = base_fd_map_sealed(fds[0], POLICY_TABLE_MAX, &bytes, &n);
                if (r == 0 && (r = policy_table_decode(bytes, n, &table)) < 0)
                        munmap((void *)(uintptr_t)bytes, n);
                if (r == 0)
                        r = policy_pattern_index_new(table, &sites, NULL, NULL);
                if (r < 0 || !table) {
                        end(broker, "the monitor's table cannot be used");
                        return;
                }
                memcpy(table->hash, message->hash, sizeof table->hash);
                if (take_denylist(broker, table, n_fds > 1 ? fds[1] : -1) < 0) {
                        policy_pattern_index_free(sites);
                        policy_table_free(table);
                        end(broker, "the monitor's deny list cannot be used");
                        return;
                }
                policy_pattern_index_free(broker->sites);
                policy_table_free(broker->table);
                if (broker->table_bytes)
                        munmap((void *)(uintptr_t)broker->table_bytes, broker->table_n);
                broker->table = table;
                broker->sites = sites;
                broker->table_bytes = bytes;
                broker->table_n = n;
        }
        broker->table_info = *message;
        broker_bus_own(broker);
}

static void take_verify(Broker *broker, const PolicyMsgVerify *m) {
        BrokerCall *call = g_queue_pop_head(&broker->verifies);

        if (!call)
                return;
        g_autofree char *head = broker_error_clean(m->head, sizeof m->head, sizeof m->head + 8);
        g_autofree char *text = broker_error_clean(m->text, sizeof m->text, sizeof m->text + 8);
        call->want = BROKER_WANT_NOTHING;
        broker_call_answer(call, g_variant_new("(bttss)", m->ok != 0, m->count, m->bad, head, text));
}

static int drain(BrokerZone *zone);

static void take_started(Broker *broker, const PolicyMsgStarted *m, int *fds, size_t n_fds);

static bool take_message(Broker *broker, const Message *m, size_t n, int *fds, size_t n_fds) {
        BrokerZone *zone;

        if (n >= sizeof m->type && m->type == POLICY_MSG_TABLE && n == sizeof m->table && n_fds <= 2)
                take_table(broker, &m->table, fds, n_fds);
        else if (n >= sizeof m->type && m->type == POLICY_MSG_STARTED && n == sizeof m->started && n_fds == (m->started.zone != 0 ? 1 : 0))
                take_started(broker, &m->started, fds, n_fds);
        else if (n_fds != 0 || n < sizeof m->type)
                return false;
        else if (m->type == POLICY_MSG_ENDED && n == sizeof m->ended) {
                zone = broker_zones_by_number(broker->zones, m->ended.zone);
                if (zone) {
                        drain(zone); /* the builder's last word may still be unread */
                        broker_life_ended(zone, m->ended.receipt);
                }
        } else if (m->type == POLICY_MSG_VERIFY && n == sizeof m->verify)
                take_verify(broker, &m->verify);
        else
                return false;
        return true;
}

static gboolean on_monitor(int sock, GIOCondition condition, void *data) {
        Broker *broker = data;

        (void)condition;
        for (int i = 0; i < MESSAGES_PER_WAKE; i++) {
                int fds[BASE_MSG_MAX_FDS];
                size_t n_fds = 0;
                Message m;
                ssize_t n = base_msg_recv(sock, &m, sizeof m, fds, &n_fds, MSG_DONTWAIT);
                if (n == -EAGAIN)
                        return G_SOURCE_CONTINUE;
                bool ok = n > 0 && take_message(broker, &m, (size_t)n, fds, n_fds);
                for (size_t k = 0; n >= 0 && k < n_fds; k++)
                        base_fd_done(&fds[k]);
                if (!ok) {
                        end(broker, n == 0 ? "the monitor is gone" : "the monitor sent what this broker does not know");
                        broker->monitor_source = 0;
                        return G_SOURCE_REMOVE;
                }
        }
        return G_SOURCE_CONTINUE;
}

void broker_monitor_init(Broker *broker, int sock) {
        broker->monitor = sock;
        g_queue_init(&broker->verifies);
        broker->monitor_source = g_unix_fd_add(sock, G_IO_IN | G_IO_HUP | G_IO_ERR, on_monitor, broker);
}

void broker_monitor_done(Broker *broker) {
        g_clear_handle_id(&broker->monitor_source, g_source_remove);
        policy_pattern_index_free(broker->sites);
        policy_table_free(broker->table);
        if (broker->table_bytes)
                munmap((void *)(uintptr_t)broker->table_bytes, broker->table_n);
        broker->sites = NULL;
        broker->table = NULL;
        broker->table_bytes = NULL;
}

static void close_zone(BrokerZone *zone) {
        g_clear_handle_id(&zone->source, g_source_remove);
        base_fd_done(&zone->socket);
        broker_events_end(zone);
        broker_life_closed(zone);
}

/* Reads what a builder said. 0, or 1 when it is gone (the zone's socket is closed then). */
static int drain(BrokerZone *zone) {
        for (int i = 0; i < MESSAGES_PER_WAKE && zone->socket >= 0; i++) {
                int fds[BASE_MSG_MAX_FDS];
                size_t n_fds = 0;
                Message m;
                ssize_t n = base_msg_recv(zone->socket, &m, sizeof m, fds, &n_fds, MSG_DONTWAIT);
                if (n == -EAGAIN)
                        return 0;
                if (n == sizeof m.events && m.type == POLICY_MSG_EVENTS && n_fds == 1) {
                        broker_events_listen(zone, fds[0]);
                        continue;
                }
                for (size_t k = 0; n >= 0 && k < n_fds; k++)
                        close(fds[k]);
                if (n != sizeof m.state || m.type != POLICY_MSG_STATE || n_fds != 0) {
                        close_zone(zone);
                        return 1;
                }
                broker_life_state(zone, &m.state);
        }
        return 0;
}

static gboolean on_builder(int sock, GIOCondition condition, void *data) {
        BrokerZone *zone = data;
        guint source = zone->source;

        (void)sock, (void)condition;
        zone->source = 0; /* a closed zone's source must not be removed from inside itself */
        if (drain(zone) != 0)
                return G_SOURCE_REMOVE;
        zone->source = source;
        return G_SOURCE_CONTINUE;
}

static gboolean on_build_timeout(void *data) {
        BrokerZone *zone = data;

        PolicyMsgState late = { .state = POLICY_STATE_KILLED, .reason = POLICY_REASON_BUILD_FAILED, .detail = ETIMEDOUT };

        zone->timer = 0;
        g_snprintf(late.text, sizeof late.text, "It was not ready after %d s.", BUILD_TIMEOUT_S);
        broker_life_state(zone, &late);
        close_zone(zone); /* a builder ends its zone when this socket closes */
        return G_SOURCE_REMOVE;
}

/* The client's descriptors go to the builder, past the monitor: closing one can block (a file of the client's own file system). */
static int hand_descriptors(BrokerZone *zone) {
        PolicyMsgDescriptors message = { .type = POLICY_MSG_DESCRIPTORS };
        int r;

        while (message.n < 4 && zone->handed[message.n] >= 0)
                message.n++;
        r = base_msg_send(zone->socket, &message, sizeof message, zone->handed, message.n);
        for (int i = 0; i < 4; i++)
                base_fd_done(&zone->handed[i]);
        return r;
}

static void take_started(Broker *broker, const PolicyMsgStarted *m, int *fds, size_t n_fds) {
        BrokerZone *zone = broker_zones_by_tag(broker->zones, m->tag);

        if (!zone) /* its socket is closed by the caller: the builder ends what nobody waits for */
                return;
        if (n_fds == 1 && zone->socket < 0 && broker_zone_alive(zone)) {
                zone->socket = base_fd_steal(&fds[0]);
                zone->source = g_unix_fd_add(zone->socket, G_IO_IN | G_IO_HUP | G_IO_ERR, on_builder, zone);
                if (hand_descriptors(zone) < 0) {
                        g_clear_handle_id(&zone->source, g_source_remove);
                        base_fd_done(&zone->socket);
                }
        }
        broker_life_started(zone, m);
        if (m->zone == 0)
                return;
        if (zone->socket < 0)
                broker_life_closed(zone);
        else if (zone->stop_wanted)
                broker_monitor_stop(zone, zone->stop_reason);
}

static bool send_start(BrokerZone *zone, const PolicyPlan *plan, bool replaces, GError **error) {
        PolicyMsgStart message = { .type = POLICY_MSG_START, .tag = zone->tag, .replaces = replaces };
        BASE_FREE uint8_t *bytes = NULL;
        size_t n = 0;
        int r = policy_plan_encode(plan, &bytes, &n);

        if (r < 0) {
                g_set_error(error, BROKER_ERROR, BROKER_ERROR_BAD_REQUEST, "the request breaks a bound of a zone's plan (%s): shorten it", g_strerror(-r));
                return false;
        }
        g_autoptr(GByteArray) whole = g_byte_array_new();
        g_byte_array_append(whole, (const guint8 *)&message, sizeof message);
        g_byte_array_append(whole, bytes, (guint)n);
        r = base_msg_send(zone->broker->monitor, whole->data, whole->len, NULL, 0);
        if (r < 0) {
                g_set_error(error, BROKER_ERROR, r == -EAGAIN ? BROKER_ERROR_LIMIT_REACHED : BROKER_ERROR_START_FAILED,
                            "the monitor takes no request now (%s): try again in a moment", g_strerror(-r));
                return false;
        }
        return true;
}

bool broker_monitor_start(BrokerZone *zone, const PolicyPlan *plan, const int *fds, size_t n_fds, bool replaces, GError **error) {
        zone->tag = ++zone->broker->next_tag;
        for (size_t i = 0; i < n_fds && i < 4; i++) {
                zone->handed[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
                if (zone->handed[i] < 0) {
                        g_set_error(error, BROKER_ERROR, BROKER_ERROR_START_FAILED, "no descriptor for the zone (%s): try again in a moment", g_strerror(errno));
                        return false;
                }
        }
        if (!send_start(zone, plan, replaces, error))
                return false;
        zone->timer = g_timeout_add_seconds(BUILD_TIMEOUT_S, on_build_timeout, zone);
        return true;
}

void broker_monitor_stop(BrokerZone *zone, PolicyReason reason) {
        PolicyMsgStop message = { .type = POLICY_MSG_STOP, .reason = reason };

        if (zone->socket < 0) { /* told when the builder is there */
                zone->stop_wanted = true;
                zone->stop_reason = reason;
                return;
        }
        /* A builder that does not read its socket still obeys its end of file. */
        if (base_msg_send(zone->socket, &message, sizeof message, NULL, 0) < 0)
                close_zone(zone);
}

bool broker_monitor_show(BrokerZone *zone, const char *address, GError **error) {
        PolicyMsgShow message = { .type = POLICY_MSG_SHOW, .n = (uint32_t)strlen(address) };
        int r = -EPIPE;

        g_strlcpy(message.address, address, sizeof message.address);
        if (zone->socket >= 0)
                r = base_msg_send(zone->socket, &message, sizeof message, NULL, 0);
        if (r < 0)
                g_set_error(error, BROKER_ERROR, r == -EAGAIN ? BROKER_ERROR_LIMIT_REACHED : BROKER_ERROR_START_FAILED,
                            "zone %s does not take the address (%s): try again in a moment", zone->name, g_strerror(-r));
        return r == 0;
}

void broker_monitor_verify(Broker *broker, BrokerCall *call) {
        PolicyMsgVerify message = { .type = POLICY_MSG_VERIFY };

        if (g_queue_get_length(&broker->verifies) >= MAX_VERIFIES || base_msg_send(broker->monitor, &message, sizeof message, NULL, 0) < 0) {
                broker_call_fail(call, g_error_new_literal(BROKER_ERROR, BROKER_ERROR_LIMIT_REACHED, "the monitor is busy checking: try again in a moment"));
                return;
        }
        call->want = BROKER_WANT_VERIFY;
        g_queue_push_tail(&broker->verifies, call);
}
