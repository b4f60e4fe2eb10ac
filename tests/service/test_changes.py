"""What changes between publications, as pages, Atom and JSON Feed: over a store that was published three times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree

from loaders.build.building import remove
from loaders.build.history import DocumentChange, History, Release
from service.linked.changes import list_entries
from tests.loaders.building import SERIAL, run
from tests.waiting import PATIENCE

ATOM = "{http://www.w3.org/2005/Atom}"
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Any]) -> Iterator[httpx.Client]:
    """A server over a store in which documents came, one changed, one went."""
    place = tmp_path_factory.mktemp("changed")
    folder, store = place / "folder", place / "store"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.txt").write_text(f"甲\x0c 30.0{ord(name) % 10}", encoding="utf-8")
    run([folder], store)
    (folder / "a.txt").write_text("甲 31.00", encoding="utf-8")
    run([folder], store)
    remove(["b"], store, SERIAL)
    server = serve(store, GONGKAI_WORKERS="1", GONGKAI_TRUSTED_PROXIES="127.0.0.1")
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        yield client
    server.stop()


def read_atom(answer: httpx.Response) -> Any:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml"
    return etree.fromstring(answer.content)


def test_the_feed_tells_documents_and_figures(changed: httpx.Client) -> None:
    feed = changed.get("/changes.json", params={"lang": "en"})
    assert feed.headers["content-type"] == "application/feed+json"
    told = feed.json()
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert told["_gongkai"] == {"version": 1, "total": 5, "page": 1, "pages": 1}
    assert [(i["tags"], i["_gongkai"]["document"]) for i in told["items"]] == [
        (["withdrawn"], "b"), (["changed"], "a-v2"), (["added"], "a"), (["added"], "b"), (["added"], "c"),
    ]  # fmt: skip
    withdrawn, changed_item, *_ = told["items"]
    [figure] = changed_item["_gongkai"]["figures"]
    assert (figure["status"], figure["before"]["value"], figure["after"]["value"]) == ("changed", "30.07", "31")
    assert "30.07 CNY → 31 CNY" in changed_item["content_text"]
    assert changed_item["title"].startswith("changed: ")
    assert len({item["id"] for item in told["items"]}) == 5
    # What is there has a page; what went leads to what is told of it.
    assert changed.get(changed_item["url"], headers=BROWSER).status_code == 200
    assert changed_item["url"].endswith("/documents/a-v2")
    assert "/changes/000003-" in withdrawn["url"]
    assert changed.get(withdrawn["url"], headers=BROWSER).status_code == 200
    assert changed.get(figure["after"]["iri"].replace("https://w3id.org/gongkai", "")).status_code == 303
    # The one that it replaced goes on answering.
    assert changed.get(figure["before"]["iri"].replace("https://w3id.org/gongkai", "")).status_code == 303


def test_atom_says_the_same(changed: httpx.Client) -> None:
    root = read_atom(changed.get("/changes.atom"))
    items = changed.get("/changes.json").json()["items"]
    entries = root.findall(f"{ATOM}entry")
    assert [e.findtext(f"{ATOM}id") for e in entries] == [i["id"] for i in items]
    assert [e.findtext(f"{ATOM}title") for e in entries] == [i["title"] for i in items]
    assert [e.find(f"{ATOM}link[@rel='alternate']").get("href") for e in entries] == [i["url"] for i in items]
    assert [e.find(f"{ATOM}category").get("term") for e in entries] == [i["tags"][0] for i in items]
    for name in ("id", "title", "updated", "author"):
        assert root.find(f"{ATOM}{name}") is not None
    assert root.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"
    assert entries[0].findtext(f"{ATOM}title").startswith("撤下：")


def test_forms_by_accept(changed: httpx.Client) -> None:
    for accept, kind in (
        ("application/atom+xml", "application/atom+xml"), ("application/feed+json", "application/feed+json"),
        ("application/json", "application/feed+json"), ("text/html", "text/html; charset=utf-8"),
    ):  # fmt: skip
        answer = changed.get("/changes", headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert "Accept" in answer.headers["vary"]
    # Readers ask again and again.
    tag = changed.get("/changes.atom").headers["etag"]
    assert changed.get("/changes.atom", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_lead_from_publications_to_figures(changed: httpx.Client, language: str) -> None:
    page = changed.get("/changes", params={"lang": language}, headers=BROWSER).text
    marks = [m.partition('"')[0].partition("?")[0] for m in page.split('href="/changes/')[1:]]
    assert [mark[:6] for mark in marks] == ["000003", "000002", "000001"]
    middle = changed.get(f"/changes/{marks[1]}", params={"lang": language}, headers=BROWSER)
    assert middle.status_code == 200
    assert "30.07" in middle.text
    assert 'href="/id/figure/a-v2/' in middle.text.replace("?lang=en", "")
    data = changed.get(f"/changes/{marks[1]}.json").json()
    assert (data["version"], data["release"]["snapshot"], data["pages"]) == (1, "000002", 1)
    [document] = data["documents"]
    assert (document["before"], document["after"], document["counts"]["changed"]) == ("a", "a-v2", 1)


def test_others_lead_there(changed: httpx.Client) -> None:
    for path in ("/", "/dataset"):
        page = changed.get(path, headers=BROWSER).text
        assert 'type="application/atom+xml"' in page
        assert 'href="/changes.atom"' in page
        assert 'href="/changes"' in page


def test_addresses_follow_a_proxy(changed: httpx.Client) -> None:
    head = {"X-Forwarded-Prefix": "/g", "X-Forwarded-Host": "example.org", "X-Forwarded-Proto": "https"}
    feed = changed.get("/changes.json", headers=head).json()
    assert feed["feed_url"] == "https://example.org/g/changes.json"
    assert all(item["url"].startswith("https://example.org/g/") for item in feed["items"])
    root = read_atom(changed.get("/changes.atom", headers=head))
    assert all(link.get("href").startswith("https://example.org/g/") for link in root.iter(f"{ATOM}link"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/changes.json?_page=0", 422), ("/changes.json?_page=2", 422), ("/changes.atom?_page=x", 422),
        ("/changes?_page=99", 422), ("/changes.rss", 404), ("/changes/000009-00000000", 404),
        ("/changes/..%2f..%2fmanifest.json", 404), ("/changes/000001.json", 404),
    ],
)  # fmt: skip
def test_nonsense_is_told(changed: httpx.Client, path: str, status: int) -> None:
    assert changed.get(path).status_code == status


def test_pages_of_a_feed_hold_each_entry_once(tmp_path: Path) -> None:
    """Pages go over the borders of publications; only their lines are read."""
    sizes = (3, 0, 5, 1)

    class Told(History):
        def read_documents(self, mark: str, start: int = 0, stop: int | None = None) -> Iterator[DocumentChange]:
            everything = [
                DocumentChange(f"{mark}-{n}", "added", "", "", None, "", "", "") for n in range(sizes[int(mark)])
            ]
            return iter(everything[start:stop])

    releases = [
        Release(str(n), str(n), "", "build", "", "", True, {"added": size}, {}) for n, size in enumerate(sizes)
    ]  # fmt: skip
    pages = [list(list_entries(Told(tmp_path), releases, start, 4)) for start in range(0, 12, 4)]
    assert [len(page) for page in pages] == [4, 4, 2]
    names = [e.change.document if e.change else e.release.mark for page in pages for e in page]
    assert names == ["0-0", "0-1", "0-2", "1", "2-0", "2-1", "2-2", "2-3", "2-4", "3-0"]


def test_what_was_loaded_is_one_entry(web: httpx.Client) -> None:
    [item] = web.get("/changes.json", params={"lang": "en"}).json()["items"]
    assert (item["title"], item["tags"]) == ("the data were replaced as a whole and not compared", [])
    assert web.get(item["url"], headers=BROWSER).status_code == 200
