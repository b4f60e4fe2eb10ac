"""What was checked and counted: findings, the states of tables, the ledger of numbers."""

from __future__ import annotations

from collections import Counter

from pyoxigraph import Literal, NamedNode

from loaders.catalogue import CATALOGUE_RULES
from loaders.facts import Finding, TableState
from loaders.graph.iris import RDF, RDFS, digest
from loaders.graph.writer import Writer
from loaders.reconcile.reasons import write_values
from loaders.reconcile.registry import RULES
from loaders.reconcile.wording import word

_RULES = {**RULES, **CATALOGUE_RULES}
_VERDICTS = {
    "holds": "verdictHolds",
    "holds within rounding": "verdictRounding",
    "contradicted": "verdictContradicted",
    "not checkable": "verdictNotCheckable",
}
_NOTHINGS = {
    "declared empty": "nothingDeclaredEmpty",
    "blank": "nothingBlank",
    "not published": "nothingNotPublished",
}


#: What stands between the two sides where a finding says no more. In its words, only these are left to its check.
_BETWEEN = ("=", "≤", "is", "is the name of")


def write_checks(writer: Writer) -> None:
    """All findings, table states and ledger counts of the document."""
    for finding in writer.facts.findings:
        _write_finding(writer, finding)
    for table in writer.facts.tables:
        _write_table_state(writer, table)
    _write_ledger(writer)


def _write_finding(writer: Writer, finding: Finding) -> None:
    """A finding with what is its own; what it shares with others of its document is that of its ``gk:Check``.

    The difference, both names of the rule and where its figures stand follow
    (``queries/internal/graph/what-follows.rq``).
    """
    gk = writer.gk
    places = ",".join(f"{s.start}-{s.end}" for s in finding.spans)
    words = word(finding, "en")
    name = digest(finding.rule, finding.left, finding.right, places, words)
    node = writer.iris.thing(f"finding/{writer.facts.id}/{name}")
    between = _find_between(finding, words)
    writer.type(node, gk("Finding"))
    writer.add(node, gk("check"), _write_check(writer, finding, between))
    if not between:
        writer.text(node, RDFS("comment"), words)
    # Each value is cleaned by itself, so that what is masked in it cannot spoil the object.
    values = [(n, writer.redaction.clean(v) if isinstance(v, str) else v) for n, v in finding.values]
    if values:
        writer.add(node, gk("reasonValues"), Literal(write_values(values), datatype=RDF("JSON")))
    writer.text(node, gk("checkedItem"), finding.item or "")
    writer.text(node, gk("checkedDetail"), finding.detail)
    writer.text(node, gk("left"), finding.left)
    writer.text(node, gk("right"), finding.right)
    writer.number(node, gk("leftValue"), finding.left_value)
    if finding.right_value != finding.left_value:
        writer.number(node, gk("rightValue"), finding.right_value)
    writer.number(node, gk("tolerance"), finding.tolerance)
    for span in finding.spans:
        figure = writer.figure_at(span)
        if figure is not None:
            writer.add(node, gk("usesFigure"), figure)
        else:
            writer.derive(node, (span,))


def _find_between(finding: Finding, words: str) -> str:
    """What the words of a finding say between its two sides, if they say no more than item, left, this, and right."""
    before = f"{finding.item}: {finding.left} " if finding.item else f"{finding.left} "
    after = f" {finding.right}"
    if not (finding.left and finding.right and words.startswith(before) and words.endswith(after)):
        return ""
    between = words[len(before) : len(words) - len(after)]
    return between if between in _BETWEEN else ""


def _write_check(writer: Writer, finding: Finding, between: str) -> NamedNode:
    """The check of a document by one rule with one outcome, found for the same reasons and told in the same words."""
    gk = writer.gk
    parts = (finding.rule, finding.verdict, between, *sorted(finding.reasons))
    if parts in writer.checks:
        return writer.checks[parts]
    node = writer.checks[parts] = writer.iris.thing(f"check/{writer.facts.id}/{digest(*parts)}")
    writer.type(node, gk("Check"))
    writer.add(node, gk("inDocument"), writer.node)
    writer.text(node, gk("rule"), finding.rule)
    rule = _RULES.get(finding.rule)
    if rule is None:
        writer.text(node, RDFS("label"), finding.rule)
    else:
        writer.text(node, RDFS("label"), rule.zh, "zh")
        writer.text(node, RDFS("label"), rule.en, "en")
    writer.add(node, gk("verdict"), gk(_VERDICTS[finding.verdict]))
    for code in finding.reasons:
        writer.add(node, gk("reasonCode"), Literal(code))
    writer.text(node, gk("between"), between)
    return node


def _write_table_state(writer: Writer, table: TableState) -> None:
    gk = writer.gk
    node = writer.iris.stated("table-state", writer.facts.id, table.span)
    writer.type(node, gk("TableState"))
    writer.label(node, table.title.strip() or table.form or table.state)
    writer.text(node, gk("tableState"), table.state)
    writer.text(node, gk("form"), table.form)
    if table.state in _NOTHINGS:
        writer.add(node, gk("nothing"), gk(_NOTHINGS[table.state]))
    writer.text(node, gk("evidence"), table.evidence)
    writer.state(node, table.span)
    writer.derive(node, (table.evidence_span,))


def _write_ledger(writer: Writer) -> None:
    gk = writer.gk
    counts = Counter(token.kind for token in writer.facts.ledger)
    # A class without tokens is stated too where there is a ledger: "unaccounted 0" is what the promise is about.
    if writer.facts.ledger:
        counts.setdefault("unaccounted", 0)
    for kind, count in sorted(counts.items()):
        node = writer.iris.thing(f"ledger/{writer.facts.id}/{kind}")
        writer.type(node, gk("LedgerEntry"))
        writer.text(node, RDFS("label"), kind)
        writer.text(node, gk("tokenClass"), kind)
        writer.number(node, gk("count"), count)
        writer.add(node, gk("inDocument"), writer.node)
