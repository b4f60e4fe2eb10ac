"""Parameters of canned queries: what a user writes becomes terms, or an error that names the choices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from service.errors import BadParameter
from service.queries.binding import Term

ALL = "all"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_SHOWN_CHOICES = 20
_MOST_DIGITS = 40

Text = Mapping[str, str]

#: Several numbers in one field, and what stands between them.
_NUMBERS, _BETWEEN = re.compile(r"[\d\s,，、;；]+"), re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True)
class Choice:
    """A value that a parameter takes: what the user writes, the term it stands for, further names of it.

    ``label`` is its Chinese label, ``labels`` are those by language. ``above`` are the IRIs of what it belongs to
    directly: the class of a code, the office that another is part of.
    """

    value: str
    term: Term
    label: str = ""
    names: frozenset[str] = frozenset()
    labels: Text = field(default_factory=dict)
    above: frozenset[str] = frozenset()

    def say(self, language: str) -> str:
        """The label in a language, else in any, else the value."""
        return self.labels.get(language) or self.label or next(iter(self.labels.values()), self.value)


@dataclass(frozen=True)
class Parameter:
    """A parameter. ``kind`` is "iri" or the name of an XSD datatype; ``of_class`` the class whose members it takes.

    ``slot`` is the variable it fills, ``options`` the literal values it takes, ``defaults`` those it has by itself.
    ``choice_list`` names the list that gives its choices from the data. What is below a choice belongs to it, unless
    the parameter takes it ``alone``.
    """

    name: str
    slot: str
    kind: str
    title: Text
    description: Text
    of_class: str = ""
    options: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    optional: bool = True
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choice_list: str = ""
    option_titles: Mapping[str, Text] = field(default_factory=dict)
    alone: bool = False

    @property
    def has_choices(self) -> bool:
        """Whether its choices are drawn from the data."""
        return bool(self.choice_list or self.of_class)

    def read(self, values: Sequence[str], choices: Sequence[Choice] = ()) -> list[Term]:
        """The terms of what a user wrote; none where everything is meant. A name that several bear means them all.

        A class means what is below it as well: the codes of all levels below 205, the offices that are part of another.

        Raises :class:`BadParameter` with the choices if a value is not of this parameter's type.
        """
        given = [v.strip() for v in values if v.strip()]
        if self.kind == "integer":
            # A page writes several years into one field.
            given = [part for v in given for part in (_BETWEEN.split(v) if _NUMBERS.fullmatch(v) else (v,)) if part]
        if not given and self.kind == "iri" and self.defaults:
            # The header's own terms, which the store need not hold for the query to be sound.
            return [ox.NamedNode(v) for v in self.defaults]
        given = given or list(self.defaults)
        if ALL in (v.lower() for v in given):
            return []
        if not given and not self.optional:
            raise BadParameter(self.name, "a value is needed", self._remedy(choices), self._list(choices))
        found = list(dict.fromkeys(term for v in given for term in self._read_one(v, choices)))
        return found if self.alone else _add_below(found, choices)

    def _read_one(self, value: str, choices: Sequence[Choice]) -> list[Term]:
        if self.kind == "iri":
            found = [c.term for c in choices if value in (c.value, c.term.value)]
            found = found or [c.term for c in choices if value in c.labels.values() or value == c.label]
            found = found or [c.term for c in choices if value in c.names]
            if not found:
                raise BadParameter(
                    self.name, f"{value[:80]!r} is not known", self._remedy(choices), self._list(choices)
                )
            return found
        if self.options and value not in self.options:
            raise BadParameter(self.name, f"{value[:80]!r} is not known", self._remedy(()), self.options)
        if self.kind == "string":
            return [ox.Literal(value)]
        if self.kind == "boolean":
            if value not in ("true", "false"):
                raise BadParameter(self.name, f"{value[:80]!r} is neither true nor false", self._remedy(()))
            return [ox.Literal(value, datatype=ox.NamedNode(_XSD + self.kind))]
        return [self._read_number(value, choices)]

    def _read_number(self, value: str, choices: Sequence[Choice]) -> Term:
        offered = self._list(choices)
        try:
            number = Decimal(value)
            if not number.is_finite():
                raise InvalidOperation
            whole = number == number.to_integral_value()
        except (InvalidOperation, ValueError):
            raise BadParameter(self.name, f"{value[:80]!r} is no number", self._remedy(choices), offered) from None
        # An exponent such as 1e999999999 would be written out in full below.
        if abs(number.adjusted()) > _MOST_DIGITS or (self.kind == "integer" and not whole):
            raise BadParameter(self.name, f"{value[:80]!r} is no {self.kind}", self._remedy(choices), offered)
        if (self.minimum is not None and number < self.minimum) or (self.maximum is not None and number > self.maximum):
            raise BadParameter(self.name, f"{value[:80]} is out of range", self._remedy(choices), offered)
        return ox.Literal(f"{number:f}", datatype=ox.NamedNode(_XSD + self.kind))

    def _list(self, choices: Sequence[Choice]) -> tuple[str, ...]:
        return self.options or tuple(c.value for c in choices)

    def _remedy(self, choices: Sequence[Choice]) -> str:
        if self.options:
            return f"Choose one of: {', '.join((*self.options, ALL))}"
        low, high = self.minimum, self.maximum
        between = f" from {low} to {high}" if low is not None and high is not None else ""
        if choices:
            shown = ", ".join(
                f"{c.value} ({c.label})" if c.label not in ("", c.value) else c.value for c in choices[:_SHOWN_CHOICES]
            )
            rest = len(choices) - _SHOWN_CHOICES
            kind = f"Write a value of type {self.kind}{between}; there are" if self.kind != "iri" else "Choose one of:"
            return f"{kind} {shown}{f' and {rest} more' if rest > 0 else ''}; or {ALL}"
        if self.has_choices and self.kind == "iri":
            return "The store holds nothing of this kind; build it first: gongkai build"
        return f"Write a value of type {self.kind}{between}, or {ALL}"


def _add_below(terms: Sequence[Term], choices: Sequence[Choice]) -> list[Term]:
    """The terms, and behind them in the order of the choices all that belong to one of them."""
    members = {term.value for term in terms}
    waiting = True
    while waiting:
        fresh = {c.term.value for c in choices if c.above & members} - members
        members |= fresh
        waiting = bool(fresh)
    return list(dict.fromkeys([*terms, *(c.term for c in choices if c.term.value in members)]))
