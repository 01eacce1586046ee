/* try-kernel: asks the kernel for what no browser asks: each must ring the tripwire, or be refused.
 * Runs as: zone.  Input: the act's name.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "try.h"
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#define ACT(name) static void name(char **args __attribute__((unused)))

ACT(mount_tmpfs) { TRY_RING(mount, "none", "/tmp", "tmpfs", 0ul, NULL); }
ACT(mount_proc) { TRY_RING(mount, "proc", "/tmp", "proc", 0ul, NULL); }
ACT(mount_bind) { TRY_RING(mount, "/", "/tmp", NULL, 4096ul, NULL); }
ACT(mount_remount) { TRY_RING(mount, NULL, "/home/zone", NULL, 32ul | 4096ul, NULL); }
ACT(umount_proc) { TRY_RING(umount2, "/proc", 2); }
ACT(pivot) { TRY_RING(pivot_root, ".", "."); }
ACT(fs_open) { TRY_RING(fsopen, "tmpfs", 0u); }
ACT(fs_pick) { TRY_RING(fspick, AT_FDCWD, "/", 0u); }
ACT(fs_mount) { TRY_RING(fsmount, 0, 0u, 0u); }
ACT(fs_config) { TRY_RING(fsconfig, 0, 0u, "a", "b", 0); }
ACT(tree_open) { TRY_RING(open_tree, AT_FDCWD, "/", 1u); }
ACT(mount_move) { TRY_RING(move_mount, 0, "", AT_FDCWD, "/tmp", 4u); }
ACT(mount_attr) {
        unsigned long attr[4] = { 0 };
        TRY_RING(mount_setattr, AT_FDCWD, "/", 0u, attr, sizeof attr);
}
/* Newer than the lists: ENOSYS until libseccomp knows it, then EPERM; never done. */
ACT(mount_newest) {
        char attr[64] = { 0 };
        try_call("open_tree_attr", syscall(467, AT_FDCWD, "/", 1u, attr, sizeof attr));
        try_call("statmount", syscall(457, attr, attr, sizeof attr, 0u));
        try_call("listmount", syscall(458, attr, attr, 8, 0u));
        try_call("setxattrat", syscall(463, AT_FDCWD, "/tmp", 0u, "user.x", attr, 16ul));
        try_call("file_setattr", syscall(469, AT_FDCWD, "/tmp", attr, 24ul, 0u));
        try_call("lsm_set_self_attr", syscall(460, 100u, attr, 32u, 0u));
        try_call("io_pgetevents", syscall(333, 0, 0, 0, 0, 0, 0));
}
ACT(call_range) {
        unsigned through = 0;
        for (long n = 470; n < 1000; n++)
                if (syscall(n, 0, 0, 0, 0, 0, 0) >= 0 || (errno != ENOSYS && errno != EPERM)) {
                        try_escaped("system call %ld answered", n);
                        through++;
                }
        if (!through)
                try_refused(ENOSYS, "calls 470 to 999");
}
ACT(keys_add) { TRY_RING(add_key, "user", "evil", "x", 1ul, -3); }
ACT(keys_ctl) { TRY_RING(keyctl, 0, -3, 1); }
ACT(keys_request) { TRY_RING(request_key, "user", "evil", NULL, 0); }
ACT(kernel_bpf) {
        union bpf_attr attr;
        memset(&attr, 0, sizeof attr);
        attr.map_type = BPF_MAP_TYPE_ARRAY;
        attr.key_size = attr.value_size = 4;
        attr.max_entries = 1;
        TRY_RING(bpf, BPF_MAP_CREATE, &attr, sizeof attr);
}
ACT(kernel_uring) {
        struct io_uring_params params;
        memset(&params, 0, sizeof params);
        TRY_RING(io_uring_setup, 4u, &params);
}
ACT(kernel_uring_enter) { TRY_RING(io_uring_enter, 0, 1u, 0u, 0u, NULL, 0ul); }
ACT(kernel_uring_register) { TRY_RING(io_uring_register, -1, 0u, NULL, 0u); }
ACT(kernel_uffd) { TRY_RING(userfaultfd, O_CLOEXEC | 1); }
ACT(kernel_perf) {
        struct perf_event_attr attr;
        memset(&attr, 0, sizeof attr);
        attr.type = PERF_TYPE_SOFTWARE;
        attr.size = sizeof attr;
        TRY_RING(perf_event_open, &attr, 0, -1, -1, 0ul);
}
ACT(module_init) { TRY_RING(init_module, "x", 1ul, ""); }
ACT(module_finit) { TRY_RING(finit_module, 0, "", 0); }
ACT(module_delete) { TRY_RING(delete_module, "no_such_module", 0u); }
ACT(kexec) { TRY_RING(kexec_load, 0ul, 0ul, NULL, 0ul); }
#ifdef __NR_kexec_file_load
ACT(kexec_file) { TRY_RING(kexec_file_load, -1, -1, 0ul, "", 0ul); }
#endif
ACT(trace_self) { TRY_RING(ptrace, PTRACE_TRACEME, 0, NULL, NULL); }
ACT(trace_init) { TRY_RING(ptrace, PTRACE_ATTACH, 1, NULL, NULL); }
ACT(vm_read) {
        char a[8], b[8];
        struct iovec l = { a, 8 }, r = { b, 8 };
        TRY_RING(process_vm_readv, 1, &l, 1ul, &r, 1ul, 0ul);
}
ACT(vm_write) {
        char a[8] = "", b[8];
        struct iovec l = { a, 8 }, r = { b, 8 };
        TRY_RING(process_vm_writev, 1, &l, 1ul, &r, 1ul, 0ul);
}
ACT(handle_name) {
        struct { struct file_handle h; char room[128]; } f = { .h = { .handle_bytes = 128 } };
        int id;
        TRY_RING(name_to_handle_at, AT_FDCWD, "/", &f.h, &id, 0);
}
ACT(handle_open) {
        struct { struct file_handle h; char room[8]; } f = { .h = { .handle_bytes = 8, .handle_type = 1 } };
        f.room[0] = 2; /* the root inode of most file systems: the "shocker" of 2014 */
        TRY_RING(open_by_handle_at, AT_FDCWD, &f.h, O_RDONLY);
}
#ifdef __NR_modify_ldt
ACT(ldt) {
        char buf[16];
        TRY_RING(modify_ldt, 0, buf, sizeof buf);
}
ACT(port_iopl) { TRY_RING(iopl, 3u); }
ACT(port_ioperm) { TRY_RING(ioperm, 0x80ul, 1ul, 1); }
#endif
ACT(swap_on) { TRY_RING(swapon, "/tmp/x", 0); }
ACT(swap_off) { TRY_RING(swapoff, "/tmp/x"); }
ACT(machine_reboot) { TRY_RING(reboot, 0, 0, 0u, NULL); /* wrong magic: EINVAL where no wall stands */ }
ACT(machine_acct) { TRY_RING(acct, "/tmp/no-such-file"); }
ACT(clock_day) { TRY_RING(settimeofday, NULL, NULL); }
ACT(clock_real) { TRY_RING(clock_settime, 0, NULL); }
ACT(name_host) { TRY_RING(sethostname, "evil", 4ul); }
ACT(name_domain) { TRY_RING(setdomainname, "evil", 4ul); }

/* Refused without a bell. */
ACT(pidfd) {
        try_call("pidfd_open 1", syscall(__NR_pidfd_open, 1, 0u));
        try_call("pidfd_open self", syscall(__NR_pidfd_open, getpid(), 0u));
        try_call("pidfd_getfd", syscall(__NR_pidfd_getfd, 0, 0, 0u));
        try_call("pidfd_send_signal", syscall(__NR_pidfd_send_signal, 0, 0, NULL, 0u));
        try_call("kcmp", syscall(__NR_kcmp, 1, getpid(), 0, 0, 0));
        try_call("process_madvise", syscall(__NR_process_madvise, 0, NULL, 0ul, 0, 0u));
}
ACT(personality_change) {
        try_call("personality READ_IMPLIES_EXEC", syscall(__NR_personality, 0x0400000ul));
        try_call("personality ADDR_NO_RANDOMIZE", syscall(__NR_personality, 0x0040000ul));
        try_call("personality LINUX32", syscall(__NR_personality, 8ul));
}
ACT(kernel_log) { try_call("syslog", syscall(__NR_syslog, 3, NULL, 0)); }
ACT(pages_move) {
        try_call("move_pages", syscall(__NR_move_pages, 1, 0ul, NULL, NULL, NULL, 0));
        try_call("migrate_pages", syscall(__NR_migrate_pages, 1, 0ul, NULL, NULL));
        try_call("mbind", syscall(__NR_mbind, NULL, 0ul, 0, NULL, 0ul, 0u));
        try_call("remap_file_pages", syscall(__NR_remap_file_pages, NULL, 0ul, 0ul, 0ul, 0));
        try_call("mlockall", syscall(__NR_mlockall, 3));
        try_call("memfd_secret", syscall(__NR_memfd_secret, 0u));
}
ACT(notify_files) {
        try_call("fanotify_init", syscall(__NR_fanotify_init, 0u, 0u));
        try_call("lookup_dcookie", syscall(212, 0ul, NULL, 0ul));
        try_call("vhangup", syscall(__NR_vhangup));
        try_call("quotactl_fd", syscall(443, 0, 0u, 0u, NULL));
        try_call("io_setup", syscall(__NR_io_setup, 1u, NULL));
}
/* The page-cache writers: splice and its kind. */
ACT(pipe_splice) {
        int p[2] = { -1, -1 }, fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
        char c = 'x';
        struct iovec iov = { &c, 1 };
        if (pipe2(p, O_CLOEXEC) < 0 || fd < 0) {
                try_broken("no pipe or no file: %s", strerror(errno));
                return;
        }
        try_call("splice", syscall(__NR_splice, fd, NULL, p[1], NULL, 1ul, 0u));
        try_call("vmsplice", syscall(__NR_vmsplice, p[1], &iov, 1ul, 0u));
        try_call("tee", syscall(__NR_tee, p[0], p[1], 1ul, 2u));
        try_call("sendfile", syscall(__NR_sendfile, p[1], fd, NULL, 1ul));
        try_call("copy_file_range", syscall(__NR_copy_file_range, fd, NULL, p[1], NULL, 1ul, 0u));
}
ACT(sysv) {
        try_call("shmget", syscall(__NR_shmget, 0x68616e61, 4096ul, 01600));
        try_call("semget", syscall(__NR_semget, 0x68616e61, 1, 01600));
        try_call("msgget", syscall(__NR_msgget, 0x68616e61, 01600));
        try_call("mq_open", syscall(__NR_mq_open, "evil", 0102, 0600, NULL));
}
ACT(landlock_loosen) {
        /* Rules may only be added by a domain of one's own, and that only narrows. */
        try_call("landlock_restrict_self", syscall(446, -1, 0u));
        try_call("landlock_add_rule", syscall(445, -1, 1, NULL, 0u));
}
ACT(membarrier_rt) {
        try_call("membarrier", syscall(__NR_membarrier, 0, 0u, 0));
        try_call("rt_sigqueueinfo 1", syscall(__NR_rt_sigqueueinfo, 1, 9, NULL));
        try_call("tgkill 1", syscall(__NR_tgkill, 1, 1, 9));
}

static const TryAct acts[] = {
        { "mount-tmpfs", mount_tmpfs, 0 }, { "mount-proc", mount_proc, 0 }, { "mount-bind", mount_bind, 0 }, { "mount-remount", mount_remount, 0 },
        { "umount", umount_proc, 0 }, { "pivot-root", pivot, 0 }, { "fsopen", fs_open, 0 }, { "fspick", fs_pick, 0 }, { "fsmount", fs_mount, 0 },
        { "fsconfig", fs_config, 0 }, { "open-tree", tree_open, 0 }, { "move-mount", mount_move, 0 }, { "mount-setattr", mount_attr, 0 },
        { "newest-calls", mount_newest, 0 }, { "unknown-calls", call_range, 0 }, { "add-key", keys_add, 0 }, { "keyctl", keys_ctl, 0 },
        { "request-key", keys_request, 0 }, { "bpf", kernel_bpf, 0 }, { "io-uring-setup", kernel_uring, 0 }, { "io-uring-enter", kernel_uring_enter, 0 },
        { "io-uring-register", kernel_uring_register, 0 }, { "userfaultfd", kernel_uffd, 0 }, { "perf", kernel_perf, 0 }, { "init-module", module_init, 0 },
        { "finit-module", module_finit, 0 }, { "delete-module", module_delete, 0 }, { "kexec", kexec, 0 },
#ifdef __NR_kexec_file_load
        { "kexec-file", kexec_file, 0 },
#endif
        { "ptrace-self", trace_self, 0 }, { "ptrace-init", trace_init, 0 }, { "process-vm-readv", vm_read, 0 }, { "process-vm-writev", vm_write, 0 },
        { "handle-name", handle_name, 0 }, { "handle-open", handle_open, 0 },
#ifdef __NR_modify_ldt
        { "modify-ldt", ldt, 0 }, { "iopl", port_iopl, 0 }, { "ioperm", port_ioperm, 0 },
#endif
        { "swapon", swap_on, 0 }, { "swapoff", swap_off, 0 }, { "reboot", machine_reboot, 0 }, { "acct", machine_acct, 0 },
        { "settimeofday", clock_day, 0 }, { "clock-settime", clock_real, 0 }, { "sethostname", name_host, 0 }, { "setdomainname", name_domain, 0 },
        { "pidfd", pidfd, 0 }, { "personality", personality_change, 0 }, { "syslog", kernel_log, 0 }, { "pages-move", pages_move, 0 },
        { "fanotify", notify_files, 0 }, { "splice", pipe_splice, 0 }, { "sysv-ipc", sysv, 0 }, { "landlock-loosen", landlock_loosen, 0 },
        { "signal-calls", membarrier_rt, 0 },
};
TRY_MAIN(acts)
