/* builder-step: the closed list of what the builder does with privilege, in order, each with its reason.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

typedef enum BuilderStep {
        STEP_TABLE,      /* map the sealed table: the only source of paths, ids and limits */
        STEP_CGROUP,     /* make the zone's cgroup before anything can run in it */
        STEP_STAGE,      /* a private mount namespace, so that no mount of ours is ever seen by the host */
        /* up to here before anybody asks; up to the gateway too, for the kind that the monitor names: builder-ahead.c */
        STEP_LAYERS,     /* overlay: generated files below, a tmpfs that takes every write above */
        STEP_ROOT,       /* the zone's root: subtrees of /usr, devices, the writable places */
        STEP_CLONE,      /* the zone's namespaces, owned by the first user namespace, so that no zone process has power over them */
        STEP_PROC,       /* inside: its own procfs, masked, /proc/sys read-only, vm.memfd_noexec=2 by real root */
        STEP_NETWORK,    /* inside: a loopback, a link that leads nowhere, the listening socket */
        STEP_GATEWAY,    /* the only way out, outside the zone */
        STEP_PLAN,       /* read the one plan and check it against the table */
        STEP_DISPLAY,    /* the compositor, outside the zone, and its socket in the zone's runtime folder */
        STEP_PROGRAM,    /* inside: the one further program that the plan names, bound by itself */
        STEP_PIVOT,      /* inside: the host's tree goes away */
        STEP_IDS,        /* inside: the user namespace with one id, namespace limits, ids, capabilities */
        STEP_INIT,       /* exec of pid 1: Landlock, seccomp, self-test */
        STEP_WALLS,      /* every wall was seen to stand */
        STEP_START,      /* the application */
        STEPS
} BuilderStep;
extern const char *const builder_step_names[STEPS];
