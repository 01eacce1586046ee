/* try-files: reaches for files that are not the zone's: homes, passwords, /sys, other zones.
 * Runs as: zone.  Input: the act's name.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "try.h"
#include <dirent.h>

/* args: the user's home on the host, a file in it that exists. */
static void user_home(char **args) {
        try_open_read(args[0]);
        try_open_read(args[1]);
        try_open_write(args[1]);
}
static void root_home(char **args) {
        (void)args;
        try_open_read("/root/.profile");
        try_open_read("/root/.bashrc");
        try_open_read("/root");
}
static void shadow(char **args) {
        (void)args;
        for (const char *const *p = (const char *const[]){ "/etc/shadow", "/etc/gshadow", "/etc/shadow-", "/etc/sudoers", NULL }; *p; p++)
                try_open_read(*p);
}
/* args: a user name of the host. The zone's passwd must not know it. */
static void passwd(char **args) {
        char line[512];
        FILE *in = fopen("/etc/passwd", "re");

        if (!in) {
                try_refused(errno, "/etc/passwd");
                return;
        }
        size_t n = strlen(args[0]);
        int found = 0, lines = 0;
        while (fgets(line, sizeof line, in)) {
                lines++;
                found |= strncmp(line, args[0], n) == 0 && line[n] == ':';
        }
        fclose(in);
        if (found)
                try_escaped("/etc/passwd names the user %s", args[0]);
        else
                try_contained("/etc/passwd has %d lines of its own", lines);
}
static void passwd_write(char **args) {
        (void)args;
        int fd = open("/etc/passwd", O_WRONLY | O_APPEND | O_CLOEXEC);
        try_call("open /etc/passwd for writing", fd);
        try_call("create /etc/ld.so.preload", open("/etc/ld.so.preload", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
}
static void usr_write(char **args) {
        (void)args;
        try_open_write("/proc/self/exe");
        try_call("create below /usr", open("/usr/evil", O_WRONLY | O_CREAT | O_CLOEXEC, 0755));
        try_call("mkdir in /", mkdir("/evil", 0755));
        try_call("chmod of /usr", chmod("/usr", 0777));
}
static void sys_absent(char **args) {
        (void)args;
        for (const char *const *p = (const char *const[]){ "/sys/kernel", "/sys/class/net", "/sys/fs/cgroup/cgroup.procs",
                     "/sys/firmware", "/sys/kernel/debug", "/sys/devices/system/cpu/online", NULL }; *p; p++)
                try_open_read(*p);
}
/* The host's own state and sockets, wherever they lie. */
static void host_state(char **args) {
        (void)args;
        for (const char *const *p = (const char *const[]){ "/run/hanare/sandboxd.pid", "/var/lib/hanare/receipts.log", "/etc/hanare/hanare.jsonc",
                     "/run/dbus/system_bus_socket", "/var/run/dbus/system_bus_socket", "/run/user", "/run/systemd/private", "/run/docker.sock",
                     "/run/cups/cups.sock", "/tmp/.X11-unix/X0", "/var/log/syslog", "/boot", "/etc/machine-id", "/etc/hostname", NULL }; *p; p++) {
                struct stat st;
                if (stat(*p, &st) < 0)
                        try_refused(errno, *p);
                else if (strncmp(*p, "/etc/", 5) == 0 && strstr(*p, "hanare") == NULL)
                        try_contained("%s is the zone's own", *p);
                else
                        try_escaped("%s exists", *p);
        }
}
/* args: a file name that the harness planted in another zone's home. */
static void other_zone(char **args) {
        char path[300];
        const char *const dirs[] = { "/home/zone", "/tmp", "/dev/shm", "/run/zone", "/var/tmp", NULL };

        for (int i = 0; dirs[i]; i++) {
                snprintf(path, sizeof path, "%s/%s", dirs[i], args[0]);
                try_open_read(path);
        }
}
/* args: a file name, seconds. Not an act: what the other zone of other-zone does. */
static void plant_here(char **args) {
        char path[300];
        const char *const dirs[] = { "/home/zone", "/tmp", "/dev/shm", "/run/zone", NULL };

        for (int i = 0; dirs[i]; i++) {
                snprintf(path, sizeof path, "%s/%s", dirs[i], args[0]);
                int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
                if (fd < 0 || write(fd, "secret", 6) != 6)
                        try_broken("%s: %s", path, strerror(errno));
                else
                        try_contained("%s is planted", path);
        }
        poll(NULL, 0, atoi(args[1]) * 1000);
}
static void no_shell(char **args) {
        (void)args;
        for (const char *const *p = (const char *const[]){ "/bin/sh", "/usr/bin/sh", "/usr/bin/bash", "/usr/bin/dash", "/usr/bin/python3", "/usr/bin/perl",
                     "/usr/bin/env", "/usr/bin/busybox", "/usr/sbin/chroot", "/usr/bin/xdg-open", "/usr/bin/sudo", "/usr/bin/pkexec", NULL }; *p; p++) {
                struct stat st;
                try_call(*p, stat(*p, &st));
        }
}
/* Every file below / that somebody else may write, or that is setuid: none may exist. */
static unsigned walk(const char *dir, int depth) {
        unsigned seen = 0;
        DIR *d = depth > 12 ? NULL : opendir(*dir ? dir : "/");
        struct dirent *e;

        while (d && (e = readdir(d))) {
                char path[4096];
                struct stat st;
                if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
                        continue;
                if (snprintf(path, sizeof path, "%s/%s", dir, e->d_name) >= (int)sizeof path || lstat(path, &st) < 0)
                        continue;
                if (strcmp(path, "/proc") == 0)
                        continue;
                seen++;
                if (S_ISREG(st.st_mode) && (st.st_mode & (S_ISUID | S_ISGID)))
                        try_escaped("setuid file %s", path);
                if (S_ISBLK(st.st_mode))
                        try_escaped("block device %s", path);
                if (S_ISDIR(st.st_mode))
                        seen += walk(path, depth + 1);
        }
        if (d)
                closedir(d);
        return seen;
}
static void setuid_files(char **args) {
        (void)args;
        unsigned n = walk("", 0);
        if (n < 10)
                try_broken("only %u files seen", n);
        else
                try_contained("%u files seen", n);
}
/* Up and out of the root. */
static void dot_dot(char **args) {
        struct stat up, root;
        char cwd[512];
        (void)args;

        for (int i = 0; i < 40; i++)
                if (chdir("..") < 0)
                        break;
        if (stat(".", &up) < 0 || stat("/", &root) < 0 || !getcwd(cwd, sizeof cwd)) {
                try_refused(errno, "stat");
                return;
        }
        if (up.st_ino != root.st_ino || up.st_dev != root.st_dev || strcmp(cwd, "/") != 0)
                try_escaped("above the root lies %s", cwd);
        else
                try_contained("40 times .. ends at /");
}

static const TryAct acts[] = {
        { "user-home", user_home, 2 }, { "root-home", root_home, 0 }, { "shadow", shadow, 0 }, { "passwd", passwd, 1 },
        { "passwd-write", passwd_write, 0 }, { "usr-write", usr_write, 0 }, { "sys-absent", sys_absent, 0 }, { "host-state", host_state, 0 },
        { "other-zone", other_zone, 1 }, { "plant-here", plant_here, 2 }, { "no-shell", no_shell, 0 }, { "setuid-files", setuid_files, 0 }, { "dot-dot", dot_dot, 0 },
};
TRY_MAIN(acts)
