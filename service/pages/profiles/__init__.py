"""Profiles: what a researcher looks for first on the page of an office, a place, a code or a project."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from service.pages.profiles.asking import Asker
from service.pages.profiles.breakdown import EXTENTS
from service.pages.profiles.code import read_code
from service.pages.profiles.office import read_office
from service.pages.profiles.place import read_place
from service.pages.profiles.project import read_project
from service.pages.things import Thing

#: Classes of the ontology that have a profile: the template that shows it, and what reads it.
_PROFILES: dict[str, tuple[str, Callable[[Asker, Thing], Awaitable[Any]]]] = {
    "Agency": ("office", read_office),
    "Place": ("place", read_place),
    "FunctionCode": ("code", read_code),
    "EconomicCode": ("code", read_code),
    "GovernmentEconomicCode": ("code", read_code),
    "Project": ("project", read_project),
}
#: The classes that have profiles of their own in every graph; what points to them is counted on their pages.
PROFILED = frozenset({"Agency", "Place", "Project"})
#: The parameters that choose what a profile shows.
PARAMETERS = ("year", "phase", "scope")


@dataclass(frozen=True)
class Profile:
    """A profile and the name of its template."""

    template: str
    content: Any


async def read_profile(ask: Asker, thing: Thing) -> Profile | None:
    """The profile of a thing; None if its class has none, or if there is nothing to show."""
    for kind in thing.kinds:
        template, read = _PROFILES.get(kind.removeprefix(ask.words.prefix), ("", None))
        if read is not None:
            content = await read(ask, thing)
            return None if content is None else Profile(template, content)
    return None


def describe_place(place: str) -> str:
    """A stretch of a document as a citation names it: the document, first and last character."""
    document, _, stretch = place.partition("#char=")
    return f"{document.rpartition('/')[2]} {stretch.replace(',', '–')}"


__all__ = ["EXTENTS", "PARAMETERS", "PROFILED", "Asker", "Profile", "describe_place", "read_profile"]
