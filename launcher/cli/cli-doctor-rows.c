/* cli-doctor-rows: every row of `hanare doctor`: what is looked at, what its lack costs, how to get it.
 * Runs as: user.  Input: none (a table).  Must not: promise a wall that a substitute does not give.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-cmd.h"
#include "launcher/cli/cli-doctor-probe.h"

#define V1_LIMITS N_("It is on cgroup v1: limits hold, but are less exact.")
#define UNIFIED N_("Start the machine with systemd and the unified hierarchy (kernel option systemd.unified_cgroup_hierarchy=1).")

const CliProbeRow cli_doctor_rows[] = {
        { "kernel", true, cli_probe_kernel, NULL, N_("Linux kernel 6.1 or later"), NULL,
          N_("Zones need what Linux 6.1 brought."), N_("Install the kernel of Debian 12 or later.") },
        { "userns", true, cli_probe_userns_switch, NULL, N_("User namespaces are permitted"), NULL,
          N_("kernel.unprivileged_userns_clone is 0: the browser would run without its own sandbox, so zones refuse to start."),
          N_("Set it back: sysctl kernel.unprivileged_userns_clone=1, and look for it in /etc/sysctl.d.") },
        { "userns-count", true, cli_probe_userns_count, NULL, N_("User namespaces can be made"), NULL,
          N_("user.max_user_namespaces is 0 or absent: zones cannot be made."), N_("Set a number: sysctl user.max_user_namespaces=10000, and look for it in /etc/sysctl.d.") },
        { "overlayfs", true, cli_probe_overlay, NULL, N_("OverlayFS"), NULL,
          N_("The throwaway layer of a zone cannot be made."), N_("Use a kernel with CONFIG_OVERLAY_FS.") },
        { "seccomp", true, cli_probe_seccomp, NULL, N_("Seccomp with user notification"), NULL,
          N_("System calls cannot be filtered and watched."), N_("Use a kernel with CONFIG_SECCOMP_FILTER.") },
        { "landlock", true, cli_probe_landlock, NULL, N_("Landlock"),
          N_("It cannot scope sockets and signals (ABI below 6): the zone's own namespaces do that."),
          N_("The list of programs that a zone may execute cannot be enforced."), N_("Use a kernel with CONFIG_SECURITY_LANDLOCK, and landlock in its lsm= option.") },
        { "memfd-noexec", false, cli_probe_memfd, NULL, N_("Memory files cannot be executed (vm.memfd_noexec)"),
          N_("The kernel lacks it: the AppArmor profile stops that instead."),
          N_("The kernel lacks it and AppArmor is off: nothing stops a zone from executing a memory file; zones start only where policy permits that."),
          N_("Use Linux 6.3 or later, or switch AppArmor on.") },
        { "noswap", false, cli_probe_noswap, NULL, N_("Layers are never swapped out (tmpfs noswap)"),
          N_("The kernel lacks it: memory.swap.max=0 does it instead."), NULL, N_("Use Linux 6.4 or later.") },
        { "cgroup2", true, cli_probe_cgroup2, NULL, N_("Control groups version 2"), NULL,
          N_("The processes of a zone cannot be held together and ended together."), UNIFIED },
        { "memory", true, cli_probe_controller, "memory", N_("Memory limits"), V1_LIMITS, N_("A zone could use all memory."), UNIFIED },
        { "pids", true, cli_probe_controller, "pids", N_("Process limits"), V1_LIMITS, N_("A zone could use all process numbers."), UNIFIED },
        { "cpu", false, cli_probe_controller, "cpu", N_("Processor limits"), V1_LIMITS, N_("A zone can use all processors."), UNIFIED },
        { "cgroup-kill", true, cli_probe_cgroup_kill, NULL, N_("A whole zone can be ended at once (cgroup.kill)"), NULL,
          N_("The end of a zone cannot be sure."), N_("Use the kernel of Debian 12 or later, with control groups version 2.") },
        { "apparmor", false, cli_probe_apparmor, NULL, N_("AppArmor"), N_("It is off: the other walls stand alone."), NULL,
          N_("Install apparmor and remove apparmor=0 from the kernel's options.") },
        { "apparmor-profile", false, cli_probe_profile, "hanare-zone", N_("AppArmor profile of the zones"), N_("AppArmor is off: the other walls stand alone."),
          N_("It is not loaded and enforced."), N_("Switch AppArmor on and load it: apparmor_parser -r /etc/apparmor.d/hanare-zone.") },
        { "dbus", true, cli_probe_any, "run/dbus/system_bus_socket", N_("D-Bus system bus"), NULL,
          N_("The service cannot be reached."), N_("Install dbus and start it.") },
        { "polkit", false, cli_probe_any, "usr/lib/polkit-1/polkitd usr/libexec/polkitd usr/lib/policykit-1/polkitd", N_("polkit"), NULL,
          N_("With authorisation by polkit every request is denied."), N_("Install polkitd, or set \"authorisation\" to \"owner\" in /etc/hanare/hanare.jsonc.") },
        { "logind", false, cli_probe_any, "run/systemd/users", N_("Login manager (logind)"), NULL,
          N_("Zones are not ended when their user logs out."), N_("Start the machine with systemd, with libpam-systemd installed.") },
        { "weston", true, cli_probe_any, "usr/bin/weston", N_("weston shows the zones"), NULL,
          N_("Zones with a window cannot be started."), N_("Install weston.") },
        { "chromium", false, cli_probe_any, "usr/lib/chromium/chromium", N_("Chromium"), NULL,
          N_("Kinds of zone that use it cannot be started."), N_("Install chromium.") },
        { "firefox", false, cli_probe_any, "usr/lib/firefox-esr/firefox-esr usr/lib/firefox-esr/firefox-bin", N_("Firefox ESR"), NULL,
          N_("Kinds of zone that use it cannot be started."), N_("Install firefox-esr.") },
        { "fonts-ja", false, cli_probe_any,
          "usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc "
          "usr/share/fonts/opentype/ipafont-gothic usr/share/fonts/opentype/ipaexfont-gothic usr/share/fonts/truetype/fonts-japanese-gothic.ttf "
          "usr/share/fonts/truetype/vlgothic usr/share/fonts/truetype/takao-gothic", N_("Japanese fonts"), NULL,
          N_("Japanese pages show boxes instead of characters."), N_("Install fonts-noto-cjk.") },
        { "fonts-emoji", false, cli_probe_any, "usr/share/fonts/truetype/noto/NotoColorEmoji.ttf usr/share/fonts/truetype/ancient-scripts/Symbola_hint.ttf",
          N_("Emoji fonts"), NULL, N_("Chromium shows boxes instead of emoji."), N_("Install fonts-noto-color-emoji.") },
        { "core", false, cli_probe_core, NULL, N_("Core dumps stay out of the way"),
          N_("They go to a program (kernel.core_pattern): zones forbid dumps by a limit of their own."), NULL, NULL },
        { "swap", false, cli_probe_swap, NULL, N_("Swap does not keep what a zone wrote"), N_("Swap is on: memory.swap.max=0 keeps zones out of it."),
          N_("Swap is on, and zones cannot be kept out of it: what they wrote could stay on disk."),
          N_("Use Linux 6.4 or later, or control groups version 2, or switch swap off.") },
        { "uids", true, cli_probe_uids, NULL, N_("The user numbers of the zones are nobody else's"), NULL,
          N_("An account or a range of /etc/subuid touches them."), N_("Choose another \"uid_base\" in /etc/hanare/hanare.jsonc.") },
};
const size_t cli_doctor_n_rows = sizeof(cli_doctor_rows) / sizeof(cli_doctor_rows[0]);
