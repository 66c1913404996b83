"""A build log that goes on from something that is there: an exercise, a topology, a Keras model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from kerastutor.building.draft import Impossible
from kerastutor.building.log import BuildLog
from kerastutor.exercises.exercise import Exercise
from kerastutor.models.reading import read_with_layers
from kerastutor.topology.graph import Topology


def begin(start: keras.Model | Topology | BuildLog | Exercise | None) -> BuildLog:
    """A log that starts from a model, a topology or an exercise (its starter), goes on with a log, or is empty.

    Raises:
        NotReadable, Impossible: as `from_model` has it.
    """
    if start is None:
        return BuildLog()
    if isinstance(start, BuildLog):
        return start
    if isinstance(start, Exercise):
        starter = getattr(start.spec.answer, "untouched", None)  # a choice or a value has none
        return BuildLog() if starter is None else BuildLog.begin(starter)
    return BuildLog.begin(start) if isinstance(start, Topology) else from_model(start)


def from_model(model: keras.Model) -> BuildLog:
    """A log that starts from a model: the same network in layers of its own, with the weights of the model.

    Layers of the learner's own classes are made again from their `get_config`.

    Raises:
        NotReadable: it is no model that can be read.
        Impossible: it has no shapes yet, or one of its layers cannot be made again.
    """
    topology, living = read_with_layers(model)
    if any(layer.kind == "Input" and not layer.config.get("shape") for layer in topology.layers):
        raise Impossible(
            "This model does not know yet what comes into it: begin it with keras.Input(...), or call it on data first."
        )
    custom = {layer.id: _again(living[layer.id]) for layer in topology.layers if layer.opaque}
    log = BuildLog.begin(topology, custom)
    for name, layer in log.now.layers.items():
        if getattr(layer, "weights", ()):
            layer.set_weights(living[name].get_weights())
    return log


def _again(layer: keras.Layer) -> Callable[[], Any]:
    if isinstance(layer, keras.layers.Lambda):  # Keras makes none again from its configuration, which may hold code
        return lambda: keras.layers.Lambda(layer.function, arguments=layer.arguments)
    return lambda: type(layer).from_config(layer.get_config())
