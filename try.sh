#!/bin/sh
# try: installs what Hanare needs, builds and installs it, opens the browser in a zone on a real page, saves a screenshot, prints
# the walls as the running zone sees them, restarts the zone, prints the receipt of the wiped one.
# Runs as: root, on Debian 12 or 13.  Idempotent.  Usage: ./try.sh [--undo] [--rig]
#   --undo   ends it and removes what it installed (packages that other things need stay: apt autoremove)
#   --rig    the make-believe internet, even where there is a real one
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
cd "$(dirname "$0")"
top=$PWD
state=/var/lib/hanare-try
build=$top/build-try
shot=$top/try-screenshot.png
rig=0

step() {
        printf '\n== %s\n' "$1"
}

fail() {
        echo "try: $1" >&2
        exit 1
}

has_systemd() {
        [ -d /run/systemd/system ]
}

daemon_pid() {
        [ -r /run/hanare/sandboxd.pid ] || return 1
        read -r pid < /run/hanare/sandboxd.pid
        [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = sandboxd ] && echo "$pid"
}

stop_daemon() {
        if has_systemd; then
                systemctl stop hanare.service 2>/dev/null || echo "try: hanare.service was not running"
        elif pid=$(daemon_pid); then
                kill "$pid"
                for _ in 1 2 3 4 5 6 7 8 9 10; do
                        daemon_pid >/dev/null || break
                        sleep 0.1
                done
        fi
}

undo() {
        step "Ending and removing what try.sh installed"
        stop_daemon
        tests/rig/display.sh down
        tests/rig/rig.sh down
        tests/rig/bus.sh down
        if [ -f "$build/meson-logs/install-log.txt" ]; then
                # meson(1) names the folders that it made, too; those of others stay
                grep '^/' "$build/meson-logs/install-log.txt" | tac | while read -r path; do
                        if [ -d "$path" ] && [ ! -L "$path" ]; then
                                rmdir --ignore-fail-on-non-empty "$path"
                        else
                                rm -f "$path"
                        fi
                done
        fi
        [ ! -f "$state/settings" ] || rm -f /etc/hanare/hanare.jsonc
        rm -f /etc/hanare/authorities/hanare-rig.pem "$shot"
        for dir in /etc/hanare/authorities /etc/hanare/kinds.d /etc/hanare /usr/libexec/hanare /usr/share/hanare/kinds.d /usr/share/hanare; do
                [ ! -d "$dir" ] || rmdir --ignore-fail-on-non-empty "$dir"
        done
        [ ! -d /usr/share/doc/hanare ] || find /usr/share/doc/hanare -depth -type d -empty -delete
        rm -rf "$build" "$state"
        echo "Kept: /var/lib/hanare (the receipts), the service accounts, Debian's packages."
}

for word in "$@"; do
        case $word in
        --undo) undo=1 ;;
        --rig) rig=1 ;;
        *) fail "unknown word '$word'; expected --undo or --rig" ;;
        esac
done
[ "$(id -u)" = 0 ] || fail "must run as root: sudo ./try.sh"
if [ -n "${undo:-}" ]; then
        undo
        exit 0
fi

# The demonstration's user: the one behind sudo, or one it makes.
user=${SUDO_USER:-}
if [ -z "$user" ] || [ "$user" = root ]; then
        user=hanare-rig
fi
export HANARE_RIG_USER="$user"

step "Installing Debian's packages"
./install-deps.sh build run test

step "Building"
if [ ! -d "$build" ]; then
        meson setup "$build" --prefix=/usr --libexecdir=libexec --sbindir=sbin --buildtype=release >"$top/try-build.log" 2>&1 || { cat "$top/try-build.log"; fail "meson setup failed"; }
fi
ninja -C "$build" >"$top/try-build.log" 2>&1 || { tail -40 "$top/try-build.log"; fail "the build failed"; }
rm -f "$top/try-build.log"

step "Installing"
stop_daemon
mkdir -p "$state"
meson install -C "$build" --no-rebuild --quiet
./data/make-accounts.sh
if [ ! -f /etc/hanare/hanare.jsonc ]; then
        mkdir -p /etc/hanare
        # nobody is logged in here, so no polkit agent could ask: users may start zones of their own
        printf '%s\n' '// written by try.sh; "hanare.jsonc(5)" explains every key' '{ "authorisation": "owner", "permit_substitutes": ["memfd-noexec", "noswap", "landlock-scope", "cgroup-v1", "apparmor", "memfd-none"] }' > /etc/hanare/hanare.jsonc
        : > "$state/settings"
fi

step "The internet"
url=https://www.debian.org/
if [ "$rig" = 1 ] || ! timeout 10 curl -sfo /dev/null "$url"; then
        echo "No internet here: a make-believe one, in network namespaces of its own; this machine's routes are not touched."
        tests/rig/rig.sh up >/dev/null
        mkdir -p /etc/hanare/authorities
        cp /var/lib/hanare-rig/tls/authority.pem /etc/hanare/authorities/hanare-rig.pem
        chmod 644 /etc/hanare/authorities/hanare-rig.pem
        url=https://www.hanare-demo.com/
        rig=1
fi

step "The desktop"
if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        echo "No display here: a virtual one (Xvfb and openbox)."
        tests/rig/display.sh up x11 >/dev/null
        as_user() { tests/rig/display.sh run env LANG="${LANG:-C.UTF-8}" "$@"; }
        take_shot() { tests/rig/display.sh shot "$shot"; }
else
        as_user() { setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups "$@"; }
        take_shot() { import -window root "$shot"; }
fi

step "Starting the service"
tests/rig/bus.sh up
if [ "$rig" = 1 ] || ! has_systemd; then
        if [ "$rig" = 1 ]; then
                tests/rig/rig.sh exec /usr/sbin/sandboxd </dev/null >"$state/sandboxd.log" 2>&1 &
        else
                /usr/sbin/sandboxd </dev/null >"$state/sandboxd.log" 2>&1 &
        fi
else
        systemctl daemon-reload
        systemctl restart hanare.service
fi
for _ in $(seq 50); do
        if as_user hanare status >/dev/null 2>&1; then
                break
        fi
        sleep 0.1
done
as_user hanare status || { cat "$state/sandboxd.log"; fail "the service did not start"; }

step "hanare open $url"
zone=$(as_user env LANGUAGE=en hanare open "$url" | tee -a /dev/stderr | grep -o '[a-z-]*-[0-9][0-9]*' | tail -n 1)
[ -n "$zone" ] || fail "no zone was opened"
for _ in $(seq 20); do
        sleep 1
        [ "$rig" = 0 ] || ! tests/rig/rig.sh seen painted 1 >/dev/null 2>&1 || break
done
sleep 2
take_shot
echo "Screenshot: $shot"

step "The walls, as the running zone was tested from inside before its first page"
as_user hanare status
as_user hanare list

step "hanare restart"
as_user hanare restart web

step "The receipt of the wiped zone"
for _ in $(seq 50); do # it is written after the last proof: freed memory shows in the kernel's counters within seconds
        if as_user hanare receipt "$zone" --json | grep -q '"end"'; then
                break
        fi
        sleep 0.2
done
as_user hanare receipt "$zone"
hanare receipt --verify

cat <<EOF

The zone is still open; these are yours to try, as $user:
    hanare open https://...     hanare restart     hanare stop     hanare doctor
./try.sh --undo removes everything again.
EOF
