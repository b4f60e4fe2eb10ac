"""XLS, Markdown, files whose name lies, formats that are declined, the limit of time."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path

import pytest
import xlwt

from loaders.characters import show_name
from loaders.documents import Document
from loaders.errors import DamagedFile, EmptyFile, GongkaiError, MissingFile, OversizedFile, UnknownFormat
from loaders.pipeline import read_document
from loaders.readers import DECLINED, READERS, find_reader
from loaders.readers.blocks import make_blocks
from loaders.readers.limits import within
from loaders.readers.xls import read as read_xls
from loaders.reading import read_numbers
from loaders.settings import Settings
from tests.loaders.filemaker import DOCUMENT, Item, as_text, make_docx, make_html, make_pdf, make_xls, make_xlsx
from tests.waiting import PATIENCE

SETTINGS = Settings(max_file_bytes=10_000_000)


def meanings(document: Document) -> list[tuple[object, ...]]:
    numbers = read_numbers(document, "budget", 2023, "")
    return [(f.value, f.unit, f.column, f.subject_label, f.subject_code, f.phase) for f in numbers.figures]


def as_markdown(items: list[Item]) -> str:
    """The document as converters write it: headings with #, tables with pipes."""
    lines: list[str] = []
    for item in items:
        if isinstance(item, str):
            lines += [f"## {item}" if item.startswith("第") else item, ""]
            continue
        for number, row in enumerate(item):
            lines.append("| " + " | ".join(cell or "" for cell in row) + " |")
            if number == 0:
                lines.append("|" + " --- |" * len(row))
        lines.append("")
    return "\n".join(lines)


@pytest.fixture
def expected() -> list[tuple[object, ...]]:
    text = as_text()
    found = meanings(Document("text", text, "", "text", make_blocks(text)))
    assert len(found) == 47
    return found


def test_old_sheets_give_the_figures_of_the_text(tmp_path: Path, expected: list[tuple[object, ...]]) -> None:
    document = read_document(make_xls(tmp_path / "a.xls"))
    assert document.format == "xls"
    assert document.warnings == ()
    assert meanings(document) == expected
    assert len(document.pages) == 4
    assert "合计\t17,766.65\t13,466.65" in document.text


def test_markdown_gives_the_figures_of_the_text(tmp_path: Path, expected: list[tuple[object, ...]]) -> None:
    (tmp_path / "a.md").write_text(as_markdown(DOCUMENT), encoding="utf-8")
    document = read_document(tmp_path / "a.md")
    assert document.format == "markdown"
    assert meanings(document) == expected
    assert "第一部分 部门概况\n" in document.text


def test_markdown_keeps_numbers_of_lists_and_reads_tables_in_html(tmp_path: Path) -> None:
    source = (
        "# 某局预算\n\n3. 公务接待费**1.50**万元，\n4. 会议费 2.00 万元。\n\n    缩进的一段[链接](http://example.org/1)。\n\n"
        "<table><tr><td>项目</td><td>合计</td></tr><tr><td>甲</td><td>1.00</td></tr></table>\n\n<script>9</script>\n"
    )
    (tmp_path / "a.md").write_bytes(source.encode("gb18030"))
    document = read_document(tmp_path / "a.md")
    assert document.warnings == ("read as gb18030",)
    assert document.text.splitlines() == [
        "某局预算",
        "3. 公务接待费1.50万元，",
        "4. 会议费 2.00 万元。",
        "缩进的一段链接。",
        "",
        "项目\t合计",
        "甲\t1.00",
    ]


def test_old_sheets_that_are_empty_damaged_or_locked(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("a")
    book.save(str(tmp_path / "a.xls"))
    with pytest.raises(EmptyFile):
        read_document(tmp_path / "a.xls")
    whole = make_xls(tmp_path / "b.xls").read_bytes()
    for data in (b"no sheet at all", whole[:3000], whole[:600] + bytes(len(whole) - 600)):
        (tmp_path / "b.xls").write_bytes(data)
        with pytest.raises(DamagedFile):
            read_xls(tmp_path / "b.xls", SETTINGS)


def test_dates_truths_and_errors_of_old_sheets(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    for row, (value, form) in enumerate([(45000, "yyyy-mm-dd"), (9e9, "yyyy-mm-dd"), (0.125, "0.0%"), (2010301, "0")]):
        sheet.write(row, 0, f"第{row}")
        sheet.write(row, 1, value, xlwt.easyxf(num_format_str=form))
    sheet.write(4, 0, "第4")
    sheet.write(4, 1, True)
    book.save(str(tmp_path / "a.xls"))
    cells = [line.split("\t")[1] for line in read_xls(tmp_path / "a.xls", SETTINGS).text.splitlines()]
    assert cells == ["2023-03-15", "9000000000", "12.5%", "2010301", "是"]


def test_files_are_read_as_what_they_are(tmp_path: Path) -> None:
    """An office's .xls is often a web page, its .doc a newer Word file."""
    made = {
        ".pdf": make_pdf(tmp_path / "a.pdf"),
        ".docx": make_docx(tmp_path / "a.docx"),
        ".xlsx": make_xlsx(tmp_path / "a.xlsx"),
        ".xls": make_xls(tmp_path / "a.xls"),
        ".html": make_html(tmp_path / "a.html"),
    }
    for ending, path in made.items():
        for lie in {".doc", ".pdf", ".xls", ".docx"} - {ending}:
            copy = tmp_path / f"named{lie}"
            shutil.copy(path, copy)
            document = read_document(copy)
            assert document.warnings[0] == f"named {lie}, read as {ending}, which it is"
            assert document.text == read_document(path).text
    text = tmp_path / "page.txt"
    text.write_text("<html> is how a page begins", encoding="utf-8")
    assert read_document(text).text == "<html> is how a page begins"


@pytest.mark.parametrize("ending", sorted(DECLINED))
def test_declined_formats_say_what_to_do(tmp_path: Path, ending: str) -> None:
    assert ending not in READERS
    path = tmp_path / f"预算{ending}"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) if ending == ".doc" else b"?")
    with pytest.raises(UnknownFormat, match="which no reader takes") as caught:
        find_reader(path)
    assert caught.value.remedy.startswith(("Save", "Unpack"))


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="folder"):
        find_reader(tmp_path)
    with pytest.raises(MissingFile, match="no such file"):
        find_reader(tmp_path / "a.pdf")


@pytest.mark.parametrize(
    "name", ["预算 2023（公开）.txt", "🏛️.txt", "a\nb.txt", "-rf.txt", "бюджет'\";$(x).txt", "عربي.txt", "%00%2e.txt"]
)
def test_names_in_any_script(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(as_text(), encoding="utf-8")
    document = read_document(path)
    assert document.name == show_name(path.stem)
    assert document.path == str(path)


def test_a_name_that_is_no_text_at_all(tmp_path: Path) -> None:
    path = Path(f"{tmp_path}/\udcff\udcfe.pdf")
    try:
        path.write_bytes(make_pdf(tmp_path / "a.pdf").read_bytes())
    except (OSError, UnicodeError):
        pytest.skip("this file system takes only names that are text")
    assert "17,800.00" in read_document(path).text
    path.write_bytes(b"%PDF-1.4 no more")
    with pytest.raises(DamagedFile) as caught:
        read_document(path)
    assert isinstance(caught.value, GongkaiError)


def sleep_as_libraries_do() -> None:
    """Passes over every exception, which must not stop the alarm."""
    with contextlib.suppress(Exception):
        time.sleep(PATIENCE)


def test_reading_ends_with_its_time(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf")
    with pytest.raises(OversizedFile, match=r"more than 0\.001 seconds.*GONGKAI_MAX_READ_SECONDS"):
        read_document(path, Settings(max_read_seconds=0.001))
    assert read_document(path).text  # and the alarm is gone
    with pytest.raises(OversizedFile), within(0.05, "a"):
        sleep_as_libraries_do()
    with within(PATIENCE, "a"), within(0.001, "b"):
        time.sleep(0.05)  # the outer limit holds, the inner one is not set
