/* compile-tree: what every kind sees below /usr, and the files and directories every kind gets.
 * Runs as: compile.  Input: a kind.  Must not: show bin, sbin, local or src, or anything of the host's /etc.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-tree.h"
#include "sandboxd/compile/compile-browser.h"

#define LIB "/usr/lib/" HANARE_MULTIARCH /* from the build: the compiler sees no file of the host */
#define OPTIONAL POLICY_SUBTREE_OPTIONAL

/* Subdirectories of the library directory that hold objects which programs load while they run. */
static const char *const modules[] = { "gconv", "nss", "ossl-modules", "libproxy" };
static const char *const display_modules[] = { "dri", "gbm", "gdk-pixbuf-2.0", "gtk-3.0", "gtk-4.0", "gio", "pulseaudio", "alsa-lib", "libcanberra-0.30" };
static const char *const shares[] = { "locale", "zoneinfo", "i18n", "ca-certificates", "publicsuffix" };
static const char *const display_shares[] = { "fonts", "fontconfig", "X11/xkb", "X11/locale", "mime", "icons", "themes", "glib-2.0", "gtk-3.0", "hunspell",
                                              "hyphen", "myspell", "drirc.d", "libdrm", "glvnd", "poppler", "iso-codes", "pixmaps", "libthai", "color", "alsa" };

static void add_all(CompileParts *parts, PolicyKind *kind, const char *below, const char *const *names, size_t n, uint32_t flags) {
        for (size_t i = 0; i < n; i++) {
                const char *path = compile_parts_text(parts, "%s/%s", below, names[i]);
                if (path)
                        compile_parts_add_subtree(parts, kind, path, flags);
        }
}

void compile_tree_add(CompileParts *parts, PolicyKind *kind) {
        uint32_t module = POLICY_SUBTREE_EXEC | OPTIONAL;

        compile_parts_add_subtree(parts, kind, LIB, POLICY_SUBTREE_EXEC | POLICY_SUBTREE_SHALLOW);
        compile_parts_add_subtree(parts, kind, "/usr/lib64", POLICY_SUBTREE_SHALLOW | OPTIONAL); /* the loader's well-known name */
        compile_parts_add_subtree(parts, kind, "/usr/lib/locale", OPTIONAL);
        compile_parts_add(parts, &kind->execs, POLICY_MAX_EXECS, "executables", LIB "/" HANARE_LOADER);
        add_all(parts, kind, LIB, modules, sizeof modules / sizeof *modules, module);
        add_all(parts, kind, "/usr/share", shares, sizeof shares / sizeof *shares, OPTIONAL);
        if (!(kind->flags & POLICY_KIND_DISPLAY))
                return;
        add_all(parts, kind, LIB, display_modules, sizeof display_modules / sizeof *display_modules, module);
        add_all(parts, kind, "/usr/share", display_shares, sizeof display_shares / sizeof *display_shares, OPTIONAL);
}

static const char passwd[] = "root:x:0:0:root:/:/usr/sbin/nologin\nzone:x:1000:1000:zone:" COMPILE_HOME ":/usr/sbin/nologin\n"
                             "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n";
static const char group[] = "root:x:0:\nzone:x:1000:\nnogroup:x:65534:\n";
static const char nsswitch[] = "passwd: files\ngroup: files\nshadow: files\nhosts: files\nnetworks: files\nprotocols: files\nservices: files\n";
static const char hosts[] = "127.0.0.1 localhost zone\n::1 localhost\n";
/* the same in every zone: it names nobody */
static const char machine_id[] = "00000000000000000000000000000001\n";

static const char fonts_conf[] =
        "<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"urn:fontconfig:fonts.dtd\">\n<fontconfig>\n"
        " <dir>/usr/share/fonts</dir>\n <cachedir>/run/fontconfig</cachedir>\n <cachedir>" COMPILE_HOME "/.cache/fontconfig</cachedir>\n"
        " <alias binding=\"strong\"><family>sans-serif</family><prefer><family>Noto Sans</family><family>DejaVu Sans</family>"
        "<family>Noto Sans CJK JP</family></prefer></alias>\n"
        " <alias binding=\"strong\"><family>serif</family><prefer><family>Noto Serif</family><family>DejaVu Serif</family>"
        "<family>Noto Serif CJK JP</family></prefer></alias>\n"
        " <alias binding=\"strong\"><family>monospace</family><prefer><family>Noto Sans Mono</family><family>DejaVu Sans Mono</family>"
        "<family>Noto Sans Mono CJK JP</family></prefer></alias>\n"
#define AVAILABLE(name) " <include ignore_missing=\"yes\">/usr/share/fontconfig/conf.avail/" name ".conf</include>\n"
        AVAILABLE("10-hinting-slight") AVAILABLE("10-scale-bitmap-fonts") AVAILABLE("10-yes-antialias") AVAILABLE("11-lcdfilter-default")
        AVAILABLE("20-unhint-small-vera") AVAILABLE("30-metric-aliases") AVAILABLE("40-nonlatin") AVAILABLE("45-generic") AVAILABLE("45-latin")
        AVAILABLE("49-sansserif") AVAILABLE("60-generic") AVAILABLE("60-latin") AVAILABLE("65-nonlatin") AVAILABLE("70-no-bitmaps")
        AVAILABLE("70-fonts-noto-cjk") AVAILABLE("80-delicious") AVAILABLE("90-synthetic")
        "</fontconfig>\n";

static void add_environment(CompileParts *parts, PolicyKind *kind) {
        static const char *const all[] = { "HOME=" COMPILE_HOME, "USER=zone", "LOGNAME=zone", "PATH=/usr/bin", "XDG_RUNTIME_DIR=/run/zone",
                                           "XDG_CONFIG_HOME=" COMPILE_HOME "/.config", "XDG_CACHE_HOME=" COMPILE_HOME "/.cache",
                                           "XDG_DATA_HOME=" COMPILE_HOME "/.local/share", "XDG_DATA_DIRS=/usr/share", "NO_AT_BRIDGE=1", "GTK_A11Y=none" };
        static const char *const display[] = { "WAYLAND_DISPLAY=wayland-0", "XDG_SESSION_TYPE=wayland", "GSETTINGS_BACKEND=memory" };

        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
                compile_parts_add(parts, &kind->env, POLICY_MAX_ENV, "environment entries", all[i]);
        for (size_t i = 0; (kind->flags & POLICY_KIND_DISPLAY) && i < sizeof display / sizeof *display; i++)
                compile_parts_add(parts, &kind->env, POLICY_MAX_ENV, "environment entries", display[i]);
}

void compile_tree_add_files(CompileParts *parts, PolicyKind *kind) {
        static const char *const dirs[] = { "home/zone", "home/zone/Downloads", "home/zone/.config", "home/zone/.cache", "home/zone/.cache/fontconfig",
                                            "home/zone/.local", "home/zone/.local/share", "var/tmp" };
        static const struct {
                const char *path, *text;
        } files[] = { { "etc/passwd", passwd }, { "etc/group", group }, { "etc/nsswitch.conf", nsswitch }, { "etc/hosts", hosts },
                      { "etc/resolv.conf", "" }, { "etc/machine-id", machine_id } };

        add_environment(parts, kind);
        for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
                compile_parts_add(parts, &kind->dirs, POLICY_MAX_DIRS, "directories", dirs[i]);
        for (size_t i = 0; i < sizeof files / sizeof *files; i++)
                compile_parts_add_text_file(parts, kind, files[i].path, files[i].text);
        if (kind->flags & POLICY_KIND_DISPLAY)
                compile_parts_add_text_file(parts, kind, "etc/fonts/fonts.conf", fonts_conf);
}
