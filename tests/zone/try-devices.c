/* try-devices: makes or opens devices, and puts characters into terminals.
 * Runs as: zone.  Input: the act's name.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "try.h"
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

static void mknod_char(char **args) {
        (void)args;
        try_call("mknod null", syscall(__NR_mknod, "/tmp/null", S_IFCHR | 0666, makedev(1, 3)));
        try_call("mknodat null", syscall(__NR_mknodat, AT_FDCWD, "/tmp/null2", S_IFCHR | 0666, makedev(1, 3)));
}
static void mknod_block(char **args) {
        (void)args;
        try_call("mknod sda", syscall(__NR_mknod, "/tmp/sda", S_IFBLK | 0666, makedev(8, 0)));
        try_call("mknodat vda", syscall(__NR_mknodat, AT_FDCWD, "/tmp/vda", S_IFBLK | 0666, makedev(254, 0)));
}
static void device_nodes(char **args) {
        (void)args;
        for (const char *const *p = (const char *const[]){ "/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/nvme0n1", "/dev/dri",
                     "/dev/dri/card0", "/dev/dri/renderD128", "/dev/fuse", "/dev/kvm", "/dev/net/tun", "/dev/loop-control", "/dev/loop0", "/dev/vhost-net",
                     "/dev/vsock", "/dev/uinput", "/dev/input/event0", "/dev/snd/controlC0", "/dev/video0", "/dev/hidraw0", "/dev/bus/usb/001/001",
                     "/dev/userfaultfd", "/dev/hpet", "/dev/rtc0", "/dev/mqueue", "/dev/hugepages", NULL }; *p; p++)
                try_open_read(*p);
}
static void device_tty(char **args) {
        (void)args;
        for (const char *const *p = (const char *const[]){ "/dev/tty", "/dev/tty0", "/dev/tty1", "/dev/console", "/dev/ptmx", "/dev/pts/ptmx", "/dev/pts/0", "/dev/vcs", "/dev/vcsa1", NULL }; *p; p++) {
                int fd = open(*p, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
                try_call(*p, fd);
        }
}
/* The whole of /dev: only the harmless nodes. */
static void device_list(char **args) {
        static const struct { unsigned major, minor; } allowed[] = { { 1, 3 }, { 1, 5 }, { 1, 7 }, { 1, 8 }, { 1, 9 } };
        (void)args;
        for (const char *const *p = (const char *const[]){ "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", NULL }; *p; p++) {
                struct stat st;
                if (stat(*p, &st) < 0) {
                        try_refused(errno, *p);
                        continue;
                }
                int ok = 0;
                for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
                        ok |= S_ISCHR(st.st_mode) && major(st.st_rdev) == allowed[i].major && minor(st.st_rdev) == allowed[i].minor;
                if (ok)
                        try_contained("%s is itself", *p);
                else
                        try_escaped("%s is something else", *p);
        }
}
/* A refusal by the filter is EPERM whatever the descriptor is; ENOTTY would mean that the kernel was asked. */
static void command(unsigned long request, const char *what) {
        char c = 'x';
        long r = syscall(__NR_ioctl, 0, request, &c);
        try_call(what, r);
}
static void ioctl_tiocsti(char **args) {
        (void)args;
        command(0x5412, "TIOCSTI");
}
static void ioctl_tiocsti_high(char **args) {
        (void)args;
        command(0x5412ul | (1ul << 32), "TIOCSTI with a high bit");
        command(0x5412ul | 0xdeadbeef00000000ul, "TIOCSTI with high bits");
}
static void ioctl_tioclinux(char **args) {
        (void)args;
        command(0x541c, "TIOCLINUX");
        command(0x541cul | (1ul << 32), "TIOCLINUX with a high bit");
}
static void ioctl_terminal(char **args) {
        (void)args;
        command(0x5422, "TIOCNOTTY");
        command(0x540e, "TIOCSCTTY");
        command(0x5423, "TIOCSETD");
        command(0x5402, "TCSETS");
        command(0x4b49, "KDSKBENT");
        command(0x4bfa, "KDFONTOP");
}
static void ioctl_files(char **args) {
        int fd = open("/tmp/f", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        long flags = 0x10; /* FS_IMMUTABLE_FL */
        (void)args;
        if (fd < 0) {
                try_broken("cannot create /tmp/f: %s", strerror(errno));
                return;
        }
        try_call("FS_IOC_SETFLAGS", syscall(__NR_ioctl, fd, 0x40086602ul, &flags));
        try_call("FICLONE", syscall(__NR_ioctl, fd, 0x40049409ul, fd));
        try_call("FIFREEZE", syscall(__NR_ioctl, fd, 0xc0045877ul, 0));
        try_call("NS_GET_PARENT", syscall(__NR_ioctl, fd, 0xb702ul, 0));
        try_call("FITRIM", syscall(__NR_ioctl, fd, 0xc0185879ul, 0));
}

static const TryAct acts[] = {
        { "mknod-char", mknod_char, 0 }, { "mknod-block", mknod_block, 0 }, { "device-nodes", device_nodes, 0 }, { "device-tty", device_tty, 0 },
        { "device-list", device_list, 0 }, { "ioctl-tiocsti", ioctl_tiocsti, 0 }, { "ioctl-tiocsti-high", ioctl_tiocsti_high, 0 },
        { "ioctl-tioclinux", ioctl_tioclinux, 0 }, { "ioctl-terminal", ioctl_terminal, 0 }, { "ioctl-files", ioctl_files, 0 },
};
TRY_MAIN(acts)
