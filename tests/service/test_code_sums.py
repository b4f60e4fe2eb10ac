"""What rows of official tables make up one amount of a code, by hand."""

from __future__ import annotations

from service.queries.answers import Row, Value
from service.search.code_answers import add_up

_ID = "https://w3id.org/gongkai/id/code"
_GK = "https://w3id.org/gongkai/ontology#"


def _row(amount: str, part: str = "Basic", **codes: str) -> Row:
    values = {
        "agency": "http://a", "code": f"{_ID}/economic-2018/30201", "year": "2026", "phase": f"{_GK}phaseBudget",
        "part": f"{_GK}quantityExpenditure{part}", "fund": f"{_GK}fundAll", "amount": amount, "precision": "1",
        "place": f"http://d#char={amount},9", "economic": f"{_ID}/economic-2018/30201",
    }  # fmt: skip
    return Row({name: Value(value, "uri") for name, value in (values | codes).items()})


def _government(code: str) -> str:
    return f"{_ID}/government-economic-2018/{code}"


def _amounts(*rows: Row) -> list[list[str]]:
    return [[row["amount"].text for row in rows] for rows in add_up(rows)]


def test_a_code_divided_by_another_classification_is_the_sum_of_its_rows() -> None:
    rows = [_row("475000", government=_government("50201")), _row("141200", government=_government("50502"))]
    assert _amounts(*rows) == [["475000", "141200"]]


def test_columns_of_one_row_are_not_added() -> None:
    rows = [_row(n, government=_government("50201")) for n in ("572064", "452064", "120000")]
    assert _amounts(*rows) == [["572064"]]


def test_a_row_without_another_code_is_the_whole() -> None:
    rows = [
        _row("616200"),
        _row("475000", government=_government("50201")),
        _row("141200", government=_government("50502")),
    ]
    assert _amounts(*rows) == [["616200"]]


def test_of_codes_within_one_another_the_finest_are_added() -> None:
    function = f"{_ID}/function/"
    rows = [
        _row("300", function=f"{function}201"), _row("100", function=f"{function}2010301"),
        _row("200", function=f"{function}2010350"),
    ]  # fmt: skip
    assert sorted(_amounts(*rows)[0]) == ["100", "200"]


def test_other_scopes_are_apart() -> None:
    rows = [_row("5", government=_government("50201")), _row("7", part="Total", government=_government("50502"))]
    assert sorted(_amounts(*rows)) == [["5"], ["7"]]
