#!/usr/bin/python3
"""test-desktop: zones that end badly, and what the user sees of it: hanare-desktop with the real daemon, real zones, a session bus and dunst.

Run as root where hanare is installed and no sandboxd runs (machine.py covers the machine's settings and records while this lasts).
--shots FOLDER keeps screenshots. SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("machine", os.path.join(HERE, "..", "limits", "machine.py"))
machine = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(machine)
zonetests = machine.zonetests

DISPLAY = os.path.join(HERE, "..", "..", "rig", "display.sh")
STRANGER = "hanare-test-two"
TITLE = {"en": "Test <b>&", "ja": "試験 <b>&銀行"}
SHOWN = {"en": "Test ＜b＞＆", "ja": "試験 &lt;b&gt;&amp;銀行"}


def wait_for(true, seconds=15):
    end = time.monotonic() + seconds
    while True:
        found = true()
        if found or time.monotonic() > end:
            return found
        time.sleep(0.1)


class Session:
    """A session of the user: its own bus, dunst on the rig's display, hanare-desktop, and dbus-monitor as the witness."""

    def __init__(self, user, locale, notifier=True):
        self.user, self.children = user, []
        self.dir = tempfile.mkdtemp(prefix="hanare-desktop-")
        os.chmod(self.dir, 0o755)
        home = os.path.join(self.dir, "bus")
        os.mkdir(home)
        shutil.chown(home, user)
        for name in ("ja_JP", "en_US"):
            subprocess.run(["localedef", "-i", name, "-f", "UTF-8", f"{self.dir}/{name}.UTF-8"], check=True)
        self.address = f"unix:path={home}/socket"
        self.env = {"DBUS_SESSION_BUS_ADDRESS": self.address, "LOCPATH": self.dir, "LC_ALL": locale}
        with open(f"{self.dir}/bus.conf", "w", encoding="ascii") as f:
            f.write(BUS.replace("@ADDRESS@", self.address))
        self.start("dbus-daemon", f"--config-file={self.dir}/bus.conf", "--nofork", "--nopidfile", log="dbus")
        if not wait_for(lambda: os.path.exists(home + "/socket")):
            raise RuntimeError("the session bus did not start")
        self.start("dbus-monitor", "--session", "interface='org.freedesktop.Notifications'", log="notices")
        if notifier:
            self.notifier()
        self.desktop = self.start("hanare-desktop", log="desktop")
        if not wait_for(lambda: self.owner("org.hanare.Desktop1")):
            raise RuntimeError("hanare-desktop did not start: " + self.text("desktop"))
        time.sleep(0.5)

    def command(self, *words):
        return [DISPLAY, "run", "env", *(f"{k}={v}" for k, v in self.env.items()), *words]

    def start(self, *words, log):
        with open(f"{self.dir}/{log}", "ab") as out:
            child = subprocess.Popen(self.command(*words), stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/")
        self.children.append(child)
        return child

    def notifier(self):
        """In English with no settings at all: then dunst does not say that it reads markup, and reads it all the same."""
        open(f"{self.dir}/empty", "w", encoding="ascii").close()
        dunst = self.start("dunst", *(["-config", f"{self.dir}/empty"] if self.env["LC_ALL"].startswith("en") else []), log="dunst")
        if not wait_for(lambda: self.owner("org.freedesktop.Notifications")):
            raise RuntimeError("dunst did not start: " + self.text("dunst"))
        return dunst

    def call(self, *words):
        return subprocess.run(self.command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/", timeout=30).stdout.decode()

    def owner(self, name):
        return "true" in self.call("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
                                   "org.freedesktop.DBus.NameHasOwner", f"string:{name}")

    def text(self, log):
        with open(f"{self.dir}/{log}", encoding="utf-8", errors="replace") as f:
            return f.read()

    def notices(self):
        """Each Notify as (summary, body, button)."""
        found = []
        for block in re.split(r"^(?=method |signal |error )", self.text("notices"), flags=re.M):
            if "member=Notify\n" not in block:
                continue
            strings = re.findall(r'^   string "(.*?)"$', block, re.M | re.S)
            button = re.search(r'array \[\s*string "again"\s*string "(.*?)"', block)
            found.append((strings[2], strings[3], button.group(1) if button else None))
        return found

    def done(self):
        for child in reversed(self.children):
            child.terminate()
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        shutil.rmtree(self.dir)


class Desktop:
    def __init__(self, args):
        self.args, self.count = args, machine.Count()
        self.check = self.count.check
        self.users = machine.Users(args.user, STRANGER)
        self.daemon = machine.Daemon(args.sandboxd, args.user)
        self.product = self.daemon.product

    def kinds(self):
        programs = zonetests.PROGRAMS
        made = {"zz-trip": ("try-kernel", ["mount-tmpfs"]), "zz-memory": ("try-bombs", ["bomb-memory"]), "zz-close": ("try-files", ["plant-here"]),
                "zz-full": ("try-bombs", ["bomb-disk-home"]), "zz-hold": ("try-files", ["plant-here", "hold", "60"])}
        machine.install(self.args.zone_build, {})
        for name, (program, arguments) in made.items():
            if name == "zz-full":
                data = {"application": {"program": "/usr/bin/bash"}, "arguments": ["-c", FILL]}
            else:
                data = {"application": {"program": f"{programs}/{program}"}, "arguments": arguments}
            data.update({"name": name, "title": TITLE, "colour": "#808080", "run": [f"{programs}/try-kernel", "/usr/bin/true"] if name == "zz-close" else [],
                         "network": {"mode": "proxy" if name == "zz-hold" else "none", "ports": [443]} if name == "zz-hold" else {"mode": "none"},
                         "limits": {"memory_mib": 64, "pids": 64, "scratch_mib": 4, "scratch_inodes": 256, "nofile": 128}})
            with open(f"{zonetests.KINDS}/{name}.jsonc", "w", encoding="utf-8") as f:
                json.dump(data, f, ensure_ascii=False)

    def ask(self, *words):
        code, out, err = self.product.run_once(list(words), False)
        if code != 0:
            print(f"hanare {' '.join(words)}: {code}: {err.strip()}")
        return code

    def one(self, session, before, what, summary, words, button):
        """Exactly one more notice came, in these words."""
        wait_for(lambda: len(session.notices()) > before)
        time.sleep(2)  # and no second one
        new = session.notices()[before:]
        good = len(new) == 1 and new[0][0] == summary and all(w in new[0][1] for w in words) and new[0][2] == button
        self.check(what, good, (session.text("desktop"), session.text("dunst"), new))

    def shot(self, name):
        if self.args.shots:
            subprocess.run([DISPLAY, "shot", f"{self.args.shots}/{name}.png"], check=True)

    def bad_ends(self, locale, language, texts):
        session = Session(self.args.user, locale)
        title = SHOWN[language]
        try:
            for kind in ("zz-trip", "zz-memory", "zz-full"):
                before = len(session.notices())
                self.ask("start", kind)
                summary, word, button = texts[kind]
                self.one(session, before, f"{language}: {kind} brings exactly one notice, in that language, with its title and its button", summary,
                         [f"{title} ({kind}-", word], button)
                self.shot(f"{language}-{kind}")
            before = len(session.notices())
            self.ask("run", "--zone", "zz-close", "--", "try-kernel", "mount-tmpfs")
            self.one(session, before, f"{language}: a program of hanare run that hits the tripwire: one notice without a button", texts["zz-trip"][0],
                     ["(zz-close-"], None)
            before = len(session.notices())
            self.ask("start", "zz-close")
            self.ask("run", "--zone", "zz-close", "--", "true")
            self.ask("stop", "--all")
            time.sleep(1)
            self.check(f"{language}: the notification service could read everything", "markup" not in session.text("dunst"), session.text("dunst"))
            self.check(f"{language}: zones that end by themselves or are stopped bring none", len(session.notices()) == before, session.notices()[before:])
        finally:
            session.done()

    def english(self):
        self.bad_ends("en_US.UTF-8", "en", {
            "zz-trip": ("Zone ended: an attack was stopped", "Everything in the zone was destroyed", "Start a clean zone"),
            "zz-memory": ("Zone ended: its memory was used up", "more memory than the zone may have", "Start a clean zone"),
            "zz-full": ("The zone's storage is full", "The zone goes on", "Throw away and start clean")})

    def japanese(self):
        self.bad_ends("ja_JP.UTF-8", "ja", {
            "zz-trip": ("攻撃を検知し、ゾーンを終了しました", "ゾーンの中身はすべて破棄されました", "新しいゾーンを開始"),
            "zz-memory": ("メモリー不足のため、ゾーンを終了しました", "上限を超えるメモリー", "新しいゾーンを開始"),
            "zz-full": ("ゾーンの保存領域がいっぱいです", "ゾーンはそのまま使えます", "破棄して新しく開始")})

    def zones(self):
        return [z["zone"] for z in json.loads(self.product.run_once(["list", "--json"], False)[1]) if z["state"] == "running"]

    def helper_and_button(self):
        """The gateway of a zone is killed; the notice's button starts another zone of the kind."""
        session = Session(self.args.user, "en_US.UTF-8")
        try:
            self.ask("start", "zz-hold")
            old = self.zones()
            gateway = [pid for pid, _, name in machine.wipetests.zone_processes(2_000_300_000, 240) if name.startswith("sandboxd-gatewa")]
            if len(old) != 1 or len(gateway) != 1:
                raise RuntimeError(f"one zone with one gateway was expected: {old} {gateway}")
            os.kill(gateway[0], signal.SIGKILL)
            self.one(session, 0, "a zone whose gateway dies brings one notice", "Zone ended: a part of Hanare failed", [old[0]], "Start a clean zone")
            print(session.call("dunstctl", "action", "0"))
            wait_for(lambda: self.zones())
            new = self.zones()
            self.check("the button starts another zone of the kind", len(new) == 1 and new != old and new[0].startswith("zz-hold-"),
                       (old, new, session.text("desktop"), session.text("dunst")))
            self.service(session)
        finally:
            self.ask("stop", "--all")
            session.done()

    def cancelled(self):
        """Ctrl-C at different moments of a start and of a restart: no zone is left, and no notice comes."""
        session = Session(self.args.user, "en_US.UTF-8")
        cancelled = []
        try:
            for verb in ("start", "restart"):
                for delay in (0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.06, 0.09):
                    if verb == "restart":
                        self.ask("start", "zz-hold")
                    p = subprocess.Popen(self.product.command([verb, "zz-hold"]), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/")
                    time.sleep(delay)
                    p.send_signal(signal.SIGINT)
                    out, err = p.communicate(timeout=30)
                    if p.returncode != -signal.SIGINT:  # the start was done
                        self.ask("stop", "--all")
                        continue
                    if b"Cancelled" not in err:  # it came before anything was asked
                        self.ask("stop", "--all")
                        continue
                    cancelled.append((verb, delay))
                    gone = wait_for(lambda: self.product.run_once(["list", "--json"], False)[1].strip() == "[]")
                    self.check(f"{verb} cancelled after {delay} s: no zone is left", gone, self.product.run_once(["list"], False))
            self.check("starts and restarts were cancelled in their middle", {v for v, _ in cancelled} == {"start", "restart"}, cancelled)
            time.sleep(1)
            self.check("what was cancelled brings no notice", not session.notices(), session.notices())
        finally:
            self.ask("stop", "--all")
            session.done()

    def service(self, session):
        """The daemon ends under a zone, and comes back: one notice; then zones are watched again."""
        before = len(session.notices())
        self.daemon.stop("kill")
        self.one(session, before, "the service dies under a zone: one notice", "Zones ended: the Hanare service stopped", ["ended"], None)
        self.daemon.start()
        time.sleep(1)
        before = len(session.notices())
        self.ask("start", "zz-trip")
        self.one(session, before, "after the service came back its zones are watched again", "Zone ended: an attack was stopped", ["(zz-trip-"], "Start a clean zone")
        self.daemon.stop()
        time.sleep(2)
        self.check("the service ends without a zone: no notice", len(session.notices()) == before + 1, session.notices()[before:])
        self.daemon.start()

    def forged(self):
        """Another user may send signals on the system bus to whom they like."""
        session = Session(self.args.user, "en_US.UTF-8")
        try:
            uid = self.product.entry.pw_uid
            script = FORGE.replace("@UID@", str(uid))
            for user in (self.args.user, STRANGER):
                done = subprocess.run(["setpriv", f"--reuid={user}", "--clear-groups", f"--regid={user}", "/usr/bin/python3", "-c", script], cwd="/",
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
                sent = re.findall(rb"sent (\d+)", done.stdout)
                self.check(f"forged signals were sent by {'the user' if user == self.args.user else 'a stranger'}", sent and int(sent[0]) > 2, done.stdout)
            time.sleep(2)
            self.check("forged signals bring no notice", not session.notices(), session.notices())
            self.ask("start", "zz-trip")
            self.one(session, 0, "the true one does", "Zone ended: an attack was stopped", [], "Start a clean zone")
        finally:
            session.done()

    def flood(self):
        """More bad ends in a minute than may be shown."""
        session = Session(self.args.user, "en_US.UTF-8")
        try:
            for _ in range(10):
                self.ask("run", "--zone", "zz-close", "--", "try-kernel", "mount-tmpfs")
            time.sleep(1)
            self.check("of ten ends within a minute six are shown", len(session.notices()) == 6, session.notices())
            wait_for(lambda: len(session.notices()) > 6, 75)
            last = session.notices()[-1]
            self.check("later one sums up the rest", len(session.notices()) == 7 and "4 more notices were not shown" in last[1], last)
            self.shot("en-more")
        finally:
            session.done()

    def alone(self):
        """Without a notification service; then one comes. And a second hanare-desktop."""
        session = Session(self.args.user, "en_US.UTF-8", notifier=False)
        try:
            for _ in range(2):
                self.ask("start", "zz-trip")
                time.sleep(1.5)
            self.check("without a notification service it says so once, and waits",
                       session.text("desktop").count("no notification service") == 1 and session.desktop.poll() is None and not session.notices(),
                       session.text("desktop"))
            session.notifier()
            wait_for(lambda: len(session.notices()) == 2)
            self.check("when there is one, the notices are shown", len(session.notices()) == 2, (session.notices(), session.text("desktop")))
            second = session.start("hanare-desktop", log="second")
            wait_for(lambda: second.poll() is not None)
            self.check("a second one in the session ends at once, with 0", second.poll() == 0 and "already runs" in session.text("second"), session.text("second"))
            before = len(session.notices())
            self.ask("start", "zz-trip")
            self.one(session, before, "and the first goes on", "Zone ended: an attack was stopped", [], "Start a clean zone")
            session.children[0].terminate()
            wait_for(lambda: session.desktop.poll() is not None)
            self.check("it ends with the session's bus, with 0", session.desktop.poll() == 0, (session.desktop.poll(), session.text("desktop")))
        finally:
            session.done()

    def all(self):
        try:
            self.kinds()
            self.daemon.settings()
            self.daemon.start()
            environment = dict(os.environ, HANARE_RIG_USER=self.args.user)
            subprocess.run([DISPLAY, "up", "x11"], check=True, env=environment)
            for part in (self.english, self.japanese, self.helper_and_button, self.cancelled, self.forged, self.flood, self.alone):
                if self.args.only and part.__name__ not in self.args.only.split(","):
                    continue
                try:
                    part()
                except (RuntimeError, OSError, ValueError, subprocess.SubprocessError) as wrong:
                    self.check(part.__name__, False, wrong)
        finally:
            subprocess.run([DISPLAY, "down"], check=False)
            self.daemon.stop()
            machine.uninstall()
            self.users.done()
        return self.count.end()


# A zone's program can start no other: only what the shell does by itself.
FILL = "while printf %065536d 0; do :; done > ~/fill; end=$((SECONDS + 4)); while ((SECONDS < end)); do :; done"
# A session bus that starts no service by itself: which notification service runs is the test's choice.
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>@ADDRESS@</listen><auth>EXTERNAL</auth><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""
FORGE = """
import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
names = bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames", None, None, 0, -1, None).unpack()[0]
V = GLib.Variant
n = 0
for name in names:
    if name.startswith(":"):
        for state in "running", "killed":
            details = {"kind": V("s", "web"), "title": V("s", "forged"), "title_ja": V("s", "forged"), "owner": V("u", @UID@), "run": V("b", False),
                       "reason": V("s", "tripwire"), "notice": V("s", "storage-full"), "text": V("s", "x")}
            bus.emit_signal(name, "/org/hanare/Sandbox1", "org.hanare.Sandbox1", "ZoneChanged", V("(ssa{sv})", ("web-999", state, details)))
            n += 1
bus.flush_sync(None)
print("sent", n)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--user", default="hanare-rig")
    parser.add_argument("--sandboxd", default="/usr/sbin/sandboxd")
    parser.add_argument("--zone-build", required=True)
    parser.add_argument("--shots")
    parser.add_argument("--only")
    args = parser.parse_args()
    machine.enter()
    sys.exit(Desktop(args).all())


if __name__ == "__main__":
    main()
