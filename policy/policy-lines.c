/* policy-lines: signed text: lines of "word value value".
 * Runs as: anyone (pure).  Input: foreign bytes.  Must not: read past the end, obey the locale.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-lines.h"
#include "policy/policy-name.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define TIME_FIRST 946684800ll   /* 2000 */
#define TIME_LAST 253402300799ll /* 9999: four digits */

void policy_lines_init(PolicyLines *l, const void *bytes, size_t n) {
        *l = (PolicyLines){ .bytes = bytes, .n = n, .field = "" };
}

bool policy_lines_take(PolicyLines *l, const char *word) {
        size_t left = l->n - l->at, k = strlen(word);
        const char *line = l->bytes + l->at, *end;

        if (l->failed || left <= k || memcmp(line, word, k) != 0 || (line[k] != ' ' && line[k] != '\n'))
                return false;
        end = memchr(line, '\n', left < POLICY_LINE_MAX + 1 ? left : POLICY_LINE_MAX + 1);
        size_t n = end ? (size_t)(end - line) : 0;
        if (end) {
                memcpy(l->line, line, n);
                l->line[n] = '\0';
        }
        if (!end || memchr(line, '\0', n) || !policy_text_valid(l->line, POLICY_LINE_MAX)) {
                l->failed = true;
                return false;
        }
        l->at += n + 1;
        l->field = l->line + k;
        return true;
}

void policy_lines_need(PolicyLines *l, const char *word) {
        if (!policy_lines_take(l, word)) {
                l->failed = true;
                l->field = "";
        }
}

/* One space, then bytes up to the next space: returns their count and steps over them. */
static size_t next(PolicyLines *l, const char **ret) {
        size_t n;

        if (l->failed || l->field[0] != ' ' || (n = strcspn(l->field + 1, " ")) == 0) {
                l->failed = true;
                *ret = "";
                return 0;
        }
        *ret = l->field + 1;
        l->field += 1 + n;
        return n;
}

uint64_t policy_lines_number(PolicyLines *l) {
        const char *s;
        size_t n = next(l, &s);
        uint64_t v = 0;

        for (size_t i = 0; i < n; i++) {
                if (s[i] < '0' || s[i] > '9' || (v = v * 10 + (uint64_t)(s[i] - '0')) > POLICY_NUMBER_MAX) {
                        l->failed = true;
                        return 0;
                }
        }
        return v;
}

int64_t policy_lines_time(PolicyLines *l) {
        const char *s;
        size_t n = next(l, &s);
        char text[POLICY_TIME_MAX] = "";
        int64_t t = 0;

        if (n < sizeof text)
                memcpy(text, s, n);
        if (!l->failed && !policy_time_parse(text, &t))
                l->failed = true;
        return t;
}

void policy_lines_hash(PolicyLines *l, uint8_t ret[POLICY_HASH]) {
        const char *s;
        size_t n = next(l, &s);
        char text[2 * POLICY_HASH + 1] = "";

        if (n < sizeof text)
                memcpy(text, s, n);
        memset(ret, 0, POLICY_HASH);
        if (!policy_unhex(text, ret, POLICY_HASH))
                l->failed = true;
}

void policy_lines_word(PolicyLines *l, char *ret, size_t size) {
        const char *s;
        size_t n = next(l, &s);

        ret[0] = '\0';
        if (n >= size) {
                l->failed = true;
                return;
        }
        memcpy(ret, s, n);
        ret[n] = '\0';
        if (!policy_word_valid(ret, size - 1)) {
                l->failed = true;
                ret[0] = '\0';
        }
}

void policy_lines_rest(PolicyLines *l, char *ret, size_t size) {
        size_t n = l->failed ? 0 : strlen(l->field);

        ret[0] = '\0';
        if (n < 2 || l->field[0] != ' ' || n > size) {
                l->failed = true;
                return;
        }
        memcpy(ret, l->field + 1, n); /* with its NUL */
        l->field = "";
}

void policy_lines_end(PolicyLines *l) {
        if (l->field[0])
                l->failed = true;
}

bool policy_word_valid(const char *word, size_t max) {
        size_t n = strnlen(word, max + 1);

        if (n == 0 || n > max)
                return false;
        for (size_t i = 0; i < n; i++) {
                bool plain = (word[i] >= 'a' && word[i] <= 'z') || (word[i] >= '0' && word[i] <= '9');
                if (!plain && (i == 0 || (word[i] != '.' && word[i] != '-' && word[i] != '_')))
                        return false;
        }
        return true;
}

void policy_hex(const uint8_t *bytes, size_t n, char *ret) {
        for (size_t i = 0; i < n; i++) {
                ret[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
                ret[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
        }
        ret[2 * n] = '\0';
}

static int digit(char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool policy_unhex(const char *hex, uint8_t *ret, size_t n) {
        if (strlen(hex) != 2 * n)
                return false;
        for (size_t i = 0; i < n; i++) {
                int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);
                if (high < 0 || low < 0)
                        return false;
                ret[i] = (uint8_t)(high << 4 | low);
        }
        return true;
}

bool policy_time_parse(const char *text, int64_t *ret) {
        static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
        int v[6] = { 0 };
        size_t part = 0;
        char again[POLICY_TIME_MAX];

        if (strlen(text) != sizeof form - 1)
                return false;
        for (size_t i = 0; form[i]; i++) {
                if (form[i] != 'd') {
                        if (text[i] != form[i])
                                return false;
                        part++;
                        continue;
                }
                if (text[i] < '0' || text[i] > '9')
                        return false;
                v[part] = v[part] * 10 + (text[i] - '0');
        }
        struct tm tm = { .tm_year = v[0] - 1900, .tm_mon = v[1] - 1, .tm_mday = v[2], .tm_hour = v[3], .tm_min = v[4], .tm_sec = v[5] };
        int64_t t = timegm(&tm);
        if (t < TIME_FIRST || t > TIME_LAST)
                return false;
        policy_time_text(t, again); /* the 30th of February is another day */
        if (strcmp(again, text) != 0)
                return false;
        *ret = t;
        return true;
}

void policy_time_text(int64_t t, char ret[POLICY_TIME_MAX]) {
        time_t when = t < TIME_FIRST ? TIME_FIRST : t > TIME_LAST ? TIME_LAST : (time_t)t;
        struct tm tm = { 0 };

        (void)gmtime_r(&when, &tm);
        (void)strftime(ret, POLICY_TIME_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm); /* digits alone: no locale */
}

void policy_lines_print(BaseWriter *w, const char *format, ...) {
        char text[POLICY_LINE_MAX + 2];
        va_list args;

        va_start(args, format);
        int n = vsnprintf(text, sizeof text, format, args);
        va_end(args);
        if (n < 0 || (size_t)n >= sizeof text)
                w->failed = true;
        else
                base_write_raw(w, text, (size_t)n);
}
