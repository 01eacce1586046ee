#!/usr/bin/python3
"""check-includes: prints which folder includes which, and fails on an arrow that docs/ARCHITECTURE.md does not have.

usage: check-includes.py [SOURCE_DIR]. SPDX-License-Identifier: GPL-3.0-or-later
"""
import collections
import os
import re
import sys

# "Who may use whom": folder -> folders whose headers it may include besides its own.
BELOW_OVERLAY = {"base", "policy", "overlay"}
ALLOWED = {
    "base": set(),
    "policy": {"base"},
    "overlay": {"base", "policy"},
    "sandboxd/monitor": {"base", "policy"},
    "sandboxd/compile": {"base", "policy"},
    "sandboxd/broker": {"base", "policy"},
    "sandboxd/builder": BELOW_OVERLAY,
    "sandboxd/init": set(),
    "sandboxd/gateway": {"base", "policy"},
    "sandboxd/display": {"base"},
    "sandboxd/vet": {"base", "policy"},
    "sandboxd/pull": {"base", "policy"},
    "sandboxd/filter": set(),
    "launcher/cli": {"base", "policy"},
    "launcher/policy": {"base", "policy", "launcher/cli"},  # a program of its own that shares the command line's options and texts
    "launcher/view": {"base", "policy"},
    "launcher/desktop": {"base", "policy"},
}
# init is the zone's: libc, base, and the plan that its builder hands it; nothing that decides.
ALLOWED["sandboxd/init"] = {"base"}
# The contract between builder and init.
SHARED = {("sandboxd/init", "policy/policy-init.h"), ("sandboxd/init", "policy/policy-limits.h")}
# Of policy, the launcher may use the pure headers only.
LAUNCHER_POLICY = {"policy/policy-message.h", "policy/policy-limits.h", "policy/policy-plan.h", "policy/policy-table.h", "policy/policy-name.h"}
MADE = re.compile(r"^sandboxd/filter/[a-z]+-filter\.h$")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')


def folder_of(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] in ("sandboxd", "launcher") and len(parts) > 2 else parts[0]


def sources(root):
    for top in ("base", "policy", "overlay", "sandboxd", "launcher"):
        for base, dirs, files in os.walk(os.path.join(root, top)):
            dirs.sort()
            for name in sorted(files):
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(base, name), root)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    arrows, bad, count = collections.Counter(), [], 0
    for path in sources(root):
        count += 1
        mine = folder_of(path)
        with open(os.path.join(root, path), encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                found = INCLUDE.match(line)
                if not found or found.group(1) == "hanare-config.h":
                    continue
                target = found.group(1)
                if "/" not in target:
                    if os.path.exists(os.path.join(root, os.path.dirname(path), target)):
                        continue
                    target_folder = "?"
                else:
                    target_folder = folder_of(target)
                if target_folder == mine or MADE.match(target) or (mine, target) in SHARED:
                    continue
                arrows[mine, target_folder] += 1
                if mine not in ALLOWED:
                    bad.append(f"{path}:{number}: {mine} is no folder of docs/ARCHITECTURE.md")
                elif target_folder not in ALLOWED[mine]:
                    bad.append(f"{path}:{number}: {mine} must not include {target}")
                elif mine.startswith("launcher/") and mine != "launcher/policy" and target_folder == "policy" and target not in LAUNCHER_POLICY:
                    bad.append(f"{path}:{number}: the launcher may not use {target}")
    for (source, target), n in sorted(arrows.items()):
        print(f"{source:20} -> {target:12} {n}")
    for line in bad:
        print(f"FAIL {line}")
    if count == 0:
        print("FAIL no source was found")
    return 1 if bad or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
