"""The Word reader: order, merged cells, tracked changes, text boxes; locked, damaged and hostile files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml

from loaders.documents import Document
from loaders.errors import DamagedFile, EmptyFile, EncryptedFile, OversizedFile
from loaders.readers.blocks import make_blocks
from loaders.readers.docx import read
from loaders.reading import read_numbers
from loaders.settings import Settings
from tests.loaders.filemaker import as_text, make_docx

SETTINGS = Settings(max_file_bytes=10_000_000)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def replace_part(path: Path, name: str, change: tuple[bytes, bytes]) -> None:
    """Changes the bytes of one part of an archive."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    assert change[0] in parts[name]
    parts[name] = parts[name].replace(*change, 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)


def test_the_text_form_comes_back(tmp_path: Path) -> None:
    document = read(make_docx(tmp_path / "a.docx"), SETTINGS)
    assert [line for line in document.text.splitlines() if line] == as_text().splitlines()
    text = as_text()
    expected = read_numbers(Document("t", text, "", "text", make_blocks(text)), "budget", 2023, "")
    found = read_numbers(document, "budget", 2023, "")
    assert [(f.stated, f.column, f.subject_label, f.subject_code) for f in found.figures] == [
        (f.stated, f.column, f.subject_label, f.subject_code) for f in expected.figures
    ]
    assert document.format == "docx"
    assert len(document.tables) == 3


def add(document: object, xml: str) -> None:
    body = document.element.body  # type: ignore[attr-defined]
    body.insert(len(body) - 1, parse_xml(xml))


def test_what_is_shown_is_read_once(tmp_path: Path) -> None:
    document = docx.Document()
    changes = "<w:del><w:r><w:delText>99</w:delText></w:r></w:del><w:ins><w:r><w:t>17</w:t></w:r></w:ins>"
    add(
        document,
        f"<w:p {W}><w:r><w:t>收入</w:t></w:r>{changes}<w:r><w:t>万元</w:t><w:br/><w:t>支出</w:t></w:r></w:p>",
    )
    field = "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGE 4</w:instrText></w:r>"
    moved = "<w:moveFrom><w:r><w:t>乙</w:t></w:r></w:moveFrom>"
    add(document, f"<w:p {W}>{field}<w:r><w:t>甲</w:t></w:r>{moved}</w:p>")
    add(document, f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>丙</w:t></w:r></w:p></w:sdtContent></w:sdt>")
    document.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx", SETTINGS).text == "收入17万元\n支出\n甲\n丙\n"


def test_cells_merged_down_stand_where_they_begin(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    for r, row in enumerate([("一级指标", "指标", "值"), ("产出", "数量", "3"), ("", "质量\n指标", "95%")]):
        for c, cell in enumerate(row):
            table.cell(r, c).text = cell
    table.cell(1, 0).merge(table.cell(2, 0))
    document.save(str(tmp_path / "a.docx"))
    lines = [line for line in read(tmp_path / "a.docx", SETTINGS).text.splitlines() if line]
    assert lines == ["一级指标\t指标\t值", "产出\t数量\t3", "\t质量指标\t95%"]


def test_an_empty_document_is_declared(tmp_path: Path) -> None:
    docx.Document().save(str(tmp_path / "a.docx"))
    with pytest.raises(EmptyFile, match="no text"):
        read(tmp_path / "a.docx", SETTINGS)


@pytest.mark.parametrize("data", [b"no archive", b"PK\x03\x04" + b"x" * 400])
def test_damaged_files_are_declared(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.docx").write_bytes(data)
    with pytest.raises(DamagedFile):
        read(tmp_path / "a.docx", SETTINGS)


def test_an_archive_of_something_else_is_declared(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("../../evil.txt", "out of the folder")
    with pytest.raises(DamagedFile):
        read(tmp_path / "a.docx", SETTINGS)
    assert not (tmp_path.parent.parent / "evil.txt").exists()


def test_locked_and_old_files_are_declared(tmp_path: Path) -> None:
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    (tmp_path / "a.docx").write_bytes(compound + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(EncryptedFile, match="password"):
        read(tmp_path / "a.docx", SETTINGS)
    (tmp_path / "a.docx").write_bytes(compound)
    with pytest.raises(DamagedFile, match="old binary"):
        read(tmp_path / "a.docx", SETTINGS)


@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path: Path, code: str) -> None:
    """Neither a file of the machine (XXE) nor a bomb of entities gets in, in whatever encoding it is written."""
    path = make_docx(tmp_path / "a.docx")
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    xml = parts["word/document.xml"].decode()
    head = xml.index("<w:document")
    evil = (
        f'<?xml version="1.0" encoding="{code}"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + xml[head:]
    )
    parts["word/document.xml"] = evil.replace("江宁市", "&e;", 1).encode(code)
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    with pytest.raises(DamagedFile, match="entities"):
        read(path, SETTINGS)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = make_docx(tmp_path / "a.docx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/more.xml", b" " * 5_000_000)
    with pytest.raises(OversizedFile, match="unpack to"):
        read(path, Settings(max_unpacked_bytes=4_000_000))


def test_an_archive_that_lies_about_its_sizes_is_declared(tmp_path: Path) -> None:
    path = make_docx(tmp_path / "a.docx")
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("word/document.xml").file_size
    data = path.read_bytes()
    true, false = size.to_bytes(4, "little"), (100).to_bytes(4, "little")
    assert true in data
    path.write_bytes(data.replace(true, false))
    with pytest.raises(DamagedFile):
        read(path, SETTINGS)


def test_deep_nesting_ends(tmp_path: Path) -> None:
    """Tables in tables, far deeper than any program writes: a document or an error of ours, never a crash."""
    inner = "<w:p><w:r><w:t>底</w:t></w:r></w:p>"
    for _ in range(60):
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl><w:p/>"
    document = docx.Document()
    add(document, inner.replace("<w:tbl>", f"<w:tbl {W}>", 1).removesuffix("<w:p/>"))
    out = io.BytesIO()
    document.save(out)
    (tmp_path / "a.docx").write_bytes(out.getvalue())
    assert "底" in read(tmp_path / "a.docx", SETTINGS).text


def test_an_undeclared_entity_is_damage(tmp_path: Path) -> None:
    path = make_docx(tmp_path / "a.docx")
    replace_part(path, "word/document.xml", ("江宁市".encode(), b"&e;"))
    with pytest.raises(DamagedFile):
        read(path, SETTINGS)
