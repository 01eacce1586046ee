/* builder-wipe: the end of a zone: kill, wait, prove, receipt. Clean-up is unmount and close, never a delete.
 * Runs as: root (builder).  Input: the zone.  Must not: open anything a zone could write.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "sandboxd/builder/builder-zone.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static bool reap(int *pidfd, pid_t pid, int timeout_ms) {
        struct pollfd p = { .fd = *pidfd, .events = POLLIN };

        if (*pidfd < 0)
                return true;
        (void)syscall(SYS_pidfd_send_signal, *pidfd, SIGKILL, NULL, 0);
        if (poll(&p, 1, timeout_ms) != 1 || waitpid(pid, NULL, 0) != pid)
                return false;
        base_fd_done(pidfd);
        return true;
}

/* No process of the machine is in one of the zone's namespaces: a process that escaped its cgroup would show here. */
static bool namespaces_gone(const BuilderZone *z) {
        static const char *const names[] = { "mnt", "pid", "net", "ipc" };
        static const int index[] = { 1, 2, 3, 4 };
        DIR *dir = opendir("/proc");
        struct dirent *e;
        bool gone = dir != NULL && (z->init_pid == 0 || z->ns_inodes[1] != 0);

        while (gone && (e = readdir(dir)) != NULL) {
                if (e->d_name[0] < '1' || e->d_name[0] > '9')
                        continue;
                for (int i = 0; i < 4 && gone; i++) {
                        char path[300];
                        struct stat st;
                        snprintf(path, sizeof path, "/proc/%s/ns/%s", e->d_name, names[i]);
                        /* EACCES: it has more power than this builder (ptrace(2)), so it is nobody of a zone */
                        if (stat(path, &st) == 0 ? st.st_ino == z->ns_inodes[index[i]] : errno != ENOENT && errno != ESRCH && errno != EACCES)
                                gone = false;
                }
        }
        if (dir)
                closedir(dir);
        return gone;
}

static void wait_empty(BuilderZone *z) {
        for (int i = 0; i < 200 && !builder_cgroup_empty(z); i++)
                poll(NULL, 0, i < 20 ? 1 : 20);
}

static int64_t shared_memory(const BuilderZone *z) {
        return z->cgroup_v1[0] >= 0 ? builder_cgroup_number(z->cgroup_v1[0], "memory.stat", "shmem") : builder_cgroup_number(z->cgroup, "memory.stat", "shmem");
}

static void let_go(BuilderZone *z) {
        overlay_mount_done(&z->layers);
        base_fd_done(&z->root);
        base_fd_done(&z->tripwire);
        base_fd_done(&z->init_socket);
        base_fd_done(&z->listener);
        base_fd_done(&z->renew);
        base_fd_done(&z->hears);
        base_fd_done(&z->wayland);
        base_fd_done(&z->alive);
        for (int i = 0; i < 8; i++)
                base_fd_done(&z->ns_fds[i]);
        if (z->stage >= 0)
                (void)umount2(BUILDER_STAGE, MNT_DETACH); /* in the builder's own mount namespace */
        base_fd_done(&z->stage);
}

/* The namespaces are judged while they are still held, then everything is let go. */
static uint32_t prove(BuilderZone *z, bool init_gone, bool helpers_gone) {
        uint32_t proofs = (init_gone ? POLICY_PROOF_INIT_GONE : 0) | (helpers_gone ? POLICY_PROOF_HELPERS_GONE : 0);

        if (builder_cgroup_empty(z))
                proofs |= POLICY_PROOF_CGROUP_EMPTY;
        if (namespaces_gone(z))
                proofs |= POLICY_PROOF_NAMESPACES_GONE;
        let_go(z);
        /* small changes show in memory.stat at its next flush, every 2 s; each look costs the machine 0.4 ms, and many zones may be ending */
        for (int ms = 20, past = 0; past < 5000 && shared_memory(z) != 0; past += ms, ms = ms < 320 ? 2 * ms : ms)
                poll(NULL, 0, ms);
        if (shared_memory(z) == 0)
                proofs |= POLICY_PROOF_SHMEM_ZERO;
        if (builder_cgroup_remove(z))
                proofs |= POLICY_PROOF_CGROUP_REMOVED;
        return proofs;
}

static uint64_t ns_of(const struct timespec *t) {
        return (uint64_t)t->tv_sec * 1000000000ull + (uint64_t)t->tv_nsec;
}

static uint64_t positive(int64_t n) {
        return n > 0 ? (uint64_t)n : 0;
}

static void count(BuilderZone *z, PolicyReceipt *r) {
        int memory = z->cgroup_v1[0] >= 0 ? z->cgroup_v1[0] : z->cgroup;
        int64_t killed = z->cgroup_v1[0] >= 0 ? builder_cgroup_number(memory, "memory.oom_control", "oom_kill")
                                               : builder_cgroup_number(memory, "memory.events", "oom_kill");
        bool full;

        if (z->layers.scratch >= 0)
                (void)overlay_account(&z->layers, &r->scratch_bytes, &r->scratch_files, &full);
        r->processes = positive(builder_cgroup_number(z->cgroup_v1[1] >= 0 ? z->cgroup_v1[1] : z->cgroup, "pids.current", ""));
        r->peak_bytes = positive(builder_cgroup_number(memory, z->cgroup_v1[0] >= 0 ? "memory.max_usage_in_bytes" : "memory.peak", ""));
        if (killed > 0 && z->reason == POLICY_REASON_EXIT && z->exit_status != 0) {
                z->reason = POLICY_REASON_MEMORY;
                z->detail = (uint32_t)killed;
                snprintf(z->text, sizeof z->text, "the zone used all of its memory (%u MiB)", z->kind ? z->kind->memory_mib : 0);
        }
}

static bool end_helpers(BuilderZone *z) {
        bool gateway = reap(&z->gateway.pidfd, z->gateway.pid, 5000);
        return reap(&z->display.pidfd, z->display.pid, 5000) && gateway;
}

int builder_discard(BuilderZone *z) {
        /* one by one: into a group that got a cgroup.kill, Linux 6.18 lets nobody be cloned alive */
        bool gone = reap(&z->init_pidfd, z->init_pid, 10000);

        gone = end_helpers(z) && gone;
        wait_empty(z);
        let_go(z);
        z->ahead = NULL;
        z->init_pid = 0;
        memset(z->ns_inodes, 0, sizeof z->ns_inodes);
        return gone && builder_cgroup_empty(z) ? 0 : -EBUSY;
}

void builder_wipe(BuilderZone *z) {
        PolicyReceipt receipt = { .version = 1, .type = POLICY_RECEIPT_END, .zone = z->number };
        struct timespec now, mono;
        bool init_gone, helpers_gone;

        count(z, &receipt);
        builder_cgroup_kill(z);
        init_gone = reap(&z->init_pidfd, z->init_pid, 10000);
        helpers_gone = end_helpers(z);
        wait_empty(z);
        builder_tell(z, POLICY_STATE_KILLED);
        (void)setpriority(PRIO_PROCESS, 0, 10); /* those who wait for the end have a right to the processor; the proof takes its time */
        receipt.proofs = prove(z, init_gone, helpers_gone);
        clock_gettime(CLOCK_REALTIME, &now);
        clock_gettime(CLOCK_MONOTONIC, &mono);
        receipt.owner = z->plan ? z->plan->owner : 0;
        receipt.reason = z->reason;
        receipt.detail = z->detail;
        receipt.exit_status = z->exit_status;
        receipt.began_ns = ns_of(&z->began);
        receipt.ended_ns = ns_of(&now);
        receipt.lived_ns = ns_of(&mono) - ns_of(&z->began_mono);
        receipt.substitutes = z->substitutes;
        snprintf(receipt.kind, sizeof receipt.kind, "%s", z->kind ? z->kind->name : "");
        if (base_msg_send(BUILDER_FD_MONITOR, &receipt, sizeof receipt, NULL, 0) < 0)
                dprintf(2, "sandboxd-builder: the receipt of zone %llu could not be sent\n", (unsigned long long)z->number);
        builder_tell(z, POLICY_STATE_GONE);
}
