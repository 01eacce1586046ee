/* control-descriptors: a descriptor of the builder reaches the zone.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "base/base-drop.h"
#include <unistd.h>

CONTROL("descriptors");

void __real_base_close_from(unsigned first);
void __wrap_base_close_from(unsigned first);

void __wrap_base_close_from(unsigned first) {
        __real_base_close_from(first);
        (void)!dup(4);
}
