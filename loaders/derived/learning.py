"""What documents call the codes that they print, taken together: names that no shipped list has, and disagreement.

The shipped lists are a start. A code that they lack gets the name that most documents print; a name that two or more
documents print for a code of the lists is learnt as another name of it; who names a code as no other does is told.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from loaders.facts import Facts, Verdict
from loaders.graph.iris import clean_code, find_classification
from loaders.reconcile.registry import Rule
from loaders.words.codes import fold, load_codes

#: From so many documents on, a name that the list does not have is learnt.
ENOUGH = 2

LEARNING_RULE = Rule(
    "code-names",
    "各文件对同一科目的称谓一致",
    "documents call a code by the same name",
    "the names that documents print",
)

_FORM = re.compile(r"2\d{2}(?:\d{2}){0,2}|[35]\d{2}(?:\d{2})?")
#: Tables whose rows are codes of a classification.
_FORMS = frozenset(
    {
        "income",
        "expenditure",
        "general-function",
        "basic-economic",
        "general-economic",
        "government-funds",
        "state-capital",
    }
)
_CODED = ("function", "economic", "government-economic")


@dataclass(frozen=True, slots=True)
class Naming:
    """That a document prints a name beside a code: ``code`` with its classification, as ``function/2010301``.

    ``start`` and ``end`` are the place of the first figure beside them.
    """

    code: str
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Learned:
    """What a code is called. ``name`` is its usual name, ``others`` further ones; ``documents`` print it with a name.

    ``shipped`` tells whether a shipped list has the code; its names are then not repeated here, and ``name`` is "".
    """

    code: str
    name: str
    others: tuple[str, ...]
    documents: int
    shipped: bool


@dataclass(frozen=True, slots=True)
class Disagreement:
    """That ``document`` calls a code otherwise than is usual. ``said`` and ``usually`` count documents."""

    document: str
    naming: Naming
    usual: str
    said: int
    usually: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Said:
    """That a document, of a fiscal year, prints a name beside a code."""

    document: str
    year: int | None
    naming: Naming


@dataclass(frozen=True, slots=True)
class NameTally:
    """How many documents print one name of a code: by how they spell it, and by their fiscal years."""

    spellings: Counter[str]
    years: Counter[int | None]

    @classmethod
    def count(cls, said: Iterable[Said]) -> NameTally:
        """The tally of what documents print."""
        printed = list(said)
        return cls(Counter(s.naming.name for s in printed), Counter(s.year for s in printed))

    @property
    def documents(self) -> int:
        """How many they are."""
        return self.spellings.total()

    def spell(self) -> str:
        """The spelling that most documents use."""
        return max(sorted(self.spellings), key=self.spellings.__getitem__)


def list_namings(facts: Facts) -> tuple[Naming, ...]:
    """The names that a document prints beside codes, one for each code, with the first place of it.

    Only tables by classification tell names; in others the words beside a code are a project's or an item's. A code
    that bears several names in one document, or a name that stands beside codes of different kinds, tells nothing.
    """
    found: dict[str, dict[str, Naming]] = defaultdict(dict)
    tails: dict[str, set[str]] = defaultdict(set)
    for figure in facts.figures:
        code, name, span = clean_code(figure.subject_code), _clean(figure.subject_label), figure.span
        # In a table of both economic lists the label may be that of the other code.
        both = any(key in _CODED for key, _ in figure.dimensions)
        if (
            figure.form not in _FORMS
            or figure.subject_kind not in _CODED
            or not _FORM.fullmatch(code)
            or not name
            or both
        ):
            continue
        full = f"{find_classification(figure.subject_kind, code, facts.fiscal_year or figure.fiscal_year)}/{code}"
        found[full].setdefault(fold(name), Naming(full, name, span.start, span.end))
        tails[fold(name)].add(code[-2:])
    return tuple(
        naming
        for names in found.values()
        for flat, naming in names.items()
        if len(names) == 1 and len(tails[flat]) == 1
    )


def _clean(label: str) -> str:
    name = re.sub(r"\s", "", label)
    return (
        name
        if re.fullmatch(r"[\u4e00-\u9fff（）()“”、/]{2,30}", name) and not re.search(r"合计|总计|小计", name)
        else ""
    )


def compare_namings(
    documents: Mapping[str, Iterable[Naming]], years: Mapping[str, int | None] | None = None
) -> tuple[list[Learned], list[Disagreement]]:
    """What all documents together call each code, and which of them disagree. ``documents`` and ``years`` by their ids.

    Lists are revised from year to year: only where others of the same year call a code as is usual is it contradicted.
    """
    years = years or {}
    named: dict[str, dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
    for identity, namings in documents.items():
        for naming in namings:
            named[naming.code][fold(naming.name)].append(Said(identity, years.get(identity), naming))
    learned: list[Learned] = []
    disagreements: list[Disagreement] = []
    for code, names in sorted(named.items()):
        tallies = {flat: NameTally.count(said) for flat, said in names.items()}
        name, differing = judge_code(code, tallies, names.__getitem__)
        learned += [] if name is None else [name]
        disagreements += differing
    return learned, disagreements


def judge_code(
    code: str, names: Mapping[str, NameTally], list_said: Callable[[str], Iterable[Said]]
) -> tuple[Learned | None, list[Disagreement]]:
    """What one code is called, and who calls it otherwise. ``names`` are the names that documents print, folded.

    ``list_said`` gives who printed one of these; it is asked only of names that are not the usual one.
    """
    shipped = _find_names(code)
    # The most frequent first; of those equally frequent the longer, which is less likely a cut one.
    ranked = sorted(names.items(), key=lambda item: (-item[1].documents, -len(item[0]), item[0]))
    usual = shipped[0] if shipped else ranked[0][1].spell()
    accepted = {fold(n) for n in shipped} or {ranked[0][0]}
    strange = [(flat, tally) for flat, tally in ranked if not any(flat in a or a in flat for a in accepted)]
    usually = [tally for flat, tally in ranked if flat in accepted]
    others = [tally.spell() for _, tally in strange if tally.documents >= ENOUGH or not shipped]
    learned = None
    if not shipped or others:
        # A document prints one name of a code, or tells none.
        total = sum(tally.documents for tally in names.values())
        learned = Learned(code, "" if shipped else usual, tuple(others), total, bool(shipped))
    disagreements: list[Disagreement] = []
    for flat, tally in strange:
        for said in list_said(flat):
            alike = sum(each.years[said.year] for each in usually)
            # One document against one is no majority.
            sure = alike >= ENOUGH and tally.years[said.year] < alike
            verdict: Verdict = "contradicted" if sure else "not checkable"
            usual_count = sum(each.documents for each in usually)
            disagreements.append(Disagreement(said.document, said.naming, usual, tally.documents, usual_count, verdict))
    return learned, disagreements


def _find_names(code: str) -> tuple[str, ...]:
    classification, _, digits = code.partition("/")
    return load_codes(classification).names.get(digits, ())
