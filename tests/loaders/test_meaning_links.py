"""Words that tie projects, indicators, goals and divisions to duties, and the links of the five documents as judged.

``tests/golden/links.csv`` was judged by reading: is the thing what this duty is about? ``gone`` are false links of
earlier versions, ``wrong`` those that are still made, ``missed`` right ones that are not made. ``links-sample.csv`` has
200 links of 82 documents, half of them strong, drawn by chance and judged before their words were looked at.
"""

from __future__ import annotations

import csv
import functools

import pytest

from loaders.documents import Span
from loaders.facts import Duty, Goal, Indicator, Mandate, Project
from loaders.meaning.mandates import STRONG, find_mandates
from loaders.meaning.vocabulary import cut
from tests.loaders.test_meaning_golden import ROOT, reading, tight

Key = tuple[str, str, str, str]
CUT = 20


@functools.cache
def judged() -> dict[Key, str]:
    """The judgements of the golden file."""
    with (ROOT / "tests" / "golden" / "links.csv").open(encoding="utf-8", newline="") as file:
        return {(r["document"], r["kind"], r["thing"], r["duty"]): r["judged"] for r in csv.DictReader(file)}


@functools.cache
def linked() -> frozenset[Key]:
    """The links that are made now, in the form of the golden file."""
    keys = set()
    for name in sorted({key[0] for key in judged()}):
        document, _, meaning = reading(name)
        for m in meaning.mandates:
            duty = tight(document.text[m.duty.start : m.duty.end])[:CUT]
            keys.add((name, m.kind, tight(m.label)[:CUT], duty))
    return frozenset(keys)


def test_links_judged_right_are_made_and_false_ones_are_not() -> None:
    assert {k for k, j in judged().items() if j == "right"} - linked() == set()
    assert {k for k, j in judged().items() if j == "gone"} & linked() == set()


def test_four_of_five_links_are_right_and_none_is_unjudged() -> None:
    assert linked() - set(judged()) == set()
    right = sum(judged()[k] == "right" for k in linked())
    assert right / len(linked()) >= 0.8


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("信访信息", {"信访"}),
        ("做好社会救助工作", {"社会救助", "救助"}),
        ("组织实施工作", set()),
        ("信息化建设", {"信息化"}),
        ("海关特殊监管区域", {"海关特殊监管区域", "特殊监管区域"}),
        ("报国家海关总署", set()),
        ("慢性非传染病", set()),
        ("国内外贸易", {"国内外贸易", "内外贸易", "贸易"}),
        ("承担“大通关”协调服务", {"大通关", "通关"}),
        ("消费品零售", {"消费品"}),
    ],
)
def test_a_text_is_cut_into_words_and_never_across_them(text: str, words: set[str]) -> None:
    assert set(cut(text)) == words


def test_a_stretch_between_words_that_say_nothing_is_one_word() -> None:
    assert cut("负责虾蟹育苗管理") == {"虾蟹育苗": "specific"}


def links(duties: list[str], *things: Project | Indicator | Goal, agency: str = "") -> dict[tuple[str, str], Mandate]:
    """The links of made-up things to made-up duties, by label and the duty's first characters."""
    stated, at = [], 0
    for text in duties:
        stated.append(Duty(text, Span(at, at + len(text))))
        at += len(text)
    projects = tuple(t for t in things if isinstance(t, Project))
    indicators = tuple(t for t in things if isinstance(t, Indicator))
    goals = tuple(t for t in things if isinstance(t, Goal))
    found = find_mandates(tuple(stated), (), projects, indicators, goals, (), agency)
    named = {d.span: d.label[:4] for d in stated}
    return {(m.label, named[m.duty]): m for m in found}


DUTIES = ["负责殡葬管理和骨灰安放。", "组织业务培训和档案管理。", "负责社区矫正。", "承担公园管理，保护环境。"]


def test_one_word_of_a_field_makes_a_strong_link_and_one_of_every_office_a_weak_one() -> None:
    span = Span(500, 510)
    found = links(DUTIES, Project("殡葬设施维修", span), Indicator("培训人次", Span(520, 530)))
    assert set(found) == {("殡葬设施维修", "负责殡葬"), ("培训人次", "组织业务")}
    assert found["殡葬设施维修", "负责殡葬"].strength >= STRONG > found["培训人次", "组织业务"].strength
    assert found["殡葬设施维修", "负责殡葬"].words == ("殡葬",)


def test_two_words_of_every_office_make_a_strong_link() -> None:
    found = links(DUTIES, Project("档案培训", Span(500, 510)))
    assert found["档案培训", "组织业务"].strength >= STRONG
    assert set(found["档案培训", "组织业务"].words) == {"档案", "培训"}


@pytest.mark.parametrize("name", ["办公环境改善", "管理经费", "会议室维护"])
def test_a_word_that_is_too_broad_makes_no_link(name: str) -> None:
    assert links(DUTIES, Project(name, Span(500, 510))) == {}


def test_what_every_duty_says_makes_no_link() -> None:
    duties = ["办理信访事项。", "接待信访群众。", "开展信访统计。", "负责信访宣传。"]
    assert links(duties, Project("信访业务费", Span(500, 510))) == {}


def test_what_is_only_in_a_purpose_makes_a_weak_link() -> None:
    found = links(DUTIES, Project("其他经费", Span(500, 510), purpose="殡葬设施维修"))
    assert found["其他经费", "负责殡葬"].strength < STRONG


def test_what_the_offices_own_name_says_makes_no_link() -> None:
    assert links(DUTIES, Project("殡葬设施维修", Span(500, 510)), agency="长沙市殡葬管理处") == {}


def test_a_sentence_about_the_rules_of_the_field_makes_no_strong_link_and_none_beside_others() -> None:
    duties = ["贯彻执行殡葬的法律法规。", "起草水利的地方性法规。负责社区矫正。"]
    found = links(duties, Project("殡葬设施维修", Span(500, 510)), Project("水利设施维修", Span(520, 530)))
    assert {k: m.strength < STRONG for k, m in found.items()} == {("殡葬设施维修", "贯彻执行"): True}


def test_a_word_of_every_office_in_two_duties_makes_no_link() -> None:
    duties = ["组织业务培训。", "指导社区培训。", "负责殡葬管理。", "负责社区矫正。", "管理公园。", "办理信访。"]
    assert links(duties, Indicator("培训人次", Span(500, 510))) == {}


def test_what_ends_two_different_words_is_shared_by_neither() -> None:
    assert links(["负责服务贸易。", "负责殡葬管理。"], Indicator("加工贸易总额", Span(500, 510))) == {}


def test_a_word_in_a_sentence_of_a_goal_counts_half() -> None:
    text = "全年完成各项既定任务，妥善安排人员和经费，按期完成设施更新，使得殡葬设施和办公条件得到明显改善。"
    found = links(DUTIES, Goal(text, Span(500, 550), "key task"), Project("殡葬设施更新", Span(600, 610)))
    assert {m.kind: m.strength >= STRONG for m in found.values()} == {"goal": False, "project": True}


def test_a_name_counts_in_full_beside_a_long_purpose() -> None:
    project = Project("殡葬设施维修", Span(500, 510), purpose="完成各项既定任务，" * 12)
    assert links(DUTIES, project)["殡葬设施维修", "负责殡葬"].strength >= STRONG
