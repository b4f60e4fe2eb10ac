"""A snapshot in the making is compared with the published one, for the history that is published with it.

Only documents of which both have another reading are read figure by figure; of those that come or go the manifest
tells how many figures they have.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from loaders.build.differences import Comparison, Pairing, Stated
from loaders.build.history import (
    MOST_OF_DOCUMENT,
    MOST_OF_RELEASE,
    DocumentChange,
    FigureChange,
    History,
    StatedValue,
    Status,
)
from loaders.build.snapshots import Snapshot
from loaders.build.versions import Converted
from loaders.errors import StoreError

_LOG = logging.getLogger(__name__)


def record(last: Snapshot | None, new: Snapshot, keep: int) -> None:
    """Writes the history of a snapshot in the making, which shall follow ``last``.

    What was loaded, or made for another base, is not compared: its IRIs are others. Raises
    :class:`loaders.errors.StoreError` if the disk refuses.
    """
    first = Snapshot("000000", new.folder, new.manifest) if last is None else last
    comparable = first.manifest.kind == new.manifest.kind == "build" and first.manifest.base == new.manifest.base
    changes = _Recording(last, new).list_changes() if comparable else None
    History(new.folder).write_release(last, new, keep, changes)


class _Recording:
    def __init__(self, last: Snapshot | None, new: Snapshot) -> None:
        self.last, self.new = last, new
        self.room = MOST_OF_RELEASE

    def list_changes(self) -> Iterator[DocumentChange]:
        if self.last is None:
            for row in self.new.manifest.documents:
                document = Converted(**row)
                if not document.replaced_by:
                    yield _tell(None, document, Pairing((), (), (), ()), ())
            return
        comparison = Comparison(self.last, self.new)
        for one, other in comparison.list_documents():
            yield self._compare(comparison, one, other)

    def _compare(self, comparison: Comparison, one: Converted | None, other: Converted | None) -> DocumentChange:
        pairing: Pairing | None = Pairing((), (), (), ())
        if one is not None and other is not None:
            try:
                pairing = comparison.pair(one, other)
            except StoreError as error:
                # Damage in what was published before is no reason not to publish.
                _LOG.warning("what changed in %s is not told: %s", other.id, error)
                pairing = None
        listed = tuple(_list_figures(pairing)) if pairing else ()
        listed = listed[: min(MOST_OF_DOCUMENT, self.room)]
        self.room -= len(listed)
        return _tell(one, other, pairing, listed)


def _tell(
    one: Converted | None, other: Converted | None, pairing: Pairing | None, listed: tuple[FigureChange, ...]
) -> DocumentChange:
    shown = other or one
    assert shown is not None
    status: Status = "added" if one is None else "withdrawn" if other is None else "changed"
    counts = {"added": 0, "changed": 0, "withdrawn": 0}
    if status != "changed":
        counts[status] = shown.figures
    elif pairing is not None:
        counts = {
            "added": len(pairing.added), "changed": len(pairing.changed), "withdrawn": len(pairing.withdrawn),
        }  # fmt: skip
    return DocumentChange(
        document=shown.id, status=status, title=shown.title, kind=shown.kind, fiscal_year=shown.fiscal_year,
        agency=shown.agency, before=one.id if one else "", after=other.id if other else "",
        reread=one is not None and other is not None and one.sha256 == other.sha256,
        compared=pairing is not None, counts=counts, figures=listed,
    )  # fmt: skip


def _list_figures(pairing: Pairing) -> Iterator[FigureChange]:
    for before, after in pairing.changed:
        yield _tell_figure("changed", before, after)
    for figure in pairing.added:
        yield _tell_figure("added", None, figure)
    for figure in pairing.withdrawn:
        yield _tell_figure("withdrawn", figure, None)


def _tell_figure(status: Status, before: Stated | None, after: Stated | None) -> FigureChange:
    known = after or before
    assert known is not None
    return FigureChange(
        status, known.subject, known.column, known.year, known.phase.removeprefix("phase").lower(),
        known.aspect.removeprefix("aspect").lower(), known.unit.removeprefix("unit").upper(), _say(before), _say(after),
    )  # fmt: skip


def _say(figure: Stated | None) -> StatedValue | None:
    return None if figure is None else StatedValue(figure.iri, figure.stated, figure.value)
