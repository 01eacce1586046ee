/* policy-cmd-explain: may this be opened or run: yes or no, the rule, how to ask.
 * Runs as: user.  Input: policy files, an address or a program.  Must not: decide by other code than the broker's.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-text.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-site.h"
#include "policy/policy-decision.h"
#include <stdio.h>
#include <string.h>

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...) {
        va_list args;
        va_start(args, format);
        g_autofree char *raw = g_strdup_vprintf(format, args);
        va_end(args);
        g_autofree char *text = cli_text_escape(raw);
        puts(text);
}

/* The line of the file that has the pattern, however it was written there. */
static void print_site_rule(const PolicySetItem *item, const char *pattern) {
        char canonical[POLICY_MAX_SITE + 1], path[40];
        unsigned line, column;

        for (size_t i = 0; i < item->n_entries; i++) {
                const PolicyEntry *e = &item->entries[i];
                for (uint32_t s = 0; strcmp(e->key->path, "sites") == 0 && s < e->value.n; s++) {
                        if (!policy_pattern_canonical(e->value.items[s], canonical) || strcmp(canonical, pattern) != 0)
                                continue;
                        snprintf(path, sizeof path, "sites[%u]", s);
                        policy_json_place(&item->documents[e->document], path, &line, &column);
                        say(_("  rule: \"%s\" in %s:%u:%u (%s)"), e->value.items[s], item->documents[e->document].file, line, column, policy_layer_names[e->layer]);
                        return;
                }
        }
}

static void print_key_rule(const PolicySetItem *item, const char *path) {
        const PolicyMerged *m = policy_set_value(item, path);
        const char *file;
        unsigned line, column;

        if (!m || !m->from) {
                say(_("  rule: %s has its default"), path);
                return;
        }
        policy_set_place(item, m->from, &file, &line, &column);
        say(_("  rule: %s in %s:%u:%u (%s)"), path, file, line, column, policy_layer_names[m->from->layer]);
}

static int unknown(const char *kind) {
        g_autofree char *sentence = g_strdup_printf(_("policy has no kind \"%s\""), kind);

        policy_tree_say(sentence);
        return CLI_UNKNOWN;
}

static int explain_open(const PolicyTree *tree, const char *kind, const char *address) {
        const PolicyTable *table = tree->table;
        PolicyDecided d;
        PolicyDecision decision = policy_decision_open(table, tree->index, kind, address, &d);
        const char *name = d.kind >= 0 ? table->kinds[d.kind].name : kind;

        if (decision == POLICY_DECISION_UNKNOWN_KIND)
                return unknown(kind);
        if (decision == POLICY_DECISION_BAD_ADDRESS) {
                say(_("No: %s is no address that a zone can open."), address);
                say(_("  expected http:// or https://, a host, and no spaces, quotes or passwords"));
                return CLI_NOT_PERMITTED;
        }
        if (decision == POLICY_DECISION_OTHER_KIND)
                say(_("No: %s opens in \"%s\" only."), address, name);
        else
                say(_("Yes: %s opens in \"%s\"."), address, name);
        if (d.site >= 0)
                print_site_rule(&tree->set.items[policy_set_find(&tree->set, POLICY_KEYS_KIND, name)], table->kinds[d.kind].sites.items[d.site]);
        else
                say(_("  rule: no kind names this address, so it may open in any"));
        if (decision == POLICY_DECISION_OTHER_KIND)
                say(_("  to change this, ask your IT to name it in \"sites\" of the kind \"%s\""), kind);
        return decision == POLICY_DECISION_YES ? CLI_OK : CLI_NOT_PERMITTED;
}

static int explain_run(const PolicyTree *tree, const char *kind, const char *program) {
        PolicyDecided d;
        PolicyDecision decision = policy_decision_run(tree->table, kind, program, &d);

        if (decision == POLICY_DECISION_UNKNOWN_KIND)
                return unknown(kind);
        if (decision == POLICY_DECISION_YES)
                say(_("Yes: \"%s\" may run %s."), kind, tree->table->kinds[d.kind].programs[d.program].path);
        else
                say(_("No: \"%s\" may not run \"%s\"."), kind, program);
        print_key_rule(&tree->set.items[policy_set_find(&tree->set, POLICY_KEYS_KIND, kind)], "run");
        if (decision != POLICY_DECISION_YES)
                say(_("  to change this, ask your IT to name it in \"run\" of the kind \"%s\""), kind);
        return decision == POLICY_DECISION_YES ? CLI_OK : CLI_NOT_PERMITTED;
}

int policy_cmd_explain(int argc, char **argv) {
        static const CliCommand command = { "policy explain", N_("[--site DIR] [--vendor DIR] KIND open ADDRESS | KIND run PROGRAM"),
                                            N_("Say whether something is permitted in a kind, by which rule, and how to ask"), NULL };
        const char *site = NULL, *vendor = NULL;
        const CliOption options[] = { POLICY_SITE_OPTIONS(site, vendor), { 0 } };
        bool is_open;
        PolicyTree *tree;
        int r = cli_options_parse(&command, options, &argc, argv, 3, false);

        if (r >= 0)
                return r;
        is_open = argc == 4 && strcmp(argv[2], "open") == 0;
        if (argc != 4 || (!is_open && strcmp(argv[2], "run") != 0))
                return cli_options_error(&command, _("Name a kind, then 'open' and an address, or 'run' and a program."));
        tree = policy_site_open(site, vendor, &r);
        if (!tree)
                return r;
        r = is_open ? explain_open(tree, argv[1], argv[3]) : explain_run(tree, argv[1], argv[3]);
        policy_tree_done(tree);
        return r;
}
