#!/bin/bash
# test: installs what the tests need, builds with warnings as errors, runs the tests.
# Runs as: root, on a Debian 12 machine that may be changed: it installs Hanare in /usr, ends a running sandboxd, and writes settings
# of its own to /etc/hanare for the time it runs (yours are put back).  Idempotent.
# Usage: ./test.sh [--long] [STAGE...]     without a stage: all of them; what is not selected is not reported as passed
#   build    gcc and clang, warnings as errors; clang-tidy, cppcheck, shellcheck
#   unit     unit tests, corpora, lints, each program at a bus or in namespaces of its own; foreign files, each in a sandboxd-vet of its own
#   sanitize the same unit tests under ASan and UBSan, with coverage
#   fuzz     every decoder, 10 s each (--long: 120 s)
#   zone     the forbidden acts inside a zone, the ways to persist, limits, notices on a desktop, hostile clients, a hostile broker
#   kill     every process of ours killed at random moments, 10 each (--long: 100)
#   control  each wall taken down: its tests must notice
#   browser  Chromium and Firefox for real, on X11 and on Wayland
#   vm       a booted Debian 12 with its own kernel, systemd, cgroup v2, AppArmor, polkit
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
cd "$(dirname "$0")" || exit 1
top=$PWD
out=$top/build-logs
long=0
stages=""
user=hanare-rig
export HANARE_RIG_USER=$user

for word in "$@"; do
        case $word in
        --long) long=1 ;;
        build | unit | sanitize | fuzz | zone | kill | control | browser | vm) stages="$stages $word" ;;
        *)
                sed -n '2,17s/^# \{0,1\}//p' "$0"
                exit 2
                ;;
        esac
done
[ -n "$stages" ] || stages="build unit sanitize fuzz zone kill control browser vm"
[ "$(id -u)" = 0 ] || { echo "test: must run as root: sudo ./test.sh" >&2; exit 1; }

passed=0
failed=0
began=$SECONDS
mkdir -p "$out"

# Runs one check; its output goes to a log. A closing line "N passed, N failed" counts as that many, else the check counts as one.
check() { # NAME CMD...
        name=$1
        shift
        log=$out/${name//[^a-z0-9-]/-}.log
        start=$SECONDS
        "$@" >"$log" 2>&1 </dev/null
        status=$?
        line=$(grep -aE '^[0-9]+ passed, [0-9]+ failed( \(.*\))?$' "$log" | tail -n 1)
        if [ -n "$line" ]; then
                p=${line%% *}
                f=${line#*, }
                f=${f%% *}
        else
                p=0
                f=0
        fi
        [ "$p" != 0 ] || [ "$f" != 0 ] || { [ $status = 0 ] && p=1; }
        if [ $status != 0 ] && [ "$f" = 0 ]; then f=1; fi
        passed=$((passed + p))
        failed=$((failed + f))
        if [ "$f" = 0 ]; then
                printf 'ok    %-34s %5d checks %5d s\n' "$name" "$p" $((SECONDS - start))
        else
                printf 'FAIL  %-34s %5d of %d %5d s: %s\n' "$name" "$f" $((p + f)) $((SECONDS - start)) "$log"
                grep -aE '^(FAIL|failed:|not ok)|[Ee]rror:|warning:|: error' "$log" | head -n 12 | cut -c1-240 | sed 's/^/        /'
                tail -n 4 "$log" | cut -c1-240 | sed 's/^/        /'
        fi
}

# The package of what is checked out here, its unit tests left to their stage.
make_package() {
        sources=$(mktemp -d)
        mkdir "$sources/hanare"
        git ls-files -z | xargs -0 cp --parents -t "$sources/hanare" &&
                (cd "$sources/hanare" && DEB_BUILD_OPTIONS="nocheck parallel=2" dpkg-buildpackage -us -uc -b) &&
                mv "$sources"/hanare_*.deb "$out/hanare.deb"
        status=$?
        rm -rf "$sources"
        return $status
}

# Runs a command again when it failed; says so, and takes the second word.
twice() {
        "$@" && return 0
        echo "the first try failed; its lines stand above; this is the second"
        "$@"
}

wants() {
        case " $stages " in *" $1 "*) return 0 ;; esac
        return 1
}

configure() { # DIR OPTION...
        dir=$1
        shift
        if [ -d "$dir" ]; then
                meson configure "$dir" "$@"
        else
                meson setup "$dir" --prefix=/usr --libexecdir=libexec --sbindir=sbin "$@"
        fi
}

make_build() { # DIR OPTION...
        configure "$@" && ninja -C "$1"
}

# meson's own summary, as the closing line that counts.
run_meson_tests() { # DIR ARGUMENTS...
        dir=$1
        shift
        meson test -C "$dir" --print-errorlogs "$@"
        status=$?
        awk '/^ok:|^Ok:/ { ok = $2 } /^Fail:/ { bad += $2 } /^Timeout:/ { bad += $2 } /^Skipped:/ { bad += $2 } /^Unexpected Pass:/ { bad += $3 }
                END { printf "%d passed, %d failed\n", ok, bad }' <(sed -n '/^Ok:/,$p' "$dir/meson-logs/testlog.txt")
        return $status
}

clang_build() {
        CC=clang make_build build-clang -Dwerror=true
}

tidy() {
        # files of the product; the checks are named in .clang-tidy
        git ls-files 'base/*.c' 'policy/*.c' 'overlay/*.c' 'sandboxd/*.c' 'launcher/*.c' | grep -v filter-gen | xargs -P 2 -n 8 clang-tidy --quiet -p build-clang
}

cppcheck_tree() {
        cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --language=c --suppress=missingIncludeSystem --suppress=unusedFunction \
                --enable=warning,performance,portability --suppress=ctuuninitvar "-Djson_array_foreach(a,i,v)=for(i=0;(v=json_array_get(a,i));i++)" "-Djson_object_foreach(o,k,v)=for(k=0;(v=json_object_get(o,k));)" -DHANARE_LIBDIR_HOST="\"/usr/lib\"" -I. -Ibuild-test base policy overlay sandboxd launcher
}

shellcheck_tree() {
        git ls-files '*.sh' .ci/run | xargs shellcheck -S warning
}

sanitize() {
        make_build build-asan -Db_sanitize=address,undefined -Db_coverage=true -Dwerror=false -Db_lundef=false &&
                ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1 run_meson_tests build-asan --no-suite behaviour --no-suite lint --no-suite built --no-suite confined --no-rebuild
}

coverage() {
        gcovr -r . --object-directory build-asan -e 'build.*' -e 'tests/.*' build-asan --gcov-ignore-parse-errors -s >"$out/coverage.txt"
        tail -n 6 "$out/coverage.txt"
}

fuzz() {
        tests/fuzz/run-fuzz.sh $((long ? 120 : 10))
}

stop_product() {
        pkill -x sandboxd
        for _ in $(seq 50); do
                pgrep -x sandboxd >/dev/null || break
                sleep 0.1
        done
        sleep 0.5
}

start_product() {
        stop_product
        tests/rig/rig.sh exec /usr/sbin/sandboxd </dev/null >>"$out/sandboxd.log" 2>&1 &
        for _ in $(seq 50); do
                hanare status >/dev/null 2>&1 && return 0
                sleep 0.1
        done
        echo "sandboxd does not answer" >&2
        tail -n 5 "$out/sandboxd.log" >&2
        return 1
}

saved=""
install_product() {
        meson install -C build-test --no-rebuild --quiet && ./data/make-accounts.sh && tests/rig/bus.sh up && tests/rig/rig.sh up || return 1
        if [ -z "$saved" ]; then
                saved=$(mktemp -d)
                [ ! -d /etc/hanare ] || cp -a /etc/hanare "$saved/"
        fi
        mkdir -p /etc/hanare/authorities
        rm -f /etc/hanare/kinds.d/zz-*
        install -m 0644 /var/lib/hanare-rig/tls/authority.pem /etc/hanare/authorities/hanare-rig.pem
        cat >/etc/hanare/hanare.jsonc <<'J'
// written by test.sh for the time it runs
{
  "authorisation": "owner",
  "limits": { "zones": 200, "zones_per_user": 60, "starts_per_minute": 600 },
  "permit_substitutes": ["memfd-noexec", "noswap", "landlock-scope", "cgroup-v1", "apparmor"]
}
J
        start_product
}

put_back() {
        [ -n "$saved" ] || return 0
        pkill -x sandboxd
        tests/rig/display.sh down
        tests/rig/rig.sh down
        tests/rig/bus.sh down
        rm -rf /etc/hanare
        [ ! -d "$saved/hanare" ] || mv "$saved/hanare" /etc/hanare
        rm -rf "$saved"
}
trap put_back EXIT

py=/usr/bin/python3
groups="build run test"
wants vm && groups="$groups vm"
# shellcheck disable=SC2086 # a list of words
check "packages" ./install-deps.sh $groups
getent passwd $user >/dev/null || useradd --create-home --shell /bin/bash $user

check "gcc, warnings as errors" make_build build-test -Dwerror=true
[ "$failed" = 0 ] || { echo "$passed passed, $failed failed"; exit 1; }

if wants build; then
        check "clang, warnings as errors" clang_build
        check "clang-tidy" tidy
        check "cppcheck" cppcheck_tree
        check "shellcheck" shellcheck_tree
fi
wants unit && check "unit, lint, buses, namespaces" run_meson_tests build-test --no-rebuild
if wants sanitize; then
        check "unit under ASan and UBSan" sanitize
        check "coverage" coverage
        [ ! -f "$out/coverage.txt" ] || tail -n 3 "$out/coverage.txt" | sed 's/^/        /'
fi
wants fuzz && check "fuzz" fuzz

if wants zone || wants kill || wants control || wants browser; then
        check "install and start" install_product
fi
if wants zone; then
        check "forbidden acts" $py tests/zone/run-zone-tests.py --user $user --build build-test/tests/zone -j2
        check "ways to persist" $py tests/wipe/run-wipe-tests.py --user $user --build build-test/tests/wipe
fi
if wants browser; then
        check "names and the network" $py tests/behaviour/net/test-net.py
        check "browsers" $py tests/behaviour/browser/test-browsers.py
fi
# These start and stop the daemon themselves.
daemon="$top/tests/rig/rig.sh exec /usr/sbin/sandboxd"
if wants zone; then
        stop_product
        check "limits and receipts" $py tests/behaviour/limits/test-limits.py --user $user --zone-build build-test/tests/zone
        check "notices on the desktop" $py tests/behaviour/desktop/test-desktop.py --user $user --zone-build build-test/tests/zone
        check "hostile clients" $py tests/behaviour/bus/test-bus.py --zone-build build-test/tests/zone
        check "hostile broker" $py tests/behaviour/hostile-broker/run-hostile-broker.py --build build-test/tests/behaviour/hostile-broker --zone-build build-test/tests/zone
fi
if wants kill; then
        stop_product
        arguments=""
        [ $long = 0 ] || arguments="--long"
        # shellcheck disable=SC2086 # a list of words
        check "kills" $py tests/behaviour/kill/run-kill-tests.py --user $user --zone-build build-test/tests/zone --daemon "$daemon" $arguments
fi
if wants control; then
        stop_product
        check "negative controls: build" make_build build-control -Dnegative_control=true -Dwerror=true
        check "negative controls" $py tests/control/run-controls.py --build build-control --user $user --daemon "$daemon"
fi
if wants vm; then
        check "Debian package" make_package
        # Emulation can miss a deadline where the host is busy: a machine that failed is booted once more, and the log keeps both.
        check "booted Debian 12" twice env HANARE_VM_SECONDS=2400 HANARE_VM_ZONE_BUILD=build-test/tests/zone tests/vm/run-vm-test.sh "$out/hanare.deb" tests/vm/guest-test.sh "$out/vm"
fi

echo "stages:$stages; $((SECONDS - began)) s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
