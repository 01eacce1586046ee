#!/bin/sh
# bench: measures Hanare and its peers: prints a table, writes JSON. docs/PERFORMANCE.md says what each line means.
# Runs as: root, on Debian 12 or 13.  Takes about 15 minutes.  Usage: ./bench.sh [--quick] [--markdown] [--docs] [--only PART...] [FILE.json]
#   FILE.json         where the figures go (default build-bench/bench.json)
#   --only PART...    start, many, restart, policy, browser, fleet; "--" ends the list
#   --quick           fewer rounds
#   --markdown        the table as Markdown
#   --docs            the figures in docs/PERFORMANCE.md are replaced by these
# It installs what it needs and Hanare itself (a release build), runs the daemon with settings of its own in the rig of network
# namespaces, and ends what it started. Hanare stays installed.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
cd "$(dirname "$0")"
top=$PWD
build=$top/build-bench
json=$build/bench.json
state=/run/hanare-bench
programs=/usr/libexec/hanare-bench
kinds=/etc/hanare/kinds.d
settings=/etc/hanare/hanare.jsonc
user=hanare-rig
rig=$top/tests/rig/rig.sh
display=$top/tests/rig/display.sh

step() {
        echo "== $1" >&2
}

fail() {
        echo "bench: $1" >&2
        exit 1
}

usage() {
        sed -n '/^# Runs as/,/^#   --docs/s/^# *//p' "$0"
}

# Settings that stood here before stay aside while this runs. A bench that was killed leaves them there: the next one finds them.
put_back() {
        if [ -e "$settings.before-bench" ]; then
                mv "$settings.before-bench" "$settings"
        else
                rm -f "$settings"
        fi
}

finish() {
        status=$?
        trap - EXIT
        [ -z "${measuring:-}" ] || kill "$measuring" 2>/dev/null || echo "bench: the measuring program had ended" >&2
        [ ! -f "$state/sandboxd" ] || process_stop "$state/sandboxd"
        [ ! -f "$state/made-display" ] || "$display" down
        [ ! -f "$state/made-rig" ] || "$rig" down
        [ ! -f "$state/made-bus" ] || tests/rig/bus.sh down
        [ ! -f "$state/made-settings" ] || put_back
        [ ! -f "$state/made-authority" ] || rm -f /etc/hanare/authorities/hanare-rig.pem
        rm -f "$kinds"/bench-*.jsonc /etc/chromium/policies/managed/hanare-bench.json
        rm -rf "$programs" "$state"
        [ -z "${stopped_service:-}" ] || systemctl start hanare.service
        exit $status
}

write_kind() { # NAME APPLICATION FURTHER-KEYS
        printf '// written by bench.sh; safe to delete\n{ "name": "%s", "title": { "en": "%s", "ja": "%s" }, "colour": "#808080", "application": %s, "network": { "http": true }, %s }\n' \
                "$1" "$1" "$1" "$2" "$3" > "$kinds/$1.jsonc"
}

write_settings() {
        mkdir -p "$kinds" /etc/hanare/authorities
        if [ -e "$settings" ] && [ ! -e "$settings.before-bench" ]; then
                mv "$settings" "$settings.before-bench"
        fi
        : > "$state/made-settings"
        cat > "$settings" <<-'END'
		// written by bench.sh for the time it runs
		{ "authorisation": "owner", "limits": { "zones": 120, "zones_per_user": 60, "starts_per_minute": 600 },
		  "permit_substitutes": ["memfd-noexec", "noswap", "landlock-scope", "cgroup-v1", "apparmor", "memfd-none"] }
	END
        write_kind bench-idle "{ \"program\": \"$programs/bench-wait\" }" "\"run\": [\"$programs/bench-clock\"]"
        write_kind bench-fill "{ \"program\": \"$programs/bench-wait\" }" '"arguments": ["1024"], "limits": { "memory_mib": 3072, "scratch_mib": 2048 }'
        write_kind bench-web '"chromium"' '"limits": { "memory_mib": 6144, "scratch_mib": 4096 }'
        write_kind bench-firefox '"firefox"' '"limits": { "memory_mib": 6144, "scratch_mib": 4096 }'
        if [ ! -e /etc/hanare/authorities/hanare-rig.pem ]; then
                : > "$state/made-authority"
                cp "$authority" /etc/hanare/authorities/hanare-rig.pem
                chmod 644 /etc/hanare/authorities/hanare-rig.pem
        fi
}

words=""
parts=""
while [ $# -gt 0 ]; do
        case $1 in
        --quick|--markdown) words="$words $1" ;;
        --docs) words="$words --docs docs/PERFORMANCE.md" ;;
        --only)
                while [ $# -gt 1 ]; do
                        case $2 in
                        start|many|restart|policy|browser|fleet) parts="$parts $2" ;;
                        --) shift; break ;;
                        *) break ;;
                        esac
                        shift
                done
                [ -n "$parts" ] || fail "--only needs one or more of: start many restart policy browser fleet"
                ;;
        --help) usage; exit 0 ;;
        --) ;;
        -*) fail "unknown option '$1'; see ./bench.sh --help" ;;
        *) json=$(realpath -m -- "$1") ;;
        esac
        shift
done
[ "$(id -u)" = 0 ] || fail "must run as root: sudo ./bench.sh"
[ ! -e "$state" ] || fail "$state exists: another bench.sh runs, or was killed: then remove it"

step "Installing Debian's packages"
./install-deps.sh build run bench test

if [ -d /run/systemd/system ] && systemctl -q is-active hanare.service; then
        [ "$(hanare list --json | tr -d ' \n')" = "[]" ] || fail "zones are open, and this would end them: end them first (hanare stop)"
        stopped_service=1
elif [ -r /run/hanare/sandboxd.pid ] && readlink -q "/proc/$(cat /run/hanare/sandboxd.pid)/exe" | grep -q '/sandboxd'; then
        fail "sandboxd runs already, by hand: end it first (./try.sh --undo, or kill $(cat /run/hanare/sandboxd.pid))"
fi

step "Building"
mkdir -p "$build"
[ -f "$build/build.ninja" ] || meson setup "$build" --prefix=/usr --libexecdir=libexec --sbindir=sbin --buildtype=release > "$build/setup.log" 2>&1 || { cat "$build/setup.log"; fail "meson setup failed"; }
ninja -C "$build" > "$build/ninja.log" 2>&1 || { tail -40 "$build/ninja.log"; fail "the build failed"; }

step "Installing, starting"
# shellcheck source=tests/rig/process.sh
. tests/rig/process.sh
mkdir -p "$state" "$(dirname "$json")"
trap finish EXIT
trap 'exit 130' INT TERM HUP
[ -z "${stopped_service:-}" ] || systemctl stop hanare.service
meson install -C "$build" --no-rebuild --quiet
./data/make-accounts.sh
install -D -m 755 -t "$programs" "$build/tests/bench/bench-clock" "$build/tests/bench/bench-wait" "$build/tests/bench/bench-policy"
if ! tests/rig/bus.sh status 2>/dev/null; then
        : > "$state/made-bus"
        tests/rig/bus.sh up
fi
if ! "$rig" status >/dev/null 2>&1; then
        : > "$state/made-rig"
        "$rig" up >/dev/null
fi
authority=$("$rig" status | sed -n 's/^HANARE_RIG_AUTHORITY=//p')
cp tests/bench/bench-fill.html "$(dirname "$(dirname "$authority")")/pages/www/"
if ! "$display" status >/dev/null 2>&1; then
        : > "$state/made-display"
        HANARE_RIG_USER=$user "$display" up x11 >/dev/null
fi
user=$("$display" status | sed -n 's/^HANARE_RIG_USER=//p')
write_settings
"$rig" exec /usr/sbin/sandboxd </dev/null >"$build/sandboxd.log" 2>&1 &
process_remember "$state/sandboxd" $!
tries=0
until "$display" run hanare status >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { cat "$build/sandboxd.log"; fail "the service did not start"; }
        sleep 0.1
done
problem=$("$display" run hanare status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["problem"])')
[ -z "$problem" ] || fail "the policy has a problem: $problem"

step "Measuring"
# shellcheck disable=SC2086 # lists of words
python3 -B tests/bench/run-bench.py --user "$user" --json "$json" --rig "$rig" --display "$display" --authority "$authority" ${parts:+--only $parts} $words &
measuring=$!
wait $measuring # in the background, because a shell that waits for a foreground program hears no signal
measuring=""
echo
echo "The figures as JSON: $json"
