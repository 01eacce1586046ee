/* overlay-mount: puts a planned overlay in place, discards it, counts what it holds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "overlay/overlay-plan.h"
#include <stdint.h>

typedef struct OverlayMounts {
        int scratch;           /* root of the tmpfs that takes every write: upper, work, tmp, run, shm */
        int merged;            /* root of the overlay: etc, home, var */
        uint32_t substitutes;  /* what this kernel lacks */
} OverlayMounts;
#define OVERLAY_MOUNTS_NULL { -1, -1, 0 }

/* A new tmpfs with the options, attached at dirfd/name (which must exist) with nosuid, nodev and the given MOUNT_ATTR_*. Returns
 * its root as a descriptor. Attach first, stack later: 6.1 and 6.12 refuse mounts onto trees that are not attached. */
int overlay_mount_tmpfs(int dirfd, const char *name, const OverlayOption *options, uint32_t n, uint64_t attr, uint32_t *substitutes);
/* Below stage (an attached tmpfs of the builder's own mount namespace): scratch/, lower/ filled with the kind's generated files
 * and folders, merged/ with the overlay. Everything writable is nosuid, nodev, noexec. 0 or a negative errno. */
int overlay_mount(int stage, const OverlayPlan *plan, const PolicyKind *kind, OverlayMounts *ret_mounts);
/* Lets go of the descriptors; the kernel frees the rest with the last mount. */
void overlay_mount_done(OverlayMounts *mounts);
/* Bytes and inodes in use on the scratch tmpfs, and whether less than one twentieth of either is left. */
int overlay_account(const OverlayMounts *mounts, uint64_t *ret_bytes, uint64_t *ret_files, bool *ret_full);
