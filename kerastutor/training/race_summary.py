"""A race in words and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from kerastutor.training.curves import metrics
from kerastutor.training.progress import RunProgress
from kerastutor.training.summary import Table, headline, number

Runs = Sequence[RunProgress]


def race_headline(runs: Runs) -> str:
    """Who trains now, or how it ended.

    >>> race_headline([RunProgress("plain", "finished", 2, 2), RunProgress("deep", "training", 0, 2)])
    'deep, 2 of 2: Training, epoch 1 of 2'
    """
    for place, run in enumerate(runs, 1):
        if not run.ended:
            return f"{run.name}, {place} of {len(runs)}: {headline(run)}"
    return "Finished" if all(run.status == "finished" for run in runs) else "Ended before the end"


def race_status(runs: Runs) -> str:
    """The status of a race, out of `training`, `paused`, `stopping`, `stopped`, `failed` and `finished`."""
    statuses = [run.status for run in runs]
    for status in ("stopping", "paused", "pausing"):
        if status in statuses:
            return "paused" if status == "pausing" else status
    if not all(run.ended for run in runs):
        return "training"
    return next((status for status in ("failed", "stopped") if status in statuses), "finished")


def race_fraction(runs: Runs) -> float | None:
    """How much of a race is finished, from 0 to 1; None where the end of one run is not known."""
    fractions = [run.fraction for run in runs if run.fraction is not None]
    return sum(fractions) / len(runs) if len(fractions) == len(runs) else None


def race_wishes(runs: Runs) -> tuple[str, ...]:
    """What can be asked of a race now.

    >>> race_wishes([RunProgress(status="finished"), RunProgress(status="paused")])
    ('resume', 'stop')
    """
    return {"paused": ("resume", "stop"), "training": ("pause", "stop")}.get(race_status(runs), ())


def race_results(runs: Runs, *, times: bool = True) -> Table:
    """One row per model: its metrics after its last epoch (validation where there is any), epochs and time."""
    names = [_best_key(runs, name) for name in metrics(runs)]
    header = ("model", *(name.replace("val_", "validation ") for name in names), "epochs", *(("time",) * times))
    rows = tuple(
        (
            run.name,
            *(number((run.rows[-1] if run.rows else {}).get(name)) for name in names),
            str(run.epoch),
            *((f"{run.seconds:.1f} s",) * times),
        )
        for run in runs
    )
    return Table("After the last epoch of each", header, rows)


def race_epochs(runs: Runs) -> Table:
    """The numbers behind the curves: one row per epoch, one column per model and metric."""
    columns = [(run, _best_key(runs, name)) for name in metrics(runs) for run in runs]
    length = max((len(run.rows) for run in runs), default=0)
    rows = tuple(
        (
            str(epoch + 1),
            *(number(run.rows[epoch].get(key)) if epoch < len(run.rows) else "" for run, key in columns),
        )
        for epoch in range(length)
    )
    return Table("Metrics of every epoch", ("epoch", *(f"{run.name}: {key}" for run, key in columns)), rows)


def race_verdict(runs: Runs) -> str:
    """Who has the lowest loss, validation where there is any, and how sure that is."""
    key = _best_key(runs, "loss")
    last = {run.name: run.rows[-1][key] for run in runs if run.rows and key in run.rows[-1]}
    if len(last) < 2:
        return "Fewer than two models have finished an epoch, so there is nothing to compare."
    first, second = sorted(last, key=last.__getitem__)[:2]
    what = "validation loss" if key.startswith("val_") else "training loss"
    if number(last[first]) == number(last[second]):
        return f"{first} and {second} end with the same {what}, {number(last[first])}."
    return (
        f"{first} ends with the lowest {what}, {number(last[first])} against {number(last[second])} of {second}. "
        "One race with one seed is a hint, not a proof: run it again with another seed."
    )


def race_in_words(runs: Runs) -> str:
    """The whole race as a few sentences, without times."""
    table = race_results(runs, times=False)
    rows = [
        f"{name}: "
        + ", ".join(f"{what} {value}" for what, value in zip(table.header[1:], values, strict=True) if value)
        for name, *values in table.rows
    ]
    return f"Race of {len(runs)} models. " + "; ".join(rows) + ". " + race_verdict(runs)


def _best_key(runs: Runs, metric: str) -> str:
    """The metric on the validation data where there is one."""
    validated = any(f"val_{metric}" in row for run in runs for row in run.rows[:1])
    return f"val_{metric}" if validated else metric
