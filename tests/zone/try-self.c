/* try-self: looks at what the zone's program was given: descriptors, directory, environment, mounts; and signals outward.
 * Runs as: zone.  Input: the act's name.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "try.h"
#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#define ACT(name) static void name(char **args __attribute__((unused)))
extern char **environ;
static volatile unsigned long nowhere = 8; /* volatile, so that no compiler sees what is about to happen */

ACT(descriptors) { /* only 0, 1, 2, and each of them a pipe or /dev/null */
        char link[300], path[64];
        unsigned n = 0;
        for (int fd = 0; fd < 65536; fd++) {
                if (fcntl(fd, F_GETFD) < 0)
                        continue;
                n++;
                snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
                ssize_t k = readlink(path, link, sizeof link - 1);
                link[k > 0 ? k : 0] = '\0';
                if (fd > 2)
                        try_escaped("descriptor %d is open: %s", fd, link);
                else if (strncmp(link, "pipe:", 5) != 0 && strcmp(link, "/dev/null") != 0)
                        try_escaped("descriptor %d is %s", fd, link);
        }
        try_contained("%u descriptors", n);
}
ACT(directory) {
        char cwd[4096];
        if (!getcwd(cwd, sizeof cwd))
                try_refused(errno, "getcwd");
        else if (cwd[0] != '/' || strncmp(cwd, "(unreachable)", 13) == 0)
                try_escaped("the working directory is %s", cwd);
        else
                try_contained("the working directory is %s", cwd);
}
/* Names that a zone may have; anything else came from outside. */
ACT(environment) {
        static const char *const known[] = { "HOME", "USER", "LOGNAME", "PATH", "LANG", "LC_ALL", "LANGUAGE", "TZ", "SHELL", "TERM", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE",
                "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_DATA_DIRS", "XDG_CONFIG_DIRS", "XDG_CURRENT_DESKTOP", "WAYLAND_DISPLAY", "GDK_BACKEND", "MOZ_ENABLE_WAYLAND",
                "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy", "no_proxy", "NO_PROXY", "SSL_CERT_FILE", "TMPDIR", "FONTCONFIG_FILE",
                "LIBGL_ALWAYS_SOFTWARE", "GTK_USE_PORTAL", "GTK_A11Y", "NO_AT_BRIDGE", "DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS", "HANARE_ZONE", "HANARE_TEST", NULL };
        for (char **e = environ; *e; e++) {
                size_t n = strcspn(*e, "=");
                int ok = 0;
                for (int i = 0; known[i]; i++)
                        ok |= strlen(known[i]) == n && strncmp(known[i], *e, n) == 0;
                if (!ok)
                        try_escaped("the environment holds %.100s", *e);
                if (strstr(*e, "/run/user/") || strstr(*e, "/run/dbus"))
                        try_escaped("the environment names a place of the host: %.100s", *e);
                if (strstr(*e, "hanare-test-marker"))
                        try_escaped("the caller's environment came along: %.100s", *e);
        }
        try_contained("the environment is the zone's own");
}
/* args: words that must not be in mountinfo (the host's mount points and sources). */
static void mounts(char **args) {
        char line[8192];
        FILE *in = fopen("/proc/self/mountinfo", "re");
        unsigned n = 0;
        static const char *const words[] = { "/var/lib/hanare", "/run/hanare", "/root", NULL };
        if (!in) {
                try_refused(errno, "/proc/self/mountinfo");
                return;
        }
        while (fgets(line, sizeof line, in)) {
                n++;
                for (int i = 0; words[i]; i++)
                        if (strstr(line, words[i]))
                                try_escaped("%s in mountinfo: %s", words[i], line);
                for (char **w = args; *w; w++)
                        if (strstr(line, *w))
                                try_escaped("%s in mountinfo: %s", *w, line);
        }
        fclose(in);
        try_contained("%u mounts name no place of the host", n);
}
/* args: the host's name. */
static void host_name(char **args) {
        struct utsname u;
        if (uname(&u) < 0)
                try_refused(errno, "uname");
        else if (strcmp(u.nodename, args[0]) == 0)
                try_escaped("the host's name is %s", u.nodename);
        else
                try_contained("the name is %s", u.nodename);
}
ACT(kill_all) { try_call("kill(-1, SIGKILL)", kill(-1, SIGKILL)); }
/* args: a pid of the host. */
static void kill_host(char **args) {
        int pid = atoi(args[0]);
        try_call("kill of a host pid", kill(pid, 0));
        try_call("kill of its group", kill(-pid, 0));
        try_call("SIGTERM", kill(pid, SIGTERM));
}
/* Init is the zone's own uid: the signal is sent, and must not arrive. */
ACT(kill_init) {
        for (int s = 1; s < 32; s++)
                if (kill(1, s) < 0)
                        try_refused(errno, "kill(1)");
        poll(NULL, 0, 300);
        if (kill(1, 0) == 0 || errno == EPERM)
                try_contained("init lives");
        else
                try_broken("init is gone");
}
ACT(parent) {
        if (getppid() > 1)
                try_escaped("the parent %d is not the zone's init", (int)getppid());
        else
                try_contained("the parent is %d", (int)getppid());
}
ACT(core_limit) {
        struct rlimit r;
        if (getrlimit(RLIMIT_CORE, &r) < 0)
                try_refused(errno, "RLIMIT_CORE");
        else if (r.rlim_cur > 1 || r.rlim_max > 1)
                try_escaped("RLIMIT_CORE is %lu %lu", (unsigned long)r.rlim_cur, (unsigned long)r.rlim_max);
        else if (r.rlim_cur == 0)
                try_escaped("RLIMIT_CORE is 0, which does not stop a piped handler");
        else
                try_contained("RLIMIT_CORE is 1");
}
ACT(crash) { /* the harness sees the signal, and that no core handler was started */
        fflush(stdout);
        *(volatile int *)nowhere = 1;
        try_escaped("writing to address 8 went well");
}
ACT(core_file) { /* a crash of a child leaves no file beside it */
        if (chdir("/tmp") < 0) {
                try_broken("chdir: %s", strerror(errno));
                return;
        }
        pid_t pid = fork();
        if (pid == 0) {
                *(volatile int *)nowhere = 1;
                _exit(0);
        }
        int status = try_wait(pid);
        if (status != 128 + SIGSEGV) {
                try_broken("the child ended with %d", status);
                return;
        }
        DIR *d = opendir("/tmp");
        for (struct dirent *e; d && (e = readdir(d));)
                if (strncmp(e->d_name, "core", 4) == 0)
                        try_escaped("a core file: %s", e->d_name);
        try_contained("no core file");
}

static const TryAct acts[] = {
        { "descriptors", descriptors, 0 }, { "directory", directory, 0 }, { "environment", environment, 0 }, { "mounts", mounts, 0 }, { "host-name", host_name, 1 },
        { "kill-all", kill_all, 0 }, { "kill-host", kill_host, 1 }, { "kill-init", kill_init, 0 }, { "parent", parent, 0 }, { "core-limit", core_limit, 0 },
        { "crash", crash, 0 }, { "core-file", core_file, 0 },
};
TRY_MAIN(acts)
