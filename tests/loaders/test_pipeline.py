"""The way of one document through the loaders: identity, warnings, catalogue, ids, and files that cannot be read."""

from __future__ import annotations

import dataclasses
import re
from hashlib import sha256
from pathlib import Path

import pytest

from loaders.catalogue import Catalogue, CatalogueEntry
from loaders.errors import CatalogueError, DocumentError, EmptyFile, OversizedFile, UnknownFormat, UnknownKind
from loaders.graph import quads
from loaders.graph.validation import validate
from loaders.meaning.identity import identify
from loaders.pipeline import make_id, read_document, read_document_facts, read_facts
from loaders.settings import Settings

BUDGET = """某某市商务局2026年度部门预算

第一部分 部门概况
一、主要职能
贯彻执行国家有关商务工作的法律法规。

第二部分 部门预算表
收支总表
部门：某某市商务局\t\t单位：万元
项目\t预算数\t项目\t预算数
一、一般公共预算拨款收入\t17,466.65\t一、一般公共服务支出\t17,466.65

第三部分 情况说明
2026年收入预算17,466.65万元，比上年减少20.5万元，下降0.12%。
"""


def write(folder: Path, text: str, name: str = "a.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def entry(path: Path, **changes: object) -> CatalogueEntry:
    """What a catalogue would say of a file."""
    row = CatalogueEntry(
        id="made-2026-budget",
        file=path.name,
        title="某某市商务局2026年度部门预算",
        agency="某某市商务局",
        fiscal_year=2026,
        kind="budget",
        language="zh",
        source="https://example.org/",
        sha256=sha256(path.read_bytes()).hexdigest(),
        path=path,
    )
    return dataclasses.replace(row, **changes)  # type: ignore[arg-type]


def test_a_document_of_an_office_never_seen(tmp_path: Path) -> None:
    facts = read_facts(write(tmp_path, BUDGET))
    assert (facts.kind, facts.fiscal_year) == ("budget", 2026)
    assert facts.agency is not None
    assert facts.agency.label == "某某市商务局"
    assert [(f.stated, f.fiscal_year) for f in facts.figures] == [("17,466.65", 2026)] * 3 + [
        ("20.5", 2026),
        ("0.12", 2026),
    ]
    assert {f.agency for f in facts.figures} == {"某某市商务局"}
    assert [row.stated for row in facts.ledger if row.kind == "unaccounted"] == []
    assert [t.form for t in facts.tables] == ["balance"]
    assert facts.warnings == ()
    for span, words in ((facts.kind_span, "预算"), (facts.year_span, "2026")):
        assert span is not None
        assert words in facts.document.text[span.start : span.end]


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, BUDGET)
    assert read_facts(path) == read_facts(path)


def test_the_name_of_the_file_says_nothing(tmp_path: Path) -> None:
    one = read_facts(write(tmp_path, BUDGET, "a.txt"))
    two = read_facts(write(tmp_path, BUDGET, "shenzhen-1999-accounts.txt"))
    assert (one.id, one.kind, one.fiscal_year, one.figures) == (two.id, two.kind, two.fiscal_year, two.figures)


def test_an_id_is_made_of_place_office_year_and_kind(tmp_path: Path) -> None:
    facts = read_facts(write(tmp_path, BUDGET.replace("某某市", "无锡市")))
    assert re.fullmatch(r"320200-[0-9a-f]{8}-2026-budget", facts.id)
    other = read_facts(write(tmp_path, BUDGET.replace("某某市", "无锡市").replace("2026", "2025"), "b.txt"))
    assert other.id == facts.id.replace("2026", "2025")


def test_an_id_of_an_unknown_document_is_told_apart_by_its_content(tmp_path: Path) -> None:
    ids = set()
    for number, words in enumerate(("甲说一句话。", "乙说一句话。")):
        document = read_document(write(tmp_path, words, f"无名 File{number}.txt"))
        made = make_id(document, identify(document))
        assert made == f"000000-unnamed-undated-unknown-{document.sha256[:8]}"
        ids.add(made)
    assert len(ids) == 2
    undated = read_document(write(tmp_path, BUDGET.replace("某某市", "无锡市").replace("2026", "")))
    assert re.fullmatch(
        rf"320200-[0-9a-f]{{8}}-undated-budget-{undated.sha256[:8]}", make_id(undated, identify(undated))
    )


def test_what_the_text_leaves_out_is_asked_for_in_the_catalogue(tmp_path: Path) -> None:
    path = write(tmp_path, BUDGET.replace("某某市", "无锡市").replace("2026", ""))
    facts = read_facts(path)
    assert facts.fiscal_year is None
    assert any("catalogue.toml" in w and "fiscal_year" in w for w in facts.warnings)
    digest = sha256(path.read_bytes()).hexdigest()
    (tmp_path / "catalogue.toml").write_text(
        f'[[document]]\nfile = "a.txt"\nsha256 = "{digest}"\nfiscal_year = 2024\n', encoding="utf-8"
    )
    facts = read_facts(path, Catalogue.load(tmp_path))
    assert facts.fiscal_year == 2024
    assert facts.warnings == ()
    assert re.fullmatch(r"320200-[0-9a-f]{8}-2024-budget", facts.id)
    assert [f.verdict for f in facts.findings if f.rule.startswith("catalogue-")] == ["not checkable"]


def test_an_office_that_only_the_catalogue_names(tmp_path: Path) -> None:
    path = write(tmp_path, "2026年部门预算\n收支总表\n单位：万元\n项目\t预算数\n本年收入合计\t100.00\n")
    digest = sha256(path.read_bytes()).hexdigest()
    (tmp_path / "catalogue.toml").write_text(
        f'[[document]]\nfile = "a.txt"\nsha256 = "{digest}"\nagency = "无锡市口岸办公室"\n', encoding="utf-8"
    )
    facts = read_facts(path, Catalogue.load(tmp_path))
    assert facts.agency is not None
    assert (facts.agency.label, facts.agency.place, facts.agency.span) == ("无锡市口岸办公室", "320200", None)
    assert {f.agency for f in facts.figures} == {"无锡市口岸办公室"}
    assert [str(v) for v in validate(quads(facts))] == []


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("2026年某某市口岸办公室部门预算", "department"),
        ("2026年度某某市口岸办公室单位预算公开", "unit"),
        ("某某市口岸办公室（本级）2026年部门预算", "unit"),
        ("某某市口岸办公室(局机关)2026年部门预算公开说明", "unit"),
        ("某某市口岸办公室（汇总）2026年部门预算公开说明", "department"),
    ],
)
def test_the_level_is_that_of_the_title(tmp_path: Path, title: str, level: str) -> None:
    first = BUDGET.splitlines()[0]
    facts = read_facts(write(tmp_path, BUDGET.replace(first, title, 1)))
    assert (facts.title, facts.level) == (title, level)
    assert facts.id.endswith("-unit") == (level == "unit")


def test_a_text_of_no_known_kind(tmp_path: Path) -> None:
    path = write(tmp_path, "今天天气很好，大家都去公园里散步，一共走了5公里。\n")
    with pytest.raises(UnknownKind) as caught:
        read_facts(path)
    assert str(path) in caught.value.place
    assert caught.value.remedy
    facts = read_facts(path, strict=False)
    assert (facts.kind, facts.fiscal_year, facts.agency) == ("unknown", None, None)
    assert len(facts.warnings) == 3
    assert [(f.stated, f.fiscal_year) for f in facts.figures] == [("5", None)]


def test_the_catalogue_gives_the_id_and_is_compared(tmp_path: Path) -> None:
    path = write(tmp_path, BUDGET)
    facts = read_facts(path, Catalogue((entry(path),)))
    assert facts.id == "made-2026-budget"
    assert [(f.rule, f.verdict) for f in facts.findings if f.rule.startswith("catalogue-")] == [
        ("catalogue-agency", "holds"), ("catalogue-year", "holds"), ("catalogue-kind", "holds"),
    ]  # fmt: skip


def test_where_catalogue_and_text_differ_the_catalogue_prevails_and_it_is_a_finding(tmp_path: Path) -> None:
    path = write(tmp_path, BUDGET)
    listed = entry(path, fiscal_year=2025, agency="某某市财政局", kind="accounts")
    facts = read_facts(path, Catalogue((listed,)))
    assert (facts.kind, facts.fiscal_year) == ("accounts", 2025)
    verdicts = {f.rule: f.verdict for f in facts.findings if f.rule.startswith("catalogue-")}
    assert set(verdicts.values()) == {"contradicted"}


def test_a_listed_file_with_another_content_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, BUDGET)
    with pytest.raises(CatalogueError):
        read_facts(path, Catalogue((entry(path, sha256="0" * 64),)))


def test_the_catalogue_s_kind_reads_what_the_text_does_not_tell(tmp_path: Path) -> None:
    path = write(tmp_path, "支出100万元，比上年增加5万元。\n")
    facts = read_facts(path, Catalogue((entry(path),)))
    assert [(f.phase, f.fiscal_year) for f in facts.figures] == [("budget", 2026), ("budget", 2026)]
    assert {f.agency for f in facts.figures} == {"某某市商务局"}


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [("a.txt", b" \n", EmptyFile), ("a.txt", b"\x00\x01\x02" * 400, DocumentError), ("a.mp4", b"film", UnknownFormat)],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, data: bytes, error: type[DocumentError]) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(error) as caught:
        read_facts(path)
    assert caught.value.remedy


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"none\.txt"):
        read_facts(tmp_path / "none.txt")


def test_the_limit_is_that_of_the_settings(tmp_path: Path) -> None:
    path = write(tmp_path, BUDGET)
    with pytest.raises(OversizedFile):
        read_document(path, Settings(max_file_bytes=100))
    assert read_document(path, Settings(max_file_bytes=100_000)).text == BUDGET


def test_a_document_of_gb18030_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(BUDGET.encode("gb18030"))
    facts = read_facts(path)
    assert "read as gb18030" in facts.warnings
    assert facts.document.text == BUDGET


@pytest.mark.parametrize("share", [0.3, 0.55, 0.8, 0.97])
def test_a_truncated_document_is_read_as_far_as_it_goes(tmp_path: Path, share: float) -> None:
    whole = read_document_facts(read_document(write(tmp_path, BUDGET)))
    cut = BUDGET[: int(len(BUDGET) * share)]
    facts = read_facts(write(tmp_path, cut, "cut.txt"), strict=False)
    assert [f.stated for f in facts.figures][:-1] == [f.stated for f in whole.figures][: max(0, len(facts.figures) - 1)]
    assert "".join(r.stated for r in facts.ledger).count("6") == cut.count("6")
