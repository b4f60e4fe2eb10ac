"""Which form of an answer a client gets: by ``format=`` or by its Accept header, with q-values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import ParamSpec, TypeVar

#: The version of the shapes of our own JSON: each says it as ``version``. It changes when a field leaves or means
#: something else.
SHAPE = 1
P = ParamSpec("P")
R = TypeVar("R")
#: Most clients send one of a few headers; longer ones than this, which nobody sends twice, are not remembered.
_LONGEST_HEADER = 500
_HEADERS = 500


def remember_headers(judge: Callable[P, R]) -> Callable[P, R]:
    """Remembers what a function gave for a header, its first argument, in a table of bounded size."""
    kept = lru_cache(maxsize=_HEADERS)(judge)

    def look_up(*arguments: P.args, **named: P.kwargs) -> R:
        long = isinstance(arguments[0], str) and len(arguments[0]) > _LONGEST_HEADER
        return judge(*arguments, **named) if long else kept(*arguments, **named)  # type: ignore[arg-type]

    look_up.__doc__ = judge.__doc__
    return look_up


@dataclass(frozen=True, eq=False)
class Format:
    """A form of answer. ``media_type`` is what is sent; ``also`` are further media types that ask for it."""

    key: str
    media_type: str
    also: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        textual = self.media_type.startswith("text/") and "charset" not in self.media_type
        return f"{self.media_type}; charset=utf-8" if textual else self.media_type


HTML = Format("html", "text/html", ("application/xhtml+xml",))
PROBLEM = Format("problem", "application/problem+json", ("application/json",))
TEXT = Format("txt", "text/plain")
RESULTS = (
    Format("json", "application/sparql-results+json", ("application/json",)),
    Format("xml", "application/sparql-results+xml", ("application/xml", "text/xml")),
    Format("csv", "text/csv"),
    Format("tsv", "text/tab-separated-values"),
)
GRAPHS = (
    Format("ttl", "text/turtle", ("application/turtle", "application/x-turtle"), ("turtle",)),
    Format("nt", "application/n-triples", ("text/plain",), ("ntriples",)),
    Format("rdf", "application/rdf+xml", ("application/xml", "text/xml"), ("rdfxml", "xml")),
    Format("jsonld", "application/ld+json", ("application/json",), ("json", "json-ld")),
    Format("nq", "application/n-quads", ("text/x-nquads",), ("nquads",)),
    Format("trig", "application/trig", ("application/x-trig",)),
)


@remember_headers
def choose(accept: str | None, offered: tuple[Format, ...]) -> Format | None:
    """The offered format that an Accept header likes best, or None if it takes none; the first where all are equal."""
    if accept is None or not accept.strip():
        return offered[0]
    ranges = parse_accept(accept)
    best, best_quality = None, 0.0
    for form in offered:
        # Other names of a form count where they are spelled out: text/* means text/csv, not XML sent as text/xml.
        quality = max(_judge(ranges, form.media_type), *(_judge(ranges, t, named=True) for t in form.also), 0.0)
        if quality > best_quality:
            best, best_quality = form, quality
    return best


def find_named(name: str, offered: tuple[Format, ...]) -> Format | None:
    """The offered format that ``format=name`` means: a key, another name, or a media type."""
    wanted = name.strip().lower().replace(" ", "+")
    for form in offered:
        if wanted in (form.key, form.media_type, *form.names, *form.also):
            return form
    return None


@remember_headers
def prefers_page(accept: str | None) -> bool:
    """Whether this is a browser: it names HTML, and likes no data better."""
    if not accept or "html" not in accept.lower():
        return False
    ranges = parse_accept(accept)
    page = max(_judge(ranges, t, named=True) for t in (HTML.media_type, *HTML.also))
    data = [_judge(ranges, f.media_type, named=True) for f in (*RESULTS, *GRAPHS, PROBLEM)]
    return page > 0 and page >= max(data)


@remember_headers
def find_graph(accept: str | None) -> Format | None:
    """The RDF format that a client wants of what is a page for others: one that it names, and likes best."""
    if not accept:
        return None
    ranges = parse_accept(accept)
    found = max(GRAPHS, key=lambda form: _judge(ranges, form.media_type, named=True))
    wanted = _judge(ranges, found.media_type, named=True)
    others = max(_judge(ranges, t, named=True) for form in (HTML, *RESULTS) for t in (form.media_type, *form.also))
    return found if wanted > others else None


def parse_accept(header: str) -> dict[str, float]:
    """The media ranges of an Accept header with their q-values; what cannot be read is left out."""
    return {name: weight for name, weight in parse_weights(header).items() if "/" in name}


def parse_weights(header: str) -> dict[str, float]:
    """The names in a header such as Accept or Accept-Encoding with their q-values, the highest if one is repeated.

    A q-value that cannot be read counts as 1, and one that is no number between 0 and 1 as the nearer of these.
    """
    ranges: dict[str, float] = {}
    for part in header[:2000].split(","):
        name, *parameters = (p.strip().lower() for p in part.split(";"))
        if not name:
            continue
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                try:
                    quality = min(1.0, max(0.0, float(value)))
                except ValueError:
                    quality = 1.0  # as if it were not there: the name itself is a wish
        ranges[name] = max(quality, ranges.get(name, 0.0))
    return ranges


def _judge(ranges: dict[str, float], media_type: str, named: bool = False) -> float:
    """The quality of a media type by its most specific range; with ``named`` only if it is named in full."""
    if media_type in ranges or named:
        return ranges.get(media_type, 0.0)
    family = f"{media_type.partition('/')[0]}/*"
    return ranges[family] if family in ranges else ranges.get("*/*", 0.0)
