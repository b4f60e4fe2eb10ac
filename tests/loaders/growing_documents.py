"""Documents made by chance, small and of real shape: budgets of a few offices over a few years, in tables and prose."""

from __future__ import annotations

import random
from pathlib import Path

PLACES = ("无锡市", "苏州市", "常州市")
#: 2019997 and 2019996 are in no list; 2010301 is 行政运行.
_NAMES = ("口岸协管支出", "边民互助支出", "口岸协管")
_DIVISIONS = ("办公室", "综合处", "口岸管理处", "口岸规划处", "通关协调处", "人事处")
_DUTIES = (
    "贯彻执行国家有关口岸工作的法律、法规和政策。",
    "贯彻执行国家有关口岸工作的法规和政策，起草有关规范性文件。",
    "负责全市口岸的规划、建设和管理工作。",
    "负责口岸通关环境的协调工作。",
)
_LAWS = (
    "《国务院关于深化预算管理制度改革的决定》（国发〔2014〕45号）",
    "国发[2014]45号",
    "《口岸管理办法》（财预〔2016〕143号）",
)

_TEXT = """{year}年{place}口岸办公室部门预算
第一部分 {place}口岸办公室概况
一、主要职责
{duties}
二、机构设置
根据{law}，{place}口岸办公室内设机构{count}个，包括：{divisions}。
第二部分 {year}年部门预算表
一般公共预算支出表（按功能分类）
单位：万元
科目编码\t科目名称\t合计\t基本支出\t项目支出
201\t一般公共服务支出\t{total}\t{basic}\t{project}
20103\t政府办公厅（室）及相关机构事务\t{basic}\t{basic}\t
2010301\t{usual}\t{basic}\t{basic}\t
20199\t其他一般公共服务支出\t{project}\t\t{project}
{code}\t{name}\t{project}\t\t{project}
第三部分 情况说明
{year}年“三公”经费预算{travel}万元，其中：因公出国（境）费0万元，公务用车购置及运行维护费{travel}万元，公务接待费0万元。
{year}年末在职人员{staff}人。
第四部分 名词解释
一、基本支出：指为保障机构正常运转、完成日常工作任务而发生的支出{word}。
"""


def write_text(chance: random.Random, place: str, year: int) -> str:
    """The text of a budget; everything but office and year is by chance."""
    basic, project = chance.randint(1, 900), chance.randint(1, 900)
    divisions = chance.sample(_DIVISIONS, chance.randint(3, 5))
    duties = chance.sample(_DUTIES, chance.randint(1, 3))
    return _TEXT.format(
        place=place,
        year=year,
        duties="\n".join(f"（{'一二三'[n]}）{duty}" for n, duty in enumerate(duties)),
        law=chance.choice(_LAWS),
        count=len(divisions),
        divisions="、".join(divisions),
        basic=f"{basic}.00",
        project=f"{project}.00",
        total=f"{basic + project}.00",
        usual=chance.choice(("行政运行", "行政运行", "机关运转")),
        code=chance.choice(("2019997", "2019997", "2019996")),
        name=chance.choice(_NAMES),
        travel=chance.randint(1, 30),
        staff=chance.randint(5, 60),
        word=chance.choice(("", "，包括人员经费和公用经费")),
    )


class Folder:
    """A folder in which documents come, change and go by chance."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.chance = folder, random.Random(seed)
        folder.mkdir(parents=True)

    def add(self, count: int = 1) -> None:
        """Some documents that were not there."""
        free = [
            (place, year) for place in PLACES for year in (2021, 2022, 2023) if not self._find(place, year).exists()
        ]
        for place, year in self.chance.sample(free, min(count, len(free))):
            self._find(place, year).write_text(write_text(self.chance, place, year), encoding="utf-8")

    def change(self) -> None:
        """One document has another text."""
        path = self._choose()
        place, year = path.stem.split("-")
        path.write_text(write_text(self.chance, place, int(year)), encoding="utf-8")

    def remove(self) -> None:
        """One document goes."""
        self._choose().unlink()

    def step(self) -> str:
        """One of these, or two; tells which."""
        steps = ["add", "add", "change", "change", "remove"]
        many = len(list(self.folder.iterdir()))
        names = self.chance.sample(steps, self.chance.choice((1, 1, 2))) if many > 3 else ["add"]
        for name in names:
            getattr(self, name)()
        return ", ".join(names)

    def _choose(self) -> Path:
        return self.chance.choice(sorted(self.folder.iterdir()))

    def _find(self, place: str, year: int) -> Path:
        return self.folder / f"{place}-{year}.txt"
