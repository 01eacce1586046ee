/* monitor-broker: starts the broker, hears its two orders, starts it again when it dies.
 * Runs as: root (monitor).  Input: START and VERIFY.  Must not: believe more of them than the plan checker lets through.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "base/base-spawn.h"
#include "sandboxd/monitor/monitor.h"
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define VERIFY_MAX 32 /* questions that one walk through the log answers */

void monitor_broker_send_table(Monitor *m) {
        PolicyMsgTable msg = { .type = POLICY_MSG_TABLE, .substitutes = m->substitutes, .problems = *m->problem != 0 };

        snprintf(msg.text, sizeof msg.text, "%s", m->problem);
        if (m->table)
                memcpy(msg.hash, m->table->hash, 32);
        if (m->broker >= 0)
                (void)base_msg_send(m->broker, &msg, sizeof msg, (int[]){ m->table_fd, m->denylist_fd }, m->table_fd < 0 ? 0 : m->denylist_fd < 0 ? 1 : 2);
}

int monitor_broker_start(Monitor *m) {
        static char *const argv[] = { (char *)"sandboxd-broker", NULL };
        static char *const envp[] = { (char *)"G_SLICE=always-malloc", (char *)"LANG=C.UTF-8", NULL };
        int pair[2], r = base_msg_pair(pair);

        if (r < 0)
                return r;
        BASE_FD ours = pair[0];
        BASE_FD theirs = pair[1];
        int fds[] = { -1, -1, 2, theirs, m->ledger.log_read };
        BaseSpawn spawn = { .path = HANARE_LIBEXECDIR "/sandboxd-broker", .argv = argv, .envp = envp, .fds = fds, .n_fds = 5,
                            .cgroup = m->cgroup_broker, .uid = m->broker_uid,
                            /* its children die with it; none of its uid outside can be stopped by it */
                            .namespaces = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS };
        if ((r = base_spawn(&spawn, &m->broker_pid, &m->broker_pidfd)) < 0) {
                monitor_log("cannot start %s: %s", spawn.path, strerror(-r));
                return r;
        }
        m->broker = base_fd_steal(&ours);
        monitor_broker_send_table(m);
        return 0;
}

void monitor_broker_ended(Monitor *m) {
        int status = 0;

        if (waitpid(m->broker_pid, &status, WNOHANG) != m->broker_pid)
                return;
        base_fd_done(&m->broker); /* every builder saw its own socket close, and ends its zone */
        base_fd_done(&m->broker_pidfd);
        m->broker_deaths++;
        monitor_log("the broker ended (status 0x%x)", (unsigned)status);
}

void monitor_broker_read(Monitor *m) {
        static union {
                uint32_t type;
                PolicyMsgStart start;
                PolicyMsgVerify verify;
                uint8_t bytes[sizeof(PolicyMsgStart) + POLICY_PLAN_MAX];
        } msg;
        ssize_t n = base_msg_recv(m->broker, &msg, sizeof msg, NULL, NULL, MSG_DONTWAIT);

        if (n == -EAGAIN || n == -EMSGSIZE)
                return;
        if (n <= 0) { /* a broker that does not speak is none: it is started again */
                base_fd_done(&m->broker);
                (void)syscall(SYS_pidfd_send_signal, m->broker_pidfd, SIGKILL, NULL, 0);
                return;
        }
        if ((size_t)n >= sizeof msg.start && msg.type == POLICY_MSG_START)
                monitor_zones_start(m, &msg.start, msg.bytes + sizeof msg.start, (size_t)n - sizeof msg.start);
        else if (n == sizeof msg.verify && msg.type == POLICY_MSG_VERIFY && m->verify_wanted < VERIFY_MAX)
                m->verify_wanted++;
}

void monitor_broker_verify(Monitor *m) {
        PolicyMsgVerify answer;
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        if (m->verify_wanted == 0 || (m->verified_when != 0 && now.tv_sec == m->verified_when))
                return;
        m->verified_when = now.tv_sec;
        monitor_ledger_verify(m, &answer);
        for (; m->verify_wanted > 0; m->verify_wanted--)
                (void)base_msg_send(m->broker, &answer, sizeof answer, NULL, 0);
}
