"""The words that several rooms share: the examples of their docstrings are right."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from loaders.words import comparators, normalise, numbers, numerals


@pytest.mark.parametrize("module", [comparators, normalise, numbers, numerals], ids=lambda m: m.__name__)
def test_the_examples_are_right(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
