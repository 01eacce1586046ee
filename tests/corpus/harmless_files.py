"""harmless_files: what must come home as it is, each with the rule that lets it. SPDX-License-Identifier: GPL-3.0-or-later"""
import struct

import write_image as img
import write_office as off
import write_ole as ole
from write_pdf import packed, pdf, stream
from write_zip import Member, zip_bytes

JA = "令和八年度 予算（案）　電話０３−１２３４−５６７８\r\n見積書を添付します。ｶﾅも混じる。\r\n"


def texts():
    yield "memo.txt", b"Hello,\nworld.\n"
    yield "議事録.txt", JA.encode()
    yield "bom.txt", b"\xef\xbb\xbf" + JA.encode()
    yield "sjis.txt", JA.replace("−", "").encode("cp932")
    yield "euc.txt", JA.replace("−", "").replace("ｶﾅ", "").encode("euc_jp")
    yield "jis.txt", JA.replace("−", "").replace("ｶﾅ", "").encode("iso2022_jp")
    yield "utf16.txt", b"\xff\xfe" + JA.encode("utf-16-le")
    yield "utf16be.txt", b"\xfe\xff" + JA.encode("utf-16-be")
    yield "README", b"Nothing to see.\n"
    yield "names.csv", "氏名,金額\r\n山田,-1200\r\n佐藤,+81-3-1234\r\n".encode()
    yield "sjis.csv", "氏名,金額\r\n山田,1200\r\n".encode("cp932")
    yield "values.tsv", b"a\tb\n-5\t3\n"
    yield "data.json", b'{"a": [1, 2, "\\u3042"]}\n'
    yield "notes.md", "# 見出し\n\n- 一つ\n- =二つ\n".encode()
    yield "sum.txt", b"= the sum of it all\n@home\n"
    yield "mz.txt", "MZ世代について\n".encode()
    yield "bm.txt", b"BMW and BMX are not pictures. They are text, and this is more of it.\n"
    yield "long.txt", ("あ" * 50000 + "\n").encode()
    yield "server.log", b"2026-01-02 GET /index.html 200\n" * 500
    yield "mail-like.txt", b"Note: this is not a mail\nReally: it is not\n\nbody\n"
    yield "code-talk.txt", b"The word script and the tag <b> are text. So is powershell.\n"
    yield "日報（三月）.TXT", b"upper-case ending\n"
    yield "が.txt", b"a name with its marks apart\n"
    yield ("あ" * 70) + ".txt", b"a long name\n"


def images():
    yield "写真.jpg", img.jpeg()
    yield "two.jpeg", img.jpeg(tail=img.jpeg())
    yield "exif.jpg", img.jpeg(extra=img.segment(0xE1, b"Exif\0\0" + img.tiff()))
    yield "profile.jpg", img.jpeg(extra=img.segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(300)) + img.segment(0xFE, b"a comment"))
    yield "padded.jpg", img.jpeg(tail=bytes(40))
    yield "図.png", img.png()
    yield "text.png", img.png(extra=img.chunk(b"tEXt", b"Author\0Yamada") + img.chunk(b"gAMA", struct.pack(">I", 45455)))
    yield "large.png", img.png(4000, 3000)
    yield "a.gif", img.gif()
    yield "comment.gif", img.gif(extra=b"\x21\xfe\5hello\0")
    yield "a.webp", img.webp()
    yield "a.bmp", img.bmp()
    yield "a.tif", img.tiff()
    yield "big-endian.tiff", img.tiff(big=True)


def pdfs():
    yield "報告書.pdf", pdf()
    yield "dest.pdf", pdf(b"/OpenAction[3 0 R/XYZ null null 0]")
    yield "dest-ref.pdf", pdf(b"/OpenAction 5 0 R", objects=[b"[3 0 R/Fit]"])
    yield "goto.pdf", pdf(b"/OpenAction 5 0 R", objects=[b"<</S/GoTo/D[3 0 R/Fit]>>"])
    yield "goto-inline.pdf", pdf(b"/OpenAction<</Type/Action/S/GoTo/D[3 0 R/Fit]>>")
    yield "goto-packed.pdf", pdf(b"/OpenAction 21 0 R", objects=[packed(b"<</Title(x)>>", b"<</S/GoTo/D[3 0 R/Fit]>>")])
    yield "link.pdf", pdf(page=b"/Annots[5 0 R]", objects=[b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://www.example.com/)>>>>"])
    yield "outline.pdf", pdf(b"/Outlines 5 0 R", objects=[b"<</First 6 0 R/Last 6 0 R/Count 1>>", b"<</Title(One)/Parent 5 0 R/Dest[3 0 R/Fit]>>"])
    yield "form.pdf", pdf(b"/AcroForm<</Fields[5 0 R]>>", objects=[b"<</FT/Tx/T(name)/Subtype/Widget/Rect[0 0 9 9]>>"])
    yield "packed.pdf", pdf(objects=[packed(b"<</Title(x)>>", b"<</Author(y)>>")])
    yield "meta.pdf", pdf(b"/Metadata 5 0 R", objects=[stream(b"<?xpacket?><x:xmpmeta/>", b"/Type/Metadata/Subtype/XML", packed=False)])
    yield "font.pdf", pdf(objects=[stream(bytes(range(256)) * 40, b"/Length1 10240")])
    yield "picture.pdf", pdf(objects=[b"<</Type/XObject/Subtype/Image/Filter/DCTDecode/Width 8/Height 8/Length %d>>\nstream\n" % len(img.jpeg()) + img.jpeg() + b"\nendstream"])
    yield "blend.pdf", pdf(page=b"/Resources<</ExtGState<</G1<</BM/Screen/ca .5>>>>>>")
    yield "tagged.pdf", pdf(b"/MarkInfo<</Marked true>>/StructTreeRoot 5 0 R", objects=[b"<</Type/StructTreeRoot/K[6 0 R]>>", b"<</S/Document/P 5 0 R/Ref[6 0 R]>>"])
    yield "old.pdf", pdf(head=b"%PDF-1.3\r\n", tail=b"\r\n\r\n")
    yield "updated.pdf", pdf() + b"4 0 obj\n" + stream(b"BT ET") + b"\nendobj\nxref\n0 0\ntrailer\n<</Size 5/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n"


def office():
    yield "報告書.docx", off.docx()
    yield "picture.docx", off.docx(extra=[("word/media/image1.png", img.png()), ("word/media/image2.jpeg", img.jpeg())])
    yield "link.docx", off.docx(rels=[off.relation(1, "hyperlink", "https://www.example.com/?a=1&amp;b=2", True), off.relation(2, "hyperlink", "mailto:a@example.com", True)])
    yield "fields.docx", off.docx(off.field(" PAGE ") + off.field(" TOC \\o ", "\"1-3\"") + off.field(' HYPERLINK "https://www.example.com/" ') + off.field("DATE \\@ yyyy"))
    yield "dde-talk.docx", off.docx("<w:p><w:r><w:t>DDEAUTO is a field; this is text about it.</w:t></w:r></w:p>")
    yield "fonts.docx", off.docx(extra=[("word/fonts/font1.odttf", bytes((i * 91 + 7) & 255 for i in range(3000))), ("word/fonts/a.ttf", b"\0\1\0\0\0\x0f" + bytes(200))])
    yield "citation.docx", off.docx(off.field(" ADDIN ZOTERO_ITEM CSL_CITATION ", "{&quot;id&quot;:1}" * 800))
    yield "drawing.docx", off.docx(extra=[("word/media/image1.emf", (b"\1\0\0\0" + bytes(36) + b" EMF" + bytes(200)))])
    yield "template.dotx", off.docx()
    yield "later.docx", zip_bytes([Member(n, d.encode(), later=True) for n, d in off.parts("docx", off.word())])
    wide = [(n, d.encode()) for n, d in off.parts("docx", off.word())]
    yield "wide-sizes.docx", zip_bytes([Member(n, d, method=0, extra=struct.pack("<HHQQ", 1, 16, len(d), len(d)), l_packed=0xFFFFFFFF, l_size=0xFFFFFFFF) for n, d in wide])
    yield "stored.docx", zip_bytes([Member(n, d.encode(), method=0) for n, d in off.parts("docx", off.word())])
    yield "printer.docx", off.docx(extra=[("word/printerSettings/printerSettings1.bin", "プリンタ".encode("utf-16-le") + bytes(200))])
    yield "売上.xlsx", off.xlsx()
    yield "formulas.xlsx", off.xlsx('<c r="A1"><f>IF(A2="a|b!c",SUM(B1:B9),VLOOKUP(C1,D:E,2,FALSE))</f></c><c r="A2"><f>HYPERLINK("https://www.example.com/","x")</f></c>')
    yield "names.xlsx", off.xlsx(names="<definedNames><definedName name=\"合計\">表1!$A$1:$B$2</definedName></definedNames>")
    yield "printer.xlsx", off.xlsx(extra=[("xl/printerSettings/printerSettings1.bin", b"M\0y\0 \0P\0r\0" + bytes(300))])
    yield "発表.pptx", off.pptx()
    yield "click.pptx", off.pptx('<a:rPr><a:hlinkClick r:id="rId2"/></a:rPr>', slide_rels=[off.relation(2, "hyperlink", "https://www.example.com/", True)])
    yield "jump.pptx", off.pptx('<a:rPr><a:hlinkClick r:id="" action="ppaction://hlinkshowjump?jump=nextslide"/></a:rPr>')
    yield "effect.pptx", off.pptx(extra=[("ppt/media/hdphoto1.wdp", b"II\xbc\1" + bytes(200)), ("ppt/media/image2.svg", '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>')])
    yield "chart.pptx", off.pptx(extra=[("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx", off.xlsx())])
    yield "議事録.odt", off.odf()
    yield "from-template.odt", off.odf(extra=[("meta.xml", f'<office:document-meta {off.OD}><office:meta><meta:template xmlns:meta="m" xlink:href="../../../usr/share/a.ott"/></office:meta></office:document-meta>')])
    yield "link.odt", off.odf(inner='<text:p><text:a xlink:href="https://www.example.com/">x</text:a></text:p>')
    yield "picture.odt", off.odf(inner='<draw:frame><draw:image xlink:href="Pictures/a.png"/></draw:frame>', extra=[("Pictures/a.png", img.png()), ("Thumbnails/thumbnail.png", img.png())])
    yield "drawing.odt", off.odf(extra=[("Pictures/a.svg", '<svg xmlns="http://www.w3.org/2000/svg"><rect width="1"/></svg>')])
    yield "表.ods", off.odf("spreadsheet", '<table:table><table:table-row><table:table-cell table:formula="of:=SUM([.A1:.A9])"/></table:table-row></table:table>')
    yield "slides.odp", off.odf("presentation", '<draw:page><draw:frame/></draw:page>')
    yield "draw.odg", off.odf("graphics", '<draw:page/>')
    yield "旧報告書.doc", ole.doc()
    yield "fields.doc", ole.doc('本文\x13 PAGE \x141\x15 \x13 HYPERLINK "https://www.example.com/" \x14x\x15')
    yield "旧表.xls", ole.xls()
    yield "chart.xls", ole.xls(ole.bound_sheet() + ole.bound_sheet(2))
    yield "self.xls", ole.xls(extra=ole.record(0x1AE, struct.pack("<HH", 1, 0x0401)))
    yield "旧発表.ppt", ole.ppt()
    yield "no-macros.ppt", ole.ppt(ole.ppt_record(0x03FF, ole.ppt_record(0x0400, struct.pack("<III", 0, 0, 2)), container=True))
    yield "letter.rtf", b"{\\rtf1\\ansi\\ansicpg932{\\fonttbl{\\f0 MS Mincho;}}\\f0 \\'93\\'fa\\'96\\'7b \\par {\\field{\\*\\fldinst PAGE}{\\fldrslt 1}}}\r\n"
    yield "unicode.rtf", b"{\\rtf1\\uc1\\u26085?\\u26412? {\\field{\\*\\fldinst{HYPERLINK \"https://www.example.com/\"}}{\\fldrslt x}}}"


def harmless():
    for group, rule in ((texts, "text"), (images, "image"), (pdfs, "pdf"), (office, "office")):
        for name, data in group():
            yield group.__name__, name, data, rule
