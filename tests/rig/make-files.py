#!/usr/bin/env python3
"""make-files: the rig's binary files: an image, a document, a video, downloads.

Runs as: root.  Usage: make-files.py FOLDER.  Needs ImageMagick (convert): a lossy WebP file holds one VP8 key frame,
and a WebM file is a list of those, so no video encoder is needed.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

WIDTH, HEIGHT, FRAMES, FRAME_MS = 320, 180, 12, 250


def png(width, height):
    """A colour chart whose pixels a test can check: red grows to the right, green downwards, blue is 128."""
    rows = b"".join(
        b"\0" + b"".join(bytes((x * 255 // (width - 1), y * 255 // (height - 1), 128)) for x in range(width)) for y in range(height)
    )

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def pdf(text):
    """One page with one line of text."""
    stream = b"BT /F1 28 Tf 60 700 Td (" + text.encode("ascii") + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def vp8_frames():
    """Key frames of a bar that moves to the right, as VP8."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["convert", "-size", f"{WIDTH}x{HEIGHT}"]
        for i in range(FRAMES):
            left = i * WIDTH // FRAMES
            command += ["(", "xc:#203050", "-fill", "#f0c040", "-draw", f"rectangle {left},0 {left + 25},{HEIGHT}", ")"]
        command += ["-quality", "60", "-define", "webp:lossless=false", "+adjoin", f"{folder}/%03d.webp"]
        subprocess.run(command, check=True)
        for path in sorted(pathlib.Path(folder).iterdir()):
            data = path.read_bytes()
            at = 12
            while data[at : at + 4] != b"VP8 ":
                at += 8 + (struct.unpack_from("<I", data, at + 4)[0] + 1) // 2 * 2
            yield data[at + 8 : at + 8 + struct.unpack_from("<I", data, at + 4)[0]]


def ebml(ident, body):
    """One EBML element with an eight-byte length."""
    return bytes.fromhex(ident) + b"\x01" + struct.pack(">Q", len(body))[1:] + body


def number(ident, value, size=2):
    return ebml(ident, value.to_bytes(size, "big"))


def webm(frames):
    """A WebM file of one VP8 track. Element numbers: https://www.matroska.org/technical/elements.html"""
    frames = list(frames)
    head = ebml("1A45DFA3", number("4286", 1) + number("42F7", 1) + number("42F2", 4) + number("42F3", 8)
                + ebml("4282", b"webm") + number("4287", 2) + number("4285", 2))
    duration = ebml("4489", struct.pack(">d", float(len(frames) * FRAME_MS)))
    info = ebml("1549A966", number("2AD7B1", 1000000, 4) + ebml("4D80", b"hanare") + ebml("5741", b"hanare") + duration)
    video = ebml("E0", number("B0", WIDTH) + number("BA", HEIGHT))
    track = ebml("AE", number("D7", 1) + number("73C5", 1) + number("83", 1) + ebml("86", b"V_VP8") + video)
    blocks = b"".join(ebml("A3", b"\x81" + struct.pack(">h", i * FRAME_MS) + b"\x80" + frame) for i, frame in enumerate(frames))
    cluster = ebml("1F43B675", number("E7", 0) + blocks)
    return head + ebml("18538067", info + ebml("1654AE6B", track) + cluster)


def main():
    folder = pathlib.Path(sys.argv[1])
    downloads = folder / "download"
    downloads.mkdir(parents=True, exist_ok=True)
    (folder / "chart.png").write_bytes(png(256, 128))
    (folder / "sample.pdf").write_bytes(pdf("Hanare rig: a PDF document"))
    (folder / "clip.webm").write_bytes(webm(vp8_frames()))
    with zipfile.ZipFile(downloads / "sample.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("見積書.txt", "御見積書\n離れ 一式\n")
        archive.writestr("readme.txt", "A download for the tests.\n")
    (downloads / "見積書.pdf").write_bytes(pdf("Quotation"))
    with open(downloads / "big.bin", "wb") as big:
        big.truncate(64 << 20)


if __name__ == "__main__":
    main()
