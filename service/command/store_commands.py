"""Commands that change a store or tell what it holds: build, convert, merge, watch, list, remove, diff."""

from __future__ import annotations

import contextlib
import csv
import gc
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from loaders.characters import show_name
from loaders.errors import CatalogueError, StoreError
from loaders.extras import is_there
from service.command.terminal import ERRORS, given, open_output, say, show_progress, tell

if TYPE_CHECKING:
    from loaders.build.building import BuildReport
    from loaders.build.conversion import Executor
    from loaders.build.differences import Stated
    from loaders.build.snapshots import Snapshot
    from loaders.build.versions import Converted
    from loaders.settings import Settings

StoreOption = Annotated[Path | None, typer.Option("--store", metavar="DIR", help="Folder of the store.")]
ReportOption = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Write what became of each file, as JSON.")
]
TableOption = Annotated[bool, typer.Option("--table", help="Show what became of each file, as a table.")]
Sources = Annotated[list[str] | None, typer.Argument(metavar="[FILE|FOLDER|URL…]", show_default=False)]


class ListFormat(StrEnum):
    """Forms of ``gongkai list`` and ``gongkai diff``."""

    text = "text"
    csv = "csv"
    json = "json"


def register(app: typer.Typer) -> None:
    """Adds the commands to the program."""
    for name, command in (
        ("build", build_command),
        ("convert", convert_command),
        ("merge", merge_command),
        ("watch", watch_command),
        ("list", list_command),
        ("remove", remove_command),
        ("diff", diff_command),
    ):
        app.command(name)(command)


def build_command(
    files: Sources = None,
    store: StoreOption = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Keep nothing that the store held before.")] = False,
    mirror: Annotated[bool, typer.Option("--mirror", help="Documents whose files have gone leave the store.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Try files again that could not be read.")] = False,
    report: ReportOption = None,
    table: TableOption = False,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="ADDRESS", help="Convert on the workers of a scheduler of Dask; or: local."),
    ] = None,
    results: Annotated[
        str | None,
        typer.Option("--results", metavar="DIR|URL", help="Where those workers write.  [default: the store's folder]"),
    ] = None,
) -> None:
    """Convert documents (default: those that come with Gongkai) into the store; incremental, atomic.

    A folder stands for all documents in it and below. Interrupted, it leaves the store as it was, and goes on from
    there the next time.
    """
    from loaders.build.building import build
    from loaders.circles import THRESHOLDS
    from loaders.settings import Settings

    gc.set_threshold(*THRESHOLDS)  # what is done between and after the conversions makes few circles either
    settings, named = Settings(**given(store=store)), _name_sources(files)
    try:
        with show_progress() as progress, _join(cluster, results, named, settings) as executor:
            done = build(
                named, settings.store, settings, progress, fresh=fresh, mirror=mirror, retry=retry, executor=executor
            )
    except KeyboardInterrupt:
        say("interrupted. The store is as it was; the next build goes on with what is converted so far")
        raise typer.Exit(130) from None
    _finish(done, settings.store, report, table)


@contextlib.contextmanager
def _join(
    cluster: str | None, results: str | None, named: Sequence[Path | str], settings: Settings
) -> Iterator[Executor | None]:
    """The cluster, if one is named."""
    if cluster is None:
        if results is not None:
            raise typer.BadParameter("--results is for --cluster; gongkai convert takes --into")
        yield None
        return
    from loaders.build.cluster import join_cluster
    from loaders.resources import documents_folder

    with join_cluster(cluster, results or settings.store, named or [documents_folder()], settings, say) as executor:
        yield executor


def _name_sources(files: Sequence[str] | None) -> list[Path | str]:
    """What was named: URLs as they are, all else as paths."""
    from loaders.build.storage import is_url

    return [file if is_url(file) else Path(file) for file in files or []]


def _finish(done: BuildReport, store: Path, report: Path | None, table: bool) -> None:
    """Writes the report of a build, makes the search index, tells what was done; the exit code is 0 if all is well."""
    from loaders.build.report import FILE_NAME, write_report

    write_report(done, store / FILE_NAME)
    make_index(store, done.snapshot)
    if report is not None:
        write_report(done, report)
    _tell(done, store, table)
    if not done.succeeded:
        raise typer.Exit(1)


def convert_command(
    into: Annotated[str, typer.Option("--into", metavar="DIR|URL", help="Folder that all shares write to.")],
    files: Sources = None,
    shard: Annotated[str, typer.Option("--shard", metavar="N/OF", help="The share of this machine, as 3/16.")] = "1/1",
    retry: Annotated[bool, typer.Option("--retry", help="Try files again that could not be read.")] = False,
) -> None:
    """Convert a share of documents into a folder, without a store, for `gongkai merge`: for batch systems.

    Run it once for each share, 1/16 to 16/16, on as many machines as you like, with the same files or folders. What is
    in the folder already is not converted again, so that a share that was killed is simply run again.
    """
    from loaders.build.shards import convert_share, parse_share
    from loaders.settings import Settings

    settings, share = Settings(), parse_share(shard)
    try:
        with show_progress() as progress:
            done = convert_share(_name_sources(files), into, share, settings, progress, retry=retry)
    except KeyboardInterrupt:
        say("interrupted. What is converted so far stays; the same command goes on with it")
        raise typer.Exit(130) from None
    for failure in done.failures:
        say(str(failure))
    tell(
        f"share {share.number}/{share.count}: {done.files} documents ({done.converted} converted, {done.known} known "
        f"before, {len(done.failures)} not read) in {done.place}, {done.seconds:.1f} s"
    )
    if done.failures:
        raise typer.Exit(1)


def merge_command(
    sources: Annotated[list[str], typer.Argument(metavar="DIR|URL…", show_default=False)],
    store: StoreOption = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Keep nothing that the store held before.")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Leave out shares that are not done and documents that are not whole.")
    ] = False,
    report: ReportOption = None,
    table: TableOption = False,
) -> None:
    """Join what was converted elsewhere into the store: folders of `gongkai convert`, and other stores.

    The store becomes what one build of all the files would have made it. All of it or nothing: what is missing, torn or
    made by another version is told, and nothing is published.
    """
    from loaders.build.building import merge
    from loaders.settings import Settings

    settings = Settings(**given(store=store))
    try:
        with show_progress() as progress:
            done = merge(_name_sources(sources), settings.store, settings, progress, fresh=fresh, partial=partial)
    except KeyboardInterrupt:
        say("interrupted. The store is as it was; the next merge goes on with what is fetched so far")
        raise typer.Exit(130) from None
    _finish(done, settings.store, report, table)


def watch_command(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER…", show_default=False)],
    store: StoreOption = None,
) -> None:
    """Keep the store current with folders: what comes is read, what changes is read anew, what goes leaves.

    A running `gongkai serve` over the same store answers from the new graph as soon as it is whole.
    """
    from loaders.build.report import FILE_NAME, write_report
    from loaders.build.watching import watch
    from loaders.settings import Settings

    settings = Settings(**given(store=store))
    tell(f"watching {', '.join(str(f) for f in folders)}  (Ctrl-C ends it)")
    try:
        for done in watch(folders, settings):
            if isinstance(done, CatalogueError):
                say(str(done))
                continue
            write_report(done, settings.store / FILE_NAME)
            make_index(settings.store, done.snapshot)
            _tell(done, settings.store, table=False)
    except KeyboardInterrupt:
        tell("no longer watching; the store stays as it is")


def list_command(
    store: StoreOption = None,
    format: Annotated[ListFormat, typer.Option("--format")] = ListFormat.text,
    every: Annotated[bool, typer.Option("--all", help="Superseded versions too.")] = False,
    ask: Annotated[
        bool, typer.Option("--ask", help="Write a catalogue.toml for what no text says: fill it in.")
    ] = False,
) -> None:
    """The documents that the store holds: id, kind, year, level, office, figures, file."""
    from loaders.build.report import find_gaps
    from loaders.settings import Settings

    settings = Settings(**given(store=store))
    documents = [d for d in _read_documents(_find_snapshot(settings.store, "current")) if every or not d.replaced_by]
    if ask:
        open_output().write(_ask_for(documents))
        return
    rows = [
        {
            "document": d.id, "kind": d.kind, "fiscal_year": d.fiscal_year, "level": d.level, "agency": d.agency,
            "title": d.title, "figures": d.figures, "unaccounted": d.unaccounted, "open_figures": d.open_figures,
            "open_units": d.open_units, "contradicted": d.contradicted, "replaced_by": d.replaced_by,
            "file": show_name(d.path), "sha256": d.sha256,
            "gaps": list(find_gaps(d)),
        }
        for d in documents
    ]  # fmt: skip
    if format is ListFormat.text:
        shown = ("document", "kind", "fiscal_year", "level", "agency", "figures", "file")
        _print_table([*shown, "replaced_by"] if every else shown, rows)
        return
    _write(rows, format)


def remove_command(
    names: Annotated[list[str], typer.Argument(metavar="DOCUMENT…", show_default=False)],
    store: StoreOption = None,
) -> None:
    """Take documents out of the store, by id or by file, as `gongkai list` tells them; the files stay."""
    from loaders.build.building import remove
    from loaders.build.report import FILE_NAME, write_report
    from loaders.settings import Settings

    settings = Settings(**given(store=store))
    with show_progress() as progress:
        done = remove(names, settings.store, settings, progress)
    write_report(done, settings.store / FILE_NAME)
    make_index(settings.store, done.snapshot)
    for identity in done.removed:
        tell(f"{identity}: removed")
    _tell(done, settings.store, table=False)


def diff_command(
    before: Annotated[str, typer.Argument(metavar="[SNAPSHOT]")] = "previous",
    after: Annotated[str, typer.Argument(metavar="[SNAPSHOT]")] = "current",
    store: StoreOption = None,
    format: Annotated[ListFormat, typer.Option("--format")] = ListFormat.text,
) -> None:
    """What two snapshots of the store state differently: figures added, changed, withdrawn.

    A snapshot is named by its number, or as current or previous. GONGKAI_KEEP_SNAPSHOTS says how many are kept.
    """
    from loaders.build.differences import compare_snapshots
    from loaders.settings import Settings

    settings = Settings(**given(store=store))
    old, new = _find_snapshot(settings.store, before), _find_snapshot(settings.store, after)
    rows = [
        {"document": d.document, "status": d.status, **_describe("before", d.before), **_describe("after", d.after)}
        for d in compare_snapshots(old, new)
    ]
    counts = {status: sum(r["status"] == status for r in rows) for status in ("added", "changed", "withdrawn")}
    if format is ListFormat.text:
        for row in rows:
            row["about"] = row["after_about"] or row["before_about"]
        _print_table(("document", "status", "about", "before", "after"), rows)
    else:
        _write(rows, format)
    told = ", ".join(f"{number} {status}" for status, number in counts.items())
    tell(f"snapshot {old.name} to {new.name}: {told}")


def _describe(side: str, figure: Stated | None) -> dict[str, Any]:
    if figure is None:
        return {side: "", f"{side}_about": "", f"{side}_figure": "", f"{side}_unit": ""}
    about = (figure.subject, figure.column, figure.year, figure.phase, figure.aspect)
    return {
        side: figure.value,
        f"{side}_about": " · ".join(p for p in about if p),
        f"{side}_figure": figure.iri,
        f"{side}_unit": figure.unit.removeprefix("unit"),
    }


def make_index(store: Path, snapshot: Snapshot | None) -> None:
    """Makes what the first question of what was published would wait for: the search index, answers of a large graph.

    For a graph that grew from another a server has the answers made, once it has stood for a while: one document more
    is not to wait for the whole. Nothing is made where nothing can be served: the packages for it are an extra.
    """
    if snapshot is not None and is_there("serve"):
        from loaders.build.conversion import find_cores
        from loaders.build.growing import read_changes
        from service.linked.snapshot_parts import make, making_beside
        from service.settings import ServiceSettings

        settings = ServiceSettings()
        if snapshot.manifest.quads >= settings.keep_answers_quads and read_changes(snapshot) is None:
            jobs = settings.jobs or find_cores()
            with making_beside(store, "search") if jobs > 1 else contextlib.nullcontext():
                make(store, snapshot, "answers", jobs)
        make(store, snapshot, "search")


def _find_snapshot(store: Path, name: str) -> Snapshot:
    from loaders.build.snapshots import find_current, find_previous, find_snapshot

    found = {"current": find_current, "previous": find_previous}.get(name, lambda s: find_snapshot(s, name))(store)
    if found is None:
        raise StoreError(str(store), f"it has no {name} snapshot", "Build it: gongkai build")
    return found


def _read_documents(snapshot: Snapshot) -> list[Converted]:
    from loaders.build.versions import Converted

    return [Converted(**row) for row in snapshot.manifest.documents]


def _ask_for(documents: Sequence[Converted]) -> str:
    """Entries of a catalogue for documents whose text lacks something, which is left to be filled in."""
    lines = ["# What no text says. Fill in what you know, delete the rest, and put the file beside the documents.\n"]
    for document in documents:
        asked = [
            line
            for known, line in (
                (document.agency, 'agency = ""'),
                (document.fiscal_year, "fiscal_year = "),
                (document.kind != "unknown", 'kind = ""  # budget, accounts or evaluation'),
            )
            if not known
        ]
        if asked:
            lines += [
                "[[document]]",
                f"file = {json.dumps(show_name(Path(document.path).name), ensure_ascii=False)}",
                f'sha256 = "{document.sha256}"',
                *(f"# {line}" for line in asked),
                "",
            ]
    return "\n".join(lines) + ("" if len(lines) > 1 else "# Nothing is asked for.\n")


def _tell(report: BuildReport, store: Path, table: bool) -> None:
    """What a build did: its failures, what was decided about versions, a table if it is wanted, and a summary."""
    from loaders.build.report import list_rows

    for failure in report.failures:
        say(str(failure))
    for left_out, other in report.duplicates:
        tell(f"{left_out}: left out, it has the same content as {other}")
    for path, note in report.notes:
        tell(f"{path}: {note}")
    rows = list_rows(report)
    if table:
        shown = ("file", "status", "document", "figures", "open_figures", "open_units", "unaccounted", "reasons")
        _print_table(shown, [asdict(r) for r in rows], ERRORS)
    partly = sum(r.status == "partly read" for r in rows)
    lacking = f", {partly} only partly read" if partly else ""
    name = report.snapshot.name if report.snapshot else "none"
    tell(
        f"{len(report.documents)} documents in {store} ({len(report.converted)} converted, "
        f"{len(report.reused)} from the cache, {len(report.kept)} kept{lacking}), "
        f"{report.quads:,} quads, snapshot {name}{'' if report.changed else ' (unchanged)'}, {report.seconds:.1f} s"
    )


def _print_table(columns: Iterable[str], rows: Sequence[dict[str, Any]], console: Console | None = None) -> None:
    """Rows in columns on a terminal, with tabs between them in a pipe or a file."""
    out = console or Console(file=open_output(), highlight=False)
    names = list(columns)
    if not out.is_terminal:
        for cells in ([n.replace("_", " ") for n in names], *([_plain(row.get(n)) for n in names] for row in rows)):
            out.file.write("\t".join(cells).rstrip() + "\n")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        number = bool(rows) and all(isinstance(r.get(name), int) for r in rows)
        table.add_column(name.replace("_", " "), justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_plain(row.get(n))) for n in names))
    out.print(table)


def _plain(value: object) -> str:
    text = "; ".join(str(v) for v in value) if isinstance(value, list | tuple) else "" if value is None else str(value)
    return "".join(c if c.isprintable() else " " for c in text)


def _write(rows: Sequence[dict[str, Any]], format: ListFormat) -> None:
    output = open_output()
    if format is ListFormat.json:
        output.write(json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n")
        return
    writer = csv.writer(output, lineterminator="\n")
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer.writerow(names)
    for row in rows:
        writer.writerow(["; ".join(v) if isinstance(v := row.get(n), list) else v for n in names])
