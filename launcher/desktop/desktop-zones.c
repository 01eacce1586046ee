/* desktop-zones: which zones live, and what was told of them.
 * Runs as: anyone (pure).  Input: checked events.  Must not: tell a thing twice, grow without a limit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/desktop/desktop-zones.h"

#define ZONES_MAX (4 * POLICY_MAX_ZONES) /* of a service that keeps to its limits, not even a quarter lives at once */

enum { KNOWN = 1, TOLD_STORAGE = 2, TOLD_END = 4, LISTED = 8 };

struct DesktopZones {
        GHashTable *flags; /* name -> the bits above */
};

DesktopZones *desktop_zones_new(void) {
        DesktopZones *zones = g_new0(DesktopZones, 1);

        zones->flags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return zones;
}

void desktop_zones_free(DesktopZones *zones) {
        if (!zones)
                return;
        g_hash_table_unref(zones->flags);
        g_free(zones);
}

static void put(DesktopZones *zones, const char *zone, unsigned bits) {
        unsigned old = GPOINTER_TO_UINT(g_hash_table_lookup(zones->flags, zone));

        if (old || g_hash_table_size(zones->flags) < ZONES_MAX)
                g_hash_table_insert(zones->flags, g_strdup(zone), GUINT_TO_POINTER(old | bits | KNOWN));
}

bool desktop_zones_tell(DesktopZones *zones, const DesktopEvent *event) {
        unsigned old = GPOINTER_TO_UINT(g_hash_table_lookup(zones->flags, event->zone));

        switch (event->state) {
        case DESKTOP_ALIVE:
                put(zones, event->zone, event->what == DESKTOP_STORAGE ? TOLD_STORAGE : 0);
                return event->what == DESKTOP_STORAGE && !(old & TOLD_STORAGE);
        case DESKTOP_KILLED:
                put(zones, event->zone, TOLD_END);
                return event->what != DESKTOP_NOTHING && !(old & TOLD_END);
        default: /* the receipt is written; its end is news only where "killed" was missed */
                g_hash_table_remove(zones->flags, event->zone);
                return event->what != DESKTOP_NOTHING && old && !(old & TOLD_END);
        }
}

static gboolean not_listed(void *key, void *value, void *data) {
        (void)key, (void)data;
        return !(GPOINTER_TO_UINT(value) & LISTED);
}

void desktop_zones_sync(DesktopZones *zones, GVariant *list, uid_t uid) {
        GHashTableIter iter;
        void *value;

        for (gsize i = 0; i < g_variant_n_children(list); i++) {
                g_autoptr(GVariant) zone = g_variant_get_child_value(list, i);
                const char *name, *kind;
                guint32 owner;
                if (g_variant_lookup(zone, "zone", "&s", &name) && g_variant_lookup(zone, "kind", "&s", &kind) &&
                    g_variant_lookup(zone, "owner", "u", &owner) && owner == uid && desktop_event_zone_valid(name, kind))
                        put(zones, name, LISTED);
        }
        g_hash_table_foreach_remove(zones->flags, not_listed, NULL);
        g_hash_table_iter_init(&iter, zones->flags);
        while (g_hash_table_iter_next(&iter, NULL, &value))
                g_hash_table_iter_replace(&iter, GUINT_TO_POINTER(GPOINTER_TO_UINT(value) & ~(unsigned)LISTED));
}

unsigned desktop_zones_lost(DesktopZones *zones) {
        GHashTableIter iter;
        unsigned lost = 0;
        void *value;

        g_hash_table_iter_init(&iter, zones->flags);
        while (g_hash_table_iter_next(&iter, NULL, &value))
                lost += !(GPOINTER_TO_UINT(value) & TOLD_END);
        g_hash_table_remove_all(zones->flags);
        return lost;
}
