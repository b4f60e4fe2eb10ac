"""The spaCy pipeline: blank Chinese over characters, with components that mark spans on its documents.

Chinese writes no spaces and official phrasing is fixed, so no statistical model and no word segmentation is used: a
token is a character. The components, in order: ``entity_ruler`` marks the numbers of official documents as entities;
``gongkai_topics`` marks the wordings of services and topics as ``doc.spans["topics"]``, ``gongkai_places`` the words
that end names of ports and zones as ``doc.spans["places"]``, and ``gongkai_words`` those that tie a project to a duty
as ``doc.spans["words"]``. Those who know the words register them. A reader asks for the component that it needs, since
most passages need none.

>>> [e.text for e in mark("见某财〔2021〕12号", "entity_ruler").ents]
['〔2021〕12号']
"""

from __future__ import annotations

import contextlib
import functools
import operator
from collections.abc import Callable, Iterator
from typing import Any, Literal

Component = Literal["entity_ruler", "gongkai_topics", "gongkai_places", "gongkai_words"]
Words = Callable[[], dict[str, list[str]]]

#: a document's number behind its sign: 〔2021〕12号, [2006]第52号
_OPEN, _CLOSE = {"TEXT": {"IN": list("〔[（(【")}}, {"TEXT": {"IN": list("〕]）)】")}}
_DIGIT = {"IS_DIGIT": True}
INSTRUMENT_NUMBER: list[dict[str, Any]] = [
    _OPEN,
    {"TEXT": {"IN": ["1", "2"]}},
    {"TEXT": {"IN": ["9", "0"]}},
    _DIGIT,
    _DIGIT,
    _CLOSE,
    {"TEXT": "第", "OP": "?"},
    _DIGIT,
    *({**_DIGIT, "OP": "?"} for _ in range(4)),
    {"TEXT": "号"},
]
#: Cells and sentences of forms come again and again; so many are kept with what was marked in them.
_KEPT = 8192
_off: set[str] = set()
_words: dict[Component, Words] = {}


def register(component: Component, words: Words) -> None:
    """Says which words a component marks, by label. They are asked for when it is first used."""
    _words[component] = words


@functools.cache
def language() -> Any:
    """The pipeline, built at first use, since importing spaCy takes longer than reading a document."""
    import spacy

    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "char"}}})
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "INSTRUMENT", "pattern": INSTRUMENT_NUMBER}])  # type: ignore[attr-defined]
    for component in _words:
        _add(nlp, component)
    return nlp


def _add(nlp: Any, component: Component) -> None:
    from spacy.language import Language

    if not Language.has_factory(component):
        Language.factory(component, func=_make_factory(_words[component]))
    nlp.add_pipe(component)


def mark(text: str, component: Component) -> Any:
    """The text as a spaCy document on which one component has marked what it knows."""
    nlp = language()
    doc = nlp.make_doc(text)
    if component not in nlp.pipe_names:
        _add(nlp, component)
    return doc if component in _off else nlp.get_pipe(component)(doc)


def spans(text: str, component: Component) -> tuple[tuple[str, int, int], ...]:
    """What a component has marked: label, first and last position (exclusive) as characters of ``text``."""
    if component in _off or (component in _words and not _may_hold(text, _list_beginnings(component))):
        return ()
    return _find_spans(text, component)


@functools.lru_cache(maxsize=_KEPT)
def _find_spans(text: str, component: Component) -> tuple[tuple[str, int, int], ...]:
    doc = mark(text, component)
    found = doc.ents if component == "entity_ruler" else doc.spans.get(component.removeprefix("gongkai_"), ())
    return tuple((span.label_, span.start_char, span.end_char) for span in found)


@functools.cache
def _list_beginnings(component: Component) -> frozenset[str]:
    """The first two characters of all words that a component marks, or the only one."""
    return frozenset(word[:2] for listed in _words[component]().values() for word in listed)


def _may_hold(text: str, beginnings: frozenset[str]) -> bool:
    """Whether one of the words may stand in a text: most texts have none of their beginnings, and need no marking."""
    return not beginnings.isdisjoint(text) or not beginnings.isdisjoint(map(operator.add, text, text[1:]))


@contextlib.contextmanager
def without(component: Component) -> Iterator[None]:
    """Switches a component off, to measure what it contributes."""
    _off.add(component)
    try:
        yield
    finally:
        _off.discard(component)


def _make_factory(words: Words) -> Callable[[Any, str], Any]:
    def make(nlp: Any, name: str) -> Callable[[Any], Any]:
        return _make_marker(nlp, name, words())

    return make


def _make_marker(nlp: Any, name: str, words: dict[str, list[str]]) -> Callable[[Any], Any]:
    """A component that marks every occurrence of its words as a span of its group: ``topics``, ``places`` …"""
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Span

    matcher = PhraseMatcher(nlp.vocab)
    for label, listed in words.items():
        if listed:
            matcher.add(label, [nlp.make_doc(word) for word in listed])
    group = name.removeprefix("gongkai_")

    def component(doc: Any) -> Any:
        doc.spans[group] = [Span(doc, start, end, label=key) for key, start, end in matcher(doc)]
        return doc

    return component
