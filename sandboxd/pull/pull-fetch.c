/* pull-fetch: one GET, bounded in size and time.
 * Runs as: pull.  Input: whatever the server sends.  Must not: follow a redirect, talk to a server that it cannot verify, obey the environment.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/pull/pull-fetch.h"
#include "base/base-fd.h"
#include "hanare-config.h"
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <libintl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define _(text) gettext(text)
#define SECONDS_CONNECT 20L
#define SECONDS_ALL 300L
#define SLOW_BYTES 200L /* a second, for ... */
#define SLOW_SECONDS 30L

struct PullFetch {
        CURL *curl;
        const PullConf *conf;
        char why[CURL_ERROR_SIZE + 80], curl_why[CURL_ERROR_SIZE], url[2 * PULL_VALUE_MAX];
        uint8_t *bytes;
        size_t n, max;
        bool too_long;
        char etag[PULL_ETAG_MAX + 1];
};

static size_t on_bytes(char *bytes, size_t size, size_t count, void *user) {
        PullFetch *f = user;
        size_t n = size * count;

        if (n > f->max - f->n) {
                f->too_long = true;
                return CURL_WRITEFUNC_ERROR;
        }
        memcpy(f->bytes + f->n, bytes, n);
        f->n += n;
        return n;
}

/* Kept only where it can be sent back as it is: a quoted word of visible ASCII (RFC 9110, section 8.8.3). */
static size_t on_header(char *line, size_t size, size_t count, void *user) {
        PullFetch *f = user;
        size_t n = size * count, at = 5;

        if (n < 5 || strncasecmp(line, "etag:", 5) != 0)
                return n;
        while (at < n && line[at] == ' ')
                at++;
        size_t end = at;
        while (end < n && line[end] > 0x20 && line[end] < 0x7f)
                end++;
        if (end - at >= 3 && end - at <= PULL_ETAG_MAX && line[end - 1] == '"') {
                memcpy(f->etag, line + at, end - at);
                f->etag[end - at] = '\0';
        }
        return n;
}

static bool set_up(PullFetch *f) {
        const PullConf *c = f->conf;
        CURL *h = f->curl;
        CURLcode r = CURLE_OK;

#define SET(option, value) (r = r == CURLE_OK ? curl_easy_setopt(h, CURLOPT_##option, value) : r)
        SET(PROTOCOLS_STR, "https");
        SET(FOLLOWLOCATION, 0L);
        SET(NOSIGNAL, 1L);
        SET(PROXY, c->proxy); /* "" also shuts out http_proxy and its kin */
        SET(NETRC, (long)CURL_NETRC_IGNORED);
        SET(ERRORBUFFER, f->curl_why);
        SET(WRITEFUNCTION, on_bytes);
        SET(WRITEDATA, f);
        SET(HEADERFUNCTION, on_header);
        SET(HEADERDATA, f);
        SET(CONNECTTIMEOUT, SECONDS_CONNECT);
        SET(TIMEOUT, SECONDS_ALL);
        SET(LOW_SPEED_LIMIT, SLOW_BYTES);
        SET(LOW_SPEED_TIME, SLOW_SECONDS);
        SET(USERAGENT, "hanare/" HANARE_VERSION);
        SET(SSL_VERIFYPEER, 1L);
        SET(SSL_VERIFYHOST, 2L);
        SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
        if (c->ca[0]) {
                SET(CAINFO, c->ca);
                SET(CAPATH, NULL);
        }
#undef SET
        return r == CURLE_OK;
}

PullFetch *pull_fetch_new(const PullConf *conf) {
        PullFetch *f = calloc(1, sizeof *f);

        if (!f || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(f->curl = curl_easy_init())) {
                free(f);
                return NULL;
        }
        f->conf = conf;
        if (!set_up(f)) {
                pull_fetch_free(f);
                return NULL;
        }
        return f;
}

void pull_fetch_free(PullFetch *f) {
        if (f) {
                curl_easy_cleanup(f->curl);
                free(f->bytes);
        }
        free(f);
}

const char *pull_fetch_why(const PullFetch *f) {
        return f->why;
}

static PullAnswer not_got(PullFetch *f, const char *why) {
        (void)snprintf(f->why, sizeof f->why, "%s", why);
        return PULL_NOT;
}

static PullAnswer judge(PullFetch *f, CURLcode r, bool asked_etag) {
        long code = 0;

        (void)curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &code);
        if (code == 404 || code == 410) {
                (void)not_got(f, _("the server does not have it"));
                return PULL_ABSENT;
        }
        if (f->too_long || r == CURLE_FILESIZE_EXCEEDED)
                return not_got(f, _("the server sends more than such a file may have"));
        if (r != CURLE_OK)
                return not_got(f, f->curl_why[0] ? f->curl_why : curl_easy_strerror(r));
        if (code >= 300 && code < 400 && code != 304)
                return not_got(f, _("the server sends us elsewhere; redirects are not followed"));
        if (code == 304 && asked_etag)
                return PULL_UNCHANGED;
        if (code != 200) {
                (void)snprintf(f->why, sizeof f->why, _("the server answers with status %d"), (int)code);
                return PULL_NOT;
        }
        return PULL_GOT;
}

/* A mounted share or a stick, without libcurl: it would wait for ever at a pipe. */
static PullAnswer read_share(PullFetch *f) {
        BASE_FD fd = open(f->url + strlen("file://"), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        struct stat st;
        ssize_t n;

        if (fd < 0 && errno == ENOENT) {
                (void)not_got(f, _("the server does not have it"));
                return PULL_ABSENT;
        }
        if (fd < 0 || fstat(fd, &st) < 0)
                return not_got(f, strerror(errno));
        if (!S_ISREG(st.st_mode))
                return not_got(f, _("it is not a regular file"));
        n = base_fd_read_all(fd, f->bytes, f->max);
        if (n < 0)
                return not_got(f, n == -EFBIG ? _("the server sends more than such a file may have") : strerror((int)-n));
        f->n = (size_t)n;
        return PULL_GOT;
}

static PullAnswer ask_server(PullFetch *f, const char *etag) {
        char condition[PULL_ETAG_MAX + 32];
        struct curl_slist *headers = NULL;

        if (etag && etag[0]) {
                (void)snprintf(condition, sizeof condition, "If-None-Match: %s", etag);
                headers = curl_slist_append(NULL, condition);
                if (!headers)
                        return not_got(f, _("out of memory"));
        }
        CURLcode r = CURLE_OUT_OF_MEMORY;
        if (curl_easy_setopt(f->curl, CURLOPT_URL, f->url) == CURLE_OK && curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
            curl_easy_setopt(f->curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)f->max) == CURLE_OK)
                r = curl_easy_perform(f->curl);
        (void)curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, NULL);
        curl_slist_free_all(headers);
        return judge(f, r, headers != NULL);
}

PullAnswer pull_fetch_get(PullFetch *f, const char *path, size_t max, char etag[PULL_ETAG_MAX + 1], uint8_t **ret, size_t *ret_n) {
        free(f->bytes);
        f->n = 0;
        f->max = max;
        f->too_long = false;
        f->etag[0] = f->curl_why[0] = '\0';
        if (!(f->bytes = malloc(max)))
                return not_got(f, _("out of memory"));
        (void)snprintf(f->url, sizeof f->url, "%s/%s", f->conf->url, path);
        PullAnswer answer = strncmp(f->url, "file://", 7) == 0 ? read_share(f) : ask_server(f, etag);
        if (answer != PULL_GOT)
                return answer;
        if (etag)
                memcpy(etag, f->etag, sizeof f->etag);
        *ret = f->bytes;
        *ret_n = f->n;
        f->bytes = NULL;
        return PULL_GOT;
}
