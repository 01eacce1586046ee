/* monitor: what the one privileged parent holds. One thread, no GLib, no text but the listed kernel files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "hanare-config.h"
#include "policy/policy-message.h"
#include "policy/policy-plan.h"
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

typedef enum MonitorSlotState { SLOT_FREE = 0, SLOT_SPARE, SLOT_BUSY } MonitorSlotState;
typedef struct MonitorSlot {
        MonitorSlotState state;
        pid_t pid;
        int pidfd, sock;
        bool ended;                /* the END receipt is written */
        bool pending;              /* its END could not be written yet (a full disk): tried again, the slot stays taken */
        PolicyReceipt last;
        PolicyReceipt begin;
        struct timespec began_mono;
} MonitorSlot;

typedef struct MonitorLedger { /* the receipt log: one writer, this one */
        int log, log_read, head;
        uint64_t count;            /* number of the last record */
        uint8_t last_mac[32], key[32], package_hash[32];
        struct timespec package_mtime;
        bool dirty;                /* appended, not yet on the disk */
        bool broken;               /* a torn record could not be cut off: nothing is appended any more, so nothing starts */
} MonitorLedger;

#define MONITOR_STARTS 1024
typedef struct MonitorStart { /* for the starts of the last minute */
        uint32_t owner;
        time_t when;
} MonitorStart;

typedef struct Monitor {
        uid_t broker_uid, compile_uid;
        int cgroup_zones, cgroup_broker, cgroup_v1[3];
        int signals;
        int table_fd;              /* sealed; -1 = no policy in force: nothing starts */
        int denylist_fd;           /* sealed; -1 = the table has none */
        PolicyTable *table;
        char problem[256];
        pid_t broker_pid;
        int broker_pidfd, broker;
        unsigned broker_deaths;
        MonitorLedger ledger;
        MonitorSlot slots[POLICY_MAX_ZONES];
        unsigned next_slot;
        int next_kind;             /* what the spare shall expect: the kind asked for last; -1 = none */
        struct timespec ordered;   /* the last start */
        time_t spare_died;         /* a builder that cannot even wait is not started again in the same second */
        MonitorStart starts[MONITOR_STARTS];
        unsigned next_start;
        uint32_t substitutes;
        unsigned verify_wanted;    /* asked and not answered: one walk through the log a second serves all */
        time_t verified_when;
} Monitor;

void monitor_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

uint32_t monitor_kernel_substitutes(void);
int monitor_cgroup_open(Monitor *m);
void monitor_cgroup_kill(const Monitor *m, unsigned slot); /* what a builder that died may have left */

/* Compiles all policy files; on failure the table in force stays and m->problem says why. */
int monitor_policy_load(Monitor *m);

int monitor_broker_start(Monitor *m);
void monitor_broker_read(Monitor *m);
void monitor_broker_send_table(Monitor *m);
void monitor_broker_ended(Monitor *m);
void monitor_broker_verify(Monitor *m); /* answers what was asked, when it is time */

int monitor_zones_spare(Monitor *m);
int monitor_zones_spare_due(Monitor *m); /* in how many ms one is to be started; -1 = none is needed */
void monitor_zones_start(Monitor *m, const PolicyMsgStart *msg, const uint8_t *plan, size_t n);
void monitor_zones_read(Monitor *m, MonitorSlot *slot);
void monitor_zones_reap(Monitor *m, MonitorSlot *slot);
void monitor_zones_drop_spare(Monitor *m);
void monitor_zones_renew(const Monitor *m); /* the running zones' gateways obey the new table within a second */
bool monitor_zones_pending(const Monitor *m);
void monitor_zones_retry(Monitor *m); /* END records that a full disk held up */

int monitor_ledger_open(Monitor *m);
/* Numbers, chains and appends the record; the caller's fields stay, number and macs are filled in. */
int monitor_ledger_append(Monitor *m, PolicyReceipt *r);
void monitor_ledger_sync(Monitor *m);
void monitor_ledger_verify(Monitor *m, PolicyMsgVerify *ret);
