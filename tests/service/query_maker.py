"""Queries by chance, most of them well-formed, many of them sly: what the fuzzer of the guard sends.

The same random generator gives the same queries. Every address in them is that of one listener, so that a query that
gets through and calls anyone is heard.
"""

from __future__ import annotations

import random
from collections.abc import Callable

_WORDS = ("SERVICE", "service", "SerVice", "SERVICE SILENT", "LOAD", "INSERT", "DELETE", "口岸", "a", "b", "x")
_VARIABLES = ("?s", "?p", "?o", "?service", "$x", "?部门", "?SERVICE")
_FUNCTIONS = ("STR", "LANG", "BOUND", "isIRI", "ABS", "STRLEN", "UCASE", "DATATYPE", "IRI", "MD5", "CEIL")
_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_OPERATORS = ("<", ">", "<=", ">=", "=", "!=", "&&", "||", "+", "-", "*", "/")
_SPACES = (" ", " ", " ", "", "\n", "\t", " # c\n", "#SERVICE <{u}> {{\n", "#'\n", '#"""\n', "\r", "\r\n")
_ODD = (
    "SERVICE<{u}>{{?s?p?o}}", "SERVICE <{u}> {{ ?s ?p ?o }}", "SERVICE SILENT<{u}>{{}}", "SERVICE?x{{}}",
    "SERVICE:x{{}}", "SERVICEe:x{{?s ?p ?o}}", "\\u0053ERVICE <{u}> {{}}", "\\U00000053ERVICE<{u}>{{}}",
    "trueSERVICE<{u}>{{}}", "'''", '"""', "'", '"', "<", ">", "#", "\\", "{{", "}}", "(", ")", "[", "]", ";",
    ".", ",", "^", "^^", "@", "\x00", "\ufeff", "，", "“", "\u2028", "\u00a0", "<{u}>", "?a<?b>", "\n", "\r",
    "/", "|", "!", "*", "+", "0x", "1e", "@en--ltr", "<<( ?s ?p ?o )>>", "{{| ?p ?o |}}", "~ <{u}>",
    "LATERAL {{ ?s ?p ?o }}", "VERSION '1.2'", "; LOAD <{u}>", "LOAD <{u}>",
    "; INSERT DATA {{ <a:b> <a:b> 1 }}", "; DROP ALL", "FROM <{u}>", "FROM NAMED <{u}>", "BASE <{u}>",
    "PREFIX SERVICE: <{u}>",
)  # fmt: skip


class QueryMaker:
    """Makes queries. ``address`` is the IRI of the listener."""

    def __init__(self, seed: int, address: str) -> None:
        self.random = random.Random(seed)
        self.address = address

    def make(self) -> str:
        """The next query, altered by chance more often than not."""
        query = self._query() if self.random.random() < 0.9 else self._update()
        for _ in range(self._below(4)):
            query = self._alter(query)
        return query

    # -- by the grammar ----------------------------------------------------------------------------------------------

    def _query(self) -> str:
        body = self._group(3)
        form = self._below(10)
        prologue = self._prologue()
        dataset = self._some(0.1, lambda: f"FROM <{self.address}> ") + self._some(
            0.1, lambda: f"FROM NAMED <{self.address}> "
        )
        if form < 6:
            head = (
                f"SELECT{self._space()}{self._choose(('', 'DISTINCT ', 'REDUCED '))}{self._projection()}{self._space()}"
            )
            return f"{prologue}{head}{dataset}WHERE{self._space()}{body}{self._modifiers()}"
        if form < 8:
            return f"{prologue}ASK {dataset}{body}"
        if form < 9:
            return f"{prologue}CONSTRUCT {{ {self._triple()} }} {dataset}WHERE {body}"
        return f"{prologue}DESCRIBE {self._term()} {dataset}WHERE {body}"

    def _update(self) -> str:
        triple = f"{self._iri()} {self._iri()} {self._literal()}"
        return self._prologue() + self._choose(
            (
                f"INSERT DATA {{ {triple} }}", f"DELETE WHERE {{ {self._triple()} }}", f"LOAD <{self.address}>",
                "CLEAR ALL", "DROP ALL", f"INSERT {{ {triple} }} WHERE {self._group(2)}", f"CREATE GRAPH {self._iri()}",
                f"WITH {self._iri()} DELETE {{ {triple} }} WHERE {{}}", f"ADD {self._iri()} TO {self._iri()}",
            )
        )  # fmt: skip

    def _prologue(self) -> str:
        lines = [self._some(0.15, lambda: f"BASE <{self.address}>{self._space()}")]
        names = ["ex", "", "SERVICE", "e", "SERVICEe", "service", "x"]
        for name in self.random.sample(names, 7 if self.random.random() < 0.8 else self._below(7)):
            target = self.address if self.random.random() < 0.7 else "http://example.org/"
            lines.append(f"PREFIX {name}:{self._space()}<{target}>{self._space() or ' '}")
        return "".join(lines)

    def _projection(self) -> str:
        if self.random.random() < 0.4:
            return "*"
        if self.random.random() < 0.3:
            return f"({self._choose(_AGGREGATES)}({self._variable()}) AS ?n)"
        if self.random.random() < 0.3:
            return f"({self._expression(2)} AS ?e)"
        return " ".join(dict.fromkeys(self._variable() for _ in range(1 + self._below(3))))

    def _modifiers(self) -> str:
        return (
            self._some(0.1, lambda: f" GROUP BY {self._variable()}")
            + self._some(0.1, lambda: f" HAVING ({self._expression(1)})")
            + self._some(0.2, lambda: f" ORDER BY {self._variable()}")
            + self._some(0.5, lambda: f" LIMIT {self._below(20)}")
            + self._some(0.1, lambda: f" VALUES ?x {{ {self._literal()} {self._iri()} }}")
        )

    def _group(self, depth: int) -> str:
        parts = [self._part(depth) for _ in range(1 + self._below(3))]
        return "{" + self._space() + self._space().join(parts) + self._space() + "}"

    def _part(self, depth: int) -> str:
        if depth == 0:
            return f"{self._triple()} ."
        kind = self._below(16)
        inner: Callable[[], str] = lambda: self._group(depth - 1)  # noqa: E731
        if kind < 5:
            return f"{self._triple()} ."
        choices: tuple[Callable[[], str], ...] = (
            lambda: f"OPTIONAL{self._space()}{inner()}",
            lambda: f"{inner()} UNION{self._space()}{inner()}",
            lambda: f"MINUS {inner()}",
            lambda: f"GRAPH {self._choose((self._variable(), self._iri(), self._name()))}{self._space()}{inner()}",
            lambda: f"FILTER{self._space()}({self._expression(2)})",
            lambda: f"FILTER NOT EXISTS {inner()}",
            lambda: f"BIND({self._expression(2)} AS ?b{self._below(99)})",
            lambda: f"VALUES (?x ?y) {{ ({self._iri()} {self._literal()}) (UNDEF {self._name()}) }}",
            lambda: f"{{ SELECT {self._projection()} WHERE {inner()} }}",
            lambda: (
                f"SERVICE{self._space()}{self._some(0.3, lambda: 'SILENT ')}{self._target()}{self._space()}{inner()}"
            ),
            inner,
        )
        return choices[kind - 5]()

    def _service(self, group: str) -> str:
        silent = self._some(0.3, lambda: "SILENT ")
        return f"SERVICE{self._space()}{silent}{self._target()}{self._space()}{group}"

    def _target(self) -> str:
        return self._choose((f"<{self.address}>", f"<{self.address}>", self._variable(), self._name()))

    def _triple(self) -> str:
        return f"{self._term()} {self._verb()} {self._term()}"

    def _verb(self) -> str:
        if self.random.random() < 0.7:
            return self._choose((self._variable(), "a", self._iri()))
        steps = [self._choose(("", "^", "!")) + self._iri() + self._choose(("", "", "*", "+", "?")) for _ in range(3)]
        return self._choose(("/", "|")).join(steps[: 1 + self._below(3)])

    def _term(self) -> str:
        return self._choose((self._variable(), self._variable(), self._iri(), self._name(), self._literal(), "[]"))

    def _expression(self, depth: int) -> str:
        if depth == 0:
            return self._choose((self._variable(), self._literal(), self._iri(), "true"))
        kind = self._below(8)
        if kind < 4:
            operator = self._choose(_OPERATORS)
            return f"{self._expression(depth - 1)}{self._space()}{operator}{self._space()}{self._expression(depth - 1)}"
        if kind == 4:
            return f"{self._choose(_FUNCTIONS)}({self._expression(depth - 1)})"
        if kind == 5:
            return f"{self._variable()} IN ({self._expression(depth - 1)}, {self._iri()})"
        if kind == 6:
            return f"EXISTS {self._group(0)}"
        return f"({self._expression(depth - 1)})"

    def _variable(self) -> str:
        return self._choose(_VARIABLES)

    def _iri(self) -> str:
        tail = self._choose(("", "#x", "?q=1", f"#{self._word()}", "'", "(", ")", "a?b", "x#'''", "{u}"))
        if tail == "{u}":
            return "<a:b>"
        return f"<{self.address}{tail}>".replace(" ", "")

    def _name(self) -> str:
        prefix = self._choose(("ex", "", "SERVICE", "e", "SERVICEe", "service", "x"))
        return f"{prefix}:{self._choose(('x', 'SERVICE', 'service', 'a.b', '1', ''))}"

    def _literal(self) -> str:
        call = f"SERVICE <{self.address}> {{ ?s ?p ?o }}"
        text = self._choose((self._word(), call, "it's", 'say \\"', "\\u0041", "#"))
        plain = text.replace("'", "")
        quoted = (f"'{plain}'", f'"{text}"', f"'''{plain}'''", f'"""{text}"""', f'"{text}"@zh', f'"{plain}"^^<a:b>')
        return self._choose((*quoted, "1", "-2.5", "1e3"))

    # -- by chance ---------------------------------------------------------------------------------------------------

    def _alter(self, query: str) -> str:
        at = self._below(len(query) + 1)
        to = min(len(query), at + self._below(12))
        odd = self._choose(_ODD).format(u=self.address)
        kind = self._below(9)
        if kind < 3:
            return query[:at] + odd + query[at:]
        if kind == 3:
            return query[:at] + query[to:]
        if kind == 4:
            return query[:at] + query[at:to] * 2 + query[to:]
        if kind == 5:
            return query[:at] + self._query()[self._below(40) :]
        if kind == 6:
            return query[:at] + query[at:to].swapcase() + query[to:]
        if kind == 7:
            return query.replace(" ", self._space() or " ", 1 + self._below(5))
        deep = self._choose(("{{", "((", "[[", "!!", "^^", "--")) * (1 + self._below(40))
        return query[:at] + deep + query[at:]

    def _space(self) -> str:
        return self._choose(_SPACES).format(u=self.address)

    def _word(self) -> str:
        return self._choose(_WORDS)

    def _some(self, chance: float, make: Callable[[], str]) -> str:
        return make() if self.random.random() < chance else ""

    def _below(self, limit: int) -> int:
        return self.random.randrange(limit)

    def _choose(self, choices: tuple[str, ...]) -> str:
        return self.random.choice(choices)
