/* broker-zones: the zones we asked for: their names, owners, limits, and what is remembered of the ended ones.
 * Runs as: broker.  Input: decisions of the other files.  Must not: talk to anybody, grow without a limit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-zones.h"
#include "sandboxd/broker/broker-error.h"
#include "sandboxd/broker/broker-events.h"
#include <string.h>
#include <unistd.h>

typedef struct User { /* a token bucket of starts */
        double tokens;
        int64_t at_us;
} User;

struct BrokerZones {
        GQueue list;
        GHashTable *users;
};

BrokerZones *broker_zones_new(void) {
        BrokerZones *zones = g_new0(BrokerZones, 1);

        zones->users = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        return zones;
}

static void zone_free(BrokerZone *zone) {
        g_clear_handle_id(&zone->source, g_source_remove);
        g_clear_handle_id(&zone->timer, g_source_remove);
        if (zone->socket >= 0)
                close(zone->socket);
        for (int i = 0; i < 4; i++)
                if (zone->handed[i] >= 0)
                        close(zone->handed[i]);
        g_ptr_array_unref(zone->waits);
        broker_events_free(zone->events);
        g_free(zone->title_en);
        g_free(zone->title_ja);
        g_free(zone->text);
        g_free(zone->caller);
        g_free(zone);
}

void broker_zones_free(BrokerZones *zones) {
        if (!zones)
                return;
        g_queue_clear_full(&zones->list, (GDestroyNotify)zone_free);
        g_hash_table_unref(zones->users);
        g_free(zones);
}

bool broker_zone_alive(const BrokerZone *zone) {
        return zone->state < POLICY_STATE_KILLED;
}

unsigned broker_zones_count(const BrokerZones *zones, bool all, uid_t owner) {
        unsigned n = 0;

        for (const GList *l = zones->list.head; l; l = l->next) {
                const BrokerZone *zone = l->data;
                n += broker_zone_alive(zone) && (all || zone->owner == owner);
        }
        return n;
}

static void refill(User *user, unsigned per_minute, int64_t now_us) {
        user->tokens += (double)(now_us - user->at_us) * per_minute / 60e6;
        if (user->tokens > per_minute)
                user->tokens = per_minute;
        user->at_us = now_us;
}

static gboolean is_full(void *key, void *value, void *data) {
        int64_t now_us = *(int64_t *)data;

        (void)key;
        return now_us - ((User *)value)->at_us > 60 * G_USEC_PER_SEC; /* a minute fills every bucket */
}

static User *user_of(BrokerZones *zones, uid_t owner, unsigned per_minute, int64_t now_us) {
        User *user = g_hash_table_lookup(zones->users, GUINT_TO_POINTER(owner));

        if (user) {
                refill(user, per_minute, now_us);
                return user;
        }
        if (g_hash_table_size(zones->users) >= BROKER_USERS) {
                g_hash_table_foreach_remove(zones->users, is_full, &now_us);
                if (g_hash_table_size(zones->users) >= BROKER_USERS)
                        return NULL;
        }
        user = g_new0(User, 1);
        user->tokens = per_minute;
        user->at_us = now_us;
        g_hash_table_insert(zones->users, GUINT_TO_POINTER(owner), user);
        return user;
}

#define LIMIT(...) (g_set_error(error, BROKER_ERROR, BROKER_ERROR_LIMIT_REACHED, __VA_ARGS__), false)

bool broker_zones_may_start(BrokerZones *zones, const PolicyTable *table, uid_t owner, bool replaces, int64_t now_us, GError **error) {
        if (broker_zones_count(zones, false, owner) >= table->max_zones_per_user)
                return LIMIT("user %u has %u zones, the most that policy allows: stop one first", (unsigned)owner, table->max_zones_per_user);
        if (broker_zones_count(zones, true, 0) >= table->max_zones)
                return LIMIT("this machine has %u zones, the most that policy allows: stop one first", table->max_zones);
        if (replaces)
                return true;
        User *user = user_of(zones, owner, table->max_starts_per_minute, now_us);
        if (!user || user->tokens < 1)
                return LIMIT("user %u started zones too often: policy allows %u a minute, try again shortly", (unsigned)owner,
                             table->max_starts_per_minute);
        user->tokens -= 1;
        return true;
}

BrokerZone *broker_zones_add(BrokerZones *zones, Broker *broker, const PolicyKind *kind, uid_t owner) {
        BrokerZone *zone = g_new0(BrokerZone, 1);

        zone->broker = broker;
        zone->owner = owner;
        g_strlcpy(zone->kind, kind->name, sizeof zone->kind);
        zone->title_en = g_strdup(kind->title_en);
        zone->title_ja = g_strdup(kind->title_ja);
        zone->app = kind->app;
        zone->kind_flags = kind->flags;
        zone->started_s = g_get_real_time() / G_USEC_PER_SEC;
        zone->socket = -1;
        for (int i = 0; i < 4; i++)
                zone->handed[i] = -1;
        zone->waits = g_ptr_array_new();
        g_queue_push_tail(&zones->list, zone);
        return zone;
}

void broker_zones_name(BrokerZone *zone, uint64_t number) {
        zone->number = number;
        g_snprintf(zone->name, sizeof zone->name, "%s-%" G_GUINT64_FORMAT, zone->kind, number);
}

void broker_zones_remove(BrokerZones *zones, BrokerZone *zone) {
        if (g_queue_remove(&zones->list, zone))
                zone_free(zone);
}

void broker_zones_prune(BrokerZones *zones) {
        unsigned ended = 0;

        for (GList *l = zones->list.tail, *before; l; l = before) {
                BrokerZone *zone = l->data;
                before = l->prev;
                if (broker_zone_alive(zone) || zone->waits->len > 0 || ++ended <= BROKER_ENDED_ZONES)
                        continue;
                g_queue_delete_link(&zones->list, l);
                zone_free(zone);
        }
}

BrokerZone *broker_zones_by_tag(BrokerZones *zones, uint32_t tag) {
        for (GList *l = zones->list.head; l; l = l->next)
                if (((BrokerZone *)l->data)->tag == tag && ((BrokerZone *)l->data)->number == 0)
                        return l->data;
        return NULL;
}

BrokerZone *broker_zones_by_number(BrokerZones *zones, uint64_t number) {
        for (GList *l = zones->list.head; l && number != 0; l = l->next)
                if (((BrokerZone *)l->data)->number == number)
                        return l->data;
        return NULL;
}

BrokerZone *broker_zones_find(BrokerZones *zones, uid_t uid, const char *name, bool ended, GError **error) {
        BrokerZone *alive = NULL, *dead = NULL;
        unsigned n = 0;

        for (GList *l = zones->list.tail; l; l = l->prev) {
                BrokerZone *zone = l->data;
                if (zone->number == 0 || (uid != 0 && zone->owner != uid))
                        continue;
                if (strcmp(zone->name, name) == 0 && (ended || broker_zone_alive(zone)))
                        return zone;
                if (strcmp(zone->kind, name) != 0)
                        continue;
                if (broker_zone_alive(zone)) {
                        n++;
                        if (!alive || (alive->is_run && !zone->is_run))
                                alive = zone;
                } else
                        dead = dead ?: zone;
        }
        if (uid == 0 && n > 1) {
                g_set_error(error, BROKER_ERROR, BROKER_ERROR_BAD_REQUEST, "%u zones have this kind: root must name one by its number", n);
                return NULL;
        }
        if (alive || (ended && dead))
                return alive ?: dead;
        g_autofree char *shown = broker_error_clean(name, strlen(name), 64);
        g_set_error(error, BROKER_ERROR, BROKER_ERROR_UNKNOWN_ZONE, "no zone '%s' of yours %s: 'hanare list' shows those there are", shown,
                    ended ? "is known" : "runs");
        return NULL;
}

BrokerZone *broker_zones_showing(BrokerZones *zones, uid_t owner, const char *kind) {
        for (GList *l = zones->list.tail; l; l = l->prev) {
                BrokerZone *zone = l->data;
                /* A Firefox takes further addresses over a bus, and a zone has none. */
                if (zone->owner == owner && broker_zone_alive(zone) && !zone->stopping && !zone->is_run &&
                    zone->app == POLICY_APP_CHROMIUM && !(zone->kind_flags & POLICY_KIND_FRESH) && strcmp(zone->kind, kind) == 0)
                        return zone;
        }
        return NULL;
}

const GList *broker_zones_list(const BrokerZones *zones) {
        return zones->list.head;
}
