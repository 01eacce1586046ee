/* monitor-zones: slots, the spare builder, starts, ends.
 * Runs as: root (monitor).  Input: START of the broker; one receipt of each builder.  Must not: build a zone itself.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One builder always waits ready-made, with all of a zone of the kind asked for last that needs no plan. A start is then one message. */
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "base/base-spawn.h"
#include "sandboxd/monitor/monitor.h"
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define SPARE_AFTER_MS 30 /* the zone that was just ordered comes first: a spare that joins its groups makes every fork of the machine wait (cgroup v1) */

static unsigned slot_index(const Monitor *m, const MonitorSlot *slot) {
        return (unsigned)(slot - m->slots);
}

/* The slot that was free longest: its uids have been nobody's for as long as possible. */
static MonitorSlot *free_slot(Monitor *m) {
        for (unsigned i = 0; i < POLICY_MAX_ZONES; i++) {
                MonitorSlot *slot = &m->slots[(m->next_slot + i) % POLICY_MAX_ZONES];
                if (slot->state != SLOT_FREE)
                        continue;
                m->next_slot = (slot_index(m, slot) + 1) % POLICY_MAX_ZONES;
                return slot;
        }
        return NULL;
}

static MonitorSlot *spare_slot(Monitor *m) {
        for (unsigned i = 0; i < POLICY_MAX_ZONES; i++)
                if (m->slots[i].state == SLOT_SPARE && m->slots[i].sock >= 0)
                        return &m->slots[i];
        return NULL;
}

int monitor_zones_spare(Monitor *m) {
        static char *const envp[] = { NULL };
        MonitorSlot *slot;
        char number[16], kind[16];
        char *const argv[] = { (char *)"sandboxd-builder", number, kind, NULL };
        int pair[2], r;

        struct timespec now;

        if (m->table_fd < 0 || spare_slot(m))
                return 0;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec == m->spare_died)
                return -EAGAIN;
        slot = free_slot(m);
        if (!slot)
                return -EAGAIN;
        if ((r = base_msg_pair(pair)) < 0)
                return r;
        BASE_FD ours = pair[0];
        BASE_FD theirs = pair[1];
        int fds[] = { -1, -1, 2, m->table_fd, theirs, m->cgroup_zones, m->cgroup_v1[0], m->cgroup_v1[1], m->cgroup_v1[2], m->denylist_fd };
        BaseSpawn spawn = { .path = HANARE_LIBEXECDIR "/sandboxd-builder", .argv = argv, .envp = envp, .fds = fds, .n_fds = 10, .cgroup = -1 };
        snprintf(number, sizeof number, "%u", slot_index(m, slot));
        snprintf(kind, sizeof kind, "%u", (unsigned)m->next_kind);
        *slot = (MonitorSlot){ .pidfd = -1, .sock = -1 };
        if ((r = base_spawn(&spawn, &slot->pid, &slot->pidfd)) < 0) {
                monitor_log("cannot start %s: %s", spawn.path, strerror(-r));
                return r;
        }
        slot->sock = base_fd_steal(&ours);
        slot->state = SLOT_SPARE;
        m->spare_died = 0;
        return 0;
}

int monitor_zones_spare_due(Monitor *m) {
        struct timespec now;
        int64_t past;

        if (spare_slot(m))
                return -1;
        clock_gettime(CLOCK_MONOTONIC, &now);
        past = (int64_t)(now.tv_sec - m->ordered.tv_sec) * 1000 + (now.tv_nsec - m->ordered.tv_nsec) / 1000000;
        return past >= SPARE_AFTER_MS ? 0 : SPARE_AFTER_MS - (int)past;
}

/* A spare holds the table it started with: another table needs another spare. */
void monitor_zones_drop_spare(Monitor *m) {
        MonitorSlot *slot = spare_slot(m);

        if (slot)
                base_fd_done(&slot->sock); /* it sees the end of its socket and exits */
}

void monitor_zones_renew(const Monitor *m) {
        PolicyMsgRenew msg = { .type = POLICY_MSG_RENEW };
        const int fds[] = { m->table_fd, m->denylist_fd };

        for (unsigned i = 0; i < POLICY_MAX_ZONES; i++)
                if (m->slots[i].state == SLOT_BUSY && m->slots[i].sock >= 0)
                        (void)base_msg_send(m->slots[i].sock, &msg, sizeof msg, fds, m->denylist_fd >= 0 ? 2 : 1);
}

static void answer(Monitor *m, uint32_t tag, uint64_t zone, PolicyReason reason, int error, const char *text, int builder) {
        PolicyMsgStarted msg = { .type = POLICY_MSG_STARTED, .tag = tag, .zone = zone, .reason = reason, .error = error };

        snprintf(msg.text, sizeof msg.text, "%.159s", text);
        (void)base_msg_send(m->broker, &msg, sizeof msg, &builder, builder >= 0 ? 1 : 0);
}

/* Zones of this user, of all, and starts of this user in the last minute. */
static const char *over_limit(Monitor *m, uint32_t owner, bool replaces) {
        uint32_t all = 0, mine = 0, recent = 0;
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        for (unsigned i = 0; i < POLICY_MAX_ZONES; i++)
                if (m->slots[i].state == SLOT_BUSY) {
                        all++;
                        mine += m->slots[i].begin.owner == owner && !m->slots[i].ended;
                }
        for (unsigned i = 0; i < MONITOR_STARTS; i++)
                recent += m->starts[i].owner == owner && m->starts[i].when != 0 && now.tv_sec - m->starts[i].when < 60;
        if (all >= m->table->max_zones)
                return "all zones of this machine are in use";
        if (m->starts[m->next_start % MONITOR_STARTS].when != 0 && now.tv_sec - m->starts[m->next_start % MONITOR_STARTS].when < 60)
                return "this machine started as many zones in a minute as it keeps count of";
        if (mine >= m->table->max_zones_per_user + (replaces ? 1 : 0))
                return "this user has as many zones as the policy allows";
        if (recent >= m->table->max_starts_per_minute)
                return "this user started as many zones in a minute as the policy allows";
        m->starts[m->next_start++ % MONITOR_STARTS] = (MonitorStart){ owner, now.tv_sec };
        return NULL;
}

/* The plan's bytes are judged here only as far as the limits and the record need; the builder checks them against the table. */
static int note_plan(Monitor *m, const uint8_t *bytes, size_t n, bool replaces, PolicyReceipt *begin, const char **ret_rule, PolicyReason *ret_reason) {
        PolicyPlan *plan = NULL;
        int r = policy_plan_decode(bytes, n, &plan);

        *ret_reason = POLICY_REASON_REFUSED;
        *ret_rule = "the plan is not a well-formed plan";
        if (r == 0) {
                *ret_rule = policy_plan_check(plan, m->table);
                r = *ret_rule ? -EPERM : 0;
        }
        if (r == 0) {
                *ret_reason = POLICY_REASON_LIMIT;
                *ret_rule = over_limit(m, plan->owner, replaces);
                r = *ret_rule ? -EAGAIN : 0;
        }
        if (r == 0) {
                begin->owner = plan->owner;
                m->next_kind = (int)plan->kind;
                snprintf(begin->kind, sizeof begin->kind, "%s", m->table->kinds[plan->kind].name);
                crypto_hash_sha256(begin->plan_hash, bytes, n);
                memcpy(begin->table_hash, m->table->hash, 32);
        }
        policy_plan_free(plan);
        return r;
}

static int hand_over(Monitor *m, MonitorSlot *slot, PolicyReceipt *begin, const int fds[2], const char **ret_rule) {
        PolicyMsgBuild msg = { .type = POLICY_MSG_BUILD, .slot = slot_index(m, slot) };
        struct timespec now;
        int r;

        clock_gettime(CLOCK_REALTIME, &now);
        clock_gettime(CLOCK_MONOTONIC, &slot->began_mono);
        begin->type = POLICY_RECEIPT_BEGIN;
        begin->began_ns = (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
        *ret_rule = "the receipt log cannot be written, and no zone starts without a record: make room on the disk of " HANARE_STATEDIR;
        if ((r = monitor_ledger_append(m, begin)) < 0)
                return r;
        *ret_rule = "the zone's builder ended";
        slot->begin = *begin;
        msg.zone = begin->number;
        memcpy(msg.table_hash, m->table->hash, 32);
        slot->state = SLOT_BUSY;
        m->ordered = slot->began_mono;
        r = base_msg_send(slot->sock, &msg, sizeof msg, fds, 2);
        if (r < 0)
                base_fd_done(&slot->sock); /* the builder sees the end, exits, and its end is recorded */
        return r;
}

void monitor_zones_start(Monitor *m, const PolicyMsgStart *msg, const uint8_t *plan, size_t n) {
        PolicyReceipt begin = { 0 };
        PolicyReason reason = POLICY_REASON_BUILD_FAILED;
        const char *rule = "no policy is in force";
        MonitorSlot *slot;
        int r, pair[2] = { -1, -1 };

        if (!m->table) {
                answer(m, msg->tag, 0, POLICY_REASON_REFUSED, -ENOENT, *m->problem ? m->problem : rule, -1);
                return;
        }
        r = note_plan(m, plan, n, msg->replaces, &begin, &rule, &reason);
        if (r < 0) {
                answer(m, msg->tag, 0, reason, r, rule, -1);
                return;
        }
        BASE_FD sealed = base_fd_seal("plan", plan, n);
        r = sealed < 0 ? sealed : base_msg_pair(pair);
        BASE_FD builder = pair[0];
        BASE_FD broker = pair[1];
        if (r < 0) {
                answer(m, msg->tag, 0, POLICY_REASON_BUILD_FAILED, r, "no memory or descriptor for the zone's plan", -1);
                return;
        }
        rule = "the zone's builder could not be started";
        r = monitor_zones_spare(m); /* there is one already, unless starts come faster than builders do */
        slot = spare_slot(m);
        if (r == 0 && slot)
                r = hand_over(m, slot, &begin, (const int[2]){ sealed, builder }, &rule);
        else if (r == 0)
                r = -EAGAIN;
        if (r < 0) {
                answer(m, msg->tag, 0, POLICY_REASON_BUILD_FAILED, r, rule, -1);
                return;
        }
        answer(m, msg->tag, begin.number, POLICY_REASON_NONE, 0, "", broker);
}

static void end(Monitor *m, MonitorSlot *slot, PolicyReceipt *r) {
        PolicyMsgEnded msg = { .type = POLICY_MSG_ENDED, .zone = slot->begin.number };

        memcpy(r->plan_hash, slot->begin.plan_hash, 32);
        memcpy(r->table_hash, slot->begin.table_hash, 32);
        memcpy(r->kind, slot->begin.kind, sizeof r->kind);
        r->type = POLICY_RECEIPT_END;
        r->zone = slot->begin.number;
        r->owner = slot->begin.owner;
        r->began_ns = slot->begin.began_ns;
        slot->pending = monitor_ledger_append(m, r) < 0;
        slot->last = *r;
        if (slot->pending)
                return;
        slot->ended = true;
        msg.receipt = r->number;
        (void)base_msg_send(m->broker, &msg, sizeof msg, NULL, 0);
}

void monitor_zones_read(Monitor *m, MonitorSlot *slot) {
        PolicyReceipt r;
        int fds[BASE_MSG_MAX_FDS];
        size_t n_fds = 0;
        ssize_t n = base_msg_recv(slot->sock, &r, sizeof r, fds, &n_fds, MSG_DONTWAIT);

        for (size_t i = 0; i < n_fds && n > 0; i++)
                close(fds[i]);
        if (n == -EAGAIN)
                return;
        if (n == sizeof r && n_fds == 0 && slot->state == SLOT_BUSY && !slot->ended && !slot->pending)
                end(m, slot, &r);
        else if (n <= 0 && slot->state == SLOT_BUSY)
                base_fd_done(&slot->sock);
}

void monitor_zones_reap(Monitor *m, MonitorSlot *slot) {
        if (waitpid(slot->pid, NULL, WNOHANG) != slot->pid)
                return;
        if (slot->sock >= 0 && slot->state == SLOT_BUSY)
                monitor_zones_read(m, slot); /* its receipt may still lie in the socket */
        if (slot->state == SLOT_BUSY && !slot->ended && !slot->pending) {
                PolicyReceipt r = slot->begin;
                struct timespec now, mono;
                monitor_cgroup_kill(m, slot_index(m, slot)); /* the kernel kills them by its own means too */
                clock_gettime(CLOCK_REALTIME, &now);
                clock_gettime(CLOCK_MONOTONIC, &mono);
                r.ended_ns = (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
                r.lived_ns = (uint64_t)(mono.tv_sec - slot->began_mono.tv_sec) * 1000000000ull;
                r.reason = POLICY_REASON_BUILDER_DIED;
                end(m, slot, &r);
        }
        if (slot->state == SLOT_SPARE && slot->sock >= 0) { /* not one that was sent away */
                struct timespec now;
                clock_gettime(CLOCK_MONOTONIC, &now);
                m->spare_died = now.tv_sec;
        }
        base_fd_done(&slot->sock);
        base_fd_done(&slot->pidfd);
        if (!slot->pending)
                slot->state = SLOT_FREE;
}

bool monitor_zones_pending(const Monitor *m) {
        for (unsigned i = 0; i < POLICY_MAX_ZONES; i++)
                if (m->slots[i].state == SLOT_BUSY && m->slots[i].pending)
                        return true;
        return false;
}

void monitor_zones_retry(Monitor *m) {
        for (unsigned i = 0; i < POLICY_MAX_ZONES; i++) {
                MonitorSlot *slot = &m->slots[i];
                if (slot->state != SLOT_BUSY || !slot->pending)
                        continue;
                PolicyReceipt r = slot->last;
                end(m, slot, &r);
                if (!slot->pending && slot->pidfd < 0)
                        slot->state = SLOT_FREE;
        }
}
