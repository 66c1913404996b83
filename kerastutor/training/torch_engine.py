"""torch: a plain loop over the steps, on data that already lie on the device.

`torch.compile` takes 15 to 70 seconds to the first epoch of a lesson's model: not for short runs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np
import torch

from kerastutor.training.arrays import Batches
from kerastutor.training.engine import Logs, build, floats, has_own_logs
from kerastutor.training.policy import Plan
from kerastutor.training.trial import Trial


class TorchEngine:
    """Runs the steps of one model; see `kerastutor.training.engine.Engine`."""

    def __init__(
        self, model: keras.Model, train: Batches, validation: Batches | None, plan: Plan, trial: Trial
    ) -> None:
        self._model = model
        build(model, train, batch_size=min(train.batch_size, train.size))
        self._train = _Part(model, model.train_step, train)
        self._validation = None if validation is None else _Part(model, model.test_step, validation)

    def begin_epoch(self, order: np.ndarray) -> None:
        self._model.reset_metrics()
        self._train.order = keras.ops.convert_to_tensor(order)

    def train(self, first: int, last: int) -> Logs:
        """Torch's own training mode is set each time: a pause takes it back."""
        self._model.train()
        return self._train.run(first, last)

    def begin_validation(self) -> None:
        self._model.reset_metrics()
        self._model.eval()

    def validate(self, first: int, last: int) -> Logs:
        assert self._validation is not None, "the caller asks only where there is validation data"
        with torch.no_grad():
            return self._validation.run(first, last)

    def compiled(self, seconds: float) -> bool:
        return True

    def write_back(self) -> None:
        """The steps change the model's variables themselves; only torch's own training mode is left."""
        self._model.eval()


class _Part:
    """Training or validation: the data on the device and the step to run on them."""

    def __init__(self, model: keras.Model, step: Callable[[Any], Logs], batches: Batches) -> None:
        self._model = model
        self._step = step
        self._batch_size = batches.batch_size
        self._data = keras.tree.map_structure(_on_device, batches.data)
        self.order = keras.ops.arange(batches.size, dtype="int32")

    def run(self, first: int, last: int) -> Logs:
        logs: Logs = {}
        for index in range(first, last):
            rows = self.order[index * self._batch_size : (index + 1) * self._batch_size]
            batch = keras.tree.map_structure(partial(_take, rows), self._data)
            logs = self._step(batch)
        return floats(logs if has_own_logs(self._model) else self._model.get_metrics_result())


def _on_device(leaf: np.ndarray | None) -> torch.Tensor | None:
    return None if leaf is None else keras.ops.convert_to_tensor(leaf)


def _take(rows: torch.Tensor, leaf: torch.Tensor | None) -> torch.Tensor | None:
    return None if leaf is None else leaf[rows]
