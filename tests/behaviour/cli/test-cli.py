#!/usr/bin/python3
"""test-cli: the hanare command against a mock of the service, on a bus of its own.
Usage: test-cli.py HANARE SOURCE_ROOT.  SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

HANARE, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
BUS_CONF = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""
JA = {"LANG": "ja_JP.UTF-8"}


class World:
    """One bus and one mock for all tests."""
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="hanare-cli-")
        self.log = self.dir + "/log"
        self.bus = self.dir + "/bus"
        with open(self.dir + "/bus.conf", "w", encoding="utf-8") as f:
            f.write(BUS_CONF % self.bus)
        subprocess.run(["localedef", "-i", "ja_JP", "-f", "UTF-8", self.dir + "/ja_JP.UTF-8"], check=True)
        self.daemon = subprocess.Popen(["dbus-daemon", "--config-file", self.dir + "/bus.conf", "--nofork", "--nopidfile"], stderr=subprocess.DEVNULL)
        for _ in range(200):
            if os.path.exists(self.bus):
                break
            time.sleep(0.02)
        self.env = {"PATH": "/usr/bin:/bin", "HOME": self.dir, "LOCPATH": self.dir, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=" + self.bus,
                    "ASAN_OPTIONS": "detect_leaks=0"}  # hanare is not dumpable, so the leak checker cannot look
        self.mock = None
        self.start_mock()

    def start_mock(self, **env):
        self.stop_mock()
        self.mock = subprocess.Popen(["/usr/bin/python3", ROOT + "/tests/behaviour/cli/mock-broker.py", ROOT + "/data/org.hanare.Sandbox1.xml", self.log],
                                     env=self.env | env, stdout=subprocess.PIPE, text=True)
        if self.mock.stdout.readline() != "ready\n":
            raise RuntimeError("the mock did not start")

    def stop_mock(self):
        if self.mock:
            self.mock.kill()
            self.mock.wait()
            self.mock.stdout.close()
            self.mock = None

    def done(self):
        self.stop_mock()
        self.daemon.kill()
        self.daemon.wait()
        shutil.rmtree(self.dir)

    def calls(self, method=None):
        with open(self.log, encoding="utf-8") as f:
            return [c for c in map(json.loads, f) if not method or c.get("method") == method]


world = None


class Case(unittest.TestCase):
    def hanare(self, *args, env=None, **kwargs):
        kwargs.setdefault("stdin", subprocess.DEVNULL)
        if "input" in kwargs:
            del kwargs["stdin"]
        return subprocess.run([HANARE, *args], env=world.env | (env or {}), capture_output=True, timeout=30, **kwargs)

    def expect(self, code, *args, out=None, err=None, env=None, **kwargs):
        r = self.hanare(*args, env=env, **kwargs)
        text = f"{args}: {r.returncode} {r.stdout!r} {r.stderr.decode(errors='replace')!r}"
        self.assertEqual(r.returncode, code, text)
        if out is not None:
            self.assertIn(out, r.stdout.decode(), text)
        if err is not None:
            self.assertIn(err, r.stderr.decode(), text)
            self.assertEqual(r.stdout, b"", text)
        return r


class Usage(Case):
    def test_help_and_version(self):
        self.expect(0, "--version", out="hanare 0.")
        self.expect(0, "--help", out="doctor")
        for verb in ("open", "start", "restart", "stop", "list", "run", "kinds", "receipt", "doctor", "status"):
            self.expect(0, verb, "--help", out="Usage: hanare " + verb)
        self.expect(0, "open", "--help", env=JA, out="使い方: hanare open [URL] [--zone 種類]")

    def test_errors_are_one_line_and_2(self):
        for args in (["frob"], ["--frob"], ["list", "--frob"], ["list", "x"], ["stop", "a", "b"], ["stop", "--all", "x"], ["open", "--zone"], ["run"],
                     ["run", "--zone", "web"], ["receipt", "--limit", "0"], ["receipt", "--limit", "x"], ["receipt", "--verify", "x"], ["list", "--json=x"],
                     ["start", b"\xff"], ["start", "-x"], ["start", "--for", "no-such-user-here"], ["open", "file:///etc/passwd"], ["open", "mailto:x"],
                     ["open", "https://user@bank.example"]):
            r = self.expect(2, *args, err="hanare")
            self.assertEqual(r.stderr.count(b"\n"), 1, r.stderr)
        self.expect(2, "\x1b[2J", err="\\x1b[2J")
        self.expect(2, "list", "--frob", err="オプション --frob はありません。", env=JA)


class Zones(Case):
    def setUp(self):
        world.start_mock()

    def test_start_list_stop(self):
        self.expect(0, "list", out="No zone of yours is running.")
        self.expect(4, "stop", err="No zone of yours is running.")
        self.expect(4, "restart", err="No zone of yours is running.")
        self.expect(0, "start", out="web-17")
        self.expect(0, "list", out="Internet")
        self.expect(0, "list", out="インターネット  実行中  2 分", env=JA)
        zones = json.loads(self.expect(0, "list", "--json").stdout)
        self.assertEqual(zones[0]["zone"], "web-17")
        self.expect(0, "restart", out="web-18")
        self.expect(0, "start", "web", out="web-19")
        self.expect(2, "stop", err="More than one zone")
        self.expect(0, "stop", "web-18", out="gone")
        self.expect(4, "stop", "web-18", err="no such zone")
        self.expect(4, "stop", "web-18", err="該当するものがありません", env=JA)
        self.expect(0, "stop", "--all", out="web-19")
        self.expect(0, "stop", "--all", out="No zone")

    def test_restart_of_a_kind_that_does_not_run(self):
        self.expect(0, "restart", "web", out="None was running; the clean zone web-17 is running.")
        self.expect(0, "restart", "web", out="The old zone is gone; the clean zone web-18")
        self.expect(0, "restart", "web-18", out="The old zone is gone; the clean zone web-19")
        self.expect(0, "restart", "mail", out="動いているゾーンはありませんでした", env=JA)
        self.expect(4, "restart", "web-18", err="no such zone")
        self.expect(4, "restart", "nokind", err="no such zone")
        self.expect(6, "restart", "full", err="No more zones")
        self.expect(7, "restart", "screen", err="needs a display")
        self.expect(4 if os.geteuid() == 0 else 3, "restart", "denied", err="hanare: ")  # root must say for whom: hanare start --for

    def test_open(self):
        self.expect(0, "open", "site.example", out="new zone web-17")
        self.expect(0, "open", "https://日本語.example/あ", out="in the zone web-17")
        self.assertEqual(world.calls("Open")[-1]["args"][1], "'https://xn--wgv71a119e.example/%E3%81%82'")
        self.expect(0, "open", "--fresh", "site.example", out="new zone web-18")
        self.assertIs(world.calls("Open")[-1]["options"]["fresh"], True)
        self.expect(0, "open", "--zone=other", out="other-19")
        self.assertEqual(world.calls("Open")[-1]["args"][1], "''")

    def test_every_error_has_its_code(self):
        for kind, code, text in (("nokind", 4, "no such kind"), ("denied", 3, "may not"), ("full", 6, "No more zones"), ("refuse", 8, "refused"),
                                 ("broken", 8, "could not be started"), ("odd", 1, "same version"), ("gone", 5, "went away"), ("busno", 3, "system bus"),
                                 ("screen", 7, "Neither WAYLAND_DISPLAY nor DISPLAY")):
            r = self.expect(code, "start", kind, err=text)
            self.assertNotIn(b"\x1b", r.stderr)
            self.assertNotIn("\u202e", r.stderr.decode())
        self.expect(8, "start", "broken", err="テスト")
        self.expect(7, "start", "screen", env=JA, err="画面が必要です")

    def test_status_kinds_receipt(self):
        r = self.expect(0, "status", out="0 of at most 24")
        self.assertIn(b"x\\x1by", r.stdout)
        self.assertEqual(json.loads(self.expect(0, "status", "--json").stdout)["auth"], "polkit")
        self.expect(0, "kinds", out="銀行\\u202e", env=JA)
        self.assertEqual(len(json.loads(self.expect(0, "kinds", "--json").stdout)), 3)
        self.expect(0, "receipt", out="3.4 MiB in 212 files")
        self.expect(0, "receipt", "web-17", env=JA, out="[未確認] メモリー上のファイルは残っていません")
        self.assertEqual(json.loads(self.expect(0, "receipt", "--json").stdout)[0]["plan_hash"][:6], "000102")
        self.expect(4, "receipt", "web-99", err="no such zone")
        self.expect(0, "receipt", "--verify", out="All 34 receipts")
        world.start_mock(MOCK_VERIFY="bad")
        self.expect(1, "receipt", "--verify", err="number 7")
        self.assertFalse(json.loads(self.expect(1, "receipt", "--verify", "--json").stdout)["ok"])
        world.start_mock(MOCK_VERIFY="denied")
        self.expect(3, "receipt", "--verify", err="may not")

    def test_slow_start_shows_time_and_can_be_cancelled(self):
        seen, code = on_terminal([HANARE, "start", "slow"], stdout_too=False)
        self.assertRegex(seen.decode(), r"Starting the zone \.\.\. 1\.\d s")
        self.assertTrue(seen.endswith(b"\r\x1b[K"), seen)
        self.assertEqual(code, 0)
        self.assertEqual(self.expect(0, "start", "slow").stderr, b"")
        p = subprocess.Popen([HANARE, "start", "slow"], env=world.env, stderr=subprocess.PIPE)
        time.sleep(0.5)
        p.send_signal(signal.SIGINT)
        self.assertEqual(p.communicate(timeout=5)[1], b"hanare: Cancelled; no zone is left.\n")
        self.assertEqual(p.returncode, -signal.SIGINT)

    def test_slow_restart_and_stop(self):
        self.expect(0, "start", "tardy", out="tardy-17")
        seen, code = on_terminal([HANARE, "restart", "tardy"], stdout_too=False)
        self.assertRegex(seen.decode(), r"Starting the zone anew \.\.\. 1\.\d s")
        self.assertEqual(code, 0)
        seen, code = on_terminal([HANARE, "stop", "tardy"], stdout_too=False)
        self.assertRegex(seen.decode(), r"Ending the zone \.\.\. 1\.\d s")
        self.assertEqual(code, 0)
        for verb, text, ja in (("restart", "the old zone is gone, and no new one is left", "新しいゾーンも残っていません"),
                               ("stop", "the zone ends all the same", "ゾーンはそのまま終了します")):
            for env, part in ((world.env, text), (world.env | JA, ja)):
                self.hanare("start", "tardy")
                p = subprocess.Popen([HANARE, verb, "tardy"], env=env, stderr=subprocess.PIPE)
                time.sleep(0.5)
                p.send_signal(signal.SIGINT)
                said = p.communicate(timeout=5)[1].decode()
                self.assertIn(part, said)
                self.assertEqual((said.count("\n"), p.returncode), (1, -signal.SIGINT), said)


LIMIT, NOT_ALLOWED, REFUSED = "LimitReached", "NotAllowed", "Refused"
# Bad input: what is asked, the exit status, a part of the one line in English, and in Japanese. "say:" = an error of the service in its own words.
BAD_INPUT = (
    (["stop", "web-99"], 4, "no such zone of yours", "あなたのゾーンの中に該当するものがありません"),
    (["start", "say:UnknownZone:no zone 'x' of yours runs: 'hanare list' shows those there are"], 4, "You have no zone 'x'; 'hanare list'", "「x」というゾーンはありません"),
    (["start", "say:UnknownKind:policy has no zone kind 'x': 'hanare kinds' shows those there are"], 4, "no kind of zone 'x'; 'hanare kinds'", "「x」という種類のゾーンはありません"),
    (["open", "file:///etc/passwd"], 2, "Files of this computer are not opened", "このコンピューターのファイルは"),
    (["open", "https://a@bank.example"], 2, "used to deceive", "人をだます"),
    (["open", "ht!tp://x y"], 2, "not an address of a web page", "ウェブページのアドレスではありません（https://"),
    (["open", "x\x1b.example"], 2, "control or invisible", "制御文字"),
    (["start", "say:BadAddress:the address is not one a zone can open: use http://"], 2, "must begin with http://", "http:// または https:// とホスト名で"),
    (["start", "screen"], 7, "needs a display. Neither WAYLAND_DISPLAY nor DISPLAY is set. Run hanare inside", "画面が必要です。 WAYLAND_DISPLAY も DISPLAY も設定されていません。"),
    (["start", f"say:{NOT_ALLOWED}:polkit does not allow org.hanare.Sandbox1.start for you: ask your administrator"], 3, "do not allow this for you; ask", "許可されていません"),
    (["start", f"say:{NOT_ALLOWED}:polkit does not allow org.hanare.Sandbox1.start for you: it wants a password, so call from your desktop session"], 3,
     "only from your desktop session", "デスクトップのセッション内でのみ"),
    (["start", f"say:{NOT_ALLOWED}:polkit did not answer, and without its word nothing is allowed: ask your administrator to look at polkit (it is not reachable)"], 3,
     "(polkit) does not answer", "（polkit）が応答しない"),
    (["start", f"say:{NOT_ALLOWED}:Verify is for root alone: call it with sudo"], 3, "Only root may do this; use sudo", "root だけです"),
    (["start", f"say:{NOT_ALLOWED}:only root may act for another user: leave out the option \"owner\""], 3, "leave out --for", "--for を付けずに"),
    (["start", f"say:{NOT_ALLOWED}:root owns no zone: name the user with the option \"owner\""], 3, "with --for USER", "--for ユーザー"),
    (["start", f"say:{NOT_ALLOWED}:uid 1 belongs to the system and cannot be a zone owner: use a person's account"], 3, "account of the system (number 1)", "（番号 1）"),
    (["start", "--for", "no-such-user-here"], 2, "There is no user no-such-user-here", "no-such-user-here"),
    (["start", f"say:{LIMIT}:user 1003 has 2 zones, the most that policy allows: stop one first"], 6, "as policy allows (2); end", "上限（一人 2 個）"),
    (["start", f"say:{LIMIT}:this machine has 3 zones, the most that policy allows: stop one first"], 6, "this machine already have as many zones as policy allows (3)", "上限（3 個）"),
    (["start", f"say:{LIMIT}:user 1003 started zones too often: policy allows 6 a minute, try again shortly"], 6, "policy allows 6 a minute", "1 分に 6 回"),
    (["start", f"say:{LIMIT}:the zone did not start: Too many zones, or too many starts. this user started as many zones in a minute as the policy allows. And"], 6,
     "more than policy allows in a minute", "上限を超える数"),
    (["start", f"say:{REFUSED}:the zone did not start: Policy refused it. this kernel lacks a wall whose substitute the policy does not permit: see hanare doctor."], 8,
     "kernel is too old or lacks a wall", "カーネルが古い"),
    (["start", f"say:{REFUSED}:policy does not let kind 'web' run 'sh': 'hanare kinds' shows what it may run"], 8, "of kind 'web' run 'sh'", "「web」のゾーンで「sh」は"),
    (["start", f"say:{REFUSED}:policy opens a.example in 'banking' only, not in 'web': leave out the kind, or ask for 'banking'"], 8, "use --zone banking", "--zone banking を"),
    (["start", f"say:{REFUSED}:no policy is in force, so nothing is allowed: have root correct it (web.jsonc:3: x)"], 8, "administrator this: web.jsonc:3: x", "web.jsonc:3: x"),
    (["start", f"say:{REFUSED}:something \x1b[2J nobody foresaw"], 8, "(something \\x1b[2J nobody foresaw)", "拒否されました"),
    (["start", "say:StartFailed:the zone did not start: the wall \"ids\" does not stand"], 8, "could not be started", "「hanare doctor」"),
)


class BadInput(Case):
    def test_one_line_in_both_languages(self):
        world.start_mock()
        for args, code, english, japanese in BAD_INPUT:
            for env, text in ((None, english), (JA, japanese)):
                r = self.expect(code, *args, err=text, env=env)
                self.assertEqual(r.stderr.count(b"\n"), 1, r.stderr)
                self.assertTrue(r.stderr.startswith(b"hanare"), r.stderr)
            if args[-1].startswith("say:") and "nobody foresaw" not in args[-1] and "StartFailed" not in args[-1]:
                self.assertNotRegex(r.stderr.decode(), r"[a-z]+ [a-z]+ [a-z]+ [a-z]+", "English words in a Japanese line")

    def test_the_service_still_says_so(self):
        """Every sentence that cli-detail.c knows stands in the service's sources."""
        with open(ROOT + "/launcher/cli/cli-detail.c", encoding="utf-8") as f:
            known = re.findall(r'^        \{ "((?:[^"\\\\]|\\\\.)*)",', f.read(), re.M)
        said = ""
        for folder in ("sandboxd/broker", "sandboxd/builder", "sandboxd/monitor", "policy"):
            for name in sorted(os.listdir(f"{ROOT}/{folder}")):
                if name.endswith(".c"):
                    with open(f"{ROOT}/{folder}/{name}", encoding="utf-8") as f:
                        said += re.sub(r'"\s*\n\s*"', "", f.read())
        self.assertGreater(len(known), 15)
        for sentence in known:
            for piece in sentence.split("{}"):
                if len(piece.strip()) > 5 and "it wants a password" not in piece and "ask your admin" not in piece and "cannot be a " not in piece:
                    self.assertTrue(piece.strip() in said, piece)


class Service(Case):
    def test_absent_service(self):
        world.stop_mock()
        for args in (["list"], ["start"], ["run", "--", "true"], ["receipt"]):
            self.expect(5, *args, err="service is not running")
        self.expect(5, "list", env=JA, err="サービスが動いていません")

    def test_absent_bus(self):
        self.expect(5, "list", env={"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}, err="system bus cannot be reached")

    def test_service_dies_during_a_run(self):
        world.start_mock()
        before = len(world.calls("Wait"))
        p = subprocess.Popen([HANARE, "run", "--", "sleep", "20"], env=world.env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        wait_for(lambda: len(world.calls("Wait")) > before)
        world.stop_mock()
        self.assertIn(b"went away", p.communicate(timeout=10)[1])
        self.assertEqual(p.returncode, 5)


class Display(Case):
    def setUp(self):
        world.start_mock()

    def test_wayland(self):
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(world.dir + "/wayland-7")
            server.listen()
            self.expect(0, "start", "screen", out="screen-17", env={"XDG_RUNTIME_DIR": world.dir, "WAYLAND_DISPLAY": "wayland-7", "LANG": "ja_JP.UTF-8"}
                        | {"LANGUAGE": "en"})
            os.unlink(world.dir + "/wayland-7")
        call = world.calls("Start")[-1]
        self.assertEqual(call["options"]["display"], "wayland")
        self.assertEqual(call["options"]["locale"], "ja")
        self.assertTrue(call["fds"][0]["target"].startswith("socket:"))
        self.assertEqual(call["args"][-1], "[0]")

    def test_wayland_gone(self):
        self.expect(7, "start", "screen", err="wayland-8", env={"XDG_RUNTIME_DIR": world.dir, "WAYLAND_DISPLAY": "wayland-8"})

    def test_ssh_display(self):
        self.expect(7, "open", "bank.example", err="not a display of this machine", env={"DISPLAY": "localhost:10.0"})

    def free_number(self):
        return next(n for n in range(180, 240) if not os.path.exists(f"/tmp/.X11-unix/X{n}") and not os.path.exists(f"/tmp/.X{n}-lock"))

    def test_x11_without_shared_memory(self):
        number = self.free_number()
        env = {"DISPLAY": f":{number}"}
        x = subprocess.Popen(["Xvfb", f":{number}", "-noreset", "-nolisten", "tcp", "-extension", "MIT-SHM"], stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: subprocess.run(["xprop", "-root", "_XKB_RULES_NAMES"], env=world.env | env, capture_output=True).returncode == 0)
            self.expect(7, "start", "screen", err="MIT-SHM", env=env)
        finally:
            x.terminate()
            x.wait()

    def test_x11(self):
        number = self.free_number()
        cookie = bytes(range(1, 17))
        host, name = os.uname().nodename.encode(), b"MIT-MAGIC-COOKIE-1"
        with open(world.dir + "/xauth", "wb") as f:
            f.write(struct.pack(">H", 256))
            for field in (host, str(number).encode(), name, cookie):
                f.write(struct.pack(">H", len(field)) + field)
        x = subprocess.Popen(["Xvfb", f":{number}", "-screen", "0", "1000x700x24", "-noreset", "-nolisten", "tcp", "-auth", world.dir + "/xauth"], stderr=subprocess.DEVNULL)
        env = {"DISPLAY": f":{number}", "XAUTHORITY": world.dir + "/xauth"}
        try:
            wait_for(lambda: subprocess.run(["xprop", "-root", "_XKB_RULES_NAMES"], env=world.env | env, capture_output=True).returncode == 0)
            subprocess.run(["setxkbmap", "-layout", "jp", "-model", "jp106"], env=world.env | env, check=True)
            self.expect(0, "start", "screen", out="screen-17", env=env)
            call = world.calls("Start")[-1]
            self.expect(0, "run", "--zone", "screen", "--", "true", env=env)  # asks again, with the display, when the kind wants one
        finally:
            x.terminate()
            x.wait()
        options = call["options"]
        self.assertEqual((options["display"], options["layout"], options["width"], options["height"]), ("x11", "jp", 900, 630))
        self.assertEqual(bytes(options["cookie"]), cookie)
        self.assertEqual(call["fds"], [{"target": f"/tmp/.X11-unix/X{number}", "o_path": True}])
        self.assertEqual([len(c["fds"]) for c in world.calls("Run")[-2:]], [3, 4])


class Run(Case):
    @classmethod
    def setUpClass(cls):
        world.start_mock()

    def test_status_and_streams(self):
        r = self.expect(7, "run", "--", "sh", "-c", "echo out; echo err >&2; exit 7", out="out\n")
        self.assertEqual((r.stdout, r.stderr), (b"out\n", b"err\n"))
        self.expect(0, "run", "true")
        self.expect(137, "run", "--", "sh", "-c", "kill -9 $$")
        self.expect(3, "run", "sh", "-c", "exit 3")
        self.expect(0, "run", "--zone", "run", "--", "printf", "%s|", "--zone", "", b"\xff", "あ", out=None)
        self.assertEqual(self.hanare("run", "--", "printf", "%s|", "--zone", "", b"\xff", "あ").stdout, b"--zone||\xff|" + "あ|".encode())

    def test_zone_gets_pipes_only(self):
        with open("/etc/hostname", "rb") as f:
            self.expect(0, "run", "true", stdin=f)
        for fd in world.calls("Run")[-1]["fds"]:
            self.assertTrue(fd["target"].startswith("pipe:"), fd)

    def test_relays_10_mb(self):
        data = os.urandom(10_000_000)
        self.assertEqual(self.hanare("run", "cat", input=data).stdout, data)
        out = self.hanare("run", "--", "sh", "-c", "head -c 10000000 /dev/zero; head -c 3000000 /dev/zero >&2")
        self.assertEqual((len(out.stdout), len(out.stderr)), (10_000_000, 3_000_000))

    def test_slow_reader_loses_nothing(self):
        p = subprocess.Popen([HANARE, "run", "--", "head", "-c", "1000000", "/dev/zero"], env=world.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        time.sleep(0.5)
        self.assertEqual(len(p.communicate(timeout=10)[0]), 1_000_000)

    def test_waits_without_spinning(self):
        for script, data in (("head -c 150000 /dev/zero; exec >&-; sleep 3", b""), ("sleep 3", b"x" * 150_000)):
            reader, writer = os.pipe()
            feeder = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            p = subprocess.Popen([HANARE, "run", "--", "sh", "-c", script], env=world.env, stdin=feeder.stdout, stdout=writer)
            os.close(writer)
            feeder.stdout.close()
            try:
                feeder.communicate(data, timeout=0.5)
            except subprocess.TimeoutExpired:
                feeder.kill()
                feeder.wait()
            time.sleep(2)
            with open(f"/proc/{p.pid}/stat", encoding="utf-8") as f:
                spent = sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13]))
            with open(reader, "rb") as f:
                f.read()
            self.assertEqual(p.wait(timeout=10), 0)
            self.assertLess(spent / os.sysconf("SC_CLK_TCK"), 0.15)

    def test_closed_ends(self):
        p = subprocess.Popen([HANARE, "run", "--", "yes"], env=world.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        p.stdout.read(100)
        p.stdout.close()
        self.assertEqual(p.wait(timeout=10), 128 + signal.SIGPIPE)
        self.expect(0, "run", "true", input=b"x" * 1_000_000)
        script = 'exec "$0" run -- sh -c "echo nothing; exit 4" <&- >&- 2>&-'
        self.assertEqual(subprocess.run(["sh", "-c", script, HANARE], env=world.env, timeout=10).returncode, 4)

    def test_ends_by_a_wall(self):
        for program, code, text in (("tripwire", 8, "only an attack makes"), ("sandbox-lost", 8, "own sandbox"), ("memory", 6, "memory"), ("stop", 1, "stopped"),
                                    ("new-reason", 1, "new-reason")):
            r = self.expect(code, "run", program, err=text)
            self.assertIn(b"\\x1b[2J", r.stderr)
        self.expect(8, "run", "tripwire", env=JA, err="攻撃でしか使われない")

    def test_signals_end_the_zone(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            before = len(world.calls("Wait"))
            p = subprocess.Popen([HANARE, "run", "--", "sleep", "30"], env=world.env, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_for(lambda: len(world.calls("Wait")) > before)
            p.send_signal(number)
            self.assertEqual(p.wait(timeout=5), -number)
            wait_for(lambda: "killed" in world.calls()[-1])

    def test_terminal_is_safe(self):
        seen, code = on_terminal([HANARE, "run", "--", "printf", r"a\033]0;x\007b\tc\n\302\233\377\346\227\245\342\200\256\346\227"])
        self.assertEqual(code, 0)
        self.assertEqual(seen.replace(b"\r\n", b"\n").decode(), "a\\x1b]0;x\\x07b\tc\n\\u009b\\xff日\\u202e\\xe6\\x97")
        raw = self.hanare("run", "--", "printf", r"\033[31m\377").stdout
        self.assertEqual(raw, b"\x1b[31m\xff")

    def test_is_fast(self):
        self.hanare("run", "true")
        times = []
        for _ in range(15):
            began = time.monotonic()
            self.hanare("run", "true")
            times.append(time.monotonic() - began)
        print(f"run true: best {min(times) * 1e3:.1f} ms, median {sorted(times)[7] * 1e3:.1f} ms, with the mock", file=sys.stderr)
        self.assertLess(min(times), 0.1)


class Doctor(Case):
    def test_rows(self):
        world.start_mock()
        user = "nobody"
        report = json.loads(self.hanare("doctor", "--json", "--for", user).stdout)
        ids = [row["id"] for row in report["rows"]]
        for needed in ("kernel", "userns", "overlayfs", "landlock", "memory", "apparmor", "weston", "fonts-ja", "service", "start"):
            self.assertIn(needed, ids)
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual([r["state"] for r in report["rows"] if r["id"] in ("service", "start")], ["present", "present"])
        essential_missing = [r for r in report["rows"] if r["state"] == "missing"]
        self.assertEqual(report["ok"] or bool(essential_missing), True)
        self.assertEqual(self.hanare("doctor", "--for", user).returncode, 0 if report["ok"] else 1)

    def test_without_service(self):
        world.stop_mock()
        r = self.hanare("doctor", "--json")
        report = json.loads(r.stdout)
        self.assertEqual((r.returncode, report["ok"]), (1, False))
        self.assertEqual([x["state"] for x in report["rows"] if x["id"] == "service"], ["missing"])
        self.assertIn("ゾーンを開始できません", self.hanare("doctor", env=JA).stdout.decode())


def wait_for(true, seconds=10):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError("waited too long")
        time.sleep(0.02)


def on_terminal(argv, stdout_too=True):
    """Runs argv with standard error (and output) on a terminal; what arrived there, and the exit status."""
    master, slave = pty.openpty()
    p = subprocess.Popen(argv, env=world.env, stdin=subprocess.DEVNULL, stdout=slave if stdout_too else subprocess.DEVNULL, stderr=slave)
    os.close(slave)
    seen = b""
    while True:
        ready, _, _ = select.select([master], [], [], 15)
        try:
            chunk = os.read(master, 65536) if ready else b""
        except OSError:
            chunk = b""
        if not chunk:
            break
        seen += chunk
    os.close(master)
    return seen, p.wait(timeout=5)


if __name__ == "__main__":
    world = World()
    try:
        result = unittest.main(argv=[sys.argv[0], *sys.argv[3:]], exit=False).result
    finally:
        world.done()
    sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)
