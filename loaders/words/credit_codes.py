"""Unified social credit identifiers (统一社会信用代码, GB 32100-2015): eighteen characters, the last of which checks them."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: The characters of an identifier in the order of their values: no I, O, Z, S, V, which look like digits or each other.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
#: Registering authority and kind of body, six digits of the place, eight characters and one of the body, the check.
_FORM = re.compile(rf"[1-9A-HJ-NPQRTUWXY][{ALPHABET}]\d{{6}}[{ALPHABET}]{{10}}")
#: An identifier behind its name; extraction may put blanks into it.
LABELLED = re.compile(
    rf"统一社会信用代码(?:证?号)?\s*[:：|]?\s*(?P<code>(?:[{ALPHABET}][ \u00a0]?){{18}})(?![0-9A-Za-z])"
)


def is_credit_code(code: str) -> bool:
    """Whether eighteen characters are an identifier: of its form, and with the right last character.

    Each of the first seventeen is worth its value times a power of three; with the last the sum is a multiple of 31.
    """
    if not _FORM.fullmatch(code):
        return False
    total = sum(_VALUES[character] * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return _VALUES[code[17]] == -total % 31


def find_credit_codes(text: str) -> Iterator[tuple[str, int, int]]:
    """The sound identifiers that ``text`` prints behind the words 统一社会信用代码: each with its start and end."""
    for found in LABELLED.finditer(text):
        code = re.sub(r"\s", "", found.group("code"))
        if is_credit_code(code):
            start = found.start("code")
            yield code, start, start + len(found.group("code").rstrip())
