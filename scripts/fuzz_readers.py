"""Mutated files for each reader: a document or one of our errors, within the time, without network or other writing.

    python -m scripts.fuzz_readers --files 10000

Files are made from a few small documents of each format: bytes changed, cut and doubled; numbers, names and tags in
the parts of archives and in the streams of PDFs replaced. They are read in processes of their own, with limits of
memory and time, and an audit hook that reports connections, programs started and files written. Whatever is wrong is
told with the seed that makes the file again; the exit code is then 1.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

from loaders.errors import DocumentError
from loaders.readers import find_reader
from loaders.readers.limits import within
from loaders.settings import Settings

#: Seconds that one mutated file may take, and bytes of memory that reading may use.
SECONDS, MEMORY = 20.0, 3_000_000_000
SETTINGS = Settings(max_file_bytes=20_000_000, ocr="off")
FORMATS = ("pdf", "docx", "xlsx", "xls", "html", "md", "txt")
_BATCH = 250
_NUMBERS = (b"0", b"-1", b"1e99", b"2147483648", b"99999999999999999999", b"65536", b"-0.0001", b"NaN")
_TOKENS = (
    *(b"<<", b">>", b"[", b"]", b"(", b"endobj", b"stream", b"/Kids[3 0 R]", b"1 0 R", b"\\"),
    *(b"<w:tbl>", b"</w:tc>", b"<table>", b"</td>", b"|", b"&#0;", b"colspan=9999999", b"&amp;", b"<!DOCTYPE x>"),
    *(b"\xff\xfe", b"\x00"),
)
#: What the library raises where an archive cannot be taken apart.
_NO_ARCHIVE = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def make_bases(folder: Path) -> dict[str, list[bytes]]:
    """Small documents of each format, as bytes."""
    from reportlab import rl_config

    from tests.loaders import filemaker as make

    rl_config.pageCompression = 0  # so that changed bytes meet the marks of the page, not its compression
    rows = [make.DOCUMENT[0], "支出预算总表", "单位：万元", make.SPENDING[:6]]
    text = make.as_text().encode()
    paths = {
        "pdf": [make.make_pdf(folder / "a.pdf", rows), make.make_unruled_pdf(folder / "b.pdf", rows)],
        "docx": [make.make_docx(folder / "a.docx", rows)],
        "xlsx": [make.make_xlsx(folder / "a.xlsx", rows)],
        "xls": [make.make_xls(folder / "a.xls", rows)],
        "html": [make.make_html(folder / "a.html"), make.make_html(folder / "b.html", code="gb18030")],
    }
    bases = {form: [path.read_bytes() for path in own] for form, own in paths.items()}
    pipes = re.sub(rb"(?m)^(.*\t.*)$", lambda m: b"| " + m[1].replace(b"\t", b" | ") + b" |", text)
    bases["md"] = [b"# " + pipes, b"# " + text + bases["html"][0]]
    bases["txt"] = [text, text.decode().encode("gb18030")]
    return bases


def mutate(data: bytes, chance: random.Random) -> bytes:
    """``data`` with some changes; an archive is taken apart first, and put together again, more often than not."""
    if data.startswith(b"PK") and chance.random() < 0.85:
        with contextlib.suppress(*_NO_ARCHIVE):  # it was changed before
            return _mutate_archive(data, chance)
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        _change(out, chance)
    return bytes(out)


def _mutate_archive(data: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(item.filename, archive.read(item)) for item in archive.infolist()]
    at = chance.randrange(len(parts))
    if chance.random() < 0.5:  # the part that holds the text, rather than another
        at = max(
            range(len(parts)), key=lambda i: len(parts[i][1]) * ("document" in parts[i][0] or "sheet" in parts[i][0])
        )
    name, body = parts[at]
    changed = bytearray(body)
    for _ in range(chance.choice((1, 2, 6))):
        _change(changed, chance)
    parts[at] = (chance.choice((name, name, name, "../../" + name, "/tmp/" + name)), bytes(changed))
    if chance.random() < 0.1:
        del parts[chance.randrange(len(parts))]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts:
            archive.writestr(name, body)
    return made.getvalue()


def _change(out: bytearray, chance: random.Random) -> None:
    if not out:
        return
    at = chance.randrange(len(out))
    size = chance.choice((1, 4, 40, 400))
    kind = chance.randrange(8)
    if kind == 0:
        out[at] ^= 1 << chance.randrange(8)
    elif kind == 1:
        out[at : at + size] = chance.randbytes(min(size, len(out) - at))
    elif kind == 2:
        del out[at : at + size]
    elif kind == 3:
        to = chance.randrange(len(out))
        out[to:to] = out[at : at + size] * chance.choice((1, 3, 200))
    elif kind == 4 and chance.random() < 0.3:
        del out[at:]
    elif kind == 5:
        out[at:at] = chance.choice(_TOKENS)
    else:
        found = re.compile(rb"\d+").search(out, at)
        if found:
            out[found.start() : found.end()] = chance.choice(_NUMBERS)


def run_batch(form: str, first: int, number: int, folder: Path) -> dict[str, Any]:
    """Reads ``number`` mutated files; what became of them. Called in a process of its own, or by a test."""
    counts: Counter[str] = Counter()
    faults: list[str] = []
    slowest = 0.0
    bases = make_bases(folder)[form]
    for seed in range(first, first + number):
        chance = random.Random(f"{form}-{seed}")
        path = folder / f"mutated.{form}"
        path.write_bytes(mutate(chance.choice(bases), chance))
        (folder / "seed").write_text(str(seed))
        begin = time.monotonic()
        events.clear()
        try:
            with within(SECONDS, "fuzz"):
                find_reader(path)(path, SETTINGS)
            counts["read"] += 1
        except DocumentError as error:
            counts[type(error).__name__] += 1
            if "reading it takes more than" in str(error):
                faults.append(f"{form} {seed}: more than {SECONDS:g} s")
        except Exception as error:
            faults.append(f"{form} {seed}: {type(error).__name__}: {error} {traceback.format_exc()[-600:]}")
        faults += [f"{form} {seed}: {event}" for event in events]
        slowest = max(slowest, time.monotonic() - begin)
    return {"counts": counts, "faults": faults, "slowest": slowest}


#: What the audit hook has seen since it was last emptied.
events: list[str] = []


def watch(folder: Path) -> None:
    """Notes connections, programs that are started, and files that are opened for writing outside ``folder``."""

    def note(event: str, args: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.system", "os.exec"):
            events.append(f"{event} {args!r:.200}")
        elif event == "open" and isinstance(args[2], int) and args[2] & _WRITING:
            place = str(args[0])
            if not place.startswith((str(folder), "/dev/null")):
                events.append(f"writes {place}")

    sys.addaudithook(note)


def _run_child(form: str, first: int, number: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with tempfile.TemporaryDirectory() as name:
        watch(Path(name))
        json.dump(run_batch(form, first, number, Path(name)), sys.stdout, ensure_ascii=False)


def main() -> int:
    """Runs all batches; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000, help="mutated files in all (default 10,000)")
    parser.add_argument("--first", type=int, default=0, help="the first seed of each format (default 0)")
    parser.add_argument("--only", choices=FORMATS, action="append", help="this format only")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _run_child(options.child[0], int(options.child[1]), int(options.child[2]))
        return 0
    forms = options.only or FORMATS
    each = -(-options.files // len(forms))
    faults: list[str] = []
    for form in forms:
        counts: Counter[str] = Counter()
        slowest = 0.0
        begin = time.monotonic()
        for first in range(options.first, options.first + each, _BATCH):
            number = min(_BATCH, options.first + each - first)
            command = [sys.executable, "-m", "scripts.fuzz_readers", "--child", form, str(first), str(number)]
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
            if done.returncode:
                faults.append(
                    f"{form} {first}-{first + number - 1}: the process ended with {done.returncode}: "
                    f"{done.stderr[-800:]}"
                )
                continue
            found = json.loads(done.stdout)
            counts.update(found["counts"])
            faults += found["faults"]
            slowest = max(slowest, found["slowest"])
        told = ", ".join(f"{name} {n:,}" for name, n in counts.most_common())
        print(f"{form}: {told}; slowest {slowest:.1f} s, all {time.monotonic() - begin:.0f} s", flush=True)
    for fault in faults:
        print(f"FAULT {fault}")
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
