/* compile-denylist: the site's deny lists, as they are published, into one file for all gateways.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-denylist.h"
#include "sandboxd/compile/compile-problem.h"

typedef enum CompileDenylistFormat {
        COMPILE_DENYLIST_HOSTS,   /* NAME.hosts: "0.0.0.0 name", that name alone */
        COMPILE_DENYLIST_DOMAINS, /* NAME.domains: a name with its sub-names, "*.name" its sub-names alone */
        COMPILE_DENYLIST_ADBLOCK, /* NAME.adblock: "||name^", with its sub-names */
        COMPILE_DENYLIST_RPZ,     /* NAME.rpz: a response policy zone: "name CNAME ." */
        COMPILE_DENYLIST_FORMATS,
} CompileDenylistFormat;

/* One list under way. */
typedef struct CompileDenylist {
        PolicyDenylistMaker *maker;
        CompileProblem *problem;
        CompileDenylistFormat format;
        const char *file;
        unsigned line;
        uint32_t before, n; /* names in the maker before; names in this file */
        char origin[260];   /* rpz: with a dot at its end, or "" */
        unsigned open;      /* rpz: parentheses */
} CompileDenylist;

/* The format by the file's name, its title the rest of it. 0, -EINVAL (problem set). */
int compile_denylist_begin(CompileDenylist *list, PolicyDenylistMaker *maker, const char *file, CompileProblem *problem);
/* One line, without its end. 0, -EINVAL (problem set), -ENOMEM. What is no line of the format is a problem: a list that was read wrongly would deny nothing. */
int compile_denylist_line(CompileDenylist *list, const char *line, size_t n);
/* Every line of the descriptor, read piece by piece; and a list without a name is a problem. */
int compile_denylist_read(CompileDenylist *list, int fd);
