#!/usr/bin/python3
"""check-repo: no path of one machine, nothing unfinished, no stray file in the repository.

usage: check-repo.py [SOURCE_DIR]. Asks git(1) for the files where it can. SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import re
import subprocess
import sys

# Written so that this file does not find itself.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "WI" + "P")) + r")\b")
MACHINE = re.compile(r"(?<![\w.}])(?<!\w\x22)/(?:wo" + r"rk|home/(?!zone\b|user\b|USER\b|alice\b|bob\b)[a-z]\w*|Users|root/\w+|mnt/\w+)(?=[/\s\"'])")
ALLOWED_MACHINE = re.compile(r"/root/\.(profile|bashrc)|/root/etc/shadow|/proc/\S*/root")
BINARY = re.compile(r"\.(png|ico|gz|xz|deb|o|a|so|pyc|log|swp|orig|rej)$")
MEDIUM = ("po/", "LICENSE", "debian/changelog")


def tracked(root):
    try:
        out = subprocess.run(["git", "-C", root, "ls-files", "-z"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
        return [p for p in out.decode("utf-8", "replace").split("\0") if p]
    except (OSError, subprocess.CalledProcessError):
        found = []
        for base, dirs, files in os.walk(root):
            dirs[:] = sorted(d for d in dirs if not d.startswith((".git", "build", "__pycache__")) and not os.path.isdir(os.path.join(base, d, "meson-info")))
            found += [os.path.relpath(os.path.join(base, f), root) for f in sorted(files)]
        return found


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    paths, bad = tracked(root), 0
    for path in paths:
        full = os.path.join(root, path)
        if not os.path.isfile(full):
            continue
        if BINARY.search(path) and not path.startswith(("docs/", "data/", "tests/fuzz/")):
            print(f"FAIL {path}: a made or stray file")
            bad += 1
            continue
        with open(full, "rb") as f:
            data = f.read()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            if not path.startswith(("tests/fuzz/", "docs/", "data/")):
                print(f"FAIL {path}: not UTF-8")
                bad += 1
            continue
        if path.startswith(MEDIUM):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if UNFINISHED.search(line) and "mktemp" not in line:
                print(f"FAIL {path}:{number}: unfinished: {line.strip()[:80]}")
                bad += 1
            if MACHINE.search(ALLOWED_MACHINE.sub("", line)):
                print(f"FAIL {path}:{number}: a path of one machine: {line.strip()[:80]}")
                bad += 1
    print(f"{len(paths)} files, {bad} problems")
    return 1 if bad or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
