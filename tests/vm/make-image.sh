#!/bin/sh
# make-image: a Debian machine to boot, with systemd, AppArmor and the product's runtime dependencies, made once and kept.
# Runs as: root.  Output: the path of the image on stdout; kernel and initrd lie beside it as IMAGE.vmlinuz and IMAGE.initrd.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# HANARE_CACHE        where images are kept (default /var/cache/hanare-tests)
# HANARE_VM_SUITE     Debian suite (default bookworm)
# HANARE_VM_SOURCES   an apt sources file or mirror (default: this machine's own, when it is of the same suite)
# HANARE_VM_FRESH=1   make it again, for newer packages
set -eu

suite=${HANARE_VM_SUITE:-bookworm}
cache=${HANARE_CACHE:-/var/cache/hanare-tests}
size=5G

# systemd, a session and AppArmor; the zone's programs; the product's libraries; what the tests use.
packages="systemd systemd-sysv dbus dbus-user-session polkitd libpam-systemd apparmor linux-image-amd64 kmod udev
chromium firefox-esr weston xvfb openbox xauth fonts-dejavu-core fonts-ipaexfont-gothic ca-certificates
libglib2.0-0 libunbound8 libjansson4 libsodium23 libcap2 libcap2-bin libnl-3-200 libnl-route-3-200 libxcb1 libxau6 libidn2-0
python3-minimal python3 nginx-light dnsmasq-base iproute2 openssl curl imagemagick xdotool zip procps"

fail() {
        echo "make-image: $1" >&2
        exit 1
}

[ "$(id -u)" = 0 ] || fail "must run as root, because the image's files belong to root: use sudo"
for program in mmdebstrap mke2fs flock sha256sum; do
        command -v "$program" >/dev/null || fail "$program is not installed: run ./install-deps.sh vm"
done

# Runs inside the new system's root by `sh -c`; $1 is that root.
setup_early='mkdir -p "$1/etc/initramfs-tools/conf.d"
echo MODULES=list > "$1/etc/initramfs-tools/conf.d/hanare-vm"
printf "%s\n" virtio_pci virtio_blk ext4 crc32c_generic > "$1/etc/initramfs-tools/modules"'

setup_late='set -eu
echo hanare-vm > "$1/etc/hostname"
echo "127.0.0.1 localhost hanare-vm" > "$1/etc/hosts"
echo "/dev/vda / ext4 rw,noatime 0 0" > "$1/etc/fstab"
echo "# no network but what a test makes" > "$1/etc/resolv.conf"
echo "LANG=C.UTF-8" > "$1/etc/default/locale"
: > "$1/etc/machine-id"
for unit in nginx.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
            dpkg-db-backup.timer getty@tty1.service serial-getty@ttyS0.service systemd-timesyncd.service; do
        ln -sfn /dev/null "$1/etc/systemd/system/$unit"
done
cat > "$1/etc/systemd/system/hanare-vm-test.service" <<UNIT
[Unit]
Description=The test that this machine was booted for
After=multi-user.target
ConditionPathExists=/dev/disk/by-id/virtio-share

[Service]
Type=exec
ExecStart=/usr/local/sbin/hanare-vm-test
StandardOutput=null
StandardError=journal+console
UNIT
mkdir -p "$1/etc/systemd/system/multi-user.target.wants"
ln -sfn ../hanare-vm-test.service "$1/etc/systemd/system/multi-user.target.wants/hanare-vm-test.service"
cat > "$1/usr/local/sbin/hanare-vm-test" <<"SCRIPT"
#!/bin/sh
# Takes the test from the disk "share" (a tar), runs its run.sh, writes a tar of what it left to the disk "result".
dir=/var/tmp/hanare-vm
mkdir -p "$dir/result"
tar -xf /dev/disk/by-id/virtio-share -C "$dir" || echo "the tar on the share disk cannot be read" > "$dir/result/log"
cd "$dir"
echo "HANARE-VM-BEGIN $(cut -d" " -f1 /proc/uptime)" > /dev/ttyS0
status=125
if [ -f run.sh ]; then
        mkfifo out
        tee result/log < out > /dev/ttyS0 &
        sh run.sh "$dir/result" > out 2>&1 < /dev/null
        status=$?
        wait
fi
echo "$status" > result/status
journalctl -b --no-pager -o short-monotonic > result/journal 2>/dev/null
tar -cf - -C "$dir" result | dd of=/dev/disk/by-id/virtio-result bs=64k conv=notrunc,fsync 2>/dev/null
echo "HANARE-VM-END status=$status $(cut -d" " -f1 /proc/uptime)" > /dev/ttyS0
sync
systemctl poweroff --force
SCRIPT
chmod 0755 "$1/usr/local/sbin/hanare-vm-test"'

sources=${HANARE_VM_SOURCES:-}
if [ -z "$sources" ]; then
        for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
                if [ -s "$file" ] && grep -q "$suite" "$file"; then
                        sources=$file
                        break
                fi
        done
fi

hash=$(printf '%s\n' "$suite" "$size" "$packages" "$setup_early" "$setup_late" | sha256sum | cut -c1-16)
image=$cache/vm-$hash.img
mkdir -p "$cache"
exec 9> "$cache/vm-$hash.lock"
flock 9
if [ "${HANARE_VM_FRESH:-}" != 1 ] && [ -f "$image" ] && [ -f "$image.vmlinuz" ] && [ -f "$image.initrd" ]; then
        echo "$image"
        exit 0
fi

work=$(mktemp -d "$cache/make.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM
chmod 0755 "$work"

# shellcheck disable=SC2086 # an unset source means mmdebstrap's own default
mmdebstrap --mode=root --variant=apt --skip=check/empty \
        --include="$(echo $packages | tr ' ' ,)" \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
        --essential-hook="$setup_early" --customize-hook="$setup_late" \
        "$suite" "$work/root" $sources >&2

set -- "$work"/root/boot/vmlinuz-*
[ $# = 1 ] && [ -f "$1" ] || fail "the new system has not exactly one kernel"
version=${1##*/vmlinuz-}
cp "$work/root/boot/vmlinuz-$version" "$work/vmlinuz"
cp "$work/root/boot/initrd.img-$version" "$work/initrd"
# Without a journal: the image is never written to, every boot throws its changes away.
mke2fs -q -t ext4 -O ^has_journal -E lazy_itable_init=1 -L hanare-vm -d "$work/root" "$work/image" "$size" >&2
mv "$work/vmlinuz" "$image.vmlinuz"
mv "$work/initrd" "$image.initrd"
mv "$work/image" "$image"
echo "$image"
