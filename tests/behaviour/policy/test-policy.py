#!/usr/bin/python3
"""test-policy: `hanare policy` on the samples and on files that are wrong in one way each: what it says, where, and its exit status.

usage: test-policy.py HANARE_POLICY SOURCE_DIR. SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

PROGRAM, ROOT = sys.argv[1], sys.argv[2]
VENDOR = os.path.join(ROOT, "data")
SAMPLES = os.path.join(ROOT, "policy", "examples")
counts = {"passed": 0, "failed": 0}


def run(*args, language=""):
    env = {"LC_ALL": "C.UTF-8", "LANGUAGE": language, "PATH": "/usr/bin:/bin"}
    done = subprocess.run([PROGRAM, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, timeout=60)
    return done.returncode, done.stdout.decode("utf-8", "strict")


def expect(what, status, words, *args, without=()):
    code, text = run(*args)
    good = code == status and all(w in text for w in words) and not any(w in text for w in without)
    counts["passed" if good else "failed"] += 1
    print(f"{'ok' if good else 'FAIL'} {what}{'' if good else f': exit {code}, expected {status} and {words}: {text!r}'}")
    return text


def site(folder, **files):
    """A policy folder; the names of files: settings, kind_NAME, tests_NAME."""
    for name, text in files.items():
        sort, _, stem = name.partition("_")
        path = {"settings": "hanare.jsonc", "kind": f"kinds.d/{stem}.jsonc", "tests": f"tests.d/{stem}.jsonc"}[sort]
        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
        with open(os.path.join(folder, path), "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
    return folder


# What is written into kinds.d/web.jsonc -> what check must say.
WRONG = [
    ('{\n  "limit": {}\n}', "web.jsonc:2:3: limit: this key is unknown; did you mean \"limits\"?"),
    ('{ "limits": { "memory": 1 } }', "did you mean \"memory_mib\"?"),
    ('{ "limits": { "pids": 3 } }', "limits.pids: 3 is out of range; expected 4 to 32768"),
    ('{ "limits": { "pids": "many" } }', "limits.pids: this is not a whole number"),
    ('{ "fresh": 1 }', "fresh: this is not true or false"),
    ('{ "fresh": true, "fresh": false }', "duplicate object key"),
    (b'{ "title": { "en": "\xff" } }', "unable to decode byte 0xff"),
    (b'\xff\xfe{\x00}\x00', "web.jsonc:1:"),
    ('{ "title": { "en": "a\\u0000b" } }', "web.jsonc:1:"),
    ("[" * 100000, "nested too deeply"),
    ('{ "policies": { "chromium": ' + '{"a":' * 9 + "1" + "}" * 9 + " } }", "nested too deeply"),
    ("{} {}", "web.jsonc:1:"),
    ("{ } // fine\nx", "web.jsonc:2:"),
    ("", "web.jsonc:1:1"),
    ("{ /* never", "this comment does not end"),
    ('{ "sites": ["a.example", "A.example"] }', "is listed twice"),
    ('{ "sites": ["*.bank.example"] }', "sites[0]: \"*.bank.example\" is not valid here"),
    ('{ "sites": ["ftp://bank.example"] }', "sites[0]"),
    ('{ "name": "other" }', "name: \"other\" is not the file's name"),
    ('{ "mandatory": ["limits.pids"] }', "this file has no value for \"limits.pids\""),
    ('{ "mandatory": ["limits"] }', "mandatory[0]"),
    ('{ "fresh": true, "mandatory": ["fresh"], "recommended": ["fresh"] }', "recommended[0]: this key is mandatory above"),
    ('{ "network": { "mode": "none" } }', "a kind without a network cannot have this"),
    ('{ "policies": { "chromium": { "ProxyMode": "direct" } } }', "this policy is set by Hanare in every zone"),
    ('{ "arguments": ["--no-sandbox"] }', "would weaken the browser"),
    ('{ "limits": { "pids": 99999999999999999999 } }', "web.jsonc:1:"),
    ('{ "limits": { "pids": 1e3 } }', "limits.pids: this is not a whole number"),
]

HARDLY = [
    ('{ "sites": ["a.example", "www.a.example"] }', "sites[1]: \"www.a.example\" changes nothing: \"a.example\" covers it already"),
    ('{ "sites": ["a.example:8443"] }', "its port is none of network.ports"),
    ('{ "network": { "http": false, "ports": [443] }, "sites": ["http://a.example"] }', "network.http is false"),
    ('{ "sites": ["a.example/x*"] }', "the '*' of the path stands for itself"),
    ('{ "limits": { "memory_mib": 100 } }', "may write more than limits.memory_mib"),
    ('{ "limits": { "memory_mib": 3072 }, "recommended": ["limits.memory_mib"] }', "the line can go"),
]


def samples():
    for name in ("office", "school", "town-hall"):
        where = os.path.join(SAMPLES, name)
        expect(f"{name}: check", 0, ["Good: "], "check", "--vendor", VENDOR, "--strict", where)
        expect(f"{name}: test", 0, ["0 do not"], "test", "--vendor", VENDOR, "--site", where)
        expect(f"{name}: no difference from itself", 0, ["No difference."], "diff", "--vendor", VENDOR, where, where)
    expect("office to town hall loosens", 1, ["LOOSENS   web limits.max_age_minutes: 600 -> 720", "tightens  web limits.memory_mib: 3072 -> 2048",
                                              "LOOSENS   accounting: the kind goes", "LOOSENS   web start_page"],
           "diff", "--vendor", VENDOR, os.path.join(SAMPLES, "office"), os.path.join(SAMPLES, "town-hall"))


def mistakes(folder):
    for text, words in WRONG:
        site(folder, kind_web=text)
        where = os.path.join(folder, "kinds.d", "web.jsonc")
        expect(f"refused: {str(text)[:50]!r}", 9, [words], "check", "--vendor", VENDOR, where)
        expect("  and the same in a folder", 9, [words], "check", "--vendor", VENDOR, folder)
    for text, words in HARDLY:
        site(folder, kind_web=text)
        expect(f"hardly meant: {text[:50]!r}", 0, [words], "check", "--vendor", VENDOR, folder)
        expect("  and --strict fails", 1, [words], "check", "--vendor", VENDOR, "--strict", folder)
    site(folder, kind_web='{ "fresh": 1 }', kind_banking='{ "fresch": true }')
    expect("a mistake of every file", 9, ["web.jsonc:1:3: fresh", "banking.jsonc:1:3: fresch"], "check", "--vendor", VENDOR, folder)
    os.makedirs(os.path.join(folder, "groups.d"))
    expect("groups are refused, not ignored", 9, ["not available in this version"], "check", "--vendor", VENDOR, folder)


def answers(folder):
    site(folder, kind_web='{ "limits": { "pids": 700 } }', kind_banking='{\n "sites": [\n  "Bank.example"] }', tests_all='{ "tests": [{ "open": "https://bank.example/", "kind": "web" }] }')
    where = ["--vendor", VENDOR, "--site", folder]
    expect("yes, with the rule", 0, ["Yes: ", "banking.jsonc:3:3 (site)", "\"Bank.example\""], "explain", *where, "banking", "open", "https://www.bank.example/")
    expect("no, with the rule and the way to ask", 3, ["No: ", "in \"banking\" only", "banking.jsonc:3:3", "ask your IT"], "explain", *where, "web", "open", "https://bank.example/x")
    expect("no rule", 0, ["Yes: ", "no kind names this address"], "explain", *where, "web", "open", "https://else.example/")
    expect("a bad address", 3, ["No: "], "explain", *where, "web", "open", "file:///etc/passwd")
    expect("a program", 0, ["Yes: ", "/usr/bin/true", "(vendor)"], "explain", *where, "web", "run", "true")
    expect("another program", 3, ["No: ", "ask your IT"], "explain", *where, "web", "run", "sh")
    expect("no such kind", 4, ["no kind \"nope\""], "explain", *where, "nope", "open", "https://a.example/")
    expect("an action that there is not", 2, ["See 'hanare policy explain --help'"], "explain", *where, "web", "import", "x")
    expect("a test that fails", 1, ["all.jsonc:1:13", "in \"banking\"", "0 tests hold, 1 do not"], "test", *where)
    expect("check runs the tests too", 1, ["all.jsonc:1:13"], "check", "--vendor", VENDOR, folder)
    site(folder, tests_all='{ "tests": [{ "open": "https://bank.example/", "user": "alice", "kind": "banking" }] }')
    expect("a user in a test is refused, not ignored", 9, ["\"user\" is not available"], "test", *where)
    site(folder, tests_all='{ "tests": [{ "open": "https://bank.example/" }] }')
    expect("a test without an expectation", 9, ["a test expects"], "test", *where)
    site(folder, tests_all='{ "tests": [] }')
    expect("no test at all", 1, ["there is no test"], "test", *where)
    text = run("show", *where, "--zone", "web", "--json")[1]
    values = {v["key"]: v for v in json.loads(text)[0]["values"]}
    pids = values["limits.pids"]
    good = (pids["value"] == 700 and pids["level"] == "mandatory" and pids["from"]["layer"] == "site" and pids["from"]["line"] == 1 and pids["from"]["column"] == 15
            and pids["over"][0]["value"] == 800 and pids["over"][0]["layer"] == "vendor" and values["limits.nofile"]["value"] == 8192)
    counts["passed" if good else "failed"] += 1
    print(f"{'ok' if good else 'FAIL'} show --json{'' if good else ': ' + text}")
    expect("show", 0, ["limits.pids", "replaces 800 from vendor"], "show", *where, "--zone", "web", without=["banking"])
    expect("show of a kind that there is not", 4, ["no kind"], "show", *where, "--zone", "nope")


def others(folder):
    for what, key in (("kinds", "limits"), ("settings", "resolvers"), ("tests", "tests")):
        schema = json.loads(run("schema", what)[1])
        good = key in schema["properties"] and schema["additionalProperties"] is False
        counts["passed" if good else "failed"] += 1
        print(f"{'ok' if good else 'FAIL'} schema {what}")
    expect("schema of nothing", 2, ["none of kinds, settings, tests"], "schema", "nope")
    text = run("explain", "--vendor", VENDOR, "--site", os.path.join(SAMPLES, "office"), "web", "open", "https://bank.example/", language="ja")[1]
    good = "「banking」でしか開けません" in text and "情報システム担当" in text
    counts["passed" if good else "failed"] += 1
    print(f"{'ok' if good else 'FAIL'} in Japanese{'' if good else ': ' + text}")
    expect("help", 0, ["check", "explain", "diff"], "--help")
    expect("unknown command", 2, ["Unknown command"], "nope")
    expect("no file", 1, ["No such file"], "check", "--vendor", VENDOR, os.path.join(folder, "none"))
    big = os.path.join(folder, "web.jsonc")
    with open(big, "wb") as f:
        f.truncate(3 << 20)
    expect("a file that is too long", 1, ["too long"], "check", "--vendor", VENDOR, big)


def main():
    samples()
    for part in (mistakes, answers, others):
        folder = tempfile.mkdtemp(prefix="hanare-test-policy-")
        try:
            part(folder)
        finally:
            shutil.rmtree(folder)
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
