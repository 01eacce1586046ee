/* pull-main: fetches the policy of this computer's channel into the spool. Started by a timer, or by hand.
 * Runs as: pull.  Input: fleet.conf, the first trust file, a web server.  Must not: run as root, be believed: what it leaves is checked again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-drop.h"
#include "base/base-fd.h"
#include "hanare-config.h"
#include "sandboxd/pull/pull-round.h"
#include "sandboxd/pull/pull-status.h"
#include <errno.h>
#include <fcntl.h>
#include <libintl.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#ifndef CLI_LOCALEDIR
#define CLI_LOCALEDIR HANARE_LOCALEDIR
#endif
#define _(text) gettext(text)

enum { EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_REFUSED = 9 }; /* as hanare(1) has them */

static const char *conf_path = HANARE_SYSCONFDIR "/fleet.conf", *spool_path = HANARE_STATEDIR "/spool";

static int fail(const char *what, const char *why) {
        fprintf(stderr, "hanare policy pull: %s: %s\n", what, why);
        return EXIT_FAILED;
}

static int usage(void) {
        fputs(_("usage: hanare policy pull [--dry-run] [--config FILE] [--spool FOLDER]\n       hanare policy status [--json] [--config FILE] [--spool FOLDER]\n"), stderr);
        return EXIT_USAGE;
}

/* Root becomes the spool's owner before it reads anything. */
static int leave_root(void) {
        struct stat st;

        if (geteuid() != 0) {
                base_drop_all();
                return 0;
        }
        if (lstat(spool_path, &st) < 0)
                return fail(spool_path, strerror(errno));
        if (!S_ISDIR(st.st_mode) || st.st_uid == 0)
                return fail(spool_path, _("this folder is not the service account's: run systemd-sysusers and systemd-tmpfiles (hanare doctor)"));
        base_drop_to(st.st_uid);
        return 0;
}

static int load_conf(PullConf *conf) {
        BASE_FD fd = open(conf_path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        char text[PULL_CONF_MAX + 1];
        const char *why;
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return fail(conf_path, errno == ENOENT ? _("this computer follows no channel: there is no such file; see hanare-policy-fleet(7)") : strerror(errno));
        if (!S_ISREG(st.st_mode) || (st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & 022))
                return fail(conf_path, _("this file is not root's alone: chown root and chmod go-w it"));
        ssize_t n = base_fd_read_all(fd, text, PULL_CONF_MAX);
        if (n < 0)
                return fail(conf_path, strerror((int)-n));
        unsigned line = pull_conf_parse(text, (size_t)n, conf, &why);
        if (line == 0)
                return 0;
        if (line == 0xffff)
                return fail(conf_path, _(why));
        fprintf(stderr, "hanare policy pull: %s:%u: %s\n", conf_path, line, _(why));
        return EXIT_FAILED;
}

/* For `hanare policy status`. Nobody relies on it. */
static void note_end(const Pull *p, PullResult result) {
        static const char *const words[] = { "same", "new", "refused", "failed" };
        __attribute__((cleanup(base_writer_done))) BaseWriter w;
        char now[POLICY_TIME_MAX];

        if (p->dry || p->spool.dir < 0)
                return;
        policy_time_text(p->now, now);
        base_writer_init(&w, 1024);
        policy_lines_print(&w, "hanare-pull 1\ntime %s\nresult %s %s\n", now, words[result],
                           result == PULL_REFUSED ? policy_refusal_name(p->refusal) : result == PULL_FAILED ? "error" : "ok");
        if (result >= PULL_REFUSED)
                policy_lines_print(&w, "file %s\n", p->what);
        if (!w.failed)
                (void)pull_spool_put(p->spool.dir, "last", w.bytes, w.n);
}

static int tell(const Pull *p, PullResult result) {
        const PolicyFleet *f = &p->accepted.fleet;

        if (result >= PULL_REFUSED) {
                fail(p->what, p->refusal > 0 ? _(policy_refusal_text(p->refusal)) : p->refusal < 0 ? strerror(-p->refusal) : pull_fetch_why(p->fetch));
                fprintf(stderr, "hanare policy pull: %s\n", _("What was there before stays."));
                return result == PULL_REFUSED ? EXIT_REFUSED : EXIT_FAILED;
        }
        if (result == PULL_SAME)
                printf(_("Channel %s: nothing new; version %llu, bundle number %llu.\n"), f->channel, (unsigned long long)f->pointer, (unsigned long long)f->serial);
        else if (p->dry)
                printf(_("Channel %s: version %llu, bundle number %llu would be taken.\n"), f->channel, (unsigned long long)f->pointer, (unsigned long long)f->serial);
        else
                printf(_("Channel %s: version %llu, bundle number %llu is new here.\n"), f->channel, (unsigned long long)f->pointer, (unsigned long long)f->serial);
        return fflush(stdout) == 0 ? 0 : EXIT_FAILED;
}

static int show(bool json) {
        static PullConf conf;
        static Pull p;
        int r = load_conf(&conf);

        if (r != 0)
                return r;
        p = (Pull){ .conf = &conf, .dry = true, .now = time(NULL), .spool = PULL_SPOOL_NONE };
        r = pull_spool_open(&p.spool, spool_path, conf.channel, false);
        if (r < 0 && r != -ENOENT)
                return fail(spool_path, strerror(-r));
        if (pull_round_load(&p) != PULL_SAME)
                return tell(&p, p.refusal > 0 ? PULL_REFUSED : PULL_FAILED);
        r = pull_status_print(&p, json) ? 0 : EXIT_REFUSED;
        pull_done(&p);
        return fflush(stdout) == 0 ? r : EXIT_FAILED;
}

static int run(bool dry) {
        static PullConf conf;
        static Pull p;
        int r = load_conf(&conf);

        if (r != 0)
                return r;
        p = (Pull){ .conf = &conf, .dry = dry, .now = time(NULL), .spool = PULL_SPOOL_NONE };
        (void)policy_release_parse(HANARE_VERSION, &p.release);
        r = pull_spool_open(&p.spool, spool_path, conf.channel, !dry);
        if (r == -EWOULDBLOCK)
                return fail(spool_path, _("another round is under way"));
        if (r < 0 && !(dry && r == -ENOENT))
                return fail(spool_path, strerror(-r));
        PullResult result = pull_round_load(&p);
        if (result == PULL_SAME && !(p.fetch = pull_fetch_new(&conf)))
                return fail("libcurl", _("it does not start"));
        if (result == PULL_SAME)
                result = pull_round(&p);
        note_end(&p, result);
        r = tell(&p, result);
        pull_done(&p);
        return r;
}

int main(int argc, char **argv) {
        bool dry = false, status = false, json = false;

        base_drop_common();
        (void)umask(022); /* nothing here is secret, and status is for everybody */
        setlocale(LC_ALL, "");
        bindtextdomain("hanare", CLI_LOCALEDIR);
        bind_textdomain_codeset("hanare", "UTF-8");
        textdomain("hanare");
        for (int i = 1; i < argc; i++) {
                if (strcmp(argv[i], "--dry-run") == 0)
                        dry = true;
                else if (strcmp(argv[i], "--status") == 0)
                        status = true;
                else if (strcmp(argv[i], "--json") == 0 && status)
                        json = true;
                else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
                        conf_path = argv[++i];
                else if (strcmp(argv[i], "--spool") == 0 && i + 1 < argc)
                        spool_path = argv[++i];
                else
                        return usage();
        }
        if (sodium_init() < 0)
                return fail("libsodium", _("it does not start"));
        int r = leave_root();
        return r != 0 ? r : status ? show(json) : run(dry);
}
