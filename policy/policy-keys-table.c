/* policy-keys-table: the one table of keys. The man pages, docs/policy-keys.md and the schema are made from it.
 * Runs as: anyone (pure).  Input: none.  Must not: hold a key that no part of Hanare enforces.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-keys.h"
#include "policy/policy-limits.h"
#include "policy/policy-name.h"
#include "policy/policy-names.h"
#include "policy/policy-pattern.h"
#include "policy/policy-plan.h"
#include <string.h>

static const char *const application_words[] = { "browser", "chromium", "firefox", NULL };
static const char *const mode_words[] = { "proxy", "none", NULL };
static const char *const auth_words[] = { "polkit", "owner", NULL };
static const char *const browser_words[] = { "chromium", "firefox", NULL };
static const char *const decision_words[] = { "yes", "no", NULL };
/* in the order of the POLICY_SUBSTITUTE_ bits */
static const char *const substitute_words[] = { "memfd-noexec", "noswap", "landlock-scope", "cgroup-v1", "apparmor", "memfd-none", NULL };

static bool name_valid(const char *text) {
        return policy_name_valid(text);
}
static bool title_valid(const char *text) {
        return policy_text_valid(text, POLICY_MAX_TITLE);
}
static bool colour_valid(const char *text) {
        return strlen(text) == 7 && text[0] == '#' && strspn(text + 1, "0123456789abcdefABCDEF") == 6;
}
static bool page_valid(const char *text) {
        return text[0] == '\0' || policy_address_valid(text, NULL);
}
static bool address_valid(const char *text) {
        return policy_address_valid(text, NULL);
}
static bool arg_valid(const char *text) {
        return text[0] && policy_arg_valid(text, POLICY_MAX_ARG);
}
static bool program_valid(const char *text) {
        const char *slash = strrchr(text, '/');
        return policy_usr_path_valid(text) && strncmp(text, "/usr/local/", 11) != 0 && strncmp(text, "/usr/src/", 9) != 0 && policy_name_valid(slash + 1);
}
static bool subtree_valid(const char *text) {
        static const char *const never[] = { "/usr/bin", "/usr/sbin", "/usr/games", "/usr/local", "/usr/src" };
        for (size_t i = 0; i < sizeof never / sizeof *never; i++)
                if (strncmp(text, never[i], strlen(never[i])) == 0 && strchr("/", text[strlen(never[i])]))
                        return false;
        return policy_usr_path_valid(text) && strchr(text + 5, '/');
}
/* Names of other scripts are the compiler's to read: it has the tables for them. */
static bool name_rule_valid(const char *text) {
        char rule[POLICY_NAMES_MAX_RULE + 1];
        bool plain = true;

        for (const char *s = text; *s; s++)
                plain = plain && (unsigned char)*s < 0x80;
        return plain ? policy_names_rule_canonical(text, rule) : policy_text_valid(text, 4 * POLICY_NAMES_MAX_RULE) && !strpbrk(text, " /@?#\\\"");
}
static bool kind_path_valid(const char *text) {
        const PolicyKey *key = policy_keys_find(POLICY_KEYS_KIND, text);
        return key && policy_keys_has_value(key);
}

#define ALL_LAYERS (POLICY_LAYER_BIT(POLICY_LAYER_VENDOR) | POLICY_LAYER_BIT(POLICY_LAYER_SITE) | POLICY_LAYER_BIT(POLICY_LAYER_GROUP))
#define KIND(key) KIND_SINCE(key, "0.1")
#define KIND_SINCE(key, version) .file = POLICY_KEYS_KIND, .path = key, .layers = ALL_LAYERS, .since = version
#define SETTING(key) .file = POLICY_KEYS_SETTINGS, .path = key, .layers = POLICY_LAYER_BIT(POLICY_LAYER_SITE), .since = "0.1"
#define TEST(key) .file = POLICY_KEYS_TESTS, .path = key, .since = "0.2"
#define ADVICE .level = POLICY_RECOMMENDED /* a group may change it without more words */
#define NEEDED .required = true
#define LOOSER(how) .direction = POLICY_DIRECTION_##how
#define AT_ONCE .applies = POLICY_APPLIES_AT_ONCE
#define UNION .rule = POLICY_RULE_UNION
#define MEMBERS .rule = POLICY_RULE_MEMBERS
#define META .rule = POLICY_RULE_META
#define OBJECT(form) .type = POLICY_KEY_OBJECT, .expected = form
#define NUMBER(low, high, usual, range) .type = POLICY_KEY_NUMBER, .min = low, .max = high, .fallback = usual, .expected = range
#define NUMBERS(low, most, usual, range) .type = POLICY_KEY_NUMBERS, .min = low, .max = most, .fallback = usual, .expected = range
#define BOOL(usual) .type = POLICY_KEY_BOOL, .fallback = usual, .expected = "true or false"
#define STRING(most, check, form) .type = POLICY_KEY_STRING, .max = most, .valid = check, .expected = form
#define STRINGS(most, check, form) .type = POLICY_KEY_STRINGS, .max = most, .valid = check, .expected = form
#define WORD(list, usual, form) .type = POLICY_KEY_WORD, .words = list, .fallback = usual, .expected = form
#define WORDS(list, most, usual, form) .type = POLICY_KEY_WORDS, .words = list, .max = most, .fallback = usual, .expected = form
#define FREE .type = POLICY_KEY_FREE, .expected = "an object"
#define NAME_RULE_FORM "a host name such as \"bank.example\" (with sub-names), \".bank.example\" (that name alone) or \"*.bank.example\" (sub-names alone), and \":993\" behind it for one port"
#define PROGRAM_FORM "a program below /usr (not /usr/local) whose name is a-z, 0-9 and '-'"

const PolicyKey policy_keys[] = {
        { KIND("name"), STRING(POLICY_MAX_NAME, name_valid, "the file's name without .jsonc: a-z, then a-z, 0-9 or '-', at most 31"), NEEDED,
          .en = "The kind's name in commands, and the file's name without .jsonc.",
          .ja = "コマンドで使うゾーン種別の名前。ファイル名から .jsonc を除いたものと同じにします。" },
        { KIND("title"), OBJECT("{ \"en\": ..., \"ja\": ... }"), NEEDED, .en = "The kind's name for people.", .ja = "画面に表示する名前。" },
        { KIND("title.en"), STRING(POLICY_MAX_TITLE, title_valid, "1 to 96 bytes without control characters"), NEEDED, ADVICE, LOOSER(NONE),
          .en = "The name in English.", .ja = "英語の名前。" },
        { KIND("title.ja"), STRING(POLICY_MAX_TITLE, title_valid, "1 to 96 bytes without control characters"), NEEDED, ADVICE, LOOSER(NONE),
          .en = "The name in Japanese.", .ja = "日本語の名前。" },
        { KIND("colour"), STRING(7, colour_valid, "\"#rrggbb\""), NEEDED, ADVICE, LOOSER(NONE),
          .en = "The colour of the window's frame and of the browser.", .ja = "ウィンドウの枠とブラウザーの色。" },
        { KIND("application"), .type = POLICY_KEY_CHOICE, NEEDED, .words = application_words,
          .expected = "\"browser\", \"chromium\", \"firefox\" or { \"program\": \"/usr/bin/...\" }",
          .en = "What runs in the zone: \"browser\" (the one that hanare.jsonc names), \"chromium\", \"firefox\", or an object with one program.",
          .ja = "ゾーンで動くもの。\"browser\"（hanare.jsonc で決めたブラウザー）、\"chromium\"、\"firefox\"、またはプログラム 1 つを書いたオブジェクト。" },
        { KIND("application.program"), STRING(POLICY_MAX_PATH, program_valid, PROGRAM_FORM), NEEDED,
          .en = "A program instead of a browser. Its path has no symbolic link in it, and it is no script: a zone has no interpreter.",
          .ja = "ブラウザーの代わりに動かすプログラム。パスにシンボリックリンクを含まないこと。スクリプトは動きません（ゾーンにインタープリターはありません）。" },
        { KIND("arguments"), STRINGS(32, arg_valid, "a text without control characters"), .repeats = true,
          .en = "Further arguments of the application. For a program, one that is exactly %u becomes the address; a browser gets the address by itself. Those that would weaken a browser's own sandbox or lead around the gateway are refused.",
          .ja = "アプリケーションに渡す追加の引数。プログラムでは %u だけの引数がアドレスに置き換わります（ブラウザーには自動で渡ります）。ブラウザー自身のサンドボックスを弱めるもの、ゲートウェイを迂回するものは受け付けません。" },
        { KIND("start_page"), STRING(POLICY_MAX_ADDRESS, page_valid, "an http or https address"), ADVICE,
          .en = "What opens where no address is given.", .ja = "アドレスを指定しないときに開くページ。" },
        { KIND("run"), STRINGS(POLICY_MAX_PROGRAMS - 1, program_valid, PROGRAM_FORM), LOOSER(SUPERSET),
          .en = "What hanare run may start in a new zone of the kind, known by the last part of its path. Without this key it may start nothing.",
          .ja = "hanare run で新しいゾーンに起動できるプログラム。パスの最後の部分が名前になります。この項目がなければ何も起動できません。" },
        { KIND("subtrees"), STRINGS(16, subtree_valid, "a directory two levels below /usr, not in bin, sbin, games, local or src"), LOOSER(SUPERSET),
          .en = "Further directories of the host to show, never executable.", .ja = "ゾーンから見えるようにするホストの追加ディレクトリー。実行はできません。" },
        { KIND("sites"), STRINGS(POLICY_MAX_SITES, policy_pattern_valid, "a pattern such as \"bank.example\" (with sub-names), \".bank.example\" (that name alone), \"https://bank.example:8443/path\" or \"*\""), UNION, ADVICE, AT_ONCE,
          .en = "The addresses that open in this kind: [scheme://][.]host[:port][/path][?query], as Chromium's URL filters. hanare-policy(1) says how the best pattern is found. One pattern can stand in one kind only.",
          .ja = "この種別で開くアドレス。書式は Chromium の URL フィルターと同じ [scheme://][.]host[:port][/path][?query]。どのパターンが選ばれるかは hanare-policy(1) にあります。同じパターンを 2 つの種別に書くことはできません。" },
        { KIND("fresh"), BOOL("false"), LOOSER(FALSE), .en = "Every open gets a new zone.", .ja = "開くたびに新しいゾーンを作ります。" },
        { KIND("network"), OBJECT("an object"), .en = "The way out.", .ja = "外への通り道。" },
        { KIND("network.mode"), WORD(mode_words, "proxy", "\"proxy\" or \"none\""), LOOSER(EARLIER),
          .en = "\"proxy\": the zone reaches its gateway and nothing else. \"none\": it reaches nothing.",
          .ja = "\"proxy\" ではゲートウェイだけに、\"none\" ではどこにもつながりません。" },
        { KIND("network.http"), BOOL("false"), LOOSER(TRUE), .en = "The gateway also carries plain http.", .ja = "暗号化されない http もゲートウェイが通します。" },
        { KIND("network.ports"), NUMBERS(1, POLICY_MAX_PORTS, "443, and 80 with http", "1 to 65535"), LOOSER(SUPERSET),
          .en = "The TCP ports that the gateway dials.", .ja = "ゲートウェイが接続する TCP ポート。" },
        { KIND_SINCE("network.allow", "0.2"), STRINGS(POLICY_MAX_NAMES, name_rule_valid, NAME_RULE_FORM), .fallback = "*", LOOSER(SUPERSET), AT_ONCE,
          .en = "The names that the kind reaches, and with it an allow list: besides these and its sites it reaches nothing. An empty list: its sites alone. Without the key it reaches every public name. A port behind a name permits that port for it and no other. Public suffixes (\"co.jp\") and names reserved for private networks are refused.",
          .ja = "この種別からつながる名前の一覧。書くと、これらと sites のほかにはつながりません。空なら sites だけ。この項目がなければ公開されているすべての名前につながります。名前の後ろのポートは、その名前でそのポートだけを許可します。パブリックサフィックス（\"co.jp\" など）や私設ネットワーク用の名前は書けません。" },
        { KIND_SINCE("network.deny", "0.2"), STRINGS(POLICY_MAX_NAMES, name_rule_valid, NAME_RULE_FORM), UNION, LOOSER(SUBSET), AT_ONCE,
          .en = "Names that the kind never reaches; a port behind one denies that port alone. What is denied stays denied, whatever allows it, and so does a name that leads to a denied one.",
          .ja = "決してつながらない名前。名前の後ろのポートは、そのポートだけを拒否します。何で許可されていても拒否が優先し、拒否された名前に行き着く別名も拒否します。" },
        { KIND_SINCE("network.strict", "0.2"), BOOL("false"), LOOSER(FALSE), AT_ONCE,
          .en = "Names alone, port 443 alone, TLS alone; the server name in the TLS greeting must be the name that was asked for, and in the clear. Without it a server name that differs is refused too, but other protocols may pass.",
          .ja = "名前による接続、ポート 443、TLS だけを通します。TLS の最初にあるサーバー名は、求めた名前と同じで、暗号化されていないこと。指定しなくても、異なるサーバー名は拒否しますが、ほかのプロトコルは通ります。" },
        { KIND("limits"), OBJECT("an object"), .en = "What a zone may use.", .ja = "ゾーンが使える量。" },
        { KIND("limits.memory_mib"), NUMBER(16, 1 << 20, "3072", "16 to 1048576"), LOOSER(MORE),
          .en = "Memory in MiB, with everything the zone writes.", .ja = "メモリー（MiB）。ゾーンが書き込んだものも含みます。" },
        { KIND("limits.pids"), NUMBER(4, 32768, "800", "4 to 32768"), LOOSER(MORE), .en = "Processes and threads.", .ja = "プロセスとスレッドの数。" },
        { KIND("limits.cpu_percent"), NUMBER(5, 25600, "400", "5 to 25600"), LOOSER(MORE),
          .en = "Share of the processors; 100 is one of them.", .ja = "CPU の割合。100 で 1 個分。" },
        { KIND("limits.scratch_mib"), NUMBER(1, 1 << 20, "1024", "1 to 1048576"), LOOSER(MORE), .en = "What the zone may write, in MiB.", .ja = "ゾーンが書き込める量（MiB）。" },
        { KIND("limits.scratch_inodes"), NUMBER(64, 16 << 20, "65536", "64 to 16777216"), LOOSER(MORE), .en = "Files it may make.", .ja = "作れるファイルの数。" },
        { KIND("limits.nofile"), NUMBER(64, 1 << 20, "8192", "64 to 1048576"), LOOSER(MORE), .en = "Open files of a process.", .ja = "1 プロセスが開けるファイルの数。" },
        { KIND("limits.max_age_minutes"), NUMBER(0, 44640, "0", "0 (no limit) to 44640"), LOOSER(MORE_OR_0),
          .en = "When a zone is ended; 44640 is 31 days.", .ja = "ゾーンを終わらせるまでの分数。0 は無制限、44640 は 31 日。" },
        { KIND("display"), BOOL("true for browsers"), LOOSER(TRUE),
          .en = "Whether there is a window. A browser needs one; a program has none unless this says so.", .ja = "ウィンドウの有無。ブラウザーには必要です。プログラムでは、指定しなければありません。" },
        { KIND("env"), STRINGS(12, policy_env_valid, "NAME=VALUE, and nothing that steers the loader"),
          .en = "Further environment. Names that steer the dynamic loader or the C library are refused, and those that Hanare sets.",
          .ja = "追加の環境変数。動的リンカーや C ライブラリーの動作を変えるもの、Hanare が設定するものは受け付けません。" },
        { KIND("policies"), OBJECT("an object"), .en = "Further policies of the browsers, by the browsers' own names. They win over Hanare's, except those that keep the browser behind the gateway and inside the zone: to name one of these is a mistake.",
          .ja = "ブラウザーの追加ポリシー（名前はブラウザーのもの）。Hanare の値より優先しますが、ブラウザーをゲートウェイとゾーンの中にとどめるポリシーを書くと誤りになります。" },
        { KIND("policies.chromium"), FREE, MEMBERS, .en = "Of Chromium.", .ja = "Chromium のポリシー。" },
        { KIND("policies.firefox"), FREE, MEMBERS, .en = "Of Firefox.", .ja = "Firefox のポリシー。" },
        { KIND_SINCE("mandatory", "0.2"), STRINGS(32, kind_path_valid, "the path of a key such as \"limits.pids\""), META,
          .en = "Keys of this file whose values bind the more specific layers, which may then only tighten them.",
          .ja = "このファイルの値が下位の層を縛る項目。下位の層は厳しくすることしかできません。" },
        { KIND_SINCE("recommended", "0.2"), STRINGS(32, kind_path_valid, "the path of a key such as \"limits.pids\""), META,
          .en = "Keys of this file whose values the more specific layers may replace.", .ja = "このファイルの値を下位の層が置き換えてよい項目。" },

        { SETTING("authorisation"), WORD(auth_words, "polkit", "\"polkit\" or \"owner\""), AT_ONCE,
          .en = "Who decides whether a user may start a zone. \"polkit\" asks polkit, and refuses where polkit cannot be reached; \"owner\" lets users start, stop and see their own zones, and everything else is root's.",
          .ja = "ゾーンを始めてよいかを誰が決めるか。\"polkit\" は polkit に尋ね、応答がなければ拒否します。\"owner\" では利用者が自分のゾーンを開始・停止・表示でき、ほかは root だけが行えます。" },
        { SETTING("browser"), WORD(browser_words, "chromium", "\"chromium\" or \"firefox\""),
          .en = "What the application \"browser\" of a kind means.", .ja = "種別の application が \"browser\" のときに使うブラウザー。" },
        { SETTING("default_kind"), STRING(POLICY_MAX_NAME, name_valid, "the name of a kind"), .fallback = "web", AT_ONCE,
          .en = "The kind for addresses that no kind names.", .ja = "どの種別にも書かれていないアドレスを開く種別。" },
        { SETTING("uid_base"), NUMBER(2000200001, UINT32_MAX - 2 - 8 * POLICY_MAX_ZONES, "2000300000", "2000200001 to 4294965373"),
          .en = "The first of the 1920 user and group ids that zones use. They must be nobody's: a range of /etc/subuid or /etc/subgid that touches them is a mistake.",
          .ja = "ゾーンが使う 1920 個のユーザー ID・グループ ID の先頭。ほかで使われていないこと。/etc/subuid や /etc/subgid と重なると誤りになります。" },
        { SETTING("resolvers"), STRINGS(POLICY_MAX_RESOLVERS, policy_numeric_valid, "a numeric address such as \"192.0.2.53\""),
          .en = "DNS servers of the gateways; empty: those of the machine's resolv.conf.", .ja = "ゲートウェイが使う DNS サーバー。空ならこのコンピューターの resolv.conf のもの。" },
        { SETTING("limits"), OBJECT("an object"), .en = "How many zones.", .ja = "ゾーンの数。" },
        { SETTING("limits.zones"), NUMBER(1, POLICY_MAX_ZONES, "60", "1 to 240"), LOOSER(MORE), AT_ONCE, .en = "Zones of all users at once.", .ja = "全利用者の同時ゾーン数。" },
        { SETTING("limits.zones_per_user"), NUMBER(1, POLICY_MAX_ZONES, "12", "1 to limits.zones"), LOOSER(MORE), AT_ONCE,
          .en = "Zones of one user at once.", .ja = "1 人の同時ゾーン数。" },
        { SETTING("limits.starts_per_minute"), NUMBER(1, 600, "20", "1 to 600"), LOOSER(MORE), AT_ONCE, .en = "Starts of one user in a minute.", .ja = "1 人が 1 分間に開始できる回数。" },
        { SETTING("permit_substitutes"), WORDS(substitute_words, 6, "memfd-noexec, noswap, landlock-scope", "\"memfd-noexec\", \"noswap\", \"landlock-scope\", \"cgroup-v1\", \"apparmor\" or \"memfd-none\""),
          LOOSER(SUPERSET),
          .en = "What may stand in for something that the machine's kernel lacks. Where a substitute is needed and not permitted, zones do not start; hanare status and every receipt name those in force.",
          .ja = "このコンピューターのカーネルにない機能の代わりに使ってよいもの。必要な代替が許可されていなければゾーンは始まりません。使われている代替は hanare status と記録に表示されます。" },

        { TEST("tests"), .type = POLICY_KEY_OBJECTS, .max = 10000, .expected = "a list of objects", NEEDED, .en = "What must be so.", .ja = "成り立つべきことの一覧。" },
        { TEST("tests[].user"), STRING(255, arg_valid, "the name of a user"), .en = "Who asks.", .ja = "依頼する利用者。" },
        { TEST("tests[].open"), STRING(POLICY_MAX_ADDRESS, address_valid, "an http or https address"), .en = "An address to open.", .ja = "開くアドレス。" },
        { TEST("tests[].run"), STRING(POLICY_MAX_NAME, name_valid, "the name of a program"), .en = "A program for hanare run.", .ja = "hanare run で起動するプログラム。" },
        { TEST("tests[].in"), STRING(POLICY_MAX_NAME, name_valid, "the name of a kind"), .en = "The kind that is asked for.", .ja = "依頼するときに指定する種別。" },
        { TEST("tests[].kind"), STRING(POLICY_MAX_NAME, name_valid, "the name of a kind"), .en = "The kind in which it must open.", .ja = "開かれるべき種別。" },
        { TEST("tests[].decision"), WORD(decision_words, "yes", "\"yes\" or \"no\""), .en = "Whether it must be permitted.", .ja = "許可されるべきかどうか。" },
        { 0 },
};
