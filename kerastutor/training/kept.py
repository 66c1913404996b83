"""A model keeps its weights, even where `model.fit` breaks off in its first step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras


@contextmanager
def weights_kept(model: keras.Model) -> Iterator[None]:
    """Give the variables their values back when the block raises, if they have none then.

    On JAX `fit` takes the values out of the variables and puts them back from the last step. Keras forgets them where
    there was no step, as for data of the wrong width.
    """
    optimizer = getattr(model, "optimizer", None)
    variables = [*model.variables, *model.metrics_variables, *(optimizer.variables if optimizer else ())]
    values = [getattr(variable, "_value", None) for variable in variables]
    try:
        yield
    except BaseException:
        for variable, value in zip(variables, values, strict=True):
            if value is not None and variable._value is None:
                variable.assign(value)
        raise
