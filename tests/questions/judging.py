"""Reads the questions with their answers and judges what ``/search.json`` answers: right, wrong, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent
Verdict = Literal["right", "wrong", "nothing"]
#: What an answer of each kind of question has to be.
_STATUS = {"value": ("value",), "ranking": ("ranking",), "comparison": ("comparison",), "ratio": ("share",),
           "list": ("list", "value"), "contradiction": ("list",), "unstated": ("unstated",)}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A question and what its answer has to have: values by name."""

    kind: str
    language: str
    text: str
    expected: Mapping[str, str]
    source: str


def read_questions(name: str) -> list[Question]:
    """The questions of a file of this folder."""
    found = []
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "kind\t")):
            kind, language, text, expect, source = line.split("\t")
            expected = dict(part.split("=", 1) for part in expect.split(";"))
            found.append(Question(kind, language, text, expected, source))
    return found


def judge(question: Question, answer: Mapping[str, Any] | None) -> tuple[Verdict, str]:
    """The verdict on an answer, and why.

    What says that it cannot answer, or is empty, is "nothing"; a number or a name that is not the right one is wrong.
    """
    if answer is None:
        return "nothing", "no answer"
    faults = _find_faults(question, answer)
    if not faults:
        return "right", ""
    tells = question.kind == "unstated" or question.kind == "absent" or answer["rows"]
    return ("wrong" if tells and answer["rows"] else "nothing"), "; ".join(faults)


def _find_faults(question: Question, answer: Mapping[str, Any]) -> list[str]:
    if question.kind == "absent":
        said = " ".join(each[question.language] for each in answer["not_loaded"])
        return (
            [] if question.expected["says"].lower() in said.lower() else [f"does not say: {question.expected['says']}"]
        )
    faults = [] if answer["status"] in _STATUS[question.kind] else [f"is {answer['status']}: {answer['title']['en']}"]
    rows = answer["rows"]
    if question.kind == "unstated":
        return faults if question.expected["office"] in answer["title"]["zh"] else [*faults, "another office"]
    if question.kind == "contradiction":
        return faults if question.expected["office"] in answer["title"]["zh"] else [*faults, "another office"]
    if not rows:
        return [*faults, "no rows"]
    return [*faults, *_compare_first(question.expected, rows[0]), *_compare_all(question, rows)]


def _compare_first(expected: Mapping[str, str], row: Mapping[str, Any]) -> list[str]:
    faults = []
    office = (row["office"] or {}).get("label", "")
    if "office" in expected and not office.startswith(expected["office"]):
        faults.append(f"of {office}")
    if "label" in expected and expected["label"] not in row["label"]["zh"]:
        faults.append(f"is {row['label']['zh']}")
    for name, unit in (("value", None), ("percent", "PERCENT"), ("perhead", "CNY")):
        if name in expected and (not _same(row["value"], expected[name]) or (unit and row["unit"] != unit)):
            faults.append(f"says {row['value']} {row['unit']}, not {expected[name]}")
    return faults


def _compare_all(question: Question, rows: list[Mapping[str, Any]]) -> list[str]:
    faults = []
    for each in filter(None, question.expected.get("has", "").split(",")):
        office, _, value = each.partition("=")
        if value:
            held = any(
                (r["office"] or {}).get("label", "").startswith(office) and _same(r["value"], value) for r in rows
            )
        else:
            held = any(office in r["label"]["zh"] for r in rows)
        if not held:
            faults.append(f"lacks {each}")
    return faults


def _same(said: str | None, expected: str) -> bool:
    return said is not None and bool(re.fullmatch(r"-?[\d.]+", said)) and Decimal(said) == Decimal(expected)
