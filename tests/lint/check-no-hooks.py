#!/usr/bin/python3
"""check-no-hooks: release programs hold no negative control and no test hook (law 15).

usage: check-no-hooks.py BUILD_DIR|INSTALLED_FILE... SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import sys

NAMES = ("sandboxd", "sandboxd-compile", "sandboxd-broker", "sandboxd-builder", "sandboxd-init", "sandboxd-gateway", "sandboxd-pull", "sandboxd-vet",
         "sandboxd-display-shm.so", "hanare", "hanare-policy", "hanare-desktop")
WORDS = (b"HANARE-NEGATIVE-CONTROL", b"HANARE_NEGATIVE_CONTROL", b"hanare-hostile", b"HANARE_TEST", b"HANARE_DEBUG")


def programs(arguments):
    for path in arguments:
        if os.path.isfile(path):
            yield path
        for base, dirs, files in os.walk(path):
            dirs[:] = sorted(d for d in dirs if not d.endswith(".p"))
            for name in sorted(files):
                full = os.path.join(base, name)
                if name in NAMES and os.access(full, os.X_OK):
                    yield full


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: check-no-hooks.py BUILD_DIR|FILE...")
    seen, bad = set(), 0
    for path in programs(sys.argv[1:]):
        with open(path, "rb") as f:
            data = f.read()
        seen.add(os.path.basename(path))
        found = [w.decode() for w in WORDS if w in data]
        print(f"{'FAIL' if found else 'ok'} {path}{': holds ' + ', '.join(found) if found else ''}")
        bad += bool(found)
    missing = set(NAMES) - seen
    if missing and any(os.path.isdir(a) for a in sys.argv[1:]):
        print(f"FAIL not found: {', '.join(sorted(missing))}")
        bad += 1
    return 1 if bad or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
