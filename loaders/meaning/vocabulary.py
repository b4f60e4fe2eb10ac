"""The words that tie one statement to another: those of ``ontology/words.ttl``, of the topics and of the codes' names.

A text is cut into words with spaCy, the longest first, none over another; what is between them and is no word of ours
is one word as a whole, if it is long enough to be no syllable left over. So 信访信息 shares 信访 with another text, and
访信 with none.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Literal

import pyoxigraph

from loaders.errors import StoreError
from loaders.meaning import wordings
from loaders.meaning.language import register, spans
from loaders.resources import find_ontology_folder
from loaders.words.normalise import normalise

#: how much a word says: it names one field of work, it is found in every office, it is too broad alone, it says nothing
Grade = Literal["specific", "general", "broad", "unspecific"]

WORDS, CODES = "words.ttl", "codes/function.ttl"
GROUPS: dict[str, Grade] = {"general-subjects": "general", "broad-subjects": "broad", "unspecific": "unspecific"}
SUBJECT = "subject-"
WORD, LABEL = "https://w3id.org/gongkai/ontology#word", "http://www.w3.org/2004/02/skos/core#prefLabel"
#: what a code's name begins or ends with, and what joins the things that it names
AROUND = re.compile(r"^(?:其他|用于|对)|(?:的?彩票公益金)?(?:安排的)?(?:管理|相关)?(?:事务|业务|支出|专项|资金)+$")
JOINED = re.compile(r"[、,()和与及]")
#: from so many characters on, a wording of a topic or a part of a code's name names one field of work
LONG = 4
#: how long a stretch between known words is that counts as one word
RUN = re.compile(r"[\u4e00-\u9fff]{3,10}")
#: what makes an office's name of the word before it: 海关总署
OFFICE = re.compile("总?[局署]|委员会|厅")
QUOTES = re.compile("[“”‘’\"']")
#: what makes another thing of the word behind it: 非传染病
NOT = ("非", "未", "无")
#: names of places and offices, and what counts or dates: no subject
NO_SUBJECT = re.compile(r"[市省州县区镇乡村局委厅署部处科办会院校站所]$|[一二三四五六七八九十百两]")


@functools.cache
def load() -> dict[str, Grade]:
    """Every word with its grade; what ``words.ttl`` says of a word counts before the topics and the codes.

    Raises :class:`loaders.errors.StoreError` if a file of the ontology is missing or is not Turtle.
    """
    found: dict[str, Grade] = {}
    folder = find_ontology_folder()
    for part in _parts(folder / CODES):
        found[part] = "specific" if len(part) >= LONG else "general"
    for topic in wordings.load():
        for word, _ in topic.wordings:
            found[_plain(word)] = "specific" if len(word) >= LONG else "general"
    for subject, word in _literals(folder / WORDS, WORD):
        group = subject.rpartition("/")[2]
        found[_plain(word)] = "specific" if group.startswith(SUBJECT) else GROUPS[group]
    return found


def _plain(text: str) -> str:
    """A text normalised and without quotation marks: “大通关”协调 says what 大通关协调 says."""
    return QUOTES.sub("", normalise(text))


def _parts(path: Path) -> set[str]:
    """The things that the codes' names name: 其他信访事务支出 is about 信访."""
    parts = {AROUND.sub("", p) for _, name in _literals(path, LABEL) for p in JOINED.split(normalise(name))}
    return {p for p in parts if len(p) > 1}


def _literals(path: Path, predicate: str) -> list[tuple[str, str]]:
    """Subject and value of each Chinese literal of a predicate."""
    try:
        triples = list(pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE))
    except (OSError, SyntaxError) as error:
        raise StoreError(str(path), f"the list of words cannot be read: {error}", "Reinstall Gongkai.") from error
    return [
        (wordings.value(t.subject), t.object.value)
        for t in triples
        if t.predicate.value == predicate
        and isinstance(t.object, pyoxigraph.Literal)
        and t.object.language in ("zh", None)
    ]


def cut(text: str) -> dict[str, Grade]:
    """The words of a text that say something, each with its grade, in order.

    Of 信息化建设 the word is 信息化, of 电子商务 also 商务, and of 海关特殊监管区域 none is 海关.
    """
    known = load()
    plain = _plain(text)
    found: dict[str, Grade] = {}
    end, open_run = 0, True
    for first, last in [*_longest(plain), (len(plain), len(plain))]:
        word = plain[first:last]
        says_nothing = known.get(word, "unspecific") == "unspecific"
        runs = re.split(r"[^\u4e00-\u9fff]+", plain[end:first])
        # what touches a word of ours may be the rest of a longer one: 消费 and 品零售
        for run in runs[0 if open_run else 1 : None if says_nothing else -1]:
            if RUN.fullmatch(run) and not NO_SUBJECT.search(run):
                found[run] = "specific"
        if not plain[:first].endswith(NOT) and not OFFICE.match(plain, last):
            found.update((inner, known[inner]) for inner in _within(word) if inner not in found)
        end, open_run = last, says_nothing
    return found


def goes_across(text: str, first: int, last: int) -> bool:
    """Whether a stretch of a normalised text goes across the edge of a word, as 施工 does in 实施工作."""
    return any(
        begin < last and first < end and not (begin <= first and last <= end) and not (first <= begin and end <= last)
        for begin, end in _longest(text)
    )


def is_said(text: str) -> bool:
    """Whether a text has any word of ours in it, even one that says nothing."""
    return bool(_longest(_plain(text)))


def _longest(text: str) -> list[tuple[int, int]]:
    """Where the words stand: of those that overlap the longest, of equal ones the last (深港口岸: 口岸)."""
    taken = bytearray(len(text))
    kept: list[tuple[int, int]] = []
    for _, first, last in sorted(spans(text, "gongkai_words"), key=lambda s: (s[1] - s[2], -s[1])):
        if not any(taken[first:last]):
            taken[first:last] = b"\1" * (last - first)
            kept.append((first, last))
    return sorted(kept)


@functools.cache
def _within(word: str) -> tuple[str, ...]:
    """The words that a word stands for: itself, or its beginning if the rest says nothing, and what it ends with."""
    known = load()
    ends = [word[i:] for i in range(1, len(word) - 1) if known.get(word[i:], "unspecific") != "unspecific"]
    rest = word
    while not ends and (tails := [i for i in range(2, len(rest) - 1) if known.get(rest[i:]) == "unspecific"]):
        rest = rest[: tails[0]]
        if known.get(rest, "unspecific") != "unspecific":
            return _within(rest)
    own = [word] if known.get(word, "unspecific") != "unspecific" else []
    return tuple(dict.fromkeys([*own, *(w for end in ends for w in _within(end))]))


register("gongkai_words", lambda: {"WORD": sorted(load())})
