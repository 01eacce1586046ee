#!/bin/sh
# rig: an "internet" of network namespaces on one machine, for tests and for machines that have none.
# Runs as: root.  Touches no route, address or file of the machine but /run/hanare-rig*, /run/netns/hanare-*,
# /etc/netns/hanare-host and the authority's folder.
# SPDX-License-Identifier: GPL-3.0-or-later
#
#   hanare-host    the desktop: the daemon and its gateways run here    10.77.0.100, 2a0f:77:77:1::100 (office network)
#                                                                       11.22.44.2 (an office network with public addresses)
#   hanare-router  forwards; an "office" web server that no zone may reach on 10.77.0.1, 11.22.44.9, 2a0f:77:77:1::1
#   hanare-inet    DNS and web servers                                  11.22.33.53 .80 .81 .82, 2a0f:77:77:33::53 ::80 ::81
#
#   rig.sh up [FOLDER]       FOLDER keeps the authority and the pages (default /var/lib/hanare-rig); prints NAME=VALUE lines
#   rig.sh down              stops what up started, removes namespaces and FOLDER
#   rig.sh exec CMD...       runs CMD inside hanare-host
#   rig.sh inet CMD...       runs CMD inside hanare-inet
#   rig.sh status            prints the NAME=VALUE lines; fails when the rig is not up
#   rig.sh mark              prints a position in the web servers' log
#   rig.sh seen RE [SECONDS [MARK]]
#                            waits until a request after MARK matches the extended regular expression RE; prints the line
#   rig.sh log [MARK]        the web servers' log: time, client, server, host, "request", status
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/process.sh"
state=/run/hanare-rig
etc=/etc/netns/hanare-host # "ip netns exec" binds each file in it over /etc
etc_mark="# made by the rig of hanare's tests"
namespaces="hanare-host hanare-router hanare-inet"
default_keep=/var/lib/hanare-rig

fail() {
        echo "rig: $1" >&2
        exit 1
}

in_ns() {
        space=$1
        shift
        ip netns exec "$space" "$@"
}

remember() { # NAME PID
        process_remember "$state/pids/$1" "$2"
        process_alive "$state/pids/$1" || fail "$1 ended right after its start, see $state/log/$1"
}

stop_all() {
        for file in "$state"/pids/*; do
                process_stop "$file"
        done
}

make_links() {
        for space in $namespaces; do
                ip netns add "$space"
                in_ns "$space" ip link set lo up
                in_ns "$space" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
        done
        ip link add office netns hanare-host type veth peer name desks netns hanare-router
        ip link add world netns hanare-router type veth peer name inet netns hanare-inet

        in_ns hanare-host ip addr add 10.77.0.100/24 dev office
        in_ns hanare-host ip addr add 11.22.44.2/24 dev office
        in_ns hanare-host ip addr add 2a0f:77:77:1::100/64 dev office nodad
        in_ns hanare-router ip addr add 10.77.0.1/24 dev desks
        in_ns hanare-router ip addr add 11.22.44.9/24 dev desks
        in_ns hanare-router ip addr add 2a0f:77:77:1::1/64 dev desks nodad
        in_ns hanare-router ip addr add 11.22.33.1/24 dev world
        in_ns hanare-router ip addr add 2a0f:77:77:33::1/64 dev world nodad
        for address in 53 80 81 82; do
                in_ns hanare-inet ip addr add "11.22.33.$address/24" dev inet
                in_ns hanare-inet ip addr add "2a0f:77:77:33::$address/64" dev inet nodad
        done
        in_ns hanare-host ip link set office up
        in_ns hanare-router ip link set desks up
        in_ns hanare-router ip link set world up
        in_ns hanare-inet ip link set inet up

        in_ns hanare-router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
        in_ns hanare-host ip route add default via 10.77.0.1
        in_ns hanare-host ip -6 route add default via 2a0f:77:77:1::1
        in_ns hanare-inet ip route add default via 11.22.33.1
        in_ns hanare-inet ip -6 route add default via 2a0f:77:77:33::1
}

write_settings() {
        for name in common site web office; do
                sed -e "s|@STATE@|$state|g" -e "s|@KEEP@|$keep|g" "$here/$name.conf.in" > "$state/$name.conf"
        done
        mkdir -p "$state/tmp" "$etc"
        printf '%s\nnameserver 10.77.0.1\n' "$etc_mark" > "$etc/resolv.conf"
}

start_dns() {
        in_ns hanare-inet dnsmasq --conf-file=/dev/null --pid-file="$state/dns.pid" --user=root --no-resolv --no-hosts \
                --addn-hosts="$here/names.hosts" --local=/com/ --cname=alias.hanare-demo.com,www.hanare-demo.com \
                --cname=alias-office.hanare-demo.com,office.hanare-demo.com \
                --listen-address=11.22.33.53,2a0f:77:77:33::53 --bind-interfaces --log-queries --log-facility="$state/log/dns"
        remember dns "$(cat "$state/dns.pid")"
        in_ns hanare-router dnsmasq --conf-file=/dev/null --pid-file="$state/office-dns.pid" --user=root --no-resolv --no-hosts \
                --server=11.22.33.53 --listen-address=10.77.0.1 --bind-interfaces --log-facility="$state/log/office-dns"
        remember office-dns "$(cat "$state/office-dns.pid")"
}

start_web() {
        in_ns hanare-inet nginx -q -c "$state/web.conf" -e "$state/log/web-error"
        remember web "$(cat "$state/web.pid")"
        in_ns hanare-router nginx -q -c "$state/office.conf" -e "$state/log/office-error"
        remember office "$(cat "$state/office.pid")"
}

all_up() {
        for name in dns office-dns web office; do
                process_alive "$state/pids/$name" || return 1
        done
        for space in $namespaces; do
                [ -e "/run/netns/$space" ] || return 1
        done
}

print_status() {
        keep=$(cat "$state/keep")
        echo "HANARE_RIG_AUTHORITY=$keep/tls/authority.pem"
        echo "HANARE_RIG_LOG=$state/log/web"
        echo "HANARE_RIG_OFFICE_LOG=$state/log/office"
        echo "HANARE_RIG_DNS_LOG=$state/log/dns"
        echo "HANARE_RIG_NETNS=/run/netns/hanare-host"
}

take_down() {
        [ -d "$state/pids" ] && stop_all
        for space in $namespaces; do
                if [ -e "/run/netns/$space" ]; then
                        left=$(ip netns pids "$space" | tr '\n' ' ')
                        [ -z "$left" ] || echo "rig: processes still run in $space, it stays until they end: $left" >&2
                        ip netns del "$space"
                fi
        done
        if grep -qsxF "$etc_mark" "$etc/resolv.conf"; then
                rm -f "$etc/resolv.conf"
                rmdir "$etc"
        fi
        if [ -f "$state/keep" ]; then
                keep=$(cat "$state/keep")
                [ ! -e "$keep/.made-by-hanare-rig" ] || rm -rf --one-file-system "$keep"
        fi
        rm -rf --one-file-system "$state"
}

bring_up() { # FOLDER
        if all_up; then
                print_status
                return
        fi
        take_down
        [ ! -e "$etc" ] || fail "$etc exists and is not the rig's: remove it, or use another machine"
        keep=$1
        if [ -e "$keep" ] && [ ! -e "$keep/.made-by-hanare-rig" ] && [ -n "$(ls -A "$keep")" ]; then
                fail "$keep exists, is not empty and is not the rig's: name another folder"
        fi
        mkdir -p "$state/pids" "$state/log" "$keep"
        chmod 0755 "$state"
        echo "$keep" > "$state/keep"
        : > "$keep/.made-by-hanare-rig"
        trap 'echo "rig: up failed, taking it down again" >&2; take_down' EXIT
        "$here/make-authority.sh" "$keep/tls"
        mkdir -p "$keep/pages"
        cp -r "$here/pages/." "$keep/pages"
        python3 "$here/make-files.py" "$keep/pages/www"
        make_links
        write_settings
        start_dns
        start_web
        trap - EXIT
        print_status
}

wait_seen() { # RE SECONDS MARK
        [ -f "$state/log/web" ] || fail "the rig is not up: rig.sh up"
        deadline=$(($(date +%s) + $2))
        while :; do
                if tail -n "+$(($3 + 1))" "$state/log/web" | grep -E -m1 -e "$1"; then
                        return 0
                fi
                [ "$(date +%s)" -lt "$deadline" ] || break
                sleep 0.2
        done
        echo "rig: no request matched $1 within $2 s" >&2
        return 1
}

[ "$(id -u)" = 0 ] || fail "must run as root, because it makes network namespaces: use sudo"
command=${1:-}
[ $# = 0 ] || shift
case $command in
up|down)
        for program in ip dnsmasq nginx openssl python3 convert flock; do
                command -v "$program" >/dev/null || fail "$program is not installed: run ./install-deps.sh test"
        done
        exec 9> /run/hanare-rig.lock
        flock -w 60 9 || fail "another rig.sh holds /run/hanare-rig.lock"
        ;;
esac
case $command in
up) bring_up "${1:-$default_keep}" 9>&- ;;
down) take_down ;;
exec) # not "ip netns exec": that mounts another /sys, without the control groups
        exec unshare --mount --propagation private sh -c 'mount --bind "$1/resolv.conf" /etc/resolv.conf; shift; exec nsenter --net=/run/netns/hanare-host -- "$@"' sh "$etc" "$@" ;;
inet) in_ns hanare-inet "$@" ;;
status) all_up || fail "the rig is not up: rig.sh up"; print_status ;;
mark) wc -l < "$state/log/web" ;;
seen) [ $# -ge 1 ] || fail "seen needs an expression"; wait_seen "$1" "${2:-10}" "${3:-0}" ;;
log) tail -n "+$((${1:-0} + 1))" "$state/log/web" ;;
*) sed -n '/^# *rig.sh /s/^# *//p' "$0" >&2; exit 2 ;;
esac
