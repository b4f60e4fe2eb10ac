"""Words in drawings: where they break, and where they are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.pages.charts.svg import measure, wrap


def test_words_of_letters_are_parted_at_spaces_and_chinese_anywhere() -> None:
    assert wrap("natural resources and oceans", 120, 3) == ["natural resources", "and oceans"]
    assert wrap("城乡社区支出", 40, 3) == ["城乡社", "区支出"]
    assert wrap("208 social security and employment", 130, 4) == ["208 social security", "and employment"]
    assert wrap("公安public security", 90, 3) == ["公安public", "security"]


@given(st.text(alphabet="abc 城乡社区", max_size=40), st.integers(30, 200), st.integers(1, 5))
def test_no_line_is_too_wide_and_nothing_is_lost_but_at_the_end(text: str, width: int, lines: int) -> None:
    found = wrap(text, width, lines)
    assert len(found) <= lines
    assert all(measure(line) <= width for line in found)
    whole = "".join("".join(found).split())
    assert "".join(text.split()).startswith(whole.removesuffix("…"))
