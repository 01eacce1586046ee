/* policy-init: what the builder tells pid 1 of a zone, and what pid 1 answers.
 * Runs as: anyone (pure).  Input: bytes of the builder.  Must not: act.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-init.h"
#include "base/base-wire.h"
#include <errno.h>
#include <sys/syscall.h>

const char *const policy_wall_names[POLICY_WALLS] = {
        "ids", "capabilities", "no_new_privs", "seccomp", "tripwire", "namespaces", "namespace limits", "sockets", "terminal",
        "noexec", "landlock", "memfd", "executable mappings", "read-only root", "proc", "host files", "network", "gateway",
        "descriptors", "core dumps", "browser sandbox",
};

const int policy_tripwire[] = {
        SYS_mount, SYS_umount2, SYS_pivot_root, SYS_setns, SYS_move_mount, SYS_open_tree, SYS_fsopen, SYS_fsconfig, SYS_fsmount,
        SYS_fspick, SYS_mount_setattr, SYS_bpf, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_userfaultfd, SYS_io_uring_setup,
        SYS_perf_event_open, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_ptrace, SYS_process_vm_readv,
        SYS_process_vm_writev, SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_swapon, SYS_reboot, SYS_acct,
        -1,
};

static void write_list(BaseWriter *w, const char *const *items) {
        uint32_t n = 0;
        while (items[n])
                n++;
        base_write_u32(w, n);
        for (uint32_t i = 0; i < n; i++)
                base_write_string(w, items[i]);
}

static void read_list(BaseReader *r, const char **items, uint32_t max) {
        uint32_t n = base_read_u32_max(r, max);
        for (uint32_t i = 0; i < n; i++)
                items[i] = base_read_string(r, 4096);
        items[n] = NULL;
}

int policy_init_plan_encode(const PolicyInitPlan *plan, uint8_t **ret_bytes, size_t *ret_n) {
        BaseWriter w;

        base_writer_init(&w, POLICY_INIT_PLAN_MAX);
        base_write_u32(&w, plan->flags);
        base_write_string(&w, plan->program);
        write_list(&w, plan->argv);
        write_list(&w, plan->envp);
        write_list(&w, plan->execs);
        base_write_u32(&w, plan->address_arg);
        if (w.failed) {
                base_writer_done(&w);
                return -EINVAL;
        }
        *ret_bytes = w.bytes;
        *ret_n = w.n;
        return 0;
}

int policy_init_plan_decode(const uint8_t *bytes, size_t n, PolicyInitPlan *ret_plan) {
        PolicyInitPlan p = { 0 };
        BaseReader r;

        base_reader_init(&r, bytes, n);
        p.flags = base_read_u32(&r);
        p.program = base_read_string(&r, 4096);
        read_list(&r, p.argv, POLICY_INIT_MAX_ARGS);
        read_list(&r, p.envp, POLICY_INIT_MAX_ENV);
        read_list(&r, p.execs, POLICY_MAX_EXECS);
        while (p.execs[p.n_execs])
                p.n_execs++;
        p.address_arg = base_read_u32_max(&r, POLICY_INIT_MAX_ARGS);
        if (!base_reader_end(&r) || !p.argv[0])
                return -EBADMSG;
        *ret_plan = p;
        return 0;
}
