"""Identities that a document's numbers must obey, checked one by one. A finding never alters a value.

:func:`reconcile` runs every check of :data:`RULES`. A verdict comes from the stated precisions alone: *holds*, *holds
within rounding*, *contradicted*, or *not checkable* where the text leaves a member of the identity open.
"""

from __future__ import annotations

from collections.abc import Sequence

from loaders.documents import Document
from loaders.facts import DocumentKind, Figure, Finding
from loaders.reconcile.averages import check_averages
from loaders.reconcile.balances import check_balances
from loaders.reconcile.codes import check_codes
from loaders.reconcile.counts import check_counts
from loaders.reconcile.guards import withdraw
from loaders.reconcile.judging import Judge
from loaders.reconcile.parts import check_parts
from loaders.reconcile.quantities import list_quantities
from loaders.reconcile.rates import check_rates
from loaders.reconcile.registry import RULES, Rule
from loaders.reconcile.rows import check_rows
from loaders.reconcile.same import check_same, table_quantities
from loaders.reconcile.scores import check_scores
from loaders.reconcile.trees import check_trees
from loaders.reconcile.view import View, make_view
from loaders.reconcile.words import check_words

__all__ = ["RULES", "Rule", "View", "list_quantities", "make_view", "reconcile"]


def reconcile(
    document: Document,
    kind: DocumentKind,
    fiscal_year: int | None,
    figures: Sequence[Figure],
    view: View | None = None,
) -> tuple[Finding, ...]:
    """All findings of a document, in order of the first figure that each uses.

    ``view`` is that of the same document and figures, where it is made already.
    """
    judge = Judge(document, figures)
    view = view or make_view(document, figures)
    sheets, paragraphs, scopes = view.sheets, view.paragraphs, view.scopes
    found: list[Finding] = []
    for sheet in sheets:
        found.extend(check_trees(sheet, judge))
        found.extend(check_rows(sheet, judge))
        found.extend(check_balances(sheet, judge))
    found.extend(check_parts(paragraphs, scopes, judge))
    found.extend(check_rates(paragraphs, judge))
    found.extend(check_averages(paragraphs, judge))
    found.extend(check_same(sheets, paragraphs, scopes, kind, judge))
    found.extend(check_words(paragraphs, judge))
    found.extend(check_codes(document, sheets, paragraphs, fiscal_year, judge))
    found.extend(check_counts(paragraphs, table_quantities(sheets), judge))
    found.extend(check_scores(sheets, paragraphs, judge))
    return tuple(sorted(withdraw(_unique(found), figures, paragraphs), key=lambda f: (f.spans[:1], f.rule)))


def _unique(findings: list[Finding]) -> list[Finding]:
    """Each outcome once: the same check of the same figures says the same."""
    seen: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        seen.setdefault((finding.rule, finding.spans, finding.left_value, finding.right_value), finding)
    return list(seen.values())
