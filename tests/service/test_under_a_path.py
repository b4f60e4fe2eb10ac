"""The site behind a proxy that shows it under a path: every address that is printed has the path."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from service.clients import read_prefix
from tests.service.conftest import Server, free_port
from tests.waiting import PATIENCE, wait_until

PREFIX = "/gongkai"
PAGES = [
    "/", "/?lang=en", "/queries", "/queries/procurement", "/documents", "/sparql", "/sparql/help", "/help", "/data",
    "/dataset", "/dumps", "/ontology", "/compare", "/search?q=%E5%8F%A3%E5%B2%B8", "/nothing-here",
]  # fmt: skip
#: What in a page leads to an address of a site: attributes, and nothing of what stands as text.
ROOTED = re.compile(r'\s(?:href|src|action|formaction|data-[a-z]+)="(/[^"]*)"')
NGINX = """
daemon off; error_log {folder}/error.log; pid {folder}/pid;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port};
    location {prefix}/ {{
      proxy_pass {target}/;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Prefix {prefix};
    }}
  }}
}}
"""


def list_rooted(html: str) -> list[str]:
    return [unescape(address) for address in ROOTED.findall(html)]


@pytest.fixture(scope="module")
def placed(store: Path, serve: Callable[..., Server]) -> Iterator[Server]:
    """A server that was told its path, behind a proxy that hands paths on as they are asked."""
    server = serve(store, GONGKAI_ROOT_PATH=PREFIX, GONGKAI_WORKERS="1")
    yield server
    server.stop()


@contextmanager
def run_nginx(target: str, folder: Path) -> Iterator[str]:
    """The address of a server behind nginx under a path; skips the test where there is no nginx."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if program is None:
        pytest.skip("needs nginx: install the package nginx-light")
    port = free_port()
    written = folder / "nginx.conf"
    written.write_text(NGINX.format(folder=folder, port=port, prefix=PREFIX, target=target), encoding="utf-8")
    process = subprocess.Popen([program, "-c", str(written), "-p", str(folder)], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}{PREFIX}"
    try:
        wait_until(lambda: process.poll() is not None or _answers(address), "nginx to answer")
        assert process.poll() is None, (folder / "error.log").read_text(encoding="utf-8")
        yield address
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def proxied(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server behind nginx under a path."""
    with run_nginx(server.url, tmp_path_factory.mktemp("nginx")) as address:
        yield address


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", timeout=PATIENCE).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_has_the_path(web: httpx.Client, page: str) -> None:
    headers = {"Accept": "text/html", "X-Forwarded-Prefix": PREFIX}
    plain = list_rooted(web.get(page, headers={"Accept": "text/html"}).text)
    assert plain
    assert not any(address.startswith(f"{PREFIX}/") for address in plain), "pages of one path are kept for another"
    for _ in range(2):  # the second is the kept one
        links = list_rooted(web.get(page, headers=headers).text)
        assert links == [PREFIX + address for address in plain]


def test_redirections_and_addresses_in_data_have_the_path(web: httpx.Client) -> None:
    headers = {"X-Forwarded-Prefix": PREFIX, "X-Forwarded-Host": "example.org", "X-Forwarded-Proto": "https"}
    figure = web.get(
        "/sparql", params={"query": "SELECT ?f { ?f a <https://w3id.org/gongkai/ontology#Figure> } LIMIT 1"}
    ).json()["results"]["bindings"][0]["f"]["value"]
    thing = urlsplit(figure).path.removeprefix("/gongkai")
    for asked, target in (("/queries/", "/queries"), (thing, thing.replace("/id/", "/page/", 1))):
        answer = web.get(asked, headers=headers | {"Accept": "text/html"}, follow_redirects=False)
        assert answer.is_redirect
        assert answer.headers["location"] == PREFIX + target
    described = web.get("/reconcile", headers=headers).json()
    assert described["documentation"] == "https://example.org/gongkai/dataset"
    assert described["suggest"]["entity"]["service_url"] == "https://example.org/gongkai/reconcile"
    assert "<https://example.org/gongkai/sparql>" in web.get("/dataset.ttl", headers=headers).text
    assert web.get("/sparql", headers=headers | {"Accept": "text/turtle"}).text.count("https://example.org/gongkai/")
    assert web.get("/openapi.json", headers=headers).json()["servers"] == [{"url": PREFIX}]
    files = web.get("/dumps.json", headers=headers).json()["files"]
    assert all(file["url"].startswith(f"{PREFIX}/dumps/") for file in files)
    found = web.get("/search.json", params={"q": "procurement"}, headers=headers).json()
    assert found["queries"]
    assert all(offer["url"].startswith(f"{PREFIX}/queries/") for offer in found["queries"])
    problem = web.get("/nothing", headers=headers).json()
    assert problem["instance"] == f"{PREFIX}/nothing"


def test_a_path_that_is_set_is_taken_off_and_put_on(placed: Server) -> None:
    page = httpx.get(f"{placed.url}{PREFIX}/queries", headers={"Accept": "text/html"}, timeout=PATIENCE)
    assert page.status_code == 200
    assert all(address.startswith(f"{PREFIX}/") for address in list_rooted(page.text))
    # As a proxy that strips the path does, and one who forges another path.
    for forged in ("/elsewhere", "/x/../y"):
        page = httpx.get(f"{placed.url}/queries", headers={"X-Forwarded-Prefix": forged}, timeout=PATIENCE)
        assert all(address.startswith(f"{PREFIX}/") for address in list_rooted(page.text))
    answer = httpx.get(f"{placed.url}{PREFIX}/sparql", params={"query": "ASK {}"}, timeout=PATIENCE)
    assert answer.json()["boolean"] is True


@pytest.mark.parametrize(
    "forged", ["//evil.example", "javascript:x", "/a\"onload=x", "/a/../..", "/" + "a" * 300, "/ä", "https://evil.example"]
)  # fmt: skip
def test_what_is_no_path_is_not_believed(web: httpx.Client, forged: str) -> None:
    plain = list_rooted(web.get("/", headers={"Accept": "text/html"}).text)
    headers = {"Accept": "text/html", "X-Forwarded-Prefix": forged.encode("utf-8")}
    assert list_rooted(web.get("/", headers=headers).text) == plain  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no path"):
        read_prefix(forged)


def test_strangers_are_not_believed(store: Path, serve: Callable[..., Server]) -> None:
    server = serve(store, GONGKAI_TRUSTED_PROXIES="192.0.2.1", GONGKAI_WORKERS="1")
    try:
        told = {"X-Forwarded-Prefix": "/forged", "X-Forwarded-Host": "forged.example"}
        assert "forged" not in httpx.get(f"{server.url}/", headers=told, timeout=PATIENCE).text
        assert "forged" not in httpx.get(f"{server.url}/reconcile", headers=told, timeout=PATIENCE).text
    finally:
        server.stop()


def test_no_link_is_dead_behind_nginx(proxied: str) -> None:
    """Two steps from the start page, each address as a browser would ask for it."""
    seen: dict[str, int] = {}
    pages = [f"{proxied}/"]
    with httpx.Client(timeout=PATIENCE, follow_redirects=True, headers={"Accept": "text/html,*/*;q=0.5"}) as client:
        for step in range(2):
            links: dict[str, None] = {}
            for page in pages:
                answer = client.get(page)
                seen[page] = answer.status_code
                assert answer.url.path.startswith(f"{PREFIX}/")
                links |= dict.fromkeys(urljoin(page, a).partition("#")[0] for a in list_rooted(answer.text))
            pages = [link for link in links if link not in seen]
            assert pages or step
        for page in pages[:80]:
            seen[page] = client.get(page).status_code
    assert {page: status for page, status in seen.items() if status != 200} == {}
    assert len(seen) > 40
