#!/usr/bin/python3
"""check-heads: every .c file says in its first lines what it does and as whom it runs, and the folder agrees.

usage: check-heads.py [SOURCE_DIR]. SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import re
import sys

IDENTITY = {
    "base": "anyone (pure)", "policy": "anyone (pure)", "overlay": ("root (builder)", "anyone (pure)"),
    "sandboxd/monitor": "root (monitor)", "sandboxd/compile": "compile", "sandboxd/broker": "broker", "sandboxd/builder": "root (builder)",
    "sandboxd/init": "zone", "sandboxd/gateway": "gateway", "sandboxd/display": "display", "sandboxd/pull": "pull", "sandboxd/vet": "vet", "sandboxd/filter": "anyone (pure)",
    "launcher/cli": "user", "launcher/view": "user", "launcher/desktop": "user", "launcher/policy": "user", "tests/zone": "zone", "tests/wipe": "zone",
}
LINE = re.compile(r"Runs as: (user|compile|broker|root \(monitor\)|root \(builder\)|zone|gateway|display|vet|pull|anyone \(pure\))[.,; ]")
LICENCE = "SPDX-License-Identifier: GPL-3.0-or-later"


def folder_of(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] in ("sandboxd", "launcher", "tests") and len(parts) > 2 else parts[0]


def check(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as f:
        head = f.read(1200)
    stem = os.path.splitext(os.path.basename(path))[0]
    first = head.split("\n", 1)[0]
    if not first.startswith(f"/* {stem}: "):
        yield f"the first line must begin with '/* {stem}: '"
    comment = head.split("*/", 1)[0] if "*/" in head else head
    if LICENCE not in comment:
        yield f"the head lacks '{LICENCE}'"
    if path.endswith(".h"):
        return
    found = LINE.search(comment)
    if not found:
        yield "the head lacks 'Runs as: IDENTITY.' with one of the identities of docs/ARCHITECTURE.md"
        return
    if "Must not:" not in comment:
        yield "the head lacks 'Must not:'"
    allowed = IDENTITY.get(folder_of(path))
    if allowed is None:
        return
    allowed = allowed if isinstance(allowed, tuple) else (allowed,)
    # a pure file may lie in any folder: it decides for that process and does nothing
    if found.group(1) not in allowed + ("anyone (pure)",):
        yield f"'{found.group(1)}' in a folder of '{allowed[0]}'"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    bad = count = 0
    for top in ("base", "policy", "overlay", "sandboxd", "launcher", "tests/zone", "tests/wipe"):
        for base, dirs, files in os.walk(os.path.join(root, top)):
            dirs.sort()
            for name in sorted(files):
                if not name.endswith((".c", ".h")):
                    continue
                path = os.path.relpath(os.path.join(base, name), root)
                count += 1
                for problem in check(root, path):
                    print(f"FAIL {path}: {problem}")
                    bad += 1
    print(f"{count} files, {bad} problems")
    return 1 if bad or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
