"""The meaning of a document's words: who is charged with what, what money is planned for, what is aimed at, and why."""

from __future__ import annotations

from loaders.documents import Document
from loaders.facts import Figure, Phase, Statements
from loaders.meaning.absences import find_absences
from loaders.meaning.aims import find_aims
from loaders.meaning.assessments import find_assessments
from loaders.meaning.changes import find_changes
from loaders.meaning.citations import find_citations
from loaders.meaning.divisions import find_divisions
from loaders.meaning.duties import find_duties
from loaders.meaning.glossary import find_definitions
from loaders.meaning.goals import join_tasks, read_goals
from loaders.meaning.history import find_events
from loaders.meaning.identity import Identity
from loaders.meaning.indicators import find_indicators
from loaders.meaning.mandates import find_mandates
from loaders.meaning.ports import find_ports
from loaders.meaning.projects import find_projects
from loaders.meaning.services import Sources, find_services

PHASES: dict[str, Phase] = {"budget": "budget", "accounts": "final", "evaluation": "final"}


def read_meaning(document: Document, identity: Identity, figures: tuple[Figure, ...] = ()) -> Statements:
    """Reads duties, divisions, projects, indicators, assessments, citations, ports, changes and services.

    ``figures`` are those already read from the document; an amount that one of them states takes its span and value,
    any other is read from the clause itself. Order does not matter.

    Raises :class:`loaders.errors.StoreError` if the ontology's list of services cannot be read.
    """
    ordered = tuple(sorted(figures, key=lambda f: f.span.start))
    year = identity.fiscal_year
    duties = find_duties(document)
    named = find_projects(document, ordered, year, PHASES.get(identity.kind, ""))
    projects = tuple(project for project in named if not project.is_task)
    stated = read_goals(document, year)
    goals = join_tasks([goal for goal, _ in stated], [project for project in named if project.is_task])
    indicators = find_indicators(document, year) or find_aims(stated)
    agency = identity.agency.label if identity.agency else ""
    changes = find_changes(document, ordered, year, agency)
    units = tuple(name for name, _ in identity.agency.subordinates) if identity.agency else ()
    divisions = find_divisions(document, units)
    assessments = find_assessments(document)
    found = Sources(ordered, named, indicators, duties, changes, divisions, goals)
    services = find_services(document, agency, found)
    return Statements(
        divisions=divisions,
        duties=duties,
        projects=projects,
        indicators=indicators,
        assessments=assessments,
        citations=find_citations(document, agency),
        ports=find_ports(document, identity.agency.place if identity.agency else ""),
        services=services,
        changes=changes,
        goals=goals,
        definitions=find_definitions(document),
        events=find_events(document),
        mandates=find_mandates(duties, divisions, projects, indicators, goals, services, agency),
        absences=find_absences(document, identity.kind, duties, divisions, (*indicators, *assessments), ordered),
    )
