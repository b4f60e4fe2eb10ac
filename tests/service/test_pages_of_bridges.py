"""Pages of codes and places show what the bridges say of them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from loaders.build.loading import load_files
from loaders.resources import find_ontology_folder
from tests.service.conftest import Server, start_server
from tests.waiting import PATIENCE

FILES = (
    "gongkai.ttl", "bridges.ttl", "places.ttl", "places-former.ttl", "codes/function.ttl", "codes/attested.ttl",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over the lists alone: no document is needed for what is said of a code or a place."""
    folder = tmp_path_factory.mktemp("lists")
    load_files([find_ontology_folder() / name for name in FILES], folder)
    running = start_server(folder, GONGKAI_WORKERS="1")
    yield running
    running.stop()


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("code/function/20402", ("近似于", "Police services", "见于文件数", "见于年度")),
        ("code/function/210", ("210 医疗卫生与计划生育支出（2017）", "曾用名", "见于年度")),
        ("place/110103", ("撤销年份", "2010", "被取代于", "东城区", "Chóngwén Qū")),
        ("place/110105", ("上级区划", "北京市", "Cháoyáng Qū", "简称")),
    ],
)
def test_a_page_shows_what_bridges_say(server: Server, page: str, said: tuple[str, ...]) -> None:
    answer = httpx.get(f"{server.url}/page/{page}", timeout=PATIENCE)
    assert answer.status_code == 200
    for words in said:
        assert words in answer.text, words
