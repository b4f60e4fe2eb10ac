"""What a word on an axis of an official table names: a unit, an item, a project, an indicator, a measure, …

A figure of a table is of what both its axes say. The words of its row and of its header are typed here by one
vocabulary; what a figure is *of* is then its indicator, project or item, on whichever axis that stands, and never a
measure (预算数, 合计), a phase or a category beside one.
"""

from __future__ import annotations

import functools
import re
from typing import Literal

from loaders.tables.cells import OFFICE
from loaders.words.lines import split_title
from loaders.words.normalise import plain

Axis = Literal["unit", "item", "project", "category", "indicator", "level", "measure", "fund", "attribute", ""]

#: The expenses that forms of their own list, the six of “三公” first, as rows or as columns.
_NAMED_ITEM = (
    r"[“\"]?三公[”\"]?经费|因公出国|出国[(]境[)]|公务接待|公务用车|公车|购置费|运行(?:维护)?费|购置(?:及|和|与)?运行|会议费|培训费|行政经费"
    r"|机关运行经费|差旅费|委托业务费|国内接待|外宾接待|外事接待|公杂费|维修费"
)
_FUND = (
    r"(?:其中[:]?)?(?:一般公共预算|政府性基金(?:预算)?|国有资本经营(?:预算)?|社会保险基金(?:预算)?|财政专户管理资金|财政拨款|上级补助"
    r"|事业收入|事业单位经营收入|附属单位上缴收入|其他收入|单位资金|自有资金|其他资金|上年结转(?:结余)?|当年财政拨款)"
    r"(?:财政)?(?:拨款|收入|支出|资金|安排)*(?:预算)?(?:小计|合计)?"
)
_MEASURE = (
    r"(?:其中[:]?)?(?:\d{4}年?度?|上年|本年|当年|今年|去年|年初|年度|全年|调整后?|部门|财政|批复|申报|核定|已)*"
    r"(?:合计|总计|小计|共计|总额|金额(?:合计)?|数额|预算数?|决算数?|预算(?:金额|安排数?)|执行数|实际支出数?|支出数|收入数|数|"
    r"(?:预算|决算)?(?:同比)?(?:增减|变动)(?:变化)?(?:金?额|数|率|情况|比例|幅度|%)?|增长率|比(?:上年|例|重)|占比)(?:[(][^)]*[)])?|(?:19|20)\d{2}年?度?"
)
#: The three kinds into which 预算一体化 rules divide projects, and older words for the same.
_CATEGORY = (
    r"(?:其中[:]?)?(?:(?:其他|一般)?运转类|特定目标类|人员类|公用经费类|(?:部门|单位)?(?:专项|业务)类|(?:一|二)级项目|经常性(?:项目|支出)?|一次性(?:项目|支出)?"
    r"|延续性?(?:项目)?|新增(?:项目)?|新建|续建|(?:部门|其他)预算项目|专项(?:资金|业务)?(?:项目|类)?|行政事业类(?:项目)?|基本建设类(?:项目)?|建设类|其他类)"
    r"(?:项目|支出)?"
)
#: Types of the words of a row, or of one level of a header: the first that fits decides.
_WORDS: tuple[tuple[Axis, str], ...] = (
    ("measure", rf"^(?:{_MEASURE})$"),
    ("fund", rf"^{_FUND}$"),
    ("category", rf"^{_CATEGORY}$"),
    ("item", _NAMED_ITEM),
)
#: Types of the cells under a header of names: what the last level of the header calls them.
_HEADS: tuple[tuple[Axis, str], ...] = (
    ("level", r"^(?:一级|二级)指标$|^指标(?:类别|类型|分类)$"),
    ("indicator", r"三级指标|指标(?:名称|内容)|^(?:绩效)?指标$|^评价指标$"),
    ("item", r"品目|采购目录"),
    ("category", r"(?:类别|类型|大类|性质|属性|分类|级次|来源)$|^资金(?:名称|渠道)$|^是否"),
    ("project", r"项目(?:[(][^)]*[)])?名称|^单位[(]项目[)]名称|^(?:[一二三]级|支出|采购|具体|重点|专项)?项目(?:[(](?:单位|资金使用单位)[)])?$|^(?:任务|事项|工作任务)(?:名称)?$"
                r"|^支出项目类别[(]资金使用单位[)]$"),
    ("unit", r"(?:单位|部门|机构|处室|科室)(?:[(][^)]*[)])?(?:名称)?$|^(?:部门|单位)[(](?:单位|部门)[)]名称$"),
    ("item", r"科目|功能分类|经济分类|收入|支出|项目[(]按"),
    ("attribute", r"备注|说明|绩效目标|规格|方式|目录|编码|代码"),
)  # fmt: skip
_WORD_TYPES = tuple((axis, re.compile(pattern)) for axis, pattern in _WORDS)
_HEAD_TYPES = tuple((axis, re.compile(pattern)) for axis, pattern in _HEADS)
#: What may name a figure, the most specific first.
_RANK: tuple[Axis, ...] = (
    "indicator",
    "project",
    "item",
    "",
    "unit",
    "category",
    "level",
    "fund",
    "measure",
    "attribute",
)
#: The named expenses of a title; several are named in one breath.
_ONE_ITEM = (
    r"(?:[“\"＂]?三公[”\"＂]?经费|机关运行(?:维护)?经费|行政经费|会议费|培训费|公务接待费|因公出国[（(]境[）)]费用?)"
)
_TITLE_ITEM = re.compile(rf"{_ONE_ITEM}(?:[、和及与]{_ONE_ITEM})*")
_PROJECT_TITLE = re.compile(r"^(?P<name>[^_]{4,60}?)(?:项目)?(?:支出)?(?:绩效)目标(?:申报)?表$")
_GENERIC = re.compile(
    r"项目$|整体|部门|单位|(?:19|20)\d{2}年?度?|专项(?:资金|业务)?(?:经费)?$|支出$|一级|市级|省级|县级|区级|预算"
)
_JOINED_MEASURE = re.compile(
    r"(?<=.{4})(?:预[(（]决[)）]算|预算|决算)?(?:数|总额|合计|金额)(?:[(（].*)?$|(?<=经费)(?:预算|决算)$"
)
_LEAD = re.compile(r"^(?:其中[:]?|[(]?[一二三四五六七八九十\d]{1,3}[)、.]|\d{1,2}[.、])+")
_OFFICE = re.compile(rf"^[\u4e00-\u9fff（(）)·\d]{{3,40}}{OFFICE}")
#: What ends like an office and is none: what is done, and meetings.
_BRACKETS = re.compile(r"[（(][^（()）]*[）)]$")
_NO_OFFICE = re.compile(
    r"^(?:建设|新建|改建|扩建|续建|购置|购买|维修|修缮|改造|举办|召开|组织|开展|支持|补助|参加)"
    r"|(?:大|全|展|年|例|茶话|座谈|研讨|报告|表彰|博览|运动|交易|推介|发布|洽谈|晚|两|论坛)会$"
)


@functools.lru_cache(maxsize=20_000)
def type_words(text: str) -> Axis:
    """What the words of a row, or of one level of a header, name; "" where the vocabulary does not tell.

    >>> type_words("本年预算数"), type_words("1.因公出国（境）费用"), type_words("特定目标类")
    ('measure', 'item', 'category')
    """
    flat = _LEAD.sub("", plain(text)).strip(":")
    return next((axis for axis, pattern in _WORD_TYPES if pattern.search(flat)), "")


@functools.lru_cache(maxsize=20_000)
def type_head(label: str) -> Axis:
    """What the cells under a header of names are; ``|`` separates its levels, of which the last tells.

    >>> type_head("项目名称"), type_head("预算单位"), type_head("项目类别")
    ('project', 'unit', 'category')
    """
    flat = plain(label).split("|")[-1].strip(":")
    return next((axis for axis, pattern in _HEAD_TYPES if pattern.search(flat)), "")


def names_office(text: str) -> bool:
    """Whether words read as the name of an office or institution, and not as that of an item or project.

    >>> names_office("安平市气象台（安平市预警中心）"), names_office("供应链大会（专项资金市商务局）")
    (True, False)
    """
    flat = text.strip()
    # whose money a project uses may stand behind its name, as a second name behind that of an office
    bare = _BRACKETS.sub("", flat) or flat
    return bool(_OFFICE.search(flat)) and not (_NO_OFFICE.search(flat) or _NO_OFFICE.search(bare))


def rank(axis: Axis) -> int:
    """How well a word of this type names a figure; 0 is best."""
    return _RANK.index(axis)


def item_of_column(label: str) -> str:
    """The named item that a column is of (its innermost such level); "" if it is of none.

    >>> item_of_column("“三公”经费|公务用车购置及运行维护费|公务用车购置费")
    '公务用车购置费'
    """
    parts = [p for p in label.split("|") if p]
    return clean_item(next((p for p in reversed(parts) if type_words(p) == "item"), ""))


def item_of_title(title: str) -> str:
    """The expenses that a table is of by its title, as named there; "" if it is of no named one.

    >>> item_of_title("2026年一般公共预算“三公”经费、会议费、培训费支出表")
    '“三公”经费、会议费、培训费'
    """
    match = _TITLE_ITEM.search("".join(title.split()))
    return match.group() if match else ""


def project_of_title(title: str) -> str:
    """The project that a sheet of targets is of by its title; "" if the title names none.

    >>> project_of_title("话务场地租赁项目绩效目标表"), project_of_title("2026年项目支出绩效目标表")
    ('话务场地租赁', '')
    """
    match = _PROJECT_TITLE.match(split_title("".join(title.split()))[1])
    return match.group("name") if match is not None and not _GENERIC.search(match.group("name")) else ""


def clean_item(name: str) -> str:
    """An item without the measure that a header joins to it (“三公”经费预算数), with the brackets of Chinese text."""
    return _JOINED_MEASURE.sub("", name).replace("(", "（").replace(")", "）")
