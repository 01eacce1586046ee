#!/usr/bin/env python3
"""test-gateway: the real gateway between a zone without a route and an internet made of network namespaces.

Usage (as root): test-gateway.py LAUNCH-GATEWAY SANDBOXD-GATEWAY
Makes the namespaces gwt-*, starts nginx and dnsmasq in them, removes everything at the end. No packet leaves them.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import atexit, ctypes, hashlib, os, re, shutil, signal, socket, ssl, struct, subprocess, sys, tempfile, threading, time

ZONE, DEAD, HOST, NET = 'gwt-zone', 'gwt-dead', 'gwt-host', 'gwt-net'
SITE, SITE6, DNS, MANY = '93.184.216.34', '2606:2800:220:1::34', '9.9.9.9', '151.101.0.0/16'
HOST4, ROUTER4, HOST6, ROUTER6 = '20.30.40.2', '20.30.40.1', '2a09:1:2:3::2', '2a09:1:2:3::1'
UID = 2000209001
libc = ctypes.CDLL(None, use_errno=True)


def sh(line):
    subprocess.run(line, shell=True, check=True)


def enter(netns):
    with open(f'/run/netns/{netns}') as f:
        if libc.setns(f.fileno(), 0x40000000) != 0:
            raise OSError(ctypes.get_errno(), netns)


# ---- servers in gwt-net that do what nginx does not -------------------------------------------------------------

def read_all(s, limit=1 << 30):
    h, n = hashlib.sha256(), 0
    while n < limit:
        b = s.recv(65536)
        if not b:
            break
        h.update(b)
        n += len(b)
    return h.hexdigest(), n


def read_head(s):
    b = b''
    while b'\r\n\r\n' not in b:
        c = s.recv(4096)
        if not c:
            break
        b += c
    return b.partition(b'\r\n\r\n')


def echo_after_end(s):      # answers only when the other side has ended
    digest, n = read_all(s)
    s.sendall(f'{n} {digest}'.encode())


late = []


def end_first(s):           # ends first, then goes on reading
    s.sendall(b'bye')
    s.shutdown(socket.SHUT_WR)
    late.append(read_all(s))


def tell_late(s):
    s.sendall(repr(late[-1:]).encode())


def upload(s):              # reads Content-Length bytes, says what it got; keeps the connection open
    head, _, rest = read_head(s)
    n = int(re.search(rb'content-length: (\d+)', head, re.I).group(1))
    h, left = hashlib.sha256(rest), n - len(rest)
    while left > 0:
        b = s.recv(min(left, 65536))
        if not b:
            break
        h.update(b)
        left -= len(b)
    s.settimeout(1)
    try:
        extra = s.recv(100)
    except socket.timeout:
        extra = b'-'
    body = f'{n} {h.hexdigest()} extra={extra!r}\n'.encode() + head
    s.sendall(b'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: %d\r\n\r\n' % len(body) + body)
    time.sleep(5)


def flood(s):
    try:
        while True:
            s.sendall(b'x' * 65536)
    except OSError:
        pass


def garbage(s):
    read_head(s)
    s.sendall(b'SSH-2.0-hello\r\n')


def trickle(s):             # streams: one piece now, one after two seconds
    read_head(s)
    s.sendall(b'HTTP/1.1 200 OK\r\n\r\nfirst')
    time.sleep(2)
    s.sendall(b'second')


def serve():
    enter(NET)
    for port, f in {8101: echo_after_end, 8102: end_first, 8103: tell_late, 8104: upload, 8105: flood, 8106: garbage, 8107: trickle}.items():
        listener = socket.create_server((SITE, port), backlog=600)

        def run(listener=listener, f=f):
            while True:
                s, _ = listener.accept()

                def one(s=s):
                    with s:
                        try:
                            f(s)
                        except OSError:
                            pass
                threading.Thread(target=one, daemon=True).start()
        threading.Thread(target=run, daemon=True).start()
    time.sleep(100000)


# ---- the stage --------------------------------------------------------------------------------------------------

def up(tmp):
    for n in (ZONE, DEAD, HOST, NET):
        sh(f'ip netns add {n} && ip -n {n} link set lo up')
    sh(f'ip link add gwtv0 netns {HOST} type veth peer name gwtv1 netns {NET}')
    for n, dev, a4, a6 in ((HOST, 'gwtv0', HOST4, HOST6), (NET, 'gwtv1', ROUTER4, ROUTER6)):
        sh(f'ip -n {n} addr add {a4}/24 dev {dev} && ip -n {n} addr add {a6}/64 dev {dev} nodad && ip -n {n} link set {dev} up')
    sh(f'ip -n {HOST} route add default via {ROUTER4} && ip -n {HOST} -6 route add default via {ROUTER6}')
    for a in (SITE, DNS):
        sh(f'ip -n {NET} addr add {a}/32 dev lo')
    sh(f'ip -n {NET} addr add {SITE6}/128 dev lo nodad && ip -n {NET} route add local {MANY} dev lo')
    sh(f'ip -n {NET} route add blackhole 45.0.0.0/8 && ip -n {NET} -6 route add blackhole 2a0f:dead::/32')
    os.makedirs(f'{tmp}/www')
    with open(f'{tmp}/www/index.html', 'w') as f:
        f.write('<p>こんにちは</p>\n')
    with open(f'{tmp}/www/big', 'wb') as f:
        f.write(os.urandom(48 << 20))
    sh(f'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout {tmp}/key -out {tmp}/cert -days 2 '
       f'-subj /CN=www.example.jp -addext subjectAltName=DNS:www.example.jp,DNS:v6.example.jp 2>/dev/null')
    with open(f'{tmp}/nginx.conf', 'w') as f:
        f.write(f'''daemon off; pid {tmp}/nginx.pid; error_log {tmp}/nginx.log; user root; worker_processes 1;
events {{ worker_connections 4096; }}
http {{ access_log off; default_type text/html; client_body_temp_path {tmp}/b; proxy_temp_path {tmp}/p; fastcgi_temp_path {tmp}/f; uwsgi_temp_path {tmp}/u;
scgi_temp_path {tmp}/s; server {{ listen 80; listen [::]:80; listen 443 ssl; listen [::]:443 ssl; listen 22;
ssl_certificate {tmp}/cert; ssl_certificate_key {tmp}/key; root {tmp}/www; keepalive_timeout 300;
location /host {{ return 200 "host=$http_host conn=$http_connection foo=$http_foo to=$server_addr\\n"; }} }} }}''')
    names = {'www': (SITE, SITE6), 'v6': (SITE6,), 'v4': (SITE,), 'private': ('192.168.1.1',), 'meta': ('169.254.169.254',), 'loop': ('127.0.0.1', '::1'),
             'mapped': ('::ffff:127.0.0.1',), 'nat64': ('64:ff9b::5db8:d822',), 'self': (HOST4, HOST6), 'neighbour': (ROUTER4, ROUTER6),
             'mixed': ('10.0.0.1', SITE), 'half': ('2a0f:dead::1', SITE), 'dead': ('45.2.2.2',)}
    with open(f'{tmp}/dns.conf', 'w') as f:
        f.write(f'no-resolv\ndns-forward-max=5000\nno-hosts\nlisten-address={DNS}\nbind-interfaces\npid-file=\nlocal=/example.jp/\nuser=root\nlocal-ttl=60\n')
        f.write(f'address=/wild.example.jp/{SITE}\n')
        f.write(f'cname=alias.example.jp,private.example.jp\n')
        for name, addresses in names.items():
            for a in addresses:
                f.write(f'host-record={name}.example.jp,{a}\n')
        for i in range(120):
            f.write(f'host-record=many.example.jp,151.101.0.{i + 1}\n')


children = []


def start(*argv, **kw):
    p = subprocess.Popen(argv, **{'stdin': subprocess.DEVNULL, 'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL, **kw})
    children.append(p)
    return p


def start_gateway(launch, gateway, zone, flags, ports, resolvers, log, *more, **kw):
    p = start('ip', 'netns', 'exec', HOST, launch, gateway, f'/run/netns/{zone}', str(UID), str(flags), ports, resolvers, *more, stdout=subprocess.PIPE, stderr=open(log, 'w'), **kw)
    pid = p.stdout.readline().strip()
    if not pid:
        raise SystemExit('the gateway did not start: ' + open(log).read())
    return p, int(pid)


def down():
    for p in reversed(children):
        p.terminate()  # nginx's worker outlives a master that is killed
        try:
            p.wait(5)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
    for n in (ZONE, DEAD, HOST, NET):
        subprocess.run(['ip', 'netns', 'del', n], stderr=subprocess.DEVNULL)


# ---- the zone's side --------------------------------------------------------------------------------------------

failures = 0


def check(what, holds, seen=''):
    global failures
    if not holds:
        failures += 1
    print(f'{"ok  " if holds else "FAIL"} {what}' + ('' if holds else f'   saw: {seen!r}'[:400]), flush=True)


def dial(timeout=30):
    s = socket.create_connection(('127.0.0.1', 3128), timeout=timeout)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def ask(data, timeout=30):
    """Everything the gateway says to these bytes."""
    with dial(timeout) as s:
        s.sendall(data)
        out = b''
        while True:
            b = s.recv(65536)
            if not b:
                return out
            out += b


def connect(target, timeout=30):
    s = dial(timeout)
    s.sendall(f'CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n'.encode())
    head, _, rest = read_head(s)
    return s, head, rest


def status_of(target, timeout=30):
    s, head, rest = connect(target, timeout)
    with s:
        body = b''
        if b' 200 ' not in head[:16]:
            while True:
                b = s.recv(65536)
                if not b:
                    break
                body += b
    return int(head[9:12]), (rest + body).decode()


def pss(pid):
    return int(re.search(r'^Pss:\s+(\d+)', open(f'/proc/{pid}/smaps_rollup').read(), re.M).group(1))


def curl(*args):
    return subprocess.run(['curl', '-sS', '-m', '60', '-x', 'http://127.0.0.1:3128', *args], capture_output=True)


def walls(pid):
    end = time.monotonic() + 10  # it shuts itself in after its resolver's thread has started
    while time.monotonic() < end and 'Seccomp:\t2' not in open(f'/proc/{pid}/status').read():
        time.sleep(0.05)
    for task in sorted(os.listdir(f'/proc/{pid}/task')):
        text = open(f'/proc/{pid}/task/{task}/status').read()
        check(f'thread {task}: filter, no capability, no_new_privs, own uid', re.search(r'^Seccomp:\s+2', text, re.M) and re.search(r'^NoNewPrivs:\s+1', text, re.M) and
              re.search(rf'^Uid:\s+{UID}\s+{UID}\s+{UID}\s+{UID}$', text, re.M) and all(re.search(rf'^Cap{c}:\s+0+$', text, re.M) for c in ('Inh', 'Prm', 'Eff', 'Bnd', 'Amb')), text)
    check('two threads', len(os.listdir(f'/proc/{pid}/task')) == 2)
    kinds = sorted(os.readlink(f'/proc/{pid}/fd/{f}').split(':')[0] for f in os.listdir(f'/proc/{pid}/fd') if f not in '012')
    check('its descriptors are sockets, pipes and epoll alone', set(kinds) <= {'socket', 'pipe', 'anon_inode'}, kinds)


def refusals():
    for target, status, rule in (
            ('private.example.jp:443', 403, 'private'), ('alias.example.jp:443', 403, 'private'), ('meta.example.jp:443', 403, 'private'), ('loop.example.jp:443', 403, 'private'),
            ('mapped.example.jp:443', 403, 'private'), ('nat64.example.jp:443', 403, 'private'), ('localhost:443', 403, 'private'),
            ('127.0.0.1:443', 403, 'private'), ('127.0.0.1:80', 403, 'private'), ('10.0.0.1:443', 403, 'private'), ('[::1]:443', 403, 'private'), ('[::ffff:93.184.216.34]:443', 403, 'private'),
            ('169.254.169.254:80', 403, 'private'), ('[fd00:ec2::254]:80', 403, 'private'), ('[fe80::1]:443', 403, 'private'), ('0.0.0.0:443', 403, 'private'),
            ('self.example.jp:443', 403, 'this computer'), (f'{HOST4}:443', 403, 'this computer'), (f'[{HOST6}]:443', 403, 'this computer'),
            ('neighbour.example.jp:443', 403, 'this computer'), (f'{ROUTER4}:443', 403, 'this computer'), (f'[{ROUTER6}]:443', 403, 'this computer'), ('20.30.40.255:443', 403, 'this computer'),
            (f'{SITE}:22', 403, 'port'), ('www.example.jp:22', 403, 'port'), ('www.example.jp:25', 403, 'port'),
            ('nothing.example.jp:443', 502, 'name not found'), ('127.1:443', 400, 'host name'), ('0x7f000001:443', 400, 'host name'), ('2130706433:443', 400, 'host name'),
            ('www.example.jp', 400, 'malformed')):
        got, page = status_of(target)
        check(f'CONNECT {target} is refused: {rule}', got == status and rule in page and 'lang="ja"' in page, (got, page))
    reply = ask(b'GET http://private.example.jp/ HTTP/1.1\r\nHost: www.example.jp\r\n\r\n').decode()
    check('plain http to a private name is refused with a page', reply.startswith('HTTP/1.1 403 ') and '私的' in reply, reply)
    reply = ask(b'POST http://www.example.jp/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n').decode()
    check('two lengths are refused', reply.startswith('HTTP/1.1 400 '), reply)
    reply = ask(b'\x16\x03\x01\x02\x00').decode()
    check('TLS instead of a request is refused at once', reply.startswith('HTTP/1.1 400 '), reply)


def address_comes_and_goes():
    s, head, _ = connect('151.101.7.7:443')
    s.close()
    check('an address afar is dialled', head.startswith(b'HTTP/1.1 200 '), head)
    sh(f'ip -n {HOST} addr add 151.101.7.7/32 dev lo')
    got, page = status_of('151.101.7.7:443')
    check('the same is refused once it is the computer\'s own', got == 403 and 'this computer' in page, (got, page))
    sh(f'ip -n {HOST} addr del 151.101.7.7/32 dev lo && ip -n {HOST} addr add 151.101.7.1/24 dev gwtv0')
    got, page = status_of('151.101.7.7:443')
    check('and where it is on the same link', got == 403 and 'this computer' in page, (got, page))
    sh(f'ip -n {HOST} addr del 151.101.7.1/24 dev gwtv0')
    sh(f'ip -n {HOST} tuntap add mode tun name gwttun && ip -n {HOST} addr add 151.101.8.1 peer 151.101.8.2 dev gwttun && ip -n {HOST} link set gwttun up')
    got, page = status_of('151.101.8.2:443')
    check('the far end of a point-to-point link is refused', got == 403 and 'this computer' in page, (got, page))
    sh(f'ip -n {HOST} route add 45.77.0.0/16 dev gwttun')
    got, page = status_of('45.77.0.1:443', 30)
    check('what lies behind a tunnel is tried (nothing answers there)', got in (502, 504), (got, page))
    sh(f'ip -n {HOST} link del gwttun')
    s, head, _ = connect('151.101.7.7:443')
    s.close()
    check('and dialled again when it has gone', head.startswith(b'HTTP/1.1 200 '), head)


def pages(tmp):
    r = curl('--cacert', f'{tmp}/cert', 'https://www.example.jp/')
    check('a page over CONNECT', 'こんにちは' in r.stdout.decode(), r)
    r = curl('--cacert', f'{tmp}/cert', 'https://v6.example.jp/host')
    check('a page over CONNECT and IPv6', f'to={SITE6}' in r.stdout.decode(), r)
    r = curl('http://www.example.jp/')
    check('a page over plain http', 'こんにちは' in r.stdout.decode(), r)
    r = curl('-H', 'Host: evil.example', '-H', 'Connection: foo', '-H', 'Foo: 1', 'http://v4.example.jp/host')
    check('the host is rewritten, named and hop-by-hop fields are dropped', r.stdout == f'host=v4.example.jp conn=close foo= to={SITE}\n'.encode(), r)
    r = curl('-i', 'http://WWW.EXAMPLE.JP./host')
    check('names are made canonical; the answer says that the connection ends', b'host=www.example.jp ' in r.stdout and b'\r\nConnection: close\r\n' in r.stdout, r)
    r = curl('-g', f'http://[{SITE6}]/host')
    check('an IPv6 address as a host', f'host=[{SITE6}]' in r.stdout.decode(), r)
    two = b'GET http://v4.example.jp/host HTTP/1.1\r\nHost: x\r\n\r\n'
    check('a second request on the same connection goes nowhere', ask(two + two).count(b'HTTP/1.1 200') == 1)
    r = curl('http://many.example.jp/host')
    check('120 addresses (an answer over TCP)', b'to=151.101.0.' in r.stdout, r)
    r = curl('http://mixed.example.jp/host')
    check('of a private and a public address the public one is dialled', f'to={SITE}'.encode() in r.stdout, r)
    t = time.monotonic()
    r = curl('http://half.example.jp/host')
    check('dead IPv6 costs about a second', f'to={SITE}'.encode() in r.stdout and time.monotonic() - t < 3, (r, time.monotonic() - t))


def transfers(tmp):
    want = hashlib.sha256(open(f'{tmp}/www/big', 'rb').read()).hexdigest()
    for url, args in (('https://www.example.jp/big', ('--cacert', f'{tmp}/cert')), ('http://www.example.jp/big', ())):
        t = time.monotonic()
        r = curl(*args, url)
        t = time.monotonic() - t
        check(f'48 MiB arrive whole: {url} ({48 / t:.0f} MiB/s)', hashlib.sha256(r.stdout).hexdigest() == want, r.stderr)
    data = os.urandom(8 << 20)
    digest = hashlib.sha256(data).hexdigest()
    with dial() as s:
        s.sendall(b'POST http://v4.example.jp:8104/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n' % len(data) + data + b'GET http://v4.example.jp:8104/smuggled HTTP/1.1\r\nHost: x\r\n\r\n')
        head, _, body = read_head(s)
        while b'\r\n\r\n' not in body and (b := s.recv(4096)):
            body += b
    check('an upload arrives whole, and nothing behind its length', f"{len(data)} {digest} extra=b'-'" in body.decode(), body)
    check('a server that keeps the connection is not believed', b'Connection: close' in head and b'keep-alive' not in head, head)
    s, head, rest = connect('v4.example.jp:8101')
    with s:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        got = read_end(s)
    check('half-close from the zone: the server sees the end and still answers', got == f'{len(data)} {digest}'.encode(), got)
    s, head, rest = connect('v4.example.jp:8102')
    with s:
        check('half-close from the server', rest + read_end(s) == b'bye')
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
    time.sleep(1)
    s, head, rest = connect('v4.example.jp:8103')
    with s:
        got = (rest + read_end(s)).decode()
    check('and the zone may still send', got == repr([(digest, len(data))]), got)
    reply = ask(b'GET http://v4.example.jp:8106/ HTTP/1.1\r\nHost: x\r\n\r\n')
    check('an answer that is not http is refused', reply.startswith(b'HTTP/1.1 502 ') and b'malformed' in reply, reply)
    with dial() as s:
        t = time.monotonic()
        s.sendall(b'GET http://v4.example.jp:8107/ HTTP/1.1\r\nHost: x\r\n\r\n')
        _, _, first = read_head(s)
        while b'first' not in first:
            first += s.recv(100)
        early = time.monotonic() - t
        check('answers stream', early < 1.5 and first + read_end(s) == b'firstsecond', (early, first))
    s, head, rest = connect('v4.example.jp:8101')
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    s.sendall(b'x')
    s.close()  # a reset


def read_end(s):
    out = b''
    while b := s.recv(65536):
        out += b
    return out


def crowd(pid):
    before, t = pss(pid), time.monotonic()
    socks = [dial(60) for _ in range(500)]
    for s in socks:
        s.sendall(b'CONNECT www.example.jp:80 HTTP/1.1\r\nHost: x\r\n\r\n')
    heads = [read_head(s)[0] for s in socks]
    check('500 connections at once are opened', all(h.startswith(b'HTTP/1.1 200 ') for h in heads), [h for h in heads if b' 200 ' not in h][:1])
    held = pss(pid)
    for s in socks:
        s.sendall(b'GET / HTTP/1.1\r\nHost: www.example.jp\r\nConnection: close\r\n\r\n')
    check('and all carry a page', all('こんにちは'.encode() in read_end(s) for s in socks))
    print(f'     500 idle connections: +{held - before} KiB; all in {time.monotonic() - t:.2f} s')
    for s in socks:
        s.close()
    socks = [dial(60) for _ in range(900)]
    for i, s in enumerate(socks):
        s.sendall(f'CONNECT n{i}.wild.example.jp:80 HTTP/1.1\r\nHost: x\r\n\r\n'.encode())
    heads = [read_head(s)[0][9:12] for s in socks]
    check('900 different names at once', heads.count(b'200') == 900, {h: heads.count(h) for h in set(heads)})
    for s in socks:
        s.close()
    before = pss(pid)
    socks = [connect('v4.example.jp:8105')[0] for _ in range(60)]
    time.sleep(3)
    held = pss(pid)
    check(f'60 floods nobody reads are held back (+{held - before} KiB)', held - before < 60 * 80, held - before)
    for s in socks:
        s.close()


def slow_head(out):
    enter(ZONE)
    t = time.monotonic()
    with dial() as s:
        s.sendall(b'GET http://www.example.jp/ HT')
        got = read_end(s)
    out.append((got, time.monotonic() - t))


def dead_ways():
    t = time.monotonic()
    got, page = status_of('dead.example.jp:443', 30)
    t = time.monotonic() - t
    check(f'a server that does not answer: 504 after {t:.1f} s', got == 504 and t < 8, (got, page, t))


def dead_resolver():
    enter(DEAD)
    results = []

    def one(name):
        enter(DEAD)
        t = time.monotonic()
        got, page = status_of(f'{name}.example.jp:443', 30)
        results.append((got, 'name servers' in page, time.monotonic() - t))
    threads = [threading.Thread(target=one, args=(f'n{i}',)) for i in range(20)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    worst = max(r[2] for r in results)
    check(f'name servers that do not answer: 504 after at most {worst:.1f} s', len(results) == 20 and all(r[0] == 504 and r[1] for r in results) and worst < 12, results)
    reply = ask(b'GET http://www.example.jp/ HTTP/1.1\r\nHost: x\r\n\r\n').decode()
    check('plain http is refused where it is not permitted', reply.startswith('HTTP/1.1 403 ') and 'plain http' in reply, reply)
    enter(ZONE)


def failing_names():
    statuses = [status_of(f'x{i}.example.jp:443')[0] for i in range(400)]
    check('too many names that do not exist are not asked for', statuses[0] == 502 and 503 in statuses and statuses.count(502) < 390, (statuses.count(502), statuses.count(503)))
    got, _ = status_of(f'{SITE}:443')
    check('while addresses still work', got == 200, got)
    time.sleep(1.2)
    got, _ = status_of('www.example.jp:443')
    check('and names again after a moment', got == 200, got)


def main():
    reachable = tempfile.mkdtemp(prefix='hanare-gateway-test-')  # the gateway's own uid must reach its program, wherever the tree lies
    atexit.register(shutil.rmtree, reachable)
    os.chmod(reachable, 0o755)
    launch, gateway = (shutil.copy(p, reachable) for p in sys.argv[1:3])
    if os.geteuid() != 0:
        raise SystemExit('root is needed to make network namespaces')
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    tmp = tempfile.mkdtemp(prefix='gwt-')
    try:
        up(tmp)
        start('ip', 'netns', 'exec', NET, 'nginx', '-c', f'{tmp}/nginx.conf')
        start('ip', 'netns', 'exec', NET, 'dnsmasq', '-k', f'--conf-file={tmp}/dns.conf')
        start(sys.executable, os.path.abspath(__file__), 'serve')
        with open(f'{tmp}/resolv.conf', 'w') as f:
            f.write('# a comment\nsearch example.jp\nnameserver not-an-address\nnameserver 45.1.1.1\noptions edns0\n')
        time.sleep(1.5)
        alive, pid = start_gateway(launch, gateway, ZONE, 16, '80,443,8101,8102,8103,8104,8105,8106,8107', DNS, f'{tmp}/log')
        dead, _ = start_gateway(launch, gateway, DEAD, 0, '80,443', f'@{tmp}/resolv.conf', f'{tmp}/log-dead')
        enter(ZONE)
        slow = []
        slow_thread = threading.Thread(target=slow_head, args=(slow,))
        slow_thread.start()
        walls(pid)
        rest = pss(pid)
        print(f'     at rest: PSS {rest} KiB')
        pages(tmp)
        refusals()
        address_comes_and_goes()
        transfers(tmp)
        crowd(pid)
        dead_ways()
        dead_resolver()
        failing_names()
        slow_thread.join()
        check('a head that does not come: 408 after 10 s', slow and slow[0][0].startswith(b'HTTP/1.1 408 ') and 9 < slow[0][1] < 12, slow)
        time.sleep(2.5)
        left = [os.readlink(f'/proc/{pid}/fd/{f}') for f in os.listdir(f'/proc/{pid}/fd')]
        check(f'no descriptor is left over ({len(left)})', len(left) < 20, left)
        print(f'     at the end: PSS {pss(pid)} KiB')
        check('both gateways still run', alive.poll() is None and dead.poll() is None)
        lines = open(f'{tmp}/log').read().splitlines()
        check('refusals are logged, one line each, few', 20 < len(lines) < 400 and all(l.startswith('hanare-gateway: refused: ') for l in lines), lines[:3] + lines[-3:])
    finally:
        down()
        shutil.rmtree(tmp)
    print(f'{failures} failures')
    return failures != 0


if __name__ == '__main__':
    sys.exit(serve() if sys.argv[1:] == ['serve'] else main())
