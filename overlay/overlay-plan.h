/* overlay-plan: decides how a zone's layers are mounted; touches nothing.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-table.h"
#include <stdbool.h>
#include <sys/types.h>

#define OVERLAY_PLAN_OPTIONS 12
typedef struct OverlayOption {
        char key[24], value[64]; /* value "" = a flag */
        bool optional;           /* refused by an older kernel: left out, and said so */
        uint32_t substitute;     /* PolicySubstitute bit that stands in then */
} OverlayOption;
typedef struct OverlayPlan {
        uid_t owner;             /* host uid of the zone */
        uint32_t n_scratch, n_overlay;
        OverlayOption scratch[OVERLAY_PLAN_OPTIONS], overlay[OVERLAY_PLAN_OPTIONS];
} OverlayPlan;

/* 0, or -EINVAL where the kind's limits make no file system. */
int overlay_plan_make(const PolicyKind *kind, uid_t owner, OverlayPlan *ret_plan);
