"""Which project of a document a name means, and its IRI: below the unit that has it, else below the office."""

from __future__ import annotations

import bisect
from collections import defaultdict

from pyoxigraph import NamedNode

from loaders.documents import Span
from loaders.facts import Facts, Project
from loaders.graph.iris import Iris
from loaders.words import places
from loaders.words.naming import flat_label, strip_seat
from loaders.words.normalise import normalise


class Projects:
    """The projects of a document by their names. ``root`` is what the office's own hang below."""

    def __init__(self, facts: Facts, iris: Iris, root: NamedNode) -> None:
        self._facts, self._iris, self._root = facts, iris, root
        self._named: dict[str, list[Project]] = defaultdict(list)
        for project in facts.projects:
            self._named[flat_label(project.label)].append(project)
        self._blocks = [b.span.start for b in facts.document.blocks]
        self._units: dict[str, NamedNode] = {}

    def node(self, project: Project) -> NamedNode:
        """The IRI of a project: that of its name below its unit, so that the unit's own documents give the same."""
        units = {_key(p.unit) for p in self._named[flat_label(project.label)]}
        if not project.unit and len(units) > 1:
            return self._iris.part(self._root, "project", project.label, "of a unit that is not said")
        return self._iris.part(self._unit(_key(project.unit)), "project", project.label)

    def find(self, label: str, span: Span | None = None, unit: str = "") -> list[NamedNode]:
        """The project that a name means: of the unit, or the nearest before its place in its block, or the only one.

        Several where none of this tells one; of a name that no project has, the one that it would be.
        """
        known = self._named.get(flat_label(label), [])
        if unit:
            known = [p for p in known if _key(p.unit) == _key(unit)] or known
        nodes = {self.node(p): p for p in reversed(known)}
        if len(nodes) > 1 and span is not None:
            near = [m for m in ((self._last_mention(p, span), n) for n, p in nodes.items()) if m[0] >= 0]
            if near:
                return [max(near, key=lambda m: m[0])[1]]
        if not nodes:
            return [self._iris.part(self._unit(_key(unit)), "project", label)]
        return list(reversed(nodes))

    def holds(self, label: str) -> bool:
        """Whether a name is that of one of the document's projects."""
        return flat_label(label) in self._named

    def _last_mention(self, project: Project, span: Span) -> int:
        """Where a project's name stands last before a place in the same block; -1 if nowhere."""
        block = bisect.bisect_right(self._blocks, span.start)
        return max(
            (
                m.start
                for m in project.mentions
                if m.start <= span.start and bisect.bisect_right(self._blocks, m.start) == block
            ),
            default=-1,
        )

    def _unit(self, key: str) -> NamedNode:
        """What the projects of a unit hang below; its IRI is made as that of a document's own office is."""
        office = self._facts.agency
        if not key or office is None or key in {_key(n) for n in (office.label, *office.aliases)}:
            return self._root
        if key not in self._units:
            place = places.load().find(normalise(key), self._facts.document.text) or office.place
            self._units[key] = self._iris.agency(key, place)
        return self._units[key]


def _key(unit: str) -> str:
    return strip_seat(unit)
