"""Pictures of pages: boxes sit on their numbers, what is masked is covered, and no file holds up or burdens anyone."""

from __future__ import annotations

import asyncio
import io
import os
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from loaders.documents import Document
from loaders.readers.pdf.reader import read
from loaders.settings import Settings
from loaders.words.redaction import MASK
from service.engine.drawing import Undrawable, write_picture
from service.engine.pictures import NoPicture, Picture, Pictures
from service.engine.store import Store
from service.http.problems import Problem
from service.pages.page_view import PageView, find_page, split_pages
from service.pages.site import Site
from service.queries.answers import Answers, Row, Table, Value
from service.settings import ServiceSettings
from tests.loaders.filemaker import make_pdf
from tests.waiting import PATIENCE

BASE = "https://w3id.org/gongkai/"


def make_pictures(path: Path, **settings: Any) -> Pictures:
    """Pictures of one document, ``d``, built of a file as it is now."""
    digest = sha256(path.read_bytes()).hexdigest() if path.is_file() else "0" * 64
    store = SimpleNamespace(edition="1", list_sources=lambda: [("d", str(path), digest)])
    calm = {"picture_seconds": PATIENCE, **settings}
    return Pictures(cast(Store, store), ServiceSettings.model_validate(calm))


def draw(pictures: Pictures, page: int = 1, form: str = "webp", text: str = "") -> Picture:
    return asyncio.run(pictures.draw("d", page, form, text))


def refuse(pictures: Pictures, page: int = 1, text: str = "") -> str:
    with pytest.raises(NoPicture) as caught:
        draw(pictures, page, text=text)
    return caught.value.reason


def look(picture: Picture) -> Image.Image:
    assert len(picture.body) <= 120_000
    return Image.open(io.BytesIO(picture.body)).convert("L")


def cut_box(document: Document, picture: Picture, words: str, margin: float = 0) -> Image.Image:
    """What a picture shows in the box of some words of a document, and ``margin`` points around it."""
    at = document.text.index(words)
    box = next(b for b in document.boxes if b.span.start <= at < b.span.end)
    dots = picture.width / picture.wide
    corners = (box.x0 - margin, box.top - margin, box.x1 + margin, box.bottom + margin)
    return look(picture).crop(cast(tuple[int, int, int, int], tuple(round(c * dots) for c in corners)))


@pytest.mark.parametrize(
    ("turned", "box"), [(0, b""), (90, b""), (0, b"MediaBox [-9 -9 "), (0, b"CropBox")],
    ids=["upright", "turned", "shifted", "cut"],
)  # fmt: skip
def test_the_box_sits_on_the_number(tmp_path: Path, turned: int, box: bytes) -> None:
    path = make_pdf(tmp_path / "a.pdf", turned=turned)
    data = path.read_bytes()
    if box.startswith(b"Media"):
        path.write_bytes(data.replace(b"MediaBox [ 0 0 ", box))
    elif box:
        path.write_bytes(data.replace(b"/MediaBox", b"/CropBox [ 20 20 800 560 ] /MediaBox"))
    document = read(path, Settings())
    picture = draw(make_pictures(path))
    # This number fills its box: ink within, and no more than lines of the table between it and its neighbours.
    inside = cut_box(document, picture, "17,466.65")
    dark = sum(count for shade, count in enumerate(inside.histogram()) if shade < 128)
    assert dark > 0.08 * inside.width * inside.height
    columns = [any(cast(int, inside.getpixel((x, y))) < 128 for y in range(inside.height)) for x in range(inside.width)]
    assert columns.index(True) < 0.15 * inside.width
    assert columns[::-1].index(True) < 0.15 * inside.width


def test_what_is_masked_is_painted_over(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf", breaks=True)
    document = read(path, Settings())
    first = document.text.split("\n\f")[0]
    masked = first.replace("7,027.10", MASK * 8)
    assert masked != first
    picture = draw(make_pictures(path), text=masked)
    covered = cut_box(document, picture, "7,027.10")
    assert set(covered.resize((9, 3)).tobytes()) <= set(range(105, 135))
    # Read otherwise than the store has it, nobody can tell where the names stand.
    assert refuse(make_pictures(path), text=masked + MASK) == "masked"
    assert refuse(make_pictures(path), text=masked.replace("部门", "單位", 1)) == "masked"


def test_a_picture_is_light_whatever_it_shows(tmp_path: Path) -> None:
    path = tmp_path / "noise.pdf"
    noise = Image.frombytes("RGB", (400, 500), os.urandom(400 * 500 * 3))
    canvas = Canvas(str(path), (200, 250))
    canvas.drawImage(ImageReader(noise), 0, 0, 200, 250)
    canvas.save()
    for form in ("webp", "png"):
        picture = draw(make_pictures(path, max_picture_bytes=40_000), form=form)
        assert len(picture.body) <= 40_000
        assert look(picture).size == (picture.width, picture.height)
        assert picture.width >= 150
    with pytest.raises(Undrawable, match="heavy"):
        write_picture(noise, "webp", 500)


def test_only_the_file_that_the_store_was_built_of_is_drawn(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf")
    pictures = make_pictures(path)
    with path.open("ab") as file:
        file.write(b"\n% later")
    assert refuse(pictures) == "changed"
    assert refuse(make_pictures(path), page=99) == "absent"
    assert refuse(make_pictures(tmp_path / "none.pdf")) == "gone"
    os.mkfifo(tmp_path / "pipe.pdf")
    assert refuse(make_pictures(tmp_path / "pipe.pdf")) == "changed"
    assert refuse(make_pictures(path, max_file_bytes=100)) == "changed"
    assert refuse(make_pictures(path, page_pictures="off")) == "off"
    with pytest.raises(NoPicture, match="remote"):
        asyncio.run(make_pictures(path).draw("other", 1, "webp", ""))


def test_a_hostile_file_ends_its_own_process_alone(tmp_path: Path) -> None:
    path = tmp_path / "bad.pdf"
    path.write_bytes(b"%PDF-1.7\n" + os.urandom(5_000))
    assert refuse(make_pictures(path)) == "damaged"
    good = make_pdf(tmp_path / "a.pdf")
    assert refuse(make_pictures(good, picture_seconds=0.01)) == "slow"
    assert refuse(make_pictures(good, picture_memory_bytes=1_000_000)) in ("heavy", "broken")


def test_what_failed_is_not_tried_again_at_once_and_what_was_drawn_is_kept(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf")
    pictures = make_pictures(path)

    async def twice() -> tuple[Picture, Picture]:
        one, other = await asyncio.gather(*(pictures.draw("d", 1, "webp", "") for _ in range(2)))
        # Both were drawn by one process, and what it drew outlives the file.
        path.unlink()
        assert (await pictures.draw("d", 1, "webp", "")) == one
        return one, other

    one, other = asyncio.run(twice())
    assert one == other
    assert refuse(pictures, page=2) == "gone"
    make_pdf(path)
    assert refuse(pictures, page=2) == "gone"


class _Answers:
    """A store that holds one PDF, ``d``, and one text, ``t``."""

    def __init__(self, document: Document) -> None:
        self.settings, self.document = ServiceSettings(), document
        at = document.text.index("17,466.65")
        box = document.place_of(document.boxes[0].span)
        assert box is not None
        self.where = f"page={find_page(document.text, at)}&viewrect=100,100,50,10"
        self.figure = f"{BASE}id/figure/d/{at}-{at + 9}"

    def data_version(self) -> str:
        return "1"

    async def ask_internal(self, name: str, values: dict[str, Any]) -> Table:
        text = Value(self.document.text)
        if name == "pages/document":
            kind = {f"{BASE}id/document/d": "application/pdf", f"{BASE}id/document/t": "text/plain"}
            media = kind.get(values["document"][0].value)
            return Table((), [Row(text=text, title=Value("部门预算"), media=Value(media))] if media else [])
        if name == "pages/document-page" and self.where.startswith(values["page"][0].value):
            return Table((), [Row(thing=Value(self.figure), label=Value("<收入>"), where=Value(self.where))])
        return Table((), [])


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    path = make_pdf(tmp_path_factory.mktemp("pages") / "a.pdf", breaks=True)
    site = Site(cast(Answers, _Answers(read(path, Settings()))))
    view = PageView(site, make_pictures(path))

    async def tell(request: Request, error: Exception) -> Response:
        return site.error(request, cast(Problem, error))

    app = Starlette(
        routes=[Route("/documents/{name}/pages/{page}", view.answer)], exception_handlers={Problem: tell}
    )  # fmt: skip
    return TestClient(app, follow_redirects=False)


def test_a_page_shows_its_picture_its_figures_and_its_text(pages: TestClient) -> None:
    answers = _Answers(read(Path(pages.app.routes[0].endpoint.__self__.pictures.sources.find("d").path), Settings()))  # type: ignore[attr-defined]
    text = answers.document.text
    at = text.index("17,466.65")
    number, count = find_page(text, at), len(split_pages(text))
    page = pages.get(f"/documents/d/pages/{number}?lang=en&quote={at}-{at + 9}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert f"{number} / {count}" in page.text
    assert f'href="/page/figure/d/{at}-{at + 9}' in page.text.replace("/id/figure", "/page/figure")
    assert 'class="quoted"' in page.text
    # What a label says is text and no markup.
    assert "<收入>" not in page.text
    assert "&lt;收入&gt;" in page.text
    assert "<mark>" in page.text
    assert (">17,466.65<" in page.text) is True
    picture = pages.get(f"/documents/d/pages/{number}.webp")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
    again = pages.get(f"/documents/d/pages/{number}.webp", headers={"If-None-Match": picture.headers["etag"]})
    assert again.status_code == 304


def test_what_is_no_page_is_told(pages: TestClient) -> None:
    for place in ("d/pages/0", "d/pages/999", "d/pages/x", "d/pages/1.gif", "d/pages/999.webp", "nobody/pages/1"):
        answer = pages.get(f"/documents/{place}?lang=zh", headers={"Accept": "text/html"})
        assert answer.status_code == 404, place
    assert "该文件没有这一页" in pages.get("/documents/d/pages/999?lang=zh", headers={"Accept": "text/html"}).text
    text = pages.get("/documents/t/pages/1?lang=en")
    assert (text.status_code, text.headers["location"]) == (303, "/documents/t?lang=en")
    assert pages.get("/documents/t/pages/1.png").status_code == 404
    for quote in ("1", "9-3", "0-99999999", "a-b"):
        assert pages.get(f"/documents/d/pages/1?quote={quote}", headers={"Accept": "text/html"}).status_code == 200
