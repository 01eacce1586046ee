#!/usr/bin/python3
"""run-kill-tests: kills each of our processes at random moments of start, run, restart and stop, and requires that nothing survives.

Run as root where hanare is installed; --daemon is the command that starts the monitor in the foreground (it is stopped and started by
this test, so no service may run it meanwhile; the settings should permit 600 starts a minute). Only processes below that daemon are killed, each by its pidfd.
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
# what is killed: name in messages, the start of its name in /proc/PID/comm (15 bytes)
VICTIMS = {"sandboxd": "sandboxd", "broker": "sandboxd-broker", "builder": "sandboxd-builde", "init": "sandboxd-init", "gateway": "sandboxd-gatewa",
           "display": ("weston",), "hanare": "hanare", "application": "try-files"}
MOMENTS = ("start", "run", "restart", "stop")


def processes():
    """pid -> (parent, comm) of the whole machine."""
    table = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
                text = f.read()
        except OSError:
            continue
        comm = text[text.index("(") + 1:text.rindex(")")]
        table[int(pid)] = (int(text[text.rindex(")") + 2:].split()[1]), comm)
    return table


def below(root, table):
    """root and everything under it."""
    inside = {root}
    grown = True
    while grown:
        grown = False
        for pid, (parent, _) in table.items():
            if parent in inside and pid not in inside:
                inside.add(pid)
                grown = True
    return inside


class Daemon:
    def __init__(self, command, product):
        self.command, self.product, self.process = shlex.split(command), product, None

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, start_new_session=True)
        for _ in range(100):
            if self.process.poll() is not None:
                raise RuntimeError(f"the daemon ended at once with {self.process.returncode}")
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


def pick(victim, daemon, client):
    """A random living process of the sort, below our own daemon or the client; None where there is none at this moment."""
    names = VICTIMS[victim]
    names = names if isinstance(names, tuple) else (names,)
    table = processes()
    mine = below(daemon.process.pid, table)
    if client:
        mine |= below(client.pid, table)
    found = [p for p in mine if p in table and table[p][1] in names]
    return random.choice(found) if found else None


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


def survivors(args, seconds):
    """Processes with a zone's uid that are still there after so many seconds; [] as soon as there are none."""
    end = time.monotonic() + seconds
    while True:
        left = wipetests.zone_processes(args.uid_base, args.slots)
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.02)


def one_round(victim, moment, daemon, product, args):
    """('held' or 'missed' or the problem): missed = the moment went by before the process was there."""
    start = product.command(["run", "--zone", KIND, "--", "try-files", "plant-here", "kill-test", "60"])
    client = subprocess.Popen(start, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/")
    other = None
    try:
        if moment == "start":
            time.sleep(random.uniform(0, 0.15))
        else:
            if b"planted" not in b"".join(client.stdout.readline() for _ in range(3)):
                return "the zone did not start"
            time.sleep(random.uniform(0, 0.1))
        if moment in ("restart", "stop"):
            other = subprocess.Popen(product.command([moment, KIND]), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
            time.sleep(random.uniform(0, 0.1))
        pid = pick(victim, daemon, client)
        if pid is None or not kill(pid):
            return "missed"
        if victim == "sandboxd":
            daemon.process.wait()
        left = survivors(args, 1.0)
        # a restart may have made a new zone whose own processes are healthy: end it, then look
        if left and moment == "restart" and victim not in ("sandboxd", "broker"):
            product.run(["stop", KIND])
            left = survivors(args, 1.0)
        if left:
            return f"alive one second later: {left}"
        return "held"
    finally:
        for p in (client, other):
            if p:
                p.kill()
                p.wait()
        client.stdout.close()


def settle(daemon, args):
    """Starts the daemon again where it died, and requires a clean machine."""
    if not daemon.alive():
        daemon.start()
    left = survivors(args, 5.0)
    problems = [f"process {p}" for p in left] + [f"mount {m}" for m in wipetests.staging_mounts()] + [f"group {c}" for c in wipetests.zone_cgroups()]
    code, out, err = daemon.product.run(["receipt", "--verify"], as_root=True)
    if code != 0:
        problems.append(f"the receipt log does not verify: {(out + err).strip()[-200:]}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hanare", default="/usr/bin/hanare")
    parser.add_argument("--daemon", required=True, help="command that starts sandboxd in the foreground")
    parser.add_argument("--user", required=True)
    parser.add_argument("--zone-build", required=True, help="directory of the built try-* programs")
    parser.add_argument("--victims", default="sandboxd,broker,builder,init,gateway,hanare,application")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--long", type=int, default=0, metavar="ROUNDS", help="rounds for each process instead of --rounds")
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
    victims = args.victims.split(",")
    unknown = [v for v in victims if v not in VICTIMS]
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; known: {', '.join(VICTIMS)}")
    product = zonetests.Product(args.hanare, args.user, args.timeout)
    if wipetests.zone_processes(args.uid_base, args.slots):
        sys.exit("zones run already; end them first")
    daemon = Daemon(args.daemon, product)
    rounds, passed, failed = args.long or args.rounds, 0, 0
    installed = False
    try:
        zonetests.install(args.zone_build, [KIND], os.path.join(HERE, "..", "..", "zone", "kind.jsonc.in"))
        installed = True
        daemon.start()
        for victim in victims:
            hits, tries = 0, 0
            while hits < rounds and tries < rounds * 5:
                moment = MOMENTS[tries % len(MOMENTS)]
                tries += 1
                result = one_round(victim, moment, daemon, product, args)
                problems = settle(daemon, args)
                if result == "missed" and not problems:
                    continue
                hits += 1
                if result not in ("held", "missed"):
                    problems.insert(0, result)
                print(f"{'FAIL' if problems else 'ok'} {victim} killed during {moment}{': ' + '; '.join(map(str, problems)) if problems else ''}", flush=True)
                passed, failed = passed + (not problems), failed + bool(problems)
            if hits < rounds:
                print(f"FAIL {victim}: only {hits} of {rounds} kills found it alive")
                failed += 1
    finally:
        daemon.stop()
        if installed:
            zonetests.uninstall(product, [KIND])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
