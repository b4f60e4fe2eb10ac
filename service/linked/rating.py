"""Candidates rated by what their properties say for them, and which of them is certain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.linked.matching import Asked, Candidate, Wish
from service.search.folding import compact
from service.search.names import find_places
from service.words.terms import KINDS as KIND_WORDS

#: Of each thing, by property, its values as identifier (or text) and label.
Values = Mapping[str, Mapping[str, list[tuple[str, str]]]]
#: What the name counts where properties are asked for as well, of 1.
_OF_NAME = 0.6
#: Another candidate that fits and scores no less than so much below the first leaves the answer open.
_GAP = 3.0
#: Values that tell whose a thing is.
_TELLING = ("place/", "agency/")


@dataclass(frozen=True)
class _Rated:
    candidate: Candidate
    score: float
    met: tuple[bool, ...]
    told: bool

    @property
    def fits(self) -> bool:
        return self.candidate.fits and all(self.met)


def rate(
    asked: Asked, candidates: Sequence[Candidate], values: Values, shorten: Callable[[str], str]
) -> list[dict[str, Any]]:
    """The rows of an answer, the best first; ``match`` is set for one at most.

    Certain is what the name names by a rule, with its place or office (in the name, or by a property), and in
    agreement with all properties; and only where nothing else is as much.
    """
    rated = [_weigh(asked, c, values.get(shorten(c.entry.iri), {})) for c in candidates]
    # Candidates come in their order: of those that score alike the first stays first.
    rated.sort(key=lambda r: -r.score)
    rows = [_write(asked, r, shorten) for r in rated[: asked.limit]]
    if rows and _is_certain(rated):
        rows[0]["match"] = True
    return rows


def _is_certain(rated: Sequence[_Rated]) -> bool:
    first = rated[0]
    if not first.fits or not (first.candidate.placed or first.told):
        return False
    return not any(r.fits and r.score >= first.score - _GAP for r in rated[1:])


def _weigh(asked: Asked, candidate: Candidate, values: Mapping[str, list[tuple[str, str]]]) -> _Rated:
    met, told = [], False
    for wish in asked.wishes:
        hits = [identity for identity, label in values.get(wish.property, []) if _meets(wish, identity, label)]
        met.append(bool(hits))
        told = told or any(hit.startswith(_TELLING) for hit in hits)
    score = candidate.score
    if met:
        score = score * _OF_NAME + 100 * (1 - _OF_NAME) * sum(met) / len(met)
    return _Rated(candidate, score, tuple(met), told)


def _meets(wish: Wish, identity: str, label: str) -> bool:
    """Whether a value, by identifier or by label however written, is one of those wished for."""
    for wanted in wish.values:
        if wanted in (identity, label) or (
            (folded := compact(wanted)) and folded in (compact(identity), compact(label))
        ):
            return True
        if identity.startswith("place/") and identity.removeprefix("place/") in find_places(wanted):
            return True
    return False


def _write(asked: Asked, rated: _Rated, shorten: Callable[[str], str]) -> dict[str, Any]:
    candidate = rated.candidate
    wishes = zip(asked.wishes, rated.met, strict=True)
    return {
        "id": shorten(candidate.entry.iri),
        "name": candidate.entry.label,
        "description": candidate.note,
        "score": round(rated.score, 2),
        "match": False,
        "type": [describe_kind(candidate.entry.kind)],
        "features": [
            {"id": "name", "value": round(candidate.score, 2)},
            *({"id": wish.property, "value": met} for wish, met in wishes),
        ],
    }


def describe_kind(kind: str) -> dict[str, str]:
    """A class as the protocol names a type."""
    return {"id": kind, "name": " / ".join(KIND_WORDS.get(kind, (kind,)))}
