"""Points in brackets behind what they are of: the most that may be had, and what was had (投入（20分，自评得分18分）)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from loaders.words.numerals import TEN

_NUMBER = r"\d{1,3}(?:\.\d+)?"
_BRACKETED = re.compile(
    rf"(?:^|(?<=[。；;：:\s])|(?<=\d[.．、])|(?=(?:产出|成本|效益|满意度)指标\s*[（(]))(?:[{TEN}]{{1,3}}、|[（(][{TEN}\d]{{1,3}}[）)])?\s*"
    r"(?P<name>[\u4e00-\u9fff][\u4e00-\u9fff、“”\"]{1,23}?)\s*[（(]\s*(?:满分|分值|权重)?[:：为]?\s*"
    rf"(?P<maximum>{_NUMBER})\s*分"
    rf"(?:\s*[，,;；、]\s*(?:实际|自评|评价|考核|最终)*(?:得分|评分|得)[:：为]?\s*(?P<score>{_NUMBER})\s*分)?\s*[）)]"
)
#: Alone in brackets behind these stands what was reached: 自评等级为优（96分）.
_REACHED = re.compile(r"得分|评分|自评|等[级次]|结果|评[为定价]|总分|[优良中差]秀?好?$")


@dataclass(frozen=True, slots=True)
class Points:
    """Where a text names what has points, the most it may have, and what it had (None where that is not said)."""

    name: tuple[int, int]
    maximum: tuple[int, int]
    score: tuple[int, int] | None


def find_points(text: str) -> Iterator[Points]:
    """The points that stand in brackets behind the name of what they are of, at the beginning of a sentence or heading.

    >>> [text[slice(*p.name)] for text in ["（一）项目立项（8分，自评得分7.5分）"] for p in find_points(text)]
    ['项目立项']
    """
    for m in _BRACKETED.finditer(text):
        if m["score"] is None and _REACHED.search(m["name"]):
            continue
        yield Points(m.span("name"), m.span("maximum"), m.span("score") if m["score"] else None)
