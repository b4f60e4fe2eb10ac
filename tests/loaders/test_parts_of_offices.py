"""Whose numbers are, where a document of an office holds tables and parts of the units below it."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.facts import Facts
from loaders.pipeline import read_facts

#: One form printed for the office and again for each of its units, one amount each.
FORM = (
    "收入支出决算总表\n{caption}：{name}\t\t单位：万元\n项目\t行次\t金额\n"
    "一、财政拨款收入\t1\t{amount}\n本年收入合计\t27\t{amount}\n"
)
#: Beside it a line of a title is short, and ends where it ends.
LONG = "其中包括一般公共预算财政拨款收入、政府性基金预算财政拨款收入以及其他各项收入"


@pytest.fixture
def bodies(tmp_path: Path):  # type: ignore[no-untyped-def]
    def read(text: str) -> tuple[dict[str, set[str]], Facts]:
        path = tmp_path / "made.txt"
        path.write_text(text, encoding="utf-8")
        facts = read_facts(path)
        found: dict[str, set[str]] = {}
        for figure in facts.figures:
            found.setdefault(figure.stated, set()).add(figure.budget_unit)
        return found, facts

    return read


def test_tables_under_the_names_of_units(bodies) -> None:  # type: ignore[no-untyped-def]
    units = ("安平市水利局本级", "安平市水政监察支队", "安平市河道管理处")
    table = (
        "“三公”经费支出预算表\n单位：万元\n项目\t2024年预算数\n“三公”经费合计\t{0}.50\n1.公务接待费\t{0}.20\n"
        "2.公务用车运行维护费\t{0}.30\n\n"
    )
    parts = "".join(
        f"{n}、{unit}\n\n{table.format(i)}{unit}2024年“三公”经费预算{i}.50万元。\n\n"
        for i, (n, unit) in enumerate(zip("一二三", units, strict=True), 7)
    )
    found, facts = bodies(f"安平市水利局2024年部门预算\n\n第三部分 各单位预算\n\n{parts}")
    assert found == {f"{i}.{cents}": {unit} for i, unit in enumerate(units, 7) for cents in ("50", "20", "30")}
    assert not [f for f in facts.findings if f.verdict == "contradicted"]
    assert {e.degree for e in facts.sheet if e.item == "three-public"} == {"absent"}  # of units, none of the office


@pytest.mark.parametrize("caption", ["单位", "部门名称", "编制单位"])
def test_accounts_of_a_unit_behind_those_of_its_office(bodies, caption: str) -> None:  # type: ignore[no-untyped-def]
    text = (
        f"安平市水利局2023年度部门决算\n\n{FORM.format(caption='部门', name='安平市水利局', amount='900.00')}\n"
        "安平市水利局2023年度收入总计910.00万元。\n\n安平市河道管理处2023年度单位决算\n\n"
        f"{FORM.format(caption=caption, name='安平市河道管理处', amount='300.00')}\n"
        "2023年度收入总计305.00万元，比上年增加12.30万元。\n"
    )
    found, facts = bodies(text)
    unit = {"安平市河道管理处"}
    assert found == {"900.00": {""}, "910.00": {""}, "300.00": unit, "305.00": unit, "12.30": unit}
    income = next(e for e in facts.sheet if e.item == "income-current")
    assert (income.value, income.degree) == (9_000_000, "stated")


def test_the_superior_above_a_unit_s_tables_is_no_unit(bodies) -> None:  # type: ignore[no-untyped-def]
    table = FORM.format(caption="部门", name="安平市水利局", amount="300.00")
    found, facts = bodies(f"安平市河道管理处2023年度单位决算\n\n主管部门：安平市水利局\n\n{table}")
    assert facts.agency is not None
    assert (facts.agency.label, found) == ("安平市河道管理处", {"300.00": {""}})


def test_titles_in_a_table_of_contents_begin_no_part(bodies) -> None:  # type: ignore[no-untyped-def]
    text = (
        "安平市水利局2023年度部门决算\n\n目录\n\n安平市水利局2023年度部门决算\n\n安平市河道管理处2023年度单位决算\n\n"
        f"第一部分 部门决算\n\n安平市水利局2023年度部门决算\n\n2023年度收入总计910.00万元，{LONG}。\n\n"
        f"安平市河道管理处2023年度单位决算\n\n2023年度收入总计305.00万元，{LONG}。\n"
    )
    assert bodies(text)[0] == {"910.00": {""}, "305.00": {"安平市河道管理处"}}


@pytest.mark.parametrize("head", ["单位（科目）名称", "部门（单位）/科目名称", "单位/项目名称"])
def test_units_and_items_in_one_column(bodies, head: str) -> None:  # type: ignore[no-untyped-def]
    """An item of the classification under such a header is no unit, whatever its name ends with."""
    text = (
        f"安平市水利局2024年部门预算\n\n部门支出总表\n单位：万元\n科目编码\t{head}\t合计\t基本支出\n"
        "\t安平市水利局\t1,000.00\t600.00\n\t安平市水利局（本级）\t700.00\t400.00\n"
        "213\t农林水支出\t701.00\t401.00\n2130301\t行政运行\t702.00\t402.00\n"
        "\t安平市河道管理处\t300.00\t200.00\n213\t农林水支出\t301.00\t201.00\n"
    )
    found, _ = bodies(text)
    seat, unit = {"安平市水利局（本级）"}, {"安平市河道管理处"}
    assert {stated: found[stated] for stated in ("1,000.00", "700.00", "701.00", "702.00", "300.00", "301.00")} == {
        "1,000.00": {""}, "700.00": seat, "701.00": seat, "702.00": seat, "300.00": unit, "301.00": unit,
    }  # fmt: skip


def test_a_project_that_is_named_like_an_institution_is_no_unit(tmp_path: Path) -> None:
    """A row with a goal is of a project: a museum that is built, a plot of land that was a factory."""
    rows = [
        ("支出项目类别（资金使用单位）", "总计", "财政拨款", "绩效目标"),
        ("合计", "95.50", "95.50", ""),
        ("青溪县林业局", "60.25", "60.25", ""),
        ("森林防火经费", "40.15", "40.15", "通过项目实施，降低火灾发生次数。"),
        ("青溪县林业博物馆", "20.10", "20.10", "通过项目建设，完成布展并对外开放。"),
        ("青溪县种苗站", "35.25", "35.25", ""),
        ("青溪农机厂", "30.05", "30.05", "完成地块的看管、测量和评估工作。"),
        ("苗圃养护经费", "5.20", "5.20", "保障苗圃的日常养护。"),
    ]
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    path = tmp_path / "page.html"
    path.write_text(
        "<html><body><h1>青溪县林业局2026年部门预算</h1><p>部门预算项目支出表</p><p>单位：万元</p>"
        f"<table>{body}</table></body></html>",
        encoding="utf-8",
    )
    units = {f.stated: f.budget_unit for f in read_facts(path).figures}
    assert units == {
        "95.50": "",
        "60.25": "青溪县林业局",
        "40.15": "青溪县林业局",
        "20.10": "青溪县林业局",
        "35.25": "青溪县种苗站",
        "30.05": "青溪县种苗站",
        "5.20": "青溪县种苗站",
    }


def test_a_name_that_its_cell_cut_off_is_completed_by_its_code(bodies) -> None:  # type: ignore[no-untyped-def]
    head = "中共安平市委宣传部2026年部门预算\n\n"
    names = ("中共安平市委宣传部", "中共安平市委宣传部", "中共安平市委理论讲师团")
    cut = ("中共安平市委宣传", "中共安平市委", "中共安平市委")

    def table(title: str, printed: tuple[str, ...], amounts: tuple[str, ...]) -> str:
        codes = ("201", "201001", "201002")
        rows = "".join(f"{c}\t{n}\t{a}\n" for c, n, a in zip(codes, printed, amounts, strict=True))
        return f"{title}\n单位：万元\n单位编码\t单位名称\t合计\n\t合计\t{amounts[0]}\n{rows}\n"

    whole = table("部门收入总表", names, ("90.10", "60.05", "30.05"))
    found, _ = bodies(head + whole + table("部门支出总表", cut, ("80.20", "50.15", "30.06")))
    assert found["60.05"] == found["50.15"] == {"中共安平市委宣传部"}
    assert found["30.05"] == found["30.06"] == {"中共安平市委理论讲师团"}
    assert found["90.10"] == found["80.20"] == {""}


def test_the_name_of_a_seat_is_not_put_in_place_of_the_offices(bodies) -> None:  # type: ignore[no-untyped-def]
    table = (
        "{title}\n单位：万元\n单位编码\t单位名称\t合计\n301001\t{name}\t{amount}\n301002\t安平市监察支队\t4{amount}\n\n"
    )
    text = "安平市水利局2026年部门预算\n\n"
    text += table.format(title="部门收入总表", name="安平市水利局（本级）", amount="7.25")
    text += table.format(title="部门支出总表", name="安平市水利局", amount="7.26")
    found, _ = bodies(text)
    assert found["7.25"] == {"安平市水利局（本级）"}
    assert found["7.26"] == {"安平市水利局"}


def test_the_offices_name_without_its_place_over_its_seat_is_the_whole_office(bodies) -> None:  # type: ignore[no-untyped-def]
    rows = "\t合计\t9.30\n301\t退役军人事务局\t9.30\n301001\t安平市退役军人事务局\t5.10\n"
    rows += "301002\t安平市烈士陵园管理所\t4.20\n"
    found, _ = bodies(
        f"安平市退役军人事务局2026年部门预算\n\n部门收入总表\n单位：万元\n单位编码\t单位名称\t合计\n{rows}"
    )
    assert found == {"9.30": {""}, "5.10": {"安平市退役军人事务局"}, "4.20": {"安平市烈士陵园管理所"}}
