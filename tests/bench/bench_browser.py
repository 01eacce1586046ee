"""bench_browser: command to first page painted, in a zone and natively, on the same display, to the same web server.

The page tells the server after its second frame; the server's log has the time. SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import pwd
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time

import bench_zone
from bench_row import ratio, row

URL = "https://www.hanare-demo.com/"
POLICIES = {"chromium": "/etc/chromium/policies/managed/hanare-bench.json", "firefox": "/etc/firefox/policies/policies.json"}
PART = "browser"


class Desk:
    """The rig's network, its log, and its display. rig, display: the scripts' paths."""

    def __init__(self, user, name, rig, display):
        self.user, self.name, self.rig, self.display = user, name, rig, display
        lines = subprocess.run([display, "status"], capture_output=True, text=True, check=True).stdout.split()
        self.env = dict(line.split("=", 1) for line in lines)

    def mark(self):
        return subprocess.run([self.rig, "mark"], capture_output=True, text=True, check=True).stdout.strip()

    def seen(self, expression, seconds, mark):
        found = subprocess.run([self.rig, "seen", expression, str(seconds), mark], capture_output=True, text=True, check=False)
        if found.returncode != 0:
            raise RuntimeError(found.stderr.strip())
        return found.stdout


def warm(argv):
    """Reads the browser and its libraries: a machine that takes back idle memory forgets them between two rounds."""
    for folder in (os.path.dirname(argv[0]), "/usr/lib/" + sysconfig.get_config_var("MULTIARCH")):
        for entry in os.scandir(folder):
            if entry.is_file():
                with open(entry.path, "rb") as data:
                    while data.read(1 << 20):
                        pass


def painted(desk, mark, begin):
    """ms from begin (seconds since 1970) to the server's record."""
    return (float(desk.seen("GET /painted\\?page=%2F&", 90, mark).split()[0]) - begin) * 1000


def in_zone(desk, kind):
    mark, begin = desk.mark(), time.time()
    desk.user.must(["hanare", "open", "--zone", kind, URL], desk.env)
    took = painted(desk, mark, begin)
    bench_zone.stop_all(desk.user)
    return took


def stop_group(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(0.5)


def native(desk, argv):
    home = tempfile.mkdtemp(prefix="hanare-bench-", dir="/dev/shm")  # a zone's storage is memory too
    shutil.chown(home, desk.name, desk.name)
    words = [w.replace("@HOME@", home) for w in argv]
    # the way into the network and to the user is gone through before the clock starts; a pid namespace, because a browser's helpers
    # leave its process group and would stay
    script = 'echo go; read -r _; exec "$@"'
    user = ["setpriv", "--reuid", desk.name, "--regid", str(pwd.getpwnam(desk.name).pw_gid), "--init-groups", "--reset-env",
            "env", "LANG=C.UTF-8", f"HOME={home}"] + [f"{name}={value}" for name, value in desk.env.items()]
    process = subprocess.Popen(["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", desk.rig, "exec"] + user + ["sh", "-c", script, "sh"] + words,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        process.stdout.readline()
        mark, begin = desk.mark(), time.time()
        process.stdin.write(b"\n")
        process.stdin.flush()
        took = painted(desk, mark, begin)
    finally:
        stop_group(process)
        shutil.rmtree(home, ignore_errors=True)
    return took


def write_policies(authority):
    """The same authority and no first-run pages, as the zone's browser has them. Returns what to remove."""
    with open(authority, encoding="ascii") as text:
        body = "".join(line.strip() for line in text if not line.startswith("-----"))
    chromium = {"CACertificates": [body], "QuicAllowed": False, "DnsOverHttpsMode": "off", "BrowserSignin": 0, "SyncDisabled": True, "NetworkPredictionOptions": 2,
                "MetricsReportingEnabled": False, "DefaultBrowserSettingEnabled": False, "PrivacySandboxPromptEnabled": False, "EncryptedClientHelloEnabled": False}
    firefox = {"policies": {"Certificates": {"Install": [authority]}, "DisableTelemetry": True, "OverrideFirstRunPage": "", "OverridePostUpdatePage": "",
                            "DontCheckDefaultBrowser": True, "DNSOverHTTPS": {"Enabled": False}, "SkipTermsOfUse": True, "DisableFirefoxStudies": True,
                            "CaptivePortal": False, "NetworkPrediction": False, "NoDefaultBookmarks": True, "DisableProfileImport": True,
                            "DisableAppUpdate": True, "DisableSystemAddonUpdate": True, "DisableEncryptedClientHello": True}}
    made = []
    for path, content in ((POLICIES["chromium"], chromium), (POLICIES["firefox"], firefox)):
        if os.path.exists(path):
            raise RuntimeError(f"{path} exists already: it would change the measurement; move it away")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            json.dump(content, out)
        made.append(path)
    return made


def compare(desk, name, kind, argv, n):
    ours, theirs = [], []
    for at in range(n + 1):  # the first round is not counted
        took = {}
        for side in ("zone", "native") if at % 2 else ("native", "zone"):
            warm(argv)
            took[side] = in_zone(desk, kind) if side == "zone" else native(desk, argv)
        inside, outside = took["zone"], took["native"]
        if at > 0:
            ours.append(inside)
            theirs.append(outside)
    a = row(PART, f"{name} in a zone: command .. first page painted", "ms", ours)
    b = row(PART, f"{name} native, same display, network and policies", "ms", theirs)
    return [a, b, ratio(PART, f"{name}: zone / native", a, b, 1.10)]


# as large as the zone's window on the rig's screen (cli_display_window): more to paint takes longer
SIZE = 1440, 900
CHROMIUM = ["/usr/lib/chromium/chromium", "--ozone-platform=x11", "--no-first-run", f"--window-size={SIZE[0]},{SIZE[1]}", "--no-default-browser-check",
            "--password-store=basic", "--disable-breakpad", "--user-data-dir=@HOME@/profile", URL]
FIREFOX = ["/usr/lib/firefox-esr/firefox-esr", "--no-remote", "--width", str(SIZE[0]), "--height", str(SIZE[1]), "--profile", "@HOME@", URL]


def measure(desk, authority, quick):
    made = write_policies(authority)
    try:
        n = 5 if quick else 15
        return compare(desk, "Chromium", "bench-web", CHROMIUM, n) + compare(desk, "Firefox", "bench-firefox", FIREFOX, n)
    finally:
        for path in made:
            os.remove(path)
