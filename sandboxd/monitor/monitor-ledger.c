/* monitor-ledger: the receipt log: fixed records, a chain of keyed hashes, one writer.
 * Runs as: root (monitor).  Input: our own files, 0600 root.  Must not: parse text, lose a record silently.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Changed: a MAC does not fit. Replaced or reordered: prev or number does not fit. Cut: the head file, and the journal, know a later
 * number. Recomputed: needs the key; with the key, the heads in the journal still differ (sandboxd(8) says how to compare). */
#include "base/base-fd.h"
#include "sandboxd/monitor/monitor.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#define MAGIC 0x31524e48u /* "HNR1" */
typedef struct Head {
        uint64_t count;
        uint8_t mac[32], check[32]; /* check: HMAC over the rest */
} Head;
_Static_assert(sizeof(Head) == 72, "the head file is one fixed record");

static void mac_of(const MonitorLedger *l, const PolicyReceipt *r, uint8_t ret_mac[32]) {
        crypto_auth_hmacsha256(ret_mac, (const uint8_t *)r, sizeof *r - sizeof r->mac, l->key);
}

/* To the system's journal or syslog, where there is one: an anchor outside our own files. */
static void publish_head(const MonitorLedger *l) {
        struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
        char text[160], hex[65];
        BASE_FD fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        sodium_bin2hex(hex, sizeof hex, l->last_mac, 32);
        int n = snprintf(text, sizeof text, "<86>hanare-receipts: head %llu %s", (unsigned long long)l->count, hex); /* RFC 5424: authpriv.info */
        if (fd >= 0 && n > 0)
                (void)sendto(fd, text, (size_t)n, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
}

static int write_head(MonitorLedger *l) {
        Head head = { .count = l->count };

        memcpy(head.mac, l->last_mac, 32);
        crypto_auth_hmacsha256(head.check, (const uint8_t *)&head, sizeof head - 32, l->key);
        return pwrite(l->head, &head, sizeof head, 0) == sizeof head ? 0 : -EIO;
}

static bool read_head(const MonitorLedger *l, Head *ret_head) {
        uint8_t check[32];

        if (pread(l->head, ret_head, sizeof *ret_head, 0) != sizeof *ret_head)
                return false;
        crypto_auth_hmacsha256(check, (const uint8_t *)ret_head, sizeof *ret_head - 32, l->key);
        return sodium_memcmp(check, ret_head->check, 32) == 0;
}

static int open_key(int dir, uint8_t key[32]) {
        BASE_FD fd = base_fd_open_beneath(dir, "receipts.key", O_RDONLY, 0);

        if (fd >= 0)
                return base_fd_read_exact(fd, key, 32);
        if (fd != -ENOENT)
                return fd;
        randombytes_buf(key, 32);
        (void)unlinkat(dir, "receipts.key.new", 0); /* of a start that was killed here */
        BASE_FD made = base_fd_open_beneath(dir, "receipts.key.new", O_WRONLY | O_CREAT | O_EXCL, 0600);
        if (made < 0)
                return made;
        int r = base_fd_write_all(made, key, 32);
        if (r < 0)
                return r;
        return fsync(made) < 0 || renameat(dir, "receipts.key.new", dir, "receipts.key") < 0 || fsync(dir) < 0 ? -errno : 0;
}

/* The hash of the package state, kept until the file changes: which browser, which libraries a zone started from. */
static void hash_packages(MonitorLedger *l) {
        crypto_hash_sha256_state state;
        uint8_t buf[65536];
        struct stat st;
        ssize_t n;
        BASE_FD fd = open("/var/lib/dpkg/status", O_RDONLY | O_CLOEXEC | O_NOCTTY);

        if (fd < 0 || fstat(fd, &st) < 0 || (st.st_mtim.tv_sec == l->package_mtime.tv_sec && st.st_mtim.tv_nsec == l->package_mtime.tv_nsec))
                return;
        crypto_hash_sha256_init(&state);
        while ((n = read(fd, buf, sizeof buf)) > 0)
                crypto_hash_sha256_update(&state, buf, (unsigned long long)n);
        crypto_hash_sha256_final(&state, l->package_hash);
        l->package_mtime = st.st_mtim;
}

/* Room for a beginning, its end, and the ends of all zones that live: a disk that fills up meanwhile cannot take the ends away. */
static int reserve(const Monitor *m) {
        const MonitorLedger *l = &m->ledger;
        off_t records = 2;

        for (unsigned i = 0; i < POLICY_MAX_ZONES; i++)
                records += m->slots[i].state == SLOT_BUSY && !m->slots[i].ended;
        if (fallocate(l->log, FALLOC_FL_KEEP_SIZE, (off_t)(l->count * sizeof(PolicyReceipt)), records * (off_t)sizeof(PolicyReceipt)) == 0)
                return 0;
        return errno == EOPNOTSUPP ? 0 : -errno; /* a file system that cannot promise is asked when it is written */
}

int monitor_ledger_append(Monitor *m, PolicyReceipt *r) {
        MonitorLedger *l = &m->ledger;
        ssize_t n;

        if (l->broken)
                return -EIO;
        r->magic = MAGIC;
        r->version = 1;
        r->number = l->count + 1;
        if (r->type == POLICY_RECEIPT_BEGIN)
                r->zone = r->number;
        memset(r->spare, 0, sizeof r->spare);
        memcpy(r->package_hash, l->package_hash, 32);
        memcpy(r->prev, l->last_mac, 32);
        mac_of(l, r, r->mac);
        int room = r->type == POLICY_RECEIPT_BEGIN ? reserve(m) : 0;
        errno = -room;
        n = room < 0 ? -1 : write(l->log, r, sizeof *r);
        if (n != sizeof *r) { /* a full disk: no zone starts without a record; a torn record is cut off again */
                int error = n < 0 ? -errno : -ENOSPC;
                if (n > 0 && ftruncate(l->log, (off_t)(l->count * sizeof *r)) < 0)
                        l->broken = true;
                monitor_log("the receipt log cannot be written: %s", strerror(-error));
                return error;
        }
        l->count = r->number;
        memcpy(l->last_mac, r->mac, 32);
        l->dirty = true;
        return 0;
}

void monitor_ledger_sync(Monitor *m) {
        MonitorLedger *l = &m->ledger;

        if (!l->dirty)
                return;
        /* the log first: a head must never know a record that a power cut can still take */
        if (fdatasync(l->log) < 0 || write_head(l) < 0 || fdatasync(l->head) < 0) {
                monitor_log("the receipt log could not be synced: %s", strerror(errno));
                return;
        }
        publish_head(l);
        hash_packages(l);
        l->dirty = false;
}

static bool good(const MonitorLedger *l, const PolicyReceipt *r, uint64_t number, const uint8_t prev[32]) {
        uint8_t mac[32];

        mac_of(l, r, mac);
        return r->magic == MAGIC && r->number == number && sodium_memcmp(r->mac, mac, 32) == 0 && sodium_memcmp(r->prev, prev, 32) == 0;
}

/* Walks the chain. Returns the number of good records; *ret_bad = the first bad one, 0 = none. each may be NULL. */
static uint64_t walk(const MonitorLedger *l, uint8_t ret_last[32], uint64_t *ret_bad, void (*each)(void *, const PolicyReceipt *), void *data) {
        PolicyReceipt r;
        uint64_t count = 0;
        uint8_t prev[32] = { 0 };

        *ret_bad = 0;
        while (pread(l->log_read, &r, sizeof r, (off_t)(count * sizeof r)) == sizeof r) {
                if (!good(l, &r, count + 1, prev)) {
                        *ret_bad = count + 1;
                        break;
                }
                memcpy(prev, r.mac, 32);
                if (each)
                        each(data, &r);
                count++;
        }
        memcpy(ret_last, prev, 32);
        return count;
}

void monitor_ledger_verify(Monitor *m, PolicyMsgVerify *ret) {
        MonitorLedger *l = &m->ledger;
        Head head = { 0 };
        uint8_t last[32];
        struct stat st, now;

        *ret = (PolicyMsgVerify){ .type = POLICY_MSG_VERIFY };
        monitor_ledger_sync(m);
        ret->count = walk(l, last, &ret->bad, NULL, NULL);
        sodium_bin2hex(ret->head, sizeof ret->head, last, 32);
        if (ret->bad)
                snprintf(ret->text, sizeof ret->text, "record %llu was changed, replaced or moved", (unsigned long long)ret->bad);
        else if (ret->count != l->count || sodium_memcmp(last, l->last_mac, 32) != 0)
                snprintf(ret->text, sizeof ret->text, "the log has %llu records, %llu were written: it was cut or replaced", (unsigned long long)ret->count, (unsigned long long)l->count);
        else if (l->count > 0 && (!read_head(l, &head) || head.count != l->count || sodium_memcmp(head.mac, last, 32) != 0))
                snprintf(ret->text, sizeof ret->text, "the head file does not fit the log: one of them was replaced");
        else if (fstat(l->log_read, &st) < 0 || (uint64_t)st.st_size != ret->count * sizeof(PolicyReceipt))
                snprintf(ret->text, sizeof ret->text, "bytes stand behind the last record");
        else if (lstat(HANARE_STATEDIR "/receipts.log", &now) < 0 || now.st_dev != st.st_dev || now.st_ino != st.st_ino)
                snprintf(ret->text, sizeof ret->text, "another file stands in the place of the log, or none: it was replaced; the daemon holds the true one until it ends");
        else {
                ret->ok = 1;
                snprintf(ret->text, sizeof ret->text, "%llu records, the chain is whole", (unsigned long long)ret->count);
        }
}

typedef struct Open {
        PolicyReceipt begin[POLICY_MAX_ZONES];
        unsigned n;
} Open;

static void note_open(void *data, const PolicyReceipt *r) {
        Open *o = data;

        if (r->type == POLICY_RECEIPT_BEGIN && o->n < POLICY_MAX_ZONES)
                o->begin[o->n++] = *r;
        for (unsigned i = 0; r->type == POLICY_RECEIPT_END && i < o->n; i++)
                if (o->begin[i].zone == r->zone) {
                        o->begin[i] = o->begin[--o->n];
                        break;
                }
}

/* A log that does not fit its chain is kept beside, as evidence, and a new one begun. */
static int set_aside(MonitorLedger *l, int dir, const char *why) {
        char name[64];

        snprintf(name, sizeof name, "receipts.log.broken-%lld", (long long)time(NULL));
        monitor_log("the receipt log does not verify (%s): kept as " HANARE_STATEDIR "/%s, a new one begins", why, name);
        if (renameat(dir, "receipts.log", dir, name) < 0)
                return -errno;
        base_fd_done(&l->log);
        base_fd_done(&l->log_read);
        l->log = base_fd_open_beneath(dir, "receipts.log", O_WRONLY | O_APPEND | O_CREAT | O_EXCL, 0600);
        l->log_read = base_fd_open_beneath(dir, "receipts.log", O_RDONLY, 0);
        l->count = 0;
        memset(l->last_mac, 0, 32);
        return l->log < 0 ? l->log : l->log_read < 0 ? l->log_read : write_head(l);
}

/* A power cut leaves the last record whole, torn (cut off here, and said) or absent; the head may be one behind the log, never ahead. */
static int settle(Monitor *m, int dir, Open *open) {
        MonitorLedger *l = &m->ledger;
        Head head = { 0 };
        struct stat st;
        uint64_t bad;

        l->count = walk(l, l->last_mac, &bad, note_open, open);
        if (bad)
                return open->n = 0, set_aside(l, dir, "a record was changed");
        if (fstat(l->log_read, &st) < 0)
                return -errno;
        if ((uint64_t)st.st_size != l->count * sizeof(PolicyReceipt)) {
                monitor_log("the last record of the receipt log was torn by a crash and is cut off");
                if (ftruncate(l->log, (off_t)(l->count * sizeof(PolicyReceipt))) < 0)
                        return -errno;
        }
        if (read_head(l, &head) && head.count > l->count)
                return open->n = 0, set_aside(l, dir, "records are missing");
        return 0;
}

int monitor_ledger_open(Monitor *m) {
        static Open open_zones;
        MonitorLedger *l = &m->ledger;
        BASE_FD dir = open(HANARE_STATEDIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        int r;

        if (dir < 0)
                return -errno;
        if (sodium_init() < 0)
                return -EIO;
        if ((r = open_key(dir, l->key)) < 0)
                return r;
        l->log = base_fd_open_beneath(dir, "receipts.log", O_WRONLY | O_APPEND | O_CREAT, 0600);
        l->log_read = base_fd_open_beneath(dir, "receipts.log", O_RDONLY, 0);
        l->head = base_fd_open_beneath(dir, "receipts.head", O_RDWR | O_CREAT, 0600);
        if (l->log < 0 || l->log_read < 0 || l->head < 0)
                return -EIO;
        if ((r = settle(m, dir, &open_zones)) < 0)
                return r;
        hash_packages(l);
        for (unsigned i = 0; i < open_zones.n; i++) { /* zones that the last monitor did not see the end of */
                PolicyReceipt end = open_zones.begin[i];
                struct timespec now;
                clock_gettime(CLOCK_REALTIME, &now);
                end.type = POLICY_RECEIPT_END;
                end.reason = POLICY_REASON_MONITOR_GONE;
                end.ended_ns = (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
                if ((r = monitor_ledger_append(m, &end)) < 0)
                        return r;
        }
        l->dirty = true;
        monitor_ledger_sync(m);
        return 0;
}
