"""The fastest training loops one would write by hand around Keras' own `train_step`, to measure against.

Each runs whole epochs in one compiled call, on data that lie on the device: no curve, no Stop, no callbacks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from benchmarks.lesson_models import Lesson

Loop = Callable[[keras.Model, Lesson], float]
"""Trains a fresh model and returns the last loss."""


def hand_loops() -> dict[str, Loop]:
    """Those of the backend Keras runs on, by name."""
    return {
        "tensorflow": {"hand": _tensorflow(False), "hand + XLA": _tensorflow(True)},
        "jax": {"hand, loop": _jax_loop, "hand, steps": _jax_steps},
        "torch": {"hand": _torch},
    }[keras.config.backend()]


def _orders(lesson: Lesson) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    whole = len(lesson.y) // lesson.batch_size * lesson.batch_size
    return [rng.permutation(len(lesson.y))[:whole].astype("int32") for _ in range(lesson.epochs)]


def _tensorflow(xla: bool) -> Loop:
    def train(model: keras.Model, lesson: Lesson) -> float:
        import tensorflow as tf

        size = lesson.batch_size
        data = keras.tree.lists_to_tuples(keras.tree.map_structure(tf.convert_to_tensor, (lesson.x, lesson.y)))
        model.optimizer.build(model.trainable_variables)

        def step(index: Any, order: Any) -> tuple[Any]:
            rows = tf.slice(order, [index * size], [size])
            model.train_step(keras.tree.map_structure(lambda leaf: tf.gather(leaf, rows), data))
            return (index + 1,)

        @tf.function(jit_compile=xla, autograph=False)
        def epoch(order: Any) -> Any:
            steps = len(lesson.y) // size
            tf.while_loop(lambda index: index < steps, lambda index: step(index, order), (tf.constant(0),))
            return model.get_metrics_result()

        for order in _orders(lesson):
            model.reset_metrics()
            logs = epoch(tf.constant(order))
        return float(logs["loss"])

    return train


def _jax_state(model: keras.Model, lesson: Lesson) -> tuple[Any, Any]:
    import jax
    import jax.numpy as jnp

    data = jax.tree.map(jnp.asarray, (lesson.x, lesson.y))
    batch = jax.tree.map(lambda leaf: leaf[: lesson.batch_size], data)
    model._symbolic_build(data_batch=(*batch, None))
    groups = (
        model.trainable_variables,
        model.non_trainable_variables,
        model.optimizer.variables,
        model.metrics_variables,
    )
    return data, jax.tree.map(jnp.array, tuple([variable.value for variable in group] for group in groups))


def _jax_loop(model: keras.Model, lesson: Lesson) -> float:
    import jax
    import jax.numpy as jnp

    data, state = _jax_state(model, lesson)
    size = lesson.batch_size

    def step(index: Any, state: Any, order: Any, data: Any) -> Any:
        rows = jax.lax.dynamic_slice(order, (index * size,), (size,))
        return model.train_step(state, jax.tree.map(lambda leaf: leaf[rows], data))[1]

    @jax.jit
    def epoch(state: Any, order: Any, data: Any) -> Any:
        steps = len(lesson.y) // size
        return jax.lax.fori_loop(0, steps, lambda index, state: step(index, state, order, data), state)

    for order in _orders(lesson):
        state = epoch(state, jnp.asarray(order), data)
    return float(jax.block_until_ready(state)[3][0])


def _jax_steps(model: keras.Model, lesson: Lesson) -> float:
    import jax
    import jax.numpy as jnp

    data, state = _jax_state(model, lesson)
    size = lesson.batch_size

    def one(state: Any, data: Any, order: Any, index: Any) -> Any:
        rows = jax.lax.dynamic_slice(order, (index * size,), (size,))
        return model.train_step(state, jax.tree.map(lambda leaf: leaf[rows], data))[1]

    one = jax.jit(one, donate_argnums=0)
    for order in _orders(lesson):
        order = jnp.asarray(order)
        for index in range(len(lesson.y) // size):
            state = one(state, data, order, index)
    return float(jax.block_until_ready(state)[3][0])


def _torch(model: keras.Model, lesson: Lesson) -> float:
    data = keras.tree.map_structure(keras.ops.convert_to_tensor, (lesson.x, lesson.y))
    model.optimizer.build(model.trainable_variables)
    model.train()
    logs: dict[str, Any] = {}
    for order in _orders(lesson):
        model.reset_metrics()
        for first in range(0, len(order), lesson.batch_size):
            rows = keras.ops.convert_to_tensor(order[first : first + lesson.batch_size])
            logs = model.train_step(keras.tree.map_structure(lambda leaf: leaf[rows], data))  # noqa: B023
    return float(logs["loss"])
