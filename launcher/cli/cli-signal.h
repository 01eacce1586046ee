/* cli-signal: Ctrl-C, SIGTERM and SIGHUP as something the main loop can see.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Catches the three from now on; the descriptor becomes readable with the first one. A second one ends the process at once. */
int cli_signal_open(void);
/* The signal that came, or 0. */
int cli_signal_caught(void);
/* Ends the process by the signal itself, so that a shell sees the truth. */
void cli_signal_die(int number) __attribute__((noreturn));
