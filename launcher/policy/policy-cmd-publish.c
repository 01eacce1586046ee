/* policy-cmd-publish: writes a channel as files for any web server: trust files and bundle first, the pointer last.
 * Runs as: user.  Input: signed files, the pointer key, the folder as it is.  Must not: publish what a desktop would refuse, go back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "hanare-config.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-text.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-file.h"
#include "launcher/policy/policy-key.h"
#include "launcher/policy/policy-shown.h"
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

static const CliCommand command = { "policy publish", N_("--trust TRUST --key KEY [--bundle FILE] [--channel NAME] FOLDER"),
        N_("Write a channel into a folder for a web server; without --bundle its pointer is renewed"), NULL };

typedef struct Publish {
        const char *dir, *trust_path, *bundle_path, *key, *passphrase, *channel;
        char *pointer_path;
        bool tightens;
        int64_t days, wait;
        uint64_t release;
        PolicyTrust trust;
        PolicyFleet fleet;     /* what a desktop that has the pointer of now remembers */
        PolicyPointer pointer; /* the pointer of now, then the next */
} Publish;

static int make_folder(const char *dir, const char *name) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        return mkdir(path, 0755) < 0 && errno != EEXIST ? policy_file_refuse(path, -errno) : CLI_OK;
}

/* One publisher at a time; the lock goes with the process. A file that only this publisher's account can open: others could hold a folder's. */
static int lock_folder(const char *dir) {
        g_autofree char *path = g_build_filename(dir, ".lock", NULL);
        int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

        if (fd < 0)
                return policy_file_refuse(path, -errno);
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
                return CLI_OK;
        close(fd);
        fprintf(stderr, "hanare policy: %s\n", _("Somebody else is publishing into this folder now."));
        return CLI_FAILED;
}

/* The pointer that is published now; its signature is checked, so that a changed one is not continued. */
static int load_pointer(Publish *p) {
        BASE_FREE uint8_t *bytes = NULL;
        PolicySigned file;
        size_t n;
        int r = policy_file_read(p->pointer_path, policy_signed_max(POLICY_SIGNED_POINTER), &bytes, &n);

        p->fleet = (PolicyFleet){ .trust = p->trust.version, .issued = p->trust.issued, .expires = p->trust.issued };
        (void)g_strlcpy(p->fleet.channel, p->channel, sizeof p->fleet.channel);
        if (r == -ENOENT)
                return CLI_OK;
        if (r == 0)
                r = policy_signed_decode(bytes, n, POLICY_SIGNED_POINTER, &file);
        if (r == 0)
                r = policy_pointer_decode(file.payload, file.n_payload, &p->pointer);
        if (r == 0 && policy_trust_check(&p->trust, &file, POLICY_ROLE_POINTER, true) == 0)
                policy_fleet_remember(&p->fleet, &p->trust, bytes, n, &p->pointer);
        return r == 0 ? CLI_OK : policy_file_refuse(p->pointer_path, r);
}

/* Puts a file that never changes; one that is there already must be the same. */
static int put_once(const char *path, const uint8_t *bytes, size_t n) {
        BASE_FREE uint8_t *there = NULL;
        size_t n_there;
        int r = policy_file_read(path, policy_signed_max(POLICY_SIGNED_BUNDLE), &there, &n_there);

        if (r == 0 && n_there == n && memcmp(there, bytes, n) == 0)
                return CLI_OK;
        if (r == 0 && n_there > 0) {
                g_autofree char *shown = cli_text_escape(path);
                fprintf(stderr, _("hanare policy: %s is published already, with other content.\n"), shown);
                return CLI_FAILED;
        }
        r = policy_file_replace(path, bytes, n, 0644);
        return r < 0 ? policy_file_refuse(path, r) : CLI_OK;
}

static int put_trust(Publish *p) {
        g_autofree char *name = g_strdup_printf("trust/%llu.trust", (unsigned long long)p->trust.version), *path = g_build_filename(p->dir, name, NULL);
        BASE_FREE uint8_t *bytes = NULL;
        size_t n;
        int r = policy_file_read(p->trust_path, policy_signed_max(POLICY_SIGNED_TRUST), &bytes, &n);

        return r < 0 ? policy_file_refuse(p->trust_path, r) : put_once(path, bytes, n);
}

static char *bundle_path(const Publish *p) {
        char hex[2 * POLICY_HASH + 1];
        g_autofree char *name = NULL;

        policy_hex(p->pointer.bundle, POLICY_HASH, hex);
        name = g_strdup_printf("bundle/%s.bundle", hex);
        return g_build_filename(p->dir, name, NULL);
}

static int by_key(const void *a, const void *b) {
        return memcmp(a, b, POLICY_HASH);
}

/* What the next pointer says of this bundle. */
static int describe(Publish *p, const uint8_t *bytes, size_t n) {
        PolicySigned file;
        PolicyBundle *b = NULL;
        int r = policy_signed_decode(bytes, n, POLICY_SIGNED_BUNDLE, &file);

        if (r == 0)
                r = policy_bundle_decode(file.payload, file.n_payload, &b);
        if (r != 0)
                return r;
        crypto_hash_sha256(p->pointer.bundle, bytes, n);
        p->pointer.size = n;
        p->pointer.serial = b->serial;
        p->pointer.n_signers = 0;
        for (unsigned i = 0; i < file.n_signatures && p->pointer.n_signers < POLICY_MAX_SIGNERS; i++)
                if (policy_trust_has(&p->trust, POLICY_ROLE_POLICY, file.signatures[i].key))
                        memcpy(p->pointer.signers[p->pointer.n_signers++], file.signatures[i].key, POLICY_HASH);
        qsort(p->pointer.signers, p->pointer.n_signers, POLICY_HASH, by_key);
        policy_bundle_free(b);
        return p->pointer.n_signers > 0 ? 0 : POLICY_REFUSED_TOO_FEW;
}

/* The bundle to publish, or the one that is published, checked as a desktop will. */
static int load_bundle(Publish *p, uint8_t **ret, size_t *ret_n) {
        g_autofree char *path = p->bundle_path ? g_strdup(p->bundle_path) : bundle_path(p);
        BASE_FREE uint8_t *bytes = NULL;
        size_t n;
        int r = policy_file_read(path, policy_signed_max(POLICY_SIGNED_BUNDLE), &bytes, &n);

        if (r == 0 && p->bundle_path)
                r = describe(p, bytes, n);
        if (r == 0)
                r = policy_fleet_bundle(&p->trust, &p->pointer, bytes, n, !p->tightens, NULL);
        if (r != 0)
                return policy_file_refuse(path, r);
        *ret = base_steal(&bytes);
        *ret_n = n;
        return CLI_OK;
}

/* Web servers tell two files of one size apart by the second in which they were written (nginx's ETag): each pointer has its own. */
static void wait_a_second(const char *path) {
        struct stat st;

        for (int i = 0; i < 3 && stat(path, &st) == 0 && st.st_mtime >= time(NULL); i++)
                g_usleep(G_USEC_PER_SEC / 2);
}

/* The signed pointer, checked as a desktop that follows this channel will see it when its time has come. */
static int make_pointer(Publish *p, const uint8_t secret[64], uint8_t **ret, size_t *ret_n) {
        BASE_FREE uint8_t *payload = NULL, *bytes = NULL;
        PolicySigned file = { .type = POLICY_SIGNED_POINTER };
        uint64_t release = 0;
        PolicyPointer again;
        size_t n;
        int r = policy_pointer_encode(&p->pointer, &payload, &n);

        (void)policy_release_parse(HANARE_VERSION, &release);
        if (r == 0) {
                file.payload = payload;
                file.n_payload = n;
                r = policy_signed_add(&file, secret);
        }
        if (r == 0)
                r = policy_signed_encode(&file, &bytes, &n);
        if (r == 0)
                r = policy_fleet_pointer(&p->fleet, &p->trust, bytes, n, p->pointer.not_before, release, &again);
        if (r != 0)
                return policy_file_refuse(p->pointer_path, r);
        *ret = base_steal(&bytes);
        *ret_n = n;
        return CLI_OK;
}

/* All that the pointer leads to is there before it is. */
static int put_all(Publish *p, const uint8_t secret[64]) {
        BASE_FREE uint8_t *bundle = NULL, *pointer = NULL;
        size_t n_bundle = 0, n = 0;
        int r = load_bundle(p, &bundle, &n_bundle);

        if (r != CLI_OK || (r = make_pointer(p, secret, &pointer, &n)) != CLI_OK || !bundle)
                return r;
        g_autofree char *path = bundle_path(p);
        if ((r = put_trust(p)) != CLI_OK || (r = put_once(path, bundle, n_bundle)) != CLI_OK)
                return r;
        wait_a_second(p->pointer_path);
        if ((r = policy_file_replace(p->pointer_path, pointer, n, 0644)) != 0)
                return policy_file_refuse(p->pointer_path, r);
        char expires[POLICY_TIME_MAX];
        policy_time_text(p->pointer.expires, expires);
        printf(_("Channel %s: version %llu, bundle number %llu, good until %s.\n"), p->channel, (unsigned long long)p->pointer.version,
               (unsigned long long)p->pointer.serial, expires);
        return CLI_OK;
}

static int publish(Publish *p) {
        uint8_t secret[64];
        int r = policy_shown_trust(p->trust_path, &p->trust);

        (void)umask(022); /* the web server reads it */
        if (r != CLI_OK)
                return r;
        if (mkdir(p->dir, 0755) < 0 && errno != EEXIST)
                return policy_file_refuse(p->dir, -errno);
        if ((r = lock_folder(p->dir)) != CLI_OK || (r = make_folder(p->dir, "trust")) != CLI_OK || (r = make_folder(p->dir, "bundle")) != CLI_OK ||
            (r = make_folder(p->dir, "channel")) != CLI_OK || (r = load_pointer(p)) != CLI_OK)
                return r;
        if (!p->bundle_path && p->pointer.version == 0)
                return cli_options_error(&command, _("Nothing is published on channel %s yet: name a bundle with --bundle."), p->channel);
        (void)g_strlcpy(p->pointer.channel, p->channel, sizeof p->pointer.channel);
        p->pointer.version++;
        p->pointer.issued = time(NULL);
        p->pointer.not_before = p->pointer.issued + p->wait;
        p->pointer.expires = p->pointer.not_before + p->days * 86400;
        p->pointer.trust = p->trust.version;
        p->pointer.release = p->release;
        if ((r = policy_key_load(p->key, p->passphrase, secret)) != CLI_OK)
                return r;
        r = put_all(p, secret);
        sodium_memzero(secret, sizeof secret);
        return r;
}

int policy_cmd_publish(int argc, char **argv) {
        g_autofree Publish *p = g_new0(Publish, 1);
        const char *days = "3", *wait = "0", *release = "0.0.0";
        const CliOption options[] = {
                { "trust", NULL, &p->trust_path, N_("TRUST"), N_("The trust file in use") },
                { "key", NULL, &p->key, N_("KEY"), N_("The secret pointer key's file") },
                { "passphrase-file", NULL, &p->passphrase, N_("FILE"), N_("The passphrase is the first line of this file") },
                { "bundle", NULL, &p->bundle_path, N_("FILE"), N_("The signed bundle to publish") },
                { "channel", NULL, &p->channel, N_("NAME"), N_("stable if left out") },
                { "days", NULL, &days, N_("N"), N_("How long desktops may believe it without a renewal; 3 if left out") },
                { "wait", NULL, &wait, N_("SECONDS"), N_("Desktops do not take it before so many seconds have passed") },
                { "needs", NULL, &release, N_("RELEASE"), N_("The oldest Hanare that may take it") },
                { "tightens", &p->tightens, NULL, NULL, N_("The bundle only tightens: desktops check that and ask for fewer signers") },
                { 0 },
        };
        guint64 n_days, n_wait;
        int r = cli_options_parse(&command, options, &argc, argv, 1, false);

        if (r >= 0)
                return r;
        if (argc != 2 || !p->trust_path || !p->key)
                return cli_options_error(&command, _("Name the folder, the trust file and the key."));
        p->channel = p->channel ? p->channel : "stable";
        p->dir = argv[1];
        if (!policy_word_valid(p->channel, POLICY_MAX_CHANNEL))
                return cli_options_error(&command, _("%s is not a channel: small letters, digits, '-', '_' and '.'."), p->channel);
        if (!g_ascii_string_to_unsigned(days, 10, 1, 366, &n_days, NULL) || !g_ascii_string_to_unsigned(wait, 10, 0, 30 * 86400, &n_wait, NULL))
                return cli_options_error(&command, _("--days takes 1 to 366, --wait at most 30 days in seconds."));
        if (!policy_release_parse(release, &p->release))
                return cli_options_error(&command, _("%s is not a release such as 0.1.0."), release);
        p->days = (int64_t)n_days;
        p->wait = (int64_t)n_wait;
        g_autofree char *name = g_strdup_printf("channel/%s.pointer", p->channel);
        p->pointer_path = g_build_filename(p->dir, name, NULL);
        r = publish(p);
        g_free(p->pointer_path);
        return r;
}
