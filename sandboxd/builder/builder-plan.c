/* builder-plan: turns the checked plan into what pid 1 of the zone is told.
 * Runs as: root (builder).  Input: a plan that passed policy_plan_check.  Must not: take a path from the plan.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "sandboxd/builder/builder-zone.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void set_arguments(const BuilderZone *z, PolicyInitPlan *init) {
        const char *address = *z->plan->address ? z->plan->address : z->kind->start_page;
        uint32_t n = 0;

        init->argv[n++] = init->program;
        if (z->plan->program == 0)
                for (uint32_t i = 0; i < z->kind->args.n; i++) {
                        if (strcmp(z->kind->args.items[i], "%u") != 0)
                                init->argv[n++] = z->kind->args.items[i];
                        else if (*address) {
                                init->address_arg = n;
                                init->argv[n++] = address;
                        }
                }
        for (uint32_t i = 0; i < z->plan->argv.n; i++)
                init->argv[n++] = z->plan->argv.items[i];
        init->argv[n] = NULL;
}

int builder_plan_init(const BuilderZone *z, int *ret_fd) {
        char tz[sizeof "TZ=" + POLICY_MAX_TIMEZONE];
        PolicyInitPlan init = { .program = z->kind->programs[z->plan->program].path };
        uint32_t n = 0;
        uint8_t *bytes = NULL;
        size_t size;
        int r;

        if (z->kind->flags & POLICY_KIND_NETWORK)
                init.flags |= POLICY_INIT_NETWORK;
        if (z->plan->program == 0 && z->kind->app != POLICY_APP_PROGRAM)
                init.flags |= POLICY_INIT_NESTED;
        set_arguments(z, &init);
        for (uint32_t i = 0; i < z->kind->env.n; i++)
                init.envp[n++] = z->kind->env.items[i];
        init.envp[n++] = z->plan->locale == POLICY_LOCALE_JA ? "LANG=ja_JP.UTF-8" : "LANG=C.UTF-8";
        init.envp[n++] = z->plan->locale == POLICY_LOCALE_JA ? "LANGUAGE=ja:en" : "LANGUAGE=en";
        /* always: where it is not set, ICU reads the whole tz database to find out */
        snprintf(tz, sizeof tz, "TZ=%s", *z->plan->timezone ? z->plan->timezone : "UTC");
        init.envp[n++] = tz;
        for (uint32_t i = 0; i < z->kind->execs.n && i + 1 < POLICY_MAX_EXECS; i++)
                init.execs[init.n_execs++] = z->kind->execs.items[i];
        init.execs[init.n_execs++] = init.program;
        r = policy_init_plan_encode(&init, &bytes, &size);
        if (r < 0)
                return r;
        *ret_fd = base_fd_seal("init-plan", bytes, size);
        free(bytes);
        return *ret_fd < 0 ? *ret_fd : 0;
}
