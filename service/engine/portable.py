"""A query of ours as other engines understand it best: the same question in the plainest words.

What is rewritten here means the same in SPARQL 1.1, before and after. It is done on the way to another engine only, so
that the files of queries stay as people read them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from service.sparql.tokens import Token, split

_MARK = "~|{}|~"
_JOINING = ("CONCAT", "GROUP_CONCAT")


@dataclass(frozen=True)
class Portable:
    """A query as it is sent; ``marks`` are signs of ASCII in it that stand for words, to be put back in its answer."""

    query: str
    marks: Mapping[str, str] = field(default_factory=dict)

    def restore(self, text: str) -> str:
        """A string of the answer with the words in place of their marks."""
        for mark, word in self.marks.items():
            text = text.replace(mark, word)
        return text


@lru_cache(maxsize=512)
def drop_open_slots(query: str) -> str:
    """The query without its open slots.

    ``VALUES ?year { UNDEF }`` joins with everything and narrows nothing. Engines that plan it as a table of one row
    (Virtuoso) compare that row's nothing with every value, and lose all of them. Our own engine joins it first, since
    it has one row, and so begins with all that has a year instead of with what is rare.
    """
    tokens = [t for t in split(query) if t.kind != "comment"]
    if _shows_all(tokens):
        # Its columns are its variables, the open ones among them.
        return query
    for start, end in reversed(_find_open_slots(tokens)):
        query = query[:start] + query[end:]
    return query


def mark_words(query: str) -> Portable:
    """The query with marks in place of words that are not ASCII and stand by themselves in CONCAT or GROUP_CONCAT.

    An engine that joins strings byte by byte (Virtuoso) loses such a word, or its neighbours. It does not lose a mark.
    """
    tokens = [t for t in split(query) if t.kind != "comment"]
    words: list[Token] = []
    for number, token in enumerate(tokens):
        if token.is_word(*_JOINING):
            words += _list_own_words(tokens, number + 1)
    marks: dict[str, str] = {}
    parts: list[tuple[Token, str]] = []
    for word in words:
        text = word.text[1:-1]
        if not text.isascii() and "\\" not in text:
            mark = next((m for m, known in marks.items() if known == text), _MARK.format(len(marks)))
            marks[mark] = text
            parts.append((word, f'"{mark}"'))
    for word, text in sorted(parts, key=lambda part: part[0].start, reverse=True):
        query = query[: word.start] + text + query[word.end :]
    return Portable(query, marks)


def fill_empty_patterns(query: str) -> str:
    """The query with ``GRAPH ?g {}``, which stands for all named graphs, in words that ask what is in them.

    An engine that looks for something to find there (Virtuoso) finds no graph.
    """
    for start, end, variable in reversed(find_empty_patterns([t for t in split(query) if t.kind != "comment"])):
        listed = f"{{ SELECT {variable} WHERE {{ GRAPH {variable} {{ ?anyS ?anyP ?anyO }} }} GROUP BY {variable} }}"
        query = query[:start] + listed + query[end:]
    return query


def find_empty_patterns(tokens: Sequence[Token]) -> list[tuple[int, int, str]]:
    """Where each ``GRAPH ?name {}`` begins and ends, and the variable."""
    return [
        (graph.start, closing.end, variable.text)
        for graph, variable, opening, closing in zip(*(tokens[n:] for n in range(4)), strict=False)
        if graph.is_word("GRAPH") and variable.kind == "variable" and (opening.text, closing.text) == ("{", "}")
    ]


def find_closing(tokens: Sequence[Token], opening: int) -> int:
    """The place of the bracket ``)`` that closes the one at ``opening``; the end where there is none."""
    depth = 0
    for number in range(opening, len(tokens)):
        depth += (tokens[number].text == "(") - (tokens[number].text == ")")
        if depth == 0:
            return number
    return len(tokens)


def _list_own_words(tokens: Sequence[Token], opening: int) -> list[Token]:
    """The strings that are arguments themselves of the call whose bracket is at ``opening``, or its separator."""
    found, depth = [], 0
    for number in range(opening, find_closing(tokens, opening)):
        token = tokens[number]
        depth += (token.text == "(") - (token.text == ")")
        tagged = tokens[number + 1].kind == "language" or tokens[number + 1].text == "^^"
        if depth == 1 and token.kind == "string" and not tagged:
            found.append(token)
    return found


def _shows_all(tokens: Sequence[Token]) -> bool:
    for number, token in enumerate(tokens):
        if token.is_word("SELECT"):
            behind = [t for t in tokens[number + 1 : number + 3] if not t.is_word("DISTINCT", "REDUCED")]
            return bool(behind) and behind[0].text == "*"
    return False


def _find_open_slots(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Where each ``VALUES ?name { UNDEF }`` begins and ends."""
    found = []
    for values, variable, opening, undef, closing in zip(*(tokens[n:] for n in range(5)), strict=False):
        if (
            values.is_word("VALUES")
            and variable.kind == "variable"
            and (opening.text, closing.text) == ("{", "}")
            and undef.is_word("UNDEF")
        ):
            found.append((values.start, closing.end))
    return found
