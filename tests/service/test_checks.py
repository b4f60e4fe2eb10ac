"""The checks of a document: they add up, they quote what is there, and what is a failure and what is not."""

from __future__ import annotations

import asyncio
import io
import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from loaders.catalogue import Catalogue
from loaders.documents import Span
from loaders.facts import Facts, NumberToken
from loaders.pipeline import read_facts
from service.checks.file_checks import FileCheck, UnreadableFile, check_document, check_files
from service.checks.graph_checks import read_checks
from service.checks.printing import write_json, write_text
from service.checks.report import DocumentCheck, Quoter
from service.engine.store import open_store
from service.queries.answers import Answers
from service.queries.catalogue import QueryCatalogue
from service.settings import ServiceSettings

CONTRADICTING = "yueyang-2023-accounts"
WITH_TABLES = "baoji-2023-budget"


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def read(folder: Path, name: str) -> Facts:
    return read_facts(folder / f"{name}.txt", Catalogue.load(folder))


@pytest.fixture(scope="module")
def facts(documents_folder: Path) -> Facts:
    return read(documents_folder, CONTRADICTING)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """Facts of a few numbers, for the shapes are held against each anew: a document with a sum that it states."""
    file = tmp_path_factory.mktemp("small") / "small.txt"
    file.write_text(
        "某市某局2023年部门决算\n2023年收入总计791.59万元，其中基本支出391.59万元，项目支出400万元。\n",
        encoding="utf-8",
    )
    return read_facts(file)


@pytest.fixture(scope="module")
def check(facts: Facts) -> FileCheck:
    return check_document(facts, Path("accounts.txt"))


@pytest.fixture(scope="module")
def tables(documents_folder: Path) -> FileCheck:
    return check_document(read(documents_folder, WITH_TABLES), Path("budget.txt"))


def test_everything_is_counted_once(facts: Facts, check: FileCheck, tables: FileCheck) -> None:
    assert sum(check.tokens.values()) == len(facts.ledger)
    assert sum(check.verdicts.values()) == len(facts.findings)
    for each in (check, tables):
        assert sum(t.figures for t in each.tables) + sum(s.figures for s in each.sections) == each.figures
        assert sum(t.open for t in each.tables) == each.open
        rules: Counter[str] = Counter()
        for rule in each.rules:
            rules.update(rule.verdicts)
            assert rule.zh != rule.rule, "every check has a name in words"
        assert rules == each.verdicts
    assert check.sections[0].section[0] == "第一部分"


def test_each_table_has_its_kind_of_nothing(tables: FileCheck) -> None:
    states = {t.title: t for t in tables.tables}
    assert states["单位综合预算收支总表"].state == "filled"
    assert states["单位综合预算收支总表"].figures > 20
    empty = states["单位综合预算政府性基金收支表"]
    assert (empty.state, empty.figures) == ("declared empty", 0)
    assert "不涉及" in empty.evidence
    assert {t.state for t in tables.tables} <= {"filled", "declared empty", "blank", ""}


def test_a_contradiction_has_two_sides_and_its_places(facts: Facts, check: FileCheck) -> None:
    (wording,) = [c for c in check.contradictions if c.rule == "wording"]
    assert wording.left == "决算数小于预算数"
    assert [q.text for q in wording.quotes] == ["0", "203.59"]
    assert len(check.contradictions) == check.verdicts["contradicted"] > 2
    lines = facts.document.text.split("\n")
    for contradiction in check.contradictions:
        assert contradiction.quotes
        for quote in contradiction.quotes:
            assert facts.document.text[quote.start : quote.end] == quote.text
            assert quote.text in lines[quote.line - 1]
            assert quote.before or quote.after


def test_a_contradiction_of_the_document_is_no_failure(check: FileCheck) -> None:
    assert check.contradictions
    assert check.succeeded
    out = io.StringIO()
    assert write_text([check], out)
    assert "  contradicted wording: " in out.getvalue()
    assert "    line 88: " in out.getvalue()
    assert "«203.59»" in out.getvalue()


def test_an_unaccounted_number_is_a_failure(small: Facts) -> None:
    at = small.document.text.index("791.59")
    token = NumberToken(Span(at, at + 6), "791.59", "unaccounted", "nothing explains it")
    check = check_document(replace(small, ledger=(token,), findings=()), Path("x.txt"))
    assert not check.succeeded
    assert check.tokens["unaccounted"] == 1
    out = io.StringIO()
    assert not write_text([check], out)
    assert f"unaccounted '791.59' [{at}-{at + 6}]: nothing explains it" in out.getvalue()
    assert f"line {small.document.line_of(at)}: " in out.getvalue().splitlines()[-1]


def test_a_violated_shape_is_a_failure(small: Facts) -> None:
    wrong = replace(small.findings[0], tolerance=Decimal(-1))
    check = check_document(replace(small, findings=(wrong,)), Path("x.txt"))
    assert [v.message for v in check.shapes] == ["a tolerance is a decimal from zero"]
    assert not check.succeeded
    assert check.describe()["shapes"][0]["severity"] == "Violation"


def test_a_file_that_cannot_be_read_stops_no_other(small: Facts, tmp_path: Path) -> None:
    said: list[str] = []
    stages: list[tuple[str, int, int]] = []
    missing = tmp_path / "missing.txt"
    good = tmp_path / "small.txt"
    good.write_text(small.document.text, encoding="utf-8")
    done = list(check_files([missing, good], lambda *stage: stages.append(stage), said.append))
    assert isinstance(done[0], UnreadableFile)
    assert isinstance(done[1], FileCheck)
    assert len(said) == 1
    assert str(missing) in said[0]
    assert stages[-1] == ("check", 2, 2)
    out = io.StringIO()
    assert not write_text(done, out)
    assert out.getvalue().splitlines()[-1].endswith("1 file could not be read")
    written = io.StringIO()
    assert not write_json(done, written)
    rows = json.loads(written.getvalue())
    assert [r["succeeded"] for r in rows] == [False, True]
    assert rows[0]["error"]["problem"] == "there is no such file"
    assert rows[1]["document"] == small.id


def test_json_has_all_and_plain_numbers(check: FileCheck) -> None:
    out = io.StringIO()
    assert write_json([check], out)
    (row,) = json.loads(out.getvalue())
    assert row["tokens"] == check.tokens
    (share,) = [c for c in row["findings"] if (c["rule"], c["verdict"]) == ("share", "contradicted")]
    assert share["left_value"] == 12.83
    assert len(share["quotes"]) == 3
    assert {r["rule"] for r in row["rules"]} == {r.rule for r in check.rules}


def test_the_graph_says_the_same_as_the_file(check: FileCheck, tables: FileCheck, copy_of_five: Path) -> None:
    names = (CONTRADICTING, WITH_TABLES)

    async def read_all() -> list[DocumentCheck | None]:
        settings = ServiceSettings(store=copy_of_five, workers=1, max_memory_quads=0)
        store = open_store(settings)
        await store.start()
        try:
            answers = Answers(store, settings, QueryCatalogue.load(settings.base))
            return [await read_checks(answers, name) for name in (*names, "nope", "a b")]
        finally:
            await store.close()

    *found, nothing, impossible = asyncio.run(read_all())
    assert (nothing, impossible) == (None, None)
    for of_graph, of_file in zip(found, (check, tables), strict=True):
        assert of_graph is not None
        for name in ("document", "title", "kind", "fiscal_year", "tokens", "figures", "open", "derived", "verdicts"):
            assert getattr(of_graph, name) == getattr(of_file, name), name
        assert of_graph.tables == of_file.tables
        assert {r.rule: r for r in of_graph.rules} == {r.rule: r for r in of_file.rules}
        assert set(of_graph.findings) == set(of_file.findings)
        assert [f.quotes[0].start for f in of_graph.contradictions] == sorted(
            f.quotes[0].start for f in of_file.contradictions
        )


def test_a_terminal_gets_tables(tables: FileCheck, monkeypatch: pytest.MonkeyPatch) -> None:
    # In a narrower one long titles go on in a second line.
    monkeypatch.setenv("COLUMNS", "120")
    shown, plain = Terminal(), io.StringIO()
    assert write_text([tables], shown)
    assert write_text([tables], plain)
    assert "───" in shown.getvalue()
    assert "───" not in plain.getvalue()
    assert "\x1b" not in plain.getvalue()
    for title in ("单位综合预算收支总表", "declared empty"):
        assert title in shown.getvalue()
        assert title in plain.getvalue()


def test_a_document_cannot_steer_a_terminal(facts: Facts) -> None:
    text = "金额\x1b]0;owned\x07为 7,000\t万元\n"
    quote = Quoter(text).quote(text.index("7"), text.index("7") + 5)
    assert (quote.before, quote.text, quote.after) == ("金额 ]0;owned 为 ", "7,000", " 万元")
    bold = replace(facts, title="[bold]\x1b[31mred", findings=(), ledger=(), figures=(), projects=(), services=())
    check = replace(check_document(bold, Path("x.txt")), warnings=("\x1b[2J",))
    out = Terminal()
    write_text([check], out)
    assert "\x1b[2J" not in out.getvalue()
    assert "\x1b[31mred" not in out.getvalue()
    assert "[bold] [31mred" in out.getvalue()
