/* test-cli-doctor-probe: each probe, on a tree that has it and one that lacks it.
 * Runs as: anyone (pure).  Input: none.  Must not: need a display, a bus or root.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-doctor-probe.h"
#include <check.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *tree;
static CliProbe probe;

static void setup(void) {
        tree = g_dir_make_tmp("hanare-probe-XXXXXX", NULL);
        ck_assert_ptr_nonnull(tree);
        probe = (CliProbe) { .root = open(tree, O_PATH | O_DIRECTORY | O_CLOEXEC) };
        ck_assert_int_ge(probe.root, 0);
}

static void remove_tree(const char *path) {
        GDir *dir = g_dir_open(path, 0, NULL);
        for (const char *name; dir && (name = g_dir_read_name(dir));) {
                g_autofree char *child = g_build_filename(path, name, NULL);
                remove_tree(child);
        }
        if (dir)
                g_dir_close(dir);
        g_remove(path);
}

static void teardown(void) {
        close(probe.root);
        remove_tree(tree);
        g_free(tree);
}

static void file(const char *path, const char *text) {
        g_autofree char *full = g_build_filename(tree, path, NULL), *dir = g_path_get_dirname(full);
        ck_assert_int_eq(g_mkdir_with_parents(dir, 0700), 0);
        ck_assert(g_file_set_contents(full, text, -1, NULL));
}

#define IS(state, call) ck_assert_int_eq(call, CLI_PROBE_##state)

START_TEST(kernel) {
        IS(MISSING, cli_probe_kernel(&probe, NULL));
        file("proc/sys/kernel/osrelease", "5.19.0-1\n");
        IS(MISSING, cli_probe_kernel(&probe, NULL));
        IS(SUBSTITUTED, cli_probe_noswap(&probe, NULL));
        file("proc/sys/kernel/osrelease", "6.1.0-50-amd64\n");
        IS(PRESENT, cli_probe_kernel(&probe, NULL));
        ck_assert_str_eq(probe.detail, "6.1.0-50-amd64");
        IS(SUBSTITUTED, cli_probe_noswap(&probe, NULL));
        file("proc/sys/kernel/osrelease", "6.12.117\n");
        IS(PRESENT, cli_probe_noswap(&probe, NULL));
        file("proc/sys/kernel/osrelease", "garbage");
        IS(MISSING, cli_probe_kernel(&probe, NULL));
}
END_TEST

START_TEST(user_namespaces) {
        IS(PRESENT, cli_probe_userns_switch(&probe, NULL));
        IS(MISSING, cli_probe_userns_count(&probe, NULL));
        file("proc/sys/kernel/unprivileged_userns_clone", "0\n");
        file("proc/sys/user/max_user_namespaces", "0\n");
        IS(MISSING, cli_probe_userns_switch(&probe, NULL));
        IS(MISSING, cli_probe_userns_count(&probe, NULL));
        file("proc/sys/kernel/unprivileged_userns_clone", "1\n");
        file("proc/sys/user/max_user_namespaces", "96365\n");
        IS(PRESENT, cli_probe_userns_switch(&probe, NULL));
        IS(PRESENT, cli_probe_userns_count(&probe, NULL));
}
END_TEST

START_TEST(kernel_features) {
        IS(MISSING, cli_probe_overlay(&probe, NULL));
        file("proc/filesystems", "nodev\tfuseoverlay\nnodev\ttmpfs\n");
        IS(MISSING, cli_probe_overlay(&probe, NULL));
        file("proc/sys/kernel/osrelease", "6.1.0\n");
        file("usr/lib/modules/6.1.0/kernel/fs/overlayfs/overlay.ko.xz", "");
        IS(PRESENT, cli_probe_overlay(&probe, NULL));
        file("proc/filesystems", "nodev\toverlay\n");
        file("proc/sys/kernel/osrelease", "6.2.0\n");
        IS(PRESENT, cli_probe_overlay(&probe, NULL));
        IS(MISSING, cli_probe_seccomp(&probe, NULL));
        file("proc/sys/kernel/seccomp/actions_avail", "kill_process errno user_notif log allow\n");
        IS(PRESENT, cli_probe_seccomp(&probe, NULL));
        IS(MISSING, cli_probe_landlock(&probe, NULL));
        probe.landlock_abi = 2;
        IS(SUBSTITUTED, cli_probe_landlock(&probe, NULL));
        probe.landlock_abi = 6;
        IS(PRESENT, cli_probe_landlock(&probe, NULL));
}
END_TEST

START_TEST(memory_files_and_apparmor) {
        IS(MISSING, cli_probe_memfd(&probe, NULL));
        IS(SUBSTITUTED, cli_probe_apparmor(&probe, NULL));
        IS(SUBSTITUTED, cli_probe_profile(&probe, "hanare-zone"));
        file("sys/module/apparmor/parameters/enabled", "Y\n");
        IS(SUBSTITUTED, cli_probe_memfd(&probe, NULL));
        IS(PRESENT, cli_probe_apparmor(&probe, NULL));
        IS(MISSING, cli_probe_profile(&probe, "hanare-zone"));
        file("etc/apparmor.d/hanare-zone", "");
        IS(PRESENT, cli_probe_profile(&probe, "hanare-zone"));
        file("sys/kernel/security/apparmor/profiles", "hanare-zone-old (enforce)\nhanare-zone (complain)\n");
        IS(MISSING, cli_probe_profile(&probe, "hanare-zone"));
        file("sys/kernel/security/apparmor/profiles", "x (enforce)\nhanare-zone (enforce)\n");
        IS(PRESENT, cli_probe_profile(&probe, "hanare-zone"));
        file("proc/sys/vm/memfd_noexec", "0\n");
        IS(PRESENT, cli_probe_memfd(&probe, NULL));
}
END_TEST

START_TEST(control_groups) {
        file("proc/sys/kernel/osrelease", "6.1.0\n");
        IS(MISSING, cli_probe_cgroup2(&probe, NULL));
        IS(MISSING, cli_probe_controller(&probe, "memory"));
        IS(MISSING, cli_probe_cgroup_kill(&probe, NULL));
        file("proc/self/mounts", "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n");
        IS(PRESENT, cli_probe_cgroup2(&probe, NULL));
        IS(PRESENT, cli_probe_cgroup_kill(&probe, NULL));
        IS(SUBSTITUTED, cli_probe_controller(&probe, "memory"));
        IS(MISSING, cli_probe_controller(&probe, "pids"));
        file("sys/fs/cgroup/unified/cgroup.controllers", "cpuset cpu io memory pids\n");
        IS(PRESENT, cli_probe_controller(&probe, "memory"));
        IS(PRESENT, cli_probe_controller(&probe, "cpu"));
        file("sys/fs/cgroup/unified/cgroup.controllers", "cpuset pids\n");
        IS(MISSING, cli_probe_controller(&probe, "cpu"));
}
END_TEST

START_TEST(swap_and_core) {
        file("proc/sys/kernel/osrelease", "6.1.0\n");
        file("proc/swaps", "Filename\tType\n");
        IS(PRESENT, cli_probe_swap(&probe, NULL));
        file("proc/swaps", "Filename\tType\n/dev/sda2 partition\n");
        IS(MISSING, cli_probe_swap(&probe, NULL));
        file("proc/self/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n");
        file("sys/fs/cgroup/cgroup.controllers", "memory\n");
        IS(SUBSTITUTED, cli_probe_swap(&probe, NULL));
        file("proc/sys/kernel/osrelease", "6.4.0\n");
        IS(PRESENT, cli_probe_swap(&probe, NULL));
        file("proc/sys/kernel/core_pattern", "core\n");
        IS(PRESENT, cli_probe_core(&probe, NULL));
        file("proc/sys/kernel/core_pattern", "|/usr/lib/systemd/systemd-coredump\n");
        IS(SUBSTITUTED, cli_probe_core(&probe, NULL));
}
END_TEST

START_TEST(user_numbers) {
        file("etc/passwd", "root:x:0:0::/root:/bin/sh\nnobody::65534:65534::/:/x\nodd\n");
        file("etc/subuid", "alice:100000:65536\n");
        file("etc/subgid", "alice:2000200000:99999\n");
        IS(PRESENT, cli_probe_uids(&probe, NULL));
        file("etc/subgid", "alice:2000200000:100001\n");
        IS(MISSING, cli_probe_uids(&probe, NULL));
        ck_assert_str_eq(probe.detail, "/etc/subgid: alice");
        file("etc/subgid", "alice:1:18446744073709551615\n");
        IS(MISSING, cli_probe_uids(&probe, NULL));
        file("etc/subgid", "");
        file("etc/passwd", "evil::2000300005:1::/:/x\n");
        IS(MISSING, cli_probe_uids(&probe, NULL));
}
END_TEST

START_TEST(paths) {
        IS(MISSING, cli_probe_any(&probe, "usr/bin/a usr/bin/b"));
        file("usr/bin/b", "");
        IS(PRESENT, cli_probe_any(&probe, "usr/bin/a usr/bin/b"));
        ck_assert_str_eq(probe.detail, "/usr/bin/b");
}
END_TEST

START_TEST(rows_are_whole) {
        for (size_t i = 0; i < cli_doctor_n_rows; i++) {
                const CliProbeRow *row = &cli_doctor_rows[i];
                CliProbeState state = row->probe(&probe, row->argument); /* an empty tree: most lack */
                ck_assert_ptr_nonnull(row->title);
                if (state != CLI_PROBE_PRESENT)
                        ck_assert_msg((state == CLI_PROBE_MISSING ? row->missing : row->substituted) != NULL, "%s", row->id);
        }
}
END_TEST

int main(void) {
        Suite *suite = suite_create("cli-doctor-probe");
        TCase *tcase = tcase_create("all");
        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, kernel);
        tcase_add_test(tcase, user_namespaces);
        tcase_add_test(tcase, kernel_features);
        tcase_add_test(tcase, memory_files_and_apparmor);
        tcase_add_test(tcase, control_groups);
        tcase_add_test(tcase, swap_and_core);
        tcase_add_test(tcase, user_numbers);
        tcase_add_test(tcase, paths);
        tcase_add_test(tcase, rows_are_whole);
        suite_add_tcase(suite, tcase);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed ? 1 : 0;
}
