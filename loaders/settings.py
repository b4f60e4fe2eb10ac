"""Settings of the loaders: each is a field with a description, set by ``GONGKAI_<NAME>`` in the environment.

An impossible value raises :class:`loaders.errors.SettingsError`, which names the variable and what it takes.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from loaders.errors import SettingsError

DEFAULT_BASE = "https://w3id.org/gongkai/"

_BASE = re.compile(r"https?://[A-Za-z0-9.\-]+(:\d+)?(/[A-Za-z0-9._~\-]+)*/")


class Settings(BaseSettings):
    """What the loaders need to know about this machine. Values come from the arguments, then the environment.

    Raises :class:`loaders.errors.SettingsError` if a value is impossible.
    """

    model_config = SettingsConfigDict(env_prefix="GONGKAI_", extra="ignore", frozen=True, env_ignore_empty=True)

    base: str = Field(
        default=DEFAULT_BASE,
        description="Base of every IRI in the graph: http or https, ASCII, ending with a slash.",
    )
    store: Path = Field(
        default=Path(".gongkai/store"),
        description="Folder of the store: its snapshots, and the cache of converted documents.",
    )
    jobs: int = Field(
        default=0,
        ge=0,
        le=256,
        description="How many documents are converted at once, and what else a build does at once; 0 means one for "
        "each core; 1 converts within the command's own process, where walls and limits on a single document do not "
        "hold.",
    )
    convert_seconds: float = Field(
        default=600.0,
        ge=0,
        description="How long the conversion of one document may take before it is given up, in seconds; 0 for no "
        "limit.",
    )
    convert_memory_bytes: int = Field(
        default=4_000_000_000,
        ge=0,
        description="The memory (address space) that a process which converts may use, in bytes; 0 for no limit.",
    )
    convert_tasks: int = Field(
        default=50,
        ge=0,
        description="After how many documents a process which converts is replaced by a new one; 0 for never.",
    )
    cluster_wait_seconds: float = Field(
        default=120.0,
        gt=0,
        description="How long a build on a cluster waits for a worker where there is none, in seconds.",
    )
    max_file_bytes: int = Field(
        default=50_000_000,
        ge=1,
        description="The largest file that is read as a document, in bytes.",
    )
    max_pages: int = Field(
        default=1000,
        ge=1,
        description="The most pages that a PDF may have to be read.",
    )
    max_unpacked_bytes: int = Field(
        default=400_000_000,
        ge=1,
        description="The most bytes that the parts of a DOCX or XLSX file may have once unpacked.",
    )
    max_read_seconds: float = Field(
        default=900.0,
        gt=0,
        description="How long one file may take to be read before it is given up.",
    )
    ocr: Literal["auto", "off"] = Field(
        default="auto",
        description="auto: pages of a PDF that are pictures are recognised where Tesseract and its language are "
        "installed; off: they are declared only.",
    )
    ocr_language: str = Field(
        default="chi_sim",
        pattern=r"^[A-Za-z_]+(\+[A-Za-z_]+)*$",
        description="The language data that Tesseract uses, as chi_sim or chi_sim+eng.",
    )
    ocr_seconds: int = Field(
        default=60,
        ge=1,
        description="How many seconds the recognition of one page may take.",
    )
    ocr_pages: int = Field(
        default=200,
        ge=0,
        description="How many pages of one PDF are recognised at most; those beyond are declared.",
    )
    keep_snapshots: int = Field(
        default=2,
        ge=1,
        le=100,
        description="How many snapshots of the store are kept, the published one included.",
    )
    keep_changes: int = Field(
        default=200,
        ge=1,
        le=10_000,
        description="Of how many publications the store remembers what they changed: the feed of /changes.",
    )
    forms: Path | None = Field(
        default=None,
        description="A file of further forms of tables, as docs/forms.md describes it.",
    )
    build_time: AwareDatetime | None = Field(
        default=None,
        description="The time that a build states, with its zone, as 2026-01-31T12:00:00Z, for a reproducible "
        "graph; without it SOURCE_DATE_EPOCH (seconds since 1970), else the present time.",
    )

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise _explain(type(self), error) from None

    @field_validator("base")
    @classmethod
    def _check_base(cls, value: str) -> str:
        if not _BASE.fullmatch(value):
            raise ValueError("an IRI like https://example.org/gongkai/ is needed, with a slash at its end")
        return value

    def find_time(self) -> datetime:
        """The time that a build states: ``build_time``, else SOURCE_DATE_EPOCH, else now, in UTC, whole seconds.

        Raises :class:`loaders.errors.SettingsError` if SOURCE_DATE_EPOCH is no number of seconds.
        """
        if self.build_time is not None:
            return self.build_time.astimezone(UTC).replace(microsecond=0)
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
        if not epoch:
            return datetime.now(UTC).replace(microsecond=0)
        try:
            return datetime.fromtimestamp(int(epoch), UTC)
        except (ValueError, OverflowError, OSError):
            raise SettingsError(
                "SOURCE_DATE_EPOCH",
                f"{epoch!r} is no time",
                "Set it to whole seconds since 1970-01-01, or unset it",
            ) from None


def _explain(model: type[BaseSettings], error: ValidationError) -> SettingsError:
    """The first of pydantic's complaints as an error of ours that names the environment variable."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    field = model.model_fields.get(name)
    prefix = model.model_config.get("env_prefix", "")
    message = first["msg"].removeprefix("Value error, ")
    remedy = f"It takes: {field.description.rstrip('.')}" if field and field.description else "See docs/settings.md"
    return SettingsError(
        f"{prefix}{name}".upper() if name else "settings", f"{first['input']!r} is impossible: {message}", remedy
    )
