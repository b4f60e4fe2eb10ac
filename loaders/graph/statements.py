"""What a document states beside figures: indicators, assessments, citations, ports, links to services."""

from __future__ import annotations

from decimal import Decimal

from pyoxigraph import NamedNode

from loaders.facts import Assessment, Citation, Indicator, Port, ServiceLink
from loaders.graph.changes import write_changes
from loaders.graph.iris import DCTERMS, ELI, SKOS, digest
from loaders.graph.writer import Writer

_ROLES = {"service": "roleService", "administration": "roleAdministration", "mention": "roleMention"}


def write_statements(writer: Writer) -> None:
    """All of them, each with its fragment."""
    facts = writer.facts
    for indicator in facts.indicators:
        _write_indicator(writer, indicator)
    for assessment in facts.assessments:
        _write_assessment(writer, assessment)
    for citation in facts.citations:
        _write_citation(writer, citation)
    for port in facts.ports:
        _write_port(writer, port)
    write_changes(writer)
    for link in facts.services:
        _write_link(writer, link)


def _write_indicator(writer: Writer, indicator: Indicator) -> None:
    gk = writer.gk
    node = writer.iris.stated("indicator", writer.facts.id, indicator.span)
    writer.type(node, gk("Indicator"))
    writer.label(node, indicator.label)
    for name in ("level1", "level2", "comparator", "target", "result"):
        writer.text(node, gk(name), getattr(indicator, name))
    writer.text(node, gk("targetUnit"), indicator.unit)
    writer.flag(node, gk("qualitative"), indicator.qualitative)
    if indicator.met is not None:
        writer.flag(node, gk("met"), indicator.met)
    writer.year(node, indicator.year)
    if indicator.project:
        writer.add_project(node, indicator.project, indicator.span)
    writer.add(node, gk("targetFigure"), writer.figure_at(indicator.target_span))
    writer.number(node, gk("maximum"), indicator.maximum)
    writer.number(node, gk("score"), indicator.score)
    _write_loss(writer, node, indicator.maximum, indicator.score, indicator.loss_reason)
    writer.state(node, indicator.span)
    writer.derive(node, (indicator.target_span,))
    writer.own(node, indicator.span)


def _write_assessment(writer: Writer, assessment: Assessment) -> None:
    gk = writer.gk
    node = writer.iris.stated("assessment", writer.facts.id, assessment.span)
    writer.type(node, gk("Assessment"))
    writer.label(node, assessment.label)
    for name in ("level1", "level2", "criteria", "grade"):
        writer.text(node, gk(name), getattr(assessment, name))
    writer.number(node, gk("maximum"), assessment.maximum)
    writer.number(node, gk("score"), assessment.score)
    for span in (assessment.maximum_span, assessment.score_span):
        writer.add(node, gk("statedBy"), writer.figure_at(span))
    writer.year(node, writer.facts.fiscal_year)
    _write_loss(writer, node, assessment.maximum, assessment.score, assessment.loss_reason)
    writer.state(node, assessment.span)
    writer.derive(node, (assessment.maximum_span, assessment.score_span, assessment.loss_span))


def _write_loss(writer: Writer, node: NamedNode, maximum: Decimal | None, score: Decimal | None, reason: str) -> None:
    """Points lost, which is arithmetic, and the reason, which is the document's."""
    if maximum is not None and score is not None and score <= maximum:
        writer.number(node, writer.gk("pointsLost"), maximum - score)
    writer.text(node, writer.gk("lossReason"), reason)


def _write_citation(writer: Writer, citation: Citation) -> None:
    gk = writer.gk
    node = citation_node(writer, citation)
    writer.type(node, gk("Citation"), ELI("LegalResource"))
    writer.label(node, citation.label)
    writer.text(node, gk("number"), citation.number)
    writer.text(node, gk("issuer"), citation.issuer)
    writer.year(node, citation.year)
    for span in citation.mentions or (citation.span,):
        writer.attest(node, span)
    writer.add(writer.node, DCTERMS("references"), node)


def citation_node(writer: Writer, citation: Citation) -> NamedNode:
    """The IRI of an instrument: the same in every document that names it."""
    return writer.iris.thing(f"citation/{digest(citation.key or citation.label)}")


def _write_port(writer: Writer, port: Port) -> None:
    gk = writer.gk
    node = port_node(writer, port)
    writer.type(node, gk("Port"))
    if port.variant_of:
        writer.text(node, SKOS("altLabel"), port.label, "zh")
        if all(p.label != port.variant_of for p in writer.facts.ports):
            # 机场口岸 of a city that the document does not name with it
            writer.label(node, port.variant_of)
            writer.text(node, gk("portKind"), port.kind)
    else:
        writer.label(node, port.label)
        writer.text(node, gk("portKind"), port.kind)
    for span in port.mentions or (port.span,):
        writer.attest(node, span)


def port_node(writer: Writer, port: Port) -> NamedNode:
    """The IRI of a port, zone or platform, by its main name."""
    return writer.iris.thing(f"port/{digest(port.variant_of or port.label)}")


def _write_link(writer: Writer, link: ServiceLink) -> None:
    gk = writer.gk
    place = f"{link.span.start}-{link.span.end}-{link.service}"
    node = writer.iris.thing(f"link/{writer.facts.id}/{place}")
    writer.type(node, gk("ServiceLink"))
    writer.add(node, gk("service"), writer.iris.service(link.service))
    writer.text(node, gk("match"), link.match)
    writer.add(node, gk("role"), gk(_ROLES[link.role]))
    writer.number(node, gk("strength"), link.strength)
    writer.add(node, gk("paidBy"), writer.figure_at(link.amount_span))
    if link.project:
        writer.add_project(node, link.project, link.span)
    writer.text(node, gk("quote"), link.quote.strip() or link.label)
    writer.text(node, gk("wording"), link.label)
    writer.add(node, gk("inDocument"), writer.node)
    writer.add(node, gk("agency"), writer.agency)
    writer.place(node, link.span)
    writer.cite(node, link.span)
    writer.cite(node, link.quote_span)
