"""The Excel reader: sheets, number formats, captions inside sheets; damaged and hostile files."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path

import openpyxl
import pytest

from loaders.documents import Document
from loaders.errors import DamagedFile, EmptyFile, OversizedFile
from loaders.readers.blocks import make_blocks
from loaders.readers.sheets import show
from loaders.readers.xlsx import read
from loaders.reading import read_numbers
from loaders.settings import Settings
from tests.loaders.filemaker import as_text, make_xlsx

SETTINGS = Settings(max_file_bytes=10_000_000)


def test_the_figures_of_the_text_come_back(tmp_path: Path) -> None:
    text = as_text()
    expected = read_numbers(Document("t", text, "", "text", make_blocks(text)), "budget", 2023, "")
    document = read(make_xlsx(tmp_path / "a.xlsx"), SETTINGS)
    found = read_numbers(document, "budget", 2023, "")
    assert [(f.stated, f.value, f.column, f.subject_label, f.subject_code) for f in found.figures] == [
        (f.stated, f.value, f.column, f.subject_label, f.subject_code) for f in expected.figures
    ]
    assert len(document.pages) == 4
    assert document.text[document.pages[1].start : document.pages[1].end].startswith(
        "支出预算总表\n单位：万元\n科目编码\t"
    )


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.5, "#,##0.00_ ;[Red]\\-#,##0.00\\ ", "1,234.50"),
        (-0.125, "0.00%", "-12.50%"),
        (0.1 + 0.2, "General", "0.3"),
        (2010301, "General", "2010301"),
        (2010301, "0", "2010301"),
        (1e-7, "General", "0.0000001"),
        (17466.65, "General", "17466.65"),
        (12.345, '0.0"万元"', "12.3"),
        (12504000, "0!.0000", "1250.4000"),  # yuan that the sheet shows as 万元
        (12504000, "#\\.0000", "1250.4000"),
        (12504000, '0"."0,', "1250.4"),
        (12504000, "#,##0,", "12,504"),
        (12504000, "0.00,,", "12.50"),
        ("“三公”经费", "@", "“三公”经费"),
        (None, "", ""),
        (True, "General", "是"),
        (datetime.datetime(2023, 3, 1), "yyyy-mm-dd", "2023-03-01"),  # noqa: DTZ001 - a sheet knows no zone
        (float("inf"), "0.00", "Infinity"),
    ],
)
def test_values_are_shown_as_in_the_sheet(value: object, form: str, shown: str) -> None:
    assert show(value, form) == shown


def test_captions_and_notes_inside_a_sheet_stand_alone(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [
        ["表1"],
        [None, "收支预算总表"],
        ["部门：江宁市交通运输局", None, "单位：万元"],
        ["项 目", "预算数", "备注"],
        ["合  计", 3, None],
        ["一、基本支出", None, None],
        ["注：本表反映收支情况。"],
        [None],
        ["表2 支出预算总表"],
        ["项目", "预算数"],
        ["行政\n运行", 3],
    ]:
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx", SETTINGS).text.splitlines() == [
        "表1",
        "收支预算总表",
        "部门：江宁市交通运输局 单位：万元",
        "项目\t预算数\t备注",
        "合计\t3\t",
        "一、基本支出\t\t",
        "注：本表反映收支情况。",
        "表2 支出预算总表",
        "项目\t预算数\t",
        "行政运行\t3\t",
    ]


def test_formulas_give_their_kept_values(tmp_path: Path) -> None:
    path = make_xlsx(tmp_path / "a.xlsx", ["表", [("项目", "数"), ("合计", "7.50")]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert b"<v>7.5</v>" in parts[sheet]
    parts[sheet] = parts[sheet].replace(b"<v>7.5</v>", b"<f>SUM(A1:A9)</f><v>9.25</v>")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert read(path, SETTINGS).text.splitlines()[-1] == "合计\t9.25"


def test_empty_and_damaged_files_are_declared(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(EmptyFile, match="no text"):
        read(tmp_path / "a.xlsx", SETTINGS)
    (tmp_path / "a.xlsx").write_bytes(make_xlsx(tmp_path / "b.xlsx").read_bytes()[:2000])
    with pytest.raises(DamagedFile):
        read(tmp_path / "a.xlsx", SETTINGS)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with pytest.raises(OversizedFile, match="GONGKAI_MAX_UNPACKED_BYTES"):
        read(make_xlsx(tmp_path / "a.xlsx"), Settings(max_unpacked_bytes=5000))


def test_entities_are_refused(tmp_path: Path) -> None:
    path = make_xlsx(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = f"<!DOCTYPE x [{laughs}]>".encode() + parts[sheet]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with pytest.raises(DamagedFile, match="entities"):
        read(path, SETTINGS)


def test_a_sheet_that_claims_a_million_rows_is_read_quickly(tmp_path: Path) -> None:
    """A stray format at the far end of a sheet makes its size a million rows of nothing."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["项目", "预算数"])
    sheet.append(["合计", 3.5])
    sheet.cell(1_048_576, 16_384).number_format = "0.00"
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx", SETTINGS).text == "项目\t预算数\n合计\t3.5\n"
