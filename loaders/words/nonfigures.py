"""Numbers that are no figures: dates, ordinals, references, names, contacts, codes, criteria.

Each pattern is a form of official Chinese writing. :func:`find_nonfigures` returns the stretches of a passage whose
digits are thereby explained; what remains is for :mod:`loaders.prose.amounts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from loaders.facts import TokenClass
from loaders.words.units import WORDS


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters ``start`` to ``end`` of a passage, their class, and why."""

    start: int
    end: int
    kind: TokenClass
    reason: str


_Y = r"(?:19|20)\d{2}"
_UNITS = "|".join(sorted(map(re.escape, WORDS), key=len, reverse=True))
_DASH = r"\s*[-—–~～至到]+\s*"
_CLOCK = r"(?<![\d:：])(?:[01]?\d|2[0-4])\s*[:：]\s*[0-5]\d(?![\d:：])"
_S = r"\s*"
#: The first level of an indicator where systems print it with its number: ``1－产出指标``.
_LEVEL1 = r"\d{1,2}\s*[-－—–]\s*(?:产出|效益|满意度|成本)"
#: What follows a number that counts something, and so is no code.
NO_COUNT = r"(?!\s*(?:百|千|万|亿|元|人(?![大力员民口才事])|个(?!人)|年|家(?!庭)|辆|台|套|项(?!目)|件|次|余|多|[萬億户册份名位批吨亩株棵头只条座栋幢盏艘米篇例场]|口(?!岸)|平方|公里|公顷|立方|千瓦))"
#: In order of precedence; the first pattern that explains a digit keeps it.
_PATTERNS: list[tuple[TokenClass, str, re.Pattern[str]]] = [
    ("name", "error value of a spreadsheet", re.compile(r"[#＃](?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|BUSY!|####+)", re.I)),
    ("reference", "number of a record or a licence", re.compile(
        r"(?:备案?|许可证|登记证?|注册证?|证书|执照|批准文)(?:编)?号?\s*[:：]?\s*(?:[A-Z]{1,6}[-－]?)?\d{5,}(?:\s*号)?(?:[-－]\d+)?(?!\d|[.,]\d|万|元)")),
    ("reference", "number in an index of published documents", re.compile(
        r"(?:索引号|索取号|备案号|公开编号|信息索引)[\s:：|\]】]*[A-Za-z0-9][A-Za-z0-9/_.\-—－]*|(?<![\d.,/])[A-Z\d]{5,}[A-Za-z]?[/／]\s?(?:19|20)\d{2}[-—－]\d{2,}(?!\d)")),
    ("reference", "number of an official document", re.compile(rf"[〔\[【(（﹝［]{_S}{_Y}{_S}[〕\]】)）﹞］]{_S}第?{_S}\d+{_S}号?")),
    ("reference", "number of an official document", re.compile(rf"[〔\[【﹝［]{_S}{_Y}{_S}[〕\]】﹞］]")),
    ("reference", "number of an order or a bulletin", re.compile(rf"(?:{_Y}{_S}年)?第{_S}\d+{_S}(?:号令|号|令|次会议|届)")),
    ("reference", "number of an order or a bulletin", re.compile(r"(?<![\d.])\d{1,4}\s*号令")),
    ("reference", "page number", re.compile(r"页\s*[（(]\s*\d{1,4}\s*[）)]")),
    ("reference", "number of an official document", re.compile(r"(?<=[发办函字令通财预])\s*\d+\s*号(?!楼|线|院)")),
    ("contact", "telephone, fax or post code", re.compile(
        r"(?:电话|手机|传真|邮编|邮政编码|联系方式|热线电话)(?:号码)?[）)]?\s*[:：]?\s*[（(]?\d[\d\s\-—－、,/（）()转]{4,}\d")),
    ("contact", "telephone number", re.compile(r"(?<!\d)(?:0\d{2,3}[-—－]\d{7,8}|1[3-9]\d{9})(?![\d.])")),
    ("contact", "web or mail address", re.compile(r"(?:https?://|www\.)[\w./?=&%#:\-]+|[\w.\-]+@[\w.\-]+\.\w+")),
    ("reference", "page number of a table of contents", re.compile(r"(?:[.…·．]{2,}|\s{2,})\s*\d{1,3}\s*$")),
    ("code", "printed classification code", re.compile(r"[\[【]\s*\d{3,9}\s*[\]】](?=\s*[\u4e00-\u9fff])")),
    ("code", "code of a unit or a project", re.compile(r"(?<![\dA-Za-z.])\d{6,12}[A-Z]\d{8,16}(?!\d|[.]\d)(?:\s*[-—_－](?=\s?[\u4e00-\u9fff]))?")),
    ("criterion", "number of characters that a field may hold", re.compile(r"(?<=[（(])\s*(?:限|不超过|不少于|控制在)?\s*\d{2,4}\s*个?字(?:以内|以上|之内|左右|内|以下)?\s*(?=[）)])")),
    ("criterion", "bound beyond which a form asks for reasons", re.compile(r"(?:未达到?|达不到|低于|不足|小于|高于|超过|大于)\s*\d+(?:\.\d+)?\s*[%％]\s*(?:的|时)?[，,]?\s*(?:需要?|须|应当?|要|请|均需|必须)(?=[^，。；]{0,8}(?:说明|分析|解释|填写|填报))")),
    ("code", "code of a unit before its name", re.compile(r"(?:(?<=^)|(?<=\s))\d{6}(?=[\u4e00-\u9fff]{2,20}(?:局|委|办|厅|院|馆|站|所|处|队|校|中心|委员会|办公室)(?![\u4e00-\u9fff]))")),
    ("code", "code of a unit or a project", re.compile(r"(?<![\d.,，])\d{3,9}\s*[-—_－](?=\s?[\u4e00-\u9fff])(?<!(?:19|20)\d\d[-—_－])")),
    ("ordinal", "number of an indicator in a cell of several", re.compile(rf"(?<![\d.])\d{{1,3}}{_S}[、.．]{_S}(?={_LEVEL1})")),
    ("code", "level of an indicator", re.compile(rf"{_LEVEL1}|(?<=[，,])\d{{2}}{_S}[-－—–](?={_S}(?:数量|质量|时效|成本|经济|社会|生态|环境|可持续|服务对象|满意度))")),
    ("date", "date", re.compile(rf"{_Y}{_S}[-./－]{_S}\d{{1,2}}{_S}[-./－]{_S}\d{{1,2}}(?!\d)(?:日)?")),
    ("date", "span of years", re.compile(rf"{_Y}{_S}年?(?:度|级)?{_DASH}(?:{_Y}|\d{{2}}(?!\d)){_S}(?:年(?:度)?|学年)?(?!\d|\.\d|万|元|人|个)")),
    ("date", "year", re.compile(
        rf"(?<!\d{{4}}){_Y}{_S}年(?:度|末|底|初|内|级)?(?:(?:{_S}\d{{1,2}}{_S}(?:[-—–~～至到、]{_S}\d{{1,2}}{_S})*月(?:份|末|底|初)?)(?:{_S}\d{{1,2}}{_S}[日号])?)?"
    )),
    ("date", "year", re.compile(rf"(?<!\d){_Y}(?=\s*(?:财政|会计|预算)?年)")),
    ("date", "years in a list", re.compile(rf"(?<![\d.]){_Y}(?:{_S}、{_S}{_Y})*(?={_S}[、和及与]{_S}{_Y}{_S}年)")),
    ("date", "year in a title", re.compile(rf"(?<![\d./-])(?<!\d[,，]){_Y}(?=\s?[\u4e00-\u9fff“《])(?!(?:多|余)?(?:百|万|亿|千|元|人|名|个|辆|次|家|项|件|户|台|套|份|条|处|吨|亩|米|公|平|场|期|批|天|小时|分|所|座|册|本|张|标|例|起|位|组|间|只|株))")),
    ("date", "months or days", re.compile(
        rf"\d{{1,2}}{_S}月?(?:{_S}[-—–~～至到、，,]{_S}\d{{1,2}}{_S}月?)*{_S}月(?:份|末|底|初|上旬|中旬|下旬)?(?:{_S}\d{{1,2}}{_S}日)?(?=\D|$)(?<!个月)"
    )),
    ("date", "day of the month", re.compile(r"(?<=[月、至])\s*\d{1,2}\s*日")),
    ("date", "time of day", re.compile(r"(?<![\d:：])(?:[01]?\d|2[0-3])\s*[:：]\s*[0-5]\d\s*[:：]\s*[0-5]\d(?![\d:：])")),
    ("date", "century or decade", re.compile(r"(?<![\d.])\d{1,2}\s*世纪(?:\s*\d0\s*年代)?|(?<![\d.])[1-9]0\s*年代")),
    ("date", "time of day", re.compile(rf"{_CLOCK}{_DASH}{_CLOCK}")),
    ("date", "time of day", re.compile(r"(?<!\d)\d{1,2}\s*[:：]\s*\d{2}(?!\d)(?=\s*(?:前|后|至|-|—|之|止|开|起|以|时|，|。|、|$))")),
    ("date", "time of day", re.compile(r"(?:上午|下午|凌晨|早上?|晚上?|中午|傍晚|[当次今明每][日天])\s*\d{1,2}\s*[时点](?!段)(?:\s*\d{1,2}\s*分)?")),
    ("name", "minutes of a duration", re.compile(r"(?<=小时)\s*\d{1,2}\s*分(?![值数])")),
    ("name", "coordinate", re.compile(
        r"(?:东经|西经|北纬|南纬|经度|纬度)(?:为|约)?[:：]?\s*\d+(?:\.\d+)?\s*[°度](?:\s*\d+(?:\.\d+)?\s*[′'’分])?(?:\s*\d+(?:\.\d+)?\s*[″\"”秒])?")),
    ("criterion", "tolerance", re.compile(r"±\s*\d+(?:\.\d+)?\s*[%％]?")),
    ("name", "ratio", re.compile(r"(?:比例|配比|比值|比率|之比|占比|[师生员床诊患]比|人数比)(?:约?为|是|按|达到?)?\s*\d+(?:\.\d+)?(?:\s*[:：∶/]\s*\d+(?:\.\d+)?)+(?![\d%％])")),
    ("name", "ratio", re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?:\s*∶\s*\d+(?:\.\d+)?)+|(?<![\d./])[1-9]/[1-9]\d?(?=以[上下]|的|左右|多|[强弱])|(?<=[占近约超])\s*[1-9]/[1-9]\d?(?![\d/%％])")),
    ("criterion", "bound of a grade", re.compile(r"(?<![A-Za-z])[A-Z]\s*[≧≥>＞≦≤<＜]\s*\d+(?:\.\d+)?|\d+(?:\.\d+)?\s*[≧≥>＞≦≤<＜]\s*[A-Z]\s*[≧≥>＞≦≤<＜]\s*\d+(?:\.\d+)?")),
    ("name", "number of a road", re.compile(r"(?<![\d.,，])\d{3}\s*(?:国道|省道|县道|乡道)|(?<![\d.,，])\d{3}\s*(?=线(?:改|公路|至|养|绿|大修|提升|建设|[（(]|工程))")),
    ("date", "quarter", re.compile(r"第\s*\d\s*季度|(?<!\d)[1-4]\s*季度")),
    ("name", "counted slogan or pattern in the form n+n", re.compile(r"[“\"‘「]?\d+(?:\s*[+＋]\s*(?:\d+|[A-Za-zＮ]+))+(?:[”\"’」])?")),
    ("name", "date that names an event", re.compile(
        r"[“\"‘「《]?(?<![\d.,])\d{1,2}\s*(?:[·•・]|[．.](?=\s*\d{1,2}\s*[”’」》]))\s*\d{1,2}(?=\s*[”\"’」》]|[\u4e00-\u9fff](?!元))(?!(?:亿|百万|万|千)?元|[人个家次年月日])[”\"’」》]?")),
    ("name", "7×24 service", re.compile(r"\d+\s*[×xX*＊]\s*\d+(?=\s*(?:小时|天|服务|全天|不间断|”))")),
    ("name", "days and hours of a service", re.compile(r"(?:[一每]周|每星期)\s*\d\s*天\s*(?:、|，)?\s*(?:每天)?\s*\d*\s*(?:小时)?")),
    ("name", "days that name a visa policy", re.compile(r"\d+\s*[天小时]+(?:和|、|及)?\s*\d*\s*(?:天|小时)?\s*(?:两项)?(?:过境)?免(?:签|检|办)")),
    ("name", "hours that name a service", re.compile(
        r"(?<![≤≥<>＜＞=＝不超过于达足至\d.])\s*(?:24|48|72|144|240)\s*小时(?:(?:和|、|及)\d+天)?(?:两项|的|内)?(?=[”」]?\s*(?:的)?(?:通关|过境|免|开放|服务|值班|值守|运行|营业|在线|不间断|全天|自助|响应机制|热线|不打烊|监控|巡|预约|便民|连续|待命|备勤|全天候|政务|轮))"
    )),
    ("name", "365 days a year", re.compile(r"365\s*天(?:[,，]?\s*天天|\s*无休|全年|×|\*|\s*不)?")),
    ("name", "number of a hotline or platform", re.compile(r"(?<![\d.])1(?:1[024]|2\d{1,3}|10)\d?(?=\s*(?:热线|平台|政务|便民|市民|举报|系统|服务|投诉|专线|报警|绿色通道|”|工单|接|话务|座席))")),
    ("name", "rank that names a group", re.compile(r"(?<![\d.])\d{2,4}\s*强(?![度化制力])")),
    ("name", "version of a system", re.compile(r"(?:系统|平台|版本|模式|行动)\s*[1-9]\.0(?![\d.])(?!\s*(?:[万亿元%％人个公平千米亩吨]))")),
    ("name", "power of an engine", re.compile(r"(?<![\d.])\d{1,2}(?:\.\d)?\s*匹(?!马)")),
    ("name", "number in quotation marks", re.compile(r"[“\"‘「]\s*\d+(?:\.\d+)?\s*[”\"’」](?!\s*(?:%|个百分点))")),
    ("name", "dimensions of a thing", re.compile(r"\d+(?:\.\d+)?(?:\s*[×xX*＊]\s*\d+(?:\.\d+)?){1,3}(?!\s*(?:=|元|万))")),
    ("name", "number of a hotline or platform", re.compile(r"(?<![\d.,，])(?:12[1-9]\d{2}|123\d{2}|96\d{3,4}|95\d{3})(?![\d.,，])(?!\s*(?:余|多)?(?:[万千百十亿]|元|%|％|名|人|个|件|户|家|次|台|套|辆|份|项|平|亩|吨|米|公))")),
    ("name", "letters and digits that name a thing", re.compile(
        r"(?:(?<![\d.])|(?<=^\d\.))[A-Za-zＡ-Ｚａ-ｚ][A-Za-z]*[-－]?\d+(?:[-.]\d+)*(?:[A-Za-z]+\d{1,2}(?!\d))?[A-Za-z]*|\d+(?:\.\d+)?\s?(?:[GKDVBMTCＧＤ]|IDC|UP|Mbps|MB|GB|TB)(?![A-Za-z])(?!EU)|(?<![\d.])(?!\d+\.\d+[eE][+-]?\d)(?!\d+(?:\.\d+)?(?:km|hm|kg|m|t)[²³23]?(?![A-Za-z\d]))\d+(?:\.\d+)?[A-Za-z]{1,3}\d*(?![A-Za-z%％])(?<!TEU)"
    )),
    ("name", "number in the name of a building, line or project", re.compile(r"(?<![\d.])\d+(?:[-—、]\d+)*\s*(?:号(?:楼|线|院|地块|馆|泊位|码头|门|库|厅|机|路|桥|井|窗口|通道)|#)|(?<![\d.])\d{1,4}\s*号(?=之[一二三四五]|\s*[、和及]?\s*\d{1,4}\s*号|[\u4e00-\u9fff]{0,6}(?:楼|地块|渠|房|宿舍|厂|泵|坝|闸|池|栋))|(?<![\d.,，])\d{3,4}(?:\s*[、和及]\s*\d{3,4})*\s*室|(?<=[线路楼院])\s*\d+\s*号")),
    ("name", "national highway or standard number", re.compile(r"(?:GB/?T?|ISO|DB\d*/?T?|JJG|CJJ)\s*\d[\d.\-/—]*")),
    ("code", "printed classification code", re.compile(r"[（(]\s*(?:科目编码|科目代码|编码|代码)?\s*[:：]?\s*[2357]\d{2}(?:\d{2}){0,2}\s*(?:类|款|项)?\s*[)）]")),
    ("code", "printed classification code by levels", re.compile(r"\d{3}(?=\s*[（(]?类[)）]?)|(?<=类[)）])\s*\d{2}(?=\s*[（(]?款)|(?<=款[)）])\s*\d{2}(?=\s*[（(]?项)")),
    ("code", "printed classification code", re.compile(r"(?<![\d.,])(?<!\d，)[2357]\d{6}(?![\d.,，])(?=\s*[“”\"]?[\u4e00-\u9fff（(])" + NO_COUNT)),
    ("code", "printed classification code", re.compile(r"(?<![\d.,])(?<!\d，)(?:20[1-9]|21\d|22\d|23[0-4]|30[1-9]|31\d|39\d|50[1-9]|51\d)\d{2}(?=\s*[“”\"]?[\u4e00-\u9fff])" + NO_COUNT)),
    ("reference", "counter of the site", re.compile(r"(?:访问|浏览|阅读|点击)(?:次数|量|数)\s*[:：]?\s*\d+(?!\s*(?:万|人|次))")),
    ("code", "code after its name", re.compile(r"(?:编码|代码|编号|信用代码|邮编)\s*[:：]?\s*[A-Za-z]*\d[\dA-Za-z\-]*")),
    ("reference", "table number before a year", re.compile(r"表\s*\d{1,2}(?=[.．、]\s*(?:19|20)\d{2}\s*年)")),
    ("reference", "table, annex or figure number", re.compile(
        r"(?:附?表|附件|公开|图|表格|附录|预算|财决|续表|Table|批复)\s*[（(]?\d+(?:[-—.－]\d+)*(?=\s*表|[\s：:、）)（(，。；\u4e00-\u9fff-]|$)(?!\s*(?:[万千百亿元名]|人(?!员)|个|%|％|台|套|辆|项(?!目)|次|批(?!复)|户|家(?!庭)))\s*表?")),
    ("ordinal", "number of a page", re.compile(r"第\s*\d+\s*页\s*[，,/]?\s*共\s*\d+\s*页")),
    ("name", "share that names a survey", re.compile(r"\d+(?:\.\d+)?\s*[%％‰]\s*(?=(?:全国|全省|全市)?(?:人口(?:变动)?(?:情况)?|国民经济)?抽样调查)")),
    ("name", "frequency or capacity that names a thing", re.compile(r"\d+\s*兆(?=(?:警用|数字|无线|集群|对讲|光纤|宽带|专线|网络))")),
    ("name", "number in the name of a unit's evaluation", re.compile(r"(?<![\d.,，])\d{3}(?=(?:部门|单位)整体(?:支出|绩效))")),
    ("name", "anniversary", re.compile(r"\d+\s*周年")),
    ("ordinal", "ordinal", re.compile(r"第\s*\d+(?:\s*[-—~至、]\s*\d+)*(?!\d)")),
    ("ordinal", "number of a goal, task, indicator or step", re.compile(r"(?:目标[:：]?|任务|指标|步骤|问题|措施|注|备注|项目|方案|标段|包|序号|案例|类型|阶段|说明)\s*\d{1,2}(?!\.\d)(?=\s*[:：.、，]|[\u4e00-\u9fff“]|\s*$)(?!\s*(?:个|家|项|万|人|次|%|天|台|套|件|分(?!别|类|项|为|解|析)))")),
    ("ordinal", "list number in brackets", re.compile(r"(?:(?<=^)|(?<=[。；;：:，,\s”）)、>]))[（(【\[]\s*\d{1,2}\s*[)）】\]](?!\s*(?:万元|%))")),
    ("ordinal", "list number", re.compile(r"(?:(?<=^)|(?<=[。；;：:\s”）)>“!！？?]))\d{1,2}\s*(?:[.．、)）](?!\d)|[.．、](?=\d{4}\s*年))|(?<![\d.,，])[1-9]\d?[.．](?=(?:19|20)\d{2}\s*年)")),
    ("ordinal", "list number", re.compile(r"(?:(?<=^)|(?<=[。；;：:\s]))(?<!值[：:])(?<![为是共计达约至到数额]\s)[1-9]\d?[,，](?=[\u4e00-\u9fff])")),
    ("ordinal", "list number before its words", re.compile(rf"^(?:[1-9]\d?|[1-9]\s)(?=[“《]?[\u4e00-\u9fff]{{2}})(?![百千余多几来毫厘微平立海英公箱袋桶盒瓶包匹]|{_UNITS}|[时点号楼折成星环线维代班度]|[一二三四五六七八九十])")),
]  # fmt: skip

_FIRST = re.compile(r"\s*(1([.．、)）]))(?!\d)")
_FORMULA = re.compile(r"\$[^$]{0,400}\$")
#: A sentence of a scoring rule: points given, taken off or left.
_SCORING = re.compile(
    r"(?:的|者|可|则|本项|本项指标|否则|不)[,，]?\s*(?:最多|最高|直接|共)?(?:得|扣|计|减|加)\s*\d*(?:\.\d+)?\s*分|扣完为止|酌情扣分|每[^。；]{0,12}扣\s*\d|权重分|不得分|得满分|得分\s*=|扣\d+(?:\.\d+)?分|(?:偏离|满意度|以上|以下|[%％])[^。；]{0,14}得\s*\d+(?:\.\d+)?\s*分|[得记计]0分"
)
_THRESHOLD = re.compile(
    r"(?:单价|单位价值|单台|单件|价值|单套|原值|金额|预算)\s*(?:（含）|在)?\s*\d[\d,.]*\s*(?:(?:亿|百万|万|千)?元|[亿万])\s*(?:及|\(含\)|（含）|含)?\s*(?:\(含\)|（含）)?\s*以[上下内]"
    r"|[一二三四五六七八九十两][一二三四五六七八九十百千万亿]*元\s*(?:（含）|\(含\))?\s*(?:及)?以[上下]"
    r"|\d[\d,.]*\s*(?:亿|百万|万|千)元\s*(?:（含）|\(含\))?\s*(?:及)?以上(?:（含）|\(含\))?\s*(?:的)?\s*(?:通用|专用|大型|项目|设备|车辆|仪器|工程|房屋|资产)"
)
_ROUNDED = re.compile(r"[小大低高多少]于\s*\d[\d.]*[^，。；\d]{1,6}的?[，,]?按\s*\d[\d.]*")
_TAIL = re.compile(
    r"\d[\d.]*\s*(?:万?元)?\s*(?:的)?(?:尾数|四舍五入)?(?:差异|误差|尾差)|(?:÷|\\div)\s*\d+(?=\s*=)|×\s*100\s*[%％](?=\s*[。；)）]|\s*$)"
)


def find_nonfigures(text: str) -> list[Stretch]:
    """The stretches of ``text`` whose digits are dates, ordinals, references, names, contacts, codes or criteria."""
    found: list[Stretch] = []
    taken = bytearray(len(text))

    def take(start: int, end: int, kind: TokenClass, reason: str) -> None:
        if any(taken[start:end]):
            return
        taken[start:end] = b"\x01" * (end - start)
        found.append(Stretch(start, end, kind, reason))

    for start, end, reason in _find_criteria(text):
        take(start, end, "criterion", reason)
    for start, end in _find_series(text):
        take(start, end, "ordinal", "list number")
    for kind, reason, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if match.end() > match.start() and not _is_counted(kind, text, match):
                take(match.start(), match.end(), kind, reason)
    for start, end in _find_titled(text):
        take(start, end, "reference", "number in the title of a document")
    for match in _AGE.finditer(text):
        take(match.start(), match.end(), "criterion", "age that bounds a group")
    return sorted(found, key=lambda s: s.start)


_TITLE = re.compile(r"《[^《》]{1,80}》")
_AGE = re.compile(
    r"(?<![\d.])\d{1,3}(?:\s*[-—–~～至到]\s*\d{1,3})?(?=\s*周岁)|(?<![\d.])\d{1,2}\s*[-—–~～至到]\s*\d{1,3}(?=\s*岁)|(?<![\d.])\d{1,3}(?=\s*岁(?:以[上下]|及以[上下]))"
)


def _find_titled(text: str) -> Iterator[tuple[int, int]]:
    """The numbers that stand in titles of documents: 《退役军人事务部等6部门关于…的意见》."""
    for title in _TITLE.finditer(text):
        for number in re.finditer(r"\d+(?:\.\d+)?", title.group()):
            yield title.start() + number.start(), title.start() + number.end()


def _find_criteria(text: str) -> Iterator[tuple[int, int, str]]:
    """Where numbers only define: thresholds, tolerances, formulas of scoring rules; each with its reason."""
    for match in _THRESHOLD.finditer(text):
        yield *match.span(), "threshold that defines a category"
    for match in _ROUNDED.finditer(text):
        yield *match.span(), "rule of rounding"
    for match in _TAIL.finditer(text):
        yield *match.span(), "tolerance of rounding, or a constant of a formula"
    for match in _FORMULA.finditer(text):
        if _SCORING.search(text[match.end() : match.end() + 12]):
            yield *match.span(), "formula of a scoring rule"


def _find_series(text: str) -> Iterator[tuple[int, int]]:
    """The list numbers of a text whose items run into each other: ``1.塔3座2.设备5套3.道路``, from 1 on, none left out."""
    first = _FIRST.match(text)
    if first is None:
        return
    found = [first.span(1)]
    mark = re.escape(first.group(2))
    while following := re.compile(rf"(?<![\d.,，]){len(found) + 1}{mark}(?!\d)").search(text, found[-1][1]):
        found.append(following.span())
    if len(found) > 1:
        yield from found


def _is_counted(kind: TokenClass, text: str, match: re.Match[str]) -> bool:
    """Whether what looks like a month is a number of months: ``6 个月``, or money behind a decimal point."""
    if kind == "date" and not re.match(r"(?:19|20)\d{2}\s*年", match.group()):
        before = text[max(0, match.start() - 1) : match.start()]
        return before in {".", "．"} or (before.isdigit() and match.group()[:1].isdigit())
    return False


def is_scoring_rule(text: str) -> bool:
    """Whether a text reads as rules that give or take off points (评分标准)."""
    return len(_SCORING.findall(text)) >= 1
