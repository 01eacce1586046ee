"""write_pdf: PDFs object by object. SPDX-License-Identifier: GPL-3.0-or-later"""
import zlib


def stream(data, entries=b"", packed=True):
    body = zlib.compress(data) if packed else data
    return b"<<" + entries + (b"/Filter/FlateDecode" if packed else b"") + b"/Length %d>>\nstream\n" % len(body) + body + b"\nendstream"


def pdf(catalog=b"", page=b"", objects=(), trailer=b"", head=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", tail=b"", page_text=b"BT /F1 12 Tf (Hello) Tj ET"):
    """catalog, page, trailer: more entries; objects: more objects, from number 5 on."""
    all_objects = [b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                   b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R" + page + b">>", stream(page_text), *objects]
    out, places = bytearray(head), []
    for number, body in enumerate(all_objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + b"".join(b"%010d 00000 n \n" % p for p in places)
    out += b"trailer\n<</Size %d/Root 1 0 R" % (len(places) + 1) + trailer + b">>\nstartxref\n%d\n%%%%EOF\n" % at
    return bytes(out) + tail


def packed(*objects, entries=b"/Type/ObjStm", filters=None, first=20):
    """An object stream that holds the objects, numbered from first."""
    head, body = b"", b""
    for number, item in enumerate(objects, first):
        head += b"%d %d " % (number, len(body))
        body += item + b" "
    data = head + body
    if filters:
        name, raw = filters
        return b"<<" + entries + b"/N %d/First %d/Filter%s/Length %d>>\nstream\n" % (len(objects), len(head), name, len(raw(data))) + raw(data) + b"\nendstream"
    return stream(data, entries + b"/N %d/First %d" % (len(objects), len(head)))
