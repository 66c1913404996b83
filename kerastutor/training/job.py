"""What a run is asked to do, checked and laid out before anything starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras

from kerastutor.models.keras_inside import cut_off
from kerastutor.models.recording import Trained
from kerastutor.training.arrays import Batches, NeedsFit, batches
from kerastutor.training.policy import per_batch_callback

ENDLESS = 10**6
"""Epochs when only `seconds` limits the run."""

EPOCHS = 5
"""Epochs when nothing limits the run."""


@dataclass(frozen=True)
class Job:
    """A training: everything that `model.fit` would be given, and what goes beyond it.

    Attributes:
        asked: the training as it was asked for, told as a call of `fit`.
        fit_arguments: the arguments for `model.fit`, without epochs and callbacks.
        train, validation: the same data laid out for the compiled loop; `train` is None where `needs_fit` says why.
        epochs: how many epochs to train; `ENDLESS` when only `seconds` counts.
        initial_epoch: the number of the first one, from 0, for callbacks and the history.
        seconds: train as many epochs as fit into this time; None for no limit.
        seed: decides the order of the samples.
        exact: choose nothing by timing, so that equal seeds give equal histories.
        remark: what else to say of how it is trained, as a sentence.
    """

    model: keras.Model
    asked: Trained
    fit_arguments: Mapping[str, Any]
    train: Batches | None
    validation: Batches | None
    needs_fit: str
    epochs: int
    seconds: float | None
    callbacks: tuple[keras.callbacks.Callback, ...]
    seed: int
    shuffle: bool
    validation_freq: int | Sequence[int] = 1
    exact: bool = False
    batch_size: int = field(default=32)
    initial_epoch: int = 0
    remark: str = ""

    def validates_after(self, epoch: int) -> bool:
        """Whether the validation data are due after this epoch (from 0)."""
        if self.validation is None:
            return False
        if isinstance(self.validation_freq, int):
            return (epoch + 1) % self.validation_freq == 0
        return epoch + 1 in self.validation_freq


class CannotTrain(ValueError):
    """The model or the data cannot be trained as they are; the message says what to mend.

    Attributes:
        trained: the training as it was asked for, once there is a model that could be trained.
    """

    trained: Trained | None = None


def check_model(model: object) -> keras.Model:
    """The model itself, when it can be trained.

    >>> check_model([1, 2])
    Traceback (most recent call last):
    ...
    kerastutor.training.job.CannotTrain: train() needs a Keras model first, and this is a list.
    """
    if isinstance(model, type) and issubclass(model, keras.Model):
        raise CannotTrain(
            f"train() needs a model, and {model.__name__} is a class: make one with {model.__name__}(...)."
        )
    if not isinstance(model, keras.Model):
        raise CannotTrain(f"train() needs a Keras model first, and this is a {type(model).__name__}.")
    if not model.compiled:
        raise CannotTrain(
            f"The model {model.name!r} does not know yet how to learn: "
            "call model.compile(optimizer=..., loss=...) first."
        )
    return model


def layouts(
    fit_arguments: Mapping[str, Any], callbacks: Sequence[keras.callbacks.Callback], model: keras.Model
) -> tuple[Batches | None, Batches | None, str]:
    """Training and validation data for the compiled loop, or None, None and the reason why only `model.fit` will do.

    Raises:
        CannotTrain: the arrays do not fit together.
    """
    try:
        _only_known(fit_arguments)
        watcher = per_batch_callback(callbacks)
        if watcher:
            raise NeedsFit(f"the callback {watcher} wants to see every batch")
        if model.run_eagerly:
            raise NeedsFit("the model was compiled with run_eagerly=True")
        if model.optimizer is None:
            raise NeedsFit("the model has no optimizer of its own")
        return (*_split(fit_arguments), "")
    except NeedsFit as reason:
        return None, None, str(reason)
    except ValueError as problem:
        raise CannotTrain(" ".join(str(problem).split())) from problem


_LAID_OUT = {
    "x",
    "y",
    "batch_size",
    "shuffle",
    "sample_weight",
    "class_weight",
    "validation_data",
    "validation_split",
    "validation_batch_size",
    "validation_freq",
}


def _only_known(fit_arguments: Mapping[str, Any]) -> None:
    for name in fit_arguments:
        if name not in _LAID_OUT:
            raise NeedsFit(f"{name} is given")
    if fit_arguments.get("shuffle") == "batch":
        raise NeedsFit('shuffle="batch" is given')


def _split(given: Mapping[str, Any]) -> tuple[Batches, Batches | None]:
    size = given.get("batch_size") or 32
    x, y, weights = given["x"], given.get("y"), given.get("sample_weight")
    validation = given.get("validation_data")
    if validation is None and given.get("validation_split"):
        (x, y, weights), validation = _cut_off((x, y, weights), given["validation_split"])
    train = batches(x, y, weights, given.get("class_weight"), size)
    if validation is None:
        return train, None
    if not isinstance(validation, (tuple, list)) or not 1 <= len(validation) <= 3:
        raise NeedsFit(f"the validation data are a {type(validation).__name__} and not (x, y)")
    size = given.get("validation_batch_size") or size
    x, y, weights = (*validation, None, None)[:3]
    return train, batches(x, y, weights, batch_size=size)


def _cut_off(arrays: Any, share: float) -> tuple[Any, Any]:
    """The last `share` of the samples is for validation, as in `model.fit`."""
    if not all(leaf is None or hasattr(leaf, "__array__") for leaf in keras.tree.flatten(arrays)):
        raise NeedsFit("some of the data are not arrays")
    return cut_off(arrays, share)
