"""What a page draws, beside what pdfplumber says of it: the same characters, lines and pictures, bit for bit.

Nothing differs, so there is no list of differences: pdfplumber's own values are expected, of pages of every make and of
content streams as odd as they come.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any
from unittest import mock

import pdfplumber
import pytest
from pdfminer.pdfinterp import PDFPageInterpreter
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from loaders.readers.pdf import engine
from tests.loaders.filemaker import FONT, make_pdf, make_unruled_pdf
from tests.volume import size

CHAR = ("text", "x0", "x1", "top", "bottom", "y0", "y1", "matrix", "size", "upright")
SHAPE = (
    "object_type", "x0", "x1", "top", "bottom", "pts", "stroke", "fill", "stroking_color", "non_stroking_color"
)  # fmt: skip
IMAGE = ("x0", "x1", "top", "bottom", "width", "height")
KINDS = {"chars": CHAR, "lines": SHAPE, "rects": SHAPE, "curves": SHAPE, "images": IMAGE}

TYPE1 = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
WIDE = (
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/{encoding}/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 0>>"
    "/DW 1000/W[1 95 500]/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/Descent -120>>>>]>>"
)
FONTS = (
    f"/Font<</F {TYPE1}/G {WIDE.format(encoding='UniGB-UCS2-H')}/V {WIDE.format(encoding='UniGB-UCS2-V')}>>"
    "/ColorSpace<</S[/Separation/Spot/DeviceGray<<>>]/P/Pattern>>/XObject<</X 9 0 R>>"
)
FORM = "BT /F 8 Tf 3 3 Td (in a form) Tj ET 1 0 0 RG 0 0 m 30 0 l S"


def draw_both(path: Path) -> list[tuple[dict[str, list[Any]], dict[str, list[Any]]]]:
    """The values of each page's objects: as drawn, and as pdfplumber has them."""
    pages = []
    drawn, count = engine.open_pages(path, 2000)
    with pdfplumber.open(path) as reference:
        for number in range(count):
            canvas, page = engine.draw(drawn.pages[number]), reference.pages[number]
            pages.append(
                (
                    {kind: pick(getattr(canvas, kind), names) for kind, names in KINDS.items()},
                    {kind: pick(getattr(page, kind), names) for kind, names in KINDS.items()},
                )
            )
            page.close()
    drawn.stream.close()
    return pages


def pick(objects: list[dict[str, Any]], names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return [tuple(each[name] for name in names) for each in objects]


def write_pdf(path: Path, *contents: bytes, page: str = "/MediaBox[0 0 600 800]") -> Path:
    """A PDF of one page with these content streams, written by hand."""
    numbers = " ".join(f"{10 + n} 0 R" for n in range(len(contents)))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: f"<</Type/Page/Parent 2 0 R{page}/Contents[{numbers}]/Resources<<{FONTS}>>>>".encode(),
        9: f"<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Matrix[2 0 0 1 5 7]/Resources<<{FONTS}>>/Length {len(FORM)}>>"
        f"stream\n{FORM}\nendstream".encode(),
    }
    for number, content in enumerate(contents, 10):
        objects[number] = b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
    out = b"%PDF-1.4\n"
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n" % size
    out += b"".join(b"%010d 00000 n \n" % places[n] if n in places else b"0000000000 65535 f \n" for n in range(size))
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, start)
    path.write_bytes(out)
    return path


#: Content streams, each with what it is about.
CONTENTS: dict[str, list[bytes]] = {
    "text": [b"BT /F 12 Tf 72 700 Td (Budget 1,177) Tj 0 -14 TD [(a)-250(b) 120.5 (c)] TJ T* (next) ' 2 3 (q) \" ET"],
    "no blanks": [b"BT/F 12 Tf 72 700 Td(a)Tj[(b)-250(c)]TJ ET 1 0 0 RG 10 10 m 90 10 l S"],
    "escapes": [rb"BT /F 12 Tf 9 9 Td (\(a\) \101\1012\7 \\ \q \n|\r|\t) Tj (line" b"\\\n" b"goes on) Tj ET"],
    "brackets": [b"BT /F 12 Tf 9 9 Td (a (b) c) Tj (a (b (c) d) e) Tj (after) Tj ET"],
    "hexadecimal": [b"BT /F 12 Tf 9 9 Td <41 42\n43> Tj <414> Tj <> Tj /G 9 Tf <9884 7b97> Tj ET"],
    "numbers": [b"1 w +5 -.5 m 4. .25 l S 1.5.3 -7 m 1-2 l S --5 3 m 00012 9 l S 123456789012345678901 1 m 2 2 l S"],
    "comments": [b"% a note (with a bracket\n1 0 0 rg 10 10 50 20 re f % end\rBT /F 9 Tf 5 5 Td (x) Tj ET"],
    "marks": [
        b"/P <</MCID 0>> BDC BT /F 9 Tf 5 5 Td (a) Tj ET EMC /Span <</ActualText<FEFF0041>/Lang(zh)>> BDC "
        b"BT /F 9 Tf 9 9 Td (b) Tj ET EMC /Artifact <</Attached [/Top]/BBox[0 0 1 1]/A<</B 1>>>> BDC "
        b"BT /F 9 Tf 9 19 Td (c) Tj ET EMC"
    ],
    "names with signs": [b"BT /#46 12 Tf 9 9 Td (a) Tj /F 12 Tf (b) Tj ET"],
    "a picture within": [
        b"q 50 0 0 40 10 10 cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x00(\xff[ EI Q "
        b"BT /F 12 Tf 9 9 Td (behind it) Tj ET 5 5 9 9 re f"
    ],
    "parts of a stream": [b"BT /F 12 Tf 72 700", b"Td [(a) -250", b"(b)] TJ (c", b"d) Tj ET", b"", b"7 7 m 9 9 l S"],
    "a number over two parts": [b"BT /F 12 Tf 1", b"5 700 Td (a) Tj ET"],
    "few operands": [b"5 m 1 2 3 l 4 4 l S (x) Tj Tj re 1 2 re 3 4 5 6 re S 1 rg 0 0 5 5 re f Q Q Tm"],
    "many operands": [b"7 8 9 1 2 m 3 4 l S 1 1 1 1 0 0 0 rg 5 5 9 9 re f"],
    "what is no operator": [b"12 nonsense 3 4 m true 5 6 l S null 1 1 m false 2 2 l S ]] 3 3 m 4 4 l S"],
    "arrays in arrays": [b"BT /F 9 Tf 5 5 Td [(a) [1 2] (b)] TJ (c) Tj ET [1 2 m] 0 d 1 1 m 2 2 l S"],
    "a stray bracket": [b"1 1 m 2 2 l S ) > 3 3 m 4 4 l S"],
    "paths": [
        b"0.5 w 10 10 m 90 10 l 90 50 l 10 50 l h S 10 10 m 90 10 l 90 50 l 10 50 l 10 10 l f 5 5 m 9 9 l h B "
        b"1 1 m 2 2 3 3 4 4 c 5 5 6 6 v 7 7 8 8 y b* 1 1 m 3 3 m 4 4 l n 9 9 m 8 8 l 7 9 l f* 3 3 l S h S 1 1 m S "
        b"10 10 m 20 10 l 30 30 m 40 30 l 40 50 l s 10 10 m 90 12 l 90 50 l 10 50 l h B*"
    ],
    "colours": [
        b"0.2 G 1 1 m 2 2 l S 1 0 0 rg 0 0 5 5 re f 0 0 0 1 K 0 0 0 0 k 0 0 6 6 re B /S cs 0.7 scn 0 0 7 7 re f "
        b"/P cs /Pat scn 0 0 8 8 re f /DeviceRGB CS 1 1 0 SC 3 3 m 9 9 l S /Nil cs 1 scn 0 0 2 2 re f"
    ],
    "states": [
        b"q 2 0 0 2 10 10 cm BT /F 9 Tf 5 5 Td (a) Tj q 0 1 -1 0 0 0 cm (turned) Tj Q ET Q BT /F 9 Tf 80 Tz 2 Tc 5 Tw "
        b"3 Ts 14 TL 1 0 .3 1 50 50 Tm (slanted words) Tj T* (b) Tj 3 Tr (unseen) Tj -1 0 0 -1 90 90 Tm (over) Tj "
        b"1 0 0 -1 9 9 Tm (mirrored) Tj -50 Tz (back) Tj 100 Tz -9 0 Td /F -9 Tf (minus) Tj ET"
    ],
    "fonts and strings beside other operands": [
        b"BT /F\n9\tTf 5 5 Td 7 8 (a)Tj <41>Tj(b) \x00 Tj % (c) Tj\n/F 12 /F 8 Tf (d) (e) Tj 1 <42> 2 Tj (f)Tjx (g)",
        b"Tj /F 7",
        b"Tf (h)Tj/F 9Tf (i) Tj /F .5e Tf (j) Tj /F 11 Tf\x00(k)TjBT (l) Tj [(m) /F 12 Tf (n)] TJ (o) Tj ET",
    ],
    "vertical": [b"BT /V 12 Tf 100 700 Td " + b"<" + "预算表".encode("utf-16-be").hex().encode() + b"> Tj ET"],
    "forms": [b"q 1 0 0 1 50 50 cm /X Do Q /X Do BT /F 9 Tf 1 1 Td (last) Tj ET /None Do"],
    "no font": [b"BT (a) Tj /Nil 12 Tf 5 5 Td (b) Tj ET"],
    "a string for an array": [b"BT /F 9 Tf 5 5 Td (abc) TJ ET"],
    "nothing": [b""],
    "a mark that never ends": [b"1 1 m 2 2 l S /P <</A (b) BDC 3 3 m 4 4 l S"],
    "zero bytes": [b"1 1\x00m 2 2\x00 l\x00 S\x00 \x00 3 3 m \x004 4 l S"],
}


@pytest.mark.parametrize("about", CONTENTS)
def test_odd_content_is_drawn_as_pdfplumber_draws_it(tmp_path: Path, about: str) -> None:
    for found, expected in draw_both(write_pdf(tmp_path / "a.pdf", *CONTENTS[about])):
        assert found == expected
        assert any(expected.values()) or about in ("nothing", "a number over two parts", "a string for an array")


@pytest.mark.parametrize(
    "page",
    [
        "/MediaBox[0 0 600 800]/Rotate 90",
        "/MediaBox[0 0 600 800]/Rotate 180",
        "/MediaBox[0 0 600 800]/Rotate 270",
        "/MediaBox[20 30 620 830]",
        "/MediaBox[20 30 620 830]/Rotate 90/CropBox[50 50 300 300]",
        "/MediaBox[-10 -20 600 800]/CropBox[0 0 600 800]",
        "/MediaBox[600 800 0 0]",
    ],
)
def test_turned_and_shifted_pages_are_drawn_as_pdfplumber_draws_them(tmp_path: Path, page: str) -> None:
    contents = [*CONTENTS["text"], *CONTENTS["states"], *CONTENTS["paths"], *CONTENTS["a picture within"]]
    (found, expected), *_ = draw_both(write_pdf(tmp_path / "a.pdf", *contents, page=page))
    assert found == expected
    assert all(expected.values())


def test_made_up_budgets_are_drawn_as_pdfplumber_draws_them(tmp_path: Path) -> None:
    paths = [
        make_pdf(tmp_path / "ruled.pdf"),
        make_pdf(tmp_path / "turned.pdf", turned=90),
        make_unruled_pdf(tmp_path / "unruled.pdf"),
    ]
    for path in paths:
        for found, expected in draw_both(path):
            assert found == expected
            assert len(expected["chars"]) > 100


def test_random_content_is_drawn_as_pdfplumber_draws_it(tmp_path: Path) -> None:
    """Pieces of all contents above, cut and joined by chance; what pdfminer cannot bear neither may."""
    chance = random.Random(16)
    pieces = b" ".join(part for parts in CONTENTS.values() for part in parts).split(b" ")
    refused = 0
    for _ in range(150):
        start = chance.randrange(len(pieces) - 40)
        taken = pieces[start : start + 40]
        for _ in range(4):
            taken.insert(chance.randrange(len(taken)), chance.choice(pieces))
        cut = chance.randrange(len(taken))
        path = write_pdf(tmp_path / "a.pdf", b" ".join(taken[:cut]), b" ".join(taken[cut:]))
        with pdfplumber.open(path) as reference:
            try:
                expected = {kind: pick(getattr(reference.pages[0], kind), names) for kind, names in KINDS.items()}
            except Exception:
                refused += 1
                continue
        pdf, _count = engine.open_pages(path, 1)
        canvas = engine.draw(pdf.pages[0])
        pdf.stream.close()
        assert {kind: pick(getattr(canvas, kind), names) for kind, names in KINDS.items()} == expected, taken
    assert refused < 50


def test_usual_content_needs_no_parser_of_pdfminer(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont(FONT, 12)
    canvas.drawString(72, 700, "支出预算 (万元)")
    canvas.rect(70, 690, 100, 30)
    canvas.save()
    with mock.patch.object(PDFPageInterpreter, "execute", side_effect=AssertionError("the slow way was taken")):
        pdf, _ = engine.open_pages(path, 1)
        assert "".join(c["text"] for c in engine.draw(pdf.pages[0]).chars) == "支出预算 (万元)"
        pdf.stream.close()


def test_a_long_string_is_counted_before_its_glyphs_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MAX_PAGE_OBJECTS", 200_000)
    path = write_pdf(tmp_path / "a.pdf", b"BT /F 9 Tf (" + b"a" * 1_000_000 + b") Tj ET")
    pdf, _ = engine.open_pages(path, 1)
    with (
        mock.patch("loaders.readers.pdf.canvas.Canvas._learn", side_effect=AssertionError("a glyph was made")),
        pytest.raises(engine.LimitReached, match="draws more than 200,000"),
    ):
        engine.draw(pdf.pages[0])
    pdf.stream.close()


@pytest.mark.shared
@pytest.mark.slow
def test_pages_of_real_files_are_drawn_as_pdfplumber_draws_them(shared_folder: Path) -> None:
    """Every sixteenth file, every eighth at night, up to eight pages of each."""
    paths = sorted((shared_folder / "documents").glob("pdf*/*.pdf"))[:: size(16, 8)]
    assert len(paths) >= size(4, 8)
    pages = 0
    for path in paths:
        pdf, count = engine.open_pages(path, 2000)
        with pdfplumber.open(path) as reference:
            for number in range(0, count, max(count // 8, 1)):
                canvas, page = engine.draw(pdf.pages[number]), reference.pages[number]
                for kind, names in KINDS.items():
                    assert pick(getattr(canvas, kind), names) == pick(getattr(page, kind), names), (path, number)
                page.close()
                pages += 1
        pdf.stream.close()
    assert pages > size(24, 60)
