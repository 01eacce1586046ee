/* broker-words: the names that states, reasons and bits have on the bus.
 * Runs as: broker.  Input: numbers of our processes.  Must not: trust a number to be in range.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-words.h"
#include <string.h>
#include <sys/wait.h>

static const struct {
        const char *name, *sentence;
} reasons[POLICY_REASONS] = {
        [POLICY_REASON_NONE] = { "none", "It has not ended." },
        [POLICY_REASON_EXIT] = { "exit", "The application ended" },
        [POLICY_REASON_STOP] = { "stop", "It was stopped on request." },
        [POLICY_REASON_RESTART] = { "restart", "It was restarted on request." },
        [POLICY_REASON_TRIPWIRE] = { "tripwire", "The application made a forbidden system call" },
        [POLICY_REASON_MEMORY] = { "memory", "It reached its memory limit." },
        [POLICY_REASON_AGE] = { "age", "It reached its greatest age." },
        [POLICY_REASON_LOGOUT] = { "logout", "Its user logged out." },
        [POLICY_REASON_CALLER_GONE] = { "caller-gone", "The program that asked for it ended." },
        [POLICY_REASON_BROKER_GONE] = { "broker-gone", "The broker ended." },
        [POLICY_REASON_MONITOR_GONE] = { "monitor-gone", "The daemon ended." },
        [POLICY_REASON_BUILDER_DIED] = { "builder-died", "The process that watched over it died." },
        [POLICY_REASON_HELPER_DIED] = { "helper-died", "Its gateway or its display died." },
        [POLICY_REASON_WALL_FAILED] = { "wall-failed", "A wall did not pass its test." },
        [POLICY_REASON_REFUSED] = { "refused", "Policy refused it." },
        [POLICY_REASON_BUILD_FAILED] = { "build-failed", "It could not be built." },
        [POLICY_REASON_SANDBOX_LOST] = { "sandbox-lost", "The browser ran without its own sandbox." },
        [POLICY_REASON_LIMIT] = { "limit", "Too many zones, or too many starts." },
};

const char *broker_words_reason(uint32_t reason) {
        return reason < POLICY_REASONS && reasons[reason].name ? reasons[reason].name : "unknown";
}

const char *broker_words_state(uint32_t state) {
        static const char *const names[] = { "building", "running", "killed", "gone" };

        return state < G_N_ELEMENTS(names) ? names[state] : "unknown";
}

const char *broker_words_notice(uint32_t notice) {
        static const char *const names[] = { "none", "storage-full" };

        return notice < G_N_ELEMENTS(names) ? names[notice] : "unknown";
}

const char *broker_words_display(uint32_t display) {
        static const char *const names[] = { "none", "wayland", "x11" };

        return display < G_N_ELEMENTS(names) ? names[display] : "unknown";
}

char *broker_words_sentence(uint32_t reason, uint32_t detail, uint32_t status, const char *text) {
        const char *base = reason < POLICY_REASONS ? reasons[reason].sentence : "It ended for a reason this version does not know.";

        if (reason == POLICY_REASON_STOP && detail == POLICY_STOP_WINDOW)
                return g_strdup("Its window was closed.");
        if (text && *text && reason == POLICY_REASON_TRIPWIRE) /* a base without its full stop */
                return g_strdup_printf("%s: %s.", base, text);
        if (text && *text)
                return reason == POLICY_REASON_EXIT ? g_strdup(text) : g_strdup_printf("%s %s%s", base, text, g_str_has_suffix(text, ".") ? "" : ".");
        if (reason == POLICY_REASON_EXIT && WIFSIGNALED(status))
                return g_strdup_printf("%s by signal %d.", base, WTERMSIG(status));
        if (reason == POLICY_REASON_EXIT)
                return g_strdup_printf("%s with status %d.", base, WEXITSTATUS(status));
        if (reason == POLICY_REASON_TRIPWIRE)
                return g_strdup_printf("%s (number %u).", base, detail);
        if ((reason == POLICY_REASON_BUILD_FAILED || reason == POLICY_REASON_WALL_FAILED) && detail != 0)
                return reason == POLICY_REASON_WALL_FAILED ? g_strdup_printf("%s (wall %u)", base, detail)
                                                           : g_strdup_printf("%s (%s)", base, g_strerror((int)detail));
        return g_strdup(base);
}

static GVariant *bits_to_strings(uint32_t bits, const char *const *names, size_t n) {
        g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("as"));

        for (uint32_t i = 0; i < 32; i++) {
                if (!(bits & (1u << i)))
                        continue;
                if (i < n)
                        g_variant_builder_add(&list, "s", names[i]);
                else
                        g_variant_builder_add(&list, "s", "unknown");
        }
        return g_variant_builder_end(&list);
}

GVariant *broker_words_substitutes(uint32_t bits) {
        static const char *const names[] = { "memfd-noexec", "noswap", "landlock-scope", "cgroup-v1", "apparmor", "memfd-none" };

        return bits_to_strings(bits, names, G_N_ELEMENTS(names));
}

GVariant *broker_words_proofs(uint32_t bits) {
        static const char *const names[] = { "init-gone", "cgroup-empty", "helpers-gone", "shared-memory-zero", "namespaces-gone",
                                             "cgroup-removed" };

        return bits_to_strings(bits, names, G_N_ELEMENTS(names));
}
