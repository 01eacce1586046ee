/* policy-cmd-show: the values in force, each with the layer, file and line it came from and what it replaced.
 * Runs as: user.  Input: policy files.  Must not: show a value that another one replaced as if it counted.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-text.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-site.h"
#include "launcher/policy/policy-value.h"
#include <stdio.h>
#include <string.h>

/* "site /etc/hanare/kinds.d/web.jsonc:3:5" */
static char *place(const PolicySetItem *item, const PolicyEntry *entry) {
        const char *file;
        unsigned line, column;

        policy_set_place(item, entry, &file, &line, &column);
        g_autofree char *raw = g_strdup_printf("%s %s:%u:%u", policy_layer_names[entry->layer], file, line, column);
        return cli_text_escape(raw);
}

static void print_item(const PolicySetItem *item) {
        puts(item->file == POLICY_KEYS_SETTINGS ? "hanare.jsonc" : item->name);
        for (size_t i = 0; i < item->n_merged; i++) {
                const PolicyMerged *m = &item->merged[i];
                const PolicyValue value = policy_set_effective(item, m);
                g_autofree char *left = cli_text_pad(m->key->path, 24), *shown = policy_value_text(m->key, &value);
                if (!m->set && value.n == 0 && m->key->type != POLICY_KEY_NUMBER && m->key->type != POLICY_KEY_BOOL)
                        continue;
                printf("  %s %s\n", left, shown);
                g_autofree char *from = m->from ? place(item, m->from) : g_strdup(_("default"));
                printf("      %s%s\n", from, m->bound ? _(" (mandatory)") : "");
                for (uint32_t o = 0; o < m->n_over; o++) {
                        g_autofree char *old = policy_value_text(m->key, &m->over[o]->value), *where = place(item, m->over[o]);
                        printf(m->key->rule == POLICY_RULE_REPLACE ? _("      replaces %s from %s\n") : _("      adds to %s from %s\n"), old, where);
                }
        }
}

static void write_entry(CliJson *out, const PolicySetItem *item, const PolicyKey *key, const PolicyEntry *entry) {
        const char *file;
        unsigned line, column;

        policy_set_place(item, entry, &file, &line, &column);
        policy_value_json(out, "value", key, &entry->value);
        cli_json_string(out, "layer", policy_layer_names[entry->layer]);
        cli_json_string(out, "file", file);
        cli_json_uint(out, "line", line);
        cli_json_uint(out, "column", column);
}

static void write_item(CliJson *out, const PolicySetItem *item) {
        cli_json_begin(out, NULL, '{');
        cli_json_string(out, "kind", item->file == POLICY_KEYS_SETTINGS ? NULL : item->name);
        cli_json_begin(out, "values", '[');
        for (size_t i = 0; i < item->n_merged; i++) {
                const PolicyMerged *m = &item->merged[i];
                const PolicyValue value = policy_set_effective(item, m);
                cli_json_begin(out, NULL, '{');
                cli_json_string(out, "key", m->key->path);
                policy_value_json(out, "value", m->key, &value);
                cli_json_string(out, "level", m->bound ? "mandatory" : "recommended");
                cli_json_string(out, "applies", m->key->applies == POLICY_APPLIES_AT_ONCE ? "at-once" : "next-start");
                if (m->from) {
                        cli_json_begin(out, "from", '{');
                        write_entry(out, item, m->key, m->from);
                        cli_json_end(out, '}');
                }
                cli_json_begin(out, "over", '[');
                for (uint32_t o = 0; o < m->n_over; o++) {
                        cli_json_begin(out, NULL, '{');
                        write_entry(out, item, m->key, m->over[o]);
                        cli_json_end(out, '}');
                }
                cli_json_end(out, ']');
                cli_json_end(out, '}');
        }
        cli_json_end(out, ']');
        cli_json_end(out, '}');
}

static int show(const PolicySet *set, const char *zone, bool json) {
        __attribute__((cleanup(cli_json_done))) CliJson out;
        int only = zone ? policy_set_find(set, POLICY_KEYS_KIND, zone) : -1;

        cli_json_init(&out);
        if (zone && only < 0) {
                g_autofree char *sentence = g_strdup_printf(_("policy has no kind \"%s\""), zone);
                policy_tree_say(sentence);
                return CLI_UNKNOWN;
        }
        cli_json_begin(&out, NULL, '[');
        for (size_t i = 0; i < set->n; i++)
                if (only < 0 || (size_t)only == i) {
                        if (json)
                                write_item(&out, &set->items[i]);
                        else
                                print_item(&set->items[i]);
                }
        cli_json_end(&out, ']');
        return !json || cli_json_print(&out) ? CLI_OK : CLI_FAILED;
}

int policy_cmd_show(int argc, char **argv) {
        static const CliCommand command = { "policy show", N_("[--zone KIND] [--site DIR] [--vendor DIR] [--json]"),
                                            N_("Show the values in force, and the layer, file and line each comes from"), NULL };
        const char *zone = NULL, *site = NULL, *vendor = NULL;
        bool json = false;
        const CliOption options[] = {
                { "zone", NULL, &zone, N_("KIND"), N_("This kind only") },
                POLICY_SITE_OPTIONS(site, vendor),
                { "json", &json, NULL, NULL, N_("Write JSON") },
                { 0 },
        };
        PolicyTree *tree;
        int r = cli_options_parse(&command, options, &argc, argv, 0, false);

        if (r >= 0)
                return r;
        tree = policy_site_open(site, vendor, &r);
        if (!tree)
                return r;
        r = show(&tree->set, zone, json);
        policy_tree_done(tree);
        return r;
}
