"""Texts that speak of budgets, accounts or evaluations and are none: empty forms, inspection sheets, wrappers.

Each is told by its official form: what its front says that it is, what stands in place of an office's name or of
amounts, what is left of a page without its attachments. The reasons are those that people are given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from loaders.documents import Passage
from loaders.words.normalise import plain
from loaders.words.numerals import TEN

TEMPLATE = "it is a form to be filled in (模板): names and amounts in it are placeholders"
INSPECTION = "it is an inspection sheet about published documents (检查表), and none of them itself"
FORM = "it is a form with which something is applied for (申请表)"
NOTICE = "it is a letter about such documents (通知、批复、办法), and none of them itself"
WRAPPER = "it is a web page that lists or wraps documents: they are in its attachments"

#: What stands for a name or a number in a form to be filled in. 某 is not among them: made-up and masked names have it.
_HOLE = r"(?:[xX×＊*○〇◯□_]{2,}|[…]{2,})"
#: An office's name with a hole: XX局, 安平市××委员会.
HOLED_OFFICE = re.compile(rf"{_HOLE}[\u4e00-\u9fff]{{0,6}}(?:局|委|厅|部|院|中心|办|站|所|校|会|单位|部门)")
_HOLED_AMOUNT = re.compile(rf"{_HOLE}(?:亿|百万|万|千)?元|{_HOLE}[%％]")
_AMOUNT = re.compile(r"\d[\d,.]*(?:(?:亿|百万|万|千)?元|[%％])")
#: Fewer amounts left open are an oversight in a document that is filled in.
_FEWEST_HOLES = 3
_SAYS_FORM = re.compile(r"模板|样表|样式|格式范本|参考格式|填写说明|填报说明")

#: What the front of a text calls itself: the reason why it is refused. In order of precedence.
_FRONTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        INSPECTION,
        re.compile(
            r"(?:预算|决算|公开|绩效)[^，。]{0,16}(?:检查|核查|自查|抽查|督查|排查|考核|评分|打分|考评|评比|整改)"
            r"(?:情况|工作|问题|结果|内容)*(?:表|清单|台账|报告|通报|记录|底稿)(?:[(].{1,12}[)])?$"
        ),
    ),
    (
        FORM,
        re.compile(
            r"(?:信息公开|项目|资金|经费|预算)?[^，。]{0,10}(?:申请表|申请书|登记表|审批表|报名表)(?:[(].{1,12}[)])?$"
        ),
    ),
    (
        NOTICE,
        re.compile(
            r"^.{0,30}(?:关于|印发).{2,50}(?:的)?(?:通知|通报|批复|函|复函|意见|决定|请示|答复|办法|细则)(?:[(].{1,12}[)])?$"
        ),
    ),
)
#: How many lines of a text say what it is.
_FRONT_LINES = 6
#: Words of a page around a document: ways to it, its attachments, what can be done with it.
_ATTACHED = re.compile(
    r"^(?:附件|附|相关附件|附件下载|点击下载|下载|原文下载|文件下载)\s*\d*\s*[:：]|\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar)\W*$",
    re.I,
)
_PATH = re.compile(
    r"^(?:您?(?:的|所在|现在|当前)*(?:位置|在)[:：])|^首页\s*[>＞»/]|^(?:上一篇|下一篇|打印|关闭|分享|扫一扫|返回顶部)"
)
#: A document in a list of them, with its date.
_LISTED = re.compile(
    r"(?:(?:预算|决算)(?:信息)?(?:公开|情况|说明|报表|表)*|绩效(?:自评|评价)(?:报告|结果))"
    r"[\[(]?(?:20\d{2}[-./年]\d{1,2}[-./月]\d{1,2}日?)?[\])]?$"
)
_FEWEST_LISTED = 3
#: What stands inside a document: its table of contents, its parts.
_INSIDE = re.compile(rf"^(?:目录$|第[{TEN}]+部分|[{TEN}]{{1,2}}、)")
#: Behind the title of an attachment stands its ending and how large it is, less than the first field of a form takes.
_FIELDS = 24
#: A page with less text than this beside its title, its ways and its attachments says nothing itself.
_LITTLE = 60


def find_refusal(squeezed: Sequence[Passage], around: re.Pattern[str], titled: Sequence[str]) -> str:
    """Why a text that speaks of budgets, accounts or evaluations is no such document; "" if nothing says so.

    ``squeezed`` are its lines without white space, ``around`` knows the lines that sites print around a document,
    ``titled`` are the titles of the three kinds that its front gives.
    """
    words = [plain(line.text) for line in squeezed]
    return _by_front(words, titled) or _by_holes(words, titled) or _by_emptiness(words, around, titled)


def _by_front(words: Sequence[str], titled: Sequence[str]) -> str:
    """What the text calls itself, where no title of the three kinds stands before that."""
    for line in words[:_FRONT_LINES]:
        for reason, pattern in _FRONTS:
            called = len(line) <= 60 and pattern.search(line) and (reason == INSPECTION or not titled)
            if called and "绩效" not in line:  # what judges goals and results is an evaluation
                return reason
        if line in titled:
            return ""
    return ""


def _by_holes(words: Sequence[str], titled: Sequence[str]) -> str:
    named = [line for line in words[:_FRONT_LINES] if HOLED_OFFICE.search(line)]
    if named and any(HOLED_OFFICE.search(title) for title in titled):
        return TEMPLATE
    text = "\n".join(words)
    holes = len(_HOLED_AMOUNT.findall(text))
    told = bool(named) or bool(_SAYS_FORM.search(text))
    return TEMPLATE if holes >= _FEWEST_HOLES and holes > (3 if not told else 0) + len(_AMOUNT.findall(text)) else ""


def _by_emptiness(words: Sequence[str], around: re.Pattern[str], titled: Sequence[str]) -> str:
    """A page with a title, attachments or the data of the site, and nothing that the document itself would say."""
    if not titled:
        return ""
    attached = {w for w in words if _ATTACHED.search(w) and not any(_runs_on(w, title) for title in titled)}
    sited = {w for w in words if around.match(w) or _PATH.match(w)}
    listed = {w for w in words if _LISTED.search(w)}
    inside = any(_INSIDE.match(w) for w in words)
    if inside or not (attached or len(sited) >= 2 or len(listed) >= _FEWEST_LISTED):
        return ""
    aside = attached | sited | listed
    said = sum(len(w) for w in words if w not in aside and not any(w in title for title in titled))
    return WRAPPER if said < _LITTLE else ""


def _runs_on(line: str, title: str) -> bool:
    """Whether fields of a form follow its title in the same line, so that the line is no way to an attachment."""
    before, found, behind = line.partition(title)
    return bool(found) and not before and len(behind) >= _FIELDS
