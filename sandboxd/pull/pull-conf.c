/* pull-conf: where this computer gets its policy from.
 * Runs as: pull.  Input: root's own file.  Must not: guess; an unknown word is an error.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/pull/pull-conf.h"
#include "hanare-config.h"
#include "policy/policy-lines.h"
#include "policy/policy-name.h"
#include <stdio.h>
#include <string.h>

#define N_(text) text

static const char *check_url(const char *url) {
        if (strncmp(url, "https://", 8) != 0 && strncmp(url, "file:///", 8) != 0)
                return N_("url begins with https:// or file:///");
        if (strlen(url) < 9 || url[strlen(url) - 1] == '/' || strpbrk(url, " ?#@\\\""))
                return N_("url has no last slash, no question mark, no # and no user name");
        return NULL;
}

static char *place(PullConf *c, const char *word, size_t n, size_t *ret_size) {
        const struct {
                const char *word;
                char *value;
                size_t size;
        } words[] = {
                { "url", c->url, sizeof c->url }, { "channel", c->channel, sizeof c->channel }, { "ca", c->ca, sizeof c->ca },
                { "proxy", c->proxy, sizeof c->proxy }, { "trust", c->trust, sizeof c->trust },
        };

        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                if (strlen(words[i].word) == n && memcmp(words[i].word, word, n) == 0) {
                        *ret_size = words[i].size;
                        return words[i].value;
                }
        return NULL;
}

static const char *take_line(PullConf *c, const char *line, size_t n) {
        size_t word = 0, size = 0;
        char *value;

        while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t'))
                n--;
        if (n == 0 || line[0] == '#')
                return NULL;
        while (word < n && line[word] != ' ' && line[word] != '\t')
                word++;
        if (!(value = place(c, line, word, &size)))
                return N_("expected url, channel, ca, proxy or trust");
        if (*value)
                return N_("this word is there twice");
        while (word < n && (line[word] == ' ' || line[word] == '\t'))
                word++;
        if (word == n || n - word >= size)
                return N_("the value is missing or too long");
        memcpy(value, line + word, n - word);
        value[n - word] = '\0';
        return policy_text_valid(value, size - 1) ? NULL : N_("the value is not visible UTF-8");
}

unsigned pull_conf_parse(const char *text, size_t n, PullConf *ret, const char **ret_why) {
        PullConf c = { 0 };
        unsigned line = 0;

        for (size_t at = 0; at < n;) {
                const char *end = memchr(text + at, '\n', n - at);
                size_t k = end ? (size_t)(end - text) - at : n - at;
                line++;
                if ((*ret_why = take_line(&c, text + at, k)))
                        return line;
                at += k + 1;
        }
        *ret_why = N_("url is missing");
        if (!c.url[0])
                return 0xffff;
        if ((*ret_why = check_url(c.url)))
                return 0xffff;
        if (!c.channel[0])
                memcpy(c.channel, "stable", sizeof "stable");
        *ret_why = N_("channel has small letters, digits, '-', '_' and '.' alone");
        if (!policy_word_valid(c.channel, POLICY_MAX_CHANNEL))
                return 0xffff;
        *ret_why = N_("ca and trust are absolute paths");
        if ((c.ca[0] && c.ca[0] != '/') || (c.trust[0] && c.trust[0] != '/'))
                return 0xffff;
        *ret_why = N_("proxy begins with http://, https:// or socks5h://");
        if (c.proxy[0] && strncmp(c.proxy, "http://", 7) != 0 && strncmp(c.proxy, "https://", 8) != 0 && strncmp(c.proxy, "socks5h://", 10) != 0)
                return 0xffff;
        if (!c.trust[0])
                memcpy(c.trust, HANARE_SYSCONFDIR "/fleet.trust", sizeof HANARE_SYSCONFDIR "/fleet.trust");
        *ret = c;
        return 0;
}
