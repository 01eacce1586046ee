/* try-sockets: sockets of every family, type and option that no browser needs.
 * Runs as: zone.  Input: the act's name.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "try.h"
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#define ACT(name) static void name(char **args __attribute__((unused)))

static void family(int domain, int type, int protocol, const char *what) {
        int fd = socket(domain, type, protocol);
        try_call(what, fd);
        if (fd >= 0)
                close(fd);
}
ACT(alg) { family(38, SOCK_SEQPACKET, 0, "AF_ALG"); }
ACT(vsock) { family(40, SOCK_STREAM, 0, "AF_VSOCK"); }
ACT(packet) {
        family(AF_PACKET, SOCK_RAW, 0x0300, "AF_PACKET raw");
        family(AF_PACKET, SOCK_DGRAM, 0x0300, "AF_PACKET dgram");
        family(AF_INET, SOCK_PACKET, 0x0300, "SOCK_PACKET");
}
ACT(key) { family(15, SOCK_RAW, 2, "AF_KEY"); }
ACT(xdp) { family(44, SOCK_RAW, 0, "AF_XDP"); }
ACT(families) { /* all others */
        char what[32];
        for (int f = 0; f < 64; f++) {
                if (f == AF_UNIX || f == AF_INET || f == AF_INET6 || f == AF_NETLINK)
                        continue;
                for (int type = 1; type <= 5; type++) {
                        int fd = socket(f, type, 0);
                        if (fd >= 0 || (errno != EPERM && errno != ENOSYS)) {
                                snprintf(what, sizeof what, "family %d type %d", f, type);
                                if (fd >= 0)
                                        try_escaped("%s", what);
                                else
                                        try_refused(errno, what);
                        }
                }
        }
        try_refused(EPERM, "all other families");
}
ACT(raw) {
        family(AF_INET, SOCK_RAW, 1, "raw ICMP");
        family(AF_INET, SOCK_RAW, 255, "raw IP");
        family(AF_INET6, SOCK_RAW, 58, "raw ICMPv6");
}
ACT(ping) {
        family(AF_INET, SOCK_DGRAM, 1, "ping");
        family(AF_INET6, SOCK_DGRAM, 58, "ping6");
}
ACT(protocols) {
        family(AF_INET, SOCK_STREAM, 132, "SCTP stream");
        family(AF_INET, SOCK_SEQPACKET, 132, "SCTP seqpacket");
        family(AF_INET, SOCK_STREAM, 262, "MPTCP");
        family(AF_INET, SOCK_DCCP, 33, "DCCP");
        family(AF_INET, SOCK_DGRAM, 136, "UDPLITE");
        family(AF_INET6, SOCK_STREAM, 262, "MPTCP over IPv6");
        family(AF_INET, SOCK_STREAM, 256, "SMC");
}
ACT(netlink_all) { /* NETLINK_ROUTE (0) and KOBJECT_UEVENT (15) stay */
        char what[32];
        for (int p = 1; p < 32; p++) {
                if (p == 15)
                        continue;
                snprintf(what, sizeof what, "netlink %d", p);
                family(AF_NETLINK, SOCK_RAW, p, what);
        }
}
/* Routes may be read; none may be made. */
ACT(netlink_route) {
        struct { struct { unsigned len; unsigned short type, flags; unsigned seq, pid; } h; struct { unsigned char family, pad; unsigned short type; int index; unsigned flags, change; } link; } m;
        char answer[512];
        int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
        if (fd < 0) {
                try_broken("no route netlink, which a browser needs: %s", strerror(errno));
                return;
        }
        memset(&m, 0, sizeof m);
        m.h.len = sizeof m;
        m.h.type = 16;      /* RTM_NEWLINK */
        m.h.flags = 1 | 4;  /* REQUEST, ACK */
        m.link.index = 1;
        m.link.flags = 0;
        m.link.change = 1;  /* lo down */
        if (send(fd, &m, sizeof m, 0) < 0) {
                try_refused(errno, "RTM_NEWLINK");
                return;
        }
        ssize_t n = recv(fd, answer, sizeof answer, 0);
        if (n < 20) {
                try_broken("short answer");
                return;
        }
        int error;
        memcpy(&error, answer + 16, 4);
        if (error == 0)
                try_escaped("the zone's loopback is under its own command");
        else
                try_refused(-error, "RTM_NEWLINK");
}
static void option(int domain, int level, int name, const char *what) {
        char blob[256] = { 0 };
        int fd = socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0) {
                try_broken("no socket: %s", strerror(errno));
                return;
        }
        try_call(what, setsockopt(fd, level, name, blob, sizeof blob));
        close(fd);
}
ACT(iptables) {
        option(AF_INET, 0, 64, "IPT_SO_SET_REPLACE");
        option(AF_INET, 0, 65, "IPT_SO_SET_ADD_COUNTERS");
        option(AF_INET6, 41, 64, "IP6T_SO_SET_REPLACE");
        option(AF_INET6, 41, 65, "IP6T_SO_SET_ADD_COUNTERS");
        option(AF_INET, 0, 96, "ARPT_SO_SET_REPLACE");
}
ACT(ulp) { option(AF_INET, 255, 1, "raw level"); option(AF_INET, 282, 1, "TLS level"); option(AF_INET, 284, 1, "MPTCP level"); option(AF_INET, 132, 1, "SCTP level"); }
/* args: a name (without the leading zero) at which the test listens on the host. */
static void abstract_host(char **args) {
        struct sockaddr_un a = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        size_t n = strlen(args[0]);
        if (fd < 0 || n > sizeof a.sun_path - 1) {
                try_broken("socket: %s", strerror(errno));
                return;
        }
        memcpy(a.sun_path + 1, args[0], n);
        try_call("connect to the host's abstract socket", connect(fd, (struct sockaddr *)&a, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n)));
}
/* The well-known ones of a desktop. */
ACT(abstract_known) {
        const char *const names[] = { "/tmp/.X11-unix/X0", "/tmp/.X11-unix/X1", "/tmp/.ICE-unix/1", "/tmp/dbus-session", "/org/kernel/linux/storage/multipathd", "ISCSIADM_ABSTRACT_NAMESPACE", NULL };
        for (int i = 0; names[i]; i++)
                abstract_host((char *[]){ (char *)(unsigned long)names[i], NULL });
}
ACT(low_port) {
        struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(INADDR_ANY) };
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        try_call("bind to port 80", bind(fd, (struct sockaddr *)&a, sizeof a));
}
/* Credentials of another process in a message. */
ACT(credentials) {
        int s[2];
        char c = 'x', room[CMSG_SPACE(12)] = { 0 };
        struct iovec iov = { &c, 1 };
        struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room };
        struct cmsghdr *h = CMSG_FIRSTHDR(&m);
        int values[3] = { 1, 0, 0 };
        if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, s) < 0) {
                try_broken("socketpair: %s", strerror(errno));
                return;
        }
        h->cmsg_level = SOL_SOCKET;
        h->cmsg_type = 2; /* SCM_CREDENTIALS */
        h->cmsg_len = CMSG_LEN(12);
        memcpy(CMSG_DATA(h), values, 12);
        try_call("credentials of pid 1, uid 0", sendmsg(s[0], &m, 0));
}

static const TryAct acts[] = {
        { "af-alg", alg, 0 }, { "af-vsock", vsock, 0 }, { "af-packet", packet, 0 }, { "af-key", key, 0 }, { "af-xdp", xdp, 0 }, { "af-others", families, 0 },
        { "raw-inet", raw, 0 }, { "icmp", ping, 0 }, { "inet-protocols", protocols, 0 }, { "netlink", netlink_all, 0 }, { "netlink-route-write", netlink_route, 0 },
        { "iptables-options", iptables, 0 }, { "option-levels", ulp, 0 }, { "abstract-host", abstract_host, 1 }, { "abstract-known", abstract_known, 0 },
        { "low-port", low_port, 0 }, { "credentials", credentials, 0 },
};
TRY_MAIN(acts)
