"""What documents call the codes that they print, taken together: names that no shipped list has, and disagreement.

The shipped lists are a start. A code that they lack gets the name that most documents print; a name that two or more
documents print for a code of the lists is learnt as another name of it; who names a code as no other does is told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
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
    named: dict[str, dict[str, list[tuple[str, Naming]]]] = defaultdict(lambda: defaultdict(list))
    for identity, namings in documents.items():
        for naming in namings:
            named[naming.code][fold(naming.name)].append((identity, naming))
    learned: list[Learned] = []
    disagreements: list[Disagreement] = []
    for code, names in sorted(named.items()):
        shipped = _find_names(code)
        # The most frequent first; of those equally frequent the longer, which is less likely a cut one.
        ranked = sorted(names.items(), key=lambda item: (-len(item[1]), -len(item[0]), item[0]))
        usual = shipped[0] if shipped else _spell(ranked[0][1])
        accepted = {fold(n) for n in shipped} or {ranked[0][0]}
        strange = [(flat, said) for flat, said in ranked if not any(flat in a or a in flat for a in accepted)]
        usually = sum(len(said) for flat, said in ranked if flat in accepted)
        total = len({identity for said in names.values() for identity, _ in said})
        others = [_spell(said) for _, said in strange if len(said) >= ENOUGH or not shipped]
        if not shipped or others:
            learned.append(Learned(code, "" if shipped else usual, tuple(others), total, bool(shipped)))
        for _, said in strange:
            for identity, naming in said:
                year = years.get(identity)
                alike = sum(years.get(i) == year for flat, others in ranked if flat in accepted for i, _ in others)
                # One document against one is no majority.
                sure = alike >= ENOUGH and sum(years.get(i) == year for i, _ in said) < alike
                verdict: Verdict = "contradicted" if sure else "not checkable"
                disagreements.append(Disagreement(identity, naming, usual, len(said), usually, verdict))
    return learned, disagreements


def _find_names(code: str) -> tuple[str, ...]:
    classification, _, digits = code.partition("/")
    return load_codes(classification).names.get(digits, ())


def _spell(said: list[tuple[str, Naming]]) -> str:
    """The spelling of a name that most documents use."""
    spellings = [naming.name for _, naming in said]
    return max(sorted(set(spellings)), key=spellings.count)
