"""What the fork server imports once for all workers: the way of a document, with its lists read and pipeline made.

It must start no thread, for a thread does not survive a fork and what it held stays locked; a test counts them.
"""

from __future__ import annotations

import os

#: Libraries that would start threads when they are imported (linear algebra, Arrow's allocator). None is needed here.
QUIET = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "BLIS_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}


def _prepare() -> None:
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    from loaders import pipeline  # noqa: F401
    from loaders.graph.codes import list_shipped
    from loaders.meaning import language, ports, wordings  # noqa: F401
    from loaders.words import codes, places

    places.load()
    list_shipped()
    language.language()
    wordings.load()
    for name in ("function", "economic-2018", "economic-2007", "government-economic-2018"):
        codes.load_codes(name)


_prepare()
