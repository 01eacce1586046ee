/* test-broker-zones: limits, names, the choice of a kind, receipts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-zones.h"
#include "sandboxd/broker/broker-clients.h"
#include "sandboxd/broker/broker-error.h"
#include "sandboxd/broker/broker-receipts.h"
#include "sandboxd/broker/broker-start.h"
#include "sandboxd/broker/broker-words.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *bank_sites[] = { "bank.example", ".exact.example" };
static PolicyKind kinds[] = {
        { .name = "bank", .title_en = "Banking", .title_ja = "銀行", .app = POLICY_APP_CHROMIUM, .sites = { 2, bank_sites }, .flags = POLICY_KIND_FRESH },
        { .name = "fox", .title_en = "Fox", .title_ja = "狐", .app = POLICY_APP_FIREFOX },
        { .name = "web", .title_en = "Web", .title_ja = "ウェブ", .app = POLICY_APP_CHROMIUM },
};
static const PolicyTable table = { .uid_base = 2000200008, .max_zones = 5, .max_zones_per_user = 3, .max_starts_per_minute = 6, .default_kind = "web",
        .n_kinds = 3, .kinds = kinds };
static Broker broker;

static BrokerZone *add(BrokerZones *zones, int kind, uid_t owner, uint64_t number) {
        BrokerZone *zone = broker_zones_add(zones, &broker, &kinds[kind], owner);

        broker_zones_name(zone, number);
        zone->state = POLICY_STATE_RUNNING;
        return zone;
}

START_TEST(limits) {
        BrokerZones *zones = broker_zones_new();
        GError *error = NULL;
        const int64_t minute = 60 * G_USEC_PER_SEC;

        for (uint64_t i = 1; i <= 3; i++) {
                ck_assert(broker_zones_may_start(zones, &table, 1001, false, 0, NULL));
                add(zones, 2, 1001, i);
        }
        ck_assert(!broker_zones_may_start(zones, &table, 1001, false, 0, &error));
        ck_assert(g_error_matches(error, BROKER_ERROR, BROKER_ERROR_LIMIT_REACHED));
        g_clear_error(&error);
        add(zones, 2, 1002, 4);
        BrokerZone *last = add(zones, 2, 1002, 5);
        ck_assert(!broker_zones_may_start(zones, &table, 1003, false, 0, NULL)); /* the machine is full */
        last->state = POLICY_STATE_KILLED;
        ck_assert(broker_zones_may_start(zones, &table, 1003, false, 0, NULL));
        BrokerZones *empty = broker_zones_new();
        for (int i = 0; i < 6; i++)
                ck_assert(broker_zones_may_start(empty, &table, 1001, false, 0, NULL));
        ck_assert(!broker_zones_may_start(empty, &table, 1001, false, 0, NULL));
        ck_assert(broker_zones_may_start(empty, &table, 1001, true, 0, NULL));  /* a restart is no start */
        ck_assert(broker_zones_may_start(empty, &table, 1002, false, 0, NULL)); /* another user's bucket */
        ck_assert(!broker_zones_may_start(empty, &table, 1001, false, minute / 12, NULL));
        ck_assert(broker_zones_may_start(empty, &table, 1001, false, minute / 6 + 1, NULL));
        ck_assert(!broker_zones_may_start(empty, &table, 1001, false, minute / 6 + 2, NULL));
        for (int i = 0; i < 6; i++)
                ck_assert(broker_zones_may_start(empty, &table, 1001, false, 100 * minute, NULL));
        ck_assert(!broker_zones_may_start(empty, &table, 1001, false, 100 * minute, NULL)); /* never more than a minute's worth */
        for (uid_t uid = 5000; uid < 5000 + BROKER_USERS + 10; uid++) /* bounded, and forgetting works */
                broker_zones_may_start(empty, &table, uid, false, 100 * minute, NULL);
        ck_assert(!broker_zones_may_start(empty, &table, 4999, false, 100 * minute, NULL));
        ck_assert(broker_zones_may_start(empty, &table, 4999, false, 102 * minute, NULL));
        broker_zones_free(empty);
        broker_zones_free(zones);
}
END_TEST

START_TEST(zone_names) {
        BrokerZones *zones = broker_zones_new();
        BrokerZone *one = add(zones, 2, 1001, 7), *two = add(zones, 2, 1001, 9), *other = add(zones, 2, 1002, 11);
        BrokerZone *early = broker_zones_add(zones, &broker, &kinds[1], 1001);
        GError *error = NULL;

        early->tag = 5;
        ck_assert_str_eq(one->name, "web-7");
        ck_assert_ptr_eq(broker_zones_find(zones, 1001, "web-7", false, NULL), one);
        ck_assert_ptr_eq(broker_zones_find(zones, 1001, "web", false, NULL), two); /* the newest */
        ck_assert_ptr_null(broker_zones_find(zones, 1001, "web-11", false, &error));
        ck_assert(g_error_matches(error, BROKER_ERROR, BROKER_ERROR_UNKNOWN_ZONE));
        g_clear_error(&error);
        ck_assert_ptr_eq(broker_zones_find(zones, 0, "web-11", false, NULL), other);
        ck_assert_ptr_null(broker_zones_find(zones, 0, "web", false, NULL)); /* which of them? */
        ck_assert_ptr_null(broker_zones_find(zones, 1001, "fox", false, NULL)); /* has no number yet */
        ck_assert_ptr_eq(broker_zones_by_tag(zones, 5), early);
        ck_assert_ptr_null(broker_zones_by_number(zones, 0));
        two->state = POLICY_STATE_GONE;
        ck_assert_ptr_eq(broker_zones_find(zones, 1001, "web", true, NULL), one); /* a living one first */
        one->state = POLICY_STATE_GONE;
        ck_assert_ptr_null(broker_zones_find(zones, 1001, "web", false, NULL));
        ck_assert_ptr_eq(broker_zones_find(zones, 1001, "web", true, NULL), two);
        for (int i = 0; i < BROKER_ENDED_ZONES; i++)
                add(zones, 2, 1003, 100 + (uint64_t)i)->state = POLICY_STATE_GONE;
        broker_zones_prune(zones);
        ck_assert_ptr_null(broker_zones_find(zones, 1001, "web-9", true, NULL));
        ck_assert_ptr_eq(broker_zones_find(zones, 1002, "web-11", true, NULL), other); /* alive: never forgotten */
        broker_zones_free(zones);
}
END_TEST

START_TEST(showing) {
        BrokerZones *zones = broker_zones_new();

        add(zones, 0, 1001, 1); /* fresh */
        add(zones, 1, 1001, 2); /* a Firefox */
        BrokerZone *web = add(zones, 2, 1001, 3);
        ck_assert_ptr_null(broker_zones_showing(zones, 1001, "bank"));
        ck_assert_ptr_null(broker_zones_showing(zones, 1001, "fox"));
        ck_assert_ptr_null(broker_zones_showing(zones, 1002, "web"));
        ck_assert_ptr_eq(broker_zones_showing(zones, 1001, "web"), web);
        web->stopping = true;
        ck_assert_ptr_null(broker_zones_showing(zones, 1001, "web"));
        web->stopping = false, web->is_run = true;
        ck_assert_ptr_null(broker_zones_showing(zones, 1001, "web"));
        broker_zones_free(zones);
}
END_TEST

static PolicyPatternIndex *sites;

static BrokerError choice_error(const char *kind, const char *address) {
        g_autoptr(GError) error = NULL;

        ck_assert_int_eq(broker_start_choose(&table, sites, kind, address, &error), -1);
        ck_assert(error && error->domain == BROKER_ERROR);
        return (BrokerError)error->code;
}

START_TEST(choice) {
        ck_assert_int_eq(policy_pattern_index_new(&table, &sites, NULL, NULL), 0);
        ck_assert_int_eq(broker_start_choose(&table, sites, "", "", NULL), 2);
        ck_assert_int_eq(broker_start_choose(&table, sites, "", "https://news.example/", NULL), 2);
        ck_assert_int_eq(broker_start_choose(&table, sites, "", "https://WWW.Bank.Example/x", NULL), 0);
        ck_assert_int_eq(broker_start_choose(&table, sites, "", "https://bank.example.evil.example/", NULL), 2);
        ck_assert_int_eq(broker_start_choose(&table, sites, "", "https://notbank.example/", NULL), 2);
        ck_assert_int_eq(broker_start_choose(&table, sites, "", "https://exact.example/", NULL), 0);
        ck_assert_int_eq(broker_start_choose(&table, sites, "", "https://www.exact.example/", NULL), 2);
        ck_assert_int_eq(broker_start_choose(&table, sites, "fox", "https://news.example/", NULL), 1);
        ck_assert_int_eq(broker_start_choose(&table, sites, "bank", "https://news.example/", NULL), 0);
        ck_assert_int_eq(choice_error("web", "https://bank.example/"), BROKER_ERROR_REFUSED);
        ck_assert_int_eq(choice_error("web", "ftp://bank.example/"), BROKER_ERROR_BAD_ADDRESS);
        ck_assert_int_eq(choice_error("nope", ""), BROKER_ERROR_UNKNOWN_KIND);
        ck_assert_int_eq(choice_error("../web", ""), BROKER_ERROR_UNKNOWN_KIND);
        policy_pattern_index_free(sites);
}
END_TEST

START_TEST(clients) {
        BrokerClients *c = broker_clients_new();
        BrokerCall calls[BROKER_CALLS_PER_CLIENT];
        GError *error = NULL;

        BrokerClient *one = broker_clients_admit(c, ":1.1", 1, NULL);
        ck_assert_ptr_nonnull(one);
        broker_client_add(one, &calls[0]);
        for (int i = 1; i < BROKER_CALLS_PER_CLIENT; i++) {
                ck_assert_ptr_eq(broker_clients_admit(c, ":1.1", 1, NULL), one);
                broker_client_add(one, &calls[i]);
        }
        ck_assert_ptr_null(broker_clients_admit(c, ":1.1", 1, &error));
        ck_assert(g_error_matches(error, BROKER_ERROR, BROKER_ERROR_LIMIT_REACHED));
        g_clear_error(&error);
        broker_client_remove(c, one, &calls[0]);
        ck_assert_ptr_eq(broker_clients_admit(c, ":1.1", 1, NULL), one);
        broker_client_add(one, &calls[0]);
        /* Callers that left still count until their calls are over, so leaving is no way round the limit. */
        broker_clients_forget(c, one);
        BrokerClient *idle = broker_clients_admit(c, ":2.0", 1, NULL);
        ck_assert(broker_clients_know(c, idle, 1001, NULL));
        broker_client_remove(c, idle, NULL);
        unsigned n = 0;
        char name[32];
        do
                g_snprintf(name, sizeof name, ":3.%u", n++);
        while (broker_clients_admit(c, name, 2, NULL) && n < 10000);
        ck_assert_uint_eq(n - 1, BROKER_CALLS - BROKER_CALLS_FOR_ROOT - BROKER_CALLS_PER_CLIENT);
        broker_clients_free(c);
}
END_TEST

static const char *text_of(GVariant *fields, const char *key) {
        const char *text = NULL;

        ck_assert_msg(g_variant_lookup(fields, key, "&s", &text), "%s", key);
        return text;
}

START_TEST(receipts) {
        PolicyReceipt records[200] = { 0 };
        int fd = memfd_create("log", 0);

        for (unsigned i = 0; i < G_N_ELEMENTS(records); i++) {
                records[i] = (PolicyReceipt){ .magic = 0x31524e48, .version = 1, .number = i + 1, .type = i % 2 ? POLICY_RECEIPT_END : POLICY_RECEIPT_BEGIN,
                        .zone = i / 2, .owner = 1001 + i / 2 % 2, .reason = POLICY_REASON_TRIPWIRE, .detail = 165, .proofs = POLICY_PROOFS_ALL, .kind = "web" };
        }
        records[10].version = 2;                                  /* of the future */
        memset(records[12].kind, 'x', sizeof records[12].kind);   /* not terminated */
        strcpy(records[16].kind, "\xff\xfe");
        records[20].type = 9;
        ck_assert(write(fd, records, sizeof records) == sizeof records);
        g_autoptr(GVariant) all = g_variant_ref_sink(broker_receipts_read(fd, 0, "", 0, NULL));
        ck_assert_uint_eq(g_variant_n_children(all), 196);
        g_autoptr(GVariant) own = g_variant_ref_sink(broker_receipts_read(fd, 1002, "", 0, NULL));
        ck_assert_uint_eq(g_variant_n_children(own), 99); /* record 10's zone is user 1002's */
        g_autoptr(GVariant) none = g_variant_ref_sink(broker_receipts_read(fd, 1003, "", 0, NULL));
        ck_assert_uint_eq(g_variant_n_children(none), 0);
        g_autoptr(GVariant) three = g_variant_ref_sink(broker_receipts_read(fd, 0, "web", 3, NULL));
        ck_assert_uint_eq(g_variant_n_children(three), 3);
        g_autoptr(GVariant) zone = g_variant_ref_sink(broker_receipts_read(fd, 1002, "web-99", 0, NULL));
        ck_assert_uint_eq(g_variant_n_children(zone), 2);
        g_autoptr(GVariant) end = g_variant_get_child_value(zone, 0);
        ck_assert_str_eq(text_of(end, "type"), "end");
        ck_assert_str_eq(text_of(end, "reason"), "tripwire");
        ck_assert_str_eq(text_of(end, "zone"), "web-99");
        ck_assert_ptr_nonnull(strstr(text_of(end, "text"), "165"));
        gboolean proven = FALSE;
        ck_assert(g_variant_lookup(end, "proven", "b", &proven) && proven);
        records[0].type = POLICY_RECEIPT_END, records[0].proofs = POLICY_PROOFS_ALL & ~POLICY_PROOF_SHMEM_ZERO;
        g_autoptr(GVariant) unproven = g_variant_ref_sink(broker_receipts_convert(&records[0]));
        ck_assert(g_variant_lookup(unproven, "proven", "b", &proven) && !proven);
        close(fd);
        ck_assert_ptr_null(broker_receipts_read(-1, 0, "", 0, NULL));
}
END_TEST

START_TEST(words) {
        for (uint32_t r = 0; r < POLICY_REASONS; r++) {
                ck_assert_str_ne(broker_words_reason(r), "unknown"); /* a new reason needs a name */
                g_autofree char *sentence = broker_words_sentence(r, 1, 0, "");
                ck_assert_uint_gt(strlen(sentence), 5);
        }
        ck_assert_str_eq(broker_words_reason(POLICY_REASONS), "unknown");
        ck_assert_str_eq(broker_words_state(77), "unknown");
        g_autoptr(GVariant) all = g_variant_ref_sink(broker_words_substitutes(POLICY_SUBSTITUTES_ALL));
        g_autoptr(GVariant) proofs = g_variant_ref_sink(broker_words_proofs(POLICY_PROOFS_ALL));
        ck_assert_uint_eq(g_variant_n_children(all), 6);
        ck_assert_uint_eq(g_variant_n_children(proofs), 6);
        g_autofree const char **names = g_variant_get_strv(all, NULL);
        ck_assert(!g_strv_contains((const char *const *)names, "unknown"));
}
END_TEST

int main(void) {
        Suite *suite = suite_create("broker-zones");
        TCase *c = tcase_create("all");
        SRunner *runner = srunner_create(suite);

        tcase_add_test(c, limits);
        tcase_add_test(c, zone_names);
        tcase_add_test(c, showing);
        tcase_add_test(c, choice);
        tcase_add_test(c, clients);
        tcase_add_test(c, receipts);
        tcase_add_test(c, words);
        suite_add_tcase(suite, c);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed == 0 ? 0 : 1;
}
