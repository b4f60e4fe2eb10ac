"""What changes from one publication to the next: ``/changes`` as a page, as Atom (RFC 4287) and as JSON Feed 1.1.

An entry is a document that came, changed or went; a publication of which nothing else can be told is one as well.
Pages of a feed are linked as RFC 5005 has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

from lxml import etree
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from loaders.build.history import STATUSES, DocumentChange, FigureChange, History, Release
from service.engine.xml_output import replace_forbidden
from service.http.negotiation import HTML, SHAPE, Format, choose
from service.http.prefix import find_origin
from service.http.problems import Problem
from service.linked.snapshot_parts import Maker
from service.pages.site import Form, Site, pick_language
from service.words.terms import CHANGES, WORDS, say

ATOM = Format("atom", "application/atom+xml")
FEED = Format("json", "application/feed+json", ("application/json",))
#: Entries of a page of a feed, publications of the page that lists them, documents of a publication's page.
PAGE, RELEASES, DOCUMENTS = 50, 50, 20
#: How many figures an entry of a feed tells; all of them stand on the page of the publication.
MOST_TOLD = 20
_ATOM = "http://www.w3.org/2005/Atom"
_TITLE = ("公开：数据的变化", "Gongkai: changes of the data")
_FORMS = (Form("Atom", "/changes.atom", ATOM.media_type), Form("JSON Feed", "/changes.json", FEED.media_type))


@dataclass(frozen=True)
class Entry:
    """An entry of a feed: a document of a publication, or the publication itself."""

    release: Release
    change: DocumentChange | None = None


class ChangePages:
    """The handlers of these addresses. ``maker`` is None where the data are in a store elsewhere alone."""

    def __init__(self, site: Site, maker: Maker | None) -> None:
        self.site = site
        self.maker = maker
        self.pages = {
            "/changes": self.overview,
            "/changes.{extension}": self.feed,
            "/changes/{name}": self.release,
        }

    async def overview(self, request: Request) -> Response:
        """The publications for people, the newest first; a feed for programs that ask for one."""
        form = choose(request.headers.get("accept"), (HTML, ATOM, FEED))
        if form in (ATOM, FEED):
            return await self._feed(request, form)
        releases = await asyncio.to_thread(self._open().list_releases)
        number, pages = _read_page(request, len(releases), RELEASES)
        shown = releases[(number - 1) * RELEASES : number * RELEASES]
        return self.site.page(
            request, "changes.html", releases=shown, number=number, pages=pages, statuses=STATUSES, alternates=_FORMS
        )

    async def feed(self, request: Request) -> Response:
        """``/changes.atom`` and ``/changes.json``."""
        form = {"atom": ATOM, "json": FEED}.get(request.path_params["extension"])
        if form is None:
            raise Problem(404, "format", request.url.path[:40], "there is no such form of it", "Ask for .atom or .json")
        return await self._feed(request, form)

    async def release(self, request: Request) -> Response:
        """One publication: its documents and their figures, in pages; as ``.json`` too."""
        name: str = request.path_params["name"]
        mark = name.removesuffix(".json")
        history = self._open()
        if mark not in history.list_marks():
            raise Problem(
                404, "unknown_release", f"changes/{name[:80]}", "no such publication is remembered", "See /changes"
            )
        release = history.read_release(mark)
        number, pages = _read_page(request, release.size, DOCUMENTS)
        start = (number - 1) * DOCUMENTS
        changes = await asyncio.to_thread(lambda: list(history.read_documents(mark, start, start + DOCUMENTS)))
        if name != mark:
            origin = find_origin(request)
            return JSONResponse({
                "version": SHAPE, "release": asdict(release), "page": number, "pages": pages,
                "documents": [self.describe(change, origin) for change in changes],
            })  # fmt: skip
        asked = f"?_page={number}" if number > 1 else ""
        return self.site.page(
            request, "release.html", release=release, documents_changed=changes, number=number, pages=pages,
            statuses=STATUSES, address=self.find_address, local_figure=self._find_figure,
            alternates=(Form("JSON", f"/changes/{mark}.json{asked}", "application/json"),),
            crumbs=(("/changes", "变化" if pick_language(request) == "zh" else "Changes"),),
        )  # fmt: skip

    def _open(self) -> History:
        if self.maker is None:
            raise Problem(
                501, "no_changes", "changes", "this server passes queries on to another endpoint and has no data",
                "Ask that endpoint's owner; a server beside the build that was published there has them (--store)",
            )  # fmt: skip
        return History(self.maker.find_snapshot().folder)

    async def _feed(self, request: Request, form: Format) -> Response:
        history = self._open()
        releases = await asyncio.to_thread(history.list_releases)
        total = sum(max(1, release.size) for release in releases)
        number, pages = _read_page(request, total, PAGE)
        entries = await asyncio.to_thread(lambda: list(list_entries(history, releases, (number - 1) * PAGE, PAGE)))
        writer = _FeedWriter(self, request, number, pages)
        if form is ATOM:
            body = writer.write_atom(entries, releases)
            return Response(body, media_type=ATOM.media_type, headers={"Vary": "Accept, Accept-Language"})
        return JSONResponse(
            writer.write_json(entries, total), media_type=form.media_type, headers={"Vary": "Accept, Accept-Language"}
        )

    def find_address(self, change: DocumentChange) -> str:
        """The page of the document; "" for one that has gone."""
        return f"/documents/{quote(change.after, safe='')}" if change.after else ""

    def _find_figure(self, figure: FigureChange) -> str:
        """The page of the figure as it is stated now; "" for one that is not stated any more."""
        return self.site.local(figure.after.iri) if figure.after else ""

    def describe(self, change: DocumentChange, origin: str) -> dict[str, Any]:
        """A document with all its figures that are listed, for programs."""
        address = self.find_address(change)
        return {
            **asdict(change), "iri": f"{self.site.base}id/document/{change.document}",
            "url": origin + address if address else None, "unlisted": change.unlisted,
        }  # fmt: skip


def list_entries(history: History, releases: Sequence[Release], start: int, most: int) -> Iterator[Entry]:
    """The entries of all publications from ``start``, at most ``most``; only the lines that are wanted are read."""
    for release in releases:
        if most <= 0:
            return
        size = max(1, release.size)
        if start < size:
            own = [Entry(release)]
            if release.size:
                own = [Entry(release, c) for c in history.read_documents(release.mark, start, start + most)]
            yield from own
            most -= len(own)
        start = max(0, start - size)


class _FeedWriter:
    def __init__(self, pages: ChangePages, request: Request, number: int, count: int) -> None:
        self.changes, self.site, self.number, self.count = pages, pages.site, number, count
        self.origin = find_origin(request)
        self.language = pick_language(request)
        self._wanted = request.query_params.get("lang") in ("zh", "en")

    def _t(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def _find_page(self, form: Format, number: int) -> str:
        asked = [f"_page={number}"] if number > 1 else []
        asked += [f"lang={self.language}"] if self._wanted else []
        return f"{self.origin}/changes.{form.key}" + (f"?{'&'.join(asked)}" if asked else "")

    def _list_links(self, form: Format) -> dict[str, str]:
        """The pages around this one, by relation."""
        around = {"self": self.number, "first": 1, "last": self.count}
        if self.number > 1:
            around["previous"] = self.number - 1
        if self.number < self.count:
            around["next"] = self.number + 1
        return {relation: self._find_page(form, number) for relation, number in around.items()}

    def _find_identity(self, entry: Entry) -> str:
        identity = f"{self.site.base}changes/{entry.release.mark}"
        return f"{identity}#{quote(entry.change.document, safe='')}" if entry.change else identity

    def _find_address(self, entry: Entry) -> str:
        address = self.changes.find_address(entry.change) if entry.change else ""
        return self.origin + (address or f"/changes/{entry.release.mark}")

    def _head(self, entry: Entry) -> str:
        change = entry.change
        if change is None:
            if entry.release.compared:
                return self._t("重新发布，文件未变", "published anew, the same documents")
            return self._t("数据整体更换，未逐项比较", "the data were replaced as a whole and not compared")
        words = say(CHANGES, change.status, self.language)
        again = self._t("（重新读取）", " (read anew)") if change.reread else ""
        return f"{words}{again}{self._t('：', ': ')}{change.title or change.document}"

    def _tell(self, entry: Entry) -> list[str]:
        """What happened, a line each."""
        change = entry.change
        if change is None:
            return [f"{self._t('快照', 'snapshot')} {entry.release.snapshot}"]
        about = " · ".join(str(p) for p in (change.agency, change.fiscal_year, change.document) if p)
        if not change.compared:
            return [about, self._t("前后数字未能比较", "the figures could not be compared")]
        counts = ", ".join(f"{say(CHANGES, s, self.language)} {change.counts.get(s, 0):,}" for s in STATUSES)
        lines = [about, f"{self._t('数字', 'figures')}{self._t('：', ': ')}{counts}"]
        lines += [self._tell_figure(figure) for figure in change.figures[:MOST_TOLD]]
        rest = len(change.figures) - MOST_TOLD + change.unlisted
        if rest > 0:
            where = f"{self.origin}/changes/{entry.release.mark}"
            lines.append(self._t(f"另有 {rest:,} 个数字，见 {where}", f"{rest:,} more figures: {where}"))
        return lines

    def _tell_figure(self, figure: FigureChange) -> str:
        phase = say(WORDS, figure.phase, self.language) if figure.phase in WORDS else figure.phase
        about = " · ".join(p for p in (figure.subject, figure.column, figure.year, phase) if p)
        sides = [f"{side.value or side.stated} {figure.unit}".strip() for side in (figure.before, figure.after) if side]
        return f"{say(CHANGES, figure.status, self.language)} {about}: {' → '.join(sides)}"

    def write_atom(self, entries: Sequence[Entry], releases: Sequence[Release]) -> bytes:
        root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]
        root.set("{http://www.w3.org/XML/1998/namespace}lang", "zh-CN" if self.language == "zh" else "en")
        _add(root, "id", f"{self.site.base}changes")
        _add(root, "title", self._t(*_TITLE))
        _add(root, "updated", releases[0].time if releases else "1970-01-01T00:00:00Z")
        _add(_add(root, "author"), "name", "Gongkai")
        _add(root, "link", rel="alternate", type="text/html", href=f"{self.origin}/changes")
        for relation, address in self._list_links(ATOM).items():
            _add(root, "link", rel=relation, type=ATOM.media_type, href=address)
        for entry in entries:
            node = _add(root, "entry")
            _add(node, "id", self._find_identity(entry))
            _add(node, "title", self._head(entry))
            _add(node, "updated", entry.release.time)
            _add(node, "link", rel="alternate", type="text/html", href=self._find_address(entry))
            _add(node, "link", rel="via", type="text/html", href=f"{self.origin}/changes/{entry.release.mark}")
            if entry.change:
                _add(node, "category", term=entry.change.status)
            _add(node, "content", "\n".join(self._tell(entry)), type="text")
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")

    def write_json(self, entries: Sequence[Entry], total: int) -> dict[str, Any]:
        links = self._list_links(FEED)
        feed: dict[str, Any] = {
            "version": "https://jsonfeed.org/version/1.1", "title": self._t(*_TITLE),
            "home_page_url": f"{self.origin}/changes", "feed_url": links["self"],
            "language": "zh-CN" if self.language == "zh" else "en", "authors": [{"name": "Gongkai"}],
            "_gongkai": {"version": SHAPE, "total": total, "page": self.number, "pages": self.count},
        }  # fmt: skip
        if "next" in links:
            feed["next_url"] = links["next"]
        feed["items"] = [self._write_item(entry) for entry in entries]
        return feed

    def _write_item(self, entry: Entry) -> dict[str, Any]:
        release, change = entry.release, entry.change
        about: dict[str, Any] = {"release": f"{self.origin}/changes/{release.mark}.json", "snapshot": release.snapshot}
        if change is not None:
            about |= self.changes.describe(change, self.origin)
            about["figures"] = about["figures"][:MOST_TOLD]
            about["unlisted"] += max(0, len(change.figures) - MOST_TOLD)
        return {
            "id": self._find_identity(entry), "url": self._find_address(entry), "title": self._head(entry),
            "content_text": "\n".join(self._tell(entry)), "date_published": release.time,
            "tags": [change.status] if change else [], "_gongkai": about,
        }  # fmt: skip


def _add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    node = etree.SubElement(parent, f"{{{_ATOM}}}{name}", {k: replace_forbidden(v)[0] for k, v in attributes.items()})
    if text is not None:
        node.text = replace_forbidden(text)[0]
    return node


def _read_page(request: Request, total: int, most: int) -> tuple[int, int]:
    """The page that is asked for and how many there are. Raises :class:`service.http.problems.Problem`."""
    asked = request.query_params.get("_page", "1")
    pages = max(1, -(-total // most))
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and 1 <= int(asked) <= pages):
        raise Problem(422, "bad_parameter", f"_page={asked[:20]}", "there is no such page", f"Ask for one of 1-{pages}")
    return int(asked), pages
