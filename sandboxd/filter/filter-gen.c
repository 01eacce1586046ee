/* filter-gen: makes a system-call filter from a list when the product is built.
 * Runs as: anyone (pure), at build time only.  Input: NAME.list.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines: default kill|eperm|enosys; allow NAME [TEST...]; errno NUMBER NAME; notify NAME.
 * A test: eq INDEX VALUE, masked INDEX MASK VALUE, lt INDEX VALUE, gt INDEX VALUE. # starts a comment.
 * With "default enosys" a system call that libseccomp knows and the list does not allow gets EPERM, and only
 * calls newer than libseccomp are ENOSYS (programs fall back on ENOSYS, and must not on a refusal). A foreign architecture,
 * and x32, kills the process. Names that this architecture does not have are left out. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_CALLS 1024
static scmp_filter_ctx ctx;
static const char *default_word = "eperm";
static uint32_t default_act;

static void __attribute__((noreturn)) die(const char *file, int line, const char *what) {
        fprintf(stderr, "%s:%d: %s\n", file, line, what);
        exit(1);
}

static int parse_test(char **save, struct scmp_arg_cmp *ret) {
        char *op = strtok_r(NULL, " \t\n", save), *index, *a, *b;
        if (!op)
                return 0;
        index = strtok_r(NULL, " \t\n", save);
        a = strtok_r(NULL, " \t\n", save);
        b = strcmp(op, "masked") == 0 ? strtok_r(NULL, " \t\n", save) : a;
        if (!index || !a || !b)
                return -1;
        ret->arg = (unsigned)strtoul(index, NULL, 0);
        ret->datum_a = strtoull(a, NULL, 0);
        ret->datum_b = strtoull(b, NULL, 0);
        if (strcmp(op, "eq") == 0)
                ret->op = SCMP_CMP_EQ;
        else if (strcmp(op, "masked") == 0)
                ret->op = SCMP_CMP_MASKED_EQ;
        else if (strcmp(op, "lt") == 0)
                ret->op = SCMP_CMP_LT;
        else if (strcmp(op, "gt") == 0)
                ret->op = SCMP_CMP_GT;
        else
                return -1;
        return 1;
}

static void add_rule(const char *file, int line, uint32_t action, const char *name, char **save) {
        struct scmp_arg_cmp tests[6];
        unsigned n = 0;
        int call = seccomp_syscall_resolve_name(name), r;

        if (call == __NR_SCMP_ERROR)
                die(file, line, "no such system call");
        while (n < 6 && (r = parse_test(save, &tests[n])) != 0) {
                if (r < 0)
                        die(file, line, "bad argument test");
                n++;
        }
        if (call < 0) /* not on this architecture */
                return;
        if (action == default_act && n == 0) /* libseccomp refuses a rule that says what the default says */
                return;
        r = seccomp_rule_add_array(ctx, action, call, n, tests);
        if (r < 0)
                die(file, line, strerror(-r));
}

static void read_list(const char *file) {
        char text[512];
        FILE *in = fopen(file, "re");

        if (!in)
                die(file, 0, "cannot open");
        for (int line = 1; fgets(text, sizeof text, in); line++) {
                char *save = NULL, *word, *name;
                text[strcspn(text, "#")] = '\0';
                word = strtok_r(text, " \t\n", &save);
                if (!word)
                        continue;
                name = strtok_r(NULL, " \t\n", &save);
                if (!name)
                        die(file, line, "a word is missing");
                if (strcmp(word, "default") == 0)
                        continue;
                if (strcmp(word, "allow") == 0)
                        add_rule(file, line, SCMP_ACT_ALLOW, name, &save);
                else if (strcmp(word, "notify") == 0)
                        add_rule(file, line, SCMP_ACT_NOTIFY, name, &save);
                else if (strcmp(word, "errno") == 0) {
                        uint32_t number = (uint32_t)strtoul(name, NULL, 0);
                        name = strtok_r(NULL, " \t\n", &save);
                        if (!name)
                                die(file, line, "a name is missing");
                        add_rule(file, line, SCMP_ACT_ERRNO(number), name, &save);
                } else
                        die(file, line, "allow, errno, notify or default expected");
        }
        fclose(in);
}

static uint32_t default_action(const char *file) {
        char text[512], word[16];
        FILE *in = fopen(file, "re");

        if (!in)
                die(file, 0, "cannot open");
        while (fgets(text, sizeof text, in))
                if (sscanf(text, "default %15s", word) == 1)
                        default_word = strdup(word);
        fclose(in);
        if (strcmp(default_word, "kill") == 0)
                return SCMP_ACT_KILL_PROCESS;
        if (strcmp(default_word, "enosys") == 0 || strcmp(default_word, "eperm") == 0)
                return SCMP_ACT_ERRNO(EPERM);
        die(file, 0, "default must be kill, eperm or enosys");
}

/* The newest call that libseccomp knows here: what lies beyond is answered ENOSYS before the list is asked. */
static uint32_t newest_call(void) {
        uint32_t newest = 0;

        for (int call = 0; call < MAX_CALLS; call++) {
                char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call);
                if (name)
                        newest = (uint32_t)call;
                free(name);
        }
        return newest;
}

/* A foreign architecture and x32 (bit 30) go on to the list, which kills. Returns how many instructions. */
static size_t put_enosys(struct sock_filter *insn) {
        const struct sock_filter head[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, seccomp_arch_native(), 0, 4),
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 2, 0),
                BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, newest_call(), 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        };
        memcpy(insn, head, sizeof head);
        return sizeof head / sizeof *head;
}

static void write_header(const char *name, const char *file) {
        struct sock_filter insn[4096];
        FILE *tmp = tmpfile(), *out;
        size_t n;

        if (!tmp || seccomp_export_bpf(ctx, fileno(tmp)) < 0)
                die(name, 0, "cannot export");
        rewind(tmp);
        n = strcmp(default_word, "enosys") == 0 ? put_enosys(insn) : 0;
        n += fread(insn + n, sizeof *insn, 4096 - n, tmp);
        out = fopen(file, "we");
        if (!out || n < 8 || n >= 4096)
                die(file, 0, "cannot write");
        fprintf(out, "/* Made by filter-gen from %s.list. */\n#pragma once\n#include <linux/filter.h>\n"
                     "static const struct sock_filter %s_filter[] = {\n", name, name);
        for (size_t i = 0; i < n; i++)
                fprintf(out, "        { 0x%02x, %u, %u, 0x%08x },\n", insn[i].code, insn[i].jt, insn[i].jf, insn[i].k);
        fprintf(out, "};\n");
        if (fclose(out) != 0)
                die(file, 0, "cannot write");
        fclose(tmp);
}

int main(int argc, char **argv) {
        if (argc != 4) {
                fprintf(stderr, "usage: filter-gen NAME LIST HEADER\n");
                return 2;
        }
        default_act = default_action(argv[2]);
        ctx = seccomp_init(default_act);
        if (!ctx || seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) < 0 ||
            seccomp_attr_set(ctx, SCMP_FLTATR_CTL_NNP, 0) < 0 || seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) < 0)
                die(argv[2], 0, "cannot start");
        read_list(argv[2]);
        write_header(argv[1], argv[3]);
        seccomp_release(ctx);
        return 0;
}
