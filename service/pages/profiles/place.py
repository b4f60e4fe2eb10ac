"""The profile of a place: the offices there and in the places within it, each with its newest headline quantities."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from service.pages.profiles.accepted import Accepted, Moment, choose_moment
from service.pages.profiles.asking import Asker
from service.pages.things import Thing

#: The quantities of the table, the second of a pair in place of the first.
COLUMNS: tuple[tuple[str, ...], ...] = (
    ("expenditure-total", "expenditure-current"), ("basic-expenditure",), ("project-expenditure",), ("three-public",),
    ("staff",),
)  # fmt: skip
_ITEMS = tuple(item for pair in COLUMNS for item in pair)
#: Of more offices a page would be too long; the places within list theirs.
MOST = 200


@dataclass(frozen=True)
class OfficeLine:
    """An office with its values of one moment, one a column; None where there is none."""

    agency: str
    label: str
    place: str
    place_label: str
    moment: Moment | None
    values: tuple[Accepted | None, ...]


@dataclass(frozen=True)
class PlaceProfile:
    """The offices of a place, those of the place itself first; ``count`` is of all, ``within`` whether some are of
    places within it."""

    offices: tuple[OfficeLine, ...]
    count: int
    within: bool


async def read_place(ask: Asker, thing: Thing) -> PlaceProfile:
    """Reads a place's profile."""
    rows = await ask.rows("pages/profile-place-offices", thing.iri)
    agencies = {r["agency"].text: r for r in reversed(rows)}
    ordered = sorted(agencies.values(), key=lambda r: (r["place"].text != thing.iri, r["place"].text, r["label"].text))
    values: dict[str, list[Accepted]] = defaultdict(list)
    for value in await ask.accepted([r["agency"].text for r in ordered[:MOST]], _ITEMS):
        values[value.agency].append(value)
    lines = []
    for row in ordered[:MOST]:
        own = values[row["agency"].text]
        moment = choose_moment(own)
        name = "placeZh" if ask.language == "zh" or "placeEn" not in row else "placeEn"
        label = row[name].text if name in row else ""
        shown = tuple(_pick(own, moment, pair) for pair in COLUMNS)
        lines.append(OfficeLine(row["agency"].text, row["label"].text, row["place"].text, label, moment, shown))
    return PlaceProfile(tuple(lines), len(ordered), any(r["place"].text != thing.iri for r in ordered))


def _pick(values: list[Accepted], moment: Moment | None, pair: tuple[str, ...]) -> Accepted | None:
    if moment is None:
        return None
    at = {v.item: v for v in values if v.year == moment.year and v.phase in ("", moment.phase) and not v.scope}
    return next((at[item] for item in pair if item in at), None)
