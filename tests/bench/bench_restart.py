"""bench_restart: one command ends a zone, destroys what it wrote, and has a clean one running.  SPDX-License-Identifier: GPL-3.0-or-later"""
import time

import bench_zone
from bench_row import missing, row

MS, MIB = 1e6, 1024


def program(user, kind, what, n):
    user.must(["hanare", "start", kind])
    took = []
    for _ in range(n):
        bench_zone.wait_name("bench-ready", 60)
        took.append(user.must(["hanare", "restart", kind])[0] / MS)
        time.sleep(0.3)
    bench_zone.stop_all(user)
    return row("restart", what, "ms", took, 250)


def browser(desk, n):
    """A live Chromium whose page has written 1 GB into its private file system."""
    took = []
    for _ in range(n):
        mark = desk.mark()
        desk.user.must(["hanare", "open", "--zone", "bench-web", "https://www.hanare-demo.com/bench-fill.html"], desk.env)
        line = desk.seen("/painted\\?filled=", 180, mark)
        if "filled=1024 " not in line:
            bench_zone.stop_all(desk.user)
            return missing("restart", "live Chromium, 1 GiB written by a page", line.strip())
        before = bench_zone.available_kib()
        took.append(desk.user.must(["hanare", "restart", "bench-web"], desk.env)[0] / MS)
        freed = before - bench_zone.available_kib()
        bench_zone.stop_all(desk.user)
    return row("restart", "live Chromium, 1 GiB written by a page", "ms", took, 250, f"a new Chromium is started, window's host included; memory in use changed by {-freed / MIB:+.0f} MiB at its end"
               .replace("changed by", "had changed by"))


def measure(user, desk, quick):
    n = 3 if quick else 7
    rows = [program(user, "bench-idle", "a small program, nothing written", 3 * n), program(user, "bench-fill", "a small program, 1 GiB written", n)]
    if desk:
        rows.append(browser(desk, n))
    return rows
