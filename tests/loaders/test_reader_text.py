"""The text reader: encodings, bad files, and the cut into headings, paragraphs and tables with true spans."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.documents import Block, Document
from loaders.errors import (
    BinaryFile,
    DocumentError,
    EmptyFile,
    MissingFile,
    OversizedFile,
    TruncatedFile,
    UndecodableFile,
    UnknownFormat,
)
from loaders.readers import find_reader
from loaders.readers.blocks import make_blocks
from loaders.readers.text import read
from loaders.settings import Settings
from loaders.words.lines import find_furniture, split_lines

SETTINGS = Settings(max_file_bytes=10_000_000)
PROSE = "2023年部门预算收入58,227万元，比2022年增加7,027万元，增长13.72%。\n"


def write(folder: Path, data: bytes, name: str = "document.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def blocks(text: str) -> tuple[Block, ...]:
    made = make_blocks(text)
    for block in made:
        passage = block.passage
        assert all(text[o] == c for o, c in zip(passage.offsets, passage.text, strict=True)), "offsets are true"
        assert list(passage.offsets) == sorted(set(passage.offsets)), "no character stands twice"
    return made


# -- files ---------------------------------------------------------------------------------------------------------


def test_a_text_is_its_bytes_decoded_and_unchanged(tmp_path: Path) -> None:
    data = (PROSE + "第二行\r\n\ttab \u3000\n").encode()
    document = read(write(tmp_path, data), SETTINGS)
    assert document.text == data.decode()
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert (document.name, document.format, document.warnings) == ("document", "text", ())


def test_a_byte_order_mark_stays_in_the_text_and_disturbs_nothing(tmp_path: Path) -> None:
    document = read(write(tmp_path, b"\xef\xbb\xbf" + PROSE.encode()), SETTINGS)
    assert document.text == "\ufeff" + PROSE
    assert document.blocks


def test_gb18030_is_read_with_a_warning(tmp_path: Path) -> None:
    document = read(write(tmp_path, (PROSE * 3).encode("gb18030")), SETTINGS)
    assert document.text == PROSE * 3
    assert document.warnings == ("read as gb18030",)


@pytest.mark.parametrize("data", [b"", b" \n\t \r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n"])
def test_an_empty_file(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(EmptyFile, match="empty"):
        read(write(tmp_path, data), SETTINGS)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
        b"%PDF-1.7\n" + bytes(range(256)) * 64,
        PROSE.encode("utf-16"),
        b"\x00" + PROSE.encode(),
    ],
)
def test_a_binary_file(tmp_path: Path, data: bytes) -> None:
    with pytest.raises((BinaryFile, UndecodableFile)) as caught:
        read(write(tmp_path, data), SETTINGS)
    assert "document.txt" in caught.value.place


@pytest.mark.parametrize("encoding", ["big5", "shift-jis", "latin-1"])
def test_bytes_of_another_encoding_are_refused_with_their_place(tmp_path: Path, encoding: str) -> None:
    text = {
        "big5": "部門預算收入支出總表單位萬元" * 20,
        "shift-jis": "予算の支出についてのお知らせ" * 20,
        "latin-1": "dépenses prévues à l'été " * 20,
    }
    with pytest.raises(UndecodableFile, match="UTF-8") as caught:
        read(write(tmp_path, b"line one\n" + text[encoding].encode(encoding)), SETTINGS)
    assert "line 2" in caught.value.place


def test_a_file_cut_inside_a_character_names_the_byte(tmp_path: Path) -> None:
    whole = (PROSE * 50).encode()
    cut = whole[: len(PROSE.encode()) * 30 + 5]  # behind 2023 one of the three bytes of 年
    with pytest.raises(TruncatedFile, match="cut off") as caught:
        read(write(tmp_path, cut), SETTINGS)
    assert f"byte {len(cut) - 1}" in caught.value.problem
    assert "again" in caught.value.remedy


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    path = write(tmp_path, PROSE.encode() * 10)
    size = path.stat().st_size
    assert read(path, Settings(max_file_bytes=size)).text == PROSE * 10
    with pytest.raises(OversizedFile, match=f"{size:,}") as caught:
        read(path, Settings(max_file_bytes=size - 1))
    assert "GONGKAI_MAX_FILE_BYTES" in caught.value.remedy


def test_a_sparse_file_of_200_megabytes_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(OversizedFile):
        read(path, Settings(max_file_bytes=50_000_000))


def test_a_missing_file_a_folder_and_an_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        read(tmp_path / "none.txt", SETTINGS)
    with pytest.raises(MissingFile):
        find_reader(tmp_path / "none.txt")
    with pytest.raises(MissingFile, match="not a file"):
        read(tmp_path, SETTINGS)
    if os.geteuid() != 0:
        path = write(tmp_path, PROSE.encode())
        path.chmod(0)
        with pytest.raises(MissingFile, match="cannot be opened"):
            read(path, SETTINGS)


def test_an_ending_that_no_reader_takes(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat) as caught:
        find_reader(write(tmp_path, b"x", "film.mp4"))
    assert ".txt" in caught.value.remedy
    assert find_reader(write(tmp_path, b"x", "REPORT.TXT")) is not None


@given(st.binary(min_size=1, max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "any.txt"
    path.write_bytes(data)
    try:
        document = read(path, SETTINGS)
    except DocumentError as error:
        told = (error.place, error.problem, error.remedy)
    else:
        told = (document.text, document.sha256, document.format)
    assert all(told)


# -- lines ---------------------------------------------------------------------------------------------------------


@given(st.text(alphabet="一二。，\r\n\f\v \u2028\u0085a1\t", max_size=60))
def test_lines_keep_their_places(text: str) -> None:
    last = 0
    for number, line in enumerate(split_lines(text)):
        assert line.number == number
        assert text[line.start : line.end] == line.text
        assert line.start >= last
        assert "\n" not in line.text
        assert "\r" not in line.text
        last = line.end


def furniture(text: str) -> list[str]:
    lines = split_lines(text)
    return [lines[i].words for i in sorted(find_furniture(lines))]


def test_page_numbers_in_dashes_and_in_words_are_furniture() -> None:
    text = "甲\n- 1 -\n乙\n— 2 —\n丙\n第 3 页\n丁\n第4页 共9页\n戊"
    assert furniture(text) == ["- 1 -", "— 2 —", "第 3 页", "第4页 共9页"]


def test_bare_numbers_are_page_numbers_only_in_a_series() -> None:
    pages = "\n\n".join(f"这一页有一段话，说的是第{n}项工作。\n{n}\n" for n in range(7, 13))
    assert furniture(pages) == ["7", "8", "9", "10", "11", "12"]
    values = "合计\n25\n\n男\n12\n\n女\n13\n"
    assert furniture(values) == []


def test_page_numbers_whose_digits_stand_apart() -> None:
    pages = "\n\n".join(f"这一页有一段话，说的是工作。\n{n}\n" for n in ("8", "9", "1 0", "1 1", "1 2", "1 3"))
    assert "1 0" in furniture(pages)


def test_page_numbers_between_lines_without_blanks() -> None:
    lines = [f"这一行说的是工作{chr(0x4E00 + n)}。" for n in range(400)]
    pages = "".join("\n".join(lines[n * 20 : n * 20 + 16 + n % 5]) + f"\n{n}\n" for n in range(1, 9))
    assert furniture(pages) == ["1", "2", "3", "4", "5", "6", "7", "8"]
    # Of two numbers that could be the third page neither is taken, nor what counts in part of the text alone.
    doubled = pages.replace("\n3\n", "\n3\n" + "\n".join([*lines[:10], "3", *lines[10:19], ""]))
    assert furniture(doubled) == ["1", "2", "4", "5", "6", "7", "8"]
    assert furniture(pages + "\n".join(lines)) == []


def test_line_numbers_of_a_table_saved_one_cell_a_line_are_no_page_numbers() -> None:
    rows = "".join(f"{n}\n" + "项目\n1.00\n" * 8 for n in range(1, 30))
    assert furniture("收入支出决算表\n单位：万元\n" + rows) == []


def test_an_amount_below_nought_is_no_page_number() -> None:
    assert furniture("增减变化\n-2720\n-12240\n-35\n合计\n") == []
    assert furniture("甲\n-35-\n乙\n- 36\n") == ["-35-", "- 36"]


def test_a_header_that_repeats_beside_page_numbers_is_furniture() -> None:
    text = "".join(
        f"某市商务局2026年度部门预算公开\n本页有一段话，说的是工作{'甲乙丙丁戊'[n]}。\n- {n} -\n" for n in range(5)
    )
    assert "某市商务局2026年度部门预算公开" in furniture(text)
    assert "本页有一段话，说的是工作甲。" not in furniture(text)


# -- blocks --------------------------------------------------------------------------------------------------------


def test_headings_and_their_levels() -> None:
    text = (
        "第一部分 部门概况\n一、主要职能\n（一）贯彻执行方针政策\n1.机关本级\n（1）办公室\n"
        "这是一个完整的自然段，说明情况。\n第二部分 预算\n"
    )
    made = blocks(text)
    assert [(b.kind, b.level) for b in made] == [
        ("heading", 1),
        ("heading", 2),
        ("heading", 3),
        ("heading", 4),
        ("heading", 5),
        ("paragraph", 0),
        ("heading", 1),
    ]
    assert made[5].section == (
        "第一部分 部门概况",
        "一、主要职能",
        "（一）贯彻执行方针政策",
        "1.机关本级",
        "（1）办公室",
    )
    assert made[6].section == ()


def test_a_sentence_broken_by_a_page_is_joined_and_its_spans_stay_true() -> None:
    text = (
        "2023年度财政拨款支出总计791.59万元，比上年减少367.99万元，主要原因是项目支出减少，同时按照有关规\n"
        "- 12 -\n\n定压减一般性支出，其中人员经费475.2万元。\n二、收入情况\n"
    )
    made = blocks(text)
    assert len(made) == 2
    assert "有关规定压减一般性支出" in made[0].passage.text
    assert "12" not in made[0].passage.text


def test_a_whole_amount_at_the_end_of_a_line_takes_no_digits_of_the_next() -> None:
    text = "收入总计91,842.80，其中一般公共预算收入和支出总计都是91,842.80\n28\n以下各表没有数据。\n"
    assert next(b.passage.text for b in blocks(text)).endswith("91,842.80")


def test_a_tabbed_table_has_its_caption_unit_and_cells() -> None:
    text = (
        "公开03表\n支出总表\n部门：某市口岸办\t\t单位：万元\n"
        "科目编码\t科目名称\t合计\t基本支出\t项目支出\n201\t一般公共服务支出\t3.00\t\t3.00\n注：本表不含结转。\n"
    )
    (block,) = [b for b in blocks(text) if b.kind == "table"]
    table = block.table
    assert table is not None
    assert table.layout == "tabs"
    assert table.title.text == "支出总表"
    row = next(r for r in table.rows if r[0].text == "201")
    assert [(c.column, c.text) for c in row] == [(0, "201"), (1, "一般公共服务支出"), (2, "3.00"), (4, "3.00")]
    assert [n.text for n in table.notes] == ["注：本表不含结转。"]


def test_a_spaced_table_knows_rows_but_no_columns() -> None:
    text = (
        "支出总表\n部门：某市口岸办 单位：元\n科目编码 科目名称 合计 基本支出 项目支出\n"
        "合计 30 30\n201 一般公共服务支出 41, 338 5\n\n第三部分 说明\n"
    )
    made = blocks(text)
    (block,) = [b for b in made if b.kind == "table"]
    assert block.table is not None
    assert block.table.layout == "spaces"
    assert block.table.title.text == "支出总表"
    assert "单位：元" in block.table.unit.text
    assert [c.text for c in block.table.rows[-1]] == ["201", "一般公共服务支出", "41, 338", "5"]
    assert {c.column for c in block.table.cells()} == {None}
    assert made[-1].kind == "heading"


def test_a_table_of_one_cell_a_line() -> None:
    text = (
        "支出总表\n部门：某市口岸办\n单位：万元\n科目编码\n科目名称\n合计\n基本支出\n"
        "项目支出\n合计\n30.00\n30.00\n201\n一般公共服务支出\n30.00\n30.00\n"
    )
    (block,) = [b for b in blocks(text) if b.kind == "table"]
    assert block.table is not None
    assert block.table.layout == "lines"
    assert all(len(row) == 1 for row in block.table.rows)


def test_a_table_cut_by_a_page_is_one_table() -> None:
    text = (
        "支出总表\n单位：万元\n科目编码 科目名称 合计 基本支出 项目支出\n合计 30.00 10.00 20.00\n- 5 -\n\n"
        "201 一般公共服务支出 30.00 10.00 20.00\n- 6 -\n\n第三部分 情况说明\n"
    )
    found = [b for b in blocks(text) if b.kind == "table"]
    assert len(found) == 1
    assert "5" not in [c.text for c in found[0].table.cells()]  # type: ignore[union-attr]


def test_a_table_of_contents_opens_no_table() -> None:
    text = "目 录\n一、收支总表........3\n二、收入总表........4\n三、支出总表........5\n第一部分 概况\n"
    assert [b for b in blocks(text) if b.kind == "table"] == []


def test_two_tables_in_a_row_stay_apart() -> None:
    text = (
        "收入总表\n单位：万元\n项目\t预算数\n财政拨款收入\t3.00\n\n支出总表\n单位：万元\n项目\t预算数\n基本支出\t3.00\n"
    )
    titles = [b.table.title.text for b in blocks(text) if b.table is not None]
    assert titles == ["收入总表", "支出总表"]


@given(st.text(alphabet="表支出项目预算数合计单位：万元\t \n一、。，（）12.05-第三部分编码名称", max_size=200))
def test_blocks_of_any_text_are_ordered_and_true(text: str) -> None:
    made = blocks(text)
    document = Document("any", text, "", "text", made)
    last = -1
    for block in made:
        assert block.span.start >= last
        last = block.span.start
        assert text[block.passage.start : block.passage.end].startswith(block.passage.text[:1])
        assert document.line_of(block.span.start) == text.count("\n", 0, block.span.start) + 1
