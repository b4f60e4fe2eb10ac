"""How a result is cited (GB/T 7714, BibTeX), and how programs get it (curl, Python, R)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

_BIBTEX = str.maketrans({c: f"\\{c}" for c in "&%$#_{}"} | {"\\": r"\textbackslash{}", "~": r"\~{}", "^": r"\^{}"})


@dataclass(frozen=True)
class Reference:
    """How to cite something: by the national standard GB/T 7714—2015, and as an entry of BibTeX."""

    gbt: str
    bibtex: str


def cite(
    title: str, address: str, version: str, key: str, built: str, today: date, author: str = "公开",
    language: str = "zh",
) -> Reference:  # fmt: skip
    """The reference of a data page. ``built`` is the day of the data (ISO, "" if unknown), ``language`` the page's."""
    stamp = f"({built})" if built else ""
    of_version = f"：数据版本 {version}" if language == "zh" else f": data version {version}"
    said = f"{title}{of_version}" if version else title
    gbt = f"{author}. {said}[DS/OL]. {stamp}[{today.isoformat()}]. {address}."
    fields = {
        "author": f"{{{author.translate(_BIBTEX)}}}",
        "title": f"{{{title.translate(_BIBTEX)}}}",
        "year": (built or today.isoformat())[:4],
        "version": version.translate(_BIBTEX),
        "url": address.replace("}", "%7D").replace("{", "%7B").replace("\\", "%5C"),
        "urldate": today.isoformat(),
    }
    name = re.sub(r"[^a-z0-9-]", "", key.lower()) or "gongkai"
    lines = ",\n".join(f"  {field:<8}= {{{value}}}" for field, value in fields.items() if value)
    return Reference(gbt, f"@misc{{gongkai-{name},\n{lines}\n}}")


def make_link(origin: str, path: str, *parts: Mapping[str, Sequence[str]]) -> str:
    """An absolute address with parameters, each value of a list on its own."""
    pairs = [(name, value) for part in parts for name, values in part.items() for value in values]
    return f"{origin}{path}" + (f"?{urlencode(pairs)}" if pairs else "")


def write_snippets(address: str) -> dict[str, str]:
    """How curl, Python and R read the CSV at an address. What is quoted is quoted by the rules of each language."""
    quoted = '"' + address.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return {
        "curl": f"curl -s {shlex.quote(address)} -o result.csv",
        "Python": f"import pandas\n\nframe = pandas.read_csv({quoted})",
        "R": f'frame <- read.csv({quoted}, fileEncoding = "UTF-8-BOM")',
    }
