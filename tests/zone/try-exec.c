/* try-exec: runs code that did not come with the zone: memfds, writable mounts, mappings, the loader.
 * Runs as: zone.  Input: the act's name.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is started is a copy of this program with --went-through, which exits with 77. */
#include "try.h"
#include <dirent.h>
#include <elf.h>
#include <sys/mman.h>
#include <sys/statvfs.h>

#define ACT(name) static void name(char **args __attribute__((unused)))
#define LOADER "/lib64/ld-linux-x86-64.so.2"
extern char **environ;

/* Starts path (or the descriptor) in a child. Every success of exec is an escape, whatever the program then did. */
static void start(const char *path, char **argv, int at_fd, const char *what) {
        int report[2], error = 0;
        if (pipe2(report, O_CLOEXEC) < 0) {
                try_broken("pipe: %s", strerror(errno));
                return;
        }
        pid_t pid = fork();
        if (pid == 0) {
                int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
                if (null >= 0) {
                        dup2(null, 1);
                        dup2(null, 2);
                }
                if (at_fd >= 0)
                        syscall(__NR_execveat, at_fd, "", argv, environ, AT_EMPTY_PATH);
                else
                        execve(path, argv, environ);
                error = errno;
                _exit(write(report[1], &error, sizeof error) == sizeof error ? 0 : 1);
        }
        close(report[1]);
        ssize_t n = pid < 0 ? -1 : read(report[0], &error, sizeof error);
        close(report[0]);
        int status = pid < 0 ? -1 : try_wait(pid);
        if (pid < 0)
                try_broken("fork: %s", strerror(errno));
        else if (n == sizeof error)
                try_refused(error, what);
        else
                try_escaped("%s ran (status %d)", what, status);
}
#define WENT(path) ((char *[]){ (char *)(unsigned long)(path), (char *)(unsigned long)"--went-through", NULL })

static void memfd(unsigned flags, const char *what) {
        char path[64], buf[65536];
        int fd = (int)syscall(__NR_memfd_create, "evil", flags), in;
        ssize_t n;
        if (fd < 0 && errno == EINVAL && flags != 0) /* before 6.3 there is one kind of memfd */
                fd = (int)syscall(__NR_memfd_create, "evil", 0u);
        if (fd < 0) {
                try_refused(errno, what);
                return;
        }
        in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
        while ((n = read(in, buf, sizeof buf)) > 0)
                if (write(fd, buf, (size_t)n) != n)
                        break;
        close(in);
        fchmod(fd, 0755);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        int again = open(path, O_RDONLY); /* a writer makes it "text file busy" */
        if (again >= 0) {
                close(fd);
                fd = again;
                snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        }
        start(path, WENT("memfd"), -1, what);
        close(fd);
}
ACT(memfd_plain) { memfd(0, "memfd"); }
ACT(memfd_exec) { memfd(0x10, "memfd MFD_EXEC"); }
ACT(memfd_sealed) { memfd(0x8, "memfd MFD_NOEXEC_SEAL"); }
ACT(memfd_execveat) {
        int fd = (int)syscall(__NR_memfd_create, "evil", 0x8u);
        if (fd < 0)
                fd = (int)syscall(__NR_memfd_create, "evil", 0u);
        if (fd < 0) {
                try_refused(errno, "memfd_create");
                return;
        }
        start(NULL, WENT("memfd"), fd, "execveat of a memfd");
}
static void from(const char *dir) {
        char path[200];
        snprintf(path, sizeof path, "%s/evil", dir);
        if (try_copy_self(path) == 0)
                start(path, WENT(path), -1, path);
}
ACT(exec_home) { from("/home/zone"); }
ACT(exec_tmp) { from("/tmp"); }
ACT(exec_run) { from("/run/zone"); }
ACT(exec_shm) { from("/dev/shm"); }
ACT(exec_script) {
        int fd = open("/tmp/script", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
        if (fd < 0 || write(fd, "#!/tmp/script\n", 14) != 14) {
                try_broken("/tmp/script: %s", strerror(errno));
                return;
        }
        close(fd);
        start("/tmp/script", WENT("/tmp/script"), -1, "script");
}
/* Through the descriptor of a file, and through a symlink and a hard link of an allowed name. */
ACT(exec_tricks) {
        char path[64];
        if (try_copy_self("/home/zone/evil2") < 0)
                return;
        int fd = open("/home/zone/evil2", O_RDONLY | O_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        start(path, WENT(path), -1, "descriptor of a file");
        start(NULL, WENT("evil"), fd, "execveat");
        if (symlink("/home/zone/evil2", "/tmp/link") == 0)
                start("/tmp/link", WENT("/tmp/link"), -1, "symlink");
        try_call("hard link to the program", link("/proc/self/exe", "/home/zone/linked"));
}
static int file_with_code(const char *path) {
        static const unsigned char code[4096] = { 0xc3 }; /* ret */
        int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
        if (fd >= 0 && write(fd, code, sizeof code) == sizeof code)
                return fd;
        try_broken("%s: %s", path, strerror(errno));
        return -1;
}
ACT(mmap_exec) {
        for (const char *const *p = (const char *const[]){ "/tmp/code", "/home/zone/code", "/dev/shm/code", "/run/zone/code", NULL }; *p; p++) {
                int fd = file_with_code(*p);
                if (fd < 0)
                        continue;
                void *m = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
                try_call(*p, m == MAP_FAILED ? -1 : 0);
                close(fd);
        }
}
ACT(mprotect_exec) {
        for (const char *const *p = (const char *const[]){ "/tmp/code", "/home/zone/code", "/dev/shm/code", NULL }; *p; p++) {
                int fd = file_with_code(*p);
                if (fd < 0)
                        continue;
                void *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
                if (m == MAP_FAILED)
                        try_broken("mmap: %s", strerror(errno));
                else
                        try_call(*p, mprotect(m, 4096, PROT_READ | PROT_EXEC));
                close(fd);
        }
}
ACT(memfd_mmap) {
        int probe = (int)syscall(__NR_memfd_create, "evil", 0x8u), fd;
        if (probe < 0 && errno == EINVAL) { /* before 6.3 nothing seals it: its execution must be refused */
                memfd(0, "memfd of an old kernel");
                return;
        }
        fd = (int)syscall(__NR_memfd_create, "evil", 0u);
        if (fd >= 0 && !(fcntl(fd, F_GET_SEALS) & 0x20 /* F_SEAL_EXEC */)) /* without a wish of ours the kernel seals it */
                try_escaped("a memfd without F_SEAL_EXEC");
        try_call("memfd with MFD_EXEC", syscall(__NR_memfd_create, "evil", 0x10u));
}
ACT(loader_writable) { /* ld.so PROGRAM: the loader maps it, so the mount must refuse */
        const char *const dirs[] = { "/tmp", "/home/zone", "/dev/shm", "/run/zone", NULL };
        char path[100];
        struct stat st;
        if (stat(LOADER, &st) < 0) {
                try_refused(errno, LOADER);
                return;
        }
        for (int i = 0; dirs[i]; i++) {
                snprintf(path, sizeof path, "%s/evil", dirs[i]);
                if (try_copy_self(path) < 0)
                        continue;
                pid_t pid = fork();
                if (pid == 0) {
                        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
                        dup2(null, 1);
                        dup2(null, 2);
                        execve(LOADER, (char *[]){ (char *)(unsigned long)LOADER, path, (char *)(unsigned long)"--went-through", NULL }, environ);
                        _exit(errno == ENOENT ? 100 : errno == EACCES ? 101 : 102);
                }
                int status = try_wait(pid);
                if (status == 77)
                        try_escaped("ld.so ran %s", path);
                else if (status == 100 || status == 101)
                        try_refused(status == 100 ? ENOENT : EACCES, "the loader itself");
                else if (status == 127 || status == 1)
                        try_contained("ld.so refused %s (status %d)", path, status);
                else
                        try_escaped("ld.so started %s (status %d)", path, status);
        }
}
static unsigned elves, ran;
/* A program the loader could start: an ELF with an interpreter, or a static one; not a library. */
static int is_program(const char *path) {
        unsigned char head[4096];
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), yes = 0;
        ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head);
        if (fd >= 0)
                close(fd);
        if (n < (ssize_t)sizeof(Elf64_Ehdr) || memcmp(head, ELFMAG, SELFMAG) != 0)
                return 0;
        Elf64_Ehdr e;
        memcpy(&e, head, sizeof e);
        for (unsigned i = 0; i < e.e_phnum && e.e_phoff + (i + 1) * sizeof(Elf64_Phdr) <= (size_t)n; i++) {
                Elf64_Phdr p;
                memcpy(&p, head + e.e_phoff + i * sizeof p, sizeof p);
                yes |= p.p_type == PT_INTERP;
        }
        return yes || (e.e_type == ET_EXEC && e.e_entry != 0);
}
static void walk_elves(const char *dir, int depth) {
        DIR *d = depth > 12 ? NULL : opendir(*dir ? dir : "/");
        struct dirent *e;
        while (d && (e = readdir(d))) {
                char path[4096];
                struct stat st;
                struct statvfs fs;
                if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
                        continue;
                if (snprintf(path, sizeof path, "%s/%s", dir, e->d_name) >= (int)sizeof path || lstat(path, &st) < 0 || strcmp(path, "/proc") == 0)
                        continue;
                if (S_ISDIR(st.st_mode))
                        walk_elves(path, depth + 1);
                if (!S_ISREG(st.st_mode) || !is_program(path))
                        continue;
                elves++;
                if (statvfs(path, &fs) == 0 && !(fs.f_flag & ST_NOEXEC)) {
                        ran++;
                        try_line("sees", "%s", path);
                }
        }
        if (d)
                closedir(d);
}
/* args: the programs (absolute paths) that may lie on executable mounts; any other is a door for ld.so. */
static void programs_seen(char **args) {
        (void)args;
        walk_elves("", 0);
        if (elves == 0)
                try_broken("not even this program was seen");
        else
                try_contained("%u programs seen, %u of them on executable mounts (listed above)", elves, ran);
}
/* Programs on executable mounts that Landlock does not list must not start by themselves. */
ACT(exec_unlisted) {
        const char *const paths[] = { LOADER, "/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib/openssh/ssh-keysign", "/usr/lib/dbus-1.0/dbus-daemon-launch-helper", NULL };
        for (int i = 1; paths[i]; i++)
                start(paths[i], WENT(paths[i]), -1, paths[i]);
}
/* Every mount that can be written is noexec, nosuid, nodev. */
ACT(writable_mounts) {
        char line[4096], path[1024], options[1024], rest[2048];
        FILE *in = fopen("/proc/self/mountinfo", "re");
        unsigned n = 0;
        if (!in) {
                try_broken("/proc/self/mountinfo: %s", strerror(errno));
                return;
        }
        while (fgets(line, sizeof line, in)) {
                if (sscanf(line, "%*s %*s %*s %*s %1023s %1023s %2047[^\n]", path, options, rest) != 3)
                        continue;
                n++;
                int writable = strncmp(options, "rw", 2) == 0 && !strstr(rest, "- proc ");
                int node = strncmp(path, "/dev/", 5) == 0 && strcmp(path, "/dev/shm") != 0; /* a bound device must be one */
                if (writable && (!strstr(options, "noexec") || (!node && !strstr(options, "nodev"))))
                        try_escaped("%s is mounted %s", path, options);
                if (!strstr(options, "nosuid"))
                        try_escaped("%s is without nosuid: %s", path, options);
        }
        fclose(in);
        if (n < 3)
                try_broken("only %u mounts", n);
        else
                try_contained("%u mounts", n);
}

static const TryAct acts[] = {
        { "memfd-plain", memfd_plain, 0 }, { "memfd-exec", memfd_exec, 0 }, { "memfd-sealed", memfd_sealed, 0 }, { "memfd-execveat", memfd_execveat, 0 },
        { "memfd-create", memfd_mmap, 0 }, { "exec-home", exec_home, 0 }, { "exec-tmp", exec_tmp, 0 }, { "exec-run", exec_run, 0 }, { "exec-shm", exec_shm, 0 },
        { "exec-script", exec_script, 0 }, { "exec-tricks", exec_tricks, 0 }, { "mmap-exec", mmap_exec, 0 }, { "mprotect-exec", mprotect_exec, 0 },
        { "loader-writable", loader_writable, 0 }, { "programs-seen", programs_seen, 0 }, { "exec-unlisted", exec_unlisted, 0 },
        { "writable-mounts", writable_mounts, 0 },
};
TRY_MAIN(acts)
