"""What may be said against a document and its reading: numbers by class, figures by place, identities, shapes.

A contradiction is a finding about the document. An unaccounted number or a violated shape is a defect of the reading.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from loaders.catalogue import CATALOGUE_RULES, Catalogue
from loaders.documents import Document, Span
from loaders.errors import GongkaiError
from loaders.facts import Facts, Figure, Finding, TokenClass, Verdict
from loaders.graph import quads
from loaders.loading import Progress
from loaders.pipeline import read_facts
from loaders.reconcile.registry import RULES
from loaders.resources import documents_folder
from loaders.validation import Violation, validate

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
TOKEN_CLASSES: tuple[TokenClass, ...] = get_args(TokenClass)

_ALL_RULES = {**RULES, **CATALOGUE_RULES}
#: How much text a quote shows on either side of the stretch that it is about, in characters.
_BESIDE = 24


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of the text with a little of what stands beside it. ``line`` is 1-based."""

    start: int
    end: int
    line: int
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class TableCheck:
    """A table: its kind of nothing, and its figures. Of these, ``open`` have no column, ``derived`` one by arithmetic.

    ``state`` is filled, declared empty or blank; "" for a table of no known form. ``evidence`` are the words that
    declare it empty.
    """

    title: str
    form: str
    state: str
    start: int
    line: int
    figures: int
    open: int
    derived: int
    evidence: str


@dataclass(frozen=True, slots=True)
class SectionCheck:
    """A section of the prose, as the headings above it, outermost first, and how many figures it holds."""

    section: tuple[str, ...]
    line: int
    figures: int


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """A check, what it says, on which form or rule it rests, and how often it came to which verdict."""

    rule: str
    zh: str
    en: str
    source: str
    verdicts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sides that the document states and that do not agree, with the places of every figure used."""

    rule: str
    message: str
    left: str
    right: str
    left_value: Decimal | None
    right_value: Decimal | None
    difference: Decimal | None
    tolerance: Decimal | None
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Unaccounted:
    """A number of which the reading does not say what it is."""

    quote: Quote
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """All checks of one document. ``figures`` of which ``open`` have no column and ``derived`` one by arithmetic."""

    document: str
    file: str
    title: str
    kind: str
    fiscal_year: int | None
    tokens: dict[str, int]
    figures: int
    open: int
    derived: int
    tables: tuple[TableCheck, ...]
    sections: tuple[SectionCheck, ...]
    verdicts: dict[str, int]
    rules: tuple[RuleCheck, ...]
    contradictions: tuple[Contradiction, ...]
    shapes: tuple[Violation, ...]
    unaccounted: tuple[Unaccounted, ...]
    warnings: tuple[str, ...]

    @property
    def succeeded(self) -> bool:
        """Whether every number is accounted for and every shape satisfied; contradictions are the document's own."""
        return not self.shapes and not self.unaccounted

    def describe(self) -> dict[str, Any]:
        """The checks as JSON has them: decimals as numbers."""
        row: dict[str, Any] = _plain(asdict(self))
        return row | {"succeeded": self.succeeded}


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A file that is no document that Gongkai reads: where, what, what to do."""

    file: str
    place: str
    problem: str
    remedy: str

    @property
    def succeeded(self) -> bool:
        """Never."""
        return False

    def describe(self) -> dict[str, Any]:
        """The error as JSON has it."""
        error = {"place": self.place, "problem": self.problem, "remedy": self.remedy}
        return {"file": self.file, "error": error, "succeeded": False}


def check_files(
    files: Sequence[Path], progress: Progress, tell: Callable[[str], None]
) -> Iterator[DocumentCheck | UnreadableFile]:
    """The checks of each file, one after another. One that cannot be read stops no other; ``tell`` is told at once.

    Raises :class:`loaders.errors.CatalogueError` if a catalogue is wrong.
    """
    catalogue = Catalogue.gather(files, documents_folder())
    for number, path in enumerate(files):
        progress("check", number, len(files))
        try:
            facts = read_facts(path, catalogue)
        except GongkaiError as error:
            tell(str(error))
            yield UnreadableFile(str(path), error.place, error.problem, error.remedy)
        else:
            yield check_document(facts, path)
    progress("check", len(files), len(files))


def check_document(facts: Facts, file: Path) -> DocumentCheck:
    """All checks of a document that has been read, the SHACL shapes among them."""
    document = facts.document
    tokens = Counter(t.kind for t in facts.ledger)
    verdicts = Counter(f.verdict for f in facts.findings)
    return DocumentCheck(
        document=facts.id,
        file=str(file),
        title=facts.title or document.name,
        kind=facts.kind,
        fiscal_year=facts.fiscal_year,
        tokens={name: tokens[name] for name in TOKEN_CLASSES},
        figures=len(facts.figures),
        open=sum(is_open(f) for f in facts.figures),
        derived=sum(f.derived for f in facts.figures),
        tables=tuple(_check_tables(facts)),
        sections=tuple(_check_sections(facts)),
        verdicts={name: verdicts[name] for name in VERDICTS},
        rules=count_rules(facts.findings),
        contradictions=tuple(_list_contradictions(facts)),
        shapes=tuple(validate(quads(facts))),
        unaccounted=tuple(
            Unaccounted(make_quote(document, t.span), t.reason) for t in facts.ledger if t.kind == "unaccounted"
        ),
        warnings=facts.warnings,
    )


def is_open(figure: Figure) -> bool:
    """Whether the column of a figure could not be decided."""
    return bool(figure.candidates) and not figure.column


def make_quote(document: Document, span: Span) -> Quote:
    """A stretch of the document with its neighbourhood on one line, without what would steer a terminal."""
    text = document.text
    return Quote(
        span.start,
        span.end,
        document.line_of(span.start),
        _squeeze(text[max(0, span.start - _BESIDE) : span.start]).lstrip(),
        _squeeze(text[span.start : span.end]),
        _squeeze(text[span.end : span.end + _BESIDE]).rstrip(),
    )


def _squeeze(text: str) -> str:
    words = "".join(c if c.isprintable() else " " for c in text).split(" ")
    inner = " ".join(w for w in words if w)
    return (" " if words[0] == "" else "") + inner + (" " if len(words) > 1 and words[-1] == "" else "")


def count_rules(findings: tuple[Finding, ...]) -> tuple[RuleCheck, ...]:
    """How often each check came to which verdict, in the order in which they are registered."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for finding in findings:
        counts[finding.rule][finding.verdict] += 1
    order = {rule: number for number, rule in enumerate(_ALL_RULES)}
    rows = []
    for rule in sorted(counts, key=lambda r: (order.get(r, len(order)), r)):
        known = _ALL_RULES.get(rule)
        zh, en, source = (known.zh, known.en, known.source) if known else (rule, rule, "")
        rows.append(RuleCheck(rule, zh, en, source, {name: counts[rule][name] for name in VERDICTS}))
    return tuple(rows)


def _check_tables(facts: Facts) -> Iterator[TableCheck]:
    blocks = facts.document.blocks
    states = {table.span: table for table in facts.tables}
    figures: dict[Span, list[Figure]] = defaultdict(list)
    for figure in facts.figures:
        if 0 <= figure.block < len(blocks) and blocks[figure.block].kind == "table":
            figures[blocks[figure.block].span].append(figure)
    for span in sorted({*states, *figures}):
        state, inside = states.get(span), figures[span]
        yield TableCheck(
            title=state.title if state else next((f.table for f in inside if f.table), ""),
            form=state.form if state else next((f.form for f in inside if f.form), ""),
            state=state.state if state else "",
            start=span.start,
            line=facts.document.line_of(span.start),
            figures=len(inside),
            open=sum(is_open(f) for f in inside),
            derived=sum(f.derived for f in inside),
            evidence=state.evidence if state else "",
        )


def _check_sections(facts: Facts) -> Iterator[SectionCheck]:
    blocks = facts.document.blocks
    counts: Counter[tuple[str, ...]] = Counter()
    first: dict[tuple[str, ...], int] = {}
    for figure in facts.figures:
        block = blocks[figure.block] if 0 <= figure.block < len(blocks) else None
        if block is not None and block.kind == "table":
            continue
        section = block.section if block is not None else ()
        counts[section] += 1
        first[section] = min(first.get(section, figure.span.start), figure.span.start)
    for section in sorted(counts, key=lambda s: first[s]):
        yield SectionCheck(section, facts.document.line_of(first[section]), counts[section])


def _list_contradictions(facts: Facts) -> Iterator[Contradiction]:
    for finding in facts.findings:
        if finding.verdict == "contradicted":
            yield Contradiction(
                finding.rule,
                finding.message,
                finding.left,
                finding.right,
                finding.left_value,
                finding.right_value,
                finding.difference,
                finding.tolerance,
                tuple(make_quote(facts.document, span) for span in finding.spans),
            )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
