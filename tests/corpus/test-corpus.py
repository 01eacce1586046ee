#!/usr/bin/python3
"""test-corpus: makes the corpus, has each file looked into and decided upon, compares with what must come of it.

usage: test-corpus.py LOOK [SANDBOXD-VET]   with the second: each file in a sandbox of its own, which needs root.
Harmless ones must come home by the rule of their class; hostile ones must be refused, by a rule that says why. SPDX-License-Identifier: GPL-3.0-or-later
"""
import base64
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from harmless_files import harmless  # noqa: E402
from hostile_files import hostile  # noqa: E402
from write_image import png  # noqa: E402

VET_UID = "2000200199"


def write_all(folder):
    """path -> (outcome, rules); each file in a folder of its own, because names are part of it."""
    expected = {}
    for outcome, files in (("refused", hostile()), ("as-is", harmless())):
        for number, (group, name, data, rules) in enumerate(files):
            where = os.path.join(folder, f"{outcome}-{group}-{number:03}")
            os.mkdir(where)
            path = os.path.join(where, name)
            with open(path, "wb") as f:
                f.write(data)
            expected[path] = (outcome, rules if isinstance(rules, tuple) else (rules,))
    return expected


NAMESPACES = " ".join(f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for p, n in (
    ("office", "office"), ("text", "text"), ("draw", "drawing"), ("table", "table"), ("svg", "svg-compatible"))) + ' xmlns:xlink="http://www.w3.org/1999/xlink"'


def flat(kind, inner):
    return f'<?xml version="1.0" encoding="UTF-8"?><office:document {NAMESPACES} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.{kind}">' \
           f"<office:body><office:{kind}>{inner}</office:{kind}></office:body></office:document>"


def by_libreoffice(folder):
    """Documents as LibreOffice writes them, where it is installed. Says so where it is not."""
    if not shutil.which("soffice"):
        print("LibreOffice is not here: the documents that it writes itself are not among these")
        return {}
    picture = '<draw:frame svg:width="4cm" svg:height="3cm"><draw:image><office:binary-data>' + base64.b64encode(png(64, 64)).decode() + \
              "</office:binary-data></draw:image></draw:frame>"
    link = '<text:a xlink:type="simple" xlink:href="https://www.example.com/">リンク</text:a>'
    sources = {
        "text.fodt": flat("text", f"<text:h>報告</text:h><text:p>本文 {link} <text:page-number/>{picture}</text:p>"),
        "slides.fodp": flat("presentation", f'<draw:page draw:name="p1">{picture}<draw:frame svg:width="9cm" svg:height="3cm"><draw:text-box><text:p>発表 {link}'
                                            "</text:p></draw:text-box></draw:frame></draw:page>"),
        "table.csv": "氏名,金額\n山田,1200\n",
    }
    formats = {"text.fodt": ("odt", "docx", "doc", "rtf", "pdf"), "slides.fodp": ("odp", "pptx", "ppt", "pdf"), "table.csv": ("ods", "xlsx", "xls")}
    expected = {}
    for source, text in sources.items():
        path = os.path.join(folder, source)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        for form in formats[source]:
            where = os.path.join(folder, f"libreoffice-{source}-{form}")
            subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--infilter=CSV:44,34,76,1" if source.endswith("csv") else "--headless",
                            "--convert-to", form, "--outdir", where, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, timeout=120)
            expected[os.path.join(where, source.split(".")[0] + "." + form)] = ("as-is", ("pdf" if form == "pdf" else "office",))
    return expected


def look(program, binary, paths):
    out = subprocess.run([program, binary or "-", VET_UID if binary else "-", *paths], stdout=subprocess.PIPE, check=True).stdout
    for line in out.decode("utf-8", "surrogateescape").splitlines():
        path, *words = line.split("\t")
        yield path, words


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: test-corpus.py LOOK [SANDBOXD-VET]")
    binary = sys.argv[2] if len(sys.argv) == 3 else None
    passed = failed = 0
    slowest = 0.0
    with tempfile.TemporaryDirectory(prefix="hanare-corpus-") as folder:
        expected = write_all(folder) | by_libreoffice(folder)
        for path, (outcome, rule, kind, worst, findings, doubt, ms) in look(sys.argv[1], binary, list(expected)):
            want_outcome, want_rules = expected.pop(path)
            slowest = max(slowest, float(ms))
            if outcome == want_outcome and rule in want_rules:
                passed += 1
                continue
            failed += 1
            print(f"FAIL {os.path.relpath(path, folder)}: {outcome} by {rule}; expected {want_outcome} by {' or '.join(want_rules)}"
                  f" (type {kind}, worst {worst}, found {findings or 'nothing'} doubt {doubt})")
        for path in expected:
            failed += 1
            print(f"FAIL {os.path.relpath(path, folder)}: nothing was said about it")
    print(f"slowest: {slowest:.0f} ms")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
