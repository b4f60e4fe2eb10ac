"""A document that a reader brings, converted as a build converts it, in a process that ends with it: nothing is kept.

The process has the limits and walls of a build's (:mod:`loaders.build.walled`) and a shorter time, and starts no
program: so scanned pages are not recognised. What it hands back holds no name and no number of a contact.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import pyoxigraph as ox

from loaders.build.conversion import find_bounds
from loaders.build.pool import Broken, Limits, run_tasks
from loaders.build.walled import can_wall, run_walled
from loaders.errors import GongkaiError
from loaders.facts import Facts
from loaders.readers import prepare
from loaders.settings import Settings
from loaders.words.redaction import Redaction
from service.checks.report import FindingCheck

#: What the fork server imports once for all trials.
PRELOAD = ("loaders.build.preload", "service.linked.trial")
#: What may stand in the name of a file as we call it; and how long its stem and its ending may be, in characters.
_UNSAFE = re.compile(r"[^\w\-]+")
_STEM, _ENDING = 40, re.compile(r"\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True)
class Task:
    """A file to convert: its path, the settings of the loaders, the base of IRIs in its graph."""

    path: str
    settings: Settings


@dataclass(frozen=True)
class Refused:
    """A file that is not read: the problem and the remedy, in the loaders' English. ``code`` is a word for programs."""

    code: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class Stated:
    """A figure in its place: where, as printed, and what it is, as :func:`service.linked.exports.list_figures` says."""

    start: int
    end: int
    row: dict[str, Any]


@dataclass(frozen=True)
class Trial:
    """What a document states, as its page shows it, and the files that can be taken away, by name.

    ``paged`` tells that form feeds part its text into pages; ``unknown`` why it is no document that a build takes.
    """

    name: str
    title: str
    kind: str
    year: int | None
    agency: str
    text: str
    paged: bool
    sheet: tuple[dict[str, Any], ...]
    figures: tuple[Stated, ...]
    tokens: dict[str, int]
    findings: tuple[FindingCheck, ...]
    verdicts: dict[str, int]
    warnings: tuple[str, ...]
    unknown: str
    redactions: int
    files: dict[str, bytes]

    @property
    def size(self) -> int:
        """About how many bytes it takes to keep."""
        return sum(map(len, self.files.values())) + 4 * len(self.text) + 600 * len(self.figures)


def name_file(given: str) -> tuple[str, str]:
    """The name of a brought file as it is shown, without any folder, and as it is called here."""
    last = PurePosixPath(given.replace("\\", "/").replace("\0", "")).name or "document"
    own = PurePosixPath(last)
    ending = own.suffix if _ENDING.fullmatch(own.suffix) else ""
    stem = _UNSAFE.sub("_", own.stem if ending else last)[:_STEM].strip("_") or "document"
    return "".join(c if c.isprintable() else "_" for c in last)[:120], f"{stem}{ending.lower()}"


def convert(name: str, content: bytes, settings: Settings, seconds: float) -> Trial | Refused:
    """What a file states. It blocks until the process that reads it has ended; then no byte of it is left on the disk.

    ``settings`` are those of a build, ``seconds`` is how long it may take.
    """
    limits = Limits(seconds, settings.convert_memory_bytes, 1)
    with tempfile.TemporaryDirectory(prefix="gongkai-try-") as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        # What the service knows beside (passwords of endpoints) does not go there.
        known = {field: getattr(settings, field) for field in Settings.model_fields}
        known |= {"ocr": "off", "max_read_seconds": seconds, "convert_seconds": seconds}
        task = Task(str(path), Settings.model_construct(**known))
        for _, outcome in run_tasks([task], read_apart, 1, limits, PRELOAD):
            if isinstance(outcome, Broken):
                return _explain(outcome)
            return outcome
    raise AssertionError("a task has an outcome")


def _explain(broken: Broken) -> Refused:
    if broken.seconds is None:
        problem = "the process that converted it died, perhaps for lack of memory"
        return Refused("died", problem, "Give it more memory, or leave the file out")
    problem = f"it was not converted within the limit of {broken.seconds:g} seconds"
    return Refused("max_try_seconds", problem, "Raise GONGKAI_MAX_TRY_SECONDS, or leave the file out")


def read_apart(task: Task) -> Trial | Refused | Broken:
    """What a file states, read behind walls; for a process of the pool."""
    path, settings = Path(task.path), task.settings
    try:
        work = partial(_read, path, settings)
        if not can_wall():
            return work()
        prepare(path)
        # No program is started: scanned pages are declared, not recognised.
        return run_walled(work, find_bounds(path, settings))
    finally:
        # The folder is its parent's to remove, and that may be killed: what is in it goes at once.
        path.unlink(missing_ok=True)


def _read(path: Path, settings: Settings) -> Trial | Refused:
    """What a file states; the errors of its reading are plain values."""
    from loaders.pipeline import explain_unknown, read_facts

    try:
        facts = read_facts(path, None, settings, strict=False)
        unknown = explain_unknown(facts.document, facts.declined) if facts.kind == "unknown" else ""
        return describe(facts, unknown, settings.base)
    except GongkaiError as error:
        return Refused(type(error).__name__, error.problem, error.remedy)
    except MemoryError:
        return Refused("MemoryError", "it needs more memory than it may use",
                       "Raise GONGKAI_CONVERT_MEMORY_BYTES, or leave the file out")  # fmt: skip
    except RecursionError:
        return Refused("RecursionError", "it is nested too deeply", "Leave the file out")


def describe(facts: Facts, unknown: str, base: str) -> Trial:
    """What a document states, without persons: its text, its ledger and all quotes are masked as its graph is."""
    from loaders.graph import quads
    from service.checks.file_checks import count_tokens, count_verdicts, list_findings
    from service.linked import exports

    redaction = Redaction(facts.document.text, facts.ledger)
    triples = [ox.Triple(q.subject, q.predicate, q.object) for q in quads(facts, base)]
    clean = _mask(facts, redaction)
    figures = tuple(Stated(int(r["start"]), int(r["end"]), r) for r in exports.list_figures(clean))
    sheet = tuple(row for row in exports.list_sheet(clean) if row["value"] is not None)
    findings = tuple(f for f in list_findings(clean) if f.verdict == "contradicted")
    prefixes = {
        "gk": f"{base}ontology#",
        "prov": "http://www.w3.org/ns/prov#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
    }
    files = {
        "text.txt": clean.document.text.encode("utf-8", "replace"),
        "graph.ttl": ox.serialize(dict.fromkeys(triples), format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b"",
        "facts.json": (json.dumps(exports.describe_facts(clean), ensure_ascii=False, indent=1) + "\n").encode(),
    }
    lists = {
        "figures": (exports.FIGURE_COLUMNS, exports.list_figures(clean)),
        "ledger": (exports.LEDGER_COLUMNS, exports.list_ledger(clean)),
        "sheet": (exports.SHEET_COLUMNS, exports.list_sheet(clean)),
    }
    for name, (columns, rows) in lists.items():
        listed = list(rows)
        files[f"{name}.csv"] = _write_csv(columns, listed)
        files[f"{name}.json"] = exports.dump_rows(listed).encode("utf-8")
    return Trial(
        facts.document.name, clean.title or facts.document.name, facts.kind, facts.fiscal_year,
        facts.agency.label if facts.agency else "", clean.document.text, facts.document.format == "pdf", sheet, figures,
        count_tokens(clean), findings, count_verdicts(clean), clean.warnings, unknown, len(redaction.spans), files,
    )  # fmt: skip


def _mask(facts: Facts, redaction: Redaction) -> Facts:
    text = redaction.text
    document = replace(facts.document, text=text)
    ledger = tuple(replace(t, stated=text[t.span.start : t.span.end]) for t in facts.ledger)
    return replace(facts, document=document, ledger=ledger)


def _write_csv(columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> bytes:
    """Rows as CSV for spreadsheets: with a byte order mark, and no text that would run as a formula."""
    from service.linked.csv_tables import spell

    names = list(columns)
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([spell(row[name]) for name in names] for row in rows)
    return output.getvalue().encode("utf-8-sig", "replace")
