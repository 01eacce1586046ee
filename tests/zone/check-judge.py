#!/usr/bin/python3
"""check-judge: the harness itself: what it must call a pass and what not; and that every row of acts.tsv names an act that exists.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import importlib.util
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
SPEC = importlib.util.spec_from_file_location("zonetests", os.path.join(HERE, "run-zone-tests.py"))
zonetests = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(zonetests)

EXIT = {"reason": "exit", "detail": 0}
# expected, exit code, output, receipt, held?
CASES = [
    ("EPERM", 0, "try: x: ran\ntry: x: refused errno=1 (EPERM) a\n", EXIT, True),
    ("EPERM", 0, "try: x: ran\ntry: x: refused errno=38 (ENOSYS) a\n", EXIT, False),
    ("EPERM", 0, "try: x: ran\ntry: x: refused errno=1 (EPERM) a\ntry: x: refused errno=22 (EINVAL) b\n", EXIT, False),
    ("EPERM", 3, "try: x: ran\ntry: x: ESCAPED a returned 0\n", EXIT, False),
    ("EPERM", 3, "try: x: ran\ntry: x: refused errno=1 (EPERM) a\ntry: x: ESCAPED b\n", EXIT, False),
    ("EPERM", 0, "", EXIT, False),
    ("EPERM", 0, "try: x: ran\n", EXIT, False),
    ("EPERM", 0, "try: x: ran\ntry: x: refused errno=1 (EPERM) a\n", None, False),
    ("EPERM", 8, "try: x: ran\ntry: x: refused errno=1 (EPERM) a\n", {"reason": "tripwire", "detail": 165}, False),
    ("EPERM", 0, "try: x: ran\ntry: x: contained a\n", EXIT, False),
    ("contained", 0, "try: x: ran\ntry: x: contained a\n", EXIT, True),
    ("contained", 4, "try: x: ran\ntry: x: contained a\ntry: x: broken b\n", EXIT, False),
    ("tripwire", 8, "try: x: ran\ntry: x: calls 165\n", {"reason": "tripwire", "detail": 165}, True),
    ("tripwire", 8, "try: x: ran\ntry: x: calls 165\n", {"reason": "tripwire", "detail": 166}, False),
    ("tripwire", 0, "try: x: ran\ntry: x: calls 165\ntry: x: refused errno=1 (EPERM) mount\n", EXIT, False),
    ("tripwire", 3, "try: x: ran\ntry: x: calls 165\ntry: x: ESCAPED mount returned 0\n", {"reason": "tripwire", "detail": 165}, False),
    ("signal:SYS", 159, "try: x: ran\n", EXIT, True),
    ("signal:SYS", 0, "try: x: ran\ntry: x: refused errno=38 (ENOSYS) a\n", EXIT, False),
    ("signal:SYS", 139, "try: x: ran\n", EXIT, False),
    ("ENOMEM,end:memory", 6, "try: x: ran\n", {"reason": "memory", "detail": 0}, True),
    ("ENOMEM,end:memory", 6, "try: x: ran\n", {"reason": "builder-died", "detail": 0}, False),
    ("http", 0, "try: x: ran\ntry: x: refused http=403 a\n", EXIT, True),
    ("http", 3, "try: x: ran\ntry: x: refused http=403 a\ntry: x: ESCAPED b: HTTP/1.1 200\n", EXIT, False),
    ("http", 0, "try: x: ran\ntry: x: refused http=200 a\n", EXIT, False),
]


def main():
    bad = 0
    for number, (expected, code, out, receipt, held) in enumerate(CASES):
        problem = zonetests.judge({"name": "x", "expected": set(expected.split(","))}, code, out, "", receipt)
        if (problem is None) != held:
            print(f"FAIL case {number} ({expected}): judged {problem!r}")
            bad += 1
    acts = zonetests.read_acts(os.path.join(HERE, "acts.tsv"))
    names = [a["name"] for a in acts]
    for name in {n for n in names if names.count(n) > 1}:
        print(f"FAIL acts.tsv names {name} twice")
        bad += 1
    for act in acts:
        with open(os.path.join(HERE, act["program"] + ".c"), encoding="utf-8") as f:
            if not re.search(r'\{ "' + re.escape(act["args"][0]) + r'", ', f.read()):
                print(f"FAIL {act['program']}.c has no act {act['args'][0]}")
                bad += 1
    print(f"{len(CASES)} cases, {len(acts)} acts, {bad} problems")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
