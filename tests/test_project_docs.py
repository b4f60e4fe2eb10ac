"""The documentation says what is so: settings, words, commands, targets, links."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pydantic import BaseModel
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from loaders.settings import Settings
from service.command.cli import app
from service.settings import ServiceSettings

from .test_project_layout import list_tracked

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    "README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/tour.md", "docs/settings.md", "docs/glossary.md",
    "docs/endpoint.md", "docs/scaling.md", "docs/programs.md",
)  # fmt: skip
GK = "https://w3id.org/gongkai/ontology#"
LABELS = {
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://www.w3.org/2004/02/skos/core#altLabel",
}


def read_rows(name: str) -> list[list[str]]:
    """The rows of all tables of a page, without headers."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    rows, in_body = [], False
    for line in lines:
        if not line.startswith("|"):
            in_body = False
        elif re.fullmatch(r"\|( ?:?-+:? ?\|)+", line):
            in_body = True
        elif in_body:
            rows.append([cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return rows


def describe(settings: type[BaseModel]) -> dict[str, list[str]]:
    """Each setting's row as documentation has to give it."""
    rows = {}
    for name, field in settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = (
            "none"
            if default is None or default == ""
            else str(default).lower()
            if default in (True, False)
            else default
        )
        if isinstance(shown, tuple | list | set | frozenset):
            shown = ", ".join(map(str, shown)) or "none"
        rows[f"`GONGKAI_{name.upper()}`"] = [f"`{shown}`" if shown != "none" else "none", field.description or ""]
    return rows


def test_every_setting_is_documented_as_it_is() -> None:
    documented = {name: rest for name, *rest in read_rows("docs/settings.md")}
    expected = describe(Settings) | describe(ServiceSettings)
    missing = [
        f"| {n} | {d} | {t.replace('|', chr(92) + '|')} |"
        for n, (d, t) in expected.items()
        if documented.get(n) != [d, t]
    ]
    assert not missing, "docs/settings.md needs these rows:\n" + "\n".join(missing)
    assert set(documented) == set(expected)
    assert all(text for _, text in expected.values())


def read_labels() -> dict[str, set[tuple[str, str]]]:
    """Labels and their languages of every term of the ontology."""
    labels: dict[str, set[tuple[str, str]]] = {}
    for triple in parse(path=str(ROOT / "ontology/gongkai.ttl"), format=RdfFormat.TURTLE):
        if (
            triple.predicate.value in LABELS
            and isinstance(triple.subject, NamedNode)
            and isinstance(triple.object, Literal)
        ):
            labels.setdefault(triple.subject.value, set()).add((triple.object.language or "", triple.object.value))
    return labels


def test_the_glossary_and_the_ontology_use_the_same_words() -> None:
    labels = read_labels()
    rows = read_rows("docs/glossary.md")
    assert len(rows) > 40
    wrong = []
    for english, chinese, term, *meanings in rows:
        assert len(meanings) == 2, f"{english}: a meaning in each language"
        assert all(meanings), f"{english}: a meaning in each language"
        if term == "—":
            continue
        found = labels.get(GK + term.removeprefix("gk:"), set())
        # The ontology may say more precisely what the glossary says shortly: "performance indicator" for "indicator".
        if not any(tag == "en" and re.search(rf"\b{re.escape(english)}\b", label) for tag, label in found):
            wrong.append(f"{term}: the ontology's English is {found}, the glossary's {english!r}")
        if not any(tag == "zh" and chinese in label for tag, label in found):
            wrong.append(f"{term}: the ontology's Chinese is {found}, the glossary's {chinese!r}")
    assert not wrong, "\n".join(wrong)


def find_commands() -> dict[str, Any]:
    """The commands of `gongkai` by name, as click has them."""
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    return commands


def list_commands() -> list[tuple[str, list[str]]]:
    """Every `gongkai …` in code blocks and inline code of the pages, as a place and its words."""
    found = []
    for name in PAGES:
        text = (ROOT / name).read_text(encoding="utf-8")
        blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
        lines += re.findall(r"`([^`\n]+)`", text)
        for line in lines:
            command = re.match(r"(?:\$ )?(?:\.venv/bin/)?gongkai (\S.*)", line)
            if command:
                words = shlex.split(re.split(r"\s[|>]\s?|\s#\s|…", command[1])[0])
                found.append((f"{name}: {line}", words))
    return found


def test_commands_in_the_documentation_exist() -> None:
    main = find_commands()
    commands = list_commands()
    assert {words[0] for _, words in commands} >= {"build", "figures", "account", "facts", "check", "query"}
    for place, words in commands:
        if words[0].startswith("-"):
            continue
        assert words[0] in main, place
        command = main[words[0]]
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        if command.context_settings.get("ignore_unknown_options"):
            continue
        for word in words[1:]:
            if word.startswith("--"):
                assert word.split("=")[0] in options | {"--help"}, place


def test_every_command_is_in_the_readme_or_the_tour() -> None:
    main = find_commands()
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/tour.md"))
    assert not [name for name, command in main.items() if not command.hidden and f"gongkai {name}" not in text]


def test_make_targets_in_the_documentation_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*?## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"serve", "test", "lint", "types", "browser", "bench", "clean", "help"} <= targets
    for name in PAGES:
        text = (ROOT / name).read_text(encoding="utf-8")
        for words in re.findall(r"(?:^|`)make ((?:[a-z-]+(?: |$|`))+)", text, re.MULTILINE):
            assert set(words.strip("` \n").split()) <= targets, f"{name}: make {words}"


@pytest.mark.parametrize("name", PAGES)
def test_links_between_pages_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{name} links to {target}"


def test_folders_in_the_readme_exist() -> None:
    folders = {row[0].strip("`/") for row in read_rows("README.md") if row[0].endswith("/`")}
    tracked = {path.relative_to(ROOT).parts[0] for path in list_tracked()}
    assert folders
    assert folders <= tracked


def list_rooms(house: str) -> set[str]:
    """The rooms and the modules on the ground floor of a house, as they lie in the tree."""
    paths = [p for p in list_tracked() if p.relative_to(ROOT).parts[0] == house and p.suffix == ".py"]
    inside = [p.relative_to(ROOT / house) for p in paths if "node_modules" not in p.parts]
    rooms = {f"{p.parts[0]}/" for p in inside if len(p.parts) > 1}
    return rooms | {p.name for p in inside if len(p.parts) == 1 and p.name != "__init__.py"}


def test_the_architecture_lists_each_room_once() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    for house in ("loaders", "service"):
        section = text.partition(f"## Rooms of `{house}/`")[2].partition("\n## ")[0]
        cells = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
        named = [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
        assert sorted(named) == sorted(list_rooms(house))


def test_the_architecture_names_files_that_are_there() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`([a-z_/.-]+\.(?:py|toml|ttl|md))`", text))
    tracked = [p.relative_to(ROOT).as_posix() for p in list_tracked()]
    assert len(names) > 30
    assert not [name for name in names if not any(t == name or t.endswith(f"/{name}") for t in tracked)]
