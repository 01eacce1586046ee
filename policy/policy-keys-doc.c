/* policy-keys-doc: writes the table of keys for people: parts of the man pages, docs/policy-keys.md. Used by tests/lint/check-keys.py.
 * Runs as: anyone (pure).  Input: which part.  Must not: be installed; say anything that the table does not.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-keys.h"
#include <stdio.h>
#include <string.h>

static const char *const directions[][2] = {
        [POLICY_DIRECTION_ANY] = { "Any change counts as looser.", "どの変更も緩和とみなします。" },
        [POLICY_DIRECTION_NONE] = { "No change of it is looser.", "変えても緩和にはなりません。" },
        [POLICY_DIRECTION_MORE] = { "More is looser.", "大きいほど緩くなります。" },
        [POLICY_DIRECTION_MORE_OR_0] = { "More is looser, and 0 is loosest.", "大きいほど緩く、0 が最も緩くなります。" },
        [POLICY_DIRECTION_TRUE] = { "true is looser.", "true のほうが緩くなります。" },
        [POLICY_DIRECTION_FALSE] = { "false is looser.", "false のほうが緩くなります。" },
        [POLICY_DIRECTION_SUPERSET] = { "An entry more is looser.", "項目が増えると緩くなります。" },
        [POLICY_DIRECTION_SUBSET] = { "An entry less is looser.", "項目が減ると緩くなります。" },
        [POLICY_DIRECTION_EARLIER] = { "The words stand from the loosest to the tightest.", "値は緩い順に並んでいます。" },
};
static const char *const rules[][2] = {
        [POLICY_RULE_REPLACE] = { "A more specific layer replaces it.", "下位の層の値に置き換わります。" },
        [POLICY_RULE_UNION] = { "The layers' lists add up.", "各層のリストを合わせます。" },
        [POLICY_RULE_MEMBERS] = { "The layers' objects add up, member by member.", "各層のオブジェクトを項目ごとに合わせます。" },
};
static const char *const applies[][2] = {
        [POLICY_APPLIES_NEXT_START] = { "Applies to zones that start later.", "次に始まるゾーンから適用されます。" },
        [POLICY_APPLIES_AT_ONCE] = { "Applies at once.", "すぐに適用されます。" },
};
static const char *const levels[][2] = {
        [POLICY_MANDATORY] = { "Mandatory where a site sets it.", "サイトが設定すると必須になります。" },
        [POLICY_RECOMMENDED] = { "A recommendation where a site sets it.", "サイトが設定しても推奨値です。" },
};

static int is_object(const PolicyKey *key) {
        return key->type == POLICY_KEY_OBJECT || key->type == POLICY_KEY_OBJECTS;
}

/* troff: a backslash and a leading dot mean something. */
static void print_roff(const char *text) {
        for (const char *s = text; *s; s++)
                if (*s == '\\')
                        printf("\\e");
                else if (*s == '"')
                        printf("\\(dq");
                else if (*s == '\'')
                        printf("\\(aq");
                else if (*s == '-')
                        printf("\\-");
                else
                        putchar(*s);
        putchar('\n');
}

static void print_man(PolicyKeyFile file) {
        for (const PolicyKey *key = policy_keys; key->path; key++) {
                if (key->file != file)
                        continue;
                printf(".TP\n.B %s\n", key->path);
                print_roff(key->en);
                if (is_object(key))
                        continue;
                printf("Expected: ");
                print_roff(key->expected);
                if (key->type >= POLICY_KEY_STRINGS && key->type <= POLICY_KEY_NUMBERS)
                        printf("(at most %lld of them).\n", (long long)key->max);
                if (key->fallback) {
                        printf("Default: ");
                        print_roff(key->fallback);
                }
                printf(".br\n");
                if (policy_keys_has_value(key) && file != POLICY_KEYS_TESTS)
                        printf("%s %s %s\n", directions[key->direction][0], rules[key->rule][0], applies[key->applies][0]);
                if (file == POLICY_KEYS_KIND && policy_keys_has_value(key))
                        printf("%s\n", levels[key->level][0]);
        }
}

static void print_cell(const char *text) {
        for (const char *s = text; *s; s++)
                printf(*s == '|' || *s == '<' || *s == '*' || *s == '_' ? "\\%c" : "%c", *s);
}

static void print_markdown(PolicyKeyFile file, const char *title) {
        printf("## %s\n\n", title);
        for (const PolicyKey *key = policy_keys; key->path; key++) {
                if (key->file != file)
                        continue;
                printf("### `%s`\n\n", key->path);
                print_cell(key->en);
                printf("\n\n");
                print_cell(key->ja);
                printf("\n\n");
                if (is_object(key))
                        continue;
                printf("- expected / 書式: ");
                print_cell(key->expected);
                if (key->type >= POLICY_KEY_STRINGS && key->type <= POLICY_KEY_NUMBERS)
                        printf("; at most / 最大 %lld", (long long)key->max);
                printf("\n- default / 既定値: %s\n- since / 導入: %s\n", key->fallback ? key->fallback : key->required ? "(needed / 必須)" : "-", key->since);
                if (policy_keys_has_value(key) && file != POLICY_KEYS_TESTS) {
                        printf("- %s / %s\n- %s / %s\n- %s / %s\n", directions[key->direction][0], directions[key->direction][1], rules[key->rule][0], rules[key->rule][1],
                               applies[key->applies][0], applies[key->applies][1]);
                        if (file == POLICY_KEYS_KIND)
                                printf("- %s / %s\n", levels[key->level][0], levels[key->level][1]);
                }
                printf("\n");
        }
}

int main(int argc, char **argv) {
        const char *what = argc == 2 ? argv[1] : "";

        if (strcmp(what, "man-kinds") == 0)
                print_man(POLICY_KEYS_KIND);
        else if (strcmp(what, "man-settings") == 0)
                print_man(POLICY_KEYS_SETTINGS);
        else if (strcmp(what, "man-tests") == 0)
                print_man(POLICY_KEYS_TESTS);
        else if (strcmp(what, "markdown") == 0) {
                printf("# Keys of policy / ポリシーの項目\n\n"
                       "Made from `policy/policy-keys-table.c` by `tests/lint/check-keys.py --write`: change it there. / "
                       "`policy/policy-keys-table.c` から `tests/lint/check-keys.py --write` で作られます。変更は元の表で行ってください。\n\n");
                print_markdown(POLICY_KEYS_KIND, "`kinds.d/*.jsonc`");
                print_markdown(POLICY_KEYS_SETTINGS, "`hanare.jsonc`");
                print_markdown(POLICY_KEYS_TESTS, "`tests.d/*.jsonc`");
        } else {
                fprintf(stderr, "usage: policy-keys-doc man-kinds | man-settings | man-tests | markdown\n");
                return 2;
        }
        return 0;
}
