/* try-namespaces: new namespaces of every sort, alone and inside a nested user namespace.
 * Runs as: zone.  Input: the act's name.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A browser needs NEWUSER with NEWPID, NEWNET and NEWIPC by clone, and NEWUSER and NEWPID by unshare; nothing more. */
#include "try.h"
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>

#define ACT(name) static void name(char **args __attribute__((unused)))

static void by_clone(unsigned long flags, const char *what) {
        long pid = syscall(__NR_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
        if (pid == 0)
                _exit(0);
        try_call(what, pid);
        if (pid > 0)
                try_wait((pid_t)pid);
}
static void by_unshare(unsigned long flags, const char *what) { /* in a child, so that one success does not colour the next */
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
                try_call(what, syscall(__NR_unshare, flags));
                _exit(try_escapes ? 3 : 0);
        }
        int status = pid < 0 ? -1 : try_wait(pid);
        if (status == 3)
                try_escapes++;
        else if (status != 0)
                try_broken("child ended with %d", status);
        try_reports++;
}
ACT(clone_mount) { by_clone(CLONE_NEWNS, "clone NEWNS"); }
ACT(clone_uts) { by_clone(CLONE_NEWUTS, "clone NEWUTS"); }
ACT(clone_cgroup) { by_clone(CLONE_NEWCGROUP, "clone NEWCGROUP"); }
ACT(clone_user_mount) { by_clone(CLONE_NEWUSER | CLONE_NEWNS, "clone NEWUSER|NEWNS"); }
ACT(clone_user_uts) { by_clone(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWCGROUP, "clone NEWUSER|NEWUTS|NEWCGROUP"); }
ACT(clone_no_user) { /* allowed by the filter, refused by the kernel: no capability here */
        by_clone(CLONE_NEWPID, "clone NEWPID");
        by_clone(CLONE_NEWNET, "clone NEWNET");
        by_clone(CLONE_NEWIPC, "clone NEWIPC");
}
ACT(clone_three) {
        struct clone_args a = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
        long pid = syscall(__NR_clone3, &a, sizeof a);
        if (pid == 0)
                _exit(0);
        try_call("clone3 NEWUSER", pid);
        a.flags = CLONE_NEWTIME | CLONE_NEWUSER;
        pid = syscall(__NR_clone3, &a, sizeof a);
        if (pid == 0)
                _exit(0);
        try_call("clone3 NEWTIME", pid);
}
ACT(unshare_mount) { by_unshare(CLONE_NEWNS, "unshare NEWNS"); }
ACT(unshare_uts) { by_unshare(CLONE_NEWUTS, "unshare NEWUTS"); }
ACT(unshare_ipc) { by_unshare(CLONE_NEWIPC, "unshare NEWIPC"); }
ACT(unshare_net) { by_unshare(CLONE_NEWNET, "unshare NEWNET"); }
ACT(unshare_cgroup) { by_unshare(CLONE_NEWCGROUP, "unshare NEWCGROUP"); }
ACT(unshare_time) { by_unshare(0x80, "unshare NEWTIME"); }
ACT(unshare_both) {
        by_unshare(CLONE_NEWUSER | CLONE_NEWNS, "unshare NEWUSER|NEWNS");
        by_unshare(CLONE_NEWUSER | CLONE_NEWNET, "unshare NEWUSER|NEWNET");
        by_unshare(CLONE_NEWUSER | CLONE_NEWUTS, "unshare NEWUSER|NEWUTS");
}
ACT(unshare_high) { /* a filter that compares 64 bits, a kernel that looks at fewer */
        by_unshare(CLONE_NEWNS | (1ul << 32), "unshare NEWNS with a high bit");
        by_unshare(CLONE_FILES | CLONE_FS, "unshare FILES|FS");
}
ACT(set_ns) { TRY_RING(setns, 0, 0); }
ACT(set_ns_init) {
        int fd = open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);
        try_call("open /proc/1/ns/net", fd);
        TRY_RING(setns, fd, CLONE_NEWNET);
}

/* Inside a user namespace of one's own, with all its capabilities. */
static void nested(unsigned long flags, void (*inside)(void)) {
        long pid = syscall(__NR_clone, flags | CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
        if (pid < 0) {
                try_broken("no nested user namespace (%s), which a browser needs", strerror(errno));
                return;
        }
        if (pid == 0) {
                inside();
                _exit(try_escapes ? 3 : try_broke ? 4 : 0);
        }
        int status = try_wait((pid_t)pid);
        if (status == 3)
                try_escapes++;
        else if (status != 0)
                try_broken("child ended with %d", status);
        try_reports++;
}
static void do_mount(void) { TRY_RING(mount, "none", "/tmp", "tmpfs", 0ul, NULL); }
static void do_overlay(void) { TRY_RING(fsopen, "overlay", 0u); }
static void do_unshare(void) {
        try_call("nested unshare NEWNS", syscall(__NR_unshare, CLONE_NEWNS));
        try_call("nested unshare NEWUTS", syscall(__NR_unshare, CLONE_NEWUTS));
        try_call("nested unshare NEWCGROUP", syscall(__NR_unshare, CLONE_NEWCGROUP));
        try_call("nested unshare NEWNET", syscall(__NR_unshare, CLONE_NEWNET));
        long pid = syscall(__NR_clone, CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, NULL);
        if (pid == 0)
                _exit(0);
        try_call("nested clone NEWNS", pid);
}
static void do_raw(void) {
        try_call("nested raw socket", socket(AF_INET, SOCK_RAW, 1));
        try_call("nested packet socket", socket(AF_PACKET, SOCK_RAW, 0));
        try_call("nested netfilter netlink", socket(AF_NETLINK, SOCK_RAW, 12));
        try_call("nested xfrm netlink", socket(AF_NETLINK, SOCK_RAW, 6));
        try_call("nested generic netlink", socket(AF_NETLINK, SOCK_RAW, 16));
}
static void do_map(void) { /* a map that names another's id: only the one id of the zone may be in it */
        int fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
        if (fd < 0) {
                try_refused(errno, "/proc/self/uid_map");
                return;
        }
        try_call("map of host root", write(fd, "0 0 1", 5));
        try_call("map of many ids", write(fd, "0 1000 65536", 12));
        try_call("map of the next id", write(fd, "0 1001 1", 8));
        close(fd);
}
static void do_ids(void) {
        int fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
        if (fd < 0 || write(fd, "0 1000 1", 8) != 8) {
                try_broken("cannot write the map a browser writes: %s", strerror(errno));
                return;
        }
        close(fd);
        int through = 0;
        through |= open("/etc/shadow", O_RDONLY | O_CLOEXEC) >= 0;
        through |= open("/usr/evil", O_WRONLY | O_CREAT | O_CLOEXEC, 0644) >= 0;
        through |= open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC) >= 0;
        through |= open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC) >= 0;
        if (through)
                try_escaped("nested root opened a file of the host");
        else
                try_contained("nested root (uid %d) owns nothing", (int)getuid());
}
ACT(nested_mount) { nested(0, do_mount); }
ACT(nested_mount_net) { nested(CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC, do_mount); }
ACT(nested_overlay) { nested(0, do_overlay); }
ACT(nested_unshare) { nested(0, do_unshare); }
ACT(nested_sockets) { nested(CLONE_NEWNET, do_raw); }
ACT(nested_map) { nested(0, do_map); }
ACT(nested_root) { nested(0, do_ids); }
/* chroot needs a capability that only a nested namespace gives; out of its root nothing lies. */
static void do_chroot(void) {
        struct stat st;
        int top = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        mkdir("/tmp/jail", 0755);
        if (chroot("/tmp/jail") < 0) {
                try_refused(errno, "chroot");
                return;
        }
        if (fchdir(top) < 0) {
                try_refused(errno, "fchdir");
                return;
        }
        for (int i = 0; i < 40; i++)
                if (chdir("..") < 0)
                        break;
        if (chroot(".") < 0) {
                try_refused(errno, "second chroot");
                return;
        }
        if (stat("/root/.bashrc", &st) == 0 || stat("/sys/kernel", &st) == 0 || stat("/usr/bin/sh", &st) == 0)
                try_escaped("the classic chroot escape left the zone");
        else
                try_contained("the classic chroot escape ends at the zone's root");
}
ACT(chroot_escape) { nested(0, do_chroot); }
ACT(chroot_plain) { try_call("chroot without capability", chroot("/tmp")); }
/* As many as the kernel gives, one in the other: the limit (64, or 33 levels) must stop it. */
ACT(nested_flood) {
        int pipes[2], n = 0;
        char c;
        if (pipe2(pipes, O_CLOEXEC) < 0) {
                try_broken("pipe: %s", strerror(errno));
                return;
        }
        for (; n < 400; n++) {
                long pid = syscall(__NR_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
                if (pid == 0) {
                        close(pipes[1]);
                        _exit((int)read(pipes[0], &c, 1));
                }
                if (pid < 0)
                        break;
        }
        if (n == 400)
                try_escaped("400 nested user namespaces at once");
        else
                try_refused(errno, "nested user namespace");
        close(pipes[1]);
}

static const TryAct acts[] = {
        { "clone-newns", clone_mount, 0 }, { "clone-newuts", clone_uts, 0 }, { "clone-newcgroup", clone_cgroup, 0 }, { "clone-user-newns", clone_user_mount, 0 },
        { "clone-user-newuts", clone_user_uts, 0 }, { "clone-without-user", clone_no_user, 0 }, { "clone3", clone_three, 0 }, { "unshare-newns", unshare_mount, 0 },
        { "unshare-newuts", unshare_uts, 0 }, { "unshare-newipc", unshare_ipc, 0 }, { "unshare-newnet", unshare_net, 0 }, { "unshare-newcgroup", unshare_cgroup, 0 },
        { "unshare-newtime", unshare_time, 0 }, { "unshare-user-and", unshare_both, 0 }, { "unshare-high-bits", unshare_high, 0 }, { "setns", set_ns, 0 },
        { "setns-init", set_ns_init, 0 }, { "nested-mount", nested_mount, 0 }, { "nested-mount-net", nested_mount_net, 0 }, { "nested-overlay", nested_overlay, 0 },
        { "nested-unshare", nested_unshare, 0 }, { "nested-sockets", nested_sockets, 0 }, { "nested-map", nested_map, 0 }, { "nested-root", nested_root, 0 },
        { "nested-flood", nested_flood, 0 }, { "chroot-escape", chroot_escape, 0 }, { "chroot-plain", chroot_plain, 0 },
};
TRY_MAIN(acts)
