/* bench-wait: writes as many MiB as its argument says into the zone's storage, then waits for ever.
 * Runs as: zone.  Input: the command line.  Must not: end by itself.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It takes the name "bench-ready" when it has written all: who measures reads that from outside. */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static char block[1 << 20];

int main(int argc, char **argv) {
        long mib = argc > 1 ? strtol(argv[1], NULL, 10) : 0;

        if (mib > 0) {
                int fd = open("/home/zone/filled", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
                if (fd < 0)
                        return 1;
                memset(block, 'x', sizeof block);
                for (long i = 0; i < mib; i++)
                        if (write(fd, block, sizeof block) != (ssize_t)sizeof block)
                                return 1;
        }
        prctl(PR_SET_NAME, "bench-ready", 0, 0, 0);
        for (;;)
                poll(NULL, 0, -1); /* not pause(): the filter refuses it, and this would spin */
}
