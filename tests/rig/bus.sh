#!/bin/sh
# bus: the system bus and polkit, where no one runs them (containers, development machines without systemd).
# Runs as: root.  Usage: bus.sh up | down | status.  down stops only what up started.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu

. "$(dirname "$0")/process.sh"
state=/run/hanare-rig-bus
polkitd=/usr/lib/polkit-1/polkitd

fail() {
        echo "bus: $1" >&2
        exit 1
}

ask() { # METHOD [ARGUMENT...]: of the bus itself
        method=$1
        shift
        dbus-send --system --print-reply --reply-timeout=3000 --dest=org.freedesktop.DBus /org/freedesktop/DBus \
                "org.freedesktop.DBus.$method" "$@" 2>/dev/null
}

bus_answers() {
        ask GetId >/dev/null
}

polkit_answers() {
        ask NameHasOwner string:org.freedesktop.PolicyKit1 | grep -q 'boolean true'
}

start_bus() {
        command -v dbus-daemon >/dev/null || fail "dbus-daemon is not installed: run ./install-deps.sh test"
        mkdir -p /run/dbus "$state"
        dbus-uuidgen --ensure
        # A pid file of a daemon that is gone stops the new one.
        if [ -f /run/dbus/pid ]; then
                process_remember "$state/found" "$(cat /run/dbus/pid)"
                process_alive "$state/found" || rm -f /run/dbus/pid
                rm -f "$state/found"
        fi
        pid=$(cd / && dbus-daemon --system --fork --print-pid 9>&-) || fail "dbus-daemon --system did not start"
        process_remember "$state/bus" "$pid"
        bus_answers || fail "the system bus does not answer on /run/dbus/system_bus_socket"
}

start_polkit() {
        mkdir -p "$state"
        [ -x "$polkitd" ] || fail "polkitd is not installed: run ./install-deps.sh test"
        (cd / && exec setsid "$polkitd" --no-debug </dev/null >/dev/null 2>&1 9>&-) &
        pid=$!
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                if polkit_answers; then
                        process_remember "$state/polkit" "$pid"
                        return
                fi
                sleep 0.25
        done
        if kill "$pid" 2>/dev/null; then :; fi
        fail "polkitd did not take its name on the bus within 5 s"
}

[ "$(id -u)" = 0 ] || fail "must run as root, because it starts system services: use sudo"
exec 9> /run/hanare-rig-bus.lock
flock -w 60 9 || fail "another bus.sh holds /run/hanare-rig-bus.lock"
case ${1:-} in
up)
        bus_answers || start_bus
        polkit_answers || start_polkit
        ;;
down)
        process_stop "$state/polkit"
        process_stop "$state/bus"
        rm -rf "$state"
        ;;
status)
        bus_answers || fail "no system bus answers"
        polkit_answers || fail "polkit is not on the bus"
        ;;
*)
        echo "usage: bus.sh up | down | status" >&2
        exit 2
        ;;
esac
