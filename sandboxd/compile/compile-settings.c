/* compile-settings: /etc/hanare/hanare.jsonc into the table's settings.
 * Runs as: compile.  Input: the file's bytes.  Must not: fall back to a default where the file says something wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-settings.h"
#include "policy/policy-name.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const auth_words[] = { "polkit", "owner", NULL };
static const char *const browser_words[] = { "chromium", "firefox", NULL };
/* in the order of the POLICY_SUBSTITUTE_ bits */
static const char *const substitute_words[] = { "memfd-noexec", "noswap", "landlock-scope", "cgroup-v1", "apparmor", "memfd-none", NULL };

static bool name_valid(const char *text) {
        return policy_name_valid(text);
}

const CompileKey compile_settings_keys[] = {
        { .path = "authorisation", .type = COMPILE_KEY_WORD, .fallback = "polkit", .words = auth_words, .expected = "\"polkit\" or \"owner\"",
          .about = "who decides whether a user may start a zone" },
        { .path = "browser", .type = COMPILE_KEY_WORD, .fallback = "chromium", .words = browser_words, .expected = "\"chromium\" or \"firefox\"",
          .about = "what the application \"browser\" of a kind means" },
        { .path = "default_kind", .type = COMPILE_KEY_STRING, .max = POLICY_MAX_NAME, .fallback = "web", .valid = name_valid, .expected = "the name of a kind",
          .about = "the kind for addresses that no kind names" },
        { .path = "uid_base", .type = COMPILE_KEY_NUMBER, .min = 2000200001, .max = UINT32_MAX - 2 - 8 * POLICY_MAX_ZONES, .fallback = "2000300000",
          .expected = "2000200001 to 4294965373", .about = "the first of the 1920 user and group ids that zones use" },
        { .path = "resolvers", .type = COMPILE_KEY_STRINGS, .max = POLICY_MAX_RESOLVERS, .valid = policy_numeric_valid, .expected = "a numeric address such as \"192.0.2.53\"",
          .about = "DNS servers of the gateways; empty = the host's resolv.conf" },
        { .path = "permit_substitutes", .type = COMPILE_KEY_WORDS, .max = 6, .words = substitute_words,
          .expected = "\"memfd-noexec\", \"noswap\", \"landlock-scope\", \"cgroup-v1\", \"apparmor\" or \"memfd-none\"",
          .about = "what may stand in for something that this kernel lacks" },
        { .path = "limits", .type = COMPILE_KEY_OBJECT, .expected = "an object", .about = "how many zones" },
        { .path = "limits.zones", .type = COMPILE_KEY_NUMBER, .min = 1, .max = POLICY_MAX_ZONES, .fallback = "60", .expected = "1 to 240",
          .about = "zones of all users at once" },
        { .path = "limits.zones_per_user", .type = COMPILE_KEY_NUMBER, .min = 1, .max = POLICY_MAX_ZONES, .fallback = "12", .expected = "1 to limits.zones",
          .about = "zones of one user at once" },
        { .path = "limits.starts_per_minute", .type = COMPILE_KEY_NUMBER, .min = 1, .max = 600, .fallback = "20", .expected = "1 to 600",
          .about = "starts of one user in a minute" },
        { 0 },
};

static void read_lists(CompileParts *parts, const CompileDocument *doc) {
        const json_t *one;
        size_t i;

        json_array_foreach(compile_keys_get(doc, "resolvers"), i, one)
                compile_parts_add(parts, &parts->table->resolvers, POLICY_MAX_RESOLVERS, "resolvers", json_string_value(one));
        if (!compile_keys_get(doc, "permit_substitutes")) /* what Debian's own kernels need */
                parts->table->substitutes = POLICY_SUBSTITUTE_MEMFD_NOEXEC | POLICY_SUBSTITUTE_NOSWAP | POLICY_SUBSTITUTE_LANDLOCK_SCOPE;
        json_array_foreach(compile_keys_get(doc, "permit_substitutes"), i, one)
                for (uint32_t bit = 0; substitute_words[bit]; bit++)
                        if (strcmp(substitute_words[bit], json_string_value(one)) == 0)
                                parts->table->substitutes |= 1u << bit;
}

static void read_document(CompileParts *parts, const CompileDocument *doc) {
        const CompileKey *keys = compile_settings_keys;
        PolicyTable *table = parts->table;

        table->auth = compile_keys_word(doc, keys, "authorisation");
        parts->browser = compile_keys_word(doc, keys, "browser") == 0 ? POLICY_APP_CHROMIUM : POLICY_APP_FIREFOX;
        table->default_kind = compile_parts_text(parts, "%s", compile_keys_string(doc, keys, "default_kind"));
        table->uid_base = compile_keys_number(doc, keys, "uid_base");
        table->max_zones = compile_keys_number(doc, keys, "limits.zones");
        table->max_zones_per_user = compile_keys_number(doc, keys, "limits.zones_per_user");
        table->max_starts_per_minute = compile_keys_number(doc, keys, "limits.starts_per_minute");
        if (table->max_zones_per_user > table->max_zones) {
                if (compile_keys_get(doc, "limits.zones_per_user"))
                        parts->error = compile_json_problem(doc, parts->problem, "limits.zones_per_user", "%u is out of range; expected 1 to limits.zones (%u)",
                                                            table->max_zones_per_user, table->max_zones);
                table->max_zones_per_user = table->max_zones;
        }
        read_lists(parts, doc);
}

void compile_settings_read(CompileParts *parts, const CompileInput *input) {
        CompileDocument doc = { 0 };
        int r = compile_json_load(&doc, input ? input->name : "hanare.jsonc", input ? input->bytes : "{}", input ? input->n : 2, parts->problem);

        if (r == 0)
                r = compile_keys_check(&doc, compile_settings_keys, parts->problem);
        if (r == 0)
                read_document(parts, &doc);
        else
                parts->error = r;
        compile_json_done(&doc);
}

/* Reads "name:start:count" up to the end of the line; false where the line is something else. */
static bool read_range(const char *line, size_t n, uint64_t *ret_start, uint64_t *ret_count) {
        uint64_t *numbers[] = { ret_start, ret_count };
        const char *end = line + n, *at = memchr(line, ':', n);

        for (size_t i = 0; i < 2; i++) {
                uint64_t value = 0;
                const char *from;
                if (!at)
                        return false;
                for (from = ++at; at < end && *at >= '0' && *at <= '9' && value <= UINT32_MAX; at++)
                        value = value * 10 + (uint64_t)(*at - '0');
                if (at == from || (i == 0 ? at >= end || *at != ':' : at != end))
                        return false;
                *numbers[i] = value;
        }
        return true;
}

void compile_settings_check_subuid(CompileParts *parts, const CompileInput *input) {
        uint64_t first = parts->table->uid_base, last = first + 8 * POLICY_MAX_ZONES - 1, start, count;
        unsigned number = 1;

        for (size_t at = 0; at < input->n && parts->error == 0; number++) {
                const char *line = input->bytes + at, *newline = memchr(line, '\n', input->n - at);
                size_t n = newline ? (size_t)(newline - line) : input->n - at;
                at += n + 1;
                if (n == 0 || line[0] == '#')
                        continue;
                if (!read_range(line, n, &start, &count))
                        parts->error = compile_problem_set(parts->problem, "%s:%u:1: this line is not understood; expected name:first:count", input->name, number);
                else if (count > 0 && start <= last && start + count - 1 >= first)
                        parts->error = compile_problem_set(parts->problem, "%s:%u:1: this range touches the zones' ids %llu to %llu; "
                                                           "expected another range here, or another uid_base in hanare.jsonc",
                                                           input->name, number, (unsigned long long)first, (unsigned long long)last);
        }
}
