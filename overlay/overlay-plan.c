/* overlay-plan: decides how a zone's layers are mounted; touches nothing.
 * Runs as: anyone (pure).  Input: one kind of the table.  Must not: act.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlay/overlay-plan.h"
#include <errno.h>
#include <stdio.h>

static void add(OverlayOption *options, uint32_t *n, const char *key, const char *value, uint32_t substitute) {
        OverlayOption *o = &options[(*n)++];
        snprintf(o->key, sizeof o->key, "%s", key);
        snprintf(o->value, sizeof o->value, "%s", value);
        o->optional = substitute != 0;
        o->substitute = substitute;
}

int overlay_plan_make(const PolicyKind *kind, uid_t owner, OverlayPlan *ret_plan) {
        OverlayPlan plan = { .owner = owner };
        char text[64];

        if (kind->scratch_mib == 0 || kind->scratch_inodes == 0 || owner == 0)
                return -EINVAL;
        snprintf(text, sizeof text, "%um", kind->scratch_mib);
        add(plan.scratch, &plan.n_scratch, "size", text, 0);
        snprintf(text, sizeof text, "%u", kind->scratch_inodes);
        add(plan.scratch, &plan.n_scratch, "nr_inodes", text, 0);
        add(plan.scratch, &plan.n_scratch, "mode", "0755", 0);
        add(plan.scratch, &plan.n_scratch, "huge", "never", 0);
        /* tmpfs(5): noswap since 6.4; before, memory.swap.max=0 keeps the pages in memory */
        add(plan.scratch, &plan.n_scratch, "noswap", "", POLICY_SUBSTITUTE_NOSWAP);
        /* trusted xattrs, never userxattr: tmpfs on 6.1 has no user.* and a removed folder would be EIO */
        add(plan.overlay, &plan.n_overlay, "redirect_dir", "nofollow", 0);
        add(plan.overlay, &plan.n_overlay, "index", "off", 0);
        add(plan.overlay, &plan.n_overlay, "metacopy", "off", 0);
        add(plan.overlay, &plan.n_overlay, "xino", "off", 0);
        add(plan.overlay, &plan.n_overlay, "nfs_export", "off", 0);
        add(plan.overlay, &plan.n_overlay, "volatile", "", 0);
        *ret_plan = plan;
        return 0;
}
