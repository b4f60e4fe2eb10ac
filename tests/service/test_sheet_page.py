"""The page of an office sheet and its JSON, over a store that holds one made-up budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from loaders.build.building import build
from loaders.graph.iris import Iris
from loaders.settings import Settings
from tests.loaders.test_sheet import BUDGET
from tests.service.conftest import Server
from tests.waiting import PATIENCE

BROWSER = {"accept": "text/html"}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Server]) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("sheet")
    file = folder / "budget.txt"
    file.write_text(BUDGET, encoding="utf-8")
    build([file], folder / "store", Settings(store=folder / "store"))
    running = serve(folder / "store", GONGKAI_WORKERS="1")
    with httpx.Client(base_url=running.url, timeout=PATIENCE) as client:
        yield client
    running.stop()


def find_document(web: httpx.Client) -> str:
    query = f"SELECT ?d WHERE {{ ?d a <{Iris().gk('Document').value}> }}"
    answer = web.get("/sparql", params={"query": query}, headers={"accept": "application/sparql-results+json"})
    iri: str = answer.json()["results"]["bindings"][0]["d"]["value"]
    return iri.rpartition("/")[2]


def test_sheet_as_json_and_as_a_page(web: httpx.Client) -> None:
    name = find_document(web)
    sheet = web.get(f"/documents/{name}/sheet.json").json()
    assert (sheet["agency"], sheet["year"]) == ("某某市水务局", 2025)
    lines = {line["item"]: line for line in sheet["lines"]}
    assert "fund-budget-expenditure" not in lines
    assert lines["income-total"]["value"] == "10000000"
    reception = lines["reception"]
    assert (reception["value"], reception["unit"], reception["degree"], reception["phase"]) == (
        "20000", "CNY", "proved", "budget",
    )  # fmt: skip
    assert BUDGET[reception["start"] : reception["end"]] == "2"
    assert (lines["posts"]["unit"], lines["basic-expenditure"]["scope"]) == ("PERSON", "all")
    for language, words in (
        ("zh", ("部门表", "公务接待费", "已印证")),
        ("en", ("Office sheet", "receptions", "proved")),
    ):
        page = web.get(f"/documents/{name}/sheet?lang={language}", headers=BROWSER)
        assert page.status_code == 200
        assert all(word in page.text for word in words)
        # Money and counts with separators, in JSON as plain decimals.
        assert '<td class="number">10,000,000</td>' in page.text
        assert '<td class="number">10000000</td>' not in page.text
    assert f"/documents/{name}/sheet" in web.get(f"/documents/{name}", headers=BROWSER).text


def test_search_shows_the_sheet_first(web: httpx.Client) -> None:
    name = find_document(web)
    found = web.get("/search.json", params={"q": "某某市水务局 2025 三公经费"}).json()
    (sheet,) = found["sheets"]
    assert (sheet["url"], sheet["year"]) == (f"/documents/{name}/sheet", 2025)
    assert {line["label"]["zh"]: (line["amount"], line["degree"]) for line in sheet["lines"]} == {
        "收入总计": ("10000000", "proved"), "支出总计": ("10000000", "proved"), "“三公”经费": ("120000", "proved"),
        "政府采购": ("500000", "proved"),
    }  # fmt: skip
    page = web.get("/search", params={"q": "某某市水务局 三公经费"}, headers=BROWSER).text
    assert page.index('id="sheets"') < page.index('id="offers"')
    assert not web.get("/search.json", params={"q": "某某市水务局 2019"}).json()["sheets"]
