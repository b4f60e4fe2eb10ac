"""Numbers that are no figures, in sentences of official documents: each gets its class; figures are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.words.nonfigures import find_nonfigures, is_scoring_rule
from loaders.words.numbers import tokenise


def classes(text: str) -> list[tuple[str, str]]:
    """Each number token with its class, ``""`` where nothing explains it."""
    stretches = find_nonfigures(text)
    found = []
    for token in tokenise(text):
        hits = [s for s in stretches if s.start < token.span.end and token.span.start < s.end]
        found.append((token.stated, hits[0].kind if hits else ""))
    return found


def kinds(text: str) -> list[str]:
    return [kind for _, kind in classes(text)]


@pytest.mark.parametrize(
    "text",
    [
        "根据《财政部关于印发通知》（财预〔2021〕12号）",
        "深财绩〔2021〕1号",
        "国办发明电[2001]38 号",
        "(沪府办)[2006]52 号",
        "（沪财行[2003]2 号）",
        "财预﹝2016﹞143号",
        "国发（2014）45号",
        "国务院令第729号",
        "财政部令第 68 号",
        "2023年第5号公告",
    ],
)
def test_numbers_of_documents(text: str) -> None:
    assert set(kinds(text)) == {"reference"}


@pytest.mark.parametrize(
    "text",
    [
        "截至2023年12月31日",
        "截至 2025 年 12 月 31 日",
        "2026年度部门预算",
        "2020-2022年",
        "2021—2025年",
        "2021至2023年",
        "2023年1-6月",
        "2023-05-21",
        "2023/5/21",
        "2023年底",
        "于12月底前完成",
        "3月至9月",
        "5、6月份",
        "第3季度",
        "2021和2022年",
        pytest.param(
            "2019、2020和2021年",
        ),
    ],
)
def test_dates(text: str) -> None:
    assert set(kinds(text)) == {"date"}


@pytest.mark.parametrize(
    "text",
    [
        "推进5G网络建设",
        "“1+10+10”政策体系",
        "1+8+26+N工作机制",
        "“5+2”通关工作制",
        "实施“5+2 天”通关工作",
        "24小时通关",
        "口岸24小时值班",
        "实施144小时过境免签",
        pytest.param(
            "72小时和144小时过境免签",
        ),
        "“5·21”专案",
        "365天无休",
        "“365 天, 天天能通关”",
        "7×24小时服务",
        "12345政务热线",
        "12345热线",
        "110报警服务台接警平台",
        "PM2.5监测",
        "COVID-19",
        "4K超高清",
        "3D打印",
        "GB/T 2260",
        "ISO 9001",
        "2号楼修缮",
        "地铁14号线",
    ],
)
def test_numbers_inside_names(text: str) -> None:
    assert set(kinds(text)) == {"name"}


@pytest.mark.parametrize(
    "text",
    [
        "联系电话：0755-83758561",
        "联系方式:83758561",
        "电话 021-23111111",
        "传真：（0730）8889999",
        "邮编：414000",
        "手机13800138000",
        "网址：http://www.sz.gov.cn/2023/index.html",
        "邮箱kab2023@sz.gov.cn",
    ],
)
def test_contacts(text: str) -> None:
    assert set(kinds(text)) == {"contact"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.贯彻执行国家法律", ["ordinal"]),
        ("（1）办公室。（2）综合处。", ["ordinal", "ordinal"]),
        ("1、人员经费；2、公用经费", ["ordinal", "ordinal"]),
        ("第1部分", ["ordinal"]),
        ("目标1：保障通关", ["ordinal"]),
        ("见表3和附件2", ["reference", "reference"]),
        ("表 1-1 内设机构", ["reference", "reference"]),
        ("公开01表", ["reference"]),
        ("2010301行政运行", ["code"]),
        ("行政运行（2010301）", ["code"]),
        ("[2080505]机关事业单位基本养老保险缴费支出", ["code"]),
        ("201（类）03（款）01（项）", ["code", "code", "code"]),
        ("20103政府办公厅（室）及相关机构事务", ["code"]),
        ("30201办公费", ["code"]),
        pytest.param(
            "1.2023年部门预算",
            ["ordinal", "date"],
        ),
    ],
)
def test_ordinals_references_and_codes(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "共58,227万元",
        "增长13.72%",
        "行政编制49人",
        "实有车辆2辆",
        "共2046人",
        "共2010人次",
        "安排2023万元",
        "完成3个月任务",
        "执行率94.29%",
        "新增床位2000张",
        "办结12000件",
        "不超过24小时",
        "处理时限≤48小时",
        "占地2000平方米",
        "120.16万标箱",
        "增加2.1 万元",
        "全年加班114天",
        "培训3期，共5天",
        "举办活动1场",
        "0投诉",
        "支出10,000.12月均",
    ],
)
def test_figures_are_left_alone(text: str) -> None:
    """Each sentence states figures only."""
    assert set(kinds(text)) == {""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023年部门预算收入58,227万元，比2022年增加7,027万元，增长13.72%。", ["date", "", "date", "", ""]),
        (
            "截至2023年12月31日，共有车辆2辆，单价50万元以上通用设备1台（套）。",
            ["date", "date", "date", "", "criterion", ""],
        ),
        ("单价100万元（含）以上设备0台", ["criterion", ""]),
        ("可能存在0.01的尾数差异", ["criterion"]),
        ("1.一般公共服务支出（201）20.5万元，占5.1%。", ["ordinal", "code", "", ""]),
        ("依据《条例》（国务院令第493号）第3条，开展检查5次", ["reference", "ordinal", ""]),
        ("实施“5+2”通关工作制度，安排经费41,338元", ["name", "name", ""]),
        ("12345热线办结率≥98%", ["name", ""]),
    ],
)
def test_sentences_that_mix_them(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "完成的得2分，未完成的不得分",
        "每发现一处扣0.5分，扣完为止",
        "达到95%以上的，得满分",
        "否则酌情扣分",
        "每低1个百分点扣1分",
    ],
)
def test_scoring_rules(text: str) -> None:
    assert is_scoring_rule(text)


@pytest.mark.parametrize("text", ["满意度达到95分", "2021年绩效得分92.5", "评价总分为100分", "投诉件扣减工作", ""])
def test_sentences_that_are_no_scoring_rules(text: str) -> None:
    assert not is_scoring_rule(text)


@given(st.text(alphabet="0123456789年月日号第（）〔〕[]%万元人、，。-+×“”表小时天GA", max_size=60))
def test_stretches_are_ordered_and_never_overlap(text: str) -> None:
    last = 0
    for stretch in find_nonfigures(text):
        assert last <= stretch.start < stretch.end <= len(text)
        assert stretch.reason
        last = stretch.end


def test_what_sites_print_around_a_document() -> None:
    assert classes("索引号: zsj/2025-00002") == [("2025", "reference"), ("00002", "reference")]
    assert kinds("[ 索引号 ] | 115000000000000000/2024-00019 | [ 发文字号 ] |") == ["reference"] * 3
    assert kinds("访问次数:1520") == ["reference"]
    assert kinds("接待访问量3万人次") == [""]


def test_numbers_in_titles_and_ages_that_bound_a_group() -> None:
    assert classes("按照《市财政局等7部门关于第3批试点的意见》，补助15人") == [
        ("7", "reference"), ("3", "ordinal"), ("15", ""),
    ]  # fmt: skip
    assert classes("为65周岁以上老人发放补助120人") == [("65", "criterion"), ("120", "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2－效益指标，22－社会效益，知晓率", [("1.2", "ordinal"), ("22", "code")]),
        ("3、4－成本指标，41－经济成本指标", [("3", "ordinal"), ("4", "code"), ("41", "code")]),
        ("2025-03-08 14:30:05", [(n, "date") for n in ("2025", "03", "08", "14", "30", "05")]),
        ("跨入22世纪", [("22", "date")]),
        ("上世纪80年代", [("80", "date")]),
        ("原因是2.2024年少付", [("2", "ordinal"), ("2024", "date")]),
        ("县政府31号令", [("31", "reference")]),
        ("页（7）", [("7", "reference")]),
        ("全国200强企业", [("200", "name")]),
        ("升级平台3.0", [("3.0", "name")]),
        ("2匹空调", [("2", "name")]),
        ("良（90>S≥75）", [("90", "criterion"), ("75", "criterion")]),
        ("A05010201B3 文件柜", [("05010201", "name"), ("3", "name")]),
        ("东街12号、16号地块", [("12", "name"), ("16", "name")]),
        ("北路8号宿舍", [("8", "name")]),
        ("改造301、302室", [("301", "name"), ("302", "name")]),
        ("302001临江市水利局", [("302001", "code")]),
        ("，2024防汛专项", [("2024", "date")]),
        ("生员比12:1", [("12", "name"), ("1", "name")]),
        ("约占2/3", [("2", "name"), ("3", "name")]),
        ("G312国道、5G基站、A3纸", [("312", "name"), ("5", "name"), ("3", "name")]),
        ("4 开展河道巡查工作", [("4", "ordinal")]),
        # What is close to these, and counts.
        ("平台1.5亿元", [("1.5", "")]),
        ("4 台水泵", [("4", "")]),
        ("60 事业人员", [("60", "")]),
        ("3匹马", [("3", "")]),
        ("COD≤50毫克", [("50", "")]),
        ("302001元", [("302001", "")]),
        ("12号前", [("12", "")]),
        ("12-15平方米", [("12", ""), ("15", "")]),
    ],
)  # fmt: skip
def test_numbers_of_lists_names_roads_and_times(text: str, expected: list[tuple[str, str]]) -> None:
    assert classes(text) == expected


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("合计 30812 .45", ["30812 .45"]),
        ("节电62 .5万度", ["62 .5"]),
        ("3 .2025年", ["3", "2025"]),
        ("12 .5.1", ["12", "5.1"]),
    ],
)
def test_a_blank_before_the_point_of_a_number(text: str, tokens: list[str]) -> None:
    assert [t.stated for t in tokenise(text)] == tokens


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("说明原因（150字以内）", "criterion"),
        ("预算执行率未达到85%的，需说明原因", "criterion"),
        ("偏差低于 70% 的应当说明", "criterion"),
        ("项目名称：41072322T000018005566-防火瞭望经费", "code"),
    ],
)
def test_what_forms_ask_for_and_the_codes_of_projects(text: str, kind: str) -> None:
    stretches = find_nonfigures(text)
    digits = [i for i, c in enumerate(text) if c.isdigit()]
    assert {s.kind for s in stretches} == {kind}
    assert all(any(s.start <= i < s.end for s in stretches) for i in digits)


@pytest.mark.parametrize("text", ["满意度未达到85%", "全年完成率为70%的项目3个", "征文限2000字的有6篇"])
def test_what_only_looks_like_them(text: str) -> None:
    assert "criterion" not in {s.kind for s in find_nonfigures(text)}
