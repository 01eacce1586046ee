/* plant-files: leaves files where a later session would find them.
 * Runs as: zone.  Input: the plant's name.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "trace.h"
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define PLANT(name) static void name(void)
#define HOME TRACE_HOME

static void files(const char *const *paths) {
        for (; *paths; paths++)
                trace_file(*paths);
}
#define FILES(...) files((const char *const[]){ __VA_ARGS__, NULL })

PLANT(shell_start) { FILES(HOME "/.profile", HOME "/.bashrc", HOME "/.bash_logout", HOME "/.zshrc", HOME "/.xsessionrc", HOME "/.pam_environment", HOME "/.inputrc"); }
PLANT(autostart) { FILES(HOME "/.config/autostart/evil.desktop", HOME "/.config/autostart-scripts/evil.sh", HOME "/.xinitrc", HOME "/.config/plasma-workspace/env/evil.sh"); }
PLANT(user_units) { FILES(HOME "/.config/systemd/user/evil.service", HOME "/.config/systemd/user/default.target.wants/evil.service", HOME "/.config/environment.d/evil.conf"); }
PLANT(cron) { FILES("/var/spool/cron/crontabs/zone", "/etc/cron.d/evil", "/var/spool/at/evil", HOME "/.crontab"); }
PLANT(extension) {
        FILES(HOME "/.config/chromium/Default/Extensions/evil/1.0/manifest.json", HOME "/.config/chromium/External Extensions/evil.json",
              HOME "/.mozilla/extensions/{ec8030f7-c20a-464f-9b0e-13a3a9e97384}/evil.xpi", HOME "/.mozilla/native-messaging-hosts/evil.json");
}
PLANT(preferences) {
        FILES(HOME "/.config/chromium/Default/Preferences", HOME "/.config/chromium/Local State", HOME "/.mozilla/firefox/profiles.ini", HOME "/.mozilla/firefox/x.default/user.js",
              HOME "/.mozilla/firefox/x.default/prefs.js", HOME "/.config/mimeapps.list", HOME "/.local/share/applications/evil.desktop");
}
PLANT(browser_policy) { FILES("/etc/chromium/policies/managed/evil.json", "/etc/firefox/policies/policies.json", "/usr/lib/firefox-esr/distribution/policies.json"); }
PLANT(accounts) { FILES("/etc/passwd", "/etc/group", "/etc/hosts", "/etc/resolv.conf", "/etc/ld.so.preload", "/etc/ld.so.cache", "/etc/nsswitch.conf"); }
PLANT(caches) { FILES(HOME "/.cache/" TRACE_MARK, HOME "/.local/share/recently-used.xbel", HOME "/.config/fontconfig/fonts.conf", HOME "/.pki/nssdb/cert9.db", HOME "/.cache/fontconfig/evil"); }
PLANT(everywhere) {
        FILES("/" TRACE_MARK, "/tmp/" TRACE_MARK, "/var/tmp/" TRACE_MARK, "/dev/shm/" TRACE_MARK, "/run/" TRACE_MARK, "/run/zone/" TRACE_MARK, "/var/lib/" TRACE_MARK, "/var/cache/" TRACE_MARK,
              "/var/log/" TRACE_MARK, "/dev/" TRACE_MARK, "/usr/" TRACE_MARK, "/proc/" TRACE_MARK, "/home/" TRACE_MARK, "/etc/" TRACE_MARK, "/opt/" TRACE_MARK);
}
PLANT(whiteouts) {
        trace_call("mknod 0 0", syscall(__NR_mknod, HOME "/.bashrc-gone", S_IFCHR | 0600, makedev(0, 0)));
        FILES(HOME "/.wh.secret-" TRACE_MARK, HOME "/.wh..wh..opq", HOME "/.config/.wh." TRACE_MARK);
        unlink(HOME "/.profile");
        rmdir(HOME "/Downloads");
        trace_planted("removed what came with the zone");
}
PLANT(overlay_xattrs) {
        trace_write(HOME "/x");
        trace_call("trusted.overlay.opaque", setxattr(HOME, "trusted.overlay.opaque", "y", 1, 0));
        trace_call("trusted.overlay.redirect", setxattr(HOME "/x", "trusted.overlay.redirect", "/etc", 4, 0));
        trace_call("user.overlay.whiteout", setxattr(HOME "/x", "user.overlay.whiteout", "y", 1, 0));
        trace_call("user." TRACE_MARK, setxattr(HOME "/x", "user." TRACE_MARK, "y", 1, 0));
}
PLANT(open_unlinked) {
        static const char *const paths[] = { HOME "/gone", "/tmp/gone", "/dev/shm/gone", NULL };
        for (int i = 0; paths[i]; i++) {
                trace_write(paths[i]);
                int fd = open(paths[i], O_RDWR);
                if (fd < 0 || unlink(paths[i]) < 0 || mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
                        trace_refused(errno, paths[i]);
                else
                        trace_planted("%s open and unlinked", paths[i]);
        }
        if (fork() == 0) {
                setsid();
                poll(NULL, 0, -1);
                _exit(0);
        }
}
PLANT(hostile_names) {
        static const char *const names[] = { "new\nline", "\xff\xfe\x80", "-rf", "--help", "\xe2\x80\xae" "fdp.exe", " ", "...", "a\\b", "$(reboot)", "`id`", "'\"", "%n%s", "\x1b[2J",
                "\xe9\x9b\xa2\xe3\x82\x8c", "\x7f", "*", NULL };
        char path[400];
        for (int i = 0; names[i]; i++) {
                snprintf(path, sizeof path, HOME "/%s", names[i]);
                trace_file(path);
        }
        snprintf(path, sizeof path, HOME "/%0255d", 7);
        trace_file(path);
}
PLANT(deep_tree) {
        int depth = 0;
        if (chdir(HOME) < 0) {
                trace_refused(errno, HOME);
                return;
        }
        while (depth < 5000 && mkdir("d", 0755) == 0 && chdir("d") == 0)
                depth++;
        int fd = open(TRACE_MARK, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0 || depth > 100)
                trace_planted("%d directories in one another", depth);
        else
                trace_refused(errno, "deep tree");
}
PLANT(many_inodes) {
        char path[200];
        long n = 0;
        int fd = 0;
        for (; n < 2000000 && fd >= 0; n++) {
                snprintf(path, sizeof path, HOME "/" TRACE_MARK "-%ld", n);
                fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
                if (fd >= 0)
                        close(fd);
        }
        trace_planted("%ld files", n);
}
PLANT(hard_links) {
        char path[200];
        int n = 0;
        trace_write(HOME "/one");
        for (; n < 1000; n++) {
                snprintf(path, sizeof path, HOME "/" TRACE_MARK "-l%d", n);
                if (link(HOME "/one", path) < 0)
                        break;
        }
        if (n > 0)
                trace_planted("%d hard links", n);
        else
                trace_refused(errno, "link");
        trace_call("link to the program", link("/proc/self/exe", HOME "/prog"));
}
PLANT(immutable) {
        long flags = 0x10 | 0x20;
        trace_file(HOME "/" TRACE_MARK);
        int fd = open(HOME "/" TRACE_MARK, O_RDONLY | O_CLOEXEC);
        trace_call("FS_IOC_SETFLAGS", ioctl(fd, 0x40086602ul, &flags));
}
PLANT(no_mode) {
        mkdir(HOME "/locked", 0755);
        trace_file(HOME "/locked/" TRACE_MARK);
        trace_call("file of mode 000", chmod(HOME "/locked/" TRACE_MARK, 0));
        trace_call("directory of mode 000", chmod(HOME "/locked", 0));
        trace_call("home of mode 000", chmod(HOME, 0));
}
PLANT(sparse) {
        trace_file(HOME "/" TRACE_MARK);
        int fd = open(HOME "/" TRACE_MARK, O_RDWR | O_CLOEXEC);
        trace_call("a file of 4 TiB", ftruncate(fd, 1l << 42));
        trace_call("its last byte", pwrite(fd, TRACE_MARK, 5, (1l << 42) - 5));
}
PLANT(fifos) {
        trace_call("mknod fifo", syscall(__NR_mknod, HOME "/" TRACE_MARK, S_IFIFO | 0666, 0));
        trace_call("mknodat fifo", syscall(__NR_mknodat, AT_FDCWD, "/tmp/" TRACE_MARK, S_IFIFO | 0666, 0));
}
PLANT(symlinks) {
        trace_call("symlink to /", symlink("/", HOME "/" TRACE_MARK));
        trace_call("symlink to a host file", symlink("/var/lib/hanare/receipts.log", "/tmp/" TRACE_MARK));
        trace_call("symlink to itself", symlink(TRACE_MARK "-self", HOME "/" TRACE_MARK "-self"));
        trace_call("symlink that holds the mark", symlink(TRACE_MARK, HOME "/link"));
        trace_call("symlink in place of a folder", rename(HOME "/link", HOME "/Downloads"));
}
PLANT(full_disk) {
        static char block[1 << 20];
        int fd = open(HOME "/" TRACE_MARK, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), n = 0;
        for (size_t i = 0; i + sizeof TRACE_MARK < sizeof block; i += sizeof TRACE_MARK)
                memcpy(block + i, TRACE_MARK, sizeof TRACE_MARK);
        while (n < 65536 && write(fd, block, sizeof block) > 0)
                n++;
        trace_planted("%d MiB", n);
}

static const TracePlant plants[] = {
        { "shell-start", shell_start }, { "autostart", autostart }, { "user-units", user_units }, { "cron", cron }, { "extension", extension }, { "preferences", preferences },
        { "browser-policy", browser_policy }, { "accounts", accounts }, { "caches", caches }, { "everywhere", everywhere }, { "whiteouts", whiteouts },
        { "overlay-xattrs", overlay_xattrs }, { "open-unlinked", open_unlinked }, { "hostile-names", hostile_names }, { "deep-tree", deep_tree },
        { "many-inodes", many_inodes }, { "hard-links", hard_links }, { "immutable", immutable }, { "no-mode", no_mode }, { "sparse", sparse }, { "fifos", fifos },
        { "symlinks", symlinks }, { "full-disk", full_disk },
};
int main(int argc, char **argv) {
        return trace_main(plants, sizeof plants / sizeof *plants, argc, argv);
}
