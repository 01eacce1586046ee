#!/usr/bin/python3
"""test-limits: reaches every limit, and damages the receipt log in every way, with the real daemon and real zones.

Run as root where hanare is installed and no sandboxd runs (machine.py covers the machine's settings and records while this lasts).
SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import errno
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("machine", os.path.join(HERE, "machine.py"))
machine = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(machine)
zonetests = machine.zonetests

KIND, SECOND = "zz-limits", "hanare-test-two"
LOG, HEAD = machine.STATE + "/receipts.log", machine.STATE + "/receipts.head"
LIMIT_REACHED, WALL = 6, 8
SHELL = os.path.basename(os.path.realpath("/usr/bin/sh"))


class Limits:
    def __init__(self, args):
        self.args, self.count = args, machine.Count()
        self.users = machine.Users(args.user, SECOND)
        self.daemon = machine.Daemon(args.sandboxd, args.user)
        self.product = self.daemon.product
        self.other = zonetests.Product("/usr/bin/hanare", SECOND, 40)
        self.check = self.count.check

    def run(self, *words, product=None):
        return (product or self.product).run_once(["run", "--zone", KIND, "--", *words], False)

    def hold(self, product=None):
        """A zone that lives until its client is ended."""
        p = subprocess.Popen((product or self.product).command(["run", "--zone", KIND, "--", "try-files", "plant-here", "hold", "60"]),
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/")
        if b"plant-here" not in p.stdout.readline():
            raise RuntimeError("a zone that should start did not: " + self.daemon.log()[-300:])
        return p

    def let_go(self, *held):
        for p in held:
            p.kill()
            p.wait()
            p.stdout.close()
        self.product.run_once(["stop", "--all"], True)

    def receipt_of(self, *words):
        before = zonetests.newest_number(self.product)
        code, out, err = self.run(*words)
        return code, out, err, zonetests.last_receipt(self.product, KIND, before) or {}

    # what a zone may use

    def memory(self):
        bystander = subprocess.Popen(["sleep", "60"])
        neighbour = self.hold()
        for act in ("bomb-memory", "bomb-memfd"):
            code, out, err, receipt = self.receipt_of("try-bombs", act)
            self.check(f"{act}: the zone ends for its memory", receipt.get("reason") == "memory" and code == LIMIT_REACHED, (code, out, err, receipt))
            self.check(f"{act}: it never had more than its limit", 0 < receipt.get("peak_bytes", 0) <= 257 << 20, receipt)
            self.check(f"{act}: everything is proven gone", receipt.get("proven") is True, receipt)
        self.check("the host is unharmed: a bystander, the daemon and another zone live",
                   bystander.poll() is None and self.daemon.alive() and neighbour.poll() is None)
        self.let_go(neighbour)
        bystander.kill()
        bystander.wait()

    def processes(self):
        code, out, err = self.run("try-bombs", "bomb-fork")
        found = re.search(r"EAGAIN\) fork after (\d+)", out)
        self.check("a fork bomb stops at the limit of 64 tasks (and 24 of ours)", found and int(found.group(1)) < 64 + 24, (code, out, err))

    def scratch(self):
        listener = subprocess.Popen(["setpriv", f"--reuid={self.product.entry.pw_uid}", "--clear-groups", "/usr/bin/python3", "-c", LISTEN],
                                    stdout=subprocess.PIPE, cwd="/")
        listener.stdout.readline()
        code, out, err = self.run("bash", "-c", FILL)
        self.check("a full disk says so to the program, and no more is written", "No space left" in err and "first" in out, (code, out, err))
        self.check("the zone lives on, and writes again after something is deleted", code == 0 and "second" in out, (code, out, err))
        listener.kill()
        text = listener.communicate()[0].decode("utf-8", "replace")
        self.check("the user is told once that the storage is full", text.count("storage is full") == 1, text)
        code, out, err = self.run("try-bombs", "bomb-inodes-home")
        self.check("files have a limit of their own", "ENOSPC" in out, (code, out, err))

    # how many zones

    def zones(self):
        self.daemon.again(zones=3, zones_per_user=2)
        held = [self.hold(), self.hold()]
        code, out, err = self.run("true")
        self.check("a third zone of a user who may have two is refused", code == LIMIT_REACHED and "as policy allows (2)" in err, (code, out, err))
        code, out, err = self.run("true", product=self.other)
        self.check("another user's zone still starts", code == 0, (code, out, err))
        time.sleep(1)  # a zone counts for the machine until its wipe is proven
        held.append(self.hold(self.other))
        code, out, err = self.run("true", product=self.other)
        self.check("a fourth zone of a machine that may have three is refused", code == LIMIT_REACHED and "as policy allows (3)" in err, (code, out, err))
        self.let_go(*held)
        code, out, err = self.run("true")
        self.check("after an end there is room again", code == 0, (code, out, err))

    def starts(self):
        self.daemon.again(starts_per_minute=3)
        codes = [self.run("true")[0] for _ in range(3)]
        code, out, err = self.run("true")
        self.check("the fourth start in a minute that allows three is refused", codes == [0, 0, 0] and code == LIMIT_REACHED and "3 a minute" in err,
                   (codes, code, err))
        self.check("another user's start is not counted with it", self.run("true", product=self.other)[0] == 0)
        self.daemon.process.terminate()

    # the record

    def verify(self):
        code, out, err = self.product.run_once(["receipt", "--verify", "--json"], True)
        try:
            return code, json.loads(out)
        except ValueError:
            return code, {"text": out + err}

    def full_disk(self):
        self.daemon.stop()
        machine.state_on("mode=0711,size=128k")
        try:
            self.on_a_small_disk()
        finally:
            self.daemon.stop()
            subprocess.run(["umount", machine.STATE], check=True)

    def on_a_small_disk(self):
        self.daemon.settings()
        self.daemon.start()
        before = self.run("true")[0]
        with open(machine.STATE + "/ballast", "wb", buffering=0) as f:
            try:
                while True:
                    f.write(b"x" * 512)
            except OSError as full:
                if full.errno != errno.ENOSPC:
                    raise
        answers = []
        for _ in range(20):  # the last block of the log has room for a few records yet
            code, out, err = self.run(SHELL, "-c", "echo ran")
            answers.append((code, out, err))
            if code != 0:
                break
        code, out, err = answers[-1]
        self.check("with the log's disk full no program runs without a record", before == 0 and code == WALL and "ran" not in out, answers[-1])
        self.check("the error names the receipt log", "receipt" in err, err)
        self.check("the daemon's log says why", "receipt log cannot be written: No space left" in self.daemon.log(), self.daemon.log())
        self.check("the daemon lives and answers", self.daemon.alive() and self.product.run_once(["status"], True)[0] == 0)
        self.check("the log holds whole records only", os.path.getsize(LOG) % self.record() == 0, os.path.getsize(LOG))
        os.unlink(machine.STATE + "/ballast")
        code, out, err = self.run(SHELL, "-c", "echo ran")
        self.check("with room again a zone starts", code == 0 and "ran" in out, (code, out, err))
        code, said = self.verify()
        self.check("the chain is whole after it", code == 0 and said.get("ok"), said)
        for _ in range(50):  # the last zone's wipe may still be under way
            rows = self.product.receipts()
            open_zones = {r["zone"] for r in rows if r["type"] == "begin"} - {r["zone"] for r in rows if r["type"] == "end"}
            if not open_zones:
                break
            time.sleep(0.1)
        self.check("every beginning has its end", not open_zones, open_zones)

    def record(self):
        with open(LOG, "rb") as f:
            data = f.read()
        second = data.index(data[:4], 4)
        return second

    def fresh(self):
        """A running daemon with a few records."""
        self.daemon.stop()
        for name in os.listdir(machine.STATE):
            if name.startswith("receipts"):
                os.unlink(os.path.join(machine.STATE, name))
        self.daemon.settings()
        self.daemon.start()
        for _ in range(3):
            if self.run("true")[0] != 0:
                raise RuntimeError("a zone did not start: " + self.daemon.log()[-300:])
        zonetests.last_receipt(self.product, KIND, 5)
        code, said = self.verify()
        if code != 0:
            raise RuntimeError(f"the log does not verify untouched: {said}")

    def kept(self):
        return [n for n in os.listdir(machine.STATE) if n.startswith("receipts.log.broken-")]

    def damage(self, name, spoil, word):
        """While the daemon runs: verify says it. After a restart: the evidence is kept beside, and the new log is whole."""
        self.fresh()
        with open(LOG, "rb") as f:
            before = f.read()
        spoil(before)
        with open(LOG, "rb") as f:
            spoiled = f.read()
        code, said = self.verify()
        self.check(f"{name}: receipt --verify says so", code == 1 and not said.get("ok") and word in said.get("text", ""), (code, said))
        self.daemon.stop("kill")
        self.daemon.start()
        kept = self.kept()
        evidence = b""
        if len(kept) == 1:
            with open(os.path.join(machine.STATE, kept[0]), "rb") as f:
                evidence = f.read()
        self.check(f"{name}: a restart keeps the evidence beside, unchanged, and says where", evidence == spoiled and kept and kept[0] in self.daemon.log(),
                   (kept, self.daemon.log()))
        code, said = self.verify()
        self.check(f"{name}: the new log is whole and takes records", self.run("true")[0] == 0 and code == 0 and self.verify()[0] == 0, said)

    def tampering(self):
        def changed(data):
            with open(LOG, "r+b") as f:
                f.seek(self.record() + 40)
                old = f.read(1)
                f.seek(-1, 1)
                f.write(bytes([old[0] ^ 1]))

        def cut(data):
            os.truncate(LOG, len(data) - self.record())

        def swapped(data):
            n = self.record()
            with open(LOG, "r+b") as f:
                f.write(data[n:2 * n] + data[:n])

        def replaced(data):
            with open(LOG + ".new", "wb") as f:
                f.write(data[:2 * self.record()])
            os.rename(LOG + ".new", LOG)

        def emptied(data):
            os.truncate(LOG, 0)

        self.damage("a changed record", changed, "changed")
        self.damage("a log cut by one record", cut, "cut")
        self.damage("two records swapped", swapped, "changed")
        self.damage("a log replaced by an older copy", replaced, "replaced")
        self.damage("an emptied log", emptied, "cut")

    def torn(self):
        self.fresh()
        self.daemon.stop("kill")
        size = os.path.getsize(LOG)
        with open(LOG, "ab") as f:
            f.write(b"HNR1" + b"\0" * 90)
        self.daemon.start()
        code, said = self.verify()
        self.check("a record torn by a crash is cut off, and the log says so", os.path.getsize(LOG) == size and "torn" in self.daemon.log() and not self.kept(),
                   (size, os.path.getsize(LOG), self.daemon.log()))
        self.check("the chain is whole after it", code == 0 and said.get("ok"), said)
        with open(LOG, "ab") as f:
            f.write(b"HNR1" + b"\0" * 90)
        code, said = self.verify()
        self.check("bytes behind the last record: receipt --verify says so", code == 1 and "behind" in said.get("text", ""), (code, said))

    def lost_records(self):
        """The head is older than the log: the crash came between the two."""
        self.fresh()
        with open(HEAD, "rb") as f:
            older = f.read()
        self.run("true")
        zonetests.last_receipt(self.product, KIND, 7)
        self.daemon.stop("kill")
        with open(HEAD, "r+b") as f:
            f.write(older)
        self.daemon.start()
        code, said = self.verify()
        self.check("a head that is behind the log after a crash is caught up", code == 0 and said.get("ok") and not self.kept(), said)

    def power_cut(self):
        self.fresh()
        held = [self.hold(), self.hold(self.other)]
        names = {z["zone"] for z in json.loads(self.product.run_once(["list", "--json"], True)[1])}
        self.daemon.process.send_signal(signal.SIGKILL)
        self.daemon.process.wait()
        began = time.monotonic()
        while machine.wipetests.zone_processes(2_000_300_000, 240) and time.monotonic() - began < 5:
            time.sleep(0.02)
        took = time.monotonic() - began
        self.check("the daemon killed: nothing of its zones lives one second later", took < 1.0, f"{took:.2f} s")
        self.daemon.start()
        rows = self.product.receipts()
        ended = {r["zone"]: r for r in rows if r["type"] == "end"}
        self.check("at the next start each unmatched beginning has an end, monitor-gone", len(names) == 2 and
                   all(ended.get(n, {}).get("reason") == "monitor-gone" for n in names), (names, rows))
        self.check("which claims no proof that nobody saw", not any(ended.get(n, {}).get("proven") for n in names), ended)
        self.check("and says nothing twice after one more start", self.twice(), "")
        code, said = self.verify()
        self.check("the chain is whole", code == 0 and said.get("ok"), said)
        for p in held:
            p.kill()
            p.communicate()

    def twice(self):
        n = len(self.product.receipts())
        self.daemon.stop()
        self.daemon.start()
        return len(self.product.receipts()) == n

    def all(self):
        kinds = {KIND: ([f"{zonetests.PROGRAMS}/try-bombs", f"{zonetests.PROGRAMS}/try-files", f"/usr/bin/{SHELL}", "/usr/bin/bash", "/usr/bin/true"], {})}
        try:
            machine.install(self.args.zone_build, kinds)
            self.daemon.settings()
            self.daemon.start()
            for part in (self.memory, self.processes, self.scratch, self.zones, self.starts, self.full_disk, self.tampering, self.torn,
                         self.lost_records, self.power_cut):
                if self.args.only and part.__name__ not in self.args.only.split(","):
                    continue
                if not self.daemon.alive():
                    self.daemon.settings()
                    self.daemon.start()
                try:
                    part()
                except (RuntimeError, OSError, ValueError) as wrong:
                    self.check(part.__name__, False, wrong)
        finally:
            self.daemon.stop()
            machine.uninstall()
            self.users.done()
        return self.count.end()


# A zone's program can start no other: only what the shell does by itself.
FILL = """
while printf %065536d 0; do :; done > ~/fill
echo first
end=$((SECONDS + 4)); while ((SECONDS < end)); do :; done
: > ~/fill
echo again > ~/small && echo second
"""
LISTEN = """
import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
name, path = "org.hanare.Sandbox1", "/org/hanare/Sandbox1"
bus.signal_subscribe(name, name, "ZoneChanged", path, None, 0, lambda *a: print(a[5].unpack(), flush=True))
bus.call_sync(name, path, name, "List", None, None, 0, 5000, None)
print("listening", flush=True)
GLib.MainLoop().run()
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--user", default="hanare-rig", help="an ordinary user")
    parser.add_argument("--zone-build", required=True, help="directory of the built try-* programs")
    parser.add_argument("--sandboxd", default="/usr/sbin/sandboxd")
    parser.add_argument("--only", default="", help="parts, separated by commas: memory, processes, scratch, zones, starts, full_disk, "
                                                   "tampering, torn, lost_records, power_cut")
    args = parser.parse_args()
    machine.enter()
    return Limits(args).all()


if __name__ == "__main__":
    sys.exit(main())
