"""The queries that Gongkai itself asks: files ``queries/internal/<room>/<name>.rq``, beside the canned ones.

Each begins with comment lines that say in a sentence what it asks and who asks it, and declares its own prefixes, so
that any SPARQL tool runs it as it is. Terms are bound into its slots ``VALUES ?name { UNDEF }`` as into those of a
canned query; nothing is pasted into it.

What several queries say alike stands once. A line ``#+ graph/label-that-follows ?thing=?value`` stands for the pattern
of that query, with one of its variables under another name, ``#+ UNION graph/what-follows`` for the pattern as a group
behind UNION; to a tool that does not know of it, it is a comment. Variables named ``?its…`` are the pattern's own: they
get other names wherever it stands.
"""

from __future__ import annotations

import itertools
import re
from functools import cache
from itertools import dropwhile
from pathlib import Path

from loaders.errors import StoreError
from loaders.resources import queries_folder
from loaders.settings import DEFAULT_BASE

INTERNAL = "internal"
_INCLUSION = re.compile(r"^ *#\+ (?P<before>(?:[A-Z]+ )*)(?P<name>\S+/\S+)(?P<names>(?: \?\w+=\?\w+)*)\n", re.MULTILINE)
_PREFIX = re.compile(r"^PREFIX .*\n", re.MULTILINE)


@cache
def read_internal(name: str, base: str = DEFAULT_BASE) -> str:
    """The query ``<room>/<name>`` without the comment at its head, its IRIs moved to ``base``.

    Raises :class:`loaders.errors.StoreError` if its file is missing or no text in UTF-8.
    """
    path = queries_folder() / INTERNAL / f"{name}.rq"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            str(path), f"a query of this installation cannot be read ({error})", "Install the package gongkai again"
        ) from error
    lines = dropwhile(lambda line: line.startswith("#"), text.splitlines(keepends=True))
    return _include("".join(lines).strip().replace(f"<{DEFAULT_BASE}", f"<{base}"), base)


def _include(query: str, base: str) -> str:
    """The query with the patterns of others where it names them, and their prefixes beside its own."""
    prefixes = dict.fromkeys(_PREFIX.findall(query))
    numbers = itertools.count(1)

    def write(found: re.Match[str]) -> str:
        included = read_internal(found["name"], base)
        prefixes.update(dict.fromkeys(_PREFIX.findall(included)))
        pattern = included[included.index("{", included.index("WHERE")) :]
        count = next(numbers)
        pattern = re.sub(r"\?its(?=[A-Z0-9])", f"?its{count}", pattern)
        for renaming in found["names"].split():
            own, other = renaming.split("=")
            pattern = re.sub(rf"{re.escape(own)}\b", other, pattern)
        return f"{found['before']}{pattern}\n" if found["before"] else pattern[1:-1].strip("\n") + "\n"

    body = _INCLUSION.sub(write, _PREFIX.sub("", query))
    return "".join(prefixes) + body


def list_internal_files(*rooms: str) -> list[Path]:
    """The files of some rooms, or of all, sorted by name."""
    folder = queries_folder() / INTERNAL
    return sorted(path for room in rooms or ("*",) for path in folder.glob(f"{room}/*.rq"))
