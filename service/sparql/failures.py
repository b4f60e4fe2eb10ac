"""Why a query got no answer, and what to do about it, in English and Chinese."""

from __future__ import annotations

import signal

from loaders.errors import GongkaiError

_REMEDIES = {
    "syntax": (
        "Correct the query there; the engine names what it expected", "请在该处修改查询；引擎已说明它期望的内容",
    ),
    "evaluation": (
        "Change the query: the engine understood it but cannot evaluate it", "请修改查询：引擎读懂了它，但无法求值",
    ),
    "too large": (
        "Ask for less (LIMIT, fewer columns, a filter), or raise GONGKAI_MAX_RESULT_BYTES on your own server",
        "请缩小范围（LIMIT、减少列、加筛选条件），或在自己的服务器上调高 GONGKAI_MAX_RESULT_BYTES",
    ),
    "form": ("Ask for another form: text/turtle, application/n-triples, application/ld+json",
             "请改用其他格式：text/turtle、application/n-triples、application/ld+json"),
    "memory": ("Ask for less, sort less, or join on fewer free variables", "请减少结果或排序，或减少不相关联的变量"),
    "store": ("Build the store again: gongkai build", "请重新生成数据库：gongkai build"),
}  # fmt: skip
_PROBLEMS_ZH = {
    "syntax": "引擎在此处读不下去：{}",
    "evaluation": "无法求值：{}",
    "too large": "结果超过上限：{}",
    "form": "这种格式写不出结果：{}",
    "memory": "内存不足：{}",
}


class QueryFailure(GongkaiError):
    """A query got no answer. ``reason`` is one of syntax, evaluation, too large, form, memory, crash, timeout, busy,
    store, federation.

    ``line`` and ``column`` (1-based; 0 if unknown) are the place of a syntax error. ``zh`` is problem and remedy in
    Chinese; ``retry`` the seconds after which another try may succeed, 0 if none will.
    """

    def __init__(
        self,
        reason: str,
        problem: str,
        remedy: str,
        line: int = 0,
        column: int = 0,
        zh: tuple[str, str] = ("", ""),
        retry: int = 0,
    ) -> None:
        self.reason = reason
        self.line = line
        self.column = column
        self.zh = zh
        self.retry = retry
        super().__init__(f"line {line}, column {column}" if line else "query", problem, remedy)

    def copy(self, note: str = "", note_zh: str = "", retry: int = 0) -> QueryFailure:
        """The same failure as another exception, with a note to its problem: one that is kept must hold no frames."""
        return QueryFailure(
            self.reason, self.problem + note, self.remedy, self.line, self.column,
            zh=(self.zh[0] + note_zh, self.zh[1]), retry=retry or self.retry,
        )  # fmt: skip


def explain_error(head: dict[str, object]) -> QueryFailure:
    """What the engine said of a query that it did not answer."""
    reason, message = str(head["error"]), str(head["message"])
    remedy, remedy_zh = _REMEDIES.get(reason, ("Change the query", "请修改查询"))
    return QueryFailure(
        reason, message, remedy, int(str(head.get("line", 0))), int(str(head.get("column", 0))),
        zh=(_PROBLEMS_ZH.get(reason, "{}").format(message), remedy_zh),
    )  # fmt: skip


def explain_end(code: int) -> QueryFailure:
    """Why a query process ended before it answered."""
    if code == -signal.SIGABRT:
        # The engine also gives up where it sorts values of several types, whose order it compares inconsistently.
        return QueryFailure(
            "memory", "the engine gave up: the query used more memory than it may, or sorts values of several types",
            "Ask for less, sort less or by STR(?value), or join on fewer free variables",
            zh=("引擎中止：查询占用的内存超过上限，或对多种类型的值排序",
                "请减少结果，少排序或按 STR(?值) 排序，或减少不相关联的变量"),
        )  # fmt: skip
    end = name_end(code)
    return QueryFailure(
        "crash", f"the query made the engine fail ({end})", "Simplify the query: fewer nested parts",
        zh=(f"该查询使引擎异常终止（{end}）", "请简化查询，减少嵌套"),
    )  # fmt: skip


def name_end(code: int) -> str:
    """An exit code in words: the name of the signal, if it was one."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
