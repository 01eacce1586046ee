#!/usr/bin/python3
"""check-sizes: prints what is larger than we aim for, and the sum of what runs as root; fails only over the hard limit of 600 lines.

usage: check-sizes.py [SOURCE_DIR]. SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import re
import sys

FILE_AIM, FILE_LIMIT, HEADER_AIM, MAIN_AIM, FUNCTION_AIM, FUNCTION_LOOK, ROOT_AIM = 300, 600, 60, 150, 40, 80, 4000
ROOT = ("base", "overlay", "sandboxd/monitor", "sandboxd/builder", "sandboxd/init")
ROOT_FILES = re.compile(r"^policy/policy-(table|plan|name|address|storage)[a-z-]*\.[ch]$")
START = re.compile(r"^[a-z_].*\)\s*\{$")


def functions(lines):
    """(first line, length) of every function: it opens at the margin and ends with a lone brace there."""
    begin = None
    for number, line in enumerate(lines, 1):
        if begin is None and START.match(line):
            begin = number
        elif begin is not None and line.rstrip() == "}":
            yield begin, number - begin + 1
            begin = None


def code_lines(lines):
    """Lines with code: neither empty nor of a comment alone."""
    inside = n = 0
    for line in lines:
        text = line.strip()
        if inside or text.startswith("/*"):
            inside = "*/" not in text
        elif text and not text.startswith("//"):
            n += 1
    return n


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    total = bad = count = long_functions = all_functions = 0
    for top in ("base", "policy", "overlay", "sandboxd", "launcher", "tests"):
        for base, dirs, files in os.walk(os.path.join(root, top)):
            dirs.sort()
            for name in sorted(files):
                if not name.endswith((".c", ".h")):
                    continue
                path = os.path.relpath(os.path.join(base, name), root)
                with open(os.path.join(root, path), encoding="utf-8") as f:
                    lines = f.read().splitlines()
                count += 1
                if path.startswith(tuple(r + "/" for r in ROOT)) or ROOT_FILES.match(path):
                    total += code_lines(lines)
                aim = HEADER_AIM * 2 if name.endswith(".h") else MAIN_AIM if name.endswith("-main.c") else FILE_AIM
                if len(lines) > FILE_LIMIT:
                    print(f"FAIL {path}: {len(lines)} lines; the limit is {FILE_LIMIT}")
                    bad += 1
                elif len(lines) > aim and not path.startswith("tests/"):
                    print(f"look {path}: {len(lines)} lines; aim {aim}")
                for first, length in functions(lines) if name.endswith(".c") else ():
                    all_functions += 1
                    long_functions += length > FUNCTION_AIM
                    if length > FUNCTION_LOOK:
                        print(f"look {path}:{first}: a function of {length} lines")
    print(f"{count} files; {long_functions} of {all_functions} functions over {FUNCTION_AIM} lines; code that runs as root, without comments: {total} lines (aim {ROOT_AIM})")
    return 1 if bad or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
