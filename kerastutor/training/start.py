"""Begin a training."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from numbers import Integral, Real
from types import NoneType
from typing import Any

import keras

from kerastutor.models.interception import announce
from kerastutor.models.recording import Trained
from kerastutor.training import devices
from kerastutor.training.arrays import fresh_seed
from kerastutor.training.job import ENDLESS, EPOCHS, CannotTrain, Job, check_model, layouts
from kerastutor.training.run import Run


def train(model: keras.Model, x: Any, y: Any = None, **options: Any) -> Run:
    """Train a compiled model in the background; returns at once.

    Args:
        options: those of `kt.train`, which shows the run, without `wait`.

    Raises:
        CannotTrain: when the model, the numbers or a name cannot be right; data are checked as `model.fit` checks them.

    >>> import numpy as np
    >>> model = keras.Sequential([keras.layers.Dense(1)])
    >>> model.compile(loss="mse")
    >>> run = train(model, np.ones((8, 2)), np.ones(8), epochs=3).wait()
    >>> run.progress.status, len(run.history.history["loss"])
    ('finished', 3)
    """
    return prepare(model, x, y, **options).start()


def prepare(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    epochs: int | None = None,
    seconds: float | None = None,
    seed: int | None = None,
    deterministic: bool = False,
    name: str | None = None,
    callbacks: Sequence[keras.callbacks.Callback] | keras.callbacks.Callback | None = None,
    **fit_arguments: Any,
) -> Run:
    """Check everything and lay out the data; the `Run` is not started. Arguments and errors are those of `train`."""
    check_model(model)
    if x is None:
        raise CannotTrain("train() needs the data after the model, and they are None: kt.train(model, x, y).")
    callbacks = () if callbacks is None else callbacks
    told = {name: value for name, value in fit_arguments.items() if not _is_default(name, value, model)}
    asked = Trained(model, "fit", (x, y), {"epochs": epochs, "callbacks": callbacks, **told})
    announce(*asked)
    try:
        remark = devices.make_deterministic() if deterministic else ""
        seed = fresh_seed() if seed is None else seed
        job = replace(_job(asked, seconds=seconds, seed=seed), exact=deterministic, remark=remark)
    except CannotTrain as problem:
        problem.trained = asked
        raise
    return Run(job, name or model.name)


def _job(asked: Trained, *, seconds: float | None, seed: int) -> Job:
    """What was asked for, checked and laid out."""
    model, (x, y) = asked.model, asked.args
    options = dict(asked.kwargs)
    epochs, callbacks = options.pop("epochs"), options.pop("callbacks")
    batch_size = options.get("batch_size")
    initial_epoch = options.get("initial_epoch") or 0
    _check_names(options, model)
    _check_numbers(epochs, batch_size, seconds)
    count = _number_of_epochs(epochs, initial_epoch, seconds)
    if not isinstance(callbacks, (list, tuple)):
        callbacks = (callbacks,)
    taken = {"x": x, "y": y, **options}
    given = {key: value for key, value in taken.items() if value is not None and key not in _OURS}
    laid_out, validation, needs_fit = layouts(given, callbacks, model)
    return Job(
        model=model,
        asked=asked,
        fit_arguments=given,
        train=laid_out,
        validation=validation,
        needs_fit=needs_fit,
        epochs=count,
        initial_epoch=initial_epoch,
        seconds=seconds,
        callbacks=tuple(callbacks),
        seed=seed,
        shuffle=bool(given.get("shuffle", True)),
        validation_freq=given.get("validation_freq", 1),
        batch_size=batch_size or 32,
    )


_OURS = ("verbose", "initial_epoch")
"""What a run gives `model.fit` itself; `verbose` goes nowhere, since the live view takes its place."""


def _is_default(name: str, value: Any, model: keras.Model) -> bool:
    """Whether `fit` would take this value anyway: a `fit` of the learner's own need not know every name of Keras'."""
    known = {**inspect.signature(keras.Model.fit).parameters, **inspect.signature(model.fit).parameters}
    return name in known and isinstance(value, (int, float, NoneType)) and value == known[name].default


def _check_names(fit_arguments: Iterable[str], model: keras.Model) -> None:
    known = inspect.signature(model.fit).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in known.values()):
        return  # the learner's own `fit` takes any name
    for name in fit_arguments:
        if name not in known:
            close = get_close_matches(name, [*known, *inspect.signature(prepare).parameters], n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise CannotTrain(f"There is no option {name!r}, neither of train() nor of model.fit().{hint}")


def _number_of_epochs(epochs: int | None, initial_epoch: Any, seconds: float | None) -> int:
    """How many epochs to train: `model.fit` counts those before the first one too."""
    if not (isinstance(initial_epoch, Integral) and int(initial_epoch) >= 0):
        raise CannotTrain(f"initial_epoch must be a whole number from 0 on, and it is {initial_epoch!r}.")
    if epochs is None:
        return EPOCHS if seconds is None else ENDLESS
    initial_epoch = int(initial_epoch)
    if epochs <= initial_epoch:
        raise CannotTrain(
            f"epochs counts those before initial_epoch too, so it must be above {initial_epoch}, and it is {epochs}."
        )
    return epochs - initial_epoch


def _check_numbers(epochs: int | None, batch_size: int | None, seconds: float | None) -> None:
    whole, any_number = (Integral, "a whole number"), (Real, "a number")
    for name, value, (kind, words) in (
        ("epochs", epochs, whole),
        ("batch_size", batch_size, whole),
        ("seconds", seconds, any_number),
    ):
        if value is not None and not (isinstance(value, kind) and value > 0):
            raise CannotTrain(f"{name} must be {words} above 0, and it is {value!r}.")
