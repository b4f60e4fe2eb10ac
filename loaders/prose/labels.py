"""What a number in running text is of: the clause before it, without the words that only lead to it."""

from __future__ import annotations

import re

from loaders.words.numerals import TEN

_LEAD = re.compile(
    rf"^(?:\s|[（(][{TEN}\d]{{1,3}}[）)]|其中|其中[:：，]|所以|因此|因而|一是|二是|三是|四是|五是|另外|此外|同时|当年|本年|今年|全年|共(?!同|建|享)|核定|继续|保持|我办|我局|我单位|本单位|本部门|本部门当年|本年度|累计|主要|包括|及|和|以及|与|比上年|较上年|比|较"
    rf"|上年|(?:19|20)\d{{2}}\s*年(?:度|末|底|初)?|截至|截止|\d{{1,2}}\s*月|\d{{1,2}}\s*日|[{TEN}]+、|[（(]?\d{{1,2}}[)）.、．]|相比|相较)+"
)
_TAIL = re.compile(
    r"(?:\s|(?:19|20)\d{2}\s*年(?:度)?|年初预算数|年初(?=$|预算)|预算数|决算数|执行数|年初预算|支出决算|收入决算|预算安排|安排|预算|决算|总额|约|为|是|达到|达|共有|共|有|的|人民币|仅|仅为|分别|分别为|完成|[:：“”\"'=＝≥≤＞＜><（(]"
    r"|比上年|较上年|(?<=[费用出入金款算])(?:较|比|与|同)|增加|增长|减少|下降|占|大于|小于|不低于|不少于|不超过|设|核定|由|调整)+$"
)


def trim_label(before: str) -> str:
    """A clause without what only leads to it or to its number: years, 其中, 预算为, 增加 …"""
    text = before.strip()
    previous = None
    while text != previous:
        previous = text
        text = _LEAD.sub("", text)
    kept = text
    text = _TAIL.sub("", text)
    if not text and kept:
        text = re.sub(r"(?:为|约|共|达|的|是|\s|[“”\"'（(：:=])+$", "", kept)
        if re.fullmatch(r"(?:增加|增长|减少|下降|占|完成|上升|降低|提高)+.{0,2}", text or "增加"):
            return ""
    text = re.sub(r"^.*\d[\d.,]*\s*(?:万|亿)?元", "", text)
    text = re.sub(r"支出支出$", "支出", re.sub(r"[（(][类款项][)）]", "", text))
    if text.count("”") > text.count("“"):
        text = text.replace("”", "", 1) if not text.startswith("三公”") else "“" + text
    text = re.sub(r"[（(]\s*[2357]\d{2,6}\s*[)）]$", "", text)
    if not re.search(r"[\u4e00-\u9fffA-Za-z]{2}|[\u4e00-\u9fff]", text) or "\\div" in text:
        return ""
    return text.strip() if len(text) <= 60 else text[-60:].strip()
