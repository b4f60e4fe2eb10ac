"""The operators of a page, told from each other by one regular expression: pdfminer's parser takes most of its time.

pdfminer goes through a content stream character by character and logs each token. Here one expression finds the next
number, name, string or operator, and a table says what to call. What the expression does not know (pictures within the
stream, names with escapes, brackets that do not match) is left to pdfminer's parser, from the last operator on, so that
the outcome is the same.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any

from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import PDFStream, stream_value
from pdfminer.psparser import LIT
from pdfminer.utils import mult_matrix

#: What is between tokens; pdfminer passes over zero bytes too.
_BLANK = b" \t\n\r\f\v\x00"
_NUM = rb"[-+]?(?:\d{1,18}(?:\.\d*)?|\.\d+)"
_END = rb"(?![^\#/%\[\]()<>{}\s])"
_TOKEN = re.compile(
    rb"""[\s\x00]*+(?:
    ((?:%(num)s\s++)*+)([A-Za-z][^\#/%%\[\]()<>{}\s]*+|['"])                # 1, 2 numbers and the operator behind them
    |((?:%(num)s\s++)++)                                                   # 3 numbers
    |(%(num)s)(?!\d)                                                       # 4 a number and no blank behind it
    |/([^\#/%%\[\]()<>{}\s]*+)(?!\#)(?:\s++(%(num)s\s++Tf)%(end)s)?         # 5 a name; 6 if of a font: its size
    |\(([^()\\]*+)\)(?:[\s\x00]*+(Tj)%(end)s)?                             # 7 a string; 8 if it is shown
    |<([0-9A-Fa-f\s]*+)>(?:[\s\x00]*+(Tj)%(end)s)?                         # 9 the same in hexadecimal digits, 10
    |(\[)                                                                  # 11
    |(\])                                                                  # 12
    |\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*+\))*+)\)                         # 13 a string with escapes or brackets
    |(<<(?:[^<>()%%\\]|<[0-9A-Fa-f\s]*+>|\([^()\\]*+\))*+>>)               # 14 what marks a part of the content
    |%%[^\r\n]*+                                                           # a comment
    )"""
    % {b"num": _NUM, b"end": _END},
    re.VERBOSE | re.DOTALL,
)
_OPERATOR, _NUMBERS, _NUMBER, _NAME, _FONT, _STRING, _SHOWN, _HEX, _SHOWN_HEX = range(2, 11)
_OPEN, _CLOSE, _ESCAPED, _MARK = range(11, 15)
#: Operators, and words that are none, after which pdfminer's parser has to go on.
_FOREIGN = frozenset((b"BI", b"ID", b"EI", b"true", b"false"))
#: The most bytes that may stand between two operators, and be looked at again with the next stream.
_MAX_PENDING = 100_000

_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPES = {b"b": b"\b", b"t": b"\t", b"n": b"\n", b"f": b"\f", b"r": b"\r", b"(": b"(", b")": b")", b"\\": b"\\"}


class _Foreign(Exception):
    """What follows is for pdfminer's parser."""


class Interpreter(PDFPageInterpreter):
    """pdfminer's interpreter with a faster way from the bytes of a stream to its operators."""

    def execute(self, streams: Sequence[object]) -> None:
        """Runs content streams as if they were one. A stream that is being run already is left out."""
        self.stream_ids.clear()
        known = ((stream.objid, stream) for stream in map(stream_value, streams))
        valid = [(n, stream) for n, stream in known if n is not None and n not in self.parent_stream_ids]
        self.stream_ids.update(n for n, _ in valid)
        pending = b""
        for number, (objid, stream) in enumerate(valid):
            data = (pending + b"\n" + stream.get_data()).rstrip(_BLANK)
            end, whole = self._run(data)
            pending = data[end:]
            if not whole or len(pending) > _MAX_PENDING:
                rest = PDFStream({}, pending)
                rest.set_objid(objid, 0)
                super().execute([rest, *(stream for _, stream in valid[number + 1 :])])
                return

    def pop(self, n: int) -> list[Any]:
        """Takes the last ``n`` operands, or all if there are fewer."""
        found: list[Any] = self.argstack[-n:] if n else []
        del self.argstack[len(self.argstack) - len(found) :]
        return found

    def _run(self, data: bytes) -> tuple[int, bool]:
        """Runs a stream. Returns the place behind its last operator, and whether all of it was understood.

        Operands behind the last operator are put aside: they come again with the rest.
        """
        stack = into = self.argstack
        last, kept = None, len(stack)
        token = None
        try:
            for token in iter(_TOKEN.scanner(data).match, None):  # type: ignore[attr-defined]
                kind = token.lastindex
                if kind == _OPERATOR:
                    if into is not stack:
                        raise _Foreign
                    self._operate(*token.group(1, 2))
                    last, kept = token, len(stack)
                elif kind in (_FONT, _SHOWN, _SHOWN_HEX):
                    if into is not stack:
                        raise _Foreign
                    self._take(kind, token)
                    last, kept = token, len(stack)
                elif kind == _NUMBERS:
                    into += map(float, token[kind].split())
                elif kind in (_OPEN, _CLOSE):
                    into = _turn(stack, into, opens=kind == _OPEN)
                elif kind is not None:
                    into.append(_OPERANDS[kind](token[kind]))
            whole = (token.end() if token is not None else 0) == len(data)
        except _Foreign:
            whole = False
        del stack[kept:]
        return last.end() if last is not None else 0, whole

    def _operate(self, numbers: bytes, name: bytes) -> None:
        """Calls an operator with its operands: the numbers before it, or the last of the stack if there are more.

        It is not called if there are fewer.
        """
        known = _OPERATORS.get(name)
        if known is None and name in _FOREIGN:
            raise _Foreign
        wanted, call, quick = known or _NO_OPERATOR
        stack = self.argstack
        operands = [*map(float, numbers.split())] if numbers else []
        if not stack and len(operands) == wanted:
            if quick is not None:
                quick(self, *operands)
            return
        stack += operands
        operands = self.pop(wanted)
        if len(operands) == wanted and call is not None:
            call(self, *operands)

    def _take(self, kind: int, token: re.Match[bytes]) -> None:
        """The most frequent operators but those of numbers alone: a font is chosen, a string shown."""
        operand = _OPERANDS[kind - 1](token[kind - 1])
        if kind == _FONT:
            self.do_Tf(operand, float(token[kind][:-2]))
        else:
            self.do_TJ((operand,))

    def get_current_state(self) -> tuple[Any, Any, Any]:
        return self.ctm, _copy(self.textstate), _copy(self.graphicstate)

    def do_Tj(self, s: Any) -> None:
        self.do_TJ((s,))

    def do_TJ(self, seq: Any) -> None:
        if self.textstate.font is not None:
            self.device.render_string(self.textstate, seq, self.graphicstate.ncs, self.graphicstate)


def _copy(state: Any) -> Any:
    """A state with the same values, which are all replaced and never altered."""
    made = object.__new__(type(state))
    made.__dict__.update(state.__dict__)
    return made


def _turn(stack: list[Any], into: list[Any], *, opens: bool) -> list[Any]:
    """The list that takes the next operands where an array opens or closes. Arrays in arrays are pdfminer's."""
    if opens == (into is not stack):
        raise _Foreign
    if not opens:
        return stack
    made: list[Any] = []
    stack.append(made)
    return made


# What operators do with operands that are all numbers, and as many as they need: the same as pdfminer's methods.


def _move(self: Interpreter, x: float, y: float) -> None:
    self.curpath.append(("m", x, y))


def _line(self: Interpreter, x: float, y: float) -> None:
    self.curpath.append(("l", x, y))


def _rectangle(self: Interpreter, x: float, y: float, w: float, h: float) -> None:
    self.curpath += (("m", x, y), ("l", x + w, y), ("l", x + w, y + h), ("l", x, y + h), ("h",))


def _transform(self: Interpreter, *matrix: float) -> None:
    self.ctm = mult_matrix(matrix, self.ctm)  # type: ignore[arg-type]
    self.device.set_ctm(self.ctm)


def _next_line(self: Interpreter, x: float, y: float) -> None:
    a, b, c, d, e, f = self.textstate.matrix
    self.textstate.matrix = (a, b, c, d, x * a + y * c + e, x * b + y * d + f)
    self.textstate.linematrix = (0, 0)


def _next_line_leading(self: Interpreter, x: float, y: float) -> None:
    _next_line(self, x, y)
    self.textstate.leading = y


def _set_matrix(self: Interpreter, *matrix: float) -> None:
    self.textstate.matrix = matrix  # type: ignore[assignment]
    self.textstate.linematrix = (0, 0)


def _fill_grey(self: Interpreter, grey: float) -> None:
    self.graphicstate.ncolor, self.graphicstate.ncs = grey, self.csmap["DeviceGray"]


def _fill_rgb(self: Interpreter, *rgb: float) -> None:
    self.graphicstate.ncolor, self.graphicstate.ncs = rgb, self.csmap["DeviceRGB"]  # type: ignore[assignment]


_QUICK: dict[bytes, Callable[..., None]] = {
    b"m": _move, b"l": _line, b"re": _rectangle, b"cm": _transform, b"Td": _next_line, b"TD": _next_line_leading,
    b"Tm": _set_matrix, b"g": _fill_grey, b"rg": _fill_rgb,
}  # fmt: skip
#: Operators that change nothing that is read: clipping, the pen, marks.
_IDLE = frozenset(b"BDC BMC EMC BX DP EMC ET EX F J M MP W W* d gs i j ri sh w".split())
#: The number of operands of an operator, what it calls, and what it calls where all of them are numbers.
_Operator = tuple[int, Callable[..., None] | None, Callable[..., None] | None]
_NO_OPERATOR: _Operator = (0, None, None)


def _list_operators() -> dict[bytes, _Operator]:
    found: dict[bytes, _Operator] = {}
    for method in dir(Interpreter):
        if method.startswith("do_"):
            name = method[3:].replace("_a", "*").replace("_q", "'").replace("_w", '"').encode()
            call = getattr(Interpreter, method)
            wanted = call.__code__.co_argcount - 1
            found[name] = (wanted, None, None) if name in _IDLE else (wanted, call, _QUICK.get(name, call))
    for foreign in _FOREIGN:
        found.pop(foreign, None)
    return found


@functools.lru_cache(maxsize=1024)
def _read_name(name: bytes) -> Any:
    try:
        return LIT(str(name, "utf-8"))
    except UnicodeDecodeError:
        return LIT(name)


def _read_hex(digits: bytes) -> bytes:
    """An odd last digit is a byte of its own, as for pdfminer."""
    try:
        return bytes.fromhex(digits.decode())
    except ValueError:  # an odd number of them, or blanks between the two of a byte
        digits = digits.translate(None, b" \t\n\r\f\v")
    if len(digits) % 2:
        return bytes.fromhex(digits[:-1].decode()) + bytes((int(digits[-1:], 16),))
    return bytes.fromhex(digits.decode())


def _read_escaped(text: bytes) -> bytes:
    return _ESCAPE.sub(_unescape, text)


def _unescape(match: re.Match[bytes]) -> bytes:
    """A character for an escape; nothing for one that is none, as for pdfminer."""
    code = match[1]
    if not code.isdigit() or code > b"377":
        if code[:1].isdigit() and code[:1] < b"8":
            raise _Foreign  # no byte has this number
        return _ESCAPES.get(code, b"")
    return bytes((int(code, 8),)) if code < b"8" else b""


def _read_mark(_text: bytes) -> dict[str, Any]:
    """Nothing here asks what a part of the content is marked with."""
    return {}


_OPERANDS: dict[int, Callable[[bytes], Any]] = {
    _NUMBER: float,
    _NAME: _read_name,
    _STRING: bytes,
    _HEX: _read_hex,
    _ESCAPED: _read_escaped,
    _MARK: _read_mark,
}
_OPERATORS = _list_operators()
