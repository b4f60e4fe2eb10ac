"""Files to download that are made when they are first asked for: another form of what the graph holds.

No build makes them: they cost as much as the tables and dumps that everybody is offered, and few want them all.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pyoxigraph as ox

from loaders.build.loading import Progress, ignore
from loaders.build.snapshots import Snapshot
from loaders.graph.following import list_following
from service.linked.csv_tables import export_csv
from service.linked.dumps import FILE_LIST, describe_file
from service.linked.export_folders import open_packed
from service.linked.rdf_files import export_rdf
from service.linked.sqlite_tables import export_sqlite

#: Changes whenever a file made before would lack something.
EDITION = 1
Make = Callable[[Snapshot, ox.Store, Path], None]
Export = Callable[[Snapshot, Path, Progress], dict[str, int]]
#: So that the same data give the same bytes; no earlier time can stand in a ZIP file.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Package:
    """A file by its name below ``/dumps/``: what it is in Chinese and English, its media type, how it is written."""

    name: str
    zh: str
    en: str
    media_type: str
    make: Make

    @property
    def part(self) -> str:
        """The part of a snapshot that it is."""
        return f"package-{self.name}"


def make_package(package: Package, snapshot: Snapshot, store: ox.Store, folder: Path) -> None:
    """Writes the file and its list into an empty folder."""
    path = folder / package.name
    package.make(snapshot, store, path)
    listed = [asdict(describe_file(path, package.media_type, "graph"))]
    (folder / FILE_LIST).write_text(json.dumps(listed, indent=1), encoding="utf-8")


def _write_following(snapshot: Snapshot, store: ox.Store, path: Path) -> None:
    # Each statement once a rule.
    with open_packed(path.with_suffix(""), "gzip") as output:
        ox.serialize(list_following(store, snapshot.manifest.base), output, format=ox.RdfFormat.N_TRIPLES)


def _write_quads(_: Snapshot, store: ox.Store, path: Path) -> None:
    with open_packed(path.with_suffix(""), "zstd") as output:
        store.dump(output, ox.RdfFormat.N_QUADS)


def _zip(export: Export) -> Make:
    """A ZIP file of what an export writes into a folder."""

    def make(snapshot: Snapshot, _: ox.Store, path: Path) -> None:
        with tempfile.TemporaryDirectory(dir=path.parent) as place:
            work = Path(place) / "gongkai"
            export(snapshot, work, ignore)
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
                for file in sorted(p for p in work.rglob("*") if p.is_file()):
                    head = zipfile.ZipInfo(file.relative_to(work.parent).as_posix(), _NO_TIME)
                    head.compress_type = zipfile.ZIP_DEFLATED
                    head.external_attr = 0o644 << 16
                    with file.open("rb") as source, packed.open(head, "w") as target:
                        shutil.copyfileobj(source, target, 1 << 20)

    return make


def _export_plain_rdf(snapshot: Snapshot, folder: Path, progress: Progress) -> dict[str, int]:
    return export_rdf(snapshot, folder, progress, "none")


_ZIP, _GZIP, _ZSTD = "application/zip", "application/gzip", "application/zstd"
PACKAGES = (
    Package(
        "gongkai-following.nt.gz", "由这些数据可知而不重复存储的陈述，N-Triples",
        "what follows from these data and is not repeated in them, as N-Triples", _GZIP, _write_following,
    ),
    Package(
        "gongkai-csv.zip", "数字、部门表、项目、指标、职责：CSV，附 CSVW 与财政数据包描述",
        "figures, sheet quantities, projects, indicators, duties as CSV with CSVW and Fiscal Data Package", _ZIP,
        _zip(export_csv),
    ),
    Package(
        "gongkai-sqlite.zip", "同样的表：SQLite，附 Datasette 元数据", "the same tables as SQLite, for Datasette", _ZIP,
        _zip(export_sqlite),
    ),
    Package(
        "gongkai-rdf.zip", "每份文件的 Turtle 与 JSON-LD，全部的 N-Quads",
        "each document as Turtle and JSON-LD, everything as N-Quads", _ZIP, _zip(_export_plain_rdf),
    ),
    Package("gongkai.nq.zst", "全部数据，N-Quads，zstd", "all data as N-Quads, zstd", _ZSTD, _write_quads),
)  # fmt: skip
BY_NAME = {package.name: package for package in PACKAGES}
