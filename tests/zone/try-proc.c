/* try-proc: reaches for the host through /proc.
 * Runs as: zone.  Input: the act's name.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "try.h"
#include <dirent.h>

static void read_all(const char *const *paths) {
        for (; *paths; paths++)
                try_open_read(*paths);
}
#define PATHS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void proc_memory(char **args) {
        (void)args;
        read_all(PATHS("/proc/kcore", "/proc/kpagecount", "/proc/kpageflags", "/proc/kpagecgroup", "/proc/iomem", "/proc/ioports"));
}
/* Where it may be read, the addresses must be zero. */
static void proc_kallsyms(char **args) {
        char line[256];
        FILE *in = fopen("/proc/kallsyms", "re");
        (void)args;

        if (!in) {
                try_refused(errno, "/proc/kallsyms");
                return;
        }
        if (!fgets(line, sizeof line, in))
                try_contained("/proc/kallsyms is empty");
        else
                try_escaped("/proc/kallsyms reads");
        fclose(in);
}
static void proc_leaks(char **args) {
        (void)args;
        read_all(PATHS("/proc/keys", "/proc/key-users", "/proc/timer_list", "/proc/sched_debug", "/proc/latency_stats", "/proc/kmsg", "/proc/interrupts",
                       "/proc/acpi", "/proc/scsi/scsi", "/proc/asound/cards", "/proc/modules", "/proc/slabinfo", "/proc/vmallocinfo",
                       "/proc/config.gz", "/proc/fs/nfsd", "/proc/partitions", "/proc/swaps", "/proc/mdstat"));
}
static void proc_sysrq(char **args) {
        (void)args;
        try_open_write("/proc/sysrq-trigger");
}
static void proc_init(char **args) {
        char link[256];
        (void)args;

        read_all(PATHS("/proc/1/environ", "/proc/1/mem", "/proc/1/maps", "/proc/1/auxv", "/proc/1/stack", "/proc/1/syscall"));
        try_call("readlink /proc/1/root", readlink("/proc/1/root", link, sizeof link));
        try_call("readlink /proc/1/exe", readlink("/proc/1/exe", link, sizeof link));
        try_call("readlink /proc/1/ns/mnt", readlink("/proc/1/ns/mnt", link, sizeof link));
        try_call("open /proc/1/fd", open("/proc/1/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        try_call("open /proc/1/root/etc/shadow", open("/proc/1/root/etc/shadow", O_RDONLY | O_CLOEXEC));
        try_call("chdir /proc/1/cwd", chdir("/proc/1/cwd"));
}
static void proc_self_root(char **args) {
        (void)args;
        read_all(PATHS("/proc/self/root/etc/shadow", "/proc/self/root/root/.profile", "/proc/thread-self/root/sys/kernel/notes"));
}
/* args: a pid of the host (the test's own). */
static void proc_host_pid(char **args) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/status", atoi(args[0]));
        try_open_read(path);
}
/* No more processes than the zone's own. */
static void proc_pids(char **args) {
        DIR *d = opendir("/proc");
        unsigned n = 0;
        (void)args;

        if (!d) {
                try_refused(errno, "/proc");
                return;
        }
        for (struct dirent *e; (e = readdir(d));)
                n += e->d_name[0] >= '1' && e->d_name[0] <= '9';
        closedir(d);
        if (n > 4)
                try_escaped("%u processes are visible", n);
        else
                try_contained("%u processes are visible", n);
}
static void proc_sys_write(char **args) {
        (void)args;
        for (const char *const *p = PATHS("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/vm/drop_caches", "/proc/sys/vm/memfd_noexec",
                     "/proc/sys/user/max_user_namespaces", "/proc/sys/user/max_mnt_namespaces", "/proc/sys/kernel/hostname", "/proc/sys/kernel/randomize_va_space",
                     "/proc/sys/fs/binfmt_misc/register", "/proc/sys/net/ipv4/ip_forward", "/proc/sys/kernel/yama/ptrace_scope"); *p; p++)
                try_open_write(*p);
}
static void proc_irq(char **args) {
        (void)args;
        try_open_write("/proc/irq/default_smp_affinity");
        try_open_read("/proc/bus/pci/devices");
        try_open_write("/proc/mtrr");
        try_open_write("/proc/1/oom_score_adj");
}
/* A lower value makes the host's processes die first. */
static void proc_oom(char **args) {
        (void)args;
        int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
        if (fd < 0) {
                try_refused(errno, "/proc/self/oom_score_adj");
                return;
        }
        try_call("write -1000", write(fd, "-1000", 5));
        close(fd);
}

static const TryAct acts[] = {
        { "proc-memory", proc_memory, 0 }, { "proc-kallsyms", proc_kallsyms, 0 }, { "proc-leaks", proc_leaks, 0 }, { "proc-sysrq", proc_sysrq, 0 },
        { "proc-init", proc_init, 0 }, { "proc-self-root", proc_self_root, 0 }, { "proc-host-pid", proc_host_pid, 1 }, { "proc-pids", proc_pids, 0 },
        { "proc-sys-write", proc_sys_write, 0 }, { "proc-irq", proc_irq, 0 }, { "proc-oom", proc_oom, 0 },
};
TRY_MAIN(acts)
