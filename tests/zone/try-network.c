/* try-network: reaches for addresses: the host's loopback, the office, the metadata service; directly and by the proxy.
 * Runs as: zone.  Input: the act's name, addresses and ports.  Must not: be run as root outside a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "try.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Waits at most three seconds for a connection to be made: a packet that vanishes is a refusal too (ETIMEDOUT). */
static int dial(const char *address, int port) {
        struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
        struct sockaddr_in6 b = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
        int v6 = strchr(address, ':') != NULL, error = 0;
        socklen_t n = sizeof error;
        if (inet_pton(v6 ? AF_INET6 : AF_INET, address, v6 ? (void *)&b.sin6_addr : (void *)&a.sin_addr) != 1) {
                errno = EINVAL;
                return -1;
        }
        int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return -1;
        if (connect(fd, v6 ? (struct sockaddr *)&b : (struct sockaddr *)&a, v6 ? sizeof b : sizeof a) < 0) {
                if (errno == EINPROGRESS) {
                        struct pollfd p = { fd, POLLOUT, 0 };
                        error = poll(&p, 1, 3000) == 1 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) == 0 ? error : ETIMEDOUT;
                } else
                        error = errno;
        }
        if (error) {
                close(fd);
                errno = error;
                return -1;
        }
        return fd;
}
/* args: ADDRESS PORT: a plain connection. */
static void direct(char **args) {
        char what[100];
        snprintf(what, sizeof what, "%s port %s", args[0], args[1]);
        try_call(what, dial(args[0], atoi(args[1])));
}
/* The same without a connection: DNS to anybody, and a probe of the office. args: ADDRESS PORT. */
static void datagram(char **args) {
        struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(args[1])) };
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        inet_pton(AF_INET, args[0], &a.sin_addr);
        try_call(args[0], sendto(fd, "evil", 4, 0, (struct sockaddr *)&a, sizeof a));
}
static void multicast(char **args) {
        (void)args;
        datagram((char *[]){ (char *)(unsigned long)"224.0.0.251", (char *)(unsigned long)"5353", NULL });
        datagram((char *[]){ (char *)(unsigned long)"239.255.255.250", (char *)(unsigned long)"1900", NULL });
        datagram((char *[]){ (char *)(unsigned long)"255.255.255.255", (char *)(unsigned long)"68", NULL });
}
/* Interfaces besides the loopback. */
static void interfaces(char **args) {
        char line[512];
        FILE *in = fopen("/proc/self/net/dev", "re");
        unsigned n = 0, others = 0;
        (void)args;
        if (!in) {
                try_refused(errno, "/proc/self/net/dev");
                return;
        }
        while (fgets(line, sizeof line, in)) {
                if (!strchr(line, ':'))
                        continue;
                n++;
                if (!strstr(line, "lo:") && !strstr(line, "zone0:") && !strstr(line, "nowhere:")) /* a pair whose both ends are here */
                        others++;
        }
        fclose(in);
        if (others)
                try_escaped("%u interfaces that lead somewhere", others);
        else
                try_contained("%u interfaces: lo and a pair that leads nowhere", n);
}
/* A name must have no way out but the proxy: no resolver answers. */
static void resolver(char **args) {
        static const unsigned char query[] = { 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'c', 'o', 'm', 0, 0, 1, 0, 1 };
        struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(53), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        char answer[512];
        (void)args;
        if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0 || send(fd, query, sizeof query, 0) < 0) {
                try_refused(errno, "DNS at 127.0.0.1");
                return;
        }
        struct pollfd p = { fd, POLLIN, 0 };
        if (poll(&p, 1, 2000) != 1) {
                try_refused(ETIMEDOUT, "DNS at 127.0.0.1");
                return;
        }
        try_call("DNS at 127.0.0.1", recv(fd, answer, sizeof answer, 0));
}
static ssize_t read_some(int fd, char *buf, size_t max) {
        struct pollfd p = { fd, POLLIN, 0 };
        ssize_t n = poll(&p, 1, 8000) == 1 ? read(fd, buf, max - 1) : -1;
        buf[n > 0 ? n : 0] = '\0';
        return n;
}
/* Sends a request to the proxy; anything but a 4xx or 5xx answer (or a hang-up) is an escape. */
static void ask(const char *request, const char *what) {
        char answer[1024];
        int status = 0, fd = dial("127.0.0.1", 3128);
        if (fd < 0) {
                try_broken("no proxy at 127.0.0.1:3128: %s", strerror(errno));
                return;
        }
        fcntl(fd, F_SETFL, 0);
        if (write(fd, request, strlen(request)) < 0) {
                try_refused(errno, what);
                close(fd);
                return;
        }
        ssize_t n = read_some(fd, answer, sizeof answer);
        close(fd);
        if (n == 0)
                try_line("refused", "http=0 %s", what);
        else if (n < 0)
                try_broken("no answer for %s", what);
        else if (sscanf(answer, "HTTP/%*s %d", &status) == 1 && status >= 400)
                try_line("refused", "http=%d %s", status, what);
        else
                try_escaped("%s: %.60s", what, answer);
}
/* args: HOST PORT: CONNECT through the proxy. */
static void proxy_connect(char **args) {
        char request[3000], what[200];
        snprintf(request, sizeof request, "CONNECT %s:%s HTTP/1.1\r\nHost: %s:%s\r\n\r\n", args[0], args[1], args[0], args[1]);
        snprintf(what, sizeof what, "CONNECT %s:%s", args[0], args[1]);
        ask(request, what);
}
/* args: PORT: every spelling of the host's own loopback and of nearby networks. */
static void proxy_spellings(char **args) {
        const char *const hosts[] = { "127.0.0.1", "localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "127.1", "127.0.1", "2130706433", "0x7f000001",
                "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "127.255.255.254", "0", "0.0.0.0", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fe80::1%25lo]", "[fc00::1]", "10.0.0.1", "172.16.0.1",
                "192.168.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "metadata.google.internal", "224.0.0.1",
                "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "localhost%00.example.com", "127.0.0.1@example.com", "example.com@127.0.0.1", "%31%32%37.0.0.1",
                "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1", "127\xe3\x80\x82" "0\xe3\x80\x82" "0\xe3\x80\x82" "1", "..", "", "*", "ip6-localhost", "printer", NULL };
        for (int i = 0; hosts[i]; i++)
                proxy_connect((char *[]){ (char *)(unsigned long)hosts[i], args[0], NULL });
}
/* args: PORT: requests that two readers may read differently. */
static void proxy_confusion(char **args) {
        const char *const forms[] = {
                "CONNECT  127.0.0.1:%s HTTP/1.1\r\n\r\n", "CONNECT\t127.0.0.1:%s HTTP/1.1\r\n\r\n", "connect 127.0.0.1:%s HTTP/1.1\r\n\r\n",
                "CONNECT 127.0.0.1:%s HTTP/0.9\r\n\r\n", "CONNECT 127.0.0.1:%s HTTP/2.0\r\n\r\n", "CONNECT 127.0.0.1:%s\r\n\r\n",
                "CONNECT example.com:443:%s HTTP/1.1\r\n\r\n", "CONNECT example.com:443 HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\nCONNECT 127.0.0.1:80 HTTP/1.1\r\n\r\n",
                "GET http://127.0.0.1:%s/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "GET http://localhost:%s/ HTTP/1.1\r\nHost: example.com\r\n\r\n",
                "POST http://[::1]:%s/ HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 0\r\n\r\n", "GET / HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n",
                "GET ftp://127.0.0.1:%s/ HTTP/1.1\r\n\r\n", "GET file:///etc/passwd?%s HTTP/1.1\r\n\r\n", "GET gopher://127.0.0.1:%s/ HTTP/1.1\r\n\r\n",
                "CONNECT 127.0.0.1:0%s HTTP/1.1\r\n\r\n", "CONNECT 127.0.0.1:-%s HTTP/1.1\r\n\r\n", "CONNECT 127.0.0.1:99999%s HTTP/1.1\r\n\r\n", NULL };
        char request[400];
        for (int i = 0; forms[i]; i++) {
                const char *mark = strstr(forms[i], "%s");
                snprintf(request, sizeof request, "%.*s%s%s", (int)(mark - forms[i]), forms[i], args[0], mark + 2);
                ask(request, forms[i]);
        }
}
/* Ports that policy does not list: mail, SSH, SMB, printing. args: a public address. */
static void proxy_ports(char **args) {
        const char *const ports[] = { "22", "23", "25", "110", "139", "445", "465", "587", "631", "3306", "3389", "5432", "6667", "8080", "9050", "0", "65536", NULL };
        for (int i = 0; ports[i]; i++)
                proxy_connect((char *[]){ args[0], (char *)(unsigned long)ports[i], NULL });
}
/* SOCKS5 on the same port: by address and by name. args: PORT. */
static void proxy_socks(char **args) {
        const char *const names[] = { "localhost", "127.0.0.1", "0x7f000001", "::1", NULL };
        int port = atoi(args[0]);
        for (int i = -2; i < 0 || names[i]; i++) {
                char m[64] = { 5, 1, 0 }, answer[300];
                size_t n;
                int fd = dial("127.0.0.1", 3128);
                if (fd < 0) {
                        try_broken("no proxy at 127.0.0.1:3128: %s", strerror(errno));
                        return;
                }
                fcntl(fd, F_SETFL, 0);
                if (write(fd, m, 3) != 3 || read_some(fd, answer, 3) != 2 || answer[0] != 5 || answer[1] != 0) {
                        try_line("refused", "http=0 SOCKS5 is not spoken");
                        close(fd);
                        continue;
                }
                m[0] = 5;
                m[1] = 1;
                if (i == -2) { /* IPv4 */
                        m[3] = 1;
                        memcpy(m + 4, "\x7f\0\0\1", 4);
                        n = 8;
                } else if (i == -1) { /* IPv6 */
                        m[3] = 4;
                        m[19] = 1;
                        n = 20;
                } else {
                        m[3] = 3;
                        m[4] = (char)strlen(names[i]);
                        memcpy(m + 5, names[i], strlen(names[i]));
                        n = 5 + strlen(names[i]);
                }
                m[n] = (char)(port >> 8);
                m[n + 1] = (char)port;
                if (write(fd, m, n + 2) < 0 || read_some(fd, answer, sizeof answer) < 2)
                        try_line("refused", "http=0 SOCKS5 hung up");
                else if (answer[1] == 0)
                        try_escaped("SOCKS5 to %s", i < 0 ? "a loopback address" : names[i]);
                else
                        try_line("refused", "http=%d SOCKS5 to %s", 400 + (unsigned char)answer[1], i < 0 ? "a loopback address" : names[i]);
                close(fd);
        }
}

static const TryAct acts[] = {
        { "direct", direct, 2 }, { "datagram", datagram, 2 }, { "multicast", multicast, 0 }, { "interfaces", interfaces, 0 }, { "resolver", resolver, 0 },
        { "proxy-connect", proxy_connect, 2 }, { "proxy-spellings", proxy_spellings, 1 }, { "proxy-confusion", proxy_confusion, 1 },
        { "proxy-ports", proxy_ports, 1 }, { "proxy-socks", proxy_socks, 1 },
};
TRY_MAIN(acts)
