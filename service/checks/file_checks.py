"""The checks of files, without a store: what ``gongkai check`` tells."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.build.loading import Progress
from loaders.catalogue import CATALOGUE_RULES, Catalogue
from loaders.characters import show_name
from loaders.documents import Span
from loaders.errors import GongkaiError
from loaders.facts import Facts, Figure, Finding
from loaders.graph import quads
from loaders.graph.validation import Violation, validate
from loaders.pipeline import read_facts
from loaders.reconcile.registry import RULES, Rule
from loaders.reconcile.wording import word
from loaders.resources import documents_folder
from service.checks.report import (
    TOKEN_CLASSES,
    VERDICTS,
    DocumentCheck,
    FindingCheck,
    Quote,
    Quoter,
    RuleCheck,
    SectionCheck,
    TableCheck,
)

_ALL_RULES = {**RULES, **CATALOGUE_RULES}


@dataclass(frozen=True, slots=True)
class Unaccounted:
    """A number of which the reading does not say what it is."""

    quote: Quote
    reason: str


@dataclass(frozen=True, slots=True)
class FileCheck(DocumentCheck):
    """The checks of a file: with those that a graph cannot tell of itself."""

    file: str
    sections: tuple[SectionCheck, ...]
    shapes: tuple[Violation, ...]
    unaccounted: tuple[Unaccounted, ...]
    warnings: tuple[str, ...]

    @property
    def succeeded(self) -> bool:
        """Whether every number is accounted for and every shape satisfied; contradictions are the document's own."""
        return not self.shapes and not self.unaccounted

    def describe(self) -> dict[str, Any]:
        """The checks as JSON has them, with ``succeeded``."""
        return DocumentCheck.describe(self) | {"succeeded": self.succeeded}


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
) -> Iterator[FileCheck | UnreadableFile]:
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
            yield UnreadableFile(show_name(path), error.place, error.problem, error.remedy)
        else:
            yield check_document(facts, path)
    progress("check", len(files), len(files))


def check_document(facts: Facts, file: Path) -> FileCheck:
    """All checks of a document that has been read, the SHACL shapes among them."""
    quoter = Quoter(facts.document.text)
    return FileCheck(
        document=facts.id,
        file=show_name(file),
        title=facts.title or facts.document.name,
        kind=facts.kind,
        fiscal_year=facts.fiscal_year,
        tokens=count_tokens(facts),
        figures=len(facts.figures),
        open=sum(f.has_open_column for f in facts.figures),
        open_units=sum(f.has_open_unit for f in facts.figures),
        derived=sum(f.derived for f in facts.figures),
        tables=tuple(_check_tables(facts, quoter)),
        sections=tuple(_check_sections(facts, quoter)),
        verdicts=count_verdicts(facts),
        rules=_count_rules(facts.findings),
        findings=tuple(list_findings(facts)),
        shapes=tuple(validate(quads(facts))),
        unaccounted=tuple(
            Unaccounted(quoter.quote(t.span.start, t.span.end), t.reason)
            for t in facts.ledger
            if t.kind == "unaccounted"
        ),
        warnings=facts.warnings,
    )


def count_tokens(facts: Facts) -> dict[str, int]:
    """How many numbers of a document became what."""
    tokens = Counter(t.kind for t in facts.ledger)
    return {name: tokens[name] for name in TOKEN_CLASSES}


def count_verdicts(facts: Facts) -> dict[str, int]:
    """How many checks of a document came to which verdict."""
    verdicts = Counter(f.verdict for f in facts.findings)
    return {name: verdicts[name] for name in VERDICTS}


def _find_rule(name: str) -> Rule:
    return _ALL_RULES.get(name) or Rule(name, name, name, "")


def _count_rules(findings: tuple[Finding, ...]) -> tuple[RuleCheck, ...]:
    """How often each check came to which verdict, in the order in which they are registered."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for finding in findings:
        counts[finding.rule][finding.verdict] += 1
    order = {rule: number for number, rule in enumerate(_ALL_RULES)}
    rows = []
    for rule in sorted(counts, key=lambda r: (order.get(r, len(order)), r)):
        known = _find_rule(rule)
        rows.append(RuleCheck(rule, known.zh, known.en, {name: counts[rule][name] for name in VERDICTS}))
    return tuple(rows)


def _check_tables(facts: Facts, quoter: Quoter) -> Iterator[TableCheck]:
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
            end=span.end,
            line=quoter.line_of(span.start),
            figures=len(inside),
            open=sum(f.has_open_column for f in inside),
            open_units=sum(f.has_open_unit for f in inside),
            derived=sum(f.derived for f in inside),
            evidence=state.evidence if state else "",
        )


def _check_sections(facts: Facts, quoter: Quoter) -> Iterator[SectionCheck]:
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
        yield SectionCheck(section, quoter.line_of(first[section]), counts[section])


def list_findings(facts: Facts) -> Iterator[FindingCheck]:
    """What does not plainly hold, with the places of it."""
    quoter = Quoter(facts.document.text)
    units: dict[Span, str] = {f.span: f.unit for f in facts.figures}
    for finding in facts.findings:
        if finding.verdict == "holds":
            continue
        rule = _find_rule(finding.rule)
        used = {units[s] for s in finding.spans if s in units}
        yield FindingCheck(
            finding.rule,
            rule.zh,
            rule.en,
            finding.verdict,
            word(finding, "en"),
            finding.left,
            finding.right,
            finding.left_value,
            finding.right_value,
            finding.difference,
            finding.tolerance,
            used.pop() if len(used) == 1 else "",
            tuple(quoter.quote(s.start, s.end) for s in finding.spans),
            finding.item,
            finding.detail,
            finding.reasons,
            finding.values,
        )
