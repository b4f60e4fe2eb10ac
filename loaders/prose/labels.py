"""What a clause is about: its item, without the words that only lead to it, measure it or compare it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from loaders.prose.lexicon import BASE, LEAD, NO_ITEM, OF_WHOLE, OFFICE, REASON, SAID, TAIL, WEAK, YEAR

#: How many characters of a clause are looked at, and how many a label may have.
_CLAUSE = 240
_LONGEST = 48
#: How many names are kept: headings are asked again for every number below them.
_KEPT = 4096
_BLANKS = re.compile(r"(?<![A-Za-z0-9])\s+|\s+(?![A-Za-z0-9])")
#: A heading that ran into its paragraph: 收入预算情况说明（详见表1）2026年….
_HEADING = re.compile(r"^.*?(?:情况|事项|决算|预算)的?(?:总体)?说明(?:[（(][^（()）]*[）)])?[：:。]?")
_ABOUT = re.compile(
    r"(?:的)?(?:安排|使用|执行|管理|增减变动|变化|总体|具体|预算|决算|构成|结构)*(?:情况|说明|概述|概况)+(?:总体)?(?:的?说明)?$|[（(]详?见[^（()）]*[）)]$|(?:支出)?(?:绩效)?(?:自评|评价)(?:综述|结果|情况)$"
)
#: What headings name beside items: parts of the document, its talk of itself, funds alone, both sides at once.
_NO_HEADING = re.compile(
    r"(?:项目)?(?:基本|概况?)$|其他重要|附件|名词解释|产出(?:数量|质量|时效|成本)|(?:经济|社会|生态|可持续)*(?:效益|影响)$|[\u4e00-\u9fff]{2,4}指标$"
    r"|(?:政府性基金|国有资本经营|一般公共)(?:预算)?$|(?:部门|单位)?(?:预算|决算)?(?:财政拨款)?收[入、和]*支出?(?:预算|决算|总体)?$"
    r"|.*(?:预算编制|决算编制|工作开展|情况|总体|说明|结果|问题|措施|建议|依据|职能|职责|概况|内容|周期|方案|主体|机构设置|绩效管理|绩效评价|信息公开)$"
)
_AT_LEVEL = re.compile(
    r"((?:[^（()）“”\"，。；：:]|[（(](?![类款项][）)])[^（()）]{1,12}[）)])+?)[”\"]?\s*[（(]([类款项])[）)]"
)
_LEVEL_MARK = re.compile(r"[（(][类款项][）)]")
_TOTAL = re.compile(
    r"(?:财政拨款)?(?:收入|支出|收支|收、支|收入支出|本年收入|本年支出)(?:、支出|、支)?(?:总计|合计|总预算|总额|总决算)"
)
_THRESHOLD = re.compile(
    r"(?:单价|单位价值|单台|单件|单套|价值|原值|单项)[^，。；、]{0,4}\d[\d,.]*\s*(?:亿|百万|万|千)?元?[^，。；、]{0,6}以[上下][^，。；]*$"
)
_COUNTED = re.compile(r"(?<=以[上下])([^，。；\d]*)\d[\d.]*\s*(?:台|套|辆|个).*$")
_AMOUNT = re.compile(
    r"^.*\d[\d.,]*\s*(?:(?:万|亿|千|百)?元(?:/[\u4e00-\u9fff㎡]{1,4}(?:[（(][^（()）]*[）)])*)?|[万亿%％])(?:的|和|及|、)?"
)
_COUNT = re.compile(r"^.*\d[\d.,]*\s*(?:家|个|所|人次|人|名|批次|辆|台|套|次|项|户|件)")
#: For how many something was granted is no part of its name: 年初批复预算 8 个项目.
_GRANTED_COUNT = re.compile(r"(?:预算|批复|下达|安排|涉及)\d+\s*个")
_OF = re.compile(r"^.*(?:单位|部门|机构|机关|中心|机关本级|等)的(?=\S{4})")
_YEARS = re.compile(YEAR)
_CODE = re.compile(
    r"[（(\[【]\s*(?:科目编码|科目代码|编码|代码)?\s*[:：]?\s*[2357]\d{2,6}\s*[)）\]】]|^[2357]\d{2,6}\s*[-—_－]?\s*(?=[\u4e00-\u9fff])"
    r"(?!兆|号|[路厂所线]|医院|工程|项目|行动)"  # 350兆集群, 505路公交: such a number is part of a name
)
_INNER_CODE = re.compile(r"^.*?(?<!\d)[2357]\d{4,6}\s*[-—]?(?=[\u4e00-\u9fff])")
_PRINTED_CODE = re.compile(r"(?<!\d)[2357]\d{4}(?:\d{2})?(?!\d)")
_THREE = re.compile(r"[“\"‘'「]?三公[”\"’'」]?\s*经费[”\"’'」]?")
_FUND_OF_THREE = re.compile(
    r"^(?:[省市区县州镇乡]?本级)?(?:一般公共预算|公共财政预算)?(?:财政)?(?:当年)?(?:拨款)?(?:预算)?(?:的|安排|开支|支付|支出|经费)*(?=“三公”经费|机关运行经费|机关运行费|会议费|培训费|委托业务费|公务接待|因公出国|公务用车)"
)
_FUND_BEHIND = re.compile(r"(?<=费)(?:[（(]?(?:一般公共预算)?财政拨款[）)]?)(?:支出|预算|收入)?$")
#: What is spent on a fee is the fee; and 支出 is said once.
_SPENT_FEE = re.compile(r"(?<=费)(?<!缴费)支出(?:科目)?$|(?<=费用)支出$|(?<=支出)支出$|(?<=支出)”?科目$")
#: A list of fees that the bracket behind it sums up: 公务接待费、公车运行费（“三公”经费）.
_SUMMED_UP = re.compile(r"^.*[费用][（(](?:简称|以下简称|即|统称)?(?=“三公”经费[）)]$)")
#: What was built is a thing, though its name is that of an office: 建成服务中心 2 个.
_BUILT = re.compile(r"^[\s，、]*(?:新建|建成|创建|打造|建设|改造|新增|设立)")
_RATE_NAME = re.compile(r"(?:平均|整体|总体|预算|资金|支出|项目)*(?:执行|完成|支付|到位|使用)率")
#: Money by whose it is: 市级财政资金, 中央资金. Each word of it by itself names nothing.
_LEVEL_FUND = re.compile(
    r"(?:中央|省级?|市级?|区级?|县级?|地方|上级|本级)(?:财政)(?:性?资金|拨款|补助|投入)|(?:中央|省级|市级|区级|县级|地方|上级)资金"
    r"|中央[、和及]?省级?(?:财政)?(?:资金|补助)?"
)
#: What each household or head has more: the item is that, not what changes.
_EACH_MORE = re.compile(r"(?:户|人|亩|社|村)均年?(?:增收|增产|节水|节本|增效)(?=(?:约|达|为|近|超过?)*$)")
_WORD = re.compile(r"[\u4e00-\u9fffA-Za-z]{2}|[\u4e00-\u9fff]")
_BRACKETS = (("（", "）"), ("(", ")"), ("“", "”"), ("《", "》"))


#: 经比较 leads to what is compared, and is no base of a comparison.
_COMPARING = re.compile(r"^经(?:比较|对比)[，,]?")
#: A document by which money came, with its number or a verb behind it: 《关于…的通知》（某财〔2021〕7号）下达….
_IN_TITLE = re.compile(
    r"^.*》(?:[（(][^（()）]{1,40}号[)）](?:文件)?|(?:文件)?(?=下达|安排|明确|要求|批复|拨付))(?:精神|规定|要求)?[，,]?(?=.{3})"
)
#: Classes of assets whose official names hold 、. Source: 财政部《政府会计制度》, 固定资产.
_CLASS = re.compile(
    r"(?:土地、)?房屋(?:、|和|及)构筑物|土地、房屋及构筑物|图书、?(?:和)?档案|家具、用具(?:、装具)?(?:及动植物)?"
)


@dataclass(frozen=True, slots=True)
class Name:
    """What a clause names. ``weak`` words (支出, 经费) are an item only where nothing more specific is in reach."""

    label: str
    weak: bool = False

    def __bool__(self) -> bool:
        return bool(self.label)


NOTHING = Name("")


@lru_cache(maxsize=_KEPT)
def name_item(clause: str, share: bool = False) -> Name:
    """The item that the words in front of a number name, or :data:`NOTHING`. ``share``: the number is a share or rate.

    >>> name_item("2026年安排公务接待费预算数为").label
    '公务接待费'
    >>> name_item("比上年执行数增加").label
    ''
    """
    words = REASON.sub("", _BLANKS.sub("", clause[-_CLAUSE:]))
    words = _HEADING.sub("", words) or words
    words = _IN_TITLE.sub("", _COMPARING.sub("", words))
    threshold = _THRESHOLD.search(words)
    if threshold:
        return Name(_balance(_trim_tail(_COUNTED.sub(r"\1", threshold.group()))))
    level = _name_level(words) or _name_class(words)
    if level:
        return Name(level)
    each = _EACH_MORE.search(words)
    if each:
        return Name(each.group())
    coded = bool(_PRINTED_CODE.search(words))
    base = BASE.search(words)
    if base:
        head = words[: base.start()]
        words = head if _trim(head) else words[base.end() :]
    if share:
        words = OF_WHOLE.sub("", words)
    words = _INNER_CODE.sub("", _AMOUNT.sub("", words))
    if len(words) > 12 or _GRANTED_COUNT.search(words):
        words = _COUNT.sub("", words)
        words = _OF.sub("", words)
    return _type(_pick(words), coded)


#: What an evaluation of an office in whole is about.
_OVERALL = re.compile(r"(?:部门|单位)?整体支出(?=绩效(?:自评|评价|情况|结果|得分))")


@lru_cache(maxsize=_KEPT)
def name_heading(heading: str) -> Name:
    """The item that a heading names: 四、“三公”经费预算情况说明, 82.某项目绩效自评综述; or :data:`NOTHING`."""
    words = _BLANKS.sub("", heading[:_CLAUSE]).strip("。：: ")
    level = _name_level(words)
    if level:
        return Name(level)
    overall = _OVERALL.search(words)
    if overall:
        return Name(overall.group())
    previous = None
    while words != previous:
        previous = words
        words = _ABOUT.sub("", words)
    if re.search(r"[，。；]", words):
        return NOTHING
    words = _HEADING.sub("", words) or words
    name = _type(_pick(re.sub(r"^关于", "", LEAD.sub("", words))))
    return NOTHING if _NO_HEADING.match(name.label) else name


@lru_cache(maxsize=_KEPT)
def base_item(clause: str) -> Name:
    """The item inside a base of comparison (较2025年人员经费…增加), or :data:`NOTHING`."""
    base = BASE.search(_BLANKS.sub("", clause))
    return _type(_pick(base.group("base"))) if base else NOTHING


def _name_class(words: str) -> str:
    """The class of assets that the words end with; "" if they name none."""
    found = list(_CLASS.finditer(words))
    return found[-1].group() if found and not _trim(words[found[-1].end() :]) else ""


def _name_level(words: str) -> str:
    """The last of 类, 款, 项 that words name: 教育支出（类）进修及培训（款）培训支出（项） is 培训支出."""
    found = list(_AT_LEVEL.finditer(words)) if _LEVEL_MARK.search(words) else []
    if not found:
        return ""
    name = LEAD.sub("", _CODE.sub("", found[-1].group(1)).strip('“”" '))
    tail = words[found[-1].end() :]
    if re.match(r"支出", tail) and not name.endswith("支出") and found[-1].group(2) != "项":
        name += "支出"
    return _balance(name)


def told_item(clause: str) -> Name:
    """The item that a clause without a number says something of: 项目支出纳入绩效管理, 某补贴政策到期; or :data:`NOTHING`."""
    words = _BLANKS.sub("", clause)
    head = SAID.sub("", REASON.sub("", words))
    if head == words:
        return NOTHING
    head = re.sub(r"^.*(?:所有|全部|全口径)", "", head)
    return _type(_pick(head))


def _pick(words: str) -> str:
    """Of words with years between, those that name something: 公务接待费2026年预算 is of what stands before the year."""
    parts = _YEARS.split(words)
    if len(parts) == 1:
        return words
    if parts[-2].endswith("的") and len(parts[-2]) > 2:
        return parts[-2] + parts[-1]
    for part in reversed(parts):
        if _type(part).label and not _type(part).weak:
            return part
    return next((p for p in reversed(parts) if _type(p)), "")


def _trim_tail(words: str) -> str:
    previous = None
    while words != previous:
        previous = words
        if _TOTAL.fullmatch(words):
            return words
        words = TAIL.sub("", words)
    return words


def _trim(words: str) -> str:
    previous = None
    while words != previous:
        previous = words
        words = _trim_tail(LEAD.sub("", words))
    return words


def _type(words: str, coded: bool = False) -> Name:
    """The words as an item, if they are one. ``coded``: a code stands beside the name, which is official as it is."""
    words = _CODE.sub("", _LEVEL_MARK.sub("", words))
    words = _THREE.sub("“三公”经费", words)
    built = bool(_BUILT.match(words))
    label = _SUMMED_UP.sub("", _THREE.sub("“三公”经费", _trim(words)))
    label = _FUND_OF_THREE.sub("", _FUND_BEHIND.sub("", label))
    label = _balance(label if coded else _SPENT_FEE.sub("", label))
    if _RATE_NAME.fullmatch(label):
        return Name(label, True)
    if _LEVEL_FUND.fullmatch(label):
        return Name(label)
    if not _WORD.search(label) or "\\div" in label or NO_ITEM.fullmatch(label):
        return NOTHING
    if not built and OFFICE.fullmatch(label):
        return NOTHING
    if len(label) > _LONGEST:
        label = label[-_LONGEST:]
    return Name(label, bool(WEAK.fullmatch(label)))


def _balance(label: str) -> str:
    """A label without brackets and quotation marks that have lost their fellow at its ends."""
    for opening, closing in _BRACKETS:
        if label.count(opening) < label.count(closing):
            label = label.removesuffix(closing) if label.endswith(closing) else label.replace(closing, "", 1)
        elif label.count(opening) > label.count(closing):
            label = label.removeprefix(opening) if label.startswith(opening) else label.replace(opening, "", 1)
    return label.strip(" 、，。；：:-—")
