"""What every backend's training engine can do, and how to get the one for the backend in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from typing import Any, Protocol, TypeVar

import keras
import numpy as np

from kerastutor.models.keras_inside import make_state
from kerastutor.training.arrays import Batches

Logs = Mapping[str, Any]
"""Metric values by name: floats, except for metrics that have a value per class."""


class Engine(Protocol):
    """Runs training steps of one model on data that already lie on the device.

    The steps are `model.train_step` and `model.test_step`, as `compile` and the learner's class have made them.
    """

    def begin_epoch(self, order: np.ndarray) -> None:
        """Forget the metrics and take the samples in this order (int32 of shape (size,)) from now on."""

    def train(self, first: int, last: int) -> Logs:
        """Run the training steps from `first` up to, not including, `last`; the metrics of the epoch so far."""

    def begin_validation(self) -> None:
        """Forget the metrics."""

    def validate(self, first: int, last: int) -> Logs:
        """Run the validation steps from `first` up to, not including, `last`; the metrics over them so far."""

    def compiled(self, seconds: float) -> bool:
        """Wait for what compiles aside, at most so long; whether there is nothing to wait for any more."""

    def write_back(self) -> None:
        """Make sure that the model's own variables hold the state after the last step."""


_ENGINES = {
    "jax": ("kerastutor.training.jax_engine", "JaxEngine"),
    "tensorflow": ("kerastutor.training.tensorflow_engine", "TensorFlowEngine"),
    "torch": ("kerastutor.training.torch_engine", "TorchEngine"),
}


def engine_class() -> type[Any]:
    """The engine of the backend Keras runs on: built with (model, batches, validation batches or None, plan, trial)."""
    module, name = _ENGINES[keras.config.backend()]
    return getattr(import_module(module), name)


def floats(logs: Logs) -> dict[str, Any]:
    """Device scalars as Python floats; nested logs are flattened and values with a shape left as arrays."""
    plain: dict[str, Any] = {}
    for name, value in sorted(logs.items()):
        if isinstance(value, Mapping):
            plain.update(floats(value))
        else:
            array = keras.ops.convert_to_numpy(value)
            plain[name] = float(array) if array.ndim == 0 else array
    return plain


def has_own_logs(model: keras.Model) -> bool:
    """Whether a step of this model may return values that are not its metrics, because the learner wrote it.

    >>> has_own_logs(keras.Sequential([keras.layers.Dense(1)]))
    False
    """
    return any(
        getattr(type(model), name) is not getattr(keras.Model, name)
        for name in ("train_step", "test_step", "compute_metrics", "get_metrics_result")
    )


def build(model: keras.Model, batches: Batches, *, batch_size: int | None) -> None:
    """Create the variables of model, metrics, losses and optimizer, so that the step is traced only once."""
    example = keras.tree.map_structure(
        lambda leaf: None if leaf is None else keras.KerasTensor((batch_size, *leaf.shape[1:]), _dtype_there(leaf)),
        batches.data,
    )
    make_state(model, example)


def _dtype_there(leaf: Any) -> str:
    """The type that the backend gives to this array: JAX holds int64 as int32, and warns of whoever asks for int64."""
    return str(keras.backend.standardize_dtype(keras.ops.convert_to_tensor(leaf[:1]).dtype))


Result = TypeVar("Result")


def aside(work: Callable[[], Result]) -> Future[Result]:
    """Begin `work` in a thread of its own, which ends with it.

    >>> aside(lambda: 6 * 7).result()
    42
    """
    executor = ThreadPoolExecutor(1, thread_name_prefix="kerastutor-aside")
    future = executor.submit(work)
    executor.shutdown(wait=False)
    return future
