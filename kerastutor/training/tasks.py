"""What the speed policy looks at, read from a job."""

from __future__ import annotations

import keras

from kerastutor.models.keras_inside import layers_within
from kerastutor.training import devices
from kerastutor.training.job import Job
from kerastutor.training.policy import Workload


def task_of(job: Job) -> Workload:
    """The job as the policy sees it."""
    assert job.train is not None, "a job for model.fit leaves nothing to choose"
    nbytes = job.train.nbytes + (job.validation.nbytes if job.validation else 0)
    device = devices.training_device().kind
    return Workload(
        backend=keras.config.backend(),
        device=device,
        families=families(job.model),
        nbytes=nbytes,
        xla=_demanded(job.model, device) if _compiles(job.model) else False,
        exact=job.exact,
    )


def _demanded(model: keras.Model, device: str) -> bool | None:
    """What `compile(jit_compile=...)` asked for; None for what Keras makes of `"auto"`, which it resolves at once: JAX
    always compiles, TensorFlow only on a GPU."""
    auto = keras.config.backend() == "jax" or device == "GPU"
    return None if model.jit_compile == auto else model.jit_compile


def _compiles(model: keras.Model) -> bool:
    """Whether XLA can take every layer; those on text, for example, it cannot."""
    return all(layer.supports_jit for layer in (model, *layers_within(model)))


def families(model: keras.Model) -> frozenset[str]:
    """The families of all layers in the model, those of nested models and wrappers included.

    >>> sorted(families(keras.Sequential([keras.layers.Conv2D(2, 3), keras.layers.LSTM(2)])))
    ['convolution', 'recurrent']
    """
    found = {_family(type(layer)) for layer in (model, *layers_within(model))}
    return frozenset(found - {""})


def _family(layer: type) -> str:
    """By the names of the class and its ancestors: a learner's subclass of Conv2D is a convolution too."""
    names = [ancestor.__name__ for ancestor in layer.__mro__]
    if any("Conv" in name for name in names):
        return "convolution"
    if any(name in ("RNN", "LSTM", "GRU", "SimpleRNN", "Bidirectional") for name in names):
        return "recurrent"
    return ""
