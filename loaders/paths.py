"""Where files lie: their real places, and files found by the name that is shown of them. No name is too odd to ask.

The methods of ``pathlib`` raise for names that no file can have (too long, with a NUL, links in a circle); what is
asked here has an answer for every name.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable
from pathlib import Path

from loaders.characters import show_name


def resolve(path: str | Path) -> Path:
    """The absolute path with its links followed; one that no file can have as it stands."""
    try:
        return Path(path).resolve()
    except (OSError, RuntimeError, ValueError):
        return Path(path).absolute()


class Places:
    """Real places of many paths: each path, and each folder that files lie in, is looked at once."""

    def __init__(self) -> None:
        self._known: dict[str, Path] = {}
        self._folders: dict[str, Path] = {}

    def find(self, path: str | Path) -> Path:
        """What :func:`resolve` gives."""
        name = os.fspath(path)
        if name not in self._known:
            self._known[name] = self._resolve(name)
        return self._known[name]

    def _resolve(self, name: str) -> Path:
        folder, _, last = name.rpartition(os.sep)
        # A link, and what cannot be looked at, is followed in full.
        try:
            plain = last not in ("", ".", "..") and not stat.S_ISLNK(os.lstat(name).st_mode)
        except (OSError, ValueError):
            plain = False
        if not plain:
            return resolve(name)
        if folder not in self._folders:
            self._folders[folder] = resolve(folder or (os.sep if name.startswith(os.sep) else "."))
        return self._folders[folder] / last


def exists(path: str | Path) -> bool:
    """Whether something is there that can be looked at."""
    return _ask(Path(path).exists)


def is_file(path: str | Path) -> bool:
    """Whether a regular file is there, or a link to one."""
    return _ask(Path(path).is_file)


def is_folder(path: str | Path) -> bool:
    """Whether a folder is there, or a link to one."""
    return _ask(Path(path).is_dir)


def _ask(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except (OSError, ValueError):
        return False


def has_gone(path: Path) -> bool:
    """Whether there is certainly nothing at ``path``: a place that cannot be looked at may still have its file."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return True
    except OSError:
        return False
    return False


def walk(folder: Path, enter: Callable[[Path], bool], tell: Callable[[OSError], None]) -> list[Path]:
    """The regular files in a folder and the folders in it, sorted; of links, those that lead to one.

    ``enter`` decides of each folder in it whether to look into it. ``tell`` is given what the system refuses: a folder
    that may not be read, a path too long to be opened.
    """
    found: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=tell):
        folders[:] = [name for name in folders if enter(Path(place, name))]
        for path in (Path(place, name) for name in names):
            try:
                mode = path.stat().st_mode
            except FileNotFoundError:
                continue  # it has just gone, or is a link to nothing
            except OSError as error:
                if not _ask(path.is_symlink):
                    tell(error)
                continue
            if stat.S_ISREG(mode):
                found.append(path)
    return sorted(found)


def find_shown(folder: Path, name: str) -> list[Path]:
    """The files below ``folder`` that ``name`` means, with slashes between its parts.

    The file of exactly this name, if there is one; else those whose name is shown so
    (:func:`loaders.characters.show_name`) or is the same characters in another of Unicode's normal forms.
    """
    if is_file(folder / name):
        return [folder / name]
    places = [folder]
    for part in Path(name).parts:
        wanted = _fold(part)
        places = [inside for place in places for inside in _list_folder(place) if _fold(inside.name) == wanted]
    return [place for place in places if is_file(place)]


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", show_name(name))


def _list_folder(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (OSError, ValueError):
        return []
