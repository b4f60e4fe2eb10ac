"""The pages of a running server: what they say, in both languages, and that no data can become markup."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from html.parser import HTMLParser

import httpx
import pyoxigraph as ox
import pytest

from service.pages.document_page import Mark, mark_text

BROWSER = {"Accept": "text/html"}
FREE = "/queries/offices-funding-service"
EVIL = "%3Cscript%3Ealert(1)%3C/script%3E%22%27%7D"
PAGES = [
    "/", "/queries", FREE, f"{FREE}?service=free-inspection&role=all", "/sparql", "/documents/shenzhen-2023-budget",
    "/documents/evil-2024-budget", "/page/agency/000000-deadbeef", "/page/figure/evil-2024-budget/40-42",
    "/documents/evil-2024-budget/checks", "/documents/evil-2024-budget/sheet",
    "/documents/evil-2024-budget?quote=34-44", "/documents/%3Cb%3E/checks",
    "/page/document/evil-2024-budget", f"{FREE}?service={EVIL}", f"/nothing/{EVIL}", "/documents", "/compare", "/data",
    "/help", "/ontology", "/page/code/function/299", "/page/finding/evil-2024-budget/00000001",
    "/page/agency/000000-deadbeef?property=gk:agency&class=gk:Figure", f"/page/agency/000000-deadbeef?property={EVIL}",
    "/page/agency/000000-deadbeef/project/0badcafe", f"{FREE}?role=all&_rows=agencyLabel&_columns=line&_value=amount",
    f"{FREE}?_find={EVIL}", f"{FREE}?_only=line:{EVIL}", f"{FREE}?_sort={EVIL}", f"{FREE}?_version={EVIL}",
    f"{FREE}?year=1999", f"/queries?q={EVIL}&tag={EVIL}", f"/compare?agency={EVIL}", "/queries/ports-named",
]  # fmt: skip


class Elements(HTMLParser):
    """Collects the elements of a page and their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_data_becomes_markup(web: httpx.Client, path: str, language: str) -> None:
    separator = "&" if "?" in path else "?"
    response = web.get(f"{path}{separator}lang={language}", headers=BROWSER)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    for tag, attributes in Elements(response.text).found:
        assert tag not in ("img", "iframe", "object", "style")
        if tag == "script" and attributes.get("type") == "application/ld+json":
            assert attributes.keys() == {"type"}  # data, which no browser runs; its text is looked at below
        elif tag == "script":
            assert str(attributes["src"]).startswith("/web/"), attributes
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert not str(attributes.get("href", "")).startswith("javascript:")
        assert "style" not in attributes
    for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', response.text, re.DOTALL):
        assert not set(block) & set("<>&'"), "what could end the block is escaped"
        assert json.loads(block)["@context"] == "https://schema.org"


def test_languages(web: httpx.Client) -> None:
    chinese = web.get("/")
    assert 'lang="zh-CN"' in chinese.text
    assert "已载入的文件" in chinese.text
    english = web.get("/", params={"lang": "en"})
    assert "Documents loaded" in english.text
    assert "Documents loaded" in web.get("/", headers={"Accept-Language": "en-GB,en;q=0.9,zh;q=0.1"}).text
    assert "已载入的文件" in web.get("/", headers={"Accept-Language": "fr, zh;q=0.5, en;q=0.4"}).text
    assert 'href="/queries?lang=en"' in english.text
    assert "Accept-Language" in english.headers["vary"]


def test_start_page_says_what_is_loaded(web: httpx.Client) -> None:
    text = web.get("/", params={"lang": "en"}).text
    for words in ("深圳市人民政府口岸办公室", "2023", "budget", "accounts", "holds 1", "figure 3"):
        assert words in text


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_the_first_question_as_csv(web: httpx.Client) -> None:
    response = web.get(f"{FREE}.csv", params={"service": "free-inspection"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = rows_of(response.content)
    assert [(r["role"], r["amount"], r["agencyLabel"]) for r in rows] == [
        ("service", "1016400", "岳阳市人民政府口岸管理办公室"),
        ("service", "70000000", "深圳市人民政府口岸办公室"),
        ("administration", "800000", "深圳市人民政府口岸办公室"),
    ]
    yueyang, shenzhen, administration = rows
    assert (yueyang["initialBudget"], yueyang["match"], yueyang["phase"]) == ("0", "reason", "final")
    assert (yueyang["code"], yueyang["codeLabel"]) == ("2299999", "其他支出")
    assert yueyang["codeKnown"] == "inferred: category names in the heading"
    assert yueyang["codeKnownZh"] == "按类、款、项名称推定：标题"
    assert (shenzhen["line"], shenzhen["parentLabel"]) == ("免除查验没有问题作业服务工作", "上级转移支付项目")
    assert (shenzhen["initialBudget"], administration["code"]) == ("", "")
    assert "113870000" not in {r["amount"] for r in rows}


def test_a_page_says_how_a_code_is_known_in_its_own_language(web: httpx.Client) -> None:
    chinese = web.get(FREE, params={"service": "free-inspection", "lang": "zh"}).text
    assert "按类、款、项名称推定：标题" in chinese
    assert "category names" not in chinese
    english = web.get(FREE, params={"service": "free-inspection", "lang": "en"}).text
    assert "inferred: category names in the heading" in english
    assert "按类、款、项名称推定" not in english


def test_parameters(web: httpx.Client) -> None:
    everything = web.get(f"{FREE}.json", params={"service": "free-inspection", "role": "all"}).json()
    assert [r["role"] for r in everything["rows"]] == ["service", "service", "administration", "mention"]
    assert everything["rows"][3]["amount"] is None
    assert everything["rows"][1]["amount"] == 70000000
    one = web.get(
        f"{FREE}.json", params={"service": "free-inspection", "agency": "岳阳市人民政府口岸管理办公室"}
    ).json()
    assert len(one["rows"]) == 1
    none = web.get(FREE, params={"year": "1999", "lang": "en"})
    assert none.status_code == 200
    assert "No row fits" in none.text
    assert len(web.get(f"{FREE}.json", params={"role": "administration"}).json()["rows"]) == 1


def test_the_sparql_behind_it_gives_the_same(web: httpx.Client) -> None:
    parameters = {"service": "free-inspection"}
    sparql = web.get(f"{FREE}.rq", params=parameters).text
    direct = web.post("/sparql", data={"query": sparql}, headers={"Accept": "text/csv"})
    assert b"\xef\xbb\xbf" + direct.content == web.get(f"{FREE}.csv", params=parameters).content


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/queries/nope", 404, "unknown_query"),
        (f"{FREE}.pdf", 404, "format"),
        (f"{FREE}?service=nope", 422, "bad_parameter"),
        (f"{FREE}?year=soon", 422, "bad_parameter"),
        (f"{FREE}?colour=red", 422, "bad_parameter"),
        ("/documents/nope", 404, "unknown_document"),
        ("/documents/a%20b", 404, "unknown_document"),
        ("/documents/nope/checks", 404, "unknown_document"),
        ("/documents/nope/sheet", 404, "unknown_document"),
        ("/documents/a%20b/checks.json", 404, "unknown_document"),
        ("/documents/shenzhen-2023-budget?quote=soon", 422, "bad_parameter"),
        ("/documents/shenzhen-2023-budget?quote=5-5", 422, "bad_parameter"),
        ("/documents/shenzhen-2023-budget?quote=5-999999", 422, "bad_parameter"),
        ("/data/agency/nope.ttl", 404, "unknown_thing"),
        ("/data/agency/440300-1f3c9a20.doc", 404, "format"),
        ("/page/a%20b", 404, "unknown_thing"),
        ("/nowhere", 404, "not_found"),
        ("/web/nothing.css", 404, "not_found"),
    ],
)
def test_errors_are_problems_or_pages(web: httpx.Client, path: str, status: int, code: str) -> None:
    problem = web.get(path)
    assert (problem.status_code, problem.json()["code"]) == (status, code)
    assert problem.headers["content-type"] == "application/problem+json"
    page = web.get(path, headers=BROWSER)
    assert page.status_code == status
    assert f"<code>{code}</code>" in page.text


def test_evidence_leads_to_the_characters(web: httpx.Client) -> None:
    page = web.get(FREE, params={"service": "free-inspection"}).text
    links = set(re.findall(r'href="(/documents/[^"#]+#char=\d+,\d+)"', page))
    assert len(links) == 3
    for link in links:
        path, _, fragment = link.partition("#")
        start, end = (int(n) for n in re.findall(r"\d+", fragment))
        assert path.endswith(f"?quote={start}-{end}")
        shown = web.get(path).text
        assert f'id="{fragment}"' in shown
        assert len("".join(marked_in(shown))) == end - start
    english = web.get(FREE, params={"service": "free-inspection", "lang": "en"}).text
    assert "/documents/shenzhen-2023-budget?quote=48-71&amp;lang=en#char=48,71" in english


def marked_in(html: str) -> list[str]:
    """The texts of a page's <mark> elements."""
    found = re.findall(r"<mark>(.*?)</mark>", html, re.S)
    return [unescape(re.sub(r"<[^>]+>", "", each)) for each in found]


def test_a_quote_is_marked_in_the_text(web: httpx.Client) -> None:
    path = "/documents/yueyang-2023-accounts"
    assert marked_in(web.get(path).text) == []
    marked = marked_in(web.get(f"{path}?quote=98-103").text)
    assert marked[0] == "0", "a figure that is quoted stays a figure"
    assert "".join(marked) == "0万元，支"


def test_the_checks_of_a_document(web: httpx.Client) -> None:
    path = "/documents/yueyang-2023-accounts"
    row = web.get(f"{path}/checks.json").json()
    assert row["tokens"]["figure"] == 3
    assert row["verdicts"] == {"holds": 1, "holds within rounding": 0, "contradicted": 1, "not checkable": 0}
    (finding,) = row["findings"]
    assert (finding["left"], finding["right"], finding["difference"]) == ("决算数小于预算数", "101.64 / 0", 1016400)
    assert [q["text"] for q in finding["quotes"]] == ["0", "101.64"]
    (table,) = row["tables"]
    assert (table["title"], table["state"], table["evidence"]) == ("三公经费表", "declared empty", "8、")
    assert (row["figures"], table["figures"]) == (4, 0)
    chinese = web.get(f"{path}/checks").text
    for words in ("文字表述与数值一致", "矛盾", "1,016,400 元", "声明为空", "未说明 0"):
        assert words in chinese
    assert "is above" not in chinese
    english = web.get(f"{path}/checks", params={"lang": "en"}).text
    for words in ("a comparison in words", "101.64 is above 0", "1,016,400 yuan", "declared empty", "contradicted"):
        assert words in english
    for link in re.findall(r'href="(/documents/[^"#]+\?quote=[^"#]+)#', chinese):
        assert web.get(unescape(link)).status_code == 200
    assert f'href="{path}/checks"' in web.get("/").text
    assert f'href="{path}/checks"' in web.get(path).text


def test_things_answer_by_accept_and_extension(web: httpx.Client) -> None:
    agency = "/id/agency/440300-1f3c9a20"
    assert web.get(agency, headers=BROWSER).headers["location"] == "/page/agency/440300-1f3c9a20"
    turtle = web.get(agency, headers={"Accept": "text/turtle"})
    assert (turtle.status_code, turtle.headers["location"]) == (303, "/data/agency/440300-1f3c9a20.ttl")
    assert web.get(f"{agency}.nt").headers["location"] == "/data/agency/440300-1f3c9a20.nt"
    assert web.get("/id/document/shenzhen-2023-budget", headers=BROWSER).headers["location"] == (
        "/documents/shenzhen-2023-budget"
    )
    data = web.get("/data/agency/440300-1f3c9a20.nt")
    subjects = {t.subject.value for t in ox.parse(data.content, ox.RdfFormat.N_TRIPLES)}
    assert "https://w3id.org/gongkai/id/agency/440300-1f3c9a20" in subjects
    assert web.get(agency, headers={"Accept": "image/png"}).status_code == 406


def test_nothing_is_redirected_to_what_is_unknown(web: httpx.Client) -> None:
    for unknown in ("/id/agency/nobody", "/id/document/none", "/id/figure/x/1-2.ttl", "/id/a%2Fb", "/id/%00"):
        for accept in ("text/html", "text/turtle"):
            assert web.get(unknown, headers={"Accept": accept}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "accept", "target"),
    [("/documents/shenzhen-2023-budget", "text/turtle", "/data/document/shenzhen-2023-budget.ttl"),
     ("/documents/shenzhen-2023-budget", "application/ld+json", "/data/document/shenzhen-2023-budget.jsonld"),
     ("/documents/shenzhen-2023-budget?quote=1-2", "text/turtle", "/data/document/shenzhen-2023-budget%23char=1,2.ttl"),
     ("/queries", "text/turtle", "/queries.ttl"), ("/queries/procurement", "text/turtle", "/queries/procurement.ttl")],
)  # fmt: skip
def test_pages_lead_to_their_data_where_rdf_is_asked_for(
    web: httpx.Client, asked: str, accept: str, target: str
) -> None:
    answer = web.get(asked, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["location"]) == (303, target)
    for others in (f"{accept};q=0.5,text/html", "text/html", "*/*"):
        assert web.get(asked, headers={"Accept": others}).headers["content-type"].startswith("text/html")


def test_an_integer_that_finds_nothing_is_explained(web: httpx.Client) -> None:
    query = "PREFIX gk: <https://w3id.org/gongkai/ontology#> SELECT ?f { ?f gk:amount 12345 }"
    assert "12345.0" in web.get("/sparql", params={"query": query}, headers=BROWSER).text
    told = web.get("/sparql", params={"query": query, "lang": "en"}, headers=BROWSER).text
    assert "FILTER(?amount = 12345)" in told
    for without in ("SELECT ?f { ?f a <x:y> FILTER(1 = 2) }", "SELECT ?f { ?f a <x:y> } LIMIT 5"):
        assert "FILTER(?amount" not in web.get("/sparql", params={"query": without}, headers=BROWSER).text


def test_a_thing_without_a_label_is_shown_by_its_iri(web: httpx.Client) -> None:
    query = "SELECT ?thing { VALUES ?thing { <https://w3id.org/gongkai/id/figure/none/1-2> <urn:x:y> } }"
    page = web.get("/sparql", params={"query": query}, headers=BROWSER)
    assert page.status_code == 200
    assert ">https://w3id.org/gongkai/id/figure/none/1-2</a>" in page.text
    assert "urn:x:y" in page.text


def test_ontology_and_health(web: httpx.Client) -> None:
    assert len(list(ox.parse(web.get("/ontology").content, ox.RdfFormat.TURTLE))) > 100
    nt = web.get("/ontology", headers={"Accept": "application/n-triples"})
    assert nt.headers["content-type"] == "application/n-triples"
    for path, status in {
        "/ontology/0.2.0": 200,
        "/shapes/0.2.0": 200,
        "/ontology/0.1.0": 303,
        "/ontology/0.0.9": 404,
        "/ontology/shapes": 404,
    }.items():
        assert web.get(path).status_code == status, path
    health = web.get("/health").json()
    assert health["status"] == "ok"
    assert health["store"]["quads"] > 400


def test_the_text_is_whole_whatever_is_marked() -> None:
    text = "共 7,000 万元，其中 80 万元。"
    marks = [Mark(2, 7, "a", "A"), Mark(4, 7, "b", "overlaps"), Mark(14, 16, "c", "C"), Mark(90, 95, "d", "outside")]
    pieces = mark_text(text, marks, [(0, 5), (3, 6), (14, 16), (8, 10), (99, 100)])
    assert "".join(p.text for p in pieces) == text
    assert [p.mark.iri for p in pieces if p.mark] == ["a", "c"]
    anchors = [a for p in pieces for a in p.anchors]
    assert sorted(anchors) == sorted({"char=0,5", "char=2,7", "char=3,6", "char=4,7", "char=8,10", "char=14,16"})
    assert mark_text("", [], []) == []


def test_a_quote_marks_whole_figures_and_nothing_else() -> None:
    text = "共 7,000 万元，其中 80 万元。"
    pieces = mark_text(text, [Mark(2, 7, "a", "A"), Mark(14, 16, "c", "C")], [(2, 7)], (4, 11))
    assert "".join(p.text for p in pieces) == text
    assert "".join(p.text for p in pieces if p.quoted) == text[2:11]
    assert not any(p.quoted for p in mark_text(text, [Mark(2, 7, "a", "A")]))
