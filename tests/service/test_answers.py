"""The answers of a running server over the five documents: values read off them by a person, and where they lead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.questions.judging import Question, judge, read_questions
from tests.service.conftest import Server
from tests.waiting import PATIENCE

BROWSER = {"Accept": "text/html"}
SHENZHEN, BAOJI, YUEYANG = "深圳市人民政府口岸办公室", "宝鸡市人民政府口岸办公室", "岳阳市人民政府口岸管理办公室"
#: What the documents say, in the lines of their texts that are named.
ASKED = [
    ("value", "岳阳口岸办2023年三公经费决算", f"office={YUEYANG};year=2023;value=34800", "yueyang-2023-accounts 101"),
    ("value", "Yueyang port office training 2023", f"office={YUEYANG};value=3800", "yueyang-2023-accounts 115"),
    ("value", "宝鸡口岸办编制多少人", f"office={BAOJI};value=10", "baoji-2023-budget 145"),
    ("value", "How many staff does the Baoji port office have", f"office={BAOJI};value=8", "baoji-2023-budget 147"),
    ("value", "深圳口岸办2021年編制", f"office={SHENZHEN};value=52", "shenzhen-2021-evaluation 167"),
    ("ratio", "宝鸡口岸办人均三公经费", f"office={BAOJI};perhead=500", "baoji-2023-budget 147, 263"),
    ("ratio", "岳阳口岸办2023年培训费执行率", f"office={YUEYANG};percent=76", "yueyang-2023-accounts 115"),
    ("comparison", "比较宝鸡和岳阳口岸办2023年三公经费", f"has={BAOJI}=4000,{YUEYANG}=34800", "as above"),
    ("absent", "成都口岸办三公经费", "says=成都", ""),
    ("absent", "宝鸡口岸办2019年三公经费", "says=2019", ""),
    ("unstated", "上海口岸办编制多少人", "office=上海市口岸服务办公室", "shanghai-2017-budget"),
]  # fmt: skip


@pytest.fixture(scope="module")
def running(serve: Callable[..., Server], copy_of_five: Path) -> Iterator[Server]:
    server = serve(copy_of_five, GONGKAI_WORKERS="1")
    yield server
    server.stop()


@pytest.fixture
def web(running: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.url, timeout=PATIENCE) as client:
        yield client


def ask(web: httpx.Client, question: str) -> Any:
    response = web.get("/search.json", params={"q": question})
    assert response.status_code == 200, response.text
    return response.json()["answer"]


@pytest.mark.parametrize(("kind", "text", "expect", "source"), ASKED)
def test_what_documents_say(web: httpx.Client, kind: str, text: str, expect: str, source: str) -> None:
    expected = dict(part.split("=", 1) for part in expect.split(";"))
    question = Question(kind, "zh" if "says" in expected else "en", text, expected, source)
    answer = ask(web, text)
    assert judge(question, answer) == ("right", ""), answer


def test_an_answer_cites_its_characters_and_leads_on(web: httpx.Client) -> None:
    answer = ask(web, "岳阳口岸办2023年公务接待费决算")
    [row] = answer["rows"]
    assert (row["value"], row["unit"], row["year"]) == ("22300", "CNY", 2023)
    assert "2.23" in row["quote"]
    for address in (row["url"].partition("#")[0], row["sheet"], *(link["url"] for link in answer["links"])):
        assert web.get(address, headers=BROWSER).status_code == 200, address


def test_a_comparison_names_every_office_and_year(web: httpx.Client) -> None:
    answer = ask(web, "比较宝鸡和岳阳口岸办2023年三公经费")
    [address] = [link["url"] for link in answer["links"] if "/explore" in link["url"]]
    assert address.count("office=") == 2
    assert "measure=three-public" in address
    assert "year=2023" in address
    page = web.get(address, headers=BROWSER)
    assert page.status_code == 200
    assert all(name in page.text for name in ("宝鸡", "岳阳"))


def test_offices_in_order(web: httpx.Client) -> None:
    for question, first in (
        ("哪个口岸办三公经费最高", 1),
        ("which port office has the lowest three public expenses", -1),
    ):
        answer = ask(web, question)
        values = [float(row["value"]) for row in answer["rows"]]
        assert answer["status"] == "ranking"
        assert len(values) > 1
        assert values == sorted(values, reverse=first > 0)
        assert len({(row["year"], row["phase"]) for row in answer["rows"]}) == 1 or answer["notes"]


def test_the_page_says_it_in_both_languages(web: httpx.Client) -> None:
    for language, words in (("zh", "3.48"), ("en", "final account")):
        page = web.get("/search", params={"q": "岳阳口岸办2023年三公经费决算", "lang": language}, headers=BROWSER)
        assert page.status_code == 200
        assert 'class="answer"' in page.text
        assert "34,800" in page.text
        assert words in page.text
    lacking = web.get("/search", params={"q": "成都口岸办三公经费"}, headers=BROWSER).text
    assert "没有载入“成都口岸办”的文件" in lacking


def test_words_that_were_not_used_are_said_first(web: httpx.Client) -> None:
    question = "Yueyang port office average training 2023"
    assert ask(web, question)["unread"] == ["average"]
    page = web.get("/search", params={"q": question, "lang": "en"}, headers=BROWSER).text
    assert "no full answer to it. Not used: “average”" in page
    assert 'class="figure"' not in page.partition('id="answer"')[2].partition("</section>")[0]
    assert ask(web, "Yueyang port office training 2023")["unread"] == []


def test_what_is_not_found_is_not_denied(web: httpx.Client) -> None:
    title = ask(web, "上海口岸办编制多少人")["title"]
    assert title["zh"].startswith("图谱中没有找到上海市口岸服务办公室的")
    assert "do not state" not in title["en"]


def test_other_places_are_no_sheets_for_an_office_that_is_not_loaded(web: httpx.Client) -> None:
    found = web.get("/search.json", params={"q": "成都口岸办2023年预算"}).json()
    assert (found["answer"]["status"], found["sheets"]) == ("absent", [])


def test_an_answer_is_not_followed_by_nothing_was_found(web: httpx.Client) -> None:
    for question in ("岳阳口岸办2023年三公经费决算", "成都口岸办三公经费"):
        assert "什么也没有找到" not in web.get("/search", params={"q": question}, headers=BROWSER).text


def test_what_asks_for_nothing_has_no_answer(web: httpx.Client) -> None:
    for question in ("口岸", "通关便利化", "<b>", "深圳口岸办主任是谁"):
        assert ask(web, question) is None, question


def test_the_questions_can_be_read() -> None:
    for name, count in (("asked.tsv", 150), ("later.tsv", 40), ("newcomer.tsv", 19)):
        questions = read_questions(name)
        assert len(questions) == count
        assert len({q.text for q in questions}) == count
        assert {q.language for q in questions} == {"zh", "en"}
        assert all(q.source for q in questions)


def test_a_wrong_answer_is_judged_wrong() -> None:
    question = Question("value", "zh", "", {"office": "甲局", "value": "10"}, "")
    row = {"office": {"label": "甲局"}, "value": "10", "unit": "CNY", "label": {"zh": "", "en": ""}}
    answer = {"status": "value", "title": {"zh": "", "en": ""}, "rows": [row], "not_loaded": []}
    assert judge(question, answer)[0] == "right"
    assert judge(question, answer | {"rows": [row | {"value": "11"}]})[0] == "wrong"
    assert judge(question, answer | {"rows": [row | {"office": {"label": "乙局"}}]})[0] == "wrong"
    assert judge(question, answer | {"status": "absent", "rows": []})[0] == "nothing"
    assert judge(question, None)[0] == "nothing"
