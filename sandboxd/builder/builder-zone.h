/* builder-zone: everything one builder holds for its one zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "overlay/overlay-mount.h"
#include "policy/policy-init.h"
#include "policy/policy-message.h"
#include "policy/policy-plan.h"
#include "hanare-config.h"
#include "sandboxd/builder/builder-step.h"
#include <time.h>

#define BUILDER_FONT_CACHE "var/cache/fontconfig"
#define BUILDER_STAGE HANARE_RUNDIR "/stage" /* where the builder's private namespace has its staging tmpfs */

enum { BUILDER_FD_TABLE = 3, BUILDER_FD_MONITOR, BUILDER_FD_CGROUP, BUILDER_FD_V1_MEMORY, BUILDER_FD_V1_PIDS, BUILDER_FD_V1_CPU, BUILDER_FD_DENYLIST, BUILDER_FDS };

typedef struct BuilderHelper { /* gateway, compositor */
        pid_t pid;
        int pidfd;
} BuilderHelper;

typedef struct BuilderSeen { /* a file or folder of the host that a zone was built from; all zero = it is not there */
        uint64_t dev, ino;
        int64_t changed_s, changed_ns;
} BuilderSeen;

typedef struct BuilderZone {
        PolicyTable *table;
        const PolicyKind *kind;
        const PolicyKind *ahead;       /* what stands ready is for this kind; NULL = nothing does */
        BuilderSeen seen[POLICY_MAX_SUBTREES + 2]; /* what it was built from */
        PolicyPlan *plan;
        uint32_t slot, substitutes;
        uint64_t number;
        uid_t zone_uid, gateway_uid, display_uid;
        int broker;                    /* socket to the broker; -1 after it closed */
        int stage;                     /* root of the staging tmpfs */
        int root;                      /* root of the zone's root tmpfs, before the pivot */
        OverlayMounts layers;
        int cgroup, cgroup_v1[3];      /* the zone's own groups; -1 = none */
        char cgroup_name[16];
        int stdio[3], display_fd;      /* handed over by the client; -1 = none */
        int listener;                  /* the gateway's listening socket, then closed */
        int wayland;                   /* the compositor's listening socket, then closed */
        int alive;                     /* a pipe's end that nobody else holds: the compositor sees it close with the builder */
        int init_socket, init_pidfd, tripwire;
        pid_t init_pid;
        uint64_t ns_inodes[8];         /* of the zone's namespaces */
        int ns_fds[8];                 /* held until it is proven that nobody is in them: the kernel gives a freed number to the next one; -1 = none */
        BuilderHelper gateway, display;
        int renew;                     /* socket to the gateway, for newer rules; -1 = none */
        int hears;                     /* the gateway's events, until the broker has them; -1 = none */
        bool memfd_noexec, apparmor, full_told, renderer_seen;
        BuilderStep step;              /* where a failure happened */
        char text[160];                /* one English sentence about the end */
        uint32_t reason, detail, exit_status, walls;
        int32_t error;
        struct timespec began, began_mono;
} BuilderZone;

/* Each returns 0 or a negative errno; z->step says where. */
int builder_cgroup_make(BuilderZone *z);
int builder_cgroup_limit(BuilderZone *z);
void builder_cgroup_kill(BuilderZone *z);
int64_t builder_cgroup_number(int dirfd, const char *file, const char *key); /* a counter of a kernel file; -1 when it cannot be read */
bool builder_cgroup_empty(BuilderZone *z);
bool builder_cgroup_remove(BuilderZone *z);

int builder_stage_make(BuilderZone *z);
int builder_root_build(BuilderZone *z);
/* The path of the plan's program where the kind's subtrees do not bind it, else "". */
const char *builder_root_further(const BuilderZone *z);
int builder_root_program(int root, const char *path); /* runs inside */
/* A root of its own below stage/name with the given /usr subtrees and devices; used for the zone and for the compositor. */
int builder_root_make(BuilderZone *z, const char *name, const PolicySubtree *subtrees, uint32_t n, int *ret_root);
/* Binds what fd (or dirfd/path) names onto root/path, which must exist, with MOUNT_ATTR_* set. */
int builder_root_bind(int dirfd, const char *from, int root, const char *to, uint64_t attr);
/* The host's font cache onto root/to; left out where it is not root's alone. */
int builder_root_font_cache(int root, const char *to);

int builder_display_listen(BuilderZone *z);
int builder_display_start(BuilderZone *z);
int builder_gateway_start(BuilderZone *z);
int builder_gateway_introduce(BuilderZone *z); /* hands the gateway's events to the broker */
bool builder_gateway_renew(BuilderZone *z); /* takes a newer policy from the monitor; false = the monitor is gone */

/* All that needs the kind and no plan, up to the gateway: for a kind that may be asked for (its index; may fail, the one who asks hears why),
 * and for the kind that was: what stands ready is taken, unless it is another kind's or the host has changed since. */
void builder_ahead_guess(BuilderZone *z, unsigned long kind);
int builder_ahead_take(BuilderZone *z);

int builder_clone_zone(BuilderZone *z);                            /* up to the network; the clone then waits */
int builder_clone_enter(BuilderZone *z, int init_exe, int init_plan); /* the plan's part, up to exec of init */
/* What the clone does as real root inside the zone's namespaces, up to exec of init. Does not return. */
void builder_inside(const BuilderZone *z, int sock) __attribute__((noreturn));
int builder_net_setup(bool network, int *ret_listener); /* runs inside */
int builder_proc_mount(int root, bool *ret_memfd_noexec, int *ret_sys_user); /* runs inside */
int builder_plan_init(const BuilderZone *z, int *ret_fd);

void builder_watch(BuilderZone *z);       /* until the zone's end has a reason */
int builder_walls_wait(BuilderZone *z);   /* the self-test, with the tripwire answered EPERM */
bool builder_look(BuilderZone *z);        /* law 9: false = a renderer without the browser's sandbox */
void builder_wipe(BuilderZone *z);        /* kill, wait, prove, receipt */
int builder_discard(BuilderZone *z);      /* what was built ahead and is not wanted: nothing of a user's ran in it */
void builder_tell(BuilderZone *z, uint32_t state);
