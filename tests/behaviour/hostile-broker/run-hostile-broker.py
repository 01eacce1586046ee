#!/usr/bin/python3
"""run-hostile-broker: runs the real monitor with a hostile broker over the installed one, and requires that nothing is accepted.

Everything happens in a mount namespace of its own: the hostile program is bound over sandboxd-broker, /etc/hanare is replaced by a
test policy, /run/hanare and /var/lib/hanare by empty ones. Run as root; no sandboxd may run meanwhile (the zone groups are shared).
SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
KIND = {
    "name": "hostile", "title": {"en": "Hostile", "ja": "敵対"}, "colour": "#808080",
    "application": {"program": "/usr/libexec/hanare-tests/test-application"}, "run": ["/usr/libexec/hanare-tests/try-self"],
    "network": {"mode": "none"}, "limits": {"memory_mib": 64, "pids": 16, "scratch_mib": 4, "scratch_inodes": 256, "nofile": 64},
}
# a second kind, whose programs nobody may run
CLOSED = dict(KIND, name="closed", run=[])
INSIDE = r"""
set -eu
mount --make-rprivate /
mount --bind "$1" "$2"
mount -t tmpfs none /etc/hanare
mkdir -p /etc/hanare/kinds.d
cp "$3"/hanare.jsonc /etc/hanare/
cp "$3"/hostile.jsonc "$3"/closed.jsonc /etc/hanare/kinds.d/
mount -t tmpfs -o mode=0700 none /run/hanare
uid=$(stat -c %u /var/lib/hanare/broker)
cuid=$(stat -c %u /var/lib/hanare/compile)
mount -t tmpfs -o mode=0711 none /var/lib/hanare
mkdir /var/lib/hanare/broker /var/lib/hanare/compile
chown "$uid:$uid" /var/lib/hanare/broker
chown "$cuid:$cuid" /var/lib/hanare/compile
mkdir -p /run/hanare-hostile
mount -t tmpfs -o mode=0700,uid="$uid" none /run/hanare-hostile
exec "$4"
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, help="directory of the built hostile-broker")
    parser.add_argument("--zone-build", required=True, help="directory of the built try-* programs")
    parser.add_argument("--sandboxd", default="/usr/sbin/sandboxd")
    parser.add_argument("--broker", default="/usr/libexec/hanare/sandboxd-broker")
    parser.add_argument("--starts", type=int, default=600, help="starts a minute that the test policy permits (at most 600)")
    parser.add_argument("--permit", default="memfd-noexec,noswap,landlock-scope,cgroup-v1,apparmor",
                        help="substitutes that the test policy permits: without what this kernel needs, the controls cannot start")
    parser.add_argument("--timeout", type=float, default=600)
    args = parser.parse_args()
    hostile = os.path.join(os.path.abspath(args.build), "hostile-broker")
    for path in (hostile, args.sandboxd, args.broker):
        if not os.access(path, os.X_OK):
            sys.exit(f"{path} is not there or not executable")
    if os.geteuid() != 0:
        sys.exit("run this as root: the monitor runs as root")
    source = open(os.path.join(HERE, "hostile-attempts.c"), encoding="utf-8").read()
    names = re.findall(r'\{ "([a-z-]+)", [a-z_]+ \}', source)
    lines, done = {}, threading.Event()
    work = tempfile.mkdtemp(prefix="hanare-hostile-")
    programs = "/usr/libexec/hanare-tests"
    os.makedirs(programs, mode=0o755, exist_ok=False)
    try:
        for p, q in (("try-self", "try-self"), ("try-self", "test-application")):
            shutil.copyfile(os.path.join(args.zone_build, p), os.path.join(programs, q))
            os.chmod(os.path.join(programs, q), 0o755)
        for name, data in (("hostile", KIND), ("closed", CLOSED),
                           ("hanare", {"authorisation": "owner", "default_kind": "closed", "permit_substitutes": args.permit.split(","),
                                       "limits": {"zones": 40, "zones_per_user": 40, "starts_per_minute": args.starts}})):
            with open(os.path.join(work, name + ".jsonc"), "w", encoding="utf-8") as f:
                json.dump(data, f, ensure_ascii=False)
        os.chmod(work, 0o755)
        # the program must be root's and readable by the broker's uid wherever the build lies
        target = os.path.join(work, "sandboxd-broker")
        shutil.copyfile(hostile, target)
        os.chmod(target, 0o755)
        monitor = subprocess.Popen(["unshare", "--mount", "sh", "-c", INSIDE, "sh", target, args.broker, work, args.sandboxd],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        log = []

        def read():
            for raw in monitor.stderr:
                line = raw.decode("utf-8", "replace").rstrip()
                log.append(line)
                found = re.match(r"hostile: ([a-z-]+): (.*)", line)
                if found:
                    lines[found.group(1)] = found.group(2)
                if re.match(r"hostile: all \d+ attempts made", line):
                    done.set()
            done.set()

        threading.Thread(target=read, daemon=True).start()
        done.wait(args.timeout)
        alive = monitor.poll() is None
        monitor.kill()
        monitor.wait()
    finally:
        shutil.rmtree(programs)
        shutil.rmtree(work)
    passed, failed = 0, 0
    for name in names:
        result = lines.get(name, "")
        if name == "flood":
            # it comes last, and the process may be ended for it before it prints
            good = not result.startswith("ACCEPTED")
        elif name.startswith("control") and name in ("control", "control-again"):
            good = result.startswith("control held")
        else:
            # a hang-up ends the process before it can print; the next attempts then go on without this one's line
            good = result.startswith("refused") or result.startswith("failed")
        print(f"{'ok' if good else 'FAIL'} {name}: {result or 'no answer'}")
        passed, failed = passed + good, failed + (not good)
    if not alive:
        print("FAIL the monitor did not live to the end")
        print("\n".join(log[-20:]))
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not lines else 0


if __name__ == "__main__":
    sys.exit(main())
