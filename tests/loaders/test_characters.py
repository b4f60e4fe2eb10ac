"""Names and texts that hold what is no character: shown on one line, mended, written as JSON that comes back."""

from __future__ import annotations

import doctest
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders import characters
from loaders.characters import is_text, mend_text, show_name, write_json
from loaders.errors import DocumentError


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (os.fsdecode("预算.txt".encode("gbk")), r"Ԥ\xcb\xe3.txt"),  # d4 a4 happens to be UTF-8, of another letter
        ("2023年　部门预算 (1).txt", "2023年　部门预算 (1).txt"),
        ("a\nb\tc\rd\x1be", r"a\nb\tc\rd\u001be"),
        ("a\u202etxt.exe", r"a\u202etxt.exe"),
        ("\ud83d", r"\ud83d"),
        ("C:\\a", "C:\\a"),
        ("-x", "-x"),
        ("\U000e0001", r"\U000e0001"),
    ],
)
def test_a_name_is_shown_on_one_line_and_in_utf_8(name: str, shown: str) -> None:
    assert show_name(name) == shown
    assert show_name(shown) == shown


@given(st.text(st.characters()))
def test_whatever_a_name_is_it_can_be_shown_and_twice(name: str) -> None:
    shown = show_name(name)
    assert shown.encode("utf-8").decode("utf-8").splitlines() in ([shown], [])
    assert show_name(shown) == shown


@given(st.lists(st.sampled_from(["\ud83d", "\ude00", "\udcb9", "a", "年", "\U0001f600"])).map("".join))
def test_mended_text_is_text_and_what_was_text_stays(value: str) -> None:
    mended = mend_text(value)
    assert is_text(mended)
    mended.encode("utf-8")
    assert mend_text(mended) == mended
    assert not is_text(value) or mended == value
    assert [c for c in mended if c in "a年"] == [c for c in value if c in "a年"]


def test_two_halves_are_their_character_and_a_lone_one_is_declared() -> None:
    assert mend_text("预\ud83d\ude00算\ud83d!\ude00") == "预\U0001f600算\ufffd!\ufffd"


@given(st.dictionaries(st.text(st.characters()), st.text(st.characters())))
def test_json_comes_back_whatever_the_names(value: dict[str, str]) -> None:
    written = write_json(value)
    assert is_text(written)
    # JSON has no two ways to say a pair: halves that stand together come back as their character.
    pairs = {k.encode("utf-16", "surrogatepass"): v.encode("utf-16", "surrogatepass") for k, v in value.items()}
    back = json.loads(written)
    assert {k.encode("utf-16", "surrogatepass"): v.encode("utf-16", "surrogatepass") for k, v in back.items()} == pairs


def test_an_error_stands_on_one_line_whatever_its_file_is_called() -> None:
    error = DocumentError("a\udcb9\nb.pdf", "there is no such file", "Check the path.")
    assert str(error) == r"a\xb9\nb.pdf: there is no such file. Check the path"
    assert error.place == r"a\xb9\nb.pdf"


def test_the_examples_hold() -> None:
    assert doctest.testmod(characters).failed == 0
    assert doctest.testmod(characters).attempted >= 2
