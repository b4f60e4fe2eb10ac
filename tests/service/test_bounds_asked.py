"""How much a question asks for, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from service.search.bounds_asked import Bound, find_bound


@pytest.mark.parametrize(
    ("question", "bound"),
    [
        ("哪些部门的会议费超过100万", Bound(True, Decimal(1_000_000), False)),
        ("三公经费低于5万元的部门", Bound(False, Decimal(50_000), False)),
        ("谁的培训费在50万以上", Bound(True, Decimal(500_000), True)),
        ("编制不超过1,200人的公安局", Bound(False, Decimal(1_200), True)),
        ("支出不低于 1.5 亿元的部门", Bound(True, Decimal(150_000_000), True)),
        ("which bureaus have meeting costs above 1 million", Bound(True, Decimal(1_000_000), False)),
        ("offices with at most 30 people", Bound(False, Decimal(30), True)),
        ("哪个部门没有政府性基金", Bound(False, Decimal(0), True)),
        ("which offices have no travel abroad", Bound(False, Decimal(0), True)),
        ("哪些部门出国费为零", Bound(False, Decimal(0), True)),
    ],
)
def test_found(question: str, bound: Bound) -> None:
    found = find_bound(question)
    assert found is not None
    assert found[0] == bound


@pytest.mark.parametrize(
    "question",
    [
        "西安市财政局没有出国费吗",
        "深圳市公安局2026年会议费",
        "2026年以上年为准的支出",
        "会议费最多的部门",
        "no. 5 project",
    ],
)
def test_none(question: str) -> None:
    assert find_bound(question) is None


def test_holds() -> None:
    above, none = Bound(True, Decimal(100), False), Bound(False, Decimal(0), True)
    assert [above.holds(Decimal(n)) for n in (99, 100, 101)] == [False, False, True]
    assert [none.holds(Decimal(n)) for n in (0, 1)] == [True, False]
