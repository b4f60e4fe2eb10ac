"""Where an office stands among offices of its kind: the same quantity, year, phase and scope, one strip each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from service.pages.charts import StripDot, draw_strip, is_logarithmic
from service.pages.profiles.accepted import HEADLINE_ITEMS, Accepted, Moment, pick_headlines
from service.queries.answers import Row

#: Fewer offices make no comparison.
LEAST = 3


@dataclass(frozen=True)
class Peer:
    """An office of the kind with its amount in yuan."""

    agency: str
    label: str
    amount: Decimal
    degree: str
    place: str
    own: bool


@dataclass(frozen=True)
class Standing:
    """One strip. ``rank`` is that of the office from the largest, equal amounts having the same."""

    own: Accepted
    kind: str
    peers: tuple[Peer, ...]
    rank: int
    logarithmic: bool
    chart: Markup


def name_peers(values: Iterable[Accepted], moment: Moment, agencies: Iterable[str]) -> list[str]:
    """What the values of other offices are called: as those of the office itself at the moment, with their own names.

    The IRI of a value names office, moment and quantity (``loaders/derived/writing.py``), so that thousands of values
    need no search.
    """
    own = _pick(values, moment)
    names = [agency.rpartition("/")[2] for agency in agencies]
    return [
        v.rollup.replace(f"/{v.agency.rpartition('/')[2]}/", f"/{name}/", 1) for v in own.values() for name in names
    ]


def read_standings(
    kind: Sequence[Row], rows: Iterable[Row], values: Iterable[Accepted], moment: Moment, prefix: str, language: str,
    title: str,
) -> list[Standing]:  # fmt: skip
    """The strips of the headline quantities of which at least :data:`LEAST` offices have an amount, the own among them.

    ``kind`` are rows of ``pages/profile-kind``, ``rows`` of ``pages/profile-peers``; ``title`` names year and phase.
    """
    known = _pick(values, moment)
    labels = {r["agency"].text: r["label"].text for r in reversed(kind)}
    found: dict[str, dict[str, Peer]] = defaultdict(dict)
    for row in rows:
        item, agency = row["quantity"].text.rpartition("/")[2], row["agency"].text
        peer = Peer(
            agency, labels.get(agency, agency), Decimal(row["amount"].text), row["degree"].text.removeprefix(prefix),
            row["place"].text, agency == known[item].agency,
        )  # fmt: skip
        found[item].setdefault(agency, peer)
    made = []
    for item in (i for i in HEADLINE_ITEMS if i in found):
        peers = sorted(found[item].values(), key=lambda p: (-p.amount, p.label))
        own = known[item]
        if len(peers) >= LEAST and any(p.own for p in peers):
            dots = [StripDot(p.label, float(p.amount), p.own) for p in peers]
            rank = 1 + sum(1 for p in peers if p.amount > own.number)
            chart = draw_strip(dots, f"{own.name(language)} · {title}", language)
            made.append(Standing(own, kind[0]["kind"].text, tuple(peers), rank, is_logarithmic(dots), chart))
    return made


def _pick(values: Iterable[Accepted], moment: Moment) -> dict[str, Accepted]:
    """The headline amounts of a moment in the scope that they mean, by quantity."""
    return {v.item: v for v in pick_headlines(list(values), moment) if v.money and not v.scope}
