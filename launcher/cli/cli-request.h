/* cli-request: what start, open, restart and run have in common: options and descriptors of a request.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "launcher/cli/cli-bus.h"
#include "launcher/cli/cli-cmd.h"
#include "launcher/cli/cli-display.h"
#include <sys/types.h>

typedef struct CliRequest {
        const char *for_user; /* --for, NULL = the caller */
        bool fresh;
        uid_t owner;
        CliDisplay display;
        const char *cancelled; /* what Ctrl-C left, translated; NULL = nothing of it */
} CliRequest;

void cli_request_init(CliRequest *request);
void cli_request_done(CliRequest *request);
/* Resolves --for. -1 to go on, else the CliExit (message printed). */
int cli_request_check(CliRequest *request, const CliCommand *command);
/* The options dictionary (floating). */
GVariant *cli_request_options(const CliRequest *request);
/* An array of n handles 0, 1, ... (floating). */
GVariant *cli_request_handles(size_t n);
/* Prints the error; where it is the missing display, with the reason the display was not found. */
CliExit cli_request_report(const CliRequest *request, const GError *error);
/* A new zone runs; where a signal came meanwhile it is ended again, and that is said. CLI_OK to go on. */
CliExit cli_request_started(GDBusConnection *bus, const CliRequest *request, const char *zone);
/* Text that the bus can carry (UTF-8)? Else prints an error and says false. */
bool cli_request_text_ok(const CliCommand *command, const char *text);
/* The zone named by an optional argument: itself, or the caller's only zone. A CliExit; prints the error. */
CliExit cli_request_zone(GDBusConnection *bus, const CliCommand *command, const char *argument, char **ret_zone);
