"""Ask Wikidata which of its items are our places, and write ``ontology/places-wikidata.ttl``, to look over and commit.

    python scripts/match_wikidata.py [--endpoint URL] [--output FILE]

Wikidata has the code of GB/T 2260 as property P442; ``wikidata-places.rq`` asks for all items that have one. An item is
taken for the same as a place (``owl:sameAs``) only where everything agrees: no other item has the code, the item has no
other code, one of its Chinese names is the place's name, and both have ended or neither has. What agrees in part is
printed, one a line with the reason, and not written: a code that several items share stands for a division and its
seat, or for a division before and after a reform, and only a person can tell which.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox

from loaders.resources import find_ontology_folder

WIKIDATA = "https://query.wikidata.org/sparql"
BASE = "https://w3id.org/gongkai/"
ITEM = "http://www.wikidata.org/entity/"
#: What Wikidata's rules ask of programs: who it is, and where to complain.
AGENT = "gongkai-match-wikidata (https://w3id.org/gongkai/)"
HEAD = f"""\
# 与 Wikidata 条目等同的行政区划：代码（P442）、名称与存废均一致
# Places that are the same as items of Wikidata: code (P442), name and end agree
# Written by scripts/match_wikidata.py; change that, not this file.
@prefix p:   <{BASE}id/place/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix wd:  <{ITEM}> .

"""


@dataclass
class Item:
    """An item of Wikidata: its codes, its Chinese names, and whether it ended."""

    codes: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    ended: bool = False


@dataclass(frozen=True)
class Place:
    """One of our places: its name and whether it was abolished."""

    name: str
    ended: bool


def ask(endpoint: str, query: str) -> list[dict[str, Any]]:
    """The rows that a SPARQL endpoint answers. Ends the program where it cannot be reached or refuses."""
    headers = {"Accept": "application/sparql-results+json", "User-Agent": AGENT}
    try:
        answer = httpx.post(endpoint, data={"query": query}, headers=headers, timeout=120, follow_redirects=True)
        answer.raise_for_status()
        rows: list[dict[str, Any]] = answer.json()["results"]["bindings"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise SystemExit(
            f"{endpoint}: no answer that can be read ({error}). Try again later, or give --endpoint."
        ) from None
    return rows


def read_items(rows: list[dict[str, Any]]) -> dict[str, Item]:
    """The items in the rows, by their identifiers: Q956."""
    items: dict[str, Item] = defaultdict(Item)
    for row in rows:
        item = items[row["item"]["value"].removeprefix(ITEM)]
        item.codes.add(row["code"]["value"])
        item.ended = item.ended or "ended" in row
        if "name" in row:
            item.names.add(row["name"]["value"])
    return dict(items)


def read_places() -> dict[str, Place]:
    """Our places by their codes."""
    names: dict[str, str] = {}
    ended: set[str] = set()
    for name in ("places.ttl", "places-former.ttl"):
        for triple in ox.parse(path=find_ontology_folder() / name):
            code, value = str(getattr(triple.subject, "value", ""))[-6:], triple.object
            if triple.predicate.value.endswith("#label") and isinstance(value, ox.Literal) and value.language == "zh":
                names[code] = value.value
            elif triple.predicate.value.endswith("#abolishedIn"):
                ended.add(code)
    return {code: Place(name, code in ended) for code, name in names.items()}


def match(places: dict[str, Place], items: dict[str, Item]) -> tuple[dict[str, str], list[str]]:
    """The item of each place where all agrees (code → Q…), and why the others have none."""
    holders: dict[str, list[str]] = defaultdict(list)
    for name, item in items.items():
        for code in item.codes:
            holders[code].append(name)
    same: dict[str, str] = {}
    doubts: list[str] = []
    for code, place in sorted(places.items()):
        found = sorted(holders.get(code, ()))
        reason = _find_doubt(place, found, items)
        if reason:
            doubts.append(f"{code} {place.name}: {reason}")
        else:
            same[code] = found[0]
    return same, doubts


def _find_doubt(place: Place, found: list[str], items: dict[str, Item]) -> str:
    """Why a place is not surely the one item that has its code; "" if it is."""
    if not found:
        return "no item has the code"
    if len(found) > 1:
        return f"{', '.join(found)} all have the code"
    item = items[found[0]]
    rules = (
        (len(item.codes) > 1, f"{found[0]} has the codes {', '.join(sorted(item.codes))}"),
        (place.name not in item.names, f"{found[0]} is called {'、'.join(sorted(item.names)) or 'nothing in Chinese'}"),
        (item.ended and not place.ended, f"{found[0]} has ended, the place has not"),
        (place.ended and not item.ended, f"the place has ended, {found[0]} has not"),
    )
    return next((reason for fails, reason in rules if fails), "")


def main(arguments: list[str]) -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--endpoint", default=WIKIDATA, help=f"the SPARQL endpoint that is asked (default: {WIKIDATA})")
    parser.add_argument("--output", type=Path, default=find_ontology_folder() / "places-wikidata.ttl")
    chosen = parser.parse_args(arguments)
    query = Path(__file__).with_name("wikidata-places.rq").read_text(encoding="utf-8")
    same, doubts = match(read_places(), read_items(ask(chosen.endpoint, query)))
    for doubt in doubts:
        print(doubt)
    lines = "".join(f"p:{code} owl:sameAs wd:{item} .\n" for code, item in sorted(same.items()))
    chosen.output.write_text(HEAD + lines, encoding="utf-8")
    print(f"{chosen.output.name}: {len(same)} places; {len(doubts)} without a sure item", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
