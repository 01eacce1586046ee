"""browser_rig: what test-browsers.py holds in its hands: the rig, a desktop, zones seen from outside.

Runs as: root.  SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse

RIG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "rig")
sys.path.insert(0, RIG)
from spare import waiting  # noqa: E402  (its folder is not on the path before)

KINDS = "/etc/hanare/kinds.d"
PIDFILE = "/run/hanare/sandboxd.pid"
CLOCK = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A check that did not hold; its text is the reason."""


def command(words, timeout=60, check=True):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False)
    text = done.stdout.decode("utf-8", "replace")
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(words)} ended with {done.returncode}: {(text + done.stderr.decode('utf-8', 'replace')).strip()[-300:]}")
    return text


def until(seconds, ask, why):
    """The first true answer of ask(); Failed with why (a text, or a function that makes it) when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failed(why() if callable(why) else why)
        time.sleep(0.1)


class Web:
    """The rig's web servers, by their log."""

    def __init__(self):
        text = command([f"{RIG}/rig.sh", "status"])
        self.log = re.search(r"^HANARE_RIG_LOG=(.*)$", text, re.M).group(1)
        self.mark()

    def mark(self):
        self.at = os.path.getsize(self.log)

    def requests(self, path):
        """The queries of the requests of path after the mark, as dictionaries."""
        with open(self.log, encoding="utf-8", errors="replace") as f:
            f.seek(self.at)
            found = re.findall(r'"GET ' + re.escape(path) + r'\?(\S*) HTTP', f.read())
        return [dict(urllib.parse.parse_qsl(one)) for one in found]

    def painted(self, page, seconds=25):
        return until(seconds, lambda: [one for one in self.requests("/painted") if one.get("page") == page], f"{page} was not painted within {seconds} s")

    def report(self, what, seconds=15):
        return until(seconds, lambda: [one.get("result", "") for one in self.requests("/report") if one.get("what") == what],
                     f"the page did not report '{what}' within {seconds} s")[-1]


class Desktop:
    """A user's desktop: x11 or wayland."""

    def __init__(self, host):
        self.host = host
        command([f"{RIG}/display.sh", "down"])
        command([f"{RIG}/display.sh", "up", host])

    def do(self, *words, **how):
        return command([f"{RIG}/display.sh", *words], **how)

    def run(self, *words, lang="C.UTF-8", **how):
        return self.do("run", "env", f"LANG={lang}", *words, **how)

    def hanare(self, *words, **how):
        return self.run("hanare", *words, **how)

    def shot(self, path):
        self.do("shot", path)

    def pixels(self, path):
        """The screen as (width, height, bytes of rgb)."""
        self.shot(path)
        done = subprocess.run(["convert", path, "-depth", "8", "ppm:-"], capture_output=True, check=True, timeout=30)
        head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", done.stdout)
        return int(head.group(1)), int(head.group(2)), done.stdout[head.end():]

    def down(self):
        self.do("down")


def count(rgb, colour):
    """How many pixels are exactly of that colour."""
    found, at = 0, rgb.find(colour)
    while at >= 0:
        found += at % 3 == 0
        at = rgb.find(colour, at + 1)
    return found


def chart_pixels(rgb):
    """How many different colours of the rig's picture (blue is 128, red and green vary) are on the screen."""
    red, green, blue = rgb[0::3], rgb[1::3], rgb[2::3]
    found, at = set(), blue.find(128)
    while at >= 0:
        found.add((red[at], green[at]))
        at = blue.find(128, at + 1)
    return len(found)


def kind_coloured(rgb, colour):
    """How many pixels have the hue of the kind's colour, and are not pale."""
    def hue(r, g, b):
        high, low = max(r, g, b), min(r, g, b)
        if high < 60 or high - low < high * 0.5:
            return None
        span = high - low
        return 60 * (((g - b) / span) % 6 if high == r else 2 + (b - r) / span if high == g else 4 + (r - g) / span)

    wanted, seen, found = hue(*colour), {}, 0
    for at in range(0, len(rgb), 3):
        pixel = rgb[at:at + 3]
        seen[pixel] = seen.get(pixel, 0) + 1
    for pixel, times in seen.items():
        one = hue(*pixel)
        if one is not None and min(abs(one - wanted), 360 - abs(one - wanted)) < 14:
            found += times
    return found


def write_kinds(texts):
    os.makedirs(KINDS, exist_ok=True)
    for name, text in texts.items():
        with open(f"{KINDS}/{name}.jsonc", "w", encoding="utf-8") as f:
            f.write(text)
    reload_policy()


def remove_kinds(names):
    for name in names:
        if os.path.exists(f"{KINDS}/{name}.jsonc"):
            os.unlink(f"{KINDS}/{name}.jsonc")
    reload_policy()


def reload_policy():
    with open(PIDFILE, encoding="ascii") as f:
        os.kill(int(f.read()), signal.SIGHUP)


def field(pid, key):
    """A line of /proc/PID/status."""
    with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as f:
        return re.search(rf"^{key}:\s*(.*)$", f.read(), re.M).group(1)


class Zones:
    """All zones of the machine, from outside: by the uids that only zones have."""

    def __init__(self, uid_base, slots=240):
        self.first, self.last = uid_base, uid_base + 8 * slots - 1

    def processes(self):
        """pid -> uid of every process of a zone, its gateway and its compositor; not of a zone built ahead, that nobody has asked for."""
        found = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                uid, zombie = int(field(pid, "Uid").split()[0]), field(pid, "State").startswith("Z")
            except (OSError, AttributeError):
                continue
            if not zombie and self.first <= uid <= self.last:
                found[int(pid)] = uid
        spares = waiting()  # after the look: a spare that is being built gets more processes every moment
        return {pid: uid for pid, uid in found.items() if pid not in spares}

    def inits(self):
        found = []
        for pid in self.processes():
            try:
                with open(f"/proc/{pid}/comm", encoding="utf-8") as f:
                    if f.read().strip() == "sandboxd-init":
                        found.append(pid)
            except OSError:
                continue
        return found

    def renderers(self, mark):
        """pids of renderers that still run."""
        found = []
        for pid in self.processes():
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    if mark in f.read():
                        found.append(pid)
            except OSError:
                continue
        return found

    def cpu(self):
        """Seconds of processor time that the zones' processes have used so far."""
        total = 0
        for pid in self.processes():
            try:
                with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
                    cells = f.read().rsplit(")", 1)[1].split()
                total += int(cells[11]) + int(cells[12])
            except OSError:
                continue
        return total / CLOCK


def judge_renderer(pid, init, own):
    """What is wrong with the browser's own sandbox of one renderer, as a list; own = the namespaces it must not share with the zone."""
    wrong = [f"shares the zone's {name} namespace" for name in own if os.stat(f"/proc/{pid}/ns/{name}").st_ino == os.stat(f"/proc/{init}/ns/{name}").st_ino]
    if int(field(pid, "Seccomp_filters")) < 2:
        wrong.append("has no system call filter of the browser's")
    if int(field(pid, "CapEff"), 16) != 0:
        wrong.append("has capabilities")
    if field(pid, "NoNewPrivs") != "1":
        wrong.append("may gain privileges")
    return wrong


def zones_json(desktop):
    return json.loads(desktop.hanare("list", "--json"))


def receipt_json(desktop, zone):
    return next((one for one in json.loads(desktop.hanare("receipt", zone, "--json")) if one["type"] == "end"), None)
