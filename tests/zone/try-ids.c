/* try-ids: regains ids, capabilities and priority.
 * Runs as: zone.  Input: the act's name.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "try.h"
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#define ACT(name) static void name(char **args __attribute__((unused)))

ACT(set_uid) {
        try_call("setuid 0", syscall(__NR_setuid, 0));
        try_call("setreuid 0", syscall(__NR_setreuid, 0, 0));
        try_call("setresuid 0", syscall(__NR_setresuid, 0, 0, 0));
        try_call("setfsuid 0", syscall(__NR_setfsuid, 0));
}
ACT(set_gid) {
        try_call("setgid 0", syscall(__NR_setgid, 0));
        try_call("setregid 0", syscall(__NR_setregid, 0, 0));
        try_call("setresgid 0", syscall(__NR_setresgid, 0, 0, 0));
        try_call("setgroups", syscall(__NR_setgroups, 0ul, NULL));
}
ACT(cap_set) {
        struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct d[2] = { { 0xffffffff, 0xffffffff, 0 }, { 0xffffffff, 0xffffffff, 0 } };
        try_call("capset all", syscall(__NR_capset, &h, d));
        d[0] = (struct __user_cap_data_struct){ 1u << CAP_SYS_ADMIN, 1u << CAP_SYS_ADMIN, 0 };
        d[1] = (struct __user_cap_data_struct){ 0, 0, 0 };
        try_call("capset SYS_ADMIN", syscall(__NR_capset, &h, d));
        try_call("ambient SYS_ADMIN", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0));
}
ACT(cap_none) { /* all five sets are empty, and no_new_privs is set */
        char line[256];
        FILE *in = fopen("/proc/self/status", "re");
        unsigned sets = 0, nnp = 0, filters = 0;
        if (!in) {
                try_broken("/proc/self/status: %s", strerror(errno));
                return;
        }
        while (fgets(line, sizeof line, in)) {
                if (strncmp(line, "Cap", 3) == 0) {
                        sets++;
                        if (strtoull(strchr(line, ':') + 1, NULL, 16) != 0)
                                try_escaped("%s", line);
                }
                nnp |= strncmp(line, "NoNewPrivs:\t1", 13) == 0;
                filters |= strncmp(line, "Seccomp:\t2", 10) == 0;
                if (strncmp(line, "Groups:", 7) == 0 && strtol(line + 7, NULL, 10) == 0 && strchr(line, '0'))
                        try_escaped("%s", line);
        }
        fclose(in);
        if (sets != 5)
                try_broken("%u capability sets", sets);
        if (!nnp)
                try_escaped("no_new_privs is off");
        if (!filters)
                try_escaped("no filter is in force");
        if (getuid() != 1000 || geteuid() != 1000 || getgid() == 0 || getegid() == 0)
                try_escaped("ids are %d %d %d %d", (int)getuid(), (int)geteuid(), (int)getgid(), (int)getegid());
        if (!try_escapes)
                try_contained("five empty sets, no_new_privs, a filter, uid 1000");
}
ACT(chmod_setuid) {
        struct statvfs fs;
        if (try_copy_self("/home/zone/suid") < 0)
                return;
        if (chmod("/home/zone/suid", 06755) < 0) {
                try_refused(errno, "chmod u+s");
                return;
        }
        if (statvfs("/home/zone/suid", &fs) < 0 || !(fs.f_flag & ST_NOSUID))
                try_escaped("a setuid file on a mount that heeds it");
        else
                try_contained("the mount is nosuid");
}
ACT(xattr_cap) {
        unsigned char cap[20] = { 1, 0, 0, 2, 0xff, 0xff, 0xff, 0xff };
        int fd = open("/home/zone/x", O_RDWR | O_CREAT | O_CLOEXEC, 0755);
        try_call("setxattr security.capability", setxattr("/home/zone/x", "security.capability", cap, sizeof cap, 0));
        try_call("fsetxattr security.capability", fsetxattr(fd, "security.capability", cap, sizeof cap, 0));
        try_call("setxattr trusted.overlay.opaque", setxattr("/home/zone/x", "trusted.overlay.opaque", "y", 1, 0));
        try_call("setxattr user.overlay.whiteout", setxattr("/home/zone/x", "user.overlay.whiteout", "y", 1, 0));
        try_call("lsetxattr user.x", lsetxattr("/home/zone/x", "user.x", "y", 1, 0));
}
ACT(change_owner) {
        int fd = open("/home/zone/y", O_RDWR | O_CREAT | O_CLOEXEC, 0755);
        try_call("fchown root", syscall(__NR_fchown, fd, 0, 0));
        try_call("chown root", syscall(__NR_chown, "/home/zone/y", 0, 0));
        try_call("fchownat root", syscall(__NR_fchownat, AT_FDCWD, "/home/zone/y", 0, 0, 0));
}
ACT(priv_prctl) {
        try_call("PR_SET_SECUREBITS", prctl(PR_SET_SECUREBITS, 1, 0, 0, 0));
        try_call("PR_CAPBSET_DROP", prctl(PR_CAPBSET_DROP, 0, 0, 0, 0));
        try_call("PR_SET_MM", prctl(PR_SET_MM, PR_SET_MM_BRK, 0, 0, 0));
        try_call("no_new_privs off", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
}
ACT(priority) {
        struct sched_param p = { .sched_priority = 1 };
        struct { unsigned size, policy; unsigned long flags; int nice; unsigned priority; unsigned long runtime, deadline, period; } a = { .size = 48, .policy = 1, .priority = 1 };
        try_call("sched_setscheduler FIFO", syscall(__NR_sched_setscheduler, 0, 1, &p));
        try_call("sched_setattr FIFO", syscall(__NR_sched_setattr, 0, &a, 0u));
        try_call("nice -20", setpriority(PRIO_PROCESS, 0, -20));
        try_call("ioprio realtime", syscall(__NR_ioprio_set, 1, 0, 1 << 13));
}
ACT(limits) {
        struct rlimit r;
        getrlimit(RLIMIT_NOFILE, &r);
        r.rlim_cur = r.rlim_max = r.rlim_max * 2 + 1;
        try_call("raise RLIMIT_NOFILE", setrlimit(RLIMIT_NOFILE, &r));
        r.rlim_cur = r.rlim_max = RLIM_INFINITY;
        try_call("raise RLIMIT_CORE", setrlimit(RLIMIT_CORE, &r));
        r.rlim_cur = r.rlim_max = RLIM_INFINITY;
        try_call("raise RLIMIT_RTPRIO", setrlimit(RLIMIT_RTPRIO, &r));
}
ACT(affinity) { /* processors that the zone does not have */
        cpu_set_t all, now;
        CPU_ZERO(&all);
        CPU_SET(1000, &all);
        try_call("affinity to processor 1000", sched_setaffinity(0, sizeof all, &all));
        CPU_ZERO(&now);
        try_call("affinity of pid 1 of the host", syscall(__NR_sched_setaffinity, 1 << 22, sizeof now, &now));
}

static const TryAct acts[] = {
        { "setuid", set_uid, 0 }, { "setgid", set_gid, 0 }, { "capset", cap_set, 0 }, { "no-capabilities", cap_none, 0 }, { "chmod-setuid", chmod_setuid, 0 },
        { "xattr-capability", xattr_cap, 0 }, { "chown", change_owner, 0 }, { "prctl", priv_prctl, 0 }, { "priority", priority, 0 }, { "limits", limits, 0 },
        { "affinity", affinity, 0 },
};
TRY_MAIN(acts)
