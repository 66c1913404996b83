"""What the page of a run or a race shows, as plain data in words and numbers ready to be put down."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import asdict
from html import escape
from typing import Any

from kerastutor.training import race_summary, summary
from kerastutor.training.curves import panels, race_panels
from kerastutor.training.progress import RunProgress
from kerastutor.training.verdict import verdict_of


def run_page(progress: RunProgress, can: Set[str]) -> dict[str, Any]:
    """The page of one run; `can` are the wishes it takes."""
    resting = progress.ended or progress.status == "paused"
    return {
        "name": progress.name,
        "status": progress.status,
        "headline": summary.headline(progress),
        "timing": summary.timing(progress),
        "fraction": 1 if progress.status == "finished" else progress.fraction,
        "message": progress.message,
        "panels": [asdict(panel) for panel in panels(progress)],
        "verdict": verdict_of(progress).sentence if resting and (progress.rows or progress.now) else "",
        "results": asdict(summary.results(progress)),
        "epochs": asdict(summary.epochs(progress)) if resting else None,
        "details": summary.details(progress),
        "wishes": [wish for wish in progress.wishes if wish in can],
    }


def race_page(runs: tuple[RunProgress, ...]) -> dict[str, Any]:
    """The page of a race: the curves together, one row of the table for each model."""
    status = race_summary.race_status(runs)
    return {
        "name": "Race",
        "status": status,
        "headline": race_summary.race_headline(runs),
        "timing": "",
        "fraction": race_summary.race_fraction(runs),
        "message": " ".join(f"{run.name}: {run.message}" for run in runs if run.message and run.status != "queued"),
        "panels": [asdict(panel) for panel in race_panels(runs)],
        "verdict": race_summary.race_verdict(runs) if all(run.ended for run in runs) else "",
        "results": asdict(race_summary.race_results(runs)),
        "epochs": asdict(race_summary.race_epochs(runs)) if status in ("finished", "stopped", "paused") else None,
        "details": summary.details(runs[0]),
        "wishes": list(race_summary.race_wishes(runs)),
    }


def html_table(table: summary.Table) -> str:
    """A table as HTML; nothing when it has no rows."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return f"<table><caption>{escape(table.caption)}</caption><tr>{head}</tr>{body}</table>" if table.rows else ""
