/* bench-clock: says when it was started: the first thing it does is to read the clocks.
 * Runs as: zone.  Input: none.  Must not: do anything before.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <time.h>

int main(void) {
        struct timespec mono, real;

        clock_gettime(CLOCK_MONOTONIC, &mono);
        clock_gettime(CLOCK_REALTIME, &real);
        printf("%lld%09ld %lld%09ld\n", (long long)mono.tv_sec, mono.tv_nsec, (long long)real.tv_sec, real.tv_nsec);
        return fflush(stdout) == 0 ? 0 : 1;
}
