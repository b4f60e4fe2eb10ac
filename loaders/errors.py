"""Every error that Gongkai raises on purpose. Each names the place, the problem and the remedy.

::

    GongkaiError
    ├── DocumentError            a file cannot be read as a document
    │   ├── MissingFile
    │   ├── EmptyFile
    │   ├── BinaryFile
    │   ├── UndecodableFile
    │   ├── TruncatedFile
    │   ├── OversizedFile
    │   ├── UnknownFormat
    │   ├── DamagedFile
    │   ├── EncryptedFile
    │   ├── ScannedFile
    │   └── UnknownKind
    ├── CatalogueError           documents/catalogue.toml is wrong, or two documents claim one id
    ├── StoreError               the store cannot be built, opened or written
    │   └── BusyStore            another process builds it
    ├── MissingExtra             a package of an extra that was not installed is needed
    ├── QueryError               a canned query is unknown, or a parameter value is not of its type
    └── SettingsError            a GONGKAI_ setting has an impossible value
"""

from __future__ import annotations

from loaders.characters import show_name


class GongkaiError(Exception):
    """An error with a place, a problem and a remedy; ``str()`` gives all three on one line.

    Each may hold the name of a file as the system has it; it is shown (:func:`loaders.characters.show_name`).
    """

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        self.place = show_name(place)
        self.problem = show_name(problem.rstrip("."))
        self.remedy = show_name(remedy.rstrip("."))
        super().__init__(f"{self.place}: {self.problem}. {self.remedy}")


class DocumentError(GongkaiError):
    """A file cannot be read as a document."""


class MissingFile(DocumentError):
    """The file does not exist."""


class EmptyFile(DocumentError):
    """The file holds no characters but white space."""


class BinaryFile(DocumentError):
    """The file is not text and of no format that a reader knows."""


class UndecodableFile(DocumentError):
    """The file's bytes are in no character encoding that Gongkai accepts."""


class TruncatedFile(DocumentError):
    """The file ends in the middle of a character."""


class OversizedFile(DocumentError):
    """The file is larger than the documented limit."""


class UnknownFormat(DocumentError):
    """No reader takes files of this kind."""


class DamagedFile(DocumentError):
    """The file is of a known format, but broken or made to do harm."""


class EncryptedFile(DocumentError):
    """The file is locked with a password."""


class ScannedFile(DocumentError):
    """The file holds pictures of pages, or fonts that name no characters: no text can be taken from it."""


class UnknownKind(DocumentError):
    """The text is no budget, final account or performance evaluation."""


class CatalogueError(GongkaiError):
    """The catalogue is wrong, or two documents claim one id."""


class StoreError(GongkaiError):
    """The store cannot be built, opened or written."""


class BusyStore(StoreError):
    """Another process builds the store just now."""


class QueryError(GongkaiError):
    """A canned query is unknown, or a parameter value is not of its type."""


class MissingExtra(GongkaiError):
    """A package is needed that only an extra brings; the remedy names it."""


class SettingsError(GongkaiError):
    """A setting has an impossible value."""
