"""What a question can be wrong in beside its SPARQL: a query that there is not, a parameter that does not fit.

::

    loaders.errors.GongkaiError
    ├── loaders.errors.QueryError
    │   ├── BadParameter                              here
    │   └── UnknownQuery                              here
    ├── service.sparql.guard.Refusal                  a query that may not be asked
    ├── service.sparql.failures.QueryFailure          a query that got no answer
    └── service.http.problems.Problem                 an error of HTTP
"""

from __future__ import annotations

from collections.abc import Sequence

from loaders.errors import QueryError


class BadParameter(QueryError):
    """A parameter is unknown or its value is not of its type; ``choices`` are those there are, if they are few."""

    def __init__(self, name: str, problem: str, remedy: str, choices: Sequence[str] = ()) -> None:
        self.parameter = name
        self.choices = tuple(choices)
        super().__init__(f"parameter {name!r}", problem, remedy)


class UnknownQuery(QueryError):
    """There is no canned query of this name; ``choices`` are the names there are."""

    def __init__(self, name: str, choices: Sequence[str]) -> None:
        self.choices = tuple(choices)
        super().__init__(f"query {name!r}", "there is none of this name", f"Choose one of: {', '.join(choices)}")
