"""What the wordings and patterns of services.ttl and topics.ttl match, and what looks alike and must not.

The sentences are official phrasing; the matcher that reads the patterns is that of the loaders.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS

from loaders.documents import Passage
from loaders.meaning.wordings import find_hits, load
from loaders.words.normalise import normalise_passage

ROOT = Path(__file__).resolve().parents[2]
GK = Namespace("https://w3id.org/gongkai/ontology#")
PORT_OFFICE = "市人民政府口岸办公室"
GRAPH = Graph().parse(ROOT / "ontology" / "services.ttl").parse(ROOT / "ontology" / "topics.ttl")


def roles(text: str, context: str = PORT_OFFICE, service: str = "free-inspection") -> list[str]:
    """The roles in which the service is found in the text."""
    plain = normalise_passage(Passage.cut(text, 0, len(text))).text
    return [hit.role for hit in find_hits(load(), plain, plain + context) if hit.service == service]


@pytest.mark.parametrize(
    "text",
    [
        "免除查验没有问题作业服务工作 7,000 万元",
        "用于开展免除查验没有问题企业吊装移位仓储工作",
        "决算数大于年初预算数的主要原因是免除企业没有问题的集装箱检查费用未列入年初预算",
        "为进一步推进免除查验没有问题作业服务市场化，经费较上年有所增加",
        "免除查验没有问题外贸企业（失信企业除外）吊装、移位、仓储费用",
        "对海关查验没有问题的外贸企业，免除吊装、移位、仓储费用",
        "查验没有问题的集装箱，其吊装、移位、仓储费用由财政负担",
        "对集装箱查验无问题的企业减免相关费用",
        "免收海关查验集装箱的吊装费用",
        "促进免除口岸查验配套服务及增加受惠外贸企业的数量",
        "主要用于广深港西九龙站内地口岸区物业管理和免除查验没有问题作业服务的支出",
        "免 除 查 验 没 有 问 题 作 业 服 务",
    ],
)
def test_service_is_found(text: str) -> None:
    assert roles(text) == ["service"] * len(roles(text)) != []


@pytest.mark.parametrize(
    "text",
    [
        "国家免除费用项目管理 80 万元",
        "用于海关查验配套服务审计服务、无纸化系统开发及管理等工作",
        "海关查验配套服务审计工作达标率",
        "免除查验没有问题费用管理系统",
    ],
)
def test_administration_of_the_policy_is_told_apart(text: str) -> None:
    assert roles(text) == ["administration"]


@pytest.mark.parametrize(
    "text",
    [
        "陆路海港口岸海关查验配套服务费均纳入公开招投标工作范围，吊装费大幅下降",
        "规范口岸查验作业服务费收费行为",
        "不再免除查验集装箱吊装费用",
    ],
)
def test_a_mention_is_no_more_than_a_mention(text: str) -> None:
    assert roles(text) == ["mention"]


@pytest.mark.parametrize(
    "text",
    [
        "统筹协调并督促落实口岸查验配套设施的规划、设计、投资和建设",
        "免费为中小微企业提供指导、咨询、培训等服务",
        "对实施“5+2 天”通关工作制的查验单位经费补贴",
        "深圳湾口岸配套查验设施完善二期工程",
        "配合推进口岸查验方式和监管模式改革",
        "在口岸现场给予通关查验、放行服务",
        "对检查没有问题的企业免除行政处罚",
        "全市暂停征收港口建设费",
        "减免税收，口岸检查工作顺利完成",
    ],
)
def test_what_looks_alike_is_not_found(text: str) -> None:
    assert roles(text) == []


def test_patterns_need_ports_and_trade_around_them() -> None:
    assert roles("国家免除费用项目管理 80 万元", context="市教育局") == []


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("承担口岸“大通关”协调服务工作", "clearance-coordination"),
        ("单一窗口运维", "single-window"),
        ("承办一、二类口岸开放或关闭的报批工作", "port-opening"),
        ("研究推动“合作查验、一次放行”等查验模式创新", "inspection-mode"),
        ("统筹协调并督促落实口岸查验配套设施的规划", "inspection-facilities"),
        ("口岸安全应急防控工作 362 万元", "port-security"),
        ("筑牢防控新冠肺炎疫情输入第一道防线", "epidemic-control"),
        ("口岸管养工作 37,079 万元", "port-asset-maintenance"),
        ("持续优化口岸营商环境", "business-environment"),
        ("全面加速智慧口岸建设", "smart-port"),
        ("党建工作 10 万元", "party-building"),
        ("组织人事处", "personnel"),
    ],
)
def test_topics_are_found_by_their_wordings(text: str, topic: str) -> None:
    assert set(roles(text, service=topic)) == {"mention"}


def test_every_pattern_and_word_group_is_used() -> None:
    used = set(GRAPH.objects(None, None))
    for cls in (GK.WordingPattern, GK.WordGroup):
        assert [s for s in GRAPH.subjects(RDF.type, cls) if s not in used] == []


def test_slug_and_iri_agree() -> None:
    slugs = dict(GRAPH.subject_objects(DCTERMS.identifier))
    assert len(slugs) == len(set(slugs.values()))
    for topic, slug in slugs.items():
        assert topic == URIRef(f"https://w3id.org/gongkai/id/service/{slug}")


def test_topics_hang_together() -> None:
    topics = set(GRAPH.subjects(DCTERMS.identifier))
    tops = set(GRAPH.objects(None, SKOS.hasTopConcept))
    for topic in topics:
        assert (topic in tops) != ((topic, SKOS.broader, None) in GRAPH)
    assert set(GRAPH.objects(None, SKOS.broader)) <= topics


def test_no_wording_belongs_to_two_topics() -> None:
    owners: dict[str, set[object]] = {}
    for predicate in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel):
        for topic, label in GRAPH.subject_objects(predicate):
            if isinstance(label, Literal) and label.language == "zh" and (topic, DCTERMS.identifier, None) in GRAPH:
                owners.setdefault(str(label), set()).add(topic)
    assert {label: who for label, who in owners.items() if len(who) > 1} == {}


@pytest.mark.parametrize(
    "text",
    [
        "免除查验没有问题作业服务工作",
        "免除查验没有问题企业吊装移位仓储工作",
        "免除企业没有问题的集装箱检查费用未列入年初预算",
        "促进免除口岸查验配套服务",
    ],
)
def test_patterns_find_the_service_without_any_literal_wording(text: str) -> None:
    topics = tuple(replace(topic, wordings=()) for topic in load())
    found = [hit for hit in find_hits(topics, text, text + PORT_OFFICE) if hit.service == "free-inspection"]
    assert {hit.role for hit in found} == {"service"}
