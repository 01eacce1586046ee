/* pull-status: what lies in the spool, and until when it is good.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/pull/pull-round.h"

/* Prints it. True when something was accepted, has not expired, and its bundle is there and signed. */
bool pull_status_print(const Pull *p, bool json);
