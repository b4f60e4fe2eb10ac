"""Which year a number in running text is about, in the phrasing of official documents."""

from __future__ import annotations

import pytest

from loaders.prose.years import YearReader
from loaders.words.numbers import tokenise


def years(text: str, fiscal_year: int | None = 2023) -> list[int | None]:
    """The year at each ``#``, which stands for a number."""
    reader = YearReader(text.replace("#", "7"), fiscal_year)
    return [reader.year_at(i) for i, c in enumerate(text) if c == "#"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a change is of the document's year, whatever it is compared with
        ("2023年收入预算#万元，比2022年增加#万元，增长#%。", [2023, 2023, 2023]),
        ("收入总计#万元，较2022年减少#万元。", [2023, 2023]),
        ("与 2022 年相比，减少#万元", [2023]),
        ("比上年增加#万元，较去年增长#%", [2023, 2023]),
        ("与上年相比，减少#万元，减少#%", [2023, 2023]),
        ("比上年预算减少#万元", [2023]),
        ("较上年决算数增加#万元", [2023]),
        # a remark in brackets says nothing of what follows it; a year alone in them does
        ("2024年实施项目#个（含2023年转列项目#个），年初批复#个。", [2024, 2023, 2024]),
        ("实施项目#个(含2022年转列项目#个(其中延期#个)),到位资金#万元。", [2023, 2022, 2022, 2023]),
        ("部门预算（2022年）支出#万元。", [2022]),
        # stocks
        ("截至上年底，共有车辆#辆", [2022]),
        ("截至2022年12月31日，固定资产#万元，其中车辆#辆。", [2022, 2022]),
        ("截止2022年底，本部门共有车辆#辆。", [2022]),
        ("截至2022年10月，实有#人", [2022]),
        # columns told in words
        ("上年预算数为#万元", [2022]),
        ("2022年预算#万元，2023年预算#万元。", [2022, 2023]),
        ("2022年决算#万元，今年安排#万元。", [2022, 2023]),
        # histories
        ("1993年2月成立，行政编制#名。1995年10月增加编制#名。", [1993, 1995]),
        ("2010年，核定全额拨款事业编制#名，其中主任#名。", [2010, 2010]),
        # years in titles and spans are no dates of what is told
        ("根据《2019年工作要点》，安排#万元", [2023]),
        ("依据《市2021-2025年规划》，建设#个项目", [2023]),
        ("2021-2025年规划期内，2023年安排#万元", [2023]),
        # carried over money belongs to the budget that it is part of
        ("其中2022年结转#万元", [2023]),
        # no year at all
        ("收入预算#万元", [2023]),
    ],
)
def test_years(text: str, expected: list[int]) -> None:
    assert years(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("目标1：全年开展检查。2022年第一季度检查#次。目标2：处理事故#起。", [2022, 2023]),
        ("1.完成改造。2022年改造#处。共#处。2.改造#处。3.新建#处。", [2022, 2022, 2023, 2023]),
        # the year before the list governs its items
        ("2022年，完成以下工作。1.检查#次。2.培训#次。（1）讲座#次。", [2022, 2022, 2022]),
        # and that of an item its own
        ("（一）培训。2022年开展培训情况如下。1.讲座#次。2.演练#次。（二）检查#次。", [2022, 2022, 2023]),
    ],
)
def test_a_year_ends_with_the_item_of_the_list_in_which_it_stands(text: str, expected: list[int]) -> None:
    assert years(text) == expected


def test_a_year_that_opens_a_sentence_governs_the_next_until_another_is_named() -> None:
    text = "2022年，完成通关#人次。其中旅客#人次。当年支出#万元。2023年，计划#人次。目标#人次。"
    assert years(text) == [2022, 2022, 2023, 2023, 2023]


def test_a_year_inside_a_sentence_does_not_govern_the_next() -> None:
    assert years("项目于2019年立项。本次安排#万元。") == [2023]


def test_without_a_fiscal_year_only_named_years_are_known() -> None:
    assert years("2022年支出#万元。", None) == [2022]
    assert years("支出#万元，比上年增加#万元。截至上年底#辆。", None) == [None, None, None]


def test_offsets_outside_the_text_have_the_fiscal_year() -> None:
    assert YearReader("", 2023).year_at(0) == 2023
    assert YearReader("一句话。", 2023).year_at(99) == 2023


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2026年收入预算148.79万元，比2025年年初预算数147.08万元增加1.71万元，增长1.2%。", [2026, 2025, 2026, 2026]),
        ("机关运行经费安排210.32万元，比上年209.64万元，增加0.68万元。", [2026, 2025, 2026]),
        ("去年预算数为3万元，因此增长率为5%；政府性基金支出7万元。", [2025, 2026, 2026]),
        ("较2025年预算增加40万元，增长25%。", [2026, 2026]),
    ],
)
def test_the_amount_compared_with_is_of_its_own_year(text: str, years: list[int]) -> None:
    reader = YearReader(text, 2026)
    found = [reader.year_at(t.span.start) for t in tokenise(text) if not text[t.span.end :].startswith("年")]
    assert found == years


def test_years_of_an_aside_or_a_reason_do_not_govern_the_next_item() -> None:
    text = (
        "其中：因公出国（境）经费0万元，2021年和2022年，本部门无因公出国（境）经费预算；公务接待费6.80万元，较上年减少0.03万元；"
        "公务用车运行维护费27.50万元，原因是2021年运行维护费另文下达；会议费3.10万元。"
    )
    reader = YearReader(text, 2022)
    assert [reader.year_at(text.index(stated)) for stated in ("6.80", "0.03", "27.50", "3.10")] == [2022] * 4


def test_the_initial_budget_of_a_year_that_is_compared_with_is_of_that_year() -> None:
    text = (
        "预算收入495,836.20万元比2025年初预算数20,292.85万元减少464.27万元；"
        "支出1.50万元比2025年初预算数56,831.85增加较多。"
    )
    reader = YearReader(text, 2026)
    stated = ("495,836.20", "20,292.85", "464.27", "1.50", "56,831.85")
    assert [reader.year_at(text.index(s)) for s in stated] == [2026, 2025, 2026, 2026, 2025]
