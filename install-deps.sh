#!/bin/sh
# install-deps: installs the Debian packages that Hanare needs, by group; does nothing where they are there.
# Runs as: root.  Usage: install-deps.sh [--list] GROUP...   GROUP: build run test vm bench (run and test include what they need)
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu

# Compiling it and its unit tests.
build="build-essential meson ninja-build pkg-config gettext check libseccomp-dev libcap-dev libnl-3-dev libnl-route-3-dev
libglib2.0-dev libjansson-dev libunbound-dev libsodium-dev libzstd-dev libcurl4-openssl-dev libxcb1-dev libxau-dev libidn2-dev libpsl-dev zlib1g-dev"
# Running it, with both browsers.
run="dbus polkitd weston chromium firefox-esr ca-certificates fonts-noto-cjk fonts-noto-color-emoji fonts-dejavu-core
libglib2.0-0 libunbound8 libjansson4 libsodium23 libzstd1 libcurl4 libcap2 libnl-3-200 libnl-route-3-200 libxcb1 libxau6 libidn2-0 libpsl5 zlib1g"
# The tests that need no virtual machine: the rig, a desktop without a screen, the lints.
test="iproute2 nftables procps dnsmasq-base nginx-light openssl curl python3 imagemagick zip xvfb openbox xauth xdotool x11-utils
util-linux dbus-bin libglib2.0-bin shellcheck apparmor file binutils strace git clang clang-tidy libclang-rt-dev cppcheck gcovr
x11-xkb-utils locales dbus-daemon dunst python3-gi gir1.2-glib-2.0"
# The booted machine.
vm="debhelper dh-apparmor dpkg-dev mmdebstrap qemu-system-x86 e2fsprogs util-linux debian-archive-keyring"
# Measurements.
bench="procps python3 bubblewrap firejail firejail-profiles podman crun busybox-static"

fail() {
        echo "install-deps: $1" >&2
        exit 1
}

list=0
if [ "${1:-}" = --list ]; then
        list=1
        shift
fi
[ $# -ge 1 ] || fail "name one or more groups: build run test vm bench"
wanted=""
for group in "$@"; do
        case $group in
        build) wanted="$wanted $build" ;;
        run) wanted="$wanted $run" ;;
        test) wanted="$wanted $run $test" ;;
        vm) wanted="$wanted $vm" ;;
        bench) wanted="$wanted $bench" ;;
        *) fail "there is no group '$group': build run test vm bench" ;;
        esac
done
command -v dpkg-query >/dev/null || fail "dpkg-query is missing: this is for Debian 12 and 13"

missing=""
# shellcheck disable=SC2086 # lists of words
for package in $(printf '%s\n' $wanted | sort -u); do
        if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
                missing="$missing $package"
        fi
done
if [ "$list" = 1 ]; then
        # shellcheck disable=SC2086
        printf '%s\n' $missing
        exit 0
fi
[ -n "$missing" ] || exit 0
[ "$(id -u)" = 0 ] || fail "must run as root to install:$missing"

# The rig starts a web server of its own in its own network namespace; the packaged one is not to open port 80 here.
fresh_nginx=0
case " $missing " in
*" nginx-light "*)
        if [ "$(dpkg-query -W -f '${db:Status-Status}' nginx 2>/dev/null)" != installed ]; then
                fresh_nginx=1
        fi
        ;;
esac
hook=/usr/sbin/policy-rc.d
made_hook=0
if [ "$fresh_nginx" = 1 ] && [ ! -e "$hook" ]; then
        made_hook=1
        trap 'rm -f "$hook"' EXIT
        printf '#!/bin/sh\n[ "$1" != nginx ] || exit 101\n' > "$hook"
        chmod 0755 "$hook"
fi

export DEBIAN_FRONTEND=noninteractive
apt="apt-get -o DPkg::Lock::Timeout=600 -qq"
echo "install-deps: installing$missing" >&2
$apt update
# shellcheck disable=SC2086
$apt install -y --no-install-recommends $missing >/dev/null
if [ "$made_hook" = 1 ] && [ -d /run/systemd/system ]; then
        systemctl disable -q nginx
fi
