"""The command ``gongkai``. Data go to stdout and nothing else does; progress and errors go to stderr."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from loaders import __version__
from loaders.errors import DocumentError, GongkaiError, StoreError
from loaders.extras import naming_extras
from loaders.facts import Facts
from service.command import doctor_command, remote_commands, store_commands
from service.command.store_commands import make_index
from service.command.terminal import bear_any_terminal, given, open_output, say, show_progress, tell

if TYPE_CHECKING:
    from service.queries.catalogue import CannedQuery, QueryCatalogue
    from service.settings import ServiceSettings

app = typer.Typer(
    name="gongkai",
    help="公开: a knowledge graph of what Chinese government offices are charged with, spend and achieve.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
store_commands.register(app)
remote_commands.register(app)
doctor_command.register(app)

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", show_default=False)]
StoreOption = Annotated[Path | None, typer.Option("--store", metavar="DIR", help="Folder of the store.")]


class FigureFormat(StrEnum):
    """Forms of ``gongkai figures``."""

    csv = "csv"
    json = "json"
    parquet = "parquet"


class TableFormat(StrEnum):
    """Forms of ``gongkai account`` and ``gongkai sheet``."""

    csv = "csv"
    json = "json"


class FactsFormat(StrEnum):
    """The form of ``gongkai facts``."""

    json = "json"


class CheckFormat(StrEnum):
    """Forms of ``gongkai check``."""

    text = "text"
    json = "json"


class QueryFormat(StrEnum):
    """Forms of ``gongkai query``."""

    csv = "csv"
    json = "json"
    tsv = "tsv"


@app.command("load")
def load_command(files: Files, store: StoreOption = None) -> None:
    """Build a store from RDF files (.nq, .trig, .ttl, .nt) in place of what it held: any graph can be served."""
    from loaders.build.building import load_files
    from loaders.settings import Settings

    settings = Settings(**given(store=store))
    with show_progress() as progress:
        snapshot = load_files(files, settings.store, settings, progress)
    make_index(settings.store, snapshot)
    tell(f"{snapshot.manifest.quads:,} quads in {settings.store}, snapshot {snapshot.name}")


@app.command("serve")
def serve_command(
    store: StoreOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.  [default: 8000]", min=0, max=65535)] = None,
    root_path: Annotated[
        str | None, typer.Option(help="Path under which a proxy shows the site, such as /gongkai.  [default: none]")
    ] = None,
) -> None:
    """Serve pages and SPARQL; builds the store first if there is none."""
    from loaders.isolation import raise_file_limit
    from service.app import create_app
    from service.command.serving import Server
    from service.settings import ServiceSettings

    settings = ServiceSettings(**given(store=store, host=host, port=port, root_path=root_path))
    raise_file_limit()
    listener = _listen(settings.host, settings.port)
    with contextlib.closing(listener):
        _need_store(settings)
        asyncio.run(_try_store(settings))
        server = Server(create_app(settings), settings)
        address, number = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        tell(f"Gongkai {__version__} serves {settings.store} on http://{shown}:{number}/  (Ctrl-C ends it)")
        server.run(sockets=[listener])
        if not server.started:
            raise StoreError(str(settings.store), "the service could not start", "See the lines above for why")


@app.command("mcp")
def mcp_command(
    store: StoreOption = None,
    http: Annotated[
        bool, typer.Option("--http", help="Listen at http://HOST:PORT/mcp instead of standard input.")
    ] = False,
    host: Annotated[str | None, typer.Option(help="Address to listen on with --http.  [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.  [default: 8000]", min=0, max=65535)] = None,
) -> None:
    """Serve programs that speak the Model Context Protocol: search, sheets, queries and SPARQL, with citations."""
    with naming_extras("gongkai mcp"):
        from service.programs.tools import serve_http, serve_stdio
    from service.settings import ServiceSettings

    settings = ServiceSettings(**given(store=store, host=host, port=port))
    _need_store(settings)
    asyncio.run(_try_store(settings))
    asyncio.run(serve_http(settings) if http else serve_stdio(settings))


@app.command("figures")
def figures_command(files: Files, format: Annotated[FigureFormat, typer.Option("--format")] = FigureFormat.csv) -> None:
    """The figures of any document, without a store: one row per figure."""
    from service.linked import exports

    reading = _Reading(files)
    exports.write_figures(_tell_open(reading), format.value, _output(binary=format is FigureFormat.parquet))
    reading.close()


@app.command("account")
def account_command(files: Files, format: Annotated[TableFormat, typer.Option("--format")] = TableFormat.csv) -> None:
    """The ledger of numbers of any document: one row per number, with what became of it."""
    from service.linked import exports

    reading = _Reading(files)
    exports.write_ledger(iter(reading), format.value, _output())
    reading.close()


@app.command("facts")
def facts_command(files: Files, format: Annotated[FactsFormat, typer.Option("--format")] = FactsFormat.json) -> None:  # noqa: ARG001 - JSON is the only one
    """Agency, divisions, duties, projects, indicators, assessments, citations and more of any document, as JSON."""
    from service.linked import exports

    reading = _Reading(files)
    exports.write_facts(iter(reading), _output())
    reading.close()


@app.command("sheet")
def sheet_command(files: Files, format: Annotated[TableFormat, typer.Option("--format")] = TableFormat.csv) -> None:
    """The office sheet of any document: income, expenditure, “三公” and the like, each with the degree of its proof."""
    from service.linked import exports

    reading = _Reading(files)
    exports.write_sheet(iter(reading), format.value, _output())
    reading.close()


@app.command("check")
def check_command(files: Files, format: Annotated[CheckFormat, typer.Option("--format")] = CheckFormat.text) -> None:
    """Check documents: numbers by class, figures by place, identities, contradictions, shapes, what is unaccounted for.

    The exit code is 0 only if every file could be read, every number is accounted for and every SHACL shape is
    satisfied. Where a document contradicts itself, that is a finding about the document and no failure.
    """
    from service.checks.file_checks import check_files
    from service.checks.printing import write_json, write_text

    with show_progress() as progress:
        # All of them first: a bar and a report do not share a screen.
        checks = list(check_files(files, progress, say))
    if not (write_json if format is CheckFormat.json else write_text)(checks, _output()):
        raise typer.Exit(1)


@app.command("text")
def text_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    raw: Annotated[bool, typer.Option("--raw", help="With the names and telephone numbers of contacts.")] = False,
) -> None:
    """The document's text as the reader makes it and as it is published: what start and end count in.

    Names and telephone numbers of contacts are masked, sign for sign, unless --raw is given.
    """
    from loaders.pipeline import read_document
    from loaders.words.redaction import Redaction

    text = read_document(file).text
    _output().write(text if raw else Redaction(text).text)


@app.command("query", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def query_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    store: StoreOption = None,
    format: Annotated[QueryFormat, typer.Option("--format")] = QueryFormat.csv,
) -> None:
    """Run a canned query: gongkai query offices-funding-service --service free-inspection --year 2023"""
    from service.queries.catalogue import QueryCatalogue
    from service.settings import ServiceSettings

    settings = ServiceSettings(**given(store=store), workers=1, max_memory_quads=0)
    catalogue = QueryCatalogue.load(settings.base)
    body = asyncio.run(_ask(settings, catalogue, catalogue.find(name), _read_options(context.args), format.value))
    output = _output(binary=True)
    output.write(body)


def _need_store(settings: ServiceSettings) -> None:
    """Builds the store if there is none. Raises :class:`loaders.errors.StoreError` if nothing could be built."""
    from loaders.build.building import build
    from loaders.build.report import FILE_NAME, write_report
    from loaders.build.snapshots import find_current

    if not settings.endpoint and find_current(settings.store) is None:
        with show_progress() as progress:
            report = build([], settings.store, settings, progress)
        write_report(report, settings.store / FILE_NAME)
        for failure in report.failures:
            say(str(failure))
        if report.snapshot is None:
            raise StoreError(str(settings.store), "nothing could be built", "Mend the files named above")
        make_index(settings.store, report.snapshot)


async def _try_store(settings: ServiceSettings) -> None:
    """Opens the store once, so that a broken one is told in one line before the server starts."""
    from service.engine.store import open_store

    store = open_store(settings.model_copy(update={"workers": 1, "max_memory_quads": 0}))
    await store.start()
    await store.close()


async def _ask(
    settings: ServiceSettings, catalogue: QueryCatalogue, query: CannedQuery, given: dict[str, list[str]], form: str
) -> bytes:
    from service.engine.store import open_store
    from service.queries.answers import Answers, read_table
    from service.queries.table_exports import write_json

    store = open_store(settings)
    await store.start()
    try:
        answers = Answers(store, settings, catalogue)
        answer = await answers.run(query, given, form)
        if form == "json":
            return write_json(query, given, read_table(answer.body, answer.snapshot))
        return answer.body
    finally:
        await store.close()


def _read_options(arguments: Sequence[str]) -> dict[str, list[str]]:
    """``--name value`` and ``--name=value`` pairs, each name as often as it is wanted."""
    given: dict[str, list[str]] = {}
    rest = list(arguments)
    while rest:
        head = rest.pop(0)
        name, equals, value = head.removeprefix("--").partition("=")
        if not head.startswith("--") or not name:
            raise typer.BadParameter(f"{head!r} is no option; write --name value")
        if not equals:
            if not rest:
                raise typer.BadParameter(f"{head} needs a value")
            value = rest.pop(0)
        given.setdefault(name, []).append(value)
    return given


def _tell_open(reading: Iterable[Facts]) -> Iterator[Facts]:
    """The documents, telling of each how many of its figures have no value."""
    for facts in reading:
        number = sum(f.has_open_unit for f in facts.figures)
        if number:
            place = facts.document.path or facts.document.name
            say(f"{place}: {number} of {len(facts.figures)} figures have no value, for no words state their unit")
        yield facts


_AS_READ = "Its numbers are given as read; mind what they mean"


class _Reading:
    """The facts of each file, read one after another, with a progress bar.

    A file that cannot be read is told on stderr and stops no other; one that is no budget, account or evaluation is
    read all the same, and told. :meth:`close` ends the command with exit code 1 if there was either.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self.files = files
        self.faults = 0

    def __iter__(self) -> Iterator[Facts]:
        from loaders.catalogue import Catalogue
        from loaders.pipeline import explain_unknown, read_facts
        from loaders.resources import documents_folder

        catalogue = Catalogue.gather(self.files, documents_folder())
        with show_progress() as progress:
            for number, path in enumerate(self.files):
                progress("read", number, len(self.files))
                try:
                    facts = read_facts(path, catalogue, strict=False)
                except DocumentError as error:
                    self._tell(str(error))
                    continue
                if facts.kind == "unknown":
                    reason = explain_unknown(facts.document, facts.declined)
                    numbers = "Its numbers are nobody's figures" if facts.declined else _AS_READ
                    self._tell(f"{path}: {reason}. {numbers}")
                for warning in facts.document.warnings:
                    say(f"{path}: {warning}")
                yield facts
            progress("read", len(self.files), len(self.files))

    def _tell(self, message: str) -> None:
        self.faults += 1
        say(message)

    def close(self) -> None:
        """Raises :class:`typer.Exit` if a file could not be read, or not as one of the three kinds."""
        if self.faults:
            raise typer.Exit(1)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens; an error that names the port if that is taken."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(128)
        except BaseException:
            listener.close()
            raise
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise GongkaiError(
                f"{host}:{port}", "another program listens there", "Choose another with --port"
            ) from None
        raise GongkaiError(
            f"{host}:{port}", f"nothing can listen there ({error.strerror})", "Choose another with --host and --port"
        ) from None
    return listener


def _output(*, binary: bool = False) -> Any:
    """Stdout, in UTF-8 whatever the terminal is."""
    return sys.stdout.buffer if binary else open_output()


def main() -> None:
    """The entry point: one clear message per error on stderr, and a non-zero exit code."""
    bear_any_terminal()
    try:
        with naming_extras("this command"):
            app()
        sys.stdout.flush()
    except GongkaiError as error:
        say(str(error))
        _leave(1)
    except BrokenPipeError:
        # Whoever read our output has gone, as `head` does; there is nobody left to tell.
        _leave(141)
    except OSError as error:
        say(f"{error.filename or 'output'}: {error.strerror or error}. Free space, or choose another place")
        _leave(1)


def _leave(code: int) -> None:
    # What is still buffered cannot be written; without this the interpreter would complain of it at exit.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
