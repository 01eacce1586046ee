#!/usr/bin/python3
"""run-kill-tests: kills each of our processes at random moments of start, run, restart and stop, and requires that nothing survives.

Run as root where hanare is installed; --daemon is the command that starts the monitor in the foreground (it is stopped and started by
this test, so no service may run it meanwhile; the settings should permit 600 starts a minute). Only processes below that daemon are
killed, each by its pidfd. Two sorts of zones: one that runs a program, and (unless --no-browser) the real browser on a display
that tests/rig/display.sh makes. The moments are random: --seed repeats a run.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import importlib.util
import os
import random
import shlex
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("wipetests", os.path.join(HERE, "..", "..", "wipe", "run-wipe-tests.py"))
wipetests = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(wipetests)
zonetests = wipetests.zonetests

KIND = "zz-hanare-test-kill"
DISPLAY = os.path.join(HERE, "..", "..", "rig", "display.sh")
# what is killed -> its name in /proc/PID/comm (15 bytes)
VICTIMS = {"sandboxd": "sandboxd", "broker": "sandboxd-broker", "builder": "sandboxd-builde", "init": "sandboxd-init", "gateway": "sandboxd-gatewa",
           "display": "weston", "hanare": "hanare", "application": "try-files", "spare": "sandboxd-builde"}
PROGRAM_VICTIMS = ("sandboxd", "broker", "builder", "init", "gateway", "hanare", "application", "spare")
BROWSER_VICTIMS = ("sandboxd", "broker", "builder", "init", "gateway", "display")
# killed while the zone runs, the receipt must say why it ended
REASONS = {"sandboxd": "monitor-gone", "broker": "broker-gone", "builder": "builder-died", "gateway": "helper-died", "display": "helper-died",
           "hanare": "caller-gone", "application": "exit"}


def processes():
    """pid -> (parent, comm, time of its start, "Z" where it is dead with all its threads) of the whole machine."""
    table = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
                text = f.read()
        except OSError:
            continue
        rest = text[text.rindex(")") + 2:].split()
        table[int(pid)] = (int(rest[1]), text[text.index("(") + 1:text.rindex(")")], rest[19],
                           "Z" if rest[0] in "ZX" and int(rest[17]) <= 1 else "")
    return table


def below(root, table):
    """root and everything under it."""
    inside = {root}
    grown = True
    while grown:
        grown = False
        for pid, row in table.items():
            if row[0] in inside and pid not in inside:
                inside.add(pid)
                grown = True
    return inside


class Daemon:
    def __init__(self, command, product):
        self.command, self.product, self.process = shlex.split(command), product, None

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, start_new_session=True)
        self.ready()

    def ready(self):
        """Waits for an answer: after the broker's death another one is on its way."""
        for _ in range(100):
            if not self.alive():
                raise RuntimeError(f"the daemon ended with {self.process.returncode}")
            if self.product.run(["status", "--json"], as_root=True)[0] == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("the daemon does not answer")

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def kill(pid):
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        signal.pidfd_send_signal(fd, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(fd)


class Browser:
    """The real browser's zone, asked for from a desktop of the user's."""

    kind = "web"

    def __init__(self, user, address):
        self.env = dict(os.environ, HANARE_RIG_USER=user)
        self.address = address
        self.longest = 1.0

    def up(self):
        subprocess.run([DISPLAY, "up", "x11"], env=self.env, stdout=subprocess.DEVNULL, check=True)

    def down(self):
        subprocess.run([DISPLAY, "down"], env=self.env, stdout=subprocess.DEVNULL, check=False)

    def ask(self, *words):
        return subprocess.Popen([DISPLAY, "run", "hanare", *words], env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, cwd="/")

    def open(self, moment):
        """(client, problem)"""
        began = time.monotonic()
        client = self.ask("open", "--zone", self.kind, self.address)
        if moment == "start":
            time.sleep(random.uniform(0, self.longest))
            return client, None
        try:
            _, err = client.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            return client, "the zone did not start in 60 s"
        if client.returncode != 0:
            return client, f"the zone did not start: {err.decode('utf-8', 'replace').strip()[-200:]}"
        self.longest = time.monotonic() - began
        time.sleep(random.uniform(0, 0.5))
        return client, None

    def end(self, moment):
        other = self.ask(moment, self.kind)
        time.sleep(random.uniform(0, self.longest if moment == "restart" else 0.1))
        return other


class Program:
    """A zone that runs one program: made for it, so it cannot be restarted."""

    kind = KIND

    def __init__(self, product):
        self.product = product

    def open(self, moment):
        client = subprocess.Popen(self.product.command(["run", "--zone", KIND, "--", "try-files", "plant-here", "kill-test", "60"]),
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/")
        if moment == "start":
            time.sleep(random.uniform(0, 0.1))
        elif b"planted" not in b"".join(client.stdout.readline() for _ in range(3)):
            return client, "the zone did not start"
        else:
            time.sleep(random.uniform(0, 0.1))
        return client, None

    def end(self, moment):
        other = subprocess.Popen(self.product.command([moment, KIND]), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, cwd="/")
        time.sleep(random.uniform(0, 0.08))
        return other


def slot_of(pid, comm, args):
    """The slot whose zone a process belongs to; None for the monitor, the broker and clients."""
    try:
        if comm == VICTIMS["builder"]:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                return int(f.read().split(b"\0")[1])
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as f:
            uid = int(next(x for x in f if x.startswith("Uid:")).split()[1])
    except (OSError, ValueError, IndexError, StopIteration):
        return None
    return (uid - args.uid_base) // 8 if args.uid_base <= uid < args.uid_base + 8 * args.slots else None


def zone_rows(args, slot):
    """(pid, uid, name) with a uid of the slot, or of any where slot is None."""
    rows = wipetests.zone_processes(args.uid_base, args.slots)
    return [r for r in rows if slot is None or (r[1] - args.uid_base) // 8 == slot]


def pick(victim, daemon, client, args):
    """A random living process of the sort, below our own daemon or the client; None where there is none at this moment. A builder that
    waits with a zone built ahead is nobody's, and so is all below it: it is the victim "spare"."""
    table = processes()
    mine = below(daemon.process.pid, table) | (below(client.pid, table) if client else set())
    found = [p for p in mine if p in table and table[p][1] == VICTIMS[victim] and table[p][3] != "Z"]
    spares = wipetests.waiting()
    if victim == "spare":
        found = [p for p in found if p in spares and table[p][0] == daemon.process.pid]
    elif victim in ("builder", "gateway"):
        found = [p for p in found if p not in spares and len(below(p, table)) > (victim == "builder")]
    if not found:
        return None, None, {}
    pid = random.choice(found)
    slot = None if victim in ("sandboxd", "broker", "hanare") else slot_of(pid, table[pid][1], args)
    # Whatever the builder of that zone had started, whichever identity it had taken yet.
    builders = [p for p in mine if p in table and table[p][1] == VICTIMS["builder"] and (p not in spares or victim == "spare") and
                (slot is None or slot_of(p, table[p][1], args) == slot)]
    doomed = {p: table[p][2] for b in builders for p in below(b, table) if p != b and p in table}
    if victim == "sandboxd":
        doomed = {p: table[p][2] for p in below(pid, table) if p in table}
    return pid, slot, doomed


def survivors(args, slot, doomed, seconds):
    """Processes of the zone that are still there after so many seconds; [] as soon as there are none."""
    end = time.monotonic() + seconds
    while True:
        table = processes()
        left = zone_rows(args, slot) + [(p, table[p][1]) for p, began in doomed.items() if p in table and table[p][2] == began and table[p][3] != "Z"]
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.02)


def one_round(victim, moment, zone, daemon, args):
    """('held' or 'missed' or the problem): missed = the moment went by before the process was there."""
    other = None
    before = zonetests.newest_number(daemon.product)
    client, problem = zone.open(moment)
    try:
        if problem:
            return problem
        if moment in ("restart", "stop"):
            other = zone.end(moment)
        pid, slot, doomed = pick(victim, daemon, client, args)
        if pid is None or not kill(pid):
            return "missed"
        if victim == "sandboxd":
            daemon.process.wait()
        if args.sabotage:
            subprocess.Popen(["setpriv", f"--reuid={args.uid_base + 8 * (slot or 0)}", "--clear-groups", "sleep", "3"], cwd="/")
            time.sleep(0.1)
        left = survivors(args, slot, doomed, args.within)
        if left:
            return f"alive {args.within} s later: {left}"
        if moment == "run" and victim in REASONS:
            if not daemon.alive():
                daemon.start()
            daemon.ready()
            receipt = zonetests.last_receipt(daemon.product, zone.kind, before)
            if receipt is None or receipt.get("reason") != REASONS[victim]:
                return f"the receipt says {receipt.get('reason') if receipt else 'nothing'}, not {REASONS[victim]}"
        return "held"
    finally:
        for p in (client, other):
            if p:
                p.kill()
                p.communicate()


def unmatched(product):
    """Zones with a record of their beginning and none of their end."""
    rows = product.receipts()
    ends = {r["zone"] for r in rows if r["type"] == "end"}
    return [r["zone"] for r in rows if r["type"] == "begin" and r["zone"] not in ends]


def lasting_groups():
    """Groups with a process that is there for half a second: a spare that gives up what it built ahead ends its processes one by one."""
    first = wipetests.zone_cgroups()
    if not first:
        return []
    time.sleep(0.5)
    return [group for group in wipetests.zone_cgroups() if group in first]


def settle(zone, daemon, args):
    """Starts the daemon again where it died, ends what a missed kill or a restart left, and requires a clean machine and a whole log."""
    if not daemon.alive():
        daemon.start()
    daemon.ready()
    # The new zone of a restart may be built still.
    end, left, problems = time.monotonic() + 15, [], []
    while True:
        daemon.product.run(["stop", "--all"], as_root=True)
        left = zone_rows(args, None)
        try:
            lost = unmatched(daemon.product) if not left else []
        except (RuntimeError, ValueError) as wrong:
            lost = [f"receipts: {wrong}"]
        if (not left and not lost) or time.monotonic() > end:
            break
        time.sleep(0.2)
    problems = [f"process {p}" for p in left] + [f"no record of the end of {z}" for z in lost]
    problems += [f"mount {m}" for m in wipetests.staging_mounts()] + [f"group {c}" for c in lasting_groups()]
    code, out, err = daemon.product.run(["receipt", "--verify"], as_root=True)
    if code != 0:
        problems.append(f"the receipt log does not verify: {(out + err).strip()[-200:]}")
    return problems


def campaign(name, zone, victims, moments, rounds, daemon, args):
    """(passed, failed)"""
    passed, failed = 0, 0
    for victim in victims:
        hits, tries = 0, 0
        while hits < rounds and tries < rounds * 5 + 10:
            moment = moments[(hits + (tries - hits) // 4) % len(moments)]
            tries += 1
            result = one_round(victim, moment, zone, daemon, args)
            problems = settle(zone, daemon, args)
            if result == "missed" and not problems:
                continue
            hits += 1
            if result not in ("held", "missed"):
                problems.insert(0, result)
            print(f"{'FAIL' if problems else 'ok'} {name}: {victim} killed during {moment}{': ' + '; '.join(map(str, problems)) if problems else ''}", flush=True)
            passed, failed = passed + (not problems), failed + bool(problems)
        if hits < rounds:
            print(f"FAIL {name}: {victim}: only {hits} of {rounds} kills found it alive", flush=True)
            failed += 1
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hanare", default="/usr/bin/hanare")
    parser.add_argument("--daemon", required=True, help="command that starts sandboxd in the foreground")
    parser.add_argument("--user", default="hanare-rig")
    parser.add_argument("--zone-build", required=True, help="directory of the built try-* programs")
    parser.add_argument("--victims", default="", help="only these, separated by commas")
    parser.add_argument("--rounds", type=int, default=10, help="kills of each process of a program's zone (default 10)")
    parser.add_argument("--browser-rounds", type=int, default=5, help="kills of each process of a browser's zone (default 5)")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--address", default="https://www.hanare-demo.com/")
    parser.add_argument("--long", type=int, nargs="?", const=100, default=0, metavar="ROUNDS", help="so many rounds of each process (100)")
    parser.add_argument("--within", type=float, default=1.0, help="seconds until nothing of the zone may live")
    parser.add_argument("--sabotage", action="store_true", help="leaves a process with the zone's uid behind: every round must then fail")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--uid-base", type=int, default=2_000_300_000)
    parser.add_argument("--slots", type=int, default=240)
    parser.add_argument("--timeout", type=float, default=60)
    args = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("run this as root: it kills the daemon")
    seed = args.seed if args.seed is not None else random.randrange(1 << 30)
    random.seed(seed)
    print(f"seed {seed}", flush=True)
    chosen = args.victims.split(",") if args.victims else list(VICTIMS)
    unknown = [v for v in chosen if v not in VICTIMS]
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; known: {', '.join(VICTIMS)}")
    product = zonetests.Product(args.hanare, args.user, args.timeout)
    if wipetests.zone_processes(args.uid_base, args.slots):
        sys.exit("zones run already; end them first")
    daemon, browser = Daemon(args.daemon, product), None if args.no_browser else Browser(args.user, args.address)
    totals, installed = [], False
    try:
        zonetests.install(args.zone_build, [KIND], os.path.join(HERE, "..", "..", "zone", "kind.jsonc.in"))
        installed = True
        daemon.start()
        if browser:
            browser.up()
            totals.append(campaign("browser", browser, [v for v in BROWSER_VICTIMS if v in chosen], ("run", "start", "restart", "stop"),
                                   args.long or args.browser_rounds, daemon, args))
        totals.append(campaign("program", Program(product), [v for v in PROGRAM_VICTIMS if v in chosen], ("run", "start", "stop"),
                               args.long or args.rounds, daemon, args))
    finally:
        daemon.stop()
        if browser:
            browser.down()
        if installed:
            zonetests.uninstall(product, [KIND])
    passed, failed = sum(t[0] for t in totals), sum(t[1] for t in totals)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
