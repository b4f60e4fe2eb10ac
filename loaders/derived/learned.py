"""What documents together teach about codes, as RDF: names of codes that no list has, findings of disagreement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, cast

from pyoxigraph import Literal, NamedNode, Quad

from loaders.derived.learning import LEARNING_RULE, Disagreement, Learned
from loaders.documents import Span
from loaders.facts import Finding
from loaders.graph.iris import RDF, RDFS, SKOS, XSD, Iris, digest
from loaders.reconcile.reasons import Value, state, write_values
from loaders.reconcile.wording import word


class Quads(Protocol):
    """What is asked of a store here."""

    def quads_for_pattern(
        self, subject: NamedNode | None, predicate: NamedNode | None, object: None, graph_name: NamedNode | None, /
    ) -> Iterator[Quad]:
        """The quads that fit."""
        ...


def revise_names(store: Quads, learned: Iterable[Learned], base: str) -> tuple[list[Quad], list[Quad]]:
    """What leaves the store and what comes in, so that each code has one preferred name and all its others.

    Each document by itself named the codes that the lists lack, or left them without a name.
    """
    iris = Iris(base)
    things = iris.graph("things")
    preferred, label, count = SKOS("prefLabel"), RDFS("label"), iris.gk("attestedInBudgets")
    gone: list[Quad] = []
    new: list[Quad] = []
    for each in learned:
        node = iris.thing(f"code/{each.code}")
        for other in each.others:
            new.append(Quad(node, SKOS("altLabel"), Literal(other, language="zh"), things))
        if each.shipped:
            continue
        for predicate in (preferred, label, count):
            gone += list(store.quads_for_pattern(node, predicate, None, things))
        name = Literal(each.name, language="zh")
        new += [Quad(node, preferred, name, things), Quad(node, label, name, things)]
        new.append(Quad(node, count, Literal(str(each.documents), datatype=XSD("integer")), things))
    named = {iris.thing(f"code/{each.code}") for each in learned}
    gone += list(_find_doubles(store, iris, named))
    return gone, new


def _find_doubles(store: Quads, iris: Iris, named: set[NamedNode]) -> Iterator[Quad]:
    """Of codes that no table names: all preferred names but one, which is a word where there is one."""
    things = iris.graph("things")
    prefix = iris.thing("code/").value
    for predicate in (SKOS("prefLabel"), RDFS("label")):
        names: dict[NamedNode, list[Quad]] = {}
        for quad in store.quads_for_pattern(None, predicate, None, things):
            subject = cast(NamedNode, quad.subject)
            if subject.value.startswith(prefix) and subject not in named:
                names.setdefault(subject, []).append(quad)
        for quads in names.values():
            yield from sorted(quads, key=_rank_name)[1:]


def _rank_name(quad: Quad) -> tuple[bool, str]:
    name = cast(Literal, quad.object).value
    return name.isdigit(), name


def write_disagreements(disagreements: Iterable[Disagreement], base: str) -> Iterator[Quad]:
    """A finding for each disagreement, in the graph of the document that calls a code otherwise."""
    iris = Iris(base)
    gk, kind = iris.gk, RDF("type")
    verdicts = {"contradicted": gk("verdictContradicted"), "not checkable": gk("verdictNotCheckable")}
    for each in disagreements:
        graph = iris.document(each.document)
        code = iris.thing(f"code/{each.naming.code}")
        node = iris.thing(f"finding/{each.document}/{digest(LEARNING_RULE.id, each.naming.code, each.naming.name)}")
        span = Span(each.naming.start, each.naming.end)
        digits = each.naming.code.rpartition("/")[2]
        told: dict[str, Value] = {
            "code": digits, "said": each.said, "usual": each.usual, "usually": each.usually
        }  # fmt: skip
        codes, values = state(["code-has-two-names"], told)
        right = f"{digits} {each.usual}"
        finding = Finding(
            LEARNING_RULE.id, each.naming.name, right, each.verdict, (span,), reasons=codes, values=values
        )  # fmt: skip
        # One check a code, since what is found out about a code is replaced by itself when documents come and go.
        check = iris.thing(f"check/{each.document}/{digest(LEARNING_RULE.id, each.verdict, each.naming.code)}")
        statements: tuple[tuple[NamedNode, NamedNode, NamedNode | Literal], ...] = (
            (check, kind, gk("Check")),
            (check, gk("inDocument"), graph),
            (check, gk("rule"), Literal(LEARNING_RULE.id)),
            (check, RDFS("label"), Literal(LEARNING_RULE.zh, language="zh")),
            (check, RDFS("label"), Literal(LEARNING_RULE.en, language="en")),
            (check, gk("verdict"), verdicts[each.verdict]),
            *((check, gk("reasonCode"), Literal(code)) for code in codes),
            (node, kind, gk("Finding")),
            (node, gk("check"), check),
            (node, RDFS("comment"), Literal(word(finding, "en"))),
            (node, gk("reasonValues"), Literal(write_values(values), datatype=RDF("JSON"))),
            (node, gk("left"), Literal(finding.left)),
            (node, gk("right"), Literal(right)),
            (node, gk("aboutCode"), code),
            (node, gk("usesFigure"), iris.stated("figure", each.document, span)),
        )
        for subject, predicate, value in statements:
            yield Quad(subject, predicate, value, graph)
