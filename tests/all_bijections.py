"""An oracle: whether two small models compute the same with the same free parameters. It knows nothing of kerastutor.

Every shape-preserving bijection of their variables is tried: random numbers are carried over, and outputs and losses
compared, in inference and, where no layer is random, in training. What shows in neither it does not see.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

NEAR = 2e-5


def compute_the_same(first: keras.Model, second: keras.Model, *, random: bool = False) -> bool:
    """Whether one bijection of their variables makes them agree; `random` layers are looked at in inference only."""
    ours, theirs = _variables(first), _variables(second)
    if sorted(map(_key, ours)) != sorted(map(_key, theirs)):
        return False
    _randomise(ours)
    fed = _inputs(first)
    expected = [_computed(first, ours, fed, training) for training in _times(random)]
    for source in _bijections(ours, theirs):
        for variable, place in zip(theirs, source, strict=True):
            variable.assign(ours[place].numpy())
        found = (_computed(second, theirs, fed, training) for training in _times(random))
        if all(_near(mine, its) for mine, its in zip(expected, found, strict=True)):
            return True
    return False


def _times(random: bool) -> tuple[bool, ...]:
    return (False,) if random else (False, True)


def _variables(model: keras.Model) -> list[Any]:
    return [variable for variable in model.variables if "seed_generator" not in variable.path]


def _key(variable: Any) -> tuple[tuple[int, ...], bool]:
    return tuple(variable.shape), variable.trainable


def _bijections(ours: list[Any], theirs: list[Any]) -> Iterator[list[int]]:
    keys = sorted(set(map(_key, ours)))
    sources = [[place for place, one in enumerate(ours) if _key(one) == key] for key in keys]
    targets = [[place for place, one in enumerate(theirs) if _key(one) == key] for key in keys]
    for chosen in itertools.product(*map(itertools.permutations, sources)):
        found = [0] * len(theirs)
        for places, mine in zip(targets, chosen, strict=True):
            for place, source in zip(places, mine, strict=True):
                found[place] = source
        yield found


def _randomise(variables: list[Any]) -> None:
    generator = np.random.default_rng(1)
    for variable in variables:
        if "variance" in variable.path:
            variable.assign(generator.uniform(0.5, 1.5, variable.shape))
        elif "float" in str(variable.dtype):
            variable.assign(generator.standard_normal(variable.shape) * 0.7)


def _inputs(model: keras.Model) -> list[Any]:
    generator = np.random.default_rng(0)
    found = []
    for tensor in model.inputs:
        shape = [3, *(6 if length is None else length for length in tensor.shape[1:])]
        whole = "int" in keras.backend.standardize_dtype(tensor.dtype)
        found.append(generator.integers(0, 8, shape) if whole else 3 * generator.standard_normal(shape))
    return found


def _computed(model: keras.Model, variables: list[Any], fed: list[Any], training: bool) -> list[Any]:
    kept = [variable.numpy() for variable in variables]
    outputs = keras.tree.flatten(model(fed if len(fed) > 1 else fed[0], training=training))
    losses = sum(float(loss) for loss in model.losses)
    for variable, value in zip(variables, kept, strict=True):
        variable.assign(value)
    return [*map(keras.ops.convert_to_numpy, outputs), np.array(losses)]


def _near(ours: list[Any], theirs: list[Any]) -> bool:
    return [one.shape for one in ours] == [one.shape for one in theirs] and all(
        np.max(np.abs(mine - its), initial=0) <= NEAR * max(1, np.max(np.abs(mine), initial=0))
        for mine, its in zip(ours, theirs, strict=True)
    )
