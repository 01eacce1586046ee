#!/usr/bin/python3
"""write-seeds: files from which fuzzing of each detector starts. usage: write-seeds.py FOLDER [BYTES-A-DETECTOR]
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from harmless_files import harmless  # noqa: E402
from hostile_files import hostile  # noqa: E402

DETECTORS = {"pdf": ("pdf",), "rtf": ("rtf",), "ole": ("doc", "xls", "ppt", "msg"), "zip": ("zip", "docx", "odt"), "image": ("png", "jpg", "gif", "webp", "bmp", "tif"),
             "text": ("txt", "csv", "eml", "svg"), "office": ()}
PART = 700


def office_seeds():
    """Four parts of one length, one after the other, as fuzz-vet.c cuts them."""
    import write_office as off
    for main, rel in ((off.word(off.field("DDEAUTO x")), off.relations(off.relation(1, "hyperlink", "http://x/", True))), (off.sheet(), off.relations()),
                      (f'<office:document-content {off.OD}><office:body/></office:document-content>', "<manifest:manifest/>")):
        parts = (off.HEAD + f'<Types xmlns="{off.CT}"><Override ContentType="{off.MAIN["docx"][1]}"/></Types>', rel, main, "<svg/>")
        yield b"".join(p.encode()[:PART].ljust(PART) for p in parts)


def main():
    folder, room = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1 << 30
    left = dict.fromkeys(DETECTORS, room)
    files = [("office", f"office-{i}", d) for i, d in enumerate(office_seeds())]
    for number, (_, name, data, _) in enumerate(list(harmless()) + list(hostile())):
        ext = name.rsplit(".", 1)[-1]
        files += [(detector, f"{number:03}-{ext}", data) for detector, exts in DETECTORS.items() if ext in exts and len(data) < 65536]
    for detector, name, data in files:
        where = os.path.join(folder, "vet-" + detector)
        os.makedirs(where, exist_ok=True)
        if len(data) <= left[detector]:
            left[detector] -= len(data)
            with open(os.path.join(where, name), "wb") as f:
                f.write(data)


main()
