"""Folders that machines share: written whole or not at all, and one clear message where a place cannot be used."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.build.refusals import explain_remote
from loaders.build.shards import SharedCache
from loaders.build.storage import Folder, LocalFolder, RemoteFolder, has_vanished, is_url, open_folder
from loaders.build.versions import Converted
from loaders.errors import MissingExtra, StoreError

KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def objects() -> Iterator[str]:
    """The address of an S3-compatible store with one bucket."""
    pytest.importorskip("s3fs", reason="needs the extra cluster")
    server = pytest.importorskip("moto.server", reason="needs the extra test-cluster").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/bucket-of-tests", method="PUT"))
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["path", "s3", "memory", "file"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """An empty folder of each kind."""
    if request.param == "s3":
        use(monkeypatch, request.getfixturevalue("objects"))
        return open_folder(f"s3://bucket-of-tests/{tmp_path.name}")
    if request.param == "memory":
        pytest.importorskip("fsspec", reason="needs the extra cluster")
        return open_folder(f"memory://{tmp_path.name}")
    place = tmp_path / "文件 夹"
    return open_folder(f"file://{place}" if request.param == "file" else place)


def use(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": address}.items():
        monkeypatch.setenv(name, value)
    import s3fs

    # Each address is asked anew.
    s3fs.S3FileSystem.clear_instance_cache()


def test_what_is_written_is_there(folder: Folder, tmp_path: Path) -> None:
    assert folder.list("a") == []
    assert folder.read("a/x.txt") is None
    assert folder.measure("a/x.txt") is None
    assert not folder.fetch("a/x.txt", tmp_path / "x")
    folder.write("a/x.txt", b"one")
    folder.write("a/x.txt", b"other")
    folder.write("a/部门/y.txt", b"1")
    folder.write("ab.txt", b"2")
    assert folder.read("a/x.txt") == b"other"
    assert folder.measure("a/x.txt") == 5
    assert [(s.name, s.size) for s in folder.list("a")] == [("a/x.txt", 5), ("a/部门/y.txt", 1)]
    assert [s.name for s in folder.list()] == ["a/x.txt", "a/部门/y.txt", "ab.txt"]
    assert all(s.time > 1_600_000_000 for s in folder.list())
    assert folder.fetch("a/x.txt", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"other"
    folder.drop("a/x.txt")
    folder.drop("a/x.txt")
    assert [s.name for s in folder.list("a")] == ["a/部门/y.txt"]


def test_only_one_of_many_creates_a_file(folder: Folder) -> None:
    won: list[bytes] = []

    def create(content: bytes) -> None:
        if folder.create("deep/x", content):
            won.append(content)

    threads = [threading.Thread(target=create, args=(bytes([65 + n]) * 1000,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Where there are no conditions (memory://), several may win: what is there is whole all the same.
    assert won
    assert folder.read("deep/x") in won
    if not folder.place.startswith("memory"):
        assert len(won) == 1
    assert [s.name for s in folder.list("deep")] == ["deep/x"]


def make_converted(content: bytes) -> Converted:
    from hashlib import sha256

    checksum = sha256(content).hexdigest()
    return Converted("a", "a.txt", "0", "key", "t", "budget", 2023, "", 1, 0, 0, 0, 0, 0, checksum, len(content))


def test_a_torn_result_is_replaced_and_a_whole_one_is_not(folder: Folder) -> None:
    cache = SharedCache(folder)
    converted = make_converted(b"quads")
    folder.write("cache/key.nq", b"qua")
    assert cache.find("key") is None
    cache.put(converted, b"quads")
    assert cache.find_whole("key") == converted
    cache.put(make_converted(b"quads"), b"quads")
    assert cache.find_whole("key") == converted
    folder.write("cache/key.nq", b"quADs")
    assert cache.find("key") == converted
    assert cache.find_whole("key") is None


def set_unjudged(objects: str, count: int) -> None:
    """How many requests the store takes without looking at their credentials, from now on."""
    request = urllib.request.Request(
        f"{objects}/moto-api/reset-auth", str(count).encode("ascii"), {"Content-Type": "text/plain"}, method="POST"
    )
    urllib.request.urlopen(request)


def test_wrong_credentials_are_told(objects: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, objects)
    # From now on the store looks at credentials, and knows none.
    set_unjudged(objects, 0)
    try:
        for attempt in (
            lambda f: f.write("x", b"1"),
            lambda f: f.read("x"),
            lambda f: f.list(),
            lambda f: f.create("y", b""),
        ):
            with pytest.raises(
                StoreError, match=r"the store (does not accept the|refuses it to these) credentials"
            ) as raised:
                attempt(RemoteFolder("s3://bucket-of-tests/a"))
            # A refused HEAD has no body, and so no code that says why.
            words = "AWS_ACCESS_KEY_ID" if "accept" in raised.value.problem else "name others"
            assert words in raised.value.remedy
            assert "\n" not in str(raised.value)
    finally:
        set_unjudged(objects, 10**9)


def test_a_bucket_that_is_not_there_is_told(objects: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, objects)
    for attempt in (lambda f: f.read("x"), lambda f: f.list(), lambda f: f.write("x", b"1")):
        with pytest.raises(StoreError, match="there is no such bucket or folder"):
            attempt(RemoteFolder("s3://none-of-ours/a"))


def test_a_store_that_cannot_be_reached_is_told(objects: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "http://127.0.0.1:9")
    with pytest.raises(StoreError, match="the store cannot be reached") as raised:
        RemoteFolder("s3://bucket-of-tests/a").read("x")
    assert "AWS_ENDPOINT_URL" in raised.value.remedy


def test_a_clock_that_differs_is_told() -> None:
    exceptions = pytest.importorskip("botocore.exceptions", reason="needs the extra cluster")
    cause = exceptions.ClientError({"Error": {"Code": "RequestTimeTooSkewed", "Message": "too skewed"}}, "PutObject")
    error = PermissionError("The difference between the request time and the current time is too large.")
    error.__cause__ = cause
    told = explain_remote("s3://b/c", error)
    assert "clock of this machine differs" in told.problem
    assert "NTP" in told.remedy


def test_urls_that_are_none_are_told() -> None:
    pytest.importorskip("fsspec", reason="needs the extra cluster")
    with pytest.raises(StoreError, match="fsspec knows no such URL"):
        RemoteFolder("nosuch://a/b").read("x")
    assert not is_url("/a/b")
    assert not is_url("C:/a")
    assert is_url("s3://b")
    assert is_url("simplecache::s3://b") is False


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MissingExtra, match=r"gongkai\[cluster\]"):
        RemoteFolder("s3://b/c").read("x")


def test_a_folder_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="it cannot be written"):
        LocalFolder(tmp_path / "file").write("a/x", b"1")
    with pytest.raises(StoreError, match="it cannot be written"):
        LocalFolder(tmp_path / "file").create("a/x", b"1")


def test_what_has_vanished(tmp_path: Path) -> None:
    full, empty = tmp_path / "full", tmp_path / "empty"
    full.mkdir()
    empty.mkdir()
    (full / "x").touch()
    # A folder without its mount is an empty one.
    assert [has_vanished(str(p)) for p in (full, full / "x", empty, tmp_path / "none")] == [False, False, True, True]
    assert not has_vanished("s3://b/c")
