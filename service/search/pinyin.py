"""Chinese in Latin letters without tones: what a name is called in pinyin, however it is parted and marked."""

from __future__ import annotations

import functools
import re
import unicodedata

_LETTERS = re.compile(r"[a-z]+")


def strip_marks(text: str) -> str:
    """Small letters without tones and other marks: Lǚshùn as lushun.

    >>> strip_marks("Shēnzhèn Shì Gōng'ānjú")
    "shenzhen shi gong'anju"
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def join_letters(text: str) -> str:
    """The letters of a text in Latin script, without marks, blanks and apostrophes."""
    return "".join(_LETTERS.findall(strip_marks(text)))


def _part(text: str) -> str:
    """What is no Chinese, as pypinyin is to leave it: it stays."""
    return text


@functools.lru_cache(maxsize=16384)
def write_pinyin(text: str, length: int = 0) -> str:
    """A Chinese text in pinyin, small letters without blanks; what is not Chinese stays.

    With ``length`` only so many of its characters: 朝阳 for 朝阳区 is chaoyang, though 朝阳 by itself may be zhaoyang.

    >>> write_pinyin("重庆市公安局"), write_pinyin("朝阳区", 2)
    ('chongqingshigonganju', 'chaoyang')
    """
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(text, v_to_u=True, errors=_part)
    return join_letters("".join(syllables[:length] if length else syllables))
