"""The catalogue: what is known of a document beside its text, and how that compares with what the text says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from loaders.errors import CatalogueError
from loaders.facts import DocumentKind, Finding, Verdict
from loaders.paths import exists, find_shown, resolve
from loaders.reconcile.reasons import state
from loaders.reconcile.registry import Rule
from loaders.words.normalise import normalise

if TYPE_CHECKING:
    from loaders.documents import Span
    from loaders.meaning.identity import Identity

FILE_NAME = "catalogue.toml"

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXT_FIELDS = ("id", "file", "title", "agency", "kind", "language", "source", "sha256", "replaces")
_NEEDED = frozenset({"file", "sha256"})


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One document of the catalogue. ``title`` as printed, ``path`` where the file lies, ``sha256`` of its bytes.

    ``file`` is its name as reports show it, which for a name that is no UTF-8 is escaped.

    Only ``file`` and ``sha256`` must be there; what is left out ("" or None) is found in the text, or stays unknown.
    ``replaces`` is the id of the document that this one supersedes.
    """

    id: str
    file: str
    title: str
    agency: str
    fiscal_year: int | None
    kind: DocumentKind | Literal[""]
    language: str
    source: str
    sha256: str
    path: Path = Path()
    replaces: str = ""


@dataclass(frozen=True)
class Catalogue:
    """The entries of one or more ``catalogue.toml``, each id and each file once."""

    entries: tuple[CatalogueEntry, ...] = ()

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """Reads ``folder/catalogue.toml``; a folder without one has an empty catalogue.

        Raises :class:`loaders.errors.CatalogueError` if the file cannot be read, a field is missing or of the wrong
        type, an id or a file is listed twice, or a listed file is not there.
        """
        source = folder / FILE_NAME
        if not exists(source):
            return cls()
        try:
            text = source.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CatalogueError(str(source), f"it cannot be read ({error})", "Mend the file; it is TOML") from error
        return cls.parse(text, source, lambda name: find_shown(folder, name))

    @classmethod
    def parse(cls, text: str, source: Path, find: Callable[[str], list[Path]]) -> Catalogue:
        """The catalogue that ``text`` is; ``source`` is where it lies, ``find`` tells which files a name means.

        Raises as :meth:`load` does.
        """
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise CatalogueError(str(source), f"it cannot be read ({error})", "Mend the file; it is TOML") from error
        rows = data.get("document", [])
        if not isinstance(rows, list) or set(data) - {"document"}:
            raise CatalogueError(
                str(source), "it holds something other than documents", "Begin each entry with [[document]]"
            )
        entries = tuple(_read_entry(row, source, number) for number, row in enumerate(rows, 1))
        _refuse_twice(((e.id, e) for e in entries if e.id), "the id", source)
        _refuse_twice(((e.file, e) for e in entries), "the file", source)
        _refuse_twice(((e.sha256, e) for e in entries), "the SHA-256", source)
        return cls(tuple(_find_file(entry, source, find(entry.file)) for entry in entries))

    @classmethod
    def gather(cls, files: Iterable[Path], documents: Path | None = None, roots: Iterable[Path] = ()) -> Catalogue:
        """The catalogues of the folders ``roots``, of those that ``files`` lie in and of ``documents``, as one.

        Raises :class:`loaders.errors.CatalogueError` as :meth:`load` does, and if two catalogues give one id to
        different contents.
        """
        folders = dict.fromkeys(resolve(f) for f in roots)
        folders |= dict.fromkeys(resolve(f).parent for f in files)
        if documents is not None:
            folders[resolve(documents)] = None
        return cls.join((str(folder / FILE_NAME), cls.load(folder)) for folder in folders)

    @classmethod
    def join(cls, catalogues: Iterable[tuple[str, Catalogue]]) -> Catalogue:
        """Several catalogues, each with its place, as one.

        Raises :class:`loaders.errors.CatalogueError` if two give one id to different contents.
        """
        found: dict[str, CatalogueEntry] = {}
        for place, catalogue in catalogues:
            for entry in catalogue.entries:
                other = found.setdefault(entry.id or entry.sha256, entry)
                if other.sha256 != entry.sha256:
                    raise CatalogueError(
                        place,
                        f"the id {entry.id!r} is also that of {other.path}",
                        "Give one of the two another id",
                    )
        return cls(tuple(found.values()))

    def find(self, path: Path, sha256: str, place: Path | None = None) -> CatalogueEntry | None:
        """The entry of a file, known by its content and else by where it lies; None if it has no entry.

        ``place`` is the path with its links followed, if that is known. Raises
        :class:`loaders.errors.CatalogueError` if the file is listed with another SHA-256.
        """
        entry = self._by_content.get(sha256)
        if entry is not None:
            return entry
        entry = self._by_place.get(place or resolve(path)) if self.entries else None
        if entry is not None:
            raise CatalogueError(
                str(path),
                f"its content has changed: SHA-256 {sha256}, in the catalogue {entry.sha256}",
                f"Restore the file, or set sha256 of {entry.file!r} in {entry.path.parent / FILE_NAME} anew",
            )
        return None

    # Each file of a folder asks: of thousands, of a catalogue of thousands.

    @cached_property
    def _by_content(self) -> dict[str, CatalogueEntry]:
        return {entry.sha256: entry for entry in reversed(self.entries)}

    @cached_property
    def _by_place(self) -> dict[Path, CatalogueEntry]:
        return {resolve(entry.path): entry for entry in reversed(self.entries)}

    def check(self) -> None:
        """Reads every listed file and compares its SHA-256.

        Raises :class:`loaders.errors.CatalogueError` that names the first file which differs.
        """
        for entry in self.entries:
            self.find(entry.path, sha256(entry.path.read_bytes()).hexdigest())


CATALOGUE_RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule("catalogue-agency", "目录所载部门见于正文", "the catalogue's office is that of the text", FILE_NAME),
        Rule("catalogue-year", "目录所载年度见于正文", "the catalogue's fiscal year is that of the text", FILE_NAME),
        Rule("catalogue-kind", "目录所载种类见于正文", "the catalogue's kind is that of the text", FILE_NAME),
    )
}


def compare(entry: CatalogueEntry, identity: Identity) -> tuple[Finding, ...]:
    """What the catalogue says of agency, fiscal year and kind against what the text says: a finding for each.

    ``left`` is the catalogue's, ``right`` the text's; "not checkable" where the text says nothing. Of what the
    catalogue leaves out there is none.
    """
    findings = []
    agency = identity.agency
    if entry.agency:
        names = () if agency is None else (agency.label, *agency.aliases)
        found = any(normalise(n) == normalise(entry.agency) for n in names)
        span = agency.span if agency else None
        findings.append(_compare_one("agency", entry.agency, agency.label if agency else None, found, span))
    year = identity.fiscal_year
    if entry.fiscal_year is not None:
        findings.append(
            _compare_one(
                "year", str(entry.fiscal_year), None if year is None else str(year), year == entry.fiscal_year,
                identity.year_span, Decimal(entry.fiscal_year), None if year is None else Decimal(year),
            )
        )  # fmt: skip
    kind = None if identity.kind == "unknown" else identity.kind
    if entry.kind:
        findings.append(_compare_one("kind", entry.kind, kind, kind == entry.kind, identity.kind_span))
    return tuple(findings)


def _compare_one(
    what: str,
    left: str,
    right: str | None,
    same: bool,
    span: Span | None,
    left_value: Decimal | None = None,
    right_value: Decimal | None = None,
) -> Finding:
    verdict: Verdict
    if right is None:
        verdict, end = "not checkable", "not-stated"
    elif same:
        verdict, end = "holds", "found"
    else:
        verdict, end = "contradicted", "differs"
    difference = None if left_value is None or right_value is None else left_value - right_value
    return Finding(
        rule=f"catalogue-{what}",
        left=left,
        right=right or "",
        verdict=verdict,
        spans=() if span is None else (span,),
        difference=difference,
        left_value=left_value,
        right_value=right_value,
        reasons=state([f"catalogue-{what}-{end}"])[0],
    )


def _read_entry(row: object, source: Path, number: int) -> CatalogueEntry:
    place = f"{source}, entry {number}"
    if not isinstance(row, dict):
        raise CatalogueError(place, "it is no table", "Begin each entry with [[document]]")
    problem, remedy = _find_missing(row) or next(filter(None, (rule(row) for rule in _ENTRY_RULES)), ("", ""))
    if problem:
        raise CatalogueError(place, problem, remedy)
    texts = {name: row.get(name, "") for name in _TEXT_FIELDS}
    return CatalogueEntry(**texts, fiscal_year=row.get("fiscal_year"), path=source.parent / row["file"])


def _find_missing(row: Mapping[str, object]) -> Fault | None:
    known = {*_TEXT_FIELDS, "fiscal_year"}
    missing, unknown = sorted(_NEEDED - set(row)), sorted(set(row) - known)
    if not missing and not unknown:
        return None
    problem = f"missing: {', '.join(missing)}" if missing else f"unknown: {', '.join(unknown)}"
    return problem, f"An entry has file and sha256, and of {', '.join(sorted(known - _NEEDED))} what is known"


def _find_no_text(row: Mapping[str, object]) -> Fault | None:
    for name in sorted(set(_TEXT_FIELDS) & set(row)):
        value = row[name]
        if not isinstance(value, str) or not value.strip():
            return f"{name} is {value!r}", "Give it as text that is not empty, or leave it out"
    return None


def _find_odd_year(row: Mapping[str, object]) -> Fault | None:
    year = row.get("fiscal_year")
    if year is None or (isinstance(year, int) and not isinstance(year, bool) and 1949 <= year <= 2999):
        return None
    return f"fiscal_year is {year!r}", "Give it as a number such as 2023"


def _find_no_slug(row: Mapping[str, object]) -> Fault | None:
    for name in ("id", "replaces"):
        if name in row and not _ID.fullmatch(str(row[name])):
            return f"the {name} {row[name]!r} is no slug", "Use a-z, 0-9 and single hyphens"
    return None


def _find_odd_kind(row: Mapping[str, object]) -> Fault | None:
    if "kind" not in row or row["kind"] in get_args(DocumentKind):
        return None
    return f"the kind {row['kind']!r} is unknown", f"Use {', '.join(get_args(DocumentKind))}"


def _find_no_digest(row: Mapping[str, object]) -> Fault | None:
    if _SHA256.fullmatch(str(row["sha256"])):
        return None
    return f"sha256 is {row['sha256']!r}", "Give 64 digits of 0-9a-f, as sha256sum prints"


def _find_elsewhere(row: Mapping[str, object]) -> Fault | None:
    file = Path(str(row["file"]))
    if not file.is_absolute() and ".." not in file.parts:
        return None
    return f"the file {row['file']!r} lies elsewhere", "Name a file below the catalogue"


#: Problem and remedy.
Fault = tuple[str, str]
#: What an entry may be wrong in, in the order in which it is told; the later ones rely on the earlier ones.
_ENTRY_RULES: tuple[Callable[[Mapping[str, object]], Fault | None], ...] = (
    _find_no_text, _find_odd_year, _find_no_slug, _find_odd_kind, _find_no_digest, _find_elsewhere,
)  # fmt: skip


def _find_file(entry: CatalogueEntry, source: Path, found: list[Path]) -> CatalogueEntry:
    """The entry with the path of its file, which it may name as it is shown, or in another normal form."""
    if len(found) > 1:
        raise CatalogueError(
            str(source), f"{entry.file!r} is what several files are called", "Rename those that it does not mean"
        )
    if not found:
        raise CatalogueError(
            str(source),
            f"the file {entry.file!r} of {entry.id!r} is not there",
            "Put the file back, or delete its entry",
        )
    return replace(entry, path=found[0])


def _refuse_twice(pairs: Iterable[tuple[str, CatalogueEntry]], what: str, source: Path) -> None:
    seen: dict[str, CatalogueEntry] = {}
    for key, entry in pairs:
        other = seen.setdefault(key, entry)
        if other is not entry:
            raise CatalogueError(
                str(source),
                f"{what} {key!r} is listed twice, for {other.file!r} and {entry.file!r}",
                "Delete or mend one of the two entries",
            )
