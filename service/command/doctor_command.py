"""The command that looks whether this machine can serve and build."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from service.command.terminal import given, open_output

_MARKS = {"ok": ("ok     ", "green"), "warning": ("warning", "yellow"), "failure": ("failure", "red")}


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""
    app.command("doctor")(doctor_command)


def doctor_command(
    store: Annotated[Path | None, typer.Option("--store", metavar="DIR", help="Folder of the store.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="What was found, as JSON.")] = False,
) -> None:
    """Look whether this machine can serve and build: store, memory, limits, versions, ports, scans; and what to do.

    Nothing is changed. The exit code is 1 if something would fail, 0 if there are warnings at most.
    """
    from service.checks.doctor import examine
    from service.settings import ServiceSettings

    findings = list(examine(ServiceSettings(**given(store=store))))
    output = open_output()
    if as_json:
        json.dump([asdict(finding) for finding in findings], output, ensure_ascii=False, indent=1)
        output.write("\n")
    else:
        console = Console(file=output, highlight=False, soft_wrap=True)
        for finding in findings:
            mark, colour = _MARKS[finding.degree]
            remedy = f". {finding.remedy}" if finding.remedy else ""
            console.print(Text.assemble((mark, colour), f"  {finding.subject}: {finding.text}{remedy}"))
    if any(finding.degree == "failure" for finding in findings):
        raise typer.Exit(1)
