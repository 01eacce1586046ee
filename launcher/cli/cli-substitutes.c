/* cli-substitutes: what stands in for something that this kernel lacks, in words.
 * Runs as: user.  Input: the service's answer.  Must not: hide a name that it does not know.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-substitutes.h"
#include "launcher/cli/cli-cmd.h"
#include "launcher/cli/cli-text.h"
#include "policy/policy-table.h"
#include <stdio.h>
#include <string.h>

static const struct {
        uint32_t bit;
        const char *name, *text;
} substitutes[] = {
        { POLICY_SUBSTITUTE_MEMFD_NOEXEC, "memfd-noexec", N_("the kernel has no vm.memfd_noexec: the AppArmor profile stops execution of memory files instead") },
        { POLICY_SUBSTITUTE_NOSWAP, "noswap", N_("the kernel has no tmpfs noswap: zones may not use swap at all instead") },
        { POLICY_SUBSTITUTE_LANDLOCK_SCOPE, "landlock-scope", N_("Landlock cannot scope sockets and signals: the zone's own namespaces do it instead") },
        { POLICY_SUBSTITUTE_CGROUP_V1, "cgroup-v1", N_("memory, process and processor limits are on cgroup v1") },
        { POLICY_SUBSTITUTE_APPARMOR, "apparmor", N_("no AppArmor on this machine: the other walls stand alone") },
        { POLICY_SUBSTITUTE_MEMFD_NONE, "memfd-none", N_("neither vm.memfd_noexec nor AppArmor: nothing stops execution of memory files") },
};

static void print_name(const char *name) {
        const char *text = NULL;
        for (size_t i = 0; i < G_N_ELEMENTS(substitutes); i++)
                if (strcmp(substitutes[i].name, name) == 0)
                        text = _(substitutes[i].text);
        g_autofree char *shown = cli_text_escape(name);
        printf(text ? "    %s: %s\n" : "    %s\n", shown, text);
}

void cli_substitutes_print(GVariant *value) {
        guint printed = 0;
        if (value && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING_ARRAY)) {
                g_autofree const char **names = g_variant_get_strv(value, NULL);
                for (; names[printed]; printed++)
                        print_name(names[printed]);
        } else if (value && g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32)) {
                for (size_t i = 0; i < G_N_ELEMENTS(substitutes); i++)
                        if (g_variant_get_uint32(value) & substitutes[i].bit) {
                                print_name(substitutes[i].name);
                                printed++;
                        }
        }
        if (!printed)
                printf("    %s\n", _("none"));
}
