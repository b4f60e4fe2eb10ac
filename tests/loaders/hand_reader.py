"""A reader that knows no forms, for tests of what comes after reading: each number with decimals becomes a figure.

A file that says 错 is a defect of the reader, one that says 死 kills its process, one that says 慢 takes a while and
one that says 久 until the file that HAND_GATE names is there. Every
reading leaves a line in the file that HAND_LOG names. New processes import this module by its name.
"""

from __future__ import annotations

import os
import re
import time
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from loaders.catalogue import Catalogue
from loaders.documents import Document, Span
from loaders.errors import UndecodableFile
from loaders.facts import Agency, Facts, Figure, NumberToken

# So that a fork server has it: else each process would import it anew.
from loaders.graph import quads  # noqa: F401


def read(path: Path, catalogue: Catalogue) -> Facts:
    """The facts of a text; the id is the catalogue's, else what stands behind ``id:``, else the file's name."""
    if log := os.environ.get("HAND_LOG"):
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{path.name}\n")
    content = path.read_bytes()
    digest = sha256(content).hexdigest()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UndecodableFile(str(path), f"byte {error.start} is not UTF-8", "Save it as UTF-8") from error
    text = os.environ.get("HAND_PREFIX", "") + text
    if "死" in text:
        os._exit(9)
    if "错" in text:
        raise KeyError("错")
    if "慢" in text:
        time.sleep(0.3)
    if "久" in text and (gate := os.environ.get("HAND_GATE")):
        while not Path(gate).exists():
            time.sleep(0.05)
    entry = catalogue.find(path, digest)
    named = re.search(r"id:([a-z0-9-]+)", text)
    figures = tuple(
        Figure(Span(*m.span()), m[0], Decimal(m[0]), "CNY", 2023, "budget", "level", "item", "项")
        for m in re.finditer(r"[0-9]+\.[0-9]+", text)
    )
    return Facts(
        document=Document(path.stem, text, digest, "text"),
        id=entry.id if entry else named[1] if named else path.stem,
        kind=entry.kind if entry else "budget",
        fiscal_year=entry.fiscal_year if entry else 2023,
        agency=Agency(entry.agency if entry else "甲市口岸办", Span(0, 1)),
        title=entry.title if entry else path.stem,
        figures=figures,
        ledger=tuple(NumberToken(f.span, f.stated, "figure", "a figure") for f in figures),
    )
