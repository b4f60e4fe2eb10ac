"""How pages are made: templates, the two languages, links from IRIs to pages, the headers that keep a page harmless."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from loaders import __version__
from loaders.errors import GongkaiError, StoreError
from loaders.words.numbers import format_brief
from service.http.negotiation import PROBLEM, TEXT, choose, parse_weights, prefers_page
from service.http.prefix import find_path, find_prefix, prefix_page
from service.http.problems import describe, find_headers, find_status, find_title, tell, write_text
from service.pages.charts.svg import shorten
from service.pages.vocabulary import Vocabulary
from service.queries.answers import Answers
from service.words.amounts import format_money, format_number, write_plural
from service.words.reasons import say_reason
from service.words.rounding import show_amount
from service.words.terms import CELL_WORDS, CHANGES, KINDS, TABLE_STATES, TOKEN_CLASSES, UNITS, VERDICTS, say

Language = Literal["zh", "en"]

_STRETCH = re.compile(r"char=([0-9]+),([0-9]+)")
_HERE = Path(__file__).parent
#: What may stand in an address of a header as it is.
_IN_LINK = "%/?:@!$&'()*+;=~-._"


@dataclass(frozen=True)
class Form:
    """Another form of a page: what it is called, where it is, its media type."""

    name: str
    href: str
    media_type: str


def pick_language(request: Request) -> Language:
    """Chinese, unless ``?lang=en`` or the browser likes English better."""
    wanted = request.query_params.get("lang", "")
    if wanted in ("zh", "en"):
        return "zh" if wanted == "zh" else "en"
    best: tuple[float, Language] = (0.0, "zh")
    for tag, weight in parse_weights(request.headers.get("accept-language", "")).items():
        name = tag.partition("-")[0]
        if name in ("zh", "en") and weight > best[0]:
            best = (weight, "zh" if name == "zh" else "en")
    return best[1]


class Site:
    """Renders pages. ``answers`` is the store as the pages ask it."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.base = answers.settings.base
        self.words = Vocabulary.load(self.base)
        self.web_version = _find_web_version()
        self.templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters["amount"] = format_number
        self.templates.filters["plural"] = write_plural
        self.templates.filters["reason"] = say_reason
        self.templates.filters["brief"] = format_brief
        self.templates.filters["money"] = format_money
        self.templates.filters["short"] = shorten
        self.templates.filters["sense"] = show_amount
        self.templates.globals |= {
            "t": _translate,
            "link": _link,
            "local": self.local,
            "version": __version__,
            "web_version": self.web_version,
            "base": self.base,
            "words": _speak(CELL_WORDS),
            "kinds": _speak(KINDS),
            "changes": _speak(CHANGES),
            "verdicts": _speak(VERDICTS),
            "token_classes": _speak(TOKEN_CLASSES),
            "table_states": _speak(TABLE_STATES),
            "units": _speak(UNITS),
        }

    def local(self, iri: str) -> str:
        """The address of the page about an IRI; "" for an IRI that no page or web address stands behind."""
        if iri.startswith(self.base):
            rest = iri[len(self.base) :]
            if not rest.startswith("id/document/"):
                return f"/{rest}"
            path, _, fragment = rest.removeprefix("id/document/").partition("#")
            # What follows # never reaches the server: that which is to be marked is asked for.
            stretch = _STRETCH.fullmatch(fragment)
            asked = f"?quote={stretch[1]}-{stretch[2]}" if stretch else ""
            return f"/documents/{path}{asked}" + (f"#{fragment}" if fragment else "")
        return iri if urlsplit(iri).scheme in ("http", "https") else ""

    def link(self, request: Request, path: str) -> str:
        """An address on this site that keeps the language which the reader chose."""
        wanted = request.query_params.get("lang", "")
        return make_link(path, None, wanted if wanted in ("zh", "en") else "")

    def page(self, request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """A page, in the reader's language."""
        language = pick_language(request)
        other = {**dict(request.query_params), "lang": "en" if language == "zh" else "zh"}
        html = self.templates.get_template(template).render(
            lang=language,
            explicit_lang=request.query_params.get("lang") in ("zh", "en"),
            other_language=f"{request.url.path}?{urlencode(other)}",
            path=request.url.path,
            **{"alternates": (), "crumbs": (), "structured": None, "data_version": self.data_version(), **context},
        )
        headers = {"Vary": "Accept, Accept-Language", "Content-Language": "zh-CN" if language == "zh" else "en"}
        if status == 200:
            headers["Link"] = _write_links(context.get("alternates", ()))
        return HTMLResponse(prefix_page(html, find_prefix(request)), status, headers)

    def data_version(self) -> str:
        """The version of the data that pages show; "" if there are none."""
        try:
            return self.answers.data_version()
        except StoreError:
            return ""

    def error(self, request: Request, error: GongkaiError, *, page: bool | None = None, query: str = "") -> Response:
        """An error: a page for a browser, else a problem document, or text if that is asked for.

        ``query`` is the query that is at fault, if one is. Programs that name no language are told in English.
        """
        status, code = find_status(error)
        headers = find_headers(error)
        accept = request.headers.get("accept")
        if prefers_page(accept) if page is None else page:
            titles = find_title(error)
            response = self.page(
                request, "error.html", status, error=error, code=code, number=status, titles=titles,
                told=tell(error, pick_language(request)),
                document=describe(error, self.base, find_path(request), pick_language(request), query),
                choices=list(getattr(error, "choices", ()))[:50],
            )  # fmt: skip
            response.headers.update(headers)
            return response
        named = request.query_params.get("lang") in ("zh", "en") or request.headers.get("accept-language")
        language = pick_language(request) if named else "en"
        headers["Content-Language"] = "zh-CN" if language == "zh" else "en"
        document = describe(error, self.base, find_path(request), language, query)
        if choose(accept, (PROBLEM, TEXT)) is TEXT:
            return PlainTextResponse(write_text(document, language), status, headers)
        return JSONResponse(document, status, headers, media_type="application/problem+json")


def _write_links(alternates: Iterable[Form]) -> str:
    """The Link header of a page (RFC 8288): its other forms, and what describes the data as a whole."""
    forms = (f'<{quote(f.href, safe=_IN_LINK)}>; rel="alternate"; type="{f.media_type}"' for f in alternates)
    return ", ".join([*forms, '</dataset>; rel="describedby"'])


def _find_web_version() -> str:
    """Changes when a stylesheet or script does, so that no browser keeps an old one."""
    digest = sha256()
    for path in sorted((_HERE.parent / "web").rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


@pass_context
def _translate(context: Context, zh: str, en: str) -> str:
    """The text in the page's language."""
    return zh if context["lang"] == "zh" else en


def _speak(words: dict[str, tuple[str, str]]) -> Callable[[Context, str], str]:
    @pass_context
    def speak(context: Context, code: str) -> str:
        return say(words, code, context["lang"])

    return speak


@pass_context
def _link(context: Context, path: str, parameters: Mapping[str, Iterable[str]] | None = None) -> str:
    """An address on this site that keeps the language which the reader chose."""
    return make_link(path, parameters, context["lang"] if context["explicit_lang"] else "")


def make_link(path: str, parameters: Mapping[str, Iterable[str]] | None, language: str) -> str:
    """An address: a path, perhaps with a query and a fragment, with parameters and a language ("" for none)."""
    path, _, fragment = path.partition("#")
    path, _, asked = path.partition("?")
    pairs = [(name, value) for name, values in (parameters or {}).items() for value in values]
    # What leads elsewhere has no language of ours.
    if language and not path.startswith(("http://", "https://")):
        pairs.append(("lang", language))
    query = "&".join(part for part in (asked, urlencode(pairs)) if part)
    safe = quote(path, safe="/:@!$&'()*+,;=~%")
    return safe + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
