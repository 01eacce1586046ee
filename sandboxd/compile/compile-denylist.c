/* compile-denylist: the site's deny lists, as they are published, into one file for all gateways.
 * Runs as: compile.  Input: lists of strangers, a million lines long.  Must not: hold one whole, pass over a line it does not understand.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-denylist.h"
#include "base/base-fd.h"
#include "policy/policy-name.h"
#include "policy/policy-names.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LINE_MAX_BYTES 4096
#define SELF_AND_BELOW (POLICY_DENYLIST_SELF | POLICY_DENYLIST_BELOW)

static const char *const endings[COMPILE_DENYLIST_FORMATS] = { ".hosts", ".domains", ".adblock", ".rpz" };
static const char *const expected[COMPILE_DENYLIST_FORMATS] = { "\"0.0.0.0 name\" or a # comment", "one name, \"*.name\" or a # comment",
                                                                "\"||name^\" or a ! comment", "\"name CNAME .\" or a ; comment" };

int compile_denylist_begin(CompileDenylist *list, PolicyDenylistMaker *maker, const char *file, CompileProblem *problem) {
        const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file, *dot = strrchr(name, '.');
        char title[POLICY_DENYLIST_TITLE];
        int r;

        *list = (CompileDenylist){ .maker = maker, .problem = problem, .file = file, .format = COMPILE_DENYLIST_FORMATS, .before = maker->head.n_names };
        for (unsigned i = 0; dot && i < COMPILE_DENYLIST_FORMATS; i++)
                if (strcmp(dot, endings[i]) == 0)
                        list->format = (CompileDenylistFormat)i;
        if (list->format == COMPILE_DENYLIST_FORMATS)
                return compile_problem_set(problem, "%s: the format of this deny list is not known; expected a file name that ends in .hosts, .domains, .adblock or .rpz", file);
        if (dot == name || (size_t)(dot - name) >= sizeof title)
                return compile_problem_set(problem, "%s: the name of this deny list is too long; expected at most %d bytes before its format", file, POLICY_DENYLIST_TITLE - 1);
        snprintf(title, sizeof title, "%.*s", (int)(dot - name), name);
        r = policy_denylist_maker_list(maker, title);
        return r < 0 ? compile_problem_set(problem, "%s: there are too many deny lists; expected at most %d", file, POLICY_DENYLIST_MAX_LISTS) : 0;
}

static int wrong(CompileDenylist *list, const char *line, size_t n) {
        char shown[61];

        snprintf(shown, sizeof shown, "%.*s", (int)(n < 60 ? n : 60), line);
        return compile_problem_set(list->problem, "%s:%u:1: \"%s\" is no line of this format; expected %s", list->file, list->line, shown, expected[list->format]);
}

static int add(CompileDenylist *list, const char *name, size_t n, uint8_t flags, const char *line, size_t line_n) {
        char canonical[POLICY_NAMES_MAX_NAME + 1];
        int r;

        if (!policy_names_canonical(name, n, canonical))
                return wrong(list, line, line_n);
        r = policy_denylist_maker_add(list->maker, canonical, strlen(canonical), flags);
        if (r == -E2BIG)
                return compile_problem_set(list->problem, "%s:%u:1: the deny lists have too many names; expected at most %u", list->file, list->line, POLICY_DENYLIST_MAX_NAMES);
        list->n += r == 0;
        return r;
}

static bool blank(char c) {
        return c == ' ' || c == '\t';
}

/* The next word of the line; 0 at its end. */
static size_t word(const char **at, const char *end, const char **ret) {
        while (*at < end && blank(**at))
                (*at)++;
        *ret = *at;
        while (*at < end && !blank(**at))
                (*at)++;
        return (size_t)(*at - *ret);
}

static bool same(const char *text, size_t n, const char *other) {
        return strlen(other) == n && strncasecmp(text, other, n) == 0;
}

static bool is_sink(const char *text, size_t n) {
        return same(text, n, "0.0.0.0") || same(text, n, "127.0.0.1") || same(text, n, "::") || same(text, n, "::1") || same(text, n, "0");
}

static bool numeric(const char *text, size_t n) {
        const char *zone = memchr(text, '%', n);
        char copy[64];

        n = zone ? (size_t)(zone - text) : n;
        if (n == 0 || n >= sizeof copy)
                return false;
        memcpy(copy, text, n);
        copy[n] = '\0';
        return policy_numeric_valid(copy);
}

/* The lines that every such file starts with: this computer's own names. */
static bool is_own_name(const char *name, size_t n) {
        char canonical[POLICY_NAMES_MAX_NAME + 1];

        return numeric(name, n) || (policy_names_canonical(name, n, canonical) && policy_names_reserved(canonical));
}

static int hosts_line(CompileDenylist *list, const char *line, size_t n) {
        const char *hash = memchr(line, '#', n), *at = line, *end = hash ? hash : line + n, *address, *name;
        size_t address_n = word(&at, end, &address), name_n, names = 0;

        if (address_n == 0)
                return 0;
        if (!numeric(address, address_n) && !is_sink(address, address_n))
                return wrong(list, line, n);
        while ((name_n = word(&at, end, &name)) > 0) {
                names++;
                if (is_own_name(name, name_n))
                        continue;
                if (!is_sink(address, address_n)) /* the address of something: no denial */
                        return wrong(list, line, n);
                int r = add(list, name, name_n, POLICY_DENYLIST_SELF, line, n);
                if (r < 0)
                        return r;
        }
        return names > 0 ? 0 : wrong(list, line, n);
}

static int domains_line(CompileDenylist *list, const char *line, size_t n) {
        const char *hash = memchr(line, '#', n), *at = line, *end = hash ? hash : line + n, *name, *more;
        size_t name_n = word(&at, end, &name);

        if (name_n == 0)
                return 0;
        if (word(&at, end, &more) > 0)
                return wrong(list, line, n);
        if (name_n > 2 && name[0] == '*' && name[1] == '.')
                return add(list, name + 2, name_n - 2, POLICY_DENYLIST_BELOW, line, n);
        return add(list, name, name_n, SELF_AND_BELOW, line, n);
}

static int adblock_line(CompileDenylist *list, const char *line, size_t n) {
        if (n == 0 || line[0] == '!' || (line[0] == '[' && line[n - 1] == ']') || (line[0] == '#' && (n == 1 || blank(line[1]))))
                return 0;
        if (n < 4 || line[0] != '|' || line[1] != '|' || line[n - 1] != '^')
                return wrong(list, line, n);
        return add(list, line + 2, n - 3, SELF_AND_BELOW, line, n);
}

/* Owner, then a time to live and a class where there are some, then type and target. */
static int rpz_record(CompileDenylist *list, const char *line, size_t n, const char *end) {
        const char *at = line, *owner = line, *type, *target;
        size_t owner_n = blank(line[0]) ? 0 : word(&at, end, &owner), type_n, target_n, origin_n = strlen(list->origin);
        bool below = owner_n > 2 && owner[0] == '*' && owner[1] == '.';

        do
                type_n = word(&at, end, &type);
        while (type_n > 0 && (same(type, type_n, "IN") || (type[0] >= '0' && type[0] <= '9')));
        if (same(type, type_n, "SOA") || same(type, type_n, "NS"))
                return 0;
        target_n = word(&at, end, &target);
        /* ".": no such name. "*.": no such data. "rpz-drop.": no answer. Exceptions and other addresses are not denials */
        if (!same(type, type_n, "CNAME") || !(same(target, target_n, ".") || same(target, target_n, "*.") || same(target, target_n, "rpz-drop.")) || blank(line[0]))
                return wrong(list, line, n);
        if (owner_n > 0 && owner[owner_n - 1] == '.') { /* whole: its end is the zone's own name */
                if (origin_n == 0 || owner_n <= origin_n + 1 || strncasecmp(owner + owner_n - origin_n, list->origin, origin_n) != 0 || owner[owner_n - origin_n - 1] != '.')
                        return wrong(list, line, n);
                owner_n -= origin_n + 1;
        }
        if (memmem(owner, owner_n, "rpz-", 4)) /* by address or by name server: nothing that a name can tell */
                return wrong(list, line, n);
        return add(list, owner + (below ? 2 : 0), owner_n - (below ? 2 : 0), below ? POLICY_DENYLIST_BELOW : POLICY_DENYLIST_SELF, line, n);
}

static int rpz_line(CompileDenylist *list, const char *line, size_t n) {
        const char *semicolon = memchr(line, ';', n), *end = semicolon ? semicolon : line + n, *at = line, *first, *name;
        unsigned opened = list->open;
        size_t first_n, name_n;

        for (const char *p = line; p < end; p++)
                list->open = *p == '(' ? list->open + 1 : *p == ')' && list->open > 0 ? list->open - 1 : list->open;
        first_n = word(&at, end, &first);
        if (opened > 0 || first_n == 0) /* the inside of a SOA record */
                return 0;
        if (same(first, first_n, "$TTL"))
                return 0;
        if (same(first, first_n, "$ORIGIN")) {
                name_n = word(&at, end, &name);
                if (name_n == 0 || name_n >= sizeof list->origin || name[name_n - 1] != '.')
                        return wrong(list, line, n);
                snprintf(list->origin, sizeof list->origin, "%.*s", (int)name_n, name);
                return 0;
        }
        return rpz_record(list, line, n, end);
}

int compile_denylist_line(CompileDenylist *list, const char *line, size_t n) {
        static int (*const readers[COMPILE_DENYLIST_FORMATS])(CompileDenylist *, const char *, size_t) = { hosts_line, domains_line, adblock_line, rpz_line };

        list->line++;
        if (list->line == 1 && n >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
                line += 3;
                n -= 3;
        }
        while (n > 0 && (line[n - 1] == '\r' || blank(line[n - 1])))
                n--;
        return readers[list->format](list, line, n);
}

static int end(CompileDenylist *list) {
        if (list->open > 0)
                return compile_problem_set(list->problem, "%s:%u:1: a parenthesis does not end; expected )", list->file, list->line);
        if (list->n == 0)
                return compile_problem_set(list->problem, "%s:1:1: this deny list names nothing; expected %s", list->file, expected[list->format]);
        return 0;
}

int compile_denylist_read(CompileDenylist *list, int fd) {
        static char room[1 << 20];
        size_t have = 0;
        int r = 0;

        for (;;) {
                ssize_t n = read(fd, room + have, sizeof room - have);
                char *at = room, *lf;
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return compile_problem_set(list->problem, "%s: this file cannot be read: %s", list->file, strerror(errno));
                have += (size_t)n;
                while (r == 0 && (lf = memchr(at, '\n', have - (size_t)(at - room)))) {
                        r = compile_denylist_line(list, at, (size_t)(lf - at));
                        at = lf + 1;
                }
                have -= (size_t)(at - room);
                if (r == 0 && n == 0 && have > 0)
                        r = compile_denylist_line(list, at, have);
                if (r < 0 || n == 0)
                        return r < 0 ? r : end(list);
                if (have > LINE_MAX_BYTES)
                        return compile_problem_set(list->problem, "%s:%u:1: this line is too long; expected at most %d bytes", list->file, list->line + 1, LINE_MAX_BYTES);
                memmove(room, at, have);
        }
}
