"""A build on a cluster with the reader by hand, as a program of its own: tests start it beside its workers.

Its only argument is JSON: files, store, results, address, time, and wait (seconds for a worker). It prints one line of
JSON: what the build told, or the error. What is told while it runs goes to standard error at once.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE))


def main() -> None:
    import hand_reader

    from loaders.build.building import build
    from loaders.build.cluster import join_cluster
    from loaders.build.storage import is_url
    from loaders.errors import GongkaiError
    from loaders.settings import Settings
    from tests.forking import copy_foundations
    from tests.foundations import PLACE

    copy_foundations(Path(os.environ[PLACE]))
    wanted = json.loads(sys.argv[1])
    settings = Settings(jobs=2, build_time=wanted["time"], cluster_wait_seconds=wanted["wait"])
    files = [f if is_url(f) else Path(f) for f in wanted["files"]]
    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        print(text, file=sys.stderr, flush=True)

    steps: list[tuple[str, int, int]] = []
    try:
        with join_cluster(wanted["address"], wanted["results"], files, settings, tell, 1.0) as cluster:
            report = build(
                files, Path(wanted["store"]), settings, lambda *step: steps.append(step), convert=hand_reader.read,
                executor=cluster,
            )  # fmt: skip
    except GongkaiError as error:
        print(json.dumps({"error": str(error), "told": told}), flush=True)
        return
    print(
        json.dumps(
            {
                "converted": report.converted, "reused": report.reused, "failures": [str(f) for f in report.failures],
                "duplicates": report.duplicates, "notes": report.notes, "quads": report.quads, "told": told,
                "converting": [done for stage, done, _ in steps if stage == "convert"],
            }
        ),
        flush=True,
    )  # fmt: skip


if __name__ == "__main__":
    main()
