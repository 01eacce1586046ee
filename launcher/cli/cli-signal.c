/* cli-signal: Ctrl-C, SIGTERM and SIGHUP as something the main loop can see.
 * Runs as: user.  Input: signals.  Must not: work inside a handler.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-signal.h"
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const int caught_signals[] = { SIGINT, SIGTERM, SIGHUP };
static volatile sig_atomic_t caught;
static int event = -1;

static void on_signal(int number) {
        int saved = errno;
        uint64_t one = 1;
        if (caught) {
                signal(number, SIG_DFL);
                raise(number);
        }
        caught = number;
        if (write(event, &one, sizeof(one)) < 0)
                signal(number, SIG_DFL);
        errno = saved;
}

int cli_signal_open(void) {
        if (event >= 0)
                return event;
        event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (event < 0)
                return -errno;
        for (size_t i = 0; i < sizeof(caught_signals) / sizeof(caught_signals[0]); i++) {
                struct sigaction old, action = { .sa_handler = on_signal };
                /* A caller that ignores a signal (nohup) means it. */
                if (sigaction(caught_signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
                        sigaction(caught_signals[i], &action, NULL);
        }
        return event;
}

int cli_signal_caught(void) {
        return caught;
}

void cli_signal_die(int number) {
        signal(number, SIG_DFL);
        raise(number);
        _exit(128 + number);
}
