#!/usr/bin/python3
"""The real broker on a bus of its own; the monitor and the builders are played by fake-monitor.

Usage: test-broker.py BROKER FAKE-MONITOR DATA-FOLDER [test name ...]. Needs root (three uids and a bus). Exit 0 when all passed.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json, os, queue, shutil, signal, subprocess, sys, tempfile, threading, time, traceback

HERE = os.path.dirname(os.path.abspath(__file__))
BROKER_UID, ALICE, BOB = 870, 1001, 1002
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
        self.children, self.events = [], []
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
        self.bus = subprocess.Popen(["dbus-daemon", "--nofork", "--nopidfile", "--nosyslog", f"--config-file={self.dir}/bus.conf"], stderr=subprocess.DEVNULL)
        self.until(lambda: os.path.exists(self.dir + "/bus"), "the bus")
        if polkit:
            polkit(self)
        self.log = open(self.dir + "/log", "w+")
        self.fake = Lines([FAKE, BROKER, str(BROKER_UID), self.dir + "/receipts", mode, starts], env=self.env, stderr=self.log)
        self.broker_pid = int(self.fake.line().split()[1])
        if mode != "none":
            self.until(self.owned, "the broker's name")

    def owned(self):
        return subprocess.run(["dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetNameOwner",
                               "string:org.hanare.Sandbox1"], env=self.env, capture_output=True).returncode == 0

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
        self.fake.stop()
        self.bus.kill()
        self.bus.wait()
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
    assert f"kind=web owner={ALICE} program=0 display=0 stdio=0 fds=2" in event, event
    (listed,) = alice.call("List")[0]
    assert listed["zone"] == zone and listed["state"] == "running" and listed["owner"] == ALICE and listed["walls"] == 12, listed
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
    assert "program=1 display=0 stdio=1 fds=5" in world.event("start")
    waiting = alice.send("Wait", f"('{zone}',)")
    world.order("exit 1 256")
    assert alice.result(waiting)[:3] == ["exit", 256, 0]


def main():
    tests = {name[5:]: test for name, test in globals().items() if name.startswith("test_")}
    failed = 0
    for name in sys.argv[4:] or tests:
        world = None
        try:
            test = tests[name]
            world = World(**getattr(test, "world", {}))
            test(world)
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
    """Goes on in a mount namespace where the broker's account exists, as on an installed machine."""
    if os.environ.get("HANARE_TEST_ACCOUNTS"):
        return
    with tempfile.TemporaryDirectory() as where:
        for name in "passwd", "group":
            middle = f"{BROKER_UID}::/nonexistent:/usr/sbin/nologin" if name == "passwd" else ""
            lines = [line for line in open("/etc/" + name) if not line.startswith("_hanare-broker:")]
            open(f"{where}/{name}", "w").write("".join(lines) + f"_hanare-broker:x:{BROKER_UID}:{middle}\n")
        script = f'mount --bind {where}/passwd /etc/passwd && mount --bind {where}/group /etc/group && exec "$@"'
        sys.exit(subprocess.run(["unshare", "-m", "--propagation=private", "sh", "-c", script, "sh", "/usr/bin/python3", *sys.argv],
                                env=os.environ | {"HANARE_TEST_ACCOUNTS": "1"}).returncode)


if __name__ == "__main__":
    BROKER, FAKE, DATA = map(os.path.abspath, sys.argv[1:4])
    own_accounts()
    sys.exit(main())
