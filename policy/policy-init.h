/* policy-init: what the builder tells pid 1 of a zone, and what pid 1 answers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-limits.h"
#include <stddef.h>
#include <stdint.h>

#define POLICY_INIT_PLAN_MAX (256u << 10)
#define POLICY_INIT_MAX_ARGS (POLICY_MAX_ARGS * 2 + 2)
#define POLICY_INIT_MAX_ENV (POLICY_MAX_ENV + 8)

enum { /* PolicyInitPlan.flags */
        POLICY_INIT_NETWORK = 1u << 0,      /* a gateway listens on 127.0.0.1:3128 */
        POLICY_INIT_NESTED = 1u << 1,       /* the application needs user namespaces for its own sandbox (law 9) */
};
typedef struct PolicyInitPlan {
        uint32_t flags;
        const char *program;
        const char *argv[POLICY_INIT_MAX_ARGS + 1], *envp[POLICY_INIT_MAX_ENV + 1]; /* NULL-terminated */
        uint32_t n_execs;
        const char *execs[POLICY_MAX_EXECS + 1]; /* what Landlock lets the zone execute, the program included */
        uint32_t address_arg; /* index in argv that a later address replaces; 0 = none */
} PolicyInitPlan;

int policy_init_plan_encode(const PolicyInitPlan *plan, uint8_t **ret_bytes, size_t *ret_n);
/* Strings point into bytes. 0 or -EBADMSG. */
int policy_init_plan_decode(const uint8_t *bytes, size_t n, PolicyInitPlan *ret_plan);

typedef enum PolicyWall { /* the self-test, in this order */
        POLICY_WALL_IDS, POLICY_WALL_CAPABILITIES, POLICY_WALL_NO_NEW_PRIVS, POLICY_WALL_SECCOMP, POLICY_WALL_TRIPWIRE,
        POLICY_WALL_NAMESPACES, POLICY_WALL_NAMESPACE_LIMITS, POLICY_WALL_SOCKETS, POLICY_WALL_TERMINAL, POLICY_WALL_NOEXEC,
        POLICY_WALL_LANDLOCK, POLICY_WALL_MEMFD, POLICY_WALL_MAP_EXEC, POLICY_WALL_ROOT, POLICY_WALL_PROC, POLICY_WALL_HOST_FILES,
        POLICY_WALL_NETWORK, POLICY_WALL_GATEWAY, POLICY_WALL_DESCRIPTORS, POLICY_WALL_CORE, POLICY_WALL_NESTED,
        POLICY_WALLS
} PolicyWall;
extern const char *const policy_wall_names[POLICY_WALLS];

/* The system calls that no browser makes (the `notify` lines of zone.list that the self-test rings); -1 ends it. */
extern const int policy_tripwire[];

typedef enum PolicyInitMessage {
        POLICY_INIT_LISTENER = 1, /* init -> builder, with the seccomp listener */
        POLICY_INIT_WALLS,        /* init -> builder: value = bits of the walls that stand, error = what the first fallen one showed */
        POLICY_INIT_GO,           /* builder -> init */
        POLICY_INIT_STARTED,      /* init -> builder: exec done; value = pid in the zone */
        POLICY_INIT_EXIT,         /* init -> builder: value = wait(2) status */
        POLICY_INIT_SHOW,         /* builder -> init: text = address */
        POLICY_INIT_FAILED,       /* init or the child before it -> builder: error, text = step */
        POLICY_INIT_ENTER,        /* builder -> the child before init, with init, its plan, and the program's pipes if it gets any; text = path to bind */
} PolicyInitMessage;
typedef struct PolicyMsgInit {
        uint32_t type, value, detail;
        int32_t error;
        char text[2052];
} PolicyMsgInit;
