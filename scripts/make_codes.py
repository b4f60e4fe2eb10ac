"""Write the code lists of ``ontology/codes`` from a list of codes read from published budgets.

    python scripts/make_codes.py LIST.csv [FOLDER]

``LIST.csv`` is one witness, ``attested.ttl`` in the folder (written by ``gather_codes.py``) the other: the names that
documents at hand print beside codes, with their years. ``LIST.csv`` has the columns ``kind, code, level, name, n_docs,
other_readings``: in how many budgets a reading of a code was seen, and which other readings there were
(``reading:count|…``). It is not part of the repository. What the script knows beside both (missing parents, former
names, English names, correspondences) is in ``codes.toml``.
"""

from __future__ import annotations

import csv
import sys
import tomllib
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import rdflib
from rdflib.namespace import SKOS

from loaders.graph.iris import digest

BASE = "https://w3id.org/gongkai/"
GK = rdflib.Namespace(f"{BASE}ontology#")
KINDS = {
    "功能分类": "function",
    "部门预算支出经济分类": "economic-2018",
    "政府预算支出经济分类": "government-economic-2018",
}
#: What documents at hand print, beside the files that are written.
ATTESTED = "attested.ttl"
LEVELS = {3: "levelLei", 5: "levelKuan", 7: "levelXiang"}
FIRST_DIGIT = {"function": "2", "economic-2018": "3", "economic-2007": "3", "government-economic-2018": "5"}


@dataclass(frozen=True)
class Scheme:
    """One classification in one edition: the class of its codes, its names and definitions."""

    slug: str
    cls: str
    english: str
    edition: str
    zh: str
    en: str
    define_zh: str
    define_en: str


SCHEMES = (
    Scheme(
        "function", "FunctionCode", "function", "",
        "支出功能分类科目", "functional classification of expenditure",
        "政府收支分类中的支出功能分类：按政府职能说明支出用来做什么，分类、款、项三级。",
        "The functional classification of Chinese government expenditure: what money is for, in three levels.",
    ),
    Scheme(
        "economic-2018", "EconomicCode", "economic", "2018",
        "部门预算支出经济分类科目（2018 年版）", "departments' economic classification of expenditure (2018)",
        "2018 年改革以来的部门预算支出经济分类：按用途说明支出怎么花，分类、款两级。",
        "The departments' economic classification since the reform of 2018: what is bought, in two levels.",
    ),
    Scheme(
        "economic-2007", "EconomicCode", "economic", "2007",
        "支出经济分类科目（2007 年版）", "economic classification of expenditure (2007)",
        "2018 年改革以前的支出经济分类；这里只列 2017 年度预算文件中印出的科目。",
        "The economic classification before the reform of 2018; only codes that a budget of 2017 prints are listed.",
    ),
    Scheme(
        "government-economic-2018", "GovernmentEconomicCode", "government-economic", "2018",
        "政府预算支出经济分类科目（2018 年版）", "government budget's economic classification of expenditure (2018)",
        "2018 年改革设立的政府预算支出经济分类，与部门预算支出经济分类并行。",
        "The government budget's economic classification, set up by the reform of 2018 beside the departments' one.",
    ),
)  # fmt: skip


@dataclass
class Code:
    """One code of a scheme with its names."""

    code: str
    name: str
    budgets: int
    alternatives: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    former: tuple[str, str] | None = None
    sources: list[str] = field(default_factory=list)
    #: names that documents print: name → (fiscal years, documents)
    attested: dict[str, tuple[list[int], int]] = field(default_factory=dict)


def normal(text: str) -> str:
    """``text`` in NFKC and without white space, so that bracket widths do not count."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_subsequence(short: str, long: str) -> bool:
    """Whether the characters of ``short`` occur in ``long`` in the same order."""
    rest = iter(long)
    return all(c in rest for c in short)


def judge_reading(reading: str, name: str) -> str:
    """What another reading of a code is: ``alternative``, ``hidden`` (truncated or misprinted) or ``garbage``.

    A reading counts only if it is the name itself in other brackets, the name with a bracket behind it, the name
    with a character or two more or less, or the name with its end cut off.
    """
    a, b = normal(reading), normal(name)
    if a == b or (a.split("(")[0] == b.split("(")[0] and a.endswith(")")):
        return "alternative"
    if 0 < len(a) - len(b) <= 2 and is_subsequence(b, a):
        return "alternative"
    if len(b) - len(a) == 1 and is_subsequence(a, b) and not b.startswith(a):
        return "alternative"
    if len(a) >= 6 and len(a) >= 0.6 * len(b) and is_subsequence(a, b):
        return "hidden"
    if len(a) == len(b) >= 5 and sum(x != y for x, y in zip(a, b, strict=True)) == 1:
        return "hidden"
    return "garbage"


def find_run_together(rows: list[dict[str, str]]) -> set[str]:
    """Codes that are a row number or an ordinal run together with a shorter code of the same name."""
    names = {row["code"]: row["name"] for row in rows}
    return {
        code
        for code, name in names.items()
        for cut in range(1, len(code) - 2)
        if code[cut:] in names and names[code[cut:]] == name and code[cut:][0] != "0"
    }


def read_codes(path: Path, known: dict[str, Any]) -> tuple[dict[str, dict[str, Code]], dict[str, str]]:
    """The codes by scheme, and the rejected ones with the reason."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rejected: dict[str, str] = dict.fromkeys(find_run_together(rows), "a shorter code behind a row number")
    rejected.update(known["rejected"])
    schemes: dict[str, dict[str, Code]] = {scheme.slug: {} for scheme in SCHEMES}
    for row in rows:
        slug, number = KINDS[row["kind"]], row["code"]
        if number in rejected:
            continue
        if not number.startswith(FIRST_DIGIT[slug]) or len(number) not in LEVELS:
            raise SystemExit(f"{path}: {number} is no code of {slug}. Correct the list or reject it in codes.toml.")
        code = Code(number, row["name"], int(row["n_docs"]))
        for reading in filter(None, row["other_readings"].split("|")):
            text = reading.rpartition(":")[0]
            verdict = judge_reading(text, row["name"])
            if verdict == "alternative":
                code.alternatives.append(text)
            elif verdict == "hidden":
                code.hidden.append(text)
        schemes[slug][number] = code
    for slug, codes in schemes.items():
        for number, name in known.get(slug, {}).items():
            codes.setdefault(number, Code(number, name, 0))
        for number, (name, when) in known["former"].get(slug, {}).items():
            if number in codes:
                codes[number].former = (name, when)
    for document, numbers in known["printed"].items():
        for number in numbers:
            schemes["function"][number].sources.append(document)
    for code in schemes["economic-2007"].values():
        code.sources.append("shanghai-2017-budget")
    return schemes, rejected


def read_attested(path: Path) -> dict[str, dict[str, tuple[list[int], int]]]:
    """What documents print: ``function/2010301`` → name → its fiscal years and the number of documents."""
    graph = rdflib.Graph().parse(path)
    found: dict[str, dict[str, tuple[list[int], int]]] = {}
    for node, code in graph.subject_objects(GK.nameOf):
        years = sorted(int(str(y)) for y in graph.objects(node, GK.attestedYear))
        count = int(str(graph.value(node, GK.attestedInDocuments)))
        name = str(graph.value(node, SKOS.prefLabel))
        found.setdefault(str(code).removeprefix(f"{BASE}id/code/"), {})[name] = (years, count)
    return found


def add_attested(schemes: dict[str, dict[str, Code]], attested: dict[str, dict[str, tuple[list[int], int]]]) -> None:
    """Adds what documents print: codes that the list lacks, and names that a code bore or has besides."""
    for full, names in sorted(attested.items()):
        slug, _, number = full.partition("/")
        if slug not in schemes:
            continue
        usual = max(names, key=lambda name: (max(names[name][0]), names[name][1], name))
        code = schemes[slug].setdefault(number, Code(number, usual, 0))
        code.attested = names
        for name in names:
            if normal(name) != normal(code.name):
                kind = code.hidden if judge_reading(name, code.name) == "hidden" else code.alternatives
                kind.append(name)


def find_broader(code: str, codes: dict[str, Code]) -> str | None:
    """The nearest code above ``code`` that exists, or None for a class."""
    for length in (5, 3):
        if length < len(code) and code[:length] in codes:
            return code[:length]
    if len(code) > 3:
        raise SystemExit(f"{code}: neither its group nor its class is known. Add one to codes.toml.")
    return None


def quote(text: str) -> str:
    """``text`` as a Turtle string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def english_of(code: Code, scheme: Scheme, known: dict[str, Any]) -> str | None:
    """The English name: of this code in this edition, of this code in any, or of its Chinese name."""
    english: dict[str, dict[str, str]] = known["english"]
    for table, key in ((scheme.slug, code.code), (scheme.english, code.code), ("name", code.name)):
        if name := english.get(table, {}).get(key):
            return name
    return None


HEAD = """\
# {zh}
# {en}
# Written by scripts/make_codes.py; change that, not this file.
@prefix gk:   <{base}ontology#> .
@prefix c:    <{base}id/code/{slug}/> .
@prefix s:    <{base}id/scheme/> .
@prefix doc:  <{base}id/document/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dct:  <http://purl.org/dc/terms/> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .

s:{slug} a skos:ConceptScheme ;
    rdfs:label {zh_q}@zh, {en_q}@en ; skos:prefLabel {zh_q}@zh, {en_q}@en ;
    skos:definition {dzh}@zh, {den}@en ;
    skos:hasTopConcept {top} .
"""


def write_scheme(scheme: Scheme, codes: dict[str, Code], known: dict[str, Any]) -> str:
    """The Turtle text of one scheme."""
    top = ", ".join(f"c:{n}" for n in sorted(codes) if len(n) == 3)
    parts = [
        HEAD.format(
            zh=scheme.zh, en=scheme.en, base=BASE, slug=scheme.slug, zh_q=quote(scheme.zh), en_q=quote(scheme.en),
            dzh=quote(scheme.define_zh), den=quote(scheme.define_en), top=top,
        )
    ]  # fmt: skip
    scheme_iri = f"s:{scheme.slug}"
    for number in sorted(codes):
        code = codes[number]
        labels = f"{quote(code.name)}@zh"
        if english := english_of(code, scheme, known):
            labels += f", {quote(english)}@en"
        lines = [f"c:{number} a gk:{scheme.cls}, skos:Concept ; skos:notation {quote(number)}"]
        lines.append(f"rdfs:label {labels} ; skos:prefLabel {labels}")
        alternatives = code.alternatives + ([code.former[0]] if code.former else [])
        alternatives = [a for a in dict.fromkeys(alternatives) if a != code.name]
        if alternatives:
            lines.append("skos:altLabel " + ", ".join(f"{quote(a)}@zh" for a in alternatives))
        if code.hidden:
            lines.append("skos:hiddenLabel " + ", ".join(f"{quote(h)}@zh" for h in dict.fromkeys(code.hidden)))
        if code.former:
            lines.append(f"skos:historyNote {quote(f'曾用名“{code.former[0]}”：{code.former[1]}。')}@zh")
        broader = find_broader(number, codes)
        place = f"skos:broader c:{broader}" if broader else f"skos:topConceptOf {scheme_iri}"
        lines.append(f"skos:inScheme {scheme_iri} ; {place} ; gk:codeLevel gk:{LEVELS[len(number)]}")
        tail = f"gk:attestedInBudgets {code.budgets}"
        if code.attested:
            years = sorted({year for given, _ in code.attested.values() for year in given})
            tail += f" ; gk:attestedInDocuments {sum(count for _, count in code.attested.values())}"
            tail += " ; gk:attestedYear " + ", ".join(f'"{year}"^^xsd:gYear' for year in years)
        if scheme.edition:
            tail += f" ; gk:edition {quote(scheme.edition)}"
        if code.sources:
            tail += " ; dct:source " + ", ".join(f"doc:{s}" for s in code.sources)
        lines.append(tail)
        parts.append(" ;\n    ".join(lines) + " .")
    return "\n".join(parts) + "\n"


def write_correspondence(schemes: dict[str, dict[str, Code]], known: dict[str, Any]) -> str:
    """The Turtle text of the correspondence between the editions of the economic classification."""
    old, new = schemes["economic-2007"], schemes["economic-2018"]
    table: list[tuple[str, str, list[str], str, str]] = []
    changed = {item["source"] for item in known["correspondence"]}
    for number, code in sorted(old.items()):
        if number in changed:
            continue
        if number in new and normal(new[number].name) == normal(code.name):
            # Same number and name; the scope of a class changed with the codes that moved in or out of it.
            table.append((number, "closeMatch" if len(number) == 3 else "exactMatch", [number], "", ""))
    for item in known["correspondence"]:
        table.append((item["source"], item["match"], item["targets"], item["note_zh"], item["note_en"]))
    name = f"<{BASE}id/correspondence/economic-2007-2018>"
    links = sorted(table)
    associations = ",\n        ".join(f"a:{source}" for source, *_ in links)
    out = [
        "# 支出经济分类 2007 年版与 2018 年版对应\n"
        "# Correspondence between the editions of the economic classification\n"
        "# Written by scripts/make_codes.py; change that, not this file.\n"
        f"@prefix old:  <{BASE}id/code/economic-2007/> .\n@prefix new:  <{BASE}id/code/economic-2018/> .\n"
        f"@prefix a:    <{BASE}id/correspondence/economic-2007-2018/> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix xkos: <http://rdf-vocabulary.ddialliance.org/xkos#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n@prefix owl:  <http://www.w3.org/2002/07/owl#> .\n\n"
        f"{name} a xkos:Correspondence ;\n"
        '    rdfs:label "支出经济分类 2007 年版至 2018 年版对应"@zh, "economic classification, 2007 to 2018"@en ;\n'
        f"    xkos:compares <{BASE}id/scheme/economic-2007>, <{BASE}id/scheme/economic-2018> ;\n"
        f"    xkos:madeOf {associations} .\n"
    ]
    for source, match, targets, zh, en in links:
        goals = ", ".join(f"new:{t}" for t in targets)
        out.append(f"a:{source} a xkos:ConceptAssociation ;")
        out.append(f"    xkos:sourceConcept old:{source} ; xkos:targetConcept {goals} .")
        line = f"old:{source} skos:{match} {goals}"
        if zh:
            line += f" ;\n    skos:changeNote {quote(zh)}@zh, {quote(en)}@en"
        if source in new and source not in targets:
            line += f" ;\n    owl:differentFrom new:{source}"
        out.append(line + " .")
    return "\n".join(out) + "\n"


def find_renamed(codes: dict[str, Code]) -> list[tuple[str, str, str, list[int], list[int]]]:
    """Codes that documents of earlier years call otherwise than those of later ones: code, both names, their years.

    Where the years overlap both names were in use, and nothing was renamed.
    """
    found = []
    for number, code in sorted(codes.items()):
        ordered = sorted(code.attested.items(), key=lambda item: item[1][0])
        for (old, (before, _)), (new, (after, _)) in pairwise(ordered):
            if before[-1] < after[0] and judge_reading(old, new) == "garbage":
                found.append((number, old, new, before, after))
    return found


def write_renamed(codes: dict[str, Code]) -> str:
    """The Turtle text of the correspondence between the names of functional codes in earlier and later editions."""
    renamed = find_renamed(codes)
    name = f"<{BASE}id/correspondence/function-names>"
    out = [
        "# 支出功能分类科目的更名：同一编码在各年度文件中的名称\n"
        "# Functional codes that were renamed: what documents of earlier and of later years call one code\n"
        "# Written by scripts/make_codes.py; change that, not this file.\n"
        f"@prefix n:    <{BASE}id/code-name/> .\n@prefix a:    <{BASE}id/correspondence/function-names/> .\n"
        "@prefix dct:  <http://purl.org/dc/terms/> .\n"
        "@prefix xkos: <http://rdf-vocabulary.ddialliance.org/xkos#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\n"
        f"{name} a xkos:Correspondence ;\n"
        '    rdfs:label "支出功能分类各年度的名称"@zh, "functional classification, names by year"@en ;\n'
        f"    xkos:compares <{BASE}id/scheme/function> ;\n"
        f"    xkos:madeOf {', '.join(f'a:{number}' for number, *_ in renamed)} .\n"
    ]
    for number, old, new, before, after in renamed:
        one, other = (f"<{BASE}id/code-name/function/{number}/{digest(n)}>" for n in (old, new))
        zh = f"{number} 在 {before[-1]} 年度文件中称“{old}”，在 {after[0]} 年度文件中称“{new}”。"
        en = f"{number} is called “{old}” in documents of {before[-1]} and “{new}” in those of {after[0]}."
        out.append(
            f"a:{number} a xkos:ConceptAssociation ; xkos:sourceConcept {one} ; xkos:targetConcept {other} ;\n"
            f"    rdfs:comment {quote(zh)}@zh, {quote(en)}@en .\n{one} dct:isReplacedBy {other} ."
        )
    return "\n".join(out) + "\n"


def main(arguments: list[str]) -> int:
    """Read the list, write the six files, say what was left out."""
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    here = Path(__file__).resolve().parent
    known = tomllib.loads((here / "codes.toml").read_text(encoding="utf-8"))
    schemes, rejected = read_codes(Path(arguments[0]), known)
    folder = Path(arguments[1]) if len(arguments) == 2 else here.parent / "ontology" / "codes"
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / ATTESTED).exists():
        add_attested(schemes, read_attested(folder / ATTESTED))
    for scheme in SCHEMES:
        codes = schemes[scheme.slug]
        (folder / f"{scheme.slug}.ttl").write_text(write_scheme(scheme, codes, known), encoding="utf-8")
        print(f"{scheme.slug}: {len(codes)} codes")
    (folder / "economic-2007-2018.ttl").write_text(write_correspondence(schemes, known), encoding="utf-8")
    (folder / "function-names.ttl").write_text(write_renamed(schemes["function"]), encoding="utf-8")
    for number, reason in sorted(rejected.items()):
        print(f"left out {number}: {reason}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
