/* hostile-broker: stands where sandboxd-broker stands and asks for more than the table gives.
 * Runs as: broker.  Input: 3 = socket to the monitor.  Must not: be installed; run-hostile-broker.py puts it over the broker in a
 * mount namespace of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines on 2: "hostile: NAME: refused by monitor|builder: WHY", "hostile: NAME: ACCEPTED", "hostile: NAME: control held|FAILED".
 * The monitor may answer a crude message by ending the broker; the next one goes on behind it (the number is kept in PROGRESS). */
#include "hostile-broker.h"
#include "base/base-msg.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#define MONITOR 3
#define PROGRESS "/run/hanare-hostile/next"

static void say(const char *name, const char *what, const char *why) {
        dprintf(2, "hostile: %s: %s%s%.160s\n", name, what, *why ? ": " : "", why);
}

static unsigned read_progress(void) {
        char text[16] = "";
        BASE_FD fd = open(PROGRESS, O_RDONLY | O_CLOEXEC);

        if (fd < 0 || read(fd, text, sizeof text - 1) < 0)
                return 0;
        return (unsigned)strtoul(text, NULL, 10);
}

static void write_progress(unsigned n) {
        BASE_FD fd = open(PROGRESS, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        if (fd < 0 || dprintf(fd, "%u\n", n) < 0)
                dprintf(2, "hostile: %s cannot be written: %s\n", PROGRESS, strerror(errno));
}

/* Waits for the table; the monitor sends it first. */
static int get_table(PolicyTable **ret) {
        PolicyMsgTable msg;
        int fds[BASE_MSG_MAX_FDS];
        size_t n_fds = 0, n;
        const void *bytes;
        ssize_t r;

        do {
                r = base_msg_recv(MONITOR, &msg, sizeof msg, fds, &n_fds, 0);
                if (r <= 0)
                        return r < 0 ? (int)r : -EPIPE;
        } while (msg.type != POLICY_MSG_TABLE || n_fds != 1);
        r = base_fd_map_sealed(fds[0], POLICY_TABLE_MAX, &bytes, &n);
        if (r == 0)
                r = policy_table_decode(bytes, n, ret);
        if (r == 0)
                memcpy((*ret)->hash, msg.hash, sizeof msg.hash);
        return (int)r;
}

/* 1 = the monitor refused, 4 = for too many starts, 2 = it gave the plan to a builder, 0 = silence, -1 = it hung up. */
static int wait_started(uint32_t tag, char text[161], int *ret_control) {
        union {
                uint32_t type;
                PolicyMsgStarted started;
                char room[4096];
        } m;
        int fds[BASE_MSG_MAX_FDS];
        size_t n_fds;
        struct pollfd p = { MONITOR, POLLIN, 0 };

        for (int i = 0; i < 20 && poll(&p, 1, 4000) == 1; i++) {
                ssize_t r = base_msg_recv(MONITOR, &m, sizeof m, fds, &n_fds, 0);
                if (r <= 0)
                        return -1;
                bool ours = m.type == POLICY_MSG_STARTED && m.started.tag == tag;
                for (size_t k = 0; k < n_fds; k++)
                        if (ours && k == 0)
                                *ret_control = fds[k];
                        else
                                close(fds[k]);
                if (!ours)
                        continue;
                snprintf(text, 161, "%.159s", m.started.text);
                if (m.started.zone == 0 && m.started.reason == POLICY_REASON_LIMIT)
                        return 4;
                return m.started.zone == 0 ? 1 : 2;
        }
        return 0;
}

/* 1 = the builder refused, 2 = the application runs or ran. */
static int wait_state(int control, char text[161]) {
        PolicyMsgState m;
        int fds[BASE_MSG_MAX_FDS];
        size_t n_fds;
        struct pollfd p = { control, POLLIN, 0 };

        snprintf(text, 161, "hung up without a word");
        while (poll(&p, 1, 20000) == 1) {
                ssize_t r = base_msg_recv(control, &m, sizeof m, fds, &n_fds, 0);
                if (r <= 0)
                        return 1;
                if (r != (ssize_t)sizeof m || m.type != 48)
                        continue;
                if (m.state == POLICY_STATE_RUNNING || m.reason == POLICY_REASON_EXIT)
                        return 2;
                if (m.reason == POLICY_REASON_REFUSED || m.reason == POLICY_REASON_BUILD_FAILED) {
                        snprintf(text, 161, "%.159s", m.text);
                        return m.reason == POLICY_REASON_REFUSED ? 1 : 3;
                }
        }
        return 0;
}

void hostile_judge(const Hostile *h, const char *name, int good) {
        char text[161] = "";
        BASE_FD control = -1;
        int r = wait_started(h->tag, text, &control);
        const char *who = "monitor";

        if (r == 2 && control >= 0 && h->say != 0) {
                PolicyMsgDescriptors msg = { .type = h->say, .n = h->claim };
                if (base_msg_send(control, &msg, sizeof msg, h->fds, h->n_fds) < 0)
                        dprintf(2, "hostile: cannot send the descriptors\n");
        }
        if (r == 2) {
                r = control >= 0 ? wait_state(control, text) : 0;
                who = "builder";
        }
        if (good)
                say(name, r == 2 ? "control held" : "control FAILED", r == 2 ? "" : text);
        else if (r == 4 && strcmp(name, "flood") != 0)
                say(name, "INCONCLUSIVE", "a limit on starts refused it, not what is wrong with it");
        else if (r == 2)
                say(name, "ACCEPTED", "");
        else if (r == 0)
                say(name, "refused by silence", "");
        else {
                char what[40];
                snprintf(what, sizeof what, "%s by %s", r == 3 ? "failed" : "refused", who);
                say(name, what, r == -1 ? "hung up" : text);
        }
}

int main(void) {
        PolicyTable *table = NULL;
        unsigned next = read_progress(), n;
        const HostileAttempt *all = hostile_attempts(&n);

        if (next >= n) /* all done: stay, so that the monitor does not start another */
                for (;;)
                        poll(NULL, 0, -1);
        int r = get_table(&table);
        if (r < 0) {
                dprintf(2, "hostile: no table: %s\n", strerror(-r));
                return 1;
        }
        Hostile h = { .monitor = MONITOR, .table = table, .kind = -1 };
        for (uint32_t i = 0; i < table->n_kinds; i++)
                if ((table->kinds[i].flags & POLICY_KIND_RUN) && table->kinds[i].n_programs > 1 && !(table->kinds[i].flags & POLICY_KIND_DISPLAY))
                        h.kind = (int)i;
        if (h.kind < 0) {
                dprintf(2, "hostile: the table has no kind that runs programs without a display\n");
                return 1;
        }
        for (unsigned i = next; i < n; i++) {
                write_progress(i + 1); /* before the act: it may be the last of this process */
                h.tag = 1000 + i;
                all[i].run(&h, all[i].name);
                /* few starts a minute are allowed; a refusal for that reason would prove nothing */
                nanosleep(&(struct timespec){ 0, 200 * 1000 * 1000 }, NULL);
        }
        dprintf(2, "hostile: all %u attempts made\n", n);
        for (;;)
                poll(NULL, 0, -1);
}
