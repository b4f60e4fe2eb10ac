"""Persons' names and telephone numbers that forms carry stay out of all that is published; every offset stays true.

A masked character is U+25A0. Contacts are found by the forms' own words (填报人, 联系电话 …), by what stands beside a
telephone number, and by the ledger. What was taken from a text (a label, a definition, a quote) is masked where it
overlaps such a place, and where it repeats what stands there: a name of two characters only between other signs than
Chinese ones or beside a word of contact, since 高明 is a person's name and a district's as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import Any, TypeVar

from loaders.documents import Document, Span
from loaders.facts import Agency, Facts, NumberToken

MASK = "■"

_BLANK = "[ \u3000\u00a0]"
_HAN = "[\u4e00-\u9fff]"


def _spaced(words: str) -> str:
    """Words of a form, ``|`` between them, each of which may be letter-spaced: 联 系 人."""
    return "|".join(f"{_BLANK}*".join(word) for word in words.split("|"))


# The roles under which forms name a person, and what may stand between the role and the name.
_ROLE = (
    "(?:"
    + _spaced(
        "填报人|填表人|填写人|制表人|制单人|编制人|经办人|承办人|联系人|联络人|联络员|审核人|复核人|审批人|复审人|评价人|评分人|"
        "负责人|代表人|分管领导|主管领导|负责人姓名|联系人姓名|领导姓名|联系人员|填报人员|咨询人|监督人|受理人"
    )
    + ")"
)
_SIGNED = r"(?:[（(][^）)\n]{0,8}[）)])?"
#: What else may stand behind a role, before the colon: 联系人和电话, 联系人及联系方式.
_AND_MORE = (
    "(?:"
    + _spaced("及电话|和电话|及联系电话|和联系电话|及联系方式|和联系方式|、电话|、联系电话|、联系方式|姓名")
    + ")?"
)
#: Names of one people have two to four characters, of others two parts or more with a point between them.
_POINTED = rf"{_HAN}{{1,8}}(?:[·•・]{_HAN}{{1,8}})+"
_NAME = rf"(?:{_POINTED}|{_HAN}(?:{_BLANK}?{_HAN}){{1,3}}?)"
#: A unit inside the office that may stand before a name: 财务科张三.
_UNIT = rf"(?:{_HAN}{{1,10}}?(?:办公室|科|处|室|股|办|中心|部|局|组|所|院|队|站)[ \u3000]*)?"
_TITLE = "女士|先生|同志|老师|科长|处长|主任|局长|科员|会计|秘书"
_PHONE_WORD = (
    "(?:"
    + _spaced("联系电话|咨询电话|办公电话|监督电话|电话号码|电话|手机号码|手机号|手机|联系方式|传真|热线|座机")
    + r"|[Tt][Ee][Ll]\.?|[Ff][Aa][Xx]\.?)"
)
#: What follows a name without a sign between them.
_NEXT = (
    "(?:"
    + _spaced("联系|电话|手机|传真|邮箱|咨询|地址|日期|时间|填报|审核|职务|职称|单位|签字|签名|盖章")
    + f"|{_TITLE})"
)
_BEHIND = rf"(?={_BLANK}*(?:$|[\s，,；;。、：:（(）)|/0-9０-９＋+]|{_NEXT}))"
_MORE = rf"(?:{_BLANK}*[、,，/ ]{_BLANK}*(?!{_ROLE}|{_PHONE_WORD}|{_NEXT}){_NAME}(?={_BLANK}*[、,，/]|{_BEHIND}))*"
_NAMES = rf"(?P<names>{_NAME}{_MORE}){_BEHIND}"
#: Each name of a list; a name may itself be letter-spaced.
_EACH = re.compile(rf"(?:(?!(?<=\S\S){_BLANK}+(?=\S\S))[^、,，/\t])+")
_AFTER_COLON = rf"{_ROLE}{_AND_MORE}{_SIGNED}{_BLANK}*[：:][ \u3000\t]*{_UNIT}{_NAMES}"
_AFTER_SPACE = rf"{_ROLE}{_AND_MORE}{_SIGNED}(?:\t|{_BLANK}+|{_BLANK}*\n\s*){_NAMES}"
#: 咨询电话：某女士; 电话：财务科张三 0755-…
_AFTER_PHONE = rf"{_PHONE_WORD}{_AND_MORE}{_SIGNED}{_BLANK}*[：:][ \u3000\t]*{_UNIT}{_NAMES}"

_DIGIT = "[0-9０-９]"
_PHONE = rf"{_PHONE_WORD}{_SIGNED}[：:\s]*(?P<number>[0-9０-９][0-9０-９\-－—–()（） \u3000]{{5,24}}[0-9０-９])"
#: A number that can be nothing but a telephone's; behind a digit and a letter stands the rest of a project's code.
_CALLED = (
    rf"(?<!{_DIGIT})(?<!{_DIGIT}[A-Za-z])(?:[（(]?[0０]{_DIGIT}{{2,3}}[）)]?[ \-－—–]{{0,2}}{_DIGIT}{{4}}[ \-]?{_DIGIT}{{3,4}}"
    rf"|[1１][3-9３-９]{_DIGIT}[ \-]?{_DIGIT}{{4}}[ \-]?{_DIGIT}{{4}})(?!{_DIGIT})"
)
_BARE_PHONE = re.compile(_CALLED)
#: 张三 0755-12345678, 张三（13800138000）
_BESIDE_PHONE = (
    rf"(?<!{_HAN})(?P<names>{_HAN}(?:{_BLANK}?{_HAN}){{1,2}})(?:{_TITLE})?[ \u3000\t]*[：:，,（(]?[ \u3000\t]*{_CALLED}"
)
_HONOURED = re.compile(rf"(?P<names>{_HAN}{{1,3}}?)(?:女士|先生|同志|老师)")
_CONTACT_LINE = rf"{_ROLE}|{_PHONE_WORD}|{_CALLED}"
_MAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
_IDENTITY_CARD = re.compile(r"(?<![0-9])(?<![0-9][A-Za-z])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9])")

# Without a colon a role may stand before any word; then only what begins with a common family name is a person.
_FAMILY_NAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟"
    "谭陆汪范石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易"
    "乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁蓝路游辛靳管柴"
    "蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬"
)
_COMPOUND_NAMES = ("欧阳", "上官", "司马", "诸葛", "司徒", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "东方")
#: Behind a word of contact and a colon stands what is no name as often.
_NO_NAME = re.compile(
    r"(?:电话|联系|方式|传真|手机|邮箱|地址|单位|部门|科室|处室|办公|财务|咨询|公开|姓名|职务|预算|决算|项目|名称|签字|签名|盖章|日期|"
    r"无|以上|如下|见附|附件|详见|同上|工作|人员|负责|审核|填报|科$|处$|室$|局$|股$|办$|部$|厅$|委$|院$|所$|站$|中心$|街道$|公司$|大队$|支队$)"
)
# A name of so many characters is masked wherever it stands; a shorter one may be part of other words.
_UNMISTAKABLE = 3
_T = TypeVar("_T")


class Redaction:
    """A document's text without persons: ``text`` has the same length, ``clean`` masks a string taken from it."""

    def __init__(self, text: str, ledger: Iterable[NumberToken] = ()) -> None:
        self.original = text
        self.spans = tuple(_merge([*_list_contacts(text), *(t.span for t in ledger if t.kind == "contact")]))
        self._cleaned: dict[str, str] = {}

    @cached_property
    def text(self) -> str:
        """The document's text with every contact masked, line breaks kept."""
        return _mask_spans(self.original, self.spans)

    def clean(self, value: str) -> str:
        """``value`` with every contact of the document masked that it overlaps or repeats."""
        found = self._cleaned.get(value)
        if found is None:
            found = self._cleaned[value] = self._clean(value)
        return found

    def _clean(self, value: str) -> str:
        short = self._short is not None and self._short.search(value) is not None
        if short:
            value = self._mask_alike(value)
        for secret in self._secrets:
            if secret in value:
                value = value.replace(secret, _mask(secret))
        if short:
            value = self._alone.sub(lambda m: _mask(m[0]), value)
            value = _mask_spans(value, tuple(_merge(list(_find_contacts(value)))))
        return value

    @cached_property
    def _secrets(self) -> tuple[str, ...]:
        found = {self.original[s.start : s.end] for s in self.spans}
        found |= {"".join(secret.split()) for secret in found}
        return tuple(sorted((s for s in found if len(s) >= _UNMISTAKABLE), key=len, reverse=True))

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The names that are too short to be masked wherever they stand."""
        parts = {
            "".join(part.split())
            for span in self.spans
            for line in self.original[span.start : span.end].splitlines()
            for part in _EACH.findall(line)
        }
        return tuple(sorted(p for p in parts if 0 < len(p) < _UNMISTAKABLE and re.fullmatch(f"{_HAN}+", p)))

    @cached_property
    def _short(self) -> re.Pattern[str] | None:
        return re.compile("|".join(f"{_BLANK}?".join(name) for name in self._names)) if self._names else None

    @cached_property
    def _alone(self) -> re.Pattern[str]:
        """A short name between other signs than Chinese ones, or beside a word of contact."""
        two = [f"{_BLANK}?".join(name) for name in self._names if len(name) > 1] or ["(?!)"]
        name = "(?:" + "|".join(two) + ")"
        places = (
            rf"(?<!{_HAN}){name}(?!{_HAN})",
            rf"(?<=人|员|科|处|室|股|：|:){name}(?={_NEXT}|\d|$)",
            rf"(?<=人|员|话|式|：|:){name}(?!{_HAN})",
            rf"{name}(?={_BLANK}*(?:{_TITLE}|{_CALLED}))",
        )
        return re.compile("|".join(places))

    @cached_property
    def _squeezed(self) -> tuple[str, str]:
        """The text without white space, and the same with contacts masked."""
        kept = [(a, b) for a, b in zip(self.original, self.text, strict=True) if not a.isspace()]
        return "".join(a for a, _ in kept), "".join(b for _, b in kept)

    def _mask_alike(self, value: str) -> str:
        """Masks what is masked where the text says the same, wherever blanks and breaks stand there and here."""
        bare = "".join(value.split())
        plain, masked = self._squeezed
        at = plain.find(bare) if len(bare) > _UNMISTAKABLE else -1
        while at >= 0 and masked[at : at + len(bare)] == bare:
            at = plain.find(bare, at + 1)
        if at < 0:
            return value
        signs = iter(masked[at : at + len(bare)])
        return "".join(c if c.isspace() else next(signs) for c in value)


def redact(facts: Facts) -> Facts:
    """The facts of a document without persons: every string in them is masked as :meth:`Redaction.clean` does.

    The document's own text stays as it was read, since all offsets count in it; what publishes it masks it. The office
    is left alone: its name decides identifiers, and it is no person.
    """
    redaction = Redaction(facts.document.text, facts.ledger)
    if not redaction.spans:
        return facts
    cleaned = {
        each.name: _clean(getattr(facts, each.name), redaction)
        for each in fields(facts)
        if each.name not in ("document", "id", "agency", "ledger")
    }
    return replace(facts, **cleaned)


def _clean(value: _T, redaction: Redaction) -> _T:
    if isinstance(value, str):
        return redaction.clean(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        cleaned = tuple(_clean(each, redaction) for each in value)
        return value if all(a is b for a, b in zip(value, cleaned, strict=True)) else cleaned  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type | Span | Document | Agency):
        changed: dict[str, Any] = {}
        for each in fields(value):
            old = getattr(value, each.name)
            new = _clean(old, redaction)
            if new is not old and new != old:
                changed[each.name] = new
        return replace(value, **changed) if changed else value
    return value


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    """The large patterns are compiled when the first text comes: it takes a quarter of a second."""
    return re.compile(pattern, re.M)


@lru_cache(maxsize=1)
def _list_contacts(text: str) -> tuple[Span, ...]:
    """The contacts of a document, which is asked for them when it is read and when it is written."""
    return tuple(_find_contacts(text))


def _find_contacts(text: str) -> Iterator[Span]:
    names: set[str] = set()
    for name, span in _find_names(text):
        names.add(name)
        yield span
    for line in re.finditer(r"[^\n]+", text):
        if _compile(_CONTACT_LINE).search(line[0]):
            for match in _HONOURED.finditer(line[0]):
                yield from _take_honoured(match, line.start())
    for name in names:
        if len(name) >= _UNMISTAKABLE:
            yield from (Span(*m.span()) for m in re.finditer(re.escape(name), text))
    yield from (Span(*m.span("number")) for m in _compile(_PHONE).finditer(text))
    for sign in (_BARE_PHONE, _MAIL, _IDENTITY_CARD):
        yield from (Span(*m.span()) for m in sign.finditer(text))


def _find_names(text: str) -> Iterator[tuple[str, Span]]:
    """Names behind a role or beside a telephone number, each with its place."""
    for pattern, sure in ((_AFTER_COLON, True), (_AFTER_SPACE, False), (_AFTER_PHONE, False), (_BESIDE_PHONE, False)):
        for match in _compile(pattern).finditer(text):
            # In a list each name counts for itself: 张三、李四 …; what is no name ends it.
            for part in _EACH.finditer(match["names"]):
                name = "".join(part[0].split())
                if _is_name(name) if sure else _is_person(name):
                    yield name, Span(match.start("names") + part.start(), match.start("names") + part.end())


def _take_honoured(match: re.Match[str], begin: int) -> Iterator[Span]:
    """The name before 女士, 先生 …: from the last family name that may begin it, else all that may be one."""
    name = match["names"]
    start = next((i for i, sign in enumerate(name) if sign in _FAMILY_NAMES or sign == "某"), None)
    if start is not None:
        yield Span(begin + match.start("names") + start, begin + match.end("names"))


def _is_name(name: str) -> bool:
    """Whether what stands behind a role and a colon can be a name."""
    return not _NO_NAME.search(name)


def _is_person(name: str) -> bool:
    if re.fullmatch(_POINTED, name):
        return True
    if _NO_NAME.search(name):
        return False
    if name.startswith(_COMPOUND_NAMES):
        return len(name) <= 4
    return 1 < len(name) <= 3 and (name[0] in _FAMILY_NAMES or name[0] == "某")


def _mask(value: str) -> str:
    return re.sub(r"[^\n\r]", MASK, value)


def _mask_spans(text: str, spans: tuple[Span, ...]) -> str:
    parts: list[str] = []
    end = 0
    for span in spans:
        parts += (text[end : span.start], _mask(text[span.start : span.end]))
        end = span.end
    return "".join((*parts, text[end:]))


def _merge(spans: list[Span]) -> Iterator[Span]:
    last: Span | None = None
    for span in sorted(spans):
        if last is not None and span.start <= last.end:
            last = Span(last.start, max(last.end, span.end))
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last
