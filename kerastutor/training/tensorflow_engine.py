"""TensorFlow: many steps in one call of a compiled function, its bounds being tensors so that it is traced once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf

from kerastutor.training.arrays import Batches
from kerastutor.training.engine import Logs, aside, build, floats, has_own_logs
from kerastutor.training.policy import NEVER, Plan
from kerastutor.training.trial import Trial

Chunk: TypeAlias = tf.types.experimental.PolymorphicFunction
"""`chunk(order, first, last)` runs the steps `first` to `last` of the epoch with this order and returns the logs."""


class TensorFlowEngine:
    """Runs the steps of one model; see `kerastutor.training.engine.Engine`."""

    def __init__(
        self, model: keras.Model, train: Batches, validation: Batches | None, plan: Plan, trial: Trial
    ) -> None:
        self._model = model
        build(model, train, batch_size=None)
        self._train = _Part(model, model.train_step, train, trial)
        self._validation = None
        if validation is not None:
            self._validation = _Part(model, model.test_step, validation, Trial(NEVER, 0))

    def begin_epoch(self, order: np.ndarray) -> None:
        self._model.reset_metrics()
        self._train.order = tf.constant(order)

    def train(self, first: int, last: int) -> Logs:
        return self._train.run(first, last)

    def begin_validation(self) -> None:
        self._model.reset_metrics()

    def validate(self, first: int, last: int) -> Logs:
        assert self._validation is not None, "the caller asks only where there is validation data"
        return self._validation.run(first, last)

    def compiled(self, seconds: float) -> bool:
        return self._train.compiled(seconds)

    def write_back(self) -> None:
        """Nothing to do: the steps change the model's variables themselves."""


class _Part:
    """Training or validation: the data on the device, and the functions that run steps on them."""

    def __init__(self, model: keras.Model, step: Callable[[Any], Logs], batches: Batches, trial: Trial) -> None:
        self.order = tf.range(batches.size)
        self._batches = batches
        self._trial = trial
        data = keras.tree.lists_to_tuples(keras.tree.map_structure(_on_device, batches.data))
        self._plain = _chunk(model, step, data, batches, xla=False)
        self._compiled = _chunk(model, step, data, batches, xla=True)

    def run(self, first: int, last: int) -> Logs:
        """XLA compiles for one shape, so where it is used a last smaller batch goes through the other function."""
        if self._trial.worth_compiling:
            self._trial.compiling(self._compiled_aside())
        whole = min(last, self._batches.whole_steps)
        if not self._trial.xla:
            return self._timed(self._plain, first, last)
        logs: Logs = {}
        if first < whole:
            logs = self._timed(self._compiled, first, whole)
        if whole < last:
            logs = floats(self._call(self._plain, whole, last))
        return logs

    def compiled(self, seconds: float) -> bool:
        """Wait for XLA, at most so long; whether it is ready, or was never asked for."""
        return self._trial.wait(seconds)

    def _compiled_aside(self) -> Future[object]:
        """Compile in another thread, so that this one hears of Stop: running no steps compiles, and changes nothing.

        TensorFlow holds the locks of all variables from reading to writing them back, so that a step in between is not
        undone. The model is traced in this thread.
        """
        bounds = self.order, tf.constant(0), tf.constant(0)
        return aside(partial(self._compiled.get_concrete_function(*bounds), *bounds))

    def _timed(self, chunk: Chunk, first: int, last: int) -> Logs:
        began = time.perf_counter()
        logs = floats(self._call(chunk, first, last))
        self._trial.took(last - first, time.perf_counter() - began)
        return logs

    def _call(self, chunk: Chunk, first: int, last: int) -> Logs:
        return chunk(self.order, tf.constant(first), tf.constant(last))


def _on_device(leaf: np.ndarray | None) -> tf.Tensor | None:
    return None if leaf is None else tf.convert_to_tensor(leaf)


def _chunk(model: keras.Model, step: Callable[[Any], Logs], data: Any, batches: Batches, *, xla: bool) -> Chunk:
    own_logs = _OwnLogs(model)
    size, batch_size = batches.size, batches.batch_size

    def rows(index: tf.Tensor, order: tf.Tensor) -> tf.Tensor:
        if xla:
            return tf.slice(order, [index * batch_size], [batch_size])
        return order[index * batch_size : tf.minimum((index + 1) * batch_size, size)]

    def one_step(index: tf.Tensor, order: tf.Tensor) -> tuple[tf.Tensor]:
        taken = rows(index, order)
        batch = keras.tree.map_structure(lambda leaf: None if leaf is None else tf.gather(leaf, taken), data)
        own_logs.keep(step(batch))
        return (index + 1,)

    @tf.function(autograph=False, jit_compile=xla)
    def run(order: tf.Tensor, first: tf.Tensor, last: tf.Tensor) -> Logs:
        tf.while_loop(lambda index: index < last, lambda index: one_step(index, order), (first,), parallel_iterations=1)
        return own_logs.values or model.get_metrics_result()

    return run


class _OwnLogs:
    """The values a custom `train_step` returns, carried out of the compiled loop in variables."""

    def __init__(self, model: keras.Model) -> None:
        self.values: dict[str, tf.Variable] = {}
        self._model = model

    def keep(self, logs: Logs) -> None:
        """Inside the loop: remember what the step has returned, unless it is just the model's metrics."""
        if not has_own_logs(self._model):
            return
        for name, value in logs.items():
            value = tf.convert_to_tensor(value)
            if name not in self.values:
                with tf.init_scope():
                    self.values[name] = tf.Variable(tf.zeros(value.shape, value.dtype), trainable=False)
            self.values[name].assign(value)
