/* policy-limits: every limit on what others can make us hold, in one place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#define POLICY_TABLE_MAX (8u << 20)      /* bytes of an encoded table */
#define POLICY_PLAN_MAX (96u << 10)      /* bytes of an encoded plan: one message */
#define POLICY_MAX_KINDS 32
#define POLICY_MAX_PROGRAMS 64           /* programs a kind may start */
#define POLICY_MAX_ARGS 64               /* fixed arguments of a kind, or arguments of one run */
#define POLICY_MAX_ARG 2048              /* bytes of one argument */
#define POLICY_MAX_RUN_BYTES (64u << 10) /* bytes of all arguments of one run */
#define POLICY_MAX_ENV 32
#define POLICY_MAX_SUBTREES 64
#define POLICY_MAX_EXECS 96
#define POLICY_MAX_FILES 64
#define POLICY_MAX_FILE (512u << 10)     /* bytes of one generated file */
#define POLICY_MAX_DIRS 32
#define POLICY_MAX_SITES 100000          /* patterns of a kind */
#define POLICY_MAX_SITE 2048             /* bytes of one */
#define POLICY_MAX_NAMES 1024            /* name rules of one list of a kind */
#define POLICY_MAX_PORTS 16
#define POLICY_MAX_RESOLVERS 4
#define POLICY_MAX_PATH 255
#define POLICY_MAX_NAME 31               /* zone kinds and programs: [a-z][a-z0-9-]* */
#define POLICY_MAX_TITLE 96              /* bytes of UTF-8 */
#define POLICY_MAX_ADDRESS 2048          /* bytes of an address to open */
#define POLICY_MAX_LAYOUT 31             /* keyboard layout and variant */
#define POLICY_MAX_TIMEZONE 63           /* bytes of a time zone's name */
#define POLICY_MAX_ZONES 240             /* zones of all users at once */
#define POLICY_MAX_TRUST (32u << 10)      /* bytes of what is signed: trust file, */
#define POLICY_MAX_POINTER (8u << 10)     /* pointer, */
#define POLICY_MAX_BUNDLE (4u << 20)      /* bundle (compressed) */
#define POLICY_MAX_UNPACKED (16u << 20)   /* bytes of all files of a bundle */
#define POLICY_MAX_BUNDLE_FILES 240
#define POLICY_MAX_CHANNEL 31             /* [a-z0-9][a-z0-9._-]* */
#define POLICY_MAX_CHANNELS 8             /* that a bundle may be for */
#define POLICY_MAX_KEYS 48                /* in a trust file */
#define POLICY_MAX_REVOKED 64
#define POLICY_MAX_SIGNERS 8              /* that a pointer names */
#define POLICY_MAX_CONDITIONS 16          /* lines that are for a later version */

/* What is looked into when a file comes home. Anything beyond is a refusal, never a guess. */
#define POLICY_VET_MAX_FILE (256u << 20)      /* bytes that one look takes; larger files wait for somebody who may say yes */
#define POLICY_VET_MAX_UNPACKED (512u << 20)  /* bytes that come out of one file, all levels together */
#define POLICY_VET_MAX_MEMBER (128u << 20)    /* bytes of one member */
#define POLICY_VET_MAX_ENTRIES 5000
#define POLICY_VET_MAX_DEPTH 3                /* packed things inside packed things */
#define POLICY_VET_MAX_RATIO 200              /* unpacked to packed, above POLICY_VET_RATIO_FREE bytes */
#define POLICY_VET_RATIO_FREE (10u << 20)
#define POLICY_VET_MAX_PIXELS (100u << 20)
#define POLICY_VET_MAX_SIDE 30000
#define POLICY_VET_MAX_PAGES 5000
#define POLICY_VET_CPU_S 20                   /* seconds of one look */
#define POLICY_IMPORT_HOLD (100u << 20)       /* bytes above which policy holds a file */
#define POLICY_IMPORT_MAX_NAME 255            /* bytes of a delivered name */
