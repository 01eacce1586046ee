#!/usr/bin/python3
"""check-needed: compares the libraries that each built program needs with the ones it may need (docs/ARCHITECTURE.md).

usage: check-needed.py BUILD_DIR. Needs readelf(1). SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import re
import subprocess
import sys

LIBC = {"libc.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
GIO = {"libglib-2.0.so.0", "libgobject-2.0.so.0", "libgio-2.0.so.0"}
ALLOWED = {
    "sandboxd": LIBC | {"libsodium.so.23", "libsodium.so.26"},
    "sandboxd-compile": LIBC | {"libjansson.so.4", "libpsl.so.5", "libidn2.so.0"},
    "sandboxd-broker": LIBC | GIO,
    "sandboxd-builder": LIBC | {"libcap.so.2", "libnl-3.so.200", "libnl-route-3.so.200"},
    "sandboxd-init": set(),  # static
    "sandboxd-gateway": LIBC | {"libunbound.so.8"},
    "sandboxd-display-shm.so": LIBC | {"libxcb.so.1"},
    "sandboxd-pull": LIBC | {"libcurl.so.4", "libsodium.so.23", "libsodium.so.26", "libzstd.so.1"},
    "hanare-policy": LIBC | {"libglib-2.0.so.0", "libjansson.so.4", "libsodium.so.23", "libsodium.so.26", "libzstd.so.1"},
    "sandboxd-vet": LIBC | {"libz.so.1"},
    "hanare": LIBC | GIO | {"libxcb.so.1"},
    "hanare-desktop": LIBC | GIO,
}


def needed(path):
    out = subprocess.run(["readelf", "-d", path], stdout=subprocess.PIPE, check=True).stdout.decode()
    return set(re.findall(r"\(NEEDED\).*\[([^\]]+)\]", out)), re.findall(r"\((RPATH|RUNPATH)\).*\[([^\]]*)\]", out)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: check-needed.py BUILD_DIR")
    found, bad = {}, 0
    for base, dirs, files in os.walk(sys.argv[1]):
        dirs[:] = sorted(d for d in dirs if not d.endswith(".p"))
        for name in files:
            if name in ALLOWED and os.access(os.path.join(base, name), os.X_OK):
                found[name] = os.path.join(base, name)
    for name in sorted(ALLOWED):
        if name not in found:
            print(f"FAIL {name} was not built")
            bad += 1
            continue
        have, paths = needed(found[name])
        extra = have - ALLOWED[name]
        print(f"{'FAIL' if extra or paths else 'ok'} {name}: {' '.join(sorted(have)) or 'static'}"
              f"{'; not allowed: ' + ' '.join(sorted(extra)) if extra else ''}{'; it has a search path: ' + str(paths) if paths else ''}")
        bad += bool(extra or paths)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
