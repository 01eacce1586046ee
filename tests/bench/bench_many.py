"""bench_many: memory at rest; 50 zones at once; starts after 500 zones have ended.  SPDX-License-Identifier: GPL-3.0-or-later"""
import statistics
import time

import bench_zone
from bench_row import row

MS, MIB, ZONES = 1e6, 1024, 50


def settle():
    time.sleep(1)


def service_pss():
    all_ = bench_zone.processes()
    main = bench_zone.daemon()
    broker = next(p for p in bench_zone.below(main, all_) if all_[p][0] == "sandboxd-broker")
    return (bench_zone.pss_kib(main) + bench_zone.pss_kib(broker)) / MIB


def at_rest(user):
    user.must(["hanare", "start", "bench-idle"])
    settle()
    zone = next(bench_zone.builders())
    parts = {name: bench_zone.pss_kib(zone[name]) / MIB for name in ("builder", "init", "gateway")}
    rows = [row("memory", "builder + init + gateway of a zone at rest, PSS", "MiB", [sum(parts.values())], 8,
                ", ".join(f"{name} {value:.2f}" for name, value in parts.items())),
            row("memory", "monitor + broker, PSS", "MiB", [service_pss()], 16)]
    bench_zone.stop_all(user)
    return rows


def fifty(user):
    settle()
    before, took = bench_zone.available_kib(), []
    for _ in range(ZONES):
        took.append(user.must(["hanare", "start", "bench-idle"])[0] / MS)
        time.sleep(0.1)  # the next spare builder gets ready meanwhile
    settle()
    each = (before - bench_zone.available_kib()) / ZONES / MIB
    pss = [sum(bench_zone.pss_kib(p) for p in z["all"]) / MIB for z in bench_zone.builders()]
    begin = time.monotonic_ns()
    bench_zone.stop_all(user)
    ended = (time.monotonic_ns() - begin) / MS
    first, last = statistics.median(took[:5]), statistics.median(took[-5:])
    return [
        row("many", "hanare start, zones 1 to 5 of 50", "ms", took[:5]),
        row("many", "hanare start, zones 46 to 50 of 50", "ms", took[-5:]),
        row("many", "50th start / first (medians of five)", "x", [last / first], 2),
        row("many", "50 zones at once: what each took of MemAvailable", "MiB", [each], note=f"{len(pss)} ran; other work on the machine shows in this line"),
        row("many", "PSS of all processes of a zone among 50, program included", "MiB", pss),
        row("many", "ending all 50, one command each, receipts written", "ms", [ended]),
    ]


def after_many(user, n):
    """No work may grow with zones that have ended."""
    def some():
        took = []
        for _ in range(25):
            took.append(user.must(["hanare", "run", "--", "true"])[0] / MS)
            time.sleep(0.05)
        return took

    fresh, memory = some(), service_pss()
    for _ in range(n):
        user.must(["hanare", "run", "--", "true"])
    time.sleep(2)
    later = some()
    rows = [row("many", "hanare run -- true before", "ms", fresh), row("many", f"hanare run -- true after {n} more ended zones", "ms", later),
            row("many", "monitor + broker, PSS, growth by these", "MiB", [service_pss() - memory])]
    rows.insert(2, row("many", "after / before", "x", [rows[1]["median"] / rows[0]["median"]], 1.25, "the bound allows for noise"))
    return rows


def measure(user, quick):
    return at_rest(user) + fifty(user) + after_many(user, 100 if quick else 500)
