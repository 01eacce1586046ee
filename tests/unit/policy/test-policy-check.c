/* test-policy-check: for every key of the table its boundaries: the last value that is taken, the first that is not, the wrong sorts.
 * Runs as: anyone (pure).  Input: the table.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-check.h"
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* {"a":{"b": VALUE}} for the key a.b; a list of objects holds one. */
static void wrap(const PolicyKey *key, const char *value, char *out, size_t room) {
        const char *dot = strchr(key->path, '.'), *bracket = strchr(key->path, '[');

        if (bracket)
                snprintf(out, room, "{\"%.*s\":[{\"%s\":%s}]}", (int)(bracket - key->path), key->path, strchr(key->path, '.') + 1, value);
        else if (dot)
                snprintf(out, room, "{\"%.*s\":{\"%s\":%s}}", (int)(dot - key->path), key->path, dot + 1, value);
        else
                snprintf(out, room, "{\"%s\":%s}", key->path, value);
}

static PolicyProblem problem;

static bool taken(const PolicyKey *key, const char *value) {
        size_t room = strlen(value) + 200;
        char *text = malloc(room);
        PolicyDocument doc = { 0 };
        int r;

        wrap(key, value, text, room);
        problem = (PolicyProblem){ 0 };
        r = policy_json_load(&doc, "f", text, strlen(text), &problem);
        if (r == 0)
                r = policy_check_document(&doc, key->file, &problem);
        ck_assert_msg(r == 0 || r == -EINVAL, "%s", key->path);
        ck_assert_msg(r == 0 || strncmp(problem.text, "f:", 2) == 0, "%s: %s", key->path, problem.text);
        policy_json_done(&doc);
        free(text);
        return r == 0;
}

static void take(const PolicyKey *key, const char *value) {
        ck_assert_msg(taken(key, value), "%s refuses %.60s: %s", key->path, value, problem.text);
}

static void refuse(const PolicyKey *key, const char *value, const char *words) {
        ck_assert_msg(!taken(key, value), "%s takes %.60s", key->path, value);
        ck_assert_msg(strstr(problem.text, words) != NULL, "%s: \"%s\" does not say \"%s\"", key->path, problem.text, words);
}

static void try_number(const PolicyKey *key, int64_t n, bool good) {
        char text[32];

        snprintf(text, sizeof text, "%lld", (long long)n);
        if (good)
                take(key, text);
        else
                refuse(key, text, "out of range");
}

/* A text of the key that is valid, and its number-th sibling. */
static void sample(const PolicyKey *key, unsigned number, char *out, size_t room) {
        static const struct {
                const char *path, *format;
        } known[] = {
                { "name", "\"k%u\"" }, { "title.en", "\"t%u\"" }, { "title.ja", "\"題%u\"" }, { "colour", "\"#00000%u\"" }, { "arguments", "\"--a%u\"" },
                { "start_page", "\"https://a%u.example/\"" }, { "run", "\"/usr/bin/a%u\"" }, { "subtrees", "\"/usr/share/a%u\"" }, { "sites", "\"a%u.example\"" },
                { "env", "\"A%u=b\"" }, { "network.allow", "\"a%u.example\"" }, { "network.deny", "\"a%u.example\"" }, { "default_kind", "\"k%u\"" }, { "resolvers", "\"192.0.2.%u\"" }, { "network.ports", "%u" },
                { "application.program", "\"/usr/bin/a%u\"" }, { "tests[].user", "\"u%u\"" }, { "tests[].open", "\"https://a%u.example/\"" },
                { "tests[].run", "\"p%u\"" }, { "tests[].in", "\"k%u\"" }, { "tests[].kind", "\"k%u\"" },
        };

        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
                if (strcmp(known[i].path, key->path) == 0) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                        snprintf(out, room, known[i].format, number + 1);
#pragma GCC diagnostic pop
                        return;
                }
        ck_abort_msg("this test has no sample of %s", key->path);
}

static void try_list(const PolicyKey *key, int64_t n, bool good) {
        size_t room = (size_t)n * 48 + 64, at = 1;
        char *text = malloc(room), one[48];

        strcpy(text, "[");
        for (int64_t i = 0; i < n; i++) {
                sample(key, (unsigned)i, one, sizeof one);
                at += (size_t)snprintf(text + at, room - at, "%s%s", i ? "," : "", one);
        }
        strcpy(text + at, "]");
        if (good)
                take(key, text);
        else
                refuse(key, text, "are too many");
        free(text);
}

static void check_list(const PolicyKey *key) {
        char one[48], text[120];

        if (key->rule == POLICY_RULE_META)
                return;
        take(key, "[]");
        refuse(key, "{}", "this is not a list");
        refuse(key, "[[]]", "not");
        if (key->type == POLICY_KEY_WORDS) {
                snprintf(text, sizeof text, "[\"%s\",\"%s\"]", key->words[0], key->words[0]);
                refuse(key, text, "listed twice");
                refuse(key, "[\"nothing-of-this-name\"]", "is not known here");
                return;
        }
        if (key->type == POLICY_KEY_STRINGS && key->max < 1000) {
                try_list(key, key->max, true);
                try_list(key, key->max + 1, false);
        }
        sample(key, 0, one, sizeof one);
        snprintf(text, sizeof text, "[%s,%s]", one, one);
        if (key->repeats)
                take(key, text);
        else
                refuse(key, text, "listed twice");
}

static void check_string(const PolicyKey *key) {
        char *text = malloc((size_t)key->max + 8), one[48];

        sample(key, 0, one, sizeof one);
        take(key, one);
        memset(text, 'a', (size_t)key->max + 3);
        text[0] = text[key->max + 2] = '"';
        text[key->max + 3] = '\0';
        refuse(key, text, "too long");
        refuse(key, "\"a\\u0007\"", "not valid here");
        refuse(key, "7", "this is not a text");
        refuse(key, "null", "this is not a text");
        free(text);
}

START_TEST(test_every_key) {
        for (const PolicyKey *key = policy_keys; key->path; key++)
                switch (key->type) {
                case POLICY_KEY_STRING:
                        check_string(key);
                        break;
                case POLICY_KEY_WORD:
                case POLICY_KEY_CHOICE:
                        for (const char *const *w = key->words; *w; w++) {
                                char text[40];
                                snprintf(text, sizeof text, "\"%s\"", *w);
                                take(key, text);
                        }
                        refuse(key, "\"\"", "is not known here");
                        refuse(key, "[]", "this is not a text");
                        break;
                case POLICY_KEY_NUMBER:
                        try_number(key, key->min, true);
                        try_number(key, key->max, true);
                        try_number(key, key->min - 1, false);
                        try_number(key, key->max + 1, false);
                        try_number(key, INT64_MAX, false);
                        try_number(key, INT64_MIN, false);
                        refuse(key, "1.5", "whole number");
                        refuse(key, "\"1\"", "whole number");
                        refuse(key, "null", "whole number");
                        break;
                case POLICY_KEY_BOOL:
                        take(key, "true");
                        take(key, "false");
                        refuse(key, "0", "true or false");
                        refuse(key, "\"true\"", "true or false");
                        break;
                case POLICY_KEY_STRINGS:
                case POLICY_KEY_WORDS:
                        check_list(key);
                        break;
                case POLICY_KEY_NUMBERS:
                        take(key, "[1,65535]");
                        refuse(key, "[0]", "out of range");
                        refuse(key, "[65536]", "out of range");
                        refuse(key, "[1,1]", "listed twice");
                        refuse(key, "[1.0]", "whole number");
                        break;
                case POLICY_KEY_OBJECT:
                case POLICY_KEY_FREE:
                        take(key, "{}");
                        refuse(key, "[]", "this is not an object");
                        refuse(key, "null", "this is not an object");
                        break;
                case POLICY_KEY_OBJECTS:
                        take(key, "[{}]");
                        refuse(key, "[1]", "this is not an object");
                        refuse(key, "{}", "this is not a list");
                        break;
                }
}
END_TEST

/* One letter too many in any key's last part is unknown, and the key is what was meant. */
START_TEST(test_nearest) {
        for (const PolicyKey *key = policy_keys; key->path; key++) {
                const char *dot = strrchr(key->path, '.'), *last = dot ? dot + 1 : key->path;
                char path[128], words[160];
                PolicyKey wrong = *key;
                snprintf(path, sizeof path, "%sq", key->path);
                wrong.path = path;
                snprintf(words, sizeof words, "did you mean \"%s\"?", last);
                if (strlen(last) > 3)
                        refuse(&wrong, "1", words);
        }
}
END_TEST

START_TEST(test_choice) {
        const PolicyKey *key = policy_keys_find(POLICY_KEYS_KIND, "application");

        take(key, "{\"program\":\"/usr/bin/true\"}");
        refuse(key, "{}", "the key \"application.program\" is missing");
        refuse(key, "{\"program\":\"/usr/bin/true\",\"more\":1}", "application.more: this key is unknown");
}
END_TEST

int main(void) {
        Suite *suite = suite_create("policy-check");
        TCase *all = tcase_create("all");
        int failed;

        tcase_add_test(all, test_every_key);
        tcase_add_test(all, test_nearest);
        tcase_add_test(all, test_choice);
        suite_add_tcase(suite, all);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
