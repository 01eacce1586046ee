"""bench_start: a small program, command to exit, against the peers; and what of it is request to exec.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import shutil
import tempfile
import time

from bench_row import missing, ratio, row

PART = "start"
MS = 1e6
PODMAN = ["podman", "run", "--rm", "--network=none"]


class Peer:
    """argv(words): the command that runs words in the peer's sandbox. user: who runs it here."""

    def __init__(self, what, user, argv, note=""):
        self.what, self.user, self.argv, self.note, self.took = what, user, argv, note, []


def works(user, argv):
    """Whether the peer runs a program in a sandbox: firejail, for one, runs it without any where it believes to be in a container."""
    status, said = user.spawn(argv(["/bin/readlink", "/proc/self/ns/mnt"]))[1:]
    outside = user.spawn(["/bin/readlink", "/proc/self/ns/mnt"])[2].strip()
    inside = [line for line in said.splitlines() if line.startswith("mnt:")]
    if status != 0 or not inside:
        return (said.strip().splitlines() or [f"status {status}"])[-1]
    return "it runs the program without a sandbox (it sees a container around itself)" if inside[-1] == outside else ""


def podman_ways(user, root, folder, rootfs):
    plain = ["--rootfs", rootfs]
    own = ["--root", folder + "/store", "--runroot", folder + "/run", "--storage-driver", "vfs"]
    yield user, "as the user", lambda words: PODMAN + plain + words
    yield root, "as root", lambda words: PODMAN + plain + words
    yield root, "as root, without control groups, vfs storage: it can do no more here", lambda words: ["podman"] + own + PODMAN[1:] + ["--cgroups=disabled"] + plain + words


def find_peers(user, root, folder):
    rootfs = folder + "/rootfs"
    for name in ("bin", "proc", "sys", "dev", "etc", "run", "tmp"):
        os.makedirs(f"{rootfs}/{name}")
    shutil.copy("/bin/busybox", rootfs + "/bin")
    for name in ("true", "readlink"):
        os.symlink("busybox", f"{rootfs}/bin/{name}")
    for path, _, _ in os.walk(rootfs):
        os.chmod(path, 0o777)
    candidates = {
        "bwrap": [(user, "no network, no control group, no filter", lambda words: ["bwrap", "--unshare-all", "--ro-bind", "/", "/"] + words)],
        "firejail": [(user, "its Chromium profile", lambda words: ["firejail", "--quiet", "--profile=/etc/firejail/chromium.profile"] + words)],
        "podman run": list(podman_ways(user, root, folder, rootfs)),
    }
    rows, peers = [], []
    for what, ways in candidates.items():
        why = ""
        for who, note, argv in ways:
            why = works(who, argv) if shutil.which(argv([])[0]) else "not installed"
            if not why:
                peers.append(Peer(what, who, argv, note))
                break
        if why:
            rows.append(missing(PART, f"{what} true", why))
    return peers, rows


def rounds(user, root, n):
    with tempfile.TemporaryDirectory(prefix="hanare-bench-") as folder:
        os.chmod(folder, 0o755)
        peers, rows = find_peers(user, root, folder)
        native = Peer("true", user, lambda words: words, "no sandbox: what the measuring itself costs")
        ours = Peer("hanare run -- true", user, lambda words: ["hanare", "run", "--"] + words)
        everyone = [ours, native] + peers
        for at in range(n + 2):  # the first two only warm up
            for peer in everyone:
                word = "true" if peer is ours else "/bin/true"
                took, _ = peer.user.must(peer.argv([word]))
                if at >= 2:
                    peer.took.append(took / MS)
                # what a zone leaves to do when its command has ended (proof, receipt, the next spare builder) is not the peer's burden
                time.sleep(0.05)
    out = [row(PART, p.what if p is ours else p.what if p is native else p.what + " true", "ms", p.took, 25 if p is ours else None, p.note) for p in everyone]
    for peer, line in zip(everyone[2:], out[2:]):
        rows.append(ratio(PART, f"hanare / {peer.what}", out[0], line, 1 if peer.what != "bwrap" else None))
    return out + rows


def to_exec(user, n):
    """The request is timed where it leaves a client that is connected already; the program in the zone reads the clock first thing."""
    wire, monitor, command = [], {}, []
    for at in range(n + 2):
        asked, said, zone = user.bus_run("bench-idle", "bench-clock")
        mono, real = (int(word) for word in said.split())
        if at >= 2:
            wire.append((mono - asked) / MS)
            monitor[zone] = real
        time.sleep(0.1)
        begin = time.monotonic_ns()
        said = user.must(["hanare", "run", "--zone", "bench-idle", "--", "bench-clock"])[1]
        if at >= 2:
            command.append((int(said.split()[0]) - begin) / MS)
        time.sleep(0.1)
    records = json.loads(user.must(["hanare", "receipt", "--json", "--limit", str(8 * n + 32)])[1])
    began = {r["zone"]: r["began_ns"] for r in records if r["type"] == "begin"}
    return [
        row(PART, "request to exec: call sent on the bus .. first instruction in the zone", "ms", wire, 10, "bus daemon, broker, monitor, builder, walls' self-test included"),
        row(PART, "of which: monitor's BEGIN receipt .. first instruction", "ms", [(real - began[zone]) / MS for zone, real in monitor.items() if zone in began]),
        row(PART, "command hanare run .. first instruction in the zone", "ms", command),
    ]


def measure(user, root, quick):
    n = 15 if quick else 51
    return rounds(user, root, n) + to_exec(user, n)
