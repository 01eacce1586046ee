#!/usr/bin/python3
"""check-keys: the man pages and docs/policy-keys.md say what the table of keys says; with --write they are made to.

usage: check-keys.py PROGRAM SOURCE_DIR [--write]. PROGRAM is the built policy-keys-doc. SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import re
import subprocess
import sys

BEGIN = '.\\" keys: made by tests/lint/check-keys.py --write from policy/policy-keys-table.c\n'
END = '.\\" end of keys\n'
PAGES = {"docs/man/hanare-kinds.5": "man-kinds", "docs/man/hanare.jsonc.5": "man-settings", "docs/man/hanare-policy.1": "man-tests"}


def made(program, what):
    return subprocess.run([program, what], stdout=subprocess.PIPE, check=True).stdout.decode()


def main():
    if len(sys.argv) not in (3, 4) or (len(sys.argv) == 4 and sys.argv[3] != "--write"):
        sys.exit(__doc__)
    program, root, write = sys.argv[1], sys.argv[2], len(sys.argv) == 4
    wanted = {"docs/policy-keys.md": made(program, "markdown")}
    for page, what in PAGES.items():
        with open(os.path.join(root, page), encoding="utf-8") as f:
            text = f.read()
        if text.count(BEGIN) != 1 or text.count(END) != 1:
            sys.exit(f"FAIL {page}: it lacks the two lines that the keys stand between")
        wanted[page] = re.sub(re.escape(BEGIN) + ".*" + re.escape(END), lambda _: BEGIN + made(program, what) + END, text, flags=re.S)
    bad = 0
    for page, text in wanted.items():
        path = os.path.join(root, page)
        have = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                have = f.read()
        if have == text:
            continue
        if write:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            print(f"wrote {page}")
        else:
            print(f"FAIL {page} is not what the table says: run tests/lint/check-keys.py BUILD/policy/policy-keys-doc . --write")
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
