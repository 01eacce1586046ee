/* desktop-act: what a notice's button does.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Runs "hanare VERB ARGUMENT" without a shell. failed: it ended otherwise than with 0; line: the first line of its error, cleaned; "" = none. */
void desktop_act_run(const char *verb, const char *argument, void (*failed)(const char *line, void *data), void *data);
