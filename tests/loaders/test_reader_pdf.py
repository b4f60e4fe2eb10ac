"""The PDF reader: round trips of made-up budgets, awkward printing, hostile and broken files, real files."""

from __future__ import annotations

import os
import zlib
from collections import Counter
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from loaders.documents import Document, Span
from loaders.errors import DamagedFile, EmptyFile, EncryptedFile, OversizedFile
from loaders.facts import Figure
from loaders.meaning.identity import identify
from loaders.pipeline import read_document
from loaders.readers import find_reader
from loaders.readers.blocks import make_blocks
from loaders.readers.pdf import engine as pdf_engine
from loaders.readers.pdf.reader import read
from loaders.reading import read_numbers
from loaders.settings import Settings
from tests.loaders.filemaker import FONT, Item, as_text, make_pdf, make_unruled_pdf
from tests.volume import size

SETTINGS = Settings(max_file_bytes=10_000_000)


def figures_of(document: Document) -> list[tuple[object, ...]]:
    """What the figures of a document mean, without where they stand."""
    numbers = read_numbers(document, "budget", 2023, "江宁市交通运输局")
    assert [r for r in numbers.ledger if r.kind == "unaccounted"] == []
    return [_meaning(f) for f in numbers.figures]


def _meaning(f: Figure) -> tuple[object, ...]:
    return f.value, f.unit, f.column, f.subject_label, f.subject_code, f.phase, f.aspect, f.fiscal_year, f.form


def expected_figures() -> list[tuple[object, ...]]:
    text = as_text()
    found = figures_of(Document("text", text, "", "text", make_blocks(text)))
    assert len(found) == 47
    return found


@pytest.mark.parametrize(
    "options",
    [{}, {"narrow": True}, {"breaks": True}, {"open_sides": True}, {"turned": 90}, {"narrow": True, "breaks": True}],
    ids=["ruled", "narrow", "pages", "open", "turned", "narrow-pages"],
)
def test_ruled_tables_give_the_figures_of_the_text(tmp_path: Path, options: dict[str, int]) -> None:
    document = read(make_pdf(tmp_path / "a.pdf", **options), SETTINGS)  # type: ignore[arg-type]
    assert figures_of(document) == expected_figures()
    if options.get("breaks"):
        assert len(document.pages) >= 3


def test_unruled_tables_give_the_figures_of_the_text(tmp_path: Path) -> None:
    assert figures_of(read(make_unruled_pdf(tmp_path / "a.pdf"), SETTINGS)) == expected_figures()


def test_boxes_lead_each_figure_to_its_place(tmp_path: Path) -> None:
    document = read(make_pdf(tmp_path / "a.pdf", breaks=True), SETTINGS)
    numbers = read_numbers(document, "budget", 2023, "")
    starts = [b.span.start for b in document.boxes]
    assert starts == sorted(starts)
    for figure in numbers.figures:
        boxes = document.boxes_of(figure.span)
        assert "".join(document.text[b.span.start : b.span.end] for b in boxes).startswith(figure.stated)
        page = document.pages[boxes[0].page - 1]
        assert page.contains(figure.span)
        assert all(0 <= b.x0 < b.x1 <= A4[0] and 0 <= b.top < b.bottom <= 300 for b in boxes)
    lines = Counter((b.page, b.top) for b in document.boxes)
    assert max(lines.values()) > 1  # cells of a row stand at one height


def test_boxes_count_from_the_corner_of_the_page(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf")
    boxes = read(path, SETTINGS).boxes
    # The same page, whose coordinates begin 9 points left of and below its corner.
    moved = tmp_path / "b.pdf"
    moved.write_bytes(path.read_bytes().replace(b"MediaBox [ 0 0 ", b"MediaBox [-9 -9 "))
    assert moved.read_bytes() != path.read_bytes()
    for box, other in zip(boxes, read(moved, SETTINGS).boxes, strict=True):
        assert other.x0 - box.x0 == pytest.approx(9, abs=0.2)
        # The page is 9 points higher as well: what stands on it is as far from its upper edge as before.
        assert other.top == pytest.approx(box.top, abs=0.2)


def test_boxes_of_a_span_between_runs(tmp_path: Path) -> None:
    document = read(make_pdf(tmp_path / "a.pdf"), SETTINGS)
    first, second = document.boxes[:2]
    assert document.boxes_of(first.span) == [first]
    assert document.boxes_of(Span(first.span.start, second.span.end)) == [first, second]
    assert document.boxes_of(Span(len(document.text), len(document.text))) == []


def canvas_at(path: Path) -> Canvas:
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont(FONT, 12)
    return canvas


def test_glyphs_printed_twice_are_read_once(tmp_path: Path) -> None:
    canvas = canvas_at(tmp_path / "a.pdf")
    for shift in (0, 0.4, 0.8):
        canvas.drawString(72 + shift, 700, "2023年部门预算1,177.00万元")
    canvas.save()
    assert read(tmp_path / "a.pdf", SETTINGS).text == "2023年部门预算1,177.00万元\n"


def test_spaced_out_titles_are_closed_up(tmp_path: Path) -> None:
    canvas = canvas_at(tmp_path / "a.pdf")
    for n, c in enumerate("江宁市交通运输局部门预算"):
        canvas.drawString(72 + 20 * n, 700, c)
    canvas.drawString(72, 600, "第一部分 部门概况")
    canvas.save()
    assert read(tmp_path / "a.pdf", SETTINGS).text == "江宁市交通运输局部门预算\n第一部分 部门概况\n"


def test_words_on_slightly_different_baselines_are_one_line(tmp_path: Path) -> None:
    canvas = canvas_at(tmp_path / "a.pdf")
    x = 72.0
    for text, lift in (("收入", 0.0), ("17,466.65", 2.5), ("万元，比上年增加", 0.0), ("300.00", -1.0), ("万元。", 0.0)):
        canvas.drawString(x, 700 + lift, text)
        x += canvas.stringWidth(text, FONT, 12)
    canvas.save()
    assert read(tmp_path / "a.pdf", SETTINGS).text == "收入17,466.65万元，比上年增加300.00万元。\n"


def test_white_boxes_behind_prose_make_no_table(tmp_path: Path) -> None:
    """Some programs lay white boxes, whose sides run through words, behind each stretch of prose."""
    canvas = canvas_at(tmp_path / "a.pdf")
    lines = [f"第{n}项支出预算为{n}68.12万元，比上年减少{n}.82万元，主要原因是压减经费。" for n in range(1, 8)]
    for n, line in enumerate(lines):
        canvas.setFillColorRGB(1, 1, 1)
        for x in range(70, 500, 37):
            canvas.rect(x, 695 - 20 * n, 37, 20, stroke=0, fill=1)
        canvas.setFillColorRGB(0, 0, 0)
        canvas.drawString(72, 700 - 20 * n, line)
    canvas.save()
    document = read(tmp_path / "a.pdf", SETTINGS)
    assert document.text.splitlines() == lines
    assert document.tables == []


def test_black_lines_through_words_make_no_table(tmp_path: Path) -> None:
    canvas = canvas_at(tmp_path / "a.pdf")
    lines = ["本部门按照有关规定编制预算并对重点项目开展绩效评价工作情况如下"] * 6
    for n, line in enumerate(lines):
        canvas.drawString(72, 700 - 20 * n, line)
        canvas.line(70, 696 - 20 * n, 500, 696 - 20 * n)
    for x in range(78, 500, 30):
        canvas.line(x, 596, x, 712)
    canvas.save()
    assert "\t" not in read(tmp_path / "a.pdf", SETTINGS).text


def test_contents_and_prose_with_gaps_make_no_table(tmp_path: Path) -> None:
    canvas = canvas_at(tmp_path / "a.pdf")
    for n, title in enumerate(["第一部分 概况", "第二部分 预算表", "第三部分 说明", "第四部分 名词解释"]):
        canvas.drawString(72, 700 - 20 * n, title)
        canvas.drawString(450, 700 - 20 * n, str(2 + 3 * n))
    for n in range(4):
        canvas.drawString(72, 600 - 20 * n, f"其中，第{n}类支出为    12{n}    万元，占全部支出的比例有所下降，")
    canvas.save()
    assert "\t" not in read(tmp_path / "a.pdf", SETTINGS).text


def test_rows_without_lines_between_them_are_parted(tmp_path: Path) -> None:
    rows: list[Item] = [
        "支出预算表",
        "单位：万元",
        [
            ("项目", "合计", "基本支出"),
            ("行政运行\n住房公积金\n培训费", "9,001.40\n300.00\n12.50", "9,001.40\n300.00\n12.50"),
        ],
    ]
    text = read(make_pdf(tmp_path / "a.pdf", rows), SETTINGS).text
    assert text.splitlines()[3:] == [
        "行政运行\t9,001.40\t9,001.40",
        "住房公积金\t300.00\t300.00",
        "培训费\t12.50\t12.50",
    ]


def test_two_numbers_of_one_cell_stay_two(tmp_path: Path) -> None:
    rows: list[Item] = [[("项目", "说明"), ("甲", "120\n35"), ("乙", "1.50\n2.50")]]
    assert read(make_pdf(tmp_path / "a.pdf", rows), SETTINGS).text.splitlines()[1:] == ["甲\t120 35", "乙\t1.50 2.50"]


def test_a_locked_file_is_declared(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), encrypt="secret")
    canvas.drawString(72, 700, "2023")
    canvas.save()
    with pytest.raises(EncryptedFile, match="password"):
        read(tmp_path / "a.pdf", SETTINGS)


@pytest.mark.parametrize("data", [b"no pdf at all", b"%PDF-1.7\nnothing more", b"%PDF-1.4\n" + bytes(range(256)) * 40])
def test_damaged_files_are_declared(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.pdf").write_bytes(data)
    with pytest.raises(DamagedFile):
        read(tmp_path / "a.pdf", SETTINGS)


def test_an_empty_file_is_declared(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"")
    with pytest.raises(EmptyFile):
        read(tmp_path / "a.pdf", SETTINGS)


def test_too_many_pages_are_declared(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    for n in range(5):
        canvas.drawString(72, 700, f"page {n}")
        canvas.showPage()
    canvas.save()
    assert len(read(tmp_path / "a.pdf", SETTINGS.model_copy(update={"max_pages": 5})).pages) == 5
    with pytest.raises(OversizedFile, match="more than 4 pages"):
        read(tmp_path / "a.pdf", SETTINGS.model_copy(update={"max_pages": 4}))
    with pytest.raises(OversizedFile, match="more than 3 pages"):
        read_document(tmp_path / "a.pdf", Settings(max_pages=3))


def write_pdf(path: Path, content: bytes, extra: str = "", resources: str = "") -> Path:
    """A PDF of one page with a compressed content stream, written by hand."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<{resources}>>>>".encode(),
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content),
        *[part.encode() for part in extra.split("\f") if part],
    ]
    out = b"%PDF-1.4\n"
    places = []
    for n, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % p for p in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    path.write_bytes(out)
    return path


def test_a_stream_that_inflates_without_end_is_declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_engine, "MAX_STREAM_BYTES", 1_000_000)
    bomb = write_pdf(tmp_path / "a.pdf", zlib.compress(b"q Q " * 2_000_000, 9))
    assert bomb.stat().st_size < 30_000
    with pytest.raises(OversizedFile, match="inflates to more than 1,000,000 bytes"):
        read(bomb, SETTINGS)


def test_forms_that_draw_each_other_are_declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten forms, each of which draws the next one ten times, would draw ten thousand million lines."""
    monkeypatch.setattr(pdf_engine, "MAX_PAGE_OBJECTS", 5_000)
    forms = []
    for n in range(10):
        body = ("/F Do " * 10) if n < 9 else "0 0 m 9 9 l S"
        names = f"/XObject<</F {6 + n} 0 R>>" if n < 9 else ""
        head = f"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<{names}>>/Length {len(body)}>>"
        forms.append(f"{head}stream\n{body}\nendstream")
    path = write_pdf(tmp_path / "a.pdf", zlib.compress(b"/F Do"), "\f".join(forms), "/XObject<</F 5 0 R>>")
    with pytest.raises(OversizedFile, match="draws more than 5,000"):
        read(path, SETTINGS)


def test_a_font_of_endless_widths_is_declared(tmp_path: Path) -> None:
    """A range of widths is written out glyph by glyph: nine digits would fill the memory."""
    font = (
        "/Font<</F<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[<</Type/Font"
        "/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        "/FontDescriptor<</Type/FontDescriptor/FontName/X/Flags 4>>/W[0 999999999 500]>>]>>>>"
    )
    path = write_pdf(tmp_path / "a.pdf", zlib.compress(b"BT /F 12 Tf 72 700 Td <0001> Tj ET"), resources=font)
    with pytest.raises(OversizedFile, match="a font names a range of more than 65,536 glyphs"):
        read(path, SETTINGS)


def test_a_corrupt_stream_is_salvaged(tmp_path: Path) -> None:
    """A stream that breaks off gives the text before the break, in linear time."""
    text = b"BT /F 12 Tf 72 700 Td (Budget 2023: 1,177.00) Tj ET\n"
    stream = zlib.compress(text + b"% " + bytes(i * 7919 % 251 for i in range(400_000)), 1)
    font = "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    path = write_pdf(tmp_path / "a.pdf", stream[:-2000], resources=font)
    assert "1,177.00" in read(path, SETTINGS).text


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "changsha-gonganju-2025",
            [
                "16476.85万元，其中，货物类采购预算2,716.09万元；工程类",
                "采购预算9,021.25万元；服务类采购预算4,739.51万元。",
            ],
        ),
        ("huizhou-tuiyijunrenshiwuju-2026", ["2026年第3期刊登", "惠州市人民政府公报"]),
        ("shanghai-tongjiju-2026", ["201\t05\t04\t信息事务\t1,189,000\t\t1,189,000"]),
        (
            "changchun-xinfangju-2026",
            ["201\t一般公共服务支出\t1378.41\t1378.41\t903.85\t692.85\t211.00\t474.56\t0.00\t0.00\t0.00\t0.00\t0.00"],
        ),
        (
            "chongqing-jingjihexinxihuaweiyuanhui-2026",
            [
                "绩效指标\t指标名称\t指标性质\t指标值\t计量单位\t指标权重(%)\t是否核心",
                "\t技改专项贷融资金额\t≥\t100\t亿元\t10\t是",
            ],
        ),
        (
            "yantai-jiaoyuju-2026",
            ["项目成果转化推广及综合数据平台等尾款\t特定目标类\t21.09\t4.90\t4.90\t\t\t\t16.19\t\t"],
        ),
    ],
)
def test_real_files_give_the_lines_that_are_printed(shared_folder: Path, name: str, lines: list[str]) -> None:
    """Lines checked by eye: prose in white boxes, glyphs printed twice, overlapping runs, pages turned."""
    document = read(shared_folder / "documents" / "pdf" / f"{name}.pdf", SETTINGS)
    found = [line.replace(" ", "") for line in document.text.splitlines()]
    for line in lines:
        assert line in found


@pytest.mark.shared
@pytest.mark.slow
def test_numbers_of_all_real_files_are_accounted_for(shared_folder: Path) -> None:
    """Every twelfth file, every sixth at night; with GONGKAI_ALL_FILES set all of them, which takes some minutes."""
    counts: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    every = 1 if os.environ.get("GONGKAI_ALL_FILES") else size(12, 6)
    paths = sorted((shared_folder / "documents" / "pdf").glob("*.pdf"))[::every]
    for path in paths:
        document = find_reader(path)(path, SETTINGS)
        identity = identify(document)
        kinds[identity.kind] += 1
        agency = identity.agency.label if identity.agency else ""
        numbers = read_numbers(document, identity.kind, identity.fiscal_year, agency)
        counts.update(row.kind for row in numbers.ledger)
        assert [b.span for b in document.boxes] == sorted(b.span for b in document.boxes)
    assert sum(kinds.values()) == len(paths) >= size(4, 8)
    if every == 1:
        assert kinds["unknown"] == 2
    assert counts["unaccounted"] * 200 <= sum(counts.values())
