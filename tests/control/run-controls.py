#!/usr/bin/python3
"""run-controls: takes the walls down one at a time and shows that it is noticed.

For each wall: (1) with the wall down and the self-test as it is, the zone is refused and the receipt names the wall; (2) with a self-test
that claims all, the acts of tests/zone that belong to the wall are seen to go through, so those tests can fail. Walls that the self-test
cannot see have only (2), with the test that guards them.

Run as root on a machine where hanare is installed and where nothing else uses it: programs are replaced for a moment, sandboxd is started
again and again. Everything is put back, also after an error. SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import ctypes
import fnmatch
import importlib.util
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MARK = b"HANARE-NEGATIVE-CONTROL "
PIDFILE = "/run/hanare/sandboxd.pid"
LOG = "/var/lib/hanare/receipts.log"
KIND = "zz-hanare-control"
# What the tests say of an act that went through, or got further than the wall lets it.
WENT = re.compile(r"ESCAPED|refused otherwise than expected|contained, but|the tripwire did not ring|no answer; the zone ended|the zone ended|the host's listener")
BUILDER, INIT, GATEWAY, MONITOR = "builder", "init", "gateway", "sandboxd"

# Each: the control, the program it replaces, the wall that the receipt must name (as policy_wall_names has it; None: the self-test cannot see
# it), the acts that must be seen to go through (none: other walls hold them too, or there is none).
WALLS = (
    ("ids", BUILDER, "ids", "no-capabilities"),
    ("capabilities", BUILDER, "capabilities", "no-capabilities"),
    ("no-new-privs", INIT, "no_new_privs", "no-capabilities"),
    ("seccomp", INIT, "seccomp", "clone3,splice,personality,sysv-ipc"),
    ("tripwire", INIT, "tripwire", "mount-tmpfs,bpf,keyctl,ptrace-self"),
    ("namespaces", INIT, "namespaces", "unshare-user-and"),
    ("processes", BUILDER, "namespaces", "proc-pids,proc-host-pid"),
    ("namespace-limits", BUILDER, "namespace limits", "nested-flood"),
    ("sockets", INIT, "sockets", "inet-protocols,netlink"),
    ("terminal", INIT, "terminal", "ioctl-tiocsti,ioctl-tiocsti-high"),
    ("noexec", BUILDER, "noexec", "mmap-exec,writable-mounts"),
    ("landlock", INIT, "landlock", "exec-unlisted"),
    ("memfd", BUILDER, "memfd", "memfd-plain,memfd-exec"),
    ("root", BUILDER, "read-only root", ""),  # a zone is not the owner of its root, so writing there fails all the same
    ("proc", BUILDER, "proc", "proc-kallsyms,proc-memory"),
    ("host-files", BUILDER, "host files", "passwd"),
    ("network", BUILDER, "network", "direct-loopback,direct-host"),
    ("gateway", BUILDER, "gateway", ""),  # a way out that is not there: no act goes through it
    ("descriptors", BUILDER, "descriptors", "descriptors"),
    ("core", BUILDER, "core dumps", "core-limit"),
    ("inodes", BUILDER, None, "bomb-inodes-tmp"),
)
# What must be replaced beside it: no filter without no_new_privs but with a capability; a limit that the monitor has set binds its builders.
BESIDE = {"no-new-privs": {BUILDER: "control-capabilities-builder"}, "core": {MONITOR: "control-core-sandboxd"}}
# The same for (2) alone: a builder that does not wait for rings that cannot come.
BESIDE_CLAIM = {"tripwire": {BUILDER: "control-deaf-builder"}}
# Where the attempts on the gateway must go through: words of lines of test-bypass that must then fail.
BYPASSES = (
    ("names", ("CONNECT evil.example.jp", "CONNECT bank.example.jp:22", "SOCKS5 to an IPv4 address", "a denied name over plain http", "the forbidden server saw nothing")),
    ("aliases", ("an alias of a denied name", "an alias of an alias", "an alias of a listed name")),
    ("greeting", ("TLS: another name", "TLS: two names", "TLS: ECH", "TLS: plain http", "TLS: half a greeting", "a denied name in the greeting to an address")),
    ("record", ("passes: the name itself", "SOCKS5 BIND"), ("permitted", "by_socks")),  # each waits for what never comes
)
UNITS = (("plan", "policy/test-policy-plan"), ("sealed", "base/test-base-fd"), ("gateway-address", "gateway/test-gateway-address"))


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, os.path.join(HERE, "..", path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


zonetests = load("zone/run-zone-tests.py", "zonetests")
wipetests = load("wipe/run-wipe-tests.py", "wipetests")


class Installed:
    """The installed programs, and the daemon that uses them."""

    def __init__(self, args, product):
        self.args, self.product = args, product
        self.paths = {MONITOR: args.sandboxd} | {p: os.path.join(args.libexec, "sandboxd-" + p) for p in (BUILDER, INIT, GATEWAY)}
        for path in self.paths.values():
            with open(path, "rb") as f:
                if MARK in f.read():
                    sys.exit(f"{path} is a negative control that an earlier run left behind: install the product again")
        self.saved = tempfile.mkdtemp(prefix="hanare-control-")
        self.log = open(os.path.join(self.saved, "sandboxd.log"), "wb")
        for program, path in self.paths.items():
            shutil.copy2(path, os.path.join(self.saved, program))
        self.changed, self.process = set(), None

    def place(self, program, source):
        path = self.paths[program]
        shutil.copyfile(source, path + ".new")
        os.chown(path + ".new", 0, 0)
        os.chmod(path + ".new", 0o755)
        os.rename(path + ".new", path)  # a running program's file cannot be written

    def put(self, controls):
        """controls: program -> name of the built control. All other programs are the product's own."""
        for program in self.changed - set(controls):
            self.place(program, os.path.join(self.saved, program))
        self.changed = set(controls)
        for program, name in controls.items():
            source = os.path.join(self.args.build, "tests/control", name)
            with open(source, "rb") as f:
                if MARK not in f.read():
                    raise RuntimeError(f"{source} does not bear the mark of a negative control")
            self.place(program, source)
        self.restart()

    def stop(self):
        try:
            with open(PIDFILE, encoding="ascii") as f:
                pid = int(f.read())
            with open(f"/proc/{pid}/comm", encoding="ascii") as f:
                if f.read().strip() != "sandboxd":
                    return
            os.kill(pid, signal.SIGTERM)
        except (OSError, ValueError):
            return
        for _ in range(200):
            if self.process is not None:
                self.process.poll()
            try:
                with open(f"/proc/{pid}/stat", encoding="ascii") as f:
                    if ") Z " in f.read():
                        return
            except OSError:
                return
            time.sleep(0.05)
        raise RuntimeError("sandboxd does not end")

    def restart(self):
        self.stop()
        self.process = subprocess.Popen(shlex.split(self.args.daemon), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True)
        for _ in range(200):
            if self.process.poll() is not None:
                raise RuntimeError(f"the daemon ended at once with {self.process.returncode}")
            if self.product.run(["status", "--json"], as_root=True)[0] == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("the daemon does not answer")

    def done(self):
        for program in self.paths:
            self.place(program, os.path.join(self.saved, program))
        self.changed = set()
        self.restart()
        self.log.close()
        shutil.rmtree(self.saved)

    def network(self):
        """The command that enters the network of the daemon: there the gateways are, and there a zone without its own network is."""
        with open(PIDFILE, encoding="ascii") as f:
            return ["nsenter", "-t", f.read().strip(), "--net", "--"]


def refused(product, wall):
    """(1): None, or what was seen instead of a refusal that names the wall."""
    before = zonetests.newest_number(product)
    code, _, err = product.run(["run", "--zone", "web", "--", "true"])
    receipt = zonetests.last_receipt(product, "web", before)
    if receipt is None:
        return f"no receipt (exit {code}: {err.strip()[-200:]})"
    words = f"{receipt.get('reason')}: {receipt.get('text')} (exit {code}: {err.strip()[-160:]})"
    if code == 0 or receipt.get("reason") != "wall-failed" or f'"{wall}"' not in err + str(receipt.get("text")):
        return f"a refusal because of the wall \"{wall}\" was expected, not {words}"
    return None


def run_test(words):
    """Another test's exit status and output. Where this one is ended meanwhile, that one is let to put away what it installed."""
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        out = child.communicate()[0]
    except BaseException:
        child.send_signal(signal.SIGINT)
        child.communicate()
        raise
    return child.returncode, out.decode("utf-8", "replace")


def run_acts(installed, args, acts):
    """name -> what the tests say of the act (None: the wall held), and all they printed."""
    _, out = run_test([*installed.network(), sys.executable, os.path.join(HERE, "../zone/run-zone-tests.py"), "--user", args.user, "--build",
                       os.path.join(args.zone_build or args.build, "tests/zone"), "--only", acts, "-j", "2"])
    return {m.group(2): m.group(3) for m in re.finditer(r"^(ok|FAIL) ([a-z0-9-]+)(?:: (.*))?$", out, re.M)}, out


def acts_go(installed, args, acts):
    """(2): None, or which acts were still refused, or failed for a reason that is none of the wall's."""
    said, out = run_acts(installed, args, acts)
    if set(said) != set(acts.split(",")):
        return out.strip()[-300:]
    still = [n for n, problem in said.items() if problem is None or not WENT.match(problem)]
    for name in sorted(set(said) - set(still)):
        print(f"   {name}: {said[name][:150]}")
    return "; ".join(f"{n}: {said[n] or 'still refused'}" for n in still) or None


def acts_hold(installed, args):
    """The same acts on the product: all are refused, or that they go through with a wall down says nothing."""
    installed.put({})
    acts = ",".join(sorted({a for _, _, _, acts in WALLS for a in acts.split(",") if a}))
    said, out = run_acts(installed, args, acts)
    if set(said) != set(acts.split(",")):
        return out.strip()[-300:]
    return "; ".join(f"{n}: {p}" for n, p in said.items() if p is not None) or None


def wall(installed, args, product, control):
    name, program, which, acts = control
    beside = BESIDE.get(name, {})
    if which is not None:
        installed.put(beside | {program: f"control-{name}-{program}"})
        yield f"{name}: refused", refused(product, which)
    if not acts:
        return
    claim = {INIT: f"control-{name}-init-claim"} if program == INIT else {program: f"control-{name}-{program}", INIT: "control-claim-init"}
    controls = beside | BESIDE_CLAIM.get(name, {}) | claim
    installed.put(controls)
    yield f"{name}: {acts}", acts_go(installed, args, acts)


def answer_of(product, words):
    code, out, err = product.run(["run", "--zone", KIND, "--", *words])
    lines = [x for x in out.splitlines() if zonetests.LINE.match(x) and " ran" not in x]
    return lines[-1] if lines else f"exit {code}: {(out + err).strip()[-200:]}"


def gateway(installed, args, product, name, address):
    """An office's web server: refused by the product, reached without the rule."""
    installed.put({GATEWAY: f"control-{name}-gateway"})
    zonetests.install(os.path.join(args.zone_build or args.build, "tests/zone"), [KIND], os.path.join(HERE, "../zone/kind.jsonc.in"))
    try:
        zonetests.wait_for_kinds(product, [KIND])
        without = answer_of(product, ["try-network", "proxy-connect", address, "80"])
        installed.put({})
        stands = answer_of(product, ["try-network", "proxy-connect", address, "80"])
    finally:
        zonetests.uninstall(product, [KIND])
    if "http=403" not in stands:
        return f"the product itself does not refuse {address}: {stands}"
    return None if "ESCAPED" in without else f"{address} was not reached without the rule: {without}"


def unit(args, name, test):
    """The unit test that guards a wall passes, and fails where the wall is down."""
    stands, down = (subprocess.run([os.path.join(args.build, p)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                    for p in ("tests/unit/" + test, f"tests/control/control-{name}-unit"))
    if stands.returncode != 0:
        return f"{test} fails on the product: {stands.stdout.decode('utf-8', 'replace')[-200:]}"
    if down.returncode != 1 or b" Failures: 0," in down.stdout:
        return f"{test} was expected to see it (exit {down.returncode}): {down.stdout.decode('utf-8', 'replace')[-200:]}"
    return None


def bypass(args, name, words, parts=()):
    """The attempts of test-bypass go through a gateway that does not look, and the test says which."""
    at = os.path.join(HERE, "../behaviour/gateway/test-bypass.py")
    done = subprocess.run([sys.executable, at, os.path.join(args.build, "tests/behaviour/gateway/launch-gateway"), os.path.join(args.build, f"tests/control/control-{name}-gateway"), *parts],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600, check=False)
    out = done.stdout.decode("utf-8", "replace")
    failed = [line for line in out.splitlines() if line.startswith("FAIL ")]
    unseen = [w for w in words if not any(w in line for line in failed)]
    print(f"   {len(failed)} attempts were seen to go through or untold")
    return None if done.returncode == 1 and not unseen else f"test-bypass was expected to fail on {unseen or words} (exit {done.returncode}): {out[-300:]}"


def marks(args):
    """tests/lint/check-no-hooks.py knows every control for one."""
    controls = [e.path for e in os.scandir(os.path.join(args.build, "tests/control")) if e.is_file() and e.name.startswith("control-")]
    code, out = run_test([sys.executable, os.path.join(HERE, "../lint/check-no-hooks.py"), *controls])
    return None if code == 1 and out.count("FAIL ") == len(controls) > 0 and "\nok " not in "\n" + out else out.strip()[-300:]


def receipts(installed, product):
    """One changed byte of the log is seen, and is not where the codes are not compared."""
    product.run(["run", "--zone", "web", "--", "true"])
    seen = []
    for controls in ({}, {MONITOR: "control-receipts-sandboxd"}):
        installed.put(controls)
        with open(LOG, "r+b", buffering=0) as f:
            f.seek(100)
            old = f.read(1)
            f.seek(100)
            f.write(bytes([old[0] ^ 1]))
            seen.append(product.run(["receipt", "--verify"], as_root=True)[0])
            f.seek(100)
            f.write(old)
    return None if seen[0] != 0 and seen[1] == 0 else f"receipt --verify ended with {seen[0]} (product) and {seen[1]} (control)"


def wipe(installed, args):
    """A process that outlives its zone: the test of the wipe sees it, and the receipt does not claim its end."""
    def zone_pids():
        return {p[0] for p in wipetests.zone_processes(2_000_300_000, 240)}

    before = zone_pids()
    installed.put({BUILDER: "control-wipe-builder", INIT: "control-claim-init"})
    try:
        code, out = run_test([sys.executable, os.path.join(HERE, "../wipe/run-wipe-tests.py"), "--user", args.user, "--build",
                              os.path.join(args.zone_build or args.build, "tests/wipe"), "--only", "detached"])
    finally:
        for pid in zone_pids() - before:
            os.kill(pid, signal.SIGKILL)
            try:
                os.waitpid(pid, 0)  # its builder is gone, so it is a child of this one
            except ChildProcessError:
                pass
    if code == 1 and "FAIL detached (exit): not every proof held" in out:
        return None
    return f"exit {code}: {out[-300:]}"


def all_controls(installed, args, product):
    wanted = [p for p in args.only.split(",") if p]

    def want(name):
        return any(fnmatch.fnmatchcase(name, p) for p in wanted)

    def guard(name, test, *rest):
        try:
            return name, test(*rest)
        except (RuntimeError, OSError, ValueError, subprocess.SubprocessError) as wrong:
            return name, f"{type(wrong).__name__}: {wrong}"

    if want("marks"):
        yield guard("marks: check-no-hooks", marks, args)
    for name, test in UNITS:
        if want(name):
            yield guard(f"{name}: {test}", unit, args, name, test)
    for name, *rest in BYPASSES:
        if want(name):
            yield guard(f"{name}: test-bypass", bypass, args, name, *rest)
    if want("none"):
        yield guard("none: the acts on the product", acts_hold, installed, args)
    for control in WALLS:
        if want(control[0]):
            try:
                yield from wall(installed, args, product, control)
            except (RuntimeError, OSError, ValueError) as wrong:
                yield control[0], f"{type(wrong).__name__}: {wrong}"
    for name, address in (("gateway-address", args.office), ("gateway-host", args.neighbour)):
        if want(name):
            yield guard(f"{name}: {address}", gateway, installed, args, product, name, address)
    if want("receipts"):
        yield guard("receipts: receipt --verify", receipts, installed, product)
    if want("wipe"):
        yield guard("wipe: run-wipe-tests detached", wipe, installed, args)


def end(number, _frame):
    sys.exit(128 + number)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, help="build directory made with -Dnegative_control=true")
    parser.add_argument("--zone-build", help="build directory of the programs in tests/zone and tests/wipe (default: the same)")
    parser.add_argument("--user", required=True, help="an ordinary user with a home")
    parser.add_argument("--daemon", default="/usr/sbin/sandboxd", help="command that starts sandboxd in the foreground")
    parser.add_argument("--hanare", default="/usr/bin/hanare")
    parser.add_argument("--sandboxd", default="/usr/sbin/sandboxd")
    parser.add_argument("--libexec", default="/usr/libexec/hanare")
    parser.add_argument("--office", default="10.77.0.1", help="private address with a web server that the machine reaches (of tests/rig)")
    parser.add_argument("--neighbour", default="11.22.44.9", help="public address on a network the machine is attached to, the same")
    parser.add_argument("--only", default="*", help="names of controls, with wildcards, separated by commas")
    parser.add_argument("--timeout", type=float, default=60)
    args = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("run this as root: programs are replaced and sandboxd is started again")
    args.build = os.path.abspath(args.build)
    if not os.path.exists(os.path.join(args.build, "tests/control/control-claim-init")):
        sys.exit(f"{args.build} holds no controls: meson setup -Dnegative_control=true")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: what outlives its zone is buried here
    product = zonetests.Product(args.hanare, args.user, args.timeout)
    installed = Installed(args, product)
    passed, failed, began = 0, [], time.monotonic()
    try:
        for name, problem in all_controls(installed, args, product):
            print(f"{'ok' if problem is None else 'FAIL'} {name}{'' if problem is None else ': ' + problem}", flush=True)
            passed += problem is None
            if problem is not None:
                failed.append(name)
    finally:
        installed.done()
    print(f"{passed} passed, {len(failed)} failed ({time.monotonic() - began:.0f} s)")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
