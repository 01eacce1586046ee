#!/bin/sh
# guest-test: the installed product on the platform that users have: systemd, cgroup v2, AppArmor, polkit, a logind session.
# Runs as: root, in the booted machine, started by run-vm-test.sh.  Prints "N passed, N failed".
# SPDX-License-Identifier: GPL-3.0-or-later
#
# HANARE_VM_ZONE_BUILD=BUILD/tests/zone must be given to run-vm-test.sh: forbidden acts are part of this, and their absence fails it.
set -u

result=$1
here=$PWD
# shellcheck source=tests/vm/guest-session.sh
. tests/vm/guest-session.sh
passed=0
failed=0
# What Debian 12's kernel lacks: memfd_noexec came with 6.3, noswap with 6.4, Landlock's scopes with 6.12.
case $(uname -r) in
6.1.*) lacks="['landlock-scope', 'memfd-noexec', 'noswap']" ;;
*) lacks="[]" ;;
esac
slice=/sys/fs/cgroup/hanare.slice
zones=$slice/hanare.service/zones

same() { # WHAT EXPECTED GOT
        if [ "$2" = "$3" ]; then
                passed=$((passed + 1))
                echo "ok: $1"
        else
                failed=$((failed + 1))
                echo "FAILED: $1: expected '$2', got '$3'"
                [ ! -s "$result/last" ] || tail -n 3 "$result/last" | sed 's/^/    alice was told: /'
        fi
        rm -f "$result/last"
}

status_of() {
        "$@" >> "$result/output" 2>&1
        echo $?
}

json() { # EXPRESSION over v, the JSON on standard input; an error is an answer that no test expects
        python3 -c 'import json, sys
try:
    v = json.load(sys.stdin)
    print(eval(sys.argv[1]))
except Exception as error:
    print("error:", error)' "$1"
}

soon() { # SECONDS CMD...: prints yes once CMD succeeds, else no
        until_then=$(($(date +%s) + $1))
        shift
        while [ "$(date +%s)" -le "$until_then" ]; do
                if "$@" >/dev/null 2>&1; then
                        echo yes
                        return
                fi
                sleep 0.2
        done
        echo no
}

alice() { # SECONDS COMMAND: in alice's session; the output is kept
        echo "alice$ $2" >> "$result/output"
        session_run "$1" "$2" > "$result/last" 2>&1
        answer=$?
        cat "$result/last" >> "$result/output"
        return "$answer"
}

alice_status() {
        alice "$@"
        echo $?
}

alice_json() { # COMMAND EXPRESSION
        session_run 60 "$1" 2>> "$result/output" | json "$2"
}

# pids of processes that have an id of the zones' range, but for the gateway of the builder that waits for an order: it has a clone
# beside it that is not yet pid 1 of a zone
zone_processes() {
        ps -eo pid=,ppid=,uid=,comm= | awk '
                { parent[$1] = $2; uid[$1] = $3; name[$1] = $4 }
                END {
                        for (p in name)
                                if (name[p] == "sandboxd-builde" && name[parent[p]] == "sandboxd-builde")
                                        spare[parent[p]] = 1
                        for (p in uid)
                                if (uid[p] >= 2000200000 && uid[p] != 4294967295 && !(parent[p] in spare))
                                        print p
                }'
}

no_zone_process() {
        [ -z "$(zone_processes)" ]
}

zone_group() { # the cgroup in which a browser runs
        for pid in $(zone_processes); do
                case $(cat "/proc/$pid/comm" 2>/dev/null) in
                chromium|firefox-esr)
                        path=$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
                        # The part below .../zones, wherever in it the builder puts the zone.
                        rest=${path##*/zones/}
                        echo "$zones/${rest%%/*}"
                        return
                        ;;
                esac
        done
}

browser_pids() {
        for pid in $(zone_processes); do
                [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != chromium ] || echo "$pid"
        done
}

browser_runs() {
        [ "$(browser_pids | wc -l)" -ge 3 ]
}

# Chromium kills its own first instance when that does not take an address within 20 s: give it time first.
browser_is_quiet() {
        quiet_before=$(sed -n 's/^usage_usec //p' "$group/cpu.stat")
        sleep 3
        [ $(($(sed -n 's/^usage_usec //p' "$group/cpu.stat") - quiet_before)) -lt 2000000 ]
}

field() { # PID NAME: of /proc/PID/status
        sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}

install_product() {
        same "the package installs" 0 "$(status_of dpkg -i hanare.deb)"
        same "its folders exist" "_hanare-broker _hanare-compile" "$(stat -c %U /var/lib/hanare/broker /var/lib/hanare/compile | tr '\n' ' ' | sed 's/ $//')"
        same "its AppArmor profile is enforced" "hanare-zone (enforce)" "$(grep '^hanare-zone ' /sys/kernel/security/apparmor/profiles)"
        same "its service runs and starts with the machine" "active enabled" "$(systemctl is-active hanare.service) $(systemctl is-enabled hanare.service)"
        same "and is on the bus" yes "$(soon 60 busctl --system status org.hanare.Sandbox1)"
        systemctl stop hanare.service
        useradd -m -s /bin/sh alice
        useradd -m -s /bin/sh bob
}

# Emulated processors are slow at code that is made while it runs: the browser's pages are interpreted here.
settings() {
        mkdir -p /etc/hanare/kinds.d
        sed 's/^  "application".*/&\n  "arguments": ["--js-flags=--jitless", "--disable-features=InitialWebUI,WebUIReloadButton,OptimizationGuideOnDeviceModel"],/' \
                /usr/share/hanare/kinds.d/web.jsonc > /etc/hanare/kinds.d/web.jsonc
}

# What somebody who was not there needs to know, once something failed.
report() {
        echo "--- journal of the service"
        journalctl -u hanare.service --no-pager -o short-monotonic | tail -n 25
        echo "--- AppArmor refused, the wall tests' own two attempts left out"
        journalctl -k --no-pager -o cat | grep 'apparmor="DENIED"' | grep -vE 'name="/" .*sandboxd-init|hanare-wall' | tail -n 8
        journalctl -k --no-pager -o cat | grep -E 'trap int3|segfault|oom-kill' | tail -n 5
        echo "--- receipts, zones, groups, doctor"
        hanare receipt --limit 4
        hanare list
        systemd-cgls --no-pager /hanare.slice | cut -c1-120
        hanare doctor
}

# The daemon itself is unchanged; its network is the rig's.
join_rig() {
        rig_settings=$(sh tests/rig/rig.sh up) || return 1
        eval "$rig_settings"
        install -D -m 0644 "$HANARE_RIG_AUTHORITY" /etc/hanare/authorities/rig.pem
        mkdir -p /etc/systemd/system/hanare.service.d
        printf '[Service]\nNetworkNamespacePath=%s\n' "$HANARE_RIG_NETNS" > /etc/systemd/system/hanare.service.d/rig.conf
        echo "nameserver 10.77.0.1" > /etc/resolv.conf
        systemctl daemon-reload
}

check_service() {
        same "the service starts" 0 "$(status_of systemctl start hanare.service)"
        same "it is on the bus" yes "$(soon 60 busctl --system status org.hanare.Sandbox1)"
        same "it has its own slice" hanare.slice "$(systemctl show -P Slice hanare.service)"
        same "nothing of the slice may swap" 0 "$(cat $slice/memory.swap.max)"
        same "the main process left the group of its zones" /hanare.slice/hanare.service/monitor \
                "$(sed -n 's/^0:://p' "/proc/$(systemctl show -P MainPID hanare.service)/cgroup")"
        same "zones get the controllers" "cpu memory pids" \
                "$(tr ' ' '\n' < $zones/cgroup.controllers | grep -xE 'cpu|memory|pids' | sort | tr '\n' ' ' | sed 's/ $//')"
        same "a stop and a start" 0 "$(status_of systemctl restart hanare.service)"
        same "no service failed" "" "$(systemctl --failed --no-legend)"
}

check_session() {
        session_start alice
        same "alice has a session" 0 $?
        same "it is active" yes "$(loginctl show-session -P Active "$(session_id)")"
        alice 120 'hanare doctor --json' || echo "doctor's exit status was $?"
        cp "$result/last" "$result/doctor.json"
        same "doctor speaks JSON" True "$(json 'v is not None' < "$result/doctor.json")"
        same "doctor finds nothing that keeps zones from starting" 0 "$(alice_status 120 'hanare doctor')"
        same "status names what stands in for a newer kernel" "$lacks" \
                "$(alice_json 'hanare status --json' 'sorted(v["substitutes"])')"
        same "and no problem" "" "$(alice_json 'hanare status --json' 'v.get("problem", "")')"
}

check_run() {
        same "run -- true" 0 "$(alice_status 180 'hanare run -- true')"
        same "a receipt for it" "True exit $lacks" "$(alice_json 'hanare receipt --json' \
                '" ".join(str(v[0][k]) for k in ("proven", "reason")) + " " + str(sorted(v[0]["substitutes"]))')"
        same "a program that the kind does not name is refused" 1 "$([ "$(alice_status 60 'hanare run -- bash -c id')" != 0 ] && echo 1)"
        same "nothing is left of it" yes "$(soon 5 no_zone_process)"
        same "without the profile nothing would stop a memfd: no zone starts" 1 "$(
                apparmor_parser -R /etc/apparmor.d/hanare-zone
                systemctl restart hanare.service
                soon 60 busctl --system status org.hanare.Sandbox1 > /dev/null
                [ "$(alice_status 180 'hanare run -- true')" != 0 ] && echo 1)"
        apparmor_parser -r -K /etc/apparmor.d/hanare-zone
        systemctl reset-failed hanare.service
        systemctl restart hanare.service
        soon 60 busctl --system status org.hanare.Sandbox1 > /dev/null
        sysctl -qw kernel.unprivileged_userns_clone=0
        same "without user namespaces the browser would lose its sandbox: no zone starts" 1 \
                "$([ "$(alice_status 180 'hanare open https://www.hanare-demo.com/')" != 0 ] && echo 1)"
        same "doctor names the setting" yes "$(alice 120 'hanare doctor'; grep -q unprivileged_userns_clone "$result/last" && echo yes)"
        sysctl -qw kernel.unprivileged_userns_clone=1
        same "run -- true again" 0 "$(alice_status 180 'hanare run -- true')"
}

# The browser in its zone: what it shows, what holds it.
check_browser() {
        mark=$(sh tests/rig/rig.sh mark)
        same "open" 0 "$(alice_status 300 'hanare open https://www.hanare-demo.com/')"
        same "the page was painted" 0 "$(status_of sh tests/rig/rig.sh seen 'GET /painted\?page=%2F&size=[0-9x]*&image=ok' 600 "$mark")"
        (export DISPLAY=:7 XAUTHORITY=/home/alice/.Xauthority; import -silent -window root "$result/open.png")
        group=$(zone_group)
        same "the zone has a group" yes "$([ -d "$group" ] && echo yes)"
        same "memory.max is the kind's" 3221225472 "$(cat "$group/memory.max")"
        same "memory.swap.max" 0 "$(cat "$group/memory.swap.max")"
        same "pids.max is the kind's, with ours beside it" yes "$(max=$(cat "$group/pids.max"); [ "$max" -ge 800 ] && [ "$max" -le 850 ] && echo yes)"
        same "cpu.max is the kind's" "400000 100000" "$(cat "$group/cpu.max")"
        same "list shows the zone" "web running" "$(alice_json 'hanare list --json' '" ".join((v[0]["kind"], v[0]["state"]))')"
        same "bob does not see it" 0 "$(runuser -u bob -- hanare list 2>&1 | grep -c web-)"
        same "bob cannot end it" 1 "$(name=$(alice_json 'hanare list --json' 'v[0]["zone"]'); runuser -u bob -- hanare stop "$name" >> "$result/output" 2>&1 || echo 1)"

        bad=""
        for pid in $(browser_pids); do
                [ "$(cat "/proc/$pid/attr/apparmor/current")" = "hanare-zone (enforce)" ] || bad="$bad label:$pid"
                [ "$(field "$pid" NoNewPrivs)" = 1 ] || bad="$bad nnp:$pid"
                [ "$(field "$pid" Seccomp)" = 2 ] || bad="$bad seccomp:$pid"
                [ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/1/ns/net)" ] || bad="$bad net:$pid"
                [ "$(readlink "/proc/$pid/ns/mnt")" != "$(readlink /proc/1/ns/mnt)" ] || bad="$bad mnt:$pid"
        done
        same "the browser has processes" yes "$([ "$(browser_pids | wc -l)" -ge 3 ] && echo yes)"
        same "each is confined" "" "$bad"

        # In a zone of its own: Chromium ends a first instance that an emulated machine keeps from answering a second one in time.
        alice 60 'hanare stop --all'
        office_before=$(wc -l < "$HANARE_RIG_OFFICE_LOG")
        mark=$(sh tests/rig/rig.sh mark)
        same "a page that tries the network" 0 "$(alice_status 300 'hanare open https://www.hanare-demo.com/network.html')"
        same "its page reports" 0 "$(status_of sh tests/rig/rig.sh seen 'what=network&result=done' 600 "$mark")"
        same "the network beyond the gateway is reached" 1 "$(sh tests/rig/rig.sh log "$mark" | grep -c 'news.hanare-demo.com%2F&result=reached')"
        same "nothing else is" 0 "$(sh tests/rig/rig.sh log "$mark" | grep 'result=reached' | grep -vc 'news.hanare-demo.com%2F&')"
        same "the office was never asked" "$office_before" "$(wc -l < "$HANARE_RIG_OFFICE_LOG")"
}

check_wipe() {
        group=$(zone_group)
        began=$(date +%s%N)
        same "stop" 0 "$(alice_status 60 'hanare stop --all')"
        echo "stop took $((($(date +%s%N) - began) / 1000000)) ms"
        same "no process of the zone is left" yes "$(soon 2 no_zone_process)"
        same "its group is empty or gone" yes "$(soon 5 sh -c "! [ -e '$group' ] || ! ps -eo cgroup:200,uid | grep -F '${group##*/sys/fs/cgroup}' | awk '\$2 >= 2000200000' | grep -q .")"
        same "the receipt proves it" "stop True" "$(soon 10 true > /dev/null; alice_json 'hanare receipt --json' '" ".join((v[0]["reason"], str(v[0]["proven"])))')"
        same "the chain of receipts holds" True "$(hanare receipt --verify --json | json 'v["ok"]')"
        same "alice may not verify" 1 "$([ "$(alice_status 60 'hanare receipt --verify')" != 0 ] && echo 1)"

        alice 300 'hanare open https://www.hanare-demo.com/'
        same "restart" 0 "$(alice_status 300 'hanare restart')"
        same "the new one runs alone" "1 running" "$(soon 30 true > /dev/null; alice_json 'hanare list --json' '" ".join((str(len([z for z in v if z["state"] == "running"])), v[-1]["state"]))')"
        alice 60 'hanare stop --all'
}

check_death() {
        same "a zone to be orphaned" 0 "$(alice_status 300 'hanare open https://www.hanare-demo.com/')"
        main=$(systemctl show -P MainPID hanare.service)
        same "the zone runs" yes "$(soon 60 browser_runs)"
        kill -KILL "$main"
        same "a zone dies with the daemon" yes "$(soon 2 no_zone_process)"
        same "the daemon comes back" yes "$(soon 60 sh -c "[ \"\$(systemctl show -P MainPID hanare.service)\" != $main ] && busctl --system status org.hanare.Sandbox1")"
        same "and starts zones" 0 "$(alice_status 180 'hanare run -- true')"
        same "the chain of receipts still holds" True "$(hanare receipt --verify --json | json 'v["ok"]')"
}

check_acts() {
        if [ ! -d zone ] || [ ! -d zone-build ]; then
                same "the forbidden acts were given (HANARE_VM_ZONE_BUILD)" yes no
                return
        fi
        # The acts are started beside the session, where polkit would want a password; polkit itself was seen before.
        echo '{ "authorisation": "owner", "limits": { "starts_per_minute": 600 } }' > /etc/hanare/hanare.jsonc
        systemctl reload hanare.service
        sleep 3
        python3 zone/run-zone-tests.py --user alice --build zone-build --timeout 300 --only 'memfd-*,exec-tmp,mmap-exec,loader-*,mount-tmpfs,user-home,direct-host,kill-all,crash' > "$result/acts" 2>&1
        same "forbidden acts are refused, and no memfd is executed" 0 $?
        tail -n 25 "$result/acts"
        rm /etc/hanare/hanare.jsonc
        systemctl reload hanare.service
        sleep 3
}

check_logout() {
        same "a zone before the logout" 0 "$(alice_status 300 'hanare open https://www.hanare-demo.com/')"
        same "the zone runs" yes "$(soon 60 browser_runs)"
        session_end
        same "a zone ends with the session" yes "$(soon 60 no_zone_process)"
        sleep 2
        same "the receipt says so" yes "$(hanare receipt --json --limit 5 | json '"yes" if any(r.get("reason") in ("logout", "caller-gone", "helper-died") for r in v) else v')"
}

# With a zone running, as on any day.
check_removal() {
        session_start alice
        same "a zone before the removal" 0 "$(alice_status 300 'hanare open https://www.hanare-demo.com/')"
        same "the zone runs" yes "$(soon 60 browser_runs)"
        same "the package is removed" 0 "$(status_of dpkg --purge hanare)"
        same "no zone outlives it" yes "$(soon 5 no_zone_process)"
        same "nor a process of the service" "" "$(pgrep -l sandboxd)"
        same "nor a file of its programs" "" "$(find /usr /etc/apparmor.d /etc/dbus-1 /etc/systemd /lib/systemd -name '*hanare*' ! -name 'hanare-vm*' ! -path '/etc/systemd/system/hanare.service.d*' -o -name 'sandboxd*')"
        same "what IT wrote is left" yes "$([ -f /etc/hanare/kinds.d/web.jsonc ] && echo yes)"
        same "no service failed" "" "$(systemctl --failed --no-legend)"
}

[ -f hanare.deb ] || { echo "there is no hanare.deb: run-vm-test.sh PACKAGE.deb guest-test.sh"; exit 2; }
systemctl is-system-running --wait >> "$result/output"
install_product
settings
join_rig
same "the rig is up" 0 $?
check_service
check_session
check_run
if [ "$(alice_status 180 'hanare run -- true')" = 0 ]; then
        check_browser
        check_wipe
        check_death
        check_acts
        check_logout
        check_removal
else
        same "a zone starts, so that the rest can be tested" yes no
fi
journalctl -u hanare.service --no-pager -o short-monotonic > "$result/hanare-journal"
journalctl -k --no-pager -o cat | grep 'apparmor="DENIED"' | grep hanare-zone > "$result/denied"
[ "$failed" = 0 ] || report
echo "AppArmor refused $(wc -l < "$result/denied") times (result/denied)"
cd "$here" || exit 1
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
