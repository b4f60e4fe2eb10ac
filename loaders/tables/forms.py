"""The official forms, as data: what a table's title or header says and what its figures are about.

A new form is an entry in :data:`FORMS`, not a branch of code, or an entry in a file of one's own (``GONGKAI_FORMS``,
see docs/forms.md), which comes before ours. Sources: the nine 公开表 of 财政部's 部门决算 and 部门预算
disclosure rules, and the layouts of the provinces that add to them. The first entry whose patterns fit wins, so special
forms stand before general ones.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import get_args

from loaders.errors import SettingsError
from loaders.facts import SubjectKind
from loaders.words.normalise import plain


@dataclass(frozen=True, slots=True)
class Form:
    """One official form.

    ``title`` must be found in the table's title, ``header`` in its header; an empty pattern fits all. ``subject`` is
    what its rows are about, ``fund`` the budget its money belongs to, ``flow`` income or expenditure.
    """

    id: str
    zh: str
    en: str
    title: str = ""
    header: str = ""
    without: str = ""
    subject: SubjectKind = "item"
    fund: str = ""
    flow: str = ""


FORMS: tuple[Form, ...] = (
    Form("self-evaluation", "绩效自评表", "performance self-evaluation", title=r"自评表|绩效自评(?!.*评分)", subject="indicator"),
    Form("scoring", "绩效评价评分表", "evaluation scoring table", header=r"(?:分值|权重).*得分|得分.*(?:分值|权重)", subject="assessment"),
    Form("project-targets", "项目预算与绩效目标表", "projects with their budgets and targets",
         header=r"项目(?:名称)?\|(?:金额|预算数|预算金额|预算安排)[^|]*\|[^|]*绩效目标", subject="project", flow="expenditure"),
    Form("project-declaration", "绩效目标申报表", "declaration of project targets", title=r"绩效目?标申报表", subject="indicator"),
    Form("performance-targets", "绩效目标表", "performance targets", title=r"绩效.{0,4}目标.{0,6}表|绩效目标|支出绩效(?:情况)?表", subject="indicator"),
    Form("indicators", "绩效指标", "performance indicators", header=r"一级指标.*二级指标|绩效指标.*(?:目标值|指标值)", subject="indicator"),
    Form("three-public", "“三公”经费表", "the three public expenses", title=r"[三3]公.{0,2}经费|因公出国.{0,30}表|三公”", subject="economic"),
    Form("procurement", "政府采购表", "government procurement", title=r"政府采购|购买服务", header=r"采购项目\|采购(?:目录|品目)",
         subject="project"),
    Form("meetings", "会议费、培训费明细表", "conferences and training", title=r"(?:会议|培训)费?明细", header=r"(?:会议|培训)名称\|时间\|人数"),
    Form("units", "预算单位构成表", "units of a department", title=r"预算单位(?:构成|名单)", header=r"^序号\|单位名称(?:\||$)", subject="agency"),
    Form("state-capital", "国有资本经营预算表", "state-owned capital operations budget", title=r"国有资本经营", subject="function",
         fund="国有资本经营预算", flow="expenditure"),
    Form("government-funds", "政府性基金预算表", "government-managed funds budget", title=r"政府性基金", subject="function",
         fund="政府性基金预算", flow="expenditure"),
    Form("running-costs", "机关运行经费表", "running costs of offices", title=r"机关运行经费", subject="economic"),
    Form("basic-economic", "一般公共预算基本支出表（按经济分类）", "basic expenditure by economic class", title=r"基本支出.*(?:经济|表)|基本支出",
         subject="economic", flow="expenditure"),
    Form("general-economic", "一般公共预算支出表（按经济分类）", "general public expenditure by economic class",
         title=r"经济.{0,3}(?:分类|科目)", subject="economic", fund="一般公共预算", flow="expenditure"),
    Form("special-business", "专项业务经费支出表", "special business expenditure", title=r"专项业务经费|专项资金", subject="project",
         flow="expenditure"),
    Form("projects", "项目支出表", "project expenditure", title=r"项目(?:支出|预算|经费|明细|情况|表)|重点项目|一级项目|二级项目",
         without=r"绩效|功能", subject="project", flow="expenditure"),
    Form("appropriation-balance", "财政拨款收支总表", "fiscal appropriation, income and expenditure",
         title=r"(?:财政拨款|政府预算拨款).{0,4}收.{0,2}支|财政拨款收入支出", header=r"^收入\|支出\|项目\|.*一般公共预算.*\|政府性基金", subject="item", fund="财政拨款", flow="both"),
    # All fiscal appropriations by function, of whatever fund (财政拨款支出表).
    Form("general-function", "一般公共预算支出表（按功能分类）", "general public expenditure by function",
         title=r"财政拨款.{0,8}支出", without=r"公共预算", subject="function", fund="财政拨款", flow="expenditure"),
    Form("general-function", "一般公共预算支出表（按功能分类）", "general public expenditure by function",
         title=r"(?:一般公共预算|公共预算|财政拨款).{0,8}支出", subject="function", fund="一般公共预算", flow="expenditure"),
    Form("income", "收入总表", "income", title=r"(?<!支)收入(?!支出|与支出|和支出).{0,6}表",
         header=r"科目名称\|合计\|(?:.*\|)?(?:财政拨款|一般公共预算拨款)收入\|.*事业收入", without=r"收支", subject="function", flow="income"),
    Form("expenditure", "支出总表", "expenditure", title=r"(?<!收)支出.{0,6}表", without=r"收入|收支", subject="function", flow="expenditure"),
    Form("balance", "收支总表", "income and expenditure", title=r"收支|收入支出|收入、支出|收入和支出",
         header=r"^收入\|支出\|项目\|", subject="item", flow="both"),
    Form("staff", "人员编制情况表", "staff", title=r"人员|编制情况", subject="staff"),
    Form("divisions", "内设机构表", "internal divisions", title=r"内设机构", header=r"内设机构|机构职能", subject="item"),
    Form("assets", "资产情况表", "assets", title=r"资产|车辆", subject="asset"),
)  # fmt: skip


def recognise_form(title: str, header: str, forms: Sequence[Form] = FORMS) -> Form | None:
    """The first of the forms whose patterns fit a table's title and header, or None."""
    title, header = plain(title), plain(header)
    for form in forms:
        if form.without and re.search(form.without, title):
            continue
        fits_title = bool(form.title) and bool(title) and bool(re.search(form.title, title))
        fits_header = bool(form.header) and bool(re.search(form.header, header))
        if fits_title or fits_header:
            return form
    return None


def list_forms(added: Path | None) -> tuple[Form, ...]:
    """All forms in the order in which they are tried: those of the file ``added`` (the setting ``forms``), then ours.

    Raises :class:`loaders.errors.SettingsError` if that file is wrong.
    """
    return FORMS if added is None else (*read_forms(added), *FORMS)


def read_forms(path: Path) -> tuple[Form, ...]:
    """The forms of a TOML file, ``[[form]]`` by ``[[form]]``. Raises :class:`loaders.errors.SettingsError`."""
    try:
        return _read_forms(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise SettingsError("GONGKAI_FORMS", f"{path} cannot be read ({error.strerror})", "Name a file") from error


@functools.lru_cache(maxsize=4)
def _read_forms(path: Path, _: int) -> tuple[Form, ...]:
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("form", [])
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError("GONGKAI_FORMS", f"{path} is no TOML ({error})", "Mend the file") from error
    return tuple(_read_form(row, f"{path}, form {number}") for number, row in enumerate(rows, 1))


def _read_form(row: object, place: str) -> Form:
    names = [f.name for f in fields(Form)]
    if not isinstance(row, dict) or set(row) - set(names) or not all(isinstance(v, str) for v in row.values()):
        raise SettingsError(
            place, "it has something else than texts", f"A form has of {', '.join(names)} what is needed"
        )
    known = {f.id: f for f in FORMS}.get(row.get("id", ""))
    # Another layout of a form that is known needs no names of its own.
    values = {"zh": known.zh, "en": known.en, "subject": known.subject, "fund": known.fund, "flow": known.flow} | row \
        if known else row  # fmt: skip
    if (
        not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", values.get("id", ""))
        or not values.get("zh")
        or not values.get("en")
    ):
        raise SettingsError(place, "it lacks id, zh or en", "Give an id of a-z, 0-9 and hyphens, and both names")
    if not (values.get("title") or values.get("header")):
        raise SettingsError(place, "nothing tells the form", "Give the words of its title or of its header")
    if values.get("subject", "item") not in get_args(SubjectKind):
        raise SettingsError(place, f"subject is {values['subject']!r}", f"Use {', '.join(get_args(SubjectKind))}")
    for name in ("title", "header", "without"):
        try:
            re.compile(values.get(name, ""))
        except re.error as error:
            raise SettingsError(place, f"{name} is no pattern ({error})", "Mend it; a plain word is one") from error
    return Form(**values)
