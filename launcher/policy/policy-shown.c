/* policy-shown: signed files in words.
 * Runs as: user.  Input: signed files of anybody.  Must not: show a name as it came.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/policy/policy-shown.h"
#include "base/base-fd.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-text.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-file.h"
#include <stdio.h>
#include <string.h>

int policy_shown_load(const char *path, uint8_t **ret_bytes, size_t *ret_n, PolicySigned *ret) {
        uint8_t *bytes = NULL;
        size_t n = 0;
        int r = policy_file_read(path, policy_signed_max(POLICY_SIGNED_BUNDLE), &bytes, &n);
        PolicySignedType type = r == 0 ? policy_signed_type(bytes, n) : POLICY_SIGNED_TYPES;

        if (r == 0)
                r = type == POLICY_SIGNED_TYPES ? POLICY_REFUSED_NOT_SIGNED : policy_signed_decode(bytes, n, type, ret);
        if (r != 0) {
                free(bytes);
                return policy_file_refuse(path, r);
        }
        *ret_bytes = bytes;
        *ret_n = n;
        return CLI_OK;
}

int policy_shown_trust(const char *path, PolicyTrust *ret) {
        BASE_FREE uint8_t *bytes = NULL;
        size_t n;
        int r = policy_file_read(path, policy_signed_max(POLICY_SIGNED_TRUST), &bytes, &n);

        if (r == 0)
                r = policy_trust_first(bytes, n, ret);
        return r == 0 ? CLI_OK : policy_file_refuse(path, r);
}

static void print_time(const char *what, int64_t t) {
        char text[POLICY_TIME_MAX];

        policy_time_text(t, text);
        printf("  %s %s\n", what, text);
}

static void print_conditions(const PolicyConditions *c) {
        for (unsigned i = 0; i < c->n; i++) {
                g_autofree char *value = cli_text_escape(c->items[i].value);
                printf("  %s %s %s\n", i < c->n_must ? "must" : "option", c->items[i].name, value);
        }
}

static int print_trust(const PolicySigned *file) {
        g_autofree PolicyTrust *t = g_new0(PolicyTrust, 1);
        char hex[2 * POLICY_HASH + 1];
        int r = policy_trust_decode(file->payload, file->n_payload, t);

        if (r != 0)
                return r;
        printf(_("  trust file, version %d\n"), (int)t->version);
        print_time(_("issued:"), t->issued);
        print_time(_("expires:"), t->expires);
        for (unsigned i = 0; i < POLICY_ROLES; i++)
                printf(_("  %s: %u signers, %u where a change only tightens\n"), policy_role_names[i], t->roles[i].loosen, t->roles[i].tighten);
        for (unsigned i = 0; i < t->n_keys; i++) {
                g_autofree char *name = cli_text_escape(t->keys[i].name);
                policy_hex(t->keys[i].key, POLICY_HASH, hex);
                printf("  %-8s%s %s\n", policy_role_names[t->keys[i].role], hex, name);
        }
        for (unsigned i = 0; i < t->n_revoked; i++) {
                policy_hex(t->revoked[i], POLICY_HASH, hex);
                printf(_("  revoked %s\n"), hex);
        }
        return 0;
}

static int print_pointer(const PolicySigned *file) {
        PolicyPointer p;
        char hex[2 * POLICY_HASH + 1], release[16];
        int r = policy_pointer_decode(file->payload, file->n_payload, &p);

        if (r != 0)
                return r;
        policy_hex(p.bundle, POLICY_HASH, hex);
        policy_release_text(p.release, release);
        printf(_("  pointer of channel %s, version %llu\n"), p.channel, (unsigned long long)p.version);
        print_time(_("issued:"), p.issued);
        print_time(_("not before:"), p.not_before);
        print_time(_("expires:"), p.expires);
        printf(_("  bundle: number %llu, %llu bytes, %s\n"), (unsigned long long)p.serial, (unsigned long long)p.size, hex);
        printf(_("  needs: Hanare %s, trust file %llu\n"), release, (unsigned long long)p.trust);
        print_conditions(&p.conditions);
        return 0;
}

static int print_bundle(const PolicySigned *file) {
        PolicyBundle *b = NULL;
        int r = policy_bundle_decode(file->payload, file->n_payload, &b);

        if (r != 0)
                return r;
        printf(_("  bundle, number %llu\n"), (unsigned long long)b->serial);
        print_time(_("issued:"), b->issued);
        for (unsigned i = 0; i < b->n_channels; i++)
                printf(_("  for channel %s\n"), b->channels[i]);
        print_conditions(&b->conditions);
        for (unsigned i = 0; i < b->n_files; i++) {
                g_autofree char *size = cli_text_bytes(b->files[i].n);
                printf("  %10s  %s\n", size, b->files[i].name);
        }
        policy_bundle_free(b);
        return 0;
}

static void print_signers(const PolicySigned *file, const PolicyTrust *trust) {
        char hex[2 * POLICY_HASH + 1];

        for (unsigned i = 0; i < file->n_signatures; i++) {
                bool good = policy_signed_check(file, i) == 0, known = false;
                policy_hex(file->signatures[i].key, POLICY_HASH, hex);
                printf(good ? _("  signed by %s") : _("  BAD signature of %s"), hex);
                for (unsigned k = 0; trust && k < trust->n_keys; k++)
                        if (memcmp(trust->keys[k].key, file->signatures[i].key, POLICY_HASH) == 0) {
                                g_autofree char *name = cli_text_escape(trust->keys[k].name);
                                printf(" %s (%s)", name, policy_role_names[trust->keys[k].role]);
                                known = true;
                        }
                if (trust && policy_trust_revoked(trust, file->signatures[i].key))
                        printf(_(", which was revoked"));
                else if (trust && !known)
                        printf(_(", whom the trust file does not know"));
                putchar('\n');
        }
}

int policy_shown_print(const char *path, const PolicySigned *file, const PolicyTrust *trust) {
        g_autofree char *shown = cli_text_escape(path);

        printf("%s\n", shown);
        int r = file->type == POLICY_SIGNED_TRUST ? print_trust(file) : file->type == POLICY_SIGNED_POINTER ? print_pointer(file) : print_bundle(file);
        if (r != 0) {
                fflush(stdout);
                return policy_file_refuse(path, r);
        }
        print_signers(file, trust);
        return CLI_OK;
}
