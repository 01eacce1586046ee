/* policy-cmd-trust: writes the next trust file, unsigned.
 * Runs as: user.  Input: the command line, an earlier trust file.  Must not: sign.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-file.h"
#include "launcher/policy/policy-key.h"
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const CliCommand command = { "policy trust", N_("[--from TRUST] [--days N] FILE CHANGE ..."),
        N_("Write a trust file, or the one that follows --from; then sign it. CHANGE: add:ROLE:KEY, drop:ROLE:KEY, revoke:KEY, ROLE=N or ROLE=N/M\n"
           "(N signers, M where a change only tightens). ROLE: root, policy, pointer. KEY: a .pub file or its 64 digits"), NULL };

static int find_role(const char *word, size_t n) {
        for (int r = 0; r < POLICY_ROLES; r++)
                if (strlen(policy_role_names[r]) == n && memcmp(word, policy_role_names[r], n) == 0)
                        return r;
        return -1;
}

static void drop(PolicyTrust *t, int role, const uint8_t key[POLICY_HASH]) {
        unsigned n = 0;

        for (unsigned i = 0; i < t->n_keys; i++)
                if ((role >= 0 && (int)t->keys[i].role != role) || memcmp(t->keys[i].key, key, POLICY_HASH) != 0)
                        t->keys[n++] = t->keys[i];
        t->n_keys = n;
}

static int change_key(PolicyTrust *t, const char *verb, int role, const char *word) {
        struct PolicyTrustKey k = { .role = (PolicyRole)(role < 0 ? 0 : role) };
        int r = policy_key_public(word, k.key, k.name);

        if (r != CLI_OK)
                return r;
        if (strcmp(verb, "add") == 0 && t->n_keys < POLICY_MAX_KEYS && !policy_trust_has(t, k.role, k.key)) {
                t->keys[t->n_keys++] = k;
        } else if (strcmp(verb, "drop") == 0 && policy_trust_has(t, k.role, k.key)) {
                drop(t, role, k.key);
        } else if (strcmp(verb, "revoke") == 0 && t->n_revoked < POLICY_MAX_REVOKED && !policy_trust_revoked(t, k.key)) {
                drop(t, -1, k.key);
                memcpy(t->revoked[t->n_revoked++], k.key, POLICY_HASH);
        } else {
                return cli_options_error(&command, _("%s: that key is there already, is not there, or there is no room for it."), word);
        }
        return CLI_OK;
}

static int apply(PolicyTrust *t, const char *word) {
        const char *equals = strchr(word, '='), *colon = strchr(word, ':');
        unsigned n, m;
        char more;

        if (equals && !colon) {
                int role = find_role(word, (size_t)(equals - word)), got = sscanf(equals + 1, "%2u/%2u%c", &n, &m, &more);
                if (role < 0 || (got != 2 && sscanf(equals + 1, "%2u%c", &n, &more) != 1))
                        return cli_options_error(&command, _("%s is not a change."), word);
                t->roles[role].loosen = n;
                t->roles[role].tighten = got == 2 ? m : n;
                return CLI_OK;
        }
        if (colon && strncmp(word, "revoke:", 7) == 0)
                return change_key(t, "revoke", -1, colon + 1);
        const char *second = colon ? strchr(colon + 1, ':') : NULL;
        int role = second ? find_role(colon + 1, (size_t)(second - colon - 1)) : -1;
        if (role < 0 || (strncmp(word, "add:", 4) != 0 && strncmp(word, "drop:", 5) != 0))
                return cli_options_error(&command, _("%s is not a change."), word);
        return change_key(t, word[0] == 'a' ? "add" : "drop", role, second + 1);
}

static int load_old(const char *path, PolicyTrust *t) {
        BASE_FREE uint8_t *bytes = NULL;
        PolicySigned file;
        size_t n;
        int r = policy_file_read(path, policy_signed_max(POLICY_SIGNED_TRUST), &bytes, &n);

        if (r == 0)
                r = policy_signed_decode(bytes, n, POLICY_SIGNED_TRUST, &file);
        if (r == 0)
                r = policy_trust_decode(file.payload, file.n_payload, t);
        return r == 0 ? CLI_OK : policy_file_refuse(path, r);
}

int policy_cmd_trust(int argc, char **argv) {
        g_autofree PolicyTrust *t = g_new0(PolicyTrust, 1);
        const char *from = NULL, *days_text = "730";
        const CliOption options[] = {
                { "from", NULL, &from, N_("TRUST"), N_("The trust file in use; the new one follows it") },
                { "days", NULL, &days_text, N_("N"), N_("How long it is good; 730 if left out") },
                { 0 },
        };
        BASE_FREE uint8_t *payload = NULL, *bytes = NULL;
        PolicySigned file = { .type = POLICY_SIGNED_TRUST };
        guint64 days;
        size_t n;
        int r = cli_options_parse(&command, options, &argc, argv, 200, false);

        if (r >= 0)
                return r;
        if (argc < 2 || (!from && argc < 3))
                return cli_options_error(&command, _("Name the file to write, and the changes."));
        if (!g_ascii_string_to_unsigned(days_text, 10, 1, 3650, &days, NULL))
                return cli_options_error(&command, _("%s is not a number of days from 1 to 3650."), days_text);
        for (unsigned i = 0; i < POLICY_ROLES; i++)
                t->roles[i].loosen = t->roles[i].tighten = 1;
        if (from && (r = load_old(from, t)) != CLI_OK)
                return r;
        t->version++;
        t->issued = time(NULL);
        t->expires = t->issued + (int64_t)days * 86400;
        for (int i = 2; i < argc; i++)
                if ((r = apply(t, argv[i])) != CLI_OK)
                        return r;
        if ((r = policy_trust_encode(t, &payload, &n)) != 0)
                return policy_file_refuse(argv[1], r);
        file.payload = payload;
        file.n_payload = n;
        if ((r = policy_signed_encode(&file, &bytes, &n)) != 0 || (r = policy_file_create(argv[1], bytes, n, 0644)) != 0)
                return policy_file_refuse(argv[1], r);
        printf(_("%s: version %d; now the holders of root keys sign it.\n"), argv[1], (int)t->version);
        return CLI_OK;
}
