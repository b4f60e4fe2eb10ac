"""The catalogue: what it refuses, what it finds, how it compares with the text."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from loaders.catalogue import Catalogue, compare
from loaders.documents import Span
from loaders.errors import CatalogueError
from loaders.facts import Agency
from loaders.meaning.identity import Identity

ENTRY = """[[document]]
id = "{id}"
file = "{file}"
title = "标题"
agency = "甲市口岸办"
fiscal_year = 2023
kind = "budget"
language = "zh"
source = "hand"
sha256 = "{sha256}"
"""


def write(folder: Path, *entries: str) -> Path:
    (folder / "catalogue.toml").write_text("\n".join(entries), encoding="utf-8")
    return folder


def make_entry(folder: Path, name: str, content: str = "", identifier: str = "") -> str:
    (folder / name).write_text(content or name, encoding="utf-8")
    digest = sha256((folder / name).read_bytes()).hexdigest()
    return ENTRY.format(id=identifier or Path(name).stem, file=name, sha256=digest)


def test_the_five_documents(documents_folder: Path) -> None:
    catalogue = Catalogue.load(documents_folder)
    catalogue.check()
    assert {e.id for e in catalogue.entries} == {
        "shenzhen-2021-evaluation",
        "shenzhen-2023-budget",
        "baoji-2023-budget",
        "shanghai-2017-budget",
        "yueyang-2023-accounts",
    }
    for entry in catalogue.entries:
        text = entry.path.read_bytes().decode("utf-8")
        assert entry.title in text
        assert entry.agency in text


def test_a_folder_without_a_catalogue_has_an_empty_one(tmp_path: Path) -> None:
    assert Catalogue.load(tmp_path) == Catalogue()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('id = "a"', 'id = "A b"', "no slug"),
        ("fiscal_year = 2023", 'fiscal_year = "2023"', "fiscal_year"),
        ("fiscal_year = 2023", "fiscal_year = 202", "fiscal_year"),
        ('kind = "budget"', 'kind = "plan"', "kind"),
        ('file = "a.txt"', "", "missing: file"),
        ('id = "a"', 'id = "a"\nreplaces = "B c"', "no slug"),
        ('title = "标题"', 'title = " "', "title"),
        ('title = "标题"', 'title = "标题"\ncolour = "red"', "unknown: colour"),
        ('file = "a.txt"', 'file = "../a.txt"', "elsewhere"),
        ('file = "a.txt"', 'file = "b.txt"', "not there"),
        ("[[document]]", "[document]", "other than documents"),
        ("[[document]]", "[[paper]]", "other than documents"),
        ('sha256 = "', 'sha256 = "X', "sha256"),
        ("[[document]]", "[[document", "cannot be read"),
    ],
)
def test_what_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    entry = make_entry(tmp_path, "a.txt")
    assert old in entry
    write(tmp_path, entry.replace(old, new))
    with pytest.raises(CatalogueError, match=problem) as caught:
        Catalogue.load(tmp_path)
    assert "catalogue.toml" in caught.value.place
    assert caught.value.remedy


@pytest.mark.parametrize(("name", "content", "identifier"), [("b.txt", "", "a"), ("b.txt", "a.txt", "")])
def test_an_id_or_a_content_listed_twice_is_refused(tmp_path: Path, name: str, content: str, identifier: str) -> None:
    write(tmp_path, make_entry(tmp_path, "a.txt"), make_entry(tmp_path, name, content, identifier))
    with pytest.raises(CatalogueError, match=r"listed twice, for 'a\.txt' and 'b\.txt'"):
        Catalogue.load(tmp_path)


def test_a_changed_file_is_named_with_its_remedy(tmp_path: Path) -> None:
    catalogue = Catalogue.load(write(tmp_path, make_entry(tmp_path, "a.txt")))
    catalogue.check()
    (tmp_path / "a.txt").write_text("changed", encoding="utf-8")
    with pytest.raises(CatalogueError, match="its content has changed") as caught:
        catalogue.check()
    assert caught.value.place == str(tmp_path / "a.txt")
    assert "'a.txt'" in caught.value.remedy


def test_a_file_is_known_by_its_content_wherever_it_lies(tmp_path: Path) -> None:
    catalogue = Catalogue.load(write(tmp_path, make_entry(tmp_path, "a.txt")))
    entry = catalogue.entries[0]
    assert catalogue.find(tmp_path / "elsewhere.txt", entry.sha256) is entry
    assert catalogue.find(tmp_path / "elsewhere.txt", "0" * 64) is None


def test_catalogues_that_give_one_id_to_two_contents_are_refused(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        folder.mkdir()
        write(folder, make_entry(folder, "a.txt", f"text of {folder.name}"))
    with pytest.raises(CatalogueError, match="'a' is also that of"):
        Catalogue.gather([first / "a.txt", second / "a.txt"])
    (second / "a.txt").write_text("text of 1", encoding="utf-8")
    write(second, make_entry(second, "a.txt", "text of 1"))
    assert len(Catalogue.gather([first / "a.txt"], second).entries) == 1


def make_identity(agency: Agency | None, year: int | None, kind: str) -> Identity:
    return Identity(
        kind=kind,  # type: ignore[arg-type]
        kind_span=Span(10, 12),
        fiscal_year=year,
        year_span=Span(5, 9),
        agency=agency,
        title="",
        level="",
    )


def test_comparison_with_the_text(tmp_path: Path) -> None:
    entry = Catalogue.load(write(tmp_path, make_entry(tmp_path, "a.txt"))).entries[0]
    office = Agency("甲市人民政府口岸办公室", Span(0, 5), aliases=("甲市口岸 办",))
    same = compare(entry, make_identity(office, 2023, "budget"))
    assert [(f.rule, f.verdict) for f in same] == [
        ("catalogue-agency", "holds"),
        ("catalogue-year", "holds"),
        ("catalogue-kind", "holds"),
    ]
    assert same[0].spans == (Span(0, 5),)
    other = compare(entry, make_identity(Agency("乙市口岸办", Span(0, 5)), 2021, "accounts"))
    assert [f.verdict for f in other] == ["contradicted"] * 3
    assert (other[1].left, other[1].right, other[1].difference) == ("2023", "2021", Decimal(2))
    nothing = compare(entry, make_identity(None, None, "unknown"))
    assert [f.verdict for f in nothing] == ["not checkable"] * 3
