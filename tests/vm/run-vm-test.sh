#!/bin/sh
# run-vm-test: boots a Debian machine and runs a script in it, with the product's Debian package beside it.
# Runs as: root for the first image, then anyone.  Usage: run-vm-test.sh PACKAGE.deb|- SCRIPT [RESULT_FOLDER]
# The script starts in a folder that holds itself (run.sh), hanare.deb (absent for "-") and tests/ (rig, vm);
# its first argument is a folder whose files come back to RESULT_FOLDER (log, status and journal are there in any case).
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu

here=$(cd "$(dirname "$0")" && pwd)
if [ $# -lt 2 ] || [ ! -f "$2" ] || { [ "$1" != - ] && [ ! -f "$1" ]; }; then
        echo "usage: run-vm-test.sh PACKAGE.deb|- SCRIPT [RESULT_FOLDER]" >&2
        exit 2
fi
package=$1
script=$2
work=$(mktemp -d "${TMPDIR:-/var/tmp}/hanare-vm-test.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM
result=${3:-$work/result}

mkdir -p "$work/share/tests"
cp "$script" "$work/share/run.sh"
cp -r "$here/../rig" "$here" "$work/share/tests/"
for extra in ${HANARE_VM_EXTRA:-}; do # more files or folders for the script, by name
        cp -r "$extra" "$work/share/"
done
if [ -n "${HANARE_VM_ZONE_BUILD:-}" ]; then # a build's tests/zone: the forbidden acts, for guest-test.sh
        cp -r "$here/../zone" "$work/share/"
        mkdir "$work/share/zone-build"
        find "$HANARE_VM_ZONE_BUILD" -maxdepth 1 -type f -perm -u+x -exec cp {} "$work/share/zone-build/" \;
fi
[ "$package" = - ] || cp "$package" "$work/share/hanare.deb"
tar --owner=0 --group=0 --numeric-owner -cf "$work/share.tar" -C "$work/share" .

image=$("$here/make-image.sh")
status=0
"$here/boot.sh" "$image" "$work/share.tar" "$result" || status=$?
[ ! -f "$result/log" ] || cat "$result/log"
exit "$status"
