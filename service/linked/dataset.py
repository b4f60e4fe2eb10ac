"""The data as a whole: ``/dataset`` and ``/.well-known/void`` describe them (DCAT 3, VoID), ``/dumps`` holds them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from loaders.errors import StoreError
from loaders.graph.internal import read_internal
from loaders.graph.iris import DCTERMS, RDFS, VOID, Iris
from service.engine.xml_output import serialize_graph
from service.http.negotiation import GRAPHS, HTML, SHAPE, Format, choose, find_named
from service.http.prefix import find_origin, find_prefix, prefix_data
from service.http.problems import Problem
from service.linked.descriptions import RIGHTS, SPDX, TITLES, Described, name_dataset, state
from service.linked.dumps import DumpFile, list_files
from service.linked.export_folders import SUMS
from service.linked.packages import BY_NAME, PACKAGES
from service.linked.snapshot_parts import Maker
from service.pages.site import Form, Site, pick_language
from service.pages.structured import describe_dataset
from service.queries.answers import Value
from service.sparql.guard import list_prefixes


class DatasetPages:
    """The handlers of these addresses. ``maker`` is None where the data are in a store elsewhere alone."""

    def __init__(self, site: Site, maker: Maker | None) -> None:
        self.site = site
        self.maker = maker
        self.iris = Iris(site.base)

    async def describe(self, request: Request) -> Response:
        """The description: a page for a browser, else RDF."""
        well_known = request.url.path.startswith("/.well-known/")
        extension = request.path_params.get("extension", "")
        offered = GRAPHS if well_known else (HTML, *GRAPHS)
        form = find_named(extension, GRAPHS) if extension else choose(request.headers.get("accept"), offered)
        if extension and form is None:
            names = ", ".join(f".{f.key}" for f in GRAPHS)
            raise Problem(404, "format", f".{extension[:20]}", "there is no such form of it", f"Ask for one of {names}")
        # Who asks for the description without saying how is a program, whatever its Accept is.
        form = form or GRAPHS[0]
        if form is HTML and "html" not in request.headers.get("accept", ""):
            form = GRAPHS[0]
        files = await self._find_files(wait=form is not HTML)
        origin, version = _find_origin(request), self.site.data_version()
        stated = await self._read_stated()
        named = any(t.subject == self.iris.dataset() and t.predicate == DCTERMS("title") for t in stated)
        triples = [*stated, *([] if named else name_dataset(self.iris))]
        documents = await self._read_documents()
        triples += state(self.iris, origin, version, files, documents)
        if form is HTML:
            return self._show(request, triples, files, documents)
        found = ox.RdfFormat.from_media_type(form.media_type)
        prefixes = list_prefixes(self.site.base) | {"spdx": SPDX.base} if form.key in ("ttl", "trig") else None
        dataset = str(self.iris.dataset())
        ordered = sorted(set(triples), key=lambda t: (str(t.subject) != dataset, str(t.subject), t.predicate.value))
        body = serialize_graph(ordered, found, prefixes)
        return Response(body, headers={"Content-Type": form.content_type, "Vary": "Accept"})

    async def list_dumps(self, request: Request) -> Response:
        """The files to download, with their sizes and digests."""
        snapshot, folder = await self._need()
        files = list_files(folder)
        if request.url.path.endswith(".json"):
            rows = [
                {"name": f.name, "url": f"/dumps/{f.name}", "bytes": f.size, "sha256": f.sha256, "kind": f.kind,
                 "media_type": f.media_type, "document": f.document or None, "rows": f.rows or None}
                for f in files
            ]  # fmt: skip
            more = [
                {"name": p.name, "url": f"/dumps/{p.name}", "title": {"zh": p.zh, "en": p.en},
                 "media_type": p.media_type}
                for p in PACKAGES
            ]  # fmt: skip
            listed = {"version": SHAPE, "snapshot": snapshot, "files": rows, "on_request": more}
            return JSONResponse(prefix_data(listed, find_prefix(request)))
        return self.site.page(
            request, "dumps.html", files=[f for f in files if not f.document], snapshot=snapshot, titles=TITLES,
            of_documents=[f for f in files if f.document], sums=SUMS, packages=PACKAGES,
            alternates=[Form("JSON", "/dumps.json", "application/json")],
        )  # fmt: skip

    async def send_dump(self, request: Request) -> Response:
        """One file. Only what the list names is sent."""
        name: str = request.path_params["path"]
        _, folder = await self._need(BY_NAME[name].part if name in BY_NAME else "dumps")
        files = list_files(folder)
        if name == SUMS:
            return Response("".join(f"{f.sha256}  {f.name}\n" for f in files), media_type="text/plain; charset=utf-8")
        file = next((f for f in files if f.name == name), None)
        if file is None:
            raise Problem(404, "unknown_dump", f"dumps/{name[:80]}", "there is no such file", "See the list at /dumps")
        answer = FileResponse(folder / file.name, media_type=file.media_type, filename=Path(file.name).name)
        answer.headers["ETag"] = f'"{file.sha256}"'
        return answer

    async def _need(self, part: str = "dumps") -> tuple[str, Path]:
        if self.maker is None:
            raise Problem(
                501, "no_dumps", "dumps", "this server passes queries on to another endpoint and has no data",
                "Ask that endpoint's owner; a server beside the build that was published there has them (--store)",
            )  # fmt: skip
        snapshot, folder = await self.maker.need(part)
        return snapshot.name, folder

    async def _find_files(self, *, wait: bool) -> list[DumpFile]:
        """The files there are; none where they cannot be had just now, which is no reason to describe nothing."""
        if self.maker is None:
            return []
        try:
            _, folder, ready = self.maker.begin("dumps")
            if wait and not ready:
                _, folder = await self.maker.need("dumps")
                ready = True
        except (Problem, StoreError):
            return []
        return list_files(folder) if ready else []

    async def _read_stated(self) -> list[ox.Triple]:
        """What the build has stated of the data."""
        answers = self.site.answers
        query = read_internal("linked/dataset-statements", self.site.base)
        answer = await answers.store.run(answers.job(query, "nt"))
        return [quad.triple for quad in ox.parse(answer.body, ox.RdfFormat.N_TRIPLES)]

    async def _read_documents(self) -> list[Described]:
        rows = (await self.site.answers.ask_internal("linked/documents")).rows
        text = {name: Value("") for name in ("title", "year", "agency", "place")}
        # The first row of each document: of several titles or offices one.
        found = {row["document"].text: {**text, **row} for row in reversed(rows)}.values()
        return [
            Described(row["document"].text, *(row[name].text for name in ("title", "year", "agency", "place")))
            for row in found
        ]

    def _show(
        self, request: Request, triples: Sequence[ox.Triple], files: Sequence[DumpFile], documents: Sequence[Described]
    ) -> Response:
        known = _Known(triples)
        dataset = self.iris.dataset()
        structured = describe_dataset(
            self.site.base, find_origin(request), pick_language(request),
            modified=known.one(dataset, DCTERMS("modified")), years={d.year for d in documents if d.year},
            places={d.place for d in documents if d.place},
            files=[(f.name, f.media_type, f.size) for f in files if not f.document],
        )  # fmt: skip
        parts = known.values(dataset, VOID("classPartition"))
        classes = [(known.one(p, VOID("class")), int(known.one(p, VOID("entities")) or 0)) for p in parts]
        return self.site.page(
            request, "dataset.html", structured=structured,
            titles=known.texts(dataset, DCTERMS("title")) or known.texts(dataset, RDFS("label")),
            descriptions=known.texts(dataset, DCTERMS("description")),
            triples=known.one(dataset, VOID("triples")), documents=known.one(dataset, VOID("documents")),
            licence=known.one(dataset, DCTERMS("license")), modified=known.one(dataset, DCTERMS("modified")),
            classes=sorted(classes, key=lambda pair: (-pair[1], pair[0])), iri=dataset.value,
            files=[f for f in files if not f.document], titles_of_files=TITLES, rights=RIGHTS,
            alternates=[_offer(form) for form in GRAPHS],
        )  # fmt: skip


class _Known:
    """Statements, looked up by subject and predicate."""

    def __init__(self, triples: Sequence[ox.Triple]) -> None:
        self._objects: dict[tuple[str, str], list[ox.NamedNode | ox.Literal]] = {}
        for triple in triples:
            if isinstance(triple.object, ox.NamedNode | ox.Literal):
                self._objects.setdefault((str(triple.subject), triple.predicate.value), []).append(triple.object)

    def values(self, node: ox.NamedNode | ox.Literal, predicate: ox.NamedNode) -> list[ox.NamedNode | ox.Literal]:
        return self._objects.get((str(node), predicate.value), [])

    def one(self, node: ox.NamedNode | ox.Literal, predicate: ox.NamedNode) -> str:
        found = self.values(node, predicate)
        return found[0].value if found else ""

    def texts(self, node: ox.NamedNode, predicate: ox.NamedNode) -> dict[str, str]:
        return {v.language or "": v.value for v in self.values(node, predicate) if isinstance(v, ox.Literal)}


def _offer(form: Format) -> Form:
    return Form(form.key, f"/dataset.{form.key}", form.media_type)


def _find_origin(request: Request) -> str:
    """The address of this site as the client wrote it, with a slash at its end."""
    origin = f"{find_origin(request)}/"
    try:
        return ox.NamedNode(origin).value
    except ValueError:
        raise Problem(400, "host", "Host", "the address of the request is no IRI", "Send a proper Host") from None
