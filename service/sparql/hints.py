"""What was probably meant where the engine stops reading: the word that stands there, and a hint for known slips."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.sparql.failures import QueryFailure
from service.sparql.tokens import StrayCharacter, Token, locate, split

Hint = tuple[str, str]
"""In English and in Chinese."""

_WORDS: dict[str, Hint] = {
    "AND": ("Conditions are joined with &&, patterns with a point", "条件之间用 &&，图模式之间用句点"),
    "OR": ("Conditions are joined with ||, patterns with UNION", "条件之间用 ||，图模式之间用 UNION"),
    "LIKE": ('Text is sought with CONTAINS(?text, "…") or REGEX', '查找文字请用 CONTAINS(?text, "…") 或 REGEX'),
    "NULL": ("What is absent is asked for with OPTIONAL and BOUND", "缺失的值用 OPTIONAL 和 BOUND 判断"),
    "JOIN": (
        "Patterns that share a variable are joined: write them one after another",
        "共用变量的图模式自动连接，依次写出即可",
    ),
}
_TWO_EQUALS = ("Equality is one sign: =", "相等只写一个等号：=")
_COLUMN = ("A computed column reads: (COUNT(?x) AS ?n)", "计算列写作：(COUNT(?x) AS ?n)")
_COMMA = ("Columns are parted by spaces, not by commas", "列之间用空格隔开，不用逗号")
_ORDER = (
    "What follows the last } stands in this order: GROUP BY, HAVING, ORDER BY, LIMIT or OFFSET, VALUES",
    "最后一个 } 之后的次序是：GROUP BY、HAVING、ORDER BY、LIMIT 或 OFFSET、VALUES",
)
_FROM = ("FROM stands before WHERE", "FROM 写在 WHERE 之前")
_TOO_FEW = (
    "A pattern has three parts: subject, predicate, object; one is missing here",
    "一个图模式有主语、谓语、宾语三部分；此处缺少一部分",
)
_TOO_MANY = (
    "A pattern has three parts: subject, predicate, object; end the one before with a point",
    "一个图模式有主语、谓语、宾语三部分；请用句点结束前一个",
)
_AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "VALUES")
_TERMS = frozenset({"iri", "name", "blank", "variable", "string", "language", "number"})
_KEYWORDS = frozenset(
    ("FILTER", "OPTIONAL", "UNION", "MINUS", "GRAPH", "BIND", "VALUES", "SERVICE", "SELECT", "WHERE", "EXISTS", "NOT",
     "LATERAL", "ASK", "CONSTRUCT", "DESCRIBE")
)  # fmt: skip


@dataclass(frozen=True)
class Slip:
    """A known slip: where it is (1-based), the word there, what to do."""

    line: int
    column: int
    token: str
    hint: Hint


def find_slip(query: str) -> Slip | None:
    """The first known slip in a query that the engine could not read; None if nobody can tell.

    The engine names the furthest place that any reading of its grammar reached, which is often behind the fault.
    """
    try:
        tokens = [t for t in split(query) if t.kind != "comment"]
    except StrayCharacter:
        return None
    found = [pair for seek in (_seek_words, _seek_head, _seek_order, _seek_triples) for pair in seek(tokens)]
    if not found:
        return None
    token, hint = min(found, key=lambda pair: pair[0].start)
    return Slip(*locate(query, token.start), token.text[:80], hint)


def sharpen(failure: QueryFailure, query: str) -> QueryFailure:
    """A syntax error with the place and the remedy of a known slip in place of the engine's, if there is one."""
    slip = find_slip(query) if failure.reason == "syntax" else None
    if slip is None:
        return failure
    here = slip.token
    return QueryFailure(
        "syntax", f"{here!r} cannot stand here", slip.hint[0], slip.line, slip.column,
        zh=(f"{here!r} 不能出现在此处", slip.hint[1]),
    )  # fmt: skip


def explain_nothing(query: str) -> Hint | None:
    """Why a query may have found nothing: an integer as an object, where this graph has decimals. None if it is not so.

    In a pattern 5 and 5.0 are two terms (SPARQL 1.1, 18.1.7: the match is of terms); in FILTER they are one number.
    """
    try:
        tokens = [t for t in split(query) if t.kind != "comment"]
    except StrayCharacter:
        return None
    for subject, predicate, number in zip(tokens, tokens[1:], tokens[2:], strict=False):
        written = number.kind == "number" and number.text.isdigit()
        if written and predicate.kind in ("iri", "name") and (subject.kind in _TERMS or subject.text in (";", "]")):
            n = number.text
            return (
                f"A pattern compares terms, and amounts are decimals: write {n}.0, or FILTER(?amount = {n})",
                f"图模式按字面比较，而金额是 decimal：请写 {n}.0，或 FILTER(?amount = {n})",
            )
    return None


Found = Iterator[tuple[Token, Hint]]


def _seek_words(tokens: Sequence[Token]) -> Found:
    for i, token in enumerate(tokens):
        if token.kind == "word" and token.text.upper() in _WORDS:
            yield token, _WORDS[token.text.upper()]
        if token.text == "=" and i and tokens[i - 1].text == "=":
            yield token, _TWO_EQUALS


def _seek_head(tokens: Sequence[Token]) -> Found:
    """Between SELECT and the first brace or FROM: variables, and expressions in brackets."""
    for i, token in enumerate(tokens):
        if not token.is_word("SELECT"):
            continue
        depth = 0
        for one in tokens[i + 1 :]:
            if one.text in ("{", "}") or one.is_word("WHERE", "FROM"):
                break
            depth += (one.text == "(") - (one.text == ")")
            if not depth and one.text == ",":
                yield one, _COMMA
            if not depth and one.is_word(*_AGGREGATES):
                yield one, _COLUMN


def _seek_order(tokens: Sequence[Token]) -> Found:
    """At the end of a query or a subquery: the order of the modifiers."""
    last = [-1]
    for token in tokens:
        if token.text == "{":
            last.append(-1)
        elif token.text == "}":
            if len(last) > 1:
                last.pop()
            last[-1] = -1
        elif token.is_word("OFFSET"):
            last[-1] = max(last[-1], _MODIFIERS.index("LIMIT"))
        elif token.is_word(*_MODIFIERS):
            rank = _MODIFIERS.index(token.text.upper())
            if rank < last[-1]:
                yield token, _ORDER
            last[-1] = max(rank, last[-1])
    brace = next((i for i, t in enumerate(tokens) if t.text == "{"), len(tokens))
    yield from ((t, _FROM) for t in tokens[brace:] if t.is_word("FROM"))


def _seek_triples(tokens: Sequence[Token]) -> Found:
    """Patterns of plain terms with too few or too many parts. What has paths, brackets or calls is left alone."""
    for start, end in _list_patterns(tokens):
        if end == len(tokens) or _is_values(tokens, start) or _has_datatype(tokens, start, end):
            continue
        stop, parts = tokens[end], [t for t in tokens[start:end] if t.kind != "language"]
        if stop.text not in (".", "}", ";") and not (stop.kind == "word" and stop.text.upper() in _KEYWORDS):
            continue
        if 0 < len(parts) < 3:
            yield stop, _TOO_FEW
        elif len(parts) > 3:
            yield parts[3], _TOO_MANY


def _list_patterns(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Where runs of plain terms stand behind { or a full stop: first token, and the one behind the last."""
    end = 0
    for i, token in enumerate(tokens):
        if i < end or token.text not in ("{", "."):
            continue
        end = i + 1
        while end < len(tokens) and _is_term(tokens[end]):
            end += 1
        yield i + 1, end


def _is_term(token: Token) -> bool:
    return token.kind in _TERMS | {"language"} or token.is_word("A", "TRUE", "FALSE")


def _is_values(tokens: Sequence[Token], start: int) -> bool:
    """Whether what begins there are values: VALUES ?x { … }."""
    return tokens[start - 1].text == "{" and any(t.is_word("VALUES") for t in tokens[max(0, start - 4) : start - 1])


def _has_datatype(tokens: Sequence[Token], start: int, end: int) -> bool:
    return any(t.text == "^^" for t in tokens[start : end + 1])


def find_token(query: str, line: int, column: int) -> str:
    """The word of a query at a place (1-based) or next behind it; "" at its end."""
    starts = [0, *(m.end() for m in re.finditer(r"\r\n|\n|\r", query))]
    offset = starts[min(line, len(starts)) - 1] + max(0, column - 1)
    try:
        tokens = [t for t in split(query) if t.kind != "comment"]
    except StrayCharacter:
        return ""
    return next((t.text[:80] for t in tokens if t.end > offset), "")


def cut_excerpt(query: str, line: int, column: int, width: int = 100) -> str:
    """The line of a query with a mark below the column, cut to a width about it."""
    lines = re.split(r"\r\n|\n|\r", query)
    if not 1 <= line <= len(lines):
        return ""
    start = max(0, column - 1 - width // 2)
    text = lines[line - 1][start : start + width].replace("\t", " ")
    # A Chinese character is as wide as two spaces where letters have one width.
    before = "".join("　" if ord(c) > 0x2E7F else " " for c in text[: max(0, column - 1 - start)])
    return f"{text}\n{before}^"
