"""What a document says, as plain values: figures, duties, divisions, projects, indicators, findings.

Every fact carries the span that states it. Amounts of money are in yuan. This module imports only
:mod:`loaders.documents`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from loaders.documents import Document, Span

#: "" is open: no words state the unit, so what the number is worth is not known.
Unit = Literal["CNY", "PERCENT", "PERSON", "VEHICLE", "ITEM", "DAY", "HOUR", "SCORE", "TIMES", "TEU", "OTHER", ""]
Phase = Literal["budget", "adjusted", "final", "target", "result", ""]
#: "" is open: the columns that remain for a number have different ones.
Aspect = Literal["level", "change", "growth", "share", "score", "maximum", ""]
Direction = Literal["up", "down", "unchanged", ""]
SubjectKind = Literal[
    "function", "economic", "government-economic", "project", "indicator", "assessment", "staff", "asset",
    "agency", "item",
]  # fmt: skip
DocumentKind = Literal["budget", "accounts", "evaluation", "unknown"]
Level = Literal["department", "unit", ""]
TokenClass = Literal[
    "figure", "code", "date", "ordinal", "reference", "name", "contact", "criterion", "unaccounted",
]  # fmt: skip
Verdict = Literal["holds", "holds within rounding", "contradicted", "not checkable"]
Match = Literal[
    "project name", "purpose", "line text", "reason", "duty", "division", "indicator", "goal", "narrative",
    "definition",
]  # fmt: skip
Role = Literal["service", "administration", "mention"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One stated number with its meaning.

    ``value`` is in ``unit``, money in yuan; where the unit is open ("") it is the bare number, to compare within its
    table only and never an amount: exports and graph leave it out. ``fiscal_year`` is the year the figure is about, not
    the document's.
    ``precision`` is half of the last stated place, in ``unit``. ``column`` is the header, group and sub-header joined;
    where the column could not be decided, ``column`` is empty and ``candidates`` holds the columns that remain.
    ``derived`` is true where arithmetic, not the text, placed the number. ``direction`` is that of a change.
    ``subject_code`` is set only where a code is printed; ``inferred_code`` where names or equal amounts imply one, and
    ``inference`` then says how, in English, and ``inference_zh`` in Chinese. ``dimensions`` holds further pairs of name
    and value that the official form states, such as ``("fund", "一般公共预算")``. ``budget_unit`` names the unit
    below the office (预算单位) that the figure is of; "" is the office as a whole. ``block`` is the index of its block
    in the document.
    """

    span: Span
    stated: str
    value: Decimal
    unit: Unit
    fiscal_year: int | None
    phase: Phase
    aspect: Aspect
    subject_kind: SubjectKind
    subject_label: str
    subject_code: str = ""
    column: str = ""
    table: str = ""
    form: str = ""
    agency: str = ""
    budget_unit: str = ""
    stated_unit: str = ""
    precision: Decimal = Decimal(0)
    direction: Direction = ""
    comparator: str = ""
    derived: bool = False
    candidates: tuple[str, ...] = ()
    inferred_code: str = ""
    inference: str = ""
    inference_zh: str = ""
    dimensions: tuple[tuple[str, str], ...] = ()
    label_span: Span | None = None
    code_span: Span | None = None
    block: int = -1
    row: int = -1

    @property
    def has_open_column(self) -> bool:
        """Whether the text does not decide in which of several columns the number stands."""
        return bool(self.candidates) and not self.column

    @property
    def has_open_unit(self) -> bool:
        """Whether no words state the unit, so that ``value`` is no amount."""
        return not self.unit


@dataclass(frozen=True, slots=True)
class NumberToken:
    """One row of the ledger: a number token and what became of it. ``reason`` is a short sentence."""

    span: Span
    stated: str
    kind: TokenClass
    reason: str


@dataclass(frozen=True, slots=True)
class Agency:
    """The office. ``place`` is a GB/T 2260 code ("" if unknown), ``parent`` the superior body as stated.

    ``rank`` is its administrative rank as stated (副县级); ``subordinates`` are the bodies below it that have a budget.
    ``span`` is None where the catalogue names the office and the text does not. ``credit_code`` is its unified social
    credit identifier, where the text prints one beside its name.
    """

    label: str
    span: Span | None
    place: str = ""
    parent: str = ""
    aliases: tuple[str, ...] = ()
    nature: str = ""
    rank: str = ""
    subordinates: tuple[tuple[str, Span], ...] = ()
    credit_code: str = ""


@dataclass(frozen=True, slots=True)
class OfficeEvent:
    """A stated event in the history of an office: founded, renamed, merged, placed under another, staffed.

    ``label`` is the sentence; ``subject`` the body as named there, ``former`` what it was before, ``others`` the
    further bodies that were merged into it; ``decree`` the number of the document that ordered it; ``month`` is None
    where only the year is said, ``year`` where not even that is (of what was renamed or merged).
    """

    label: str
    span: Span
    kind: Literal["founded", "renamed", "merged", "placed under", "staffed"]
    subject: str
    year: int | None = None
    month: int | None = None
    former: str = ""
    decree: str = ""
    rank: str = ""
    nature: str = ""
    superior: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Goal:
    """What an office or a project is to achieve in a year, or has achieved. ``project`` is "" for the office's own.

    ``figures`` are the places of the money that a form of 年度主要任务 prints beside a task.
    """

    label: str
    span: Span
    kind: Literal["annual goal", "key task", "performance goal", "achievement"]
    number: str = ""
    project: str = ""
    year: int | None = None
    figures: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """A term that the document defines (名词解释); ``label`` is the term, ``text`` what it is said to mean."""

    label: str
    span: Span
    text: str
    text_span: Span


@dataclass(frozen=True, slots=True)
class Mandate:
    """That a project, an indicator, a goal or a division answers to a duty: inferred from shared topics and words.

    ``label`` is that thing's label and ``span`` its place; ``duty`` is the duty's place; ``words`` are what both say.
    """

    label: str
    span: Span
    kind: Literal["project", "indicator", "goal", "division"]
    duty: Span
    strength: Decimal
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Absence:
    """A part that documents of this kind have and this one lacks, with why; ``span`` is the place that says so."""

    label: Literal["duties", "divisions", "totals", "indicators"]
    span: Span | None
    explanation: str
    explanation_zh: str


@dataclass(frozen=True, slots=True)
class Division:
    """A unit inside the agency as attested here, with its functions where they are stated."""

    label: str
    span: Span
    functions: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """One numbered responsibility. ``owner`` is "" for the agency or the label of a division."""

    label: str
    span: Span
    number: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """What money is planned for. ``amount`` in yuan, with the span that states it; ``parent`` a project's label.

    ``unit`` is the unit, or the office, whose project it is, as printed, "" where none is said: two units' projects of
    one name are two. ``mentions`` are the places of its name in the forms that are of it, ``figures`` its further
    figures, by fund; ``procured`` are amounts of what is bought with its money.

    ``details`` are further statements of its form, each with its name (basis, necessity, measures, schedule, start,
    end, type, use, unclear, total, last budget, last spent), text and span. ``unclear`` is a row of check-boxes of
    which the mark cannot be told from its neighbours.

    ``is_task``: only a form of 年度主要任务 names it, which splits the whole of an office's money by tasks.
    """

    label: str
    span: Span
    amount: Decimal | None = None
    amount_span: Span | None = None
    year: int | None = None
    phase: Phase = ""
    parent: str = ""
    purpose: str = ""
    purpose_span: Span | None = None
    details: tuple[tuple[str, str, Span], ...] = ()
    unit: str = ""
    mentions: tuple[Span, ...] = ()
    figures: tuple[Span, ...] = ()
    procured: tuple[Span, ...] = ()
    sums: tuple[tuple[Span, Span], ...] = ()
    is_task: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    """A performance indicator. ``target`` as printed without comparator and unit, or the qualitative statement.

    ``met`` says whether the result meets the target, None where there is no result or the two cannot be compared.
    """

    label: str
    span: Span
    level1: str = ""
    level2: str = ""
    comparator: str = ""
    target: str = ""
    unit: str = ""
    target_span: Span | None = None
    qualitative: bool = False
    project: str = ""
    result: str = ""
    year: int | None = None
    maximum: Decimal | None = None
    score: Decimal | None = None
    loss_reason: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """An evaluation item with its maximum and its score; ``loss_reason`` is why points were lost, where it is said.

    ``grade`` is the grade as stated (优, 良 …), "" if none is.
    """

    label: str
    span: Span
    maximum: Decimal | None = None
    score: Decimal | None = None
    maximum_span: Span | None = None
    score_span: Span | None = None
    level1: str = ""
    level2: str = ""
    criteria: str = ""
    loss_reason: str = ""
    loss_span: Span | None = None
    grade: str = ""
    grade_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A law, regulation, plan or notice that is relied on. ``number`` as printed, such as 深财绩〔2021〕1号.

    ``span`` is the first mention, ``mentions`` are all of them; ``key`` is the same in all documents that name it.
    """

    label: str
    span: Span
    number: str = ""
    year: int | None = None
    issuer: str = ""
    mentions: tuple[Span, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Port:
    """A name of a port, checkpoint, zone or platform. ``variant_of`` is the main name of what has several names here.

    ``span`` is the first mention, ``mentions`` are all of them.
    """

    label: str
    span: Span
    kind: str = ""
    variant_of: str = ""
    mentions: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceLink:
    """A place where a service of the vocabulary is named, how it matched, and the figure that the clause governs.

    ``service`` is the slug in ``ontology/services.ttl``; ``label`` the wording found; ``match`` where it stood;
    ``role`` tells the service itself from the administration of its policy and from a bare mention. ``amount_span``
    is the span of the figure that pays for it, if any; ``quote`` is the clause that proves it; ``source_span`` the
    place of the duty, division, project, indicator, goal or reason that it stands in, if it stands in one.
    """

    service: str
    label: str
    span: Span
    match: Match
    role: Role
    strength: Decimal
    amount_span: Span | None = None
    project: str = ""
    quote: str = ""
    quote_span: Span | None = None
    source_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A stated increase or decrease with its stated reasons. ``label`` says of what; ``amount`` in yuan.

    What is said to be as before is ``unchanged``. ``before`` and ``after`` are what it was and what it is, in yuan,
    where both the amount and what it is of are printed.
    """

    label: str
    span: Span
    direction: Direction
    amount: Decimal | None = None
    amount_span: Span | None = None
    year: int | None = None
    reasons: tuple[tuple[str, Span], ...] = ()
    before: Decimal | None = None
    before_span: Span | None = None
    after: Decimal | None = None
    after_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of a check. ``difference`` is left minus right; ``spans`` those of every figure used.

    ``reasons`` are codes of :data:`loaders.reconcile.reasons.REASONS`: what was found, how far the sides are apart, why
    that cannot be checked; ``values`` are what these name, numbers in the stated unit. ``item`` is of what the sides
    are, a row or the words before an amount, None where they say all; ``detail`` narrows it: a part, the tables.
    """

    rule: str
    left: str
    right: str
    verdict: Verdict
    spans: tuple[Span, ...]
    difference: Decimal | None = None
    tolerance: Decimal | None = None
    left_value: Decimal | None = None
    right_value: Decimal | None = None
    reasons: tuple[str, ...] = ()
    values: tuple[tuple[str, str | int | Decimal], ...] = ()
    item: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TableState:
    """A table of the document and its kind of nothing: filled, declared empty, blank or not published."""

    title: str
    span: Span
    form: str
    state: Literal["filled", "declared empty", "blank", "not published"]
    evidence: str = ""
    evidence_span: Span | None = None


@dataclass(frozen=True, slots=True)
class FigureQuantity:
    """Which official quantity the figure at ``span`` states, as far as its words or its place in a form say so.

    ``flow`` is income, expenditure, both, three-public, running or procurement; ``fund`` all, fiscal, general,
    government, state or "" where none is meant; ``part`` total, year (without what was carried over), granted, basic,
    project, personnel, public, or an item of the flow. ``item`` is "total" or the code whose part of it this is.
    """

    span: Span
    flow: str
    fund: str
    part: str
    item: str


Degree = Literal["proved", "stated", "contradicted", "absent"]


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One standard quantity of the office sheet. ``item`` is one of :data:`loaders.quantities.items.ITEMS`.

    ``value`` is in ``unit``, money in yuan, None where nothing is accepted; ``text`` is what an item of words says.
    ``scope`` is what the amount comprises: all funds, fiscal appropriations, the general public budget, the basic
    expenditure. ``span`` is the place that states it, ``evidence`` all that bear it out, ``against`` those that differ;
    ``precision`` is half of the last stated place.
    """

    item: str
    value: Decimal | None
    text: str
    unit: str
    year: int | None
    phase: str
    scope: str
    degree: Degree
    span: Span | None = None
    evidence: tuple[Span, ...] = ()
    against: tuple[Span, ...] = ()
    precision: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Statements:
    """What a document says beside its figures, each list in the document's order: the one list of these kinds."""

    divisions: tuple[Division, ...] = ()
    duties: tuple[Duty, ...] = ()
    projects: tuple[Project, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    citations: tuple[Citation, ...] = ()
    ports: tuple[Port, ...] = ()
    services: tuple[ServiceLink, ...] = ()
    changes: tuple[Change, ...] = ()
    goals: tuple[Goal, ...] = ()
    definitions: tuple[Definition, ...] = ()
    events: tuple[OfficeEvent, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True)
class Facts(Statements):
    """All that was read from one document. ``id`` is the document's identifier in the graph.

    ``level`` tells a department's document (部门预算) from that of a single unit (单位预算); "" if the text does not.
    """

    document: Document
    id: str
    kind: DocumentKind
    fiscal_year: int | None
    agency: Agency | None
    title: str = ""
    kind_span: Span | None = None
    year_span: Span | None = None
    figures: tuple[Figure, ...] = ()
    ledger: tuple[NumberToken, ...] = ()
    findings: tuple[Finding, ...] = ()
    tables: tuple[TableState, ...] = ()
    warnings: tuple[str, ...] = field(default_factory=tuple)
    level: Level = ""
    quantities: tuple[FigureQuantity, ...] = ()
    #: Why a text that speaks of such documents is none of the three kinds (``loaders.meaning.refusal``); "" otherwise.
    declined: str = ""
    sheet: tuple[SheetEntry, ...] = ()
