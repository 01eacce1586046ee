/* fuzz-main: runs a fuzz target over files, as an ordinary test.
 * Runs as: anyone (pure).  Input: files, or directories of files.  Must not: pass when it ran nothing.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "fuzz.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MAX (8u << 20)

static int run_file(int dirfd, const char *name) {
        BASE_FD fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
        BASE_FREE uint8_t *room = malloc(MAX);
        ssize_t n = fd < 0 || !room ? -1 : base_fd_read_all(fd, room, MAX);

        if (n < 0)
                return -1;
        uint8_t *exact = malloc((size_t)n + (n == 0)); /* so that a checker sees a read past the end */
        memcpy(exact, room, (size_t)n);
        LLVMFuzzerTestOneInput(exact, (size_t)n);
        for (ssize_t i = 0; i < n && n < 4096; i++) { /* and every cut, and every byte wrong */
                exact[i] ^= 0x55;
                LLVMFuzzerTestOneInput(exact, (size_t)n);
                exact[i] ^= 0x55;
                LLVMFuzzerTestOneInput(exact, (size_t)i);
        }
        free(exact);
        return 1;
}

static int run_directory(const char *path) {
        DIR *dir = opendir(path);
        int ran = 0;

        if (!dir)
                return -1;
        for (struct dirent *e; (e = readdir(dir));)
                if (e->d_name[0] != '.') {
                        if (run_file(dirfd(dir), e->d_name) < 0)
                                return -1;
                        ran++;
                }
        closedir(dir);
        return ran;
}

int main(int argc, char **argv) {
        int ran = 0;

        for (int i = 1; i < argc; i++) {
                struct stat st;
                int n = stat(argv[i], &st) < 0 ? -1 : S_ISDIR(st.st_mode) ? run_directory(argv[i]) : run_file(AT_FDCWD, argv[i]);
                if (n <= 0) {
                        fprintf(stderr, "%s: nothing to run\n", argv[i]);
                        return 1;
                }
                ran += n;
        }
        printf("%d inputs\n", ran);
        return ran > 0 ? 0 : 1;
}
