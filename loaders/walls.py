"""Walls around a process that works on what strangers send: it sees no file but its own, writes nowhere, calls nobody.

They are Landlock's, which is in Linux since 5.13; its calls are made here by their numbers, since no library for it is
kept up. What a wall forbids stays forbidden, also to what the process forks or starts later; further walls only take
away more. It holds for the thread that puts it up and those that it starts, so it is put up before any other.
What is open already stays open. A kernel without Landlock leaves what :mod:`loaders.isolation` takes.
"""

from __future__ import annotations

import ctypes
import os
import platform
import site
import stat
import struct
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

Standing = Literal["landlock", "none"]

# Numbers of the calls, the same on all kinds of machines.
_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_TELL_VERSION, _BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
#: What Landlock of each version can forbid of files: all of the first, then moving, cutting and orders to devices.
_FILES = ((1, 0x1FFF), (2, 1 << 13), (3, 1 << 14), (5, 1 << 15))
#: What is meant of a single file alone.
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15
#: From which version on it forbids to bind and connect TCP; and to reach sockets without a path, to send signals.
_NETWORK, _SCOPES = (4, 0x3), (6, 0x3)

#: Libraries, their data (fonts, languages, time zones) and what they look up of the machine; nothing of any user.
_SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/share", "/usr/local/lib", "/usr/local/share",
    "/nix/store", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/dev/null", "/dev/zero", "/dev/urandom",
    "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/sys/vm/overcommit_memory", "/sys/devices/system/cpu",
)  # fmt: skip
#: What starts programs and finds their libraries.
_LOADERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
_PACKAGES = ("site-packages", "dist-packages")


@dataclass(frozen=True, slots=True)
class Wall:
    """What stays open to a process: files and folders (with all below) that it may read, and programs it may start.

    What does not exist is left out. Nothing may be written but to ``/dev/null``.
    """

    read: tuple[str | Path, ...] = ()
    start: tuple[str | Path, ...] = ()


@lru_cache(maxsize=1)
def find_version() -> int:
    """The version of Landlock in this kernel; 0 without it, or where it is switched off."""
    if platform.system() != "Linux":
        return 0
    return max(0, int(ctypes.CDLL(None, use_errno=True).syscall(_CREATE, None, 0, _TELL_VERSION)))


@lru_cache(maxsize=1)
def list_installation() -> tuple[str, ...]:
    """Where Python, its packages and the libraries of the system lie, and what is ours among them; no documents.

    In a checkout the folders of the code alone: the store and the documents may lie beside them.
    """
    ours = Path(__file__).resolve().parents[1]
    places = [*_SYSTEM, *(str(ours / name) for name in ("loaders", "service", "ontology", "queries"))]
    places += [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    places += [str(Path(prefix, name)) for prefix in (sys.prefix, sys.base_prefix) for name in ("lib", "share")]
    places += [str(Path(sys.prefix, "pyvenv.cfg")), os.path.realpath(sys.executable), site.getusersitepackages()]
    places += [entry for entry in sys.path if Path(entry).name in _PACKAGES]
    told = (os.environ.get(name, "") for name in ("LD_LIBRARY_PATH", "TESSDATA_PREFIX"))
    places += [entry for entries in told for entry in entries.split(":") if entry.startswith("/")]
    return tuple(dict.fromkeys(places))


def put_up(wall: Wall) -> Standing:
    """Leaves this process what the wall leaves open, for good; says what stands: ``landlock``, or ``none``.

    Programs that may be started may be read as well. No file can be written, no connection made by TCP or to a socket
    without a path, no signal sent to others, as far as the kernel's Landlock goes.

    Raises:
        OSError: the kernel has Landlock and refuses all the same: then nobody may rely on this process.
    """
    version = find_version()
    if not version:
        return "none"
    libc = ctypes.CDLL(None, use_errno=True)
    files = sum(bits for since, bits in _FILES if version >= since)
    network, scopes = (bits if version >= since else 0 for since, bits in (_NETWORK, _SCOPES))
    attributes = struct.pack("=QQQ", files, network, scopes)
    ruleset = _call(libc, "make a wall", _CREATE, attributes, len(attributes), 0)
    try:
        _open(libc, ruleset, wall.read, (_READ_FILE | _READ_FOLDER) & files)
        _open(libc, ruleset, wall.start, (_READ_FILE | _READ_FOLDER | _EXECUTE) & files)
        if wall.start:
            _open(libc, ruleset, _LOADERS, (_READ_FILE | _READ_FOLDER | _EXECUTE) & files)
        _open(libc, ruleset, ("/dev/null",), (_READ_FILE | _WRITE_FILE) & files)
        no_new_privileges = 38
        if libc.prctl(no_new_privileges, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "the kernel does not let privileges go")
        _call(libc, "put up a wall", _RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    return "landlock"


def _open(libc: Any, ruleset: int, places: Iterable[str | Path], access: int) -> None:
    """Adds what is allowed at places and below them to a ruleset; to a single file, what is meant of one."""
    for place in places:
        try:
            handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue  # it is not there, or not for us
        try:
            allowed = access if stat.S_ISDIR(os.fstat(handle).st_mode) else access & _OF_FILES
            _call(libc, f"open {place}", _ADD_RULE, ruleset, _BENEATH, struct.pack("=Qi", allowed, handle), 0)
        finally:
            os.close(handle)


def _call(libc: Any, what: str, number: int, *arguments: Any) -> int:
    done = int(libc.syscall(number, *arguments))
    if done < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"Landlock does not {what}: {os.strerror(error)}")
    return done
