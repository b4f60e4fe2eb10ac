"""A graph of the real shape and of any size: the built documents, copied as documents of offices that do not exist.

A copy has its own document, agencies, projects and figures; its amounts and years differ from the original's, by the
copy's number, so that the same number always gives the same graph. What documents share (codes, places, services, the
ontology) is there once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from loaders.build.building import build
from loaders.settings import DEFAULT_BASE, Settings

_DOCUMENT = f"{DEFAULT_BASE}id/document/"
_AGENCY = re.compile(re.escape(f"{DEFAULT_BASE}id/agency/") + r"(\d{6})-([0-9a-f]{8})")
_AMOUNT = re.compile(
    re.escape(f"<{DEFAULT_BASE}ontology#") + r"(?:amount|precision|sum)> \"(-?[0-9.]+)\"\^\^<\S+decimal>"
)
_YEAR = re.compile(
    re.escape(f"<{DEFAULT_BASE}ontology#") + r"(?:year> \"(\d{4})\"\^\^<\S+integer>|fiscalYear> \"(\d{4})\")"
)
_LABEL = re.compile(r"(<http://www\.w3\.org/2000/01/rdf-schema#label> \"[^\"\\]*)\"@zh")
#: Years before the document's own that copies are about: that of copy k is k % SPREAD years earlier.
SPREAD = 8


def make_graph(target: Path, quads: int, folder: Path) -> int:
    """Writes a graph of about ``quads`` quads as N-Quads; returns how many it has. ``folder`` is for its own use.

    Each copy is of all documents; as many are made as come nearest to the number.
    """
    shared, own = _list_statements(folder / "built")
    copies = max(0, round((quads - len(shared) - len(own)) / len(own)))
    documents = sorted({d for line in own for d in re.findall(rf"{re.escape(_DOCUMENT)}([a-z0-9-]+)", line)})
    written = 0
    with target.open("w", encoding="utf-8") as file:
        for line in (*shared, *own):
            file.write(line)
        written += len(shared) + len(own)
        for number in range(1, copies + 1):
            # The same statement may come out of two (of a thing that both name): a store keeps it once.
            for line in copy(own, documents, number):
                file.write(line)
                written += 1
    return written


def _list_statements(store: Path) -> tuple[list[str], list[str]]:
    """The statements of a build as lines of N-Quads: those that documents share, and those of one alone."""
    report = build((), store, Settings(store=store))
    if report.snapshot is None or report.failures:
        raise SystemExit(f"the documents could not be built: {report.failures}")
    content = ox.Store.read_only(str(report.snapshot.database)).dump(format=ox.RdfFormat.N_QUADS)
    lines = content.decode("utf-8").splitlines(keepends=True)
    graphs = (f"<{DEFAULT_BASE}graph/ontology> .", f"<{DEFAULT_BASE}graph/dataset> .")
    shared = [line for line in lines if line.rstrip().endswith(graphs) or not _is_own(line)]
    known = set(shared)
    return shared, [line for line in lines if line not in known]


def _is_own(line: str) -> bool:
    return f"<{_DOCUMENT}" in line or f"{DEFAULT_BASE}id/agency/" in line


def copy(lines: list[str], documents: list[str], number: int) -> Iterator[str]:
    """The statements of one copy."""
    names = re.compile("|".join(re.escape(d) for d in sorted(documents, key=len, reverse=True)))
    mark = f"（{number:04}）"
    factor = Decimal(1) + Decimal(number % 97) / 100
    back = number % SPREAD

    def rename_agency(match: re.Match[str]) -> str:
        digest = sha256(f"{match[2]} {number}".encode()).hexdigest()[:8]
        return f"{DEFAULT_BASE}id/agency/{match[1]}-{digest}"

    def change_amount(match: re.Match[str]) -> str:
        value = format((Decimal(match[1]) * factor).normalize(), "f")
        return match[0].replace(f'"{match[1]}"', f'"{value}"', 1)

    def change_year(match: re.Match[str]) -> str:
        year = match[1] or match[2]
        return match[0].replace(f'"{year}"', f'"{int(year) - back}"', 1)

    for line in lines:
        text = names.sub(lambda m: f"{m[0]}-{number:04}", line)
        text = _AGENCY.sub(rename_agency, text)
        if "ontology#" in text:
            text = _AMOUNT.sub(change_amount, text, count=1)
            text = _YEAR.sub(change_year, text, count=1)
        yield _LABEL.sub(rf'\1{mark}"@zh', text, count=1)
