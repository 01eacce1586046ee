#!/usr/bin/python3
"""The real broker on a bus of its own; the monitor and the builders are played by fake-monitor.

Usage: test-broker.py BROKER FAKE-MONITOR DATA-FOLDER [test name ...]. Needs root (three uids and a bus). Exit 0 when all passed.
SPDX-License-Identifier: GPL-3.0-or-later"""
import atexit, json, os, queue, shutil, signal, subprocess, sys, tempfile, threading, time, traceback

HERE = os.path.dirname(os.path.abspath(__file__))
BROKER_UID, ALICE, BOB = 870, 1001, 1002
ACCOUNTS = {BROKER_UID: "_hanare-broker", ALICE: "hanare-alice", BOB: "hanare-bob", 1003: "hanare-carol", 61200: "hanare-dynamic",
            2000200008: "hanare-zone"}
ERROR = "org.hanare.Error."
NONE, PIPES = "{}", ["r", "w", "w"]


class BusError(Exception):
    def __init__(self, name, text):
        super().__init__(f"{name}: {text}")
        self.name, self.text = name, text


class Lines:
    """A child whose output lines are read by a thread."""

    def __init__(self, command, **more):
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, **more)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.child.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def write(self, line):
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()

    def line(self, timeout=15):
        try:
            line = self.lines.get(timeout=timeout)
        except queue.Empty:
            raise AssertionError("nothing was said in time") from None
        if line is None:
            self.lines.put(None)
            raise EOFError
        return line

    def stop(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()


class Client(Lines):
    def __init__(self, world, uid):
        drop = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"] if uid else []
        super().__init__(drop + ["/usr/bin/python3", world.client_program], env=world.env)
        self.name = json.loads(self.line())["name"]
        self.next, self.answers, self.signals = 0, {}, []

    def send(self, method, text, fds=(), **more):
        self.next += 1
        self.write(json.dumps(dict(id=self.next, method=method, text=text, fds=list(fds), **more)))
        return self.next

    def pump(self, timeout):
        got = json.loads(self.line(timeout))
        if "signal" in got:
            self.signals.append(got["signal"])
        else:
            self.answers[got["id"]] = got

    def result(self, number, timeout=15):
        end = time.monotonic() + timeout
        while number not in self.answers:
            self.pump(max(0.01, end - time.monotonic()))
        got = self.answers.pop(number)
        if "error" in got:
            raise BusError(got["error"], got["text"])
        return got["ok"]

    def call(self, method, text="()", fds=(), **more):
        return self.result(self.send(method, text, fds, **more))

    def start(self, kind="web", options=NONE, address=""):
        return self.call("Start", f"('{kind}', '{address}', @a{{sv}} {options}, @ah [])")[0]

    def open(self, kind, address, options=NONE):
        return self.call("Open", f"('{kind}', '{address}', @a{{sv}} {options}, @ah [])")

    def wait_signal(self, zone, state, timeout=10):
        end = time.monotonic() + timeout
        while True:
            for got in self.signals:
                if got[0] == zone and got[1] == state:
                    return got[2]
            self.pump(max(0.01, end - time.monotonic()))


class World:
    """A bus, a broker and a fake monitor in a folder of their own."""

    def __init__(self, mode="owner", starts="60", polkit=None):
        self.dir = tempfile.mkdtemp(prefix="hanare-broker-")
        os.chmod(self.dir, 0o755)
        self.client_program = self.dir + "/bus_client.py"
        shutil.copy(HERE + "/bus_client.py", self.client_program)
        self.children, self.events, self.owners = [], [], []
        self.env = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.dir}/bus", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        open(self.dir + "/bus.conf", "w").write(f"""<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={self.dir}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><deny own="*"/><deny send_type="method_call"/><allow send_type="signal"/>
<allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
<allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
<allow send_destination="org.freedesktop.DBus"/><allow send_destination="org.freedesktop.PolicyKit1"/>
<allow send_destination="org.freedesktop.login1"/></policy>
<policy user="root"><allow own="org.freedesktop.login1"/><allow own="org.freedesktop.PolicyKit1"/></policy>
<policy user="polkitd"><allow own="org.freedesktop.PolicyKit1"/></policy>
<include>{DATA}/org.hanare.Sandbox1.conf</include></busconfig>""")
        self.bus = subprocess.Popen(["dbus-daemon", "--nofork", "--nopidfile", "--nosyslog", f"--config-file={self.dir}/bus.conf"], stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
        self.owners.append(self.bus)
        self.log = open(self.dir + "/log", "w+")
        try:
            self.begin(mode, starts, polkit)
        except BaseException:
            self.log.seek(0)
            print(self.log.read(), file=sys.stderr)
            self.close()
            raise

    def begin(self, mode, starts, polkit):
        self.until(lambda: os.path.exists(self.dir + "/bus"), "the bus")
        if polkit:
            polkit(self)
        self.fake = Lines([FAKE, BROKER, str(BROKER_UID), self.dir + "/receipts", mode, starts], env=self.env, stderr=self.log)
        self.children.append(self.fake)
        self.broker_pid = int(self.fake.line().split()[1])
        if mode != "none":
            self.until(self.owned, "the broker's name")

    def owned(self, name="org.hanare.Sandbox1"):
        return subprocess.run(["dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetNameOwner",
                               "string:" + name], env=self.env, capture_output=True).returncode == 0

    def polkit_owned(self):
        return self.owned("org.freedesktop.PolicyKit1")

    def until(self, test, what, timeout=10):
        end = time.monotonic() + timeout
        while not test():
            if time.monotonic() > end:
                raise AssertionError(f"{what} did not come")
            time.sleep(0.02)

    def client(self, uid):
        client = Client(self, uid)
        self.children.append(client)
        return client

    def order(self, line):
        self.fake.write(line)
        self.event("ok")

    def event(self, start, timeout=10):
        """The first event that begins so; those before it stay for later."""
        for i, line in enumerate(self.events):
            if line.startswith(start):
                return self.events.pop(i)
        while True:
            line = self.fake.line(timeout)
            if line.startswith(start):
                return line
            self.events.append(line)

    def close(self):
        for child in self.children:
            child.stop()
        for child in self.owners:
            if child.poll() is None:
                child.kill()
            child.wait()
        shutil.rmtree(self.dir)


def refused(name, call, *words):
    try:
        got = call()
    except BusError as error:
        assert error.name == (name if "." in name else ERROR + name), f"wanted {name}, got {error}"
        assert "\n" not in error.text, error.text
        for word in words:
            assert word in error.text, f"no '{word}' in: {error.text}"
        return error.text
    raise AssertionError(f"not refused, answered {got!r}")


def test_start_list_wait_stop(world):
    alice = world.client(ALICE)
    zone = alice.start("web")
    assert zone == "web-1", zone
    event = world.event("start")
    assert f"kind=web owner={ALICE} program=0 display=0 stdio=0 fds=0" in event, event
    (listed,) = alice.call("List")[0]
    assert listed["zone"] == zone and listed["state"] == "running" and listed["owner"] == ALICE and listed["walls"] == ["no_new_privs", "seccomp"], listed
    assert listed["title"] == "Internet" and listed["title_ja"] == "インターネット" and listed["substitutes"] == ["noswap"], listed
    assert abs(listed["started"] - time.time()) < 60 and listed["display"] == "none"
    waiting = alice.send("Wait", "('web',)")
    alice.call("Stop", "('web-1', true)")
    assert alice.result(waiting)[0] == "stop"
    assert "stop 1 2" in world.event("stop")
    assert alice.call("List")[0] == []
    assert alice.call("Wait", "('web-1',)")[0] == "stop"  # known after its end
    alice.call("Stop", "('web-1', true)")                 # its receipt is written: nothing to wait for
    refused("UnknownZone", lambda: alice.call("Stop", "('web-1', false)"), "web-1")


def test_run(world):
    alice = world.client(ALICE)
    zone = alice.call("Run", "('web', 'tool', [b'-x', b'\\xe9\\x9b\\xa2'], @a{sv} {}, @ah [handle 0, handle 1, handle 2])", PIPES)[0]
    assert "program=1 display=0 stdio=1 fds=3" in world.event("start")
    waiting = alice.send("Wait", f"('{zone}',)")
    world.order("exit 1 256")
    assert alice.result(waiting)[:3] == ["exit", 256, 0]


def test_open_by_site_and_show(world):
    alice = world.client(ALICE)
    assert alice.open("", "https://News.example/a?b=1") == ["web-1", True]
    event = world.event("start 1")
    assert "kind=web" in event and "address=https://News.example/a?b=1" in event, event
    assert alice.open("", "https://two.example/") == ["web-1", False]
    assert world.event("show") == "show 1 https://two.example/"
    assert alice.open("web", "") == ["web-1", False]
    assert world.event("show") == "show 1 https://start.example/"
    assert alice.open("", "https://www.bank.example/") == ["bank-2", True]
    assert alice.open("bank", "https://bank.example/") == ["bank-3", True]  # fresh by policy
    assert alice.open("fox", "https://a.example/") == ["fox-4", True]
    assert alice.open("fox", "https://b.example/") == ["fox-5", True]       # a Firefox cannot be shown another address
    assert alice.open("web", "https://c.example/", "{'fresh': <true>}") == ["web-6", True]
    bob = world.client(BOB)
    assert bob.open("", "https://news.example/") == ["web-7", True]         # never in Alice's zone
    refused("Refused", lambda: alice.open("web", "https://bank.example/"), "'bank'", "bank.example")
    refused("Refused", lambda: alice.call("Start", "('fox', 'https://bank.example/', @a{sv} {}, @ah [])"), "'bank'")
    refused("UnknownKind", lambda: alice.open("mail", "https://a.example/"), "'mail'")
    for address in "file:///etc/passwd", "javascript:1", "https://u@a.example/", "https://", "http://a b/", "chrome://settings", "x" * 3000, "https://a.example/" + "y" * 3000:
        refused("BadAddress", lambda: alice.open("", address))


def test_open_while_building(world):
    alice = world.client(ALICE)
    world.order("next hold")
    first = alice.send("Open", "('web', 'https://one.example/', @a{sv} {}, @ah [])")
    world.event("start 1")
    second = alice.send("Open", "('web', 'https://two.example/', @a{sv} {}, @ah [])")
    assert alice.call("List")[0][0]["state"] == "building"
    world.order("go 1")
    assert alice.result(first) == ["web-1", True] and alice.result(second) == ["web-1", False]
    assert world.event("show") == "show 1 https://two.example/"


def test_signals_go_to_the_owner_and_root(world):
    alice, bob, root = world.client(ALICE), world.client(BOB), world.client(0)
    for client in alice, bob, root:
        client.call("List")
    zone = alice.start()
    alice.call("Stop", f"('{zone}', true)")
    for client in alice, root:
        assert client.wait_signal(zone, "running")["owner"] == ALICE
        assert client.wait_signal(zone, "killed")["reason"] == "stop"
        assert client.wait_signal(zone, "gone")["receipt"] == 2
    bob.call("List")
    assert bob.signals == [], bob.signals


def test_another_users_zone(world):
    alice, bob, root = world.client(ALICE), world.client(BOB), world.client(0)
    zone = alice.start()
    for name in zone, "web":
        refused("UnknownZone", lambda: bob.call("Stop", f"('{name}', false)"))
        refused("UnknownZone", lambda: bob.call("Wait", f"('{name}',)"))
        refused("UnknownZone", lambda: bob.call("Restart", f"('{name}', @a{{sv}} {{}}, @ah [])"))
    assert bob.call("List")[0] == [] and bob.call("Receipts", "('', uint32 0)")[0] == []
    assert bob.call("Receipts", f"('{zone}', uint32 0)")[0] == []
    assert bob.call("Status")[0]["zones"] == 0
    refused("NotAllowed", lambda: bob.start("web", f"{{'owner': <uint32 {ALICE}>}}"), "root")
    refused("NotAllowed", lambda: bob.start("web", "{'owner': <uint32 0>}"), "root")
    refused("NotAllowed", lambda: bob.call("Verify"), "root")
    refused("NotAllowed", lambda: root.start("web"), "owner")
    for uid in 0, 999, 65534, 61184, 2000200008, 2000200010, 4294967295:
        refused("NotAllowed", lambda: root.start("web", f"{{'owner': <uint32 {uid}>}}"), "owner")
    assert root.start("web", f"{{'owner': <uint32 {BOB}>}}") == "web-2"
    assert [z["zone"] for z in bob.call("List")[0]] == ["web-2"] and len(root.call("List")[0]) == 2
    refused("BadRequest", lambda: root.call("Stop", "('web', false)"), "2 zones")
    root.call("Stop", f"('{zone}', false)")
    assert alice.call("List")[0] == []


def test_system_and_zone_uids(world):
    for uid in 33, 870, 65534, 61200, 2000200008:
        client = world.client(uid)
        for method, text in ("List", "()"), ("Start", "('web', '', @a{sv} {}, @ah [])"), ("Status", "()"):
            refused("NotAllowed", lambda: client.call(method, text), str(uid))
        client.stop()
    refused("UnknownZone", lambda: world.client(ALICE).call("Wait", "('web',)"))


def test_restart(world):
    alice = world.client(ALICE)
    alice.start("web")
    world.event("start 1")
    waiting = alice.send("Wait", "('web-1',)")
    assert alice.call("Restart", "('web', @a{sv} {'locale': <'ja'>}, @ah [])") == ["web-2"]
    assert world.event("stop") == "stop 1 3"
    event = world.event("start 2")
    assert "replaces=1 locale=1" in event and f"owner={ALICE}" in event, event
    assert alice.result(waiting)[0] == "restart"
    assert [z["zone"] for z in alice.call("List")[0]] == ["web-2"]
    refused("UnknownZone", lambda: alice.call("Restart", "('web-1', @a{sv} {}, @ah [])"))
    world.order("next hold")
    held = alice.send("Restart", "('web', @a{sv} {}, @ah [])")
    world.event("start 3")
    world.order("die 3")
    refused("StartFailed", lambda: alice.result(held), "died")
    run = alice.call("Run", "('web', 'tool', @aay [], @a{sv} {}, @ah [handle 0, handle 1, handle 2])", PIPES)[0]
    refused("Refused", lambda: alice.call("Restart", f"('{run}', @a{{sv}} {{}}, @ah [])"), "run")
    bank = alice.start("bank")
    root = world.client(0)
    assert root.call("Restart", f"('{bank}', @a{{sv}} {{}}, @ah [])") == ["bank-6"]
    assert f"owner={ALICE}" in world.event("start 6")
    refused("BadRequest", lambda: root.call("Restart", f"('bank', @a{{sv}} {{'owner': <uint32 {BOB}>}}, @ah [])"), "owner")


def test_restart_of_a_kind(world):
    """All of the kind end, but another's, another kind's and the one of run."""
    alice = world.client(ALICE)
    bobs = world.client(BOB).start("web")
    first, second, bank = alice.start("web"), alice.start("web"), alice.start("bank")
    run = alice.call("Run", "('web', 'tool', @aay [], @a{sv} {}, @ah [handle 0, handle 1, handle 2])", PIPES)[0]
    waiting = alice.send("Wait", f"('{first}',)")
    new = alice.call("Restart", "('web', @a{sv} {}, @ah [])")[0]
    assert alice.result(waiting)[0] == "restart"
    world.until(lambda: {z["zone"] for z in alice.call("List")[0]} == {bank, run, new}, "the end of both")
    assert new not in (first, second) and [z["zone"] for z in world.client(BOB).call("List")[0]] == [bobs]


def test_run_refusals(world):
    alice = world.client(ALICE)

    def run(kind, program, arguments="@aay []", fds=PIPES, options=NONE):
        handles = ", ".join(f"handle {i}" for i in range(len(fds)))
        return alice.call("Run", f"('{kind}', '{program}', {arguments}, @a{{sv}} {options}, @ah [{handles}])", fds)

    for kind, program in ("web", "chromium"), ("web", "sh"), ("web", ""), ("web", "../tool"), ("web", "離れ"), ("bank", "tool"), ("bank", "chromium"):
        refused("Refused", lambda: run(kind, program), f"'{program}'")
    refused("UnknownKind", lambda: run("nope", "tool"))
    for fds in [], ["r", "w"], ["w", "w", "w"], ["r", "r", "w"], ["file", "w", "w"], ["r", "file", "w"], ["sock", "w", "w"], ["r", "w", "w", "sock"]:
        refused("BadRequest", lambda: run("web", "tool", fds=fds), "descriptor")
    refused("BadRequest", lambda: run("web", "tool", fds=["r"] * 9), "9 descriptors")
    refused("BadRequest", lambda: run("web", "tool", "[" + ", ".join(["b'a'"] * 65) + "]"), "65")
    refused("BadRequest", lambda: run("web", "tool", "[b'" + "a" * 2049 + "']"), "2049")
    refused("BadRequest", lambda: run("web", "tool", "[[byte 0x61, 0x62]]"), "NUL")
    refused("BadRequest", lambda: run("web", "tool", "[[byte 0x61, 0x00, 0x62, 0x00]]"), "NUL")
    refused("BadRequest", lambda: run("web", "tool", "[@ay []]"), "NUL")
    refused("BadRequest", lambda: run("web", "tool", options="{'display': <'wayland'>}"), "4 were expected")
    assert alice.call("List")[0] == []
    assert run("web", "tool", "[b'" + "a" * 2048 + "', b'']").pop() == "web-1"
    assert "argc=2" in world.event("start")


def test_run_ends_with_its_caller(world):
    alice, other = world.client(ALICE), world.client(ALICE)
    zone = alice.call("Run", "('web', 'tool', @aay [], @a{sv} {}, @ah [handle 0, handle 1, handle 2])", PIPES)[0]
    world.order("next hold")
    alice.send("Run", "('web', 'tool', @aay [], @a{sv} {}, @ah [handle 0, handle 1, handle 2])", PIPES)
    world.event("start 2")
    stays = other.start("web")
    alice.stop()
    assert sorted([world.event("stop"), world.event("stop")]) == ["stop 1 8", "stop 2 8"]
    assert other.call("Wait", f"('{zone}',)")[0] == "caller-gone"
    assert [z["zone"] for z in other.call("List")[0]] == [stays]


def test_callers_that_leave(world):
    alice, other = world.client(ALICE), world.client(ALICE)
    other.start("web")
    for method, text in ("Wait", "('web',)"), ("Stop", "('web', true)"):
        client = world.client(ALICE)
        client.call("List")
        client.send(method, text)
        client.stop()
    world.order("next hold")
    client = world.client(ALICE)
    client.send("Start", "('fox', '', @a{sv} {}, @ah [])")
    world.event("start 2")
    client.stop()
    world.event("stop 2 8")  # a start without its caller was cancelled
    world.until(lambda: not [z for z in alice.call("List")[0] if z["kind"] == "fox"], "the end of the cancelled start")


def test_a_start_somebody_else_waits_for_goes_on(world):
    first, second = world.client(ALICE), world.client(ALICE)
    world.order("next hold")
    first.send("Open", "('web', 'https://one.example/', @a{sv} {}, @ah [])")
    world.event("start 1")
    shown = second.send("Open", "('web', 'https://two.example/', @a{sv} {}, @ah [])")
    assert second.call("List")[0][0]["state"] == "building"
    first.stop()
    second.call("List")
    world.order("go 1")
    assert second.result(shown) == ["web-1", False]


def test_cancel(world):
    alice, client = world.client(ALICE), world.client(ALICE)
    world.order("next hold")
    start = client.send("Start", "('fox', '', @a{sv} {}, @ah [])")
    world.event("start 1")
    other = alice.start("web")
    client.call("Cancel", "()")
    refused("Refused", lambda: client.result(start), "cancelled")
    world.event("stop 1 8")
    world.until(lambda: [z["zone"] for z in client.call("List")[0]] == [other], "the end of the cancelled start")
    world.order("next hold")
    again = client.send("Restart", f"('{other}', @a{{sv}} {{}}, @ah [])")
    world.event("start 3")
    client.call("Cancel", "()")
    refused("Refused", lambda: client.result(again), "cancelled")
    alice.call("Cancel", "()")


def test_a_cancelled_restart(world):
    """The old zone is gone, and no new one is left."""
    alice, client = world.client(ALICE), world.client(ALICE)
    zone = alice.start("web")
    world.order("next hold")
    client.send("Restart", f"('{zone}', @a{{sv}} {{}}, @ah [])")
    world.event("start 2")
    client.stop()
    assert world.event("stop") == "stop 1 3" and world.event("stop") == "stop 2 8"
    world.until(lambda: alice.call("List")[0] == [], "the end of both")


def test_options(world):
    alice = world.client(ALICE)
    bad = ["{'nope': <1>}", "{'locale': <'de'>}", "{'locale': <1>}", "{'layout': <'JP'>}", "{'layout': <'" + "a" * 32 + "'>}", "{'layout': <'a b'>}",
           "{'variant': <'../x'>}", "{'display': <'vnc'>}", "{'display': <uint32 1>}", "{'cookie': <b'short'>}", "{'width': <uint32 99999>}",
           "{'width': <uint32 640>}", "{'width': <640>}", "{'height': <uint32 4294967295>}", "{'owner': <1001>}", "{'owner': <'alice'>}",
           "{'fresh': <1>}", "{'variant': <'dvorak'>}", "{'locale': <<'en'>>}", "{'" + "k" * 5000 + "': <1>}",
           "{" + ", ".join(f"'k{i}': <1>" for i in range(2000)) + "}", "{'': <1>}", "{'離れ\\n': <1>}", "{'fresh': <" + "[" * 30 + "1" + "]" * 30 + ">}"]
    for options in bad:
        text = refused("BadRequest", lambda: alice.start("web", options))
        assert len(text) < 400, text
    refused("BadRequest", lambda: alice.call("Start", "('web', '', @a{sv} [{'fresh', <true>}, {'fresh', <true>}], @ah [])"), "twice")
    alice.start("web", "{'locale': <'ja'>, 'layout': <'jp,us'>, 'variant': <'kana,'>, 'width': <uint32 800>, 'height': <uint32 600>, 'display': <'none'>}")
    assert "locale=1" in world.event("start")
    refused("UnknownKind", lambda: alice.start("離れ"))
    refused("UnknownKind", lambda: alice.start("w" * 100000))
    refused("UnknownZone", lambda: alice.call("Stop", "('" + "z" * 100000 + "', false)"))
    refused("UnknownZone", lambda: alice.call("Stop", "('web-1\\n', false)"))


def test_wrong_types(world):
    alice = world.client(ALICE)
    for method, text in ("Start", "('web', '')"), ("Start", "(1, '', @a{sv} {}, @ah [])"), ("Open", "()"), ("List", "('x',)"), ("Stop", "('web', 'yes')"), \
            ("Run", "('web', 'tool', ['text'], @a{sv} {}, @ah [])"), ("Receipts", "('', 5)"), ("Wait", "(['web'],)"), ("Start", "('web', '', {'a': 'b'}, @ah [])"):
        refused("org.freedesktop.DBus.Error.InvalidArgs", lambda: alice.call(method, text))
    refused("org.freedesktop.DBus.Error.UnknownMethod", lambda: alice.call("Widen"))
    for interface in "org.hanare.Other1", "org.freedesktop.systemd1.Manager":
        refused("org.freedesktop.DBus.Error.AccessDenied", lambda: alice.call("List", interface=interface))
    refused("org.freedesktop.DBus.Error.UnknownMethod", lambda: alice.call("List", path="/org/hanare"))
    get = "('org.hanare.Sandbox1', 'Version')"
    assert alice.call("Get", get, interface="org.freedesktop.DBus.Properties") == [1]
    for fds in ["file"], ["r", "w"]:
        refused("BadRequest", lambda: alice.call("List", "()", fds), "descriptor")
        refused("BadRequest", lambda: alice.call("Start", "('web', '', @a{sv} {}, @ah [])", fds), "descriptor")
    refused("BadRequest", lambda: alice.call("Start", "('show', '', @a{sv} {'display': <'wayland'>}, @ah [handle 0, handle 0])", ["sock"]), "once")
    refused("BadRequest", lambda: alice.call("Start", "('show', '', @a{sv} {'display': <'wayland'>}, @ah [handle 7])", ["sock"]), "once")


def test_display(world):
    alice = world.client(ALICE)

    def start(kind, display, fds, more=""):
        handles = ", ".join(f"handle {i}" for i in range(len(fds)))
        return alice.call("Start", f"('{kind}', '', @a{{sv}} {{'display': <'{display}'>{more}}}, @ah [{handles}])", fds)[0]

    refused("NoDisplay", lambda: alice.start("show"), "'show'", "desktop session")
    for fds in ["file"], ["r"], ["path"]:
        refused("BadRequest", lambda: start("show", "wayland", fds), "Unix socket")
    for fds in ["file"], ["r"], ["sock"]:
        refused("BadRequest", lambda: start("show", "x11", fds), "O_PATH")
    refused("BadRequest", lambda: start("show", "wayland", []), "1 were expected")
    cookie = ", 'cookie': <[" + ", ".join(["byte 7"] * 16) + "]>"
    refused("BadRequest", lambda: start("show", "wayland", ["sock"], cookie), "cookie")
    assert start("show", "wayland", ["sock"]) == "show-1"
    assert "display=1 stdio=0 fds=1" in world.event("start")
    assert start("show", "x11", ["path"], cookie) == "show-2"
    assert "display=2 stdio=0 fds=1" in world.event("start")
    assert {z["display"] for z in alice.call("List")[0]} == {"wayland", "x11"}
    assert start("web", "wayland", ["sock"]) == "web-3"   # a kind without a window gets no display
    assert "display=0 stdio=0 fds=0" in world.event("start")
    refused("NoDisplay", lambda: alice.call("Restart", "('show', @a{sv} {}, @ah [])"))
    assert len(alice.call("List")[0]) == 3                # and the old one still runs
    assert alice.call("Restart", "('show', @a{sv} {'display': <'wayland'>}, @ah [handle 0])", ["sock"]) == ["show-4"]
    run = alice.call("Run", "('web', 'tool', @aay [], @a{sv} {'display': <'wayland'>}, @ah [handle 0, handle 1, handle 2, handle 3])", PIPES + ["sock"])
    assert run == ["web-5"] and "display=0 stdio=1 fds=3" in world.event("start 5")


def test_start_failures(world):
    alice = world.client(ALICE)
    for mood, error, word in ("refuse", "Refused", "The test"), ("limit", "LimitReached", "The test"), ("fail", "StartFailed", "wall 3: mount"), \
            ("eof", "StartFailed", "died"):
        world.order(f"next {mood}")
        refused(error, lambda: alice.start("web"), word)
    assert alice.call("List")[0] == []
    world.order("next early")
    assert alice.start("web").startswith("web-")
    world.order("next hold")
    held = alice.send("Start", "('fox', '', @a{sv} {}, @ah [])")
    fox = world.event("start 4") and "fox-4"
    alice.call("Stop", f"('{fox}', true)")
    refused("StartFailed", lambda: alice.result(held), "stopped on request")


def test_builder_dies(world):
    alice = world.client(ALICE)
    zone = alice.start()
    waiting = alice.send("Wait", f"('{zone}',)")
    world.order("die 1")
    assert alice.result(waiting)[0] == "builder-died"


def test_limits(world):
    alice, bob = world.client(ALICE), world.client(BOB)
    for _ in range(6):
        alice.start()
    refused("LimitReached", lambda: alice.start(), "6 zones")
    assert bob.start().startswith("web-")
    alice.call("Stop", "('web', false)")
    assert alice.start()
    refused("LimitReached", lambda: world.client(0).start("web", f"{{'owner': <uint32 {ALICE}>}}"), "6 zones")


def test_starts_per_minute(world):
    alice = world.client(ALICE)
    for _ in range(3):
        zone = alice.start()
        alice.call("Stop", f"('{zone}', false)")
    refused("LimitReached", lambda: alice.start(), "3 a minute")
    assert world.client(BOB).start()


test_starts_per_minute.world = {"starts": "3"}


def test_floods(world):
    alice, bob = world.client(ALICE), world.client(BOB)
    alice.start()
    waits = [alice.send("Wait", "('web',)") for _ in range(8)]
    refused("LimitReached", lambda: alice.call("List"), "8 calls")
    bob.call("List")
    flood = [alice.send("Wait", "('web',)") for _ in range(100)]  # the bus itself allows 128
    for number in flood:
        refused("LimitReached", lambda: alice.result(number))
    others = [world.client(ALICE) for _ in range(8)]
    for client in others:
        client.waits = [client.send("Wait", "('web',)") for _ in range(8)]
    time.sleep(0.5)
    refused("LimitReached", lambda: others[-1].call("List"), "calls of this")
    bob.call("List")
    world.client(0).call("Stop", "('web', true)")
    for number in waits:
        assert alice.result(number)[0] == "stop"
    answered = limited = 0
    for client in others:
        for number in client.waits:
            try:
                answered += client.result(number)[0] == "stop"
            except BusError as error:
                assert error.name == ERROR + "LimitReached", error
                limited += 1
    assert limited == 8 and answered == 56, (limited, answered)
    alice.call("List")


def test_ended_zones_are_remembered(world):
    alice = world.client(ALICE)
    for i in range(300):
        alice.start()
        if i == 0:
            world.order("exit 1 512")
            alice.wait_signal("web-1", "gone")
        else:
            alice.call("Stop", f"('web-{i + 1}', true)")
    refused("UnknownZone", lambda: alice.call("Wait", "('web-1',)"))
    assert alice.call("Wait", "('web-300',)")[0] == "stop" and alice.call("Wait", "('web-60',)")[0] == "stop"
    assert len(alice.call("Receipts", "('', uint32 1000)")[0]) == 600


test_ended_zones_are_remembered.world = {"starts": "600"}


def test_receipts(world):
    alice, bob, root = world.client(ALICE), world.client(BOB), world.client(0)
    for client, kind in (alice, "web"), (bob, "web"), (alice, "bank"):
        zone = client.start(kind)
        client.call("Stop", f"('{zone}', true)")
    got = alice.call("Receipts", "('', uint32 0)")[0]
    assert [(r["zone"], r["type"]) for r in got] == [("bank-3", "end"), ("bank-3", "begin"), ("web-1", "end"), ("web-1", "begin")], got
    assert got[0]["reason"] == "stop" and got[0]["proven"] and "init-gone" in got[0]["proofs"] and got[0]["owner"] == ALICE
    assert len(got[0]["plan"]) == 64 and "reason" not in got[1]
    assert [r["number"] for r in alice.call("Receipts", "('web', uint32 4294967295)")[0]] == [2, 1]
    assert len(alice.call("Receipts", "('web-1', uint32 1)")[0]) == 1
    assert alice.call("Receipts", "('web-2', uint32 0)")[0] == []
    assert len(root.call("Receipts", "('', uint32 0)")[0]) == 6
    open(world.dir + "/receipts", "ab").write(b"torn")
    assert len(root.call("Receipts", "('', uint32 0)")[0]) == 6


def test_kinds_status_verify(world):
    alice, root = world.client(ALICE), world.client(0)
    kinds = {k["kind"]: k for k in alice.call("Kinds")[0]}
    assert list(kinds) == ["bank", "fox", "show", "web"] and kinds["bank"]["title_ja"] == "銀行" and kinds["web"]["run"] == ["tool"]
    assert kinds["fox"]["app"] == "firefox" and kinds["web"]["start_page"] == "https://start.example/" and kinds["web"]["colour"] == 0x3366cc
    alice.start()
    status = alice.call("Status")[0]
    assert status["auth"] == "owner" and status["table"] == "ab" * 32 and status["substitutes"] == ["noswap"] and status["zones"] == 1
    assert status["max_zones"] == 6 and root.call("Status")[0]["max_zones"] == 64 and status["problem"] == "" and status["version"]
    world.order("problem /etc/hanare/kinds.d/x.jsonc:1:2: what\ttab")
    world.until(lambda: "x.jsonc" in alice.call("Status")[0]["problem"], "the problem")
    assert alice.start("web")  # the old table stays
    assert root.call("Verify") == [True, 2, 0, "e" * 64, "The chain is whole."]
    world.order("mute")
    leaver = world.client(0)
    leaver.call("List")
    for _ in range(8):
        leaver.send("Verify", "()")
    refused("LimitReached", lambda: leaver.call("List"))  # all eight are under way
    refused("LimitReached", lambda: root.call("Verify"), "busy")
    leaver.stop()
    root.call("List")


def test_table_changes(world):
    alice = world.client(ALICE)
    zone = alice.start()
    world.order("table polkit")
    world.until(lambda: world.client(0).call("Status")[0]["auth"] == "polkit", "the new table")
    refused("NotAllowed", lambda: alice.call("List"), "polkit")  # there is none on this bus
    world.order("table owner")
    world.until(lambda: world.client(0).call("Status")[0]["auth"] == "owner", "the old table")
    assert [z["zone"] for z in alice.call("List")[0]] == [zone]


def test_no_policy(world):
    world.order("problem no policy at all")
    world.until(world.owned, "the name")
    for uid in ALICE, 0:
        refused("Refused", lambda: world.client(uid).call("List"), "no policy at all")


test_no_policy.world = {"mode": "none"}


def test_polkit_is_not_there(world):
    alice, root = world.client(ALICE), world.client(0)
    for method, text in ("List", "()"), ("Start", "('web', '', @a{sv} {}, @ah [])"), ("Stop", "('web', false)"), ("Receipts", "('', uint32 0)"):
        refused("NotAllowed", lambda: alice.call(method, text), "polkit did not answer")
    assert root.call("List")[0] == []


test_polkit_is_not_there.world = {"mode": "polkit"}


def real_polkit(world):
    """polkitd itself, with our actions and one rule, in a mount namespace of its own."""
    for name in "actions", "rules":
        os.mkdir(f"{world.dir}/{name}")
    shutil.copy(DATA + "/org.hanare.policy", world.dir + "/actions/")
    open(world.dir + "/rules/50-test.rules", "w").write("""polkit.addRule(function(action, subject) {
        if (subject.user == "hanare-alice" && action.id.indexOf("org.hanare.") == 0)
                return polkit.Result.YES;
        if (subject.user == "hanare-bob" && action.id == "org.hanare.Sandbox1.start")
                return polkit.Result.NO;
});""")
    script = f"""mount --bind {world.dir}/actions /usr/share/polkit-1/actions && mount --bind {world.dir}/rules /etc/polkit-1/rules.d &&
                 exec /usr/lib/polkit-1/polkitd --no-debug"""
    world.polkit = subprocess.Popen(["unshare", "-m", "--propagation=private", "sh", "-c", script], env=world.env, stdout=subprocess.DEVNULL)
    world.owners.append(world.polkit)
    world.until(world.polkit_owned, "polkit")


def test_polkit(world):
    alice, bob, carol = world.client(ALICE), world.client(BOB), world.client(1003)
    zone = alice.start()
    assert alice.call("List")[0][0]["zone"] == zone
    refused("NotAllowed", lambda: bob.start(), "org.hanare.Sandbox1.start")      # the rule says no
    assert bob.call("List")[0] == []                                            # the action's default says yes
    refused("UnknownZone", lambda: bob.call("Stop", f"('{zone}', false)"))      # and still only one's own
    refused("NotAllowed", lambda: carol.start(), "password")                    # no session: auth_admin
    refused("NotAllowed", lambda: carol.call("Start", "('web', '', @a{sv} {}, @ah [])", dialog=True))  # and no agent either
    refused("NotAllowed", lambda: alice.call("Verify"), "root")
    leaver = world.client(ALICE)
    for _ in range(5):
        leaver.send("Start", "('fox', '', @a{sv} {}, @ah [])", dialog=True)
    leaver.stop()
    os.kill(world.polkit.pid, signal.SIGSTOP)
    late = world.client(ALICE)
    pending = [late.send("Start", "('bank', '', @a{sv} {}, @ah [])") for _ in range(3)]
    time.sleep(0.3)
    late.stop()                                                                 # leaves while polkit thinks
    slow = alice.send("Start", "('bank', '', @a{sv} {}, @ah [])")
    assert world.client(0).call("List")[0] and pending                          # others are answered meanwhile
    refused("NotAllowed", lambda: alice.result(slow, 15), "polkit did not answer")
    os.kill(world.polkit.pid, signal.SIGCONT)
    world.until(lambda: attempt(alice.call, "List"), "polkit's return")
    time.sleep(0.3)
    assert not [z for z in alice.call("List")[0] if z["kind"] == "bank"], "a caller that was refused, or left, started a zone"
    world.polkit.kill()
    world.polkit.wait()
    refused("NotAllowed", lambda: alice.call("List"), "polkit did not answer")


test_polkit.world = {"mode": "polkit", "polkit": real_polkit}


SLOW_POLKIT = """import sys
from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
node = Gio.DBusNodeInfo.new_for_xml('''<node><interface name="org.freedesktop.PolicyKit1.Authority"><method name="CheckAuthorization">
<arg type="(sa{sv})" direction="in"/><arg type="s" direction="in"/><arg type="a{ss}" direction="in"/><arg type="u" direction="in"/>
<arg type="s" direction="in"/><arg type="(bba{ss})" direction="out"/></method></interface></node>''')
def call(_bus, _sender, _path, _interface, _method, arguments, invocation):
    action = arguments.unpack()[1]
    def answer():
        if action.endswith(".stop"):
            message = invocation.get_message().new_method_reply()
            message.set_body(GLib.Variant("(s)", ("yes",)))
            bus.send_message(message, Gio.DBusSendMessageFlags.NONE)
        else:
            invocation.return_value(GLib.Variant("((bba{ss}))", ((True, False, {}),)))
    GLib.timeout_add(800 if action.endswith(".start") else 0, answer)
bus.register_object("/org/freedesktop/PolicyKit1/Authority", node.interfaces[0], call, None, None)
Gio.bus_own_name_on_connection(bus, "org.freedesktop.PolicyKit1", 0, None, None)
GLib.MainLoop().run()"""


def slow_polkit(world):
    """Says yes to everything: to "start" after 0.8 s, to "stop" in a form that is not polkit's."""
    world.owners.append(subprocess.Popen(["/usr/bin/python3", "-c", SLOW_POLKIT], env=world.env))
    world.until(world.polkit_owned, "the double of polkit")


def test_slow_polkit(world):
    alice, leaver, root = world.client(ALICE), world.client(ALICE), world.client(0)
    leaver.send("Start", "('fox', '', @a{sv} {}, @ah [])")
    leaver.send("Run", "('web', 'tool', @aay [], @a{sv} {}, @ah [handle 0, handle 1, handle 2])", PIPES)
    time.sleep(0.3)
    leaver.stop()                          # polkit's yes comes too late
    assert alice.start() == "web-1"        # asked after them, so theirs are over
    assert [z["zone"] for z in root.call("List")[0]] == ["web-1"]
    refused("NotAllowed", lambda: alice.call("Stop", "('web', false)"), "polkit did not answer")


test_slow_polkit.world = {"mode": "polkit", "polkit": slow_polkit}


def attempt(call, *arguments):
    try:
        return call(*arguments)
    except BusError:
        return None


def test_logout(world):
    alice, bob = world.client(ALICE), world.client(BOB)
    alice.start()
    bob.start()
    script = """import sys, gi
from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
if sys.argv[2] == "own":
    bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                  GLib.Variant("(su)", ("org.freedesktop.login1", 0)), None, 0, -1)
bus.emit_signal(None, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "UserRemoved",
                GLib.Variant("(uo)", (int(sys.argv[1]), "/org/freedesktop/login1/user/_1")))
bus.flush_sync()
bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId", None, None, 0, -1)"""

    def emit(uid, own):
        subprocess.run(["/usr/bin/python3", "-c", script, str(uid), own], env=world.env, check=True)

    emit(BOB, "anybody")  # not logind: not believed
    time.sleep(0.3)
    assert bob.call("List")[0]
    emit(ALICE, "own")
    assert world.event("stop") == "stop 1 7"
    assert alice.call("Wait", "('web-1',)")[0] == "logout" and bob.call("List")[0]


def test_ends_with_the_monitor(world):
    alice = world.client(ALICE)
    alice.start()
    world.order("bye")
    world.event("broker-gone")


def test_garbage_from_the_monitor(world):
    world.order("garbage")
    assert world.event("broker-gone")


def test_ends_with_the_bus(world):
    world.bus.kill()
    assert world.event("broker-gone")


def test_zones_end_with_the_broker(world):
    world.client(ALICE).start()
    os.kill(world.broker_pid, signal.SIGKILL)
    try:
        world.event("closed 1", 5)
    except (EOFError, AssertionError):
        world.event("broker-gone", 5)


def test_holds_no_privilege(world):
    status = dict(line.split(":\t", 1) for line in open(f"/proc/{world.broker_pid}/status") if ":\t" in line)
    assert status["Uid"].split() == [str(BROKER_UID)] * 4 and status["Groups"].strip() == "", status
    for name in "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb":
        assert int(status[name], 16) == 0, (name, status[name])
    assert status["NoNewPrivs"].strip() == "1"
    assert os.stat(f"/proc/{world.broker_pid}/environ").st_uid == 0, "it is dumpable"
    world.client(ALICE).start()
    time.sleep(0.2)
    open_files = [os.readlink(f"/proc/{world.broker_pid}/fd/{fd}") for fd in os.listdir(f"/proc/{world.broker_pid}/fd")]
    assert not [f for f in open_files if f.startswith("/") and f not in ("/dev/null", world.dir + "/log", world.dir + "/receipts")], open_files


def test_no_descriptor_is_kept(world):
    alice = world.client(ALICE)
    count = lambda: len(os.listdir(f"/proc/{world.broker_pid}/fd"))
    alice.call("List")
    before = count()
    for _ in range(40):
        refused("BadRequest", lambda: alice.call("Start", "('web', '', @a{sv} {'nope': <1>}, @ah [handle 0])", ["sock"]))
        refused("Refused", lambda: alice.call("Run", "('web', 'no', @aay [], @a{sv} {}, @ah [handle 0, handle 1, handle 2])", PIPES))
        refused("BadRequest", lambda: alice.call("List", "()", ["file"]))
    world.until(lambda: count() <= before, "the old number of open files", 3)
    zone = alice.call("Run", "('web', 'tool', @aay [], @a{sv} {}, @ah [handle 0, handle 1, handle 2])", PIPES)[0]
    world.until(lambda: count() <= before + 1, "one more open file for one zone", 3)
    alice.call("Stop", f"('{zone}', true)")
    world.until(lambda: count() <= before, "the old number of open files", 3)



def main():
    tests = {name[5:]: test for name, test in globals().items() if name.startswith("test_")}
    failed = 0
    for name in sys.argv[4:] or tests:
        world = None
        try:
            test = tests[name]
            world = World(**getattr(test, "world", {}))
            test(world)
            world.log.seek(0)
            log = world.log.read()
            assert not any(word in log for word in ("CRITICAL", "WARNING", "AddressSanitizer", "runtime error")), "the broker complained"
            print(f"ok {name}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {name}", flush=True)
            traceback.print_exc()
            if world:
                world.log.seek(0)
                print(world.log.read(), file=sys.stderr)
        finally:
            if world:
                world.close()
    return 1 if failed else 0


def own_accounts():
    """Goes on in a mount namespace where the accounts exist, as on an installed machine."""
    if os.environ.get("HANARE_TEST_ACCOUNTS"):
        return
    with tempfile.TemporaryDirectory() as where:
        for name in "passwd", "group":
            ours = set(map(str, ACCOUNTS)) | set(ACCOUNTS.values())
            lines = [line for line in open("/etc/" + name) if not ours & {line.split(":")[0], line.split(":")[2]}]
            for uid, account in ACCOUNTS.items():
                lines.append(f"{account}:x:{uid}:" + (f"{uid}::/nonexistent:/usr/sbin/nologin\n" if name == "passwd" else "\n"))
            open(f"{where}/{name}", "w").write("".join(lines))
        script = f'mount --bind {where}/passwd /etc/passwd && mount --bind {where}/group /etc/group && exec "$@"'
        sys.exit(subprocess.run(["unshare", "-m", "--propagation=private", "sh", "-c", script, "sh", "/usr/bin/python3", *sys.argv],
                                env=os.environ | {"HANARE_TEST_ACCOUNTS": "1"}).returncode)


if __name__ == "__main__":
    BROKER, FAKE, DATA = map(os.path.abspath, sys.argv[1:4])
    # the broker's own uid must reach its program, wherever the tree lies
    reachable = tempfile.mkdtemp(prefix="hanare-broker-test-")
    atexit.register(shutil.rmtree, reachable)
    os.chmod(reachable, 0o755)
    BROKER = shutil.copy(BROKER, reachable)
    FAKE = shutil.copy(FAKE, reachable)
    own_accounts()
    sys.exit(main())
