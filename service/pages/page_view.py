"""A page of a PDF as it is printed, with its figures marked in the picture, and its text below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote as quote_path

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from service.engine.pictures import NoPicture, Picture, Pictures
from service.http.delivery import make_tag, matches
from service.http.problems import Problem
from service.pages.document_page import Mark, mark_text
from service.pages.site import Site, pick_language
from service.pages.text_tables import find_stretches
from service.queries.answers import Row

#: What a reader of PDFs writes between two pages.
PAGE_BREAK = "\n\f"
PDF = "application/pdf"
_ASKED = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")
_PAGE = re.compile(r"([1-9][0-9]{0,5})(?:\.(webp|png))?")
_PLACE = re.compile(r"/([0-9]+)-([0-9]+)$")
_WHERE = re.compile(r"page=([0-9]+)&viewrect=(-?[0-9.]+),(-?[0-9.]+),(-?[0-9.]+),(-?[0-9.]+)")
#: How long a picture may be kept by others, in seconds: its address changes with the file.
_KEPT = 86_400
#: Why there is no picture, in Chinese and English.
REASONS: dict[str, tuple[str, str]] = {
    "off": ("此站点不显示页面图像（GONGKAI_PAGE_PICTURES）",
            "This site shows no pictures of pages (GONGKAI_PAGE_PICTURES)"),
    "remote": ("此数据库不知道原文件在哪里", "The store does not know where the file lies"),
    "gone": ("原文件已不在构建时所在的位置", "The file is no longer where it was when the store was built"),
    "changed": ("原文件在构建之后有改动，不再是本文所据的文件", "The file has changed since the store was built"),
    "masked": ("此页有已隐去的人名或电话，图像中无法可靠地遮盖，因此不显示",
               "Names or telephone numbers on this page are masked, and cannot be covered safely in its picture"),
    "damaged": ("此页无法绘制", "This page cannot be drawn"),
    "absent": ("原文件没有这一页", "The file has no such page"),
    "heavy": ("此页的图像超过允许的大小或内存", "The picture of this page would be too large, or take too much memory"),
    "slow": ("绘制此页超过时限（GONGKAI_PICTURE_SECONDS）",
             "Drawing this page takes too long (GONGKAI_PICTURE_SECONDS)"),
    "busy": ("正在绘制的页面太多，请稍后再试", "Too many pages are being drawn; try again in a moment"),
}  # fmt: skip
_BROKEN = ("绘制此页的进程意外结束", "The process that draws this page ended unexpectedly")


@dataclass(frozen=True)
class Box:
    """A figure's box on its page, in points from the top left corner; ``quoted`` if the reader was sent to it."""

    mark: Mark
    left: float
    top: float
    wide: float
    high: float
    quoted: bool = False


@dataclass(frozen=True)
class Leaf:
    """One page of a document: its number, from 1, of ``count``, and its text with the offset where it begins."""

    number: int
    count: int
    start: int
    text: str


def split_pages(text: str) -> list[int]:
    """The offsets at which the pages of a PDF's text begin."""
    starts, at = [0], text.find(PAGE_BREAK)
    while at >= 0:
        starts.append(at + len(PAGE_BREAK))
        at = text.find(PAGE_BREAK, at + len(PAGE_BREAK))
    return starts


def find_page(text: str, offset: int) -> int:
    """The number of the page, from 1, on which a character of a PDF's text stands."""
    return text.count(PAGE_BREAK, 0, offset + 1) + 1


class PageView:
    """The handler of ``/documents/{name}/pages/{page}``, which is also asked for the picture alone."""

    def __init__(self, site: Site, pictures: Pictures) -> None:
        self.site = site
        self.pictures = pictures

    async def answer(self, request: Request) -> Response:
        """The page for people; with ``.webp`` or ``.png`` its picture."""
        name, wanted = request.path_params["name"], _PAGE.fullmatch(request.path_params["page"])
        address = f"/documents/{quote_path(name, safe='')}"
        iri = self._name_document(name)
        found = (await self.site.answers.ask_internal("pages/document", {"document": [iri]})).rows
        if not found:
            raise _unknown(name)
        row = found[0]
        text = str(row.get("text", ""))
        paged = str(row.get("media", "")) == PDF
        if not paged and (wanted is None or not wanted[2]):
            return RedirectResponse(self.site.link(request, address), 303)
        leaf = _find_leaf(text, int(wanted[1])) if paged and wanted else None
        if leaf is None or wanted is None:
            raise Problem(
                404, "unknown_page", f"page {request.path_params['page'][:20]!r} of {name[:80]!r}",
                "the document has no such page", f"See its text: {address}",
                zh=("该文件没有这一页", f"请看它的正文：{address}"),
            )  # fmt: skip
        if wanted[2]:
            return await self._send_picture(request, name, leaf, wanted[2])
        return await self._show(request, name, iri, row, leaf)

    def _name_document(self, name: str) -> ox.NamedNode:
        try:
            return ox.NamedNode(f"{self.site.base}id/document/{name}")
        except ValueError:
            raise _unknown(name) from None

    async def _send_picture(self, request: Request, name: str, leaf: Leaf, form: str) -> Response:
        try:
            picture = await self.pictures.draw(name, leaf.number, form, leaf.text)
        except NoPicture as error:
            zh, en = REASONS.get(error.reason, _BROKEN)
            status = 503 if error.passing else 404
            raise Problem(
                status, f"picture_{error.reason}", f"page {leaf.number} of {name[:80]!r}", en, "Read its text instead",
                zh=(zh, "请改看文字"),
            ) from error  # fmt: skip
        tag = make_tag(picture.body)
        headers = {"ETag": tag, "Cache-Control": f"public, max-age={_KEPT}"}
        if matches(request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        return Response(picture.body, headers=headers, media_type=picture.media_type)

    async def _show(self, request: Request, name: str, iri: ox.NamedNode, row: Row, leaf: Leaf) -> Response:
        language = pick_language(request)
        quote = _read_quote(request)
        picture: Picture | None = None
        reason = ""
        page: dict[str, list[ox.NamedNode | ox.Literal]] = {
            "document": [iri], "page": [ox.Literal(f"page={leaf.number}&")],
        }  # fmt: skip
        figures = self.site.answers.ask_internal("pages/document-page", page)
        try:
            picture = await self.pictures.draw(name, leaf.number, "webp", leaf.text)
        except NoPicture as error:
            reason = REASONS.get(error.reason, _BROKEN)[language != "zh"]
        boxes = _read_boxes((await figures).rows, quote)
        if quote and not any(box.quoted for box in boxes):
            boxes += await self._find_quoted(iri, quote, leaf)
        marks = [Mark(b.mark.start - leaf.start, b.mark.end - leaf.start, b.mark.iri, b.mark.title) for b in boxes
                 if b.mark.iri]  # fmt: skip
        here = _shift(quote, leaf)
        address = f"/documents/{quote_path(name, safe='')}"
        title = row["title"].text if "title" in row else name
        return self.site.page(
            request, "page.html", name=name, title=title, leaf=leaf, picture=picture, reason=reason, boxes=boxes,
            mark=picture and make_tag(picture.body)[1:9], quote=quote, address=address,
            first_quoted=next((number for number, box in enumerate(boxes, 1) if box.quoted), 0),
            stretches=find_stretches(mark_text(leaf.text, marks, (), here)),
            crumbs=(("/documents", "文件" if language == "zh" else "Documents"), (address, title)),
        )  # fmt: skip

    async def _find_quoted(self, iri: ox.NamedNode, quote: tuple[int, int], leaf: Leaf) -> list[Box]:
        """The box of a stretch that is no figure."""
        place = ox.NamedNode(f"{iri.value}#char={quote[0]},{quote[1]}")
        rows = (await self.site.answers.ask_internal("pages/place-page", {"place": [place]})).rows
        mark = Mark(quote[0], quote[1], "", leaf.text[quote[0] - leaf.start : quote[1] - leaf.start][:80])
        found = [(_WHERE.fullmatch(row["where"].text)) for row in rows]
        return [_make_box(mark, where, quoted=True) for where in found if where and int(where[1]) == leaf.number]


def _unknown(name: str) -> Problem:
    return Problem(404, "unknown_document", f"document {name[:80]!r}", "it is not loaded", "See the start page")


def _find_leaf(text: str, number: int) -> Leaf | None:
    starts = split_pages(text)
    if number > len(starts):
        return None
    start = starts[number - 1]
    last = number == len(starts)
    end = len(text.removesuffix("\n")) if last else starts[number] - len(PAGE_BREAK)
    return Leaf(number, len(starts), start, text[start:end])


def _read_quote(request: Request) -> tuple[int, int] | None:
    """The stretch that ``?quote=start-end`` asks to mark; None if it asks for none that can be."""
    found = _ASKED.fullmatch(request.query_params.get("quote", ""))
    return (int(found[1]), int(found[2])) if found and int(found[1]) < int(found[2]) else None


def _shift(quote: tuple[int, int] | None, leaf: Leaf) -> tuple[int, int]:
    """The part of a stretch that stands on a page, in characters of the page."""
    if quote is None:
        return 0, 0
    start, end = max(quote[0] - leaf.start, 0), min(quote[1] - leaf.start, len(leaf.text))
    return (start, end) if start < end else (0, 0)


def _read_boxes(rows: Sequence[Row], quote: tuple[int, int] | None) -> list[Box]:
    found: dict[str, Box] = {}
    for row in rows:
        thing = row["thing"].text
        place, where = _PLACE.search(thing), _WHERE.fullmatch(row["where"].text)
        if place is None or where is None:
            continue
        mark = Mark(int(place[1]), int(place[2]), thing, str(row.get("label", "")))
        quoted = quote is not None and mark.start < quote[1] and quote[0] < mark.end
        found.setdefault(thing, _make_box(mark, where, quoted=quoted))
    return sorted(found.values(), key=lambda box: box.mark.start)


def _make_box(mark: Mark, where: re.Match[str], *, quoted: bool) -> Box:
    left, top, wide, high = (float(number) for number in where.groups()[1:])
    return Box(mark, left, top, max(wide, 1.0), max(high, 1.0), quoted)
