"""What each slot of each internal query is filled with where all of them are tried.

It names the queries of all rooms and asks none of them.
"""

from __future__ import annotations

import pyoxigraph as ox

from loaders.settings import DEFAULT_BASE
from service.queries.binding import Term

_GK = f"{DEFAULT_BASE}ontology#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_FUNCTION, _LABEL = ox.NamedNode(f"{_GK}function"), ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
_DUTY, _FIGURE = ox.NamedNode(f"{_GK}Duty"), ox.NamedNode(f"{_GK}Figure")
_BUDGET = ox.NamedNode(f"{_GK}phaseBudget")
_YEAR = ox.Literal("2023", datatype=ox.NamedNode(f"{_XSD}integer"))
_NIL = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#nil")
_TOTAL, _STAFF = (ox.NamedNode(f"{DEFAULT_BASE}id/quantity/{name}") for name in ("expenditure-total", "staff"))
_SCHEME, _LEI = ox.NamedNode(f"{DEFAULT_BASE}id/scheme/function"), ox.NamedNode(f"{_GK}levelLei")
_CLASS, _GENERAL = ox.NamedNode(f"{DEFAULT_BASE}id/code/function/201"), ox.Literal("general")
#: An office that has projects about topics.
_OF_TOPICS = ox.NamedNode(f"{DEFAULT_BASE}id/agency/440300-e2feb0bf")
_STATED: dict[str, Term | str] = {
    "wholeOf": _TOTAL, "narrowOf": _NIL, "countOf": _NIL, "phase": _BUDGET, "scope": _NIL, "year": _YEAR,
    "nested": _NIL,
}  # fmt: skip
_OF_DOCUMENT: dict[str, Term | str] = {"document": "document"}
_OF_OFFICE: dict[str, Term | str] = {"thing": "office"}
_OF_AGENCY: dict[str, Term | str] = {"agency": "office"}
_AT_A_MOMENT: dict[str, Term | str] = {"thing": "office", "year": _YEAR, "phase": _BUDGET}
_THREE_PUBLIC = ox.NamedNode(f"{DEFAULT_BASE}id/quantity/three-public")

#: What no other engine ever gets: what the build and the search index ask of the database of a build, and a pattern
#: that is asked as a part of others only.
NEVER_SENT = ("graph/things-said", "graph/label-that-follows")


def _whole(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(f"{_XSD}integer"))


#: What each slot of each internal query is bound to: a term, or the name of a kind in ``checks/samples.rq``.
TERMS: dict[str, dict[str, Term | str]] = {
    **dict.fromkeys(
        ("checks/document", "checks/figures", "checks/finding-places", "checks/finding-units", "checks/findings",
         "checks/ledger", "checks/tables", "pages/document", "pages/document-codes",
         "pages/document-figures", "pages/document-sheet", "pages/document-statements",
         "pages/documents", "pages/documents-findings",
         "pages/documents-ledger"),
        _OF_DOCUMENT,
    ),
    **dict.fromkeys(
        ("pages/agency-contradictions", "pages/agency-divisions", "pages/agency-duties",
         "search/agency-sheets", "pages/profile-documents", "pages/profile-kind",
         "pages/profile-project-moments",
         "pages/profile-targets", "pages/profile-units", "pages/profile-wholes",
         "linked/thing-exists", "linked/thing-statements", "linked/part-statements",
         "pages/labels", "pages/thing-facts",
         "pages/thing-places", "pages/thing-uses"),
        _OF_OFFICE,
    ),
    **dict.fromkeys(
        ("search/office-changes", "search/office-contradictions", "search/office-divisions", "search/office-duties",
         "search/office-indicators", "search/office-projects", "search/office-units"),
        _OF_AGENCY,
    ),
    "search/service-money": {
        "agency": _OF_TOPICS, "service": ox.NamedNode(f"{DEFAULT_BASE}id/service/free-inspection"),
    },
    "search/office-codes": {"agency": "office", "code": "code"},
    "search/office-subjects": {"agency": "office", "label": ox.Literal("一般公共服务支出")},
    "search/office-values": {"agency": "office", "item": ox.Literal("three-public")},
    "search/words-around": {"document": "document", "from": _whole(1), "length": _whole(80)},
    "graph/what-follows": {"thing": "figure"},
    "pages/agency-projects": _AT_A_MOMENT,
    "pages/profile-breakdown": _AT_A_MOMENT,
    "pages/profile-code-sums": {"thing": "code"},
    "pages/profile-peers": {"rollup": "rollup"},
    "pages/profile-place-offices": {"thing": ox.NamedNode(f"{DEFAULT_BASE}id/place/440000")},
    "pages/profile-project-money": {"thing": "project"},
    "pages/profile-values": {"agency": "office", "quantity": _THREE_PUBLIC},
    "linked/dump-figures": {"documentAsked": "document"},
    "linked/properties-of-class": {"class": _DUTY},
    "linked/property-names": {"property": _FUNCTION},
    "linked/property-values": {"thing": "office", "property": _LABEL},
    "linked/table-projects": _OF_DOCUMENT,
    "linked/table-statements": {"document": "document", "class": _FIGURE},
    "pages/explore-held": {"quantity": _TOTAL},
    "pages/explore-sums-held": {"classification": _SCHEME, "extent": _GENERAL},
    "pages/explore-offices-values": {**_STATED, "thing": "office", "per": _STAFF},
    "pages/explore-groups-values": {**_STATED, "agency": "office", "per": _STAFF, "grouping": ox.Literal("place")},
    "pages/explore-stated": {**_STATED, "agency": "office"},
    "pages/explore-whole": {"wholeOf": _TOTAL, "phase": _BUDGET},
    "pages/explore-parts-values": {
        **dict.fromkeys(("second", "third", "fourth", "nested"), _NIL),
        "first": _TOTAL, "phase": _BUDGET, "year": _YEAR, "agency": "office",
    },
    "pages/explore-codes-values": {
        "classification": _SCHEME, "level": _LEI, "extent": _GENERAL, "phase": _BUDGET, "year": _YEAR,
        "agency": "office", "nested": _NIL, "top": _CLASS,
    },
    "pages/explore-code-offices": {
        "code": _CLASS, "extent": _GENERAL, "phase": _BUDGET, "year": _YEAR, "thing": "office", "nested": _NIL,
    },
    "pages/explore-projects": {"agency": "office", "phase": _BUDGET, "year": _YEAR},
    "pages/explore-topics": {"agency": _OF_TOPICS, "phase": _BUDGET, "year": _YEAR},
    "pages/explore-projects-held": {"agency": "office"},
    "pages/comparison-choices": {"property": _FUNCTION},
    "pages/comparison-code-names": {"code": "code"},
    "pages/comparison-divisions": {"agency": "office"},
    "pages/comparison-events": {"agency": "office"},
    "pages/comparison-figures": {"property": _FUNCTION, "agency": "office", "year": _YEAR, "phase": _BUDGET},
    "pages/document-page": {"document": "document", "page": ox.Literal("page=1&")},
    "pages/document-versions": {"document": "document"},
    # No document that comes with Gongkai has pages.
    "pages/place-page": {"place": ox.NamedNode(f"{DEFAULT_BASE}id/document/none#char=5,9")},
    "pages/figure-findings": {"thing": "figure"},
    "pages/finding-words": {"finding": "finding"},
    "pages/money": {"thing": "project"},
    "pages/place-words": {"place": "place"},
    "pages/service-links": {"thing": "service"},
    "pages/thing-users": {"thing": "office", "property": ox.NamedNode(f"{_GK}agency"), "class": _DUTY},
    "queries/choices-of-class": {"class": _DUTY},
    "queries/class-labels": {"class": _FIGURE},
    "queries/needed-class": {"class": _FIGURE},
    "queries/table-states": {"form": ox.Literal("expenditure")},
}  # fmt: skip
#: Queries that are asked of one graph, as the Graph Store Protocol names it.
IN_ONE_GRAPH = ("endpoint/graph-exists", "endpoint/graph-statements")
