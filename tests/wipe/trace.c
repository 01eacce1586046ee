/* trace: what all plants share: the lines they print, the file they write, the choice of one.
 * Runs as: zone.  Input: the plant's name.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "trace.h"

static const char *plant_name = "?";
static int reports;

static void line(const char *word, const char *what) {
        char text[900];
        int n = snprintf(text, sizeof text, "%s: %s %.700s\n", word, plant_name, what);

        for (int i = 0; i < n - 1; i++)
                if ((unsigned char)text[i] < ' ' || (unsigned char)text[i] > '~')
                        text[i] = '?';
        if (write(1, text, (size_t)n) != n)
                _exit(5);
        reports++;
}

void trace_planted(const char *format, ...) {
        char text[700];
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
        line("planted", text);
}

void trace_refused(int error, const char *what) {
        char text[700];
        const char *name = strerrorname_np(error);

        snprintf(text, sizeof text, "errno=%d (%s) %s", error, name ? name : "?", what);
        line("refused", text);
}

long trace_call(const char *what, long r) {
        int error = errno;

        if (r < 0)
                trace_refused(error, what);
        else
                trace_planted("%s", what);
        return r;
}

int trace_write(const char *path) {
        char dir[4200];
        int fd, ok;

        for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                snprintf(dir, sizeof dir, "%.*s", (int)(slash - path), path);
                if (mkdir(dir, 0755) < 0 && errno != EEXIST && errno != EROFS && errno != EACCES)
                        return -1;
        }
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
        if (fd < 0)
                return -1;
        ok = write(fd, "# " TRACE_MARK "\n", sizeof TRACE_MARK + 2) > 0;
        close(fd);
        return ok ? 0 : -1;
}

void trace_file(const char *path) {
        trace_call(path, trace_write(path));
}

int trace_main(const TracePlant *plants, size_t n, int argc, char **argv) {
        if (argc == 2 && strcmp(argv[1], "--list") == 0) {
                for (size_t i = 0; i < n; i++)
                        printf("%s\n", plants[i].name);
                return 0;
        }
        for (size_t i = 0; argc >= 2 && i < n; i++) {
                if (strcmp(plants[i].name, argv[1]) != 0)
                        continue;
                plant_name = plants[i].name;
                plants[i].plant();
                if (reports == 0) {
                        line("broken", "the plant said nothing");
                        return 4;
                }
                if (argc == 3 && strcmp(argv[2], "--find") == 0)
                        return trace_search() > 0 ? 3 : 0;
                if (argc == 3 && strcmp(argv[2], "--stay") == 0)
                        poll(NULL, 0, -1);
                return 0;
        }
        fprintf(stderr, "usage: %s PLANT [--find|--stay]; --list names the plants\n", argc ? argv[0] : "plant");
        return 2;
}
