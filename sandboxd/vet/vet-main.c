/* vet-main: shuts itself in, looks into one file, says what it saw in one record.
 * Runs as: vet.  Input: descriptor 3 (the file: sealed, or read-only), 4 (where the record goes).  Must not: open anything; look at a second file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-drop.h"
#include "base/base-fd.h"
#include "base/base-filter.h"
#include "sandboxd/filter/vet-filter.h"
#include "sandboxd/vet/vet.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { FILE_FD = 3, RESULT_FD = 4 };
#define ROOM (1024ull << 20) /* address space besides the file: what three levels of unpacking need */

static void __attribute__((noreturn)) give_up(const char *what, int error) {
        dprintf(2, "sandboxd-vet: %s: %s\n", what, strerror(error));
        _exit(1);
}

/* A file that nobody can change any more, or that we cannot: whoever could still write to it would change what was judged. */
static VetBytes map_file(void) {
        struct stat st;
        int seals = fcntl(FILE_FD, F_GET_SEALS), flags = fcntl(FILE_FD, F_GETFL);
        void *p;

        if (fstat(FILE_FD, &st) < 0 || !S_ISREG(st.st_mode))
                give_up("descriptor 3 is no file", EINVAL);
        if ((seals < 0 || (seals & (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)) != (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)) && (flags & O_ACCMODE) != O_RDONLY)
                give_up("descriptor 3 could be written to", EPERM);
        if (st.st_size == 0 || st.st_size > (off_t)POLICY_VET_MAX_FILE)
                return (VetBytes){ NULL, (size_t)st.st_size };
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, FILE_FD, 0);
        if (p == MAP_FAILED)
                give_up("descriptor 3", errno);
        return (VetBytes){ p, (size_t)st.st_size };
}

static void limit(int what, rlim_t n) {
        struct rlimit r = { n, n };

        if (setrlimit((unsigned)what, &r) < 0)
                give_up("limits", errno);
}

static void shut_in(size_t size) {
        int r;

        limit(RLIMIT_AS, ROOM + size);
        limit(RLIMIT_CPU, POLICY_VET_CPU_S);
        limit(RLIMIT_FSIZE, sizeof(PolicyVerdict)); /* the record, should it go to a file */
        limit(RLIMIT_NOFILE, 8);
        limit(RLIMIT_NPROC, 0);
        limit(RLIMIT_MEMLOCK, 0);
        mallopt(M_MMAP_THRESHOLD, 1 << 20);
        r = base_filter_no_files();
        if (r < 0)
                give_up("Landlock", -r);
        r = base_filter_install(vet_filter, sizeof vet_filter / sizeof *vet_filter, 0);
        if (r < 0)
                give_up("system-call filter", -r);
}

int main(void) {
        static Vet vet;
        VetBytes file;

        base_drop_common();
        base_drop_all();
        base_close_from(5);
        file = map_file();
        shut_in(file.n < POLICY_VET_MAX_FILE ? file.n : 0);
        vet_file(&vet, file);
        if (base_fd_write_all(RESULT_FD, &vet.v, sizeof vet.v) < 0)
                return 1;
        return 0;
}
