"""Packages that only some users need: which extra of Gongkai brings them, and the error where one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from loaders.errors import MissingExtra

#: What each extra brings, as it is imported. ``pyproject.toml`` has the same under the names of distributions.
EXTRAS: dict[str, tuple[str, ...]] = {
    "pdf": ("PIL", "pdfminer", "pdfplumber", "pypdfium2"),
    "office": ("docx", "openpyxl", "xlrd"),
    "parquet": ("pyarrow",),
    "serve": (
        "brotli", "httpcore", "httptools", "opencc", "prometheus_client", "pypinyin", "python_multipart", "rapidfuzz",
        "resvg_py", "starlette", "tantivy", "uvicorn", "uvloop", "zstandard",
    ),
    "mcp": ("httpx2", "mcp"),
    "watch": ("watchfiles",),
    "cluster": ("distributed", "fsspec", "s3fs"),
}  # fmt: skip
#: Extras that ``gongkai[all]`` leaves out: what only a few need, and is large.
APART = frozenset({"cluster"})
_EXTRA_OF = {package: extra for extra, packages in reversed(EXTRAS.items()) for package in packages}


@contextmanager
def naming_extras(place: str) -> Iterator[None]:
    """Tells a missing package of an extra as an error that names the extra.

    Raises :class:`loaders.errors.MissingExtra`, with ``place`` as what needs the package.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _EXTRA_OF:
            raise
        extra = _EXTRA_OF[package]
        also = "" if extra in APART else ", or all extras: pip install 'gongkai[all]'"
        raise MissingExtra(
            place, f"this needs the Python package {package}, which is not installed",
            f"Install it: pip install 'gongkai[{extra}]'{also}",
        ) from error  # fmt: skip


def is_there(extra: str) -> bool:
    """Whether all packages of an extra are installed."""
    try:
        return all(find_spec(package) is not None for package in EXTRAS[extra])
    except ModuleNotFoundError:  # a finder that says it so
        return False
