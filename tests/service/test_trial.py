"""``/try``: a reader's own document, read and shown and not kept; and what strangers bring to do harm."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import httpx
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from starlette.requests import Request

from loaders.settings import Settings
from service.clients import is_loopback
from service.http.problems import Problem
from service.linked.trial import Refused, convert, name_file
from service.linked.trial_pages import TrialPages
from service.pages.site import Site
from service.settings import ServiceSettings
from tests.hostile_files import (
    draw,
    make_active_pdf,
    make_compound,
    make_docx_bomb,
    make_laughs,
    make_linked_workbook,
    make_stream_bomb,
    make_xlsx_bomb,
    pack,
)  # fmt: skip
from tests.service.conftest import Server, start_server
from tests.waiting import PATIENCE

MOST = 3_000_000
GOOD = """岳阳市某某局2023年部门决算
一、收入支出决算总体情况说明
2023年度收入总计120.5万元，支出总计120.5万元。其中基本支出100.5万元，项目支出20万元。
二、“三公”经费支出决算情况说明
“三公”经费支出决算为3.2万元，其中公务接待费1.2万元，公务用车运行维护费2万元。
填报人：张三丰 联系电话：0730-8889999
"""
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server would put what it writes for a moment."""
    return tmp_path_factory.mktemp("tmp")


@pytest.fixture(scope="module")
def trying(store: Path, disk: Path) -> Iterator[Server]:
    """One server for all that is brought, with limits that are met soon."""
    running = start_server(
        store, GONGKAI_WORKERS="1", GONGKAI_MAX_TRY_BYTES=str(MOST), GONGKAI_MAX_UNPACKED_BYTES="10000000",
        GONGKAI_MAX_PAGES="40", GONGKAI_MAX_TRY_SECONDS=str(PATIENCE), TMPDIR=str(disk),
    )  # fmt: skip
    yield running
    running.stop()


def bring(server: Server, name: str, content: bytes, language: str = "zh", **headers: str) -> httpx.Response:
    return httpx.post(
        f"{server.url}/try?lang={language}", files={"document": (name, content)}, headers=BROWSER | headers,
        timeout=PATIENCE,
    )  # fmt: skip


#: File, what it is, and what its reader is told in Chinese; "" where it is read all the same.
HOSTILE: list[tuple[str, Callable[[], bytes], str]] = [
    ("bomb.docx", make_docx_bomb, "解压后共"),
    ("bomb.xlsx", make_xlsx_bomb, "解压后共"),
    ("laughs.docx", make_laughs, "XML 实体"),
    ("locked.pdf", lambda: draw(encrypt=StandardEncryption("secret")), "密码保护"),
    ("locked.xlsx", lambda: make_compound("EncryptedPackage"), "密码保护"),
    ("cut.pdf", lambda: draw(3)[:700], "PDF 已损坏"),
    ("stream.pdf", make_stream_bomb, "解压后超过"),
    ("pages.pdf", lambda: draw(60), "超过 40 页"),
    ("script.pdf", make_active_pdf, ""),
    ("links.xlsx", make_linked_workbook, ""),
    ("picture.pdf", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "图片"),
    ("old.doc", lambda: make_compound("WordDocument"), "2007 年以前"),
    ("archive.zip", lambda: pack(**{"a.txt": b"1"}), "压缩包"),
    ("program.exe", lambda: b"MZ\x90\x00" * 50, "不能读取"),
    ("nothing.pdf", lambda: b"", "空的"),
    ("text.pdf", GOOD.encode, "开头没有 %PDF"),
    ("nothing.txt", lambda: b"", "空的"),
    ("blank.txt", lambda: b" \n" * 999, "空的"),
    ("nul.txt", lambda: b"2023\0\0\1\2" * 500, "二进制"),
    ("half.txt", lambda: "预算".encode()[:-1], "不完整"),
    ("latin.txt", lambda: bytes(range(128, 256)) * 9, "编码"),
    ("deep.html", lambda: b"<html><body>" + b"<div>" * 20_000 + "预算 1 万元".encode(), ""),
    ("entities.html", lambda: b'<!DOCTYPE html [<!ENTITY a "aa">]><html><body>' + b"&a;" * 9_000 + b"</body>", ""),
    ("line.txt", lambda: ("支出1,234.50万元，" * 1_500).encode(), ""),
    ("brackets.txt", lambda: ("（" * 8_000 + "1" + "）" * 8_000).encode(), ""),
    ("../../../etc/passwd.txt", lambda: GOOD.encode(), ""),
    ("..\\..\\autoexec.txt", lambda: GOOD.encode(), ""),
    ("a\r\nX-Evil: 1.txt", lambda: GOOD.encode(), ""),
    ("名" * 900 + ".txt", lambda: GOOD.encode(), ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make", "told"), HOSTILE, ids=[re.sub(r"\W+", "-", n)[:20] for n, _, _ in HOSTILE])
def test_what_is_brought_to_do_harm_gets_a_clear_answer(
    trying: Server, disk: Path, name: str, make: Callable[[], bytes], told: str
) -> None:
    answer = bring(trying, name, make())
    page = answer.text
    if told:
        assert answer.status_code == 422, page
        assert told in page
        # Where it lay on this machine is nobody's business.
        assert "gongkai-try-" not in page
    else:
        assert answer.status_code in (303, 422), page
        if answer.status_code == 303:
            shown = httpx.get(trying.url + answer.headers["location"], headers=BROWSER, timeout=PATIENCE)
            assert shown.status_code == 200
            assert "gongkai-try-" not in shown.text
    assert httpx.get(f"{trying.url}/health", timeout=PATIENCE).status_code == 200
    assert not list(disk.glob("gongkai-try-*"))


def test_a_document_is_shown_and_can_be_taken_away(trying: Server, disk: Path) -> None:
    answer = bring(trying, "决算.txt", GOOD.encode(), "en", **{"Sec-Fetch-Site": "same-origin", "Origin": "null"})
    assert answer.status_code == 303
    place = httpx.URL(trying.url + answer.headers["location"])
    page = httpx.get(place, headers=BROWSER, timeout=PATIENCE)
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "1,205,000" in page.text
    assert ">Office sheet" in page.text
    bare = str(place).partition("?")[0]
    files = {n: httpx.get(f"{bare}/{n}", timeout=PATIENCE) for n in (
        "figures.csv", "figures.json", "ledger.csv", "ledger.json", "sheet.csv", "sheet.json", "facts.json",
        "graph.ttl", "text.txt", "text",
    )}  # fmt: skip
    assert all(f.status_code == 200 for f in files.values())
    assert "attachment" in files["figures.csv"].headers["content-disposition"]
    rows = json.loads(files["figures.json"].text)
    first = next(r for r in rows if r["stated"] == "120.5")
    assert (first["value"], first["unit"]) == (1_205_000, "CNY")
    assert GOOD[first["start"] : first["end"]] == "120.5"
    assert f'id="char={first["start"]},{first["end"]}"' in files["text"].text
    # Who filled in the form is nobody's business, in no form.
    for said in (page, *files.values()):
        assert "张三丰" not in said.text
        assert "8889999" not in said.text
    assert not [path for path in disk.rglob("*") if path.is_file()]
    gone = httpx.post(f"{bare}/forget", headers=BROWSER, timeout=PATIENCE)
    assert gone.status_code == 303
    assert httpx.get(bare, headers=BROWSER, timeout=PATIENCE).status_code == 404
    assert httpx.get(f"{bare}/figures.csv", timeout=PATIENCE).status_code == 404


def test_what_is_too_large_is_refused_while_it_comes(trying: Server) -> None:
    whole = bring(trying, "large.txt", b"1" * (MOST + 30_000))
    assert whole.status_code == 413
    assert "GONGKAI_MAX_TRY_BYTES" in whole.text
    assert "文件超过 3,000,000 字节" in whole.text
    said = bring(trying, "large.txt", b"1" * (MOST + 5_000), "en")
    assert said.status_code == 413
    assert "it has more than 3,000,000 bytes" in said.text

    def pour() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="document"; filename="a.txt"\r\n\r\n'
        for _ in range(60):
            yield b"1" * 100_000

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    unknown = httpx.post(f"{trying.url}/try", content=pour(), headers=BROWSER | kind, timeout=PATIENCE)
    assert unknown.status_code == 413


def test_what_is_no_form_or_comes_from_elsewhere_is_refused(trying: Server) -> None:
    address = f"{trying.url}/try?lang=zh"
    plain = httpx.post(address, content=b"x", headers=BROWSER | {"Content-Type": "application/pdf"}, timeout=PATIENCE)
    assert (plain.status_code, "不是带文件的表单" in plain.text) == (415, True)
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    for body in (b"", b"--y\r\n\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"):
        broken = httpx.post(address, content=body, headers=BROWSER | kind, timeout=PATIENCE)
        assert broken.status_code in (400, 422), broken.text
    nothing = httpx.post(address, files={"other": ("a.txt", b"1")}, headers=BROWSER, timeout=PATIENCE)
    assert (nothing.status_code, "没有选择文件" in nothing.text) == (422, True)
    foreign: tuple[dict[str, str], ...] = (
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
        {"Origin": "null"},
    )  # fmt: skip
    for headers in foreign:
        assert bring(trying, "a.txt", GOOD.encode(), **headers).status_code == 403


def make_pages(**settings: object) -> TrialPages:
    """The handlers alone: what refuses a reader needs no store."""
    return TrialPages(cast(Site, None), ServiceSettings.model_validate({"try_documents": "on", **settings}))


def ask(**headers: str) -> Request:
    """A request that sends the beginning of a form and then nothing more."""
    parts = [{"type": "http.request", "body": b"--x\r\n", "more_body": True}]

    async def receive() -> dict[str, object]:
        if not parts:
            await asyncio.sleep(PATIENCE)
        return parts.pop()

    told = {"host": "127.0.0.1:8000", "content-type": "multipart/form-data; boundary=x"} | headers
    return Request(
        {
            "type": "http", "method": "POST", "path": "/try", "scheme": "http", "server": ("127.0.0.1", 8000),
            "query_string": b"", "client": ("127.0.0.1", 9),
            "headers": [(name.encode(), value.encode()) for name, value in told.items()],
        },
        receive,
    )  # fmt: skip


def refuse(pages: TrialPages, request: Request) -> Problem:
    with pytest.raises(Problem) as caught:
        asyncio.run(pages.bring(request))
    return caught.value


def test_what_comes_too_slowly_is_not_waited_for() -> None:
    pages = make_pages(max_try_seconds=0.05)
    problem = refuse(pages, ask())
    assert (problem.status, problem.code) == (408, "max_try_seconds")
    assert problem.zh[0] == "文件未在 0.05 秒内到达（GONGKAI_MAX_TRY_SECONDS）"
    # The place is free again.
    assert refuse(pages, ask()).status == 408


def test_a_few_at_a_time_and_the_others_are_told_when_to_come_again() -> None:
    pages = make_pages(max_try_seconds=0.2)

    async def crowd() -> list[int]:
        outcomes = await asyncio.gather(*(pages.bring(ask()) for _ in range(4)), return_exceptions=True)
        return [o.status for o in outcomes if isinstance(o, Problem)]

    assert sorted(asyncio.run(crowd())) == [408, 408, 408, 503]
    pages._present = 3
    assert refuse(pages, ask()).headers["Retry-After"] == "10"


def test_what_takes_too_long_is_killed() -> None:
    outcome = convert("a.txt", GOOD.encode(), Settings(), 0.001)
    assert isinstance(outcome, Refused)
    assert outcome.code == "max_try_seconds"


def test_it_can_be_closed_and_is_where_others_can_reach_the_server() -> None:
    assert refuse(make_pages(try_documents="off"), ask()).code == "try_documents"
    assert refuse(make_pages(try_documents="auto", host="0.0.0.0"), ask()).status == 404
    assert refuse(make_pages(try_documents="auto", root_path="/gongkai"), ask()).status == 404
    assert refuse(make_pages(try_documents="auto", max_try_seconds=0.05), ask()).status == 408


def test_by_itself_it_is_open_to_this_machine_alone(trying: Server) -> None:
    assert httpx.get(f"{trying.url}/try", headers=BROWSER, timeout=PATIENCE).status_code == 200
    # Through a proxy, which says whom it serves, and under a name that leads here from elsewhere.
    for headers in ({"X-Forwarded-For": "203.0.113.7"}, {"Host": "gongkai.example"}):
        assert httpx.get(f"{trying.url}/try", headers=BROWSER | headers, timeout=PATIENCE).status_code == 404
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.org")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_names_of_files_hold_no_folder() -> None:
    assert name_file("../../etc/passwd") == ("passwd", "passwd")
    assert name_file("C:\\a\\决算 2023.PDF") == ("决算 2023.PDF", "决算_2023.pdf")
    assert name_file("..") == ("..", "document")
    assert name_file("a\0.txt")[1] == "a.txt"
    assert name_file("/") == ("document", "document")
