"""What documents call codes: names that no list has are learnt, disagreement is told, each code keeps one name."""

from __future__ import annotations

from pathlib import Path

from loaders.build.building import build
from loaders.derived.learning import Naming, compare_namings, list_namings
from loaders.pipeline import read_facts
from loaders.settings import DEFAULT_BASE
from tests.loaders.building import SERIAL, open_current

PREFIXES = f"""PREFIX gk: <{DEFAULT_BASE}ontology#> PREFIX id: <{DEFAULT_BASE}id/>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"""

# 2019997 is in no list; 2010301 is 行政运行.
BUDGET = """2026年{place}口岸办公室部门预算
第一部分 {place}口岸办公室概况
一、主要职责
负责口岸管理工作。
第二部分 2026年部门预算表
一般公共预算支出表（按功能分类）
单位：万元
科目编码\t科目名称\t合计\t基本支出\t项目支出
201\t一般公共服务支出\t{total}\t{basic}\t{project}
20103\t政府办公厅（室）及相关机构事务\t{basic}\t{basic}\t
2010301\t行政运行\t{basic}\t{basic}\t
20199\t其他一般公共服务支出\t{project}\t\t{project}
2019997\t{name}\t{project}\t\t{project}
"""


def say(code: str, name: str) -> Naming:
    return Naming(code, name, 1, 2)


def test_a_code_that_no_list_has_gets_its_usual_name() -> None:
    documents = {
        "a": [say("function/2019997", "口岸协管支出")],
        "b": [say("function/2019997", "口岸协管支出")],
        "c": [say("function/2019997", "边民互助支出")],
    }
    (learned,), (disagreement,) = compare_namings(documents)
    assert (learned.name, learned.others, learned.documents, learned.shipped) == (
        "口岸协管支出", ("边民互助支出",), 3, False,
    )  # fmt: skip
    assert (disagreement.document, disagreement.usual, disagreement.verdict) == ("c", "口岸协管支出", "contradicted")


def test_one_against_one_is_no_contradiction() -> None:
    documents = {"a": [say("function/2019997", "口岸协管")], "b": [say("function/2019997", "边民互助")]}
    _, disagreements = compare_namings(documents)
    assert [d.verdict for d in disagreements] == ["not checkable"]


def test_a_name_of_another_year_is_no_contradiction() -> None:
    said = {name: [say("function/2019997", "口岸协管")] for name in ("a", "b")} | {
        "c": [say("function/2019997", "边民互助")]
    }
    _, (old,) = compare_namings(said, {"a": 2026, "b": 2026, "c": 2019})
    assert (old.document, old.verdict) == ("c", "not checkable")
    _, (same,) = compare_namings(said, {"a": 2026, "b": 2026, "c": 2026})
    assert same.verdict == "contradicted"


def test_words_beside_a_code_that_are_no_name_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    text = BUDGET.format(place="无锡市", name="口岸协管支出", total="150.00", basic="100.00", project="50.00")
    path.write_text(text, encoding="utf-8")
    named = {n.code: n.name for n in list_namings(read_facts(path))}
    assert named["function/2019997"] == "口岸协管支出"
    assert named["function/2010301"] == "行政运行"
    # One code with two names tells none; nor does one name beside codes of different kinds.
    path.write_text(text + "2019997\t边民互助\t1.00\t\t1.00\n2080505\t行政运行\t1.00\t1.00\t\n", encoding="utf-8")
    named = {n.code: n.name for n in list_namings(read_facts(path))}
    assert named.keys() & {"function/2019997", "function/2010301", "function/2080505"} == set()
    # A table of projects names no codes.
    path.write_text(text.replace("一般公共预算支出表（按功能分类）", "项目支出预算表"), encoding="utf-8")
    assert list_namings(read_facts(path)) == ()


def test_a_name_that_the_list_has_or_that_is_cut_is_no_disagreement() -> None:
    documents = {
        "a": [say("function/2010301", "行政运行")],
        "b": [say("function/2010301", "行政运行支出")],
        "c": [say("function/20103", "政府办公厅（室）及相关机构")],
    }
    assert compare_namings(documents) == ([], [])


def test_another_name_of_a_listed_code_is_learnt_from_two_documents_on() -> None:
    one = {"a": [say("function/2010301", "机关日常运转")]}
    learned, disagreements = compare_namings(one)
    assert learned == []
    assert [(d.usual, d.verdict) for d in disagreements] == [("行政运行", "not checkable")]
    learned, _ = compare_namings({**one, "b": one["a"]})
    assert [(e.shipped, e.name, e.others) for e in learned] == [(True, "", ("机关日常运转",))]


def test_a_build_learns_the_codes_of_its_documents(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, (place, name) in enumerate(
        (("无锡市", "口岸协管支出"), ("苏州市", "口岸协管支出"), ("常州市", "边民互助支出")), 1
    ):
        values = {"total": f"{number}50.00", "basic": f"{number}00.00", "project": "50.00"}
        text = BUDGET.format(place=place, name=name, **values)
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    report = build([folder], tmp_path / "s", SERIAL)
    store = open_current(tmp_path / "s")

    def select(query: str) -> list[tuple[str, ...]]:
        rows = store.query(PREFIXES + query, use_default_graph_as_union=True)
        return sorted(tuple(term.value for term in row) for row in rows)

    code = f"<{DEFAULT_BASE}id/code/function/2019997>"
    assert select(f"SELECT ?p {{ {code} skos:prefLabel ?p }}") == [("口岸协管支出",)]
    assert select(f"SELECT ?p {{ {code} rdfs:label ?p }}") == [("口岸协管支出",)]
    assert select(f"SELECT ?p {{ {code} skos:altLabel ?p }}") == [("边民互助支出",)]
    assert select(f"SELECT ?n {{ {code} gk:attestedInBudgets ?n }}") == [("3",)]
    assert len(select(f"SELECT ?d {{ {code} gk:attestedIn ?d }}")) == 3
    other = next(d.id for d in report.documents if d.agency == "常州市口岸办公室")
    assert select(f"""SELECT ?doc ?left ?right ?stated {{ ?f gk:aboutCode {code} ; gk:left ?left ; gk:right ?right ;
        gk:usesFigure/gk:statedAs ?stated ; gk:check ?check .
        ?check gk:rule "code-names" ; gk:verdict gk:verdictContradicted ; gk:inDocument ?doc }}""") == [
        (f"{DEFAULT_BASE}id/document/{other}", "边民互助支出", "2019997 口岸协管支出", "50.00")
    ]
    # No code of any list or document has two names.
    twice = (
        "SELECT ?c (COUNT(DISTINCT ?n) AS ?k) { ?c skos:notation ?x ; skos:prefLabel ?n } GROUP BY ?c HAVING (?k > 1)"
    )
    assert select(twice) == []
    # Built again, nothing is learnt twice.
    assert not build([folder], tmp_path / "s", SERIAL).changed
