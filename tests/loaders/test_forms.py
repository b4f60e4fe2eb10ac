"""Official forms: their titles in the layouts of centre and provinces, headers without titles, forms of one's own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loaders.errors import SettingsError
from loaders.pipeline import read_facts
from loaders.tables.forms import list_forms, recognise_form

TITLES = {
    # 财政部, centre and Beijing
    "收支总表": "balance",
    "收入总表": "income",
    "支出总表": "expenditure",
    "财政拨款收支总表": "appropriation-balance",
    "一般公共预算支出表": "general-function",
    "一般公共预算基本支出表": "basic-economic",
    "一般公共预算“三公”经费支出表": "three-public",
    "政府性基金预算支出表": "government-funds",
    "国有资本经营预算支出表": "state-capital",
    "财政拨款“三公”经费支出表": "three-public",
    "十、政府采购预算明细表": "procurement",
    "十一、政府购买服务支出预算明细表": "procurement",
    "项目支出绩效表": "performance-targets",
    # Guangdong
    "收支总体情况表": "balance",
    "本年支出总体情况表": "expenditure",
    "一般公共预算支出情况表（按功能分类科目）": "general-function",
    "一般公共预算基本支出情况表（按经济分类科目）": "basic-economic",
    "一般公共预算项目支出情况表（按经济分类科目）": "general-economic",
    "财政拨款安排的行政经费及“三公”经费预算表": "three-public",
    "部门预算项目支出及其他支出预算表": "projects",
    "部门整体支出绩效目标表": "performance-targets",
    # Shanghai
    "2026年预算单位财务收支预算总表": "balance",
    "2026年预算单位一般公共预算支出功能分类预算表": "general-function",
    "2026年预算单位一般公共预算基本支出部门预算经济分类预算表": "basic-economic",
    "2026年单位“三公”经费和机关运行经费预算表": "three-public",
    # Shaanxi
    "部门综合预算收支总表": "balance",
    "部门综合预算一般公共预算支出明细表（按支出功能分类科目-不含上年结转）": "general-function",
    "部门综合预算一般公共预算支出明细表（按支出经济分类科目）": "general-economic",
    "部门综合预算政府性基金收支表（不含上年结转）": "government-funds",
    "部门综合预算专项业务经费支出表": "special-business",
    "部门综合预算政府采购（资产配置、购买服务）预算表": "procurement",
    "部门专项业务经费绩效目标表": "performance-targets",
    # Hunan
    "2025年部门收支总体情况表": "balance",
    "2025年项目支出绩效目标表": "performance-targets",
    "2025年部门整体支出绩效目标表": "performance-targets",
    # Jiangsu
    "财政拨款支出表（功能科目）": "general-function",
    "财政拨款基本支出表（经济科目）": "basic-economic",
    "一般公共预算“三公”经费、会议费、培训费支出表": "three-public",
    "一般公共预算机关运行经费支出预算表": "running-costs",
    "政府采购支出表": "procurement",
    # Zhejiang, Chongqing
    "表1：2026年市级部门收支预算总表": "balance",
    "表10：2026年市级部门项目支出预算表": "projects",
    "表11：2026年市级部门项目支出绩效表": "performance-targets",
    "2026年市级一般性项目绩效目标表（一级项目）": "performance-targets",
    # final accounts, 公开01 to 公开09
    "收入支出决算总表": "balance",
    "收入决算表": "income",
    "支出决算表": "expenditure",
    "财政拨款收入支出决算总表": "appropriation-balance",
    "一般公共预算财政拨款支出决算表": "general-function",
    "一般公共预算财政拨款基本支出决算明细表": "basic-economic",
    "政府性基金预算财政拨款收入支出决算表": "government-funds",
    "国有资本经营预算财政拨款支出决算表": "state-capital",
    "财政拨款“三公”经费支出决算表": "three-public",
    # performance
    "项目支出绩效自评表": "self-evaluation",
    "部门整体支出绩效自评表": "self-evaluation",
    "专项资金绩效目标申报表": "project-declaration",
}
HEADERS = {
    "收入|支出|项目|预算数|项目|预算数": "balance",
    "收入|支出|项目|预算数|项目|合计|一般公共预算|政府性基金预算": "appropriation-balance",
    "科目编码|科目名称|合计|财政拨款收入|财政专户管理资金收入|事业收入|其他收入": "income",
    "二级预算单位名称|一级项目名称|预算数(万元)|绩效目标": "project-targets",
    "项目|预算数(单位:万元)|绩效目标": "project-targets",
    "一级指标|二级指标|三级指标|指标值": "indicators",
    "一级指标|二级指标|三级指标|分值|得分|评分标准": "scoring",
    "科目编码|单位编码|采购项目|采购目录|规格型号|数量|预算金额": "procurement",
    "序号|会议名称|时间|人数|金额": "meetings",
    "序号|单位名称|拟变动情况": "units",
    "姓名|生日": "",
}

#: A table that no form of ours knows, as a document prints it.
DOCUMENT = """2026年无锡市口岸办公室部门预算
第一部分 无锡市口岸办公室概况
一、主要职责
负责口岸管理工作。
第二部分 2026年部门预算表
收支总表
单位：万元
项目\t预算数
本年收入合计\t1,230.00
船舶燃油补助安排表
单位：万元
船舶名称\t上年安排\t本年安排
口岸一号\t12.00\t13.50
口岸二号\t8.00\t9.25
"""


@pytest.mark.parametrize(("title", "form"), TITLES.items())
def test_official_titles(title: str, form: str) -> None:
    found = recognise_form(title, "")
    assert found is not None
    assert found.id == form


@pytest.mark.parametrize(("header", "form"), HEADERS.items())
def test_headers_without_a_title(header: str, form: str) -> None:
    found = recognise_form("", header)
    assert (found.id if found else "") == form


def test_a_form_of_one_s_own_as_the_documentation_shows_it(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(DOCUMENT, encoding="utf-8")

    def read() -> dict[str, tuple[str, str, str]]:
        return {
            f.stated: (f.form, f.subject_kind, dict(f.dimensions).get("fund", "")) for f in read_facts(path).figures
        }

    before = read()
    assert {before[n][0] for n in ("12.00", "13.50", "8.00", "9.25")} == {""}
    example = re.search(r"```toml\n(.*?)```", (root / "docs" / "forms.md").read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    added = "\n".join(line.removeprefix("   ") for line in example[1].splitlines())
    words = added.replace("公务用车购置明细", "船舶燃油补助安排").replace("vehicle-purchase", "ship-fuel")
    forms = tmp_path / "forms.toml"
    forms.write_text(words, encoding="utf-8")
    monkeypatch.setenv("GONGKAI_FORMS", str(forms))
    after = read()
    assert {after[n] for n in ("12.00", "13.50", "8.00", "9.25")} == {("ship-fuel", "asset", "一般公共预算")}
    assert after["1,230.00"] == before["1,230.00"]
    # Another layout of a form that is known needs its id and its words alone.
    forms.write_text('[[form]]\nid = "projects"\ntitle = "船舶燃油补助安排"\n', encoding="utf-8")
    assert read()["13.50"][:2] == ("projects", "project")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[form]\n", "no TOML"),
        ('[[form]]\nid = "a"\n', "lacks"),
        ('[[form]]\nid = "a"\nzh = "甲"\nen = "a"\n', "nothing tells"),
        ('[[form]]\nid = "A b"\nzh = "甲"\nen = "a"\ntitle = "甲"\n', "lacks"),
        ('[[form]]\nid = "a"\nzh = "甲"\nen = "a"\ntitle = "甲"\nsubject = "ship"\n', "subject"),
        ('[[form]]\nid = "a"\nzh = "甲"\nen = "a"\ntitle = "("\n', "no pattern"),
        ('[[form]]\nid = "a"\nzh = "甲"\nen = "a"\ntitle = 3\n', "texts"),
        ('[[form]]\nid = "a"\ncolour = "red"\n', "texts"),
    ],
)
def test_a_wrong_file_of_forms_is_told(tmp_path: Path, text: str, problem: str) -> None:
    forms = tmp_path / "forms.toml"
    forms.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=problem) as caught:
        list_forms(forms)
    assert "forms.toml" in str(caught.value)
    with pytest.raises(SettingsError, match=r"none\.toml"):
        list_forms(tmp_path / "none.toml")
