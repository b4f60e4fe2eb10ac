"""A store of invented budgets: offices of one kind in several places, so that names can be ambiguous.

The texts have the official form and nothing else; who reads them is the loader itself, so that the names of an office
are those that a build gives it.
"""

from __future__ import annotations

from pathlib import Path

from loaders.build.building import build
from loaders.build.snapshots import Snapshot
from loaders.settings import Settings
from service.linked import snapshot_parts

NAMES = Path(__file__).with_name("names")
_TEXT = """{year}年{office}部门预算

第一部分 部门概况

一、主要职责
（一）贯彻执行国家有关法律、法规和政策。
（二）承办上级交办的其他事项。我{self}严格执行预算。

第二部分 部门预算安排情况

{year}年{office}部门预算收入{income}万元，比上年增加{growth}万元。

收支预算总表
单位：万元
收入	预算数	支出	预算数
一般公共预算拨款	{income}	一般公共服务支出	{income}
本年收入合计	{income}	本年支出合计	{income}
"""


def list_offices() -> list[str]:
    """The names of the invented offices."""
    lines = (NAMES / "offices.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def write_texts(folder: Path, year: int = 2023) -> list[Path]:
    """One budget of each office, as text files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, office in enumerate(list_offices()):
        path = folder / f"invented-{number:02}-{year}-budget.txt"
        text = _TEXT.format(office=office, year=year, self=office[-1], income=1000 + number, growth=number + 1)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def add_offices(store: Path, texts: Path) -> Snapshot:
    """Adds the invented budgets to a store and makes its index. Conversion runs in this process alone."""
    report = build(write_texts(texts), store_dir=store, settings=Settings(store=store, jobs=1))
    assert report.succeeded, report
    assert report.snapshot is not None
    snapshot_parts.make(store, report.snapshot, "search")
    return report.snapshot
