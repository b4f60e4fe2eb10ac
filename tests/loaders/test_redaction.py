"""Names of contacts reach nothing that is published, of whatever length; all names here are made up."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from loaders.catalogue import Catalogue
from loaders.documents import Span
from loaders.facts import NumberToken
from loaders.graph import quads
from loaders.pipeline import read_document, read_facts
from loaders.settings import Settings
from loaders.words.redaction import MASK, Redaction
from service.linked.exports import describe_facts, list_figures
from tests import commands

ROOT = Path(__file__).resolve().parents[2]
#: A line of a form, and what in it belongs to a person.
LINES: list[tuple[str, ...]] = [
    ("部门预算公开联系人：张三 联系方式：0755-12345678", "张三"),
    ("部门预算公开联系人：张三联系方式：0755-12345678", "张三"),
    ("联 系 人：李 四", "李 四"),
    ("联系人（签字）：王五", "王五"),
    ("联系人：欧阳小明", "欧阳小明"),
    ("联系人：司马光年 电话：12345678", "司马光年"),
    ("联系人：买买提·吐尔逊", "买买提·吐尔逊"),
    ("联系人:阿卜杜热依木·买买提 13800138000", "阿卜杜热依木·买买提"),
    ("填报人：赵六　审核人：钱七", "赵六", "钱七"),
    ("填报人：赵六\t联系电话：0731-8888888", "赵六"),
    ("填表人 孙小八 填表日期 2023年5月", "孙小八"),
    ("经办人：周九、吴十", "周九", "吴十"),
    ("制表人：郑一二", "郑一二"),
    ("审核人（签名）：冯三四（盖章）", "冯三四"),
    ("单位负责人：陈五六 填报人：褚七八", "陈五六", "褚七八"),
    ("项目负责人：卫九", "卫九"),
    ("咨询电话：某女士 0755-87654321", "某"),
    ("咨询电话：王女士", "王"),
    ("联系电话：李先生 13912345678", "李"),
    ("联系人：财务科张三 0755-12345678", "张三"),
    ("联系电话：财务科某某 0755-12345678", "某某"),
    ("联系人：办公室李小四，电话：12345678", "李小四"),
    ("联系人及电话：王五 021-12345678", "王五"),
    ("联系人、联系电话：赵六，13700001111", "赵六"),
    ("（联系人：钱七，联系电话：0571-87654321）", "钱七"),
    ("联系人：孙八；电话：010-12345678", "孙八"),
    ("联系人：周九/吴十", "周九", "吴十"),
    ("预算公开咨询：郑一 0755-23456789", "郑一"),
    ("王小二（13800001234）", "王小二"),
    ("张 三：0755-12345678", "张 三"),
    ("联系人\t冯三\t联系电话\t0755-12345678", "冯三"),
    ("联系人\n陈四五\n联系电话\n0755-12345678", "陈四五"),
    ("联系人：褚五 邮箱：chu5@example.com", "褚五", "chu5@example.com"),
    ("联系方式：１３８００１３８０００", "１３８００１３８０００"),
    ("手机：138 0013 8000", "138 0013 8000"),
    ("传真：（0755）1234 5678", "1234 5678"),
    ("Tel: 0755-12345678 联系人：蒋六", "蒋六", "0755-12345678"),
    ("联络员：沈七 职务：科员", "沈七"),
    ("填报人员：韩八九 联系方式：62345678", "韩八九", "62345678"),
    ("填报单位：安平市交通局 填报人：杨十一 填报日期：2024年3月1日", "杨十一"),
    ("承办人：朱十二同志", "朱十二"),
    ("联系人：秦某某 电话：12345678", "秦某某"),
]
#: Lines that name nobody.
NOBODY = [
    "联系方式：见部门网站",
    "咨询电话",
    "联系人：财务科",
    "填报人：（签字）",
    "负责人：无",
    "联系电话：以上",
    "项目负责人应当加强管理，负责人 基本工资 12.00",
    "女士用品采购 3.00 万元",
    "同志们辛苦了，张三李四参加会议",
    "电话费 1200.00 元，邮电费 300.00 元",
    "联系群众：王家村、李家庄",
]
BUDGET = """2024年安平市青原区交通局部门预算公开

一、部门职责
（一）负责高明区的道路。
二、收支情况
2024年收入预算1,230.00万元，支出预算1,230.00万元。
三、名词解释
1.机关运行经费：为保障高明运行的经费，高明的意思是明白。
部门预算公开联系人：高明 联系方式：0755-12345678
财务科高明，咨询电话：某女士 0755-87654321
"""


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
@pytest.mark.parametrize("begin", ["", "第一部分 概况\n", "2024年部门预算\n五、"])
def test_a_contact_is_masked_in_the_text_and_in_what_is_taken_from_it(line: tuple[str, ...], begin: str) -> None:
    text, *secrets = line
    redaction = Redaction(f"{begin}{text}\n第二部分 情况说明\n")
    assert len(redaction.text) == len(redaction.original)
    kept, squeezed = "".join(redaction.text.split()), redaction.clean("".join(text.split()))
    for secret in ("".join(s.split()) for s in secrets):
        assert secret not in kept
        assert secret not in squeezed
        if len(secret) > 1 and secret != "12345678":  # which is the end of a number only
            assert secret not in redaction.clean(secret), "the name alone, as a label"
            assert secret not in redaction.clean(text)


@pytest.mark.parametrize("line", NOBODY)
def test_what_names_nobody_stays(line: str) -> None:
    assert Redaction(f"甲\n{line}\n乙").text == f"甲\n{line}\n乙"


def test_a_name_that_is_a_word_as_well_destroys_no_other_text() -> None:
    redaction = Redaction(BUDGET)
    assert MASK not in redaction.clean("负责高明区的道路。")
    assert redaction.clean("高明的意思是明白") == "高明的意思是明白"
    assert redaction.clean("公开联系人：高明联系方式") == f"公开联系人：{MASK * 2}联系方式"
    assert redaction.clean("高明") == MASK * 2
    assert "某" not in redaction.clean("咨询电话：某女士")


def test_what_the_ledger_calls_a_contact_is_masked() -> None:
    text = "值班 62345678 人"
    assert Redaction(text, [NumberToken(Span(3, 11), "62345678", "contact", "")]).text == f"值班 {MASK * 8} 人"


def list_strings(path: Path) -> str:
    """All that is published of a document: its facts, its figures, its graph."""
    facts = read_facts(path, Catalogue(), Settings(ocr="off"), strict=False)
    parts = [json.dumps(describe_facts(facts), ensure_ascii=False)]
    parts += [str(row) for row in list_figures(facts)]
    parts += [str(quad.object) for quad in quads(facts, Settings().base)]
    return "\n".join(parts)


@pytest.mark.parametrize("line", LINES[::4], ids=lambda line: line[0])
def test_no_name_is_in_facts_or_graph(tmp_path: Path, line: tuple[str, ...]) -> None:
    text, *secrets = line
    path = tmp_path / "a.txt"
    lines = BUDGET.splitlines()
    path.write_text("\n".join([*lines[:-2], f"2.{text}", text, ""]), encoding="utf-8")
    published = list_strings(path)
    assert "机关运行经费" in published
    for secret in secrets:
        bare = "".join(secret.split())
        if len(bare) > 1:
            assert bare not in "".join(published.split())
    # The single letter of 某女士 stands before a mask's place only.
    assert not re.search("[某王李](女士|先生)", published)


def test_the_command_prints_the_published_form(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(BUDGET, encoding="utf-8")

    def run(*options: str) -> str:
        done = commands.run("text", str(path), *options, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        printed: bytes = done.stdout
        return printed.decode("utf-8")

    assert run("--raw") == BUDGET
    printed = run()
    assert len(printed) == len(BUDGET)
    assert "联系人：高明" not in printed
    assert "12345678" not in printed
    for figure in read_facts(path).figures:
        assert printed[figure.span.start : figure.span.end] == figure.stated


@pytest.mark.shared
@pytest.mark.slow
def test_no_contact_of_the_documents_at_hand_is_published(shared_folder: Path) -> None:
    """Found here by other means than there: the words behind 联系人 and the like, as far as the next sign."""
    folder = shared_folder / "documents"
    paths = [*sorted((folder / "pdf").glob("*.pdf"))[::9], *sorted((folder / "pdf2").glob("*.pdf"))[::9]]
    contact = re.compile(r"(?:联系人|填报人|填表人|经办人|制表人)[：:]\s*([\u4e00-\u9fff]{2,4})(?=\s|$|[，。；、（(])")
    phone = re.compile(r"(?<![0-9.])(?:0[0-9]{2,3}-[0-9]{7,8}|1[3-9][0-9]{9})(?![0-9.])")
    for path in paths:
        text = read_document(path, Settings(ocr="off")).text
        found = [*contact.finditer(text), *phone.finditer(text)]
        if not found:
            continue
        masked = Redaction(text).text
        for match in found:
            span = match.span(1) if match.re is contact else match.span()
            if match.re is phone or not re.search("部|处|科|室|局|电话|方式", match[1]):
                assert set(masked[slice(*span)]) == {MASK}, f"{path.name}: a contact at {span} is published"


@pytest.mark.parametrize("code", ["41072322T000018005566-防火瞭望经费", "T000213800138000"])
def test_the_code_of_a_project_is_no_number_of_a_person(code: str) -> None:
    assert Redaction(f"项目名称：{code}").text == f"项目名称：{code}"


@pytest.mark.parametrize("number", ["02987654321", "13800138000", "110105199003074567"])
def test_a_letter_before_a_number_of_a_person_does_not_publish_it(number: str) -> None:
    assert number not in Redaction(f"咨询Tel{number}办理").text
