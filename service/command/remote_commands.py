"""Commands about stores elsewhere and tables for those who count: selftest, publish, export."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loaders.errors import StoreError
from service.command.terminal import given, open_output, show_progress, tell

if TYPE_CHECKING:
    from loaders.build.snapshots import Snapshot
    from service.checks.selftest import Outcome
    from service.linked.export_folders import Packing
    from service.settings import ServiceSettings


class Pack(StrEnum):
    """How exported files are packed."""

    none = "none"
    gzip = "gzip"
    zstd = "zstd"


StoreOption = Annotated[Path | None, typer.Option("--store", metavar="DIR", help="Folder of the store.")]
#: Queries of the selftest are compared, not raced: our own engine has as long as it takes.
_OWN_SECONDS = 600.0


def register(app: typer.Typer) -> None:
    """Adds the commands to the program."""
    for name, command in (
        ("selftest", selftest_command),
        ("publish", publish_command),
        ("export", export_command),
    ):
        app.command(name)(command)


def selftest_command(
    endpoint: Annotated[str, typer.Option("--endpoint", metavar="URL", help="The SPARQL endpoint to try.")],
    store: StoreOption = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NAME", help="Only queries whose name holds this.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Each canned query once, as it comes.")] = False,
    seconds: Annotated[float, typer.Option("--seconds", help="How long an answer may take there.", min=0.1)] = 30.0,
    as_json: Annotated[bool, typer.Option("--json", help="Every question with its outcome, as JSON.")] = False,
) -> None:
    """Put every canned and page query to another engine that holds the same graph, and compare its answers with ours.

    Values are compared, not their spellings; a mere order of rows, or of the parts of a list, is told and counts as
    agreeing. The exit code is 0 only if all queries agree.
    """
    from service.checks.selftest import AGREEING, count, describe, judge, run_selftest
    from service.engine.remote import RemoteStore
    from service.engine.store import EmbeddedStore
    from service.queries.answers import Answers
    from service.queries.catalogue import QueryCatalogue
    from service.settings import ServiceSettings

    settings = ServiceSettings(
        **given(store=store), workers=1, query_timeout_seconds=_OWN_SECONDS, queue_wait_seconds=_OWN_SECONDS
    )
    here = EmbeddedStore(settings)
    there = RemoteStore(settings.model_copy(update={"endpoint": endpoint, "query_timeout_seconds": seconds}))
    answers = Answers(here, settings, QueryCatalogue.load(settings.base))
    output = open_output()

    def hear(outcome: Outcome) -> None:
        if not as_json and outcome.status != "same":
            given_words = f" ({outcome.given})" if outcome.given else ""
            output.write(f"{outcome.status}\t{outcome.name}{given_words}\t{' '.join(outcome.why.split())}\n")
            output.flush()

    with show_progress() as progress:
        outcomes = run_selftest(
            answers, there, only or (), lambda done, total: progress("ask", done, total), hear, quick=quick
        )
    if not outcomes:
        raise StoreError("--only", "no query has such a name", "See gongkai query, or leave --only out")
    if as_json:
        json.dump(describe(outcomes, there), output, ensure_ascii=False, indent=1)
        output.write("\n")
    judged = judge(outcomes)
    agreeing, asked = count(judged)
    for weakness in there.weaknesses or ():
        tell(f"known of this engine: it {weakness.en}{' (mended on the way)' if weakness.mended else ''}")
    tell(f"{endpoint}: {agreeing} of {asked} queries agree, {len(outcomes)} questions; {_summarise(outcomes)}")
    if any(status not in (*AGREEING, "skipped") for status in judged.values()):
        raise typer.Exit(1)


def publish_command(
    to: Annotated[
        str, typer.Option("--to", metavar="URL", help="Its graph store, such as http://localhost:7878/store.")
    ] = "",
    store: StoreOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Send what has not changed as well.")] = False,
    bulk: Annotated[
        Path | None, typer.Option("--bulk", metavar="FILE", help="Write N-Quads for the server's own loader instead.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", help="How long one graph may take.", min=0.1)] = 60.0,
    tries: Annotated[int, typer.Option("--tries", help="How often each graph is tried.", min=1, max=20)] = 5,
) -> None:
    """Load or update a store elsewhere by the SPARQL Graph Store Protocol: graph by graph, only what changed.

    Who may write there is told by GONGKAI_ENDPOINT_USER and GONGKAI_ENDPOINT_PASSWORD, or GONGKAI_ENDPOINT_TOKEN.
    Interrupted, it leaves whole graphs, and goes on from there the next time. With --bulk everything is written to a
    file; once that is loaded there, --to sends only what changed since.
    """
    from loaders.build.snapshots import writing
    from service.linked.graph_client import GraphClient, Patience
    from service.linked.publishing import Publication
    from service.settings import ServiceSettings

    settings = ServiceSettings(**given(store=store))
    publication = Publication(settings.store, _find_snapshot(settings))
    if (bulk is None) == (not to):
        raise typer.BadParameter("name a store with --to URL, or a file with --bulk FILE")
    try:
        with show_progress() as progress:
            if bulk is not None:
                with writing(bulk), bulk.open("wb") as file:
                    tell(f"{bulk}: {publication.write_bulk(file, progress):,} quads and their index")
                return
            with GraphClient(to, settings, Patience(seconds, tries), tell) as client:
                done = publication.publish(client, progress, everything=everything)
    except KeyboardInterrupt:
        tell("interrupted. Each graph there is whole; publish again to go on")
        raise typer.Exit(130) from None
    tell(
        f"{to}: {done.put} graphs sent ({done.triples:,} triples), {done.deleted} deleted, {done.kept} unchanged, "
        f"snapshot {publication.snapshot.name}"
    )


def _find_snapshot(settings: ServiceSettings) -> Snapshot:
    from loaders.build.snapshots import find_current, refuse_other_base

    snapshot = find_current(settings.store)
    if snapshot is None:
        raise StoreError(str(settings.store), "there is no store yet", "Build it: gongkai build")
    refuse_other_base(settings.store, snapshot, settings.base)
    return snapshot


def _summarise(outcomes: list[Outcome]) -> str:
    from service.checks.selftest import ORDER

    counts = {status: sum(o.status == status for o in outcomes) for status in ORDER}
    return ", ".join(f"{number} {status}" for status, number in counts.items() if number)


def export_command(
    parquet: Annotated[
        Path | None, typer.Option("--parquet", metavar="FOLDER", help="A Parquet data set, by year and place.")
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FOLDER", help="CSV with CSV-on-the-Web metadata and a Fiscal Data Package."),
    ] = None,
    sqlite: Annotated[
        Path | None, typer.Option("--sqlite", metavar="FOLDER", help="An SQLite database with metadata for Datasette.")
    ] = None,
    rdf: Annotated[
        Path | None,
        typer.Option("--rdf", metavar="FOLDER", help="N-Quads, and each document as Turtle and JSON-LD."),
    ] = None,
    pack: Annotated[
        Pack | None, typer.Option("--pack", help="How files are packed.  [default: gzip for --rdf, else none]")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write figures, sheet quantities, projects, indicators and duties as tables, or the graph as files.

    Each folder holds SHA256SUMS and the name of the snapshot. What was exported there before is replaced, once the new
    files are whole.
    """
    from service.linked.csv_tables import export_csv
    from service.linked.parquet_tables import export_parquet
    from service.linked.rdf_files import export_rdf
    from service.linked.sqlite_tables import export_sqlite
    from service.settings import ServiceSettings

    if parquet is csv is sqlite is rdf is None:
        raise typer.BadParameter("name a folder with --parquet, --csv, --sqlite or --rdf")
    snapshot = _find_snapshot(ServiceSettings(**given(store=store)))
    packing: Packing = pack.value if pack else "none"
    done: list[tuple[Path, dict[str, int]]] = []
    with show_progress() as progress:
        if parquet:
            done.append((parquet, export_parquet(snapshot, parquet, progress)))
        if csv:
            done.append((csv, export_csv(snapshot, csv, progress, packing)))
        if sqlite:
            done.append((sqlite, export_sqlite(snapshot, sqlite, progress, packing)))
        if rdf:
            done.append((rdf, export_rdf(snapshot, rdf, progress, packing if pack else "gzip")))
    for folder, counts in done:
        told = ", ".join(f"{number:,} {name}" for name, number in counts.items())
        tell(f"{folder}: {told}, snapshot {snapshot.name}")
