"""What another engine is known to answer wrongly: found by asking it small questions whose answers are known.

Each question is a file in ``queries/internal/engine``, needs no data and gives one row with one ``?answer``. An engine
is judged by its answers, never by its name. What can be mended is mended on the way there and back
(:mod:`service.engine.portable`); of the rest the pages of those queries warn that use it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from service.engine.portable import find_empty_patterns
from service.sparql.tokens import Token, split

Uses = Callable[[Sequence[Token]], bool]


@dataclass(frozen=True)
class Weakness:
    """One kind of wrong answers: the internal query that asks it, the right answer, what a page says of it.

    ``uses`` says whether a query, by its tokens, depends on it; ``mended`` that it is mended on the way. Where no
    small question shows it, it is that of the engines that answer another one wrongly, and has a name (``called``).
    """

    question: str
    right: str
    uses: Uses
    zh: str
    en: str
    mended: bool = False
    called: str = ""

    @property
    def name(self) -> str:
        """What it is called: as its question, where it has one of its own."""
        return self.called or self.question.partition("/")[2]


def _divides(tokens: Sequence[Token]) -> bool:
    """Whether it computes a quotient of variables; in a path, ``/`` stands between names."""
    pairs = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return any(b.text == "/" and (a.kind == "variable" or c.kind == "variable") for a, b, c in pairs)


def _joins_in_order(tokens: Sequence[Token]) -> bool:
    words = [t.text.upper() for t in tokens if t.kind == "word"]
    return "GROUP_CONCAT" in words


def _lists_graphs(tokens: Sequence[Token]) -> bool:
    return bool(find_empty_patterns(tokens))


#: From so many grouped subqueries on, joined with each other, rows have been seen to be lost.
_MANY_GROUPS = 3


def _joins_groups(tokens: Sequence[Token]) -> bool:
    return sum(t.is_word("GROUP") for t in tokens) >= _MANY_GROUPS


def _joins_words(tokens: Sequence[Token]) -> bool:
    joined = any(t.is_word("CONCAT", "GROUP_CONCAT") for t in tokens)
    return joined and any(t.kind == "string" and not t.text.isascii() for t in tokens)


WEAKNESSES: tuple[Weakness, ...] = (
    Weakness(
        "engine/joined-words", "a；a", _joins_words, "拼接时丢失非 ASCII 的文字",
        "loses words that are not ASCII when it joins strings", mended=True,
    ),
    Weakness(
        "engine/ordered-lists", "a b c d e", _joins_in_order, "合并在一格中的各项次序可能不同",
        "may list what stands together in one cell in another order",
    ),
    Weakness(
        "engine/empty-patterns", "true", _lists_graphs, "空模式不列出命名图", "lists no graphs for an empty pattern",
        mended=True,
    ),
    # Virtuoso 7.2 gives too few rows of such queries, or none within minutes. No small question is known that shows it.
    Weakness(
        "engine/empty-patterns", "true", _joins_groups, "多个分组子查询相连接时可能丢失结果行或长时间没有结果",
        "may lose rows, or take very long, where several grouped subqueries are joined", called="joined-groups",
    ),
    Weakness("engine/quotients", "true", _divides, "整数相除会舍去小数", "cuts quotients of whole numbers"),
)  # fmt: skip


@cache
def _read_tokens(query: str) -> tuple[Token, ...]:
    return tuple(t for t in split(query) if t.kind != "comment")


def find_met(query: str, weak: Iterable[Weakness]) -> list[Weakness]:
    """Those of an engine's weaknesses that a query meets and that are not mended."""
    return [w for w in weak if not w.mended and w.uses(_read_tokens(query))]
