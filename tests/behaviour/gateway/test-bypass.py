#!/usr/bin/env python3
"""test-bypass: what a hostile zone tries to get past the names, against the real gateway; what the other side saw, byte for byte.

Usage (as root): test-bypass.py LAUNCH-GATEWAY SANDBOXD-GATEWAY [PART ...]
Each attempt is green only where the gateway still runs, neither the forbidden servers nor the name server nor the permitted one saw a byte of it, and
the gateway told of it by the rule that is named here. SPDX-License-Identifier: GPL-3.0-or-later
"""
import atexit, importlib.util, os, shutil, signal, socket, struct, subprocess, sys, tempfile, threading, time

spec = importlib.util.spec_from_file_location('stage', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'test-gateway.py'))
stage = importlib.util.module_from_spec(spec)
spec.loader.exec_module(stage)
BANK, EVIL = '93.184.216.35', '93.184.216.36'
OFFICE, METADATA = '192.168.1.1', '169.254.169.254'
RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'data', 'gateways.nft')
STRICT, LENIENT = stage.ZONE, stage.DEAD
HTTP, STRICT_FLAGS = 1 << 4, 1 << 5 | 1 << 6
MARK = b'TELL-EVIL'  # what every attempt would carry out
seen_path = None


# ---- the internet: every byte is written down -------------------------------------------------------------------

def sink():
    stage.enter(stage.NET)
    out = open(seen_path, 'a', buffering=1)

    def one(s, where):
        with s:
            s.settimeout(20)
            got = b''
            out.write(f'{where} connected\n')
            try:
                while b := s.recv(65536):
                    got += b
                    out.write(f'{where} {b.hex()}\n')
                    if got.endswith(b'ping'):
                        s.sendall(b'pong')
            except OSError:
                pass

    def run(listener, where):
        while True:
            s, _ = listener.accept()
            threading.Thread(target=one, args=(s, where), daemon=True).start()
    for name, address in (('bank', BANK), ('evil', EVIL), ('site', stage.SITE), ('dns', stage.DNS), ('office', OFFICE), ('metadata', METADATA)):
        for port in (443, 80, 22, 853, 8443) + (() if name == 'dns' else (53,)):
            listener = socket.create_server((address, port), backlog=200)
            threading.Thread(target=run, args=(listener, f'{name}:{port}'), daemon=True).start()
    time.sleep(100000)


# ---- the zone's tools -------------------------------------------------------------------------------------------

def vector(n, b):
    return len(b).to_bytes(n, 'big') + b


def extension(kind, body):
    return struct.pack('>H', kind) + vector(2, body)


def server_name(*names, kind=0):
    return extension(0, vector(2, b''.join(bytes([kind]) + vector(2, n) for n in names)))


VERSIONS = extension(43, b'\x02\x03\x04')
ECH = extension(0xfe0d, b'\0\0\1\0\1\x09' + vector(2, b'\7\7') + vector(2, b'\1' * 144))
ECH_INNER = extension(0xfe0d, b'\1')


def hello(*extensions, version=0x0303):
    body = struct.pack('>H', version) + MARK.ljust(32, b'.') + b'\0' + vector(2, b'\x13\x01') + vector(1, b'\0') + vector(2, b''.join(extensions))
    return b'\1' + vector(3, body)


def records(message, size=16384):
    return b''.join(b'\x16\x03\x01' + vector(2, message[i:i + size]) for i in range(0, len(message), size))


def good(name=b'bank.example.jp'):
    return records(hello(server_name(name), VERSIONS))


def http(target, method='CONNECT', extra=b''):
    t = target if isinstance(target, bytes) else target.encode()
    return method.encode() + b' ' + t + b' HTTP/1.1\r\nHost: ' + MARK + b'\r\n' + extra + b'\r\n'


def socks(name=None, port=443, command=1, four=None, six=None):
    target = b'\1' + socket.inet_aton(four) if four else b'\4' + socket.inet_pton(socket.AF_INET6, six) if six else b'\3' + vector(1, name)
    return b'\5\1\0', bytes([5, command, 0]) + target + struct.pack('>H', port)


class Gateway:
    def __init__(self, launch, gateway, zone, flags, ports, allow, deny, log, *more):
        self.zone = zone
        self.process, self.pid = stage.start_gateway(launch, gateway, zone, flags, ports, stage.DNS, log, allow, deny, *more, stdin=subprocess.PIPE)
        self.events, self.lines = [], threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.lines:
                self.events.append(line.decode().rstrip('\n').split('\t'))
                self.lines.notify_all()

    def event(self, mark, verdicts, seconds=3):
        with self.lines:
            self.lines.wait_for(lambda: any(e[0] in verdicts for e in self.events[mark:]), seconds)
            return [e for e in self.events[mark:] if e[0] in verdicts]


def talk(parts, wait=0.05, seconds=4):
    """Sends each part (after the answer to the one before, where there is one); returns all that came back."""
    out = b''
    with stage.dial(seconds) as s:
        for i, part in enumerate(parts):
            try:
                s.sendall(part)
                if i + 1 < len(parts):
                    s.settimeout(seconds)
                    out += s.recv(65536)
                s.settimeout(wait if i + 1 < len(parts) else seconds)
            except OSError:
                break
        try:
            s.settimeout(1.5)
            while b := s.recv(65536):
                out += b
        except OSError:
            pass
    return out


def seen():
    with open(seen_path) as f:
        return f.read()


dns_log = None


def refused(g, what, parts, rule, at_bank=False):
    """at_bank: the tunnel to the permitted server may be open (nothing of the zone's may be in it)."""
    stage.enter(g.zone)
    before, mark, dns_before = len(seen()), len(g.events), os.path.getsize(dns_log)
    answer = talk(parts if isinstance(parts, (list, tuple)) else [parts])
    events = g.event(mark, ('3', '4'))
    time.sleep(0.05)
    news = seen()[before:]
    with open(dns_log) as f:
        f.seek(dns_before)
        asked = f.read()
    bytes_seen = [line for line in news.splitlines() if not (at_bank and line == 'bank:443 connected')]
    told = any(rule in e[6] for e in events)
    stage.check(f'{what}: {rule}', not bytes_seen and told and ('evil' not in asked or 'leads to' in rule) and g.process.poll() is None, (bytes_seen, events, asked[-200:], answer[:80]))


def passes(g, what, parts, where, want):
    stage.enter(g.zone)
    before, mark = len(seen()), len(g.events)
    with stage.dial(10) as s:
        answer = b''
        for part in parts[:-1]:
            s.sendall(part)
            answer += s.recv(65536)
        for piece in parts[-1] if isinstance(parts[-1], list) else [parts[-1]]:
            s.sendall(piece)
            time.sleep(0.002)
        s.sendall(b'ping')
        s.settimeout(5)
        try:
            answer += s.recv(65536)
        except OSError:
            pass
    got = b''.join(bytes.fromhex(line.split()[1]) for line in seen()[before:].splitlines() if line.startswith(where) and 'connected' not in line)
    events = g.event(mark, ('1', '2'))
    stage.check(f'passes: {what}', got == want + b'ping' and answer.endswith(b'pong') and events, (got[:60], answer[:60], events))


# ---- the attempts -----------------------------------------------------------------------------------------------

def names(g):
    unlisted, port, address, bad, reserved = 'listed names alone', 'port is not permitted', 'names, not addresses', 'not a host name', 'does not belong to the internet'
    table = [('evil.example.jp:443', unlisted), ('xbank.example.jp:443', unlisted), ('bank.example.jp.evil.example.jp:443', unlisted), ('bank-example.jp:443', unlisted),
             ('example.jp:443', unlisted), ('jp.bank.example:443', unlisted), (f'{MARK.decode()}.evil.example.jp:443', unlisted), ('xn--bnk-0na.example.jp:443', unlisted), ('a.exact.example.jp:443', unlisted),
             ('below.example.jp:443', unlisted), ('evil.bank.example.jp:443', 'denies this name'), ('x.evil.bank.example.jp:443', 'denies this name'),
             ('bank.example.jp:80', port), ('bank.example.jp:22', port), ('bank.example.jp:853', port), ('bank.example.jp:8443', port),
             (f'{BANK}:443', address), (f'{EVIL}:443', address), ('[2606:2800:220:1::34]:443', address), ('127.0.0.1:443', address), ('10.0.0.1:443', address),
             ('169.254.169.254:80', address), ('[::1]:443', address), ('[::ffff:93.184.216.36]:443', address), ('[64:ff9b::5db8:d824]:443', address), (f'{stage.HOST4}:443', address),
             ('9.9.9.9:853', address), ('127.1:443', bad), ('2130706433:443', bad), ('0x5db8d824:443', bad), ('0135.0270.0330.044:443', bad), ('93.184.55332:443', bad),
             ('bank.example.jp..:443', bad), ('.bank.example.jp:443', bad), ('bank..example.jp:443', bad), ('*.bank.example.jp:443', bad), ('bank%2eexample.jp:443', bad), ('bank.example.jp%00:443', bad),
             ('a' * 64 + '.bank.example.jp:443', bad), ('a.' * 130 + 'bank.example.jp:443', bad), ('[bank.example.jp]:443', bad),
             ('localhost:443', reserved), ('router:443', reserved), ('printer.local:443', reserved), ('metadata.google.internal:443', reserved), ('x.home.arpa:443', reserved), ('hidden.onion:443', reserved),
             ('bank.example.jp:443@evil.example.jp:443', 'malformed'), ('evil.example.jp:443#bank.example.jp', 'malformed'), ('https://bank.example.jp/', 'malformed'),
             ('bank.example.jp', 'malformed'), ('bank.example.jp:0', 'malformed'), ('bank.example.jp:70000', 'malformed')]
    for target, rule in table:
        refused(g, f'CONNECT {target[:60]}', [http(target) + good()], rule)
    for target in (b'bank.example.jp\0.evil.example.jp:443', b'evil.example.jp\nbank.example.jp:443', '\uff42ank.example.jp:443'.encode(), b'bank.example.jp:443\t', b'evil.example.jp:443 bank.example.jp:443'):
        refused(g, f'CONNECT {target!r}', [http(target) + good()], 'malformed')
    for request in (b'GET http://bank.example.jp/ HTTP/1.1\r\nHost: evil.example.jp\r\n\r\n', b'GET http://evil.example.jp/ HTTP/1.1\r\nHost: bank.example.jp\r\n\r\n',
                    b'GET http://bank.example.jp:443/ HTTP/1.1\r\nHost: x\r\n\r\n'):
        refused(g, f'{request[:36]!r}', [request], 'plain http')
    refused(g, 'CONNECT with a body', [http('bank.example.jp:443', extra=b'Content-Length: 9\r\n') + MARK], 'malformed')
    refused(g, 'CONNECT, chunked', [http('bank.example.jp:443', extra=b'Transfer-Encoding: chunked\r\n') + b'9\r\n' + MARK], 'malformed')


def by_socks(g):
    for name, rule in ((b'evil.example.jp', 'listed names alone'), (b'bank.example.jp\0.evil.example.jp', 'not a host name'), (b'evil.example.jp\nbank.example.jp', 'not a host name'), (b'127.1', 'not a host name'),
                       (b'93.184.216.36', 'names, not addresses'), (b'[::1]', 'not a host name'), (b'a' * 255, 'not a host name'), (b'printer.local', 'does not belong'), (b'*.bank.example.jp', 'not a host name')):
        refused(g, f'SOCKS5 to {name[:50]!r}', [*socks(name), good()], rule)
    refused(g, 'SOCKS5 to another port', [*socks(b'bank.example.jp', port=853), good()], 'port is not permitted')
    refused(g, 'SOCKS5 to an IPv4 address', [*socks(four=EVIL), good()], 'names, not addresses')
    refused(g, 'SOCKS5 to a mapped address', [*socks(six='::ffff:93.184.216.36'), good()], 'names, not addresses')
    refused(g, 'SOCKS5 BIND', [*socks(b'bank.example.jp', command=2)], 'SOCKS command')
    refused(g, 'SOCKS5 UDP ASSOCIATE', [*socks(b'bank.example.jp', command=3)], 'SOCKS command')
    refused(g, 'SOCKS5 with a password', [b'\5\1\2'], 'SOCKS login')
    refused(g, 'SOCKS4', [b'\4\1\1\xbb' + socket.inet_aton(EVIL) + b'\0'], 'malformed')
    refused(g, 'SOCKS5 without a greeting\'s end, then a request', [b'\5\1\0', b'CONNECT evil.example.jp:443 HTTP/1.1\r\n\r\n'], 'malformed')


def greetings(g):
    other, name, form = 'names another server', 'names no server', 'greeting is malformed'
    bank = server_name(b'bank.example.jp')
    table = [('another name', records(hello(server_name(b'evil.example.jp'), VERSIONS)), other), ('a sub-name', good(b'www.bank.example.jp'), other), ('no name', records(hello(VERSIONS)), name),
             ('two names', records(hello(server_name(b'bank.example.jp', b'evil.example.jp'), VERSIONS)), name), ('two names, the other first', records(hello(server_name(b'evil.example.jp', b'bank.example.jp'), VERSIONS)), name),
             ('the extension twice', records(hello(bank, server_name(b'evil.example.jp'), VERSIONS)), form), ('a NUL in the name', good(b'bank.example.jp\0.evil.example.jp'), name),
             ('a newline in the name', good(b'evil.example.jp\nbank.example.jp'), name), ('a dot at its end', good(b'bank.example.jp.'), name), ('an address as the name', good(b'93.184.216.36'), name),
             ('a name of another type', records(hello(server_name(b'bank.example.jp', kind=1), VERSIONS)), name), ('ECH, or GREASE', records(hello(bank, VERSIONS, ECH)), 'hides its server name'),
             ('ECH under another name', records(hello(server_name(b'public.example.jp'), VERSIONS, ECH)), 'hides its server name'), ('an inner ECH', records(hello(bank, VERSIONS, ECH_INNER)), 'hides its server name'),
             ('another name over 12 records', records(hello(server_name(b'evil.example.jp'), VERSIONS), 9), other), ('more records than anybody needs', records(hello(bank, VERSIONS), 1), 'too large'),
             ('16 KiB of padding', records(hello(bank, VERSIONS, extension(21, b'\0' * 17000))), 'too large'), ('TLS 1.0', records(hello(bank, version=0x0301)), 'too old'), ('TLS 1.1', records(hello(bank, version=0x0302)), 'too old'),
             ('SSL 2', b'\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10' + MARK * 5, 'too old'), ('something after the hello in its record', b'\x16\x03\x01' + vector(2, hello(bank, VERSIONS) + MARK), form),
             ('plain http', b'GET /' + MARK + b' HTTP/1.1\r\nHost: bank.example.jp\r\n\r\n', 'TLS alone'), ('ssh', b'SSH-2.0-' + MARK + b'\r\n', 'TLS alone'), ('application data first', b'\x17\x03\x03' + vector(2, MARK), 'TLS alone'),
             ('a DNS query over TCP', vector(2, b'\0\1\1\0\0\1\0\0\0\0\0\0\x09' + MARK + b'\4evil\7example\2jp\0\0\x10\0\1'), 'TLS alone'), ('an empty record before', b'\x16\x03\x01\0\0' + good(), form)]
    for what, data, rule in table:
        refused(g, f'TLS: {what}', [http('bank.example.jp:443'), data], rule, at_bank=True)
    refused(g, 'TLS: another name, with the request', [http('bank.example.jp:443') + good(b'evil.example.jp')], other, at_bank=True)
    refused(g, 'TLS: another name, over SOCKS5', [*socks(b'bank.example.jp'), good(b'evil.example.jp')], other, at_bank=True)
    stage.enter(g.zone)
    mark, before = len(g.events), len(seen())
    s = stage.dial(20)
    s.sendall(http('bank.example.jp:443'))
    s.recv(100)
    for b in good(b'evil.example.jp')[:-1]:
        s.sendall(bytes([b]))
    half = stage.dial(20)
    half.sendall(http('bank.example.jp:443') + good()[:60])
    half.recv(100)
    half.shutdown(socket.SHUT_WR)
    mute = stage.dial(20)
    mute.sendall(http('bank.example.jp:443'))
    events = g.event(mark, ('3',), 3)
    stage.check('TLS: half a greeting and an end: refused, and none of it went up', any(form in e[6] for e in events) and 'bank:443 1' not in seen()[before:], events)
    end = time.monotonic() + 13
    while time.monotonic() < end and len([e for e in g.events[mark:] if 'in time' in e[6]]) < 2:
        time.sleep(0.2)
    late = [e for e in g.events[mark:] if 'in time' in e[6]]
    stage.check('TLS: a greeting that does not end, and one that does not begin: both closed after 10 s, none of it went up', len(late) == 2 and 'bank:443 1' not in seen()[before:], g.events[mark:])
    for one in (s, half, mute):
        one.close()


def chains(g):
    refused(g, 'an alias of a denied name', [http('alias.bank.example.jp:443') + good(b'alias.bank.example.jp')], 'leads to one that is denied')
    refused(g, 'an alias of an alias of a denied name', [http('chain.bank.example.jp:443') + good(b'chain.bank.example.jp')], 'leads to one that is denied')
    refused(g, 'an alias of a private name', [http('inside.bank.example.jp:443') + good(b'inside.bank.example.jp')], 'leads to one that is denied')
    for name in ('private', 'meta', 'loop', 'mapped', 'nat64', 'onlink'):
        rule = 'this computer' if name == 'onlink' else 'address is private'
        refused(g, f'a permitted name with a {name} address', [http(f'{name}.bank.example.jp:443') + good(f'{name}.bank.example.jp'.encode())], rule)


def permitted(g):
    connect = http('bank.example.jp:443')
    passes(g, 'the name itself', [connect, good()], 'bank:443', good())
    passes(g, 'with the request in one piece', [connect + good()[:30], good()[30:]], 'bank:443', good())
    passes(g, 'other case and a dot at the end, in the request', [http('BANK.Example.JP.:443'), good()], 'bank:443', good())
    passes(g, 'other case, in the greeting', [connect, good(b'BANK.example.jp')], 'bank:443', good(b'BANK.example.jp'))
    cut = records(hello(server_name(b'bank.example.jp'), VERSIONS), 40)
    passes(g, 'a greeting over several records', [connect, cut], 'bank:443', cut)
    passes(g, 'a greeting of single bytes', [connect, [bytes([b]) for b in good()]], 'bank:443', good())
    passes(g, 'over SOCKS5', [*socks(b'bank.example.jp'), good()], 'bank:443', good())
    passes(g, 'a sub-name', [http('sub.bank.example.jp:443'), good(b'sub.bank.example.jp')], 'bank:443', good(b'sub.bank.example.jp'))
    passes(g, 'a name that stands alone', [http('exact.example.jp:443'), good(b'exact.example.jp')], 'bank:443', good(b'exact.example.jp'))
    passes(g, 'below a name', [http('x.below.example.jp:443'), good(b'x.below.example.jp')], 'bank:443', good(b'x.below.example.jp'))


def open_kind(g):
    denied = 'denies this name'
    refused(g, 'a denied name', [http('evil.example.jp:443') + good(b'evil.example.jp')], denied)
    refused(g, 'below a denied name', [http('x.y.evil.example.jp:443') + good(b'x.y.evil.example.jp')], denied)
    refused(g, 'a denied name over plain http', [b'GET http://evil.example.jp/' + MARK + b' HTTP/1.1\r\nHost: bank.example.jp\r\n\r\n'], denied)
    refused(g, 'a denied name over SOCKS5', [*socks(b'evil.example.jp'), good(b'evil.example.jp')], denied)
    refused(g, 'an alias of a denied name', [http('alias.bank.example.jp:443') + good(b'alias.bank.example.jp')], 'leads to one that is denied')
    refused(g, 'a denied name in the greeting to another', [http('bank.example.jp:443'), good(b'evil.example.jp')], 'names another server', at_bank=True)
    refused(g, 'a greeting with a hidden name and none in the clear', [http('bank.example.jp:443'), records(hello(VERSIONS, ECH))], 'names no server', at_bank=True)
    refused(g, 'a denied name in the greeting to an address', [http(f'{BANK}:443'), good(b'evil.example.jp')], denied, at_bank=True)
    refused(g, 'DNS over TLS', [http('9.9.9.9:853') + good(b'dns.example.jp')], 'port is not permitted')
    refused(g, 'DNS over TCP', [http('9.9.9.9:53')], 'port is not permitted')
    refused(g, 'two lengths', [b'POST http://bank.example.jp/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' + MARK], 'malformed')
    passes(g, 'another protocol', [http('bank.example.jp:443'), b'SSH-2.0-x\r\n'], 'bank:443', b'SSH-2.0-x\r\n')
    grease = records(hello(server_name(b'bank.example.jp'), VERSIONS, ECH))
    passes(g, 'GREASE under the true name', [http('bank.example.jp:443'), grease], 'bank:443', grease)
    passes(g, 'by address', [http(f'{BANK}:443'), good()], 'bank:443', good())
    stage.enter(g.zone)
    before = len(seen())
    talk([b'GET http://bank.example.jp/a HTTP/1.1\r\nHost: evil.example.jp\r\nConnection: keep-alive\r\n\r\nGET http://evil.example.jp/' + MARK + b' HTTP/1.1\r\nHost: x\r\n\r\n'])
    got = b''.join(bytes.fromhex(line.split()[1]) for line in seen()[before:].splitlines() if line.startswith('bank:80') and 'connected' not in line)
    stage.check('plain http: another host in the head is replaced, a second request goes nowhere', b'Host: bank.example.jp\r\n' in got and b'evil' not in got and MARK not in got and 'evil:' not in seen()[before:], got)


def listed(g):
    refused(g, 'a name of a deny list', [http('evil.example.jp:443') + good(b'evil.example.jp')], 'deny list names this site: rig')
    refused(g, 'below a name of a deny list', [http('x.evil.example.jp:443') + good(b'x.evil.example.jp')], 'deny list names this site: rig')
    refused(g, 'an alias of a listed name', [http('alias.bank.example.jp:443') + good(b'alias.bank.example.jp')], 'leads to one that is denied')
    passes(g, 'a name that no list has', [http('bank.example.jp:443'), good()], 'bank:443', good())


def two_zones(strict, lenient):
    """The one zone's gateway is not the other's: what it may, the other may not."""
    stage.enter(strict.zone)
    refused(strict, 'beside a zone that may', [http('site.example.jp:443') + good(b'site.example.jp')], 'listed names alone')
    passes(lenient, 'in the zone beside', [http('bank.example.jp:443'), good()], 'bank:443', good())


def newer_rules(g):
    """Open flows that the newer rules deny end within a second; the others go on."""
    stage.enter(g.zone)

    def tunnel(name):
        s = stage.dial(10)
        s.sendall(http(f'{name}:443'))
        s.recv(100)
        s.sendall(good(name.encode()) + b'ping')
        return s, s.recv(100)
    kept, first = tunnel('bank.example.jp')
    cut, second = tunnel('exact.example.jp')
    stage.check('two tunnels are open', first == second == b'pong', (first, second))
    mark, began = len(g.events), time.monotonic()
    g.process.stdin.write(b'bank.example.jp;evil.bank.example.jp\n')
    g.process.stdin.flush()
    try:
        end = cut.recv(100)
    except ConnectionResetError:
        end = b''
    took = time.monotonic() - began
    stage.check(f'the one that the newer rules deny is cut after {took * 1000:.0f} ms', end == b'' and took < 1, (end, took))
    events = g.event(mark, ('3',))
    stage.check('and that is told', any('newer policy' in e[6] and e[2] == 'exact.example.jp' for e in events), events)
    kept.sendall(b'ping')
    stage.check('the other goes on', kept.recv(100) == b'pong')
    refused(g, 'a name that was permitted before', [http('exact.example.jp:443') + good(b'exact.example.jp')], 'listed names alone')
    refused(g, 'still: evil', [http('evil.example.jp:443')], 'listed names alone')
    kept.close()
    cut.close()


def load_rules(tmp):
    """The host-side rules, for this test's ids; everything after this runs with them in force."""
    with open(RULES, encoding='utf-8') as f:
        text = f.read()
    with open(f'{tmp}/gateways.nft', 'w', encoding='utf-8') as f:
        f.write(text.replace('2000300000-2000301919', f'{stage.UID - 1}-{stage.UID + 6}'))
    stage.sh(f'ip netns exec {stage.HOST} nft -f {tmp}/gateways.nft')


PROBE = """
import socket, sys
for target in sys.argv[1:]:
    kind, address, port = target.split(',')
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == 'tcp' else socket.SOCK_DGRAM)
    s.settimeout(2)
    try:
        s.connect((address, int(port)))
        s.sendall(b'taken over')
        s.recv(1) if kind == 'udp' else None
        print('sent')
    except OSError as e:
        print(e.errno or 'timeout')
"""


def second_line():
    """What a gateway that was taken over would reach: its id, without its judgement and its filter."""
    out = open(seen_path, 'a', buffering=1)

    def host():
        stage.enter(stage.HOST)
        for where in (('127.0.0.1', 7001), (stage.HOST4, 7001)):
            listener = socket.create_server(where)
            threading.Thread(target=lambda l=listener: [out.write('evil:host connected\n') for _ in iter(l.accept, None)], daemon=True).start()
    t = threading.Thread(target=host)
    t.start()
    t.join()
    targets = [f'tcp,{OFFICE},443', f'tcp,{METADATA},80', 'tcp,127.0.0.1,7001', f'tcp,{stage.HOST4},7001', f'udp,{OFFICE},53', f'udp,{EVIL},443']

    def probe(uid, *what):
        who = ['setpriv', '--reuid', str(uid), '--regid', str(uid), '--clear-groups'] if uid else []
        return subprocess.run(['ip', 'netns', 'exec', stage.HOST, *who, sys.executable, '-c', PROBE, *what], capture_output=True, text=True, check=False).stdout.split()
    before = len(seen())
    mine = probe(stage.UID, *targets)
    stage.check('second line: a gateway\'s id reaches no private, metadata, own or UDP address', len(mine) == len(targets) and 'sent' not in mine and 'timeout' not in mine and not seen()[before:], (mine, seen()[before:]))
    stage.check('second line: it reaches public servers by TCP', probe(stage.UID, f'tcp,{BANK},443') == ['sent'])
    stage.check('second line: others are let alone (the addresses are there)', probe(0, *targets[:4]) == ['sent'] * 4)


def flood(g):
    """The record of what happens stays bounded, and says how much it left out."""
    stage.enter(g.zone)
    time.sleep(0.5)  # what ended before is told
    mark = len(g.events)
    for _ in range(2500):
        with stage.dial(5) as s:
            s.sendall(http('evil.example.jp:443'))
            s.recv(100)
    time.sleep(1.5)
    talk([http('evil.example.jp:443')])
    time.sleep(0.3)
    told, left_out = len(g.events) - mark, sum(int(e[11]) for e in g.events[mark:])
    stage.check(f'2501 refusals: {told} told, {left_out} counted', told < 2501 and told + left_out == 2501, (told, left_out))


def main():
    global seen_path, dns_log
    if os.geteuid() != 0:
        raise SystemExit('root is needed to make network namespaces')
    reachable = tempfile.mkdtemp(prefix='hanare-gateway-test-')
    atexit.register(shutil.rmtree, reachable)
    os.chmod(reachable, 0o755)
    launch, gateway = (shutil.copy(p, reachable) for p in sys.argv[1:3])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    tmp = tempfile.mkdtemp(prefix='gwt-')
    seen_path, dns_log = f'{tmp}/seen', f'{tmp}/dns.log'
    open(seen_path, 'w').close()
    try:
        stage.up(tmp)
        for a in (BANK, EVIL, OFFICE, METADATA):
            stage.sh(f'ip -n {stage.NET} addr add {a}/32 dev lo')
        with open(f'{tmp}/dns.conf', 'a') as f:
            f.write(f'log-queries\nlog-facility={dns_log}\nhost-record=evil.example.jp,{EVIL}\nhost-record=bad.example.jp,{EVIL}\nhost-record=site.example.jp,{stage.SITE}\n')
            for name in ('bank', 'sub.bank', 'exact', 'x.below'):
                f.write(f'host-record={name}.example.jp,{BANK}\n')
            f.write('cname=alias.bank.example.jp,bad.example.jp\ncname=second.bank.example.jp,bad.example.jp\ncname=chain.bank.example.jp,second.bank.example.jp\n')
            f.write(f'host-record=db.internal,{EVIL}\ncname=inside.bank.example.jp,db.internal\n')
            for name, address in (('private', '192.168.1.1'), ('meta', '169.254.169.254'), ('loop', '127.0.0.1'), ('mapped', '::ffff:93.184.216.36'), ('nat64', '64:ff9b::5db8:d824'), ('onlink', stage.ROUTER4)):
                f.write(f'host-record={name}.bank.example.jp,{address}\n')
        stage.start('ip', 'netns', 'exec', stage.NET, 'dnsmasq', '-k', f'--conf-file={tmp}/dns.conf')
        stage.start(sys.executable, os.path.abspath(__file__), 'sink', seen_path)
        time.sleep(1.5)
        load_rules(tmp)
        strict = Gateway(launch, gateway, STRICT, STRICT_FLAGS, '443', 'bank.example.jp,.exact.example.jp,*.below.example.jp', 'evil.bank.example.jp,bad.example.jp', f'{tmp}/log')
        lenient = Gateway(launch, gateway, LENIENT, HTTP, '443,80', '', 'evil.example.jp,bad.example.jp', f'{tmp}/log2')
        time.sleep(0.5)
        for part in (permitted, names, by_socks, greetings, chains):
            if not sys.argv[3:] or part.__name__ in sys.argv[3:]:
                part(strict)
        if sys.argv[3:]:
            return stage.failures != 0
        open_kind(lenient)
        two_zones(strict, lenient)
        stage.check('the forbidden server saw nothing, ever', 'evil:' not in seen(), [line for line in seen().splitlines() if line.startswith('evil:')][:3])
        os.kill(lenient.pid, signal.SIGKILL)
        lenient.process.wait()
        with_list = Gateway(launch, gateway, LENIENT, HTTP, '443,80', '', '', f'{tmp}/log3', 'evil.example.jp,bad.example.jp')
        time.sleep(0.5)
        listed(with_list)
        newer_rules(strict)
        flood(strict)
        second_line()
        stage.check('the gateway still runs', strict.process.poll() is None)
    finally:
        stage.down()
        shutil.rmtree(tmp)
    print(f'{stage.failures} failures')
    return stage.failures != 0


if __name__ == '__main__':
    if sys.argv[1:2] == ['sink']:
        seen_path = sys.argv[2]
        sys.exit(sink())
    sys.exit(main())
