"""What answers to a duty: projects, indicators, goals and divisions that share its topics or its rarer words.

Inferred, never stated: official documents do not say which project serves which duty. A link says which topics and
words both sides have and how strong that is; duties that close every list (承办其他事项) answer to nothing.
"""

from __future__ import annotations

import bisect
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from loaders.documents import Span
from loaders.facts import Division, Duty, Goal, Indicator, Mandate, Project, ServiceLink
from loaders.meaning import wordings

Kind = Literal["project", "indicator", "goal", "division"]

#: what may be said of any duty or project
COMMON = re.compile(
    r"贯彻执行|组织实施|有关|工作|负责|承担|开展|推进|加强|完善|管理|建设|项目|经费|专项|服务|保障|相关|实施|指导|协调|监督|制定|拟订|拟定|落实|支出|"
    r"资金|本市|全市|全省|我市|全区|全县|情况|完成|及时|提高|提升|数量|完成率|达标率|覆盖率|合格率|满意度|有效|做好|推动|促进|组织|国家|政策|法律|法规|"
    r"规章|方针|规划|计划|方案|标准|制度|机制|体系|发展|运行|日常|业务|综合|其他|主要|用于|参与|配合|统筹|进行|各类|单位|部门|机关|的|和|与|及|等|并|对|在|"
    r"年度|上级|下达|市级|省级|区级|中央|本级|预算|安排|补助|时间|人数|次数|指标|准确率|及时率|规范|增强|确保|持续|深化"
)
OTHER_DUTY = re.compile(r"(?:交办|下达|布置)的?其他|其他(?:事项|任务|工作)|职能转变")
HAN = re.compile(r"[\u4e00-\u9fff]+")
#: below this strength nothing is claimed, and no more than so many duties are named for one thing
LEAST = 0.3
MOST = 3


@dataclass(frozen=True, slots=True)
class _Side:
    """One end of a link: what it is called, what it says, and where all of it stands."""

    kind: Kind
    label: str
    span: Span
    text: str
    spans: tuple[Span, ...]


def find_mandates(
    duties: tuple[Duty, ...],
    divisions: tuple[Division, ...],
    projects: tuple[Project, ...],
    indicators: tuple[Indicator, ...],
    goals: tuple[Goal, ...],
    services: tuple[ServiceLink, ...],
) -> tuple[Mandate, ...]:
    """The links from projects, indicators, goals and divisions to the duties that they answer to, strongest first.

    A topic counts the more the fewer duties have it, and so does a pair of characters. A link needs a strength of
    :data:`LEAST`; of one thing the :data:`MOST` strongest are given.
    """
    named = [d for d in duties if not OTHER_DUTY.search(d.label) or len(d.label) > 40]
    if not named:
        return ()
    # what heads the scheme is too broad to tie a project to a duty
    broad = {t.slug for t in wordings.load() if t.top}
    ordered = sorted((k for k in services if k.service not in broad), key=lambda k: k.span)
    starts = [k.span.start for k in ordered]

    def topics(spans: Iterable[Span]) -> set[str]:
        found: set[str] = set()
        for span in spans:
            for link in ordered[bisect.bisect_left(starts, span.start) :]:
                if link.span.start >= span.end:
                    break
                if link.span.end <= span.end:
                    found.add(link.service)
        return found

    of_duty = {d.span: topics([d.span]) for d in named}
    words = {d.span: Counter(_pairs(d.label)) for d in named}
    spread = Counter(p for pairs in words.values() for p in pairs)
    shared = Counter(t for own in of_duty.values() for t in own)
    found: list[Mandate] = []
    for side in _sides(divisions, projects, indicators, goals):
        own, pairs = topics(side.spans), set(_pairs(side.text))
        links = [_link(side, d, own, of_duty[d.span], pairs, words[d.span], spread, shared, len(named)) for d in named]
        best = sorted((k for k in links if k is not None), key=lambda k: (-k.strength, k.duty))
        found.extend(best[:MOST])
    return tuple(found)


def _sides(
    divisions: tuple[Division, ...],
    projects: tuple[Project, ...],
    indicators: tuple[Indicator, ...],
    goals: tuple[Goal, ...],
) -> Iterator[_Side]:
    for d in divisions:
        text = d.label + "".join(f for f, _ in d.functions)
        yield _Side("division", d.label, d.span, text, (d.span, *(s for _, s in d.functions)))
    for p in projects:
        spans = (p.span, *((p.purpose_span,) if p.purpose_span else ()))
        yield _Side("project", p.label, p.span, p.label + p.purpose[:200], spans)
    for i in indicators:
        yield _Side("indicator", i.label, i.span, i.label, (i.span,))
    for g in goals:
        yield _Side("goal", g.label, g.span, g.label[:400], (g.span,))


def _pairs(text: str) -> Iterator[str]:
    """Adjacent pairs of characters, without those of words that say nothing."""
    for run in HAN.findall(COMMON.sub(" ", text)):
        for i in range(len(run) - 1):
            yield run[i : i + 2]


def _link(
    side: _Side,
    duty: Duty,
    own: set[str],
    theirs: set[str],
    pairs: set[str],
    words: Counter[str],
    spread: Counter[str],
    shared: Counter[str],
    total: int,
) -> Mandate | None:
    common = own & theirs
    topical = max((1 / math.sqrt(shared[t]) for t in common), default=0.0)
    both = [p for p in pairs if p in words and (spread[p] <= max(2, total // 3) or total < 3)]
    known = [p for p in pairs if p in spread]
    weight = sum(1 / spread[p] for p in both)
    # one pair alone may be chance: 口岸 is in every duty of a port office
    lexical = weight / max(2.5, math.sqrt(len(pairs) or 1) + len(known) / 4) if len(both) >= 2 else 0.0
    strength = min(1.0, 0.55 * topical + 0.6 * min(1.0, lexical))
    if strength < LEAST:
        return None
    return Mandate(
        label=side.label,
        span=side.span,
        kind=side.kind,
        duty=duty.span,
        strength=Decimal(f"{strength:.2f}"),
        topics=tuple(sorted(common)),
        words=tuple(_join(both, duty.label)),
    )


def _join(pairs: Iterable[str], text: str) -> list[str]:
    """The pairs as the stretches of the duty's text that they cover."""
    covered: dict[int, bool] = defaultdict(bool)
    for pair in pairs:
        for m in re.finditer(re.escape(pair), text):
            covered[m.start()] = covered[m.start() + 1] = True
    found: list[str] = []
    word = ""
    for i, character in enumerate(text):
        if covered[i]:
            word += character
        elif word:
            found.append(word)
            word = ""
    return list(dict.fromkeys([*found, word] if word else found))
