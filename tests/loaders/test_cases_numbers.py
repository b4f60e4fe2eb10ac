"""Numbers as offices and their programs write them: widths, what no one sees, words, formulas, errors, units."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest

from loaders.facts import Facts
from loaders.pipeline import read_facts
from loaders.words.numbers import find_written, half_last_place, parse_number, tokenise
from loaders.words.numerals import read_written

TITLE = "云岭市林业局2024年部门预算"
Rows = list[list[str]]
ROWS: Rows = [["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
              ["", "合计", "2,310.75", "1,900.25", "410.50"],
              ["213", "农林水支出", "2,310.75", "1,900.25", "410.50"],
              ["21302", "林业和草原", "2,310.75", "1,900.25", "410.50"],
              ["2130201", "行政运行", "1,900.25", "1,900.25", ""],
              ["2130205", "森林资源培育", "410.50", "", "410.50"]]  # fmt: skip
VALUES = [Decimal(v.replace(",", "")) * 10000 for row in ROWS[1:] for v in row[2:] if v]


def read(tmp_path: Path, name: str, content: str) -> Facts:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    facts = read_facts(path)
    text = facts.document.text
    assert all(text[f.span.start : f.span.end] == f.stated for f in facts.figures)
    assert all(text[t.span.start : t.span.end] == t.stated for t in facts.ledger)
    return facts


def make_page(rows: Rows, unit: str = "单位：万元") -> str:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><p>一般公共预算支出表</p><p>{unit}</p>"
        f"<table>{body}</table></body></html>"
    )


def make_text(rows: Rows, unit: str = "单位：万元") -> str:
    return f"{TITLE}\n\n一般公共预算支出表\n{unit}\n" + "\n".join("\t".join(row) for row in rows) + "\n"


def change(change_digits: dict[int, str] | str, rows: Rows = ROWS) -> Rows:
    """The rows with their amounts written in other characters, or with something between all characters."""
    if isinstance(change_digits, str):
        return [[change_digits.join(c) if c[:1].isdigit() and "." in c else c for c in row] for row in rows]
    return [[c.translate(change_digits) if c[:1].isdigit() and "." in c else c for c in row] for row in rows]


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
SPELLINGS = {
    "wide point": change({ord("."): "．"}),
    "small point": change({ord("."): "﹒"}),
    "wide point and comma": change({ord("."): "．", ord(","): "，"}),
    "all wide": change({**WIDE, ord("."): "．", ord(","): "，"}),
    "zero-width blanks": change("\u200b"),
    "joiners": change("\u2060"),
    "byte order marks": change("\ufeff"),
    "soft hyphens": change("\u00ad"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("form", ["html", "txt"])
def test_a_table_is_the_same_in_every_width_and_with_what_no_one_sees(tmp_path: Path, spelling: str, form: str) -> None:
    rows = SPELLINGS[spelling]
    facts = read(tmp_path, f"x.{form}", make_page(rows) if form == "html" else make_text(rows))
    assert [f.value for f in facts.figures] == VALUES
    assert {f.unit for f in facts.figures} == {"CNY"}
    assert not any(any(c.isdigit() for c in f.subject_label) for f in facts.figures)
    assert not [t for t in facts.ledger if t.kind == "unaccounted"]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("支出９１．５０万元", 915_000),
        ("支出91．50万元", 915_000),
        ("支出9．50万元", 95_000),
        ("支出1\u200b2\u200b.5万元", 125_000),
        ("支出12.5\u200b万\u200b元", 125_000),
        ("支出1，250．5万元", 12_505_000),
    ],
)
def test_amounts_of_sentences_in_every_width(tmp_path: Path, said: str, value: int) -> None:
    facts = read(tmp_path, "x.txt", f"{TITLE}\n一、收支情况\n2024年项目{said}。\n")
    values = [f.value for f in facts.figures if f.unit == "CNY"]
    assert values == [Decimal(value)]
    assert facts.figures[0].subject_label.endswith("支出")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("12．5", ["12．5"]),
        ("1．加强管理", ["1"]),
        ("3．2024年计划", ["3", "2024"]),
        ("1\u200b,\u200b250", ["1\u200b,\u200b250"]),
        ("\ufeff20\u200b24年", ["20\u200b24"]),
    ],
)
def test_tokens_of_other_widths(text: str, tokens: list[str]) -> None:
    assert [t.stated for t in tokenise(text)] == tokens


# ---------------------------------------------------------------- in words


@pytest.mark.parametrize(
    ("words", "value", "half"),
    [
        ("三百二十万", 3_200_000, 5_000),
        ("贰仟零伍拾", 2_050, 0.5),
        ("叁佰万", 3_000_000, 5_000),
        ("一亿零三百万", 103_000_000, 5_000),
        ("两亿三千万", 230_000_000, 5_000),
        ("十二万", 120_000, 5_000),
        ("二点五万", 25_000, 500),
        ("一千万亿", 10**15, 5 * 10**11),
        ("柒萬", 70_000, 5_000),
    ],
)
def test_amounts_in_words(words: str, value: int, half: float) -> None:
    assert parse_number(words) == value
    assert half_last_place(words) == Decimal(str(half))
    assert [t.stated for t in find_written(f"预算为{words}元整")] == [words]


@pytest.mark.parametrize(
    "text",
    ["几十万元", "上百万元", "数千元", "三元区", "二元结构", "两万五元", "百万元", "5百万元", "二〇二三元"],
)
def test_what_only_looks_like_an_amount_in_words(text: str) -> None:
    assert not find_written(text)


@pytest.mark.parametrize("text", ["一二三", "", "万", "十百个", "点五"])
def test_no_amounts(text: str) -> None:
    assert read_written(text) is None


def test_amounts_in_words_are_figures_and_stand_in_the_ledger(tmp_path: Path) -> None:
    facts = read(
        tmp_path, "x.txt", f"{TITLE}\n一、收支\n收入预算为陆佰叁拾万元整，支出预算六百三十万元，"
        "其中项目支出四十点五万元。\n"
        "单价五十万元以上设备三台。\n",
    )  # fmt: skip
    assert [(f.stated, f.value, f.unit, f.phase) for f in facts.figures] == [
        ("陆佰叁拾万", Decimal(6_300_000), "CNY", "budget"),
        ("六百三十万", Decimal(6_300_000), "CNY", "budget"),
        ("四十点五万", Decimal(405_000), "CNY", "budget"),
    ]
    kinds = {t.stated: t.kind for t in facts.ledger}
    assert (kinds["陆佰叁拾万"], kinds["五十万"], kinds["三"]) == ("figure", "criterion", "figure")


# ---------------------------------------------------------------- workbooks


def save(path: Path, cells: dict[str, object], formats: dict[str, str] | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for place, value in {"A1": TITLE, "A2": "一般公共预算支出表", "C3": "单位：万元", **cells}.items():
        sheet[place] = value
        sheet[place].number_format = (formats or {}).get(place, "General")
    book.save(path)
    return path


HEAD = {
    "A4": "科目编码",
    "B4": "科目名称",
    "C4": "合计",
    "A5": "213",
    "B5": "农林水支出",
    "A6": "21302",
    "B6": "林业和草原",
}


@pytest.mark.parametrize("error", ["#DIV/0!", "#REF!", "#N/A", "#VALUE!", "#NAME?"])
def test_errors_of_a_sheet_are_no_figures(tmp_path: Path, error: str) -> None:
    facts = read_facts(save(tmp_path / "x.xlsx", {**HEAD, "C5": 12.5, "C6": error}))
    assert [(f.stated, f.value) for f in facts.figures] == [("12.5", Decimal(125_000))]
    assert not [t for t in facts.ledger if t.kind == "unaccounted"]
    assert error in facts.document.text


def test_formulas_without_a_value_are_told_as_missing(tmp_path: Path) -> None:
    facts = read_facts(save(tmp_path / "x.xlsx", {**HEAD, "C5": "=C6", "C6": 7.25}))
    assert [f.stated for f in facts.figures] == ["7.25"]
    told = [w for w in facts.warnings if "without a value" in w]
    assert len(told) == 1
    assert "1 numbers are missing: C5" in told[0]


def test_a_formula_whose_value_is_an_empty_text_is_a_blank(tmp_path: Path) -> None:
    path = save(tmp_path / "x.xlsx", {**HEAD, "C5": 3.5, "C6": '=IF(1,"",2)'})
    data = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(data, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                assert b'<c r="C6">' in part or b'<c r="C6" ' in part
                part = part.replace(b'<c r="C6"', b'<c t="str" r="C6"', 1)
            new.writestr(name, part)
    path.write_bytes(data.getvalue())
    facts = read_facts(path)
    assert not [w for w in facts.warnings if "without a value" in w]


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (12_345_600, "0!.0000", "1234.5600"),
        (12_345_600, "0\\.0000", "1234.5600"),
        (12_345_600, '#,##0.00,', "12,345.60"),
        (12_345_600, "0.00,,", "12.35"),
        (1234.5, "#,##0.00", "1,234.50"),
        (0.125, "0.0%", "12.5%"),
    ],
)  # fmt: skip
def test_scaling_formats_give_what_the_sheet_shows(tmp_path: Path, value: float, form: str, shown: str) -> None:
    facts = read_facts(save(tmp_path / "x.xlsx", {**HEAD, "C5": value, "C6": 1.0}, {"C5": form}))
    assert shown in facts.document.text


# ---------------------------------------------------------------- tables in cells

INNER = [["政府采购预算表"], ["项目", "预算数"], ["货物类", "3.20"], ["服务类", "18.00"]]
OUTER = [["项目", "金额"], ["收入总计", "99.50"], ["支出总计", "99.50"]]


def nest_docx(path: Path, outer: Rows, side: str) -> Path:
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph("收支总表")
    document.add_paragraph("单位：万元")
    table = document.add_table(rows=0, cols=2)
    for row in outer:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    last = table.add_row().cells
    last[0].text = side
    last[1].text = INNER[0][0]
    last[1].add_paragraph("单位：万元")
    inner = last[1].add_table(rows=0, cols=2)
    for row in INNER[1:]:
        for cell, text in zip(inner.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))
    return path


def nest_html(path: Path, outer: Rows, side: str) -> Path:
    def write(rows: Rows) -> str:
        return "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)

    inner = f"<p>{INNER[0][0]}</p><p>单位：万元</p><table>{write(INNER[1:])}</table>"
    body = f"<table>{write(outer)}<tr><td>{side}</td><td>{inner}</td></tr></table>"
    path.write_text(
        f"<html><body><h1>{TITLE}</h1><p>收支总表</p><p>单位：万元</p>{body}</body></html>", encoding="utf-8"
    )
    return path


@pytest.mark.parametrize("nest", [nest_docx, nest_html])
@pytest.mark.parametrize(("outer", "side"), [(OUTER, ""), (OUTER, "附表"), ([], ""), ([], "附表如右")])
def test_a_table_in_a_cell_is_a_table(
    tmp_path: Path, nest: Callable[[Path, Rows, str], Path], outer: Rows, side: str
) -> None:
    facts = read_facts(nest(tmp_path / f"x.{nest.__name__[5:]}", outer, side))
    found = {(f.subject_label, f.value) for f in facts.figures}
    assert ("货物类", Decimal(32_000)) in found
    assert ("服务类", Decimal(180_000)) in found
    assert len(found) == (4 if outer else 2)
    assert not outer or {("收入总计", Decimal(995_000)), ("支出总计", Decimal(995_000))} <= found


# ---------------------------------------------------------------- what is no figure


def classes(tmp_path: Path, said: str) -> list[tuple[str, str]]:
    facts = read(tmp_path, "x.txt", f"{TITLE}\n一、基本情况\n{said}\n")
    at = facts.document.text.index(said)
    return [(t.stated, t.kind) for t in facts.ledger if t.span.start >= at]


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("每日8:30至17:00开放。", ["date"] * 4),
        ("会议于9：00—11：30召开。", ["date"] * 4),
        ("上午9时至下午5点半办理。", ["date", "date"]),
        ("人员配比为1:4。", ["name", "name"]),
        ("资金按比例3∶7分担。", ["name", "name"]),
        ("占2/3以上的乡镇。", ["name", "name"]),
        ("养护107国道和S210线。", ["name", "name"]),
        ("云ICP备12345678号-2。", ["reference", "reference"]),
        ("许可证号：JY15300001234。", ["reference"]),
        ("位于东经102.5°，北纬25度。", ["name", "name"]),
        ("误差±0.5毫米。", ["criterion"]),
        ("编号52000140A/2024-00031号文件。", ["reference", "reference", "reference"]),
        ("222222000000年完成。", ["unaccounted"]),
        ("20242024年完成。", ["unaccounted"]),
        ("培训2小时30分。", ["figure", "name"]),
        ("3座瞭望塔。", ["figure"]),
        ("1.塔3座2.设备5套3.道路2公里", ["ordinal", "figure", "ordinal", "figure", "ordinal", "figure"]),
        ("2防火瞭望", ["ordinal"]),
    ],
)
def test_what_numbers_are_beside_figures(tmp_path: Path, said: str, kinds: list[str]) -> None:
    found = classes(tmp_path, said)
    assert [kind for _, kind in found] == kinds, found


@pytest.mark.parametrize(
    ("said", "value", "unit"),
    [
        ("投资3亿元建设水库，惠及群众12万", 120_000, "OTHER"),
        ("安排资金80万元，栽植苗木20万株", 200_000, "ITEM"),
        ("安排资金80万元，服务游客5万人次", 50_000, "PERSON"),
        ("项目总投资40亿，年内完成", 4_000_000_000, "CNY"),
        ("补助资金30万，已下达", 300_000, "CNY"),
    ],
)
def test_scales_count_people_and_things_as_well_as_money(tmp_path: Path, said: str, value: int, unit: str) -> None:
    facts = read(tmp_path, "x.txt", f"{TITLE}\n一、基本情况\n{said}。\n")
    assert (Decimal(value), unit) in [(f.value, f.unit) for f in facts.figures]


def test_what_a_site_prints_around_a_document_is_no_figure(tmp_path: Path) -> None:
    page = make_page(ROWS).replace(
        "<p>一般公共",
        "<table><tr><td>索引号</td><td>0140A/2024-00071</td><td>生成日期</td><td>2024-02-11</td></tr>"
        "<tr><td>文号</td><td>云林〔2024〕3号</td><td>浏览量</td><td>1024</td></tr></table><p>一般公共", 1,
    )  # fmt: skip
    facts = read(tmp_path, "x.html", page)
    assert [f.value for f in facts.figures] == VALUES
    assert {t.kind for t in facts.ledger if t.stated in ("1024", "00071", "0140", "11")} == {"reference", "date"}


@pytest.mark.parametrize("unit", ["單位：萬元", "金額單位：人民幣萬元", "（單位：萬）", "单位：万", "单位 ： 万 元"])
def test_units_in_every_spelling(tmp_path: Path, unit: str) -> None:
    facts = read(tmp_path, "x.html", make_page(ROWS, unit))
    assert [f.value for f in facts.figures] == VALUES


def test_money_whose_unit_no_words_state_is_open(tmp_path: Path) -> None:
    facts = read(tmp_path, "x.html", make_page(ROWS, "制表人：（略）"))
    assert [f.stated for f in facts.figures] == [v for row in ROWS[1:] for v in row[2:] if v]
    assert {f.unit for f in facts.figures} == {""}


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("项目支出 4 , 316. 5 万元", []),
        ("基本支出 3 1 7 . 2 0万元", []),
        ("收入77,330000..0088万元", []),
        ("1. 60万元用于维护", [600_000]),
        ("会议费2亿3400万元、培训费7万2千元", [234_000_000, 72_000]),
        ("项目支出12亿，会议费8万", [1_200_000_000, 80_000]),
    ],
)
def test_a_broken_number_is_told_and_its_last_piece_is_no_amount(tmp_path: Path, said: str, values: list[int]) -> None:
    facts = read(tmp_path, "x.txt", f"{TITLE}\n一、收支情况\n{said}。\n")
    assert [f.value for f in facts.figures] == values
    assert bool([t for t in facts.ledger if t.kind == "unaccounted"]) is (not values)


def test_thousands_of_people_and_things_are_no_money(tmp_path: Path) -> None:
    facts = read(tmp_path, "x.txt", f"{TITLE}\n一、情况\n2024年培训1.2万人次，发放手册3万册，种树15万株。\n")
    assert [(f.value, f.unit) for f in facts.figures] == [(12_000, "PERSON"), (30_000, "ITEM"), (150_000, "ITEM")]


@pytest.mark.parametrize(
    ("above", "below", "unit", "value"),
    [("", "", "", "1350"), ("", "注：本表金额单位为万元。", "CNY", "13500000"), ("单位：万", "", "CNY", "13500000")],
)
def test_the_unit_of_a_table_is_stated_above_or_below_or_open(
    tmp_path: Path, above: str, below: str, unit: str, value: str
) -> None:
    rows = "项目名称\t预算数\n河道清淤\t1,350.00\n"
    facts = read(tmp_path, "x.txt", f"{TITLE}\n\n项目支出表\n{above}\n{rows}{below}\n")
    assert [(f.unit, f.value) for f in facts.figures] == [(unit, Decimal(value))]
