/* control: what every negative control holds: a mark that no release program may have.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* tests/lint/check-no-hooks.py looks for the mark in what is installed; run-controls.py looks for it in what it puts in its place. */
#define CONTROL(wall) static const char control_mark[] __attribute__((used)) = "HANARE-NEGATIVE-CONTROL " wall
