"""write_zip: zips byte for byte, right ones and wrong ones. SPDX-License-Identifier: GPL-3.0-or-later"""
import struct
import zlib


class Member:
    """One member; what is not given follows from the data. l_*: what its own head says instead; c_*: what the directory says instead."""

    def __init__(self, name, data=b"", method=8, flags=None, packed=None, crc=None, size=None, extra=b"", later=False, **other):
        self.name = name.encode() if isinstance(name, str) else name
        self.data, self.method = data, method
        if packed is None:
            c = zlib.compressobj(6, zlib.DEFLATED, -15)
            packed = data if method == 0 else c.compress(data) + c.flush()
        self.packed = packed
        self.crc = zlib.crc32(data) if crc is None else crc
        self.size = len(data) if size is None else size
        self.flags = (0x800 if any(b > 127 for b in self.name) else 0) if flags is None else flags
        self.extra, self.later, self.other = extra, later, other
        if later:
            self.flags |= 8


def zip_bytes(members, prefix=b"", comment=b"", gap=b"", disk=0, shift=0, extra_count=0):
    out, central = bytearray(prefix), bytearray()
    for m in members:
        o, at = m.other, m.other.get("offset", len(out) - shift)
        crc, packed, size = (0, 0, 0) if m.later else (m.crc, len(m.packed), m.size)
        name = o.get("l_name", m.name)
        if not o.get("no_local"):
            out += struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, o.get("l_flags", m.flags), o.get("l_method", m.method), 0, 0x5821, o.get("l_crc", crc),
                               o.get("l_packed", packed), o.get("l_size", size), len(name), len(m.extra)) + name + m.extra + m.packed
            if m.later:
                out += struct.pack("<IIII", 0x08074B50, m.crc, len(m.packed), m.size)
            out += gap
        central += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, m.flags, m.method, 0, 0x5821, m.crc, o.get("c_packed", len(m.packed)),
                               o.get("c_size", m.size), len(m.name), 0, 0, 0, 0, 0, at) + m.name
    start = len(out) - shift
    out += central
    n = len(members) + extra_count
    out += struct.pack("<IHHHHIIH", 0x06054B50, disk, disk, n, n, len(central), start, len(comment)) + comment
    return bytes(out)


def simple(files, **more):
    return zip_bytes([Member(name, data if isinstance(data, bytes) else data.encode()) for name, data in files], **more)


def bomb(size):
    """A member that unpacks to size zeros, made without holding them."""
    c, out, crc, left = zlib.compressobj(9, zlib.DEFLATED, -15), b"", 0, size
    block = bytes(1 << 20)
    while left:
        part = block[:min(left, len(block))]
        out, crc, left = out + c.compress(part), zlib.crc32(part, crc), left - len(part)
    return Member("zeros.txt", b"", packed=out + c.flush(), crc=crc, size=size)
