"""Persons' names and telephone numbers that forms carry stay out of the graph; every offset stays true.

A masked character is U+25A0. Contacts are found by the forms' own words (填报人, 联系电话 …) and by the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from loaders.documents import Span
from loaders.facts import NumberToken

MASK = "■"

# The roles under which forms name a person, and what may stand between the role and the name.
_ROLE = (
    r"(?:填报人|填表人|制表人|制单人|编制人|经办人|联系人|联络人|审核人|复核人|审批人|复审人|评价人|评分人|"
    r"负责人|代表人|分管领导|主管领导|(?:负责人|联系人|领导)姓名)"
)
_SIGNED = r"(?:[（(][^）)\n]{0,8}[）)])?"
_HAN = "[\u4e00-\u9fff]"
_NAME = rf"{_HAN}(?:[ \u3000]?{_HAN}){{1,3}}(?:·{_HAN}{{1,6}})?"
_NAMES = rf"(?P<names>{_NAME}(?:[、,， ]{_NAME})*?)(?=$|[\s，,；;。、（(）)|])"
_AFTER_COLON = re.compile(rf"{_ROLE}{_SIGNED}[ \u3000]*[：:][ \u3000\t]*{_NAMES}", re.M)
_AFTER_SPACE = re.compile(rf"{_ROLE}{_SIGNED}(?:\t|[ \u3000]+|[ \u3000]*\n\s*){_NAMES}", re.M)

_PHONE_WORD = r"(?:电话(?:号码)?|手机(?:号码?)?|联系方式|传真)"
_PHONE = re.compile(rf"{_PHONE_WORD}{_SIGNED}[：:\s]*(?P<number>[0-9０-９][0-9０-９\-－—()（） ]{{5,24}}[0-9０-９])")
_MAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
_IDENTITY_CARD = re.compile(r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9])")

# Without a colon a role may stand before any word; then only what begins with a common family name is a person.
_FAMILY_NAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟"
    "谭陆汪范石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易"
    "乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁蓝路游辛靳管柴"
    "蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬"
)
_COMPOUND_NAMES = ("欧阳", "上官", "司马", "诸葛", "司徒", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "东方")
# A name of so many characters is masked wherever it stands; a shorter one may be part of other words.
_UNMISTAKABLE = 3


class Redaction:
    """A document's text without persons: ``text`` has the same length, ``clean`` masks a string taken from it."""

    def __init__(self, text: str, ledger: Iterable[NumberToken] = ()) -> None:
        self.original = text
        self.spans = tuple(_merge([*_find_contacts(text), *(t.span for t in ledger if t.kind == "contact")]))

    @cached_property
    def text(self) -> str:
        """The document's text with every contact masked, line breaks kept."""
        parts: list[str] = []
        end = 0
        for span in self.spans:
            parts += (self.original[end : span.start], _mask(self.original[span.start : span.end]))
            end = span.end
        return "".join((*parts, self.original[end:]))

    def clean(self, value: str) -> str:
        """``value`` with every contact of the document masked that it repeats."""
        for secret in self._secrets:
            value = value.replace(secret, _mask(secret))
        return value

    @cached_property
    def _secrets(self) -> tuple[str, ...]:
        found = {self.original[s.start : s.end] for s in self.spans}
        return tuple(sorted((s for s in found if len(s) >= _UNMISTAKABLE), key=len, reverse=True))


def _find_contacts(text: str) -> Iterator[Span]:
    names: set[str] = set()
    for match in _AFTER_COLON.finditer(text):
        names.update(re.split(r"[、,，]", match["names"]))
        yield Span(*match.span("names"))
    for match in _AFTER_SPACE.finditer(text):
        if _is_person(match["names"]):
            names.add(match["names"])
            yield Span(*match.span("names"))
    for name in names:
        if len(name) >= _UNMISTAKABLE:
            yield from (Span(*m.span()) for m in re.finditer(re.escape(name), text))
    yield from (Span(*m.span("number")) for m in _PHONE.finditer(text))
    yield from (Span(*m.span()) for m in _MAIL.finditer(text))
    yield from (Span(*m.span()) for m in _IDENTITY_CARD.finditer(text))


def _is_person(name: str) -> bool:
    bare = "".join(name.split())
    if bare.startswith(_COMPOUND_NAMES):
        return len(bare) <= 4
    return len(bare) <= 3 and bare[0] in _FAMILY_NAMES


def _mask(value: str) -> str:
    return re.sub(r"[^\n\r]", MASK, value)


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
