"""Write ``ontology/places.ttl`` from a list of GB/T 2260 divisions.

    python scripts/make_places.py LIST.csv [FILE]

``LIST.csv`` has the columns ``gb2260, name, level, parent`` (level ``province``, ``prefecture`` or ``county``). It is
not part of the repository. Rows that only group the counties below a province (市辖区, 县, 省直辖县级行政区划 …) are no
places of their own at prefecture level: they are kept for the hierarchy, named after their province. A city without
districts that the list repeats as its own county (东莞市 …) is written once, as the prefecture-level city that it is.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

BASE = "https://w3id.org/gongkai/"
LEVELS = {"province": "levelProvince", "prefecture": "levelPrefecture", "county": "levelCounty"}
GROUPING = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}

# Each seen in at least one independent source; the division code (P442) joins the others.
WIKIDATA = {"110000": "Q956", "310000": "Q8686", "440300": "Q15174", "440100": "Q16572", "440000": "Q15175"}

ENGLISH = {
    "110000": "Beijing", "120000": "Tianjin", "130000": "Hebei", "140000": "Shanxi", "150000": "Inner Mongolia",
    "210000": "Liaoning", "220000": "Jilin", "230000": "Heilongjiang", "310000": "Shanghai", "320000": "Jiangsu",
    "330000": "Zhejiang", "340000": "Anhui", "350000": "Fujian", "360000": "Jiangxi", "370000": "Shandong",
    "410000": "Henan", "420000": "Hubei", "430000": "Hunan", "440000": "Guangdong", "450000": "Guangxi",
    "460000": "Hainan", "500000": "Chongqing", "510000": "Sichuan", "520000": "Guizhou", "530000": "Yunnan",
    "540000": "Tibet", "610000": "Shaanxi", "620000": "Gansu", "630000": "Qinghai", "640000": "Ningxia",
    "650000": "Xinjiang", "430600": "Yueyang", "440100": "Guangzhou", "440300": "Shenzhen", "610300": "Baoji",
}  # fmt: skip

HEAD = f"""\
# GB/T 2260 行政区划：省、地、县三级
# Administrative divisions of GB/T 2260: provinces, prefectures, counties
# Written by scripts/make_places.py; change that, not this file.
@prefix gk:   <{BASE}ontology#> .
@prefix p:    <{BASE}id/place/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wd:   <http://www.wikidata.org/entity/> .

"""


def write_places(rows: list[dict[str, str]]) -> str:
    """The Turtle text of all places."""
    names = {row["gb2260"]: row["name"] for row in rows}
    parts = [HEAD]
    for row in rows:
        code, name, parent = row["gb2260"], row["name"], row["parent"]
        if parent == code:
            continue
        if parent and parent not in names:
            raise SystemExit(f"{code} {name}: its parent {parent} is not in the list. Correct the list.")
        grouping = row["level"] == "prefecture" and name in GROUPING
        label = f'"{names[parent]}{name}"@zh' if grouping else f'"{name}"@zh'
        if code in ENGLISH:
            label += f', "{ENGLISH[code]}"@en'
        level = LEVELS[row["level"]]
        line = f'p:{code} a gk:Place ; rdfs:label {label} ; gk:divisionCode "{code}" ; gk:placeLevel gk:{level}'
        if parent:
            line += f" ; gk:parentPlace p:{parent}"
        if code in WIKIDATA:
            line += f" ; skos:exactMatch wd:{WIKIDATA[code]}"
        parts.append(line + " .\n")
    return "".join(parts)


def main(arguments: list[str]) -> int:
    """Read the list, write the file."""
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    with Path(arguments[0]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    usual = Path(__file__).resolve().parents[1] / "ontology" / "places.ttl"
    target = Path(arguments[1]) if len(arguments) == 2 else usual
    text = write_places(rows)
    target.write_text(text, encoding="utf-8")
    print(f"{target.name}: {text.count(' a gk:Place ')} places")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
