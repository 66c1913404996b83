"""What Keras holds of a training under way and tells no callback: the values of variables, and the samples counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras

from kerastutor.models.keras_inside import loss_so_far, value_held


@contextmanager
def weights_kept(model: keras.Model) -> Iterator[None]:
    """Give the variables their values back when the block raises, if they have none then.

    On JAX `fit` takes the values out of the variables and puts them back from the last step. Keras forgets them where
    there was no step, as for data of the wrong width.
    """
    optimizer = getattr(model, "optimizer", None)
    variables = [*model.variables, *model.metrics_variables, *(optimizer.variables if optimizer else ())]
    values = list(map(value_held, variables))
    try:
        yield
    except BaseException:
        for variable, value in zip(variables, values, strict=True):
            if value is not None and value_held(variable) is None:
                variable.assign(value)
        raise


def samples_counted(model: keras.Model) -> float:
    """How many samples of this epoch Keras has averaged the loss over; 0 where a step of the learner's own does not.

    Keras tells a callback neither the batch size nor a count. On JAX the count is in the state of the loop until
    that is written back, as Keras' own ModelCheckpoint has it done.
    """
    write_back = getattr(model, "jax_state_sync", None)
    if write_back is not None:
        write_back()
    loss = loss_so_far(model)
    return 0.0 if loss is None else float(keras.ops.convert_to_numpy(loss.count))
