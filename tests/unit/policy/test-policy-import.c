/* test-policy-import: which rule decides; nothing comes home that no rule names.
 * Runs as: anyone (pure).  Input: none.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-import.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static PolicyVerdict verdict_of(uint32_t type, uint32_t findings, uint32_t doubt) {
        return (PolicyVerdict){ .magic = POLICY_VERDICT_MAGIC, .version = 1, .type = type, .worst = type, .findings = findings, .doubt = doubt, .size = 100 };
}

static PolicyImportDecision decide(const char *name, PolicyVerdict v) {
        PolicyImportDecision d;

        policy_import_decide(name, strlen(name), 100, &v, &d);
        return d;
}

START_TEST(each_class_comes_home) {
        static const struct { const char *name; uint32_t type, rule; } rows[] = {
                { "a.png", POLICY_TYPE_PNG, POLICY_RULE_IMAGE }, { "a.txt", POLICY_TYPE_TEXT, POLICY_RULE_TEXT }, { "README", POLICY_TYPE_TEXT, POLICY_RULE_TEXT },
                { "a.pdf", POLICY_TYPE_PDF, POLICY_RULE_PDF }, { "a.DOCX", POLICY_TYPE_DOCX, POLICY_RULE_OFFICE }, { "a.xls", POLICY_TYPE_XLS, POLICY_RULE_OFFICE },
        };
        PolicyImportDecision d = decide(rows[_i].name, verdict_of(rows[_i].type, 0, 0));

        ck_assert_uint_eq(d.outcome, POLICY_IMPORT_AS_IS);
        ck_assert_uint_eq(d.rule, rows[_i].rule);
}
END_TEST

/* Every type with every single finding, every doubt, every ending: only the four classes come home, with none of them. */
START_TEST(nothing_else_comes_home) {
        static const char *const names[] = { "a.png", "a.txt", "a.csv", "a.pdf", "a.docx", "a.exe", "a", "a.zip", "a.html" };

        for (uint32_t type = 0; type < POLICY_TYPES; type++)
                for (unsigned bit = 0; bit <= POLICY_FINDINGS; bit++)
                        for (uint32_t doubt = 0; doubt < POLICY_DOUBTS; doubt++)
                                for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
                                        uint32_t findings = bit < POLICY_FINDINGS ? 1u << bit : 0;
                                        PolicyImportDecision d = decide(names[i], verdict_of(type, findings, doubt));
                                        PolicyClass class = policy_type_class(type);
                                        if (d.outcome == POLICY_IMPORT_REFUSED)
                                                continue;
                                        ck_assert(class == POLICY_CLASS_IMAGE || class == POLICY_CLASS_TEXT || class == POLICY_CLASS_PDF || class == POLICY_CLASS_OFFICE);
                                        ck_assert_uint_eq(doubt, POLICY_DOUBT_NONE);
                                        ck_assert((findings & ~(uint32_t)POLICY_FIND_FORMULA) == 0);
                                        ck_assert(policy_type_fits(type, d.name.ext));
                                }
}
END_TEST

START_TEST(no_verdict_is_a_refusal) {
        PolicyVerdict good = verdict_of(POLICY_TYPE_PNG, 0, 0), bad[7];
        PolicyImportDecision d;

        policy_import_decide("a.png", 5, 100, NULL, &d);
        ck_assert_uint_eq(d.rule, POLICY_RULE_NO_VERDICT);
        ck_assert_uint_eq(d.outcome, POLICY_IMPORT_REFUSED);
        for (int i = 0; i < 7; i++)
                bad[i] = good;
        bad[0].magic = 0;
        bad[1].version = 2;
        bad[2].type = POLICY_TYPES;
        bad[3].size = 99;
        bad[4].findings = 1u << 31;
        bad[5].doubt = POLICY_DOUBTS;
        bad[6].entries = POLICY_VET_MAX_ENTRIES + 1;
        for (int i = 0; i < 7; i++) {
                d = decide("a.png", bad[i]);
                ck_assert_uint_eq(d.rule, POLICY_RULE_NO_VERDICT);
                ck_assert_uint_eq(d.outcome, POLICY_IMPORT_REFUSED);
        }
        ck_assert_uint_eq(decide("a.png", good).outcome, POLICY_IMPORT_AS_IS);
}
END_TEST

START_TEST(the_program_inside_counts) {
        PolicyVerdict v = verdict_of(POLICY_TYPE_DOCX, 0, 0);

        v.worst = POLICY_TYPE_LNK;
        ck_assert_uint_eq(decide("a.docx", v).rule, POLICY_RULE_PROGRAM_INSIDE);
}
END_TEST

START_TEST(size_decides) {
        PolicyVerdict v = verdict_of(POLICY_TYPE_PNG, 0, 0);
        PolicyImportDecision d;

        v.size = POLICY_IMPORT_HOLD + 1;
        policy_import_decide("a.png", 5, v.size, &v, &d);
        ck_assert_uint_eq(d.outcome, POLICY_IMPORT_WAITING);
        v.size = POLICY_VET_MAX_FILE + 1ull;
        policy_import_decide("a.png", 5, v.size, &v, &d);
        ck_assert_uint_eq(d.rule, POLICY_RULE_SIZE);
}
END_TEST

START_TEST(every_rule_says_why) {
        ck_assert(*policy_import_rule_name(_i) && *policy_import_rule_why(_i));
        ck_assert(*policy_import_rule_help(_i) || _i >= POLICY_RULE_IMAGE);
        for (int other = 0; other < _i; other++)
                ck_assert_str_ne(policy_import_rule_name(_i), policy_import_rule_name(other));
}
END_TEST

int main(void) {
        Suite *s = suite_create("policy-import");
        TCase *t = tcase_create("rules");
        SRunner *r = srunner_create(s);

        suite_add_tcase(s, t);
        tcase_add_loop_test(t, each_class_comes_home, 0, 6);
        tcase_add_test(t, nothing_else_comes_home);
        tcase_add_test(t, no_verdict_is_a_refusal);
        tcase_add_test(t, the_program_inside_counts);
        tcase_add_test(t, size_decides);
        tcase_add_loop_test(t, every_rule_says_why, 0, POLICY_RULES);
        srunner_run_all(r, CK_NORMAL);
        int failed = srunner_ntests_failed(r);
        srunner_free(r);
        return failed != 0;
}
