/* test-desktop-zones: each thing is told once.
 * Runs as: anyone (pure).  Input: none.  Must not: need a bus.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/desktop/desktop-zones.h"
#include <check.h>

static bool tell(DesktopZones *zones, const char *zone, DesktopState state, DesktopWhat what) {
        DesktopEvent event = { .state = state, .what = what, .kind = "web" };

        g_strlcpy(event.zone, zone, sizeof event.zone);
        return desktop_zones_tell(zones, &event);
}

START_TEST(each_end_once) {
        DesktopZones *zones = desktop_zones_new();

        ck_assert(!tell(zones, "web-1", DESKTOP_ALIVE, DESKTOP_NOTHING));
        ck_assert(tell(zones, "web-1", DESKTOP_KILLED, DESKTOP_TRIPWIRE));
        ck_assert(!tell(zones, "web-1", DESKTOP_KILLED, DESKTOP_TRIPWIRE));
        ck_assert(!tell(zones, "web-1", DESKTOP_GONE, DESKTOP_TRIPWIRE));
        /* "killed" was missed: told when it is gone; a zone nobody knew is not news */
        ck_assert(!tell(zones, "web-2", DESKTOP_ALIVE, DESKTOP_NOTHING));
        ck_assert(tell(zones, "web-2", DESKTOP_GONE, DESKTOP_MEMORY));
        ck_assert(!tell(zones, "web-2", DESKTOP_GONE, DESKTOP_MEMORY));
        ck_assert(!tell(zones, "web-3", DESKTOP_KILLED, DESKTOP_NOTHING));
        ck_assert_uint_eq(desktop_zones_lost(zones), 0);
        desktop_zones_free(zones);
}
END_TEST

START_TEST(full_storage_once_a_zone) {
        DesktopZones *zones = desktop_zones_new();

        ck_assert(tell(zones, "web-1", DESKTOP_ALIVE, DESKTOP_STORAGE));
        ck_assert(!tell(zones, "web-1", DESKTOP_ALIVE, DESKTOP_STORAGE));
        ck_assert(!tell(zones, "web-1", DESKTOP_ALIVE, DESKTOP_NOTHING));
        ck_assert(!tell(zones, "web-1", DESKTOP_ALIVE, DESKTOP_STORAGE));
        ck_assert(tell(zones, "web-2", DESKTOP_ALIVE, DESKTOP_STORAGE));
        ck_assert(tell(zones, "web-1", DESKTOP_KILLED, DESKTOP_MEMORY));
        desktop_zones_free(zones);
}
END_TEST

static GVariant *list(const char *text) {
        return g_variant_ref_sink(g_variant_new_parsed(text));
}

START_TEST(the_service_goes_away) {
        DesktopZones *zones = desktop_zones_new();
        g_autoptr(GVariant) listed = list("[{'zone': <'web-1'>, 'kind': <'web'>, 'owner': <uint32 1000>}, {'zone': <'web-2'>, 'kind': <'web'>, 'owner': <uint32 1001>},"
                                          " {'zone': <'bad name'>, 'kind': <'web'>, 'owner': <uint32 1000>}, {'zone': <'web-4'>}]");
        tell(zones, "web-9", DESKTOP_ALIVE, DESKTOP_STORAGE);
        desktop_zones_sync(zones, listed, 1000); /* web-9 ended while nobody listened */
        ck_assert_uint_eq(desktop_zones_lost(zones), 1);
        ck_assert_uint_eq(desktop_zones_lost(zones), 0);
        /* what was told stays told over a list */
        tell(zones, "web-1", DESKTOP_ALIVE, DESKTOP_STORAGE);
        desktop_zones_sync(zones, listed, 1000);
        ck_assert(!tell(zones, "web-1", DESKTOP_ALIVE, DESKTOP_STORAGE));
        desktop_zones_sync(zones, listed, 1000);
        ck_assert(!tell(zones, "web-1", DESKTOP_ALIVE, DESKTOP_STORAGE));
        ck_assert(tell(zones, "web-1", DESKTOP_KILLED, DESKTOP_HELPER));
        ck_assert_uint_eq(desktop_zones_lost(zones), 0);
        desktop_zones_free(zones);
}
END_TEST

START_TEST(does_not_grow) {
        DesktopZones *zones = desktop_zones_new();

        for (int i = 0; i < 5000; i++) {
                char name[24];
                g_snprintf(name, sizeof name, "web-%d", i);
                tell(zones, name, DESKTOP_ALIVE, DESKTOP_NOTHING);
        }
        ck_assert_uint_le(desktop_zones_lost(zones), 4 * POLICY_MAX_ZONES);
        desktop_zones_free(zones);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("desktop-zones");
        TCase *tc = tcase_create("all");
        tcase_add_test(tc, each_end_once);
        tcase_add_test(tc, full_storage_once_a_zone);
        tcase_add_test(tc, the_service_goes_away);
        tcase_add_test(tc, does_not_grow);
        suite_add_tcase(suite, tc);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
