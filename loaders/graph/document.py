"""The graph of one document: the document itself, its agency and what the office does, and then the other parts."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Quad

from loaders import __version__
from loaders.circles import seldom_sought
from loaders.facts import Division, Duty, Facts, Project
from loaders.graph.checks import write_checks
from loaders.graph.figures import write_figures
from loaders.graph.iris import DCAT, DCTERMS, FOAF, ORG, PROV, SKOS, digest
from loaders.graph.links import write_links
from loaders.graph.sheet import write_sheet
from loaders.graph.statements import write_statements
from loaders.graph.work import write_work
from loaders.graph.writer import Writer
from loaders.settings import DEFAULT_BASE
from loaders.words.office_kinds import name_kind

# What a project's form states, and the property that holds it; amounts are figures of their own too.
_DETAILS = {
    "basis": "basisText",
    "necessity": "necessity",
    "measures": "safeguards",
    "schedule": "schedule",
    "start": "projectStart",
    "end": "projectEnd",
    "type": "projectType",
    "use": "fundUse",
    "unclear": "choiceUnclear",
    "body": "implementer",
    "overview": "overview",
    "total": "totalBudgetText",
    "last budget": "lastYearBudgetText",
    "last spent": "lastYearSpentText",
}
_AMOUNTS = {"total": "totalBudget", "last budget": "lastYearBudget", "last spent": "lastYearSpent"}
_KINDS = {"budget": "kindBudget", "accounts": "kindAccounts", "evaluation": "kindEvaluation", "unknown": "kindUnknown"}


def quads(facts: Facts, base: str = DEFAULT_BASE, source: str = "", language: str = "zh") -> Iterator[Quad]:
    """The quads of a document; the same facts give the same quads.

    They are in the named graph of the document's IRI. Only what is said of things that other documents may name too
    (offices with their divisions, duties and projects, cited instruments, ports, codes) is in ``graph/things``, and
    that this document attests them is in its own. So no statement is ever in two graphs.

    ``base`` is the base of all IRIs, ``source`` and ``language`` are the catalogue's. Persons' names and telephone
    numbers are masked, character for character; ``gk:redactions`` says in how many places.
    """
    yield from _write(Writer(facts, base), source, language)


@seldom_sought()
def _write(writer: Writer, source: str, language: str) -> list[Quad]:
    facts = writer.facts
    _write_document(writer, source, language)
    _write_agency(writer)
    for division in facts.divisions:
        _write_division(writer, division)
    for duty in facts.duties:
        _write_duty(writer, duty)
    for project in facts.projects:
        _write_project(writer, project)
    write_figures(writer)
    write_sheet(writer)
    write_statements(writer)
    write_work(writer)
    write_links(writer)
    write_checks(writer)
    return writer.list_quads()


def _write_document(writer: Writer, source: str, language: str) -> None:
    facts, gk, node = writer.facts, writer.gk, writer.node
    title = facts.title or facts.document.name
    writer.type(node, gk("Document"), FOAF("Document"), PROV("Entity"), DCAT("Resource"))
    writer.label(node, title)
    writer.text(node, DCTERMS("title"), title, "zh")
    writer.text(node, DCTERMS("identifier"), facts.id)
    writer.add(node, gk("kind"), gk(_KINDS[facts.kind]))
    writer.year(node, facts.fiscal_year, full=True)
    writer.add(node, gk("agency"), writer.agency)
    writer.text(node, gk("documentLevel"), facts.level)
    writer.add(node, gk("sha256"), Literal(facts.document.sha256))
    writer.add(node, DCTERMS("language"), Literal(language))
    writer.text(node, DCTERMS("source"), source)
    writer.text(node, DCAT("mediaType"), facts.document.media_type)
    writer.add(node, gk("text"), Literal(writer.redaction.text))
    writer.number(node, gk("redactions"), len(writer.redaction.spans))
    writer.add(node, gk("loaderVersion"), Literal(__version__))
    for page in facts.document.recognised:
        writer.number(node, gk("recognisedPage"), page)
    writer.derive(node, (facts.kind_span, facts.year_span))
    # No time here: the same document read by the same loader gives the same graph.
    activity = writer.iris.thing(f"activity/{facts.id}-{digest(facts.document.sha256, __version__)}")
    agent = writer.iris.thing(f"software/gongkai-{__version__}")
    writer.add(node, PROV("wasGeneratedBy"), activity)
    writer.type(activity, PROV("Activity"))
    writer.add(activity, PROV("wasAssociatedWith"), agent)
    writer.type(agent, PROV("SoftwareAgent"))
    writer.text(agent, gk("loaderVersion"), __version__)


def _write_agency(writer: Writer) -> None:
    agency, node = writer.facts.agency, writer.agency
    if agency is None or node is None:
        return
    gk = writer.gk
    writer.type(node, gk("Agency"), ORG("FormalOrganization"))
    writer.label(node, agency.label)
    for alias in agency.aliases:
        writer.text(node, SKOS("altLabel"), alias, "zh")
    if agency.place:
        writer.add(node, gk("place"), writer.iris.place(agency.place))
    writer.text(node, gk("officeKind"), name_kind(agency.label, agency.place))
    writer.text(node, gk("nature"), agency.nature)
    writer.text(node, gk("rank"), agency.rank)
    writer.text(node, gk("creditCode"), agency.credit_code)
    writer.attest(node, agency.span)
    for label, span in agency.subordinates:
        body = writer.name_agency(label)
        if body is not None and body != node:
            writer.add(body, ORG("subOrganizationOf"), node)
            writer.attest(body, span)
    parent = writer.name_agency(agency.parent) if agency.parent else None
    if parent is not None and parent != node:
        writer.add(node, ORG("subOrganizationOf"), parent)


def _write_division(writer: Writer, division: Division) -> None:
    gk = writer.gk
    node = _division(writer, division.label)
    for words, span in division.functions:
        writer.text(node, gk("functionText"), words)
        writer.derive(node, (span,))
    writer.attest(node, division.span)
    writer.own(node, division.span, *(span for _, span in division.functions))


def _division(writer: Writer, label: str) -> NamedNode:
    """A division's IRI, with what is known of any division, so that none is named without a label."""
    gk = writer.gk
    node = writer.iris.part(writer.root(), "division", label)
    writer.type(node, gk("Division"))
    writer.label(node, label)
    # Whose something is, is gk:agency everywhere. Clients of W3C ORG know org:unitOf alone, which follows.
    writer.add(node, gk("agency"), writer.agency)
    writer.add(node, gk("attestedIn"), writer.node)
    writer.year(node, writer.facts.fiscal_year)
    return node


def _write_duty(writer: Writer, duty: Duty) -> None:
    gk = writer.gk
    node = writer.iris.part(writer.root(), "duty", duty.owner, duty.label)
    writer.type(node, gk("Duty"))
    writer.label(node, duty.label)
    writer.text(node, gk("number"), duty.number)
    writer.add(node, gk("agency"), writer.agency)
    if duty.owner:
        writer.add(node, gk("ofDivision"), _division(writer, duty.owner))
    writer.attest(node, duty.span)
    writer.own(node, duty.span)


def _write_project(writer: Writer, project: Project) -> None:
    gk = writer.gk
    node = writer.name_project(writer.projects.node(project), project.label)
    if project.unit:
        writer.add(node, gk("budgetUnit"), writer.name_agency(project.unit))
    if project.parent:
        parents = writer.projects.find(project.parent, project.span, project.unit)
        if len(parents) == 1 and parents[0] != node:
            writer.add(node, gk("parentProject"), writer.name_project(parents[0], project.parent))
    writer.text(node, gk("purpose"), project.purpose)
    writer.year(node, project.year)
    writer.add(node, gk("statedBy"), writer.figure_at(project.amount_span))
    writer.attest(node, project.span)
    writer.derive(node, (project.purpose_span,))
    writer.own(node, project.span, project.purpose_span)
    for share in project.procured:
        writer.add(node, gk("buys"), writer.figure_at(share))
    for part, whole in project.sums:
        figure, above = writer.figure_at(part), writer.figure_at(whole)
        if figure is not None:
            writer.add(figure, gk("sumsTo"), above)
    for name, words, span in project.details:
        writer.text(node, gk(_DETAILS[name]), words)
        figure = writer.figure_at(span)
        if name in _AMOUNTS and figure is not None:
            writer.add(node, gk(_AMOUNTS[name]), figure)
        writer.derive(node, (span,))
        if name not in _AMOUNTS:
            writer.own(node, span)
