/* fake-monitor: starts the real broker and plays the monitor and all builders for it, by orders on standard input.
 * Runs as: root (test).  Input: orders of test-broker.py.  Must not: be installed.
 * Orders: "next refuse|limit|fail|hold|early|eof" (what the next start meets), "go N", "exit N STATUS", "die N", "mute", "table owner|polkit",
 * "problem TEXT", "garbage", "bye". Each event is one line on standard output.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "base/base-spawn.h"
#include "policy/policy-message.h"
#include "policy/policy-plan.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#define MAX_FAKES 256

typedef struct Fake {
        uint64_t zone;
        int sock;
        uint32_t owner;
        char kind[32];
        int held;
} Fake;

static Fake fakes[MAX_FAKES];
static int monitor = -1, receipts = -1, mute;
static uint64_t next_zone = 1, next_receipt = 1;
static char next[16], receipts_path[256];
static PolicyTable table;
static const char *users_max;

static void fail(const char *what) {
        perror(what);
        _exit(1);
}

static void make_table(uint32_t auth) {
        static const char *web_args[] = { "%u" };
        static const char *bank_sites[] = { "bank.example" };
        static PolicyProgram web_programs[] = { { "chromium", "/usr/lib/chromium/chromium" }, { "tool", "/usr/lib/hanare/tool" } };
        static PolicyProgram fox_programs[] = { { "firefox-esr", "/usr/lib/firefox-esr/firefox-esr" } };
        static PolicySubtree chromium_trees[] = { { "/usr/lib/chromium", POLICY_SUBTREE_EXEC }, { "/usr/lib/hanare", POLICY_SUBTREE_EXEC } };
        static PolicySubtree fox_trees[] = { { "/usr/lib/firefox-esr", POLICY_SUBTREE_EXEC } };
        static PolicyKind kinds[4];
        const PolicyKind common = { .title_en = "Internet", .title_ja = "インターネット", .colour = 0x3366cc, .start_page = "", .memory_mib = 1024, .pids = 256,
                .cpu_percent = 200, .scratch_mib = 256, .scratch_inodes = 65536, .nofile = 4096, .max_age_s = 3600, .args = { 1, web_args },
                .n_ports = 2, .ports = { 80, 443 }, .flags = POLICY_KIND_NETWORK };

        for (int i = 0; i < 4; i++)
                kinds[i] = common;
        kinds[0].name = "bank", kinds[0].title_en = "Banking", kinds[0].title_ja = "銀行", kinds[0].app = POLICY_APP_CHROMIUM;
        kinds[0].sites = (PolicyStrings){ 1, bank_sites }, kinds[0].flags |= POLICY_KIND_FRESH;
        kinds[1].name = "fox", kinds[1].app = POLICY_APP_FIREFOX;
        kinds[1].n_programs = 1, kinds[1].programs = fox_programs, kinds[1].n_subtrees = 1, kinds[1].subtrees = fox_trees;
        kinds[2].name = "show", kinds[2].app = POLICY_APP_CHROMIUM, kinds[2].flags |= POLICY_KIND_DISPLAY;
        kinds[3].name = "web", kinds[3].app = POLICY_APP_CHROMIUM, kinds[3].flags |= POLICY_KIND_RUN, kinds[3].start_page = "https://start.example/";
        for (int i = 0; i < 4; i++)
                if (!kinds[i].programs) {
                        kinds[i].n_programs = i == 3 ? 2 : 1, kinds[i].programs = web_programs;
                        kinds[i].n_subtrees = 2, kinds[i].subtrees = chromium_trees;
                }
        table = (PolicyTable){ .auth = auth, .uid_base = 2000200008u, .max_zones = 64, .max_zones_per_user = 6,
                .max_starts_per_minute = users_max ? (uint32_t)strtoul(users_max, NULL, 10) : 60,
                .substitutes = POLICY_SUBSTITUTE_NOSWAP, .default_kind = "web", .n_kinds = 4, .kinds = kinds };
}

static void send_table(void) {
        PolicyMsgTable message = { .type = POLICY_MSG_TABLE, .substitutes = table.substitutes };
        BASE_FREE uint8_t *bytes = NULL;
        size_t n = 0;
        int r = policy_table_encode(&table, &bytes, &n);

        if (r < 0) {
                fprintf(stderr, "fake-monitor: its table: %s (%d)\n", policy_table_check(&table), r);
                _exit(1);
        }
        BASE_FD fd = base_fd_seal("table", bytes, n);
        memset(message.hash, 0xab, sizeof message.hash);
        memcpy(table.hash, message.hash, sizeof table.hash);
        if (fd < 0 || base_msg_send(monitor, &message, sizeof message, &fd, 1) < 0)
                fail("table");
}

static uint64_t append(const Fake *fake, uint32_t type, uint32_t reason, uint32_t status) {
        PolicyReceipt r = { .magic = 0x31524e48, .version = 1, .number = next_receipt++, .type = type, .zone = fake->zone, .owner = fake->owner,
                .reason = reason, .exit_status = status, .began_ns = 1, .ended_ns = 2, .lived_ns = 3, .proofs = POLICY_PROOFS_ALL };

        snprintf(r.kind, sizeof r.kind, "%s", fake->kind);
        if (base_fd_write_all(receipts, &r, sizeof r) < 0)
                fail("receipt");
        return r.number;
}

static void say(const Fake *fake, PolicyState state, uint32_t reason, uint32_t status, const char *text) {
        PolicyMsgState m = { .type = POLICY_MSG_STATE, .state = state, .reason = reason, .exit_status = status, .walls = 12,
                .substitutes = POLICY_SUBSTITUTE_NOSWAP };

        snprintf(m.text, sizeof m.text, "%s", text);
        base_msg_send(fake->sock, &m, sizeof m, NULL, 0);
}

static void ended(Fake *fake, uint32_t reason, uint32_t status) {
        PolicyMsgEnded m = { .type = POLICY_MSG_ENDED, .zone = fake->zone, .receipt = append(fake, POLICY_RECEIPT_END, reason, status) };

        base_fd_done(&fake->sock);
        base_msg_send(monitor, &m, sizeof m, NULL, 0);
        printf("ended %llu\n", (unsigned long long)fake->zone);
        fake->zone = 0;
}

static void end_zone(Fake *fake, uint32_t reason, uint32_t status, const char *text) {
        say(fake, POLICY_STATE_KILLED, reason, status, text);
        ended(fake, reason, status);
}

static void refuse(uint32_t tag, uint32_t reason, int error, const char *text) {
        PolicyMsgStarted m = { .type = POLICY_MSG_STARTED, .tag = tag, .reason = reason, .error = error };

        snprintf(m.text, sizeof m.text, "%s", text);
        base_msg_send(monitor, &m, sizeof m, NULL, 0);
}

static void print_plan(const Fake *fake, const PolicyPlan *plan, size_t n_fds, uint32_t replaces) {
        printf("start %llu kind=%s owner=%u program=%u display=%u stdio=%u fds=%zu replaces=%u locale=%u address=%s argc=%u", (unsigned long long)fake->zone,
               fake->kind, plan->owner, plan->program, plan->display, plan->stdio, n_fds, replaces, plan->locale, plan->address, plan->argv.n);
        for (uint32_t i = 0; i < plan->argv.n; i++)
                printf(" [%s]", plan->argv.items[i]);
        printf("\n");
}

/* What the broker sends the builder first: how many descriptors came. */
static size_t take_descriptors(int sock) {
        struct pollfd p = { .fd = sock, .events = POLLIN };
        PolicyMsgDescriptors m;
        int fds[BASE_MSG_MAX_FDS];
        size_t n_fds = 0;

        if (poll(&p, 1, 5000) != 1 || base_msg_recv(sock, &m, sizeof m, fds, &n_fds, 0) != sizeof m || m.type != POLICY_MSG_DESCRIPTORS || m.n != n_fds)
                return SIZE_MAX;
        for (size_t i = 0; i < n_fds; i++)
                close(fds[i]);
        return n_fds;
}

static void build(uint32_t tag, uint32_t replaces, const PolicyPlan *plan) {
        PolicyMsgStarted m = { .type = POLICY_MSG_STARTED, .tag = tag };
        Fake *fake = NULL;
        char mood[16];
        int pair[2];

        memcpy(mood, next, sizeof mood);
        next[0] = '\0';
        for (size_t i = 0; i < MAX_FAKES && !fake; i++)
                if (fakes[i].zone == 0)
                        fake = &fakes[i];
        if (!fake || strcmp(mood, "refuse") == 0 || strcmp(mood, "limit") == 0) {
                refuse(tag, mood[0] == 'l' || !fake ? POLICY_REASON_LIMIT : POLICY_REASON_REFUSED, -EPERM, "The test\nrefuses it.");
                return;
        }
        if (base_msg_pair(pair) < 0)
                fail("pair");
        *fake = (Fake){ .zone = next_zone++, .sock = pair[0], .owner = plan->owner, .held = strcmp(mood, "hold") == 0 };
        snprintf(fake->kind, sizeof fake->kind, "%s", table.kinds[plan->kind].name);
        append(fake, POLICY_RECEIPT_BEGIN, 0, 0);
        m.zone = fake->zone;
        if (strcmp(mood, "early") == 0) /* the builder is quicker than the monitor */
                say(fake, POLICY_STATE_RUNNING, 0, 0, "");
        if (strcmp(mood, "eof") == 0) {
                base_fd_done(&fake->sock);
                nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
        }
        base_msg_send(monitor, &m, sizeof m, &pair[1], 1);
        close(pair[1]);
        print_plan(fake, plan, strcmp(mood, "eof") == 0 ? 0 : take_descriptors(fake->sock), replaces);
        if (strcmp(mood, "eof") == 0)
                ended(fake, POLICY_REASON_BUILDER_DIED, 0);
        else if (strcmp(mood, "fail") == 0)
                end_zone(fake, POLICY_REASON_WALL_FAILED, 0, "wall 3: mount");
        else if (!fake->held && strcmp(mood, "early") != 0) {
                say(fake, POLICY_STATE_BUILDING, 0, 0, "");
                say(fake, POLICY_STATE_RUNNING, 0, 0, "");
        }
}

static void take_start(const PolicyMsgStart *m, const uint8_t *bytes, size_t n) {
        PolicyPlan *plan = NULL;
        const char *broken;

        if (policy_plan_decode(bytes, n, &plan) < 0)
                fail("a plan that does not decode");
        if ((broken = policy_plan_check(plan, &table))) {
                printf("broken %s\n", broken);
                refuse(m->tag, POLICY_REASON_REFUSED, -EINVAL, broken);
        } else
                build(m->tag, m->replaces, plan);
        policy_plan_free(plan);
}

static void on_broker(void) {
        static union {
                uint32_t type;
                PolicyMsgStart start;
                PolicyMsgVerify verify;
                uint8_t bytes[sizeof(PolicyMsgStart) + POLICY_PLAN_MAX];
        } m;
        ssize_t n = base_msg_recv(monitor, &m, sizeof m, NULL, NULL, 0);

        if (n <= 0) {
                printf("broker-gone\n");
                _exit(0);
        }
        if (m.type == POLICY_MSG_START && (size_t)n >= sizeof m.start)
                take_start(&m.start, m.bytes + sizeof m.start, (size_t)n - sizeof m.start);
        else if (m.type == POLICY_MSG_VERIFY && n == sizeof m.verify && !mute) {
                PolicyMsgVerify answer = { .type = POLICY_MSG_VERIFY, .ok = 1, .count = next_receipt - 1, .text = "The chain is whole." };
                memset(answer.head, 'e', 64);
                base_msg_send(monitor, &answer, sizeof answer, NULL, 0);
        }
}

static void on_builder(Fake *fake) {
        union {
                uint32_t type;
                PolicyMsgStop stop;
                PolicyMsgShow show;
        } m;
        int fds[BASE_MSG_MAX_FDS];
        size_t n_fds = 0;
        ssize_t n = base_msg_recv(fake->sock, &m, sizeof m, fds, &n_fds, 0);

        if (n <= 0) {
                printf("closed %llu\n", (unsigned long long)fake->zone);
                ended(fake, POLICY_REASON_BROKER_GONE, 0);
        } else if (m.type == POLICY_MSG_STOP && n == sizeof m.stop) {
                printf("stop %llu %u\n", (unsigned long long)fake->zone, m.stop.reason);
                end_zone(fake, m.stop.reason, 0, "");
        } else if (m.type == POLICY_MSG_SHOW && n == sizeof m.show)
                printf("show %llu %s\n", (unsigned long long)fake->zone, m.show.address);
}

static Fake *find(unsigned long long zone) {
        for (size_t i = 0; i < MAX_FAKES; i++)
                if (fakes[i].zone == zone && zone != 0)
                        return &fakes[i];
        return NULL;
}

static void on_order(char *line) {
        unsigned long long zone = 0;
        unsigned status = 0;
        char word[16] = "";

        if (sscanf(line, "next %15s", word) == 1)
                memcpy(next, word, sizeof next);
        else if (sscanf(line, "go %llu", &zone) == 1 && find(zone))
                say(find(zone), POLICY_STATE_RUNNING, 0, 0, "");
        else if (sscanf(line, "exit %llu %u", &zone, &status) == 2 && find(zone))
                end_zone(find(zone), POLICY_REASON_EXIT, status, "");
        else if (sscanf(line, "die %llu", &zone) == 1 && find(zone))
                ended(find(zone), POLICY_REASON_BUILDER_DIED, 0);
        else if (strncmp(line, "mute", 4) == 0)
                mute = 1;
        else if (strncmp(line, "table ", 6) == 0) {
                make_table(line[6] == 'o' ? POLICY_AUTH_OWNER : POLICY_AUTH_POLKIT);
                send_table();
        } else if (strncmp(line, "problem ", 8) == 0) {
                PolicyMsgTable m = { .type = POLICY_MSG_TABLE, .problems = 1 };
                snprintf(m.text, sizeof m.text, "%.200s", line + 8);
                base_msg_send(monitor, &m, sizeof m, NULL, 0);
        } else if (strncmp(line, "garbage", 7) == 0)
                base_msg_send(monitor, "garbage", 7, NULL, 0);
        else if (strncmp(line, "bye", 3) == 0)
                base_fd_done(&monitor);
        else {
                fprintf(stderr, "fake-monitor: cannot: %s\n", line);
                _exit(1);
        }
        printf("ok\n");
}

static void spawn(const char *path, const char *uid, pid_t *pid, int *pidfd) {
        const char *bus = getenv("DBUS_SYSTEM_BUS_ADDRESS");
        char env[512];
        char *argv[] = { (char *)(uintptr_t)path, NULL }, *envp[] = { env, NULL };
        int pair[2], log = open(receipts_path, O_RDONLY | O_CLOEXEC);

        snprintf(env, sizeof env, "DBUS_SYSTEM_BUS_ADDRESS=%s", bus ? bus : "");
        if (base_msg_pair(pair) < 0 || log < 0)
                fail("broker's descriptors");
        int fds[] = { -1, -1, 2, pair[1], log };
        BaseSpawn spawn = { .path = path, .argv = argv, .envp = envp, .fds = fds, .n_fds = 5, .cgroup = -1, .uid = (uid_t)strtoul(uid, NULL, 10) };
        if (base_spawn(&spawn, pid, pidfd) < 0)
                fail(path);
        close(pair[1]);
        close(log);
        monitor = pair[0];
}

/* fake-monitor BROKER UID RECEIPTS owner|polkit|none [starts per minute] */
int main(int argc, char **argv) {
        struct pollfd polls[MAX_FAKES + 3];
        pid_t pid;
        int pidfd;

        if (argc < 5)
                return 2;
        setvbuf(stdout, NULL, _IOLBF, 0);
        users_max = argc > 5 ? argv[5] : NULL;
        snprintf(receipts_path, sizeof receipts_path, "%s", argv[3]);
        receipts = open(argv[3], O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
        spawn(argv[1], argv[2], &pid, &pidfd);
        printf("broker %d\n", (int)pid);
        make_table(argv[4][0] == 'o' ? POLICY_AUTH_OWNER : POLICY_AUTH_POLKIT);
        if (argv[4][0] != 'n')
                send_table();
        for (;;) {
                size_t n = 3;
                polls[0] = (struct pollfd){ 0, POLLIN, 0 };
                polls[1] = (struct pollfd){ monitor, POLLIN, 0 };
                polls[2] = (struct pollfd){ pidfd, POLLIN, 0 };
                for (size_t i = 0; i < MAX_FAKES; i++)
                        polls[n++] = (struct pollfd){ fakes[i].zone ? fakes[i].sock : -1, POLLIN, 0 };
                if (poll(polls, n, -1) < 0)
                        fail("poll");
                if (polls[0].revents) {
                        char line[512];
                        ssize_t got = 0;
                        while (got < (ssize_t)sizeof line - 1 && read(0, line + got, 1) == 1 && line[got] != '\n')
                                got++;
                        if (got == 0)
                                return 0;
                        line[got] = '\0';
                        on_order(line);
                        continue;
                }
                if (polls[2].revents) {
                        printf("broker-gone\n");
                        return 0;
                }
                if (polls[1].revents)
                        on_broker();
                for (size_t i = 0; i < MAX_FAKES; i++)
                        if (polls[i + 3].revents && fakes[i].zone && fakes[i].sock == polls[i + 3].fd)
                                on_builder(&fakes[i]);
        }
}
