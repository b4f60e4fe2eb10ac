"""Which links lead from this data to data elsewhere: linksets of VoID (W3C, Describing Linked Datasets, section 4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from loaders.graph.iris import DCTERMS, FOAF, RDF, VOID, XSD, Iris
from service.linked.descriptions import Statement, part, say


@dataclass(frozen=True)
class Links:
    """How many links of one predicate lead to things whose IRIs begin with ``prefix``."""

    predicate: str
    prefix: str
    count: int


@dataclass(frozen=True)
class _Target:
    """A data set elsewhere: a short name for our part of it, where it is told of, and what it is called."""

    name: str
    home: str
    zh: str
    en: str


#: By how the IRIs of its things begin; ``queries/internal/linked/links.rq`` counts these.
TARGETS = {
    "http://linked.data.gov.au/def/cofog/": _Target(
        "cofog-au", "http://linked.data.gov.au/def/cofog", "政府职能分类（COFOG 1999，澳大利亚政府发布）",
        "Classification of the Functions of Government (COFOG 1999, as the Australian Government publishes it)",
    ),
    "urn:sdmx:org.sdmx.infomodel.codelist.Code=ESTAT:CL_COFOG(1.0).": _Target(
        "cofog-eurostat", "https://ec.europa.eu/eurostat/web/metadata/classifications",
        "政府职能分类（COFOG 1999，欧盟统计局 SDMX 代码表）", "COFOG 1999 as Eurostat's SDMX code list",
    ),
    "http://qudt.org/vocab/unit/": _Target("qudt", "http://qudt.org/vocab/unit/", "QUDT 计量单位", "QUDT units"),
    "http://www.wikidata.org/entity/": _Target("wikidata", "https://www.wikidata.org/", "维基数据", "Wikidata"),
    "http://data.openbudgets.eu/resource/codelist/": _Target(
        "openbudgets", "http://data.openbudgets.eu/", "OpenBudgets.eu 代码表", "Code lists of OpenBudgets.eu"
    ),
}  # fmt: skip


def state_linksets(iris: Iris, links: Sequence[Links]) -> Iterator[ox.Triple]:
    """A linkset for each predicate and each data set that it leads to."""
    for statement in _state(iris, links):
        yield ox.Triple(*statement)


def _state(iris: Iris, links: Sequence[Links]) -> Iterator[Statement]:
    for one in links:
        about = TARGETS[one.prefix]
        predicate = ox.NamedNode(one.predicate)
        kind = one.predicate.rpartition("#")[2]
        node, target = part(iris, f"links-{about.name}-{kind}"), part(iris, f"target-{about.name}")
        yield iris.dataset(), VOID("subset"), node
        yield node, RDF("type"), VOID("Linkset")
        yield from say(node, DCTERMS("title"), (f"{kind}：{about.zh}", f"{kind}: {about.en}"))
        yield node, VOID("linkPredicate"), predicate
        yield node, VOID("subjectsTarget"), iris.dataset()
        yield node, VOID("objectsTarget"), target
        yield node, VOID("triples"), ox.Literal(str(one.count), datatype=XSD("integer"))
        yield target, RDF("type"), VOID("Dataset")
        yield from say(target, DCTERMS("title"), (about.zh, about.en))
        yield target, VOID("uriSpace"), ox.Literal(one.prefix)
        yield target, FOAF("homepage"), ox.NamedNode(about.home)
