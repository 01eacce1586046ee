"""bench_policy: a big policy loaded, an address among 100,000 patterns.  SPDX-License-Identifier: GPL-3.0-or-later"""
import collections
import subprocess

from bench_row import row

PROGRAM = "/usr/libexec/hanare-bench/bench-policy"


def measure():
    values = collections.defaultdict(list)
    out = subprocess.run([PROGRAM], stdout=subprocess.PIPE, check=True, timeout=300).stdout.decode()
    for line in out.splitlines():
        name, _, value = line.partition(" ")
        values[name].append(float(value))
    size = f"{values['rules_bytes'][0] / 1000:.0f} kB"
    yield row("policy", "a policy of 5,000 rules: parsed, checked, merged", "ms", values["rules_ms"], 20, size)
    yield row("policy", "the same for a file of 127 kB", "ms", values["kb127_ms"], 5, f"{values['kb127_bytes'][0] / 1000:.0f} kB")
    yield row("policy", "memory of the loaded policy, of the file's size", "x", values["rules_memory"], 4, size)
    yield row("policy", "an address among 100,000 patterns", "us", values["lookup_us"], 2, "every other one is not there")
    yield row("policy", "the index of 100,000 patterns, once for each policy", "ms", values["index_ms"])
