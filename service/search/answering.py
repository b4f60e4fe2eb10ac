"""Answers a question out of the office sheets, the projects, duties, divisions, targets and contradictions of offices.

What is not loaded or not stated is said so: no other office, year or item stands in for it unnamed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace

import pyoxigraph as ox

from service.pages.site import Site
from service.search.answer import Answer, AnswerRow, Both
from service.search.asked import Asked
from service.search.code_answers import CodeAnswers
from service.search.list_answers import ListAnswers
from service.search.offices_asked import Office, OfficeBook
from service.search.service_answers import ServiceAnswers
from service.search.sheet_answers import SheetAnswers

#: How many rows an answer shows, of how many the words are quoted, how much of the text stands around a number.
_SHOWN, _QUOTED, _REACH = 20, 3, 36
_HAN = re.compile(r"[\u4e00-\u9fff]")
_INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
#: What says no more than that money is asked for.
_WHOLES = {"expenditure-total", "project-expenditure"}
_NONE_LOADED: Both = ("没有载入所问的部门", "The office asked for is not loaded")


class Answering:
    """Answers questions over the store of a site."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def answer(self, asked: Asked, book: OfficeBook) -> Answer | None:
        """The answer, or None where the question asks for nothing that is answered here."""
        if not asked.form:
            return None
        found = await self._find(asked, book, list_offices(asked, book))
        if found is None:
            return None
        notes = (*_tell_reading(asked), *found.notes)
        return replace(found, rows=await self._quote(found.rows[:_SHOWN]), notes=notes)

    async def _find(self, asked: Asked, book: OfficeBook, offices: Sequence[Office]) -> Answer | None:
        sheets = SheetAnswers(self.site, asked, book, offices)
        missing = sheets.list_missing()
        if (asked.offices.named or asked.offices.kinds or asked.offices.places) and not offices:
            return sheets.end("absent", _NONE_LOADED, (), missing)
        if asked.services and not {*asked.items} - _WHOLES and not asked.codes and asked.listed != "contradictions":
            return await ServiceAnswers(self.site, asked, book, offices).answer(missing)
        unread = [w for w in asked.rest if not w.isascii() or not _HAN.search(asked.text)]
        if asked.codes and not asked.items:
            return _tell_unread(await CodeAnswers(self.site, asked, book, offices).answer(missing), unread)
        by_name = asked.guessed and asked.rest and offices
        if asked.form in ("list", "change") or asked.listed or by_name:
            answer = await ListAnswers(self.site, asked, book, offices).answer(missing)
            if asked.listed == "units" and answer is not None and not answer.rows:
                # No unit is named; how many there are may be stated.
                return await SheetAnswers(self.site, _count_units(asked), book, offices).answer(missing)
            return answer
        if not asked.items and asked.form != "rate":
            return None
        lists = ListAnswers(self.site, asked, book, offices)
        answer = await lists.answer_by_name(missing) if unread and len(offices) == 1 else None
        if answer is not None:
            return answer
        whole = not offices and not {*asked.items} - _WHOLES
        if unread and (asked.guessed or asked.narrower or whole):
            # What is asked for is said by words that nothing here knows: no whole stands in for it.
            return None
        return _tell_unread(await sheets.answer(missing), unread)

    async def _quote(self, rows: Sequence[AnswerRow]) -> tuple[AnswerRow, ...]:
        """The rows, the first of them with the words that state them."""
        quoted = await asyncio.gather(*(self._quote_one(row) for row in rows[:_QUOTED]))
        return (*quoted, *rows[_QUOTED:])

    async def _quote_one(self, row: AnswerRow) -> AnswerRow:
        start, end = row.stretch
        if not row.document or not end:
            return row
        first = max(0, start - _REACH)
        given: dict[str, list[ox.NamedNode | ox.Literal]]
        given = {"document": [ox.NamedNode(row.document)], "from": [_write(first + 1)],
                 "length": [_write(end + _REACH - first)]}  # fmt: skip
        found = (await self.site.answers.ask_internal("search/words-around", given)).rows
        if not found or "words" not in found[0]:
            return row
        words = found[0]["words"].text
        before, stated, after = words[: start - first], words[start - first : end - first], words[end - first :]
        line = before.rpartition("\n")[2] + stated + after.partition("\n")[0]
        return replace(row, quote=" ".join(line.split()))


def _tell_unread(answer: Answer | None, unread: Sequence[str]) -> Answer | None:
    """An answer with the words of the question that it makes no use of; none where it only says that there is none."""
    if answer is None or not unread:
        return answer
    if answer.status == "unstated":
        # Another word names something else: that an item is not stated says nothing of it.
        return None
    words = "、".join(unread)
    note: Both = (f"回答没有用到“{words}”。", f"The answer makes no use of “{words}”.")
    return replace(answer, notes=(*answer.notes, note), unread=tuple(unread))


def list_offices(asked: Asked, book: OfficeBook) -> list[Office]:
    """The loaded offices that a question means, each once, in the order in which it does."""
    found = [o for named in (*asked.offices.named, *asked.offices.places) for o in named.offices]
    found += [o for kind, _ in asked.offices.kinds for o in book.of_kind(kind)]
    return list(dict.fromkeys(found))


def _count_units(asked: Asked) -> Asked:
    return replace(asked, form="value", items=("units",), listed="")


def _tell_reading(asked: Asked) -> list[Both]:
    """What was read otherwise than it was written."""
    return [(f"“{r.words}”读作“{r.meant}”。", f"“{r.words}” was read as “{r.meant}”.") for r in asked.respelt]


def _write(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=_INTEGER)
