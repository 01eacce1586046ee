#!/usr/bin/python3
"""run-wipe-tests: plants every trace in a zone, ends it, and searches a new zone and the host for what is left.

Run as root where hanare is installed and sandboxd runs; nothing else may use zones meanwhile (the host is searched for any process
of a zone). The settings should permit 600 starts a minute. SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import fnmatch
import importlib.util
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MARK = "TRACE-7f3a"
KIND = "zz-hanare-test-wipe"
sys.path.insert(0, os.path.join(HERE, "..", "rig"))
from spare import waiting  # noqa: E402 (the path comes first)

SPEC = importlib.util.spec_from_file_location("zonetests", os.path.join(HERE, "..", "zone", "run-zone-tests.py"))
zonetests = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(zonetests)


def zone_processes(uid_base, slots):
    """(pid, uid, name) of every process with a uid of ours that lives; threads of a process share its uid. One that is dead and only
    waits for its parent's wait(2) holds nothing; a dead first thread with living others is alive."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as f:
                text = f.read()
        except OSError:
            continue
        if re.search(r"^State:\s+[ZX]", text, re.M) and int(re.search(r"^Threads:\s+(\d+)", text, re.M).group(1)) <= 1:
            continue
        uid = int(re.search(r"^Uid:\s+(\d+)", text, re.M).group(1))
        if uid_base <= uid < uid_base + 8 * slots:
            found.append((int(pid), uid, text.split("\n", 1)[0][6:]))
    exempt = waiting() if found else ()  # after the look: a spare that is being built gets more processes every moment
    return [row for row in found if row[0] not in exempt]


def staging_mounts():
    """Mounts that name our staging directory, in any mount namespace; the monitor and the waiting builders are ours to exempt."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8") as f:
                name = f.read().strip()
            with open(f"/proc/{pid}/mountinfo", encoding="utf-8", errors="replace") as f:
                lines = [x.strip() for x in f if "/run/hanare/" in x or MARK in x]
        except OSError:
            continue
        if not name.startswith("sandboxd"):
            found.update(f"{name} {pid}: {x}" for x in lines)
    return sorted(found)


def zone_cgroups():
    """Directories of zones (zN) that hold a process, other than a waiting slot's."""
    found = []
    for top, dirs, _ in os.walk("/sys/fs/cgroup"):
        for d in dirs:
            path = os.path.join(top, d)
            if "hanare" not in path or not re.fullmatch(r"z?\d+", d):
                continue
            try:
                with open(os.path.join(path, "cgroup.procs"), encoding="ascii") as f:
                    pids = f.read().split()
            except OSError:
                continue
            for pid in pids:
                try:
                    with open(f"/proc/{pid}/comm", encoding="utf-8") as f:
                        if f.read().strip() != "sandboxd-builde":
                            found.append((path, int(pid)))
                except OSError:
                    continue
    exempt = waiting() if found else ()
    return [f"{path}: {pid}" for path, pid in found if pid not in exempt]


def marked_files():
    """Names and contents with the mark where anything of ours could lie on the host."""
    found = []
    for top in ("/run/hanare", "/var/lib/hanare", "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/user", "/etc/hanare"):
        for base, dirs, files in os.walk(top, followlinks=False):
            if os.path.basename(base) == ".git":
                dirs[:] = []
                continue
            for name in dirs + files:
                path = os.path.join(base, name)
                if MARK in name:
                    found.append(path)
                elif name in files and top in ("/run/hanare", "/var/lib/hanare", "/dev/shm", "/dev/mqueue") and os.path.isfile(path):
                    with open(path, "rb") as f:
                        if MARK.encode() in f.read(1 << 20):
                            found.append(path)
    return found


def kernel_lists():
    found = []
    for path, word in (("/proc/sysvipc/shm", str(0x7f3ac91b)), ("/proc/sysvipc/msg", str(0x7f3ac91b)), ("/proc/sysvipc/sem", str(0x7f3ac91b)),
                       ("/proc/keys", MARK), ("/proc/net/unix", MARK), ("/proc/self/mountinfo", MARK)):
        try:
            with open(path, encoding="utf-8", errors="replace") as f:
                found += [f"{path}: {x.strip()}" for x in f if word in x]
        except OSError as wrong:
            found.append(f"{path} cannot be read: {wrong}")
    return found


def host_traces(uid_base, slots):
    traces = [f"process {p}" for p in zone_processes(uid_base, slots)]
    traces += [f"mount {m}" for m in staging_mounts()]
    traces += [f"cgroup {c}" for c in zone_cgroups()]
    return traces + [f"file {f}" for f in marked_files()] + kernel_lists()


def patient_host_traces(uid_base, slots, seconds=3.0):
    end = time.monotonic() + seconds
    while True:
        traces = host_traces(uid_base, slots)
        if not traces or time.monotonic() > end:
            return traces
        time.sleep(0.1)


def plants_of(build):
    for program in ("plant-files", "plant-memory"):
        out = subprocess.run([os.path.join(build, program), "--list"], stdout=subprocess.PIPE, check=True).stdout.decode()
        for name in out.split():
            yield program, name


def find_in_new_zone(product):
    code, out, err = product.run(["run", "--zone", KIND, "--", "find-traces"])
    searched = re.search(r"^searched: (\d+) files, (\d+) processes$", out, re.M)
    if not searched or int(searched.group(1)) < 20:
        return [f"the search did not happen (exit {code}): {err.strip()[-200:]}"]
    return [x for x in out.splitlines() if x.startswith("found:")]


def plant(product, program, name, ending):
    """None or a problem. ending: 'exit' (the program ends) or 'stop' (hanare stop while it stays)."""
    before = zonetests.newest_number(product)
    words = ["run", "--zone", KIND, "--", program, name]
    if ending == "stop":
        for _ in range(60):
            child = subprocess.Popen(product.command(words + ["--stay"]), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/")
            out = child.stdout.readline().decode("utf-8", "replace")
            if out.startswith(("planted:", "refused:", "broken:")) or child.wait(30) != zonetests.LIMIT_REACHED:
                break
            child.stdout.close()
            time.sleep(3)
        time.sleep(0.3)
        product.run(["stop", KIND], as_root=False)
        try:
            out += child.communicate(timeout=30)[0].decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            child.kill()
            return "hanare run did not end after hanare stop"
    else:
        code, out, err = product.run(words)
        if code is None:
            return "timed out"
        out += err
    if f"broken: {name}" in out or not re.search(rf"^(planted|refused): {re.escape(name)} ", out, re.M):
        return f"the plant did not plant: {out.strip()[-300:]}"
    receipt = zonetests.last_receipt(product, KIND, before)
    if receipt is None:
        return "no receipt"
    if receipt.get("proven") is not True:
        return f"not every proof held: {receipt.get('proofs')}"
    return None


def control(product):
    """The search must find what lies in the same zone, or finding nothing means nothing."""
    problems = []
    for program, name in (("plant-files", "shell-start"), ("plant-files", "hostile-names"), ("plant-memory", "abstract-socket"), ("plant-memory", "listening")):
        _, out, _ = product.run(["run", "--zone", KIND, "--", program, name, "--find"])
        if "\nfound: " not in out:
            problems.append(f"{program} {name}: the search found nothing in the zone of the plant")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hanare", default="/usr/bin/hanare")
    parser.add_argument("--user", required=True)
    parser.add_argument("--build", required=True, help="directory of the built plant-* and find-traces")
    parser.add_argument("--only", default="*")
    parser.add_argument("--uid-base", type=int, default=2_000_300_000)
    parser.add_argument("--slots", type=int, default=240)
    parser.add_argument("--timeout", type=float, default=120)
    args = parser.parse_args()
    plants = [p for p in plants_of(args.build) if any(fnmatch.fnmatchcase(p[1], w) for w in args.only.split(","))]
    if not plants:
        sys.exit("no plant matches")
    if os.geteuid() != 0:
        sys.exit("run this as root: the host is searched too")
    product = zonetests.Product(args.hanare, args.user, args.timeout)
    passed, failed = 0, []
    already = host_traces(args.uid_base, args.slots)
    if already:
        sys.exit("the host is not clean before the first plant:\n" + "\n".join(already))
    try:
        zonetests.install(args.build, [KIND], os.path.join(HERE, "..", "zone", "kind.jsonc.in"), ("plant-", "find-traces"))
        zonetests.wait_for_kinds(product, [KIND])
        for problem in control(product):
            print(f"FAIL control: {problem}", flush=True)
            failed.append("control")
        for program, name in plants:
            for ending in ("exit", "stop"):
                problem = plant(product, program, name, ending)
                if problem is None:
                    left = patient_host_traces(args.uid_base, args.slots) + find_in_new_zone(product)
                    problem = "; ".join(left) or None
                print(f"{'ok' if problem is None else 'FAIL'} {name} ({ending}){'' if problem is None else ': ' + problem}", flush=True)
                passed += problem is None
                if problem is not None:
                    failed.append(name)
    finally:
        zonetests.uninstall(product, [KIND])
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
