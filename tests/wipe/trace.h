/* trace: the mark that every plant leaves, and the search for it.
 * Output, one line each, read by run-wipe-tests.py:
 *     planted: NAME WHAT      refused: NAME errno=1 (EPERM) WHAT      broken: NAME WHAT
 *     found: WHAT             searched: N files, M processes
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRACE_MARK "HANARE-TRACE-7f3ac91b"
#define TRACE_HOME "/home/zone"
#define TRACE_PORT 45678

typedef struct TracePlant {
        const char *name;
        void (*plant)(void);
} TracePlant;

/* Lines; each plant says at least one of the first two, or it fails. */
__attribute__((format(printf, 1, 2))) void trace_planted(const char *format, ...);
void trace_refused(int error, const char *what);
/* r as of a system call: planted or refused. Returns r. */
long trace_call(const char *what, long r);
/* Writes the mark into a file, making its directories; the line included. */
void trace_file(const char *path);
/* The same without a line: 0 or -1. */
int trace_write(const char *path);
/* Runs the plant that argv names; with --find after it, searches at once (the control of the search). */
int trace_main(const TracePlant *plants, size_t n, int argc, char **argv);
/* Searches the whole zone; the number of traces found. */
unsigned trace_search(void);
