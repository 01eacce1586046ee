/* cli-detail: the service's English sentences that users meet, in their language and their words.
 * Runs as: user.  Input: an error text of the service, escaped.  Must not: use it as a format.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-detail.h"
#include "launcher/cli/cli-cmd.h"
#include <glib.h>
#include <string.h>

#define WORDS_MAX 4

/* "{}" stands for any words; {1} to {4} are where they go. What, why, and what to do, in one line. */
static const struct {
        const char *service, *user;
} table[] = {
        { "no zone '{}' of yours {}: 'hanare list' shows those there are", N_("You have no zone '{1}'; 'hanare list' shows those you have.") },
        { "policy has no zone kind '{}': 'hanare kinds' shows those there are", N_("There is no kind of zone '{1}'; 'hanare kinds' shows those there are.") },
        { "policy does not let kind '{}' run '{}': 'hanare kinds' shows what it may run",
          N_("Policy does not let a zone of kind '{1}' run '{2}'; 'hanare kinds' shows what it may run.") },
        { "policy opens {} in '{}' only, not in '{}': leave out the kind, or ask for '{}'",
          N_("Policy opens {1} only in a zone of kind '{2}', not of '{3}'; leave out --zone, or use --zone {2}.") },
        { "the address is not one a zone can open: {}",
          N_("A zone cannot open this address; it must begin with http:// or https:// and a host name, without spaces, quotes or passwords.") },
        { "zone {} was made for one program: stop it and use 'hanare run' again", N_("The zone {1} was made for one program; end it with 'hanare stop {1}' and use 'hanare run' again.") },
        { "zone {} is being restarted already: wait for the new one", N_("The zone {1} is being restarted already; wait for the new one.") },
        { "user {} has {} zones, the most that policy allows: stop one first", N_("This user already has as many zones as policy allows ({2}); end one with 'hanare stop'.") },
        { "this machine has {} zones, the most that policy allows: stop one first",
          N_("The users of this machine already have as many zones as policy allows ({1}); end one with 'hanare stop', or wait until another user does.") },
        { "user {} started zones too often: policy allows {} a minute, try again shortly",
          N_("Too many zones were started in a short time; policy allows {2} a minute. Wait a moment, then try again.") },
        { "the zone did not start: {} this user started as many zones in a minute as the policy allows{}",
          N_("Too many zones were started in a short time, more than policy allows in a minute. Wait a moment, then try again.") },
        { "{}this kernel lacks a wall whose substitute the policy does not permit{}",
          N_("This machine's kernel is too old or lacks a wall, and policy permits no substitute for it, so nothing was opened. 'hanare doctor' names what is missing; tell your "
             "administrator.") },
        { "{} is for root alone: call it with sudo", N_("Only root may do this; use sudo, or ask your administrator.") },
        { "only root may act for another user: leave out the option \"owner\"", N_("Only root may start a zone for another user; leave out --for.") },
        { "root owns no zone: name the user with the option \"owner\"", N_("Root owns no zone; say for whom it is with --for USER.") },
        { "uid {} belongs to the system and cannot be a zone owner: use a person's account",
          N_("A zone cannot belong to an account of the system (number {1}); name a person's account.") },
        { "uid {} belongs to the system and cannot be a caller: use a person's account", N_("An account of the system (number {1}) cannot use zones; log in as a person.") },
        { "polkit does not allow {} for you: it wants a password, so call from your desktop session",
          N_("You may do this only from your desktop session, not from here; open a terminal there and try again.") },
        { "polkit does not allow {} for you: ask your administrator", N_("The rules of this machine do not allow this for you; ask your administrator.") },
        { "polkit did not answer, and without its word nothing is allowed: {}",
          N_("The service that says who may do this (polkit) does not answer, so it is not allowed; ask your administrator.") },
        { "no policy is in force, so nothing is allowed: have root correct it ({})",
          N_("No valid policy is in force, so nothing can start; show your administrator this: {1}") },
};

typedef struct Words {
        const char *at[WORDS_MAX];
        size_t n[WORDS_MAX];
} Words;

/* Does text read like the pattern? Each "{}" takes as little as it can; one at the end takes the rest. */
static bool matches(const char *pattern, const char *text, Words *words) {
        for (size_t i = 0;; i++) {
                const char *gap = strstr(pattern, "{}");
                size_t n = gap ? (size_t) (gap - pattern) : strlen(pattern);
                if (strncmp(text, pattern, n) != 0)
                        return false;
                text += n;
                if (!gap)
                        return *text == '\0';
                if (i == WORDS_MAX)
                        return false;
                pattern = gap + 2;
                const char *next = strstr(pattern, "{}");
                g_autofree char *literal = next ? g_strndup(pattern, (size_t) (next - pattern)) : g_strdup(pattern);
                const char *found = *literal ? strstr(text, literal) : text + strlen(text);
                if (!next && found && *literal) /* the last piece stands at the end */
                        found = g_str_has_suffix(text, literal) ? text + strlen(text) - strlen(literal) : NULL;
                if (!found)
                        return false;
                words->at[i] = text;
                words->n[i] = (size_t) (found - text);
                text = found;
        }
}

char *cli_detail_explain(const char *detail) {
        for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
                Words words = { 0 };
                if (!matches(table[i].service, detail, &words))
                        continue;
                GString *out = g_string_new(NULL);
                for (const char *p = _(table[i].user); *p; p++) {
                        if (p[0] == '{' && p[1] >= '1' && p[1] < '1' + WORDS_MAX && p[2] == '}') {
                                size_t word = (size_t) (p[1] - '1');
                                if (words.at[word])
                                        g_string_append_len(out, words.at[word], (gssize) words.n[word]);
                                p += 2;
                        } else
                                g_string_append_c(out, *p);
                }
                return g_string_free(out, FALSE);
        }
        return NULL;
}
