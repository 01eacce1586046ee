/* policy-cmd-bundle: packs a folder of policy into one file, and gives an older one's content a new number.
 * Runs as: user.  Input: the caller's files.  Must not: leave a file out without a word.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-text.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-file.h"
#include "launcher/policy/policy-shown.h"
#include "policy/policy-message.h"
#include <dirent.h>
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static const char *const folders[] = { "authorities", "kinds.d", "tests.d" };

static void free_file(struct PolicyBundleFile *f) {
        g_free((char *)f->name);
        free((uint8_t *)f->bytes);
}

static int add_file(PolicyBundle *b, const char *dir, const char *name) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        uint8_t *bytes = NULL;
        size_t n = 0;
        int r;

        if (!policy_bundle_name_valid(name))
                return policy_file_refuse(path, POLICY_REFUSED_FILE_NAME);
        if (b->n_files == POLICY_MAX_BUNDLE_FILES)
                return policy_file_refuse(dir, POLICY_REFUSED_TOO_LONG);
        if ((r = policy_file_read(path, POLICY_INPUT_MAX, &bytes, &n)) < 0)
                return policy_file_refuse(path, r);
        if (!policy_bundle_text_valid(bytes, n)) {
                free(bytes);
                return policy_file_refuse(path, POLICY_REFUSED_FILE_TEXT);
        }
        b->files[b->n_files++] = (struct PolicyBundleFile){ g_strdup(name), bytes, n };
        return CLI_OK;
}

/* Hidden files are an editor's or git's; any other that has no place in a bundle is an error. */
static int add_folder(PolicyBundle *b, const char *dir, const char *folder) {
        g_autofree char *path = g_build_filename(dir, folder, NULL);
        struct dirent *e;
        int r = CLI_OK;
        DIR *d = opendir(path);

        if (!d)
                return errno == ENOENT ? CLI_OK : policy_file_refuse(path, -errno);
        while (r == CLI_OK && (e = readdir(d)))
                if (e->d_name[0] != '.') {
                        g_autofree char *name = g_build_filename(folder, e->d_name, NULL);
                        r = add_file(b, dir, name);
                }
        closedir(d);
        return r;
}

static int by_name(const void *a, const void *b) {
        return strcmp(((const struct PolicyBundleFile *)a)->name, ((const struct PolicyBundleFile *)b)->name);
}

static int collect(PolicyBundle *b, const char *dir) {
        struct dirent *e;
        int r = CLI_OK;
        DIR *d = opendir(dir);

        if (!d)
                return policy_file_refuse(dir, -errno);
        while (r == CLI_OK && (e = readdir(d))) {
                bool known = e->d_name[0] == '.' || strcmp(e->d_name, "hanare.jsonc") == 0;
                for (size_t i = 0; i < G_N_ELEMENTS(folders); i++)
                        known |= strcmp(e->d_name, folders[i]) == 0;
                if (strcmp(e->d_name, "hanare.jsonc") == 0)
                        r = add_file(b, dir, e->d_name);
                if (!known) {
                        g_autofree char *shown = cli_text_escape(e->d_name);
                        fprintf(stderr, _("Left out, it is no policy: %s\n"), shown);
                }
        }
        closedir(d);
        for (size_t i = 0; r == CLI_OK && i < G_N_ELEMENTS(folders); i++)
                r = add_folder(b, dir, folders[i]);
        qsort(b->files, b->n_files, sizeof *b->files, by_name);
        return r;
}

static int by_word(const void *a, const void *b) {
        return strcmp(a, b);
}

static int set_channels(const CliCommand *command, PolicyBundle *b, const char *words) {
        g_auto(GStrv) list = g_strsplit(words, ",", 0);

        for (unsigned i = 0; list[i]; i++) {
                if (i == POLICY_MAX_CHANNELS || !policy_word_valid(list[i], POLICY_MAX_CHANNEL))
                        return cli_options_error(command, _("%s is not a list of 1 to %d channels: small letters, digits, '-', '_' and '.', with commas between."), words, POLICY_MAX_CHANNELS);
                (void)g_strlcpy(b->channels[b->n_channels++], list[i], sizeof b->channels[0]);
        }
        qsort(b->channels, b->n_channels, sizeof b->channels[0], by_word);
        return CLI_OK;
}

static int write_bundle(PolicyBundle *b, const char *path) {
        BASE_FREE uint8_t *payload = NULL, *bytes = NULL;
        PolicySigned file = { .type = POLICY_SIGNED_BUNDLE };
        size_t n;
        int r = policy_bundle_encode(b, &payload, &n);

        if (r == 0) {
                file.payload = payload;
                file.n_payload = n;
                r = policy_signed_encode(&file, &bytes, &n);
        }
        if (r == 0)
                r = policy_file_create(path, bytes, n, 0644);
        if (r != 0)
                return policy_file_refuse(path, r);
        printf(_("%s: number %llu, %u files, %zu bytes; now it is signed, then published.\n"), path, (unsigned long long)b->serial, b->n_files, n);
        return CLI_OK;
}

static int set_serial(const CliCommand *command, PolicyBundle *b, const char *text) {
        b->issued = time(NULL);
        b->serial = (uint64_t)b->issued; /* grows by itself, whoever makes it */
        if (text && !g_ascii_string_to_unsigned(text, 10, 1, POLICY_NUMBER_MAX, &b->serial, NULL))
                return cli_options_error(command, _("%s is not a number for a bundle."), text);
        return CLI_OK;
}

int policy_cmd_bundle(int argc, char **argv) {
        static const CliCommand command = { "policy bundle", N_("[--channel NAME,NAME] [--number N] FOLDER FILE"),
                N_("Pack hanare.jsonc, kinds.d, authorities and tests.d of a folder into one file, unsigned"), NULL };
        const char *channels = "stable", *number = NULL;
        const CliOption options[] = {
                { "channel", NULL, &channels, N_("NAMES"), N_("The channels that it may be published on; stable if left out") },
                { "number", NULL, &number, N_("N"), N_("Its number, larger than every earlier one; the time in seconds if left out") },
                { 0 },
        };
        g_autofree PolicyBundle *b = g_new0(PolicyBundle, 1);
        int r = cli_options_parse(&command, options, &argc, argv, 2, false);

        if (r >= 0)
                return r;
        if (argc != 3)
                return cli_options_error(&command, _("Name the folder and the file to write."));
        if ((r = set_serial(&command, b, number)) != CLI_OK || (r = set_channels(&command, b, channels)) != CLI_OK)
                return r;
        r = collect(b, argv[1]);
        if (r == CLI_OK && b->n_files == 0) {
                fprintf(stderr, "hanare policy: %s\n", _("There is no policy in this folder."));
                r = CLI_FAILED;
        }
        if (r == CLI_OK)
                r = write_bundle(b, argv[2]);
        for (unsigned i = 0; i < b->n_files; i++)
                free_file(&b->files[i]);
        return r;
}

int policy_cmd_rollback(int argc, char **argv) {
        static const CliCommand command = { "policy rollback", N_("[--number N] OLD FILE"),
                N_("Write an older bundle's content under a new number, unsigned: desktops never go back to an old number"), NULL };
        const char *number = NULL;
        const CliOption options[] = {
                { "number", NULL, &number, N_("N"), N_("Its number, larger than every earlier one; the time in seconds if left out") },
                { 0 },
        };
        BASE_FREE uint8_t *bytes = NULL;
        PolicyBundle *b = NULL;
        PolicySigned file;
        uint64_t old;
        size_t n;
        int r = cli_options_parse(&command, options, &argc, argv, 2, false);

        if (r >= 0)
                return r;
        if (argc != 3)
                return cli_options_error(&command, _("Name the older bundle and the file to write."));
        if ((r = policy_shown_load(argv[1], &bytes, &n, &file)) != CLI_OK)
                return r;
        r = file.type == POLICY_SIGNED_BUNDLE ? policy_bundle_decode(file.payload, file.n_payload, &b) : POLICY_REFUSED_WRONG_TYPE;
        if (r != 0)
                return policy_file_refuse(argv[1], r);
        old = b->serial;
        r = set_serial(&command, b, number);
        if (r == CLI_OK && b->serial <= old)
                r = cli_options_error(&command, _("The new number must be larger than the old one, %llu."), (unsigned long long)old);
        if (r == CLI_OK)
                r = write_bundle(b, argv[2]);
        policy_bundle_free(b);
        return r;
}
