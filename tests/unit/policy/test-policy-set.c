/* test-policy-set: files become one policy: defaults, layers, places; what a difference between two policies does; what may be opened.
 * Runs as: anyone (pure).  Input: none.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-decision.h"
#include "policy/policy-diff.h"
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BASE "\"name\":\"web\",\"title\":{\"en\":\"W\",\"ja\":\"ウ\"},\"colour\":\"#000000\",\"application\":\"browser\""

#define TITLED "\"name\":\"web\",\"title\":{\"en\":\"X\",\"ja\":\"ウ\"},\"colour\":\"#000000\",\"application\":\"browser\""

static PolicySetInput kind(PolicyLayer layer, const char *name, const char *text) {
        return (PolicySetInput){ POLICY_KEYS_KIND, layer, name, text, strlen(text) };
}

static PolicySet load(const PolicySetInput *inputs, size_t n) {
        PolicyProblem problem = { 0 };
        PolicySet set = { 0 };

        ck_assert_msg(policy_set_load(inputs, n, &set, &problem) == 0, "%s", problem.text);
        return set;
}

static void refused(const PolicySetInput *inputs, size_t n, const char *words) {
        PolicyProblem problem = { 0 };
        PolicySet set = { 0 };

        ck_assert_int_eq(policy_set_load(inputs, n, &set, &problem), -EINVAL);
        ck_assert_msg(strstr(problem.text, words) != NULL, "\"%s\" does not say \"%s\"", problem.text, words);
        ck_assert_ptr_null(set.items);
}

static int64_t number(const PolicySetItem *item, const char *path) {
        return policy_set_effective(item, policy_set_value(item, path)).number;
}

START_TEST(test_defaults) {
        PolicySetInput in[] = { kind(POLICY_LAYER_VENDOR, "web.jsonc", "{" BASE "}") };
        PolicySet set = load(in, 1);
        const PolicySetItem *web = &set.items[1], *settings = &set.items[0];
        PolicyValue v = policy_set_effective(web, policy_set_value(web, "network.ports"));

        ck_assert_uint_eq(set.n, 2);
        ck_assert_int_eq(number(web, "limits.pids"), 800);
        ck_assert_int_eq(number(web, "display"), 1);
        ck_assert_uint_eq(v.n, 1);
        ck_assert_str_eq(v.items[0], "443");
        ck_assert_int_eq(number(settings, "limits.zones"), 60);
        v = policy_set_effective(settings, policy_set_value(settings, "permit_substitutes"));
        ck_assert_uint_eq(v.n, 3);
        v = policy_set_effective(settings, policy_set_value(settings, "default_kind"));
        ck_assert_str_eq(v.items[0], "web");
        policy_set_done(&set);
}
END_TEST

START_TEST(test_layers) {
        PolicySetInput in[] = { kind(POLICY_LAYER_VENDOR, "/usr/web.jsonc", "{" BASE ",\"network\":{\"http\":true},\"run\":[\"/usr/bin/true\"]}"),
                                kind(POLICY_LAYER_SITE, "/etc/web.jsonc", "{\n\"limits\":\n{\"pids\":700},\"application\":{\"program\":\"/usr/bin/x\"},\"run\":[]}"),
                                kind(POLICY_LAYER_GROUP, "/etc/g/web.jsonc", "{\"limits\":{\"pids\":600}}") };
        PolicySet set = load(in, 3);
        const PolicySetItem *web = &set.items[1];
        const PolicyMerged *pids = policy_set_value(web, "limits.pids");
        const char *file;
        unsigned line, column;

        ck_assert_int_eq(pids->value.number, 600);
        policy_set_place(web, pids->bound, &file, &line, &column);
        ck_assert_str_eq(file, "/etc/g/web.jsonc");
        policy_set_place(web, pids->over[0], &file, &line, &column);
        ck_assert_str_eq(file, "/etc/web.jsonc");
        ck_assert_uint_eq(line, 3);
        ck_assert_uint_eq(column, 2);
        ck_assert_int_eq(number(web, "display"), 0); /* a program has none */
        ck_assert_uint_eq(policy_set_effective(web, policy_set_value(web, "network.ports")).n, 2);
        ck_assert_uint_eq(policy_set_value(web, "run")->value.n, 0); /* an empty list is a value */
        ck_assert_str_eq(json_string_value(policy_check_get(web->root, "application.program")), "/usr/bin/x");
        policy_set_done(&set);
        in[2] = kind(POLICY_LAYER_GROUP, "/etc/g/web.jsonc", "{\"limits\":{\"pids\":701}}");
        refused(in, 3, "/etc/g/web.jsonc:1:12: limits.pids: this would loosen what /etc/web.jsonc:3:2 of the site layer made mandatory");
        in[2] = kind(POLICY_LAYER_GROUP, "/etc/g/web.jsonc", "{\"run\":[\"/usr/bin/true\"]}");
        refused(in, 3, "run: this would loosen");
        in[2] = kind(POLICY_LAYER_USER, "web.jsonc", "{\"start_page\":\"https://a.example/\"}");
        refused(in, 3, "a file of the user layer cannot set this");
        in[1] = kind(POLICY_LAYER_SITE, "/etc/web.jsonc", "{\"limits\":{\"pids\":700},\"recommended\":[\"limits.pids\"]}");
        in[2] = kind(POLICY_LAYER_GROUP, "/etc/g/web.jsonc", "{\"limits\":{\"pids\":701}}");
        set = load(in, 3);
        ck_assert_int_eq(number(&set.items[1], "limits.pids"), 701);
        policy_set_done(&set);
}
END_TEST

START_TEST(test_names) {
        static const char *const names[] = { "web.json", ".jsonc", "Web.jsonc", "a.b.jsonc", "web.jsonc/", "" };

        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
                PolicySetInput in = kind(POLICY_LAYER_SITE, names[i], "{" BASE "}");
                refused(&in, 1, "this file's name is not a kind's");
        }
        PolicySetInput other = kind(POLICY_LAYER_SITE, "other.jsonc", "{" BASE "}");
        refused(&other, 1, "\"web\" is not the file's name");
        PolicySetInput alone = kind(POLICY_LAYER_SITE, "web.jsonc", "{\"name\":\"web\"}");
        refused(&alone, 1, "the key \"title\" is missing");
}
END_TEST

typedef struct Seen {
        size_t n;
        PolicyChange change;
        char path[64];
} Seen;

static void note(void *data, const PolicyDiff *diff) {
        Seen *seen = data;

        seen->n++;
        seen->change = diff->change;
        snprintf(seen->path, sizeof seen->path, "%s", diff->key ? diff->key->path : diff->after ? "new" : "gone");
}

static void differ(const char *before, const char *after, const char *path, PolicyChange change) {
        PolicySetInput old = kind(POLICY_LAYER_SITE, "web.jsonc", before), new = kind(POLICY_LAYER_SITE, "web.jsonc", after);
        PolicySet a = load(&old, 1), b = load(&new, 1);
        Seen seen = { 0 };

        ck_assert_int_eq(policy_diff(&a, &a, NULL, NULL), POLICY_SAME);
        ck_assert_int_eq(policy_diff(&a, &b, note, &seen), change);
        ck_assert_uint_eq(seen.n, change == POLICY_SAME ? 0 : 1);
        ck_assert_str_eq(seen.path, path);
        policy_set_done(&a);
        policy_set_done(&b);
}

START_TEST(test_diff) {
        differ("{" BASE "}", "{" BASE ",\"limits\":{\"pids\":800}}", "", POLICY_SAME); /* the default, said aloud */
        differ("{" BASE "}", "{" BASE ",\"limits\":{\"pids\":801}}", "limits.pids", POLICY_LOOSER);
        differ("{" BASE "}", "{" BASE ",\"limits\":{\"pids\":799}}", "limits.pids", POLICY_TIGHTER);
        differ("{" BASE "}", "{" BASE ",\"limits\":{\"max_age_minutes\":1}}", "limits.max_age_minutes", POLICY_TIGHTER);
        differ("{" BASE "}", "{" BASE ",\"network\":{\"ports\":[443]}}", "", POLICY_SAME);
        differ("{" BASE "}", "{" BASE ",\"network\":{\"ports\":[443,8443]}}", "network.ports", POLICY_LOOSER);
        differ("{" BASE "}", "{" BASE ",\"start_page\":\"https://a.example/\"}", "start_page", POLICY_LOOSER); /* it could be anybody's page */
        differ("{" BASE "}", "{" TITLED "}", "title.en", POLICY_NEUTRAL);
        differ("{" BASE "}", "{" BASE ",\"policies\":{\"chromium\":{\"A\":1}}}", "policies.chromium", POLICY_LOOSER);
        differ("{" BASE ",\"env\":[\"A=b\"]}", "{" BASE "}", "env", POLICY_LOOSER);
        differ("{" BASE ",\"run\":[\"/usr/bin/true\"]}", "{" BASE "}", "run", POLICY_TIGHTER);
}
END_TEST

START_TEST(test_diff_of_kinds) {
        PolicySetInput one[] = { kind(POLICY_LAYER_SITE, "web.jsonc", "{" BASE "}") };
        PolicySetInput two[] = { one[0], kind(POLICY_LAYER_SITE, "b.jsonc", "{\"name\":\"b\",\"title\":{\"en\":\"b\",\"ja\":\"b\"},\"colour\":\"#000000\",\"application\":\"browser\"}") };
        PolicySet a = load(one, 1), b = load(two, 2);
        Seen seen = { 0 };

        ck_assert_int_eq(policy_diff(&a, &b, note, &seen), POLICY_LOOSER);
        ck_assert_str_eq(seen.path, "new");
        ck_assert_int_eq(policy_diff(&b, &a, note, &seen), POLICY_TIGHTER); /* nothing opened there by itself */
        ck_assert_str_eq(seen.path, "gone");
        policy_set_done(&b);
        two[1] = kind(POLICY_LAYER_SITE, "b.jsonc", "{\"name\":\"b\",\"title\":{\"en\":\"b\",\"ja\":\"b\"},\"colour\":\"#000000\",\"application\":\"browser\",\"sites\":[\"b.example\"]}");
        b = load(two, 2);
        ck_assert_int_eq(policy_diff(&b, &a, note, &seen), POLICY_LOOSER); /* b.example then opens elsewhere */
        policy_set_done(&a);
        policy_set_done(&b);
}
END_TEST

START_TEST(test_decision) {
        static const char *sites[] = { "bank.example" };
        static PolicyProgram programs[] = { { "browser", "/usr/bin/b" }, { "true", "/usr/bin/true" } };
        PolicyKind kinds[] = { { .name = "web", .flags = POLICY_KIND_RUN, .n_programs = 2, .programs = programs }, { .name = "bank", .sites = { 1, sites }, .n_programs = 2, .programs = programs } };
        PolicyTable table = { .n_kinds = 2, .kinds = kinds, .default_kind = "web" };
        PolicyPatternIndex *index = NULL;
        PolicyDecided d;

        ck_assert_int_eq(policy_pattern_index_new(&table, &index, NULL, NULL), 0);
        ck_assert_int_eq(policy_decision_open(&table, index, "", "https://bank.example/", &d), POLICY_DECISION_YES);
        ck_assert(d.kind == 1 && d.site == 0);
        ck_assert_int_eq(policy_decision_open(&table, index, "", "https://else.example/", &d), POLICY_DECISION_YES);
        ck_assert(d.kind == 0 && d.site == -1);
        ck_assert_int_eq(policy_decision_open(&table, index, "", "", &d), POLICY_DECISION_YES);
        ck_assert_int_eq(policy_decision_open(&table, index, "bank", "https://else.example/", &d), POLICY_DECISION_YES);
        ck_assert_int_eq(d.kind, 1);
        ck_assert_int_eq(policy_decision_open(&table, index, "web", "https://bank.example/", &d), POLICY_DECISION_OTHER_KIND);
        ck_assert_int_eq(d.kind, 1);
        ck_assert_int_eq(policy_decision_open(&table, index, "nope", "https://bank.example/", &d), POLICY_DECISION_UNKNOWN_KIND);
        ck_assert_int_eq(policy_decision_open(&table, index, "web", "javascript:1", &d), POLICY_DECISION_BAD_ADDRESS);
        ck_assert_int_eq(policy_decision_run(&table, "", "true", &d), POLICY_DECISION_YES);
        ck_assert_uint_eq(d.program, 1);
        ck_assert_int_eq(policy_decision_run(&table, "web", "browser", &d), POLICY_DECISION_NOT_RUN); /* the application is opened, not run */
        ck_assert_int_eq(policy_decision_run(&table, "bank", "true", &d), POLICY_DECISION_NOT_RUN);
        ck_assert_int_eq(policy_decision_run(&table, "nope", "true", &d), POLICY_DECISION_UNKNOWN_KIND);
        policy_pattern_index_free(index);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("policy-set");
        TCase *all = tcase_create("all");
        int failed;

        tcase_add_test(all, test_defaults);
        tcase_add_test(all, test_layers);
        tcase_add_test(all, test_names);
        tcase_add_test(all, test_diff);
        tcase_add_test(all, test_diff_of_kinds);
        tcase_add_test(all, test_decision);
        suite_add_tcase(suite, all);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
