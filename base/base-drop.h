/* base-drop: giving up privilege, and proving that it is gone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stddef.h>
#include <sys/types.h>

/* Sets all uids and gids to id, empties the groups, the bounding set, the ambient set and all capability sets, sets
 * no_new_privs and PR_SET_DUMPABLE 0, then checks that nothing can be regained. Ends the process on any failure. */
void base_drop_to(uid_t id);
/* The same without a change of ids: for a process that already has its own. */
void base_drop_all(void);
/* PR_SET_DUMPABLE 0, RLIMIT_CORE 1 (0 does not stop a piped core handler, core(5)), umask 077, standard descriptors open. */
void base_drop_common(void);
/* Closes everything from first upward (close_range(2)); ends the process on failure. */
void base_close_from(unsigned first);
