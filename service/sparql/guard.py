"""What a stranger's query may do: the check that stands before the engine, which has no switches of its own.

It refuses update, ``SERVICE`` outside the allow-list, and queries so long, deep or wide that they would crash or stall
the engine's planner. It judges tokens, not text, so strings, comments, ``ex:SERVICE`` and ``?service`` are free.

The engine's grammar has no lexer of its own: it tries readings, and so it sees a ``SERVICE`` where a lexer sees a name
(``SERVICE:x {`` , ``trueSERVICE <…>``) or part of an IRI (``FILTER(?a<?b)SERVICE ?x#>``). Where two readings are
possible and one of them holds a ``SERVICE``, the query is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from loaders.errors import GongkaiError
from loaders.settings import DEFAULT_BASE
from service.sparql.tokens import StrayCharacter, Token, locate, split

QueryForm = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]
FORMS: dict[str, QueryForm] = {"SELECT": "SELECT", "ASK": "ASK", "CONSTRUCT": "CONSTRUCT", "DESCRIBE": "DESCRIBE"}
UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")

_CLAUSES = ("UNION", "OPTIONAL", "MINUS", "GRAPH", "FILTER", "BIND", "VALUES", "EXISTS", "SELECT", "LATERAL")
_OPENING = {"(": ")", "[": "]", "{": "}"}
_PATH_OPERATORS = frozenset({"/", "|", "^", "*", "+", "?", "!"})
_OPERANDS = frozenset({"iri", "name", "blank", "variable", "string", "language", "number"})
_HIERARCHICAL = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may be at most. ``service`` holds the IRIs of the endpoints that SERVICE may call."""

    query_bytes: int = 65_536
    nesting: int = 100
    operators: int = 400
    path_steps: int = 100
    clauses: int = 400
    service: frozenset[str] = frozenset()
    base: str = DEFAULT_BASE
    """Where the vocabulary lies that a hint names."""


class Refusal(GongkaiError):
    """The guard's no. ``rule`` names the rule, ``line`` and ``column`` (1-based) the place in the query.

    ``zh`` is problem and remedy in Chinese, ``source`` the query.
    """

    def __init__(
        self, rule: str, query: str, offset: int, problem: str, remedy: str, token: str = "",
        zh: tuple[str, str] = ("", ""),
    ) -> None:  # fmt: skip
        self.rule = rule
        self.source = query
        self.zh = zh
        self.line, self.column = locate(query, offset)
        self.token = token[:80]
        super().__init__(f"line {self.line}, column {self.column}", problem, remedy)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the guard learned: the query's form, whether it names its dataset, its prefixes, whether it calls others."""

    form: QueryForm
    has_dataset: bool
    prefixes: dict[str, str] = field(default_factory=dict)
    has_service: bool = False


def inspect(query: str, limits: Limits | None = None) -> Inspection:
    """Judges a query that a stranger sent.

    Raises :class:`Refusal` at the first rule broken. Passing says nothing of the rest of the grammar: that is the
    engine's to judge.
    """
    limits = limits or Limits()
    size = len(query.encode("utf-8", "surrogatepass"))
    if size > limits.query_bytes:
        raise Refusal(
            "max_query_bytes", query, 0, f"the query has {size:,} bytes, the limit is {limits.query_bytes:,}",
            "Shorten it, or raise GONGKAI_MAX_QUERY_BYTES on a server of your own",
            zh=(f"查询有 {size:,} 字节，上限是 {limits.query_bytes:,}",
                "请缩短查询，或在自己的服务器上调高 GONGKAI_MAX_QUERY_BYTES"),
        )  # fmt: skip
    try:
        spoken = split(query)
    except StrayCharacter as stray:
        if stray.meant:
            remedy = f"A full-width or typographic sign stands here: write {stray.meant!r}"
            remedy_zh = f"此处是全角或排版符号，请改写为半角 {stray.meant!r}"
        elif stray.character in "'\"":
            remedy = "Close the quotation on the same line, or use three quotation marks"
            remedy_zh = "请在同一行内闭合引号，或使用三个引号"
        else:
            remedy = "Remove it, or put the text into quotation marks"
            remedy_zh = "请删除它，或将文字放进引号"
        raise Refusal(
            "syntax", query, stray.offset, str(stray), remedy, stray.character,
            zh=(f"字符 {stray.character!r} 不能出现在此处", remedy_zh),
        ) from None  # fmt: skip
    _refuse_ambiguous_escapes(query, spoken)
    tokens = [t for t in spoken if t.kind != "comment"]
    prefixes, body = _read_prologue(tokens)
    form = _find_form(query, tokens, body)
    _refuse_undeclared(query, tokens, prefixes, limits.base)
    _measure(query, tokens, limits)
    _refuse_services(query, tokens, prefixes, limits)
    words = [t.text.upper() for t in tokens if t.kind == "word"]
    return Inspection(form, any("FROM" in w for w in words), prefixes, any("SERVICE" in w for w in words))


def _read_prologue(tokens: list[Token]) -> tuple[dict[str, str], int]:
    """The prefixes declared, and the index of the first token behind the prologue."""
    prefixes: dict[str, str] = {}
    i = 0
    while i < len(tokens):
        if tokens[i].is_word("PREFIX") and i + 2 < len(tokens) and tokens[i + 2].kind == "iri":
            prefixes[tokens[i + 1].text.removesuffix(":")] = tokens[i + 2].text[1:-1]
            i += 3
        elif tokens[i].is_word("BASE", "VERSION") and i + 1 < len(tokens):
            i += 2
        else:
            break
    return prefixes, i


def _find_form(query: str, tokens: list[Token], body: int) -> QueryForm:
    if body >= len(tokens):
        raise Refusal(
            "syntax", query, len(query), "the query ends before it asks anything",
            "Write SELECT, ASK, CONSTRUCT or DESCRIBE",
            zh=("查询在提出问题之前就结束了", "请写 SELECT、ASK、CONSTRUCT 或 DESCRIBE"),
        )  # fmt: skip
    first = tokens[body]
    word = first.text.upper()
    if first.kind == "word":
        if word in UPDATES:
            raise Refusal(
                "update", query, first.start, f"{word} would change the data, and this endpoint is read-only",
                "Ask with SELECT, ASK, CONSTRUCT or DESCRIBE; to change data, build a store of your own", first.text,
                zh=(f"{word} 会修改数据，而本端点只读",
                    "请用 SELECT、ASK、CONSTRUCT 或 DESCRIBE 查询；要修改数据，请自建数据库"),
            )  # fmt: skip
        # The engine needs no space behind a keyword (SELECT?x, but also SELECTDISTINCT).
        for name, form in FORMS.items():
            if word.startswith(name):
                return form
    hint = ""
    if first.kind == "name" and word.startswith("PREFIX"):
        hint = " A declaration reads: PREFIX name: <iri>"
    raise Refusal(
        "syntax", query, first.start, f"{first.text[:40]!r} begins no query",
        f"Write SELECT, ASK, CONSTRUCT or DESCRIBE after the PREFIX lines.{hint}", first.text,
        zh=(f"{first.text[:40]!r} 不是查询的开头", "请在 PREFIX 行之后写 SELECT、ASK、CONSTRUCT 或 DESCRIBE"),
    )  # fmt: skip


def _refuse_undeclared(query: str, tokens: list[Token], prefixes: dict[str, str], base: str) -> None:
    # Besides helping, this closes a hole: where a prefix is unknown the engine tries `SERVICE:x` as SERVICE and `:x`.
    for token in tokens:
        if token.kind == "name":
            prefix = token.text.partition(":")[0]
            if prefix not in prefixes and token.text != f"{prefix}:":
                known = list_prefixes(base).get(prefix)
                remedy = f"Add: PREFIX {prefix}: <{known}>" if known else f"Declare it: PREFIX {prefix}: <…>"
                declaration = f"PREFIX {prefix}: <{known or '…'}>"
                raise Refusal(
                    "prefix", query, token.start, f"the prefix {prefix + ':'!r} is not declared", remedy, token.text,
                    zh=(f"前缀 {prefix + ':'!r} 没有声明", f"请在开头加上：{declaration}"),
                )  # fmt: skip


def _refuse_ambiguous_escapes(query: str, tokens: list[Token]) -> None:
    # An older reading of SPARQL decodes \uXXXX before anything else; there an escaped delimiter would end its token.
    ends = {"string": "\"'\\\r\n", "iri": "<>\\", "comment": "\r\n"}
    for token in tokens:
        if "\\" in token.text and token.kind in ends:
            for found in _ESCAPED.finditer(token.text):
                number = int(found.group(1) or found.group(2), 16)
                if number > 0x10FFFF or chr(number) in ends[token.kind]:
                    raise Refusal(
                        "escape", query, token.start + found.start(),
                        f"{found.group()} stands for a delimiter, which some readers would take as the end of the text",
                        "Write \\\" or \\n in a string, %22 and the like in an IRI", found.group(),
                        zh=(f"{found.group()} 代表一个定界符，有的读取方会把它当作文字的结尾",
                            "字符串中请写 \\\" 或 \\n，IRI 中请写 %22 之类"),
                    )  # fmt: skip


def _measure(query: str, tokens: list[Token], limits: Limits) -> None:
    """Nesting, runs of operators and of path steps, clauses, brackets that fit."""
    opened: list[Token] = []
    runs: list[list[int]] = [[0, 0]]
    clauses = 0
    for i, token in enumerate(tokens):
        if token.kind == "bracket":
            if token.text in _OPENING:
                opened.append(token)
                runs.append([0, 0])
                if len(opened) > limits.nesting:
                    raise _over(
                        "max_nesting", query, token, f"brackets are nested more than {limits.nesting} deep",
                        f"括号嵌套超过 {limits.nesting} 层",
                    )  # fmt: skip
                continue
            if not opened or _OPENING[opened[-1].text] != token.text:
                inner = f" where {_OPENING[opened[-1].text]!r} is due" if opened else " that was never opened"
                raise Refusal(
                    "syntax", query, token.start, f"{token.text!r} closes a bracket{inner}",
                    "Balance the brackets", token.text,
                    zh=(f"{token.text!r} 与前面的括号不配对", "请检查括号是否成对"),
                )  # fmt: skip
            opened.pop()
            inner_run = runs.pop()
            # (a/b)/(c/d): steps inside round brackets belong to the run outside them.
            if token.text == ")":
                runs[-1] = [a + b for a, b in zip(runs[-1], inner_run, strict=True)]
            else:
                runs[-1] = [0, 0]
            _refuse_long_run(query, token, runs[-1], limits)
        elif token.kind == "operator":
            runs[-1][0] += 1
            if token.text in _PATH_OPERATORS and not _in_expression(tokens, i, opened):
                runs[-1][1] += 1
            _refuse_long_run(query, token, runs[-1], limits)
        elif token.kind == "point":
            runs[-1] = [0, 0]
        elif token.is_word(*_CLAUSES):
            clauses += 1
            runs[-1] = [0, 0]
            if clauses > limits.clauses:
                raise _over(
                    "max_clauses", query, token, f"more than {limits.clauses} clauses such as OPTIONAL or UNION",
                    f"OPTIONAL、UNION 等子句超过 {limits.clauses} 个",
                )  # fmt: skip
    if opened:
        raise Refusal(
            "syntax", query, opened[-1].start, f"{opened[-1].text!r} is never closed",
            f"Add {_OPENING[opened[-1].text]!r}", opened[-1].text,
            zh=(f"{opened[-1].text!r} 没有闭合", f"请补上 {_OPENING[opened[-1].text]!r}"),
        )  # fmt: skip


def _in_expression(tokens: list[Token], index: int, opened: list[Token]) -> bool:
    """Whether an operator surely stands between values: inside ( ), with a variable or literal beside it."""
    if not opened or opened[-1].text != "(":
        return False
    beside = tokens[max(0, index - 1) : index] + tokens[index + 1 : index + 2]
    return any(t.kind in ("variable", "string", "number", "language") for t in beside)


def _refuse_long_run(query: str, token: Token, run: list[int], limits: Limits) -> None:
    if run[1] > limits.path_steps:
        raise _over(
            "max_path_steps", query, token, f"a property path of more than {limits.path_steps} steps",
            f"属性路径超过 {limits.path_steps} 步",
        )  # fmt: skip
    if run[0] > limits.operators:
        raise _over(
            "max_operators", query, token, f"more than {limits.operators} operators in one run",
            f"一连串运算符超过 {limits.operators} 个",
        )  # fmt: skip


def _over(rule: str, query: str, token: Token, problem: str, problem_zh: str) -> Refusal:
    setting = f"GONGKAI_{rule.upper()}"
    return Refusal(
        rule, query, token.start, problem, f"Split the query, or raise {setting} on a server of your own", token.text,
        zh=(problem_zh, f"请拆分查询，或在自己的服务器上调高 {setting}"),
    )  # fmt: skip


def _refuse_services(query: str, tokens: list[Token], prefixes: dict[str, str], limits: Limits) -> None:
    opened: list[str] = []
    for i, token in enumerate(tokens):
        before = tokens[i - 1] if i else None
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        if token.kind == "bracket":
            if token.text in _OPENING:
                opened.append(token.text)
            else:
                opened.pop()
        elif token.kind == "word" and "SERVICE" in token.text.upper():
            _judge_service(query, tokens, i, prefixes, limits)
        elif token.kind == "name" and "SERVICE" in token.text.partition(":")[0].upper():
            # `SERVICE:x {` is a name to a lexer and a call to the engine, even where the prefix is declared.
            if after is not None and after.text == "{" and not (before is not None and before.is_word("GRAPH")):
                raise _no_service(
                    query, token, "a name before '{' can be read as SERVICE", "'{' 前的名称可被读作 SERVICE"
                )
        elif token.kind == "iri" and opened[-1:] == ["("] and _can_be_less_than(before, token):
            raise Refusal(
                "ambiguous", query, token.start, "'<' can be read here as 'less than' and as the start of an IRI",
                "Put a space behind '<', or write the IRI with a prefix", token.text,
                zh=("此处的 '<' 既可读作小于号，也可读作 IRI 的开头", "请在 '<' 后加空格，或用前缀书写该 IRI"),
            )  # fmt: skip


def _can_be_less_than(before: Token | None, token: Token) -> bool:
    """Whether an IRI inside ( ) could be a comparison that hides brackets, quotation marks or a comment."""
    if before is None or not _is_operand(before) or _HIERARCHICAL.match(token.text):
        return False
    return re.search(r"[()'#?$]", token.text) is not None


def _is_operand(token: Token) -> bool:
    return token.kind in _OPERANDS or token.text in (")", "]") or token.is_word("TRUE", "FALSE")


def find_target(tokens: list[Token], index: int, prefixes: dict[str, str]) -> str:
    """The IRI that the SERVICE at an index calls; "" if it names none in full."""
    rest = [t for t in tokens[index + 1 : index + 3] if not t.is_word("SILENT")]
    if rest and rest[0].kind == "iri":
        return _ESCAPED.sub(lambda m: chr(int(m.group(1) or m.group(2), 16)), rest[0].text[1:-1])
    if rest and rest[0].kind == "name":
        prefix, _, local = rest[0].text.partition(":")
        return prefixes.get(prefix, "") + local if "\\" not in local else ""
    return ""


def _judge_service(query: str, tokens: list[Token], index: int, prefixes: dict[str, str], limits: Limits) -> None:
    token = tokens[index]
    if token.text.upper() != "SERVICE":
        raise _no_service(
            query, token, "a word that holds SERVICE can be read as SERVICE", "含 SERVICE 的词可被读作 SERVICE"
        )
    rest = [t for t in tokens[index + 1 : index + 3] if not t.is_word("SILENT")]
    target = find_target(tokens, index, prefixes)
    if not target or target not in limits.service:
        named = rest[0].text[:80] if rest else ""
        raise _no_service(
            query, token, f"SERVICE {named} is not on the list of endpoints", f"SERVICE {named} 不在允许的端点之列"
        )


def _no_service(query: str, token: Token, problem: str, problem_zh: str) -> Refusal:
    return Refusal(
        "service", query, token.start, problem,
        "Query that endpoint yourself and join the results, or add it to GONGKAI_SERVICE_ALLOW on a server of your own",
        token.text,
        zh=(problem_zh, "请自行查询该端点再合并结果，或在自己的服务器上把它加入 GONGKAI_SERVICE_ALLOW"),
    )  # fmt: skip


OTHER_PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xkos": "http://rdf-vocabulary.ddialliance.org/xkos#",
    "org": "http://www.w3.org/ns/org#",
    "qb": "http://purl.org/linked-data/cube#",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "void": "http://rdfs.org/ns/void#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "sh": "http://www.w3.org/ns/shacl#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "qudt": "http://qudt.org/schema/qudt/",
    "unit": "http://qudt.org/vocab/unit/",
}


def list_prefixes(base: str) -> dict[str, str]:
    """The prefixes that hints, forms and files know: ours below ``base``, and those of others."""
    return {"gk": f"{base}ontology#", **OTHER_PREFIXES}
