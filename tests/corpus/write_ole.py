"""write_ole: compound files (MS-CFB) byte for byte, and the old Office formats as far as a detector reads them.
SPDX-License-Identifier: GPL-3.0-or-later"""
import struct

FREE, END, FATSECT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def chain(fat, first, count):
    for i in range(count):
        fat[first + i] = first + i + 1 if i + 1 < count else END


def ole(tree, clsid=bytes(16)):
    """tree: {name: bytes or another such dictionary}."""
    entries, mini, mini_fat, streams = [], bytearray(), [], []

    def add(name, kind, data=b""):
        entries.append({"name": name, "kind": kind, "data": data, "child": FREE, "right": FREE, "start": END if kind != 1 else 0, "size": len(data)})
        return len(entries) - 1

    def fill(parent, items):
        previous = None
        for name, value in items.items():
            i = add(name, 1 if isinstance(value, dict) else 2, b"" if isinstance(value, dict) else value)
            if previous is None:
                entries[parent]["child"] = i
            else:
                entries[previous]["right"] = i
            previous = i
            if isinstance(value, dict):
                fill(i, value)

    add("Root Entry", 5)
    fill(0, tree)
    for e in entries:
        if e["kind"] != 2 or not e["data"]:
            continue
        if len(e["data"]) < 4096:
            e["start"] = len(mini) // 64
            n = (len(e["data"]) + 63) // 64
            mini += e["data"].ljust(n * 64, b"\0")
            mini_fat += [e["start"] + k + 1 for k in range(n - 1)] + [END]
        else:
            streams.append(e)
    body, fat = bytearray(), {}

    def place(data):
        first, n = len(body) // 512, (len(data) + 511) // 512
        body.extend(data.ljust(n * 512, b"\0"))
        chain(fat, first, n)
        return first if n else END

    for e in streams:
        e["start"] = place(e["data"])
    entries[0]["start"], entries[0]["size"] = place(bytes(mini)), len(mini)
    mini_at = place(b"".join(struct.pack("<I", x) for x in mini_fat))
    directory = b""
    for e in entries:
        name = e["name"].encode("utf-16-le") + b"\0\0"
        directory += name.ljust(64, b"\0") + struct.pack("<HBBIII", len(name), e["kind"], 1, FREE, e["right"], e["child"]) + \
            (clsid if e["kind"] == 5 else bytes(16)) + bytes(20) + struct.pack("<IQ", e["start"], e["size"])
    directory_at = place(directory)
    used = len(body) // 512
    n_fat = 1
    while n_fat * 128 < used + n_fat:
        n_fat += 1
    for i in range(n_fat):
        fat[used + i] = FATSECT
    table = b"".join(struct.pack("<I", fat.get(i, FREE)) for i in range(n_fat * 128))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6) + \
        struct.pack("<IIIIIIIIII", 0, n_fat, directory_at, 0, 4096, mini_at, (len(mini_fat) + 127) // 128, END, 0, used)
    head += b"".join(struct.pack("<I", used + i if i < n_fat else FREE) for i in range(1, 109))
    return head + bytes(body) + table


def doc(text="報告書", flags=0x0200, table=b"\0" * 512, **more):
    document = bytearray(4096 + 2048)
    struct.pack_into("<HHHHHH", document, 0, 0xA5EC, 0xC1, 0, 0x411, 0, flags)
    raw = text if isinstance(text, bytes) else text.encode("utf-16-le")
    document[1536:1536 + len(raw)] = raw
    return ole({"WordDocument": bytes(document), "1Table": table, "\1CompObj": b"\1\0\xfe\xff" + bytes(80), "\5SummaryInformation": bytes(128), **more})


def record(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def bound_sheet(kind=0, state=0):
    return record(0x85, struct.pack("<IBB", 0x200, state, kind) + b"\2\0\x53\x31")


def xls(sheets=None, extra=b"", **more):
    bof = struct.pack("<HHHHII", 0x600, 5, 0x1234, 0x7CC, 0, 6)
    book = record(0x809, bof) + record(0x42, b"\xb0\4") + (sheets if sheets is not None else bound_sheet()) + extra + record(0x0A)
    book += record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x1234, 0x7CC, 0, 6)) + record(0x203, struct.pack("<HHHd", 0, 0, 15, 1.0)) + record(0x0A)
    return ole({"Workbook": book.ljust(4096, b"\0"), "\5SummaryInformation": bytes(128), **more})


def ppt_record(kind, data=b"", container=False, instance=0):
    return struct.pack("<HHI", (15 if container else 0) | instance << 4, kind, len(data)) + data


def ppt(extra=b"", token=0xE391C05F, **more):
    document = ppt_record(0x03E8, ppt_record(0x03E9, bytes(40)) + extra, container=True)
    user = struct.pack("<HHIIII", 0, 0x0FF6, 20, 20, token, 0) + bytes(12)
    return ole({"PowerPoint Document": document.ljust(4096, b"\0"), "Current User": user, **more})
