"""machine: the real daemon with settings, policy and a receipt log of the test's own, and ordinary users to call it.

Everything of the machine's that the daemon reads or writes is covered in a mount namespace of this test: /etc/hanare, /var/lib/hanare and
/run/hanare. No other sandboxd may run meanwhile: the zones' control groups are shared. SPDX-License-Identifier: GPL-3.0-or-later
"""
import fcntl
import importlib.util
import json
import os
import pwd
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("wipetests", os.path.join(HERE, "..", "..", "wipe", "run-wipe-tests.py"))
wipetests = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(wipetests)
zonetests = wipetests.zonetests

STATE, SETTINGS = "/var/lib/hanare", "/etc/hanare/hanare.jsonc"
PERMIT = ["memfd-noexec", "noswap", "landlock-scope", "cgroup-v1", "apparmor"]
MARK = "HANARE_TEST_PRIVATE"


def mount(where, options):
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "hanare-test", where], check=True)


def state_on(options):
    """An empty /var/lib/hanare of the size and mode asked for, with the folders that name the service users."""
    owners = {name: os.stat(f"{STATE}/{name}") for name in ("broker", "compile")}
    mount(STATE, options)
    for name, st in owners.items():
        os.mkdir(f"{STATE}/{name}")
        os.chown(f"{STATE}/{name}", st.st_uid, st.st_gid)


def require_free(pid_file):
    """The daemon holds a lock on its file for as long as it lives."""
    try:
        fcntl.flock(pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("a sandboxd runs already: stop it first")


def enter():
    """Goes on in a mount namespace of its own; returns there."""
    if os.geteuid() != 0:
        sys.exit("run this as root: it starts the daemon")
    if os.environ.pop(MARK, None) is None:
        if os.path.exists(zonetests.PIDFILE):
            with open(zonetests.PIDFILE, encoding="ascii") as f:
                require_free(f)
        os.execvpe("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv], dict(os.environ, **{MARK: "1"}))
    os.makedirs("/run/hanare", 0o700, exist_ok=True)
    os.makedirs("/etc/hanare", 0o755, exist_ok=True)
    mount("/run/hanare", "mode=0700")
    mount("/etc/hanare", "mode=0755")
    os.mkdir("/etc/hanare/kinds.d", 0o755)
    state_on("mode=0711")


class Users:
    """Ordinary users; those that were missing are made, and removed afterwards."""

    def __init__(self, *names):
        self.made = []
        for name in names:
            try:
                pwd.getpwnam(name)
            except KeyError:
                subprocess.run(["useradd", "--create-home", "--shell", "/bin/sh", name], check=True)
                self.made.append(name)

    def done(self):
        for name in self.made:
            subprocess.run(["userdel", "--remove", name], check=False, stderr=subprocess.DEVNULL)


class Daemon:
    def __init__(self, path, user):
        self.path, self.process, self.product = path, None, zonetests.Product("/usr/bin/hanare", user, 40)
        self.log_path = "/run/hanare/log"

    def settings(self, authorisation="owner", **limits):
        data = {"authorisation": authorisation, "permit_substitutes": PERMIT,
                "limits": dict({"zones": 100, "zones_per_user": 40, "starts_per_minute": 600}, **limits)}
        with open(SETTINGS, "w", encoding="utf-8") as f:
            json.dump(data, f)

    def start(self, expect=True):
        """expect=False: the daemon is to end at once; True is returned where it does."""
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([self.path], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True)
        for _ in range(100):
            if self.process.poll() is not None:
                if not expect:
                    return True
                raise RuntimeError(f"the daemon ended with {self.process.returncode}: {self.log()[-400:]}")
            if self.product.run_once(["status", "--json"], True)[0] == 0:
                return expect
            time.sleep(0.05)
        raise RuntimeError("the daemon does not answer: " + self.log()[-400:])

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, how="terminate"):
        if self.alive():
            getattr(self.process, how)()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def again(self, authorisation="owner", **limits):
        self.stop()
        self.settings(authorisation, **limits)
        self.start()


def install(build, kinds):
    """The programs of tests/zone, and kinds: name -> (programs to run, limits)."""
    programs = sorted(p for p in os.listdir(build) if p.startswith("try-") and os.path.isfile(os.path.join(build, p)))
    if not programs:
        sys.exit(f"{build} holds no try-* program: build them first")
    os.makedirs(zonetests.PROGRAMS, mode=0o755, exist_ok=False)
    for source, name in [(p, p) for p in programs] + [(programs[0], zonetests.APPLICATION)]:
        shutil.copyfile(os.path.join(build, source), os.path.join(zonetests.PROGRAMS, name))
        os.chmod(os.path.join(zonetests.PROGRAMS, name), 0o755)
    for name, (run, limits) in kinds.items():
        data = {"name": name, "title": {"en": "Test", "ja": "試験"}, "colour": "#808080", "run": run, "network": {"mode": "none"},
                "application": {"program": f"{zonetests.PROGRAMS}/{zonetests.APPLICATION}"},
                "limits": dict({"memory_mib": 256, "pids": 64, "scratch_mib": 16, "scratch_inodes": 1024, "nofile": 128}, **limits)}
        with open(f"{zonetests.KINDS}/{name}.jsonc", "w", encoding="utf-8") as f:
            json.dump(data, f, ensure_ascii=False)


def uninstall():
    shutil.rmtree(zonetests.PROGRAMS, ignore_errors=True)


class Count:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, good, seen=""):
        print(f"{'ok' if good else 'FAIL'} {what}{'' if good else ': ' + str(seen).strip()[-300:]}", flush=True)
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0
