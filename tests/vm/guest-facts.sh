#!/bin/sh
# guest-facts: shows that the booted machine is what the tests need.
# Runs as: root, in the booted machine.
# SPDX-License-Identifier: GPL-3.0-or-later
set -u

passed=0
failed=0
check() { # WHAT CMD...
        what=$1
        shift
        if "$@" >/dev/null 2>&1; then
                passed=$((passed + 1))
        else
                failed=$((failed + 1))
                echo "FAILED: $what"
        fi
}

systemctl is-system-running --wait
systemctl --failed --no-legend
uname -r
head -5 /sys/kernel/security/apparmor/profiles
mount -t cgroup2
cat /sys/fs/cgroup/cgroup.controllers
loginctl
systemd-analyze | head -2

check "systemd runs without a failed unit" systemctl is-system-running
check "AppArmor is enabled" grep -qx Y /sys/module/apparmor/parameters/enabled
check "cgroup v2 alone" test -f /sys/fs/cgroup/cgroup.subtree_control
check "memory controller" grep -qw memory /sys/fs/cgroup/cgroup.controllers
check "system bus" busctl --system list
check "polkit answers" busctl --system call org.freedesktop.PolicyKit1 /org/freedesktop/PolicyKit1/Authority \
        org.freedesktop.DBus.Peer Ping
check "the rig works here" sh tests/rig/test-rig.sh
check "a program may fail" sh -c '! false'
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
