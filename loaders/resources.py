"""Where the files that belong to Gongkai lie: the checkout's folders or, once installed, those in the packages."""

from __future__ import annotations

from pathlib import Path

from loaders.errors import StoreError

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent

# Part of the ontology folder, but rules about graphs, not statements of ours: kept out of the store.
_SHAPES = "shapes.ttl"


def find_ontology_folder() -> Path:
    """The folder of ``gongkai.ttl``, the shapes and the code lists."""
    return _find_folder("ontology", _PACKAGE / "ontology")


def queries_folder() -> Path:
    """The folder of the canned queries."""
    return _find_folder("queries", _PACKAGE / "queries")


def documents_folder() -> Path:
    """The folder of the documents that come with Gongkai, and of their catalogue."""
    return _find_folder("documents", _PACKAGE / "documents")


def ontology_files() -> list[Path]:
    """The Turtle files that belong in the store: classes, properties, code lists, places, services, sorted."""
    folder = find_ontology_folder()
    files = [*folder.glob("*.ttl"), *folder.glob("codes/*.ttl")]
    return sorted(f for f in files if f.name != _SHAPES)


def shapes_file() -> Path:
    """The SHACL shapes that every graph of ours satisfies."""
    return find_ontology_folder() / _SHAPES


def _find_folder(name: str, installed: Path) -> Path:
    # A wheel carries the folder inside a package; a checkout has it beside the packages.
    for folder in (installed, _CHECKOUT / name):
        if folder.is_dir():
            return folder
    raise StoreError(
        str(installed), f"the folder {name!r} of this installation is missing", "Install the package gongkai again"
    )
