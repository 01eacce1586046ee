#!/usr/bin/python3
"""test-bus: hostile clients of two ordinary users against the real daemon on the real system bus; polkit alive, stopped and dead.

Run as root where hanare, a system bus and polkit run and no sandboxd does (limits/machine.py covers the machine's settings and records
while this lasts). Users that are missing are made, and removed. polkitd is killed once, and started again by tests/rig/bus.sh.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import importlib.util
import json
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("machine", os.path.join(HERE, "..", "limits", "machine.py"))
machine = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(machine)
zonetests = machine.zonetests

KIND, FIRST, SECOND = "zz-bus", "hanare-test-one", "hanare-test-two"
NAME, PATH = "org.hanare.Sandbox1", "/org/hanare/Sandbox1"
BUS_SH = os.path.join(HERE, "..", "..", "rig", "bus.sh")
NOT_PERMITTED = 3
BAD_ADDRESSES = ["javascript:alert(1)", "file:///etc/passwd", "https://user:word@example.com/", "https://a b/", "https://a\nb/", "http://", "https:///x",
                 "ftp://example.com/", "https://exa\u202emple.com/", "https://example.com/\"x", "-https://example.com/", "data:text/html,x",
                 "https://example.com:99999/", "https://" + "a" * 3000, "about:config", "chrome://settings", "//example.com/"]


def as_user(name, act, *args):
    """What act(bus, *args) returns, in a process and on a connection of that user's."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            entry = pwd.getpwnam(name)
            os.initgroups(name, entry.pw_gid)
            os.setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid)
            os.setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid)
            os.chdir("/")
            bus = connect()
            os.write(w, json.dumps(act(bus, *args)).encode()) if act else None
            code = 0
        except BaseException as wrong:  # whatever it is, the parent shall hear of it
            os.write(w, json.dumps(["broken", repr(wrong)]).encode())
        finally:
            os._exit(code)
    os.close(w)
    with os.fdopen(r, "rb") as f:
        data = f.read()
    os.waitpid(pid, 0)
    answer = json.loads(data)
    if isinstance(answer, list) and answer[:1] == ["broken"]:
        raise RuntimeError(f"the client broke: {answer[1]}")
    return answer


def connect():
    import gi
    gi.require_version("Gio", "2.0")
    from gi.repository import Gio
    address = Gio.dbus_address_get_for_bus_sync(Gio.BusType.SYSTEM)
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    return Gio.DBusConnection.new_for_address_sync(address, flags, None, None)


def call(bus, method, signature="()", values=(), fds=(), timeout=20000):
    """["ok", value] or [name of the error, text]."""
    from gi.repository import Gio, GLib
    carried = None
    if fds:
        carried = Gio.UnixFDList()
        for fd in fds:
            carried.append(fd)
    try:
        answer, _ = bus.call_with_unix_fd_list_sync(NAME, PATH, NAME, method, GLib.Variant(signature, values), None, 0, timeout, carried, None)
        return ["ok", answer.unpack()]
    except GLib.Error as error:
        name = Gio.DBusError.get_remote_error(error) or "local"
        return [name.rsplit(".", 1)[-1] if name.startswith("org.hanare.") else name, error.message.replace(f"GDBus.Error:{name}: ", "")]


def start(bus, kind=KIND, address="", options=None, method="Start"):
    return call(bus, method, "(ssa{sv}ah)", (kind, address, options or {}, []))


def run(bus, fds, handles=None, arguments=(), program="try-files", timeout=20000):
    return call(bus, "Run", "(ssaaya{sv}ah)", (KIND, program, [list(a) for a in arguments], {}, list(range(len(fds))) if handles is None else handles), fds, timeout)


# what hostile clients do; each runs as an ordinary user


def wrong_types(bus):
    tries = [("Start", "(u)", (1,)), ("Start", "(ss)", ("a", "b")), ("Run", "(ssasa{sv}ah)", (KIND, "x", ["a"], {}, [])), ("Stop", "(s)", ("web",)),
             ("Stop", "(su)", ("web", 1)), ("Wait", "()", ()), ("Receipts", "(si)", ("", 1)), ("List", "(s)", ("x",)), ("Open", "(v)", (variant("s", "x"),)),
             ("Restart", "(sa{ss}ah)", ("web", {}, [])), ("Nothing", "()", ()), ("Stop", "((sb))", (("web", True),))]
    return [call(bus, *t) for t in tries]


def variant(signature, value):
    from gi.repository import GLib
    return GLib.Variant(signature, value)


def bad_options(bus):
    tries = [{"nothing": variant("s", "x")}, {"locale": variant("u", 1)}, {"locale": variant("s", "xx")}, {"layout": variant("s", "jp;rm -rf")},
             {"layout": variant("s", "a" * 100000)}, {"width": variant("u", 4294967295), "height": variant("u", 1)}, {"cookie": variant("ay", [1] * 100000)},
             {"display": variant("s", "wayland")}, {"display": variant("s", "screen")}, {f"o{i}": variant("b", True) for i in range(5000)},
             {"fresh": variant("v", variant("v", variant("b", True)))}]
    return [start(bus, options=o) for o in tries]


def huge(bus):
    mega = "a" * (8 << 20)
    return [start(bus, mega), call(bus, "Stop", "(sb)", (mega, True)), start(bus, address="https://" + mega), call(bus, "Receipts", "(su)", (mega, 1)),
            run(bus, [], arguments=[b"x" * 3000 + b"\0"]), run(bus, [], arguments=[b"x\0"] * 5000), run(bus, [], arguments=[b"no end"]),
            call(bus, "Receipts", "(su)", ("", 4294967295))]


def addresses(bus):
    return [start(bus, address=a, method=m) for a in BAD_ADDRESSES for m in ("Open", "Start")]


def foreign(bus, zone):
    return [call(bus, "Stop", "(sb)", (zone, False)), call(bus, "Wait", "(s)", (zone,)), call(bus, "Restart", "(sa{sv}ah)", (zone, {}, [])),
            call(bus, "List"), call(bus, "Receipts", "(su)", (zone, 10)), call(bus, "Receipts", "(su)", ("", 1000))]


def not_mine(bus, owner):
    return [start(bus, options={"owner": variant("u", owner)}), start(bus, options={"owner": variant("u", 0)}), call(bus, "Verify")]


def descriptors(bus):
    def pipes():
        r, w = os.pipe()
        return r, w
    r, w = pipes()
    r2, w2 = pipes()
    _, terminal = os.openpty()
    one, two = socket.socketpair()
    fifo = os.path.join(tempfile.mkdtemp(), "fifo")
    os.mkfifo(fifo)
    both = os.open(fifo, os.O_RDWR)
    spoiled = {"directory": os.open("/", os.O_RDONLY), "tty": terminal, "memfd": os.memfd_create("x"), "socket": two.fileno(), "file": os.open("/etc/passwd", os.O_RDONLY),
               "device": os.open("/dev/zero", os.O_RDWR), "path": os.open("/etc/passwd", os.O_PATH), "both ways": both, "proc": os.open("/proc/self/status", os.O_RDONLY),
               "pidfd": os.pidfd_open(os.getpid())}
    answers = {f"{name} as {i}": run(bus, [fd if k == i else (r if k == 0 else w) for k in range(3)]) for name, fd in spoiled.items() for i in range(3)}
    answers["wrong end in"] = run(bus, [w, w, w2])
    answers["wrong end out"] = run(bus, [r, r2, w])
    answers["none"] = run(bus, [])
    answers["two"] = run(bus, [r, w])
    answers["nine"] = run(bus, [r] + [w] * 8)
    answers["handles twice"] = run(bus, [r, w, w2], [0, 1, 1])
    answers["handles beyond"] = run(bus, [r, w, w2], [0, 1, 7])
    answers["negative handle"] = run(bus, [r, w, w2], [0, 1, -1])
    answers["one for nobody"] = call(bus, "Start", "(ssa{sv}ah)", (KIND, "", {}, [0]), [r])
    one.close()
    return answers


def leave(_bus, how, after):
    """Asks, and leaves the bus without an answer."""
    from gi.repository import Gio, GLib
    for i in range(6):
        bus = connect()
        r, w = os.pipe()
        r2, w2 = os.pipe()
        if how == "Run":
            carried = Gio.UnixFDList.new_from_array([r, w, w2])
            arguments = GLib.Variant("(ssaaya{sv}ah)", (KIND, "try-files", [list(b"plant-here\0"), list(b"x\0"), list(b"60\0")], {}, [0, 1, 2]))
        else:
            carried, arguments = None, GLib.Variant("(ssa{sv}ah)", (KIND, "", {}, []))
        bus.call_with_unix_fd_list(NAME, PATH, NAME, how, arguments, None, 0, -1, carried, None, None)
        bus.flush_sync()
        time.sleep(after * i)
        bus.close_sync()
    return "left"


def flood(bus, seconds):
    """Calls without waiting, from many connections."""
    from gi.repository import GLib
    many = [bus]
    for _ in range(100):
        try:
            many.append(connect())
        except GLib.Error:
            break  # the bus itself allows a user only so many
    seen, end = {}, time.monotonic() + seconds

    def answered(connection, result):
        try:
            connection.call_finish(result)
            name = "ok"
        except GLib.Error as error:
            found = re.search(r"org\.[A-Za-z0-9.]+", error.message)
            name = found.group(0) if found else error.message
        seen[name] = seen.get(name, 0) + 1

    sent = 0
    while time.monotonic() < end:
        if sent - sum(seen.values()) > 20 * len(many):  # what waits already is enough: a deeper queue would measure the bus
            GLib.MainContext.default().iteration(False)
            continue
        for one in many:
            for method in ("List", "Receipts", "Status"):
                sent += 1
                arguments = GLib.Variant("(su)", ("", 1000)) if method == "Receipts" else None
                one.call(NAME, PATH, NAME, method, arguments, None, 0, 3000, None, answered)
        for _ in range(200):
            GLib.MainContext.default().iteration(False)
    return seen


class Bus:
    def __init__(self, args):
        self.args, self.count = args, machine.Count()
        self.users = machine.Users(FIRST, SECOND)
        self.daemon = machine.Daemon(args.sandboxd, FIRST)
        self.check = self.count.check

    def hanare(self, *words, user=FIRST, language="en"):
        entry = pwd.getpwnam(user)
        env = {"PATH": "/usr/bin:/bin", "HOME": entry.pw_dir, "LANG": "C.UTF-8", "LANGUAGE": language}
        done = subprocess.run(["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--init-groups", "--", "/usr/bin/hanare", *words],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, timeout=60, cwd="/", check=False)
        return done.returncode, (done.stdout + done.stderr).decode("utf-8")

    def hold(self):
        product = zonetests.Product("/usr/bin/hanare", FIRST, 40)
        p = subprocess.Popen(product.command(["run", "--zone", KIND, "--", "try-files", "plant-here", "x", "60"]), stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, cwd="/")
        p.stdout.readline()
        return p, json.loads(product.run_once(["list", "--json"], False)[1])[0]["zone"]

    def records(self):
        return len(self.daemon.product.receipts())

    def bad_requests(self):
        before = self.records()
        seen = as_user(FIRST, wrong_types)
        self.check("arguments of wrong types are refused, each", all(s[0] in ("org.freedesktop.DBus.Error.InvalidArgs", "BadRequest",
                                                                              "org.freedesktop.DBus.Error.UnknownMethod") for s in seen), seen)
        seen = as_user(FIRST, bad_options)
        self.check("options that are unknown, of a wrong type, or absurd are BadRequest, each", all(s[0] == "BadRequest" for s in seen), seen)
        seen = as_user(FIRST, huge)
        self.check("huge values are refused, each with its own error", [s[0] for s in seen] == ["UnknownKind", "UnknownZone", "BadAddress", "ok"] +
                   ["BadRequest"] * 3 + ["ok"], [(s[0], str(s[1])[:60]) for s in seen])
        self.check("no error carries much of the caller's bytes back", all(len(str(s[1])) < 400 for s in seen), [len(str(s[1])) for s in seen])
        seen = as_user(FIRST, addresses)
        self.check("addresses that no zone opens are BadAddress, each", all(s[0] == "BadAddress" for s in seen),
                   [(a, s) for a, s in zip([x for x in BAD_ADDRESSES for _ in "12"], seen) if s[0] != "BadAddress"])
        seen = as_user(FIRST, descriptors)
        wrong = {k: v for k, v in seen.items() if v[0] != "BadRequest"}
        self.check(f"descriptors that are no pipes, or not the right ones, are BadRequest ({len(seen)})", len(seen) > 35 and not wrong, wrong)
        self.check("none of these started a zone", self.records() == before, (before, self.records()))

    def other_users(self):
        p, zone = self.hold()
        seen = as_user(SECOND, foreign, zone)
        nothing = as_user(SECOND, foreign, f"{KIND}-999999")
        self.check("another user's zone cannot be stopped, waited for or restarted", [s[0] for s in seen[:3]] == ["UnknownZone"] * 3, seen)
        self.check("and its name is no different from one that never was",
                   [str(s[1]).replace(zone, "") for s in seen[:3]] == [str(s[1]).replace(f"{KIND}-999999", "") for s in nothing[:3]], (seen[:3], nothing[:3]))
        self.check("another user's zones and receipts are not shown", seen[3] == ["ok", [[]]] and seen[5] == ["ok", [[]]] and zone not in str(seen[4][1:]).replace(f"'{zone}'", ""), seen)
        seen = as_user(SECOND, not_mine, pwd.getpwnam(FIRST).pw_uid)
        self.check("a zone for another user, for root, and the check of the log are NotAllowed", [s[0] for s in seen] == ["NotAllowed"] * 3, seen)
        self.check("the zone lived through it", p.poll() is None)
        p.terminate()
        p.communicate(timeout=20)

    def quiet(self, seconds=8):
        """Nothing of any zone lives, and every beginning has its end."""
        end = time.monotonic() + seconds
        while True:
            left = machine.wipetests.zone_processes(2_000_300_000, 240)
            rows = self.daemon.product.receipts()
            lost = {r["zone"] for r in rows if r["type"] == "begin"} - {r["zone"] for r in rows if r["type"] == "end"}
            if (not left and not lost) or time.monotonic() > end:
                return [*left, *lost]
            time.sleep(0.1)

    def leaving(self):
        for how in ("Run", "Start"):
            before = self.records()
            as_user(FIRST, leave, how, 0.02)
            left = self.quiet()
            self.check(f"a caller that leaves half way through {how} leaves no zone behind", not left, left)
            self.check(f"and {how} had begun some of them", self.records() > before, before)

    def floods(self):
        pid = os.fork()
        if pid == 0:
            with open("/run/hanare/flood", "w", encoding="utf-8") as f:
                json.dump(as_user(FIRST, flood, 4), f)
            os._exit(0)
        time.sleep(1)
        slowest, codes = 0, []
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            began = time.monotonic()
            codes.append(self.hanare("list", user=SECOND)[0])
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.2)
        with open("/run/hanare/flood", encoding="utf-8") as f:
            seen = json.load(f)
        self.check("a flood meets its limit, and the rest is answered", isinstance(seen, dict) and seen.get("ok", 0) > 100 and
                   seen.get("org.hanare.Error.LimitReached", 0) > 100, seen)
        self.check("another user is served meanwhile, within 8 s", set(codes) == {0} and slowest < 8, (codes, slowest))
        self.check("the user who flooded is served again", self.hanare("list")[0] == 0)
        self.check("the broker is the same, and small", self.broker() == self.first_broker and self.broker_kib() < 65536, (self.broker(), self.broker_kib()))

    def broker(self):
        return subprocess.run(["pgrep", "-P", str(self.daemon.process.pid), "-f", "sandboxd-broker"], stdout=subprocess.PIPE, check=False).stdout.decode().strip()

    def broker_kib(self):
        with open(f"/proc/{self.broker()}/status", encoding="ascii") as f:
            return int(re.search(r"^VmRSS:\s+(\d+)", f.read(), re.M).group(1))

    def words(self):
        """Exit status, and a sentence in both languages."""
        for what, words, status, english, japanese in (
                ("an unknown zone", ["stop", "web-999999"], 4, "no zone 'web-999999'", "「web-999999」"), ("an unknown kind", ["run", "--zone", "nosuch", "--", "true"], 4, "no kind of zone 'nosuch'", "「nosuch」"),
                ("a bad address", ["open", "javascript:alert(1)"], 2, "address", "アドレス"), ("a program policy does not name", ["run", "--zone", KIND, "--", "nosuch"], 8, "Policy", "「nosuch」")):
            answers = [self.hanare(*words), self.hanare(*words, language="ja")]
            self.check(f"{what}: exit {status}, in English and Japanese", [a[0] for a in answers] == [status] * 2 and english in answers[0][1] and japanese in answers[1][1], answers)
        self.daemon.again(zones_per_user=1)
        p, _ = self.hold()
        answers = [self.hanare("run", "--zone", KIND, "--", "true", language=x) for x in ("en", "ja")]
        self.check("a limit that is reached: exit 6, in English and Japanese", [a[0] for a in answers] == [6, 6] and "as policy allows (1)" in answers[0][1] and
                   "上限（一人 1 個）" in answers[1][1], answers)
        p.terminate()
        p.communicate(timeout=20)

    def polkit_pid(self):
        done = subprocess.run(["dbus-send", "--system", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetConnectionUnixProcessID",
                               "string:org.freedesktop.PolicyKit1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        found = re.search(rb"uint32 (\d+)", done.stdout)
        return int(found.group(1)) if found else None

    def polkit(self):
        subprocess.run([BUS_SH, "up"], check=True)  # starts nothing that runs already
        pid = self.polkit_pid()
        self.daemon.again("polkit")
        before = self.records()
        answers = [self.hanare("run", "--zone", KIND, "--", "true", language=x) for x in ("en", "ja")]
        self.check("polkit: a user without a session may start nothing: exit 3, in English and Japanese",
                   [a[0] for a in answers] == [3, 3] and "only from your desktop session" in answers[0][1] and "許可" in answers[1][1], answers)
        self.check("polkit: that user may still see its own", self.hanare("list")[0] == 0)
        os.kill(pid, signal.SIGSTOP)
        began = time.monotonic()
        code, text = self.hanare("list")
        took = time.monotonic() - began
        os.kill(pid, signal.SIGCONT)
        self.check("polkit that does not answer refuses, within 15 s", code == NOT_PERMITTED and "does not answer" in text and took < 15, (code, text, took))
        os.kill(pid, signal.SIGKILL)
        try:
            time.sleep(0.3)
            answers = [self.hanare("run", "--zone", KIND, "--", "true"), self.hanare("list")]
            back = self.polkit_pid() is not None
            self.check("polkit killed: everything is refused, until it is back", answers[0][0] == NOT_PERMITTED and (back or answers[1][0] == NOT_PERMITTED), answers)
            code, out, err = self.daemon.product.run_once(["list"], True)
            self.check("polkit killed: root is not locked out", code == 0, (out, err))
        finally:
            subprocess.run([BUS_SH, "up"], check=True)
        self.check("polkit back: what it allows works again", self.hanare("list")[0] == 0)
        self.check("polkit: no refusal started a zone", self.records() == before, before)

    def all(self):
        try:
            machine.install(self.args.zone_build, {KIND: ([f"{zonetests.PROGRAMS}/try-files", "/usr/bin/true"], {})})
            self.daemon.settings()
            self.daemon.start()
            self.first_broker = self.broker()
            for part in (self.bad_requests, self.other_users, self.leaving, self.floods, self.words, self.polkit):
                try:
                    part()
                except (RuntimeError, OSError, ValueError, IndexError, subprocess.TimeoutExpired) as wrong:
                    self.check(part.__name__, False, repr(wrong))
        finally:
            self.daemon.stop()
            machine.uninstall()
            self.users.done()
        return self.count.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zone-build", required=True, help="directory of the built try-* programs")
    parser.add_argument("--sandboxd", default="/usr/sbin/sandboxd")
    args = parser.parse_args()
    machine.enter()
    return Bus(args).all()


if __name__ == "__main__":
    sys.exit(main())
