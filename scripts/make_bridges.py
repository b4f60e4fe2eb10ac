"""Write ``ontology/bridges.ttl``: how our codes meet COFOG 1999 and the GFSM 2014.

    python scripts/make_bridges.py [FILE]

The mappings stand in ``cofog.toml`` and ``gfs.toml`` with a reason each. Every 类 and 款 of the code lists needs a
mapping or a reason why it has none; what the lists do not have is left out. Each mapping is a SKOS statement, and an
``xkos:ConceptAssociation`` that carries the reason, and the doubt where there is one.

    python scripts/make_bridges.py --doubtful

prints the table of doubtful mappings that ``docs/bridges.md`` holds.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.words.codes import load_codes

BASE = "https://w3id.org/gongkai/"
RELATIONS = {"exact": "exactMatch", "close": "closeMatch", "broad": "broadMatch"}
COFOG = "urn:sdmx:org.sdmx.infomodel.codelist.Code=ESTAT:CL_COFOG(1.0)."
#: COFOG as the Australian Government's linked data register publishes it: 01, 01-1.
ANSWERING = "http://linked.data.gov.au/def/cofog/"
GFS = f"{BASE}id/gfs-2014/"

HEAD = f"""\
# 科目与国际分类的对应：COFOG 1999（政府职能分类）、GFSM 2014（政府财政统计手册）
# How our codes meet the international classifications COFOG 1999 and GFSM 2014
# Written by scripts/make_bridges.py from scripts/cofog.toml and scripts/gfs.toml; change those, not this file.
#
# The Chinese classifications were not made from these: a close match is close in name and core, not in extent; a broad
# match lies inside its target. See docs/bridges.md.
@prefix gk:   <{BASE}ontology#> .
@prefix code: <{BASE}id/code/> .
@prefix gfs:  <{GFS}> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xkos: <http://rdf-vocabulary.ddialliance.org/xkos#> .

"""


@dataclass(frozen=True)
class Bridge:
    """One code with its counterpart. ``code`` is ``function/20103``; ``reason`` and ``doubt`` are in zh and en."""

    code: str
    relation: str
    target: str
    reason: tuple[str, str]
    doubt: tuple[str, str] | None


def read_cofog(known: Mapping[str, Any]) -> list[Bridge]:
    """The mappings to COFOG of the codes that the functional list has."""
    return _read("function", known["map"], {f"function/{c}": d for c, d in known["doubtful"].items()},
                 {f"function/{c}" for codes in known["left_out"] for c in codes.split()}, known["name"])  # fmt: skip


def read_gfs(known: Mapping[str, Any]) -> list[Bridge]:
    """The mappings to the GFSM 2014 of both economic lists."""
    left_out = {code for codes in known["left_out"] for code in codes.split()}
    return [
        mapping
        for scheme in ("economic-2018", "government-economic-2018")
        for mapping in _read(scheme, known[scheme], known["doubtful"], left_out, known["name"])
    ]


def _read(
    scheme: str,
    table: Mapping[str, list[str]],
    doubts: Mapping[str, list[str]],
    left_out: set[str],
    names: Mapping[str, list[str]],
) -> list[Bridge]:
    listed = [code for code in load_codes(scheme).names if len(code) <= 5]
    open_ = [c for c in listed if c not in table and f"{scheme}/{c}" not in left_out]
    if open_:
        raise SystemExit(f"{scheme}: {', '.join(open_)} have no mapping. Add one, or say why in left_out.")
    both = [c for c in table if f"{scheme}/{c}" in left_out]
    if both:
        raise SystemExit(f"{scheme}: {', '.join(both)} are mapped and left out. Decide for one.")
    found = []
    for code in sorted(listed):
        if code in table:
            relation, target, zh, en = table[code]
            if relation not in RELATIONS or target not in names:
                raise SystemExit(f"{scheme}/{code}: {relation} {target} is no relation and target. Correct the row.")
            zh_doubt, en_doubt = doubts.get(f"{scheme}/{code}", ("", ""))
            doubt = (zh_doubt, en_doubt) if zh_doubt else None
            found.append(Bridge(f"{scheme}/{code}", relation, target, (zh, en), doubt))
    return found


def write_cofog(mappings: list[Bridge], names: Mapping[str, list[str]]) -> str:
    """The bridge to COFOG in Turtle, with the concepts of COFOG that it leads to."""
    used = {m.target for m in mappings} | {m.target[:4] for m in mappings}
    parts = []
    for notation in sorted(used):
        zh, en = names[notation]
        number = notation[2:4] + (f"-{notation[5]}" if len(notation) == 6 else "")
        broader = f" ; skos:broader <{COFOG}{notation[:4]}>" if len(notation) == 6 else ""
        parts.append(
            f'<{COFOG}{notation}> a skos:Concept ; skos:notation "{notation}" ; rdfs:label "{en}"@en ;\n'
            f'    skos:prefLabel "{zh}"@zh, "{en}"@en ; skos:exactMatch <{ANSWERING}{number}>{broader} .\n'
        )
    title = ("支出功能分类与 COFOG 1999 的对应", "functional classification and COFOG 1999")
    return "".join(parts) + _write("cofog-1999", title, mappings, lambda t: f"<{COFOG}{t}>")


def write_gfs(mappings: list[Bridge], names: Mapping[str, list[str]]) -> str:
    """The bridge to the GFSM 2014 in Turtle, with its items as concepts of our own: the IMF publishes no IRIs."""
    parts = [
        f"<{BASE}id/scheme/gfs-2014> a skos:ConceptScheme ;\n"
        '    rdfs:label "政府财政统计手册 2014：费用与资产负债交易"@zh, '
        '"Government Finance Statistics Manual 2014: expense, transactions in assets and liabilities"@en .\n'
    ]
    for number, (zh, en) in sorted(names.items()):
        above = number[:-1]
        while above and above not in names:
            above = above[:-1]
        broader = f"skos:broader gfs:{above} ; " if above else ""
        parts.append(
            f'gfs:{number} a skos:Concept ; skos:notation "GFS{number}" ; {broader}'
            f"skos:inScheme <{BASE}id/scheme/gfs-2014> ;\n"
            f'    rdfs:label "{zh}"@zh, "{en}"@en ; skos:prefLabel "{zh}"@zh, "{en}"@en .\n'
        )
    title = ("支出经济分类与 GFSM 2014 的对应", "economic classifications and GFSM 2014")
    return "".join(parts) + _write("gfs-2014", title, mappings, lambda t: f"gfs:{t}")


def _write(slug: str, title: tuple[str, str], mappings: list[Bridge], target: Any) -> str:
    name = f"{BASE}id/correspondence/{slug}"
    schemes = sorted({m.code.partition("/")[0] for m in mappings})
    compared = ", ".join(f"<{BASE}id/scheme/{s}>" for s in schemes)
    parts = [
        f'\n<{name}> a xkos:Correspondence ; rdfs:label "{title[0]}"@zh, "{title[1]}"@en ;\n'
        f"    xkos:compares {compared} ;\n"
        f"    xkos:madeOf {', '.join(f'<{name}/{m.code}>' for m in mappings)} .\n\n"
    ]
    for m in mappings:
        iri, goal = f"<{BASE}id/code/{m.code}>", target(m.target)
        doubt = f' ;\n    gk:doubt "{m.doubt[0]}"@zh, "{m.doubt[1]}"@en' if m.doubt else ""
        parts.append(
            f"{iri} skos:{RELATIONS[m.relation]} {goal} .\n"
            f"<{name}/{m.code}> a xkos:ConceptAssociation ; xkos:sourceConcept {iri} ; xkos:targetConcept {goal} ;\n"
            f'    rdfs:comment "{m.reason[0]}"@zh, "{m.reason[1]}"@en{doubt} .\n'
        )
    return "".join(parts)


def list_doubtful(mappings: list[Bridge]) -> str:
    """The doubtful mappings as a table in Markdown."""
    rows = ["| code 科目 | mapped to 对应 | what speaks against it 存疑之处 |", "| --- | --- | --- |"]
    for m in mappings:
        if m.doubt:
            scheme, _, number = m.code.partition("/")
            name = load_codes(scheme).names[number][0]
            rows.append(f"| {number} {name} | {m.relation} {m.target} | {m.doubt[0]} {m.doubt[1]} |")
    return "\n".join(rows) + "\n"


def main(arguments: list[str]) -> int:
    """Read the tables, write the file or the doubts."""
    if len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    here = Path(__file__).resolve().parent
    cofog, gfs = (tomllib.loads((here / f"{name}.toml").read_text(encoding="utf-8")) for name in ("cofog", "gfs"))
    functions, economics = read_cofog(cofog), read_gfs(gfs)
    if arguments == ["--doubtful"]:
        print(list_doubtful([*functions, *economics]), end="")
        return 0
    text = HEAD + write_cofog(functions, cofog["name"]) + "\n" + write_gfs(economics, gfs["name"])
    target = Path(arguments[0]) if arguments else here.parent / "ontology" / "bridges.ttl"
    target.write_text(text, encoding="utf-8")
    print(f"{target.name}: {len(functions)} mappings to COFOG, {len(economics)} to the GFSM")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
