/* spawn-child: what test-base-spawn starts: tells over descriptor 3 what it was given, or does what it was told.
 * Runs as: anyone (pure).  Input: argv[1].  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int count_open(void) {
        int n = 0;

        for (int fd = 0; fd < 1024; fd++)
                n += fcntl(fd, F_GETFD) >= 0;
        return n;
}

int main(int argc, char **argv) {
        int signal = 0;

        if (argc > 1 && strcmp(argv[1], "wait") == 0)
                for (;;)
                        pause();
        prctl(PR_GET_PDEATHSIG, &signal);
        dprintf(3, "fds=%d env=%s pdeathsig=%d uid=%d gid=%d pid=%d nnp=%d", count_open(), getenv("A") ? getenv("A") : "none", signal, (int)getuid(),
                (int)getgid(), (int)getpid(), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
        return 0;
}
