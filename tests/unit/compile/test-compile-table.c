/* test-compile-table: good files become the table they describe; each bad one gives the sentence that explains it.
 * Runs as: anyone (pure).  Input: none.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-table.h"
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "\"name\":\"web\",\"title\":{\"en\":\"W\",\"ja\":\"ウ\"},\"colour\":\"#0a0B0c\",\"application\":\"browser\""
#define KIND(rest) "{" HEAD rest "}"
/* the base64 of 30 0a and ten zero bytes: a DER sequence */
#define PEM "text before\n-----BEGIN CERTIFICATE-----\nMAoAAAAAAAAAAAAA\n-----END CERTIFICATE-----\n"

static CompileInput input(uint32_t sort, const char *name, const char *text) {
        CompileInput in = { .input = sort, .bytes = (char *)(uintptr_t)text, .n = strlen(text) };
        snprintf(in.name, sizeof in.name, "%s", name);
        return in;
}

static PolicyTable *make(const CompileInput *inputs, size_t n, uint8_t **ret_bytes) {
        CompileProblem problem;
        PolicyTable *table = NULL;
        size_t size = 0;
        int r = compile_table_make(inputs, n, 0, ret_bytes, &size, &problem);

        ck_assert_msg(r == 0, "%s", problem.text);
        ck_assert_int_eq(policy_table_decode(*ret_bytes, size, &table), 0);
        return table;
}

static const PolicyFile *file_of(const PolicyKind *kind, const char *path) {
        for (uint32_t i = 0; i < kind->n_files; i++)
                if (strcmp(kind->files[i].path, path) == 0)
                        return &kind->files[i];
        ck_abort_msg("%s", path);
        return NULL;
}

static bool has(const PolicyFile *file, const char *words) {
        return memmem(file->bytes, file->n, words, strlen(words)) != NULL;
}

START_TEST(test_whole) {
        CompileInput in[] = {
                input(POLICY_INPUT_SETTINGS, "hanare.jsonc", "{\"authorisation\":\"owner\",\"browser\":\"firefox\",\"resolvers\":[\"192.0.2.1\"],"
                      "\"permit_substitutes\":[\"noswap\",\"memfd-none\"],\"limits\":{\"zones\":9}}"),
                input(POLICY_INPUT_KIND, "web.jsonc", KIND("")),
                input(POLICY_INPUT_KIND, "other.jsonc", "{\"name\":\"other\",\"title\":{\"en\":\"O\",\"ja\":\"オ\"},\"colour\":\"#000000\","
                      "\"application\":{\"program\":\"/usr/bin/true\"},\"network\":{\"mode\":\"none\"}}"),
                input(POLICY_INPUT_KIND, "web.jsonc", "/* 上書き */" KIND(",\"run\":[\"/usr/bin/env\"],\"fresh\":true, // later wins\n\"network\":{\"http\":true},"
                      "\"limits\":{\"pids\":99},\"sites\":[\"bank.example\"],\"arguments\":[\"--kiosk\",\"--kiosk\"],\"env\":[\"A=b\"],"
                      "\"policies\":{\"firefox\":{\"DisableTelemetry\":false,\"Preferences\":{\"ui.x\":1}}}")),
                input(POLICY_INPUT_AUTHORITY, "site.pem", PEM),
                input(POLICY_INPUT_HOST_CA, "ca-certificates.crt", "# host\n"),
                input(POLICY_INPUT_SUBUID, "subuid", "alice:100000:65536\n"),
        };
        uint8_t *bytes = NULL;
        PolicyTable *table = make(in, sizeof in / sizeof *in, &bytes);
        const PolicyKind *web = &table->kinds[policy_table_find_kind(table, "web")], *other = &table->kinds[policy_table_find_kind(table, "other")];

        ck_assert_uint_eq(table->n_kinds, 2);
        ck_assert_uint_eq(table->auth, POLICY_AUTH_OWNER);
        ck_assert_uint_eq(table->substitutes, POLICY_SUBSTITUTE_NOSWAP | POLICY_SUBSTITUTE_MEMFD_NONE);
        ck_assert_uint_eq(table->max_zones, 9);
        ck_assert_uint_eq(table->max_zones_per_user, 9); /* the usual 12 is cut to what the site permits */
        ck_assert_str_eq(table->resolvers.items[0], "192.0.2.1");
        ck_assert_uint_eq(web->flags, POLICY_KIND_FLAGS_ALL & ~(uint32_t)(POLICY_KIND_STRICT | POLICY_KIND_ALLOW_LIST));
        ck_assert_uint_eq(web->app, POLICY_APP_FIREFOX);
        ck_assert_uint_eq(web->colour, 0x0a0b0c);
        ck_assert_uint_eq(web->pids, 99);
        ck_assert_uint_eq(web->n_ports, 2);
        ck_assert_str_eq(web->title_ja, "ウ");
        ck_assert_str_eq(web->programs[0].path, "/usr/lib/firefox-esr/firefox-esr");
        ck_assert_str_eq(web->programs[1].name, "env");
        ck_assert_str_eq(web->args.items[web->args.n - 1], "%u");
        ck_assert_str_eq(web->args.items[web->args.n - 2], "--kiosk");
        ck_assert(has(file_of(web, "etc/firefox/policies/policies.json"), "\"DisableTelemetry\": false"));
        ck_assert(has(file_of(web, "etc/firefox/policies/policies.json"), "\"ui.x\": 1"));
        ck_assert(has(file_of(web, "etc/firefox/policies/policies.json"), "network.http.http3.enable"));
        ck_assert(has(file_of(web, "etc/firefox/policies/policies.json"), "/etc/hanare/authorities/0.pem"));
        ck_assert(has(file_of(web, "etc/hanare/authorities/0.pem"), "MAoAAAAAAAAAAAAA\n-----END"));
        ck_assert(!has(file_of(web, "etc/hanare/authorities/0.pem"), "text before"));
        ck_assert(has(file_of(web, "etc/ssl/certs/ca-certificates.crt"), "# host\n-----BEGIN"));
        ck_assert_uint_eq(other->flags, 0);
        ck_assert_uint_eq(other->app, POLICY_APP_PROGRAM);
        ck_assert_uint_eq(other->n_ports, 0);
        ck_assert_str_eq(other->subtrees[other->n_subtrees - 1].path, "/usr/bin/true");
        ck_assert_uint_eq(other->subtrees[other->n_subtrees - 1].flags, POLICY_SUBTREE_FILE | POLICY_SUBTREE_EXEC);
        policy_table_free(table);
        free(bytes);
}
END_TEST

/* A site's file needs to say only what differs; what it says binds nobody above it. */
START_TEST(test_layers) {
        CompileInput in[] = {
                input(POLICY_INPUT_KIND, "web.jsonc", KIND(",\"limits\":{\"pids\":700,\"nofile\":100},\"sites\":[\"a.example\"],\"policies\":{\"firefox\":{\"A\":1,\"B\":1}}")),
                input(POLICY_INPUT_KIND, "web.jsonc", "{\"title\":{\"en\":\"Ours\"},\"limits\":{\"pids\":900},\"sites\":[\"HTTPS://Ｂ.example\",\"a.example\"]}"),
                input(POLICY_INPUT_SETTINGS, "hanare.jsonc", "{\"browser\":\"firefox\"}"),
        };
        uint8_t *bytes = NULL;
        CompileProblem problem;
        PolicyTable *table;
        size_t n;

        in[1].site = 1;
        ck_assert_int_eq(compile_table_make(in, 3, 0, &bytes, &n, &problem), -EINVAL); /* a wide letter would be changed by a browser */
        ck_assert_msg(strstr(problem.text, "web.jsonc:1:55: sites[0]: ") != NULL, "%s", problem.text);
        in[1] = input(POLICY_INPUT_KIND, "web.jsonc", "{\"title\":{\"en\":\"Ours\"},\"limits\":{\"pids\":900},\"sites\":[\"HTTPS://B.example\",\"a.example\"],\"policies\":{\"firefox\":{\"B\":2}}}");
        in[1].site = 1;
        table = make(in, 3, &bytes);
        ck_assert_uint_eq(table->n_kinds, 1);
        ck_assert_str_eq(table->kinds[0].title_en, "Ours");
        ck_assert_str_eq(table->kinds[0].title_ja, "ウ");
        ck_assert_uint_eq(table->kinds[0].pids, 900);
        ck_assert_uint_eq(table->kinds[0].nofile, 100);
        ck_assert_uint_eq(table->kinds[0].sites.n, 2);
        ck_assert_str_eq(table->kinds[0].sites.items[0], "a.example");
        ck_assert_str_eq(table->kinds[0].sites.items[1], "https://b.example");
        ck_assert(has(file_of(&table->kinds[0], "etc/firefox/policies/policies.json"), "\"A\": 1"));
        ck_assert(has(file_of(&table->kinds[0], "etc/firefox/policies/policies.json"), "\"B\": 2"));
        policy_table_free(table);
        free(bytes);
        /* what the vendor bound can only be tightened */
        in[0] = input(POLICY_INPUT_KIND, "web.jsonc", KIND(",\"limits\":{\"pids\":700},\n\"mandatory\":[\"limits.pids\"]"));
        ck_assert_int_eq(compile_table_make(in, 3, 0, &bytes, &n, &problem), -EINVAL);
        ck_assert_msg(strstr(problem.text, "web.jsonc:1:34: limits.pids: this would loosen what web.jsonc:1:96 of the vendor layer made mandatory") != NULL, "%s", problem.text);
}
END_TEST

/* A crash handler that could run would ring the tripwire whenever a page crashes. */
START_TEST(test_no_crash_handler) {
        static const char *const browsers[] = { "{\"browser\":\"chromium\"}", "{\"browser\":\"firefox\"}" };
        CompileInput in[] = { input(POLICY_INPUT_SETTINGS, "hanare.jsonc", browsers[_i]), input(POLICY_INPUT_KIND, "web.jsonc", KIND("")) };
        uint8_t *bytes = NULL;
        PolicyTable *table = make(in, 2, &bytes);

        ck_assert_uint_ge(table->kinds[0].execs.n, 2);
        for (uint32_t i = 0; i < table->kinds[0].execs.n; i++)
                ck_assert_ptr_null(strstr(table->kinds[0].execs.items[i], "crash"));
        policy_table_free(table);
        free(bytes);
}
END_TEST

START_TEST(test_chromium) {
        CompileInput in[] = { input(POLICY_INPUT_KIND, "web.jsonc", KIND(",\"policies\":{\"chromium\":{\"URLBlocklist\":[\"x.example\"],\"SyncDisabled\":false}}")),
                              input(POLICY_INPUT_AUTHORITY, "a.pem", PEM PEM) };
        uint8_t *bytes = NULL, *again = NULL;
        PolicyTable *table = make(in, 2, &bytes), *same;
        const PolicyKind *web = &table->kinds[0];
        const PolicyFile *file = file_of(web, "etc/chromium/policies/managed/hanare.json");
        static const char *const words[] = { "\"ProxyMode\": \"fixed_servers\"", "\"ProxyServer\": \"127.0.0.1:3128\"", "\"QuicAllowed\": false", "\"DnsOverHttpsMode\": \"off\"",
                                             "\"EncryptedClientHelloEnabled\": false", "disable_non_proxied_udp", "\"file://*\"", "\"x.example\"",
                                             "\"MAoAAAAAAAAAAAAA\"", "\"#0a0b0c\"", "\"SyncDisabled\": false" };

        ck_assert_str_eq(web->programs[0].path, "/usr/lib/chromium/chromium");
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                ck_assert_msg(has(file, words[i]), "%s", words[i]);
        for (uint32_t i = 0; i < web->args.n; i++)
                ck_assert_ptr_null(strstr(web->args.items[i], "sandbox"));
        same = make(in, 2, &again); /* the same input gives the same bytes, so the same hash */
        ck_assert_str_eq(same->kinds[0].name, "web");
        policy_table_free(same);
        policy_table_free(table);
        free(bytes);
        free(again);
}
END_TEST

START_TEST(test_names) {
        CompileInput in[] = { input(POLICY_INPUT_KIND, "web.jsonc", KIND(",\"sites\":[\"bank.example\",\".www.other.example\"],\"network\":{\"strict\":true,"
                                    "\"allow\":[\"*.CDN.Example.\",\".www.co.jp\",\"銀行.JP:443\",\"Straße.example\"],\"deny\":[\"ru\",\"ads.bank.example:8443\"]}")) };
        static const char *const allow[] = { "bank.example", ".www.other.example", "*.cdn.example", ".www.co.jp", "xn--jn2ax2s.jp:443", "xn--strae-oqa.example" };
        uint8_t *bytes = NULL;
        PolicyTable *table = make(in, 1, &bytes);
        const PolicyKind *web = table->kinds;

        ck_assert_uint_eq(web->flags & (POLICY_KIND_STRICT | POLICY_KIND_ALLOW_LIST), POLICY_KIND_STRICT | POLICY_KIND_ALLOW_LIST);
        ck_assert_uint_eq(web->allow.n, sizeof allow / sizeof *allow);
        for (uint32_t i = 0; i < web->allow.n; i++)
                ck_assert_str_eq(web->allow.items[i], allow[i]);
        ck_assert_uint_eq(web->deny.n, 2);
        ck_assert_str_eq(web->deny.items[1], "ads.bank.example:8443");
        policy_table_free(table);
        free(bytes);
}
END_TEST

static const struct {
        uint32_t sort;
        const char *name, *text, *words;
} bad[] = {
        /* JSON itself */
        { POLICY_INPUT_KIND, "web.jsonc", "{\n  \"name\": \"web\",,\n}", "web.jsonc:2:17: " },
        { POLICY_INPUT_KIND, "web.jsonc", "", "web.jsonc:1:1: " },
        { POLICY_INPUT_KIND, "web.jsonc", "[]", "expected { ... }" },
        { POLICY_INPUT_KIND, "web.jsonc", "{} trailing", "web.jsonc:1:" },
        { POLICY_INPUT_KIND, "web.jsonc", "{\"name\":\"web\",\n\"name\":\"web\"}", "duplicate object key" },
        { POLICY_INPUT_KIND, "web.jsonc", "{\"name\":\"\xff\"}", "unable to decode byte 0xff" },
        { POLICY_INPUT_KIND, "web.jsonc", "{\n /* no end", "web.jsonc:2:2: this comment does not end; expected */" },
        { POLICY_INPUT_KIND, "web.jsonc", "[[[[[[[[[1]]]]]]]]]", "web.jsonc:1:9: nested too deeply" },
        { POLICY_INPUT_KIND, "web.jsonc", "{\"name\":\"w\\u0000b\"}", "web.jsonc:1:" },
        /* keys */
        { POLICY_INPUT_KIND, "web.jsonc", "{\n // 注\n  \"nmae\": 1 }", "web.jsonc:3:3: nmae: this key is unknown; did you mean \"name\"?" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\n\"limits\": {\n  \"memory_mb\": 1}"), "web.jsonc:3:3: limits.memory_mb: this key is unknown; did you mean \"memory_mib\"?" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"limits\":{\"program\":1}"), "this key is unknown" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"\":1"), "this key is unknown" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"limits.pids\":100"), "is unknown" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"subtrees[0]\":100"), "is unknown" },
        { POLICY_INPUT_KIND, "web.jsonc", "{\"name\":\"web\"}", "the key \"title\" is missing" },
        { POLICY_INPUT_KIND, "web.jsonc", "{\"name\":\"web\",\"title\":{\"en\":\"x\"}}", "the key \"title.ja\" is missing" },
        { POLICY_INPUT_KIND, "web.jsonc", "{\"name\":\"web\",\"title\":{\"en\":\"x\",\"ja\":\"x\"},\"colour\":\"#000000\",\"application\":{}}", "the key \"application.program\" is missing" },
        /* values */
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"limits\":{\"pids\":3}"), "limits.pids: 3 is out of range; expected 4 to 32768" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"limits\":{\"pids\":1.5}"), "limits.pids: this is not a whole number" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"limits\":{\"pids\":99999999999999999999}"), "web.jsonc:1:" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"limits\":[]"), "limits: this is not an object" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"fresh\":\"yes\""), "fresh: this is not true or false; expected true or false" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"sites\":\"x\""), "sites: this is not a list" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"sites\":[\"a.example\",\n\"*.b.example\"]"), "web.jsonc:2:1: sites[1]: \"*.b.example\" is not valid here; expected a pattern such as" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"sites\":[\"a.example\",\"a.example\"]"), "sites[1]: this entry is listed twice" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"ports\":[0]}"), "network.ports[0]: 0 is out of range; expected 1 to 65535" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"ports\":[]}"), "network.ports: a network without a port" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"ports\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}"), "17 entries are too many; expected at most 16" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"mode\":\"poxy\"}"), "network.mode: \"poxy\" is not known here; expected \"proxy\" or \"none\"; did you mean \"proxy\"?" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"mode\":\"none\",\"http\":true}"), "a kind without a network cannot have this" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"allow\":[\"a.example\",\n\"co.jp\"]}"), "web.jsonc:2:1: network.allow[1]: \"co.jp\" is a public suffix" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"allow\":[\"*.GitHub.io\"]}"), "\"github.io\" is a public suffix" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"allow\":[\"jp\"]}"), "is a public suffix" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"sites\":[\"co.jp\"],\"network\":{\"allow\":[]}"), "sites[0]: \"co.jp\" is a public suffix" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"allow\":[\"*.例え.jp.\",\"*.*.jp\"]}"), "network.allow[1]: \"*.*.jp\" is not valid here" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"sites\":[\"*\"],\"network\":{\"allow\":[]}"), "sites[0]: \"*\" names no host that an allow list can hold" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"allow\":[\"\xef\xbf\xbd.example\"]}"), "network.allow[0]" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"allow\":[\"192.0.2.1\"]}"), "network.allow[0]: \"192.0.2.1\" is not valid here" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"deny\":[\"https://a.example\"]}"), "network.deny[0]: \"https://a.example\" is not valid here" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"deny\":[\"a.example:0\"]}"), "is not valid here" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"allow\":[\"printer.local\"]}"), "\"printer.local\" is reserved" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"strict\":true,\"http\":true}"), "network.http: a strict kind carries TLS alone" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"strict\":true,\"ports\":[443,8443]}"), "network.ports: a strict kind reaches port 443 alone" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"strict\":true,\"allow\":[\"a.example:993\"]}"), "a strict kind reaches port 443 alone" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"network\":{\"mode\":\"none\",\"allow\":[]}"), "network.allow: a kind without a network cannot have this" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"run\":[\"/bin/sh\"]"), "run[0]: \"/bin/sh\" is not valid here; expected a program below /usr" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"run\":[\"/usr/local/bin/x\"]"), "run[0]" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"run\":[\"/usr/bin/../bin/x\"]"), "run[0]" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"run\":[\"/usr/bin/a\",\"/usr/lib/a\"]"), "run[1]: the kind has a program \"a\" already" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"subtrees\":[\"/usr/bin\"]"), "subtrees[0]: \"/usr/bin\" is not valid here" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"subtrees\":[\"/usr/share\"]"), "subtrees[0]" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"start_page\":\"file:///etc\""), "start_page: \"file:///etc\" is not valid here; expected an http or https address" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"arguments\":[\"--no-sandbox\"]"), "arguments[0]: \"--no-sandbox\" would weaken the browser" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"arguments\":[\"--x\",\"--proxy-server=x\"]"), "arguments[1]" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"arguments\":[\"a\\nb\"]"), "arguments[0]: \"a?b\" is not valid here" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"env\":[\"LD_PRELOAD=/x\"]"), "env[0]" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"env\":[\"HOME=/x\"]"), "env[0]: this variable is set by Hanare" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"display\":false"), "display: a browser needs a window" },
        { POLICY_INPUT_KIND, "web.jsonc", KIND(",\"policies\":{\"chromium\":{\"QuicAllowed\":true}}"), "policies.chromium.QuicAllowed: this policy is set by Hanare in every zone" },
        { POLICY_INPUT_KIND, "other.jsonc", KIND(""), "name: \"web\" is not the file's name; expected the file web.jsonc" },
        { POLICY_INPUT_KIND, "web.jsonc", "{\"name\":\"web\",\"title\":{\"en\":\"\xe2\x80\xae\",\"ja\":\"x\"},\"colour\":\"#000000\",\"application\":\"browser\"}", "title.en: " },
        { POLICY_INPUT_KIND, "web.jsonc", "{\"name\":\"web\",\"title\":{\"en\":\"x\",\"ja\":\"x\"},\"colour\":\"orange\",\"application\":\"browser\"}", "colour: \"orange\" is not valid here; expected \"#rrggbb\"" },
        { POLICY_INPUT_KIND, "web.jsonc", "{\"name\":\"web\",\"title\":{\"en\":\"x\",\"ja\":\"x\"},\"colour\":\"#000000\",\"application\":\"chrome\"}", "application: \"chrome\" is not known here" },
        /* settings */
        { POLICY_INPUT_SETTINGS, "hanare.jsonc", "{\"authorisation\":\"owners\"}", "hanare.jsonc:1:2: authorisation: \"owners\" is not known here; expected \"polkit\" or \"owner\"; did you mean \"owner\"?" },
        { POLICY_INPUT_SETTINGS, "hanare.jsonc", "{\"uid_base\":1000}", "uid_base: 1000 is out of range; expected 2000200001 to 4294965373" },
        { POLICY_INPUT_SETTINGS, "hanare.jsonc", "{\"resolvers\":[\"dns.example\"]}", "resolvers[0]: \"dns.example\" is not valid here; expected a numeric address" },
        { POLICY_INPUT_SETTINGS, "hanare.jsonc", "{\"permit_substitutes\":[\"swap\"]}", "did you mean \"noswap\"?" },
        { POLICY_INPUT_SETTINGS, "hanare.jsonc", "{\"default_kind\":\"nope\"}", "there is no kind \"nope\"" },
        { POLICY_INPUT_SETTINGS, "hanare.jsonc", "{\"limits\":{\"zones\":2,\"zones_per_user\":3}}", "limits.zones_per_user: 3 is out of range; expected 1 to limits.zones (2)" },
        /* the others */
        { POLICY_INPUT_SUBUID, "subuid", "a:1:2\nb:2000300000:1\n", "subuid:2:1: this range touches the zones' ids 2000300000 to 2000301919" },
        { POLICY_INPUT_SUBUID, "subuid", "a:1999999999:400000\n", "touches" },
        { POLICY_INPUT_SUBUID, "subuid", "a:1\n", "subuid:1:1: this line is not understood; expected name:first:count" },
        { POLICY_INPUT_AUTHORITY, "a.pem", "-----BEGIN PRIVATE KEY-----\n", "a.pem:1:1: this file holds something else than certificates" },
        { POLICY_INPUT_AUTHORITY, "a.pem", "hello", "there is no certificate here" },
        { POLICY_INPUT_AUTHORITY, "a.pem", "\n-----BEGIN CERTIFICATE-----\nMAoAAAAA", "a.pem:2:1: this certificate does not end" },
        { POLICY_INPUT_AUTHORITY, "a.pem", "-----BEGIN CERTIFICATE-----\nMAkAAAAAAAAAAAAA\n-----END CERTIFICATE-----\n", "this is not a certificate" },
        { POLICY_INPUT_AUTHORITY, "a.pem", "-----BEGIN CERTIFICATE-----\nMAoAAAA<AAAAAAAA\n-----END CERTIFICATE-----\n", "this is not a certificate" },
};

START_TEST(test_bad) {
        CompileInput in[] = { input(bad[_i].sort, bad[_i].name, bad[_i].text), input(POLICY_INPUT_KIND, "plain.jsonc", "") };
        CompileProblem problem;
        uint8_t *bytes = NULL;
        size_t n = 0;
        int r;

        if (bad[_i].sort != POLICY_INPUT_KIND) /* with a good kind beside it */
                in[1] = input(POLICY_INPUT_KIND, "web.jsonc", KIND(""));
        r = compile_table_make(in, bad[_i].sort == POLICY_INPUT_KIND ? 1 : 2, 0, &bytes, &n, &problem);
        ck_assert_msg(r == -EINVAL, "accepted: %s", bad[_i].text);
        ck_assert_msg(strstr(problem.text, bad[_i].words) != NULL, "\"%s\" does not say \"%s\"", problem.text, bad[_i].words);
        ck_assert_ptr_null(bytes);
}
END_TEST

START_TEST(test_many) {
        static CompileInput in[POLICY_MAX_KINDS + 1];
        static char texts[POLICY_MAX_KINDS + 1][200], ca[230000];
        CompileProblem problem;
        uint8_t *bytes = NULL;
        size_t n = 0;

        memset(ca, 'x', sizeof ca - 1);
        for (size_t i = 0; i <= POLICY_MAX_KINDS; i++) {
                char name[40];
                snprintf(texts[i], sizeof texts[i], "{\"name\":\"k%zu\",\"title\":{\"en\":\"x\",\"ja\":\"x\"},\"colour\":\"#000000\",\"application\":\"browser\"}", i);
                snprintf(name, sizeof name, "k%zu.jsonc", i);
                in[i] = input(POLICY_INPUT_KIND, name, texts[i]);
        }
        ck_assert_int_eq(compile_table_make(in, POLICY_MAX_KINDS + 1, 0, &bytes, &n, &problem), -EINVAL);
        ck_assert_ptr_nonnull(strstr(problem.text, "too many kinds"));
        /* as many kinds as there may be, each with the host's certificates, fit: contents are held once */
        CompileInput all[POLICY_MAX_KINDS + 2];
        memcpy(all, in, sizeof(CompileInput) * POLICY_MAX_KINDS);
        all[POLICY_MAX_KINDS] = input(POLICY_INPUT_HOST_CA, "ca-certificates.crt", ca);
        all[POLICY_MAX_KINDS + 1] = input(POLICY_INPUT_SETTINGS, "hanare.jsonc", "{\"default_kind\":\"k0\"}");
        ck_assert_int_eq(compile_table_make(all, POLICY_MAX_KINDS + 2, 0, &bytes, &n, &problem), 0);
        free(bytes);
        CompileInput twice[] = { in[0], all[POLICY_MAX_KINDS + 1], all[POLICY_MAX_KINDS + 1] };
        ck_assert_int_eq(compile_table_make(twice, 3, 0, &bytes, &n, &problem), -EINVAL);
        ck_assert_ptr_nonnull(strstr(problem.text, "handed over twice"));
        ck_assert_int_eq(compile_table_make(NULL, 0, 0, &bytes, &n, &problem), -EINVAL);
        ck_assert_ptr_nonnull(strstr(problem.text, "there is no kind"));
        CompileInput same_site[] = { input(POLICY_INPUT_KIND, "web.jsonc", KIND(",\"sites\":[\"a.example\"]")),
                                     input(POLICY_INPUT_KIND, "z.jsonc", "{\"name\":\"z\",\"title\":{\"en\":\"x\",\"ja\":\"x\"},\"colour\":\"#000000\",\"application\":\"browser\",\"sites\":[\"a.example\"]}") };
        ck_assert_int_eq(compile_table_make(same_site, 2, 0, &bytes, &n, &problem), -EINVAL);
        ck_assert_ptr_nonnull(strstr(problem.text, "\"a.example\" belongs to the kind \"web\" already"));
}
END_TEST

int main(void) {
        Suite *suite = suite_create("compile-table");
        TCase *all = tcase_create("all");
        int failed;

        tcase_add_test(all, test_whole);
        tcase_add_test(all, test_layers);
        tcase_add_test(all, test_names);
        tcase_add_test(all, test_chromium);
        tcase_add_loop_test(all, test_no_crash_handler, 0, 2);
        tcase_add_loop_test(all, test_bad, 0, sizeof bad / sizeof *bad);
        tcase_add_test(all, test_many);
        suite_add_tcase(suite, all);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
