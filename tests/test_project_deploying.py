"""What is written for those who run a server, and for the repository's host, says what is so."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

import loaders
from service.command.cli import app
from service.engine.store import open_store
from service.http.journal import Journal
from service.settings import ServiceSettings

ROOT = Path(__file__).resolve().parent.parent
DEPLOYED = ("Dockerfile", "compose.yaml", "deploy/gongkai.service", "deploy/nginx.conf")
PAGES = ("docs/deploying.md", "docs/releasing.md", "SECURITY.md", ".github/PULL_REQUEST_TEMPLATE.md")
TEMPLATES = ("bug", "document", "question")
YAML = (
    "compose.yaml", "CITATION.cff", ".pre-commit-config.yaml", ".github/workflows/ci.yml",
    *(f".github/ISSUE_TEMPLATE/{name}.yml" for name in TEMPLATES),
)  # fmt: skip


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def read_yaml(name: str) -> Any:
    return yaml.safe_load(read(name))


def list_instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, each with its arguments on one line."""
    text = re.sub(r"^\s*#.*\n", "", read("Dockerfile"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(line.split(None, 1)[0].upper(), line.split(None, 1)[1]) for line in lines if line.strip()]


def list_values(*names: str) -> dict[str, str]:
    """The arguments of instructions of the last stage, the last of each name, in one mapping."""
    instructions = list_instructions()
    last = max(number for number, (name, _) in enumerate(instructions) if name == "FROM")
    return {name: rest for name, rest in instructions[last:] if name in names}


def read_unit() -> list[tuple[str, str]]:
    """The assignments in the unit of systemd, in their order."""
    found = re.findall(r"^([A-Za-z]+)=(.*)$", read("deploy/gongkai.service"), re.MULTILINE)
    return [(name, value) for name, value in found]


def find_settings() -> dict[str, Any]:
    """Every setting by the name of its variable, with its default."""
    fields = ServiceSettings.model_fields.items()
    return {f"GONGKAI_{name.upper()}": field.get_default() for name, field in fields}


@pytest.mark.parametrize("name", [*DEPLOYED, *PAGES, ".github/workflows/ci.yml"])
def test_every_setting_that_is_named_is_one(name: str) -> None:
    named = set(re.findall(r"GONGKAI_[A-Z_]*[A-Z]", read(name)))
    assert named <= set(find_settings()), f"{name} names what is no setting"


def test_what_is_set_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The values in image, compose file and unit are possible."""
    image = dict(pair.split("=", 1) for pair in shlex.split(list_values("ENV")["ENV"]))
    composed = read_yaml("compose.yaml")["services"]["gongkai"]["environment"]
    unit = dict(p.split("=", 1) for n, v in read_unit() if n == "Environment" for p in shlex.split(v))
    for given in (image, composed, unit):
        chosen = {name: str(value) for name, value in given.items() if name.startswith("GONGKAI_")}
        assert chosen
        with monkeypatch.context() as patch:
            for name, value in chosen.items():
                patch.setenv(name, value)
            settings = ServiceSettings()
        for name, value in chosen.items():
            held = getattr(settings, name.removeprefix("GONGKAI_").lower())
            assert str(held) == value, name


def test_the_metrics_in_the_documentation_are_given() -> None:
    settings = ServiceSettings(store=ROOT / ".gongkai/no-such-store")
    exposed = Journal(settings, open_store(settings)).expose().decode("utf-8")
    given = set(re.findall(r"^# TYPE (\S+) ", exposed, re.MULTILINE))
    named = {n for page in PAGES for n in re.findall(r"`(gongkai_[a-z_]+)`", read(page))}
    assert len(named) > 8
    assert named <= given
    states = re.search(r"`gongkai_processes` \| by `state`: (.*)", read("docs/deploying.md"))
    assert states
    for state in re.findall(r"`(\w+)`", states[1]):
        assert f'gongkai_processes{{state="{state}"}}' in exposed


def test_the_dashboard_asks_for_metrics_that_are_given() -> None:
    settings = ServiceSettings(store=ROOT / ".gongkai/no-such-store")
    exposed = Journal(settings, open_store(settings)).expose().decode("utf-8")
    given = {
        name + ending
        for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", exposed, re.MULTILINE)
        for ending in (("_bucket", "_sum", "_count") if kind == "histogram" else ("",))
    }
    panels = json.loads(read("deploy/grafana.json"))["panels"]
    asked = {n for p in panels for t in p["targets"] for n in re.findall(r"gongkai_[a-z_]+", t["expr"])}
    assert len(asked) > 8
    assert asked <= given
    assert len({p["id"] for p in panels}) == len(panels)


@pytest.mark.parametrize("name", YAML)
def test_yaml_can_be_read(name: str) -> None:
    assert isinstance(read_yaml(name), dict)


def test_the_citation_is_of_this_version() -> None:
    citation = read_yaml("CITATION.cff")
    assert set(citation) >= {"cff-version", "message", "title", "authors", "abstract", "keywords", "url"}
    assert str(citation["version"]) == loaders.__version__
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert citation["license"] == project["license"]
    assert (citation["cff-version"], citation["type"]) == ("1.2.0", "software")
    assert set(citation["keywords"]) == set(project["keywords"])


def test_addresses_of_the_project_are_its_own() -> None:
    urls = tomllib.loads(read("pyproject.toml"))["project"]["urls"]
    assert urls
    assert all(url.startswith("https://w3id.org/gongkai/") for url in urls.values())


def test_the_image_is_bare() -> None:
    instructions = list_instructions()
    assert not [rest for name, rest in instructions if name == "ADD"]
    assert not [
        rest for name, rest in instructions if re.search(r"\b(curl|wget|git clone|apt-get)\b|https?://(?!127)", rest)
    ]
    assert [rest.split()[0] for name, rest in instructions if name == "FROM"] == ["python:3.12-slim"] * 2
    final = list_values("USER", "HEALTHCHECK", "EXPOSE", "ENTRYPOINT", "CMD", "VOLUME")
    assert final["USER"].split(":")[0] not in ("", "root", "0")
    assert "/health" in final["HEALTHCHECK"]
    assert final["EXPOSE"] == str(find_settings()["GONGKAI_PORT"])
    assert (final["ENTRYPOINT"], final["CMD"]) == ('["gongkai"]', '["serve"]')
    installs = [rest for name, rest in instructions if name == "RUN" and "requirements.lock" in rest]
    assert installs
    assert all("--require-hashes" in rest and "--no-deps" in rest for rest in installs)


def test_the_image_gets_what_the_wheel_is_made_of() -> None:
    """What is copied in is there, is let through by .dockerignore, and is all that the build of the wheel needs."""
    copied = set()
    for name, rest in list_instructions():
        if name == "COPY" and "--from" not in rest:
            copied |= {word.strip("/") for word in rest.split()[:-1]}
    assert all((ROOT / name).exists() for name in copied)
    ignore = read(".dockerignore").split()
    assert ignore[0] != "!" and "*" in ignore  # noqa: PT018
    assert {line[1:] for line in ignore if line.startswith("!")} == copied
    wheel = tomllib.loads(read("pyproject.toml"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    project = tomllib.loads(read("pyproject.toml"))["project"]
    needed = {*wheel["packages"], *wheel["force-include"], project["readme"], *project["license-files"]}
    assert copied == {*needed, "pyproject.toml", "requirements.lock"}


def test_the_container_is_locked_down() -> None:
    service = read_yaml("compose.yaml")["services"]["gongkai"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["restart"]
    assert any(entry.split(":")[0] == "/tmp" for entry in service["tmpfs"])
    assert "/health" in " ".join(service["healthcheck"]["test"])
    [folder] = [v.split(":")[1] for v in service["volumes"]]
    image = dict(pair.split("=", 1) for pair in shlex.split(list_values("ENV")["ENV"]))
    assert Path(image["GONGKAI_STORE"]).is_relative_to(folder)
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    gateway = read_yaml("compose.yaml")["networks"]["front"]["ipam"]["config"][0]["gateway"]
    assert gateway in service["environment"]["GONGKAI_TRUSTED_PROXIES"].split(",")


def test_the_unit_is_locked_down() -> None:
    unit = dict(read_unit())
    assert (unit["ProtectSystem"], unit["NoNewPrivileges"], unit["Restart"]) == ("strict", "yes", "on-failure")
    assert unit["User"] != "root"
    assert {"MemoryMax", "TasksMax", "StateDirectory", "EnvironmentFile"} <= set(unit)
    # Without them query processes keep their network and see all files: loaders/isolation.py, loaders/walls.py.
    calls = {"seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"}
    assert calls <= set(unit["SystemCallFilter"].split())
    store = next(v for n, v in read_unit() if n == "Environment" and "GONGKAI_STORE" in v).partition("=")[2]
    assert Path(store).is_relative_to("/var/lib/" + unit["StateDirectory"])


def test_the_proxy_fits_the_service() -> None:
    text = re.sub(r"#.*", "", read("deploy/nginx.conf"))
    given = dict(re.findall(r"^\s*([a-z_]+)\s+([^;{]+);", text, re.MULTILINE))
    settings = find_settings()
    assert int(given["client_max_body_size"]) == settings["GONGKAI_MAX_REQUEST_BYTES"]
    patience = settings["GONGKAI_QUEUE_WAIT_SECONDS"] + settings["GONGKAI_QUERY_TIMEOUT_SECONDS"]
    assert int(given["proxy_read_timeout"].removesuffix("s")) > patience
    for name in ("client_header_timeout", "client_body_timeout", "send_timeout", "proxy_send_timeout"):
        assert int(given[name].removesuffix("s")) == settings["GONGKAI_CLIENT_TIMEOUT_SECONDS"]
    # 65,535 bytes of address and the rest of the line, in one buffer.
    assert int(given["large_client_header_buffers"].split()[1].removesuffix("k")) * 1024 > 65_535 + 32
    headers = dict(re.findall(r"proxy_set_header (\S+) (\S+);", text))
    assert headers[settings["GONGKAI_PROXY_HEADER"]] == "$remote_addr"
    assert headers["Forwarded"] == '""'
    assert headers["X-Forwarded-Proto"] == "$scheme"


def test_ci_runs_on_the_pythons_that_are_promised() -> None:
    workflow = read_yaml(".github/workflows/ci.yml")
    pythons = workflow["jobs"]["run"]["strategy"]["matrix"]["python"]
    prefix = "Programming Language :: Python :: "
    classified = tomllib.loads(read("pyproject.toml"))["project"]["classifiers"]
    promised = [c.removeprefix(prefix) for c in classified if re.fullmatch(re.escape(prefix) + r"3\.\d+", c)]
    assert pythons == promised
    [run] = [step for step in workflow["jobs"]["run"]["steps"] if step.get("run") == ".ci/run"]
    assert "python-path" in run["env"]["PYTHON"]
    # Read as a workflow is: "on" would be true for YAML 1.1, whence both.
    assert workflow.get("on") or workflow.get(True)


def test_what_the_ordinary_run_leaves_out_is_run_every_night() -> None:
    workflow = read_yaml(".github/workflows/nightly.yml")
    assert "schedule" in (workflow.get("on") or workflow[True])
    runs = [step.get("run") for step in workflow["jobs"]["run"]["steps"]]
    assert "make nightly" in runs
    assert ".ci/run --all" in runs
    recipe = re.search(r"^nightly:.*\n\t(.*)$", read("Makefile"), re.MULTILINE)
    assert recipe
    assert "TESTS_AT_FULL_SIZE=1" in recipe[1]
    assert '-m "not browser" ' in recipe[1]


@pytest.mark.parametrize("name", TEMPLATES)
def test_forms_for_issues_are_whole(name: str) -> None:
    form = read_yaml(f".github/ISSUE_TEMPLATE/{name}.yml")
    assert set(form) >= {"name", "description", "body"}
    asked = [field for field in form["body"] if field["type"] != "markdown"]
    ids = [field["id"] for field in asked]
    assert len(ids) == len(set(ids))
    for text in (form["name"], form["description"]):
        assert re.search(r"[一-鿿]", text), text
        assert re.search(r"[A-Za-z]{3}", text), text
    if name == "document":
        assert {"address", "page", "stands", "read"} <= {
            f["id"] for f in asked if f.get("validations", {}).get("required")
        }


def test_hooks_are_local_and_run_targets() -> None:
    config = read_yaml(".pre-commit-config.yaml")
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    targets = set(re.findall(r"^([a-z-]+):.*?## ", read("Makefile"), re.MULTILINE))
    for hook in config["repos"][0]["hooks"]:
        command, *words = hook["entry"].split()
        assert command == "make"
        assert {word for word in words if not word.startswith("-")} <= targets


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    text = read(name)
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        page = (ROOT / name).parent / path if path else ROOT / name
        assert page.exists(), f"{name} links to {target}"
        if fragment:
            titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert fragment in anchors, f"{name} links to {target}"


@pytest.mark.parametrize("name", ["docs/deploying.md", "docs/releasing.md", "SECURITY.md", "compose.yaml"])
def test_commands_and_targets_exist(name: str) -> None:
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    targets = set(re.findall(r"^([a-z-]+):.*?## ", read("Makefile"), re.MULTILINE))
    text = read(name)
    for line in re.findall(r"(?:^|[`/] ?|-- |run.* )gongkai ([a-z]+(?: --?[a-z-]+)*)", text, re.MULTILINE):
        word, *options = line.split()
        if word not in commands:
            assert name == "compose.yaml", f"{name}: gongkai {line}"
            continue
        known = {o for p in commands[word].params for o in (*p.opts, *p.secondary_opts)}
        if not commands[word].context_settings.get("ignore_unknown_options"):
            assert {o for o in options if o.startswith("--")} <= known, f"{name}: gongkai {line}"
    for target in re.findall(r"`make ([a-z-]+)", text):
        assert target in targets, f"{name}: make {target}"


def test_every_path_that_the_recipe_names_is_there() -> None:
    for name in re.findall(r"`((?:loaders|service|docs|deploy|\.ci|\.github)/[\w./-]+)`", read("docs/releasing.md")):
        assert (ROOT / name).exists(), name
