"""Files that strangers might send to do harm, as bytes: bombs, locked and damaged ones, some that would call out."""

from __future__ import annotations

import io
import zipfile
import zlib

from reportlab.pdfgen.canvas import Canvas


def pack(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def draw(pages: int = 1, text: str = "2023 budget 1,234.50", **options: object) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, **options)
    for _ in range(pages):
        canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def make_docx_bomb() -> bytes:
    return pack(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w>" + b" " * 12_000_000 + b"</w>"})


def make_xlsx_bomb() -> bytes:
    return pack(
        **{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>", "xl/sharedStrings.xml": b"0" * 12_000_000}
    )


def make_laughs() -> bytes:
    levels = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    document = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a0 "哈哈">{levels}]><w>&a9;</w>'
    return pack(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode()})


def make_compound(stream: str) -> bytes:
    """A file of the old binary format of Office that names one stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + stream.encode("utf-16-le") + b"\0" * 600


def make_stream_bomb() -> bytes:
    stream = zlib.compress(b"q " * 33_000_000)
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj\n"
    body = b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n" % len(stream) + stream + b"\nendstream endobj\n"
    return head + page + body + b"trailer<</Root 1 0 R>>\n%%EOF"


def make_active_pdf() -> bytes:
    """A PDF that would run a script when it is opened, and carries a program."""
    plain = draw(text="x")
    action = b"/OpenAction<</S/JavaScript/JS(app.launchURL\\('http://127.0.0.1:9/'\\))>>/Names<</EmbeddedFiles 1 0 R>>"
    return plain.replace(b"/Type /Catalog", b"/Type /Catalog " + action)


def make_linked_workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["收入预算表"])
    sheet.append(["项目", "=[http://127.0.0.1:9/other.xlsx]Sheet1!A1"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
