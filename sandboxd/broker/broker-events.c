/* broker-events: what the gateways say of their zones' connections: a bounded ring for each zone.
 * Runs as: broker.  Input: fixed records of gateways, which hear hostile zones.  Must not: believe a record about another zone than its socket's, keep more than the limits.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-events.h"
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "policy/policy-name.h"
#include "policy/policy-names.h"
#include "sandboxd/broker/broker-error.h"
#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>

#define PER_WAKE 16

typedef struct Event {
        uint64_t change;             /* of the broker: larger = newer */
        int64_t at_us;               /* when it was first told */
        uint64_t number, up, down;   /* of the gateway */
        uint32_t verdict, flags, ms, left_out;
        uint16_t port;
        char address[INET6_ADDRSTRLEN], *name, *server_name, *rule;
} Event;

struct BrokerEvents {
        BrokerZone *zone;
        int fd;
        guint source, pause;
        double tokens;
        int64_t at_us;
        GQueue list;                 /* Event, oldest first */
};

static void event_free(Event *event) {
        g_free(event->name);
        g_free(event->server_name);
        g_free(event->rule);
        g_free(event);
}

static void shut(BrokerEvents *events) {
        g_clear_handle_id(&events->source, g_source_remove);
        g_clear_handle_id(&events->pause, g_source_remove);
        base_fd_done(&events->fd);
}

void broker_events_free(BrokerEvents *events) {
        if (!events)
                return;
        shut(events);
        g_queue_clear_full(&events->list, (GDestroyNotify)event_free);
        g_free(events);
}

static void trim(BrokerEvents *events, unsigned most) {
        while (events->list.length > most)
                event_free(g_queue_pop_head(&events->list));
}

/* The record of a connection that was told before, from the newest back. */
static Event *known(BrokerEvents *events, uint64_t number) {
        for (GList *l = events->list.tail; l; l = l->prev)
                if (((Event *)l->data)->number == number)
                        return l->data;
        return NULL;
}

static void keep_text(char **slot, const char *text, size_t size) {
        if (text[0] == '\0' && *slot)
                return;
        g_free(*slot);
        *slot = broker_error_clean(text, strnlen(text, size), size);
}

static bool valid(const PolicyNetEvent *m) {
        return m->version == POLICY_NET_VERSION && m->verdict >= POLICY_NET_OPEN && m->verdict < POLICY_NET_VERDICTS && !(m->flags & ~(uint32_t)POLICY_NET_FLAGS_ALL) &&
                (m->family == 0 || m->family == 4 || m->family == 6) && memchr(m->name, '\0', sizeof m->name) && memchr(m->server_name, '\0', sizeof m->server_name) &&
                memchr(m->rule, '\0', sizeof m->rule);
}

static void take(BrokerEvents *events, const PolicyNetEvent *m) {
        Event *event = known(events, m->number);

        if (!event) {
                event = g_new0(Event, 1);
                event->number = m->number;
                event->at_us = g_get_real_time();
                g_queue_push_tail(&events->list, event);
        }
        event->change = ++events->zone->broker->events_change;
        event->verdict = m->verdict;
        event->flags = m->flags;
        event->port = m->port;
        event->up = m->up;
        event->down = m->down;
        event->ms = m->ms;
        event->left_out += m->left_out;
        if (m->family != 0)
                inet_ntop(m->family == 4 ? AF_INET : AF_INET6, m->address, event->address, sizeof event->address);
        keep_text(&event->name, m->name, sizeof m->name);
        keep_text(&event->server_name, m->server_name, sizeof m->server_name);
        keep_text(&event->rule, m->rule, sizeof m->rule);
        trim(events, BROKER_EVENTS_PER_ZONE);
}

static gboolean on_events(int fd, GIOCondition condition, void *data);

static gboolean on_pause(void *data) {
        BrokerEvents *events = data;

        events->pause = 0;
        events->source = g_unix_fd_add(events->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_events, events);
        return G_SOURCE_REMOVE;
}

/* A gateway that says more than its share waits; it counts what it cannot say. */
static bool may_read(BrokerEvents *events) {
        int64_t now = g_get_monotonic_time();

        events->tokens = MIN(BROKER_EVENTS_BURST, events->tokens + (double)(now - events->at_us) * BROKER_EVENTS_RATE / G_USEC_PER_SEC);
        events->at_us = now;
        if (events->tokens < 1)
                return false;
        events->tokens -= 1;
        return true;
}

/* 1 = one was read, 0 = none is there, -1 = no more will come. */
static int read_one(BrokerEvents *events) {
        PolicyNetEvent m;
        ssize_t n = base_msg_recv(events->fd, &m, sizeof m, NULL, NULL, MSG_DONTWAIT);

        if (n == -EAGAIN)
                return 0;
        if (n != sizeof m || !valid(&m)) {
                if (n > 0)
                        g_printerr("broker: the gateway of zone %s said what this broker does not know: it is not heard any more\n", events->zone->name);
                return -1;
        }
        take(events, &m);
        return 1;
}

static gboolean on_events(int fd, GIOCondition condition, void *data) {
        BrokerEvents *events = data;

        (void)fd, (void)condition;
        for (int i = 0; i < PER_WAKE; i++) {
                if (!may_read(events)) {
                        events->source = 0;
                        events->pause = g_timeout_add_seconds(1, on_pause, events);
                        return G_SOURCE_REMOVE;
                }
                int r = read_one(events);
                if (r < 0) {
                        events->source = 0;
                        shut(events);
                        return G_SOURCE_REMOVE;
                }
                if (r == 0)
                        break;
        }
        return G_SOURCE_CONTINUE;
}

void broker_events_listen(BrokerZone *zone, int fd) {
        BrokerEvents *events = zone->events;

        if (events) { /* once only */
                close(fd);
                return;
        }
        events = zone->events = g_new0(BrokerEvents, 1);
        events->zone = zone;
        events->fd = fd;
        events->tokens = BROKER_EVENTS_BURST;
        events->at_us = g_get_monotonic_time();
        events->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_events, events);
}

void broker_events_end(BrokerZone *zone) {
        BrokerEvents *events = zone->events;

        if (!events)
                return;
        for (int i = 0; i < BROKER_EVENTS_PER_ZONE && events->fd >= 0; i++)
                if (read_one(events) <= 0)
                        break;
        shut(events);
        trim(events, BROKER_EVENTS_ENDED);
        for (GList *l = events->list.head; l; l = l->next) { /* what the gateway was killed in the middle of */
                Event *event = l->data;
                if (event->verdict != POLICY_NET_OPEN)
                        continue;
                event->verdict = POLICY_NET_ENDED;
                event->change = ++zone->broker->events_change;
        }
}

static void add(GVariantBuilder *list, const char *key, GVariant *value) {
        g_variant_builder_add(list, "{sv}", key, value);
}

static GVariant *convert(const BrokerZone *zone, const Event *e) {
        static const char *const verdicts[] = { [POLICY_NET_OPEN] = "open", [POLICY_NET_ENDED] = "ended", [POLICY_NET_REFUSED] = "refused", [POLICY_NET_FAILED] = "failed" };
        GVariantBuilder fields = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{sv}"));

        add(&fields, "zone", g_variant_new_string(zone->name));
        add(&fields, "kind", g_variant_new_string(zone->kind));
        add(&fields, "number", g_variant_new_uint64(e->number));
        add(&fields, "time_us", g_variant_new_int64(e->at_us));
        add(&fields, "verdict", g_variant_new_string(verdicts[e->verdict]));
        add(&fields, "name", g_variant_new_string(e->name));
        add(&fields, "port", g_variant_new_uint32(e->port));
        add(&fields, "address", g_variant_new_string(e->address));
        add(&fields, "server_name", g_variant_new_string(e->server_name));
        add(&fields, "rule", g_variant_new_string(e->rule));
        add(&fields, "front", g_variant_new_string(e->flags & POLICY_NET_SOCKS ? "socks" : e->flags & POLICY_NET_PLAIN ? "http" : "connect"));
        add(&fields, "tls", g_variant_new_boolean((e->flags & POLICY_NET_TLS) != 0));
        add(&fields, "ech", g_variant_new_boolean((e->flags & POLICY_NET_ECH) != 0));
        add(&fields, "up", g_variant_new_uint64(e->up));
        add(&fields, "down", g_variant_new_uint64(e->down));
        add(&fields, "ms", g_variant_new_uint32(e->ms));
        add(&fields, "left_out", g_variant_new_uint32(e->left_out));
        return g_variant_builder_end(&fields);
}

typedef struct Found {
        const BrokerZone *zone;
        const Event *event;
} Found;

static int by_change(const void *a, const void *b) {
        uint64_t left = ((const Found *)a)->event->change, right = ((const Found *)b)->event->change;

        return left < right ? -1 : left > right;
}

static void collect(GArray *found, const BrokerZone *zone, uint64_t after) {
        for (const GList *l = zone->events ? zone->events->list.head : NULL; l; l = l->next) {
                Found one = { zone, l->data };
                if (one.event->change > after)
                        g_array_append_val(found, one);
        }
}

GVariant *broker_events_read(Broker *broker, uid_t uid, const char *name, uint64_t after, uint32_t limit, uint64_t *ret_last, GError **error) {
        GVariantBuilder list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
        g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Found));
        const BrokerZone *only = NULL;

        if (name[0] && !(only = broker_zones_find(broker->zones, uid, name, true, error)))
                return NULL;
        for (const GList *l = broker_zones_list(broker->zones); l; l = l->next) {
                const BrokerZone *zone = l->data;
                if (zone->number != 0 && (only ? zone == only : uid == 0 || zone->owner == uid))
                        collect(found, zone, after);
        }
        g_array_sort(found, by_change);
        limit = limit == 0 || limit > BROKER_EVENTS_ANSWER ? BROKER_EVENTS_ANSWER : limit;
        for (guint i = found->len > limit ? found->len - limit : 0; i < found->len; i++) {
                const Found *one = &g_array_index(found, Found, i);
                g_variant_builder_add_value(&list, convert(one->zone, one->event));
        }
        *ret_last = broker->events_change;
        return g_variant_builder_end(&list);
}

static const PolicyKind *kind_of(Broker *broker, uid_t uid, const char *zone, const char *host, GError **error) {
        const PolicyTable *table = broker->table;
        int kind;

        if (!zone[0]) { /* as Open would choose */
                char address[POLICY_NAMES_MAX_NAME + 16];
                g_snprintf(address, sizeof address, "https://%s/", host);
                kind = *host ? policy_pattern_index_find(broker->sites, address, NULL) : -1;
                return &table->kinds[kind >= 0 ? kind : policy_table_find_kind(table, table->default_kind)];
        }
        kind = policy_table_find_kind(table, zone);
        if (kind < 0) {
                const BrokerZone *one = broker_zones_find(broker->zones, uid, zone, true, error);
                if (!one)
                        return NULL;
                kind = policy_table_find_kind(table, one->kind);
        }
        if (kind < 0)
                g_set_error(error, BROKER_ERROR, BROKER_ERROR_UNKNOWN_KIND, "this zone's kind is not in the policy any more: 'hanare kinds' shows those there are");
        return kind < 0 ? NULL : &table->kinds[kind];
}

GVariant *broker_events_explain(Broker *broker, uid_t uid, const char *zone, const char *name, uint32_t port, GError **error) {
        char host[POLICY_NAMES_MAX_NAME + 1] = "";
        bool address = policy_numeric_valid(name);
        const char *rule = NULL;
        PolicyNamesVerdict verdict;
        PolicyNames names;

        if (port == 0 || port > 65535 || (!address && !policy_names_canonical(name, strlen(name), host))) {
                g_set_error_literal(error, BROKER_ERROR, BROKER_ERROR_BAD_REQUEST, "this is no host name and port: name a host such as www.bank.example, and a port from 1 to 65535");
                return NULL;
        }
        const PolicyKind *kind = kind_of(broker, uid, zone, host, error);
        if (!kind)
                return NULL;
        if (!(kind->flags & POLICY_KIND_NETWORK))
                return g_variant_new("(bsss)", FALSE, kind->name, "", "this kind of zone has no network");
        policy_names_of_kind(kind, &names);
        names.denylist = broker->denylist;
        verdict = address ? policy_names_judge_address(&names, (uint16_t)port) : policy_names_judge(&names, host, (uint16_t)port, &rule);
        return g_variant_new("(bsss)", verdict == POLICY_NAMES_ALLOWED, kind->name, rule ? rule : "", policy_names_verdict_text(verdict));
}
