"""Where an office stands among offices of its kind: the same quantity, year, phase and scope, one strip each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from service.pages.charts import Dot, draw_strip, is_logarithmic
from service.pages.profiles.accepted import HEADLINE_ITEMS, Accepted, Moment
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


def read_standings(
    rows: Iterable[Row], values: Iterable[Accepted], moment: Moment, prefix: str, language: str, title: str
) -> list[Standing]:
    """The strips of the headline quantities of which at least :data:`LEAST` offices have an amount, the own among them.

    ``rows`` are of ``pages/profile-peers``; ``title`` names year and phase.
    """
    known = {v.item: v for v in values if (v.year, v.phase, v.scope) == (moment.year, moment.phase, "") and v.money}
    found: dict[str, dict[str, Peer]] = defaultdict(dict)
    kinds: dict[str, str] = {}
    for row in rows:
        item = row["quantity"].text.rpartition("/")[2]
        if item in known:
            kinds.setdefault(item, row["kind"].text)
            peer = Peer(
                row["agency"].text, row["label"].text, Decimal(row["amount"].text),
                row["degree"].text.removeprefix(prefix), row["place"].text, row["agency"].text == known[item].agency,
            )  # fmt: skip
            found[item].setdefault(peer.agency, peer)
    made = []
    for item in (i for i in HEADLINE_ITEMS if i in found):
        peers = sorted(found[item].values(), key=lambda p: (-p.amount, p.label))
        own = known[item]
        if len(peers) >= LEAST and any(p.own for p in peers):
            dots = [Dot(p.label, float(p.amount), p.own) for p in peers]
            rank = 1 + sum(1 for p in peers if p.amount > own.number)
            chart = draw_strip(dots, f"{own.name(language)} · {title}", language)
            made.append(Standing(own, kinds[item], tuple(peers), rank, is_logarithmic(dots), chart))
    return made
