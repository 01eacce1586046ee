/* hostile-attempts: the widening attempts, one function each, all made from one good START.
 * Runs as: broker.  Input: the table.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile-broker.h"
#include "base/base-msg.h"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AT_VERSION = 4, AT_HASH = 8, AT_LOCALE = 52, AT_DISPLAY = 56, AT_STDIO = 60, AT_WIDTH = 64 }; /* policy_plan_encode's order; the control shows that it holds */

typedef struct Start {
        PolicyPlan plan;
        uint8_t *bytes;
        size_t n;
        int fds[BASE_MSG_MAX_FDS + 2];
        size_t n_fds;     /* filled by make: the pipes; the monitor gets none of them */
        uint32_t say;     /* to the builder; 0 = nothing */
        int claim;        /* how many descriptors that says; -1 = as many as come */
        int others[3];    /* our ends of the pipes */
} Start;

static void start_done(Start *s) {
        free(s->bytes);
        for (size_t i = 0; i < s->n_fds; i++)
                base_fd_done(&s->fds[i]);
        for (int i = 0; i < 3; i++)
                base_fd_done(&s->others[i]);
}
#define START __attribute__((cleanup(start_done))) Start

static Start good(const Hostile *h) {
        Start s = { .say = POLICY_MSG_DESCRIPTORS, .claim = -1, .others = { -1, -1, -1 } };
        memcpy(s.plan.table_hash, h->table->hash, 32);
        s.plan.kind = (uint32_t)h->kind;
        s.plan.program = 1;
        s.plan.owner = 1000;
        s.plan.stdio = 1;
        s.plan.address = "";
        return s;
}
static void put_u32(Start *s, size_t at, uint32_t v) {
        for (int i = 0; i < 4; i++)
                s->bytes[at + (size_t)i] = (uint8_t)(v >> (8 * i));
}
/* Encodes, unless the attempt brought bytes of its own, and makes the pipes. */
static void make(Start *s) {
        int pipes[2];

        if (!s->bytes && policy_plan_encode(&s->plan, &s->bytes, &s->n) < 0) {
                dprintf(2, "hostile: the encoder refuses this plan; patch its bytes instead\n");
                s->bytes = calloc(1, 200);
                s->n = 200;
        }
        for (int i = 0; i < 3; i++) {
                if (pipe2(pipes, O_CLOEXEC) < 0)
                        return;
                s->fds[s->n_fds++] = pipes[i == 0 ? 0 : 1];
                s->others[i] = pipes[i == 0 ? 1 : 0];
        }
}
static int memfd(const void *bytes, size_t n, int seals) {
        int fd = memfd_create("plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (fd >= 0 && base_fd_write_all(fd, bytes, n) == 0 && seals)
                fcntl(fd, F_ADD_SEALS, seals);
        return fd;
}
static void send_start(Hostile *h, Start *s, int with_fd) {
        static uint8_t whole[sizeof(PolicyMsgStart) + POLICY_PLAN_MAX + 4096];
        PolicyMsgStart msg = { .type = POLICY_MSG_START, .tag = h->tag };
        int fd = with_fd ? open("/", O_RDONLY | O_CLOEXEC) : -1, r;

        memcpy(whole, &msg, sizeof msg);
        memcpy(whole + sizeof msg, s->bytes, s->n);
        r = base_msg_send(h->monitor, whole, sizeof msg + s->n, &fd, with_fd ? 1 : 0);
        if (r < 0)
                dprintf(2, "hostile: cannot send: %s\n", strerror(-r));
        base_fd_done(&fd);
        h->say = s->say;
        h->n_fds = s->n_fds < BASE_MSG_MAX_FDS ? s->n_fds : BASE_MSG_MAX_FDS;
        h->claim = s->claim < 0 ? (uint32_t)h->n_fds : (uint32_t)s->claim;
        memcpy(h->fds, s->fds, h->n_fds * sizeof(int));
}
static void go(Hostile *h, const char *name, Start *s) {
        send_start(h, s, 0);
        hostile_judge(h, name, 0);
}
#define ATTEMPT(fn) static void fn(Hostile *h, const char *name)
#define BEGIN START s = good(h)

ATTEMPT(control) {
        BEGIN;
        make(&s);
        send_start(h, &s, 0);
        hostile_judge(h, name, 1);
}
/* the plan's references */
ATTEMPT(other_hash) { BEGIN; s.plan.table_hash[0] ^= 1; make(&s); go(h, name, &s); }
ATTEMPT(zero_hash) { BEGIN; memset(s.plan.table_hash, 0, 32); make(&s); go(h, name, &s); }
ATTEMPT(kind_next) { BEGIN; s.plan.kind = h->table->n_kinds; make(&s); go(h, name, &s); }
ATTEMPT(kind_max) { BEGIN; s.plan.kind = UINT32_MAX; make(&s); go(h, name, &s); }
ATTEMPT(program_next) { BEGIN; s.plan.program = h->table->kinds[h->kind].n_programs; make(&s); go(h, name, &s); }
ATTEMPT(program_max) { BEGIN; s.plan.program = 0x80000001u; make(&s); go(h, name, &s); }
ATTEMPT(owner_root) { BEGIN; s.plan.owner = 0; make(&s); go(h, name, &s); }
ATTEMPT(owner_system) { BEGIN; s.plan.owner = 33; make(&s); go(h, name, &s); }
ATTEMPT(owner_nobody) { BEGIN; s.plan.owner = 65534; make(&s); go(h, name, &s); }
ATTEMPT(owner_zone) { BEGIN; s.plan.owner = h->table->uid_base; make(&s); go(h, name, &s); }
ATTEMPT(owner_zone_last) { BEGIN; s.plan.owner = h->table->uid_base + 8 * h->table->max_zones - 1; make(&s); go(h, name, &s); }
ATTEMPT(owner_minus_one) { BEGIN; s.plan.owner = UINT32_MAX; make(&s); go(h, name, &s); }
ATTEMPT(argv_application) {
        static const char *const items[] = { "--no-sandbox" };
        BEGIN;
        s.plan.program = 0;
        s.plan.argv = (PolicyStrings){ 1, (const char **)(uintptr_t)items };
        make(&s);
        go(h, name, &s);
}
/* A kind that may not run programs: the first such one of the table. */
ATTEMPT(argv_not_run) {
        static const char *const items[] = { "--no-sandbox" };
        BEGIN;
        s.plan.kind = UINT32_MAX;
        for (uint32_t i = 0; i < h->table->n_kinds; i++)
                if (!(h->table->kinds[i].flags & POLICY_KIND_RUN))
                        s.plan.kind = i;
        s.plan.argv = (PolicyStrings){ 1, (const char **)(uintptr_t)items };
        make(&s);
        go(h, name, &s);
}
ATTEMPT(address_to_program) { BEGIN; s.plan.address = "http://example.com/"; make(&s); go(h, name, &s); }
/* bytes the encoder would not write */
static void patched(Hostile *h, const char *name, size_t at, uint32_t v) {
        BEGIN;
        make(&s);
        put_u32(&s, at, v);
        go(h, name, &s);
}
ATTEMPT(bad_magic) { patched(h, name, 0, 0); }
ATTEMPT(bad_version) { patched(h, name, AT_VERSION, POLICY_PLAN_VERSION + 1); }
ATTEMPT(bad_locale) { patched(h, name, AT_LOCALE, 2); }
ATTEMPT(bad_display) { patched(h, name, AT_DISPLAY, 3); }
ATTEMPT(bad_stdio) { patched(h, name, AT_STDIO, 2); }
ATTEMPT(negative_width) { patched(h, name, AT_WIDTH, 0xfffffd80u); }
ATTEMPT(one_sided_width) { patched(h, name, AT_WIDTH, 640); }
ATTEMPT(display_without_fd) { patched(h, name, AT_DISPLAY, POLICY_DISPLAY_WAYLAND); }
ATTEMPT(pipes_unasked) { patched(h, name, AT_STDIO, 0); }
ATTEMPT(truncated) { BEGIN; make(&s); s.n /= 2; go(h, name, &s); }
ATTEMPT(one_short) { BEGIN; make(&s); s.n--; go(h, name, &s); }
ATTEMPT(extended) {
        BEGIN;
        make(&s);
        s.bytes = realloc(s.bytes, s.n + 16);
        memset(s.bytes + s.n, 'A', 16);
        s.n += 16;
        go(h, name, &s);
}
ATTEMPT(empty_plan) { BEGIN; make(&s); s.n = 0; go(h, name, &s); }
ATTEMPT(oversized) {
        BEGIN;
        s.n = POLICY_PLAN_MAX + 1; /* the message is cut: the monitor refuses it whole */
        s.bytes = calloc(1, s.n);
        make(&s);
        go(h, name, &s);
}
ATTEMPT(random_bytes) {
        BEGIN;
        s.n = 4096;
        s.bytes = malloc(s.n);
        for (size_t i = 0; i < s.n; i++)
                s.bytes[i] = (uint8_t)(i * 2654435761u >> 13);
        make(&s);
        go(h, name, &s);
}
ATTEMPT(count_huge) { /* the number of arguments, the last word of a plan without any */
        BEGIN;
        make(&s);
        put_u32(&s, s.n - 4, UINT32_MAX);
        go(h, name, &s);
}
/* the descriptors: the monitor takes none at all, the builder those that the plan announced, once */
ATTEMPT(start_with_fd) {
        BEGIN;
        make(&s);
        send_start(h, &s, 1);
        hostile_judge(h, name, 0);
}
ATTEMPT(silent_builder) { BEGIN; s.say = 0; make(&s); go(h, name, &s); }
ATTEMPT(stop_instead) { BEGIN; s.say = POLICY_MSG_STOP; make(&s); go(h, name, &s); }
ATTEMPT(claim_more) { BEGIN; s.claim = 4; make(&s); go(h, name, &s); }
ATTEMPT(claim_less) { BEGIN; s.claim = 2; make(&s); go(h, name, &s); }
static void replaced(Hostile *h, const char *name, size_t which, int fd) {
        BEGIN;
        make(&s);
        close(s.fds[which]);
        s.fds[which] = fd;
        go(h, name, &s);
}
static int a_socket(void) {
        int pair[2] = { -1, -1 };
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0)
                close(pair[1]);
        return pair[0];
}
ATTEMPT(stdin_directory) { replaced(h, name, 0, open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }
ATTEMPT(stdin_file) { replaced(h, name, 0, open("/etc/passwd", O_RDONLY | O_CLOEXEC)); }
ATTEMPT(stdout_socket) { replaced(h, name, 1, a_socket()); }
ATTEMPT(stdout_memfd) { replaced(h, name, 1, memfd("x", 1, 0)); }
ATTEMPT(stderr_terminal) {
        int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        replaced(h, name, 2, fd >= 0 ? fd : open("/dev/tty", O_RDWR | O_CLOEXEC));
}
ATTEMPT(stderr_device) { replaced(h, name, 2, open("/dev/urandom", O_RDONLY | O_CLOEXEC)); }
ATTEMPT(stdin_monitor) { replaced(h, name, 0, dup(h->monitor)); }
ATTEMPT(display_file) { /* announced as Wayland, and a file */
        BEGIN;
        make(&s);
        put_u32(&s, AT_DISPLAY, POLICY_DISPLAY_WAYLAND);
        s.fds[s.n_fds++] = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
        go(h, name, &s);
}
ATTEMPT(display_path) { /* announced as X11, and a directory */
        BEGIN;
        make(&s);
        put_u32(&s, AT_DISPLAY, POLICY_DISPLAY_X11);
        s.fds[s.n_fds++] = open("/", O_PATH | O_CLOEXEC);
        go(h, name, &s);
}
ATTEMPT(fds_many) { BEGIN; make(&s); while (s.n_fds < BASE_MSG_MAX_FDS) s.fds[s.n_fds++] = open("/", O_RDONLY | O_CLOEXEC); go(h, name, &s); }
static void fewer(Hostile *h, const char *name, size_t keep) {
        BEGIN;
        make(&s);
        while (s.n_fds > keep)
                close(s.fds[--s.n_fds]);
        go(h, name, &s);
}
ATTEMPT(fds_two) { fewer(h, name, 2); }
ATTEMPT(fds_one) { fewer(h, name, 1); }
ATTEMPT(fds_none) { fewer(h, name, 0); }
/* the messages themselves: the monitor may hang up on these */
static void raw(Hostile *h, const char *name, const void *bytes, size_t n, int with_fd) {
        int fd = with_fd ? open("/", O_RDONLY | O_CLOEXEC) : -1, r = base_msg_send(h->monitor, bytes, n, &fd, with_fd ? 1 : 0);
        if (r < 0)
                dprintf(2, "hostile: cannot send: %s\n", strerror(-r));
        base_fd_done(&fd);
        h->say = 0;
        h->n_fds = 0;
        hostile_judge(h, name, 0);
}
ATTEMPT(type_unknown) { raw(h, name, &(PolicyMsgStart){ .type = 0x7fff, .tag = h->tag }, sizeof(PolicyMsgStart), 0); }
ATTEMPT(type_build) { raw(h, name, &(PolicyMsgBuild){ .type = POLICY_MSG_BUILD, .slot = 0, .zone = 1 }, sizeof(PolicyMsgBuild), 0); }
ATTEMPT(type_stop) { raw(h, name, &(PolicyMsgStop){ .type = POLICY_MSG_STOP, .reason = 1 }, sizeof(PolicyMsgStop), 0); }
ATTEMPT(type_table) { raw(h, name, &(PolicyMsgTable){ .type = POLICY_MSG_TABLE }, sizeof(PolicyMsgTable), 1); }
ATTEMPT(type_receipt) { raw(h, name, &(PolicyReceipt){ .magic = 0x31524e48, .version = 1, .type = POLICY_RECEIPT_END, .zone = 1 }, sizeof(PolicyReceipt), 0); }
ATTEMPT(short_message) { raw(h, name, "\1", 1, 0); }
ATTEMPT(short_start) { raw(h, name, &(PolicyMsgStart){ .type = POLICY_MSG_START, .tag = h->tag }, 8, 0); }
ATTEMPT(long_start) { char b[8192] = { POLICY_MSG_START }; raw(h, name, b, sizeof b, 0); }
ATTEMPT(verify_garbage) {
        PolicyMsgVerify m = { .type = POLICY_MSG_VERIFY, .ok = 0xffffffff, .count = UINT64_MAX };
        memset(m.head, 'A', sizeof m.head);
        memset(m.text, '%', sizeof m.text);
        raw(h, name, &m, sizeof m, 0);
}
ATTEMPT(verify_with_fd) { raw(h, name, &(PolicyMsgVerify){ .type = POLICY_MSG_VERIFY }, sizeof(PolicyMsgVerify), 1); }
ATTEMPT(flood) { /* far more starts than a minute allows: the last one must be refused */
        for (int i = 0; i < 700; i++) {
                BEGIN;
                make(&s);
                uint32_t tag = h->tag;
                h->tag = i == 699 ? tag : 100000 + (uint32_t)i;
                send_start(h, &s, 0);
                h->tag = tag;
        }
        h->say = 0;
        hostile_judge(h, name, 0);
}

static const HostileAttempt attempts[] = {
        { "control", control }, { "other-hash", other_hash }, { "zero-hash", zero_hash }, { "kind-next", kind_next }, { "kind-max", kind_max }, { "program-next", program_next },
        { "program-max", program_max }, { "owner-root", owner_root }, { "owner-system", owner_system }, { "owner-nobody", owner_nobody }, { "owner-zone", owner_zone },
        { "owner-zone-last", owner_zone_last }, { "owner-minus-one", owner_minus_one }, { "argv-application", argv_application }, { "argv-not-run", argv_not_run },
        { "address-to-program", address_to_program }, { "bad-magic", bad_magic }, { "bad-version", bad_version }, { "bad-locale", bad_locale }, { "bad-display", bad_display },
        { "bad-stdio", bad_stdio }, { "negative-width", negative_width }, { "one-sided-width", one_sided_width }, { "display-without-fd", display_without_fd },
        { "pipes-unasked", pipes_unasked }, { "truncated", truncated }, { "one-short", one_short }, { "extended", extended }, { "empty-plan", empty_plan }, { "oversized", oversized },
        { "random-bytes", random_bytes }, { "count-huge", count_huge }, { "start-with-fd", start_with_fd }, { "silent-builder", silent_builder },
        { "stop-instead", stop_instead }, { "claim-more", claim_more }, { "claim-less", claim_less }, { "stdin-directory", stdin_directory },
        { "stdin-file", stdin_file }, { "stdout-socket", stdout_socket }, { "stdout-memfd", stdout_memfd }, { "stderr-terminal", stderr_terminal },
        { "stderr-device", stderr_device }, { "stdin-monitor", stdin_monitor }, { "display-file", display_file }, { "display-path", display_path }, { "fds-many", fds_many },
        { "fds-two", fds_two }, { "fds-one", fds_one }, { "fds-none", fds_none }, { "control-again", control }, { "type-unknown", type_unknown },
        { "type-build", type_build }, { "type-stop", type_stop }, { "type-table", type_table }, { "type-receipt", type_receipt }, { "short-message", short_message },
        { "short-start", short_start }, { "long-start", long_start }, { "verify-garbage", verify_garbage }, { "verify-with-fd", verify_with_fd }, { "flood", flood },
};
const HostileAttempt *hostile_attempts(unsigned *ret_n) {
        *ret_n = sizeof attempts / sizeof *attempts;
        return attempts;
}
