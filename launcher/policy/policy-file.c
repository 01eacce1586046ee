/* policy-file: whole files: read within a bound, replaced in one step.
 * Runs as: user.  Input: paths of the caller.  Must not: leave half a file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/policy/policy-file.h"
#include "base/base-fd.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-text.h"
#include "launcher/policy/policy-cmd.h"
#include "policy/policy-refusal.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int policy_file_read(const char *path, size_t max, uint8_t **ret, size_t *ret_n) {
        BASE_FD fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        if (S_ISDIR(st.st_mode))
                return -EISDIR;
        BASE_FREE uint8_t *room = malloc(max + 1);
        if (!room)
                return -ENOMEM;
        ssize_t n = base_fd_read_all(fd, room, max);
        if (n < 0)
                return (int)n;
        uint8_t *exact = realloc(room, (size_t)n + 1);
        if (!exact)
                return -ENOMEM;
        room = NULL;
        exact[n] = '\0';
        *ret = exact;
        *ret_n = (size_t)n;
        return 0;
}

static int write_new(const char *path, const void *bytes, size_t n, mode_t mode) {
        BASE_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        int r;

        if (fd < 0)
                return -errno;
        if (fchmod(fd, mode) < 0)
                r = -errno;
        else if ((r = base_fd_write_all(fd, bytes, n)) == 0 && fsync(fd) < 0)
                r = -errno;
        if (r < 0)
                (void)unlink(path);
        return r;
}

static int sync_folder(const char *path) {
        g_autofree char *copy = g_strdup(path);
        BASE_FD fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int policy_file_create(const char *path, const void *bytes, size_t n, mode_t mode) {
        int r = write_new(path, bytes, n, mode);
        return r < 0 ? r : sync_folder(path);
}

int policy_file_replace(const char *path, const void *bytes, size_t n, mode_t mode) {
        g_autofree char *beside = g_strdup_printf("%s.new", path);

        (void)unlink(beside); /* of a run that was cut off */
        int r = write_new(beside, bytes, n, mode);
        if (r < 0)
                return r;
        if (rename(beside, path) < 0) {
                r = -errno;
                (void)unlink(beside);
                return r;
        }
        return sync_folder(path);
}

int policy_file_refuse(const char *path, int error) {
        g_autofree char *shown = cli_text_escape(path);
        const char *why = error < 0 && error != -ENOMEM ? strerror(-error) : _(policy_refusal_text(error));

        if (error == -EFBIG)
                why = _(policy_refusal_text(POLICY_REFUSED_TOO_LONG));
        fprintf(stderr, _("hanare policy: %s: %s.\n"), shown, why);
        return error > 0 || error == -EFBIG ? CLI_POLICY : CLI_FAILED;
}
