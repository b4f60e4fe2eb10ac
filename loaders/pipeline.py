"""The way of a document through the loaders: read, identify, numbers, columns, meaning, codes, checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from loaders.catalogue import Catalogue, CatalogueEntry, compare
from loaders.circles import seldom_sought
from loaders.documents import Document
from loaders.errors import UnknownKind
from loaders.facts import Agency, Facts
from loaders.graph.admission import admit
from loaders.graph.iris import digest
from loaders.meaning.holdings import describe_holdings
from loaders.meaning.identity import Identity, identify
from loaders.meaning.inference import infer_codes
from loaders.meaning.statements import read_meaning
from loaders.quantities import make_sheet
from loaders.readers import find_reader
from loaders.readers.limits import within
from loaders.reading import Numbers, read_numbers
from loaders.reconcile import list_quantities, make_view, reconcile
from loaders.settings import Settings
from loaders.tables.forms import FORMS, Form, list_forms
from loaders.tables.paging import align_pages
from loaders.tables.transposed import turn_tables
from loaders.words import places
from loaders.words.redaction import redact

#: What is said of a document whose titles may be lost because they were recognised in pictures.
SCANNED = "its pages are scans, recognised as pictures (OCR), and its titles may be garbled"


def read_document(path: Path, settings: Settings | None = None) -> Document:
    """A file as a document: its text, blocks and tables.

    Raises:
        DocumentError: the file is missing, empty, too large, damaged, or of no format that a reader knows.
    """
    settings = settings or Settings()
    with within(settings.max_read_seconds, str(path)):
        return find_reader(path)(path, settings)


def read_facts(
    path: Path, catalogue: Catalogue | None = None, settings: Settings | None = None, *, strict: bool = True
) -> Facts:
    """All facts of a file. ``settings`` bound what is read; without them those of the environment do.

    Where the catalogue has an entry for the file, the entry gives the document its identifier and fills in what the
    text does not say; where both speak, the comparison is a finding and the catalogue prevails.

    Raises:
        DocumentError: the file cannot be read; with ``strict`` also if it is no budget, account or evaluation.
        CatalogueError: the file is listed with another content.
        SettingsError: the file of further forms is wrong.
    """
    settings = settings or Settings()
    with seldom_sought():
        document = read_document(path, settings)
    entry = catalogue.find(path, document.sha256) if catalogue is not None else None
    return read_document_facts(document, entry, list_forms(settings.forms), strict=strict)


@seldom_sought()
def read_document_facts(
    document: Document, entry: CatalogueEntry | None = None, forms: Sequence[Form] = FORMS, *, strict: bool = True
) -> Facts:
    """All facts of a document that has been read. ``entry`` is its row of the catalogue, if it has one.

    ``forms`` are the forms of tables that are known, in the order in which they are tried.

    Raises:
        UnknownKind: with ``strict``, if neither text nor catalogue makes it a budget, account or evaluation.
    """
    document = turn_tables(align_pages(document))
    stated = identify(document)
    identity = complete_identity(stated, entry)
    kind, year = identity.kind, identity.fiscal_year
    warnings = list(document.warnings)
    if kind == "unknown":
        if strict:
            raise UnknownKind(
                document.path or document.name,
                explain_unknown(document, stated.declined),
                "Leave it out, or give it an entry in catalogue.toml",
            )
        warnings.append("no budget, final account or evaluation was recognised in the text")
    if year is None:
        warnings.append("the text states no fiscal year; catalogue.toml can give it as fiscal_year")
    agency = identity.agency.label if identity.agency is not None else ""
    if not agency:
        warnings.append("the text names no office; catalogue.toml can give it as agency")
    declined = stated.declined if kind == "unknown" else ""
    numbers = read_numbers(document, kind if kind != "unknown" else stated.reads_as, year, agency, forms)
    if declined and stated.reads_as == "unknown":
        numbers = _disown(numbers, declined)
    admitted, ledger = admit(numbers.figures, numbers.ledger, year)
    numbers = replace(numbers, figures=admitted, ledger=ledger)
    meaning = read_meaning(document, identity, numbers.figures)
    figures = describe_holdings(document, infer_codes(document, numbers.figures, meaning.projects))
    findings = compare(entry, stated) if entry is not None else ()
    view = make_view(document, figures)
    findings = (*findings, *reconcile(document, kind, year, figures, view))
    found = Facts(
        document=document,
        id=(entry.id if entry is not None else "") or make_id(document, identity),
        kind=kind,
        fiscal_year=year,
        agency=identity.agency,
        title=(entry.title if entry is not None else "") or identity.title,
        kind_span=identity.kind_span,
        year_span=identity.year_span,
        figures=figures,
        ledger=numbers.ledger,
        findings=findings,
        tables=numbers.tables,
        quantities=list_quantities(document, figures, agency, view),
        warnings=tuple(warnings),
        level=identity.level,
        declined=declined,
        **vars(meaning),
    )
    return redact(replace(found, sheet=make_sheet(found)))


def _disown(numbers: Numbers, declined: str) -> Numbers:
    """The numbers of a text that is no document of an office: figures of nobody, told in the ledger with the reason."""
    ledger = (
        replace(row, kind="reference", reason=declined) if row.kind == "figure" else row for row in numbers.ledger
    )
    return replace(numbers, figures=(), ledger=tuple(ledger))


def explain_unknown(document: Document, declined: str) -> str:
    """Why a document is none of the three kinds: what it is instead, or that its titles may be garbled."""
    reason = "the text is no budget (部门预算), final account (部门决算) or performance evaluation (绩效评价)"
    if declined:
        return f"{reason}: {declined}"
    if len(document.recognised) * 2 > len(document.pages):
        return f"{reason}: {SCANNED}"
    return reason


def complete_identity(identity: Identity, entry: CatalogueEntry | None) -> Identity:
    """What the text says, with what the catalogue says: of kind and year it prevails, of the office not."""
    if entry is None:
        return identity
    agency = identity.agency
    if agency is None and entry.agency:
        agency = Agency(entry.agency, None, places.load().find(entry.agency))
    return replace(
        identity, kind=entry.kind or identity.kind, fiscal_year=entry.fiscal_year or identity.fiscal_year, agency=agency
    )


def make_id(document: Document, identity: Identity) -> str:
    """The identifier of a document that no catalogue names.

    It is made of what the text says, place, office, year, kind and level, never of the file's name:
    ``440100-1f3c9a20-2026-budget``. Where office or year is unknown, the content's digest tells it apart.
    """
    agency, year = identity.agency, identity.fiscal_year
    parts = [
        (agency.place if agency else "") or "000000",
        digest(agency.label) if agency else "unnamed",
        str(year) if year is not None else "undated",
        identity.kind,
    ]
    if identity.level == "unit":
        parts.append("unit")
    if agency is None or year is None or identity.kind == "unknown":
        parts.append(document.sha256[:8])
    return "-".join(parts)
