/* look: has files looked into and decided upon, the way the product does it; says in one line each what came of it.
 * Runs as: anyone (pure).  Input: the command line of a test.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * look BINARY UID FILE...   each in a sandboxd-vet of its own (needs root)
 * look - - FILE...          by the library in this process, for sanitizers
 * Lines: FILE, outcome, rule, type, worst, findings, doubt, milliseconds; separated by tabs. */
#include "base/base-fd.h"
#include "base/base-spawn.h"
#include "policy/policy-import.h"
#include "sandboxd/vet/vet.h"
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define WALL_MS 40000

static int copy_and_seal(const char *path, uint64_t *ret_size) {
        static uint8_t room[1 << 20];
        BASE_FD from = open(path, O_RDONLY | O_CLOEXEC), to = memfd_create("import", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        ssize_t n;

        if (from < 0 || to < 0)
                err(1, "%s", path);
        for (*ret_size = 0; (n = read(from, room, sizeof room)) > 0; *ret_size += (uint64_t)n)
                if (base_fd_write_all(to, room, (size_t)n) < 0)
                        err(1, "copy");
        if (n < 0 || fcntl(to, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
                err(1, "%s", path);
        return base_fd_steal(&to);
}

/* True when one whole record came and the process ended well; everything else is no verdict. */
static bool look_outside(const char *binary, uid_t uid, int file, PolicyVerdict *ret) {
        int result[2], status, pidfd = -1;
        char *const args[] = { (char *)(uintptr_t)binary, NULL }, *const env[] = { NULL };
        pid_t pid;

        if (pipe2(result, O_CLOEXEC) < 0)
                err(1, "pipe");
        int fds[] = { -1, -1, 2, file, result[1] };
        BaseSpawn spawn = { .path = binary, .argv = args, .envp = env, .fds = fds, .n_fds = 5, .cgroup = -1, .uid = uid,
                            .namespaces = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWCGROUP | CLONE_NEWNS };
        int r = base_spawn(&spawn, &pid, &pidfd);
        if (r < 0)
                errx(1, "%s: %s", binary, strerror(-r));
        close(result[1]);
        struct pollfd p = { .fd = pidfd, .events = POLLIN };
        if (poll(&p, 1, WALL_MS) != 1)
                (void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
        if (waitpid(pid, &status, 0) != pid)
                err(1, "wait");
        bool whole = base_fd_read_exact(result[0], ret, sizeof *ret) == 0 && status == 0;
        if (WIFSIGNALED(status))
                warnx("ended by signal %d", WTERMSIG(status));
        close(result[0]);
        close(pidfd);
        return whole;
}

static bool look_here(int file, uint64_t size, PolicyVerdict *ret) {
        static Vet vet;
        const uint8_t *p = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0) : NULL;
        uint8_t *exact = size && size < 64u << 20 ? malloc(size) : NULL; /* so that a checker sees a read past the end */

        if (exact)
                memcpy(exact, p, size);
        vet_file(&vet, (VetBytes){ exact ? exact : p, size });
        free(exact);
        if (size)
                munmap((void *)(uintptr_t)p, size);
        *ret = vet.v;
        return true;
}

static void say(const char *path, const PolicyImportDecision *d, const PolicyVerdict *v, double ms) {
        printf("%s\t%s\t%s\t%s\t%s\t", path, policy_import_outcome_name(d->outcome), policy_import_rule_name(d->rule), policy_type_name(v->type),
               policy_type_name(v->worst));
        for (unsigned i = 0; i < POLICY_FINDINGS; i++)
                if (v->findings & (1u << i))
                        printf("%s,", policy_finding_name(i));
        printf("\t%s\t%.1f\n", policy_doubt_name(v->doubt), ms);
}

int main(int argc, char **argv) {
        if (argc < 4)
                errx(2, "usage: look BINARY UID FILE...   or: look - - FILE...");
        for (int i = 3; i < argc; i++) {
                const char *name = strrchr(argv[i], '/');
                struct timespec a, b;
                PolicyImportDecision d;
                PolicyVerdict v = { 0 };
                uint64_t size;
                BASE_FD file = copy_and_seal(argv[i], &size);
                clock_gettime(CLOCK_MONOTONIC, &a);
                bool got = argv[1][0] == '-' ? look_here(file, size, &v) : look_outside(argv[1], (uid_t)strtoul(argv[2], NULL, 10), file, &v);
                clock_gettime(CLOCK_MONOTONIC, &b);
                name = name ? name + 1 : argv[i];
                policy_import_decide(name, strlen(name), size, got ? &v : NULL, &d);
                say(argv[i], &d, &v, (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6);
        }
        return 0;
}
