"""The data as a whole: ``/dataset`` and ``/.well-known/void`` describe them (DCAT 3, VoID), ``/dumps`` holds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from loaders.errors import StoreError
from loaders.graph.internal import read_internal
from loaders.graph.iris import DCAT, DCTERMS, RDF, RDFS, VOID, XSD, Iris, Namespace
from service.engine.xml_output import serialize_graph
from service.http.negotiation import GRAPHS, HTML, Format, choose, find_named
from service.http.problems import Problem
from service.linked.dumps import FOLLOWING, DumpFile, list_files
from service.linked.snapshot_parts import Maker
from service.pages.site import Form, Site
from service.sparql.guard import list_prefixes

SPDX = Namespace("http://spdx.org/rdf/terms#")
_TYPES = "https://www.iana.org/assignments/media-types/"
_PROTOCOL = "http://www.w3.org/TR/sparql11-protocol/"
_RECONCILIATION = "https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/"
_SUMS = "SHA256SUMS"
_MEDIA = {"gongkai.nq.gz": "application/n-quads", "gongkai.trig.gz": "application/trig"}
_TITLES = {
    "gongkai.nq.gz": ("全部数据，N-Quads", "all data as N-Quads"),
    "gongkai.trig.gz": ("全部数据，TriG", "all data as TriG"),
    "figures.csv": ("全部数字，CSV", "all figures as CSV"),
    "figures.parquet": ("全部数字，Parquet", "all figures as Parquet"),
}


class DatasetPages:
    """The handlers of these addresses. ``maker`` is None where the data are in a store elsewhere."""

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
        triples = [*await self._read_stated(), *self._state(_find_origin(request), files)]
        if form is HTML:
            return self._show(request, triples, files)
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
            return JSONResponse({"snapshot": snapshot, "files": rows})
        return self.site.page(
            request, "dumps.html", files=[f for f in files if not f.document], snapshot=snapshot, titles=_TITLES,
            of_documents=[f for f in files if f.document], sums=_SUMS, following=FOLLOWING,
            alternates=[Form("JSON", "/dumps.json", "application/json")],
        )  # fmt: skip

    async def send_dump(self, request: Request) -> Response:
        """One file. Only what the list names is sent."""
        name: str = request.path_params["path"]
        _, folder = await self._need("following" if name == FOLLOWING else "dumps")
        files = list_files(folder)
        if name == _SUMS:
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
                "Ask that endpoint's owner",
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

    def _state(self, origin: str, files: Sequence[DumpFile]) -> Iterator[ox.Triple]:
        """What this server adds: where the data can be had and asked."""
        dataset, catalogue = self.iris.dataset(), ox.NamedNode(f"{self.site.base}catalogue")
        sparql, reconcile = ox.NamedNode(f"{origin}sparql"), ox.NamedNode(f"{origin}reconcile")
        for kind in (DCAT("Dataset"), VOID("Dataset")):
            yield ox.Triple(dataset, RDF("type"), kind)
        yield ox.Triple(dataset, DCAT("version"), ox.Literal(self.site.data_version()))
        yield ox.Triple(dataset, DCAT("landingPage"), ox.NamedNode(f"{origin}dataset"))
        yield ox.Triple(dataset, VOID("sparqlEndpoint"), sparql)
        for words, language in (("政府预算", "zh"), ("政府决算", "zh"), ("绩效评价", "zh"), ("government budget", "en"),
                                ("government accounts", "en"), ("performance evaluation", "en")):  # fmt: skip
            yield ox.Triple(dataset, DCAT("keyword"), ox.Literal(words, language=language))
        yield ox.Triple(catalogue, RDF("type"), DCAT("Catalog"))
        yield ox.Triple(catalogue, DCTERMS("title"), ox.Literal("公开", language="zh"))
        yield ox.Triple(catalogue, DCTERMS("title"), ox.Literal("Gongkai", language="en"))
        yield ox.Triple(catalogue, DCAT("dataset"), dataset)
        for service, standard, title in (
            (sparql, _PROTOCOL, "SPARQL 1.1"),
            (reconcile, _RECONCILIATION, "Reconciliation"),
        ):
            yield ox.Triple(catalogue, DCAT("service"), service)
            yield ox.Triple(service, RDF("type"), DCAT("DataService"))
            yield ox.Triple(service, DCTERMS("title"), ox.Literal(title, language="en"))
            yield ox.Triple(service, DCAT("endpointURL"), service)
            yield ox.Triple(service, DCAT("servesDataset"), dataset)
            yield ox.Triple(service, DCTERMS("conformsTo"), ox.NamedNode(standard))
        for file in files:
            yield from self._state_file(origin, file)

    def _state_file(self, origin: str, file: DumpFile) -> Iterator[ox.Triple]:
        node = ox.NamedNode(f"{origin}dumps/{file.name}")
        of = ox.NamedNode(file.document) if file.document else self.iris.dataset()
        yield ox.Triple(of, DCAT("distribution"), node)
        if file.document:
            yield ox.Triple(of, RDF("type"), DCAT("Dataset"))
        yield ox.Triple(node, RDF("type"), DCAT("Distribution"))
        for language, title in zip(("zh", "en"), _TITLES.get(file.name, (file.name, file.name)), strict=True):
            yield ox.Triple(node, DCTERMS("title"), ox.Literal(title, language=language))
        yield ox.Triple(node, DCAT("downloadURL"), node)
        yield ox.Triple(node, DCAT("accessURL"), ox.NamedNode(f"{origin}dumps"))
        media = _MEDIA.get(file.name, file.media_type)
        yield ox.Triple(node, DCAT("mediaType"), ox.NamedNode(_TYPES + media))
        if media != file.media_type:
            yield ox.Triple(node, DCAT("compressFormat"), ox.NamedNode(_TYPES + file.media_type))
        yield ox.Triple(node, DCAT("byteSize"), ox.Literal(str(file.size), datatype=XSD("nonNegativeInteger")))
        checksum = ox.NamedNode(f"{node.value}#sha256")
        yield ox.Triple(node, SPDX("checksum"), checksum)
        yield ox.Triple(checksum, RDF("type"), SPDX("Checksum"))
        yield ox.Triple(checksum, SPDX("algorithm"), SPDX("checksumAlgorithm_sha256"))
        yield ox.Triple(checksum, SPDX("checksumValue"), ox.Literal(file.sha256, datatype=XSD("hexBinary")))
        if file.name in _MEDIA:
            yield ox.Triple(of, VOID("dataDump"), node)

    def _show(self, request: Request, triples: Sequence[ox.Triple], files: Sequence[DumpFile]) -> Response:
        known = _Known(triples)
        dataset = self.iris.dataset()
        parts = known.values(dataset, VOID("classPartition"))
        classes = [(known.one(p, VOID("class")), int(known.one(p, VOID("entities")) or 0)) for p in parts]
        return self.site.page(
            request, "dataset.html",
            titles=known.texts(dataset, DCTERMS("title")) or known.texts(dataset, RDFS("label")),
            descriptions=known.texts(dataset, DCTERMS("description")),
            triples=known.one(dataset, VOID("triples")), documents=known.one(dataset, VOID("documents")),
            licence=known.one(dataset, DCTERMS("license")), modified=known.one(dataset, DCTERMS("modified")),
            classes=sorted(classes, key=lambda pair: (-pair[1], pair[0])), iri=dataset.value,
            files=[f for f in files if not f.document], titles_of_files=_TITLES,
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
    origin = str(request.base_url)
    try:
        return ox.NamedNode(origin).value
    except ValueError:
        raise Problem(400, "host", "Host", "the address of the request is no IRI", "Send a proper Host") from None
