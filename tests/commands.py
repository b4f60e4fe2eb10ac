"""Processes of ``gongkai`` that begin at once: forked from one that has imported everything (:mod:`tests.forking`).

To start Python and import the loaders and the service takes two to four seconds of a processor, and the tests start
hundreds of commands and servers. What is forked is a process like any other: it has its own folder, environment,
standard files, signals and exit code. What it does not prove is how Python starts; tests of that (terminals of other
encodings, what is installed) start it themselves, as do all where the system is not Linux.
"""

from __future__ import annotations

import array
import atexit
import inspect
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.foundations import PLACE, Foundations
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
CLI = "service.command.cli"


class Forker:
    """The process that commands are forked from; it ends with this one."""

    def __init__(self) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._channel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self._lock = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forking"], cwd=ROOT, env=environment(), stdin=theirs,
                stdout=subprocess.DEVNULL,
            )  # fmt: skip
        atexit.register(self.close)

    def close(self) -> None:
        """Ends it, and what was forked and still runs."""
        self._channel.close()
        self._process.wait()

    def fork(self, order: Mapping[str, Any], files: Sequence[int]) -> int:
        """Gives the number of the process that an order began."""
        with self._lock:
            self._channel.sendmsg(
                [json.dumps(order).encode("ascii")],
                [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files).tobytes())],
            )
            if not (answer := self._channel.recv(100)):
                raise ChildProcessError("the process that commands are forked from has ended; it says above why")
            return int(answer)


_forker: Forker | None = None
_making = threading.Lock()


def _find_forker() -> Forker:
    global _forker
    with _making:
        _forker = _forker or Forker()
        return _forker


class Forked(subprocess.Popen[Any]):
    """A process that was forked elsewhere, with all that :class:`subprocess.Popen` offers."""

    _SIGNATURE = inspect.signature(subprocess.Popen._execute_child)

    def __init__(self, order: Mapping[str, Any], **options: Any) -> None:
        self._order, self._told = order, -1
        super().__init__([str(order.get("module") or order["file"]), *order["arguments"]], **options)

    def _execute_child(self, *given: Any, **named: Any) -> None:
        """In place of starting a program. What Popen was asked is in its arguments, whose order differs by version."""
        asked = self._SIGNATURE.bind(self, *given, **named).arguments
        names = ("p2cread", "c2pwrite", "errwrite")
        ends = [asked[name] if asked[name] != -1 else number for number, name in enumerate(names)]
        self._told, tells = os.pipe()
        try:
            order = {"cwd": os.fsdecode(asked["cwd"] or Path.cwd()), "environment": dict(asked["env"] or os.environ)}
            order["session"], order["copies"] = asked["start_new_session"], ""
            if Foundations.copying:
                order["copies"] = order["environment"].get(PLACE, "")
            self.pid = _find_forker().fork({**self._order, **order}, [*ends, tells])
            self._child_created = True
        finally:
            os.close(tells)
            self._close_pipe_fds(
                *(asked[n] for n in ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite"))
            )

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        if wait_flags & os.WNOHANG and not select.select([self._told], [], [], 0)[0]:
            return 0, 0
        said = os.read(self._told, 20)
        os.close(self._told)
        # Nothing, if the forking process was killed and all that it had forked with it.
        return self.pid, int(said or signal.SIGKILL)

    def _internal_poll(self, *_: Any, **__: Any) -> int | None:
        if self.returncode is None and self._waitpid_lock.acquire(blocking=False):
            try:
                if self.returncode is None and (found := self._try_wait(os.WNOHANG))[0]:
                    self._handle_exitstatus(found[1])
            finally:
                self._waitpid_lock.release()
        return self.returncode


def environment(**more: str) -> dict[str, str]:
    """The environment of a process: ours without GONGKAI_ settings, plus those given."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GONGKAI_")}
    return clean | {"PYTHONPATH": str(ROOT), **more}


def start(*arguments: str | bytes, module: str = CLI, file: Path | None = None, limit: int = 0, **options: Any) -> Any:
    """Starts ``gongkai ARGUMENTS``, another module or the file of a script, with the options of Popen.

    ``limit`` is the most bytes that a file which it writes may have; 0 for no limit.
    """
    order = {"arguments": [os.fsdecode(a) for a in arguments], "file_limit": limit}
    order |= {"file": str(file)} if file else {"module": module}
    if sys.platform == "linux":
        return Forked(order, **options)
    before = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None
    command = [sys.executable, *([file] if file else ["-m", module]), *arguments]
    return subprocess.Popen(command, preexec_fn=before, **options)


def run(*arguments: str | bytes, timeout: float = PATIENCE, **options: Any) -> subprocess.CompletedProcess[Any]:
    """Runs ``gongkai ARGUMENTS`` to its end and takes what it says, with the options of :func:`subprocess.run`."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    with start(*arguments, **options) as process:
        try:
            output, errors = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


#: Stands for the installed ``gongkai``: sends what it was started with, and ends as that ends.
_STAND_IN = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as channel:
    channel.connect({place!r})
    order = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode("ascii")
    socket.send_fds(channel, [len(order).to_bytes(4, "big")], [0, 1, 2])
    channel.sendall(order)
    sys.exit(int(channel.recv(4) or b"70"))
"""


@contextmanager
def standing_in(folder: Path) -> Iterator[Path]:
    """A folder for PATH in which ``gongkai`` is forked as the rest: for shells, which start it by its name."""
    place = folder / "gongkai.socket"
    script = folder / "bin" / "gongkai"
    script.parent.mkdir()
    script.write_text(_STAND_IN.format(python=sys.executable, place=str(place)), encoding="utf-8")
    script.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen()

        def listen() -> None:
            while True:
                try:
                    channel, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=_answer, args=(channel,), daemon=True).start()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield script.parent
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _answer(channel: socket.socket) -> None:
    """Runs what a stand-in was started with, and tells it the exit code."""
    with channel:
        size, files, _, _ = socket.recv_fds(channel, 4, 3)
        with channel.makefile("rb") as said:
            arguments, folder, names = json.loads(said.read(int.from_bytes(size, "big")))
        try:
            ends = dict(zip(("stdin", "stdout", "stderr"), files, strict=True))
            process = start(*arguments, cwd=folder, env=names, **ends)
        finally:
            for file in files:
                os.close(file)
        channel.sendall(str(process.wait() % 256).encode("ascii"))
