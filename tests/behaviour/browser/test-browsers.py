#!/usr/bin/python3
"""test-browsers: Chromium and Firefox in zones, on an X11 and on a Wayland desktop, as their user meets them.

usage: test-browsers.py [--only WORD ...] [--shots FOLDER] [--uid-base N] [-v]
Run as root where hanare is installed, the rig is up (tests/rig/rig.sh) and sandboxd runs inside it (rig.sh exec), without zones. Test kinds are
written for the run and removed afterwards. --only takes words of check names or combinations: "chromium", "wayland", "tricks".
SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser_rig as rig  # noqa: E402  (its folder is not on the path before)
from browser_rig import Failed, until  # noqa: E402

SITE = "https://www.hanare-demo.com"
COLOUR = (0x7b, 0x1f, 0xa2)
HEADER = bytes((0x20, 0x63, 0x9b))  # rig.css
TITLES = {"chromium": ("Test Chromium", "試験 クロミウム"), "firefox": ("Test Firefox", "試験 ファイアフォックス")}
SITES = {"chromium": [".six.hanare-demo.com"], "firefox": [".news.hanare-demo.com"]}
MARK = {"chromium": b"--type=renderer", "firefox": b"-isForBrowser"}
# Firefox's tabs share the zone's pid namespace and have their own ipc
OWN = {"chromium": ("user", "net", "pid"), "firefox": ("user", "net", "ipc")}
PDF_DESKS = (b"\x28\x28\x28", b"\xd4\xd4\xd7", b"\x2a\x2a\x2e")
POLICIES = {"chromium": {"EnableUnsafeSwiftShader": True}, "firefox": {"Preferences": {"webgl.force-enabled": {"Value": True}}}}  # as of the kind "web"
TABS = 20
IDLE_SECONDS = 4
IDLE_MOST = 0.25  # of one processor, all processes of the zone; the machine may be slow
CHECKS = []


def check(*where):
    """A check of one combination; where: only on combinations that have all these words."""
    def add(act):
        CHECKS.append((act.__name__.replace("_", "-"), where, act))
        return act
    return add


def kind_name(browser):
    return f"zz-test-{browser}"


def kind_text(browser):
    return json.dumps({"name": kind_name(browser), "title": {"en": TITLES[browser][0], "ja": TITLES[browser][1]}, "colour": "#%02x%02x%02x" % COLOUR,
                       "application": browser, "sites": SITES[browser], "network": {"mode": "proxy", "http": True, "ports": [443, 80]},
                       "limits": {"memory_mib": 3072, "pids": 800, "scratch_mib": 512, "scratch_inodes": 65536, "nofile": 8192},
                       "policies": POLICIES}, ensure_ascii=False)


class Session:
    """One browser on one desktop, and the zone it runs in."""

    def __init__(self, args, web, desktop, browser):
        self.args, self.web, self.desktop, self.browser = args, web, desktop, browser
        self.kind, self.zones = kind_name(browser), rig.Zones(args.uid_base)

    def start(self, page="/", lang="C.UTF-8"):
        self.web.mark()
        self.desktop.hanare("open", "--zone", self.kind, SITE + page, lang=lang)
        self.web.painted(page)

    def stop_all(self):
        self.desktop.hanare("stop", "--all", check=False)
        until(5, lambda: not self.zones.processes(), "processes of a zone are left")

    def newest(self):
        mine = [one["zone"] for one in rig.zones_json(self.desktop) if one["kind"] == self.kind]
        if not mine:
            raise Failed("the zone is not there any more")
        return max(mine, key=lambda name: int(name.rsplit("-", 1)[1]))

    def ensure(self):
        """A zone that runs, whatever the check before did."""
        if not any(one["kind"] == self.kind for one in rig.zones_json(self.desktop)):
            self.start()

    def init(self):
        inits = self.zones.inits()
        if len(inits) != 1:
            raise Failed(f"{len(inits)} zones run where one is expected")
        return inits[0]

    def address(self, url):
        """What a user types; a new address on the command line would make a new zone of Firefox."""
        if self.browser == "chromium":
            self.desktop.hanare("open", "--zone", self.kind, url)
            return
        for keys in (("Escape",), ("ctrl+l",), ("ctrl+a",), ("BackSpace",)):  # a page that is still loading takes the focus away
            self.desktop.do("key", *keys)
            time.sleep(0.3)
        self.desktop.do("type", url)
        self.desktop.do("key", "Return")

    def visit(self, page, seconds=25):
        self.web.mark()
        self.address(SITE + page)
        try:
            self.web.painted(page, seconds)
        except Failed:  # keys of a test can go astray; what the page then shows cannot
            self.address(SITE + page)
            self.web.painted(page, seconds)

    def rgb(self, name):
        return self.desktop.pixels(os.path.join(self.args.shots, f"{self.browser}-{self.desktop.host}-{name}.png"))[2]

    def titled(self, number):
        """The host's window has the kind's title and nothing of the page's."""
        wanted = TITLES[self.browser][number]
        found = until(5, lambda: self.desktop.do("titles").splitlines(), "the desktop shows no window")
        if len(found) != 1 or f"[{wanted}]" not in found[0]:
            raise Failed(f"the window's title is {found}; expected '{wanted}' in it")
        if "WORK ZONE" in found[0] or "Hanare demo" in found[0]:
            raise Failed(f"the page got into the window's title: {found[0]}")


@check()
def page_is_painted(s):
    s.ensure()
    s.visit("/")
    if s.web.requests("/painted")[-1].get("image") != "ok":
        raise Failed("the page's picture did not decode")

    def seen():
        rgb = s.rgb("page")
        return rig.chart_pixels(rgb) >= 15000 and rig.count(rgb, HEADER) >= 500
    until(8, seen, "the page's picture or its header line is not on the screen")


@check()
def keys_reach_the_page(s):
    s.visit("/")
    time.sleep(0.5)
    s.desktop.do("type", "Hanare 1:2@3")
    until(8, lambda: s.web.report("typed") == "Hanare 1:2@3", lambda: f"the text field holds '{s.web.report('typed')}' after 'Hanare 1:2@3' was typed")


@check()
def title_and_colour_are_the_kinds(s):
    s.visit("/liar.html")
    time.sleep(1)
    s.titled(0)
    found = rig.kind_coloured(s.rgb("liar"), COLOUR)
    if found < (20000 if s.browser == "chromium" else 3000):
        raise Failed(f"only {found} pixels have the kind's colour")


@check()
def every_renderer_is_shut_in(s):
    init, judged = s.init(), 0
    time.sleep(1)  # one that has just been forked is still shutting itself in
    for pid in s.zones.renderers(MARK[s.browser]):
        try:
            wrong = rig.judge_renderer(pid, init, OWN[s.browser])
        except (OSError, AttributeError):
            continue  # ended meanwhile
        judged += 1
        if wrong:
            raise Failed(f"the renderer {pid} {', '.join(wrong)}")
    if judged == 0:
        raise Failed("no renderer was found")


@check()
def canvas_webgl_wasm_and_workers(s):
    s.visit("/canvas.html")
    for what in ("canvas", "webgl", "wasm", "worker", "storage"):
        if s.web.report(what) != "ok":
            raise Failed(f"{what}: {s.web.report(what)}")


@check()
def video_plays(s):
    s.visit("/video.html")
    if s.web.report("video") != "plays 320x180":
        raise Failed(s.web.report("video"))


@check()
def japanese_text(s):
    s.visit("/text.html")
    s.rgb("text")
    if s.web.report("text") != "ok":
        raise Failed(s.web.report("text"))


@check()
def pdf_opens(s):
    s.address(SITE + "/sample.pdf")

    def seen():  # the viewer's dark or grey desk around a white sheet with large letters
        rgb = s.rgb("pdf")
        desk = max(rig.count(rgb, colour) for colour in PDF_DESKS)
        return desk > 40000 and rig.count(rgb, b"\xff\xff\xff") > 40000 and rig.count(rgb, b"\0\0\0") > 500
    until(25, seen, "the document is not on the screen")


@check()
def download_stays_in_the_zone(s):
    root = f"/proc/{s.init()}/root/home/zone/Downloads"
    wanted = f"{root}/見積書.pdf"
    for last in (False, True):
        s.address(SITE + "/download/%E8%A6%8B%E7%A9%8D%E6%9B%B8.pdf")
        try:
            until(15, lambda: os.path.exists(wanted) and os.path.getsize(wanted) > 300, lambda: f"the zone's folder holds {os.listdir(root)}")
            break
        except Failed:
            if last:
                raise
    with open(wanted, "rb") as f:
        if f.read(5) != b"%PDF-":
            raise Failed("the downloaded file is not the one the site sent")
    if os.path.exists("/home/zone/Downloads/見積書.pdf"):
        raise Failed("the download is on the host")
    time.sleep(3)  # Firefox shows it in another tab, which takes the keys of what comes next


@check("x11")
def page_reaches_no_file_and_no_browser_page(s):
    s.visit("/tricks.html", 60)
    reports = [one for one in s.web.requests("/report") if one.get("what", "").split(" ")[0] in ("fetch", "frame", "window")]
    bad = [f"{one['what']}: {one['result']}" for one in reports if one["result"] != "blocked"]
    if bad or len(reports) < 33:
        raise Failed("; ".join(bad) or f"{len(reports)} reports of 33")


@check("x11")
def file_addresses_show_nothing(s):
    for url in ("file:///etc/passwd", "chrome://version/", "javascript:alert(1)"):
        done = subprocess.run([f"{rig.RIG}/display.sh", "run", "hanare", "open", "--zone", s.kind, url], capture_output=True, check=False)
        if done.returncode != 2:
            raise Failed(f"hanare open {url} ended with {done.returncode}; expected 2")


@check("chromium", "x11")
def typed_file_addresses_show_nothing(s):
    s.visit("/")
    screens = []
    for url in ("file:///etc/passwd", "file:///etc/nobody"):  # the one that is there looks like the one that is not
        s.desktop.do("key", "ctrl+l")
        s.desktop.do("type", url)
        s.desktop.do("key", "Return")
        time.sleep(2)
        rgb = s.rgb(url.rsplit("/", 1)[1])
        screens.append(rgb[len(rgb) // 5:])  # below the address
    if screens[0] != screens[1]:
        raise Failed("a file that is there looks unlike one that is not")


@check("x11")
def other_kinds_site_is_refused(s):
    other = "firefox" if s.browser == "chromium" else "chromium"
    done = subprocess.run([f"{rig.RIG}/display.sh", "run", "hanare", "open", "--zone", s.kind, "https://" + SITES[other][0][1:] + "/"],
                          capture_output=True, check=False)
    if done.returncode == 0 or kind_name(other).encode() not in done.stderr:
        raise Failed(f"it ended with {done.returncode}: {done.stderr.decode()}")


@check("chromium", "x11")
def second_open_is_the_same_zone_and_fresh_another(s):
    before = s.newest()
    s.visit("/")
    if s.newest() != before:
        raise Failed("a second address made another zone")
    s.web.mark()
    s.desktop.hanare("open", "--fresh", "--zone", s.kind, SITE + "/")
    s.web.painted("/")
    fresh = s.newest()
    if fresh == before or len(s.zones.inits()) != 2:
        raise Failed("--fresh did not make another zone")
    s.desktop.hanare("stop", fresh)
    if len(s.zones.inits()) != 1 or s.newest() != before:
        raise Failed("the end of the fresh zone was not the end of it alone")


@check("chromium", "x11")
def twenty_tabs(s):
    s.web.mark()
    for number in range(TABS):
        s.desktop.hanare("open", "--zone", s.kind, f"{SITE}/?tab={number}")
    asked = lambda: {one["tab"] for one in s.web.requests("/") if "tab" in one}  # noqa: E731
    until(30, lambda: len(asked()) == TABS, lambda: f"{len(asked())} of {TABS} were asked for")

    s.desktop.do("click", "1100", "850")  # keys go to the window that has the focus

    def all_painted():  # a tab that nobody sees does not paint
        s.desktop.do("key", "ctrl+Prior")
        time.sleep(0.4)
        return len(s.web.requests("/painted")) >= TABS
    until(40, all_painted, lambda: f"{len(s.web.requests('/painted'))} of {TABS} were painted")
    s.rgb("tabs")
    s.init()


@check("x11")
def restart_forgets_and_speaks_japanese(s):
    for expected in ("nothing", "cookie+local+cache+database"):
        s.visit("/storage.html")
        if s.web.report("left") != expected:
            raise Failed(f"before the restart the page found '{s.web.report('left')}'; expected '{expected}'")
    before = s.newest()
    s.desktop.hanare("restart", before, lang="ja_JP.UTF-8")
    if s.newest() == before:
        raise Failed("restart gave no new zone")
    until(20, lambda: s.zones.renderers(MARK[s.browser]), "the new zone's browser has no renderer")
    time.sleep(3)
    s.titled(1)
    s.visit("/storage.html")
    if s.web.report("left") != "nothing":
        raise Failed(f"after the restart the page found '{s.web.report('left')}'")


@check("wayland")
def japanese_title(s):
    s.stop_all()
    s.start(lang="ja_JP.UTF-8")
    s.titled(1)


@check("x11")
def idle_browser_is_quiet(s):
    s.stop_all()
    s.start()
    time.sleep(5)
    before = s.zones.cpu()
    time.sleep(IDLE_SECONDS)
    used = (s.zones.cpu() - before) / IDLE_SECONDS
    if used > IDLE_MOST:
        raise Failed(f"it uses {used:.2f} of a processor; expected at most {IDLE_MOST}")
    return f"{used * 100:.0f} % of a processor"


def ended(s, zone, reason, text):
    """Nothing of the zone is left, and its receipt says why."""
    until(8, lambda: not s.zones.processes(), lambda: f"{len(s.zones.processes())} processes are left 8 s later")
    last = until(12, lambda: rig.receipt_json(s.desktop, zone), "there is no receipt 12 s later")
    if last["reason"] != reason or text not in last["text"] or not last["proven"]:
        raise Failed(f"the receipt says {last['reason']}, '{last['text']}', proven {last['proven']}; expected {reason}, '{text}'")


@check()
def closing_the_browser_ends_the_zone(s):
    s.stop_all()
    s.start()
    zone = s.newest()
    time.sleep(1)
    s.desktop.do("key", "ctrl+shift+w")
    if s.browser == "firefox":  # it asks back, because keys may slip
        time.sleep(1)
        s.desktop.do("key", "Return")
    ended(s, zone, "exit", "ended")


@check()
def closing_the_window_ends_the_zone(s):
    s.stop_all()
    s.start()
    zone = s.newest()
    time.sleep(1)
    s.desktop.do("close")
    ended(s, zone, "stop", "window was closed")


@check("x11")
def japanese_keyboard(s):
    s.desktop.run("setxkbmap", "jp")
    try:
        s.stop_all()
        s.start()
        time.sleep(1)
        s.desktop.run("xdotool", "key", "--delay", "30", "a", "34", "shift+11", "b")  # key codes: @ beside P, " on 2
        until(8, lambda: s.web.report("typed") == 'a@"b', lambda: f"the text field holds '{s.web.report('typed')}'; expected 'a@\"b'")
    finally:
        s.desktop.run("setxkbmap", "us")


@check()
def stop_leaves_nothing(s):
    s.ensure()
    zone = s.newest()
    s.desktop.hanare("stop", zone)
    left = s.zones.processes()
    if left:
        raise Failed(f"{len(left)} processes are left when stop returns")
    ended(s, zone, "stop", "stopped on request")


class Tally:
    def __init__(self, args):
        self.args, self.passed, self.failed = args, 0, []

    def run(self, session, name, act, last):
        """False: it failed, and may be tried once more in a new zone (keys of a test can go astray). Both tries are printed."""
        where = f"{session.browser}-{session.desktop.host}"
        began = time.monotonic()
        try:
            session.web.mark()
            note = act(session)
        except (Failed, subprocess.TimeoutExpired, OSError) as error:
            shot = os.path.join(self.args.shots, f"FAILED-{where}-{name}.png")
            session.desktop.do("shot", shot, check=False)
            if last:
                self.failed.append(f"{where} {name}")
            print(f"{'FAILED' if last else 'second try'}: {where}: {name}: {error} (screenshot: {shot})", flush=True)
            return False
        self.passed += 1
        if self.args.verbose:
            print(f"passed: {where}: {name}: {time.monotonic() - began:.1f} s{': ' + note if note else ''}", flush=True)
        return True


def wanted(only, browser, host, name):
    return not only or all(word in (browser, host) or word in name for word in only)


def run_host(args, web, tally, host):
    chosen = [(browser, name, act) for browser in ("chromium", "firefox") for name, where, act in CHECKS
            if all(word in (browser, host) for word in where) and wanted(args.only, browser, host, name)]
    if not chosen:
        return
    desktop = rig.Desktop(host)
    try:
        sessions = {browser: Session(args, web, desktop, browser) for browser in {one[0] for one in chosen}}
        last = None
        for browser, name, act in chosen:
            if last not in (None, browser):
                sessions[last].stop_all()
            if last != browser:
                sessions[browser].start()
            last = browser
            if not tally.run(sessions[browser], name, act, False):
                desktop.hanare("stop", "--all", check=False)
                sessions[browser].start()
                tally.run(sessions[browser], name, act, True)
        sessions[last].stop_all()
    finally:
        desktop.hanare("stop", "--all", check=False)
        desktop.down()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
    parser.add_argument("--shots", default="/tmp/hanare-browser-shots", metavar="FOLDER")
    parser.add_argument("--uid-base", type=int, default=2000300000)
    parser.add_argument("-v", "--verbose", action="store_true")
    args = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("test-browsers: must run as root, because it writes kinds and looks into zones")
    os.makedirs(args.shots, exist_ok=True)
    try:
        web = rig.Web()
    except Failed as error:
        sys.exit(f"test-browsers: {error}")
    if rig.Zones(args.uid_base).processes():
        sys.exit("test-browsers: a zone runs already; stop it first (hanare stop --all, as root)")
    tally = Tally(args)
    kinds = {kind_name(browser): kind_text(browser) for browser in TITLES}
    try:
        rig.write_kinds(kinds)
        time.sleep(1)
        for host in ("x11", "wayland"):
            run_host(args, web, tally, host)
    finally:
        rig.remove_kinds(kinds)
    print(f"{tally.passed} passed, {len(tally.failed)} failed")
    return 1 if tally.failed or tally.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
