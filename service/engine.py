"""The process that evaluates queries: started by :mod:`service.workers`, killed by it without warning.

It is run as a script, imports nothing of ours, and can neither open a socket nor start a program. A job comes in over
an inherited socket as a length and JSON; an answer goes out as two lengths, JSON and the body. The body is complete or
there is none.
"""

from __future__ import annotations

import csv
import ctypes
import io
import json
import os
import platform
import re
import resource
import signal
import socket
import struct
import sys
from typing import Any

import pyoxigraph as ox

JOB = struct.Struct(">I")
ANSWER = struct.Struct(">IQ")

RESULT_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}

# How many characters of CSV are gathered before they count against the limit of an answer.
_BATCH = 1 << 16

# Numbers of the calls that reach out: socket, connect, socketpair, execve, execveat, ptrace, io_uring_setup.
_SECCOMP = {
    "x86_64": (0xC000003E, 317, (41, 42, 53, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, 277, (198, 203, 199, 221, 281, 117, 425)),
}
_PLACE = re.compile(r"error at (\d+):(\d+): ?", re.ASCII)


class TooLarge(Exception):
    """The answer outgrew its limit."""


class Collector:
    """A file in memory that refuses to grow beyond a limit."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self.size += len(part)
        if self.size > self.limit:
            raise TooLarge
        self.parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing to do: the parts are in memory."""


def cut_off() -> str:
    """Takes the network and the starting of programs from this process for good; says how: seccomp, namespace, none."""
    libc = ctypes.CDLL(None, use_errno=True)
    if platform.system() != "Linux":
        return "none"
    if _install_filter(libc):
        return "seccomp"
    clone_newnet = 0x40000000
    return "namespace" if libc.unshare(clone_newnet) == 0 else "none"


def _install_filter(libc: Any) -> bool:
    known = _SECCOMP.get(platform.machine())
    if known is None:
        return False
    arch, seccomp_number, denied = known

    def step(code: int, jump_true: int, jump_false: int, value: int) -> bytes:
        return struct.pack("=HBBI", code, jump_true, jump_false, value)

    load, jump_equal, jump_above, give = 0x20, 0x15, 0x35, 0x06
    allow, deny, kill = 0x7FFF0000, 0x00050000 | 13, 0x80000000
    steps = [step(load, 0, 0, 4), step(jump_equal, 1, 0, arch), step(give, 0, 0, kill), step(load, 0, 0, 0)]
    # Calls of the x32 interface carry this bit and would pass the comparisons below.
    steps += [step(jump_above, 0, 1, 0x40000000), step(give, 0, 0, kill)]
    for number in denied:
        steps += [step(jump_equal, 0, 1, number), step(give, 0, 0, deny)]
    steps.append(step(give, 0, 0, allow))
    code = ctypes.create_string_buffer(b"".join(steps))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_void_p)]

    program = Program(len(steps), ctypes.addressof(code))
    no_new_privileges, filter_mode, all_threads = 38, 1, 1
    if libc.prctl(no_new_privileges, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.syscall(seccomp_number, filter_mode, all_threads, ctypes.byref(program)) == 0)


def limit_process(memory: int) -> None:
    """No core dump, bounded memory, and no life beyond the parent's."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if platform.system() == "Linux":
        parent_death = 1
        ctypes.CDLL(None).prctl(parent_death, signal.SIGKILL, 0, 0, 0)


def evaluate(store: ox.Store, job: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Runs one job; gives the head of the answer and the parts of its body."""
    out = Collector(job["limit"])
    try:
        options: dict[str, Any] = {"base_iri": job["base"]}
        if job["default"] or job["named"]:
            options["default_graph"] = [ox.NamedNode(g) for g in job["default"]]
            options["named_graphs"] = [ox.NamedNode(g) for g in job["named"]]
        elif job["union"]:
            options["use_default_graph_as_union"] = True
        results = store.query(job["query"], **options)
        if isinstance(results, ox.QueryTriples):
            form = GRAPH_FORMATS.get(job["format"], ox.RdfFormat.TURTLE)
            readable = form in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG)
            ox.serialize(results, out, form, prefixes=job["prefixes"] if readable else None)  # type: ignore[arg-type]
        elif job["format"] == "csv" and isinstance(results, ox.QuerySolutions):
            write_csv(results, out)
        else:
            results.serialize(out, RESULT_FORMATS.get(job["format"], ox.QueryResultsFormat.JSON))  # type: ignore[arg-type]
    except TooLarge:
        return {"error": "too large", "message": f"the answer is larger than {job['limit']:,} bytes"}, []
    except MemoryError:
        return {"error": "memory", "message": "the query needs more memory than it may use"}, []
    except SyntaxError as error:
        return _explain_syntax(str(error)), []
    except (RuntimeError, ValueError, OSError) as error:
        return {"error": "evaluation", "message": str(error)[:500]}, []
    return {"size": out.size}, out.parts


def write_csv(results: ox.QuerySolutions, out: Collector) -> None:
    """SPARQL 1.1 results as CSV. Oxigraph's own puts no quotes about an IRI with a comma, such as ``…#char=1,2``."""
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\r\n")
    writer.writerow([variable.value for variable in results.variables])
    for solution in results:
        writer.writerow([_spell(term) for term in solution])
        if rows.tell() > _BATCH:
            out.write(rows.getvalue().encode("utf-8"))
            rows.seek(0)
            rows.truncate()
    out.write(rows.getvalue().encode("utf-8"))


def _spell(term: object) -> str:
    if isinstance(term, ox.NamedNode | ox.Literal):
        return term.value
    return "" if term is None else str(term)


def _explain_syntax(message: str) -> dict[str, Any]:
    found = _PLACE.search(message)
    if found is None:
        return {"error": "syntax", "message": message[:500]}
    expected = message[found.end() :].split("['")[0].strip().rstrip(",").strip()
    return {"error": "syntax", "message": expected[:300], "line": int(found[1]), "column": int(found[2])}


def read_exactly(channel: socket.socket, size: int) -> bytes:
    """The next bytes of the channel; none if the other side has closed it."""
    parts: list[bytes] = []
    while size:
        part = channel.recv(min(size, 1 << 20))
        if not part:
            return b""
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def send_answer(channel: socket.socket, head: dict[str, Any], parts: list[bytes]) -> None:
    """Writes one answer."""
    text = json.dumps(head).encode("utf-8")
    channel.sendall(ANSWER.pack(len(text), sum(len(p) for p in parts)) + text)
    for part in parts:
        channel.sendall(part)


def main(arguments: list[str]) -> int:
    """``engine.py HANDLE DATABASE MEMORY NETWORK``: serves jobs from the socket HANDLE until it is closed."""
    handle, database, memory, network = int(arguments[0]), arguments[1], int(arguments[2]), arguments[3] == "network"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = socket.socket(fileno=handle)
    limit_process(memory)
    isolation = "network allowed" if network else cut_off()
    try:
        store = ox.Store.read_only(database)
    except (OSError, ValueError) as error:
        send_answer(channel, {"error": "store", "message": str(error)}, [])
        return 1
    send_answer(channel, {"ready": os.getpid(), "isolation": isolation}, [])
    while head := read_exactly(channel, JOB.size):
        text = read_exactly(channel, JOB.unpack(head)[0])
        if not text:
            break
        send_answer(channel, *evaluate(store, json.loads(text)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
