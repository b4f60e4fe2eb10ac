"""A folder in which somebody has put documents that do harm: the others are built, and each of those is reported."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from loaders.build.building import BuildReport, build
from loaders.build.conversion import Failure
from loaders.settings import Settings
from service.words.reasons import say_reason
from tests.hostile_files import draw, make_compound, make_docx_bomb, make_laughs, make_stream_bomb, make_xlsx_bomb, pack

GOOD = "{}市某某局{}年部门决算\n一、收入支出决算总体情况说明\n{}年度收入总计120.5万元，支出总计120.5万元。\n"
#: What stands in a folder beside good documents, and what is said of it, in English and Chinese.
HOSTILE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "stream.pdf": (make_stream_bomb, "inflates", "解压后超过"),
    "cut.pdf": (lambda: draw(3)[:700], "damaged", "已损坏"),
    "pages.pdf": (lambda: draw(60), "pages", "超过 40 页"),
    "bomb.docx": (make_docx_bomb, "unpack to", "解压后共"),
    "laughs.docx": (make_laughs, "entities", "XML 实体"),
    "bomb.xlsx": (make_xlsx_bomb, "unpack to", "解压后共"),
    "old.xls": (lambda: make_compound("Workbook"), "damaged", "损坏"),
    "nul.txt": (lambda: b"2023\0\0\1\2" * 500, "binary", "二进制"),
    "empty.html": (lambda: b"<html><body></body></html>", "", ""),
    "archive.zip": (lambda: pack(**{"a.txt": b"1"}), "archive", "压缩包"),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    """One build of all, in the processes that a build has by itself."""
    folder = tmp_path_factory.mktemp("hostile")
    for place, year in (("岳阳", 2022), ("长沙", 2023)):
        (folder / f"good-{year}.txt").write_text(GOOD.format(place, year, year), encoding="utf-8")
    for name, (make, _, _) in HOSTILE.items():
        (folder / name).write_bytes(make())
    limits = Settings(jobs=2, max_unpacked_bytes=10_000_000, max_pages=40)
    return build(sorted(folder.iterdir()), folder / "store", limits)


def find_failure(report: BuildReport, name: str) -> Failure:
    [found] = [failure for failure in report.failures if Path(failure.path).name == name]
    return found


def test_the_others_of_the_folder_are_converted(report: BuildReport) -> None:
    assert {Path(document.path).name for document in report.documents} == {"good-2022.txt", "good-2023.txt"}
    assert {Path(failure.path).name for failure in report.failures} == set(HOSTILE)


@pytest.mark.parametrize("name", HOSTILE)
def test_each_is_reported_with_its_name_problem_and_remedy(report: BuildReport, name: str) -> None:
    failure = find_failure(report, name)
    _, english, chinese = HOSTILE[name]
    assert name in failure.place
    assert english in failure.problem
    for said in (failure.problem, failure.remedy):
        assert not re.search("[一-鿿]{4}", say_reason(said, "en").replace("部门预算", ""))
        assert re.search("[一-鿿]{2}", say_reason(said, "zh")), said
    assert chinese in say_reason(failure.problem, "zh")
