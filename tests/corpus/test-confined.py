#!/usr/bin/python3
"""test-confined: sandboxd-vet takes only what nobody can change, is shut in while it looks, and a look that ends otherwise is a refusal.

usage: test-confined.py LOOK SANDBOXD-VET (root). SPDX-License-Identifier: GPL-3.0-or-later
"""
import fcntl
import os
import struct
import subprocess
import sys
import tempfile
import time

passed = failed = 0
SEALS = 0x0001 | 0x0002 | 0x0004 | 0x0008


def check(name, good, seen=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(f"{'ok' if good else 'FAIL'} {name}{'' if good else ': ' + str(seen)}", flush=True)


def start(vet, file, result):
    def place():
        high = fcntl.fcntl(file, fcntl.F_DUPFD, 20), fcntl.fcntl(result, fcntl.F_DUPFD, 20)
        os.dup2(high[0], 3)
        os.dup2(high[1], 4)
    return subprocess.Popen([vet], preexec_fn=place, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def run(vet, file):
    """(exit status, what it wrote)"""
    r, w = os.pipe()
    p = start(vet, file, w)
    os.close(w)
    status = p.wait(timeout=60)
    with os.fdopen(r, "rb") as f:
        return status, f.read()


def memfd(data, seal=True):
    fd = os.memfd_create("x", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
    os.write(fd, data)
    if seal:
        fcntl.fcntl(fd, 1033, SEALS)  # F_ADD_SEALS
    return fd


def descriptors(vet):
    status, record = run(vet, memfd(b"hello\n"))
    check("a sealed file is looked into", status == 0 and len(record) == 64 and record[:4] == b"HNV1", (status, record))
    status, record = run(vet, memfd(b"hello\n", seal=False))
    check("a file that could be written to is not", status != 0 and record == b"", (status, record))
    with tempfile.NamedTemporaryFile() as f:
        f.write(b"hello\n")
        f.flush()
        with open(f.name, "rb") as again:
            status, record = run(vet, again.fileno())
        check("a file open for reading alone is", status == 0 and len(record) == 64, (status, record))
    r, w = os.pipe()
    for name, fd in (("a pipe", r), ("a folder", os.open("/", os.O_RDONLY)), ("a device", os.open("/dev/zero", os.O_RDONLY))):
        status, record = run(vet, fd)
        check(f"{name} is not", status != 0 and record == b"", (status, record))
    with tempfile.TemporaryFile() as f:
        f.truncate(300 << 20)
        status, record = run(vet, os.open(f"/proc/self/fd/{f.fileno()}", os.O_RDONLY))
    check("one that is too large is said to be", status == 0 and struct.unpack_from("<I", record, 20)[0] == 7, (status, record))
    r, w = os.pipe()
    os.close(r)
    p = start(vet, memfd(b"hello\n"), w)
    check("nobody to tell it to: it ends with an error", p.wait(timeout=60) != 0)


def shut_in(vet):
    r, w = os.pipe()
    p = start(vet, memfd(os.urandom(1 << 20).hex().encode() * 60), w)
    os.close(w)
    status, deadline = {}, time.monotonic() + 30
    while status.get("Seccomp") != "2" and time.monotonic() < deadline and p.poll() is None:
        with open(f"/proc/{p.pid}/status", encoding="ascii") as f:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
    fds = sorted(os.listdir(f"/proc/{p.pid}/fd"), key=int) if p.poll() is None else []
    with open(f"/proc/{p.pid}/limits", encoding="ascii") as f:
        limits = {line[:26].strip(): line[26:].split()[0] for line in f}
    p.wait(timeout=60)
    check("while it looks, a filter stands", status.get("Seccomp") == "2" and status.get("NoNewPrivs") == "1", status.get("Seccomp"))
    check("it has no capability", all(status.get(k, "").strip("0") == "" for k in ("CapEff", "CapPrm", "CapInh", "CapAmb")), status.get("CapEff"))
    check("it has its five descriptors", fds == ["0", "1", "2", "3", "4"], fds)
    check("it may start no process", limits.get("Max processes") == "0", limits.get("Max processes"))
    check("its time and room are bounded", limits.get("Max cpu time") == "20" and limits.get("Max address space") != "unlimited", limits)


def no_verdict(look):
    """Something that is started in its place and ends otherwise."""
    good = struct.pack("<4sIIIIIIIIIIIQQ", b"HNV1", 1, 11, 0, 0, 0, 1, 0, 0, 0, 0, 0, 6, 0)
    liars = {
        "silence": "", "a short record": f"os.write(4, {good[:63]!r})", "rubbish": "os.write(4, b'\\xff' * 64)",
        "a good record and an error": f"os.write(4, {good!r}); sys.exit(1)", "a good record and a death": f"os.write(4, {good!r}); import ctypes; ctypes.string_at(0)",
        "another file's size": f"os.write(4, {good[:48] + struct.pack('<Q', 7) + good[56:]!r})",
    }
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path, liar = os.path.join(folder, "a.txt"), os.path.join(folder, "liar")
        with open(path, "wb") as f:
            f.write(b"hello\n")
        for name, body in {**liars, "nothing but a good record": f"os.write(4, {good!r})"}.items():
            with open(liar, "w", encoding="utf-8") as f:
                f.write(f"#!/usr/bin/python3 -I\nimport os, sys\n{body}\n")
            os.chmod(liar, 0o755)
            out = subprocess.run([look, liar, "2000200199", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.decode().split("\t")
            want = ["as-is", "text"] if name.startswith("nothing") else ["refused", "no-verdict"]
            check(f"{name}: {want[0]}", out[1:3] == want, out)


def main():
    if len(sys.argv) != 3 or os.geteuid() != 0:
        sys.exit("usage: test-confined.py LOOK SANDBOXD-VET, as root")
    descriptors(sys.argv[2])
    shut_in(sys.argv[2])
    no_verdict(sys.argv[1])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
