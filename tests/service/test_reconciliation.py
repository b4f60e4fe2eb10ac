"""The Reconciliation Service API as OpenRefine calls it: manifest, batches, suggestions, preview, extension."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

SHENZHEN = "agency/440300-1f3c9a20"


def reconcile(web: httpx.Client, **queries: Any) -> dict[str, Any]:
    # OpenRefine sends a form by POST.
    origin = {"Origin": "http://127.0.0.1:3333"}
    answer = web.post("/reconcile", data={"queries": json.dumps(queries)}, headers=origin)
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    found: dict[str, Any] = answer.json()
    return {key: found[key]["result"] for key in queries}


def test_the_manifest(web: httpx.Client) -> None:
    manifest = web.get("/reconcile", headers={"Origin": "http://127.0.0.1:3333"}).json()
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == "https://w3id.org/gongkai/id/"
    # Every address that it names answers.
    view = manifest["view"]["url"].replace("{{id}}", SHENZHEN)
    assert web.get(view).status_code == 303
    preview = web.get(manifest["preview"]["url"].replace("{{id}}", SHENZHEN))
    assert preview.status_code == 200
    assert "frame-ancestors *" in preview.headers["content-security-policy"]
    assert "深圳市人民政府口岸办公室" in preview.text
    for what, place in manifest["suggest"].items():
        answer = web.get(place["service_url"] + place["service_path"], params={"prefix": "a"})
        assert isinstance(answer.json()["result"], list), what
        flyout = place["flyout_service_url"] + place["flyout_service_path"].replace("${id}", "nothing")
        assert web.get(flyout).status_code == 404
    propose = manifest["extend"]["propose_properties"]
    assert web.get(propose["service_url"] + propose["service_path"], params={"type": "Agency"}).status_code == 200


def test_a_batch_of_names(web: httpx.Client) -> None:
    found = reconcile(
        web,
        q0={"query": "深圳市人民政府口岸办公室", "type": "Agency", "limit": 3},
        q1={"query": "深圳市人民政府 口岸办公室"},
        q2={"query": "免除企业没有问题的集装箱检查费用"},
        q3={"query": "2299999", "type": ["FunctionCode"], "type_strict": "should"},
        q4={"query": "口岸管理办公室", "type": "https://w3id.org/gongkai/ontology#Agency"},
        q5={"query": "zzyzx"},
        q6={"query": "深圳市人民政府口岸办公室", "type": "Nonsense"},
    )
    for key in ("q0", "q1"):
        best = found[key][0]
        assert (best["id"], best["name"], best["match"]) == (SHENZHEN, "深圳市人民政府口岸办公室", True)
        assert best["score"] == 100
    assert found["q0"][0]["type"] == [{"id": "Agency", "name": "部门 / offices"}]
    assert len(found["q0"]) <= 3
    # A wording that offices use for it, not its name.
    assert found["q2"][0]["id"] == "service/free-inspection"
    assert found["q2"][0]["match"] is True
    assert found["q3"][0]["id"] == "code/function/2299999"
    # Alike is not the same, and without a place it is no one's.
    assert found["q4"][0]["id"] == "agency/430600-2b3c4d5e"
    assert found["q4"][0]["match"] is False
    assert found["q4"][0]["score"] < 95
    assert found["q5"] == []
    assert found["q6"] == []


def test_a_batch_by_get(web: httpx.Client) -> None:
    answer = web.get("/reconcile", params={"queries": json.dumps({"q0": {"query": "口岸宣传"}})})
    assert answer.json()["q0"]["result"][0]["id"] == "service/port-publicity"


def test_properties_tell_things_apart(web: httpx.Client) -> None:
    query = {"query": "国家口岸办公室", "type": "Agency", "limit": 5}
    for value in ({"id": SHENZHEN, "name": "x"}, SHENZHEN, "深圳市人民政府口岸办公室"):
        wish = [{"pid": "agency", "v": value}]
        found = reconcile(web, q0={"query": "作业服务工作", "type": "Project", "properties": wish})["q0"]
        assert found[0]["id"] == f"{SHENZHEN}/project/bbbbbbbb"
        assert {"id": "agency", "value": True} in found[0]["features"]
    plain = reconcile(web, q0=query)["q0"]
    wrong = reconcile(web, q0=query | {"properties": [{"pid": "rdfs:label", "v": "nothing"}]})["q0"]
    assert wrong[0]["score"] < plain[0]["score"]


def test_values_for_a_column(web: httpx.Client) -> None:
    asked = {
        "ids": ["figure/shenzhen-2023-budget/63-68", SHENZHEN, "nothing/<b>"],
        "properties": [{"id": "amount"}, {"id": "agency"}, {"id": "rdfs:label"}, {"id": "year"}],
    }
    answer = web.post("/reconcile", data={"extend": json.dumps(asked)}).json()
    assert answer["meta"][0] == {"id": "amount", "name": "金额（元）"}
    assert answer["rows"]["figure/shenzhen-2023-budget/63-68"] == {
        "amount": [{"int": 70000000}],
        "agency": [{"id": SHENZHEN, "name": "深圳市人民政府口岸办公室"}],
        "rdfs:label": [{"str": "免除查验没有问题作业服务工作 7,000万元"}],
        "year": [{"int": 2023}],
    }
    assert answer["rows"][SHENZHEN]["rdfs:label"] == [{"str": "深圳市人民政府口岸办公室"}]
    assert answer["rows"]["nothing/<b>"] == {"amount": [], "agency": [], "rdfs:label": [], "year": []}
    asked["properties"] = [{"id": "skos:altLabel"}, {"id": "skos:prefLabel", "settings": {"limit": 1}}]
    asked["ids"] = ["service/free-inspection"]
    row = web.post("/reconcile", data={"extend": json.dumps(asked)}).json()["rows"]["service/free-inspection"]
    assert row["skos:altLabel"] == [{"str": "免除查验没有问题作业服务"}]
    assert len(row["skos:prefLabel"]) == 1


def test_suggestions(web: httpx.Client) -> None:
    things = web.get("/reconcile/suggest/entity", params={"prefix": "岳阳"}).json()["result"]
    assert "agency/430600-2b3c4d5e" in [t["id"] for t in things]
    assert {"id": "Agency", "name": "部门 / offices"} in [t["notable"][0] for t in things]
    [amount] = web.get("/reconcile/suggest/property", params={"prefix": "yuan"}).json()["result"]
    assert amount == {"id": "amount", "name": "金额（元） amount (yuan)"}
    assert (
        web.get("/reconcile/flyout/property", params={"id": "amount"}).json()["html"]
        == "<p>金额（元） amount (yuan)</p>"
    )
    types = web.get("/reconcile/suggest/type", params={"prefix": "口岸"}).json()["result"]
    assert types == [{"id": "Port", "name": "口岸 / ports"}]
    assert web.get("/reconcile/suggest/nonsense").status_code == 404
    known = web.get("/reconcile/properties", params={"type": "Agency", "limit": "1"}).json()
    assert len(known["properties"]) == 1
    assert web.get("/reconcile/properties", params={"type": "Nonsense"}).status_code == 404


def test_nothing_becomes_markup(web: httpx.Client) -> None:
    for path in ("preview", "flyout/entity"):
        text = web.get(f"/reconcile/{path}", params={"id": "agency/000000-deadbeef"}).text
        assert "<script>" not in text
        assert "&lt;script&gt;" in text
    assert web.get("/reconcile/preview", params={"id": "<b>\u0000"}).status_code == 404


WRONG = [
    "", "nonsense", "[]", "[" * 50_000, '{"q": 1}', '{"q": {}}', '{"q": {"query": 7}}',
    '{"q": {"query": "a", "limit": -1}}', '{"q": {"query": "a", "limit": 1e400}}', '{"q": {"query": "a", "type": 5}}',
    '{"q": {"query": "a", "properties": [5]}}', json.dumps({"q": {"query": "口" * 301}}),
]  # fmt: skip


@pytest.mark.parametrize("queries", WRONG)
def test_wrong_batches_are_told_what_is_wrong(web: httpx.Client, queries: str) -> None:
    answer = web.post("/reconcile", data={"queries": queries or "{"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["remedy"]
    assert web.post("/reconcile", data={"extend": queries or "{"}).status_code == 400


def test_a_property_that_can_be_none_is_told(web: httpx.Client) -> None:
    query = {"query": "深圳市人民政府口岸办公室", "properties": [{"pid": "a b<", "v": 1}]}
    answer = web.post("/reconcile", data={"queries": json.dumps({"q": query})})
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_property"


def test_batches_are_bounded(web: httpx.Client) -> None:
    many = json.dumps({f"q{i}": {"query": "x"} for i in range(1001)})
    assert web.post("/reconcile", data={"queries": many}).json()["code"] == "max_reconcile_queries"
    large = json.dumps({"q": {"query": "x" * 300_000}})
    assert web.post("/reconcile", data={"queries": large}).status_code == 413
    assert web.post("/reconcile", content=b"queries=%ff%fe").status_code in (200, 400)


def read_call(text: str, name: str) -> Any:
    """What a script of JSONP gives the function that it calls."""
    assert text.startswith(f"/**/{name}(")
    assert text.endswith(");")
    return json.loads(text.removeprefix(f"/**/{name}(").removesuffix(");"))


@pytest.mark.parametrize(
    ("path", "params"),
    [
        # What OpenRefine sends where it registers a service, suggests, shows a flyout, proposes properties (jQuery's
        # JSONP, with a number against caches), and what a batch by GET is.
        ("", {}),
        ("/suggest/entity", {"prefix": "深圳市人民", "type": "Agency", "type_strict": "any"}),
        ("/suggest/property", {"prefix": "amo"}),
        ("/suggest/type", {"prefix": "Age"}),
        ("/flyout/entity", {"id": SHENZHEN}),
        ("/flyout/type", {"id": "Agency"}),
        ("/properties", {"type": "Agency", "limit": "3"}),
        ("", {"queries": json.dumps({"q0": {"query": "深圳市人民政府口岸办公室"}})}),
        ("", {"extend": json.dumps({"ids": [SHENZHEN], "properties": [{"id": "place"}]})}),
    ],
)
def test_old_clients_get_a_script(web: httpx.Client, path: str, params: dict[str, str]) -> None:
    name = "jQuery191007_1700000000000"
    answer = web.get(f"/reconcile{path}", params=params | {"callback": name, "_": "1700000000001"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert read_call(answer.text, name) == web.get(f"/reconcile{path}", params=params).json()


@pytest.mark.parametrize(
    "callback", ["alert(1)", "a b", "", "<script>", "a;b", "a..b", "1a", "функция", "a" * 101, "a\n", "a[0]", "a/**/"]
)
def test_a_callback_is_a_name_of_a_function(web: httpx.Client, callback: str) -> None:
    answer = web.get("/reconcile", params={"callback": callback})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_callback")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("callback", ["f", "$", "_x1", "window.app.cb", "jQuery1_2"])
def test_names_of_functions(web: httpx.Client, callback: str) -> None:
    assert read_call(web.get("/reconcile", params={"callback": callback}).text, callback)["versions"] == ["0.2"]


def test_as_openrefine_reconciles_a_column(web: httpx.Client) -> None:
    """First it asks for the types of some cells, then for batches with a type and columns as properties."""
    manifest = web.get("/reconcile").json()
    assert 10 < manifest["batchSize"] <= 1000
    guessed = reconcile(web, **{f"q{i}": {"query": "深圳市人民政府口岸办公室", "limit": 3} for i in range(10)})
    assert {rows[0]["type"][0]["id"] for rows in guessed.values()} == {"Agency"}
    cell = {"query": "作业服务工作", "type": "Project", "type_strict": "should", "limit": 6}
    column = [{"pid": "agency", "v": {"id": SHENZHEN, "name": "深圳市人民政府口岸办公室"}}]
    rows = reconcile(web, q0=cell | {"properties": column})["q0"]
    for row in rows:
        assert {"id", "name", "score", "match", "type"} <= set(row)
    assert rows[0]["id"] == f"{SHENZHEN}/project/bbbbbbbb"


def test_more_suggestions_by_cursor(web: httpx.Client) -> None:
    def ask(**params: str) -> list[str]:
        answer = web.get("/reconcile/suggest/entity", params={"prefix": "口岸"} | params)
        return [row["id"] for row in answer.json()["result"]]

    whole = ask()
    assert len(whole) > 3
    assert ask(limit="2") == whole[:2]
    assert ask(cursor="2")[: len(whole) - 2] == whole[2:]
    assert ask(cursor="100000000") == []
    identity = web.get("/reconcile/suggest/entity", params={"prefix": SHENZHEN}).json()["result"]
    assert identity[0]["id"] == SHENZHEN
    for wrong in ({"cursor": "-1"}, {"cursor": "x"}, {"limit": "²"}):
        answer = web.get("/reconcile/suggest/entity", params={"prefix": "口"} | wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_number")
    assert web.get("/reconcile/properties", params={"type": "Agency", "limit": "x"}).status_code == 400


@pytest.mark.parametrize("strict", [5, "must", None, ["any"], {}])
def test_what_type_strict_may_be(web: httpx.Client, strict: object) -> None:
    queries = {"q": {"query": "a", "type": "Agency", "type_strict": strict}}
    answer = web.post("/reconcile", data={"queries": json.dumps(queries)})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_query")
    assert "type_strict" in answer.json()["detail"]


def test_ten_thousand_names_are_told_the_limit(web: httpx.Client) -> None:
    many = json.dumps({f"q{i}": {"query": "市公安局"} for i in range(10_000)}, ensure_ascii=False)
    for field in ("queries", "extend"):
        answer = web.post("/reconcile", data={field: many})
        assert answer.status_code == 413
        assert answer.json()["remedy"]
    ids = json.dumps({"ids": ["a"] * 10_000, "properties": []})
    assert web.post("/reconcile", data={"extend": ids}).json()["code"] == "max_reconcile_queries"


WRONG_EXTENSIONS = [
    {"ids": "a", "properties": []}, {"ids": [1], "properties": []}, {"ids": [], "properties": [{"id": 1}]},
    {"ids": [], "properties": {"id": "place"}}, {"ids": [], "properties": ["place"]}, {"properties": []},
    {"ids": [["a"]], "properties": [{"id": "place"}]}, {"ids": [], "properties": [{"id": "place", "settings": 5}]},
    {"ids": [], "properties": [{"id": "place", "settings": {"limit": "x"}}]},
    {"ids": [], "properties": [{"id": "place", "settings": {"limit": -1}}]}, 5, None, "x",
]  # fmt: skip


@pytest.mark.parametrize("asked", WRONG_EXTENSIONS)
def test_wrong_extensions_are_told(web: httpx.Client, asked: object) -> None:
    answer = web.post("/reconcile", data={"extend": json.dumps(asked)})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_extension"), answer.text


@pytest.mark.parametrize("blank", ["", "   ", "\u3000", "\u00a0\n"])
def test_a_blank_name_has_no_match_and_spoils_no_batch(web: httpx.Client, blank: str) -> None:
    queries = {"q0": {"query": "深圳市人民政府口岸办公室"}, "q1": {"query": blank}, "q2": {"query": blank, "limit": 3}}
    answer = web.get("/reconcile", params={"queries": json.dumps(queries)})
    assert answer.status_code == 200
    assert answer.json()["q0"]["result"]
    assert answer.json()["q1"] == answer.json()["q2"] == {"result": []}
