"""Several models trained under the same conditions, one after the other, and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import keras

from kerastutor.training.arrays import fresh_seed
from kerastutor.training.job import CannotTrain
from kerastutor.training.progress import RunProgress
from kerastutor.training.run import Run, TrainingFailed
from kerastutor.training.start import prepare


class Race:
    """A race of runs; what `race` returns.

    One model trains at a time, so that none takes the machine from another. All take the samples in the same order.

    Attributes:
        runs: the `Run` of each model, by the names given.
    """

    def __init__(self, runs: Mapping[str, Run]) -> None:
        self.runs = dict(runs)

    def __getitem__(self, name: str) -> Run:
        return self.runs[name]

    @property
    def progress(self) -> tuple[RunProgress, ...]:
        """Where each one is, in the order given."""
        return tuple(run.progress for run in self.runs.values())

    def start(self) -> Race:
        """Start them all: they queue up. Returns at once."""
        for run in self.runs.values():
            run.start()
        return self

    def wait(self, timeout: float | None = None) -> Race:
        """Wait until the last one ends, each at most `timeout` seconds; interrupting the wait stops the race.

        Raises:
            TrainingFailed: when one ended with an error, after all have ended.
        """
        try:
            self._wait(timeout)
        except KeyboardInterrupt:
            self.stop()
            self._wait(timeout)
        for run in self.runs.values():
            run.wait_uninterrupted(0)
        return self

    def stop(self) -> None:
        """Stop the one that trains and let the others not begin."""
        for run in reversed(self.runs.values()):
            run.stop()

    def pause(self) -> None:
        """Let the one that trains rest; the others wait for it."""
        for run in self._begun():
            run.pause()

    def resume(self) -> None:
        """Go on after `pause`."""
        for run in self.runs.values():
            run.resume()

    def listen(self, listener: Callable[[tuple[RunProgress, ...]], None]) -> Callable[[], None]:
        """Call `listener` with the progress of all, at most ten times a second; returns how to end that."""
        ends = [run.listen(lambda _: listener(self.progress)) for run in self.runs.values()]

        def unlisten() -> None:
            for end in ends:
                end()

        return unlisten

    def _wait(self, timeout: float | None) -> None:
        for run in self.runs.values():
            with suppress(TrainingFailed):
                run.wait_uninterrupted(timeout)

    def __repr__(self) -> str:
        return "Race of " + "; ".join(map(repr, self.runs.values()))

    def _begun(self) -> list[Run]:
        return [run for run in self.runs.values() if run.running and run.progress.status != "queued"]


def race(models: Mapping[str, keras.Model], data: Any, *, seed: int | None = None, **options: Any) -> Race:
    """Train several compiled models on the same data, with equal seed and budget; returns at once.

    Args:
        models: the models by the names to show.
        data: `(x, y)`, or a data set with `.train` and `.validation` that unpack to `(x, y)`.
        seed: decides the order of the samples in every run.
        options: those of `kt.race`, which shows the race, without `wait`.

    Raises:
        CannotTrain: a model cannot be trained, or there is none; nothing was started.
    """
    if not isinstance(models, Mapping) or not models:
        raise CannotTrain('race() needs models with names: kt.race({"plain": first, "residual": second}, data).')
    _check_apart(models)
    taken = {"x", "y", "name"} & set(options)
    if taken:
        raise CannotTrain(f"race() takes no {min(taken)}: the data come as (x, y), and the names with the models.")
    x, y, validation = _unpack(data)
    if options.get("validation_data") is None:
        options["validation_data"] = validation
    seed = fresh_seed() if seed is None else seed
    return Race({name: prepare(model, x, y, seed=seed, name=name, **options) for name, model in models.items()}).start()


def _check_apart(models: Mapping[str, keras.Model]) -> None:
    names: dict[int, str] = {}
    for name, model in models.items():
        first = names.setdefault(id(model), name)
        if first != name:
            raise CannotTrain(
                f"{first!r} and {name!r} are one and the same model, which would train on from one run to the next: "
                "build and compile one for each."
            )


def _unpack(data: Any) -> tuple[Any, Any, Any]:
    if hasattr(data, "train") and hasattr(data, "validation"):
        (x, y), validation = data.train, tuple(data.validation)
        return x, y, validation
    if isinstance(data, (tuple, list)) and len(data) == 2:
        return data[0], data[1], None
    raise CannotTrain("race() needs the data as (x, y), or a data set with .train and .validation.")
