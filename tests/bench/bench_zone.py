"""bench_zone: zones and the processes that serve them, as /proc shows them.  SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import time


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as text:
            return text.read()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def processes():
    """pid: (name, parent)"""
    found = {}
    for name in os.listdir("/proc"):
        stat = read(f"/proc/{name}/stat") if name.isdigit() else ""
        if stat:
            head, _, tail = stat.rpartition(")")
            found[int(name)] = (head.partition("(")[2], int(tail.split()[1]))
    return found


def below(pid, all_):
    mine = {pid}
    while more := {p for p, (_, parent) in all_.items() if parent in mine} - mine:
        mine |= more
    return mine


def daemon():
    pid = int(read("/run/hanare/sandboxd.pid").split()[0])
    return pid


def builders():
    """Each builder with a zone: {"builder": pid, "init": pid, "gateway": pid, ...}"""
    all_ = processes()
    for pid, (name, parent) in all_.items():
        if name != "sandboxd-builde" or parent != daemon():
            continue
        mine = {all_[p][0]: p for p in below(pid, all_)}
        if "sandboxd-init" in mine:
            yield {"builder": pid, "init": mine["sandboxd-init"], "gateway": mine.get("sandboxd-gatewa"), "all": below(pid, all_)}


def pss_kib(pid):
    for line in read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise RuntimeError(f"process {pid} is gone")


def available_kib():
    return next(int(line.split()[1]) for line in read("/proc/meminfo").splitlines() if line.startswith("MemAvailable:"))


def zones(user):
    return [z["zone"] for z in json.loads(user.must(["hanare", "list", "--json"])[1])]


def stop_all(user):
    for zone in zones(user):
        user.must(["hanare", "stop", zone])
    for _ in range(200):
        if not zones(user) and not list(builders()):
            return
        time.sleep(0.05)
    raise RuntimeError("zones are left")


def wait_name(name, seconds):
    """Until a process of this name runs below the daemon."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        all_ = processes()
        mine = below(daemon(), all_)
        if any(all_[p][0] == name for p in mine if p in all_):
            return
        time.sleep(0.05)
    raise RuntimeError(f"no process got to the name {name} within {seconds} s")
