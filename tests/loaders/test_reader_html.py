"""The HTML reader: the main content without navigation, merged cells, charsets; hostile pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.documents import Document
from loaders.errors import BinaryFile, EmptyFile, UndecodableFile
from loaders.readers.blocks import make_blocks
from loaders.readers.html import read
from loaders.reading import read_numbers
from loaders.settings import Settings
from tests.loaders.filemaker import as_text, make_html

SETTINGS = Settings(max_file_bytes=10_000_000)


def page(folder: Path, body: str, head: str = "", code: str = "utf-8") -> str:
    path = folder / "a.html"
    path.write_bytes(f"<html><head>{head}</head><body>{body}</body></html>".encode(code))
    return read(path, SETTINGS).text


@pytest.mark.parametrize("code", ["utf-8", "gb18030", "gb2312", "utf-16"])
def test_the_text_form_comes_back(tmp_path: Path, code: str) -> None:
    document = read(make_html(tmp_path / "a.html", code=code), SETTINGS)
    assert [line for line in document.text.splitlines() if line] == as_text().splitlines()
    text = as_text()
    expected = read_numbers(Document("t", text, "", "text", make_blocks(text)), "budget", 2023, "")
    found = read_numbers(document, "budget", 2023, "")
    assert [(f.stated, f.column, f.subject_label, f.subject_code) for f in found.figures] == [
        (f.stated, f.column, f.subject_label, f.subject_code) for f in expected.figures
    ]


def test_merged_cells_keep_their_columns(tmp_path: Path) -> None:
    text = page(
        tmp_path,
        "<p>绩效目标表，共有两项指标。</p><table><tr><td rowspan=3>产出<td colspan=2>数量<td>3"
        "<tr><td rowspan='2'>质量<td>合格率<br>（%）<td>95<tr><td>及时率<td>90</table>",
    )
    assert text.splitlines()[2:] == ["产出\t数量\t\t3", "\t质量\t合格率（%）\t95", "\t\t及时率\t90"]


def test_an_amount_that_its_cell_broke_is_one_and_two_numbers_are_two(tmp_path: Path) -> None:
    cells = ("12,868.1<br>9", "12,868.<br>19", "1,234,<br>567.00", "12.50<br>9", "12<br>9", "12.5<br>19")
    rows = "".join(f"<tr><td>行政运行</td><td>{cell}</td></tr>" for cell in cells)
    text = page(tmp_path, f"<table><tr><td>项目</td><td>预算数</td></tr>{rows}</table>")
    assert [line.split("\t")[1] for line in text.splitlines() if "行政运行" in line] == [
        "12,868.19", "12,868.19", "1,234,567.00", "12.50 9", "12 9", "12.5 19",
    ]  # fmt: skip


def test_a_name_over_all_columns_is_of_the_header_and_the_unit_above_it_holds(tmp_path: Path) -> None:
    text = page(
        tmp_path,
        "<p>“三公”经费支出表</p><p>单位：万元</p><table><tr><td colspan=3>2022年预算数</td></tr>"
        "<tr><td>合计</td><td>因公出国（境）费</td><td>公务接待费</td></tr><tr><td>6.00</td><td>1.00</td><td>5.00</td></tr></table>",
    )
    figures = read_numbers(Document("t", text, "", "text", make_blocks(text)), "budget", 2023, "").figures
    assert [(f.stated, f.unit, f.fiscal_year) for f in figures] == [
        ("6.00", "CNY", 2022), ("1.00", "CNY", 2022), ("5.00", "CNY", 2022),
    ]  # fmt: skip


def test_tables_that_arrange_the_page_are_no_tables(tmp_path: Path) -> None:
    inner = "<table><tr><td>项目<td>数</tr><tr><td>合计<td>5.20</tr></table>"
    text = page(
        tmp_path, f"<table><tr><td><p>收支预算总表</p><p>单位：万元</p>{inner}<p>注：略。</p></td></tr></table>"
    )
    assert [line for line in text.splitlines() if line] == [
        "收支预算总表",
        "单位：万元",
        "项目\t数",
        "合计\t5.20",
        "注：略。",
    ]


def test_what_is_not_shown_is_not_read(tmp_path: Path) -> None:
    text = page(
        tmp_path,
        "<script>var a = 1;</script><style>p{x:2}</style><p>支出3万元，<!-- 4 --><span style='display:none'>5</span>"
        "<b>增长</b>\n  6%。</p><p hidden>7</p><template>8</template>",
    )
    assert text == "支出3万元，增长 6%。\n"


def test_the_heading_above_the_main_content_is_kept(tmp_path: Path) -> None:
    prose = "<p>" + "本部门严格执行预算管理的有关规定，保障工作开展。" * 20 + "</p>"
    text = page(tmp_path, f"<h1>江宁市交通运输局 2023年部门预算</h1><div id='c'>{prose}</div>")
    assert text.startswith("江宁市交通运输局2023年部门预算\n本部门")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        # the site's name is the page's title; what it is about stands as a heading of second rank, or is declared
        ("<title>江宁市交通运输局</title>", "<h2>栏目</h2><h2>江宁市交通运输局2023年部门预算情况说明</h2>"),
        (
            '<meta name="ArticleTitle" content="江宁市交通运输局2023年部门预算情况说明"><title>首页</title>',
            "<h1>信息公开</h1>",
        ),
        ("<title>江宁市交通运输局2023年部门预算情况说明_信息公开</title>", "<h1>江宁市交通运输局</h1>"),
    ],
)
def test_of_all_headings_the_one_that_names_an_official_document_is_taken(tmp_path: Path, head: str, body: str) -> None:
    prose = "<p>" + "本部门严格执行预算管理的有关规定，保障工作开展。" * 20 + "</p>"
    text = page(tmp_path, f"{body}<div id='c'>{prose}</div>", head)
    assert text.startswith("江宁市交通运输局2023年部门预算情况说明\n本部门")


def test_empty_and_binary_pages_are_declared(tmp_path: Path) -> None:
    with pytest.raises(EmptyFile):
        page(tmp_path, "<script>document.write('预算')</script>")
    (tmp_path / "a.html").write_bytes(b"\x00\x01\x02" * 500)
    with pytest.raises(BinaryFile):
        read(tmp_path / "a.html", SETTINGS)
    (tmp_path / "a.html").write_bytes(b"<p>" + bytes([0x81, 0xFF, 0xFE, 0x80]) * 50)
    with pytest.raises(UndecodableFile):
        read(tmp_path / "a.html", SETTINGS)


def test_entities_and_files_are_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密内容", encoding="utf-8")
    path = tmp_path / "a.html"
    path.write_text(
        f'<!DOCTYPE html [<!ENTITY e SYSTEM "{secret.as_uri()}">]><html><body><p>预算&e;公开</p>'
        f'<iframe src="{secret.as_uri()}"></iframe></body></html>',
        encoding="utf-8",
    )
    assert "机密" not in read(path, SETTINGS).text


def test_deep_nesting_and_huge_spans_end(tmp_path: Path) -> None:
    deep = "<div>" * 5000 + "底" + "</div>" * 5000
    wide = "<table><tr><td colspan=99999999 rowspan=99999999>一<td>二<tr><td>三</table>"
    text = page(tmp_path, f"<p>2023年部门预算情况，如下。</p>{wide}{deep}")
    assert "一" in text
    assert len(text) < 5000


def test_characters_that_xml_has_none_of_stand_around_what_is_dropped(tmp_path: Path) -> None:
    for before in ("", "<p>预算</p>"):
        text = page(tmp_path, f"<div>{before}\x01前<script>x</script>\x02后</div><p>{'预算' * 300}</p>")
        assert "前后" in text
        assert "x" not in text
