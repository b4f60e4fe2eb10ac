"""The limits that a stranger meets, as the service description and the help page show them."""

from __future__ import annotations

from dataclasses import dataclass

from service.settings import ServiceSettings

#: Settings that say what a query may be and take, in the order in which they are met; with unit and text in Chinese.
_SHOWN: dict[str, tuple[str, str]] = {
    "max_request_bytes": ("字节", "请求（查询及其编码）的最大长度"),
    "max_query_bytes": ("字节", "查询（UTF-8）的最大长度"),
    "max_nesting": ("", "括号嵌套的最大层数"),
    "max_operators": ("", "一连串运算符的最多个数"),
    "max_path_steps": ("", "属性路径的最多步数"),
    "max_clauses": ("", "OPTIONAL、UNION、FILTER 等子句的最多个数"),
    "query_timeout_seconds": ("秒", "查询运行（含结果传输到服务进程）的最长时间，到时终止"),
    "short_query_seconds": ("秒", "超过这一时间的查询算慢查询，以较低优先级继续运行"),
    "worker_memory_bytes": ("字节", "查询进程在共享的图之外可用的内存"),
    "max_result_bytes": ("字节", "结果的最大长度；超过则报错，绝不截断"),
    "queue_length": ("", "等候的查询的最多个数（快、慢各计）；再多则答 503"),
    "queue_wait_seconds": ("秒", "查询等候空闲进程的最长时间，之后答 503"),
    "failure_memory_seconds": ("秒", "被终止的查询在这段时间内再次提交时直接得到同一错误"),
    "client_timeout_seconds": ("秒", "客户端发送请求或接收下一部分结果的最长时间"),
    "cache_max_age_seconds": ("秒", "结果可缓存多久而不必再问"),
    "service_timeout_seconds": ("秒", "一次 SERVICE 调用的最长时间"),
    "max_service_bytes": ("字节", "一次 SERVICE 调用可取回的最大长度"),
    "max_service_calls": ("", "一个查询中 SERVICE 的最多个数"),
}
_UNITS = {"seconds": "SEC", "bytes": "BYTE"}


@dataclass(frozen=True)
class ShownLimit:
    """One limit: its setting's name, its value, its unit in both languages ("" for a count), what it is of."""

    setting: str
    value: float
    unit: str
    unit_zh: str
    text: str
    text_zh: str

    @property
    def code(self) -> str:
        """The unit as QUDT names it, or ""."""
        return _UNITS.get(self.unit, "")


def list_limits(settings: ServiceSettings) -> list[ShownLimit]:
    """The limits of a server with these settings; those of SERVICE only where it is allowed."""
    shown = []
    for name, (unit_zh, text_zh) in _SHOWN.items():
        if "service" in name and not settings.service_allow:
            continue
        unit = next((u for u in _UNITS if name.endswith(u)), "")
        text = ServiceSettings.model_fields[name].description or ""
        shown.append(ShownLimit(f"GONGKAI_{name.upper()}", getattr(settings, name), unit, unit_zh, text, text_zh))
    return shown
