#!/usr/bin/python3
"""test-net: the name rules of kinds in the installed product: real curl and real Chromium in zones, what the servers saw, what `hanare net` says.

usage: test-net.py [--only WORD ...]
Run as root where hanare is installed, the rig is up (tests/rig/rig.sh) and sandboxd runs inside it (rig.sh exec), without zones. Test kinds, a deny list and
a banking kind are written for the run and removed afterwards. SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import json
import os
import re
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "browser"))
import browser_rig as rig  # noqa: E402  (its folder is not on the path before)
from browser_rig import until  # noqa: E402

LISTS = "/etc/hanare/denylists.d"
PROXY = {"http": "http://127.0.0.1:3128", "socks": "socks5h://127.0.0.1:3128"}
DEMO = "hanare-demo.com"
STRANGER = "zz-stranger"  # an account for the run
passed, failures = 0, 0


def kind(name, network, **more):
    return json.dumps({"name": name, "title": {"en": name, "ja": "試験"}, "colour": "#336699", "application": {"program": "/usr/bin/true"}, "run": ["/usr/bin/curl"],
                       "network": network, **more}, ensure_ascii=False)


def kinds():
    banking = open(f"{HERE}/../../../data/kinds.d/banking.jsonc", encoding="utf-8").read()
    return {"zz-strict": kind("zz-strict", {"strict": True, "allow": [f".www.{DEMO}", f"*.NEWS.{DEMO}.", f".bank.{DEMO}"]}),
            "zz-open": kind("zz-open", {"http": True, "deny": [f".files.{DEMO}"]}),
            "banking": banking.replace('"sites": []', f'"sites": [".bank.{DEMO}"]')}


def check(what, holds, seen=""):
    global passed, failures
    passed += bool(holds)
    failures += not holds
    print(f"{'ok  ' if holds else 'FAIL'} {what}" + ("" if holds else f"   saw: {str(seen)[:600]}"), flush=True)


class Side:
    """What the servers and the name server of the rig saw after a mark."""

    def __init__(self):
        text = rig.command([f"{rig.RIG}/rig.sh", "status"])
        self.paths = [re.search(rf"^{key}=(.*)$", text, re.M).group(1) for key in ("HANARE_RIG_LOG", "HANARE_RIG_DNS_LOG")]
        self.mark()

    def mark(self):
        self.at = [os.path.getsize(path) for path in self.paths]

    def saw(self):
        out = []
        for path, at in zip(self.paths, self.at):
            with open(path, encoding="utf-8", errors="replace") as f:
                f.seek(at)
                out.append(f.read())
        return out


def events(desktop, zone=None, after=0):
    return [e for e in json.loads(desktop.hanare("net", *([zone] if zone else []), "--json")) if e["time_us"] > after]


def curl(desktop, name, url, front="http", *more):
    done = subprocess.run([f"{rig.RIG}/display.sh", "run", "hanare", "run", "--zone", name, "--", "curl", "-sS", "-m", "20", "-o", "/dev/null", "-w", "%{http_code}",
                           "-x", PROXY[front], *more, url], capture_output=True, timeout=60, stdin=subprocess.DEVNULL, check=False)
    return done.stdout.decode().strip(), done.stderr.decode().strip()


def passes(desktop, side, name, url, front, host, *more):
    since = time.time() * 1e6
    side.mark()
    got, error = curl(desktop, name, url, front, *more)
    told = [e for e in events(desktop, after=since) if e["name"] == host and e["verdict"] in ("open", "ended")]
    check(f"{name}, {front}: {url} arrives, and is on record", got == "200" and len(told) == 1 and host in side.saw()[0], (got, error, told))


def refused(desktop, side, name, url, front, host, rule, *more, asked=False):
    """asked: the name server may have been asked, for a name that is permitted."""
    since = time.time() * 1e6
    side.mark()
    got, error = curl(desktop, name, url, front, *more)
    told = [e for e in events(desktop, after=since) if e["name"] == host and e["verdict"] == "refused" and rule in e["rule"]]
    web, dns = side.saw()
    check(f"{name}, {front}: {url}: {rule}", got in ("000", "403") and len(told) == 1 and not web and (asked or host not in dns), (got, error, told, web, dns[-200:]))


def by_curl(desktop, side):
    for front in PROXY:
        passes(desktop, side, "zz-strict", f"https://www.{DEMO}/", front, f"www.{DEMO}")
        passes(desktop, side, "zz-strict", f"https://bank.{DEMO}/", front, f"bank.{DEMO}")
        refused(desktop, side, "zz-strict", f"https://news.{DEMO}/", front, f"news.{DEMO}", "listed names alone")
        refused(desktop, side, "zz-strict", "https://11.22.33.80/", front, "11.22.33.80", "names, not addresses", "-k")
        refused(desktop, side, "zz-strict", f"https://www.{DEMO}:8443/", front, f"www.{DEMO}", "port is not permitted")
        refused(desktop, side, "zz-strict", f"https://www.{DEMO}/", front, f"bank.{DEMO}", "names another server", "--connect-to", f"::bank.{DEMO}:443", asked=True)
        refused(desktop, side, "zz-strict", f"https://www.{DEMO}/", front, f"www.{DEMO}", "too old", "--tls-max", "1.1", "--ciphers", "DEFAULT:@SECLEVEL=0", asked=True)
        passes(desktop, side, "zz-open", f"https://news.{DEMO}/", front, f"news.{DEMO}")
        passes(desktop, side, "zz-open", f"http://www.{DEMO}/text.html", front, f"www.{DEMO}")
        refused(desktop, side, "zz-open", f"https://files.{DEMO}/", front, f"files.{DEMO}", f"denies this name: .files.{DEMO}")
        refused(desktop, side, "zz-open", f"https://untrusted.{DEMO}/", front, f"untrusted.{DEMO}", "deny list names this site: zz-test")
        refused(desktop, side, "zz-open", f"https://x.untrusted.{DEMO}/", front, f"x.untrusted.{DEMO}", "deny list names this site: zz-test")
        refused(desktop, side, "zz-open", f"https://rebind.{DEMO}/", front, f"rebind.{DEMO}", "address is private", asked=True)
        refused(desktop, side, "zz-open", "https://printer.local/", front, "printer.local", "does not belong to the internet")
    refused(desktop, side, "zz-strict", f"http://www.{DEMO}/", "http", f"www.{DEMO}", "plain http")


def explanations(desktop, _side):
    for name, zone, allowed, rule in ((f"www.{DEMO}", "zz-strict", True, f".www.{DEMO}"), (f"https://a.news.{DEMO}/x?y", "zz-strict", True, f"*.news.{DEMO}"), (f"news.{DEMO}", "zz-strict", False, ""),
                                      (f"BANK.{DEMO}.", "", True, f".bank.{DEMO}"), (f"x.untrusted.{DEMO}", "zz-open", False, "zz-test"), (f"files.{DEMO}", "zz-open", False, f".files.{DEMO}"),
                                      ("例え.jp", "zz-strict", False, ""), ("8.8.8.8", "zz-strict", False, ""), ("8.8.8.8", "zz-open", True, "")):
        got = json.loads(desktop.hanare("net", "explain", name, *(["--zone", zone] if zone else []), "--json"))
        check(f"explain {name} in {zone or 'its kind'}: {'yes' if allowed else 'no'}", (got["allowed"], got["rule"]) == (allowed, rule), got)
    text = desktop.hanare("net", "explain", f"news.{DEMO}", "--zone", "zz-strict")
    check("explain in words", "may NOT reach it: this kind of zone reaches listed names alone" in text, text)


def others(desktop, _side):
    """A user sees his own zones' connections, and nobody else's."""
    mine = events(desktop)
    zone = mine[-1]["zone"]

    def ask(*args):
        return subprocess.run(["runuser", "-u", STRANGER, "--", "hanare", "net", *args, "--json"], capture_output=True, timeout=20, check=False)
    everything, one = ask(), ask(zone)
    check("another user sees no connection of ours", everything.returncode == 0 and json.loads(everything.stdout) == [], everything)
    check("not even by the zone's name", one.returncode == 4 and b"no zone" in one.stderr, one)
    check("root sees them", any(e["zone"] == zone for e in json.loads(rig.command(["hanare", "net", "--json"]))))


def reload(desktop, _side):
    """A newer policy ends what it denies, within a second, and leaves the rest."""
    since, hosts = time.time() * 1e6, (f"www.{DEMO}", f"bank.{DEMO}")
    # a first page, and the connection is kept for a second one half a minute later
    threads = [threading.Thread(target=curl, args=(desktop, "zz-strict", f"https://{host}/", "http", "--rate", "2/m", f"https://{host}/")) for host in hosts]
    for t in threads:
        t.start()

    def now():
        return {e["name"]: e for e in events(desktop, after=since)}
    until(15, lambda: [e["verdict"] for e in now().values()] == ["open", "open"], lambda: f"no two open connections: {now()}")
    with open(f"{rig.KINDS}/zz-strict.jsonc", "w", encoding="utf-8") as f:
        f.write(kind("zz-strict", {"strict": True, "allow": [f".bank.{DEMO}"]}))
    began = time.monotonic()
    rig.reload_policy()
    until(5, lambda: now()[hosts[0]]["verdict"] == "refused", lambda: f"the connection that the new policy denies goes on: {now()}")
    took = time.monotonic() - began
    check(f"what the new policy denies was cut at most {took:.2f} s after the order to reload, and is on record", took < 1 and "newer policy" in now()[hosts[0]]["rule"], now())
    time.sleep(0.5)
    check("the connection that it permits goes on", now()[hosts[1]]["verdict"] == "open", now())
    desktop.hanare("stop", "--all", check=False)
    for t in threads:
        t.join()
    check("and is closed in the record with its zone", now()[hosts[1]]["verdict"] == "ended", now())


def bad_lists(desktop, side):
    """A list that cannot be read refuses all policy; the old stays in force."""
    for name, text, why in (("zz-bad.hosts", "<html>\n", "zz-bad.hosts:1:1:"), ("zz-bad.domains", "# nothing\n", "names nothing"), ("zz-bad.txt", "a.example\n", "format")):
        with open(f"{LISTS}/{name}", "w", encoding="utf-8") as f:
            f.write(text)
        rig.reload_policy()
        until(5, lambda: why in desktop.hanare("status"), lambda: f"status does not say {why}: {desktop.hanare('status')}")
        os.unlink(f"{LISTS}/{name}")
        check(f"{name} is refused: {why}", True)
    refused(desktop, side, "zz-open", f"https://untrusted.{DEMO}/", "http", f"untrusted.{DEMO}", "deny list names this site: zz-test")
    rig.reload_policy()
    until(5, lambda: "Problem" not in desktop.hanare("status"), "the problem stays")


def bank_in_chromium(desktop, side):
    """Banking reaches the bank and nothing else."""
    web, since = rig.Web(), time.time() * 1e6
    side.mark()
    desktop.hanare("open", f"https://bank.{DEMO}/")
    web.painted("/")
    zones = [e["zone"] for e in events(desktop, after=since) if e["name"] == f"bank.{DEMO}"]
    check("the bank's page is painted in a zone of the kind banking", zones and all(z.startswith("banking-") for z in zones), zones)
    desktop.hanare("open", "--zone", "banking", f"https://www.{DEMO}/network.html")
    until(15, lambda: [e for e in events(desktop, after=since) if e["name"] == f"www.{DEMO}" and e["verdict"] == "refused"], "no refusal is on record")
    time.sleep(2)
    now = events(desktop, after=since)
    let_through = {e["name"] for e in now if e["verdict"] in ("open", "ended")}
    hosts = set(re.findall(r"[a-z0-9.-]*hanare-demo\.com", side.saw()[0]))
    check("nothing but the bank was reached, whatever the browser itself tried", let_through == {f"bank.{DEMO}"} and hosts == {f"bank.{DEMO}"}, (let_through, hosts))
    names = re.findall(r"query\[\w+\] (\S+)", side.saw()[1])
    check("and the name servers heard of the bank alone", set(names) == {f"bank.{DEMO}"}, sorted(set(names)))
    tried = sorted({e["name"] for e in now if e["verdict"] == "refused"})
    check(f"what it tried is on record: {' '.join(tried)[:120]}", f"www.{DEMO}" in tried)
    check("no greeting of the browser hid its name", all(not e["ech"] for e in now) and all(e["tls"] and e["server_name"] == e["name"] for e in now if e["verdict"] in ("open", "ended") and e["up"] > 0), now)
    desktop.hanare("stop", "--all", check=False)


CHECKS = [by_curl, explanations, others, reload, bad_lists, bank_in_chromium]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="+", default=[])
    args = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("root is needed to write policy")
    desktop, side, texts = rig.Desktop("x11"), Side(), kinds()
    saved = open(f"{rig.KINDS}/banking.jsonc", encoding="utf-8").read() if os.path.exists(f"{rig.KINDS}/banking.jsonc") else None
    rig.command(["useradd", "--no-create-home", "--shell", "/usr/sbin/nologin", STRANGER])
    os.makedirs(LISTS, exist_ok=True)
    with open(f"{LISTS}/zz-test.adblock", "w", encoding="utf-8") as f:
        f.write(f"! test\n||untrusted.{DEMO}^\n")
    try:
        rig.write_kinds(texts)
        until(5, lambda: "zz-strict" in desktop.hanare("kinds"), lambda: f"the test kinds are not in force: {desktop.hanare('status')}")
        for act in CHECKS:
            if not args.only or any(word in act.__name__ for word in args.only):
                act(desktop, side)
                rig.write_kinds(texts)
                time.sleep(0.5)
    except rig.Failed as problem:
        check(str(problem), False)
    finally:
        desktop.hanare("stop", "--all", check=False)
        os.unlink(f"{LISTS}/zz-test.adblock")
        rig.command(["userdel", STRANGER])
        rig.remove_kinds(texts)
        if saved is not None:
            rig.write_kinds({"banking": saved})
        desktop.down()
    print(f"{passed} passed, {failures} failed")
    return failures != 0 or passed == 0


if __name__ == "__main__":
    sys.exit(main())
