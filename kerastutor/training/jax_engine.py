"""JAX: the state is threaded through a compiled loop with donated buffers and written back when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

from kerastutor.training.arrays import Batches
from kerastutor.training.engine import Logs, aside, build, floats, has_own_logs
from kerastutor.training.policy import Plan
from kerastutor.training.trial import Trial

State = tuple[list[jax.Array], ...]
"""The values of trainable, other, optimizer and metric variables."""


class JaxEngine:
    """Runs the steps of one model; see `kerastutor.training.engine.Engine`.

    Outside a chunk the state is kept here; the model's variables hold what `write_back` last wrote, so the model stays
    usable whatever happens to a chunk.
    """

    def __init__(
        self, model: keras.Model, train: Batches, validation: Batches | None, plan: Plan, trial: Trial
    ) -> None:
        self._model = model
        self._state: State | None = None
        looped = plan.how == "compiled loop"
        build(model, train, batch_size=min(train.batch_size, train.size))
        self._train = _Part(model, train, model.train_step, looped=looped)
        if validation is not None:
            self._validation = _Part(model, validation, _test_step(model), looped=looped)

    def begin_epoch(self, order: np.ndarray) -> None:
        self.write_back()
        self._model.reset_metrics()
        self._train.order = jnp.asarray(order)

    def train(self, first: int, last: int) -> Logs:
        self._state, logs = self._train.run(self._take(), first, last)
        return floats(logs)

    def begin_validation(self) -> None:
        self.write_back()
        self._model.reset_metrics()

    def validate(self, first: int, last: int) -> Logs:
        self._state, logs = self._validation.run(self._take(), first, last)
        return floats(logs)

    def compiled(self, seconds: float) -> bool:
        return True

    def write_back(self) -> None:
        if self._state is None:
            return
        for variables, values in zip(_groups(self._model), self._state, strict=True):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        self._state = None

    def _take(self) -> State:
        """The state for the next chunk; whose buffers it gives up, so that it must not be used again here."""
        state, self._state = self._state, None
        return _read(self._model) if state is None else state


Step = Callable[[State, Any], tuple[Logs, State]]


class _Part:
    """Training or validation: the data on the device, and the compiled functions that run whole batches of them and a
    last smaller one."""

    def __init__(self, model: keras.Model, batches: Batches, step: Step, *, looped: bool) -> None:
        self.order = jnp.arange(batches.size)
        self._batches = batches
        self._data = jax.tree.map(jnp.asarray, batches.data)
        one = partial(_one_batch, step, batches.batch_size)
        self._one = jax.jit(one, donate_argnums=0)
        self._loop = jax.jit(partial(_many_batches, model, one), donate_argnums=0) if looped else None
        start = batches.whole_steps * batches.batch_size
        if start < batches.size:
            last = jax.jit(partial(_last_batch, step, start), donate_argnums=0)
            self._last = aside(last.lower(_read(model), self._data, self.order).compile)

    def run(self, state: State, first: int, last: int) -> tuple[State, Logs]:
        """The steps `first` to `last`; JAX compiles for one shape, so the smaller last batch has its own function."""
        whole = min(last, self._batches.whole_steps)
        logs: Logs = {}
        if first < whole:
            state, logs = self._whole(state, first, whole)
        if whole < last:
            state, logs = self._last.result()(state, self._data, self.order)
        return state, logs

    def _whole(self, state: State, first: int, last: int) -> tuple[State, Logs]:
        if self._loop is not None:
            return self._loop(state, self._data, self.order, first, last)
        logs: Logs = {}
        for index in range(first, last):
            state, logs = self._one(state, self._data, self.order, index)
        return state, logs


def _one_batch(
    step: Step, batch_size: int, state: State, data: Any, order: jax.Array, index: Any
) -> tuple[State, Logs]:
    rows = jax.lax.dynamic_slice(order, (index * batch_size,), (batch_size,))
    return _on_rows(step, state, data, rows)


def _last_batch(step: Step, start: int, state: State, data: Any, order: jax.Array) -> tuple[State, Logs]:
    return _on_rows(step, state, data, order[start:])


def _on_rows(step: Step, state: State, data: Any, rows: jax.Array) -> tuple[State, Logs]:
    logs, state = step(state, jax.tree.map(lambda leaf: leaf[rows], data))
    return state, logs


def _many_batches(
    model: keras.Model, one: Callable[..., tuple[State, Logs]], state: State, data: Any, order: jax.Array, *bounds: Any
) -> tuple[State, Logs]:
    """A loop over `one`. The metrics are read after it; a custom step's own logs have to be carried along in it."""
    if has_own_logs(model):
        shapes = jax.eval_shape(one, state, data, order, 0)[1]
        logs = jax.tree.map(lambda value: jnp.zeros(value.shape, value.dtype), shapes)
        return jax.lax.fori_loop(*bounds, lambda index, carried: one(carried[0], data, order, index), (state, logs))
    state = jax.lax.fori_loop(*bounds, lambda index, carried: one(carried, data, order, index)[0], state)
    with keras.StatelessScope(state_mapping=list(zip(model.metrics_variables, state[3], strict=True))):
        return state, model.get_metrics_result()


def _test_step(model: keras.Model) -> Step:
    """`model.test_step` knows no optimizer: its variables are passed by, so that every step has one kind of state."""

    def step(state: State, batch: Any) -> tuple[Logs, State]:
        trainable, other, optimizer, metrics = state
        logs, (trainable, other, metrics) = model.test_step((trainable, other, metrics), batch)
        return logs, (trainable, other, optimizer, metrics)

    return step


def _groups(model: keras.Model) -> tuple[list[keras.Variable], ...]:
    return (
        model.trainable_variables,
        model.non_trainable_variables,
        model.optimizer.variables,
        model.metrics_variables,
    )


def _read(model: keras.Model) -> State:
    """Copies, because the buffers handed to a chunk are given up to it."""
    return tuple([jnp.array(variable.value) for variable in group] for group in _groups(model))
