"""write_image: small pictures byte for byte. SPDX-License-Identifier: GPL-3.0-or-later"""
import struct
import zlib


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width=8, height=8, extra=b"", tail=b""):
    rows = b"".join(b"\0" + bytes(3 * min(width, 64)) for _ in range(min(height, 64)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND") + tail


def segment(marker, data):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(width=8, height=8, extra=b"", tail=b""):
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + extra + segment(0xDB, b"\0" + b"\x10" * 64) + \
        segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0") + segment(0xC4, b"\0" + bytes([1] + [0] * 15) + b"\0") + \
        segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x2a\xff\0\x11\xff\xd0\x22" + b"\xff\xd9" + tail


def gif(extra=b"", tail=b""):
    return b"GIF89a" + struct.pack("<HHBBB", 2, 2, 0x80, 0, 0) + bytes(6) + extra + b"\x2c" + struct.pack("<HHHHB", 0, 0, 2, 2, 0) + b"\2\2\x4c\1\0\x3b" + tail


def webp(tail=b""):
    data = b"\x2f" + struct.pack("<I", 7 | 7 << 14) + bytes(5)
    body = b"WEBPVP8L" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body + tail


def bmp(width=4, height=4, tail=b""):
    pixels = bytes((width * 3 + 3) // 4 * 4 * height)
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(pixels), 0, 0, 0, 0) + pixels + tail


def tiff(big=False, loop=False):
    e = ">" if big else "<"
    tags = [(256, 3, 1, 8), (257, 3, 1, 8), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 200), (277, 3, 1, 1), (278, 3, 1, 8), (279, 4, 1, 64)]
    out = (b"MM" if big else b"II") + struct.pack(e + "HI", 42, 8) + struct.pack(e + "H", len(tags))
    for tag, kind, count, value in tags:
        out += struct.pack(e + "HHI", tag, kind, count) + (struct.pack(e + "HH", value, 0) if kind == 3 else struct.pack(e + "I", value))
    return (out + struct.pack(e + "I", 8 if loop else 0)).ljust(200, b"\0") + bytes(64)
