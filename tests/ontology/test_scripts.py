"""The scripts that write code lists and places: their judgement of readings, and that the files are what they write."""

from __future__ import annotations

import shutil
import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(name: str) -> ModuleType:
    """The script as a module."""
    spec = util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


codes = load("make_codes")
places = load("make_places")
counter = load("quads_by_predicate")
HEADER = "kind,code,level,name,n_docs,other_readings\n"


@pytest.mark.parametrize(
    ("reading", "name", "verdict"),
    [
        ("政府办公厅(室)及相关机构事务", "政府办公厅（室）及相关机构事务", "alternative"),
        ("行政运行（人力资源和社会保障管理事务）", "行政运行", "alternative"),
        ("对个人和家庭补助", "对个人和家庭的补助", "alternative"),
        ("工业和信息产业监管", "工业和信息产业", "alternative"),
        ("机关事业单位基本养老保险缴费支", "机关事业单位基本养老保险缴费支出", "hidden"),
        ("维护（护）费", "维修（护）费", "hidden"),
        ("中共西安市委宣传部", "一般公共服务支出", "garbage"),
        ("个产出指标数量指标", "工资福利支出", "garbage"),
        ("物业管理费", "取暖费", "garbage"),
        ("其他商品和服务支出项目支出", "其他商品和服务支出", "garbage"),
    ],
)
def test_other_readings_are_judged(reading: str, name: str, verdict: str) -> None:
    assert codes.judge_reading(reading, name) == verdict


def test_row_numbers_run_together_with_codes_are_found() -> None:
    rows = [
        {"code": "30113", "name": "住房公积金"},
        {"code": "2130113", "name": "住房公积金"},
        {"code": "2130104", "name": "事业运行"},
        {"code": "211", "name": "节能环保支出"},
        {"code": "21211", "name": "节能环保支出"},
        {"code": "2299999", "name": "其他支出"},
        {"code": "22999", "name": "其他支出"},
    ]
    assert codes.find_run_together(rows) == {"2130113", "21211"}


def run(tmp_path: Path, text: str) -> int:
    """Writes the code lists of this list into ``tmp_path``."""
    source = tmp_path / "list.csv"
    source.write_text(HEADER + text, encoding="utf-8")
    return int(codes.main([str(source), str(tmp_path / "codes")]))


def test_unknown_parent_is_an_error_that_names_the_code(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"20101: neither its group nor its class is known\. Add one"):
        run(tmp_path, "功能分类,229,类,其他支出,3,\n")


def test_code_of_another_classification_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="30101 is no code of function"):
        run(tmp_path, "功能分类,30101,款,基本工资,3,\n")


def test_without_arguments_the_scripts_say_how_they_are_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert codes.main([]) == 2
    assert places.main([]) == 2
    assert "LIST.csv" in capsys.readouterr().err


def test_a_place_whose_parent_is_missing_is_an_error() -> None:
    row = {"gb2260": "440305", "name": "南山区", "level": "county", "parent": "440300"}
    with pytest.raises(SystemExit, match="its parent 440300 is not in the list"):
        places.read_current([row])


def test_a_city_that_is_its_own_county_is_written_once() -> None:
    rows = [
        {"gb2260": "440000", "name": "广东省", "level": "province", "parent": ""},
        {"gb2260": "441900", "name": "东莞市", "level": "prefecture", "parent": "440000"},
        {"gb2260": "441900", "name": "东莞市", "level": "county", "parent": "441900"},
    ]
    found = places.read_current(rows)
    assert [(p.code, p.parent) for p in found] == [("440000", ""), ("441900", "440000")]


def test_what_a_row_groups_lies_in_the_province() -> None:
    rows = [
        {"gb2260": "110000", "name": "北京市", "level": "province", "parent": ""},
        {"gb2260": "110100", "name": "市辖区", "level": "prefecture", "parent": "110000"},
        {"gb2260": "110105", "name": "朝阳区", "level": "county", "parent": "110100"},
    ]
    assert [p.parent for p in places.read_current(rows)] == ["", "110000", "110000"]


def test_what_ended_is_followed_by_what_is_new_under_its_name() -> None:
    new = {"110119": "延庆区", "370116": "莱芜区", "120119": "延庆区"}
    assert places.find_successors("110229", "延庆县", new) == ("110119",)
    assert places.find_successors("371202", "莱城区", new) == ()


def test_a_division_that_ended_after_the_last_revision_needs_its_year() -> None:
    today = [places.Place("110000", "北京市", "province"), places.Place("110119", "延庆区", "county", "110000")]
    revisions = {2018: {"110000": "北京市", "110229": "延庆县"}}
    with pytest.raises(
        SystemExit, match=r"110229 延庆县 ended after 2018\. Give its year and successors in places.toml"
    ):
        places.trace(today, revisions, {"ended": {}})
    (*_, gone) = places.trace(today, revisions, {"ended": {"110229": [2019, "110119"]}})
    assert (gone.code, gone.ended, gone.successors, gone.parent) == ("110229", 2019, ("110119",), "110000")


@pytest.mark.shared
def test_files_are_what_the_scripts_write(tmp_path: Path, shared_folder: Path) -> None:
    lists = shared_folder / "codelists"
    (tmp_path / "codes").mkdir()
    shutil.copy(ROOT / "ontology" / "codes" / "attested.ttl", tmp_path / "codes")
    assert codes.main([str(lists / "budget-codes.csv"), str(tmp_path / "codes")]) == 0
    assert places.main([str(lists / "places.csv"), str(tmp_path)]) == 0
    written = {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "codes").glob("*.ttl")}
    assert written == {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "ontology" / "codes").glob("*.ttl")}
    for name in ("places.ttl", "places-former.ttl"):
        kept = (ROOT / "ontology" / name).read_text(encoding="utf-8")
        assert (tmp_path / name).read_text(encoding="utf-8") == kept


def test_quads_are_counted_by_the_class_that_tells_most_and_by_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gk, kind = "https://w3id.org/gongkai/ontology#", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    (tmp_path / "a.nq").write_text(
        f'<x:1> {kind} <{gk}Figure> <x:g> .\n<x:1> {kind} <x:Above> <x:g> .\n<x:1> <{gk}amount> "1" <x:g> .\n'
        f'<x:2> {kind} <{gk}Figure> <x:g> .\n<x:3> <{gk}quote> "a" <x:g> .\n'
        f"<x:4> {kind} <{gk}Figure> <https://w3id.org/gongkai/graph/ontology> .\n",
        encoding="utf-8",
    )
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "b.nq").write_text(f"<x:1> {kind} <{gk}Figure> <x:g> .\n", encoding="utf-8")
    assert counter.main([str(tmp_path / "a.nq"), "--before", str(tmp_path / "old"), "--least", "0.1"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert "| Figure | type | 1.00 | 1.50 |" in rows
    assert "| Figure | amount | 0.00 | 0.50 |" in rows
    assert "| (no class) | quote | 0.00 | 0.50 |" in rows
    assert "| **all** | 5 quads, 2 figures | 1.00 | 2.50 |" in rows
    assert rows[-1].endswith("| 0 | 1 |")
    assert counter.main([str(tmp_path / "nothing")]) == 1
    assert "neither a store nor N-Quads" in capsys.readouterr().err
