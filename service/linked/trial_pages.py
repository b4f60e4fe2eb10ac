"""``/try``: a reader brings a document and sees what is read of it. Nothing is put into the store, nothing on the disk.

What was read is kept in memory for a while, under an address that nobody can guess, so that it can be looked at and
taken away without scripts; then, or when its reader says so, it is gone. So it is after a restart.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from loaders.quantities.items import ITEMS
from loaders.reconcile.wording import word_sides
from service.checks.report import FindingCheck
from service.clients import is_loopback
from service.http.problems import Problem
from service.linked.trial import Refused, Trial, convert, name_file
from service.pages.document_page import Mark, mark_text
from service.pages.site import Site, pick_language
from service.pages.text_tables import find_stretches
from service.settings import ServiceSettings
from service.words.amounts import format_number
from service.words.findings import Outcome, explain, find_sign
from service.words.reasons import say_reason

#: What a form has beside its file: a boundary, a few headers.
_BESIDE = 20_000
#: How many figures, and how many characters of the text, the pages show; the files have all.
_MOST_FIGURES, _MOST_TEXT = 200, 300_000
_MOST_FINDINGS = 50
_PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "ttl": "text/turtle; charset=utf-8",
          "txt": "text/plain; charset=utf-8"}  # fmt: skip
_FIELD = "document"
_ITEMS = {item.id: (item.zh, item.en) for item in ITEMS}
#: What names the document stands above its sheet already.
_QUANTITIES = frozenset(item.id for item in ITEMS if item.kind != "identity")
#: How long what is too large may go on coming before it is answered, in seconds.
_PATIENCE = 10.0


@dataclass(frozen=True)
class _Kept:
    trial: Trial
    until: float


class _Shelf:
    """Trials by their secret names, for a time and up to a number of bytes."""

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, most
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def put(self, trial: Trial) -> str:
        """Keeps a trial; returns the name under which it is found."""
        name = secrets.token_urlsafe(24)
        self._kept[name] = _Kept(trial, monotonic() + self._seconds)
        self.tidy()
        return name

    def get(self, name: str) -> Trial | None:
        """What is kept under a name."""
        self.tidy()
        found = self._kept.get(name)
        return found.trial if found is not None else None

    def forget(self, name: str) -> None:
        """Drops what is kept under a name."""
        self._kept.pop(name, None)

    def tidy(self) -> None:
        """Drops what is over its time, and the first of what is too much."""
        now = monotonic()
        for name in [name for name, kept in self._kept.items() if kept.until <= now]:
            del self._kept[name]
        while len(self._kept) > 1 and sum(kept.trial.size for kept in self._kept.values()) > self._most:
            self._kept.popitem(last=False)


class TrialPages:
    """The handlers of ``/try`` and of what is read there."""

    def __init__(self, site: Site, settings: ServiceSettings) -> None:
        self.site = site
        self.settings = settings
        self._shelf = _Shelf(settings.try_keep_seconds, settings.try_keep_bytes)
        self._room = asyncio.Semaphore(settings.try_jobs)
        self._present = 0

    async def form(self, request: Request) -> Response:
        """Where a document is brought."""
        self._admit(request)
        return self._page(request, "try.html", field=_FIELD)

    async def bring(self, request: Request) -> Response:
        """Takes a document, has it read, and leads to what was read."""
        self._admit(request)
        _refuse_foreign(request)
        if self._present >= 3 * self.settings.try_jobs:
            raise Problem(
                503, "try_jobs", "request", "other documents are being read (GONGKAI_TRY_JOBS)", "Try again soon",
                {"Retry-After": "10", "Connection": "close"}, zh=("正在读取其他文件（GONGKAI_TRY_JOBS）", "请稍后再试"),
            )  # fmt: skip
        self._present += 1
        try:
            given, content = await self._receive(request)
            shown, called = name_file(given)
            async with self._room:
                outcome = await asyncio.to_thread(
                    convert, called, content, self.settings, self.settings.max_try_seconds
                )
        finally:
            self._present -= 1
        if isinstance(outcome, Refused):
            raise _tell(shown, outcome)
        return RedirectResponse(self.site.link(request, f"/try/{self._shelf.put(outcome)}"), 303, _PRIVATE)

    async def result(self, request: Request) -> Response:
        """What was read of a document, and what of it can be taken away."""
        name, trial = self._find(request)
        language = pick_language(request)
        return self._page(
            request, "try_result.html", name=name, trial=trial, figures=trial.figures[:_MOST_FIGURES],
            sheet=[row for row in trial.sheet if row["item"] in _QUANTITIES],
            findings=trial.findings[:_MOST_FINDINGS], minutes=f"{self.settings.try_keep_seconds / 60:.3g}",
            explain=lambda row: explain(_outcome(row), language), sign=lambda row: find_sign(_outcome(row)),
            sides=lambda row: word_sides(_outcome(row), language), say=self._say(language),
            item=lambda name: _ITEMS[name][language != "zh"],
            reasons=[say_reason(reason, language) for reason in (*filter(None, [trial.unknown]), *trial.warnings)],
            crumbs=(("/try", "试读文件" if language == "zh" else "Try a document"),),
        )  # fmt: skip

    async def text(self, request: Request) -> Response:
        """The document's text with its figures and contradictions in place."""
        name, trial = self._find(request)
        language = pick_language(request)
        say = self._say(language)
        marks = [Mark(f.start, f.end, "", _name_figure(f.row, say)) for f in trial.figures if f.end <= _MOST_TEXT]
        backs = [
            Mark(q.start, q.end, "", explain(_outcome(finding), language), "finding")
            for finding in trial.findings for q in finding.quotes if q.end <= _MOST_TEXT
        ]  # fmt: skip
        spans = [(row["start"], row["end"]) for row in trial.sheet if row["start"] is not None]
        pieces = mark_text(trial.text[:_MOST_TEXT], marks, spans, (0, 0), backs)
        return self._page(
            request, "try_text.html", name=name, trial=trial, stretches=find_stretches(pieces, paged=trial.paged),
            most=_MOST_TEXT if len(trial.text) > _MOST_TEXT else 0,
            crumbs=(("/try", "试读文件" if language == "zh" else "Try a document"), (f"/try/{name}", trial.title)),
        )  # fmt: skip

    async def file(self, request: Request) -> Response:
        """One of the files that can be taken away."""
        _, trial = self._find(request)
        wanted = request.path_params["file"]
        if wanted not in trial.files:
            raise _gone()
        told = quote(f"{trial.name}-{wanted}", safe="")
        headers = _PRIVATE | {"Content-Disposition": f"attachment; filename*=UTF-8''{told}"}
        return Response(trial.files[wanted], headers=headers, media_type=_TYPES[wanted.rpartition(".")[2]])

    async def forget(self, request: Request) -> Response:
        """Drops what was read, before its time."""
        self._admit(request)
        _refuse_foreign(request)
        self._shelf.forget(request.path_params["name"])
        return RedirectResponse(self.site.link(request, "/try"), 303, _PRIVATE)

    def _find(self, request: Request) -> tuple[str, Trial]:
        self._admit(request)
        name = request.path_params["name"]
        trial = self._shelf.get(name)
        if trial is None:
            raise _gone()
        return name, trial

    def _page(self, request: Request, template: str, **context: Any) -> Response:
        response = self.site.page(request, template, settings=self.settings, **context)
        response.headers.update(_PRIVATE)
        return response

    def _say(self, language: str) -> _Say:
        return _Say(self.site, language)

    def _admit(self, request: Request) -> None:
        """Raises a problem where this reader may bring nothing."""
        settings = self.settings
        client = request.client.host if request.client else ""
        near = is_loopback(client) and is_loopback(request.url.hostname or "")
        if settings.try_documents == "on" or (settings.tries_documents and near):
            return
        raise Problem(
            404, "try_documents", "/try", "this site takes no documents of its readers (GONGKAI_TRY_DOCUMENTS)",
            "Run one of your own: make serve",
            zh=("此站点不接受读者自带的文件（GONGKAI_TRY_DOCUMENTS）", "请在自己的机器上运行：make serve"),
        )  # fmt: skip

    async def _receive(self, request: Request) -> tuple[str, bytes]:
        """The name and the bytes of the file in a form, in memory. Nothing is spooled to the disk."""
        most = self.settings.max_try_bytes
        if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            raise Problem(
                415, "form", "request", "it is no form with a file (multipart/form-data)", "Send the form of /try",
                {"Connection": "close"}, zh=("请求不是带文件的表单（multipart/form-data）", "请使用 /try 页面上的表单"),
            )  # fmt: skip
        told = request.headers.get("content-length", "")
        if told.isdigit() and int(told) > most + _BESIDE:
            await _drain(request)
            raise _too_large(most)
        parser = MultiPartParser(request.headers, _bound(request, most + _BESIDE, most), max_files=1, max_fields=8)
        parser.spool_max_size = most + _BESIDE
        try:
            async with asyncio.timeout(self.settings.max_try_seconds):
                form = await parser.parse()
        except TimeoutError:
            seconds = self.settings.max_try_seconds
            raise Problem(
                408, "max_try_seconds", "request",
                f"the file did not arrive within {seconds:g} seconds (GONGKAI_MAX_TRY_SECONDS)", "Send it again",
                {"Connection": "close"}, zh=(f"文件未在 {seconds:g} 秒内到达（GONGKAI_MAX_TRY_SECONDS）", "请重新发送"),
            ) from None  # fmt: skip
        except MultiPartException as error:
            raise Problem(
                400, "form", "request", f"it is no whole form: {error.message}"[:200], "Send the form of /try",
                {"Connection": "close"}, zh=("表单不完整或不合规", "请使用 /try 页面上的表单"),
            ) from error  # fmt: skip
        except ClientDisconnect:
            raise Problem(400, "disconnected", "request", "it ended before it was whole", "Send it again") from None
        try:
            brought = form.get(_FIELD)
            if not isinstance(brought, UploadFile) or not brought.filename:
                raise Problem(
                    422, "form", "the form", "no file was chosen", "Choose a file first",
                    zh=("没有选择文件", "请先选择一个文件"),
                )  # fmt: skip
            content = await brought.read()
            if len(content) > most:
                raise _too_large(most)
            return brought.filename, content
        finally:
            await form.close()


class _Say:
    """Codes of the loaders in the words of the ontology, in one language: unit CNY, phase final, degree proved."""

    def __init__(self, site: Site, language: str) -> None:
        self._words, self._language = site.words, language

    def __call__(self, part: str, code: str) -> str:
        """What a code of a part of a figure is called; the code itself where the ontology has no word for it."""
        if not code:
            return ""
        if part == "unit" and code == "CNY":
            return "元" if self._language == "zh" else "yuan"
        name = "".join(word.capitalize() for word in code.replace("_", "-").split("-"))
        iri = f"{self._words.prefix}{part}{name}"
        return self._words.say(iri, self._language) if iri in self._words.terms else code


def _name_figure(row: Mapping[str, Any], say: _Say) -> str:
    """What a figure is, in a line."""
    value = "" if row["value"] is None else f"{format_number(str(row['value']))} {say('unit', row['unit'])}"
    parts = (row["subject_label"], str(row["fiscal_year"] or ""), say("phase", row["phase"] or ""), value)
    return " · ".join(part for part in parts if part)


def _outcome(row: FindingCheck) -> Outcome:
    return Outcome(
        row.rule, row.verdict, row.left, row.right, row.message, row.difference, row.tolerance, row.item or None,
        row.detail, row.reasons, row.values,
    )  # fmt: skip


async def _bound(request: Request, most: int, told: int) -> AsyncGenerator[bytes, None]:
    """The body of a request, up to a number of bytes; ``told`` is the limit that an error names."""
    number = 0
    async for part in request.stream():
        number += len(part)
        if number > most:
            await _drain(request)
            raise _too_large(told)
        yield part


async def _drain(request: Request) -> None:
    """Lets what still comes pass by for a moment: a browser shows our answer only once it has sent what it had."""
    with contextlib.suppress(TimeoutError, ClientDisconnect, RuntimeError):
        async with asyncio.timeout(_PATIENCE):
            async for _ in request.stream():
                pass


def _too_large(most: int) -> Problem:
    return Problem(
        413, "max_try_bytes", "the file", f"it has more than {most:,} bytes (GONGKAI_MAX_TRY_BYTES)",
        "Bring a smaller one, or build a store of it: gongkai build FILE", {"Connection": "close"},
        zh=(f"文件超过 {most:,} 字节（GONGKAI_MAX_TRY_BYTES）", "请换一个较小的文件，或用 gongkai build 建库"),
    )  # fmt: skip


def _gone() -> Problem:
    return Problem(
        404, "try_gone", "/try", "what was read there is not kept any more, or never was", "Bring it again: /try",
        zh=("读出的内容已不再保留，或从未有过", "请重新提供文件：/try"),
    )  # fmt: skip


#: The title of a file's refusal: nothing is wrong with a parameter.
_UNREAD = ("这个文件读不出来", "This file cannot be read")
#: What a visitor can do about a file, where the loaders' remedy is for who runs the server: problem and remedy in
#: English, then in Chinese; by the class of the loaders' error.
_FOR_VISITORS: dict[str, tuple[str, str, str, str]] = {
    "ScannedFile": (
        "its pages are pictures (scans) or have no characters that can be read, and characters in pictures are not "
        "recognised on this page",
        "Bring the document as it was published with text (PDF, Word, Excel, web page), or recognise its text first "
        "with a program of yours",
        "文件的页面是图像（扫描件），或其中没有可读的文字；此处不识别图像中的文字",
        "请改用带文字的原件（PDF、Word、Excel 或网页），或先用自己的软件识别文字",
    ),
    "max_try_seconds": (
        "reading it takes longer than is allowed here", "Bring a smaller file, or only the part that you need",
        "读取它所需的时间超过此处允许的上限", "请换一个较小的文件，或只取需要的部分",
    ),
    "MemoryError": (
        "reading it takes more memory than is allowed here", "Bring a smaller file, or only the part that you need",
        "读取它所需的内存超过此处允许的上限", "请换一个较小的文件，或只取需要的部分",
    ),
    "died": (
        "reading it was broken off, perhaps for lack of memory", "Bring a smaller file, or only the part that you need",
        "读取中断，可能是内存不足", "请换一个较小的文件，或只取需要的部分",
    ),
}  # fmt: skip


def _tell(name: str, refused: Refused) -> Problem:
    code = "try_refused" if refused.code != "max_try_seconds" else refused.code
    own = _FOR_VISITORS.get(refused.code)
    if own is not None:
        return Problem(422, code, name, own[0], own[1], zh=own[2:], title=_UNREAD)
    zh = (say_reason(refused.problem, "zh").rstrip("。"), say_reason(refused.remedy, "zh").rstrip("。"))
    return Problem(422, code, name, refused.problem, refused.remedy, zh=zh, title=_UNREAD)


def _refuse_foreign(request: Request) -> None:
    """Raises a problem for what another site has a browser send."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    own = request.headers.get("host", "")
    foreign = (
        origin is not None and urlsplit(origin).netloc != own if site is None else site not in ("same-origin", "none")
    )
    if foreign:
        raise Problem(
            403, "origin", "request", "another site sent it", "Use the form of /try itself", {"Connection": "close"},
            zh=("请求来自其他网站", "请直接使用 /try 页面上的表单"),
        )  # fmt: skip
