"""The kind of an office, by its name: expectations written by hand; no office is known to the rule."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Store

from loaders.build.snapshots import find_current
from loaders.words.office_kinds import name_kind

GK = "https://w3id.org/gongkai/ontology#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"


@pytest.mark.parametrize(
    ("label", "place", "kind"),
    [
        ("深圳市人民政府口岸办公室", "440300", "口岸办"),
        ("岳阳市人民政府口岸管理办公室", "430600", "口岸办"),
        ("宝鸡市口岸服务中心", "610300", "口岸服务中心"),  # a centre is no office of the same duty
        ("西安市发展和改革委员会", "610100", "发改委"),
        ("太和县发展改革局", "341222", "发改委"),
        ("中共西安市委宣传部", "610100", "宣传部"),
        ("陕西省财政厅", "610000", "财政局"),
        ("湖州市卫生健康委员会", "330500", "卫健委"),
        ("西安市城市管理和综合执法局", "610100", "城管局"),
        ("长沙市雨花区应急管理局", "430111", "应急局"),
        ("国家税务总局深圳市税务局", "", "税务局"),
        ("中国人民政治协商会议西安市委员会", "", "政协"),
        ("杭州市余杭区人民检察院", "330110", "检察院"),
        ("西安市人民政府办公厅", "610100", "政府办"),
        ("西安市人民政府", "610100", "政府"),
        ("双溪镇人民政府", "330782", "镇政府"),
        ("朝阳区酒仙桥街道办事处", "110105", "街道办"),
        ("杭州市第一人民医院", "330100", "第一人民医院"),
        ("深圳市", "440300", ""),
        ("国家信访局", "", "信访局"),
        ("甲市口岸办", "", ""),  # what of it is the place, nothing tells
    ],
)
def test_an_office_is_of_a_kind(label: str, place: str, kind: str) -> None:
    assert name_kind(label, place) == kind


def test_offices_of_the_store_have_one(store_of_five: Path) -> None:
    found = find_current(store_of_five)
    assert found is not None
    store = Store.read_only(str(found.database))
    offices = {q.subject for q in store.quads_for_pattern(None, NamedNode(GK + "officeKind"), Literal("口岸办"))}
    labels = {q.object for o in offices for q in store.quads_for_pattern(o, NamedNode(RDFS + "label"), None)}
    assert labels >= {Literal(n, language="zh") for n in ("深圳市人民政府口岸办公室", "岳阳市人民政府口岸管理办公室")}
