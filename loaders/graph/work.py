"""What an office says of itself and its work: history, goals, defined terms, what answers to duties, what is absent."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from loaders.facts import Absence, Definition, Goal, Mandate, OfficeEvent
from loaders.graph.iris import ORG, PROV, RDF, SKOS, XSD, digest
from loaders.graph.writer import Writer

#: kind of thing -> property of the link, and the shortcut from the thing to the duty
_MANDATES = {
    "project": ("project", "serves"),
    "indicator": ("indicator", "measures"),
    "goal": ("goal", "pursues"),
    "division": ("division", "carriesOut"),
}


def write_work(writer: Writer) -> None:
    """All of them, each with its fragment."""
    facts = writer.facts
    for event in facts.events:
        _write_event(writer, event)
    for goal in facts.goals:
        _write_goal(writer, goal)
    for definition in facts.definitions:
        _write_definition(writer, definition)
    for mandate in facts.mandates:
        _write_mandate(writer, mandate)
    for absence in facts.absences:
        _write_absence(writer, absence)


def _write_event(writer: Writer, event: OfficeEvent) -> None:
    gk = writer.gk
    node = writer.iris.stated("event", writer.facts.id, event.span)
    writer.type(node, gk("OfficeEvent"), ORG("ChangeEvent"))
    writer.label(node, event.label)
    writer.text(node, gk("eventKind"), event.kind)
    writer.year(node, event.year)
    if event.year is not None:
        month = f"-{event.month:02d}" if event.month else ""
        kind = XSD("gYearMonth") if event.month else XSD("gYear")
        writer.add(node, gk("date"), Literal(f"{event.year:04d}{month}", datatype=kind))
    if event.subject:
        writer.add(node, ORG("resultingOrganization"), writer.name_agency(event.subject))
    elif event.kind == "staffed":
        writer.add(node, ORG("resultingOrganization"), writer.agency)
    for former in filter(None, (event.former, *event.others)):
        writer.add(node, ORG("originalOrganization"), writer.name_agency(former))
    if event.superior:
        writer.text(node, gk("superior"), event.superior)
    writer.text(node, gk("decree"), event.decree)
    writer.text(node, gk("rank"), event.rank)
    writer.text(node, gk("nature"), event.nature)
    writer.text(node, gk("quote"), event.label)
    writer.state(node, event.span)
    writer.own(node, event.span)


def _write_goal(writer: Writer, goal: Goal) -> None:
    gk = writer.gk
    node = writer.iris.stated("goal", writer.facts.id, goal.span)
    writer.type(node, gk("Goal"))
    writer.label(node, goal.label)
    writer.text(node, gk("goalKind"), goal.kind)
    writer.text(node, gk("number"), goal.number)
    writer.year(node, goal.year)
    if goal.project:
        writer.add_project(node, goal.project, goal.span)
    stated = {f.span for f in (*writer.figures_within(goal.span), *writer.figures_at(goal.figures))}
    for span in sorted(stated):
        writer.add(node, gk("statesFigure"), writer.figure_at(span))
    writer.state(node, goal.span)
    writer.own(node, goal.span)


def _write_definition(writer: Writer, definition: Definition) -> None:
    gk = writer.gk
    term = writer.iris.thing(f"term/{digest(_plain(definition.label))}")
    writer.type(term, gk("Term"), SKOS("Concept"))
    writer.text(term, SKOS("prefLabel"), _plain(definition.label), "zh")
    writer.label(term, _plain(definition.label))
    writer.add(term, SKOS("inScheme"), writer.iris.scheme("terms"))
    node = writer.iris.stated("definition", writer.facts.id, definition.span)
    writer.type(node, gk("TermDefinition"))
    writer.label(node, definition.label)
    writer.add(term, SKOS("definition"), node)
    writer.add(node, gk("defines"), term)
    writer.text(node, RDF("value"), definition.text, "zh")
    writer.year(node, writer.facts.fiscal_year)
    writer.state(node, definition.span)
    writer.derive(node, (definition.text_span,))


def _plain(label: str) -> str:
    """A term without the quotation marks that some offices print around it or in it."""
    return "".join(c for c in label if c not in '“”"‘’《》 \u3000')


def _write_mandate(writer: Writer, mandate: Mandate) -> None:
    gk = writer.gk
    duty = next((d for d in writer.facts.duties if d.span == mandate.duty), None)
    thing = _find(writer, mandate)
    if duty is None or thing is None:
        return
    target = writer.iris.part(writer.root(), "duty", duty.owner, duty.label)
    name = digest(mandate.kind, f"{mandate.span.start}-{mandate.span.end}", f"{mandate.duty.start}")
    node = writer.iris.thing(f"mandate/{writer.facts.id}/{name}")
    through, shortcut = _MANDATES[mandate.kind]
    writer.type(node, gk("MandateLink"))
    writer.label(node, mandate.label)
    writer.add(node, gk("duty"), target)
    writer.add(node, gk(through), thing)
    writer.number(node, gk("strength"), mandate.strength)
    for topic in mandate.topics:
        writer.add(node, gk("topic"), writer.iris.service(topic))
    for words in mandate.words:
        writer.text(node, gk("sharedWords"), words)
    writer.flag(node, gk("inferred"), True)
    writer.state(node, mandate.span)
    writer.derive(node, (mandate.duty,))
    writer.add(thing, gk(shortcut), target)


def _find(writer: Writer, mandate: Mandate) -> NamedNode | None:
    if mandate.kind == "project":
        nodes = writer.projects.find(mandate.label, mandate.span)
        return nodes[0] if len(nodes) == 1 else None
    if mandate.kind == "division":
        return writer.iris.part(writer.root(), "division", mandate.label)
    return writer.iris.stated(mandate.kind, writer.facts.id, mandate.span)


def _write_absence(writer: Writer, absence: Absence) -> None:
    gk = writer.gk
    node = writer.iris.thing(f"absence/{writer.facts.id}/{absence.label}")
    writer.type(node, gk("Absence"), PROV("Entity"))
    writer.label(node, absence.explanation_zh)
    writer.text(node, gk("absenceOf"), absence.label)
    writer.text(node, gk("explanation"), absence.explanation_zh, "zh")
    writer.text(node, gk("explanation"), absence.explanation, "en")
    writer.add(node, gk("inDocument"), writer.node)
    writer.add(node, gk("agency"), writer.agency)
    writer.derive(node, (absence.span,))
