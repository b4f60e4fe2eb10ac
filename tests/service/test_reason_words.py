"""Why files are not read, in both languages: no reason that the loaders can give is without its Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from openpyxl import Workbook
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from loaders.build.building import build
from loaders.build.report import find_gaps, list_rows, write_report
from loaders.errors import DocumentError
from loaders.settings import Settings
from service.words.findings import _REASONS
from service.words.reasons import REASONS, say_reason
from tests.service.conftest import start_server
from tests.waiting import PATIENCE

LOADERS = Path(__file__).resolve().parents[2] / "loaders"
#: Errors of a file; their second argument says what is wrong, the third what to do.
ERRORS = {"Failure", "DocumentError", *(kind.__name__ for kind in DocumentError.__subclasses__())}
#: Where files are read and built; the loading of RDF and the watching of folders speak to a terminal only.
PLACES = ("readers", "pipeline.py", "build/building.py", "build/conversion.py")
LONG_ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}")


def render(node: ast.AST) -> str | None:
    """A string or an f-string of the source as a template, ``{}`` for its values."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    return None


def list_templates(path: Path) -> Iterator[str]:
    """What a module says of a file: in its errors, in names that go into them, in warnings and problems of pages."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        said: list[ast.AST] = []
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in ERRORS:
                said += node.args[1:]
            elif name in ("NotRecognised", "LimitReached"):
                said += node.args
            elif name == "append" and isinstance(node.func, ast.Attribute):
                said += node.args if ast.unparse(node.func.value).endswith("warnings") else []
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("problem", "remedy", "_OCR"):
            said.append(node.value)
        for each in said:
            whole = [each.body, each.orelse] if isinstance(each, ast.IfExp) else [each]
            yield from (text for part in whole if (text := render(part)) is not None)


def strip(template: str) -> str:
    return template.rstrip(".")


def test_every_reason_of_the_loaders_has_its_chinese() -> None:
    found = set()
    for place in PLACES:
        paths = (LOADERS / place).rglob("*.py") if (LOADERS / place).is_dir() else [LOADERS / place]
        for path in paths:
            found |= {strip(text) for text in list_templates(path)}
    assert len(found) > 60
    # A template that begins with a value, as "page 3 has …", is written out for both forms of the value.
    missing = {text for text in found if text not in REASONS and not text.startswith("{} recognised")}
    assert not missing


def test_every_reason_why_a_check_is_impossible_has_its_chinese() -> None:
    """Sentences of the checks that are no data: each is found by a pattern, or is made anew of its two sides."""
    by_sides = re.compile(
        r"is the name of|is not the name of|is no code of|is no class; the list has|sum to \{\} yuan|is called \{\}; |"
        r"in one place, |the text says|the members of the average|no check is called|prose and table|"
        r"holds within rounding"
    )
    missing = []
    for path in (LOADERS / "reconcile").glob("*.py"):
        if path.name == "registry.py":  # the titles of the rules, each with its Chinese beside it
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {
            node.body[0].value  # type: ignore[attr-defined]
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None
        }
        parts = {id(v) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for v in node.values}
        for node in ast.walk(tree):
            text = render(node)
            if text is None or node in docs or id(node) in parts or not LONG_ENGLISH.search(text):
                continue
            filled = text.replace("{}", "3")
            if not by_sides.search(text) and not any(pattern.search(filled) for pattern, _ in _REASONS):
                missing.append(f"{path.name}: {text}")
    assert not missing


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("the file is empty. Publish or download it again.", "文件是空的。请重新发布或下载。"),
        ("this is a picture, which no reader takes. Save or print it as a PDF and try again.",
         "这是图片，不能读取。请另存或打印为 PDF 再试。"),
        ("none of its 3 pages can be read: they have fonts that name no characters; no text, only a picture. "
         "Check the path.", "全部 3 页都无法读取：字体没有对应的字符；没有文字，只有图像。请检查路径。"),
        ("pages 3, 5-7 has no text, only a picture (not recognised: GONGKAI_OCR is off)",
         "第 3, 5-7 页：没有文字，只有图像（未识别：GONGKAI_OCR 已关闭）。"),
        ("2 of 106 numbers are unaccounted for", "2 个数字无法解释，共 106 个。"),
        ("the same content as 甲.txt", "内容与 甲.txt 相同。"),
        ("named .pdf, read as .txt, which it is", "文件名以 .pdf 结尾，实为 .txt，按其实际格式读取。"),
        ("a reason never heard of", "a reason never heard of"),
    ],
)  # fmt: skip
def test_reasons_are_said_in_chinese(english: str, chinese: str) -> None:
    assert say_reason(english, "zh") == chinese
    assert say_reason(english, "en") == english


def make_rubbish(folder: Path) -> None:
    """Files of every kind that is not, or not wholly, read."""
    folder.mkdir()
    (folder / "empty.txt").write_bytes(b"")
    (folder / "blank.txt").write_bytes(b" \n \n")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "latin.txt").write_bytes(b"\xe9\xff\xfe no text " * 20)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 no more")
    (folder / "no.pdf").write_bytes(b"\x00\x01 no pdf")
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 no more")
    (folder / "broken.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no more")
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"WordDocument" * 50)
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (folder / "archive.rar").write_bytes(b"Rar!\x1a\x07\x00" + bytes(50))
    (folder / "film.mp4").write_bytes(bytes(100))
    (folder / "news.txt").write_text("某市今日多云转晴，气温二十度。\n" * 9, encoding="utf-8")
    (folder / "large.txt").write_text("部门预算 1.00 万元\n" * 20_000, encoding="utf-8")
    (folder / "unnamed.txt").write_text("部门预算\n收入预算1,230.00万元，比上年增加 12.00 万元。\n", encoding="utf-8")
    (folder / "unnamed.html").write_text("部门预算\n收入预算1,231.00万元。\n" * 2, encoding="utf-8")
    Workbook().save(folder / "empty.xlsx")
    canvas = Canvas(str(folder / "locked.pdf"), pagesize=A4, encrypt=StandardEncryption("secret"))
    canvas.drawString(72, 700, "1.00")
    canvas.save()
    canvas = Canvas(str(folder / "drawn.pdf"), pagesize=A4)
    for n in range(300):
        path = canvas.beginPath()
        path.moveTo(72 + n, 500)
        path.curveTo(75 + n, 510, 78 + n, 510, 80 + n, 500)
        canvas.drawPath(path, fill=1)
    canvas.save()
    canvas = Canvas(str(folder / "long.pdf"), pagesize=A4)
    for _ in range(4):
        canvas.drawString(72, 700, "1.00")
        canvas.showPage()
    canvas.save()


def test_the_page_of_what_was_loaded_says_it_in_chinese(tmp_path: Path) -> None:
    make_rubbish(tmp_path / "files")
    store = tmp_path / "store"
    report = build([tmp_path / "files"], store, Settings(jobs=2, ocr="off", max_pages=3, max_file_bytes=400_000))
    write_report(report, store / "report.json")
    rows = list_rows(report)
    assert len({reason for row in rows for reason in row.reasons}) >= 15
    for row in rows:
        for reason in row.reasons:
            said = say_reason(reason.replace(str(tmp_path), ""), "zh")
            # Names of libraries' own errors and of programs may stay.
            assert not LONG_ENGLISH.search(re.sub(r"（[^（）]*）|`[^`]*`", "", said)), said
    assert any(find_gaps(document) for document in report.documents)
    server = start_server(store, GONGKAI_WORKERS="1")
    try:
        page = httpx.get(f"{server.url}/loaded?lang=zh", timeout=PATIENCE).text
        assert "文件是空的。请重新发布或下载。" in page
        assert "the file is empty" not in page
        assert "the file is empty" in httpx.get(f"{server.url}/loaded?lang=en", timeout=PATIENCE).text
    finally:
        server.stop()
