"""Services: how a clause matched, what role it gives, and which amount it governs, on offices that do not exist."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loaders.documents import Document, Passage, Span
from loaders.errors import StoreError
from loaders.facts import Figure, ServiceLink
from loaders.meaning import wordings
from loaders.meaning.identity import identify
from loaders.meaning.statements import read_meaning
from loaders.readers.blocks import make_blocks
from loaders.words.normalise import normalise_passage

TITLE = "2024年防城港市商务和口岸局部门预算\n\n目录\n\n第三部分 支出情况\n\n"


def make(text: str) -> Document:
    """A document of this text, cut into blocks as a text file is."""
    return Document("x", text, "", "text", make_blocks(text), (Span(0, len(text)),))


def links(text: str, figures: tuple[Figure, ...] = ()) -> tuple[Document, list[ServiceLink]]:
    """The links to the service of free inspection in a text."""
    document = make(text)
    meaning = read_meaning(document, identify(document), figures)
    return document, [s for s in meaning.services if s.service == "free-inspection"]


def amount(document: Document, link: ServiceLink) -> str | None:
    """The stated amount of a link."""
    span = link.amount_span
    return document.text[span.start : span.end] if span else None


def test_project_name_has_its_own_amount_and_not_its_parents() -> None:
    document, found = links(
        TITLE
        + "（四）项目支出 500 万元，具体包括：\n\n1. 口岸专项预算 500 万元，主要包括：物业管理 200 万元，用于保洁；"
        "免除海关查验没有问题集装箱作业费 300 万元，用于支付吊装费用。\n"
    )
    assert [(k.match, k.role, amount(document, k)) for k in found if k.amount_span] == [
        ("project name", "service", "300")
    ]


def test_shared_purpose_governs_no_amount() -> None:
    document, found = links(TITLE + "转移支付支出 800 万元，主要用于口岸物业管理和免除查验没有问题作业服务的支出。\n")
    assert [(k.match, k.role, amount(document, k)) for k in found] == [("narrative", "service", None)]


def test_sole_purpose_governs_the_amount_before_it() -> None:
    document, found = links(TITLE + "转移支付支出 800 万元，主要用于免除查验没有问题作业服务。\n")
    assert [amount(document, k) for k in found] == ["800"]


@pytest.mark.parametrize(("initial", "stated"), [("0", "88.5"), ("20", None)])
def test_reason_explains_the_whole_result_only_if_nothing_was_budgeted(initial: str, stated: str | None) -> None:
    document, found = links(
        f"2024年度防城港市口岸办公室部门决算\n\n1、其他支出（类）其他支出（款）其他支出（项）。\n"
        f"年初预算为{initial}万元，支出决算为88.5万元，"
        "决算数大于年初预算数的主要原因是免除集装箱查验没有问题费用未列入年初预算。\n"
    )
    assert [(k.match, k.role, amount(document, k)) for k in found] == [("reason", "service", stated)]
    assert "88.5" in found[0].quote or stated is None


@pytest.mark.parametrize(
    ("sentence", "stated"),
    [
        ("其中：物业管理费 300 万元、免除查验没有问题作业服务费 200 万元、宣传费 10 万元", "200"),
        ("免除查验没有问题作业服务费年初预算 220 万元，决算数为 180 万元", "180"),
        ("口岸物业管理和免除查验没有问题作业服务费 500 万元", None),
        ("免除查验没有问题作业服务费较上年增加 40 万元", None),
        ("比上年增加 90 万元，主要原因是新增免除查验没有问题作业服务经费 90 万元", "90"),
        ("安排 75 万元，用于免除查验没有问题作业服务和宣传", None),
    ],
)
def test_which_amount_a_sentence_gives_the_service(sentence: str, stated: str | None) -> None:
    document, found = links(TITLE + sentence + "。\n")
    assert [amount(document, k) for k in found if k.role == "service"] == [stated]


def test_project_table_and_reason_added_during_the_year() -> None:
    document, found = links(
        TITLE + "项目支出表\n单位：万元\n\n项目名称\t合计\t财政拨款\n"
        "免除查验没有问题外贸企业吊装移位仓储费用\t66\t66\n合计\t66\t66\n"
    )
    assert [(k.match, amount(document, k)) for k in found] == [("project name", "66")]
    document, found = links(
        "2024年度防城港市口岸办公室部门决算\n\n年初预算为0万元，支出决算为12万元，"
        "决算数大于年初预算数的主要原因是年中追加免除查验没有问题集装箱费用。\n"
    )
    assert [(k.match, amount(document, k)) for k in found] == [("reason", "12")]


def test_administration_is_apart_from_the_service() -> None:
    document, found = links(
        TITLE + "（一）项目支出 50 万元，具体包括：\n\n1. 口岸综合预算 50 万元，主要包括："
        "免除查验费用项目管理 50 万元，用于审计。\n"
    )
    assert [(k.role, amount(document, k)) for k in found if k.amount_span] == [("administration", "50")]


@pytest.mark.parametrize(
    "clause",
    [
        "统筹协调口岸查验配套设施的规划和建设",
        "免费为外贸企业提供指导、咨询、培训等服务",
        "对查验单位实施“5+2”通关工作制给予经费补贴",
        "海关检查口岸没有问题",
        "对在口岸检查中没有问题的人员免除处罚",
        "不再免除口岸查验没有问题的吊装费用",
    ],
)
def test_look_alikes_are_not_the_service(clause: str) -> None:
    assert [k for k in links(TITLE + clause + "。\n")[1] if k.role == "service"] == []


def test_fee_without_exemption_is_a_mention() -> None:
    _, found = links(TITLE + "陆路口岸海关查验配套服务费均纳入公开招投标。\n")
    assert [k.role for k in found] == ["mention"]


def test_wording_broken_by_line_ends_and_full_width_letters() -> None:
    document, found = links(
        TITLE + "本年度主要开展口岸物业的日常维护，以及口岸设施改造；另外，组织开展免除查\n"
        "验没有 问题作业服务的工作，提高口岸通关服务的水平，降低外贸企业的成本支出。\n"
    )
    assert len(found) == 1
    assert "".join(document.text[found[0].span.start : found[0].span.end].split()) == "免除查验没有问题作业服务"


def test_figures_give_span_and_value_of_the_amount() -> None:
    text = TITLE + "转移支付支出 1, 800 万元，主要用于免除查验没有问题作业服务。\n"
    at = text.index("1, 800")
    figure = Figure(
        Span(at, at + 6), "1, 800", Decimal(18_000_000), "CNY", 2024, "budget", "level", "item", "转移支付支出"
    )
    document, found = links(text, (figure,))
    assert [amount(document, k) for k in found] == ["1, 800"]


def test_service_in_definitions_is_a_definition() -> None:
    _, found = links(TITLE + "第九部分 名词解释\n\n一、查验费用：指免除查验没有问题外贸企业吊装移位仓储费用。\n")
    assert [k.match for k in found] == ["definition"]


def test_normalised_text_keeps_every_offset() -> None:
    text = "Ａ　免 除①"
    passage = normalise_passage(Passage.cut(text, 0, len(text)))
    assert passage.text == "A免除1"
    assert passage.offsets == (0, 2, 4, 5)


def test_missing_and_broken_list_of_services(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    with pytest.raises(StoreError, match="list of services"):
        wordings.load(folder / "none.ttl")
    (folder / "bad.ttl").write_text("@prefix x: <", encoding="utf-8")
    with pytest.raises(StoreError, match=r"bad\.ttl"):
        wordings.load(folder / "bad.ttl")
