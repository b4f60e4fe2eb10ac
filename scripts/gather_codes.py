"""Write ``ontology/codes/attested.ttl``: which codes documents print, under which names, in which fiscal years.

    python scripts/gather_codes.py FOLDER|FILE … [--output FILE]

Every document is read as ``gongkai build`` reads it; a name counts where a table by classification prints it beside its
code, and each document counts once for a code. Which document that was is not written down: of the documents that are
read only a few are the project's own. ``make_codes.py`` takes what this script writes into the code lists. The files
of the repository's own ``documents/`` are always read as well.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from loaders.catalogue import Catalogue
from loaders.derived.learning import list_namings
from loaders.errors import GongkaiError
from loaders.facts import Facts
from loaders.graph.iris import clean_code, digest, find_classification
from loaders.pipeline import read_facts
from loaders.resources import documents_folder, find_ontology_folder
from loaders.words.codes import fold, load_codes

BASE = "https://w3id.org/gongkai/"
HEAD = f"""\
# 文件所印的科目名称：名称、财政年度、文件数
# Names of codes as documents print them: name, fiscal years, number of documents
# Written by scripts/gather_codes.py; change that, not this file.
@prefix gk:   <{BASE}ontology#> .
@prefix n:    <{BASE}id/code-name/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .

"""


@dataclass
class Attested:
    """A name of a code: how documents spell it, and how many of each fiscal year print it."""

    spellings: Counter[str] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)


def list_names(facts: Facts) -> list[tuple[str, str]]:
    """The codes that a document prints, as ``function/2010301``, each with its name.

    Beside what :func:`list_namings` is sure of these are the codes that stand beside a name which the lists have for
    them: a name that several codes share (其他支出) is no doubt about a code that bears it.
    """
    found = {naming.code: naming.name for naming in list_namings(facts)}
    for figure in facts.figures:
        code, year = clean_code(figure.subject_code), facts.fiscal_year or figure.fiscal_year
        classification = find_classification(figure.subject_kind, code, year) if code else ""
        full = f"{classification}/{code}"
        if not classification or full in found:
            continue
        if load_codes(classification).matches(code, figure.subject_label):
            found[full] = "".join(figure.subject_label.split())
    return sorted(found.items())


def read(path: Path) -> tuple[str, int | None, list[tuple[str, str]]]:
    """The digest, the fiscal year and the named codes of one document; none if it is no document of an office."""
    try:
        facts = read_facts(path, Catalogue.load(documents_folder()))
    except GongkaiError as error:
        print(f"left out: {error}", file=sys.stderr)
        return "", None, []
    return facts.document.sha256, facts.fiscal_year, list_names(facts)


def gather(found: Iterable[tuple[str, int | None, list[tuple[str, str]]]]) -> dict[str, dict[str, Attested]]:
    """code → folded name → who prints it. A content that comes twice counts once; one without a year tells nothing."""
    seen: set[str] = set()
    names: dict[str, dict[str, Attested]] = defaultdict(lambda: defaultdict(Attested))
    for sha256, year, pairs in found:
        if not sha256 or sha256 in seen or year is None:
            continue
        seen.add(sha256)
        for code, name in pairs:
            attested = names[code][fold(name)]
            attested.spellings[name] += 1
            attested.years[year] += 1
    return names


def write(names: dict[str, dict[str, Attested]]) -> str:
    """What was gathered, in Turtle."""
    parts = [HEAD]
    for code in sorted(names):
        for attested in sorted(names[code].values(), key=lambda a: sorted(a.years)):
            name = max(sorted(attested.spellings), key=attested.spellings.__getitem__)
            years, count = sorted(attested.years), attested.years.total()
            digits = code.rpartition("/")[2]
            span = "、".join(map(str, years))
            stated = ", ".join(f'"{year}"^^xsd:gYear' for year in years)
            parts.append(
                f"<{BASE}id/code-name/{code}/{digest(name)}> a gk:CodeName ; gk:nameOf <{BASE}id/code/{code}> ;\n"
                f'    skos:prefLabel "{name}"@zh ; rdfs:label "{digits} {name}（{span}）"@zh, '
                f'"{digits} {name} ({", ".join(map(str, years))})"@en ;\n'
                f"    gk:attestedYear {stated} ; gk:attestedInDocuments {count} .\n"
            )
    return "".join(parts)


def list_files(given: Iterable[Path]) -> list[Path]:
    """The files that are meant: those of folders, and the repository's own."""
    files: dict[Path, None] = {}
    for path in [*given, documents_folder()]:
        inside = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix != ".toml") if path.is_dir() else [path]
        files.update(dict.fromkeys(inside))
    return list(files)


def main(arguments: list[str]) -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", type=Path, help="documents, or folders of them")
    parser.add_argument("--output", type=Path, default=find_ontology_folder() / "codes" / "attested.ttl")
    parser.add_argument("--jobs", type=int, default=2, help="documents that are read at a time")
    chosen = parser.parse_args(arguments)
    with ProcessPoolExecutor(chosen.jobs) as pool:
        found = list(pool.map(read, list_files(chosen.paths)))
    names = gather(found)
    chosen.output.write_text(write(names), encoding="utf-8")
    print(
        f"{chosen.output.name}: {len(names)} codes of {sum(bool(s) and y is not None for s, y, _ in found)} documents"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
