"""What narrows a result: facets with counts, the columns to show; and numbers rounded to sense."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

import httpx
import pytest

from service.errors import BadParameter
from service.queries.answers import Row, Table, Value
from service.queries.facets import list_facets
from service.queries.parameters import Parameter
from service.queries.query import Column
from service.queries.results import arrange, choose_columns, read_view
from service.words.rounding import round_to_sense, show_amount

BROWSER = {"Accept": "text/html"}
FREE = "/queries/offices-funding-service?service=free-inspection"
OFFICE, YEAR, NOTE = (Column(n, {"zh": n, "en": n}) for n in ("office", "year", "note"))
AMOUNT = Column("amount", {"zh": "金额（元）", "en": "amount"}, numeric=True)
TABLE = Table(
    ("office", "year", "note", "amount"),
    [
        Row(office=Value(office), year=Value(year), note=Value(f"words of their own {number}"), amount=Value("1"))
        if office
        else Row(year=Value(year), note=Value(f"words of their own {number}"))
        for number, (office, year) in enumerate(
            [("深圳", "2023"), ("深圳", "2022"), ("深圳", "2023"), ("宝鸡", "2023"), ("宝鸡", "2021"), ("", "2022")]
        )
    ],
)  # fmt: skip


def facets(*only: str) -> dict[str, list[tuple[str, int, bool]]]:
    view = read_view({"_only": list(only)}, TABLE.columns)
    found = list_facets(TABLE, (OFFICE, YEAR, NOTE, AMOUNT), view)
    return {f.column.name: [(v.text, v.count, v.chosen) for v in f.values] for f in found}


def test_facets_count_the_rows_that_a_click_gives() -> None:
    everything = facets()
    assert everything == {
        "office": [("深圳", 3, False), ("宝鸡", 2, False), ("", 1, False)],
        "year": [("2021", 1, False), ("2022", 2, False), ("2023", 3, False)],
    }, "neither numbers nor what is another in each row; years in their order"
    narrowed = facets("office:宝鸡")
    assert narrowed["office"] == [("宝鸡", 2, True), ("深圳", 3, False), ("", 1, False)], "its own values stay"
    assert narrowed["year"] == [("2021", 1, False), ("2023", 1, False)]
    assert facets("office:哪里")["office"][0] == ("哪里", 0, True), "what gives nothing can be taken back"


def test_a_click_gives_as_many_rows_as_the_facet_says() -> None:
    view = read_view({"_only": ["year:2023"]}, TABLE.columns)
    for facet in list_facets(TABLE, (OFFICE, YEAR), view):
        for value in facet.values:
            clicked = read_view({"_only": list(value.only)}, TABLE.columns)
            matched = arrange(TABLE, clicked).matched
            if facet.column is OFFICE:
                assert len(matched) == value.count, value
            else:
                assert value.chosen != (f"year:{value.text}" in value.only), "it is added, or taken back"


def test_two_values_of_a_column_are_either_and_two_columns_both() -> None:
    def count(*only: str) -> int:
        return len(arrange(TABLE, read_view({"_only": list(only)}, TABLE.columns)).matched)

    assert count("office:深圳", "office:宝鸡") == 5
    assert count("office:深圳", "office:宝鸡", "year:2021") == 1
    assert count("office:") == 1, "what has no value"


def test_columns_are_chosen() -> None:
    columns = (OFFICE, Column("codeZh", {}, language="zh"), AMOUNT)
    names = ("office", "code", "codeZh", "amount")
    assert choose_columns(columns, read_view({}, names)) == list(columns)
    assert choose_columns(columns, read_view({"_show": ["amount", "office"]}, names)) == [OFFICE, AMOUNT], "their order"
    assert [c.name for c in choose_columns(columns, read_view({"_show": ["code"]}, names))] == ["codeZh"]
    with pytest.raises(BadParameter):
        read_view({"_show": ["nothing"]}, names)


@pytest.mark.parametrize(
    ("number", "unit", "shown"),
    [
        ("12.75244008420682752973435946", "", "12.75"),
        ("12.75244008420682752973435946", "CNY", "12.75"),
        ("0.3333333333333333", "", "0.333"),
        ("0.00001234567", "", "0.0000123"),
        ("70000000", "CNY", "70000000"),
        ("1016400.5", "CNY", "1016400.5"),
        ("98.7654", "", "98.7654"),
        ("-3.14159265", "", "-3.14"),
        ("0", "", "0"),
        ("1E+3", "", "1E+3"),
        ("NaN", "", "NaN"),
    ],
)
def test_numbers_are_rounded_to_sense(number: str, unit: str, shown: str) -> None:
    assert str(round_to_sense(Decimal(number), unit)) == shown


def test_amounts_in_their_units() -> None:
    assert show_amount(Decimal("1016412.34"), "wan") == "101.64"
    assert show_amount(Decimal("1016412.345678")) == "1,016,412.35"
    assert show_amount(Decimal("1016400"), "yi") == "0.0102"


def test_several_years_stand_in_one_field() -> None:
    year = Parameter("year", "yearAsked", "integer", {}, {})
    assert [t.value for t in year.read(["2022 2023"])] == ["2022", "2023"]
    assert [t.value for t in year.read(["2022，2023", "2021"])] == ["2022", "2023", "2021"]


def rows(page: str) -> list[list[str]]:
    table = page[page.index('class="scroll result"') :].partition("</table>")[0]
    return [
        [unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]
    ]


def test_the_page_narrows_by_links_and_shows_what_is_chosen(web: httpx.Client) -> None:
    page = web.get(FREE, headers=BROWSER).text
    assert "administration" not in page[page.index("<tbody>") : page.index("</tbody>")]
    facet = page[page.index("<summary>角色") :].partition("</details>")[0]
    links = {
        unescape(text): unescape(href)
        for href, text in re.findall(r'<a href="([^"]+)#result"[^>]*><span>([^<]+)</span>', facet)
    }
    assert set(links) == {"服务本身", "政策管理"}
    narrowed = web.get(links["政策管理"], headers=BROWSER).text
    assert len(rows(narrowed)) == 1
    assert "800,000" in narrowed
    assert re.search(r'class="tag"[^>]*aria-label="取消筛选：角色 政策管理"', narrowed)
    shown = web.get(f"{FREE}&_show=agencyLabel&_show=amount", headers=BROWSER).text
    assert all(len(r) == 3 for r in rows(shown)), "the office, the amount, the evidence"
    assert shown.count('<a class="to"') == 3, "a number is no link: it can be selected"
    exported = web.get(f"{FREE.replace('?', '.csv?')}&_show=amount").text
    assert "agencyLabel" in exported, "exports hold all columns"


def test_the_form_of_a_result_keeps_what_was_chosen(web: httpx.Client) -> None:
    page = unescape(web.get(f"{FREE}&_only=role:service&_show=agencyLabel&_show=amount", headers=BROWSER).text)
    form = page[page.index('aria-label="筛选结果"') :].partition("</form>")[0]
    for name, value in (("service", "free-inspection"), ("_only", "role:service"), ("_show", "amount")):
        assert f'name="{name}" value="{value}"' in form


def test_an_empty_result_says_what_would_give_rows(web: httpx.Client) -> None:
    page = web.get(f"{FREE}&year=1950", headers=BROWSER).text
    empty = page[page.index('class="empty"') :].partition('<p class="note"')[0]
    near = [unescape(href) for href in re.findall(r'<a href="([^"]+year=2023[^"]*)">2023</a>', empty)]
    assert near, "a year that gives rows"
    assert len(rows(web.get(near[0], headers=BROWSER).text)) == 3
    counts = re.findall(r'<td class="number">([0-9,]+)</td>', empty)
    assert any(count != "0" for count in counts), "what the documents hold of what the query reads"
