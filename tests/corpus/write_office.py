"""write_office: Office documents part by part. SPDX-License-Identifier: GPL-3.0-or-later"""
from write_zip import Member, simple, zip_bytes

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
CT = "http://schemas.openxmlformats.org/package/2006/content-types"
REL = "http://schemas.openxmlformats.org/package/2006/relationships"
ODOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
MAIN = {
    "docx": ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
    "docm": ("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
    "xlsx": ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
    "xlsm": ("xl/workbook.xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    "xlsb": ("xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
    "pptx": ("ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"),
}


def relation(number, kind, target, external=False):
    kind = kind if ":" in kind else f"{ODOC}/{kind}"
    return f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"{" TargetMode=" + chr(34) + "External" + chr(34) if external else ""}/>'


def relations(*items):
    return HEAD + f'<Relationships xmlns="{REL}">' + "".join(items) + "</Relationships>"


def parts(kind, body, extra=(), rels=(), types="", defaults=""):
    """The parts of a document: body is the main part, rels its relationships, extra further parts."""
    main, content = MAIN[kind]
    folder, name = main.split("/")
    return [
        ("[Content_Types].xml", HEAD + f'<Types xmlns="{CT}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         f'<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>{defaults}'
         f'<Override PartName="/{main}" ContentType="{content}"/>{types}</Types>'),
        ("_rels/.rels", relations(relation(1, "officeDocument", main))),
        (main, body),
        (f"{folder}/_rels/{name}.rels", relations(*rels)),
        ("docProps/core.xml", HEAD + '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
         'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>報告書</dc:title></cp:coreProperties>'),
        *extra,
    ]


def word(inner="<w:p><w:r><w:t>四半期の報告です。</w:t></w:r></w:p>"):
    return HEAD + f'<w:document xmlns:w="{W}" xmlns:r="{ODOC}"><w:body>{inner}<w:sectPr/></w:body></w:document>'


def field(*runs):
    """A field whose instruction is spread over runs."""
    text = "".join(f'<w:r><w:instrText xml:space="preserve">{r}</w:instrText></w:r>' for r in runs)
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{text}<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>x</w:t></w:r>' \
           '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'


def docx(inner=None, kind="docx", **more):
    return simple(parts(kind, word(inner) if inner is not None else word(), **more))


def workbook(names=""):
    return HEAD + f'<workbook xmlns="{S}" xmlns:r="{ODOC}"><sheets><sheet name="表1" sheetId="1" r:id="rId1"/></sheets>{names}</workbook>'


def sheet(cells='<c r="A1" t="inlineStr"><is><t>売上</t></is></c><c r="B1"><f>SUM(B2:B9)</f><v>0</v></c>', root="worksheet"):
    return HEAD + f'<{root} xmlns="{S}"><sheetData><row r="1">{cells}</row></sheetData></{root}>'


def xlsx(cells=None, kind="xlsx", names="", extra=(), rels=(), **more):
    inner = sheet(cells) if cells is not None else sheet()
    return simple(parts(kind, workbook(names), extra=[("xl/worksheets/sheet1.xml", inner), *extra], rels=[relation(1, "worksheet", "worksheets/sheet1.xml"), *rels], **more))


def slide(inner=""):
    return HEAD + f'<p:sld xmlns:p="{P}" xmlns:a="{A}" xmlns:r="{ODOC}"><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r>{inner}<a:t>発表</a:t></a:r></a:p></p:txBody></p:sp>' \
                  '</p:spTree></p:cSld></p:sld>'


def pptx(inner="", extra=(), slide_rels=(), **more):
    body = HEAD + f'<p:presentation xmlns:p="{P}" xmlns:r="{ODOC}"><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>'
    return simple(parts("pptx", body, extra=[("ppt/slides/slide1.xml", slide(inner)), ("ppt/slides/_rels/slide1.xml.rels", relations(*slide_rels)), *extra],
                        rels=[relation(1, "slide", "slides/slide1.xml")], **more))


OD = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" ' \
     'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" ' \
     'xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'


def odf(kind="text", inner="<text:p>議事録</text:p>", scripts="<office:scripts/>", extra=(), manifest="", mimetype=None):
    mimetype = mimetype or f"application/vnd.oasis.opendocument.{kind}"
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {OD}>{scripts}<office:body><office:{kind}>{inner}</office:{kind}></office:body></office:document-content>'
    files = [("content.xml", content), ("styles.xml", f'<?xml version="1.0" encoding="UTF-8"?><office:document-styles {OD}/>'),
             ("META-INF/manifest.xml", '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
              f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mimetype}"/>{manifest}</manifest:manifest>'), *extra]
    return zip_bytes([Member("mimetype", mimetype.encode(), method=0)] + [Member(n, d if isinstance(d, bytes) else d.encode()) for n, d in files])
