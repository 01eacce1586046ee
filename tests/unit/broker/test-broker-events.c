/* test-broker-events: what a gateway tells is kept for its own zone, once for a connection, within limits; what is no record ends the listening.
 * Runs as: anyone (pure).  Input: none.  Must not: need a bus.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-events.h"
#include "base/base-msg.h"
#include "sandboxd/broker/broker-error.h"
#include <check.h>
#include <string.h>
#include <unistd.h>

static const char *allow[] = { "bank.example" }, *sites[] = { "bank.example" };
static PolicyKind kinds[] = {
        { .name = "bank", .title_en = "B", .title_ja = "銀", .flags = POLICY_KIND_NETWORK | POLICY_KIND_ALLOW_LIST, .n_ports = 1, .ports = { 443 }, .allow = { 1, allow }, .sites = { 1, sites } },
        { .name = "web", .title_en = "W", .title_ja = "ウ", .flags = POLICY_KIND_NETWORK, .n_ports = 1, .ports = { 443 } },
        { .name = "none", .title_en = "N", .title_ja = "無" },
};
static PolicyTable table = { .default_kind = "web", .n_kinds = 3, .kinds = kinds };
static Broker broker;
static BrokerZone *zones[2];
static int gateways[2];

static void setup(void) {
        broker = (Broker){ .table = &table, .zones = broker_zones_new() };
        ck_assert_int_eq(policy_pattern_index_new(&table, &broker.sites, NULL, NULL), 0);
        for (unsigned i = 0; i < 2; i++) {
                int pair[2];
                zones[i] = broker_zones_add(broker.zones, &broker, &kinds[i], 1001 + i);
                broker_zones_name(zones[i], i + 1);
                ck_assert_int_eq(base_msg_pair(pair), 0);
                gateways[i] = pair[0];
                broker_events_listen(zones[i], pair[1]);
        }
}
static void teardown(void) {
        close(gateways[0]);
        close(gateways[1]);
        policy_pattern_index_free(broker.sites);
        broker_zones_free(broker.zones);
}

static int tell(unsigned zone, uint64_t number, uint32_t verdict, const char *name) {
        PolicyNetEvent e = { .version = POLICY_NET_VERSION, .verdict = verdict, .number = number, .port = 443, .up = number };

        g_strlcpy(e.name, name, sizeof e.name);
        return base_msg_send(gateways[zone], &e, sizeof e, NULL, 0);
}

static void hear(void) {
        while (g_main_context_iteration(NULL, FALSE))
                ;
}

/* How many connections uid sees, and the last one's verdict. */
static unsigned count(uid_t uid, const char *name, uint64_t after, const char **ret_verdict) {
        uint64_t last = 0;
        GVariant *list = broker_events_read(&broker, uid, name, after, 0, &last, NULL);
        unsigned n = list ? (unsigned)g_variant_n_children(list) : UINT_MAX;
        static char verdict[16];

        if (n > 0 && n < UINT_MAX && ret_verdict) {
                g_autoptr(GVariant) one = g_variant_get_child_value(list, n - 1);
                const char *text = "";
                g_variant_lookup(one, "verdict", "&s", &text);
                g_strlcpy(verdict, text, sizeof verdict);
                *ret_verdict = verdict;
        }
        if (list)
                g_variant_unref(g_variant_ref_sink(list));
        return n;
}

START_TEST(own_zones_alone) {
        const char *verdict = "";

        tell(0, 1, POLICY_NET_OPEN, "bank.example");
        tell(1, 1, POLICY_NET_REFUSED, "evil.example");
        hear();
        ck_assert_uint_eq(count(1001, "", 0, &verdict), 1);
        ck_assert_str_eq(verdict, "open");
        ck_assert_uint_eq(count(1002, "", 0, NULL), 1);
        ck_assert_uint_eq(count(1003, "", 0, NULL), 0);
        ck_assert_uint_eq(count(0, "", 0, NULL), 2);
        ck_assert_uint_eq(count(1001, "web-2", 0, NULL), UINT_MAX); /* another's */
        ck_assert_uint_eq(count(1001, "bank-1", 0, NULL), 1);
        tell(0, 1, POLICY_NET_ENDED, "bank.example"); /* the same connection */
        hear();
        ck_assert_uint_eq(count(1001, "", 0, &verdict), 1);
        ck_assert_str_eq(verdict, "ended");
        ck_assert_uint_eq(count(1001, "", broker.events_change, NULL), 0);
        ck_assert_uint_eq(count(1001, "", broker.events_change - 1, NULL), 1);
}
END_TEST

START_TEST(bounded) {
        unsigned sent = 0;

        for (unsigned i = 0; i < 2000; i++) {
                sent += tell(0, i + 1, POLICY_NET_REFUSED, "evil.example") == 0;
                if (i % 50 == 0)
                        hear();
        }
        hear();
        ck_assert_uint_eq(count(0, "bank-1", 0, NULL), BROKER_EVENTS_PER_ZONE);
        ck_assert_uint_lt(broker.events_change, BROKER_EVENTS_BURST + 100); /* the rest waits in the socket, or with the gateway */
        ck_assert_uint_lt(sent, 2000);
        tell(1, 1, POLICY_NET_REFUSED, "other.example"); /* another zone is not held up */
        hear();
        ck_assert_uint_eq(count(0, "web-2", 0, NULL), 1);
        tell(1, 2, POLICY_NET_OPEN, "open.example");
        broker_events_end(zones[0]);
        broker_events_end(zones[1]);
        ck_assert_uint_eq(count(0, "bank-1", 0, NULL), BROKER_EVENTS_ENDED);
        const char *verdict = "";
        ck_assert_uint_eq(count(0, "web-2", 0, &verdict), 2);
        ck_assert_str_eq(verdict, "ended"); /* cut in its middle */
}
END_TEST

static const PolicyNetEvent bad[] = {
        { .version = 2, .verdict = POLICY_NET_OPEN }, { .version = 1, .verdict = 0 }, { .version = 1, .verdict = POLICY_NET_VERDICTS }, { .version = 1, .verdict = 1, .family = 5 },
        { .version = 1, .verdict = 1, .flags = 1u << 31 }, { .version = 1, .verdict = 1, .name = { [0 ... 255] = 'a' } }, { .version = 1, .verdict = 1, .rule = { [0 ... 319] = 'a' } },
};

START_TEST(no_record) {
        base_msg_send(gateways[0], &bad[_i], sizeof bad[_i], NULL, 0);
        hear();
        tell(0, 1, POLICY_NET_OPEN, "bank.example");
        hear();
        ck_assert_uint_eq(count(0, "bank-1", 0, NULL), 0);
}
END_TEST

START_TEST(short_record) {
        base_msg_send(gateways[0], "x", 1, NULL, 0);
        hear();
        tell(0, 1, POLICY_NET_OPEN, "bank.example");
        hear();
        ck_assert_uint_eq(count(0, "bank-1", 0, NULL), 0);
}
END_TEST

START_TEST(clean) {
        uint64_t last;

        tell(0, 1, POLICY_NET_REFUSED, "evil\x1b[31m\n\xff.example");
        hear();
        g_autoptr(GVariant) list = g_variant_ref_sink(broker_events_read(&broker, 0, "", 0, 0, &last, NULL));
        g_autofree char *text = g_variant_print(list, FALSE);
        ck_assert_ptr_null(strchr(text, '\x1b'));
        ck_assert_ptr_null(strchr(text, '\n'));
        ck_assert(g_utf8_validate(text, -1, NULL));
}
END_TEST

static const struct {
        const char *zone, *name;
        uint32_t port;
        int allowed; /* -1 = an error */
        const char *kind, *rule;
} cases[] = {
        { "", "www.bank.example", 443, 1, "bank", "bank.example" }, { "", "other.example", 443, 1, "web", "" }, { "bank", "other.example", 443, 0, "bank", "" },
        { "bank-1", "Bank.Example.", 443, 1, "bank", "bank.example" }, { "bank", "bank.example", 80, 0, "bank", "" }, { "bank", "192.0.2.1", 443, 0, "bank", "" },
        { "web", "192.0.2.1", 443, 1, "web", "" }, { "none", "other.example", 443, 0, "none", "" }, { "web-2", "other.example", 443, -1, NULL, NULL },
        { "bank", "127.1", 443, -1, NULL, NULL }, { "bank", "bank.example", 0, -1, NULL, NULL }, { "bank", "bank.example", 65536, -1, NULL, NULL }, { "bank", "", 443, -1, NULL, NULL },
        { "nothing", "other.example", 443, -1, NULL, NULL },
};

START_TEST(explain) {
        g_autoptr(GError) error = NULL;
        GVariant *answer = broker_events_explain(&broker, 1001, cases[_i].zone, cases[_i].name, cases[_i].port, &error);
        const char *kind, *rule, *text;
        gboolean allowed;

        ck_assert((answer == NULL) == (cases[_i].allowed < 0) && (error != NULL) == (cases[_i].allowed < 0));
        if (!answer)
                return;
        g_variant_get(answer, "(b&s&s&s)", &allowed, &kind, &rule, &text);
        ck_assert_int_eq(allowed, cases[_i].allowed);
        ck_assert_str_eq(kind, cases[_i].kind);
        ck_assert_str_eq(rule, cases[_i].rule);
        g_variant_unref(g_variant_ref_sink(answer));
}
END_TEST

int main(void) {
        Suite *suite = suite_create("broker-events");
        TCase *all = tcase_create("all");
        SRunner *runner = srunner_create(suite);
        int failed;

        tcase_add_checked_fixture(all, setup, teardown);
        tcase_add_test(all, own_zones_alone);
        tcase_add_test(all, bounded);
        tcase_add_loop_test(all, no_record, 0, G_N_ELEMENTS(bad));
        tcase_add_test(all, short_record);
        tcase_add_test(all, clean);
        tcase_add_loop_test(all, explain, 0, G_N_ELEMENTS(cases));
        suite_add_tcase(suite, all);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
