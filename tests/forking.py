"""What :mod:`tests.commands` forks from: it imports the command's modules once, then forks a process for each order.

An order is a line of JSON beside four files (standard input, output, errors, and where its end is told). The
process that is forked goes on as ``python -m MODULE`` or ``python FILE`` would have begun: with its own folder,
environment, arguments and files, and with the same end. It must be forked from one thread, which is counted here.

Each has a spare beside it, forked before it has any thread, which becomes its fork server once documents are to be
converted: to start that anew takes four seconds of a processor, in each of a hundred builds. Builds within a test's own
process start theirs as everywhere, and prove that it can be.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import gc
import json
import os
import resource
import runpy
import selectors
import signal
import socket
import sys
import threading
import traceback
import warnings
from collections.abc import Sequence
from multiprocessing import util
from pathlib import Path
from typing import Any, TextIO, cast

_LONGEST = 1 << 20
#: The least number of the file by which a process knows its spare: out of the way of those that it opens itself.
SPARE = 99
#: Commands that need no spare. (Of a server the tests count the processes.)
_CONVERT_NOTHING = frozenset({"--help", "diff", "doctor", "list", "load", "publish", "query", "selftest", "serve"})


def prepare() -> None:
    """Imports and reads what commands and servers import and read: modules and lists of the product."""
    import importlib

    importlib.import_module("loaders.build.preload")
    from service.queries.catalogue import QueryCatalogue
    from service.settings import ServiceSettings

    for module in (
        "loaders.build.building", "loaders.build.shards", "loaders.build.watching", "loaders.readers.text", "opencc",
        "ortools.sat.python.cp_model", "pypinyin", "rdflib.plugins.sparql", "rich.progress", "service.app",
        "service.checks.file_checks", "service.checks.selftest", "service.command.cli", "service.command.serving",
        "service.http.connections", "service.linked.exports", "typer.main", "typer.rich_utils",
        "uvicorn.lifespan.on", "uvloop",
    ):  # fmt: skip
        importlib.import_module(module)
    QueryCatalogue.load(ServiceSettings().base)
    threads = list(Path("/proc/self/task").iterdir())
    assert len(threads) == 1, f"{len(threads)} threads: what one of them holds would stay locked in a forked process"
    gc.collect()
    gc.freeze()


def take_orders(channel: socket.socket) -> dict[str, Any] | None:
    """Forks a process for each order; gives the order in that process, and None here once nobody orders any more."""
    running: dict[int, tuple[int, int]] = {}
    with selectors.DefaultSelector() as waiting:
        waiting.register(channel, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is not channel:
                    waiting.unregister(key.fd)
                    pid, told = running.pop(key.fd)
                    tell_end(told, os.waitpid(pid, 0)[1])
                    os.close(key.fd)
                    continue
                data, files, _, _ = socket.recv_fds(channel, _LONGEST, 4)
                if not data:
                    for pid, _ in running.values():
                        os.kill(pid, signal.SIGKILL)
                    return None
                order: dict[str, Any] = json.loads(data)
                pid = os.fork()
                if not pid:
                    become(order, files[:3])
                    return order
                channel.send(str(pid).encode("ascii"))
                for file in files[:3]:
                    os.close(file)
                handle = os.pidfd_open(pid)
                running[handle] = pid, files[3]
                waiting.register(handle, selectors.EVENT_READ)


def tell_end(told: int, status: int) -> None:
    """Tells the status of a process that has ended; nobody may be left to hear it."""
    with contextlib.suppress(BrokenPipeError):
        os.write(told, str(status).encode("ascii"))
    os.close(told)


def become(order: dict[str, Any], files: list[int]) -> None:
    """Makes this process the one that was ordered, with no file open but its three."""
    for number, file in enumerate(files):
        os.dup2(file, number)
    for path in list(Path("/proc/self/fd").iterdir()):
        if (number := int(path.name)) > 2:
            with contextlib.suppress(OSError):
                os.close(number)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if order["session"]:
        os.setsid()
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.stdin = sys.__stdin__ = open_standard(0, "r", "strict")
    sys.stdout = sys.__stdout__ = open_standard(1, "w", "strict")
    sys.stderr = sys.__stderr__ = open_standard(2, "w", "backslashreplace")
    if limit := order["file_limit"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    sys.argv[1:] = order["arguments"]


class Spare:
    """A process that waits for code to run, with files at certain numbers, as ``python -c CODE`` would be started."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs:
            self._channel = socket.socket(fileno=fcntl.fcntl(ours, fcntl.F_DUPFD_CLOEXEC, SPARE))
            ours.close()
            self._pid = os.fork()
            if not self._pid:
                self._channel.close()
                wait_for_code(theirs)
        self._start = util.spawnv_passfds

    def start(self, path: object, arguments: Sequence[str | bytes], files: Sequence[int]) -> int:
        """As :func:`multiprocessing.util.spawnv_passfds`; it becomes the first fork server that is asked for."""
        code = os.fsdecode(arguments[-1])
        if "multiprocessing.forkserver" not in code or self._channel.fileno() == -1:
            return int(self._start(path, arguments, files))  # type: ignore[arg-type]
        with self._channel as channel:
            socket.send_fds(channel, [json.dumps({"code": code, "numbers": list(files)}).encode("ascii")], list(files))
        return self._pid


def wait_for_code(channel: socket.socket) -> None:
    """Runs the code that comes, and ends with it; ends at once where the process that it waits for has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    data, files, _, _ = socket.recv_fds(channel, _LONGEST, 8)
    status = 0
    if data:
        order = json.loads(data)
        # None may be written over before it was copied.
        copies = [fcntl.fcntl(file, fcntl.F_DUPFD, 1000) for file in files]
        for file in (*files, channel.detach()):
            os.close(file)
        for copy, number in zip(copies, order["numbers"], strict=True):
            os.dup2(copy, number)
            os.close(copy)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            exec(order["code"], {"__name__": "__main__"})
        except SystemExit as end:
            status = int(end.code or 0)
        except BaseException:
            traceback.print_exc()
            status = 1
    os._exit(status)


def copy_foundations(place: Path) -> None:
    """Builds of this process begin with a copy (:mod:`tests.foundations`)."""
    from loaders.build import filling
    from tests.foundations import Foundations

    filling.lay_foundation = Foundations(place).lay


def open_standard(number: int, mode: str, errors: str) -> TextIO:
    """A standard file as Python opens it where UTF-8 is spoken, or what ``PYTHONIOENCODING`` names."""
    straight = number == 2 or bool(os.environ.get("PYTHONUNBUFFERED"))
    encoding = os.environ.get("PYTHONIOENCODING", "").partition(":")[0] or "utf-8"
    file = open(number, mode, 1 if straight else -1, encoding, errors, "\n", closefd=False)  # noqa: SIM115
    return cast(TextIO, file)


def main() -> None:
    """Takes orders over the socket that is standard input's."""
    with socket.socket(fileno=os.dup(0)) as channel:
        prepare()
        order = take_orders(channel)
        if order is None:
            return
        # Closed already, with all other files of the process that this one was forked from.
        channel.detach()
    if not _CONVERT_NOTHING.intersection(order["arguments"][:1]):
        util.spawnv_passfds = Spare().start
    if order["copies"]:
        copy_foundations(Path(order["copies"]))
    warnings.simplefilter("ignore", RuntimeWarning)
    try:
        if "module" in order:
            sys.argv[0] = order["module"]
            runpy.run_module(order["module"], run_name="__main__", alter_sys=True)
        else:
            sys.argv[0] = order["file"]
            runpy.run_path(order["file"], run_name="__main__")
    except SystemExit as end:
        if not isinstance(end.code, int | None):  # Python prints it
            raise
        end_at_once(end.code or 0)
    end_at_once(0)


def end_at_once(code: int) -> None:
    """Ends as Python does, but without taking apart all that was imported, which takes longer than most commands."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        sys.exit(code)  # Python says what it could not write, and with which code
    os._exit(code & 255)


if __name__ == "__main__":
    main()
