"""JSON of strangers, read into texts that can be written again."""

from __future__ import annotations

import json
from typing import Any

from loaders.characters import is_text, mend_text


def load_json(text: str) -> Any:
    """What a JSON text says, with U+FFFD in place of halves of surrogate pairs.

    ``"\\\\ud800"`` is JSON, and no text that UTF-8 can write: whatever is done with it later would fail.
    Raises ValueError or RecursionError if it is no JSON.
    """
    found = json.loads(text)
    written = json.dumps(found, ensure_ascii=False)
    return found if is_text(written) else json.loads(mend_text(written))
