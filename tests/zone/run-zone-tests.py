#!/usr/bin/python3
"""run-zone-tests: runs every forbidden act inside a zone, through the installed product, and judges what became of it.

Run as root on a machine where hanare is installed and sandboxd runs; the acts themselves run as --user, through `hanare run`.
Test kinds (one for each parallel run, so that receipts cannot be mixed up) and the programs are installed for the run and removed
afterwards. The settings should permit 600 starts a minute (limits.starts_per_minute), or this takes long. SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import concurrent.futures
import fnmatch
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = "/usr/libexec/hanare-tests"
KINDS = "/etc/hanare/kinds.d"
PIDFILE = "/run/hanare/sandboxd.pid"
LIMIT_REACHED = 6  # hanare(1)
SECRET = ".hanare-test-secret"
APPLICATION = "test-application"  # a kind must have one; nothing starts it
NEIGHBOUR = "zz-hanare-test-neighbour"
LINE = re.compile(r"^try: ([a-z0-9-]+): (ran|calls|refused|contained|ESCAPED|broken|sees)(?: (.*))?$")


def read_acts(path):
    acts = []
    with open(path, encoding="ascii") as rows:
        for number, row in enumerate(rows, 1):
            row = row.rstrip("\n")
            if not row or row.startswith("#"):
                continue
            cells = row.split("\t")
            if len(cells) != 4:
                sys.exit(f"{path}:{number}: four columns expected")
            acts.append({"name": cells[0], "program": cells[1], "args": cells[2].split(), "expected": set(cells[3].split(","))})
    return acts


def kind_text(name, programs, template):
    text = template.replace("@NAME@", name).replace("@APPLICATION@", f"{PROGRAMS}/{APPLICATION}")
    return text.replace("@PROGRAMS@", ", ".join(json.dumps(f"{PROGRAMS}/{p}") for p in programs))


class Product:
    """The installed product: its command, its daemon, and who asks."""

    def __init__(self, hanare, user, timeout):
        self.hanare, self.user, self.timeout = hanare, user, timeout
        self.entry = pwd.getpwnam(user)

    def command(self, words, as_root=False):
        head = [] if as_root else ["setpriv", f"--reuid={self.entry.pw_uid}", f"--regid={self.entry.pw_gid}", "--init-groups", "--"]
        return head + [self.hanare] + words

    def run(self, words, as_root=False):
        """Waits and asks again where the machine's own limit on starts stands in the way: that is no answer to an act."""
        for _ in range(60):
            answer = self.run_once(words, as_root)
            # the same status also says that a zone was ended for its memory; then the program had said something
            if answer[0] != LIMIT_REACHED or words[0] != "run" or answer[1]:
                break
            time.sleep(3)
        return answer

    def run_once(self, words, as_root):
        # the caller's environment must not come along; the marker shows it where it does
        env = {"PATH": "/usr/bin:/bin", "HOME": self.entry.pw_dir, "USER": self.user, "LANG": "C.UTF-8", "EVIL": "hanare-test-marker"}
        for name in ("DBUS_SYSTEM_BUS_ADDRESS",):
            if name in os.environ:
                env[name] = os.environ[name]
        try:
            done = subprocess.run(self.command(words, as_root), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env=env, timeout=self.timeout, cwd="/", check=False)
        except subprocess.TimeoutExpired as late:
            return None, (late.stdout or b"").decode("utf-8", "replace"), "timed out"
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def receipts(self):
        code, out, err = self.run(["receipt", "--json", "--limit", "200"], as_root=True)
        if code != 0:
            raise RuntimeError(f"hanare receipt --json: {code}: {err.strip()}")
        data = json.loads(out)
        return data["receipts"] if isinstance(data, dict) else data

    def reload(self):
        with open(PIDFILE, encoding="ascii") as f:
            os.kill(int(f.read()), signal.SIGHUP)

    def kinds(self):
        code, out, _ = self.run(["kinds", "--json"], as_root=True)
        if code != 0:
            return ""
        return out


def last_receipt(product, kind, after, tries=50):
    """The newest END record of the kind that is newer than the number `after`."""
    for _ in range(tries):
        for r in product.receipts():
            if r.get("kind") == kind and int(r.get("number", 0)) > after and str(r.get("type", "end")).lower() in ("end", "2"):
                return r
        time.sleep(0.1)
    return None


def newest_number(product):
    return max((int(r.get("number", 0)) for r in product.receipts()), default=0)


def core_handlers():
    """How many dumps the kernel began (a piped handler counts); None where the log cannot be read."""
    try:
        out = subprocess.run(["dmesg"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.decode("utf-8", "replace")
    except OSError:
        return None
    return sum("Core dump to |" in line and "aborting" not in line for line in out.splitlines())


def errno_matches(text, expected):
    found = re.match(r"errno=\d+ \(([A-Z0-9]+)\)", text)
    if found:
        return found.group(1) in expected
    found = re.match(r"http=(\d+)", text)
    return bool(found) and "http" in expected and (found.group(1) == "0" or 400 <= int(found.group(1)) <= 599)


def judge(act, code, out, err, receipt):
    """None when the wall held, else one sentence."""
    lines = [m.groups() for m in (LINE.match(x) for x in out.splitlines()) if m]
    words = [w for _, w, _ in lines]
    expected = act["expected"]
    reason = str(receipt.get("reason")) if receipt else None
    if "ran" not in words:
        return f"the act never ran (exit {code}: {err.strip()[-200:] or out.strip()[-200:]})"
    for _, word, text in lines:
        if word == "ESCAPED":
            return f"ESCAPED {text}"
        if word == "broken":
            return f"broken: {text}"
    if receipt is None:
        return "no receipt was written"
    for _, word, text in lines:
        if word == "refused" and "tripwire" not in expected and not errno_matches(text, expected):
            return f"refused otherwise than expected ({','.join(sorted(expected))}): {text}"
        if word == "contained" and "contained" not in expected:
            return f"contained, but {','.join(sorted(expected))} was expected: {text}"
    if "tripwire" in expected:
        calls = [t for _, w, t in lines if w == "calls"]
        if reason != "tripwire":
            return f"the tripwire did not ring: reason {reason}, {lines[-1][1]} {lines[-1][2] or ''}"
        if not calls or str(receipt.get("detail")) != calls[-1]:
            return f"the receipt names call {receipt.get('detail')}, the act made {calls}"
        return None if code != 0 else "hanare run ended with 0 though the tripwire rang"
    wanted_signal = next((e[7:] for e in expected if e.startswith("signal:")), None)
    if wanted_signal:
        number = getattr(signal, "SIG" + wanted_signal)
        return None if code == 128 + number else f"exit {code}, but death by SIG{wanted_signal} was expected"
    answers = [w for w in words if w in ("refused", "contained")]
    ends = [e[4:] for e in expected if e.startswith("end:")]
    if not answers:
        if reason in ends:
            return None
        return f"no answer; the zone ended with reason {reason}, exit {code}"
    if reason not in ("exit", *ends):
        return f"the zone ended with reason {reason}"
    return None if code == 0 else f"exit {code} after its answers"


class Host:
    """What the acts reach for: a listening port, an abstract socket, a file in the user's home, a process, another zone's file."""

    def __init__(self, product):
        self.product = product
        self.hits = 0
        self.tcp = socket.socket(socket.AF_INET6)
        self.tcp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self.tcp.bind(("::", 0))
        self.tcp.listen(64)
        self.port = self.tcp.getsockname()[1]
        self.abstract_name = "hanare-test-" + secrets.token_hex(8)
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind("\0" + self.abstract_name)
        self.abstract.listen(8)
        self.target = subprocess.Popen(["sleep", "100000"], user=product.entry.pw_uid, group=product.entry.pw_gid)
        self.secret = os.path.join(product.entry.pw_dir, SECRET)
        # written with the user's own rights: nothing of root's is made in a home
        subprocess.run(["setpriv", f"--reuid={product.entry.pw_uid}", f"--regid={product.entry.pw_gid}", "--clear-groups", "--", "sh", "-c",
                        'echo secret >"$1"', "sh", self.secret], check=True)
        for s in (self.tcp, self.abstract):
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, listener):
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            self.hits += 1
            peer.close()

    def control(self):
        """The targets must be there, or reaching for them proves nothing."""
        socket.create_connection(("127.0.0.1", self.port), 5).close()
        probe = socket.socket(socket.AF_UNIX)
        probe.connect("\0" + self.abstract_name)
        probe.close()
        time.sleep(0.2)
        if self.hits != 2 or not os.path.exists(self.secret):
            sys.exit("the host's own targets do not answer; nothing was tested")
        self.hits = 0

    def words(self, planted):
        return {"USER": self.product.user, "USERHOME": self.product.entry.pw_dir, "PORT": str(self.port), "ABSTRACT": self.abstract_name,
                "HOSTPID": str(self.target.pid), "HOSTNAME": os.uname().nodename, "HOSTADDR": host_address(), "PLANTED": planted}

    def done(self):
        self.tcp.close()
        self.abstract.close()
        self.target.kill()
        self.target.wait()
        if os.path.islink(self.secret) or os.path.exists(self.secret):
            os.unlink(self.secret)


def host_address():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        s.connect(("192.0.2.1", 9))  # a datagram socket: nothing is sent
        return s.getsockname()[0]
    except OSError:
        return "192.0.2.77"  # no address but the loopback's
    finally:
        s.close()


def install(build, kinds, template_path, starts=("try-",)):
    os.makedirs(PROGRAMS, mode=0o755, exist_ok=False)
    programs = sorted(p for p in os.listdir(build) if p.startswith(tuple(starts)) and os.access(os.path.join(build, p), os.X_OK)
                      and os.path.isfile(os.path.join(build, p)))
    if not programs:
        sys.exit(f"{build} holds no {starts[0]}* program: build them first")
    for source, p in [(p, p) for p in programs] + [(programs[0], APPLICATION)]:
        target = os.path.join(PROGRAMS, p)
        shutil.copyfile(os.path.join(build, source), target)
        os.chown(target, 0, 0)
        os.chmod(target, 0o755)
    with open(template_path, encoding="utf-8") as f:
        template = f.read()
    os.makedirs(KINDS, mode=0o755, exist_ok=True)
    for kind in kinds:
        path = os.path.join(KINDS, kind + ".jsonc")
        with open(path, "w", encoding="utf-8") as f:
            f.write(kind_text(kind, programs, template))
        os.chmod(path, 0o644)


def uninstall(product, kinds):
    shutil.rmtree(PROGRAMS, ignore_errors=True)
    for kind in kinds:
        path = os.path.join(KINDS, kind + ".jsonc")
        if os.path.exists(path):
            os.unlink(path)
    try:
        product.reload()
    except OSError:
        pass


def wait_for_kinds(product, kinds):
    product.reload()
    for _ in range(100):
        text = product.kinds()
        if all(k in text for k in kinds):
            return
        time.sleep(0.1)
    _, out, err = product.run(["status"], as_root=True)
    sys.exit(f"the daemon does not know the test kinds after a reload:\n{out}{err}")


class Neighbour:
    """Another zone that lives while an act looks for its files."""

    def __init__(self, product, name):
        self.process = subprocess.Popen(product.command(["run", "--zone", NEIGHBOUR, "--", "try-files", "plant-here", name, "600"]),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/")
        seen = 0
        for line in self.process.stdout:
            if b"broken" in line:
                break
            seen += b"planted" in line
            if seen == 4:
                return
        self.done()
        raise RuntimeError("the neighbour zone could not plant its files")

    def done(self):
        self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()


def run_act(product, act, kind, words, host):
    neighbour = Neighbour(product, words["PLANTED"]) if "{PLANTED}" in act["args"] else None
    try:
        return run_alone(product, act, kind, words, host)
    finally:
        if neighbour:
            neighbour.done()


def run_alone(product, act, kind, words, host):
    args = [a.format(**words) for a in act["args"]]
    before_hits, before = host.hits, newest_number(product)
    cores = core_handlers() if any(e.startswith("signal:") for e in act["expected"]) else None
    code, out, err = product.run(["run", "--zone", kind, "--", act["program"], *args])
    if code is None:
        return f"timed out after {product.timeout} s: {out.strip()[-200:]}"
    problem = judge(act, code, out, err, last_receipt(product, kind, before))
    if problem is None and host.hits > before_hits and "{PORT}" in " ".join(act["args"]):
        return "the host's listener was reached"
    if problem is None and cores is not None and (core_handlers() or 0) > cores:
        return "a piped core handler was started"
    if problem is None and host.target.poll() is not None:
        return "a process of the host was killed"
    return problem


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hanare", default="/usr/bin/hanare")
    parser.add_argument("--user", required=True, help="an ordinary user with a home")
    parser.add_argument("--build", required=True, help="directory of the built try-* programs")
    parser.add_argument("--only", default="*", help="names of acts, with wildcards, separated by commas")
    parser.add_argument("--expect-fail", default="", help="names of acts that must be seen to go through (negative control)")
    parser.add_argument("--timeout", type=float, default=90)
    parser.add_argument("-j", type=int, default=1)
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    acts = read_acts(os.path.join(HERE, "acts.tsv"))
    patterns = args.only.split(",")
    acts = [a for a in acts if any(fnmatch.fnmatchcase(a["name"], p) for p in patterns)]
    if args.list:
        print("\n".join(a["name"] for a in acts))
        return 0
    inverted = {n for n in args.expect_fail.split(",") if n}
    if inverted - {a["name"] for a in acts}:
        sys.exit(f"--expect-fail names unknown acts: {', '.join(sorted(inverted - {a['name'] for a in acts}))}")
    if not acts:
        sys.exit("no act matches")
    if os.geteuid() != 0:
        sys.exit("run this as root: it installs a kind; the acts run as --user")
    product = Product(args.hanare, args.user, args.timeout)
    if product.entry.pw_uid == 0:
        sys.exit("--user must be an ordinary user")
    kinds = [f"zz-hanare-test-{i}" for i in range(max(1, args.j))]
    every = kinds + [NEIGHBOUR]
    host = Host(product)
    passed, failed = 0, []
    try:
        host.control()
        install(args.build, every, os.path.join(HERE, "kind.jsonc.in"))
        wait_for_kinds(product, every)
        words = host.words("planted-" + secrets.token_hex(6))
        free, lock = list(kinds), threading.Lock()

        def one(act):
            with lock:
                kind = free.pop()
            try:
                return act, run_act(product, act, kind, words, host)
            except (RuntimeError, ValueError, OSError) as wrong:
                return act, f"harness: {wrong}"
            finally:
                with lock:
                    free.append(kind)

        with concurrent.futures.ThreadPoolExecutor(len(kinds)) as pool:
            for act, problem in pool.map(one, acts):
                if act["name"] in inverted:
                    went = problem is not None and not re.match(r"(harness|broken|timed out|the act never ran)", problem)
                    problem = None if went else f"negative control: the wall was to be down, and the act was still refused ({problem})"
                print(f"{'ok' if problem is None else 'FAIL'} {act['name']}{'' if problem is None else ': ' + problem}", flush=True)
                passed += problem is None
                if problem is not None:
                    failed.append(act["name"])
    finally:
        host.done()
        uninstall(product, every)
    if failed:
        print("failed: " + ",".join(failed))
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
