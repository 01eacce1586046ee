/* base-spawn: starts another program of ours, with a fixed list of descriptors and nothing else.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stddef.h>
#include <sys/types.h>

typedef struct BaseSpawn {
        const char *path;        /* absolute, compiled in */
        char *const *argv, *const *envp;
        const int *fds;          /* become 0, 1, 2, 3, ... in the child; -1 = /dev/null; nothing else is inherited */
        size_t n_fds;
        int cgroup;              /* directory descriptor for CLONE_INTO_CGROUP, or -1 */
        uid_t uid;               /* 0 = stay; else all ids and groups become this one before exec */
        unsigned long namespaces; /* CLONE_NEW* for the child; a new mount namespace is made private */
} BaseSpawn;

/* Single-threaded callers only. The child gets PR_SET_PDEATHSIG SIGKILL after its last change of ids and checks the
 * parent over a pipe (a pid namespace hides it). Returns 0 when exec succeeded (or the child could not drop its ids and is already dead: watch the
 * pidfd), or the child's negative errno. */
int base_spawn(const BaseSpawn *spawn, pid_t *ret_pid, int *ret_pidfd);
