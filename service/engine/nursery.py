"""The process that holds a snapshot and forks those that evaluate queries: :mod:`service.engine.workers` starts it.

In mode ``memory`` it loads the whole snapshot first, and what it forks shares that; in mode
``disk`` each process opens the database read-only. It takes lines of JSON over an inherited socket:

- ``{"do": "fork", "number": n}`` with the handle of the new process's channel,
- ``{"do": "kill", "number": n}``, ``{"do": "lower", "number": n}`` (the last in favour of quicker queries),

and tells ``{"ready": …}``, and ``{"ended": n, "code": c}`` for each process that is no more. It is the only parent of
them all, so that a number of a process never means a stranger's. When its own parent goes it goes, and all with it.
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from loaders.isolation import cut_off, die_with_parent, limit_memory, limit_use
from loaders.walls import Wall, list_installation, put_up
from service.engine.channel import read_job, send_answer, tell
from service.engine.evaluation import evaluate

_LOWERED = 10
#: As much as a main thread has where nothing else is set; the engine recurses through what is nested.
_STACK_BYTES = 8 << 20
_FIRST = {
    "query": "SELECT ?s ?p ?o WHERE { ?s a ?c ; ?p ?o } LIMIT 5", "format": "json", "base": "http://localhost/",
    "limit": 1_000_000, "union": True, "default": [], "named": [], "prefixes": {},
}  # fmt: skip


def load_into_memory(database: str) -> ox.Store:
    """The database's contents as a store in memory. Raises OSError or ValueError if it cannot be read.

    Another process opens the database and writes it into a pipe: the threads that an open database has must not be in
    a process that forks.
    """
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        pipe = Path(folder) / "quads.nq"
        os.mkfifo(pipe)
        writer = os.fork()
        if writer == 0:
            code = 1
            try:
                die_with_parent(os.getppid())
                with pipe.open("wb", buffering=1 << 20) as output:  # before all else, for the reader waits for it
                    ox.Store.read_only(database).dump(output, format=ox.RdfFormat.N_QUADS)
                code = 0
            finally:
                os._exit(code)
        store = ox.Store()
        store.bulk_load(path=str(pipe), format=ox.RdfFormat.N_QUADS)
        _, status = os.waitpid(writer, 0)
        if status:
            raise OSError(f"{database} cannot be read")
    return store


def serve_jobs(channel: socket.socket, database: str, store: ox.Store | None, walls: str) -> int:
    """Evaluates the jobs that come in over a channel until it is closed; gives an exit code.

    ``walls`` is what stands around this process, which it tells.
    """
    if store is None:
        try:
            store = ox.Store.read_only(database)
        except (OSError, ValueError) as error:
            send_answer(channel, {"error": "store", "message": str(error)}, [])
            return 1
    evaluate(store, _FIRST)  # a first query touches what all touch, and takes ten times as long
    send_answer(channel, {"ready": os.getpid(), "walls": walls, "processor": time.process_time()}, [])
    while (job := read_job(channel)) is not None:
        head, parts = evaluate(store, job)
        send_answer(channel, head | {"processor": time.process_time()}, parts)
    return 0


def serve_apart(channel: socket.socket, database: str, store: ox.Store | None, walls: str) -> int:
    """:func:`serve_jobs` in a thread of its own, for the sake of its memory; gives an exit code.

    A new thread takes memory from a new place. The main one would take it from the gaps that loading left all over the
    shared graph, and each first write to a shared page copies it: some 130 copies for a small query, most of its time.
    """
    codes: list[int] = []

    def serve() -> None:
        try:
            codes.append(serve_jobs(channel, database, store, walls))
        except (BrokenPipeError, ConnectionResetError):
            codes.append(0)  # the web process has hung up

    threading.stack_size(_STACK_BYTES)
    thread = threading.Thread(target=serve)
    thread.start()
    thread.join()
    return codes[0] if codes else 1


def lower_priority(pid: int) -> None:
    """Lets others go first on the processors; on Linux each thread has a priority of its own."""
    try:
        threads = [int(path.name) for path in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        threads = [pid]
    for thread in threads:
        with contextlib.suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, thread, _LOWERED)


class Nursery:
    """Forks, lowers, kills and reaps, as it is told over ``control``."""

    def __init__(self, control: socket.socket, database: str, store: ox.Store | None, memory: int) -> None:
        self.control = control
        self.database = database
        self.store = store
        self.memory = memory
        #: What holds its graph in memory needs no file of the store any more.
        self.wall = Wall((*list_installation(), database) if store is None else list_installation())
        self.processes: dict[int, int] = {}
        self._handles: deque[int] = deque()
        self._text = b""

    def run(self) -> None:
        """Serves until the other side closes ``control``; then ends all that it has forked."""
        wake, waker = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(waker, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        selector = selectors.DefaultSelector()
        selector.register(self.control, selectors.EVENT_READ)
        selector.register(wake, selectors.EVENT_READ)
        try:
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self.control:
                        if not self._take_orders():
                            return
                    else:
                        os.read(wake, 4096)
                        self._reap()
        finally:
            for pid in self.processes.values():
                os.kill(pid, signal.SIGKILL)

    def _take_orders(self) -> bool:
        data, ancillary, _, _ = self.control.recvmsg(65536, socket.CMSG_SPACE(64 * array.array("i").itemsize))
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                handles = array.array("i")
                handles.frombytes(content[: len(content) - len(content) % handles.itemsize])
                self._handles.extend(handles)
        if not data:
            return False
        *lines, self._text = (self._text + data).split(b"\n")
        for line in lines:
            self._obey(json.loads(line))
        return True

    def _obey(self, order: dict[str, Any]) -> None:
        number = order["number"]
        if order["do"] == "fork":
            self._fork(number, self._handles.popleft())
        elif number in self.processes:  # else it has ended by itself, and we have told so
            pid = self.processes[number]
            if order["do"] == "kill":
                os.kill(pid, signal.SIGKILL)
            else:
                lower_priority(pid)

    def _fork(self, number: int, handle: int) -> None:
        ours = os.getpid()
        pid = os.fork()
        if pid:
            os.close(handle)
            self.processes[number] = pid
            return
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.control.close()
            die_with_parent(ours)
            limit_memory(self.memory)
            limit_use(0, 0)
            walls = put_up(self.wall)
            code = serve_apart(socket.socket(fileno=handle), self.database, self.store, walls)
        finally:
            os._exit(code)

    def _reap(self) -> None:
        for number, pid in list(self.processes.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                del self.processes[number]
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    tell(self.control, {"ended": number, "code": os.waitstatus_to_exitcode(status)})


def main(arguments: list[str]) -> int:
    """Runs a nursery: ``HANDLE PARENT MODE MEMORY DATABASE``; gives an exit code."""
    handle, parent, mode, memory, database = arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us too; our parent decides
    die_with_parent(int(parent))
    control = socket.socket(fileno=int(handle))
    isolation = cut_off()
    store = None
    try:
        if mode == "memory":
            store = load_into_memory(database)
    except (OSError, ValueError, SyntaxError) as error:
        tell(control, {"error": str(error)[:500]})
        return 1
    gc.collect()
    gc.freeze()  # what is here now is never looked at again: pages stay shared
    tell(control, {"ready": os.getpid(), "isolation": isolation})
    Nursery(control, database, store, int(memory)).run()
    return 0
