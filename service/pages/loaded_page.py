"""The page of the last build: what became of each file, with reasons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from loaders.build.report import STATUSES, read_report
from service.http.problems import Problem
from service.pages.site import Site

#: How many files the page lists; the JSON has all.
_MOST = 2000
_ORDER = {status: number for number, status in enumerate(("not read", "partly read", "duplicate", "read"))}


class LoadedPage:
    """The handlers of ``/loaded`` and ``/loaded.json``."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def page(self, request: Request) -> Response:
        """The files for people: those with something to say first."""
        report = self._read()
        files = sorted(report["files"], key=lambda r: _ORDER.get(str(r.get("status")), 0)) if report else []
        return self.site.page(
            request, "loaded.html", report=report, files=files[:_MOST], total=len(files), statuses=STATUSES,
        )  # fmt: skip

    async def data(self, _: Request) -> Response:
        """The same as JSON."""
        report = self._read()
        if report is None:
            raise Problem(404, "no_report", "/loaded.json", "no build has left a report here", "Run gongkai build")
        body = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        return Response(body, media_type="application/json")

    def _read(self) -> dict[str, Any] | None:
        settings = self.site.answers.settings
        report = None if settings.endpoint else read_report(settings.store)
        return _without_folders(report) if report is not None else None


def _without_folders(report: dict[str, Any]) -> dict[str, Any]:
    """The report with names of files only: where they lie on this machine is nobody's business."""
    folders = sorted({str(Path(r["file"]).parent) + "/" for r in report["files"]}, key=len, reverse=True)

    def shorten(text: str) -> str:
        for folder in folders:
            text = text.replace(folder, "") if folder != "./" else text
        return text

    files = [
        {**r, "file": Path(r["file"]).name, "reasons": [shorten(x) for x in r["reasons"]]} for r in report["files"]
    ]
    return {**report, "files": files}
