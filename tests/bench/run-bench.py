#!/usr/bin/python3
"""run-bench: measures the installed product and its peers; prints a table, writes JSON. Started by bench.sh, which sets everything up.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import datetime
import json
import os
import platform
import signal
import subprocess
import sys

import bench_browser
import bench_fleet
import bench_many
import bench_policy
import bench_restart
import bench_row
import bench_start
from bench_user import User

MARKS = "<!-- figures -->", "<!-- end of figures -->"
PARTS = ["start", "many", "restart", "policy", "browser", "fleet"]


def machine():
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as text:
        model = next((line.partition(":")[2].strip() for line in text if line.startswith("model name")), "unknown")
    with open("/proc/meminfo", encoding="ascii") as text:
        gib = int(text.readline().split()[1]) / (1 << 20)
    return {"kernel": platform.release(), "cpu": model, "cpus": os.cpu_count(), "memory_gib": round(gib, 1)}


def run(args):
    user, root = User(args.user), User(None)
    desk = bench_browser.Desk(user, args.user, args.rig, args.display) if args.display else None
    for part in args.only:
        print(f"bench: {part} ...", file=sys.stderr, flush=True)
        try:
            if part == "start":
                yield from bench_start.measure(user, root, args.quick)
            elif part == "many":
                yield from bench_many.measure(user, args.quick)
            elif part == "restart":
                yield from bench_restart.measure(user, desk, args.quick)
            elif part == "policy":
                yield from bench_policy.measure()
            elif part == "fleet":
                yield from bench_fleet.measure(args.quick)
            elif desk:
                yield from bench_browser.measure(desk, args.authority, args.quick)
        except (RuntimeError, subprocess.CalledProcessError, StopIteration) as error:  # one part must not take the others' figures with it; the exit status says so
            yield {**bench_row.missing(part, "this part failed", str(error)), "failed": True}


def replace(path, lines):
    with open(path, encoding="utf-8") as text:
        before, _, rest = text.read().partition(MARKS[0] + "\n")
    after = rest.partition(MARKS[1])[2]
    if not after:
        raise RuntimeError(f"{path} has no line {MARKS[0]}, or none {MARKS[1]}")
    with open(path, "w", encoding="utf-8") as out:
        out.write("\n".join([before + MARKS[0], ""] + lines + ["", MARKS[1]]) + after)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what it made is taken away
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--user", required=True)
    parser.add_argument("--json", required=True)
    parser.add_argument("--rig", required=True, help="tests/rig/rig.sh")
    parser.add_argument("--display", default="", help="tests/rig/display.sh; without it no browser is measured")
    parser.add_argument("--authority", default="", help="the rig's certificate authority")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--docs", default="", help="a file whose lines between the two figures marks are replaced")
    args = parser.parse_args()
    begun, load = datetime.datetime.now(datetime.timezone.utc), os.getloadavg()[0]
    rows = list(run(args))
    result = {"begun": begun.isoformat(timespec="seconds"), "load_before": round(load, 2), "load_after": round(os.getloadavg()[0], 2), "quick": args.quick,
              "machine": machine(), "rows": rows}
    with open(args.json, "w", encoding="utf-8") as out:
        json.dump(result, out, indent=1)
        out.write("\n")
    m = result["machine"]
    head = f"{begun:%Y-%m-%d %H:%M} UTC, {m['cpus']} x {m['cpu']}, {m['memory_gib']} GiB, Linux {m['kernel']}, load {result['load_before']} before, " \
           f"{result['load_after']} after{' (--quick)' if args.quick else ''}"
    if args.docs:
        replace(args.docs, [head, ""] + list(bench_row.markdown(rows)))
    print(head + "\n")
    for line in (bench_row.markdown if args.markdown else bench_row.table)(rows):
        print(line)
    return 1 if any(r.get("failed") for r in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
