"""HTML: the main content of a web page, without navigation; tables with tabs between their cells."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
from lxml import etree

from loaders.characters import show_name
from loaders.documents import Document, Span
from loaders.errors import DamagedFile, EmptyFile, UndecodableFile
from loaders.readers.blocks import make_blocks
from loaders.readers.rows import MAX_COLUMNS, clean_line, holds_data, make_table
from loaders.readers.text import decode, read_bytes
from loaders.settings import Settings

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.I)
_DROPPED = frozenset(
    (
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "canvas",
        "nav",
        "select",
        "button",
        "footer",
    )
)
_BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    )
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
#: A block whose text lies in links to more than this part is navigation.
_LINKED = 0.5
#: Of a page's worth of text and tables, the main content holds at least this part.
_MOST = 0.75
#: Elements deeper than this are not followed.
_DEPTH = 200
_MAX_SPAN = 1000
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OFFICIAL = re.compile(r"预算|决算|绩效")


def read(path: Path, settings: Settings) -> Document:
    """A web page as a document. Nothing that it names is fetched, no script is run.

    Raises:
        DocumentError: the file is missing, too large, in no known encoding, damaged, or holds no text.
    """
    data = read_bytes(path, settings.max_file_bytes)
    root = _parse(_decode(data, str(path)), str(path))
    main = find_main(root)
    lines = list(_lines(main, 0))
    title = _title(root, main)
    if title and title not in "".join(lines)[:2000].replace(" ", ""):
        lines.insert(0, title)
    text = _join(lines)
    if not text.strip():
        raise EmptyFile(
            str(path), "the page holds no text", "Save it from the browser, when it has been shown in full."
        )
    return Document(
        name=show_name(path.stem),
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        format="html",
        blocks=make_blocks(text),
        pages=(Span(0, len(text)),),
        media_type="text/html",
        path=str(path),
    )


def write_page(source: str, place: str) -> str:
    """The text of a page of HTML that is content and nothing else.

    Raises:
        DamagedFile: it cannot be parsed.
    """
    return _join(list(_lines(_parse(source, place), 0))) if source.strip() else ""


def _parse(source: str, place: str) -> Any:
    """The tree of a page, without what is not shown or not content."""
    parser = lxml.html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(source, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise DamagedFile(place, f"the page cannot be parsed ({error})", "Save it from the browser again.") from error
    _strip(root)
    return root


def _join(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _decode(data: bytes, place: str) -> str:
    """The page's characters, by its byte order mark, its bytes, or what it declares, in this order."""
    for mark, code in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            text = data[2:].decode(code, errors="replace")
            break
    else:
        declared = _CHARSET.search(data[:8192])
        name = declared.group(1).decode("ascii").lower() if declared else ""
        try:
            text, _ = decode(data, place)
        except UndecodableFile:
            if name not in ("gb2312", "gbk", "gb18030", "x-gbk", "big5", "big5-hkscs", "utf-8"):
                raise
            text = data.decode("gb18030" if name.startswith(("gb", "x-gb")) else name, errors="replace")
    # lxml refuses characters beside an encoding declaration, and takes NUL for the end.
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff").replace("\x00", ""))


def _strip(root: Any) -> None:
    """Removes what is not shown or not content."""
    for node in list(root.iter()):
        unseen = _HIDDEN.search(node.get("style") or "") or "hidden" in node.attrib
        dropped = unseen or not isinstance(node.tag, str) or node.tag in _DROPPED
        if dropped and node.getparent() is not None and node.tag != "body":
            _drop(node)


def _drop(node: Any) -> None:
    """Removes an element, and keeps what stands behind it."""
    before = node.getprevious()
    owner, place = (node.getparent(), "text") if before is None else (before, "tail")
    # A page may hold characters that XML has none of, which lxml reads, and loses with all beside them where it writes.
    if _UNWRITABLE.search((getattr(owner, place) or "") + (node.tail or "")):
        setattr(owner, place, _UNWRITABLE.sub("", getattr(owner, place) or ""))
        node.tail = _UNWRITABLE.sub("", node.tail or "")
    node.drop_tree()


def find_main(root: Any) -> Any:
    """The innermost element that holds most of the page's running text and tables."""
    body = root.find(".//body")
    best = body if body is not None else root
    weights: dict[Any, float] = {}
    for node in reversed(list(best.iter())):  # children come before their parents
        weights[node] = _own_weight(node) + sum(weights.get(child, 0.0) for child in node)
    whole = weights.get(best, 0.0)
    while True:
        heaviest = max(best, key=lambda child: weights.get(child, 0.0), default=None)
        if (
            heaviest is None
            or heaviest.tag in ("table", "tbody", "tr", "td", "p")
            or weights[heaviest] < _MOST * whole
            or not whole
        ):
            return best
        best = heaviest


def _title(root: Any, main: Any) -> str:
    """What the page is called, without the site's name.

    The first of these that names an official document, else the first: what government sites must declare (meta
    ``ArticleTitle``), the headings of first rank, those above the main content, from the nearest on, the page's title.
    """
    declared = [m.get("content") or "" for m in root.iter("meta") if (m.get("name") or "").lower() == "articletitle"]
    above: list[Any] = []
    for node in root.iter():
        if node is main:
            break
        if node.tag in ("h2", "h3"):
            above.append(node)
    headings = [*root.iter("h1"), *reversed(above), *root.iter("title")]
    texts = [re.sub(r"\s+", "", text) for text in (*declared, *("".join(node.itertext()) for node in headings))]
    titles = [max(re.split(r"[-_|—–]{1,2}", text), key=len) for text in texts if text]
    return next((title for title in titles if _OFFICIAL.search(title)), titles[0] if titles else "")


def _own_weight(node: Any) -> float:
    """How much of its own text an element has, links not counted; what stands in a cell counts double."""
    linked = node.tag == "a" or any(a.tag == "a" for a in _above(node, 3))
    size = 0 if linked else len((node.text or "").strip())
    size += sum(len((child.tail or "").strip()) for child in node) if not linked else 0
    return size * (2.0 if node.tag in ("td", "th") else 1.0)


def _above(node: Any, steps: int) -> Iterator[Any]:
    while steps and (node := node.getparent()) is not None:
        yield node
        steps -= 1


def _is_navigation(node: Any) -> bool:
    """Whether a list or box is mostly links."""
    links = node.findall(".//a")
    if len(links) < 3:
        return False
    inside = sum(len("".join(a.itertext()).strip()) for a in links)
    whole = len("".join(node.itertext()).strip())
    return inside > _LINKED * whole


def _lines(node: Any, depth: int) -> Iterator[str]:
    """The lines of an element: each block its own, tables row by row."""
    buffer: list[str] = []

    def flush() -> Iterator[str]:
        text = clean_line(re.sub(r"\s*\n\s*", " ", "".join(buffer)).replace("\u3000", " "))
        buffer.clear()
        if text:
            yield text

    if node.tag == "table":
        data = not _is_layout(node)
        if data:
            yield ""
            yield from make_table(_rows(node))
            yield ""
        for cell in node.iter("td", "th"):
            # A table is no text of a cell: in a table of data, such cells follow it.
            own = next(cell.iterancestors("table"), None) is node
            if own and (not data or cell.find(".//table") is not None):
                yield from _children(cell, depth, buffer, flush)
                yield from flush()
        return
    yield from _children(node, depth, buffer, flush)
    yield from flush()


def _children(node: Any, depth: int, buffer: list[str], flush: Any) -> Iterator[str]:
    buffer.append(node.text or "")
    for child in node:
        if child.tag == "br":
            yield from flush()
        elif child.tag in _BLOCKS:
            yield from flush()
            if depth < _DEPTH and not (child.tag in ("ul", "ol", "div", "aside", "header") and _is_navigation(child)):
                yield from _lines(child, depth + 1)
        elif depth < _DEPTH:
            yield from _children(child, depth + 1, buffer, flush)
        buffer.append(child.tail or "")


def _is_layout(table: Any) -> bool:
    """Whether a table only arranges the page: it has one cell, or holds other tables and no data of its own."""
    if table.find(".//table") is not None:
        return not holds_data(_rows(table))
    return len(table.findall(".//td")) + len(table.findall(".//th")) <= 1


def _rows(table: Any) -> list[list[str]]:
    """The rows of a table, without cells that hold tables; a merged cell's text stands where the cell begins."""
    rows: list[list[str]] = []
    blocked: dict[int, int] = {}  # column -> rows that a cell above still reaches into
    for tr in (tr for tr in table.iter("tr") if next(tr.iterancestors("table"), None) is table):
        row: list[str] = []
        for cell in tr:
            if cell.tag not in ("td", "th"):
                continue
            while blocked.get(len(row), 0) > 0:
                row.append("")
            first = len(row)
            wide = min(_span(cell, "colspan"), MAX_COLUMNS - first) if first < MAX_COLUMNS else 0
            if wide <= 0:
                break
            text = "" if cell.find(".//table") is not None else _cell_text(cell)
            row += [text, *[""] * (wide - 1)]
            high = _span(cell, "rowspan")
            for column in range(first, first + wide):
                blocked[column] = max(blocked.get(column, 0), high)
        rows.append(row)
        blocked = {column: left - 1 for column, left in blocked.items() if left > 1}
    return rows


def _cell_text(cell: Any) -> str:
    return "\n".join(re.sub(r"\s+", " ", part) for part in _pieces(cell))


def _pieces(cell: Any) -> Iterator[str]:
    """The text of a cell, cut at its breaks and paragraphs; line ends of the source mean nothing."""
    current: list[str] = []

    def walk(node: Any, depth: int) -> Iterator[str]:
        current.append(node.text or "")
        for child in node:
            breaks = child.tag == "br" or child.tag in _BLOCKS
            if breaks:
                yield "".join(current)
                current.clear()
            if depth < _DEPTH:
                yield from walk(child, depth + 1)
            if breaks and child.tag != "br":
                yield "".join(current)
                current.clear()
            current.append(child.tail or "")

    yield from walk(cell, 0)
    yield "".join(current)


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isdecimal() and len(value) < 6 else 1
