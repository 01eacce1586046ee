/* policy-message: the fixed records our processes send each other over SOCK_SEQPACKET pairs.
 * Sender and length of each are checked by the receiver; text fields are NUL-padded.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdint.h>

typedef enum PolicyMessageType {
        /* broker -> monitor */
        POLICY_MSG_START = 1,   /* PolicyMsgStart, then the plan's bytes; no descriptor: closing one can block, and the monitor must not */
        POLICY_MSG_VERIFY,      /* PolicyMsgVerify, answered by the same type */
        /* monitor -> broker */
        POLICY_MSG_TABLE = 16,  /* PolicyMsgTable + [table memfd, deny list memfd]: at start, and after every reload */
        POLICY_MSG_STARTED,     /* PolicyMsgStarted + [socket to the builder that has the plan]; refusals come here too, without */
        POLICY_MSG_ENDED,       /* PolicyMsgEnded: receipt written */
        /* broker -> builder */
        POLICY_MSG_STOP = 32,   /* PolicyMsgStop */
        POLICY_MSG_SHOW,        /* PolicyMsgShow: another address for the running application */
        POLICY_MSG_DESCRIPTORS, /* PolicyMsgDescriptors + [pipes, display]: first, and once, in every build */
        /* builder -> broker */
        POLICY_MSG_STATE = 48,  /* PolicyMsgState */
        POLICY_MSG_EVENTS,      /* PolicyMsgEvents + [socket of the gateway's PolicyNetEvents]: once, when the gateway is started */
        /* monitor -> builder (then builder -> monitor: one PolicyReceipt, type END) */
        POLICY_MSG_BUILD = 64,  /* PolicyMsgBuild + [plan (sealed), the builder's end of the broker's socket] */
        POLICY_MSG_RENEW,       /* PolicyMsgRenew + [table, deny list where it has one]: a newer policy, for the zone's gateway; builder -> gateway: with
                                   [rules, deny list] in their place */
} PolicyMessageType;

typedef enum PolicyReason { /* why a zone ended, or did not start */
        POLICY_REASON_NONE = 0,
        POLICY_REASON_EXIT,          /* the application ended; detail = exit status as of wait(2) */
        POLICY_REASON_STOP,          /* the user or root asked; detail = POLICY_STOP_WINDOW: by closing the zone's window */
        POLICY_REASON_RESTART,
        POLICY_REASON_TRIPWIRE,      /* detail = system call number */
        POLICY_REASON_MEMORY,        /* the memory limit killed a process of the zone */
        POLICY_REASON_AGE,
        POLICY_REASON_LOGOUT,
        POLICY_REASON_CALLER_GONE,   /* `hanare run` left the bus, or whoever asked before the start was done */
        POLICY_REASON_BROKER_GONE,
        POLICY_REASON_MONITOR_GONE,  /* found at the next start */
        POLICY_REASON_BUILDER_DIED,
        POLICY_REASON_HELPER_DIED,   /* gateway or compositor; detail = which */
        POLICY_REASON_WALL_FAILED,   /* self-test; detail = index of the wall */
        POLICY_REASON_REFUSED,       /* the plan broke a rule */
        POLICY_REASON_BUILD_FAILED,  /* detail = errno; step says where */
        POLICY_REASON_SANDBOX_LOST,  /* a renderer without the browser's own sandbox (law 9) */
        POLICY_REASON_LIMIT,         /* too many zones, or too many starts */
        POLICY_REASONS,
} PolicyReason;
#define POLICY_STOP_WINDOW 1

typedef enum PolicyNotice { /* detail of a second RUNNING: what became of a zone that lives on */
        POLICY_NOTICE_NONE = 0,
        POLICY_NOTICE_STORAGE_FULL,
        POLICY_NOTICES,
} PolicyNotice;

typedef enum PolicyState { POLICY_STATE_BUILDING = 0, POLICY_STATE_RUNNING, POLICY_STATE_KILLED, POLICY_STATE_GONE } PolicyState;

typedef struct PolicyMsgStart {
        uint32_t type, tag;          /* tag: the broker's own number, returned in STARTED */
        uint32_t replaces;           /* 1 = a restart: one zone more than the limit, because the old one is still going */
        uint32_t pad;
} PolicyMsgStart;
typedef struct PolicyMsgBuild {
        uint32_t type, slot;         /* slot: which uids, cgroup and host name are the zone's */
        uint64_t zone;
        uint8_t table_hash[32];      /* of the table the builder already holds */
} PolicyMsgBuild;
typedef struct PolicyMsgRenew {
        uint32_t type, pad;
} PolicyMsgRenew;
typedef struct PolicyMsgStarted {
        uint32_t type, tag;
        uint64_t zone;               /* number of the zone: unique for ever; 0 = refused */
        uint32_t reason;             /* PolicyReason when refused */
        int32_t error;               /* negative errno when refused */
        char text[160];              /* the rule, in English, when refused */
} PolicyMsgStarted;
typedef struct PolicyMsgTable {
        uint32_t type, pad;
        uint8_t hash[32];
        uint32_t substitutes;        /* in force on this machine */
        uint32_t problems;           /* files that the compiler refused (the old table stays) */
        char text[256];              /* the first problem */
} PolicyMsgTable;
typedef struct PolicyMsgEnded {
        uint32_t type, pad;
        uint64_t zone, receipt;
} PolicyMsgEnded;
typedef struct PolicyMsgVerify {
        uint32_t type, ok;
        uint64_t count;              /* records */
        uint64_t bad;                /* number of the first bad record */
        char head[65];               /* hex */
        char text[159];
} PolicyMsgVerify;
typedef struct PolicyMsgDescriptors {
        uint32_t type, n;            /* n: how many come along */
} PolicyMsgDescriptors;
typedef struct PolicyMsgStop {
        uint32_t type, reason;
} PolicyMsgStop;
typedef struct PolicyMsgShow {
        uint32_t type, n;
        char address[2049];
        char pad[3];
} PolicyMsgShow;
typedef struct PolicyMsgState {
        uint32_t type, state;        /* PolicyState */
        uint32_t reason, detail;     /* when it ends; detail also of a notice (PolicyNotice) */
        int32_t error;
        uint32_t exit_status;        /* wait(2) form, for EXIT */
        uint32_t substitutes;        /* in force */
        uint32_t walls;              /* bits (1 << PolicyWall) of the walls that the self-test saw standing */
        char text[160];              /* which step or wall, in English */
} PolicyMsgState;

typedef struct PolicyMsgEvents {
        uint32_t type, pad;
} PolicyMsgEvents;

typedef enum PolicyReceiptType { POLICY_RECEIPT_BEGIN = 1, POLICY_RECEIPT_END = 2 } PolicyReceiptType;

/* One record of the receipt log: 512 bytes, little-endian, appended by the monitor alone. mac = HMAC-SHA-256 under the
 * log's key over everything before it; prev = mac of the record before, so the records are a chain. */
typedef struct PolicyReceipt {
        uint32_t magic, version;     /* "HNR1", 1 */
        uint64_t number;             /* 1, 2, 3, ... */
        uint32_t type, pad;
        uint64_t zone;               /* number of the BEGIN record */
        uint32_t owner, reason;
        uint32_t detail, exit_status;
        uint64_t began_ns, ended_ns; /* CLOCK_REALTIME */
        uint64_t lived_ns;           /* CLOCK_MONOTONIC, ends well when the wall clock jumps */
        uint64_t processes;          /* alive when the end began */
        uint64_t scratch_bytes, scratch_files; /* written by the zone, in use when it ended */
        uint64_t peak_bytes;         /* memory, 0 = unknown */
        uint32_t substitutes, proofs;/* PolicyProof bits that held */
        char kind[32];
        uint8_t plan_hash[32], table_hash[32], package_hash[32];
        uint8_t spare[208];
        uint8_t prev[32], mac[32];
} PolicyReceipt;
_Static_assert(sizeof(PolicyReceipt) == 512, "the receipt log has records of 512 bytes");

/* monitor -> compile: one for each input file, with its descriptor; INPUT_END without one. */
typedef enum PolicyInput {
        POLICY_INPUT_END = 0,
        POLICY_INPUT_SETTINGS,   /* /etc/hanare/hanare.jsonc; may be absent */
        POLICY_INPUT_KIND,       /* kinds.d; a later one of the same file name replaces an earlier one */
        POLICY_INPUT_AUTHORITY,  /* one PEM file of the site */
        POLICY_INPUT_HOST_CA,    /* /etc/ssl/certs/ca-certificates.crt, for programs that read it */
        POLICY_INPUT_SUBUID,     /* /etc/subuid and /etc/subgid: ranges that ours must not touch */
        POLICY_INPUT_DENYLIST,   /* /etc/hanare/denylists.d: a list as it is published; read piece by piece, of any length */
        POLICY_INPUTS,
} PolicyInput;
#define POLICY_INPUT_MAX (2u << 20) /* bytes of one input */
#define POLICY_INPUT_COUNT_MAX 256
typedef struct PolicyMsgInput {
        uint32_t input, site;    /* site: 1 = from /etc, 0 = from /usr */
        char name[120];          /* the file's name, for messages */
} PolicyMsgInput;
/* compile -> monitor: the one answer, with the table (a memfd with all four seals) when ok, and behind it the deny list where the site has one. */
typedef struct PolicyMsgCompiled {
        uint32_t ok, pad;
        char text[504];          /* else the first problem: file:line:column: key: what, and what was expected */
} PolicyMsgCompiled;

/* builder -> gateway, in a sealed memfd: this head, then the kind's name rules (policy_names_write). */
#define POLICY_GATEWAY_RULES_VERSION 2
#define POLICY_GATEWAY_RULES_MAX (1u << 20)
typedef struct PolicyGatewayRules {
        uint32_t version, flags; /* 2; POLICY_KIND_HTTP, STRICT, ALLOW_LIST */
        uint32_t n_ports, n_resolvers;
        uint16_t ports[16];
        char resolvers[4][64];   /* numeric addresses; none = read resolv.conf from descriptor 5 */
        uint32_t denylist, pad;  /* 1 = descriptor 7 holds one: without it the gateway does not start */
} PolicyGatewayRules;

/* gateway -> broker, on a socket of its own that the builder hands over: which zone speaks is which socket it came from. A connection
 * that was let through has two records of one number: when it is open, and when it has ended. */
#define POLICY_NET_VERSION 1
typedef enum PolicyNetVerdict { POLICY_NET_OPEN = 1, POLICY_NET_ENDED, POLICY_NET_REFUSED, POLICY_NET_FAILED, POLICY_NET_VERDICTS } PolicyNetVerdict;
enum { /* PolicyNetEvent.flags */
        POLICY_NET_PLAIN = 1u << 0, /* plain http */
        POLICY_NET_SOCKS = 1u << 1,
        POLICY_NET_TLS = 1u << 2,   /* a ClientHello was read */
        POLICY_NET_ECH = 1u << 3,   /* it had an encrypted one inside, or what looks like one */
        POLICY_NET_FLAGS_ALL = (1u << 4) - 1,
};
typedef struct PolicyNetEvent {
        uint32_t version, verdict;
        uint64_t number;            /* of the connection, in its zone */
        uint64_t up, down;          /* bytes */
        uint32_t ms;                /* since its first byte */
        uint32_t left_out;          /* events before this one that were not sent, because there were too many */
        uint32_t flags;
        uint16_t port;
        uint8_t family, pad;        /* 4, 6; 0 = no address was dialled */
        uint8_t address[16];
        char name[256];             /* what was asked for: a canonical name or an address; "" = unknown */
        char server_name[256];      /* of the ClientHello */
        char rule[320];             /* why, in English; "" where it was let through without a rule */
} PolicyNetEvent;

enum { /* PolicyReceipt.proofs */
        POLICY_PROOF_INIT_GONE = 1u << 0,      /* pid 1 of the zone reaped: the kernel killed its whole pid namespace */
        POLICY_PROOF_CGROUP_EMPTY = 1u << 1,   /* cgroup.events: populated 0 */
        POLICY_PROOF_HELPERS_GONE = 1u << 2,   /* gateway and compositor reaped */
        POLICY_PROOF_SHMEM_ZERO = 1u << 3,     /* no shared memory charged to the zone's cgroup */
        POLICY_PROOF_NAMESPACES_GONE = 1u << 4,/* no process of the host is in one of its namespaces */
        POLICY_PROOF_CGROUP_REMOVED = 1u << 5,
        POLICY_PROOFS_ALL = (1u << 6) - 1,
};
