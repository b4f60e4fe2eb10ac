"""What the shape of a figure refuses is no figure: it is told in the ledger instead, with its characters.

SHACL looks at a graph that has been written, and takes minutes for a long document; this looks at each figure before
anything is made of it. The two must agree: what ``gks:Figure`` in ``ontology/shapes.ttl`` says of a figure's own
values stands here once more, and a test holds one against the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import get_args

from loaders.facts import Aspect, Direction, Figure, NumberToken, Phase, SubjectKind
from loaders.graph.codes import find_property
from loaders.graph.figures import CODED, UNITS
from loaders.graph.iris import clean_code

_YEARS = range(1949, 2101)
_COMPARATORS = ("", "=", "≠", "<", "≤", ">", "≥")


def _has_two_codes(figure: Figure, year: int | None) -> bool:
    """Whether two different codes of one classification stand with the figure: one of them is not its own."""
    printed = [(figure.subject_kind, figure.subject_code), *(d for d in figure.dimensions if d[0] in CODED)]
    known: dict[str, str] = {}
    for kind, stated in printed:
        code = clean_code(stated)
        name = find_property(kind, code, year)
        if name and known.setdefault(name, code) != code:
            return True
    return False


#: What refuses a figure, with the reason that the ledger gives; the second value is the year of the document's codes.
_REFUSALS: tuple[tuple[str, Callable[[Figure, int | None], bool]], ...] = (
    ("two codes of one classification", _has_two_codes),
    ("a year outside 1949 to 2100", lambda f, _: f.fiscal_year is not None and f.fiscal_year not in _YEARS),
    ("neither an aspect nor columns to choose from", lambda f, _: not f.aspect and not f.candidates),
    ("an unknown aspect", lambda f, _: bool(f.aspect) and f.aspect not in get_args(Aspect)),
    ("an unknown phase", lambda f, _: f.phase not in get_args(Phase)),
    ("an unknown unit", lambda f, _: bool(f.unit) and f.unit != "CNY" and f.unit not in UNITS),
    ("an unknown kind of subject", lambda f, _: bool(f.subject_kind) and f.subject_kind not in get_args(SubjectKind)),
    ("an unknown direction", lambda f, _: f.direction not in get_args(Direction)),
    ("an unknown comparator", lambda f, _: f.comparator not in _COMPARATORS),
    ("a value that is no number", lambda f, _: not f.value.is_finite()),
    ("a precision below zero", lambda f, _: f.unit != "" and not f.precision >= 0),
    ("no characters", lambda f, _: not f.stated or f.span.end <= f.span.start),
)


def find_refusal(figure: Figure, year: int | None) -> str:
    """Why the shapes refuse a figure of a document of ``year``; "" where they do not."""
    return next((reason for reason, refuses in _REFUSALS if refuses(figure, year or figure.fiscal_year)), "")


def admit(
    figures: Iterable[Figure], ledger: Iterable[NumberToken], year: int | None
) -> tuple[tuple[Figure, ...], tuple[NumberToken, ...]]:
    """The figures that the shapes admit, and the ledger in which those refused are ``unaccounted``, with the reason.

    ``year`` is the document's fiscal year, which decides the edition of its codes.
    """
    figures = tuple(figures)
    refused = {f.span: reason for f in figures if (reason := find_refusal(f, year))}
    if not refused:
        return figures, tuple(ledger)
    rows = tuple(
        NumberToken(row.span, row.stated, "unaccounted", f"no figure, since it has {refused[row.span]}")
        if row.kind == "figure" and row.span in refused
        else row
        for row in ledger
    )
    return tuple(f for f in figures if f.span not in refused), rows
