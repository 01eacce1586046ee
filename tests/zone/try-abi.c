/* try-abi: speaks to the kernel in a foreign tongue: 32-bit and x32 calls, which a filter for 64-bit calls would not see.
 * Runs as: zone.  Input: the act's name.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "try.h"

#define ACT(name) static void name(char **args __attribute__((unused)))

#ifdef __x86_64__
/* A refusal here is a death by SIGSYS; whatever returns has gone past the filter. ENOSYS: this kernel has no such calls. */
static void judge(const char *what, long r) {
        if (r == -ENOSYS)
                try_refused(ENOSYS, what);
        else
                try_escaped("%s returned %ld", what, r);
}
static long call32(long number) {
        long r;
        __asm__ volatile("int $0x80" : "=a"(r) : "a"(number), "b"(0), "c"(0), "d"(0) : "memory", "r8", "r9", "r10", "r11");
        return (long)(int)r;
}
ACT(int80_getpid) { judge("int 0x80 getpid", call32(20)); }
ACT(int80_mount) { judge("int 0x80 mount", call32(21)); }
ACT(int80_socketcall) { judge("int 0x80 socketcall", call32(102)); }
static void x32(long number, const char *what) {
        long r = syscall(number | 0x40000000);
        judge(what, r < 0 ? -errno : r);
}
ACT(x32_getpid) { x32(39, "x32 getpid"); }
ACT(x32_mount) { x32(165, "x32 mount"); }
ACT(x32_ptrace) { x32(521, "x32 ptrace"); }

static const TryAct acts[] = {
        { "int80-getpid", int80_getpid, 0 }, { "int80-mount", int80_mount, 0 }, { "int80-socketcall", int80_socketcall, 0 },
        { "x32-getpid", x32_getpid, 0 }, { "x32-mount", x32_mount, 0 }, { "x32-ptrace", x32_ptrace, 0 },
};
#else
ACT(none) { try_contained("this architecture has one tongue"); }
static const TryAct acts[] = { { "none", none, 0 } };
#endif
TRY_MAIN(acts)
