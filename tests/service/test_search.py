"""The search box of a running server: what words and questions lead to, where each hit stands, what rubbish does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

from loaders.build.building import load_files
from loaders.documents import Document, Span
from loaders.facts import Agency, Facts
from loaders.graph import quads
from loaders.settings import DEFAULT_BASE
from service.search.entries import list_entries
from tests.waiting import PATIENCE, wait_until

BROWSER = {"Accept": "text/html"}
QUESTION = "哪些口岸办资助免除查验没有问题服务？"


def ask(web: httpx.Client, question: str, **more: str) -> dict[str, Any]:
    response = web.get("/search.json", params={"q": question, **more})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def read_text(web: httpx.Client, document: str) -> str:
    query = f"SELECT ?t WHERE {{ <{document}> <https://w3id.org/gongkai/ontology#text> ?t }}"
    rows = web.get("/sparql", params={"query": query, "format": "json"}).json()["results"]["bindings"]
    return str(rows[0]["t"]["value"])


def test_the_first_question(web: httpx.Client) -> None:
    found = ask(web, QUESTION)
    assert {"words": "免除查验没有问题", "kind": "Service"}.items() <= found["read"][0].items()
    assert found["queries"][0]["name"] == "offices-funding-service"
    assert found["queries"][0]["parameters"] == {"service": ["free-inspection"]}
    assert {"words": "免除查验没有问题", "parameter": "service"}.items() <= found["queries"][0]["because"][-1].items()
    # The address is the query filled in: it answers, with both offices.
    page = web.get(found["queries"][0]["url"], headers=BROWSER)
    assert page.status_code == 200
    assert "岳阳市人民政府口岸管理办公室" in page.text
    assert "深圳市人民政府口岸办公室" in page.text


def test_each_passage_leads_to_its_characters(web: httpx.Client) -> None:
    passages = ask(web, QUESTION)["passages"]
    quotes = {p["document"].rpartition("/")[2]: [] for p in passages}
    for passage in passages:
        text = read_text(web, passage["document"])
        quotes[passage["document"].rpartition("/")[2]].append(text[passage["start"] : passage["end"]])
        assert web.get(passage["url"].partition("#")[0], headers=BROWSER).status_code == 200
    assert "免除查验没有问题作业服务" in quotes["shenzhen-2023-budget"]
    # Worded otherwise, and found because the graph says that it names the same service.
    assert "免除企业没有问题的集装箱检查费用" in quotes["yueyang-2023-accounts"]


@pytest.mark.parametrize("word", ["集装", "宣传", "吊装", "移位", "没有", "岳阳"])
def test_words_of_two_characters_are_found(web: httpx.Client, word: str) -> None:
    found = ask(web, word)
    labels = [t["label"]["zh"] for t in found["things"]]
    texts = [p["text"] for p in found["passages"]]
    assert [t for t in (*labels, *texts) if word in t]
    for passage in found["passages"]:
        assert word in passage["text"]


def test_english_words_find_what_has_an_english_name(web: httpx.Client) -> None:
    found = ask(web, "Which offices fund free inspection in 2023?")
    assert found["queries"][0]["parameters"] == {"service": ["free-inspection"], "year": ["2023"]}
    assert found["things"][0]["label"]["en"] == "free customs inspection of containers found in order"


def test_codes_and_numbers(web: httpx.Client) -> None:
    assert ask(web, "2299999")["things"][0]["iri"].endswith("/code/function/2299999")
    assert "7,000" in ask(web, "7000 万元")["passages"][0]["text"]
    assert "101.64" in ask(web, "101.64")["passages"][0]["text"]


def test_one_kind(web: httpx.Client) -> None:
    assert {t["kind"] for t in ask(web, "口岸", kind="Agency")["things"]} == {"Agency"}
    only = ask(web, "口岸", kind="Passage")
    assert only["things"] == []
    assert only["passages"]
    assert web.get("/search.json", params={"q": "口岸", "kind": "Nonsense"}).status_code == 422


def test_the_page_shows_why_and_marks_the_words(web: httpx.Client) -> None:
    page = web.get("/search", params={"q": QUESTION, "lang": "en"}, headers=BROWSER).text
    assert "How the question was read" in page
    assert "<mark>免除企业没有问题的集装箱检查费用</mark>" in page
    assert "?quote=132-148&amp;lang=en#char=132,148" in page
    assert "/queries/offices-funding-service?service=free-inspection&amp;lang=en" in page
    assert "词语或问题" in web.get("/search", headers=BROWSER | {"Accept-Language": "zh"}).text


def test_nothing_found_says_what_was_looked_for(web: httpx.Client) -> None:
    page = web.get("/search", params={"q": "zzyzx 鳜鱼", "lang": "en"}, headers=BROWSER).text
    assert "Nothing was found" in page
    assert "zzyzx 鳜鱼" in page


@pytest.mark.parametrize(
    "question",
    ["<script>alert(1)</script>", "\"' onmouseover=alert(1)", "} UNION { ?s ?p ?o }", "AND OR NOT *:* \\", "name:x^9~",
     "%00%ff", "\x00\x01", "\u202e\u200b", "🙂🙂", "(" * 200, "口" * 300, "a " * 150, "-1e999999999"],
)  # fmt: skip
def test_rubbish_is_harmless(web: httpx.Client, question: str) -> None:
    for path in ("/search", "/search.json"):
        response = web.get(path, params={"q": question}, headers=BROWSER if path == "/search" else {})
        assert response.status_code in (200, 422), response.text
        assert "<script>" not in response.text or "json" in response.headers["content-type"]
        assert '" onmouseover' not in response.text
    assert web.get("/search?q=%ff%fe%ed%a0%80", headers=BROWSER).status_code == 200


def test_questions_are_bounded(web: httpx.Client) -> None:
    response = web.get("/search.json", params={"q": "口" * 301})
    assert response.status_code == 422
    assert response.json()["code"] == "max_question_characters"
    assert "GONGKAI_MAX_QUESTION_CHARACTERS" in response.json()["remedy"]
    assert web.get("/search.json").status_code == 422


def test_the_index_is_switched_with_the_snapshot(serve: Callable[..., Any], graph: Path, tmp_path: Path) -> None:
    store, other = tmp_path / "store", tmp_path / "other.ttl"
    load_files([graph], store)
    server = serve(store, GONGKAI_WORKERS="1")
    try:
        with httpx.Client(base_url=server.url, timeout=PATIENCE) as web:
            assert ask(web, "岳阳")["snapshot"] == "000001"
            other.write_text(
                '<https://w3id.org/gongkai/id/port/1> a <https://w3id.org/gongkai/ontology#Port> ; '
                '<http://www.w3.org/2000/01/rdf-schema#label> "罗湖口岸"@zh .', encoding="utf-8"
            )  # fmt: skip
            load_files([other], store)
            # Until the new index is ready, the one before answers, and says so.
            wait_until(lambda: ask(web, "罗湖")["snapshot"] == "000002", "the new index")
            found = ask(web, "罗湖")
            assert [t["label"]["zh"] for t in found["things"]] == ["罗湖口岸"]
            assert ask(web, "岳阳")["passages"] == []
    finally:
        server.stop()


def test_persons_and_telephone_numbers_are_not_in_the_index() -> None:
    text = "某市口岸办公室2023年部门预算\n填报人：欧阳明月 联系电话：0755-12345678\n口岸管理经费 5 万元。\n"
    document = Document("x", text, "0" * 64, "text")
    facts = Facts(document=document, id="x", kind="budget", fiscal_year=2023, title="某市口岸办公室2023年部门预算",
                  agency=Agency(label="某市口岸办公室", span=Span(0, 7)))  # fmt: skip
    store = ox.Store()
    store.extend(quads(facts))
    entries = list(list_entries(store, DEFAULT_BASE))
    everything = " ".join(f"{e.label} {e.text} {' '.join(e.names)}" for e in entries)
    assert "口岸管理经费" in everything
    for secret in ("欧阳", "明月", "12345678"):
        assert secret not in everything
