/* cli-bus: the one connection to the service, its calls, its errors.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "launcher/cli/cli-exit.h"
#include <gio/gio.h>
#include <stdbool.h>

#define CLI_BUS_NAME "org.hanare.Sandbox1"
#define CLI_BUS_PATH "/org/hanare/Sandbox1"

typedef struct CliBusCall {
        const char *method;
        GVariant *parameters;   /* floating, or NULL */
        const char *reply_type;
        const int *fds;         /* borrowed; passed in this order */
        size_t n_fds;
        const char *waiting;    /* what to show when it takes long, or NULL */
        bool cancels;           /* a start: Ctrl-C ends it in the service too */
        int timeout_ms;         /* 0 = a minute, -1 = as long as it takes */
} CliBusCall;

/* Connects to the system bus once. A CliExit; prints the error. */
CliExit cli_bus_open(GDBusConnection **ret_bus);
/* Calls and waits while the main context runs. NULL with error set, or with error unset when a signal came. A start that was done
 * before it could be cancelled is answered as done, though a signal came. */
GVariant *cli_bus_call(GDBusConnection *bus, const CliBusCall *call, GError **error);
/* The same; prints the error. */
CliExit cli_bus_ask(GDBusConnection *bus, const CliBusCall *call, GVariant **ret_reply);
/* Prints one line (what, why, what to do) and returns what it means. error NULL = a signal came. */
CliExit cli_bus_report(const GError *error);
/* The same for a signal, with what it left behind. */
CliExit cli_bus_cancelled(const char *text);
/* True where the service answered org.hanare.Error.NAME. */
bool cli_bus_error_is(const GError *error, const char *name);
/* How a reason of the service reads to the user; the reason itself, escaped, where it is not known. */
char *cli_bus_reason(const char *reason);
