#!/bin/sh
# boot: boots an image of make-image.sh, runs run.sh out of a tar in it, and unpacks what it left.
# Runs as: anyone who can read the image.  Usage: boot.sh IMAGE SHARE_TAR RESULT_FOLDER
# Exit status: the script's; 124 = the machine did not end in time; 125 = it ended without a result.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# HANARE_VM_SECONDS  limit for all of it (default 900)
# HANARE_VM_ACCEL    "tcg" (emulation, the default: it works everywhere) or "kvm" (a nested one may hang at start)
# HANARE_VM_CPU, HANARE_VM_MEMORY  -cpu (default max) and MiB (default 3072)
set -eu

image=$1
share=$2
result=$3
seconds=${HANARE_VM_SECONDS:-900}
accel=${HANARE_VM_ACCEL:-tcg}

fail() {
        echo "boot: $1" >&2
        exit 125
}

command -v qemu-system-x86_64 >/dev/null || fail "qemu-system-x86_64 is not installed: run ./install-deps.sh vm"
if [ ! -f "$image" ] || [ ! -f "$image.vmlinuz" ] || [ ! -f "$image.initrd" ]; then
        fail "$image is not an image of make-image.sh"
fi
mkdir -p "$result"
result=$(cd "$result" && pwd)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/hanare-vm.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM
truncate -s 64M "$work/result"
began=$(date +%s)

# TMPDIR: where -snapshot keeps what the machine writes. No network card.
set -- -nodefaults -no-user-config -no-reboot -display none -machine q35 -accel "$accel" -cpu "${HANARE_VM_CPU:-max}" \
        -smp 2 -m "${HANARE_VM_MEMORY:-3072}" -kernel "$image.vmlinuz" -initrd "$image.initrd" \
        -append "root=/dev/vda rw console=ttyS0 loglevel=4 systemd.show_status=error net.ifnames=0 panic=-1" \
        -drive "file=$image,if=none,id=root,format=raw,snapshot=on" -device virtio-blk-pci,drive=root \
        -drive "file=$share,if=none,id=share,format=raw,read-only=on" -device virtio-blk-pci,drive=share,serial=share \
        -drive "file=$work/result,if=none,id=result,format=raw,cache=unsafe" -device virtio-blk-pci,drive=result,serial=result \
        -device virtio-rng-pci -serial "file:$result/console"
status=0
TMPDIR=$work timeout -k 5 "$seconds" qemu-system-x86_64 "$@" > "$result/qemu" 2>&1 < /dev/null || status=$?

echo "boot: $accel, $(($(date +%s) - began)) s" >&2
if [ "$status" = 124 ] || [ "$status" = 137 ]; then
        tail -n 20 "$result/console" >&2
        echo "boot: the machine did not end within $seconds s; its console is $result/console" >&2
        exit 124
fi
[ "$status" = 0 ] || { cat "$result/qemu" >&2; fail "qemu ended with status $status"; }
if ! tar -xf "$work/result" -C "$result" --strip-components=1 --no-same-owner 2>/dev/null || [ ! -s "$result/status" ]; then
        tail -n 20 "$result/console" >&2
        fail "the machine ended without a result; its console is $result/console"
fi
exit "$(cat "$result/status")"
