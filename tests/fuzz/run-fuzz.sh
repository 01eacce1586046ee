#!/bin/sh
# Fuzzes every target for SECONDS each, from the corpus; what it finds new stays in the build directory.
# usage: tests/fuzz/run-fuzz.sh SECONDS [BUILD-DIRECTORY]
set -eu
seconds=${1:?usage: run-fuzz.sh SECONDS [BUILD-DIRECTORY]}
here=$(cd "$(dirname "$0")" && pwd)
build=${2:-$here/../../build-fuzz}
[ -d "$build" ] || CC=clang meson setup -Dfuzz=true "$build" "$here/../.."
ninja -C "$build"
/usr/bin/python3 "$here/../corpus/write-seeds.py" "$build/tests/fuzz/all-seeds"
for name in wire table plan address json pattern layers denylist fleet gateway-http gateway-first vet-zip vet-office vet-ole vet-pdf vet-rtf vet-image vet-text; do
    found="$build/tests/fuzz/found-$name"
    mkdir -p "$found"
    for seed in "$build/tests/fuzz/seed-$name".*; do
        [ ! -f "$seed" ] || cp "$seed" "$found/"
    done
    [ ! -d "$build/tests/fuzz/all-seeds/$name" ] || cp "$build/tests/fuzz/all-seeds/$name/"* "$found/"
    echo "== $name"
    corpus=$here/corpus/$name
    [ -d "$corpus" ] || corpus=$found # all of its seeds are made
    set --
    [ ! -f "$here/$name.dict" ] || set -- "-dict=$here/$name.dict"
    if ! "$build/tests/fuzz/libfuzzer-$name" -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 "$@" \
        -artifact_prefix="$found/../$name-" "$found" "$corpus" >"$found/../$name.log" 2>&1; then
        tail -40 "$found/../$name.log"
        exit 1
    fi
    grep -E 'stat::(number|average)|DONE' "$found/../$name.log"
done
