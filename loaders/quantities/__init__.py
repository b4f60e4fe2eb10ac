"""The office sheet: the standard quantities of a document, each with its scope and the degree of its proof."""

from __future__ import annotations

from loaders.quantities.making import make_sheet

__all__ = ["make_sheet"]
