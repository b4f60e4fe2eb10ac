"""Settings are arguments: what a caller gives holds all the way down, and nothing below fetches its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from loaders.build.building import build
from loaders.errors import OversizedFile, SettingsError
from loaders.pipeline import read_document, read_facts
from loaders.settings import Settings
from tests.loaders.filemaker import as_text, make_docx, make_pdf, make_xlsx

LOADERS = Path(__file__).resolve().parents[2] / "loaders"
#: Where a caller who gives no settings gets those of the environment: the doors of the loaders, and nothing below them.
DOORS = {"settings.py", "pipeline.py", "build/building.py", "build/loading.py", "build/shards.py", "build/watching.py"}
#: What else looks at the environment, and why.
ENVIRONMENT = {
    "settings.py": "SOURCE_DATE_EPOCH, and pydantic's own reading",
    "build/pool.py": "hands the environment on to its processes",
    "build/preload.py": "tells numerical libraries to start no threads",
    "walls.py": "where libraries and Tesseract's data lie",
    "readers/pdf/ocr.py": "gives Tesseract its path and no more",
}


def list_fetches(tree: ast.AST) -> list[str]:
    """What a module fetches by itself: settings made of nothing, or the environment."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Settings":
            found.append("Settings")
        named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os"
        if named and node.attr in ("environ", "environb", "getenv", "getenvb"):
            found.append("environment")
        if isinstance(node, ast.ImportFrom) and node.module == "os" and any("env" in n.name for n in node.names):
            found.append("environment")
    return found


def test_nothing_below_the_pipeline_fetches_settings() -> None:
    fetched: dict[str, set[str]] = {"Settings": set(), "environment": set()}
    for path in LOADERS.rglob("*.py"):
        for what in list_fetches(ast.parse(path.read_text(encoding="utf-8"))):
            fetched[what].add(path.relative_to(LOADERS).as_posix())
    assert fetched["Settings"] <= DOORS
    assert fetched["environment"] == set(ENVIRONMENT)
    bad = "import os\nfrom os import getenv\nlimit = Settings().x\nname = os.environ['A']\n"
    assert sorted(list_fetches(ast.parse(bad))) == ["Settings", "environment", "environment"]


def make_long_pdf(path: Path) -> Path:
    return make_pdf(path, breaks=True)


@pytest.mark.parametrize(
    ("make", "name", "given", "setting"),
    [
        (make_long_pdf, "a.pdf", {"max_pages": 1}, "GONGKAI_MAX_PAGES"),
        (make_docx, "a.docx", {"max_unpacked_bytes": 500}, "GONGKAI_MAX_UNPACKED_BYTES"),
        (make_xlsx, "a.xlsx", {"max_unpacked_bytes": 500}, "GONGKAI_MAX_UNPACKED_BYTES"),
        (make_pdf, "a.pdf", {"max_file_bytes": 50}, "GONGKAI_MAX_FILE_BYTES"),
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_limits_that_are_passed_hold(
    tmp_path: Path, make: object, name: str, given: dict[str, int], setting: str, jobs: int
) -> None:
    """In the reader, in the pipeline, and in the processes of a build, whatever the environment says."""
    assert callable(make)
    path = make(tmp_path / name)
    assert read_document(path).text
    strict = Settings(jobs=jobs, **given)  # type: ignore[arg-type]
    for read in (read_document, lambda p, s: read_facts(p, None, s)):
        with pytest.raises(OversizedFile) as caught:
            read(path, strict)
        assert setting in str(caught.value)
    report = build([path], tmp_path / "store", strict)
    assert [setting in failure.remedy or setting in failure.problem for failure in report.failures] == [True]


def test_a_file_of_forms_that_is_passed_is_used(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(as_text(), encoding="utf-8")
    forms = tmp_path / "forms.toml"
    forms.write_text("[[form]]\nid = 1\n", encoding="utf-8")
    assert read_facts(path, strict=False).figures
    with pytest.raises(SettingsError, match=r"forms\.toml"):
        read_facts(path, None, Settings(forms=forms), strict=False)
