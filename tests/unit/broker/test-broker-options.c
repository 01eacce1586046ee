/* test-broker-options: strict reading of requests, and who may.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-auth.h"
#include "sandboxd/broker/broker-error.h"
#include "sandboxd/broker/broker-methods.h"
#include "sandboxd/broker/broker-options.h"
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool parses(const char *text, BrokerOptions *ret) {
        g_autoptr(GVariant) v = g_variant_parse(G_VARIANT_TYPE("a{sv}"), text, NULL, NULL, NULL);
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_nonnull(v);
        bool ok = broker_options_parse(ret, v, &error);
        ck_assert(ok == (error == NULL));
        if (error) {
                ck_assert(g_error_matches(error, BROKER_ERROR, BROKER_ERROR_BAD_REQUEST));
                ck_assert_ptr_null(strchr(error->message, '\n'));
        }
        return ok;
}

START_TEST(options_good) {
        BrokerOptions o;

        ck_assert(parses("{}", &o));
        ck_assert(!o.has_owner && !o.fresh && o.display == POLICY_DISPLAY_NONE && o.locale == POLICY_LOCALE_EN);
        ck_assert(parses("{'locale': <'ja'>, 'layout': <'jp'>, 'display': <'x11'>, 'width': <uint32 320>, 'height': <uint32 7680>,"
                         "'owner': <uint32 1001>, 'fresh': <true>, 'cookie': <[byte 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]>}", &o));
        ck_assert(o.locale == POLICY_LOCALE_JA && o.display == POLICY_DISPLAY_X11 && o.width == 320 && o.height == 7680);
        ck_assert(o.has_owner && o.owner == 1001 && o.fresh && o.cookie[15] == 16);
        ck_assert_str_eq(o.layout, "jp");
}
END_TEST

START_TEST(options_bad) {
        static const char *const bad[] = { "{'x': <1>}", "{'locale': <'JA'>}", "{'locale': <''>}", "{'layout': <'a;b'>}", "{'width': <uint32 319>}",
                "{'height': <uint32 7681>}", "{'cookie': <[byte 1]>}", "{'cookie': <'0123456789abcdef'>}", "{'fresh': <'yes'>}", "{'owner': <int64 1001>}",
                "[{'fresh', <true>}, {'fresh', <false>}]", "{'display': <''>}", "{'layout': <'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'>}" };
        BrokerOptions o = { .width = 77 };

        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                ck_assert_msg(!parses(bad[i], &o), "%s", bad[i]);
                ck_assert_uint_eq(o.width, 77); /* untouched on failure */
        }
}
END_TEST

START_TEST(descriptors) {
        BrokerOptions none = { 0 }, wayland = { .display = POLICY_DISPLAY_WAYLAND }, x11 = { .display = POLICY_DISPLAY_X11 };
        int pipes[2], pair[2], unconnected = socket(AF_UNIX, SOCK_STREAM, 0), udp, file = open("/etc/passwd", O_RDONLY);

        ck_assert(pipe(pipes) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
        udp = socket(AF_INET, SOCK_DGRAM, 0);
        int run[] = { pipes[0], pipes[1], pipes[1], pair[0] };
        ck_assert(broker_options_check_fds(&none, false, NULL, 0, NULL));
        ck_assert(!broker_options_check_fds(&none, false, pair, 1, NULL));
        ck_assert(broker_options_check_fds(&none, true, run, 3, NULL));
        ck_assert(!broker_options_check_fds(&none, true, run, 4, NULL));
        ck_assert(broker_options_check_fds(&wayland, true, run, 4, NULL));
        ck_assert(broker_options_check_fds(&wayland, false, pair, 1, NULL));
        ck_assert(!broker_options_check_fds(&wayland, false, &unconnected, 1, NULL));
        ck_assert(!broker_options_check_fds(&wayland, false, &udp, 1, NULL));
        ck_assert(!broker_options_check_fds(&wayland, false, &file, 1, NULL));
        ck_assert(!broker_options_check_fds(&x11, false, &file, 1, NULL));
        int path = open("/etc/passwd", O_PATH);
        ck_assert(!broker_options_check_fds(&x11, false, &path, 1, NULL));
        int wrong[] = { pipes[1], pipes[1], pipes[1] }, files[] = { file, pipes[1], pipes[1] };
        ck_assert(!broker_options_check_fds(&none, true, wrong, 3, NULL));
        ck_assert(!broker_options_check_fds(&none, true, files, 3, NULL));
}
END_TEST

START_TEST(arguments) {
        g_auto(GStrv) got = NULL;
        const char *two[] = { "離れ", "", NULL };
        g_autoptr(GVariant) good = g_variant_ref_sink(g_variant_new_bytestring_array(two, 2));

        ck_assert(broker_options_arguments(good, &got, NULL));
        ck_assert_str_eq(got[0], "離れ");
        ck_assert_str_eq(got[1], "");
        ck_assert_ptr_null(got[2]);
        GVariantBuilder many = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aay"));
        g_autofree char *big = g_strnfill(POLICY_MAX_ARG, 'a');
        for (int i = 0; i < 40; i++) /* each is allowed, together they are not */
                g_variant_builder_add_value(&many, g_variant_new_bytestring(big));
        g_autoptr(GVariant) heavy = g_variant_ref_sink(g_variant_builder_end(&many));
        g_auto(GStrv) none = NULL;
        ck_assert(!broker_options_arguments(heavy, &none, NULL));
}
END_TEST

/* Every method of the interface has a rule and a handler, and there is no rule without a method. */
START_TEST(rules_cover_the_interface) {
        g_autofree char *xml = NULL;
        g_autoptr(GError) error = NULL;
        size_t n = 0;

        ck_assert(g_file_get_contents(getenv("HANARE_INTERFACE"), &xml, NULL, NULL));
        GDBusNodeInfo *node = g_dbus_node_info_new_for_xml(xml, &error);
        ck_assert_ptr_nonnull(node);
        GDBusInterfaceInfo *interface = g_dbus_node_info_lookup_interface(node, "org.hanare.Sandbox1");
        ck_assert_ptr_nonnull(interface);
        for (GDBusMethodInfo **m = interface->methods; *m; m++, n++) {
                const BrokerRule *rule = broker_auth_rule((*m)->name);
                bool takes = false;
                ck_assert_msg(rule != NULL, "%s has no rule", (*m)->name);
                ck_assert_msg(broker_methods_known((*m)->name), "%s has no handler", (*m)->name);
                for (GDBusArgInfo **a = (*m)->in_args; a && *a; a++)
                        takes = takes || strcmp((*a)->signature, "ah") == 0;
                ck_assert_msg(rule->descriptors == takes, "%s: descriptors", (*m)->name);
        }
        ck_assert_uint_eq(n, 14);
        ck_assert_ptr_null(broker_auth_rule("Widen"));
        ck_assert_ptr_null(broker_auth_rule(""));
        ck_assert_ptr_null(broker_auth_rule("Verify")->action);
        ck_assert(!broker_methods_known("Widen"));
        g_dbus_node_info_unref(node);
}
END_TEST

/* Every action that is asked for is in the polkit file. */
START_TEST(actions_are_declared) {
        static const char *const methods[] = { "Open", "Start", "Run", "Restart", "Stop", "Wait", "List", "Kinds", "Status", "Receipts", "Cancel" };
        g_autofree char *xml = NULL;

        ck_assert(g_file_get_contents(getenv("HANARE_ACTIONS"), &xml, NULL, NULL));
        for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
                g_autofree char *id = g_strdup_printf("<action id=\"%s\">", broker_auth_rule(methods[i])->action);
                ck_assert_msg(strstr(xml, id) != NULL, "%s", id);
        }
}
END_TEST

START_TEST(uids) {
        const uint32_t base = 2000200008;
        static const uid_t good[] = { 1000, 1001, 60513, 65536, 1999999999 }, bad[] = { 1, 999, 60514, 61184, 65534, 65535, 2000200008, 2147483648, 4294967295 };

        for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
                ck_assert(broker_auth_uid(good[i], false, base, NULL) && broker_auth_uid(good[i], true, base, NULL));
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
                ck_assert(!broker_auth_uid(bad[i], false, base, NULL) && !broker_auth_uid(bad[i], true, base, NULL));
        ck_assert(broker_auth_uid(0, false, base, NULL) && !broker_auth_uid(0, true, base, NULL));
}
END_TEST

START_TEST(foreign_texts) {
        g_autofree char *lines = broker_error_clean("a\nb\x1b[31m\xe2\x80\xae離れ\xff", 100, 100);
        ck_assert(g_utf8_validate(lines, -1, NULL));
        ck_assert_ptr_null(strpbrk(lines, "\n\x1b"));
        ck_assert_ptr_nonnull(strstr(lines, "離れ"));
        ck_assert_ptr_null(strstr(lines, "\xe2\x80\xae")); /* right-to-left override */
        g_autofree char *cut = broker_error_clean("0123456789", 10, 8);
        ck_assert_uint_lt(strlen(cut), 12);
        g_autofree char *bounded = broker_error_clean("abc", 2, 50);
        ck_assert_str_eq(bounded, "ab");
}
END_TEST

int main(void) {
        Suite *suite = suite_create("broker-options");
        TCase *c = tcase_create("all");
        SRunner *runner = srunner_create(suite);

        tcase_add_test(c, options_good);
        tcase_add_test(c, options_bad);
        tcase_add_test(c, descriptors);
        tcase_add_test(c, arguments);
        tcase_add_test(c, rules_cover_the_interface);
        tcase_add_test(c, actions_are_declared);
        tcase_add_test(c, uids);
        tcase_add_test(c, foreign_texts);
        suite_add_tcase(suite, c);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed == 0 ? 0 : 1;
}
