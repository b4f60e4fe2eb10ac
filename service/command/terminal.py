"""What commands say on the terminal: messages, progress bars and tables on stderr; data go to stdout.

Data are UTF-8 in every terminal. Names of files are shown (:func:`loaders.characters.show_name`), on stdout too.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from loaders.characters import show_name

ERRORS = Console(stderr=True, highlight=False)


def say(message: str) -> None:
    """An error or a warning, on one line of its own."""
    ERRORS.print(f"gongkai: {show_name(message)}", markup=False, style="red", soft_wrap=True)


def tell(message: str) -> None:
    """What a command has done, on one line of its own."""
    ERRORS.print(show_name(message), markup=False, soft_wrap=True)


def open_output() -> Any:
    """Stdout for text: UTF-8 whatever the terminal is, line ends as they are written."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="strict", newline="")
    return sys.stdout


def bear_any_terminal() -> None:
    """Lets help and messages through a terminal that lacks their characters: what it lacks is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def given(**values: Any) -> dict[str, Any]:
    """The options that were given."""
    return {name: value for name, value in values.items() if value is not None}


class _Rate(ProgressColumn):
    """How many are done in a second, or in a minute where that is less than one a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if not speed:
            return Text("")
        return Text(f"{speed:.1f}/s" if speed >= 1 else f"{speed * 60:.1f}/min", style="progress.data.speed")


class _Remaining(ProgressColumn):
    """The time that is left: by the bytes that are done if they are told, else by what is counted."""

    def render(self, task: Task) -> Text:
        if task.finished or not task.elapsed or not task.total:
            return Text("")
        share = task.fields.get("share") or task.completed / task.total
        if not share:
            return Text("")
        minutes, seconds = divmod(round(task.elapsed * (1 - share) / share), 60)
        return Text(f"about {minutes}:{seconds:02} left", style="progress.remaining")


@contextlib.contextmanager
def show_progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on stderr with rate and remaining time, shown on a terminal only.

    What is told as ``bytes`` says how much of the stage before is done, where its parts are of different size.
    """
    bar = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(),
        TimeElapsedColumn(), _Remaining(), console=ERRORS, transient=True,
    )  # fmt: skip
    tasks: dict[str, Any] = {}
    with bar:

        def tell(stage: str, done: int, total: int) -> None:
            if stage == "bytes":
                if tasks and total:
                    bar.update(list(tasks.values())[-1], share=done / total)
                return
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield tell
